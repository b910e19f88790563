"""Jobs of Bulk API 2.0, as the tests run them."""

from __future__ import annotations

from typing import Any

from tests.infra.simulator.conftest import OrgClient

INGEST, QUERY = "/jobs/ingest", "/jobs/query"
ENDED = ("JobComplete", "Failed", "Aborted")


async def opened(org: OrgClient, **wish: Any) -> str:
    response = await org.send("POST", INGEST, json={"object": "Lead", "operation": "insert", **wish})
    assert response.status_code == 200, response.text
    return str(response.json()["id"])


async def uploaded(org: OrgClient, content: str | bytes, **wish: Any) -> str:
    """A job that has its content and is being worked off."""
    job = await opened(org, **wish)
    headers = {"Content-Type": "text/csv"}
    response = await org.send("PUT", f"{INGEST}/{job}/batches", content=content, headers=headers)
    assert response.status_code == 201, response.text
    response = await org.send("PATCH", f"{INGEST}/{job}", json={"state": "UploadComplete"})
    assert response.json()["state"] == "UploadComplete"
    return job


async def ended(org: OrgClient, path: str) -> dict[str, Any]:
    """The job once it has come to an end."""
    while True:
        info: dict[str, Any] = (await org.send("GET", path)).json()
        if info["state"] in ENDED:
            return info


async def ingested(org: OrgClient, content: str, **wish: Any) -> tuple[dict[str, Any], str]:
    """A job that is done: its info and its id."""
    job = await uploaded(org, content, **wish)
    return await ended(org, f"{INGEST}/{job}"), job


async def queried(org: OrgClient, soql: str, **wish: Any) -> str:
    """A query job that has found its rows."""
    response = await org.send("POST", QUERY, json={"operation": "query", "query": soql, **wish})
    assert response.status_code == 200, response.text
    job = str(response.json()["id"])
    assert (await ended(org, f"{QUERY}/{job}"))["state"] == "JobComplete"
    return job
