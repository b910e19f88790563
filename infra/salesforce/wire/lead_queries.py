"""The queries behind every look at leads, as SOQL."""

from collections.abc import Iterable, Sequence

from domain.values.conversion_targets import TargetSearch
from domain.values.emails import as_stored
from domain.values.listing import LeadFilter, Position
from infra.salesforce.wire.records import ALWAYS_READ, salesforce_name
from infra.salesforce.wire.soql_builder import datetime_literal, like_pattern, select, string_literal

MAX_SAME_EMAIL = 200
"""How many leads with one email are looked at; FIELDS(ALL) allows no more (fact sheet 4.1)."""

RECORD_TYPE_NAME = "RecordType.DeveloperName"

STATUSES = select(["ApiName", "MasterLabel", "IsConverted", "IsDefault"], "LeadStatus", order_by="SortOrder ASC")


def leads_with_email(email: str) -> str:
    """Every lead that has the email, in the order in which they match."""
    return select(
        ["FIELDS(ALL)"],
        "Lead",
        [f"Email = {string_literal(as_stored(email))}"],
        "IsConverted ASC, CreatedDate ASC, Id ASC",
        limit=MAX_SAME_EMAIL,
    )


def shared_emails(at_most: int) -> str:
    """The emails that several open leads have, those with most leads first; one more than `at_most`."""
    return select(
        ["Email", "COUNT(Id) leads"],
        "Lead",
        ["IsConverted = false", "Email != null"],
        "COUNT(Id) DESC, Email ASC",
        limit=at_most + 1,
        group_by="Email HAVING COUNT(Id) > 1",
    )


def open_leads_with(emails: Iterable[str]) -> str:
    """The open leads with any of these emails, the oldest first, as far as it takes to recognise them."""
    wanted = ", ".join(string_literal(email) for email in emails)
    return select(
        [*ALWAYS_READ, "Company"],
        "Lead",
        ["IsConverted = false", f"Email IN ({wanted})"],
        "CreatedDate ASC, Id ASC",
    )


def merged_away(lead_ids: Iterable[str]) -> str:
    """Of these leads those that were merged into another one; they are in the recycle bin.

    Source: fact sheet 2.5.
    """
    ids = ", ".join(string_literal(lead_id) for lead_id in lead_ids)
    conditions = [f"Id IN ({ids})", "IsDeleted = true", "MasterRecordId != null"]
    return select(["Id", "MasterRecordId"], "Lead", conditions)


def contacts_for(search: TargetSearch) -> str | None:
    """The contact with the Id, or those with the email; None when no contact is looked for."""
    if search.contact_id:
        conditions = [f"Id = {string_literal(search.contact_id)}"]
    elif search.email:
        conditions = [f"Email = {string_literal(search.email)}"]
        conditions += [f"AccountId = {string_literal(search.account_id)}"] if search.account_id else []
    else:
        return None
    return _targets("Contact", conditions)


def accounts_for(search: TargetSearch) -> str | None:
    """The account with the Id, or those that may be the company's; None when no account is looked for.

    Of websites this finds some too many: SOQL knows no domains.
    """
    if search.account_id:
        return _targets("Account", [f"Id = {string_literal(search.account_id)}"])
    likely = [f"Name = {string_literal(search.company)}"] if search.company else []
    if search.domain:
        hosts = (search.domain, f"www.{search.domain}")
        likely += [f"Website LIKE {like_pattern(host, at_beginning=True)}" for host in hosts]
        likely += [f"Website LIKE {like_pattern(f'://{host}')}" for host in hosts]
    return _targets("Account", [f"({' OR '.join(likely)})"]) if likely else None


def active_user(search: TargetSearch) -> str | None:
    """The user with the Id, if active; None when no user is looked for."""
    if not search.owner_id:
        return None
    return select(["Id"], "User", [f"Id = {string_literal(search.owner_id)}", "IsActive = true"])


def _targets(from_: str, conditions: Sequence[str]) -> str:
    # Whatever this user may see. That accounts may be persons shows in a field that other orgs do not have.
    return select(["FIELDS(STANDARD)"], from_, conditions, "CreatedDate ASC, Id ASC", limit=MAX_SAME_EMAIL)


def leads_of_page(leads: LeadFilter, fields: Sequence[str] | None, after: Position | None) -> str:
    """SOQL for the leads behind a position, one more than are wanted, so that it shows whether there are more."""
    column = salesforce_name(leads.sort.removeprefix("-"))
    order = "DESC" if leads.sort.startswith("-") else "ASC"
    conditions = _conditions(leads)
    if after is not None:
        moment, beyond = datetime_literal(after.moment), "<" if order == "DESC" else ">"
        conditions.append(
            f"({column} {beyond} {moment} OR ({column} = {moment} AND Id {beyond} {string_literal(after.id)}))"
        )
    return select(_columns(fields), "Lead", conditions, f"{column} {order}, Id {order}", limit=leads.limit + 1)


def _columns(fields: Sequence[str] | None) -> list[str]:
    if fields is None:
        # Whatever standard fields this user may see; a list would fail on a single hidden one.
        return ["FIELDS(STANDARD)"]
    # A lead's page has its address from the Id.
    columns = (RECORD_TYPE_NAME if name == "record_type" else salesforce_name(name) for name in fields if name != "url")
    return list(dict.fromkeys([*ALWAYS_READ, *columns]))


def _conditions(leads: LeadFilter) -> list[str]:
    equal = {
        "Email": leads.email and as_stored(leads.email),
        "Status": leads.status,
        "Company": leads.company,
        "LeadSource": leads.source,
        "OwnerId": leads.owner_id,
        RECORD_TYPE_NAME: leads.record_type,
    }
    conditions = [f"{column} = {string_literal(value)}" for column, value in equal.items() if value is not None]
    if leads.converted is not None:
        conditions.append(f"IsConverted = {'true' if leads.converted else 'false'}")
    bounds = {
        "CreatedDate >=": leads.created_after,
        "CreatedDate <": leads.created_before,
        "LastModifiedDate >=": leads.modified_after,
        "LastModifiedDate <": leads.modified_before,
    }
    conditions += [f"{bound} {datetime_literal(moment)}" for bound, moment in bounds.items() if moment is not None]
    if leads.search:
        pattern = like_pattern(leads.search)
        conditions.append(f"(Name LIKE {pattern} OR Company LIKE {pattern} OR Email LIKE {pattern})")
    return conditions
