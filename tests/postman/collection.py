"""Builds the collection (Postman's format 2.1.0) out of the OpenAPI document and the steps."""

import json
from collections.abc import Mapping
from typing import Any

from tests.postman.steps import CLIENT, NEWEST, OLDER, STATELESS, WALK, WITH_HANDSHAKE, Message, Step

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

VARIABLES = {
    "base_url": "http://127.0.0.1:3333",
    "access_token": "refreshed-at-the-first-call",
    "refresh_token": "demo-refresh-token",
    "instance_url": "",
    "campaign": "Spring Webinar",
}
"""What fits `make demo`."""

ABOUT = """Every operation of the Salesforce lead gateway, then the same over MCP. It fits `make demo` as it is; run it
from top to bottom, or one request at a time.

For your own gateway set the variables: `base_url`; `access_token` and, if you have one, `refresh_token` of your
Salesforce session (else leave it empty); `instance_url` where the gateway has no SF_INSTANCE_URL. With a key of the
gateway, put it into `access_token` and empty `refresh_token`; in `campaign` the Id of a campaign of yours. A whole
run leaves a converted lead behind, with its account and contact."""

BEFORE_EACH = """
const value = (name) => pm.variables.get(name);
const send = (key, text) => pm.request.headers.upsert({key, value: text});
if (value("refresh_token")) send("X-SF-Refresh-Token", "Bearer " + value("refresh_token"));
if (value("instance_url")) send("X-SF-Instance-Url", value("instance_url"));
if (!value("email")) pm.collectionVariables.set("email", pm.variables.replaceIn("postman-{{$guid}}@example.com"));
"""

Item = dict[str, Any]


def collection(openapi: Mapping[str, Any]) -> Item:
    """The collection. Raises KeyError for a step whose operation the document does not have."""
    operations = {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    }
    return {
        "info": {"name": openapi["info"]["title"], **_described(ABOUT), "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{access_token}}", "type": "string"}]},
        "event": [_event("prerequest", BEFORE_EACH.strip().splitlines())],
        "variable": [{"key": key, "value": value} for key, value in VARIABLES.items()],
        "item": [
            {"name": "REST", "item": [_route(step, *operations[step.operation]) for step in WALK]},
            {
                "name": f"MCP {NEWEST}",
                "item": [_message(message, NEWEST, number) for number, message in enumerate(STATELESS, 1)],
            },
            {
                "name": f"MCP {OLDER}",
                "item": [_message(message, OLDER, number) for number, message in enumerate(WITH_HANDSHAKE, 1)],
            },
        ],
    }


def _route(step: Step, method: str, path: str, operation: Mapping[str, Any]) -> Item:
    parameters = operation.get("parameters", [])
    headers = [_header("Accept", "application/json"), *(_optional_header(each) for each in _in("header", parameters))]
    request: Item = {
        "method": method,
        "header": headers,
        "url": _url(
            path,
            [_query(each, step) for each in _in("query", parameters)],
            {"lead": step.lead, "campaign": step.campaign},
        ),
        **_described(operation.get("description", "")),
    }
    if "security" not in operation:
        request["auth"] = {"type": "noauth"}
    if step.body is not None:
        request |= _body(headers, step.body)
    return {"name": operation["summary"], "event": [_event("test", _tests(step, operation))], "request": request}


def _tests(step: Step, operation: Mapping[str, Any]) -> list[str]:
    [status] = [int(code) for code in operation["responses"] if code.startswith("2")]
    keeps = [f'pm.collectionVariables.set("{name}", answer.{key});' for name, key in step.keeps.items()]
    answers = [_data_test(key, value) for key, value in step.answers.items()]
    forgets = [f'pm.collectionVariables.unset("{name}");' for name in step.forgets]
    data = ["const answer = pm.response.json().data;"] if keeps or answers else []
    return [_status_test(status), *data, *answers, *keeps, *forgets]


def _message(message: Message, revision: str, number: int) -> Item:
    params = dict(message.params)
    headers = [_header("Accept", "application/json")]
    if message.method != "initialize":
        headers.append(_header("MCP-Protocol-Version", revision))
    if revision == NEWEST:
        params["_meta"] = _about_the_client(revision)
        headers.append(_header("Mcp-Method", message.method))
        headers += [_header("Mcp-Name", str(params[key])) for key in ("name", "uri") if key in params]
    body = {"jsonrpc": "2.0", **({"id": number} if message.has_id else {}), "method": message.method}
    request: Item = {"method": "POST", "header": headers, "url": _url("/mcp", [], {})}
    request |= _body(headers, {**body, **({"params": params} if params else {})})
    tests = [_status_test(200 if message.has_id else 202)]
    if message.expects:
        tests.append("const r = pm.response.json().result;")
        tests.append(f'pm.test("says what it should", () => pm.expect({message.expects}).to.be.true);')
    return {"name": message.method, "event": [_event("test", tests)], "request": request}


def _about_the_client(revision: str) -> Item:
    """What each request of the newest revision says, since there is no handshake."""
    return {
        "io.modelcontextprotocol/protocolVersion": revision,
        "io.modelcontextprotocol/clientInfo": CLIENT,
        "io.modelcontextprotocol/clientCapabilities": {},
    }


def _in(place: str, parameters: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [each for each in parameters if each["in"] == place]


def _url(path: str, query: list[Item], values: Mapping[str, str]) -> Item:
    path = path.replace("{", ":").replace("}", "")
    switched_on = "&".join(f"{each['key']}={each['value']}" for each in query if not each.get("disabled"))
    url: Item = {
        "raw": "{{base_url}}" + path + (f"?{switched_on}" if switched_on else ""),
        "host": ["{{base_url}}"],
        "path": path.strip("/").split("/"),
    }
    if query:
        url["query"] = query
    if variables := [{"key": name, "value": value} for name, value in values.items() if f":{name}" in url["path"]]:
        url["variable"] = variables
    return url


def _query(parameter: Mapping[str, Any], step: Step) -> Item:
    name = parameter["name"]
    query = {"key": name, "value": step.query.get(name, ""), **_described(parameter.get("description", ""))}
    return query if name in step.query else {**query, "disabled": True}


def _header(key: str, value: str) -> Item:
    return {"key": key, "value": value}


def _optional_header(parameter: Mapping[str, Any]) -> Item:
    described = _described(parameter.get("description", ""))
    return {"key": parameter["name"], "value": "{{$guid}}", **described, "disabled": True}


def _described(text: str) -> Item:
    return {"description": {"content": text, "type": "text/markdown"}} if text else {}


def _body(headers: list[Item], body: Mapping[str, Any]) -> Item:
    headers.append(_header("Content-Type", "application/json"))
    return {"body": {"mode": "raw", "raw": json.dumps(body, indent=2), "options": {"raw": {"language": "json"}}}}


def _event(listen: str, lines: list[str]) -> Item:
    return {"listen": listen, "script": {"type": "text/javascript", "exec": lines}}


def _status_test(status: int) -> str:
    return f'pm.test("answers {status}", () => pm.response.to.have.status({status}));'


def _data_test(key: str, value: object) -> str:
    expected = f"pm.variables.replaceIn({json.dumps(value)})" if isinstance(value, str) else json.dumps(value)
    return f'pm.test("{key}", () => pm.expect(answer.{key}).to.eql({expected}));'
