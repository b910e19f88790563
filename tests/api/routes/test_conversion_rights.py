"""Conversions for users who may not see all that a conversion can go into."""

from typing import Any

import pytest

from tests.api.routes.test_conversion import Ask, every_way
from tests.support.gateway import GatewayClient
from tests.support.leads import failure, insert, insert_record
from tests.support.org import Org

HIDDEN: list[dict[str, Any]] = [
    {"objects": {"Account": "hidden"}},
    {"objects": {"Contact": "hidden"}},
    {"fields": {"Account.Website": "hidden"}},
    {"fields": {"Contact.Email": "hidden"}},
]


@every_way
@pytest.mark.parametrize("rights", HIDDEN)
@pytest.mark.parametrize("dry", [True, False])
async def test_who_may_not_look_for_what_is_there_is_told_how_to_do_without(
    rest: GatewayClient, org: Org, ask: Ask, path: str, rights: dict[str, Any], dry: bool
) -> None:
    lead_id = await insert(rest, org, Website="acme.example")
    await org.change(profile={"name": "Integration", **rights})

    refused = failure(await ask(rest, lead_id, {"match_existing": True}, dry), 403, "PERMISSION_DENIED")

    assert [detail["field"] for detail in refused["details"]] == [f"{path}match_existing"]
    assert f"Send {path}account_id" in refused["message"]


@every_way
@pytest.mark.parametrize("rights", [*HIDDEN, {"objects": {"User": "hidden"}}])
async def test_a_dry_run_does_not_refuse_what_it_may_not_look_at(
    rest: GatewayClient, org: Org, ask: Ask, path: str, rights: dict[str, Any]
) -> None:
    account = await insert_record(rest, org, "Account", Name="Acme")
    user = (await rest.get("/v1/org")).json()["data"]["caller"]["user_id"]
    lead_id = await insert(rest, org)
    await org.change(profile={"name": "Integration", **rights})

    planned = await ask(rest, lead_id, {"account_id": account, "owner_id": user}, True)

    assert planned.status_code == 200, planned.text
