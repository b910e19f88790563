"""Which tools there are: the operator's choice, which a caller's URL can narrow but never widen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from mcp.types import Tool
from starlette.datastructures import QueryParams

from api.mcp.requests import RefusedRequestError
from domain.suggestions import nearest


class UnknownToolError(ValueError):
    """There is no tool of that name; the message tells the nearest."""


@dataclass(frozen=True)
class Toolset:
    """The tools somebody may use."""

    tools: Sequence[Tool]
    read_only: bool

    @property
    def names(self) -> list[str]:
        return [tool.name for tool in self.tools]

    def only(self, names: Collection[str]) -> "Toolset":
        """These tools, as far as they are offered. Raises UnknownToolError for a name there is not."""
        for name in names:
            if name not in self.names:
                raise UnknownToolError(f"there is no tool {name[:64]!r}; {nearest(name[:64], self.names, 'there are')}")
        return Toolset([tool for tool in self.tools if tool.name in names], self.read_only)

    def reading(self) -> "Toolset":
        """The tools that change nothing."""
        return Toolset([tool for tool in self.tools if tool.annotations and tool.annotations.read_only_hint], True)

    def narrowed(self, query: QueryParams) -> "Toolset":
        """What is left for a URL with `?read_only=1` and `?tools=a,b`. Raises RefusedRequestError for anything else.

        Also for a name that means nothing here: whoever misspelled a guard rail must not work without it.
        """
        for name in query:
            if name not in _PARAMETERS:
                hint = nearest(name[:64], _PARAMETERS, "there are")
                raise _refused(f"{name[:64]!r} is no parameter of this URL; {hint}")
            if len(query.getlist(name)) > 1:
                raise _refused(f"{name}: must be given once.")
        toolset = self
        if (tools := query.get("tools")) is not None:
            try:
                toolset = toolset.only([name.strip() for name in tools.split(",") if name.strip()])
            except UnknownToolError as error:
                raise _refused(f"tools: {error}") from error
        if (read_only := query.get("read_only")) is not None:
            if read_only.lower() not in ("1", "true", "0", "false"):
                raise _refused("read_only: must be 1 or 0.")
            if read_only.lower() in ("1", "true"):
                toolset = toolset.reading()
        return toolset


_PARAMETERS = ("read_only", "tools")


def _refused(message: str) -> RefusedRequestError:
    return RefusedRequestError(HTTPStatus.BAD_REQUEST, message)
