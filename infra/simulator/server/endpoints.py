"""The lists of everything the simulator answers and of the objects it has, made from the code for docs/simulator.md.

`python -m infra.simulator.server.endpoints docs/simulator.md` writes it into the page.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from infra.simulator.async_api import resources as async_resources
from infra.simulator.exchange.routing import CallT, ResourceTable
from infra.simulator.instance.orgs import Orgs
from infra.simulator.org.storage import Database
from infra.simulator.rest.relationships import TEMPLATES
from infra.simulator.rest.resources import resource_table
from infra.simulator.schema.dates import utc_now
from infra.simulator.schema.fields import SObject
from infra.simulator.schema.objects import STANDARD_OBJECTS
from infra.simulator.server.app import routes
from infra.simulator.soap.service import LOGIN, operations

BEGIN, END = "<!-- endpoints: made from the code -->", "<!-- end of endpoints -->"
_IN_TABLES = ("/services/data{path:path}", "/services/async{path:path}")
_CONTROL = "/_sim/"
_TWO_STEPS, *_MORE_STEPS = TEMPLATES
_HEAD = ("Endpoint", "Operation", "Source")
_CONTROL_SOURCE = "ours"
_VERSIONS = ("`GET /services/data/`", "2.1")
"""Listed without a version, and so no resource of one."""
_SOURCES = {
    "/services/oauth2/authorize": "1.1, 1.2",
    "/services/oauth2/token": "1.2 to 1.4",
    "/services/oauth2/revoke": "1.1",
    "/services/oauth2/introspect": "1.1, 11",
    "/.well-known/openid-configuration": "1.5",
    "/.well-known/oauth-authorization-server": "1.1, 11",
    "/id/keys": "1.1",
    "/services/oauth2/userinfo": "1.5",
    "/services/oauth2/singleaccess": "Salesforce Help",
    "/secur/frontdoor.jsp": "Salesforce Help",
    "/id/{org}/{user}": "1.5",
    "/servlet/servlet.WebToLead": "Salesforce Help",
    **dict.fromkeys(("/{name}", "/{name}/e", "/{name}/o"), "2.5"),
    "/services/apexrest{path:path}": "7.6",
    "/services/Soap/{api}/{version}": "7.1",
    "/services/Soap/{api}/{version}/{org}": "7.1",
}
"""Where the fact sheet tells about a path that is no REST resource."""


def table() -> str:
    """Every endpoint as Markdown: method and path, its name in stats and faults, its place in the fact sheet.

    After them the objects.
    """
    database = Database(None)
    with closing(database):
        orgs = Orgs(database, utc_now, random.SystemRandom(), 0)
        parts = [
            "### REST, below `/services/data/v{version}`\n\n" + _rows(_HEAD, _resources(resource_table())),
            "### Bulk API 1.0, below `/services/async/{version}`\n\n"
            + _rows(_HEAD, _resources(async_resources.resource_table())),
            "### SOAP partner, `/services/Soap/u/{version}`\n\n" + _rows(("Operation", "Source"), _soap(orgs)),
            "### Everything else\n\n" + _rows(("Endpoint", "Source"), [_VERSIONS, *_others(orgs)]),
            "### Objects\n\n" + _rows(("Object", "Prefix", "Access"), _objects()),
        ]
    return "\n".join(parts)


def with_table(page: str) -> str:
    """The page with the list between its two marks brought up to date."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n{END}{after}"


def _resources(table: ResourceTable[CallT]) -> list[tuple[str, ...]]:
    return _by_path(
        (resource.method, _path(resource.template), f"`{resource.operation}`", resource.source)
        for resource in table.resources
        if resource.template not in _MORE_STEPS
    )


def _path(template: str) -> str:
    return f"{template}…" if template == _TWO_STEPS else template or "/"


def _soap(orgs: Orgs) -> list[tuple[str, ...]]:
    known = [(name, operation.source) for name, operation in operations(orgs).items()]
    return [(f"`soap.{name}`", source) for name, source in [(LOGIN, "7.7"), *known]]


def _others(orgs: Orgs) -> list[tuple[str, ...]]:
    return _by_path(
        (method, re.sub(":[a-z]+", "", route.path), _source(route.path))
        for route in routes(orgs)
        if route.path not in _IN_TABLES
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"})
    )


def _source(path: str) -> str:
    return _CONTROL_SOURCE if path.startswith(_CONTROL) else _SOURCES[path]


def _by_path(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows of a method, a path and what there is to say of it; what is the same for several methods is said once."""
    methods: dict[tuple[str, ...], list[str]] = {}
    for method, *rest in rows:
        methods.setdefault(tuple(rest), []).append(method)
    return [(f"`{', '.join(each)} {path}`", *said) for (path, *said), each in methods.items()]


def _objects() -> list[tuple[str, ...]]:
    """The standard objects in alphabetical order; some have no prefix of their own."""
    objects = sorted(STANDARD_OBJECTS, key=lambda each: each.name)
    return [(f"`{each.name}`", f"`{each.prefix}`" if each.prefix else "", _access(each)) for each in objects]


def _access(sobject: SObject) -> str:
    if not sobject.queryable:
        return "read-only, below other records"
    if not sobject.writable:
        return "read-only"
    return "writable" if sobject.createable else "writable, but made with others"


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")
