"""The simulator as an ASGI application: everything assembled, nothing decided."""

from __future__ import annotations

import random as randomness
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from infra.simulator.async_api import resources as async_resources
from infra.simulator.async_api.service import AsyncService
from infra.simulator.control.interface import Control, Network
from infra.simulator.control.samples import add_samples
from infra.simulator.exchange.delivery import ConnectionLostError
from infra.simulator.exchange.reply import error_reply
from infra.simulator.instance.orgs import Orgs
from infra.simulator.oauth.authorize import AuthorizeEndpoint
from infra.simulator.oauth.front_door import FRONT_DOOR, FrontDoor
from infra.simulator.oauth.id_token import IdTokens
from infra.simulator.oauth.identity import IdentityEndpoints
from infra.simulator.oauth.introspection import IntrospectionEndpoint
from infra.simulator.oauth.metadata import Metadata
from infra.simulator.oauth.revocation import RevocationEndpoint
from infra.simulator.oauth.token import TokenEndpoint
from infra.simulator.org.storage import Database
from infra.simulator.rest.resources import resource_table
from infra.simulator.rest.service import RestService
from infra.simulator.schema.dates import utc_now
from infra.simulator.schema.errors import no_such_resource
from infra.simulator.server.operations import operation_names
from infra.simulator.setup.setting_checks import SetUpError
from infra.simulator.soap.service import SoapService
from infra.simulator.web.leads import WebToLead
from infra.simulator.web.pages import Pages, gone

ABORT = "simulator.abort"
"""The ASGI extension by which a server lends us its power to break a connection: `{"abort": callable}`."""

_ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Simulator:
    """An ASGI application. Close it when it is no longer needed; the lifespan of a server does that by itself."""

    def __init__(self, database: Database, orgs: Orgs, control_from: Sequence[Network] = ()) -> None:
        self._database = database
        self._orgs = orgs
        table = routes(orgs, control_from)
        self._router = Router(table, default=_not_found, lifespan=self._lifespan, redirect_slashes=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._router(_with_single_slashes(scope), receive, send)
        except ConnectionLostError:
            await _abort(scope, receive)
        except ClientDisconnect:
            return

    def close(self) -> None:
        self._orgs.stop()
        self._database.close()

    @asynccontextmanager
    async def _lifespan(self, app: object) -> AsyncIterator[None]:
        yield
        self.close()


def create_simulator(
    *,
    db: Path | None = None,
    leads: int = 0,
    latency_ms: float | None = None,
    clock: Callable[[], datetime] = utc_now,
    random: randomness.Random | None = None,
    set_up: Mapping[str, Any] | None = None,
    control_from: Sequence[Network] = (),
) -> Simulator:
    """A Salesforce org with its own storage: in memory, or in the file `db`, where it survives a restart.

    `leads` sample leads are put into an org that has none; every call takes at least `latency_ms`, if
    that is given here. `set_up` holds
    settings as `PATCH /_sim/org` takes them. Callers in the networks `control_from` may control it besides those on
    this machine. Raises SetUpError where the settings make no sense.
    """
    database = Database(db)
    try:
        orgs = Orgs(database, clock, random or randomness.SystemRandom(), latency_ms, set_up)
        if not orgs.default.org.tables.count("Lead"):
            add_samples(orgs.default, leads)
    except SetUpError:
        database.close()
        raise
    return Simulator(database, orgs, control_from)


def routes(orgs: Orgs, control_from: Sequence[Network] = ()) -> list[Route]:
    """Every path there is; those of REST are in a table of their own."""
    rest_table, async_table = resource_table(), async_resources.resource_table()
    rest = RestService(orgs, rest_table)
    soap = SoapService(orgs)
    async_api = AsyncService(orgs, async_table)
    identity = IdentityEndpoints(orgs)
    front_door = FrontDoor(orgs)
    id_tokens = IdTokens()
    metadata = Metadata(id_tokens)
    return [
        # Tried in this order, and most requests are for REST.
        Route("/services/data{path:path}", rest.__call__, methods=_ANY),
        Route("/services/apexrest{path:path}", rest.__call__, methods=_ANY),
        *Control(orgs, operation_names(orgs, rest_table, async_table), control_from).routes(),
        Route("/services/oauth2/authorize", AuthorizeEndpoint(orgs).__call__, methods=["GET", "POST"]),
        Route("/services/oauth2/token", TokenEndpoint(orgs, id_tokens).__call__, methods=_ANY),
        Route("/services/oauth2/revoke", RevocationEndpoint(orgs).__call__, methods=["GET", "POST"]),
        Route("/services/oauth2/introspect", IntrospectionEndpoint(orgs).__call__, methods=["POST"]),
        Route("/.well-known/openid-configuration", metadata.configuration),
        Route("/.well-known/oauth-authorization-server", metadata.configuration),
        Route("/id/keys", metadata.keys),
        Route("/services/oauth2/userinfo", identity.userinfo, methods=["GET", "POST"]),
        Route("/services/oauth2/singleaccess", front_door.single_access, methods=["GET", "POST"]),
        Route(FRONT_DOOR, front_door.door, methods=["GET", "POST"]),
        Route("/id/{org}/{user}", identity.identity, methods=["GET", "POST"]),
        Route("/services/Soap/{api}/{version}", soap.__call__, methods=["POST"]),
        Route("/services/Soap/{api}/{version}/{org}", soap.__call__, methods=["POST"]),
        Route("/servlet/servlet.WebToLead", WebToLead(orgs).__call__, methods=["POST"]),
        Route("/services/async{path:path}", async_api.__call__, methods=_ANY),
        *(Route(path, Pages(orgs).page) for path in ("/{name}", "/{name}/e", "/{name}/o")),
    ]


def _with_single_slashes(scope: Scope) -> Scope:
    """Slashes in a row count as one, as in an org: who joins a URL that ends in one with a path sends two."""
    if b"//" not in scope.get("raw_path", b""):
        return scope
    single = re.sub("/{2,}", "/", scope["path"]), re.sub(b"/{2,}", b"/", scope["raw_path"])
    return {**scope, "path": single[0], "raw_path": single[1]}


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    """Nothing of ours: services answer JSON, everything else a page for people."""
    response = gone()
    if scope["path"].startswith(("/services/", "/_sim/")):
        response = error_reply(no_such_resource()).response()
    await response(scope, receive, send)


async def _abort(scope: Scope, receive: Receive) -> None:
    """Break the connection, and wait until it is broken: then nobody expects an answer any more."""
    extension = scope.get("extensions", {}).get(ABORT)
    if extension is None:
        raise ConnectionLostError
    extension["abort"]()
    while (await receive())["type"] != "http.disconnect":
        continue
