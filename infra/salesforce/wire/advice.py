"""What a refusal of Salesforce means in this org: why a field is not there, or which values it offers."""

from collections.abc import Mapping
from typing import Any

from domain.errors import SalesforceRejectedError
from domain.missing_fields import why_missing
from domain.places import places
from domain.suggestions import closest
from domain.values.described import DescribedLead
from domain.values.lead import CUSTOM_PREFIX
from domain.values.org import PicklistValue
from infra.salesforce.wire.records import field_name

_MOST_VALUES = 20
_UNKNOWN_FIELD = "INVALID_FIELD"
_NOT_WRITABLE = "INVALID_FIELD_FOR_INSERT_UPDATE"
_WRONG_VALUE = frozenset(
    {"FIELD_INTEGRITY_EXCEPTION", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "REQUIRED_FIELD_MISSING"}
)

_OTHER_STATE = (
    "the lead has a state, which has to be one of its country; send state as well, or clear it (null in an update)."
)


def needs_advice(error: SalesforceRejectedError) -> bool:
    """Whether a description of leads can tell more than Salesforce did."""
    return any(detail["code"] in (_UNKNOWN_FIELD, _NOT_WRITABLE, *_WRONG_VALUE) for detail in error.details)


def with_advice(
    error: SalesforceRejectedError, record: Mapping[str, Any], described: DescribedLead
) -> SalesforceRejectedError:
    """The refusal of a record, with what to send instead."""
    sent = {field_name(name): value for name, value in record.items()}
    details, hints = [], []
    for detail in error.details:
        name = _as_sent(str(detail["field"]), sent)
        hint = _hint(name, str(detail["code"]), sent, described)
        hints += [f"{name.removeprefix(CUSTOM_PREFIX)}: {hint}"] if hint else []
        details.append({**detail, "field": name, "message": f"{detail['message']}; {hint}"} if hint else detail)
    if not hints:
        return error
    is_unknown = error.details[0]["code"] == _UNKNOWN_FIELD
    return SalesforceRejectedError(" ".join(["Salesforce refused:" if is_unknown else error.message, *hints]), details)


def _as_sent(name: str, sent: Mapping[str, Any]) -> str:
    """Of a place Salesforce names the label, also when its code was sent."""
    return f"{name}_code" if name not in sent and f"{name}_code" in sent else name


def _hint(name: str, code: str, sent: Mapping[str, Any], described: DescribedLead) -> str:
    if code == _UNKNOWN_FIELD:
        return why_missing(name, described) if described.field(name) is None else ""
    if code == _NOT_WRITABLE:
        return _parts_of(name, described)
    if code not in _WRONG_VALUE:
        return ""
    if name == "state" and not sent.get("state"):
        return _OTHER_STATE
    part = name.removesuffix("_code")
    if part in ("country", "state"):
        return _offered(f"{part}_code", sent.get(name), list(places(part, sent, described)))
    field = described.field(name)
    return _offered(name.removeprefix(CUSTOM_PREFIX), sent.get(name), list(field.values) if field else [])


def _parts_of(name: str, described: DescribedLead) -> str:
    """How to write a place: by its parts, `Site__Latitude__s` and `Site__Longitude__s`."""
    custom = name.removeprefix(CUSTOM_PREFIX)
    stem = f"{custom.removesuffix('__c')}__".casefold()
    others = (each.removeprefix(CUSTOM_PREFIX) for each in described.names(custom=True))
    parts = [each for each in others if each.casefold().startswith(stem) and each.endswith("__s")]
    return f"it is written by its parts, {' and '.join(parts)}." if parts else ""


def _offered(name: str, value: object, offered: list[PicklistValue]) -> str:
    """What to choose from."""
    if not offered:
        return ""
    names = list(dict.fromkeys(name for each in offered for name in (each.label, each.value)))
    if value is not None and (close := closest(str(value), names)):
        return f"did you mean {close}?"
    if len(offered) > _MOST_VALUES:
        return f'salesforce_describe_lead with fields ["{name}"] tells what there is.'
    return f"there are {', '.join(each.value for each in offered)}."
