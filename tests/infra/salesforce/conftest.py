"""The gateway's own way to the simulator, without the gateway around it."""

import random
from collections.abc import AsyncIterator

import pytest

from infra.coordination.memory import MemoryCoordination
from infra.salesforce.sending.api_versions import ApiVersions
from infra.salesforce.sending.connection import Connection
from infra.salesforce.sending.grants import OAuthClient
from infra.salesforce.sending.hosts import InstanceHosts
from infra.salesforce.sending.http_client import open_http
from infra.salesforce.sending.limits import OrgLimits
from infra.salesforce.sending.refreshed_sessions import RefreshedSessions
from infra.salesforce.sending.timing import Clock, Patience
from tests.support.gateway import no_pause
from tests.support.org import Org


@pytest.fixture
async def connection(org: Org) -> AsyncIterator[Connection]:
    """A caller's connection to the org."""
    async with open_http(org.transport) as http:
        client = OAuthClient("demo-client", "demo-secret")
        clock = Clock(sleep=no_pause, chance=random.Random(1))
        sessions = RefreshedSessions(http, client, Patience(), MemoryCoordination(lease=1), clock, InstanceHosts())
        versions = ApiVersions(http, clock.now)
        yield Connection(http, sessions, await org.session(), Patience(), clock, OrgLimits(50), versions)
