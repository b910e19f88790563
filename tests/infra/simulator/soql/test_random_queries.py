"""SOQL: whatever is asked, the answer is records or a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.simulator.instance.context import Context
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.rest.query_columns import query_columns
from infra.simulator.schema.errors import SalesforceError
from infra.simulator.setup.custom_fields import CustomField
from infra.simulator.soql.expressions import AGGREGATES, DATE_FUNCTIONS, PLAIN_FUNCTIONS
from infra.simulator.soql.grammar import GRAMMAR
from tests.infra.simulator.conftest import Clock, bare_org

QUERIES = """
SELECT Id , Name , Owner.Name , CreatedBy.Email FROM Lead l WHERE l.Email = 'a' AND ( NOT City LIKE 'b%' ) ORDER BY Name
SELECT FIELDS( STANDARD ) FROM Account WHERE Id IN ( SELECT AccountId FROM Contact ) LIMIT 5 OFFSET 1
SELECT Id , ( SELECT Id , ( SELECT LastName FROM Contacts ) FROM ChildAccounts LIMIT 2 ) FROM Account USING SCOPE mine
SELECT TYPEOF Owner WHEN User THEN Id , Name WHEN Group THEN Type ELSE Name END FROM Lead WHERE Owner.Type = 'User'
SELECT Industry i , COUNT( Id ) n , FORMAT( MAX( AnnualRevenue ) ) FROM Lead GROUP BY Industry HAVING COUNT( Id ) > 0
SELECT City , GROUPING( City ) , SUM( NumberOfEmployees ) FROM Lead GROUP BY ROLLUP( City , Status )
SELECT CALENDAR_YEAR( CreatedDate ) , City FROM Lead GROUP BY CUBE( CALENDAR_YEAR( CreatedDate ) , City ) ORDER BY City
SELECT DISTANCE( Address , GEOLOCATION( 3.7 , -1.4 ) , 'mi' ) FROM Lead WHERE DISTANCE( Address , Address , 'km' ) < 5
SELECT a.Name , c.LastName FROM Contact c , c.Account a WHERE a.Owner.Name != null AND c.Email LIKE '_%' LIMIT 9
SELECT toLabel( Status ) , FORMAT( CreatedDate ) , Address FROM Lead WHERE toLabel( Status ) IN ( 'a' , null ) FOR VIEW
SELECT COUNT() FROM Lead WHERE CreatedDate = LAST_N_DAYS:3 OR IsConverted = true OR AnnualRevenue >= USD5.5
SELECT COUNT_DISTINCT( Name ) , MIN( CloseDate ) FROM Opportunity WHERE Tags__c INCLUDES ( 'A;B' ) AND CloseDate > TODAY
"""
KEYWORDS = re.findall(r'"([A-Z_]+)"i', GRAMMAR)
FUNCTIONS = [f"{name}(" for name in (*AGGREGATES, *PLAIN_FUNCTIONS, *DATE_FUNCTIONS)]
FUNCTIONS += ["GROUPING(", "ROLLUP(", "DISTANCE(", "convertTimezone(", "NOSUCH("]
NAMES, VALUES, OPERATORS, SIGNS = map(
    str.split,
    (
        "Id IsDeleted Amount AnnualRevenue NumberOfEmployees Description Address BillingAddress Tags__c Flag__c "
        "Owner OwnerId Owner.Name Owner.Id Owner.Type Owner.Profile.Name CreatedBy.CreatedBy.Name l.City ParentId "
        "Status Account.Owner.Name CloseDate CreatedDate SystemModstamp Nope Contacts Lead User Group LeadStatus "
        "LeadHistory RecordType Organization Opportunity Contact Opens__c",
        r"'x' '00Q' '\u0041' '\ud800' '' '%' -1 0 5.5 1e400 99999999999999999999 2026-01-31 2026-02-30 USD9 "
        "2026-03-17T09:30:00Z 2026-03-17T24:00:00+15 NEXT_N_YEARS:9999 LAST_N_DAYS:1 THIS_FISCAL_QUARTER SOMEDAY null "
        "true 10:00:00Z 'mi'",
        "= != <> < <= > >= LIKE",
        ", ( ) . ' \\ : ; *",
    ),
)
VOCABULARY = [*KEYWORDS, *FUNCTIONS, *NAMES, *VALUES, *OPERATORS, *SIGNS]
FIELDS = (
    CustomField(name="Tags__c", type="multipicklist", values=("A", "B", "C")),
    CustomField(name="Tags__c", object="Opportunity", type="multipicklist", values=("A", "B", "C")),
    CustomField(name="Flag__c", type="boolean"),
    CustomField(name="Opens__c", type="time"),
)

words = st.sampled_from(VOCABULARY)


def alike(word: str) -> list[str]:
    """Words that can stand where this one does."""
    if word in SIGNS:
        return [word]
    kinds = (KEYWORDS, FUNCTIONS, VALUES, OPERATORS)
    return next((kind for kind in kinds if word.upper() in map(str.upper, kind)), NAMES)


def status(ask: Callable[..., Any], *arguments: Any) -> int:
    try:
        ask(*arguments)
    except SalesforceError as refused:
        return refused.status
    return 200


@st.composite
def changed_queries(draw: st.DrawFn) -> str:
    """A query that makes sense, with some of its words changed, moved, doubled or lost."""
    query = draw(st.sampled_from(QUERIES.strip().split("\n"))).split()
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(st.integers(0, len(query))), draw(st.integers(0, len(query)))))
        match draw(st.sampled_from(["replace", "replace", "insert", "lose", "double", "move"])):
            case "replace":
                query[start : start + 1] = [draw(st.sampled_from(alike(word))) for word in query[start : start + 1]]
            case "insert":
                query.insert(start, draw(words))
            case "lose":
                del query[start : min(end, start + 3)]
            case "double":
                query[start:start] = query[start:end]
            case _:
                query = query[:start] + query[end:] + query[start:end]
    return " ".join(query)


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    with bare_org(Clock()) as context:
        org = context.org
        org.change(org.settings.model_copy(update={"custom_fields": FIELDS}))
        options = WriteOptions(org.user.id)
        for number in range(3):
            lead = {"LastName": f"L{number}", "Company": "Acme", "City": "Rome", "Latitude": number, "Longitude": 1}
            context.records.create(org.objects["lead"], {**lead, "Tags__c": "A;B"}, options)
            context.records.create(org.objects["account"], {"Name": f"A{number}"}, options)
        yield context


@settings(max_examples=200, deadline=None)
@given(query=changed_queries() | st.lists(words, max_size=20).map(lambda words: " ".join(["SELECT", *words])))
def test_any_words_find_records_or_are_refused(context: Context, query: str) -> None:
    answered = status(context.queries.run, query, "")

    assert answered in (200, 400)
    assert status(context.queries.explain, query) == answered
    assert status(query_columns, context.org, query) == answered


@pytest.mark.parametrize("query", QUERIES.strip().split("\n"))
def test_the_queries_they_are_made_from_are_good(context: Context, query: str) -> None:
    assert context.queries.run(query, "").total >= 0
