"""aiosalesforce, as it is, against the simulator: only the proxy and the trusted authority are set."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.keys import private_key_file
from tests.support.served_org import ServedOrg

aiosalesforce = pytest.importorskip("aiosalesforce", reason="aiosalesforce needs Python 3.11 or newer")
auth = pytest.importorskip("aiosalesforce.auth", reason="aiosalesforce needs Python 3.11 or newer")
exceptions = pytest.importorskip("aiosalesforce.exceptions", reason="aiosalesforce needs Python 3.11 or newer")

BASE_URL = "https://acme.my.salesforce.com"
Connect = Callable[[Any], Any]


def soap_login() -> Any:
    return auth.SoapLogin("demo@example.com", "demo-password", "demo-token")


@pytest.fixture
async def connect(served: ServedOrg) -> AsyncIterator[Connect]:
    """Makes clients; the org is new for each test."""
    context = ssl.create_default_context(cafile=served.authority)
    async with httpx.AsyncClient(proxy=served.proxy, verify=context, timeout=30) as http:
        yield lambda login: aiosalesforce.Salesforce(http, base_url=BASE_URL, auth=login)


@pytest.fixture
def salesforce(connect: Connect) -> Any:
    return connect(soap_login())


def lead(number: int = 0, **fields: Any) -> dict[str, Any]:
    return {"LastName": f"Okafor {number}", "Company": "Acme", "Email": f"lead{number}@example.com", **fields}


async def found(salesforce: Any, soql: str, **options: Any) -> list[dict[str, Any]]:
    return [record async for record in salesforce.query(soql, **options)]


async def test_every_way_to_log_in_leads_to_the_org(connect: Connect, served: ServedOrg, tmp_path: Path) -> None:
    logins = [
        soap_login(),
        auth.ClientCredentialsFlow("demo-client", "demo-secret"),
        auth.JwtBearerFlow("demo-client", "demo@example.com", private_key_file(tmp_path)),
    ]

    limits = [await connect(login).get_limits() for login in logins]

    assert [limit["DailyApiRequests"]["Max"] for limit in limits] == [15000] * 3
    calls = served.control.stats()["by_operation"]
    grants = ["soap.login", "token.client_credentials", "token.jwt_bearer"]
    assert [calls[grant] for grant in grants] == [1, 1, 1]


async def test_a_wrong_password_is_the_clients_own_error(connect: Connect) -> None:
    client = aiosalesforce.Salesforce(
        connect(soap_login()).httpx_client,
        base_url=BASE_URL,
        auth=auth.SoapLogin("demo@example.com", "wrong", "x"),
        retry_policy=None,
    )

    with pytest.raises(exceptions.AuthenticationError) as refused:
        await client.get_limits()

    assert refused.value.error_code == "INVALID_LOGIN"


async def test_a_lead_is_created_read_changed_and_deleted(salesforce: Any) -> None:
    lead_id = await salesforce.sobject.create("Lead", lead(FirstName="Ada"))
    await salesforce.sobject.update("Lead", lead_id, {"Title": "CEO"})
    read = await salesforce.sobject.get("Lead", lead_id, fields=["Name", "Title"])
    await salesforce.sobject.delete("Lead", lead_id)

    assert (read["Name"], read["Title"]) == ("Ada Okafor 0", "CEO")
    with pytest.raises(exceptions.NotFoundError):
        await salesforce.sobject.get("Lead", lead_id)
    deleted = await found(salesforce, "SELECT Id FROM Lead WHERE IsDeleted = true", include_all_records=True)
    assert [record["Id"] for record in deleted] == [lead_id]


async def test_a_lead_is_upserted_by_an_external_id(salesforce: Any, served: ServedOrg) -> None:
    served.control.change_org(unique_external_id="Key__c")

    answers = [await salesforce.sobject.upsert("Lead", "a b", "Key__c", lead(Title=title)) for title in ("a", "b")]

    assert [answer.created for answer in answers] == [True, False]
    assert (await salesforce.sobject.get("Lead", answers[0].id))["Title"] == "b"


async def test_five_thousand_leads_are_read_page_by_page(salesforce: Any, served: ServedOrg) -> None:
    content = [lead(number) for number in range(5001)]
    async for _ in salesforce.bulk_v2.ingest.perform_operation("insert", "Lead", content, polling_interval=0.01):
        pass

    records = await found(salesforce, "SELECT Id FROM Lead")

    assert len({record["Id"] for record in records}) == 5001
    assert served.control.stats()["by_operation"]["query_more"] == 2


async def test_several_requests_go_in_one(salesforce: Any) -> None:
    async with salesforce.composite(all_or_none=True) as composite:
        created = composite.sobject.create("Lead", lead())
        read = composite.sobject.get("Lead", str(created.reference.id))
        composite.query("SELECT Id FROM Lead")
    async with salesforce.composite.batch() as batch:
        queried = batch.query("SELECT Id FROM Lead")
        refused = batch.sobject.create("Lead", {"LastName": "A"})

    assert read.record["Id"] == created.id
    assert [record["Id"] for record in queried.records] == [created.id]
    with pytest.raises(exceptions.SalesforceError, match="REQUIRED_FIELD_MISSING"):
        refused.raise_for_status()


async def test_ten_thousand_leads_go_through_bulk_jobs(salesforce: Any, served: ServedOrg) -> None:
    served.control.change_org(unique_external_id="Key__c")

    async def run(operation: str, content: list[dict[str, Any]], key: str | None = None) -> Any:
        [result] = [
            result
            async for result in salesforce.bulk_v2.ingest.perform_operation(
                operation, "Lead", content, external_id_field=key, polling_interval=0.01
            )
        ]
        return result

    new = [{"LastName": f"L{number}", "Company": "Acme", "Key__c": str(number)} for number in range(15_000)]
    inserted = await run("insert", new[:10_000])
    leads = [{"Id": row["sf__Id"]} for row in inserted.successful_results]
    updated = await run("update", [{**each, "Title": "CEO"} for each in leads])
    upserted = await run("upsert", [*new[5_000:], {"LastName": "X", "Key__c": "x"}], "Key__c")
    deleted = await run("delete", leads)

    assert [len(result.successful_results) for result in (inserted, updated, upserted, deleted)] == [10_000] * 4
    created = [row["sf__Created"] for row in upserted.successful_results]
    assert created == ["false"] * 5_000 + ["true"] * 5_000
    assert (len(upserted.failed_results), upserted.unprocessed_records) == (1, [])
    assert served.control.stats()["leads"] == 5_000


async def test_an_expired_session_is_renewed_by_the_client(salesforce: Any, served: ServedOrg) -> None:
    await salesforce.get_limits()
    served.control.ask("POST", "expire-sessions")

    assert await found(salesforce, "SELECT Id FROM Lead") == []
    assert served.control.stats()["by_operation"]["soap.login"] == 2


async def test_a_locked_row_is_tried_again_by_the_client(salesforce: Any, served: ServedOrg) -> None:
    await salesforce.get_limits()
    served.control.ask("POST", "faults", {"rules": [{"operation": "lead.create", "kind": "lock_row", "times": 1}]})

    await salesforce.sobject.create("Lead", lead())

    assert served.control.stats()["by_operation"]["lead.create"] == 2


async def test_refusals_are_the_clients_own_errors(salesforce: Any, served: ServedOrg) -> None:
    served.control.change_org(duplicate_rule="alert")
    lead_id = await salesforce.sobject.create("Lead", lead())

    with pytest.raises(exceptions.DuplicatesDetectedError) as duplicate:
        await salesforce.sobject.create("Lead", lead())
    with pytest.raises(exceptions.SalesforceError, match="MALFORMED_QUERY"):
        await found(salesforce, "SELECT FROM Lead")

    assert [each["id"] for each in duplicate.value.duplicates] == [lead_id]


async def test_an_allowance_that_ran_out_is_the_clients_own_error(connect: Connect, served: ServedOrg) -> None:
    client = aiosalesforce.Salesforce(
        connect(soap_login()).httpx_client, base_url=BASE_URL, auth=soap_login(), retry_policy=None
    )
    served.control.change_org(daily_api_limit=0)

    with pytest.raises(exceptions.RequestLimitExceededError):
        await client.get_limits()
