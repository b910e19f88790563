"""`salesforce-mcp stdio`, as a desktop client starts it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, ElicitRequestParams, ElicitResult, PromptReference, TextResourceContents

from tests.support.processes import PATIENCE, environment, finished, process, started, started_in_loop, until
from tests.support.simulator_control import Control, insert

ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
ERAS = ["auto", "legacy"]


@dataclass(frozen=True)
class SimulatedOrg:
    """A simulator in a process of its own."""

    url: str

    @property
    def settings(self) -> dict[str, str]:
        """What somebody writes into the configuration of a desktop client."""
        return {
            "SF_INSTANCE_URL": self.url,
            "SF_TRUSTED_ORIGINS": self.url,
            "SF_CLIENT_ID": "demo-client",
            "SF_CLIENT_SECRET": "demo-secret",
        }

    @property
    def control(self) -> Control:
        return Control(self.url)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedOrg]:
    with process("simulator", "--port", "0", cwd=tmp_path_factory.mktemp("simulator")) as running:
        yield SimulatedOrg(running.url())


@pytest.fixture
def org(simulator: SimulatedOrg) -> SimulatedOrg:
    """An empty org."""
    simulator.control.ask("POST", "reset")
    return simulator


@asynccontextmanager
async def client_of(org: SimulatedOrg, log: Path, mode: str, **options: Any) -> AsyncIterator[Client]:
    """The real client, with the server it starts; what that writes to standard error goes into the log."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "api", "stdio"], env=environment(org.settings), cwd=log.parent
    )
    with log.open("w") as errors:
        async with Client(stdio_client(server, errlog=errors), mode=mode, **options) as client:
            yield client


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The data of a tool's success."""
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    data: dict[str, Any] = result.structured_content["data"]
    return data


@pytest.mark.parametrize("mode", ERAS)
async def test_every_tool_works_in_every_era_with_one_login(org: SimulatedOrg, tmp_path: Path, mode: str) -> None:
    log = tmp_path / "log"
    insert(org.url, org.control.session(), "Campaign", Name="Fair", IsActive=True)
    async with client_of(org, log, mode) as client:
        used = set()

        async def use(tool: str, **arguments: Any) -> dict[str, Any]:
            used.add(tool)
            return await call(client, tool, **arguments)

        lead = (await use("salesforce_create_lead", **ADA))["id"]
        assert (await use("salesforce_sync_lead", **ADA))["action"] == "unchanged"
        await use("salesforce_get_lead", lead="ada@example.com")
        await use("salesforce_update_lead", lead=lead, phone="1")
        await use("salesforce_update_lead_status", lead=lead, status="objected")
        assert (await use("salesforce_list_leads"))["count"] == 1
        await use("salesforce_delete_lead", lead=lead)
        await use("salesforce_restore_lead", lead=lead)
        await use("salesforce_find_duplicate_leads")
        bola = (await use("salesforce_create_lead", **{**ADA, "email": "bola@example.com"}))["id"]
        await use("salesforce_merge_leads", lead=lead, others=[bola])
        await use("salesforce_add_to_campaign", lead=lead, campaign="Fair")
        assert (await use("salesforce_list_lead_campaigns", lead=lead))["count"] == 1
        await use("salesforce_convert_lead", lead=lead)
        await use("salesforce_describe_lead")
        assert (await use("salesforce_get_org"))["caller"]["username"] == "demo@example.com"

        assert used == {tool.name for tool in (await client.list_tools()).tools}

    assert org.control.stats()["by_operation"]["token.client_credentials"] == 1
    assert "ada@example.com" not in log.read_text()
    assert {json.loads(line)["level"] for line in log.read_text().splitlines()} == {"info"}


@pytest.mark.parametrize("mode", ERAS)
async def test_resources_prompts_and_completions_work(org: SimulatedOrg, tmp_path: Path, mode: str) -> None:
    async with client_of(org, tmp_path / "log", mode) as client:
        await call(client, "salesforce_create_lead", **ADA)

        [lead] = (await client.read_resource("salesforce://leads/ada@example.com")).contents
        prompt = await client.get_prompt("qualify_lead", {"lead": "ada@example.com"})
        completed = await client.complete(PromptReference(name="qualify_lead"), {"name": "lead", "value": "ad"})

    assert isinstance(lead, TextResourceContents)
    assert json.loads(lead.text)["last_name"] == "Okafor"
    assert "ada@example.com" in str(prompt.messages)
    assert completed.completion.values == ["ada@example.com"]


