"""Requests wait for Salesforce, and for nothing else."""

import threading

from tests.support.gateway import GatewayClient


async def test_no_request_needs_a_thread(rest: GatewayClient) -> None:
    before = set(threading.enumerate())

    lead = (await rest.post("/v1/leads/sync", json={"email": "ada@example.com", "last_name": "Okafor"})).json()["data"]
    path = f"/v1/leads/{lead['lead_id']}"
    answers = [
        await rest.get("/v1/leads"),
        await rest.get(path),
        await rest.patch(path, json={"phone": "1"}),
        await rest.put(f"{path}/status", json={"status": "objected"}),
        await rest.delete(path),
        await rest.post(f"{path}/restore"),
        await rest.post(f"{path}/convert"),
        await rest.post("/v1/leads", json={"email": "ada@example.com", "last_name": "Okafor"}),
        await rest.get("/v1/org"),
    ]

    assert {answer.status_code for answer in answers} == {200, 201}
    assert set(threading.enumerate()) <= before
