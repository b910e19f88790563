"""Leads to try things on, and what is expected of a failure."""

from typing import Any

import httpx

from tests.support.org import Org

ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Okafor", "company": "Acme", "phone": "1"}


async def insert(rest: httpx.AsyncClient, org: Org, **fields: Any) -> str:
    """The Id of a lead made behind the gateway's back, which would not make a second one; fields as in Salesforce."""
    record = {"Email": ADA["email"], "LastName": ADA["last_name"], "Company": ADA["company"], **fields}
    headers = {"authorization": rest.headers["authorization"]}
    async with httpx.AsyncClient(transport=org.transport, base_url="http://127.0.0.1:3334", headers=headers) as http:
        response = await http.post("/services/data/v59.0/sobjects/Lead", json=record)
    lead_id: str = response.raise_for_status().json()["id"]
    return lead_id


def failure(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a failure with this status and code."""
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["code"], body["status_code"]) == (status, code, status), body
    assert body["success"] is False
    return body