@pytest.mark.parametrize("mode", ERAS)
async def test_a_client_that_asks_is_told_the_steps(org: SimulatedOrg, tmp_path: Path, mode: str) -> None:
    told: list[tuple[float, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    async with client_of(org, tmp_path / "log", mode) as client:
        await client.call_tool("salesforce_sync_lead", {**ADA, "status": "scheduled"}, progress_callback=hear)

    *before, converting = told
    assert converting == (len(told), "Converting the lead")
    assert [(1, "Looking for the lead"), (len(before), "Writing the lead")] == [before[0], before[-1]]


class Person:
    """Somebody at the client's side who is asked."""

    agrees = False
    asked = 0

    async def answer(self, _: Any, __: ElicitRequestParams) -> ElicitResult:
        self.asked += 1
        return ElicitResult(action="accept", content={"agreed": self.agrees})


@pytest.mark.parametrize("mode", ERAS)
async def test_a_person_is_asked_in_every_era(org: SimulatedOrg, tmp_path: Path, mode: str) -> None:
    person = Person()
    async with client_of(org, tmp_path / "log", mode, elicitation_callback=person.answer) as client:
        await call(client, "salesforce_create_lead", **ADA)
        refused = await client.call_tool("salesforce_delete_lead", {"lead": "ada@example.com"})
        person.agrees = True
        deleted = await call(client, "salesforce_delete_lead", lead="ada@example.com")

    assert isinstance(refused, CallToolResult)
    assert (refused.structured_content or {})["code"] == "CONFIRMATION_DECLINED"
    assert deleted["deleted"] is True
    assert person.asked == 2


class Wire:
    """The process, and the lines that go to and fro."""

    def __init__(self, started: asyncio.subprocess.Process) -> None:
        self._process = started

    async def send(self, *lines: bytes | dict[str, Any]) -> None:
        for line in lines:
            self._in.write((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n")
        await self._in.drain()

    async def receive(self) -> dict[str, Any]:
        with anyio.fail_after(PATIENCE):
            line = await self._out.readline()
        assert line, await self.end()
        message: dict[str, Any] = json.loads(line)
        return message

    async def begin(self, **capabilities: Any) -> None:
        """Open a conversation as clients of 2025 do."""
        client = {"clientInfo": {"name": "test", "version": "1"}, "capabilities": capabilities}
        await self.send(request(0, "initialize", protocolVersion="2025-06-18", **client))
        assert (await self.receive())["result"]["protocolVersion"] == "2025-06-18"
        await self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def close_input(self) -> None:
        self._in.close()

    async def end(self) -> tuple[int, list[dict[str, Any]], str]:
        """The exit code, the messages that still came, and what was written to standard error."""
        out, (code, errors) = await asyncio.gather(self._out.read(), self.exit())
        return code, [json.loads(line) for line in out.splitlines()], errors

    async def exit(self) -> tuple[int, str]:
        """The same for who does not read the messages."""
        with anyio.fail_after(PATIENCE):
            errors = await self._errors.read()
        with anyio.fail_after(PATIENCE):
            return await self._process.wait(), errors.decode()

    @property
    def _in(self) -> asyncio.StreamWriter:
        assert self._process.stdin
        return self._process.stdin

    @property
    def _out(self) -> asyncio.StreamReader:
        assert self._process.stdout
        return self._process.stdout

    @property
    def _errors(self) -> asyncio.StreamReader:
        assert self._process.stderr
        return self._process.stderr


def request(number: int, method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def tool_call(number: int, tool: str, **arguments: Any) -> dict[str, Any]:
    return request(number, "tools/call", name=tool, arguments=arguments)


@asynccontextmanager
async def wire(tmp_path: Path, settings: dict[str, str], stdout: int = subprocess.PIPE) -> AsyncIterator[Wire]:
    async with started_in_loop(
        sys.executable,
        *("-m", "api", "stdio"),
        cwd=tmp_path,
        env=environment(settings),
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.PIPE,
        limit=1 << 22,
    ) as process:
        yield Wire(process)


GARBAGE = {
    b"nonsense": -32700,
    b"\xff\xfe\x00": -32700,
    b"{": -32700,
    b"[]": -32600,
    b'"text"': -32600,
    b"[" * 100_000: -32700,
    b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":' + b"[" * 70 + b"]" * 70 + b"}}": -32600,
    b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":NaN}}': -32700,
    b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1e999}}': -32700,
    b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"\\ud800"}}': -32700,
    b'{"jsonrpc":"2.0","id":{},"method":"ping"}': -32600,
    b'{"id":1,"method":"ping"}': -32600,
    b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]': -32600,
    b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"' + b"a" * 3_000_000 + b'"}}': -32600,
}


