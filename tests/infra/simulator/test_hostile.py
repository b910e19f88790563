"""Whatever is sent: a documented error or an answer, never an accident."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, get_args
from urllib.parse import quote, urlencode

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.simulator.server.app import create_simulator
from infra.simulator.server.transport import SimulatorTransport
from infra.simulator.setup.custom_fields import FormulaType
from tests.infra.simulator.conftest import Clock, OrgClient, http_of, logged_in
from tests.infra.simulator.formula.strategies import formulas

SIMULATOR = create_simulator(leads=30, clock=Clock())
QUICK = settings(max_examples=100, deadline=None)


def words(text: str) -> list[str]:
    return text.split()


_SOQL_WORDS = words(
    """SELECT FROM WHERE AND OR NOT LIKE IN INCLUDES GROUP BY HAVING ORDER ASC DESC NULLS FIRST LAST LIMIT OFFSET FOR
    VIEW USING SCOPE mine WITH SECURITY_ENFORCED COUNT SUM MAX CALENDAR_YEAR DAY_ONLY toLabel FORMAT FIELDS ALL Lead
    Account Contacts Histories l Id Name Email Company CreatedDate IsConverted Description Address NumberOfEmployees
    Owner Owner.Name Owner.Owner.Name Nope TODAY LAST_N_DAYS:3 LAST_N_DAYS:99999 LAST_N_YEARS:9999 null true 5 -1 1e400
    .5 99999999999999999999 2026-01-01 2026-99-99 0001-01-01T00:00:00+14:00 2026-01-01T00:00:00Z '' 'x' '%'
    ( ) , = != <> < >= : ; ' ä"""
)
_SOQL_WORDS += [r"'\\'", r"'\u00e4'", "\\", "\x00"]
soql_soup = st.lists(st.sampled_from(_SOQL_WORDS), max_size=14).map(" ".join)
nearly_soql = st.builds(
    "SELECT {} FROM {} WHERE {} {}".format,
    st.sampled_from(["Id", "COUNT()", "COUNT(Id)", "Name, Owner.Name", "(SELECT Id FROM Histories)", "FIELDS(ALL)"]),
    st.sampled_from(["Lead", "Account a", "User", "LeadStatus", "Organization"]),
    soql_soup,
    st.sampled_from(["", "LIMIT 1", "ORDER BY Name", "GROUP BY Name", "OFFSET 5"]),
)
_SOSL_WORDS = words(
    r"""FIND { } {smith} {a b} ( ) " * ? OR AND NOT IN ALL FIELDS RETURNING Lead Lead(Id) (Id WHERE LIMIT 1 , WITH \ """
)
sosl_soup = st.lists(st.sampled_from(_SOSL_WORDS), max_size=8).map(lambda words: "FIND {smith" + " ".join(words))
texts = st.text(max_size=30) | st.sampled_from(["", "\x00", "%", "..", "00Q", "00QA10000000001", "a" * 300])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
fields = st.sampled_from(
    words(
        """LastName Company Email Status OwnerId IsConverted NumberOfEmployees AnnualRevenue Latitude Description Id
        Name CreatedDate EmailBouncedDate Address attributes Nope__c"""
    )
)
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
segments = st.text(min_size=1, max_size=8) | st.sampled_from(
    words(
        """sobjects Lead Account Nope Id Email describe updated deleted query queryAll search parameterizedSearch limits
        composite recordCount 00QA10000000001 00QA10000000001AAA 01gA10000000001AAA-5"""
    )
)
places = st.sampled_from(
    words(
        """describe layouts compactLayouts approvalLayouts namedLayouts primary listviews AllOpenLeads results query
        quickActions NewLead LogACall defaultValues tooling EntityDefinition Lead.Name Owner Contacts UserRole
        Nope 00QA10000000001AAA 012000000000000AAA 00BA10000000001AAA"""
    )
)
queries = st.sampled_from(
    ["", "?fields=Id,Nope", "?q=x", "?start=x&end=y", "?limit=x", "?q=SELECT+Id+FROM+FieldDefinition"]
)
parameters = st.sampled_from(
    words(
        """grant_type client_id client_secret username password refresh_token assertion code code_verifier redirect_uri
        format token response_type scope state"""
    )
)
known = st.sampled_from(
    words(
        """demo-client demo-secret demo@example.com password refresh_token client_credentials authorization_code code
        urn:ietf:params:oauth:grant-type:jwt-bearer xml urlencoded https://app.example.com a.b.c e30.e30.e30"""
    )
)


