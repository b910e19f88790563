"""The pages that describe and tabs link to."""

from __future__ import annotations

import pytest

from infra.simulator.schema.objects import STANDARD_OBJECTS
from tests.infra.simulator.conftest import OrgClient


async def _log_in(org: OrgClient) -> None:
    await org.http.get("/secur/frontdoor.jsp", params={"sid": org.access_token})


async def test_a_record_has_a_page_with_what_can_be_written(org: OrgClient) -> None:
    lead_id = await org.create(FirstName="Ada", LastName="<Okafor>", City="Łódź", Country="PL")
    described = (await org.send("GET", "/sobjects/Lead/describe")).json()
    await _log_in(org)

    for link in ("uiDetailTemplate", "uiEditTemplate"):
        page = await org.http.get(described["urls"][link].format(ID=lead_id))
        assert page.status_code == 200
        assert "<h1>Lead: Ada &lt;Okafor&gt;</h1>" in page.text
        assert "<dt>Address</dt><dd>Łódź, PL</dd>" in page.text


@pytest.mark.parametrize("name", [sobject.name for sobject in STANDARD_OBJECTS if sobject.is_layoutable])
async def test_every_object_with_pages_has_a_list(org: OrgClient, name: str) -> None:
    described = (await org.send("GET", f"/sobjects/{name}/describe")).json()
    await _log_in(org)

    new = await org.http.get(described["urls"]["uiNewRecord"])
    tab = await org.http.get(f"/{described['keyPrefix']}/o")

    assert (new.status_code, tab.status_code) == (200, 200)
    assert f"<h1>{described['labelPlural']}</h1>" in tab.text


async def test_pages_are_for_those_who_are_logged_in(org: OrgClient) -> None:
    lead_id = await org.create()

    assert (await org.http.get(f"/{lead_id}")).status_code == 401


async def test_a_page_that_is_not_there_is_gone(org: OrgClient) -> None:
    lead_id = await org.create()
    await org.send("DELETE", f"/sobjects/Lead/{lead_id}")
    await _log_in(org)

    for path in (lead_id, "00Q000000000000AAA", "zzz/o", "nope", "favicon.ico", "LeadStatus/o"):
        page = await org.http.get(f"/{path}")
        assert (page.status_code, "URL No Longer Exists" in page.text) == (404, True)