async def test_lines_that_are_no_messages_are_answered_one_by_one_and_it_goes_on(
    org: SimulatedOrg, tmp_path: Path
) -> None:
    async with wire(tmp_path, org.settings) as client:
        await client.send(b"before anything else", b"", b" \r")
        assert (await client.receive())["error"]["code"] == -32700
        await client.begin()
        for line, code in GARBAGE.items():
            await client.send(line)
            answer = await client.receive()
            assert (answer["id"], answer["error"]["code"]) == (None, code), line[:80]
            assert len(answer["error"]["message"]) < 100
        await client.send(tool_call(1, "salesforce_list_leads"))
        assert (await client.receive())["result"]["isError"] is False
        client.close_input()

        code, rest, errors = await client.end()

    assert (code, rest) == (0, [])
    assert "Traceback" not in errors


async def test_a_cancellation_of_whatever_ends_nothing_else(org: SimulatedOrg, tmp_path: Path) -> None:
    org.control.change_org(latency_ms=1_000)
    async with wire(tmp_path, org.settings) as client:
        await client.begin()
        whatever: list[Any] = [[1], {}, None, 1.5, "another", 99]
        for what in whatever:
            await client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": what}})
        await client.send({"jsonrpc": "2.0", "method": "notifications/cancelled"}, request(1, "ping"))
        assert (await client.receive())["id"] == 1
        await client.send(tool_call(2, "salesforce_sync_lead", **ADA))
        await asyncio.to_thread(until, lambda: org.control.stats()["api_calls"] > 0)
        await client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "2"}})
        client.close_input()

        code, answers, errors = await client.end()

    assert (code, answers) == (0, [])
    assert "Traceback" not in errors
    assert org.control.stats()["open_leads"] == 1


async def test_when_the_input_ends_what_runs_is_finished_and_answered(org: SimulatedOrg, tmp_path: Path) -> None:
    org.control.change_org(latency_ms=100)
    async with wire(tmp_path, org.settings) as client:
        await client.begin()
        await client.send(tool_call(1, "salesforce_sync_lead", **ADA), tool_call(2, "salesforce_list_leads"))
        client.close_input()

        code, answers, errors = await client.end()

    assert (code, {answer["id"] for answer in answers}) == (0, {1, 2})
    assert (
        next(each for each in answers if each["id"] == 1)["result"]["structuredContent"]["data"]["action"] == "created"
    )
    assert "Traceback" not in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_after_what_runs(org: SimulatedOrg, tmp_path: Path, number: signal.Signals) -> None:
    org.control.change_org(latency_ms=100)
    async with wire(tmp_path, org.settings) as client:
        await client.begin()
        await client.send(tool_call(1, "salesforce_sync_lead", **ADA), request(2, "ping"))
        pong = await client.receive()
        client.signal(number)

        code, answers, errors = await client.end()

    assert (code, {answer["id"] for answer in [pong, *answers]}) == (0, {1, 2})
    assert org.control.stats()["open_leads"] == 1
    assert "Traceback" not in errors


async def test_who_leaves_while_being_asked_has_not_agreed(org: SimulatedOrg, tmp_path: Path) -> None:
    async with wire(tmp_path, org.settings) as client:
        await client.begin(elicitation={})
        await client.send(tool_call(1, "salesforce_create_lead", **ADA))
        assert (await client.receive())["id"] == 1
        await client.send(tool_call(2, "salesforce_delete_lead", lead="ada@example.com"))
        assert (await client.receive())["method"] == "elicitation/create"
        client.close_input()

        code, [answer], _ = await client.end()

    assert (code, answer["result"]["structuredContent"]["code"]) == (0, "CONFIRMATION_DECLINED")
    assert org.control.stats()["open_leads"] == 1


