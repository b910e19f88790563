"""Fields that an org has not, or that its user does not see or may not write: which, and why."""

from collections.abc import Iterable

from domain.errors import InvalidInputError
from domain.suggestions import nearest, printable
from domain.values.described import DescribedField, DescribedLead
from domain.values.lead import CUSTOM_PREFIX, Lead, is_custom

_FEATURES = {
    "record_type": "this org has no record types for leads, or this user does not see them",
    "currency": "this org has one currency only",
    **dict.fromkeys(
        ("country_code", "state_code"), "state and country picklists are off in this org; use country and state"
    ),
}
"""What an org without these fields does not have switched on."""


def described_field(name: str, described: DescribedLead) -> DescribedField | None:
    """The field with this name; custom ones with or without `custom_fields.` in front."""
    return described.field(CUSTOM_PREFIX + name if is_custom(name) and not name.startswith(CUSTOM_PREFIX) else name)


def refuse_missing(names: Iterable[str], described: DescribedLead, *, argument: str = "fields") -> None:
    """Raise InvalidInputError for the first of these fields that is not described."""
    for name in names:
        if name != "url" and described_field(name, described) is None:
            why = why_missing(name, described)
            raise InvalidInputError(argument, why if argument == name else f"{printable(name)}: {why}")


def why_missing(name: str, described: DescribedLead) -> str:
    """Why a field is not described, and what to send instead."""
    custom = name.removeprefix(CUSTOM_PREFIX)
    if is_custom(custom):
        known = [each.removeprefix(CUSTOM_PREFIX) for each in described.names(custom=True)]
        return f"does not exist, or is hidden from this user; {nearest(custom, known, 'this user sees')}"
    if name in Lead.model_fields:
        return _FEATURES.get(name, "is hidden from this user, or not in this org")
    return f"there is no such field; {nearest(name, described.names(custom=False), 'there are')}"


def why_not_writable(name: str, described: DescribedLead) -> str:
    """Why a field that is described can not be written, and what to do instead."""
    field = described_field(name, described)
    if field is not None and field.filled_by_salesforce:
        return "Salesforce fills it itself (a formula or an auto-number); leave it out."
    custom = name.removeprefix(CUSTOM_PREFIX)
    # A place is written by its parts, Site__Latitude__s and Site__Longitude__s.
    stem = f"{custom.removesuffix('__c')}__".casefold()
    others = (each.removeprefix(CUSTOM_PREFIX) for each in described.names(custom=True))
    parts = [each for each in others if each.casefold().startswith(stem) and each.endswith("__s")]
    if parts:
        return f"it is written by its parts, {' and '.join(parts)}."
    return "this user may read it only; leave it out, or let an administrator allow editing it."
