"""Which account and contact a conversion goes into, if they are there already. None is guessed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from domain.errors import AmbiguousMatchError, ConversionRejectedError, InvalidInputError, listed
from domain.rules import LeadRules
from domain.values.conversion_targets import FoundAccount, FoundContact, Targets, TargetSearch
from domain.values.ids import same_id
from domain.values.inputs import ConvertOptions
from domain.values.lead import Lead
from domain.values.results import AccountKind

_Target = TypeVar("_Target", FoundAccount, FoundContact)


def search_for(lead: Lead, options: ConvertOptions, rules: LeadRules) -> TargetSearch:
    """What to look for before this lead is converted: what the options name, and with `match_existing` its like."""
    given = TargetSearch(options.account_id, options.contact_id, options.owner_id)
    if not options.match_existing or options.contact_id:
        return given
    page = _page(lead.website)
    by_account = lead.company and not options.account_id
    return replace(
        given,
        email=lead.email,
        # The company that the gateway gives to whoever has none says nothing about where somebody works.
        company=lead.company if by_account and not _same_text(lead.company, rules.default_company) else None,
        domain=page[0] if by_account and page else None,
    )


def refuse_unknown_records(options: ConvertOptions, targets: Targets) -> None:
    """Raise ConversionRejectedError for a record that the options name and that was not found, or not as it must be."""
    _refuse_unless(_with_id(options.account_id, targets.accounts), "account_id", options.account_id)
    contact = _with_id(options.contact_id, targets.contacts)
    _refuse_unless(contact, "contact_id", options.contact_id)
    if contact and not same_id(contact.account_id, options.account_id):
        account = f"account {contact.account_id}" if contact.account_id else "no account"
        problem = f"contact {contact.id} belongs to {account}, not to {options.account_id}"
        raise _rejected("contact_id", problem)
    is_user = any(same_id(user, options.owner_id) for user in targets.active_users)
    _refuse_unless(is_user, "owner_id", options.owner_id, "no active user")


def with_matches(lead: Lead, options: ConvertOptions, targets: Targets) -> ConvertOptions:
    """The options with the one contact and the one account that fit the lead, if there are such.

    A lead without a company is a person, and becomes no part of a business; nor the other way round. A contact
    decides about its account. Raises AmbiguousMatchError when several fit.
    """
    is_person = None if "company" not in lead.model_fields_set else not lead.company
    contact = _only_contact(lead, [each for each in targets.contacts if is_person in (None, each.is_person)])
    if contact:
        return options.model_copy(update={"account_id": contact.account_id, "contact_id": contact.id})
    account_id = options.account_id or _only_account(lead, targets.accounts)
    return options.model_copy(update={"account_id": account_id, "overwrite_lead_source": False})


def kind_found(options: ConvertOptions, targets: Targets) -> AccountKind | None:
    """Which kind of account the options name; None when it was not found."""
    found = _with_id(options.account_id, targets.accounts) or _with_id(options.contact_id, targets.contacts)
    if found is None:
        return None
    return "person" if found.is_person else "business"


def _only_contact(lead: Lead, contacts: Sequence[FoundContact]) -> FoundContact | None:
    if len(contacts) > 1:
        described = [f"{each.id} (account {each.account_id or 'none'})" for each in contacts]
        fact = f"{len(contacts)} contacts have the email {lead.email}: {listed(described)}."
        details = [{"contact_id": each.id, "account_id": each.account_id} for each in contacts]
        raise AmbiguousMatchError(f"{fact} Send account_id and contact_id of the one that is meant.", details)
    contact = next(iter(contacts), None)
    if contact and contact.account_id is None:
        raise InvalidInputError(
            "match_existing",
            f"contact {contact.id} has this email and belongs to no account, and Salesforce converts into a contact "
            "together with its account only; give it one there, or leave match_existing out to make a new contact",
        )
    return contact


def _only_account(lead: Lead, accounts: Sequence[FoundAccount]) -> str | None:
    alike = [each for each in accounts if not each.is_person and _is_of(lead, each)]
    if len(alike) > 1:
        fact = f"{len(alike)} accounts have this company's name or website: {listed([each.id for each in alike])}."
        details = [{"account_id": each.id, "name": each.name} for each in alike]
        raise AmbiguousMatchError(f"{fact} Send account_id of the one that is meant.", details)
    return alike[0].id if alike else None


def _is_of(lead: Lead, account: FoundAccount) -> bool:
    return _same_text(lead.company, account.name) or _same_page(lead.website, account.website)


def _same_text(one: str | None, other: str | None) -> bool:
    return (one or "").strip().casefold() == (other or "").strip().casefold()


def _same_page(one: str | None, other: str | None) -> bool:
    """Whether two websites have one domain. Different pages of it may be those of different companies."""
    first, second = _page(one), _page(other)
    if not first or not second or first[0] != second[0]:
        return False
    return first[1] == second[1] or not (first[1] and second[1])


def _page(website: str | None) -> tuple[str, str] | None:
    """The domain of a website, and the path on it; None when it has no domain."""
    text = (website or "").strip()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        domain = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return None
    return (domain, parts.path.strip("/").casefold()) if "." in domain else None


def _with_id(record_id: str | None, found: Sequence[_Target]) -> _Target | None:
    return next((each for each in found if same_id(each.id, record_id)), None)


def _refuse_unless(found: object, field: str, record_id: str | None, nothing: str = "") -> None:
    if record_id and not found:
        what = nothing or f"no {field.removesuffix('_id')}"
        raise _rejected(field, f"there is {what} {record_id} that this user may see")


def _rejected(field: str, problem: str) -> ConversionRejectedError:
    return ConversionRejectedError(
        f"The lead can not be converted: {field}: {problem}.", [{"field": field, "message": problem}]
    )
