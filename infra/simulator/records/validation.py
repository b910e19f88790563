"""Whether the values of a record fit its fields and the rest of the org.

Source: fact sheet 3.2.
"""

from __future__ import annotations

import re
from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row, equals
from infra.simulator.records import record_types
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import Problem, SalesforceError, required_fields_missing
from infra.simulator.schema.fields import Field, SObject

_LOCAL = r"A-Za-z0-9!#$%&'*/=?^_+\-`{|}~"


def _addresses(letters: str) -> re.Pattern[str]:
    """What an email address looks like where its names may hold these letters. Source: fact sheet 12.1."""
    label = rf"[{letters}](?:[{letters}\-]*[{letters}])?"
    return re.compile(rf"[{_LOCAL}{letters}][{_LOCAL}{letters}.]*@(?:{label}\.)+[{letters}][{letters}\-]*[{letters}]")


_EMAIL = _addresses("A-Za-z0-9")
_INTERNATIONAL_EMAIL = _addresses("A-Za-z0-9\u0080-\U0010ffff")


def refuse_invalid(
    org: Org,
    sobject: SObject,
    row: Row,
    missing: list[Field],
    record_id: str | None = None,
    *,
    record_type_id: object = None,
) -> None:
    """Raise SalesforceError with everything that is wrong with the values; what is missing is told first."""
    if missing:
        raise required_fields_missing(field.name for field in missing)
    problems = record_types.problems(sobject, row, record_type_id)
    for name, value in row.items():
        field = None if value is None or isinstance(value, bool) else sobject.field(name)
        if field is None:
            continue
        problem = (
            _unfit_text(org, field, value)
            or _broken_reference(org, sobject, field, value)
            or duplicate_value(org, sobject, field, value, record_id)
        )
        if problem:
            problems.append(problem)
    if problems:
        raise SalesforceError(400, *problems)


def _unfit_text(org: Org, field: Field, value: Any) -> Problem | None:
    """What Salesforce has against a value whose type fits: too long, no email address, not on the list."""
    if not isinstance(value, str) or not field.is_text:
        return None
    if field.type == "email" and not is_address(value, international=org.settings.email_internationalization):
        return Problem("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {value}", (field.name,))
    if field.length and len(value) > field.length:
        message = f"{field.label}: data value too large: {value} (max length={field.length})"
        return Problem("STRING_TOO_LONG", message, (field.name,))
    if not field.restricted:
        return None
    values = value.split(";") if field.type == "multipicklist" else [value]
    unknown = [each for each in values if not field.offers(each)]
    if unknown:
        message = f"{field.label}: bad value for restricted picklist field: {';'.join(unknown)}"
        return Problem("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field.name,))
    return None


def is_address(text: str, *, international: bool) -> bool:
    """Whether an email field takes the text; `international` says that letters beyond ASCII are letters too."""
    form = _INTERNATIONAL_EMAIL if international else _EMAIL
    return form.fullmatch(text) is not None


def duplicate_value(org: Org, sobject: SObject, field: Field, value: Any, record_id: str | None) -> Problem | None:
    """Another record that has this value already, where there may be only one."""
    if not field.unique:
        return None
    condition = f"{equals(field)} AND Id != ? AND IsDeleted = 0 LIMIT 1"
    others = org.tables.find(sobject.name, condition, (value, record_id or ""), "Id")
    if not others:
        return None
    message = f"duplicate value found: {field.name} duplicates value on record with id: {others[0]['Id'][:15]}"
    return Problem("DUPLICATE_VALUE", message, ())


def _broken_reference(org: Org, sobject: SObject, field: Field, value: Any) -> Problem | None:
    """What is wrong with the id of another record."""
    if field.type != "reference" or field.name == record_types.FIELD:
        return None
    targets = [org.all_objects.get(name.lower()) for name in field.reference_to]
    target = next((t for t in targets if t is not None and value.startswith(t.prefix)), None)
    if target is None:
        return Problem("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", (field.name,))
    asked = (name for name in ("Id", "IsDeleted", "IsActive", "IsConverted") if target.has(name))
    row = org.tables.get(target.name, value, *asked)
    if row is None:
        return Problem("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (field.name,))
    if row.get("IsDeleted"):
        return Problem("ENTITY_IS_DELETED", "entity is deleted", (field.name,))
    if row.get("IsConverted") and target.name == "Lead":
        return Problem("CANNOT_UPDATE_CONVERTED_LEAD", unverified.ALREADY_CONVERTED, (field.name,))
    return _unfit_owner(org, sobject, target, row) if field.name == "OwnerId" else None


def _unfit_owner(org: Org, sobject: SObject, target: SObject, row: Row) -> Problem | None:
    """Why someone who exists cannot own a record: a user who is gone, a queue of other records."""
    if target.name == "User" and not row["IsActive"]:
        message = unverified.INACTIVE_OWNER.format(id=row["Id"][:15], label=sobject.label.lower())
        return Problem("INACTIVE_OWNER_OR_USER", message, ("OwnerId",))
    if target.name == "Group":
        allowed = org.tables.find("QueueSobject", "QueueId = ? AND SobjectType = ?", (row["Id"], sobject.name))
        return None if allowed else Problem("FIELD_INTEGRITY_EXCEPTION", unverified.QUEUE_OF_OTHERS, ("OwnerId",))
    return None
