"""The snippets of docs/clients.md, read the way that each client reads its own configuration."""

import argparse
import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Snippet:
    """A fenced block, and the headings it stands under."""

    client: str
    setup: str
    text: str


@dataclass(frozen=True)
class Server:
    """What a client comes to know: where to send which headers, or what to start with which environment."""

    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


Values = Mapping[str, str]
"""What the references in a snippet stand for, by their name."""


def headings(markdown: str) -> set[tuple[str, str]]:
    """Each client with each of its set-ups."""
    return {(client, setup) for client, setup, _ in _lines(markdown) if setup}


def snippets(markdown: str) -> list[Snippet]:
    """The fenced blocks below a client's set-ups, in order."""
    found: list[Snippet] = []
    block: list[str] | None = None
    for client, setup, line in _lines(markdown):
        if line.startswith("```"):
            if block is not None and setup:
                found.append(Snippet(client, setup, "\n".join(block)))
            block = [] if block is None else None
        elif block is not None:
            block.append(line)
    return found


def _lines(markdown: str) -> Iterator[tuple[str, str, str]]:
    client = setup = ""
    for line in markdown.splitlines():
        if line.startswith("## "):
            client, setup = line[3:], ""
        elif line.startswith("### "):
            setup = line[4:]
        yield client, setup, line


def server_of(snippet: Snippet, values: Values) -> Server:
    """What its client makes of it. A key or reference that the client does not know is an error."""
    return _READERS[snippet.client](snippet.text, values)


def _claude_code(text: str, values: Values) -> Server:
    """`claude mcp add`; what it writes into its file refers to the environment by ${NAME}."""
    words = [_filled(r"\$\{(\w+)\}", word, values) for word in _words(text)]
    assert words[:3] == ["claude", "mcp", "add"]
    options = argparse.ArgumentParser(exit_on_error=False)
    options.add_argument("--transport", default="stdio")
    options.add_argument("--header", action="append", default=[])
    options.add_argument("--env", action="append", default=[])
    options.add_argument("name")
    options.add_argument("url", nargs="?", default="")
    before, _, after = " ".join(map(shlex.quote, words[3:])).partition(" -- ")
    read = options.parse_args(shlex.split(before))
    assert bool(after) == (read.transport == "stdio")
    return Server(
        read.url,
        dict(header.split(": ", 1) for header in read.header),
        tuple(shlex.split(after)),
        dict(pair.split("=", 1) for pair in read.env),
    )


def _claude_desktop(text: str, values: Values) -> Server:
    """Its own form fills nothing in; the person does, where <words> stand. The bridge fills in ${NAME} from env."""
    server = _only_server(json.loads(text), "mcpServers")
    _has_only(server, "command", "args", "env")
    env = {name: _filled(r"<([\w ]+)>", value, values) for name, value in server["env"].items()}
    if server["command"] != "npx":
        return Server(command=(server["command"], *server["args"]), env=env)
    options = argparse.ArgumentParser(exit_on_error=False)
    options.add_argument("-y", action="store_true", required=True)
    options.add_argument("package", choices=["mcp-remote"])
    options.add_argument("url")
    options.add_argument("--transport", choices=["http-only"])
    options.add_argument("--header", action="append", default=[])
    read = options.parse_args(server["args"])
    assert not any(" " in word for word in server["args"])
    headers = [_filled(r"\$\{(\w+)\}", header, env).split(":", 1) for header in read.header]
    return Server(read.url, dict(headers))


def _vs_code(text: str, values: Values) -> Server:
    document = json.loads(text)
    asked_for = {each["id"]: values[each["id"]] for each in document.pop("inputs")}
    return _json_server(document, "servers", r"\$\{input:([\w-]+)\}", asked_for)


def _cursor(text: str, values: Values) -> Server:
    return _json_server(json.loads(text), "mcpServers", r"\$\{env:(\w+)\}", values)


def _gemini(text: str, values: Values) -> Server:
    return _json_server(json.loads(text), "mcpServers", r"\$\{(\w+)\}", values)


def _codex(text: str, values: Values) -> Server:
    server = _only_server(tomllib.loads(text), "mcp_servers")
    if "command" in server:
        _has_only(server, "command", "args", "env", "env_vars")
        env = {**server["env"], **{name: values[name] for name in server["env_vars"]}}
        return Server(command=(server["command"], *server["args"]), env=env)
    _has_only(server, "url", "bearer_token_env_var", "env_http_headers")
    headers = {header: values[name] for header, name in server["env_http_headers"].items()}
    if "bearer_token_env_var" in server:
        headers["Authorization"] = f"Bearer {values[server['bearer_token_env_var']]}"
    return Server(server["url"], headers)


def _inspector(text: str, values: Values) -> Server:
    """The shell has filled in $NAME before the Inspector sees it; what follows --method is the call."""
    words = [_filled(r"\$(\w+)", word, values) for word in _words(text)]
    package, _, version = words[1].rpartition("@")
    assert (words[0], package, words[2]) == ("npx", "@modelcontextprotocol/inspector", "--cli")
    assert version, "an older Node would silently take an old version"
    options = argparse.ArgumentParser(exit_on_error=False)
    options.add_argument("target", nargs="+")
    options.add_argument("--transport")
    options.add_argument("--header", action="append", default=[])
    options.add_argument("-e", action="append", default=[])
    read = options.parse_args(words[3 : words.index("--method")])
    if read.transport == "http":
        return Server(read.target[0], dict(header.split(": ", 1) for header in read.header))
    return Server(command=tuple(read.target), env=dict(pair.split("=", 1) for pair in read.e))


_READERS: Mapping[str, Callable[[str, Values], Server]] = {
    "Claude Code": _claude_code,
    "Claude Desktop": _claude_desktop,
    "VS Code": _vs_code,
    "Cursor": _cursor,
    "Codex": _codex,
    "Gemini CLI": _gemini,
    "MCP Inspector": _inspector,
}


def _json_server(document: dict[str, Any], key: str, reference: str, values: Values) -> Server:
    server = _only_server(document, key)
    if "command" in server:
        _has_only(server, "type", "command", "args", "env")
        assert server.get("type", "stdio") == "stdio"
        env = {name: _filled(reference, value, values) for name, value in server["env"].items()}
        return Server(command=(server["command"], *server["args"]), env=env)
    _has_only(server, "type", "url", "headers")
    assert server.get("type", "http") == "http"
    headers = {name: _filled(reference, value, values) for name, value in server["headers"].items()}
    return Server(server["url"], headers)


def _only_server(document: dict[str, Any], key: str) -> dict[str, Any]:
    _has_only(document, key)
    [(name, server)] = document[key].items()
    assert name == "salesforce"
    found: dict[str, Any] = server
    return found


def _has_only(given: dict[str, Any], *known: str) -> None:
    assert set(given) <= set(known), f"{sorted(set(given) - set(known))} is none of {known}"


def _words(command: str) -> list[str]:
    return shlex.split(command.replace("\\\n", " "))


def _filled(reference: str, text: str, values: Values) -> str:
    return re.sub(reference, lambda match: values[match[1]], text)
