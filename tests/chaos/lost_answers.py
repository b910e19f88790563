"""Every writing operation, again and again, while the answers of its writes are lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.gateway import client_of
from tests.support.leads import insert_record
from tests.support.org import Org

Operation = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]

_FAIR = "Fair"
_EXTERNAL_ID = "Platform_Id__c"


@dataclass(frozen=True)
class Losing:
    """An operation, which answer of Salesforce is lost, and what is done with each lead before."""

    operation: Operation
    lost: str
    before: Sequence[Operation] = ()


def _lead(email: str, **fields: Any) -> dict[str, Any]:
    return {"email": email, "last_name": "Okafor", **fields}


def _other(email: str) -> str:
    return f"other.{email}"


async def _lead_id(rest: httpx.AsyncClient, email: str) -> str:
    lead_id: str = (await rest.get(f"/v1/leads/{email}")).raise_for_status().json()["data"]["id"]
    return lead_id


async def _create(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post("/v1/leads", json=_lead(email))


async def _sync_new(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post("/v1/leads/sync", json=_lead(email, phone="1"))


async def _sync_changed(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post("/v1/leads/sync", json=_lead(email, phone="2"))


async def _update(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.patch(f"/v1/leads/{email}", json={"phone": "2"})


async def _objected(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.put(f"/v1/leads/{email}/status", json={"status": "objected"})


async def _scheduled(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.put(f"/v1/leads/{email}/status", json={"status": "scheduled"})


async def _convert(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post(f"/v1/leads/{email}/convert")


async def _delete(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.delete(f"/v1/leads/{email}")


async def _restore(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    lead_id = await _lead_id(rest, email)
    (await rest.delete(f"/v1/leads/{lead_id}")).raise_for_status()
    return await rest.post(f"/v1/leads/{lead_id}/restore")


async def _create_other(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await _create(rest, _other(email))


async def _merge(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post(f"/v1/leads/{email}/merge", json={"others": [await _lead_id(rest, _other(email))]})


async def _sync_external_id(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post("/v1/leads/sync", json=_lead(email, external_id=email))


async def _sync_into_contact(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post("/v1/leads/sync", json=_lead(email, phone="2", on_converted="update_contact"))


async def _sync_into_campaign(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post("/v1/leads/sync", json=_lead(email, campaign={"name": _FAIR}))


async def _add_to_campaign(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.put(f"/v1/leads/{email}/campaigns/{_FAIR}", json={})


async def _responded(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.put(f"/v1/leads/{email}/campaigns/{_FAIR}", json={"status": "Responded"})


OPERATIONS: dict[str, Losing] = {
    "create": Losing(_create, "lead.create"),
    "sync of a new lead": Losing(_sync_new, "lead.create"),
    "sync of a new lead with an external id": Losing(_sync_external_id, "lead.create"),
    "sync of a changed lead": Losing(_sync_changed, "lead.update", [_create]),
    "sync into a contact": Losing(_sync_into_contact, "contact.update", [_create, _scheduled]),
    "sync into a campaign": Losing(_sync_into_campaign, "campaignmember.create"),
    "update": Losing(_update, "lead.update", [_create]),
    "status objected": Losing(_objected, "lead.update", [_create]),
    "status scheduled": Losing(_scheduled, "soap.convertLead", [_create]),
    "convert": Losing(_convert, "soap.convertLead", [_create]),
    "merge": Losing(_merge, "soap.merge", [_create, _create_other]),
    "delete": Losing(_delete, "lead.delete", [_create]),
    "restore": Losing(_restore, "soap.undelete", [_create]),
    "add to a campaign": Losing(_add_to_campaign, "campaignmember.create", [_create]),
    "status in a campaign": Losing(_responded, "campaignmember.update", [_create, _add_to_campaign]),
}


async def lose_answers(name: str, times: int) -> tuple[Counter[int], dict[str, Any]]:
    """Which HTTP statuses were answered, and the org's stats, after that many lost answers."""
    losing = OPERATIONS[name]
    org = Org()
    statuses: Counter[int] = Counter()
    await org.change(daily_api_limit=1_000_000, unique_external_id=_EXTERNAL_ID)
    async with client_of(org.transport, await org.session(), lead_external_id_field=_EXTERNAL_ID) as rest:
        await insert_record(rest, org, "Campaign", Name=_FAIR, IsActive=True)
        emails = [f"lead{number}@example.com" for number in range(times)]
        for email in emails:
            for done_before in losing.before:
                (await done_before(rest, email)).raise_for_status()
        await org.fault(losing.lost, "drop_after")
        for email in emails:
            statuses[(await losing.operation(rest, email)).status_code] += 1
        stats = await org.stats()
    await org.close()
    return statuses, stats
