"""The ways in which a lead can be written, all told alike: what became of it, as error codes and fields."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.infra.simulator.bulk.jobs import ingested
from tests.infra.simulator.conftest import OrgClient
from tests.infra.simulator.soap import requests

Problems = list[tuple[str, str, list[str]]]
"""Code, message and fields of everything that was refused; empty where it was not."""
Way = Callable[[OrgClient, str, dict[str, Any]], Awaitable[Problems]]


def of_rest(response: httpx.Response) -> Problems:
    if response.status_code < 300:
        return []
    return [(problem["errorCode"], problem["message"], problem["fields"]) for problem in response.json()]


def of_results(response: httpx.Response) -> Problems:
    results = response.raise_for_status().json()
    return [(each["statusCode"], each["message"], each["fields"]) for result in results for each in result["errors"]]


def of_soap(response: httpx.Response) -> Problems:
    response.raise_for_status()
    return [
        (_inner(error, "statusCode")[0], _inner(error, "message")[0], _inner(error, "fields"))
        for error in _inner(response.text, "errors")
    ]


def _inner(xml: str, name: str) -> list[str]:
    return re.findall(rf"<(?:\w+:)?{name}(?: [^>]*)?>(.*?)</(?:\w+:)?{name}>", xml, re.DOTALL)


def _record(lead_id: str, values: dict[str, Any]) -> str:
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<type>Lead</type><Id>{lead_id}</Id>{fields}"


async def create(org: OrgClient, _: str, values: dict[str, Any]) -> Problems:
    return of_rest(await org.send("POST", "/sobjects/Lead", json={"LastName": "A", "Company": "B", **values}))


async def update(org: OrgClient, lead_id: str, values: dict[str, Any]) -> Problems:
    return of_rest(await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json=values))


async def upsert(org: OrgClient, _: str, values: dict[str, Any]) -> Problems:
    lead = {"LastName": "A", "Company": "B", **values}
    return of_rest(await org.send("PATCH", "/sobjects/Lead/Email/new@example.com", json=lead))


async def collection(org: OrgClient, lead_id: str, values: dict[str, Any]) -> Problems:
    record = {"attributes": {"type": "Lead"}, "Id": lead_id, **values}
    return of_results(await org.send("PATCH", "/composite/sobjects", json={"records": [record]}))


async def bulk(org: OrgClient, lead_id: str, values: dict[str, Any]) -> Problems:
    """Bulk tells only the first problem."""
    lines = [["Id", *values], [lead_id, *values.values()]]
    _, job_id = await ingested(org, "\n".join(",".join(map(str, line)) for line in lines), operation="update")
    failed = (await org.send("GET", f"/jobs/ingest/{job_id}/failedResults")).text
    return [
        (code, message, fields.split(",") if fields else [])
        for code, message, fields in re.findall(r'"(?:00Q\w+)?","([A-Z_]+):(.*?):(\S*) ?--"', failed, re.DOTALL)
    ]


async def soap(org: OrgClient, lead_id: str, values: dict[str, Any]) -> Problems:
    body = f"<update><sObjects>{_record(lead_id, values)}</sObjects></update>"
    return of_soap(await org.soap(body))


async def convert(org: OrgClient, lead_id: str, _: dict[str, Any]) -> Problems:
    return of_soap(await org.soap(requests.convert_lead(requests.lead_convert(lead_id))))


async def merge(org: OrgClient, lead_id: str, values: dict[str, Any]) -> Problems:
    """Merge another lead into this one, which takes the values."""
    other = await org.create(LastName="Other")
    return of_soap(await org.soap(requests.merge(lead_id, other, **values)))


async def delete(org: OrgClient, lead_id: str, _: dict[str, Any]) -> Problems:
    return of_rest(await org.send("DELETE", f"/sobjects/Lead/{lead_id}"))


async def undelete(org: OrgClient, lead_id: str, _: dict[str, Any]) -> Problems:
    await org.send("DELETE", f"/sobjects/Lead/{lead_id}")
    return of_soap(await org.soap(f"<undelete><ids>{lead_id}</ids></undelete>"))


SAVING: dict[str, Way] = {
    "create": create,
    "update": update,
    "upsert": upsert,
    "collection": collection,
    "bulk": bulk,
    "soap": soap,
    "merge": merge,
}
"""Ways that save a lead with given values."""
