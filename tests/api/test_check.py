"""What `salesforce-mcp check` does to the org that it looks at."""

from typing import Any

import pytest

from api.check import check_gateway
from domain.session import Session
from tests.support.gateway import settings
from tests.support.org import Org


@pytest.mark.parametrize("with_access_token", [False, True])
async def test_a_refresh_token_whose_successor_would_be_lost_is_not_used_up(
    org: Org, session: Session, capsys: pytest.CaptureFixture[str], with_access_token: bool
) -> None:
    await org.change(rotate_refresh_tokens=True)
    service: dict[str, Any] = {"sf_auth_mode": "service", "sf_refresh_token": session.refresh_token}
    service["sf_access_token"] = session.access_token if with_access_token else ""

    assert await check_gateway(settings(**service), org.transport)

    printed = capsys.readouterr().out
    assert (await org.stats())["token_calls"] == 0
    assert "no login is tried" in printed
    assert "logs in to Salesforce" not in printed
    assert ("Lead status 'Closed - Converted'" in printed) is with_access_token
    assert ("was not asked" in printed) is not with_access_token
