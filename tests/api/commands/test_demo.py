"""What the demo tells of its settings."""

from typing import Any

import pytest

from api.commands.demo import misfits
from domain.values.session import Session
from tests.support.gateway import settings
from tests.support.org import Org

OBJECTED = "LEAD_STATUS_OBJECTED"


@pytest.mark.parametrize(
    ("setup", "given", "named"),
    [
        ("classic", {}, []),
        ("person_accounts", {}, []),
        ("modern", {}, [OBJECTED]),
        ("global", {}, [OBJECTED]),
        ("modern", {"lead_status_objected": "Unqualified"}, []),
        ("global", {"lead_status_objected": "Lost", "lead_status_converted": "Won"}, []),
        ("classic", {"sf_api_version": "v99.0"}, ["SF_API_VERSION"]),
        ("classic", {"lead_default_company": "", "lead_external_id_field": "Nope__c"}, ["LEAD_DEFAULT", "LEAD_EXT"]),
    ],
)
async def test_the_settings_that_do_not_fit_the_org_are_named(
    org: Org, session: Session, setup: str, given: dict[str, Any], named: list[str]
) -> None:
    await org.change(setup=setup)

    told = await misfits(settings(**given), org.transport, session.access_token)

    assert len(told) == len(named)
    assert all(line.startswith(name) for line, name in zip(told, named, strict=True))


async def test_an_org_that_does_not_tell_is_no_reason_not_to_start(org: Org, session: Session) -> None:
    await org.fault("*", "status", status=403, error_code="API_DISABLED_FOR_ORG", times=100)

    assert await misfits(settings(lead_status_objected="Nope"), org.transport, session.access_token) == []
