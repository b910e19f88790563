"""What many tests start from."""

from collections.abc import AsyncIterator

import pytest

from domain.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.org import Org


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
