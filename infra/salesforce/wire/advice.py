"""What a refusal of Salesforce means in this org: why a field is not there, or which values it offers."""

from collections.abc import Mapping
from typing import Any

from domain.errors import SalesforceRejectedError
from domain.missing_fields import why_missing, why_not_writable
from domain.offered_values import instead
from domain.values.described import DescribedLead
from domain.values.lead import CUSTOM_PREFIX
from infra.salesforce.wire.records import field_name

_UNKNOWN_FIELD = "INVALID_FIELD"
_NOT_WRITABLE = "INVALID_FIELD_FOR_INSERT_UPDATE"
_WRONG_VALUE = frozenset(
    {"FIELD_INTEGRITY_EXCEPTION", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "REQUIRED_FIELD_MISSING"}
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
        return why_not_writable(name, described) if described.field(name) else ""
    return instead(name, sent, described) if code in _WRONG_VALUE else ""
