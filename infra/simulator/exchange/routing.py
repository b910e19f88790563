"""The table of resources: which path and method is answered by what, and under which name it is counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar
from urllib.parse import unquote

from infra.simulator.exchange.reply import Reply
from infra.simulator.schema.errors import SalesforceError, method_not_allowed, no_such_resource

CallT = TypeVar("CallT")
"""A request in the form of its protocol."""
Handler = Callable[[CallT], Reply]


@dataclass(frozen=True)
class Resource(Generic[CallT]):
    """One method of one path. `{name}` in the template matches one segment of the path.

    `operation` is the name in the stats; `{object}` in it becomes the object's name, lower-case.
    """

    method: str
    template: str
    operation: str
    handler: Handler[CallT]
    source: str
    """Where the fact sheet tells about it."""
    nestable: bool = True
    """May stand inside a composite, batch or graph request."""
    many: bool = False
    """Answers for each of many records, so that one of them may be locked while the others are not."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\}", self.template)
        literals = [re.escape(part) for part in parts[::2]]
        names = [f"(?P<{name}>[^/]+)" for name in parts[1::2]]
        body = "".join(piece for pair in zip(literals, [*names, ""], strict=True) for piece in pair)
        return re.compile(body + "/?", re.IGNORECASE)


@dataclass(frozen=True)
class Match(Generic[CallT]):
    """A resource, and what stands in the variable parts of its path."""

    resource: Resource[CallT]
    matched: dict[str, str]

    @property
    def operation(self) -> str:
        name = self.matched.get("object", "").lower()
        return self.resource.operation.replace("{object}", name)


class ResourceTable(Generic[CallT]):
    """All resources, in the order they are tried; `unknown_path` is what is said about a path that none of them has."""

    def __init__(
        self,
        resources: Iterable[Resource[CallT]],
        unknown_path: Callable[[str], SalesforceError] = lambda path: no_such_resource(),
    ) -> None:
        self.resources = tuple(resources)
        self._unknown_path = unknown_path
        self._by_depth: dict[int, list[Resource[CallT]]] = {}
        for resource in self.resources:
            self._by_depth.setdefault(_depth(resource.template), []).append(resource)

    def find(self, method: str, raw_path: str) -> Match[CallT]:
        """The resource for a request; the path is still percent-encoded.

        Raises SalesforceError: NOT_FOUND, METHOD_NOT_ALLOWED.
        """
        allowed = []
        for resource in self._by_depth.get(_depth(raw_path), []):
            found = resource.pattern.fullmatch(raw_path)
            if found is None:
                continue
            if resource.method == method or (method == "HEAD" and resource.method == "GET"):
                return Match(resource, {name: unquote(text) for name, text in found.groupdict().items()})
            allowed.append(resource.method)
        if allowed:
            raise method_not_allowed(method, {*allowed, *(["HEAD"] if "GET" in allowed else [])})
        raise self._unknown_path(raw_path)


def _depth(path: str) -> int:
    """How many segments a path has; a slash at its end begins none."""
    return path.removesuffix("/").count("/")
