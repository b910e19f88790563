"""The form that Salesforce takes of a value, by the type of its field, and what counts as the same."""

from typing import Any

import pytest

from domain.errors import InvalidInputError
from domain.field_types import as_taken, is_stored
from domain.values.described import DescribedField
from domain.values.org import PicklistValue

METALS = tuple(PicklistValue(value=value, label=f"{value}!", default=False) for value in ("Gold", "Silver", "Tin"))
DECIMALS = 2


def field(type_: str) -> DescribedField:
    return DescribedField("custom_fields.It__c", type_, decimals=DECIMALS, values=METALS, inactive_values=("Brass",))


SAME: list[tuple[str, Any, Any, Any]] = [
    ("string", " two words ", "two words", "two words"),
    ("string", 42, "42", "42"),
    ("string", 1e16, "10000000000000000", "10000000000000000"),
    ("string", 1.5e-147, "1.5e-147", "1.5e-147"),
    ("string", True, "true", "true"),
    ("textarea", "one\ntwo", "one\ntwo", "one\r\ntwo"),
    ("phone", "(030) 12-34", "(030) 12-34", "(030) 12-34"),
    ("url", "Example.com/A", "Example.com/A", "Example.com/A"),
    ("email", "Ada@Example.COM", "ada@example.com", "ada@example.com"),
    *(("boolean", yes, True, True) for yes in (True, "true", " TRUE", "yes", "Y", "on", "1", 1, "t")),
    *(("boolean", no, False, False) for no in (False, "false", "False", "no", "n", "off", "0", 0, "f")),
    ("int", "250", 250, 250),
    ("int", 12.0, 12, 12),
    ("double", "12", 12.0, 12.0),
    ("double", 1.005, 1.01, 1.01),
    ("double", -2.345, -2.35, -2.35),
    ("double", "1e2", 100.0, 100.0),
    ("double", ".5", 0.5, 0.5),
    ("currency", 99.999, 100.0, 100.0),
    ("percent", 12.125, 12.13, 12.13),
    ("date", "2026-11-27", "2026-11-27", "2026-11-27"),
    ("date", "2026-11-27T23:30:00-05:00", "2026-11-28", "2026-11-28"),
    ("datetime", "2026-11-27T07:10:17.123Z", "2026-11-27T07:10:17Z", "2026-11-27T07:10:17.000+0000"),
    ("datetime", "2026-11-27T09:10:17+02:00", "2026-11-27T07:10:17Z", "2026-11-27T07:10:17.000+0000"),
    ("datetime", "2026-11-27T09:10:17.123456789+02", "2026-11-27T07:10:17Z", "2026-11-27T07:10:17.000+0000"),
    ("datetime", "2026-11-27 07:10", "2026-11-27T07:10:00Z", "2026-11-27T07:10:00.000+0000"),
    ("time", "07:10:17.5Z", "07:10:17.500Z", "07:10:17.500Z"),
    ("time", "07:10", "07:10:00.000Z", "07:10:00.000Z"),
    ("picklist", "gold", "Gold", "Gold"),
    ("picklist", "silver!", "Silver", "Silver"),
    ("picklist", "Bronze", "Bronze", "Bronze"),
    ("multipicklist", "tin;Gold", "Gold;Tin", "Gold;Tin"),
    ("multipicklist", "Lead; silver ;SILVER", "Silver;Lead", "Silver;Lead"),
    ("picklist", "brass", "Brass", "Brass"),
    ("multipicklist", "BRASS;tin", "Tin;Brass", "Tin;Brass"),
    ("multipicklist", ["Tin", " gold"], "Gold;Tin", "Gold;Tin"),
    ("multipicklist", "Iron, Zinc", "Iron, Zinc", "Iron, Zinc"),
    ("reference", "005000000000001", "005000000000001", "005000000000001AAA"),
    ("reference", "005a10000000001iaa", "005a10000000001iaa", "005A10000000001IAA"),
    ("anyType", "as it is", "as it is", "as it is"),
]
"""Type, what is sent, the form that goes to Salesforce, and what stands there afterwards."""

