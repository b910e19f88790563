"""What Salesforce would refuse to write, as far as its description of leads tells.

Only dry runs ask: of what is written Salesforce itself decides, which also knows its validation rules, duplicate rules
and whom it lets do what. Source: fact sheet 2.5, 3.2 and 12.1.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.comparison import Stored
from domain.errors import SalesforceRejectedError
from domain.missing_fields import refuse_missing, why_not_writable
from domain.offered_values import instead, other_value
from domain.places import PLACES, places
from domain.ports import FieldValues
from domain.record_types import chosen_record_type
from domain.values.described import DescribedField, DescribedLead, RecordType
from domain.values.lead import CUSTOM_PREFIX

_LINE_END = re.compile(r"\r\n|\r|\n")
_Refusal = tuple[str, str, str]
"""The field, Salesforce's code, and what is wrong."""

OfferedByRecordType = Mapping[str, Mapping[str, Sequence[str]]]
"""The values of picklists that each record type offers, by its Id."""


def refuse_foreseen(
    values: FieldValues, before: Stored | None, described: DescribedLead, offered: OfferedByRecordType
) -> None:
    """Raise InvalidInputError for a field or a record type that is not there, SalesforceRejectedError for values that
    the stored lead, or a new one, can not have.
    """
    for name in values:
        refuse_missing([name], described, argument=name)
    kind = _record_type(values, before, described)
    own = offered.get(kind.id, {}) if kind else {}
    refusals = [*_lacking(values, before, described), *_of_fields(values, before, described, own)]
    _refuse([*refusals, *_of_places(values, before, described)])


def refuse_foreseen_places(values: FieldValues, before: Stored, described: DescribedLead) -> None:
    """Raise SalesforceRejectedError for a country or a state that the stored contact can not have."""
    _refuse([*_of_places(values, before, described)])


def has_restricted_values(values: FieldValues, described: DescribedLead) -> bool:
    """Whether it matters which values the record type offers."""
    fields = [described.field(name) for name in values if name != "record_type"]
    return bool(described.record_types) and any(field is not None and _is_restricted(field) for field in fields)


def _refuse(refusals: Sequence[_Refusal]) -> None:
    details = [{"field": name, "message": problem, "code": code} for name, code, problem in refusals]
    if details:
        said = "; ".join(f"{name.removeprefix(CUSTOM_PREFIX)}: {problem.rstrip('.')}" for name, _, problem in refusals)
        raise SalesforceRejectedError(f"Salesforce would refuse: {said}.", details)


def _record_type(values: FieldValues, before: Stored | None, described: DescribedLead) -> RecordType | None:
    if asked := values.get("record_type"):
        return chosen_record_type(asked, described)
    name = before.value("record_type") if before else described.default_record_type
    return described.record_type(name) if name else None


def _lacking(values: FieldValues, before: Stored | None, described: DescribedLead) -> Iterator[_Refusal]:
    sent = {name.casefold(): value for name, value in values.items()}
    for field in described.fields:
        name = field.name.casefold()
        if field.required and sent.get(name) is None and (before is None or name in sent):
            problem = "Salesforce requires it"
            hint = instead(field.name, {}, described)
            yield field.name, "REQUIRED_FIELD_MISSING", f"{problem}; {hint}" if hint else problem


def _of_fields(
    values: FieldValues, before: Stored | None, described: DescribedLead, own: Mapping[str, Sequence[str]]
) -> Iterator[_Refusal]:
    for name, value in values.items():
        field = described.field(name)
        if field is None:
            continue
        if not (field.updateable if before else field.createable):
            yield name, "INVALID_FIELD_FOR_INSERT_UPDATE", why_not_writable(name, described)
        elif value is None:
            continue
        elif field.digits and isinstance(value, (int, float)) and abs(value) >= 10**field.digits:
            problem = f"must have at most {field.digits} digits before the point"
            yield name, "NUMBER_OUTSIDE_VALID_RANGE", problem
        elif field.length and isinstance(value, str) and _length(field, value) > field.length:
            yield name, "STRING_TOO_LONG", f"must have at most {field.length} characters"
        elif _is_restricted(field):
            allowed = own.get(field.name, [each.value for each in field.values])
            parts = str(value).split(";") if field.type == "multipicklist" else [str(value)]
            if not set(parts) <= set(allowed):
                hint = other_value(field, value, allowed)
                yield name, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f"is not offered; {hint}"


def _is_restricted(field: DescribedField) -> bool:
    # What is said of a record type is looked at on its own, and a place together with its country.
    return field.restricted and field.name not in ("record_type", *(f"{part}_code" for part in PLACES))


def _of_places(values: FieldValues, before: Stored | None, described: DescribedLead) -> Iterator[_Refusal]:
    lists_places = described.field("country_code") is not None
    if not lists_places or not any(name.removesuffix("_code") in PLACES for name in values):
        return
    merged: dict[str, Any] = {part: _merged(part, values, before) for part in PLACES}
    for part, text in merged.items():
        offered = places(part, merged, described) if part == "country" or merged["country"] else ()
        if text is None or any(place.is_called(text) for place in offered):
            continue
        name = f"{part}_code" if f"{part}_code" in values and part not in values else part
        is_sent = values.get(name) is not None
        hint = instead(name, {**merged, name: text} if is_sent else {"country": merged["country"]}, described)
        is_known_wrong = is_sent and merged["country"] is not None
        yield name, "FIELD_INTEGRITY_EXCEPTION", f"is none of the org's; {hint}" if is_known_wrong else hint
        return


def _merged(part: str, values: FieldValues, before: Stored | None) -> Any:
    """What is to stand there: the code if one is sent, else the label, else what stood there."""
    names = (f"{part}_code", part)
    sent = next((values[name] for name in names if values.get(name) is not None), None)
    if before is None or any(name in values for name in names):
        return sent
    return before.value(names[0]) or before.value(part)


def _length(field: DescribedField, text: str) -> int:
    """The characters that count: in text of several lines a line end is two, but not in a street.

    Source: fact sheet 12.1.
    """
    with_ends = "\r\n" if field.type == "textarea" and field.name != "street" else "\n"
    return len(_LINE_END.sub(with_ends, text))
