"""What the answers of `describe` mean."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from domain.values.described import DescribedLead
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.description import described_lead_in, values_by_record_type_in

MASTER = {"recordTypeId": "012000000000000AAA", "developerName": "Master", "name": "Master", "master": True}


def field(name: str, type_: str = "string", **more: Any) -> dict[str, Any]:
    return {
        "name": name, "type": type_, "label": name, "custom": name.endswith("__c"), "length": 0, "scale": 0,
        "createable": True, "updateable": True, "nillable": True, "defaultedOnCreate": False, "unique": False,
        "externalId": False, "restrictedPicklist": False, "picklistValues": [], "controllerName": None, "digits": 0,
        "precision": 0, "calculated": False, "autoNumber": False, **more,
    }  # fmt: skip


def choice(value: str, *, active: bool = True, valid_for: str | None = None) -> dict[str, Any]:
    return {"value": value, "label": value, "defaultValue": False, "active": active, "validFor": valid_for}


def described(*fields: dict[str, Any], record_types: tuple[dict[str, Any], ...] = ()) -> DescribedLead:
    common = {"master": False, "active": True, "available": True, "defaultRecordTypeMapping": False}
    infos = [{**common, **each} for each in (*record_types, MASTER)]
    return described_lead_in(Answer(200, {"fields": list(fields), "recordTypeInfos": infos}))


@pytest.mark.parametrize(
    ("bits", "allowed"),
    [
        (b"\x80", ["A"]),
        (b"\x10", ["D"]),
        (b"\xb0", ["A", "C", "D"]),
        (b"\x00\x80", ["I"]),
        (b"\xff\xff\xff", ["A", "B", "C", "D", "E", "F", "G", "H", "I"]),
        (b"\x00", []),
    ],
)
def test_a_bitmap_names_values_of_the_controlling_field_in_its_order(bits: bytes, allowed: list[str]) -> None:
    # An inactive value keeps its place.
    controlling = [choice(letter, active=letter != "B") for letter in "ABCDEFGHI"]
    dependent = [choice("x", valid_for=b64encode(bits).decode())]

    lead = described(
        field("Region__c", "picklist", picklistValues=controlling),
        field("Product__c", "picklist", picklistValues=dependent, controllerName="Region__c"),
    )

    product = lead.field("custom_fields.Product__c")
    assert product is not None
    assert product.controlling_field == "custom_fields.Region__c"
    assert product.values[0].valid_for == allowed


def test_a_checkbox_controls_with_false_and_true() -> None:
    only_true = b64encode(b"\x40").decode()

    lead = described(
        field("DoNotCall", "boolean"),
        field("Mail__c", "picklist", picklistValues=[choice("All", valid_for=only_true)], controllerName="DoNotCall"),
    )

    mail = lead.field("custom_fields.mail__C")
    assert mail is not None
    assert (mail.controlling_field, mail.values[0].valid_for) == ("do_not_call", ["true"])


def test_a_record_type_is_chosen_by_name_where_there_are_any() -> None:
    partner = {"recordTypeId": "012000000000001AAA", "developerName": "Partner", "name": "Partner Lead"}
    internal = {"recordTypeId": "012000000000002AAA", "developerName": "Own", "name": "Own", "available": False}

    without = described(field("RecordTypeId", "reference"))
    lead = described(field("RecordTypeId", "reference"), record_types=(partner, internal))

    assert without.field("record_type") is None
    record_type = lead.field("record_type")
    assert record_type is not None
    assert [(value.value, value.label) for value in record_type.values] == [("Partner", "Partner Lead")]
    assert [each.available for each in lead.record_types] == [True, False]
    assert [lead.record_types[0].is_called(text) for text in ("partner", "Partner Lead", "012000000000001", "x")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_record_type_has_the_name_that_an_older_version_tells() -> None:
    old = {"recordTypeId": "012000000000001AAA", "name": "Partner Lead", "available": True}
    types = (old, {**old, "recordTypeId": MASTER["recordTypeId"]})
    infos = [{**each, "defaultRecordTypeMapping": False} for each in types]

    lead = described_lead_in(Answer(200, {"fields": [], "recordTypeInfos": infos}))

    assert [(each.name, each.available) for each in lead.record_types] == [("Partner Lead", True)]


def test_each_record_type_offers_its_own_values() -> None:
    picklists = [{"picklistName": "LeadSource", "picklistValues": [choice("Web"), choice("Fair", active=False)]}]
    mappings = [{"recordTypeId": "1", "picklistsForRecordType": picklists}, MASTER | {"picklistsForRecordType": None}]

    values = values_by_record_type_in(Answer(200, {"recordTypeMappings": mappings}))

    assert values == {"1": {"source": ["Web"]}, MASTER["recordTypeId"]: {}}
