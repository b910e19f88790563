"""Whatever a model makes up as arguments: an answer in the known shape, and no other route."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.mcp import LeadTools
from tests.api.mcp.support import LEAD_ID, SESSION, Gate, http_client, lead_app

APP = lead_app()
TOOLS = LeadTools(APP)
APP.add_route("/mcp", TOOLS, include_in_schema=False)

names = st.sampled_from(sorted({name for tool in TOOLS.tools for name in tool.input_schema["properties"]}))
texts = st.text() | st.sampled_from([LEAD_ID, "a@example.com", "..", "../..", "a?b@example.com", "%2f", "\x00", "\r\n"])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
arguments = st.dictionaries(names | texts, values, max_size=6) | st.fixed_dictionaries(
    {"lead": texts, "email": texts, "last_name": texts}, optional={"title": values, "custom_fields": values}
)


@settings(max_examples=200, deadline=None)
@given(tool=st.sampled_from([tool.name for tool in TOOLS.tools]), arguments=arguments)
async def test_any_arguments_get_an_envelope_and_reach_no_other_route(tool: str, arguments: dict[str, Any]) -> None:
    APP.state.spy.calls.clear()
    sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    headers = {**SESSION, "accept": "application/json", "x-correlation-id": "mine"}

    async with TOOLS.running(), http_client(Gate(APP), headers) as http:
        response = await http.post("/mcp", content=json.dumps(sent), headers={"content-type": "application/json"})

    answer = response.json()["result"]
    envelope = answer["structuredContent"]
    assert envelope["status_code"] in (200, 201, 409, 422)
    assert envelope["success"] is not answer["isError"]
    assert {name for name, *_ in APP.state.spy.calls} <= {tool}
