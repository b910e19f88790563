"""simple-salesforce, as it is, against the simulator: only the proxy and the trusted authority are set."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

from tests.support.keys import private_key_file
from tests.support.served_org import ServedOrg

pytestmark = [
    # Of the client's own: it still parses times in a way that Python is phasing out.
    pytest.mark.filterwarnings("ignore:datetime.*utc:DeprecationWarning"),
]
PERSON = {"username": "demo@example.com", "password": "demo-password"}
APP = {"consumer_key": "demo-client", "consumer_secret": "demo-secret"}

Connect = Callable[..., Any]
"""Makes clients. Their attributes are any object's name, which no type can say."""


@pytest.fixture
def connect(served: ServedOrg) -> Iterator[Connect]:
    """Makes clients; the org is new for each test."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(served.authority)
        session.proxies = {"https": served.proxy}
        yield lambda **credentials: Salesforce(session=session, **credentials)


@pytest.fixture
def salesforce(connect: Connect) -> Any:
    return connect(**PERSON, security_token="demo-token")


def lead(number: int = 0, **fields: Any) -> dict[str, Any]:
    return {"LastName": f"Okafor {number}", "Company": "Acme", "Email": f"lead{number}@example.com", **fields}


def put(salesforce: Any, count: int) -> None:
    """Create leads through collections."""
    for start in range(0, count, 200):
        records = [{"attributes": {"type": "Lead"}, **lead(number)} for number in range(start, min(start + 200, count))]
        results = salesforce.restful("composite/sobjects", method="POST", json={"records": records})
        assert all(result["success"] for result in results)


def test_every_way_to_log_in_leads_to_the_org(connect: Connect, served: ServedOrg, tmp_path: Path) -> None:
    served.control.change_org(trusted_network=True)
    session = served.control.ask("POST", "sessions")
    soap = connect(**PERSON, security_token="demo-token")
    organization = soap.query("SELECT Id FROM Organization")["records"][0]
    key_file = private_key_file(tmp_path)
    bearer = {"username": PERSON["username"], "consumer_key": "demo-client"}
    token = PERSON["password"] + "demo-token"
    clients = [
        soap,
        connect(**PERSON, organizationId=organization["Id"]),
        connect(username=PERSON["username"], password=token, **APP),
        connect(**APP, domain="acme.my"),
        connect(**bearer, privatekey_file=str(key_file)),
        connect(**bearer, privatekey=key_file.read_text(), instance_url="acme.my"),
        connect(session_id=session["access_token"], instance_url="https://acme.my.salesforce.com"),
        connect(session_id=session["access_token"], instance="acme.my.salesforce.com"),
    ]

    assert [client.is_sandbox() for client in clients] == [False] * len(clients)
    calls = served.control.stats()["by_operation"]
    grants = ["soap.login", "token.password", "token.client_credentials", "token.jwt_bearer"]
    assert [calls[grant] for grant in grants] == [2, 1, 1, 2]


def test_a_wrong_password_is_the_clients_own_error(connect: Connect) -> None:
    with pytest.raises(SalesforceAuthenticationFailed) as refused:
        connect(username=PERSON["username"], password="wrong", security_token="x")

    assert refused.value.code == "INVALID_LOGIN"


def test_objects_and_fields_are_described(salesforce: Any) -> None:
    described = salesforce.describe()
    fields = salesforce.Lead.describe()["fields"]

    assert "Lead" in [sobject["name"] for sobject in described["sobjects"]]
    assert {field["name"]: field["length"] for field in fields}["Company"] == 255
    assert salesforce.Lead.metadata()["objectDescribe"]["keyPrefix"] == "00Q"
    assert salesforce.limits()["DailyApiRequests"]["Max"] == 15000


def test_a_lead_is_created_read_changed_and_deleted(salesforce: Any) -> None:
    created = salesforce.Lead.create(lead(FirstName="Ada"))
    lead_id = created["id"]

    assert salesforce.Lead.update(lead_id, {"Title": "CEO"}) == 204
    read = salesforce.Lead.get(lead_id)
    assert (created["success"], read["Name"], read["Title"]) == (True, "Ada Okafor 0", "CEO")
    assert salesforce.Lead.delete(lead_id) == 204
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Lead.get(lead_id)
    deleted = salesforce.query("SELECT Id FROM Lead WHERE IsDeleted = true", include_deleted=True)
    assert [record["Id"] for record in deleted["records"]] == [lead_id]


def test_a_lead_is_upserted_by_an_external_id(salesforce: Any, served: ServedOrg) -> None:
    served.control.change_org(unique_external_id="Key__c")

    statuses = [salesforce.Lead.upsert("Key__c/1", lead(Title=title)) for title in ("a", "b")]

    assert statuses == [201, 200]
    assert salesforce.Lead.get_by_custom_id("Key__c", "1")["Title"] == "b"


def test_two_leads_with_one_key_are_the_clients_own_error(salesforce: Any, served: ServedOrg) -> None:
    served.control.change_org(custom_fields=[{"name": "Key__c", "external_id": True}])
    for number in range(2):
        salesforce.Lead.create(lead(number, Key__c="1"))

    with pytest.raises(SalesforceMoreThanOneRecord):
        salesforce.Lead.get_by_custom_id("Key__c", "1")


def test_five_thousand_leads_are_read_page_by_page(salesforce: Any) -> None:
    put(salesforce, 5001)

    first = salesforce.query("SELECT Id, Owner.Name FROM Lead ORDER BY Id")
    everything = salesforce.query_all("SELECT Id, Owner.Name FROM Lead ORDER BY Id")["records"]

    assert (first["totalSize"], len(first["records"]), first["done"]) == (5001, 2000, False)
    assert len({record["Id"] for record in everything}) == 5001
    assert everything[-1]["Owner"]["Name"] == "Demo User"
    assert sum(1 for _ in salesforce.query_all_iter("SELECT Id FROM Lead")) == 5001


def test_leads_are_searched_for(salesforce: Any) -> None:
    salesforce.Lead.create(lead(FirstName="Zaphod"))

    found = salesforce.search("FIND {Zaphod} IN ALL FIELDS RETURNING Lead(Id, Name)")["searchRecords"]
    quick = salesforce.quick_search("Zaphod")["searchRecords"]

    assert [record["Name"] for record in found] == ["Zaphod Okafor 0"]
    assert [record["attributes"]["type"] for record in quick] == ["Lead"]


def test_what_changed_and_what_was_deleted_is_told(salesforce: Any) -> None:
    lead_id = salesforce.Lead.create(lead())["id"]
    end = datetime.now(timezone.utc) + timedelta(minutes=2)
    start = end - timedelta(hours=1)

    updated = salesforce.Lead.updated(start, end)
    salesforce.Lead.delete(lead_id)
    deleted = salesforce.Lead.deleted(start, end)

    assert updated["ids"] == [lead_id]
    assert [record["id"] for record in deleted["deletedRecords"]] == [lead_id]


def test_several_requests_go_in_one(salesforce: Any) -> None:
    base = f"/services/data/v{salesforce.sf_version}"
    new = {"method": "POST", "url": f"{base}/sobjects/Lead", "referenceId": "new", "body": lead()}
    read = {"method": "GET", "url": f"{base}/sobjects/Lead/@{{new.id}}", "referenceId": "read"}

    answer = salesforce.restful("composite", method="POST", json={"compositeRequest": [new, read]})

    assert [part["httpStatusCode"] for part in answer["compositeResponse"]] == [201, 200]


def test_ten_thousand_leads_go_through_bulk_jobs(salesforce: Any, served: ServedOrg) -> None:
    served.control.change_org(unique_external_id="Key__c")
    bulk = salesforce.bulk2.Lead
    new = [{"LastName": f"L{number}", "Company": "Acme", "Key__c": str(number)} for number in range(15_000)]

    [inserted] = bulk.insert(records=new[:10_000], wait=0)
    successes = rows(bulk.get_successful_records(inserted["job_id"]))
    changes = [{"Id": row["sf__Id"], "Title": "CEO"} for row in successes]
    [updated] = bulk.update(records=changes, wait=0)
    [upserted] = bulk.upsert(records=new[5_000:], external_id_field="Key__c", wait=0)
    created = [row["sf__Created"] for row in rows(bulk.get_successful_records(upserted["job_id"]))]
    pages = [rows(page) for page in bulk.query("SELECT Id, Title FROM Lead", max_records=10_000, wait=0)]
    [deleted] = bulk.delete(records=[{"Id": row["sf__Id"]} for row in successes], wait=0)

    counts = [int(job["numberRecordsProcessed"]) for job in (inserted, updated, upserted, deleted)]
    assert counts == [10_000] * 4
    assert created == ["false"] * 5_000 + ["true"] * 5_000
    assert [len(page) for page in pages] == [10_000, 5_000]
    assert Counter(row["Title"] for page in pages for row in page) == {"CEO": 10_000, "": 5_000}
    assert served.control.stats()["leads"] == 5_000


def test_bulk_jobs_read_files_and_write_them(salesforce: Any, tmp_path: Path) -> None:
    bulk, file = salesforce.bulk2.Lead, tmp_path / "leads.csv"
    file.write_text("LastName,Company\n" + "".join(f"L{number},Acme\n" for number in range(40)))

    jobs = bulk.insert(str(file), batch_size=10, concurrency=4, wait=0)
    [page] = bulk.download("SELECT Id, LastName FROM Lead", path=str(tmp_path), wait=0)
    found = rows(Path(page["file"]).read_text())
    file.write_text("Id\n" + "".join(f"{row['Id']}\n" for row in found))
    [deleted] = bulk.hard_delete(str(file), wait=0)

    assert [job["numberRecordsProcessed"] for job in jobs] == [10] * 4
    assert {row["LastName"] for row in found} == {f"L{number}" for number in range(40)}
    assert (deleted["numberRecordsProcessed"], deleted["numberRecordsFailed"]) == (40, 0)


def test_queries_are_put_together_by_the_client(salesforce: Any) -> None:
    salesforce.Lead.create(lead(LastName="O'Neill \\ 100%_"))
    now = datetime.now(timezone.utc)

    queries = [
        format_soql("SELECT Id FROM Lead WHERE LastName = {}", "O'Neill \\ 100%_"),
        format_soql("SELECT Id FROM Lead WHERE LastName IN {names}", names=["O'Neill \\ 100%_", "B"]),
        format_soql("SELECT Id FROM Lead WHERE LastName LIKE '{:like}%'", "O'Neill \\ 100%"),
        format_soql("SELECT Id FROM Lead WHERE CreatedDate > {} AND IsConverted = {}", now - timedelta(hours=1), False),
        format_soql("SELECT Id FROM Lead WHERE AnnualRevenue = {} AND NumberOfEmployees {:literal}", None, "= null"),
    ]

    assert [salesforce.query(query)["totalSize"] for query in queries] == [1] * 5


def test_leads_go_through_classic_bulk_jobs(salesforce: Any, served: ServedOrg) -> None:
    served.control.change_org(unique_external_id="Key__c")
    bulk = salesforce.bulk.Lead
    new = [{"LastName": f"L{number}", "Company": "Acme", "Key__c": str(number)} for number in range(300)]

    inserted = bulk.insert([*new[:200], {"LastName": "bad"}], batch_size=100, use_serial=True)
    ids = [result["id"] for result in inserted[:200]]
    updated = bulk.update([{"Id": lead_id, "Title": "CEO"} for lead_id in ids], batch_size="auto")
    upserted = bulk.upsert(new[100:], external_id_field="Key__c")
    found = bulk.query("SELECT Id, Title, CreatedDate, Owner.Name FROM Lead ORDER BY Id")
    deleted = bulk.delete([{"Id": lead_id} for lead_id in ids[:100]])
    gone = bulk.hard_delete([{"Id": lead_id} for lead_id in ids[100:]], include_detailed_results=True)
    everything = bulk.query_all("SELECT Id FROM Lead")

    assert [result["success"] for result in inserted] == [True] * 200 + [False]
    assert inserted[200]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert all(result["success"] for result in [*updated, *upserted, *deleted, *gone])
    assert [result["created"] for result in upserted] == [False] * 100 + [True] * 100
    assert Counter(lead["Title"] for lead in found) == {"CEO": 200, None: 100}
    assert {lead["Owner"]["Name"] for lead in found} == {"Demo User"}
    assert (len(everything), served.control.stats()["leads"]) == (200, 100)


def test_what_a_classic_bulk_job_refused_is_told(salesforce: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        salesforce.bulk.Lead.insert([{"Nope": "A"}])
    with pytest.raises(SalesforceGeneralError) as failed:
        salesforce.bulk.Lead.query("SELECT Id FROM Contact")

    content: Any = refused.value.content
    assert content == {"exceptionCode": "InvalidBatch", "exceptionMessage": "Records not processed"}
    assert "does not match the entity" in str(failed.value.content)


def test_what_a_bulk_job_refused_is_told(salesforce: Any) -> None:
    bulk = salesforce.bulk2.Lead
    [job] = bulk.insert(records=[{"LastName": "A", "Company": ""}], wait=0)

    [failure] = rows(bulk.get_failed_records(job["job_id"]))

    assert job["numberRecordsFailed"] == 1
    assert failure["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")


def test_an_expired_session_is_renewed_by_the_client(salesforce: Any, served: ServedOrg) -> None:
    served.control.ask("POST", "expire-sessions")

    assert salesforce.query("SELECT Id FROM Lead")["totalSize"] == 0
    assert served.control.stats()["by_operation"]["soap.login"] == 2


def test_an_expired_session_that_cannot_be_renewed_is_the_clients_own_error(
    connect: Connect, served: ServedOrg
) -> None:
    session = served.control.ask("POST", "sessions")
    client = connect(session_id=session["access_token"], instance_url="https://acme.my.salesforce.com")
    served.control.ask("POST", "expire-sessions")

    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Lead")


def test_refusals_are_the_clients_own_errors(salesforce: Any, served: ServedOrg) -> None:
    with pytest.raises(SalesforceMalformedRequest) as missing:
        salesforce.Lead.create({"LastName": "A"})
    with pytest.raises(SalesforceMalformedRequest):
        salesforce.query("SELECT Nope FROM Lead")
    served.control.change_org(daily_api_limit=1)
    with pytest.raises(SalesforceRefusedRequest):
        salesforce.query("SELECT Id FROM Lead")

    assert "REQUIRED_FIELD_MISSING" in str(missing.value)


def rows(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text))]
