"""The names of all operations: what stats count, and what rules of faults can name.

`{object}` stands for every object of the org, in lower case.
"""

from __future__ import annotations

from collections.abc import Iterable

from infra.simulator.async_api.call import AsyncCall
from infra.simulator.exchange.routing import ResourceTable
from infra.simulator.instance.orgs import Orgs
from infra.simulator.rest.bulk_jobs import OPERATIONS as DML_OPERATIONS
from infra.simulator.rest.call import Call
from infra.simulator.soap.service import LOGIN, operations
from infra.simulator.web import leads

OAUTH_OPERATIONS = (
    "token.authorization_code",
    "token.refresh",
    "token.client_credentials",
    "token.password",
    "token.jwt_bearer",
    "token.revoke",
    "token.introspect",
    "userinfo",
    "identity",
    "single_access",
)
_JOBS = (*DML_OPERATIONS, "query", "queryAll")


def operation_names(orgs: Orgs, rest: ResourceTable[Call], async_api: ResourceTable[AsyncCall]) -> tuple[str, ...]:
    """Every name, each once; of REST and of Bulk API 1.0 those in their tables."""
    names: Iterable[str] = (
        "*",
        *(resource.operation for resource in rest.resources),
        *(resource.operation for resource in async_api.resources),
        f"soap.{LOGIN}",
        *(f"soap.{name}" for name in operations(orgs)),
        *(f"{api}.{name}" for api in ("bulk", "bulk1") for name in _JOBS),
        *OAUTH_OPERATIONS,
        leads.OPERATION,
    )
    return tuple(dict.fromkeys(names))
