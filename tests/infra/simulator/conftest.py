"""An org to try things on, in process and empty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.org.storage import Database
from infra.simulator.server.app import Simulator, create_simulator
from infra.simulator.server.transport import SimulatorTransport

REST = "/services/data/v59.0"
SOAP_HEAD = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">'
)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 17, 9, 30, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **distance: float) -> None:
        self.moment += timedelta(**distance)


class OrgClient:
    """Someone who is logged in to an org of the simulator."""

    def __init__(self, http: httpx.AsyncClient, session: dict[str, str]) -> None:
        self.http = http
        self.access_token = session["access_token"]
        self.refresh_token = session["refresh_token"]

    async def log_in_again(self) -> None:
        answer = await self.http.post("/_sim/sessions")
        self.access_token = answer.raise_for_status().json()["access_token"]

    @property
    def bearer(self) -> dict[str, str]:
        """The header that tells who asks."""
        return {"Authorization": f"Bearer {self.access_token}"}

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A REST request; paths begin after the version, which may be given as `version`."""
        headers = {**self.bearer, **request.pop("headers", {})}
        url = f"/services/data/v{request.pop('version', '59.0')}{path}"
        return await self.http.request(method, url, headers=headers, **request)

    async def create(self, object_name: str = "Lead", **fields: Any) -> str:
        """The id of a new record; a lead needs no fields to be named."""
        defaults = {"LastName": "Okafor", "Company": "Acme"} if object_name == "Lead" else {}
        response = await self.send("POST", f"/sobjects/{object_name}", json={**defaults, **fields})
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def read(self, record_id: str, object_name: str = "Lead") -> dict[str, Any]:
        response = await self.send("GET", f"/sobjects/{object_name}/{record_id}")
        assert response.status_code == 200, response.text
        record: dict[str, Any] = response.json()
        return record

    async def query(self, soql: str) -> list[dict[str, Any]]:
        response = await self.ask(soql)
        assert response.status_code == 200, response.text
        records: list[dict[str, Any]] = response.json()["records"]
        return records

    async def ask(self, soql: str) -> httpx.Response:
        """The answer to a query of any length, which a URL could not hold."""
        query = {"method": "GET", "url": f"{REST}/query?{urlencode({'q': soql})}", "referenceId": "query"}
        response = await self.send("POST", "/composite", json={"compositeRequest": [query]})
        [part] = response.raise_for_status().json()["compositeResponse"]
        return httpx.Response(part["httpStatusCode"], json=part["body"])

    async def names(self, condition: str) -> list[str]:
        """The last names of the leads that meet a condition, in alphabetical order."""
        return [
            lead["LastName"]
            for lead in await self.query(f"SELECT LastName FROM Lead WHERE {condition} ORDER BY LastName")
        ]

    async def soap(
        self, body: str, *, headers: str = "", token: str | None = None, version: str = "59.0"
    ) -> httpx.Response:
        session = f"<SessionHeader><sessionId>{token or self.access_token}</sessionId></SessionHeader>"
        envelope = (
            f"{SOAP_HEAD}<soapenv:Header>{session}{headers}</soapenv:Header>"
            f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
        )
        return await self.http.post(
            f"/services/Soap/u/{version}", content=envelope, headers={"Content-Type": "text/xml"}
        )

    async def faults(self, *rules: dict[str, Any]) -> None:
        response = await self.http.post("/_sim/faults", json={"rules": list(rules)})
        assert response.status_code == 201, response.text

    async def change_org(self, **settings: Any) -> None:
        response = await self.http.patch("/_sim/org", json=settings)
        assert response.status_code == 200, response.text

    async def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = (await self.http.get("/_sim/stats")).raise_for_status().json()
        return stats

    async def ledger(self, after: int = 0) -> list[dict[str, Any]]:
        answer = await self.http.get("/_sim/ledger", params={"after": after})
        effects: list[dict[str, Any]] = answer.raise_for_status().json()
        return effects


def http_of(simulator: Simulator) -> httpx.AsyncClient:
    """Requests to the simulator, in process."""
    return httpx.AsyncClient(transport=SimulatorTransport(simulator), base_url="http://salesforce.test")


async def logged_in(http: httpx.AsyncClient, **wanted: str) -> OrgClient:
    """Someone with a new session, which may be `wanted` for another org or user."""
    return OrgClient(http, (await http.post("/_sim/sessions", json=wanted)).raise_for_status().json())


def error_of(response: httpx.Response) -> tuple[int, str]:
    """Status and first error code of a REST answer."""
    return response.status_code, response.json()[0]["errorCode"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def message_of(response: httpx.Response) -> str:
    """The first message of a REST answer; where it is about a query, without the place in it."""
    return str(response.json()[0]["message"]).split("\n")[-1]


@contextmanager
def bare_org(clock: Clock) -> Iterator[Context]:
    """An empty org without the protocols around it."""
    with closing(Database(None)) as database:
        yield Orgs(database, clock, Random(1), latency_ms=0).default


@pytest.fixture
def context(clock: Clock) -> Iterator[Context]:
    with bare_org(clock) as context:
        yield context


@pytest.fixture
def simulator(clock: Clock) -> Any:
    simulator = create_simulator(clock=clock)
    with closing(simulator):
        yield simulator


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with http_of(simulator) as client:
        yield client


@pytest.fixture
async def org(http: httpx.AsyncClient) -> OrgClient:
    return await logged_in(http)
