"""Records, queries and logins over SOAP."""

from __future__ import annotations

from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from tests.infra.simulator.conftest import SOAP_HEAD, OrgClient
from tests.infra.simulator.soap.requests import convert_lead, lead_convert, merge

PARTNER = "{urn:partner.soap.sforce.com}"
SOBJECT = "{urn:sobject.partner.soap.sforce.com}"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


async def results(org: OrgClient, body: str, *, headers: str = "") -> list[Element]:
    response = await org.soap(body, headers=headers)
    assert response.status_code == 200, response.text
    return [*fromstring(response.text).iter(f"{PARTNER}result")]


def text(element: Element, name: str) -> str | None:
    return next((each.text for each in element.iter(f"{PARTNER}{name}")), None)


def fault_of(response: httpx.Response) -> tuple[int, str | None]:
    return response.status_code, next(fromstring(response.text).iter("faultcode")).text


def record(object_name: str, **fields: str) -> str:
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<sObjects><type>{object_name}</type>{inner}</sObjects>"


async def log_in(http: httpx.AsyncClient, username: str, password: str, *, version: str = "59.0") -> httpx.Response:
    body = f"<login><username>{username}</username><password>{password}</password></login>"
    envelope = f"{SOAP_HEAD}<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    return await http.post(f"/services/Soap/u/{version}", content=envelope, headers={"Content-Type": "text/xml"})


async def test_who_knows_password_and_security_token_gets_a_session(org: OrgClient) -> None:
    response = await log_in(org.http, "Demo@example.com", "demo-passworddemo-token")

    [result] = fromstring(response.text).iter(f"{PARTNER}result")
    org.access_token = text(result, "sessionId") or ""
    assert (text(result, "serverUrl") or "").startswith("http://salesforce.test/services/Soap/u/59.0/00D")
    assert (text(result, "userName"), text(result, "sessionSecondsValid")) == ("demo@example.com", "7200")
    assert (await org.send("GET", "/limits")).status_code == 200
    assert (await org.stats())["token_calls"] == 1


@pytest.mark.parametrize(
    ("username", "password", "code"),
    [
        ("demo@example.com", "wrong", "INVALID_LOGIN"),
        ("nobody@example.com", "demo-password", "INVALID_LOGIN"),
        ("demo@example.com", "demo-password", "LOGIN_MUST_USE_SECURITY_TOKEN"),
    ],
)
async def test_a_wrong_login_is_a_fault(org: OrgClient, username: str, password: str, code: str) -> None:
    response = await log_in(org.http, username, password)

    assert fault_of(response) == (500, f"sf:{code}")
    assert f"<sf:exceptionCode>{code}</sf:exceptionCode>" in response.text
    assert "LoginFault" in response.text


async def test_a_trusted_network_needs_no_security_token(org: OrgClient) -> None:
    await org.change_org(trusted_network=True)

    assert (await log_in(org.http, "demo@example.com", "demo-password")).status_code == 200


@pytest.mark.parametrize(
    ("soap_login", "version", "status", "message"),
    [
        (True, "64.0", 200, ""),
        (True, "65.0", 500, "The SOAP Login operation is not available in the API version specified (65.0)."),
        (False, "64.0", 500, "SOAP API login() is disabled by default in this org."),
        (False, "65.0", 500, "The SOAP Login operation is not available in the API version specified (65.0)."),
    ],
)
async def test_login_ends_with_its_last_version_and_can_be_switched_off(
    org: OrgClient, soap_login: bool, version: str, status: int, message: str
) -> None:
    await org.change_org(soap_login=soap_login)

    response = await log_in(org.http, "demo@example.com", "demo-passworddemo-token", version=version)

    assert response.status_code == status
    assert message in response.text
    assert ("<faultcode>sf:INVALID_OPERATION</faultcode>" in response.text) == (status == 500)
    assert (await org.soap("<getUserInfo/>")).status_code == 200


@pytest.mark.parametrize(("version", "status"), [("59.0", 500), ("66.0", 500), ("67.0", 200)])
async def test_tokens_that_are_jwts_are_taken_by_newer_versions(org: OrgClient, version: str, status: int) -> None:
    await org.change_org(jwt_access_tokens=True)
    await org.log_in_again()

    response = await org.soap("<getServerTimestamp/>", version=version)

    assert response.status_code == status
    assert ("sf:INVALID_SESSION_ID" in response.text) == (status == 500)


async def test_after_logout_the_session_is_over(org: OrgClient) -> None:
    response = await org.soap("<logout/>")

    assert response.status_code == 200
    assert (await org.send("GET", "/limits")).status_code == 401