@asynccontextmanager
async def caller() -> AsyncIterator[OrgClient]:
    async with http_of(SIMULATOR) as http:
        http.headers["Accept-Encoding"] = "identity"
        yield await logged_in(http)


def check(response: httpx.Response) -> None:
    """An answer, or errors as Salesforce writes them."""
    assert response.status_code < 500
    if (
        response.status_code >= 400
        and response.request.method != "HEAD"
        and response.status_code not in (412, 414, 431)
    ):
        problems = response.json()
        assert problems
        assert all(set(problem) >= {"errorCode", "message"} for problem in problems)


@QUICK
@given(query=soql_soup | nearly_soql | st.text(max_size=60))
async def test_any_text_is_a_query_or_refused(query: str) -> None:
    async with caller() as org:
        check(await org.send("GET", f"/query?q={quote(query, errors='replace')}"))


@QUICK
@given(search=sosl_soup | st.text(max_size=40))
async def test_any_text_is_a_search_or_refused(search: str) -> None:
    async with caller() as org:
        check(await org.send("GET", f"/search?q={quote(search, errors='replace')}"))


@QUICK
@given(
    body=st.dictionaries(fields | texts, json_values, max_size=4) | json_values,
    name=st.sampled_from(["Lead", "Contact"]),
)
async def test_any_json_is_a_record_or_refused(body: Any, name: str) -> None:
    if isinstance(body, dict) and name == "Lead":
        body = {"LastName": "x", "Company": "y", **body}
    async with caller() as org:
        content = json.dumps(body)
        headers = {"Content-Type": "application/json"}
        check(await org.send("POST", f"/sobjects/{name}", content=content, headers=headers))
        check(await org.send("POST", "/parameterizedSearch", content=content, headers=headers))
        check(await org.send("PATCH", f"/sobjects/{name}/Email/a%40example.com", content=content, headers=headers))


@QUICK
@given(
    method=methods,
    path=st.lists(segments, max_size=4),
    query=st.sampled_from(["", "?fields=Id,Nope", "?q=x", "?start=x&end=y"]),
)
async def test_any_path_and_method_is_answered(method: str, path: list[str], query: str) -> None:
    url = "/" + "/".join(quote(part, safe="", errors="replace") for part in path) + query
    async with caller() as org:
        check(await org.send(method, url))


@QUICK
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"]),
    start=st.sampled_from(["/sobjects/Lead", "/sobjects/EntityDefinition", "/quickActions", "/tooling", ""]),
    path=st.lists(places, max_size=5),
    query=queries,
    body=st.fixed_dictionaries({}, optional={"contextId": scalars, "record": json_values}) | json_values,
)
async def test_any_path_along_the_links_of_describe_is_answered(
    method: str, start: str, path: list[str], query: str, body: Any
) -> None:
    async with caller() as org:
        check(await org.send(method, start + "".join(f"/{part}" for part in path) + query, json=body))


@QUICK
@given(
    form=st.dictionaries(parameters, texts | known),
    endpoint=st.sampled_from(["token", "revoke", "introspect", "authorize"]),
    method=st.sampled_from(["GET", "POST"]),
)
async def test_any_form_gets_an_answer_of_oauth(form: dict[str, str], endpoint: str, method: str) -> None:
    form = {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}
    sent: dict[str, Any] = {"data": form} if method == "POST" else {"params": form}
    request = httpx.Request(method, f"http://salesforce.test/services/oauth2/{endpoint}", **sent)
    # httpx's clients can not read every address that an app may have.
    response = await SimulatorTransport(SIMULATOR).handle_async_request(request)
    assert response.status_code < 500


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer a b", "Basic x", "Bearer \xff", "bearer  x"])
async def test_a_strange_authorization_is_refused(header: str) -> None:
    async with caller() as org:
        headers = [(b"Authorization", header.encode("latin-1"))]
        response = await org.http.get("/services/data/v59.0/limits", headers=headers)

    assert (response.status_code, response.json()[0]["errorCode"][:8]) == (401, "INVALID_")


