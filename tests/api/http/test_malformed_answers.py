"""What comes back need not be Salesforce's: whatever is wrong with an answer, the gateway itself does not fail."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.gateway import client_of
from tests.support.leads import ADA, insert_record
from tests.support.org import Org

VALUES: list[Any] = [None, 7, 1e308, float("inf"), True, "", "x", "00Q", [], {}, [None], [{}], [[]], {"a": 1}]
VALUES += [{"records": None, "done": True}, [{"errorCode": None}], [{"errorCode": ["x"], "message": {}}]]
STATUSES = [200, 204, 300, 301, 400, 401, 403, 404, 410, 412, 418, 429, 500, 503]
EMEA = {"custom_fields": {"Region__c": "EMEA"}}
EXTERNAL_ID = "Platform_Id__c"


class Spoiling(httpx.AsyncBaseTransport):
    """Puts something else into the answers of an org."""

    def __init__(self, org: Org, chance: random.Random) -> None:
        self._org = org
        self._chance = chance
        self.spoils = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._org.transport.handle_async_request(request)
        content = await answer.aread()
        if not self.spoils:
            return httpx.Response(answer.status_code, content=content)
        status = self._chance.choice(STATUSES) if self._chance.random() < 0.1 else answer.status_code
        is_soap = content.startswith(b"<")
        spoilt = self._other_xml(content.decode()) if is_soap else self._other_json(content)
        return httpx.Response(status, content=spoilt)

    def _other_json(self, content: bytes) -> str:
        body = {"": json.loads(content or b"null")}
        *way, last = self._chance.choice([path for path in paths(body) if path])
        place: Any = body
        for step in way:
            place = place[step]
        place[last] = self._chance.choice(VALUES)
        return json.dumps(body[""])

    def _other_xml(self, content: str) -> str:
        name, text = self._chance.choice(re.findall(r"<(\w+)>([^<]*)</\1>", content))
        instead = self._chance.choice(["", f"<{name}/>", f"<{name}>x</{name}>", f"<{name}><a/></{name}>", "<"])
        return content.replace(f"<{name}>{text}</{name}>", instead, 1)


def paths(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to everything in a body, of lists to the first two."""
    yield path
    steps = body if isinstance(body, dict) else range(min(len(body), 2)) if isinstance(body, list) else ()
    for step in steps:
        yield from paths(body[step], (*path, step))


def operations(lead_id: str, other_id: str) -> list[tuple[str, str, Any]]:
    lead, other = f"/v1/leads/{lead_id}", f"/v1/leads/{other_id}"
    campaign = {"name": "Fair", "status": "Responded"}
    synced = {**ADA, **EMEA, "external_id": "17", "campaign": campaign, "status": "objected"}
    return [
        ("GET", lead, None),
        ("GET", f"/v1/leads/{ADA['email']}", None),
        ("GET", "/v1/leads?record_type=Direct", None),
        ("GET", "/v1/leads/duplicates", None),
        ("GET", "/v1/lead-fields", None),
        ("GET", "/v1/org", None),
        ("PUT", f"{lead}/campaigns/Fair", {}),
        ("GET", f"{lead}/campaigns", None),
        ("POST", "/v1/leads/sync", synced),
        ("PATCH", lead, {"record_type": "Direct", "custom_fields": {"Region__c": "AMER"}}),
        ("PATCH", lead, {"country": "Nowhere"}),
        ("DELETE", other, None),
        ("POST", f"{other}/restore", None),
        ("POST", f"{lead}/merge", {"others": [other_id]}),
        ("POST", f"{lead}/convert", {"match_existing": True}),
        (
            "POST",
            "/v1/leads/sync",
            {**ADA, **EMEA, "phone": "2", "status": "scheduled", "on_converted": "update_contact"},
        ),
    ]


@pytest.mark.parametrize("seed", range(8))
async def test_no_answer_makes_the_gateway_fail(org: Org, seed: int) -> None:
    await org.change(setup="global", unique_external_id=EXTERNAL_ID)
    transport = Spoiling(org, random.Random(seed))
    async with client_of(transport, await org.session(), lead_external_id_field=EXTERNAL_ID) as rest:
        await insert_record(rest, org, "Campaign", Name="Fair", IsActive=True)
        emails = (ADA["email"], "bola@example.com")
        ids = [
            (await rest.post("/v1/leads", json={**ADA, **EMEA, "email": email})).json()["data"]["id"]
            for email in emails
        ]
        transport.spoils = True
        for method, path, body in operations(*ids):
            answer = await rest.request(method, path, json=body)
            assert answer.status_code != 500, (method, path, answer.text)
            assert answer.json()["status_code"] == answer.status_code