async def test_the_user_and_the_time_are_told(org: OrgClient) -> None:
    [user] = await results(org, "<getUserInfo/>")
    [time] = await results(org, "<getServerTimestamp/>")

    assert (text(user, "userEmail"), text(user, "organizationName")) == ("demo@example.com", "Demo Org")
    assert text(time, "timestamp") == "2026-03-17T09:30:00.000Z"


@pytest.mark.parametrize(
    ("setup", "persons", "several", "single", "own"),
    [
        ("classic", "false", "false", "USD", None),
        ("person_accounts", "true", "false", "USD", None),
        ("global", "false", "true", None, "EUR"),
    ],
)
async def test_the_user_is_told_what_kind_of_org_it_is(
    org: OrgClient, setup: str, persons: str, several: str, single: str | None, own: str | None
) -> None:
    await org.change_org(setup=setup)

    [user] = await results(org, "<getUserInfo/>")

    [profile] = await org.query("SELECT ProfileId, UserRoleId FROM User WHERE Username = 'demo@example.com'")
    assert (text(user, "orgHasPersonAccounts"), text(user, "organizationMultiCurrency")) == (persons, several)
    assert (text(user, "orgDefaultCurrencyIsoCode"), text(user, "userDefaultCurrencyIsoCode")) == (single, own)
    assert (text(user, "profileId"), text(user, "roleId")) == (profile["ProfileId"], profile["UserRoleId"])


async def test_records_are_created_each_by_itself(org: OrgClient) -> None:
    body = f"<create>{record('Lead', LastName='A & B', Company='C')}{record('Lead', LastName='D')}</create>"

    first, second = await results(org, body)

    assert (text(first, "success"), text(second, "success")) == ("true", "false")
    assert (await org.read(text(first, "id") or ""))["LastName"] == "A & B"
    assert (text(second, "statusCode"), text(second, "fields")) == ("REQUIRED_FIELD_MISSING", "Company")
    assert next(second.iter(f"{PARTNER}id")).get(XSI_NIL) == "true"


async def test_all_or_none_is_a_header(org: OrgClient) -> None:
    body = f"<create>{record('Lead', LastName='A', Company='C')}{record('Lead', LastName='D')}</create>"

    first, _ = await results(org, body, headers="<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>")

    assert text(first, "statusCode") == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert (await org.stats())["leads"] == 0


async def test_assignment_rules_run_only_when_asked_for(org: OrgClient) -> None:
    [queue] = await org.query("SELECT Id FROM Group")
    await org.change_org(assignment_owner_id=queue["Id"])
    body = f"<create>{record('Lead', LastName='A', Company='C')}</create>"
    rule = "<AssignmentRuleHeader><useDefaultRule>true</useDefaultRule></AssignmentRuleHeader>"

    [plain], [ruled] = await results(org, body), await results(org, body, headers=rule)

    assert (await org.read(text(plain, "id") or ""))["OwnerId"] != queue["Id"]
    assert (await org.read(text(ruled, "id") or ""))["OwnerId"] == queue["Id"]


async def test_a_field_is_cleared_by_name_and_not_by_an_empty_element(org: OrgClient) -> None:
    lead_id = await org.create(Title="CEO", Phone="1")
    fields = f"<fieldsToNull>Phone</fieldsToNull><Id>{lead_id}</Id><Title></Title>"

    [result] = await results(org, f"<update><sObjects><type>Lead</type>{fields}</sObjects></update>")

    lead = await org.read(lead_id)
    assert (text(result, "id"), lead["Title"], lead["Phone"]) == (lead_id, "CEO", None)


async def test_records_are_created_or_changed_by_a_key(org: OrgClient) -> None:
    await org.change_org(unique_external_id="Key__c")
    lead_id = await org.create(Key__c="1")
    known, new = (record("Lead", Key__c=key, LastName="A", Company="B") for key in "12")

    first, second = await results(
        org, f"<upsert><externalIDFieldName>Key__c</externalIDFieldName>{known}{new}</upsert>"
    )

    assert [text(first, "created"), text(second, "created")] == ["false", "true"]
    assert (text(first, "id"), (await org.stats())["leads"]) == (lead_id, 2)


