"""Whatever is done to an org in whatever order, it holds what a simple model of an org holds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from infra.simulator.server.app import create_simulator
from tests.infra.simulator.conftest import REST, Clock, http_of, logged_in
from tests.infra.simulator.soap.requests import convert_lead, lead_convert

_Answer = TypeVar("_Answer")

FIELDS = "LastName, Company, Email, Key__c"
names = st.sampled_from(["Okafor", "Lindqvist", "Ärzte", "it's"])
emails = st.none() | st.sampled_from(["a@example.com", "B@Example.com", "no address"])
keys = st.none() | st.sampled_from(["k1", "K1", "k2", "k/3?#"])
changes = st.fixed_dictionaries({}, optional={"LastName": names, "Email": emails, "Key__c": keys})


@dataclass
class Lead:
    """A lead as the model knows it."""

    fields: dict[str, Any]
    deleted: bool = False
    converted: bool = False

    @property
    def key(self) -> Any:
        return (self.fields["Key__c"] or "").upper() or None


def codes_in(response: httpx.Response) -> set[str]:
    """The codes of a refusal, which tells all that is wrong with the values."""
    return {problem["errorCode"] for problem in response.json()}


class Work(RuleBasedStateMachine):
    """Someone works with an org, and notes what should have come of it."""

    leads = Bundle("leads")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.simulator = create_simulator(clock=Clock())
        self.http = http_of(self.simulator)
        self.org = self.run(logged_in(self.http))
        self.run(self.org.change_org(unique_external_id="Key__c"))
        self.model: dict[str, Lead] = {}
        self.effects = 0

    def run(self, work: Awaitable[_Answer]) -> _Answer:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.http.aclose())
        self.simulator.close()
        self.loop.close()

    def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.run(self.org.send(method, path, json=body) if body is not None else self.org.send(method, path))

    @rule(target=leads, name=names, email=emails, key=keys)
    def create(self, name: str, email: str | None, key: str | None) -> str:
        fields = {"LastName": name, "Company": "Acme", "Email": email, "Key__c": key}
        response = self.send("POST", "/sobjects/Lead", fields)
        if problems := self.problems_with(fields):
            assert (response.status_code, codes_in(response)) == (400, problems)
            return ""
        lead_id: str = response.json()["id"]
        self.keep(lead_id, fields)
        return lead_id

    @rule(
        lead_id=leads, changes=st.fixed_dictionaries({}, optional={"LastName": names, "Email": emails, "Key__c": keys})
    )
    def update(self, lead_id: str, changes: dict[str, Any]) -> None:
        lead = self.model.get(lead_id)
        if lead is None:
            return
        response = self.send("PATCH", f"/sobjects/Lead/{lead_id}", changes)
        if problems := self.refusal(lead) or self.problems_with(changes, lead_id):
            assert codes_in(response) == problems
        else:
            assert response.status_code == 204
            self.keep(lead_id, {**lead.fields, **changes})

    @rule(key=st.sampled_from(["k1", "K2", "k4"]), email=emails)
    def upsert(self, key: str, email: str | None) -> None:
        found = [i for i, lead in self.model.items() if lead.key == key.upper() and not lead.deleted]
        body = {"LastName": "Upserted", "Company": "Globex", "Email": email}
        response = self.send("PATCH", f"/sobjects/Lead/Key__c/{key}", body)
        if problems := (found and self.refusal(self.model[found[0]])) or self.problems_with(body):
            assert codes_in(response) == problems
            return
        assert response.status_code == (200 if found else 201)
        lead_id = response.json()["id"]
        self.keep(lead_id, {**body, "Key__c": self.model[lead_id].fields["Key__c"] if found else key})

    @rule(lead_id=leads)
    def delete(self, lead_id: str) -> None:
        lead = self.model.get(lead_id)
        if lead is None:
            return
        response = self.send("DELETE", f"/sobjects/Lead/{lead_id[:15]}")
        if lead.deleted:
            assert response.json()[0]["errorCode"] == "ENTITY_IS_DELETED"
        else:
            assert response.status_code == 204
            lead.deleted = True
            self.effects += 1

    @rule(lead_id=leads)
    def convert(self, lead_id: str) -> None:
        lead = self.model.get(lead_id)
        if lead is None:
            return
        wish = lead_convert(lead_id, doNotCreateOpportunity="true")
        answer = self.run(self.org.soap(convert_lead(wish)))
        problems = self.refusal(lead)
        assert ("".join(f"<statusCode>{code}<" for code in problems) or "<success>true<") in answer.text
        if not problems:
            lead.converted = True
            # The account and the contact are effects of their own.
            self.effects += 3

    @rule(name=names, key=keys)
    def create_with_someone_who_is_refused(self, name: str, key: str | None) -> None:
        bodies = ({"LastName": name, "Company": "Acme", "Key__c": key}, {"LastName": name})
        subrequests = [
            {"method": "POST", "url": f"{REST}/sobjects/Lead", "referenceId": f"r{n}", "body": body}
            for n, body in enumerate(bodies)
        ]
        answer = self.send("POST", "/composite", {"allOrNone": True, "compositeRequest": subrequests}).json()
        assert [part["httpStatusCode"] for part in answer["compositeResponse"]] == [400, 400]

    @invariant()
    def the_org_holds_what_the_model_holds(self) -> None:
        query = {"q": f"SELECT Id, {FIELDS}, IsDeleted, IsConverted FROM Lead ORDER BY Id"}
        everything = self.run(self.org.send("GET", "/queryAll", params=query)).json()["records"]
        alive = self.run(self.org.send("GET", "/query", params=query)).json()["records"]

        found = {record["Id"]: self.lead_of(record) for record in everything}
        assert found == self.model
        assert [record["Id"] for record in alive] == sorted(i for i, lead in self.model.items() if not lead.deleted)

    @invariant()
    def every_effect_is_in_the_ledger(self) -> None:
        stats = self.run(self.org.stats())
        assert stats["effects"] == self.effects
        assert stats["leads"] == sum(not lead.deleted for lead in self.model.values())
        assert stats["converted_leads"] == sum(lead.converted and not lead.deleted for lead in self.model.values())

    def keep(self, lead_id: str, fields: dict[str, Any]) -> None:
        email = fields["Email"]
        self.model[lead_id] = Lead({**fields, "Email": email and email.lower()})
        self.effects += 1

    def problems_with(self, fields: dict[str, Any], own_id: str | None = None) -> set[str]:
        """All that speaks against saving such a lead."""
        problems = {"INVALID_EMAIL_ADDRESS"} if fields.get("Email") == "no address" else set()
        key = (fields.get("Key__c") or "").upper()
        others = (lead for i, lead in self.model.items() if i != own_id and not lead.deleted)
        return problems | ({"DUPLICATE_VALUE"} if key and any(lead.key == key for lead in others) else set())

    def refusal(self, lead: Lead) -> set[str]:
        """What speaks against changing this lead, whatever is changed."""
        if lead.deleted:
            return {"ENTITY_IS_DELETED"}
        return {"CANNOT_UPDATE_CONVERTED_LEAD"} if lead.converted else set()

    def lead_of(self, record: dict[str, Any]) -> Lead:
        fields = {name: record[name] for name in FIELDS.split(", ")}
        return Lead(fields, record["IsDeleted"], record["IsConverted"])


Work.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestRandomWork = Work.TestCase
