"""What many tests start from."""

from collections.abc import AsyncIterator, Iterator
from os import environ
from pathlib import Path

import hypothesis
import pytest

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.org import Org
from tests.support.redis_server import RedisServer, redis_server
from tests.support.served_org import ServedOrg, served_org
from tests.support.virtual_time import let_time_jump

# The same examples in every run; HYPOTHESIS_PROFILE=default looks for others.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile(environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture
async def virtual_time() -> None:
    """Nothing is waited for in this test: time jumps to what is due next."""
    let_time_jump()


@pytest.fixture
async def org() -> AsyncIterator[Org]:
    """A new, empty org."""
    org = Org()
    yield org
    await org.close()


@pytest.fixture
async def session(org: Org) -> Session:
    """A caller's session in that org."""
    return await org.session()


@pytest.fixture
async def rest(org: Org, session: Session) -> AsyncIterator[GatewayClient]:
    """A client of the gateway, signed in to the org."""
    async with client_of(org.transport, session) as client:
        yield client


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A new, empty Redis."""
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def one_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis for all tests that only use it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def lasting_redis(one_redis: RedisServer) -> RedisServer:
    """A Redis that holds nothing, and has run for a while."""
    one_redis.clear()
    return one_redis


@pytest.fixture(scope="session")
def one_served_org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOrg]:
    with served_org(tmp_path_factory.mktemp("tls")) as org:
        yield org


@pytest.fixture
def served(one_served_org: ServedOrg) -> ServedOrg:
    """The simulator on a socket, with TLS; its org is new."""
    one_served_org.reset()
    return one_served_org