async def test_records_are_deleted_put_back_and_forgotten(org: OrgClient) -> None:
    lead_id, living = await org.create(), await org.create()

    [deleted] = await results(org, f"<delete><ids>{lead_id}</ids></delete>")
    back = await results(org, f"<undelete><ids>{lead_id}</ids><ids>{living}</ids><ids>nonsense</ids></undelete>")
    await results(org, f"<delete><ids>{lead_id}</ids></delete>")
    gone, not_gone = await results(org, f"<emptyRecycleBin><ids>{lead_id}</ids><ids>{living}</ids></emptyRecycleBin>")

    assert text(deleted, "success") == "true"
    assert [text(each, "statusCode") for each in back] == [None, "UNDELETE_FAILED", "MALFORMED_ID"]
    assert (text(gone, "success"), text(not_gone, "success")) == ("true", "false")
    assert [effect["op"] for effect in await org.ledger(2)] == ["delete", "undelete", "delete"]


async def test_records_are_read_by_their_ids(org: OrgClient) -> None:
    lead_id, gone = await org.create(Title="CEO"), await org.create()
    await org.send("DELETE", f"/sobjects/Lead/{gone}")
    named = f"<ids>{lead_id}</ids><ids>{gone}</ids>"

    first, second = await results(
        org, f"<retrieve><fieldList>Title, CreatedDate</fieldList><sObjectType>Lead</sObjectType>{named}</retrieve>"
    )

    assert [next(first.iter(f"{SOBJECT}{name}")).text for name in ("Id", "Title")] == [lead_id, "CEO"]
    assert next(first.iter(f"{SOBJECT}CreatedDate")).text == "2026-03-17T09:30:00.000Z"
    assert second.get(XSI_NIL) == "true"


async def test_a_query_comes_in_pages(org: OrgClient) -> None:
    records = [{"attributes": {"type": "Lead"}, "LastName": f"L{number:03}", "Company": "A"} for number in range(201)]
    for start in (0, 200):
        await org.send("POST", "/composite/sobjects", json={"records": records[start : start + 200]})
    soql = "SELECT LastName, IsConverted, Owner.Name FROM Lead ORDER BY LastName"
    options = "<QueryOptions><batchSize>200</batchSize></QueryOptions>"

    [first] = await results(org, f"<query><queryString>{soql}</queryString></query>", headers=options)
    locator = text(first, "queryLocator")
    [second] = await results(org, f"<queryMore><queryLocator>{locator}</queryLocator></queryMore>")

    assert (text(first, "done"), text(first, "size"), text(second, "done")) == ("false", "201", "true")
    [last] = second.iter(f"{PARTNER}records")
    values = {each.tag.removeprefix(SOBJECT): each.text for each in last.iter() if each.text}
    assert (values["LastName"], values["IsConverted"], values["Name"]) == ("L200", "false", "Demo User")


async def test_children_and_groups_are_shown_in_xml_too(org: OrgClient) -> None:
    account = await org.create("Account", Name="Acme")
    await org.create("Contact", LastName="Okafor", AccountId=account)
    children = "SELECT Name, (SELECT LastName FROM Contacts) FROM Account"
    groups = "SELECT Name, COUNT(Id) n FROM Account GROUP BY Name"

    [nested] = await results(org, f"<query><queryString>{children}</queryString></query>")
    [grouped] = await results(org, f"<query><queryString>{groups}</queryString></query>")

    assert [each.text for each in nested.iter(f"{SOBJECT}LastName")] == ["Okafor"]
    assert [each.text for each in grouped.iter(f"{SOBJECT}n")] == ["1"]


async def test_query_all_finds_what_was_deleted(org: OrgClient) -> None:
    await org.send("DELETE", f"/sobjects/Lead/{await org.create()}")
    soql = "<queryString>SELECT Id FROM Lead</queryString>"

    [living], [everything] = (
        await results(org, f"<query>{soql}</query>"),
        await results(org, f"<queryAll>{soql}</queryAll>"),
    )

    assert (text(living, "size"), text(everything, "size")) == ("0", "1")


