"""The Postman collection is what the code generates, whole, and in Postman's format."""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from api.main import gateway
from infra.settings import Settings
from tests.postman.__main__ import FILE, generated
from tests.postman.steps import WALK
from tests.support.node import NODE, PACKAGES, needs_clients
from tests.support.processes import finished


async def test_the_file_is_what_the_code_generates() -> None:
    assert FILE.read_text() == await generated(), "the routes have changed: make postman"


async def test_every_operation_is_in_it_once() -> None:
    app = gateway(Settings(_env_file=None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as http:
        openapi = (await http.get("/openapi.json")).raise_for_status().json()

    operations = [each["operationId"] for methods in openapi["paths"].values() for each in methods.values()]
    assert sorted(step.operation for step in WALK) == sorted(operations)


@needs_clients
def test_postmans_own_library_knows_every_key_of_it() -> None:
    done = finished([NODE, PACKAGES.parent / "kept.mjs", FILE])

    # It reads a URL from its parts, and writes no text of the whole.
    assert done.returncode == 0, done.stderr
    lost = [place for place in json.loads(done.stdout) if not place.endswith("/request/url/raw")]
    assert lost == []


def test_a_url_says_the_same_as_its_parts() -> None:
    for request in requests(json.loads(FILE.read_text())):
        url = request["url"]
        switched_on = [f"{each['key']}={each['value']}" for each in url.get("query", []) if "disabled" not in each]
        whole = "/".join([*url["host"], *url["path"]])
        assert url["raw"] == whole + ("?" + "&".join(switched_on) if switched_on else "")


def requests(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The requests in a collection or folder."""
    if "request" in item:
        yield item["request"]
    for each in item.get("item", []):
        yield from requests(each)
