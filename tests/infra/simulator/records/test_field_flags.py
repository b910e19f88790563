"""What describe says about a field is what writing and querying do with it, for every field of every object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, get_args

import pytest

from infra.simulator.instance.context import Context
from infra.simulator.org.rendering import shown
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.errors import SalesforceError
from infra.simulator.schema.field_describe import described_field
from infra.simulator.schema.fields import NUMBER_TYPES, Choice, Field, SObject
from infra.simulator.schema.objects import STANDARD_OBJECTS
from infra.simulator.setup.custom_fields import CustomField, FieldKind
from infra.simulator.setup.set_up import Currency

EXAMPLES: dict[str, Any] = {
    "boolean": True,
    "int": 7,
    "double": 3,
    "currency": 12,
    "percent": 5,
    "date": "2026-01-02",
    "datetime": "2026-01-02T03:04:05.000+0000",
    "time": "10:20:30.000Z",
    "email": "ada@example.com",
    "url": "https://example.com",
    "phone": "+44 20 1234",
}
LITERALS = {**EXAMPLES, "boolean": "true"}
QUOTED = frozenset({"string", "textarea", "picklist", "combobox", "phone", "email", "url", "encryptedstring", "base64"})
PICKED = {"picklist": ("A", "B"), "multipicklist": ("A", "B")}
LED_TO = {"reference": "Account"}
WORKED_OUT = {
    "string": "Company",
    "double": "1 / 3",
    "currency": "AnnualRevenue",
    "percent": "0.5",
    "boolean": "TRUE",
    "date": "TODAY()",
    "datetime": "NOW()",
}
REQUIRED = {
    "Lead": {"LastName": "Okafor", "Company": "Acme"},
    "Account": {"Name": "Acme"},
    "Contact": {"LastName": "Okafor"},
    "Opportunity": {"Name": "Rollout", "StageName": "Prospecting", "CloseDate": "2026-11-30"},
    "Campaign": {"Name": "Fair"},
}
OBJECTS = [
    pytest.param(sobject.name, id=sobject.name)
    for sobject in STANDARD_OBJECTS
    if sobject.queryable and not sobject.filtered_by
]
WRITABLE = [pytest.param(sobject.name, id=sobject.name) for sobject in STANDARD_OBJECTS if sobject.name in REQUIRED]


@pytest.fixture
def org(context: Context) -> Context:
    """An org whose leads have a custom field of every kind."""
    kinds = (
        CustomField(name=f"A_{kind}__c", type=kind, values=PICKED.get(kind, ()), to=LED_TO.get(kind, ""))
        for kind in get_args(FieldKind)
        if kind not in ("formula", "auto_number")
    )
    filled = (
        *(
            CustomField(name=f"F_{returns}__c", type="formula", formula=formula, returns=returns)
            for returns, formula in WORKED_OUT.items()
        ),
        CustomField(name="Number__c", type="auto_number", display_format="{0}"),
    )
    long = CustomField(name="Long__c", type="textarea", length=4000)
    wide = {"currencies": (Currency(code="EUR", corporate=True), Currency(code="USD"))}
    context.org.change(context.org.settings.model_copy(update={"custom_fields": (*kinds, *filled, long), **wide}))
    return context


@pytest.mark.parametrize("name", OBJECTS)
def test_every_field_can_be_selected(org: Context, name: str) -> None:
    sobject = org.org.objects[name.lower()]

    page = org.queries.run(f"SELECT {', '.join(field.name for field in sobject.fields)} FROM {name}", "")

    rows = org.org.tables.find(sobject.name, "1 ORDER BY Id")
    assert [{**record, "attributes": None} for record in page.records] == [
        {"attributes": None, **shown(sobject, row)} for row in rows
    ]


@pytest.mark.parametrize("name", OBJECTS)
def test_a_field_can_be_filtered_sorted_grouped_and_counted_as_its_describe_says(org: Context, name: str) -> None:
    sobject = org.org.objects[name.lower()]
    said, done = {}, {}
    for field in sobject.fields:
        described = described_field(sobject, field)
        asked = {
            "filterable": f"SELECT Id FROM {name} WHERE {_condition(field)}",
            "sortable": f"SELECT Id FROM {name} ORDER BY {field.name}",
            "groupable": f"SELECT COUNT(Id) FROM {name} GROUP BY {field.name}",
            "aggregatable": f"SELECT COUNT({field.name}) FROM {name}",
        }
        if not field.is_stored:
            del asked["filterable"]
        said[field.name] = {flag: described[flag] for flag in asked}
        done[field.name] = {flag: _is_allowed(org, query) for flag, query in asked.items()}
        sums = f"SELECT SUM({field.name}) FROM {name}"
        assert _is_allowed(org, sums) == (field.type in NUMBER_TYPES and described["aggregatable"]), field.name

    assert done == said


@pytest.mark.parametrize("name", WRITABLE)
def test_a_field_can_be_written_as_its_describe_says_and_read_back(org: Context, name: str) -> None:
    sobject = org.org.objects[name.lower()]
    options = WriteOptions(org.org.user.id)
    for field, value in _writable_values(org, sobject):
        described = described_field(sobject, field)
        given = {field.name: value}
        create = partial(org.records.create, sobject, {**REQUIRED[name], **given}, options)
        assert _may_write(create) == described["createable"], field.name
        record_id = org.records.create(sobject, REQUIRED[name], options)
        update = partial(org.records.update, sobject, record_id, given, options)
        assert _may_write(update) == described["updateable"], field.name
        record_id = create() if described["createable"] else record_id
        if described["createable"] or described["updateable"]:
            seen = "****" if field.encrypted else value
            assert shown(sobject, org.records.read(sobject, record_id))[field.name] == seen, field.name


@pytest.mark.parametrize("name", OBJECTS)
def test_a_field_that_is_not_nillable_has_a_value_in_every_record(org: Context, name: str) -> None:
    sobject = org.org.objects[name.lower()]
    if name in REQUIRED:
        org.records.create(sobject, REQUIRED[name], WriteOptions(org.org.user.id))
    never_null = [field.name for field in sobject.fields if not field.nillable]

    for row in org.org.tables.find(sobject.name, "1"):
        record = shown(sobject, row)
        assert [field for field in never_null if record[field] is None] == []


@pytest.mark.parametrize("name", OBJECTS)
def test_every_reference_leads_to_objects_the_org_has(org: Context, name: str) -> None:
    sobject = org.org.objects[name.lower()]
    references = [field for field in sobject.fields if field.type == "reference"]

    assert [(f.name, to) for f in references for to in f.reference_to if org.org.object(to) is None] == []
    for field in references:
        assert _is_allowed(org, f"SELECT {field.relationship}.Id FROM {name}"), field.name


@pytest.mark.parametrize("name", OBJECTS)
def test_every_list_of_children_can_be_queried(org: Context, name: str) -> None:
    sobject = org.org.objects[name.lower()]

    for child in sobject.children:
        if child.name:
            assert _is_allowed(org, f"SELECT Id, (SELECT Id FROM {child.name}) FROM {name}"), child.name


def test_a_dependent_value_says_for_which_controlling_values_it_is_valid() -> None:
    choices = (Choice("London", valid_for=(0,)), Choice("Paris", valid_for=(9, 25)), Choice("Anywhere"))
    field = Field("City__c", "picklist", 255, controller="Country__c", choices=choices)
    sobject = SObject("Thing__c", "Thing", "Things", "a00", (field,))

    described = described_field(sobject, field)

    assert (described["dependentPicklist"], described["controllerName"]) == (True, "Country__c")
    assert [choice["validFor"] for choice in described["picklistValues"]] == ["gAAA", "AEAAQAAA", None]


def _writable_values(org: Context, sobject: SObject) -> Iterator[tuple[Field, Any]]:
    """Each field that can hold a value, and one; not the id, and no reference of which there is no record."""
    for field in sobject.fields:
        if field.name == "Id":
            continue
        if field.type == "reference":
            rows = [row for to in field.reference_to for row in org.org.tables.find(to, "1 LIMIT 1")]
            if rows:
                yield field, rows[-1]["Id"]
        elif field.choices:
            yield field, field.choices[0].value
        else:
            yield field, EXAMPLES.get(field.type, "Text"[: field.length or None])


def _condition(field: Field) -> str:
    if field.type == "multipicklist":
        return f"{field.name} INCLUDES ('A')"
    if field.type in ("id", "reference"):
        return f"{field.name} = '001000000000000AAA'"
    if field.type == "time":
        return f"{field.name} != null"
    literal = LITERALS.get(field.type, "Text")
    return f"{field.name} = '{literal}'" if field.type in QUOTED else f"{field.name} = {literal}"


def _is_allowed(org: Context, query: str) -> bool:
    code = _refusal(lambda: org.queries.run(query, ""))
    assert code in (None, "INVALID_FIELD"), (query, code)
    return code is None


def _may_write(act: Callable[[], Any]) -> bool:
    code = _refusal(act)
    assert code in (None, "INVALID_FIELD_FOR_INSERT_UPDATE"), code
    return code is None


def _refusal(act: Callable[[], Any]) -> str | None:
    """The code of the error an act meets."""
    try:
        act()
    except SalesforceError as error:
        return error.problems[0].code
    return None
