"""What a merged lead takes over says of it what it said of the other one."""

from typing import Any

import pytest

from domain.filling import Filling
from domain.values.described import DescribedField, DescribedLead
from domain.values.lead import Lead

TARGET, OTHER, THIRD = (f"00Q00000000000{number}AAA" for number in range(3))
PARTS = [f"custom_fields.ns__Home__{part}__s" for part in ("Street", "City", "CountryCode", "Latitude", "Longitude")]


def lead(lead_id: str, **values: Any) -> Lead:
    custom = {name: value for name, value in values.items() if name.endswith(("__c", "__s"))}
    others = {name: value for name, value in values.items() if name not in custom}
    return Lead(id=lead_id, custom_fields=custom, **others)


def described(*fields: DescribedField) -> DescribedLead:
    return DescribedLead(fields)


def custom(name: str, kind: str = "string", **more: Any) -> DescribedField:
    return DescribedField(f"custom_fields.{name}", kind, custom=True, **more)


@pytest.mark.parametrize("writable", [True, False])
def test_the_parts_of_a_custom_address_come_from_one_lead(writable: bool) -> None:
    coordinates = [DescribedField(name, "double", custom=True, updateable=writable) for name in PARTS[3:]]
    street, town = lead(OTHER, ns__Home__Street__s="Elm St."), lead(THIRD, ns__Home__City__s="Lagos")
    whole = lead(OTHER, ns__Home__City__s="Kyiv", ns__Home__Latitude__s=50.5, ns__Home__Longitude__s=30.5)
    fields = described(*[DescribedField(name, "string", custom=True) for name in PARTS[:3]], *coordinates)

    assert Filling(lead(TARGET), [street, town], fields).values == {PARTS[0]: "Elm St."}
    assert Filling(street, [town], fields).values == {}
    assert Filling(lead(TARGET), [whole], fields).values == (
        {PARTS[1]: "Kyiv", PARTS[3]: 50.5, PARTS[4]: 30.5} if writable else {PARTS[1]: "Kyiv"}
    )


def test_an_address_of_which_a_part_may_not_be_written_is_left_out() -> None:
    fields = described(DescribedField("street", "textarea"), DescribedField("city", "string", updateable=False))

    assert Filling(lead(TARGET), [lead(OTHER, street="Elm St.", city="Lagos")], fields).values == {}
    assert Filling(lead(TARGET), [lead(OTHER, street="Elm St.")], fields).values == {"street": "Elm St."}


def test_a_lead_does_not_come_to_lead_to_itself_or_to_one_that_is_gone() -> None:
    fields = described(custom("Referred_By__c", "reference"))
    elsewhere = "00Q000000000009AAA"

    for referred_by, filled in ((TARGET, False), (THIRD, False), (OTHER, False), (elsewhere, True)):
        others = [lead(OTHER, Referred_By__c=referred_by), lead(THIRD)]
        assert bool(Filling(lead(TARGET), others, fields).values) is filled


def test_a_value_is_copied_with_all_its_digits_and_blanks() -> None:
    fields = described(
        custom("Score__c", "double", decimals=1),
        custom("Note__c"),
        custom("Seen__c", "datetime"),
        custom("Day__c", "date"),
    )
    values = {"Score__c": 0.123456789, "Note__c": " a\r\nb ", "Day__c": "2026-01-02"}
    other = lead(OTHER, **values, Seen__c="2026-01-02T03:04:05.000+0000")

    filled = Filling(lead(TARGET), [other], fields).values

    assert filled == {
        **{f"custom_fields.{name}": value for name, value in values.items()},
        "custom_fields.Seen__c": "2026-01-02T03:04:05Z",
    }


def test_a_value_that_xml_can_not_carry_is_left_out() -> None:
    fields = described(custom("Note__c"))

    assert Filling(lead(TARGET), [lead(OTHER, Note__c="a\x0bb")], fields).values == {}


@pytest.mark.parametrize(
    ("target", "other", "filled"),
    [
        ({"last_name": "Okafor"}, {"last_name": "OKAFOR", "first_name": "Ada"}, ["first_name"]),
        ({"last_name": "Okafor"}, {"last_name": "Smith", "first_name": "Ada", "salutation": "Dr."}, []),
        (
            {"last_name": "Okafor", "first_name": "Ada"},
            {"last_name": "Okafor", "first_name": "Bola", "salutation": "Mr."},
            [],
        ),
        ({"last_name": "Okafor", "first_name": "Ada"}, {"last_name": "Okafor", "salutation": "Dr."}, ["salutation"]),
    ],
)
def test_names_are_those_of_one_person(target: dict[str, str], other: dict[str, str], filled: list[str]) -> None:
    fields = described(*[DescribedField(name, "string") for name in ("salutation", "first_name", "last_name")])

    assert list(Filling(lead(TARGET, **target), [lead(OTHER, **other)], fields).values) == filled


def test_an_email_comes_with_the_lead_and_a_company_does_not() -> None:
    fields = described(DescribedField("email", "email"), DescribedField("company", "string"))

    filling = Filling(lead(TARGET), [lead(OTHER, email="ada@example.com", company="Acme")], fields)

    assert filling.values == {"email": "ada@example.com"}
    assert filling.sources == {OTHER: ["email"]}