async def test_who_reads_nothing_any_more_cuts_no_write_in_half(org: SimulatedOrg, tmp_path: Path) -> None:
    org.control.change_org(latency_ms=1_000)
    reading, writing = os.pipe()
    async with wire(tmp_path, org.settings, stdout=writing) as client:
        os.close(writing)
        client_info = {"clientInfo": {"name": "test", "version": "1"}, "capabilities": {}}
        await client.send(request(0, "initialize", protocolVersion="2025-06-18", **client_info))
        await client.send(tool_call(1, "salesforce_sync_lead", **ADA))
        await asyncio.to_thread(until, lambda: org.control.stats()["api_calls"] > 0)
        os.close(reading)

        code, errors = await client.exit()

    assert code == 0
    assert "Traceback" not in errors
    assert org.control.stats()["open_leads"] == 1


@pytest.mark.parametrize("ending", ["end of input", "signal"])
def test_who_leaves_the_answers_unread_does_not_keep_it_from_ending(ending: str) -> None:
    script = """
import asyncio
from mcp.server.lowlevel.server import Server
from mcp.types import ListToolsResult, Tool
from api.mcp.stdio import serve_stdio

async def tools(*_):
    return ListToolsResult(tools=[Tool(name="much", description="a" * 200_000, input_schema={"type": "object"})])

asyncio.run(serve_stdio(Server("test", on_list_tools=tools), max_message_bytes=1000, longest_request=0.1))
"""
    meta = {"protocolVersion": "2026-07-28", "clientInfo": {"name": "test", "version": "1"}, "clientCapabilities": {}}
    params = {"_meta": {f"io.modelcontextprotocol/{name}": value for name, value in meta.items()}}
    with started([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin
        assert running.stdout
        running.stdin.write(json.dumps(request(1, "tools/list", **params)).encode() + b"\n")
        running.stdin.flush()
        assert running.stdout.read(1) == b"{"
        if ending == "signal":
            running.send_signal(signal.SIGTERM)
        else:
            running.stdin.close()

        assert running.wait(PATIENCE) == 0


def test_nothing_but_the_protocol_reaches_standard_output() -> None:
    script = """
import os
from api.mcp.streams import standard_streams

with standard_streams() as (incoming, outgoing):
    print("stray")
    os.system("echo of a child; cat")
    os.write(outgoing, os.read(incoming, 100))
"""
    ran = finished([sys.executable, "-c", script], stdin="protocol\n")

    assert ran.stdout == "protocol\n"
    assert sorted(ran.stderr.splitlines()) == ["of a child", "stray"]


async def test_the_settings_narrow_what_there_is(org: SimulatedOrg, tmp_path: Path) -> None:
    tools = "salesforce_get_lead,salesforce_delete_lead"
    async with wire(tmp_path, {**org.settings, "READ_ONLY": "1", "MCP_TOOLS": tools}) as client:
        await client.begin()
        await client.send(request(1, "tools/list"), tool_call(2, "salesforce_delete_lead", lead="ada@example.com"))
        answers = {answer["id"]: answer for answer in [await client.receive(), await client.receive()]}

    assert [tool["name"] for tool in answers[1]["result"]["tools"]] == ["salesforce_get_lead"]
    assert "read-only" in answers[2]["error"]["message"]
    assert org.control.stats()["api_calls"] == 0


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_closed_streams_are_one_clear_line(tmp_path: Path, closed: str) -> None:
    command = f"exec '{sys.executable}' -m api stdio {closed}"
    ran = finished(["sh", "-c", command], cwd=tmp_path, env=environment({}))

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "stdio: standard input and output have to be open, for whoever started this\n"


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("SF_CLIENT_ID", "SF_CLIENT_ID: missing; the gateway's own login needs it"),
        ("SF_TRUSTED_ORIGINS", "SF_INSTANCE_URL: neither a Salesforce host"),
    ],
)
async def test_a_missing_setting_is_one_clear_line(org: SimulatedOrg, tmp_path: Path, missing: str, told: str) -> None:
    settings = {name: value for name, value in org.settings.items() if name != missing}
    async with wire(tmp_path, settings) as client:
        code, answers, errors = await client.end()

    assert (code, answers, errors.count("\n")) == (2, [], 1)
    assert errors.startswith(told)
