"""Text of any kind reaches Salesforce and comes back unchanged, or is refused by the name of its field."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.gateway import GatewayClient

EMAILS = st.from_regex(r"[a-z0-9!#$%&'*+=?^_`{|}~-]{1,20}(\.[a-z0-9'+]{1,9})?@[a-z]{1,9}\.example\.com", fullmatch=True)
LOCAL_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
HOSTILE = st.sampled_from(
    [
        "<&>",
        "]]>",
        "<!--",
        "'; DELETE",
        "\\",
        "\\'",
        "' OR Name != '",
        "%_",
        "&quot;",
        "🦆",
        "אבג",
        "\u202eabc",
        "é" * 40,
    ]
)
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def over_rest(gateway: GatewayClient, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    method, path = {"salesforce_sync_lead": ("POST", "/v1/leads/sync"), "salesforce_list_leads": ("GET", "/v1/leads")}[
        tool
    ]
    content: Any = {"params": arguments} if method == "GET" else {"json": arguments}
    envelope: dict[str, Any] = (await gateway.request(method, path, **content)).json()
    return envelope


async def over_mcp(gateway: GatewayClient, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return dict((await gateway.call_tool(tool, arguments)).structured_content or {})


@pytest.mark.parametrize("ask", [over_rest, over_mcp])
@given(email=EMAILS, name=LOCAL_TEXT | HOSTILE, company=HOSTILE)
@MANY
async def test_text_is_kept_or_refused(rest: GatewayClient, ask: Any, email: str, name: str, company: str) -> None:
    lead = {"email": email, "last_name": name, "company": company}

    first = await ask(rest, "salesforce_sync_lead", {**lead, "allow_duplicate": True})

    if not first["success"]:
        fields = {detail["field"] for detail in first["details"]}
        assert fields <= {"email", "last_name"}, first
        return
    again = await ask(rest, "salesforce_sync_lead", lead)
    assert (again["data"]["lead_id"], again["data"]["changed_fields"]) == (first["data"]["lead_id"], [])
    listed = await ask(rest, "salesforce_list_leads", {"email": email})
    [stored] = listed["data"]["leads"]
    assert (stored["last_name"], stored["company"]) == (name.strip(), company.strip())


@pytest.mark.parametrize("email", ["o'brien+x@example.com", "a%2e#?x@example.com", "{b}|c@example.com"])
async def test_an_email_is_a_path(rest: GatewayClient, email: str) -> None:
    created = await over_rest(rest, "salesforce_sync_lead", {"email": email, "last_name": "Okafor"})
    encoded = email.replace("%", "%25").replace("#", "%23").replace("?", "%3F")

    got = (await rest.get(f"/v1/leads/{encoded}")).json()["data"]
    same = (await rest.call_tool("salesforce_get_lead", {"lead": email})).structured_content or {}
    converted = (await rest.post(f"/v1/leads/{encoded}/convert")).json()["data"]

    assert got["id"] == same["data"]["id"] == converted["lead_id"] == created["data"]["lead_id"]


async def test_an_email_with_a_backslash_is_refused_by_its_field(rest: GatewayClient) -> None:
    for ask in (over_rest, over_mcp):
        refused = await ask(rest, "salesforce_sync_lead", {"email": "a\\'b@example.com", "last_name": "x"})
        assert (refused["code"], refused["details"][0]["field"]) == ("VALIDATION_ERROR", "email")


async def test_a_name_of_200_characters_is_refused_by_its_field(rest: GatewayClient) -> None:
    for ask in (over_rest, over_mcp):
        lead = {"email": "ada@example.com", "last_name": "x" * 200}
        refused = await ask(rest, "salesforce_sync_lead", lead)
        assert (refused["code"], refused["details"][0]["field"]) == ("VALIDATION_ERROR", "last_name")
