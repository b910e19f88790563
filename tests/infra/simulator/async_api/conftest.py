"""Someone who speaks Bulk API 1.0."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.infra.simulator.conftest import OrgClient

PATH = "/services/async/59.0/job"
NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
SENT_AS = {"CSV": "text/csv", "JSON": "application/json", "XML": "application/xml"}
ENDED = ("Completed", "Failed", "NotProcessed")


class BulkClient:
    """Jobs and batches of an org, as JSON wherever the job allows it."""

    def __init__(self, org: OrgClient) -> None:
        self.org = org

    async def send(self, method: str, path: str = "", **request: Any) -> httpx.Response:
        """A request; paths begin after `/job`."""
        headers = {"X-SFDC-Session": self.org.access_token, **request.pop("headers", {})}
        return await self.org.http.request(method, PATH + path, headers=headers, **request)

    async def open(self, operation: str = "insert", content_type: str = "JSON", **wish: Any) -> str:
        """The id of a new job."""
        headers = wish.pop("headers", {})
        body = {"operation": operation, "object": "Lead", "contentType": content_type, **wish}
        response = await self.send("POST", json=body, headers=headers)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def add(self, job: str, content: Any, content_type: str = "JSON") -> str:
        """The id of a new batch."""
        sent = {"json": content} if isinstance(content, list) else {"content": content}
        headers = {"Content-Type": SENT_AS[content_type]}
        response = await self.send("POST", f"/{job}/batch", headers=headers, **sent)
        assert response.status_code == 201, response.text
        return str(response.json()["id"]) if content_type == "JSON" else text_in(response, "id")

    async def ended(self, job: str, batch: str) -> httpx.Response:
        """What a batch is like once it has come to an end."""
        while True:
            response = await self.send("GET", f"/{job}/batch/{batch}")
            assert response.status_code == 200, response.text
            is_json = response.headers["Content-Type"] == "application/json"
            if (response.json()["state"] if is_json else text_in(response, "state")) in ENDED:
                return response

    async def run(self, operation: str, content: Any, content_type: str = "JSON", **wish: Any) -> tuple[str, str]:
        """Job and batch, when the batch is done."""
        job = await self.open(operation, content_type, **wish)
        batch = await self.add(job, content, content_type)
        await self.ended(job, batch)
        return job, batch

    async def results(self, job: str, batch: str) -> httpx.Response:
        return await self.send("GET", f"/{job}/batch/{batch}/result")

    async def found(self, soql: str, content_type: str = "JSON", operation: str = "query") -> httpx.Response:
        """What a query finds."""
        job, batch = await self.run(operation, soql, content_type)
        listed = await self.results(job, batch)
        result = listed.json()[0] if content_type == "JSON" else text_in(listed, "result")
        return await self.send("GET", f"/{job}/batch/{batch}/result/{result}")


def text_in(response: httpx.Response, name: str) -> str:
    """The text of the first element of that name."""
    return response.text.partition(f"<{name}>")[2].partition(f"</{name}>")[0]


@pytest.fixture
def bulk(org: OrgClient) -> BulkClient:
    return BulkClient(org)