soap_operations = st.sampled_from(
    words(
        """login getUserInfo describeGlobal describeSObject describeSObjects describeLayout describeTheme query queryAll
        queryMore search getUpdated getDeleted retrieve create update upsert delete undelete emptyRecycleBin merge
        convertLead setPassword nope"""
    )
)
xml_names = st.sampled_from(
    words(
        """LastName Company Email Owner type Id fieldsToNull Nope__c sObjects ids sObjectType sobjectType queryString
        queryLocator searchString fieldList leadConverts leadId accountId convertedStatus request masterRecord
        recordToMergeIds startDate endDate externalIDFieldName recordTypeIds username password"""
    )
)
xml_texts = st.text(max_size=10) | st.sampled_from(
    [*words("< &amp; &lt; ]]> 00Q 00QA10000000001AAA Lead Id true 2026-03-17"), "\x00", " ", "FIND {a b}"]
)
xml_trees = st.recursive(
    xml_texts, lambda inner: st.builds("<{0}>{1}</{0}>".format, xml_names, st.lists(inner, max_size=3).map("".join))
)


@QUICK
@given(content=st.builds("<Lead>{}</Lead>".format, xml_trees) | xml_trees | st.text(max_size=30))
async def test_any_xml_is_a_record_or_refused(content: str) -> None:
    headers = {"Content-Type": "application/xml", "Accept": "application/xml"}
    async with caller() as org:
        response = await org.send("POST", "/sobjects/Lead", content=content.encode(errors="replace"), headers=headers)

    assert response.status_code in (201, 400)
    assert fromstring(response.text).tag == ("Result" if response.status_code == 201 else "Errors")


@QUICK
@given(
    operation=soap_operations,
    inside=st.lists(xml_trees, max_size=3).map("".join),
)
async def test_any_soap_message_is_answered_or_a_fault(operation: str, inside: str) -> None:
    async with caller() as org:
        response = await org.soap(f"<{operation}>{inside}</{operation}>".encode(errors="replace").decode())

    assert response.status_code in (200, 500)
    assert "UNKNOWN_EXCEPTION" not in response.text
    body = fromstring(response.text)[0][0]
    assert (body.tag.rpartition("}")[2] == "Fault") == (response.status_code == 500)


web_names = st.sampled_from(words("oid last_name company email retURL encoding debug employees Campaign_ID Nope__c"))
web_values = st.sampled_from(["https://a.example/ü", "Shift_JIS", "utf-16", "1", "a@example.com", "701A10000000001"])


@QUICK
@given(form=st.dictionaries(web_names | texts, web_values | texts))
async def test_any_form_on_the_web_gets_a_page_or_a_redirection(form: dict[str, str]) -> None:
    form = {"oid": "00DA10000000001", "last_name": "x", "company": "y", **form}
    content = urlencode({name.encode(errors="replace"): text.encode(errors="replace") for name, text in form.items()})
    async with caller() as org:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        response = await org.http.post("/servlet/servlet.WebToLead", content=content, headers=headers)

    assert response.status_code in (200, 302)
    assert response.headers["Is-Processed"].startswith("true")


@settings(QUICK, max_examples=80)
@given(
    job=st.dictionaries(st.sampled_from(["concurrencyMode", "externalIdFieldName", "assignmentRuleId"]), json_values),
    operation=st.sampled_from(["insert", "update", "upsert", "delete", "hardDelete", "query"]),
    batch=st.lists(st.dictionaries(fields | texts, json_values, max_size=4), max_size=3) | json_values | soql_soup,
)
async def test_any_json_is_a_batch_or_refused(job: dict[str, Any], operation: str, batch: Any) -> None:
    key = {"externalIdFieldName": "Id"} if operation == "upsert" else {}
    async with caller() as org:
        headers = {"X-SFDC-Session": org.access_token, "Content-Type": "application/json"}
        url = "http://salesforce.test/services/async/59.0/job"
        wish = {"operation": operation, "object": "Lead", "contentType": "JSON"}
        opened = await org.http.post(url, headers=headers, content=json.dumps({**wish, **job}))
        assert opened.status_code in (201, 400)
        opened = await org.http.post(url, headers=headers, content=json.dumps({**wish, **key}))
        url += f"/{opened.json()['id']}/batch"
        url += f"/{(await org.http.post(url, headers=headers, content=json.dumps(batch))).json()['id']}"
        while (info := (await org.http.get(url, headers=headers)).json())["state"] in ("Queued", "InProgress"):
            assert info["numberRecordsProcessed"] == 0
        assert (await org.http.get(f"{url}/result", headers=headers)).status_code in (200, 400)


