"""What the record type of a record allows, and where a new record begins.

Source: fact sheet 12.2 (the answer); the rest is restated from Salesforce's help on record types.
"""

from __future__ import annotations

from infra.simulator.org.storage import Row
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import Problem
from infra.simulator.schema.fields import RecordType, SObject

FIELD = "RecordTypeId"


def begun(sobject: SObject, given: Row) -> Row:
    """What a new record has of its type: the type itself, and the status where its process begins."""
    chosen = record_type(sobject, given.get(FIELD)) or _default(sobject, given)
    if chosen is None:
        return {}
    status = chosen.picklists.get("Status")
    return {FIELD: chosen.id, **({"Status": status[0]} if status else {})}


def _default(sobject: SObject, given: Row) -> RecordType | None:
    """The type of the user's new records; accounts with a last name are persons."""
    is_person = sobject.name == "Account" and given.get("LastName") is not None
    kinds = [each for each in sobject.record_types if each.is_person == is_person and each.is_available]
    return next((each for each in kinds if each.is_default or is_person), None)


def record_type(sobject: SObject, record_type_id: object) -> RecordType | None:
    return next((each for each in sobject.record_types if each.id == record_type_id), None)


def problems(sobject: SObject, values: Row, record_type_id: object) -> list[Problem]:
    """What is wrong with the type that is given, or with values that the record's type does not offer."""
    if not sobject.record_types:
        return []
    given = values.get(FIELD)
    chosen = record_type(sobject, record_type_id if given is None else given)
    if given is not None and (chosen is None or not chosen.is_available):
        return [Problem("INVALID_CROSS_REFERENCE_KEY", unverified.RECORD_TYPE_REFUSED.format(id=given), (FIELD,))]
    if chosen is None:
        return []
    found = []
    for name, offered in chosen.picklists.items():
        field, value = sobject.field(name), values.get(name)
        if field is not None and field.restricted and value is not None:
            refused = [each for each in str(value).split(";") if each not in offered]
            message = f"{field.label}: bad value for restricted picklist field: {';'.join(refused)}"
            code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            found += [Problem(code, message, (name,))] if refused else []
    return found
