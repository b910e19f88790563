"""Leads to try things on, and what is expected of a failure."""

from typing import Any

import httpx

from tests.support.org import ORIGIN, Org

ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Okafor", "company": "Acme", "phone": "1"}


async def insert(rest: httpx.AsyncClient, org: Org, **fields: Any) -> str:
    """The Id of a lead made behind the gateway's back, which would not make a second one; fields as in Salesforce."""
    lead = {"Email": ADA["email"], "LastName": ADA["last_name"], "Company": ADA["company"]}
    return await insert_record(rest, org, "Lead", **{**lead, **fields})


async def insert_record(rest: httpx.AsyncClient, org: Org, kind: str, **fields: Any) -> str:
    """The Id of a record made behind the gateway's back; kind and fields as in Salesforce."""
    async with _salesforce(rest, org) as http:
        response = await http.post(kind, json=fields)
    record_id: str = response.raise_for_status().json()["id"]
    return record_id


async def delete_record(rest: httpx.AsyncClient, org: Org, kind: str, record_id: str) -> None:
    """Delete a record behind the gateway's back."""
    async with _salesforce(rest, org) as http:
        (await http.delete(f"{kind}/{record_id}")).raise_for_status()


def _salesforce(rest: httpx.AsyncClient, org: Org) -> httpx.AsyncClient:
    headers = {"authorization": rest.headers["authorization"]}
    url = f"{ORIGIN}/services/data/v59.0/sobjects/"
    return httpx.AsyncClient(transport=org.transport, base_url=url, headers=headers)


def failure(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a failure with this status and code."""
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["code"], body["status_code"]) == (status, code, status), body
    assert body["success"] is False
    return body