@pytest.mark.parametrize(
    ("body", "code", "kind"),
    [
        ("<query><queryString>SELECT Nope FROM Lead</queryString></query>", "INVALID_FIELD", "InvalidFieldFault"),
        ("<query><queryString>nonsense</queryString></query>", "MALFORMED_QUERY", "MalformedQueryFault"),
        ("<query/>", "MALFORMED_QUERY", "MalformedQueryFault"),
        ("<queryMore><queryLocator>x</queryLocator></queryMore>", "INVALID_QUERY_LOCATOR", "InvalidQueryLocatorFault"),
        (f"<create>{record('Nope')}</create>", "INVALID_TYPE", "InvalidSObjectFault"),
        (f"<create>{record('User')}</create>", "INVALID_TYPE_FOR_OPERATION", "UnexpectedErrorFault"),
        (f"<create>{record('Lead') * 201}</create>", "EXCEEDED_ID_LIMIT", "UnexpectedErrorFault"),
        (f"<upsert>{record('Lead')}</upsert>", "INVALID_FIELD", "InvalidFieldFault"),
        ("<retrieve><sObjectType>Nope</sObjectType></retrieve>", "INVALID_TYPE", "InvalidSObjectFault"),
        ("<retrieve><sObjectType>Lead</sObjectType><ids>x</ids></retrieve>", "MALFORMED_ID", "InvalidIdFault"),
        ("<describeSObject><sObjectType>Nope</sObjectType></describeSObject>", "INVALID_TYPE", "InvalidSObjectFault"),
        ("<merge><request/></merge>", "MISSING_ARGUMENT", "UnexpectedErrorFault"),
    ],
)
async def test_what_is_wrong_with_a_call_as_such_is_a_fault(org: OrgClient, body: str, code: str, kind: str) -> None:
    response = await org.soap(body)

    assert fault_of(response) == (500, f"sf:{code}")
    assert f'xsi:type="sf:{kind}"' in response.text


async def test_a_query_fault_tells_where(org: OrgClient) -> None:
    response = await org.soap("<query><queryString>SELECT Nope FROM Lead</queryString></query>")

    assert "<sf:row>1</sf:row><sf:column>8</sf:column>" in response.text


async def test_an_object_is_described(org: OrgClient) -> None:
    [result] = await results(org, "<describeSObject><sObjectType>lead</sObjectType></describeSObject>")

    fields = {text(field, "name"): field for field in result.iter(f"{PARTNER}fields")}
    assert (text(result, "keyPrefix"), text(fields["Email"], "length")) == ("00Q", "80")
    assert text(fields["OwnerId"], "referenceTo") == "Group"


async def test_leads_are_merged_into_one(org: OrgClient) -> None:
    first, second, third = [await org.create(Title=title) for title in ("a", "b", "c")]

    [result] = await results(org, merge(first, second, third, Phone="1"))

    assert (text(result, "success"), text(result, "id")) == ("true", first)
    assert [each.text for each in result.iter(f"{PARTNER}mergedRecordIds")] == [second, third]
    assert (await org.read(first))["Phone"] == "1"
    response = await org.send("GET", "/queryAll?q=SELECT+MasterRecordId+FROM+Lead+WHERE+IsDeleted+=+true")
    assert {lead["MasterRecordId"] for lead in response.json()["records"]} == {first}
    assert (await org.ledger())[-1]["op"] == "merge"


async def test_what_hangs_below_a_merged_account_moves(org: OrgClient) -> None:
    master, other = await org.create("Account", Name="A"), await org.create("Account", Name="B")
    contact = await org.create("Contact", LastName="C", AccountId=other)

    [result] = await results(org, merge(master, other, object_name="Account"))

    assert text(result, "updatedRelatedIds") == contact
    assert (await org.read(contact, "Contact"))["AccountId"] == master


async def test_a_merge_that_is_refused_leaves_everything_as_it_was(org: OrgClient) -> None:
    master, other = await org.create(), await org.create()
    opportunity = await org.create("Opportunity", Name="O", StageName="Prospecting", CloseDate="2026-04-01")

    refused = [
        *await results(org, merge(master, other, "00QA1000000zzzz", Phone="1")),
        *await results(org, merge(master, master)),
        *await results(org, merge(master)),
        *await results(org, merge(opportunity, opportunity, object_name="Opportunity")),
    ]

    assert [text(result, "statusCode") for result in refused] == [
        "INVALID_CROSS_REFERENCE_KEY",
        "INVALID_ID_FIELD",
        "INVALID_NUM_ARGS",
        "INVALID_TYPE_FOR_OPERATION",
    ]
    assert ((await org.read(master))["Phone"], (await org.stats())["leads"]) == (None, 2)


async def test_a_locked_row_fails_alone(org: OrgClient) -> None:
    await org.faults({"operation": "soap.create", "kind": "lock_row", "rows": [1], "times": 1})
    lead = record("Lead", LastName="A", Company="C")

    rows = await results(org, f"<create>{lead}{lead}</create>")

    assert [text(row, "statusCode") for row in rows] == [None, "UNABLE_TO_LOCK_ROW"]


async def test_a_lead_that_is_locked_is_not_converted(org: OrgClient) -> None:
    await org.faults({"operation": "soap.convertLead", "kind": "lock_row", "times": 1})
    wish = lead_convert(await org.create())

    first, second = await results(org, convert_lead(wish, wish))

    assert [text(first, "statusCode"), text(second, "success")] == ["UNABLE_TO_LOCK_ROW", "true"]