@pytest.mark.parametrize("path", ["/services/data/v59.0/sobjects/Lead", "/services/async/59.0/job"])
async def test_half_a_surrogate_pair_is_refused(path: str) -> None:
    async with caller() as org:
        headers = {**org.bearer, "Content-Type": "application/json"}
        response = await org.http.post(path, headers=headers, content=r'{"object": "\ud800", "\ud800": 1}')

    assert response.status_code == 400


@pytest.mark.parametrize("number", ["9" * 5000, "0" * 5000, "9" * 18, "-1", "٣", "1.5", ""])
@pytest.mark.parametrize(
    "path",
    [
        "/services/data/v59.0/sobjects/Lead/listviews/AllOpenLeads/results?limit={}",
        "/services/data/v59.0/sobjects/Lead/listviews/AllOpenLeads/results?offset={}",
        "/services/data/v59.0/recent?limit={}",
        "/services/data/v59.0/parameterizedSearch?q=Acme&sobject=Lead&overallLimit={}",
        "/services/data/v59.0/query?q=SELECT+Id+FROM+Lead+LIMIT+{}",
        "/_sim/ledger?after={}",
    ],
)
async def test_a_number_of_any_size_is_taken_or_refused(path: str, number: str) -> None:
    async with caller() as org:
        response = await org.http.get(path.format(number), headers=org.bearer)

    assert response.status_code in (200, 400)


@pytest.mark.parametrize("size", ["9" * 5000, "-1", "٣", "x"])
async def test_a_batch_size_that_is_none_is_as_good_as_absent(size: str) -> None:
    async with caller() as org:
        options = f"<QueryOptions><batchSize>{size}</batchSize></QueryOptions>"
        query = "<query><queryString>SELECT Id FROM Lead</queryString></query>"
        response = await org.soap(query, headers=options)

    assert "<done>true</done>" in response.text


@pytest.mark.parametrize("encoding", ["nope", "utf-16", "utf-7", "", "idna", "base64"])
async def test_xml_in_an_encoding_that_nobody_knows_is_refused(encoding: str) -> None:
    content = f"<?xml version='1.0' encoding='{encoding}'?><Lead><LastName>x</LastName></Lead>".encode()
    async with caller() as org:
        authorized = {**org.bearer, "X-SFDC-Session": org.access_token}
        for path in ("/services/data/v59.0/sobjects/Lead", "/services/async/59.0/job", "/services/Soap/u/59.0"):
            headers = {**authorized, "Content-Type": "application/xml", "Accept": "application/xml"}
            response = await org.http.post(path, headers=headers, content=content)
            assert response.status_code == (500 if "Soap" in path else 400)


@settings(QUICK, max_examples=40)
@given(text=formulas, returns=st.sampled_from(get_args(FormulaType)), employees=st.none() | st.integers(0, 9))
async def test_any_text_is_a_formula_or_refused(text: str, returns: str, employees: int | None) -> None:
    custom = [
        {"name": "Score__c", "type": "double"},
        {"name": "Made__c", "type": "formula", "returns": returns, "formula": text or "?"},
    ]
    rules = [{"name": "r", "formula": text or "?", "message": "no"}]
    lead = {"LastName": "x", "Company": "y", "NumberOfEmployees": employees}
    async with caller() as org:
        for made in ({"custom_fields": custom}, {"custom_fields": custom[:1], "validation_rules": rules}):
            answer = await org.http.patch("/_sim/org", json=made)
            assert answer.status_code in (200, 400)
            check(await org.send("POST", "/sobjects/Lead", json=lead))
            check(await org.send("GET", "/query?q=SELECT+FIELDS(ALL)+FROM+Lead+ORDER+BY+Made__c+LIMIT+20"))
        await org.change_org(custom_fields=[], validation_rules=[])


def teardown_module() -> None:
    SIMULATOR.close()
