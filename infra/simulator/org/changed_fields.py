"""What records hold after the fields of their object have changed.

Source: "Notes on Changing Custom Field Types", Salesforce Help: what does not fit the new type is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from infra.simulator.org.storage import Tables, quoted
from infra.simulator.org.values import text_for, to_stored
from infra.simulator.schema.errors import SalesforceError
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.setup.setting_checks import SetUpError


def adapt(
    tables: Tables,
    before: Mapping[str, SObject],
    after: Mapping[str, SObject],
    new_columns: Mapping[str, Collection[str]],
) -> None:
    """Make the records of every object fit its fields. Raises SetUpError where values stand in the way.

    New columns are empty; others may hold what a field of the same name once held.
    """
    tabled = {name: sobject for name, sobject in after.items() if sobject.view is None}
    for name, sobject in tabled.items():
        former = before.get(name)
        if former is None:
            tables.clear(sobject.name)
            continue
        if former.prefix != sobject.prefix and tables.count(sobject.name):
            message = f"custom_objects: {sobject.name} has records: leave those in front of it where they are"
            raise SetUpError(message, "custom_objects")
        for field in sobject.fields:
            if field.has_column:
                is_new = field.name in new_columns.get(sobject.name, ())
                _adapt(tables, sobject, former.field(field.name), field, is_new=is_new)


def _adapt(tables: Tables, sobject: SObject, former: Field | None, field: Field, *, is_new: bool) -> None:
    if former is None or not former.has_column or is_new:
        _fill(tables, sobject, field, is_new=is_new)
    elif _kind(former) != _kind(field):
        filled = f"{quoted(field.name)} IS NOT NULL"
        converted = [
            {"Id": row["Id"], field.name: _converted(field, row[field.name])}
            for row in tables.find(sobject.name, filled, (), "Id", field.name)
        ]
        _fill(tables, sobject, field, is_new=False)
        for row in converted:
            tables.update(sobject.name, row["Id"], row)
    if field.unique and field != former and tables.shared_values(sobject.name, field.name, "IsDeleted = 0"):
        raise SetUpError(f"custom_fields: records of {sobject.name} share a value of {field.name}", "custom_fields")


def _fill(tables: Tables, sobject: SObject, field: Field, *, is_new: bool) -> None:
    """Let all records begin with the same value in a new field."""
    if field.custom and not is_new:
        tables.empty_column(sobject, field)
    tables.database.execute(f"UPDATE {tables.name(sobject.name)} SET {quoted(field.name)} = ?", (_first_value(field),))


def _first_value(field: Field) -> Any:
    if field.type == "boolean":
        return field.default or False
    return field.default if field.name == "CurrencyIsoCode" else None


def _kind(field: Field) -> tuple[object, ...]:
    return field.type, field.length, field.precision, field.scale, field.reference_to


def _converted(field: Field, stored: Any) -> Any:
    """The value as the field holds it now; nothing, or a checkbox that is not checked, where it cannot."""
    if field.reference_to:
        return None
    try:
        value = to_stored(field, text_for(stored), "csv")
    except SalesforceError:
        return _first_value(field)
    return value[: field.length] if field.is_text and value is not None else value
