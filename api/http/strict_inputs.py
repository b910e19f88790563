"""What a request may bring: the query parameters and the body of its route, each once, and nothing else.

What is ignored can turn a misspelled dry run into a real deletion, so it is refused before anything is done.
"""

import json
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeGuard, get_args, get_origin

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.callers.dependencies import ServicesDep
from domain.errors import InvalidRequestError
from domain.suggestions import nearest, printable, same_letters

_DRY_RUN = "dry_run"
_DEEPEST = 64

MOST_PROBLEMS = 20
"""How many are told at once; a request can bring more than anybody wants to read, or the gateway to write."""


class StrictRoute(APIRoute):
    """A route that takes what it declares, and refuses everything else."""

    parameters: Mapping[str, bool]
    """The names of its query parameters, and whether each may be given several times."""
    body_fields: Sequence[str]

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        known_only = Depends(self.refuse_what_is_not_declared)
        options["dependencies"] = [*(options.get("dependencies") or ()), known_only]
        super().__init__(path, endpoint, **options)
        self.parameters = _query_parameters(self.dependant)
        self.body_fields = _body_fields(self.dependant)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            strict = _StrictRequest(request.scope, request.receive)
            if self.body_field is not None:
                await strict.read_json()
            return await handle(strict)

        return strictly

    async def refuse_what_is_not_declared(self, request: Request, _: ServicesDep) -> None:
        """Raise RequestValidationError for what the route would ignore.

        Who has no session, or may not write, is told that first.
        """
        each = (problem for name in request.query_params for problem in self._problems(request, name))
        problems = list(islice(each, MOST_PROBLEMS))
        if self.body_field is None and await request.body():
            problems.append(_problem("body", "body", self._no_body()))
        if problems:
            raise RequestValidationError(problems)

    def _problems(self, request: Request, name: str) -> Iterator[dict[str, Any]]:
        if name not in self.parameters:
            yield _problem("query", name, self._unknown(name))
        elif not self.parameters[name] and len(request.query_params.getlist(name)) > 1:
            yield _problem("query", name, "must be given once")

    def _unknown(self, name: str) -> str:
        if name in self.body_fields:
            return "a field of the JSON body here, not a query parameter"
        reads = "GET" in (self.methods or ())
        if _DRY_RUN not in self.parameters and not reads and same_letters(name, _DRY_RUN):
            return "there is no dry run here; leave it out only if the request shall really be done"
        return f"there is no such query parameter here; {nearest(printable(name), self.parameters, 'there are')}"

    def _no_body(self) -> str:
        advice = f"; query parameters here: {', '.join(self.parameters)}" if self.parameters else ""
        return f"this route takes no body; leave it out{advice}"


class _StrictRequest(Request):
    """A request whose JSON has one meaning only."""

    async def read_json(self) -> None:
        """Read the body, if there is one. Raises InvalidRequestError and RequestValidationError."""
        body = await self.body()
        self._read = _json_in(body) if body else None

    async def json(self) -> Any:
        return self._read


def _json_in(body: bytes) -> Any:
    try:
        value = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_each_name_once)
    except UnicodeDecodeError as error:
        raise InvalidRequestError(
            f"The body is not UTF-8 from byte {error.start + 1} on. Send the JSON encoded as UTF-8."
        ) from error
    except json.JSONDecodeError as error:
        raise InvalidRequestError(
            f"The body is not valid JSON from character {error.pos + 1} on (line {error.lineno}, column {error.colno})."
        ) from error
    except ValueError as error:
        # Python reads no whole number of more than 4,300 digits.
        raise InvalidRequestError("A number in the body has more digits than can be read.") from error
    except RecursionError as error:
        raise _too_deep() from error
    if deeper_than(_DEEPEST, value, body):
        raise _too_deep()
    return value


def _too_deep() -> InvalidRequestError:
    return InvalidRequestError(f"The JSON is nested more than {_DEEPEST} levels deep; requests here need two.")


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    together = dict(pairs)
    if len(together) < len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = [name for name, count in times.most_common(MOST_PROBLEMS) if count > 1]
        raise RequestValidationError([_problem("body", name, "must be given once in an object") for name in twice])
    return together


def deeper_than(levels: int, value: Any, body: bytes) -> bool:
    """Whether the JSON value, as written in `body`, has more levels of lists and objects in each other."""
    if body.count(b"[") + body.count(b"{") <= levels:
        return False
    layer = [value]
    for _ in range(levels + 1):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not layer:
            return False
    return True


def _body_fields(dependant: Dependant) -> Sequence[str]:
    kinds = [parameter.field_info.annotation for parameter in dependant.body_params]
    models = [each for kind in kinds for each in (kind, *get_args(kind)) if _is_model(each)]
    names = [name for model in models for name in model.model_fields]
    objects = [
        (name, part)
        for model in models
        for name, field in model.model_fields.items()
        for part in get_args(field.annotation)
        if _is_model(part)
    ]
    return [*names, *(f"{name}.{inner}" for name, part in objects for inner in part.model_fields)]


def _query_parameters(dependant: Dependant) -> Mapping[str, bool]:
    parameters: dict[str, Any] = {}
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if _is_model(kind):
            parameters |= {name: field.annotation for name, field in kind.model_fields.items()}
        else:
            parameters[parameter.alias] = kind
    return {name: _is_list(kind) for name, kind in parameters.items()}


def _is_model(kind: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is list or any(_is_list(part) for part in get_args(kind))


def _problem(place: str, name: str, message: str) -> dict[str, Any]:
    return {"type": "not_declared", "loc": (place, name), "msg": message, "input": None}
