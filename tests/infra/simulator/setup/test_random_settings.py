"""However an org is changed while it has records, it answers, and is the same after a restart."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.simulator.server.app import create_simulator
from tests.infra.simulator.conftest import Clock, OrgClient, http_of, logged_in

NAMES = ["A__c", "a__c", "B__c", "ns__A__c"]
SENT: dict[str, Any] = {
    "string": "12",
    "textarea": "a\nb",
    "picklist": "b",
    "multipicklist": "a;b",
    "phone": "1",
    "email": "a@example.com",
    "url": "https://a.example",
    "boolean": True,
    "int": 5,
    "double": 1.25,
    "currency": 9.5,
    "percent": 7,
    "date": "2026-03-17",
    "datetime": "2026-03-17T10:00:00Z",
    "time": "10:00:00Z",
    "encryptedstring": "secret",
}
"""A value for each type of field that takes one."""


def field(name: str, kind: str, *, unique: bool, length: int) -> dict[str, Any]:
    values = {"values": ["a", "b"]} if "picklist" in kind else {}
    more = {"length": length} if kind in ("string", "textarea") else {}
    extra: dict[str, Any] = {
        "reference": {"to": "Lead", "child_relationship": name.removesuffix("__c").replace("__", "") + "s"},
        "formula": {"returns": "string", "formula": "LastName"},
        "auto_number": {"display_format": "{000}"},
    }.get(kind, {})
    is_key = unique and kind in ("string", "email", "double")
    return {"name": name, "type": kind, "unique": is_key, **values, **more, **extra}


def custom_object(name: str, own: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "fields": own}


fields = st.builds(
    field,
    st.sampled_from(NAMES),
    st.sampled_from([*SENT, "location", "reference", "formula", "auto_number"]),
    unique=st.booleans(),
    length=st.sampled_from([3, 255]),
)
changes = st.fixed_dictionaries(
    {"custom_fields": st.lists(fields, max_size=3)},
    optional={
        "setup": st.sampled_from(["classic", "modern", "person_accounts", "global"]),
        "custom_objects": st.lists(
            st.builds(custom_object, st.sampled_from(["A__c", "V__c"]), st.lists(fields, max_size=2)), max_size=2
        ),
        "currencies": st.sampled_from([[], [{"code": "EUR", "corporate": True}]]),
        "state_country_picklists": st.booleans(),
        "lead_statuses": st.just([{"name": "New", "is_default": True}, {"name": "Won", "is_converted": True}]),
    },
)


async def contents(org: OrgClient) -> list[dict[str, Any]]:
    """All there is to know of the leads; asks about each custom field in several ways besides."""
    made = (await org.http.patch("/_sim/org", json={})).json()["custom_fields"]
    for each in made:
        for soql in ("SELECT FORMAT({0}) FROM {1}", "SELECT Id FROM {1} WHERE {0} != null ORDER BY {0}"):
            asked = await org.ask(soql.format(each["name"], each["object"]))
            assert asked.status_code in (200, 400)
    leads = await org.query("SELECT FIELDS(ALL) FROM Lead ORDER BY Id LIMIT 200")
    for lead in leads:
        assert (await org.read(lead["Id"]))["Id"] == lead["Id"]
    looked_at = ("LastViewedDate", "LastReferencedDate")
    return [{name: value for name, value in lead.items() if name not in looked_at} for lead in leads]


@settings(max_examples=12, deadline=None)
@given(plans=st.lists(changes, min_size=1, max_size=4))
async def test_an_org_that_changes_answers_and_survives_a_restart(plans: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        path, clock = Path(folder) / "org.db", Clock()
        simulator = create_simulator(db=path, clock=clock)
        async with http_of(simulator) as http:
            org = await logged_in(http)
            for plan in plans:
                changed = await http.patch("/_sim/org", json=plan)
                assert changed.status_code in (200, 400)
                made = changed.json().get("custom_fields", [])
                lead = {each["name"]: SENT[each["type"]] for each in made if each["type"] in SENT}
                lead |= {"LastName": "Okafor", "Company": "Acme"}
                created = await org.send("POST", "/sobjects/Lead", json=lead)
                assert created.status_code in (201, 400)
                before = await contents(org)
        simulator.close()

        simulator = create_simulator(db=path, clock=clock)
        async with http_of(simulator) as http:
            again = await logged_in(http)
            assert await contents(again) == before
        simulator.close()