DIFFERENT: list[tuple[str, Any, Any]] = [
    ("string", "Acme", "ACME"),
    ("boolean", False, None),
    ("boolean", "0", True),
    ("double", 1, 1.01),
    ("anyType", True, 1),
    ("date", "2026-11-27", "2026-11-28"),
    ("datetime", "2026-11-27T07:10:18Z", "2026-11-27T07:10:17.000+0000"),
    ("picklist", "Bronze", "bronze"),
    ("multipicklist", "Gold", "Gold;Tin"),
    ("reference", "005000000000001", "005000000000001".swapcase().replace("5", "6")),
]

REFUSED: list[tuple[str, Any, str]] = [
    ("multipicklist", "Gold, tin", "separated by semicolons, such as Gold;Silver"),
    *((type_, ["Gold"], "multi-select picklists take lists") for type_ in ("string", "picklist", "double", "boolean")),
    ("boolean", "maybe", "true or false"),
    ("boolean", None, "true or false"),
    ("boolean", 2, "true or false"),
    ("int", "12.5", "such as 12"),
    ("int", True, "such as 12"),
    ("double", "1,5", "such as 12.50"),
    ("double", "twelve", "such as 12.50"),
    ("currency", True, "such as 12.50"),
    ("percent", "5 %", "such as 12.50"),
    *((type_, huge, "such as 12.50") for type_ in ("double", "currency") for huge in ("1e400", "9" * 400, 1e308)),
    *(("email", text, "such as ada@example.com") for text in ("ada", "Ada <ada@x.de>", "a@b.de,c@d.de", ".a@x.de")),
    ("date", "27.11.2026", "such as 2026-01-31"),
    ("date", "2026-02-30", "such as 2026-01-31"),
    ("date", 1_700_000_000, "such as 2026-01-31"),
    ("datetime", "2026-11-27", "such as 2026-01-31T09:00:00Z"),
    ("datetime", "tomorrow", "such as 2026-01-31T09:00:00Z"),
    ("time", "25:00", "such as 09:00:00Z"),
    ("reference", "Ada Okafor", "such as 005000000000001AAA"),
]


@pytest.mark.parametrize(("type_", "sent", "goes", "stored"), SAME)
def test_a_value_takes_the_form_that_salesforce_keeps(type_: str, sent: Any, goes: Any, stored: Any) -> None:
    taken = as_taken(field(type_), sent)

    assert (taken, type(taken)) == (goes, type(goes))
    assert is_stored(field(type_), taken, stored)
    assert as_taken(field(type_), taken) == taken


@pytest.mark.parametrize(("type_", "sent", "stored"), DIFFERENT)
def test_another_value_is_a_difference(type_: str, sent: Any, stored: Any) -> None:
    assert not is_stored(field(type_), as_taken(field(type_), sent), stored)


@pytest.mark.parametrize(("type_", "sent", "example"), REFUSED)
def test_what_is_no_value_of_the_type_is_refused_with_the_field_and_an_example(
    type_: str, sent: Any, example: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        as_taken(field(type_), sent)

    assert refused.value.details[0]["field"] == "custom_fields.It__c"
    assert example in refused.value.message


@pytest.mark.parametrize("type_", sorted({row[0] for row in SAME} - {"boolean"}))
def test_nothing_is_nothing_whatever_the_type(type_: str) -> None:
    assert as_taken(field(type_), None) is None


@pytest.mark.parametrize("type_", ["multipicklist", "picklist", "string"])
@pytest.mark.parametrize("blank", ["", "  ", None])
def test_blank_of_any_type_is_nothing(type_: str, blank: str | None) -> None:
    assert as_taken(field(type_), blank) is None


@pytest.mark.parametrize("blank", [";", ";;", " ; "])
def test_a_list_of_nothing_is_nothing(blank: str) -> None:
    assert as_taken(field("multipicklist"), blank) is None
