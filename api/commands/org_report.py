"""What is special about an org, told to whoever sets the gateway up: what syncs meet there, what would not work."""

from collections.abc import Iterator, Sequence
from typing import Literal

from domain.lead_status import status_named
from domain.values.org import ActiveRules, LeadDescription, LeadField, LeadRecordType, LeadStatus, OrgDescription
from infra.settings import Settings

Kind = Literal["good", "note", "bad"]
Finding = tuple[Kind, str]


def findings(
    org: OrgDescription, description: LeadDescription, rules: ActiveRules, settings: Settings
) -> Iterator[Finding]:
    """One line each: fine, worth knowing, or not going to work. The last kind begins with the name of the setting that
    does not fit the org, if one does not.
    """
    fields = {field.name: field for field in description.fields}
    if org.name:
        yield "good", f"The org is {org.name}{_kind(org)}."
    if org.note:
        yield "note", org.note
    if org.permissions and not (org.permissions.create_leads and org.permissions.update_leads):
        yield "bad", "This user may not create and change leads; an administrator can give that permission."
    yield from _statuses(description, settings)
    yield from _record_types(description)
    yield from _persons(description, settings)
    if "country_code" in fields:
        yield "note", "State and country picklists are on: both have to be on the org's lists, by name or by code."
    if currency := fields.get("currency"):
        yield "note", f"Several currencies: {_values(currency)}; a lead without one has that of who writes it."
    for field in description.fields:
        if field.required and field.name not in ("last_name", "company"):
            values = f" ({_values(field)})" if field.values else ""
            yield "note", f"New leads need {field.name}{values}: a sync that creates one has to bring it."
    yield from _rules(rules)
    yield from _external_ids(fields, settings.lead_external_id_field)


def _kind(org: OrgDescription) -> str:
    place = {True: "a sandbox", False: "no sandbox", None: None}[org.is_sandbox]
    kind = ", ".join(part for part in (org.edition, place) if part)
    return f" ({kind})" if kind else ""


def _statuses(description: LeadDescription, settings: Settings) -> Iterator[Finding]:
    for status in description.statuses:
        uses = [
            use
            for use, name in (("scheduled", description.scheduled_status), ("objected", description.objected_status))
            if name == status.name and status.is_converted == (use == "scheduled")
        ]
        yield "good", f"Lead status {status.name!r}" + (f", set by {uses[0]}." if uses else ".")
    converted = [status for status in description.statuses if status.is_converted]
    others = [status for status in description.statuses if not status.is_converted]
    if description.objected_status is None:
        yield "bad", f"LEAD_STATUS_OBJECTED: {settings.lead_status_objected!r} is none of {_names(others)}."
    wanted = settings.lead_status_converted
    if wanted and not status_named(wanted, converted):
        yield "bad", f"LEAD_STATUS_CONVERTED: {wanted!r} is none of {_names(converted)}."
    if not converted:
        yield "bad", "The org has no status for converted leads, so no lead can be converted."


def _names(statuses: Sequence[LeadStatus]) -> str:
    return ", ".join(status.name for status in statuses)


def _record_types(description: LeadDescription) -> Iterator[Finding]:
    for each in description.record_types or ():
        scheduled = each.scheduled_status
        converts = f"scheduled sets {scheduled!r}" if scheduled else "its leads can not be converted"
        yield "note", f"{_named(each)} has the statuses {', '.join(each.statuses)}; {converts}."


def _named(record_type: LeadRecordType) -> str:
    return f"Record type {record_type.name}{', that of new leads,' if record_type.default else ''}"


def _persons(description: LeadDescription, settings: Settings) -> Iterator[Finding]:
    company = settings.lead_default_company
    if description.person_accounts and company:
        yield (
            "note",
            f"Accounts may be persons. LEAD_DEFAULT_COMPANY makes leads without a company part of an account "
            f"{company!r}; empty, each of them becomes a person account.",
        )
    elif description.person_accounts:
        yield "good", "Accounts may be persons: leads without a company become person accounts."
    elif not company:
        yield "bad", "LEAD_DEFAULT_COMPANY: it is empty, and this org takes no lead without a company."


def _rules(rules: ActiveRules) -> Iterator[Finding]:
    if rules.duplicate:
        names = ", ".join(rules.duplicate)
        yield "note", f"Active duplicate rules: {names}. They answer DUPLICATE_DETECTED; allow_duplicate saves."
    for name in rules.assignment or ():
        yield "note", f"The assignment rule {name} is active: with assign it chooses the owner of a new lead."
    if rules.duplicate is None or rules.assignment is None:
        yield "note", "This user can not read whether duplicate and assignment rules are active."


def _external_ids(fields: dict[str, LeadField], chosen: str) -> Iterator[Finding]:
    keys = [field.name for field in fields.values() if field.external_id and field.unique]
    if not chosen:
        if keys:
            yield "note", f"LEAD_EXTERNAL_ID_FIELD could name {' or '.join(keys)}, a unique external id."
        return
    field = next((each for each in fields.values() if each.name.casefold() == chosen.casefold()), None)
    if field is None:
        fault = "leads have no such field, or it is hidden from this user"
    elif not field.external_id:
        fault = "the field is not marked as an external id"
    elif not field.unique:
        fault = "the field is not unique, so Salesforce would let two leads have one external id"
    else:
        yield "good", f"LEAD_EXTERNAL_ID_FIELD: {field.name} is a unique external id."
        return
    there = f"unique external ids of leads: {', '.join(keys)}" if keys else "leads have no unique external id"
    yield "bad", f"LEAD_EXTERNAL_ID_FIELD: {chosen}: {fault}; {there}."


def _values(field: LeadField) -> str:
    return ", ".join(f"{each.value}{' (default)' if each.default else ''}" for each in field.values)
