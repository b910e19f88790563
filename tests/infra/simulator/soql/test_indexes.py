"""What is indexed is found without looking at every record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from infra.simulator.instance.context import Context
from infra.simulator.org.storage import equals
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.setup.custom_fields import CustomField
from infra.simulator.soql.grouping import group_plan
from infra.simulator.soql.parser import parse
from infra.simulator.soql.plan import plan


@pytest.fixture
def leads(context: Context) -> Context:
    org = context.org
    lookup = CustomField(name="Partner__c", type="reference", to="Account")
    org.change(org.settings.model_copy(update={"unique_external_id": "Key__c", "custom_fields": (lookup,)}))
    for number in range(300):
        lead = {"LastName": "x", "Company": "y", "Email": f"{number}@example.com", "Key__c": str(number)}
        context.records.create(org.objects["lead"], lead, WriteOptions(org.user.id))
    return context


def steps(context: Context, rest: str) -> str:
    """How SQLite goes about a query."""
    ready = plan(context.org, parse(f"SELECT Id, Name, Owner.Name FROM Lead {rest}"))
    return explained(context, ready.rows_sql(at_most=50), ready.values)


def explained(context: Context, sql: str, values: Sequence[Any]) -> str:
    rows = context.org.tables.database.execute(f"EXPLAIN QUERY PLAN {sql}", values)
    return "; ".join(row[3] for row in rows)


@pytest.mark.parametrize(
    "rest",
    [
        "WHERE Id = '00QA10000000001'",
        "WHERE Id IN ('00QA10000000001', '00QA10000000002')",
        "WHERE Email = 'A@example.com'",
        "WHERE Email = 'a@example.com' AND IsConverted = false ORDER BY CreatedDate, Id",
        "WHERE Email IN ('a@example.com', 'b@example.com')",
        "WHERE Key__c = 'k'",
        "WHERE Name = 'ÉMILE'",
        "WHERE Partner__c = '001A10000000001IAA'",
        "WHERE Email = null",
        "WHERE CreatedDate > TODAY ORDER BY CreatedDate",
        "WHERE LastModifiedDate >= 2026-01-01T00:00:00Z ORDER BY LastModifiedDate, Id LIMIT 50",
        "WHERE SystemModstamp >= 2026-01-01T00:00:00Z ORDER BY SystemModstamp LIMIT 50",
    ],
)
def test_indexed_fields_lead_straight_to_the_records(leads: Context, rest: str) -> None:
    assert "SEARCH t0 USING" in steps(leads, rest)
    assert "SCAN t0" not in steps(leads, rest)


@pytest.mark.parametrize("name", ["Email", "Name", "Key__c"])
def test_records_are_named_by_a_key_without_looking_at_every_one(leads: Context, name: str) -> None:
    field = leads.org.objects["lead"].field(name)
    assert field is not None

    sql = f"SELECT Id FROM {leads.org.tables.name('Lead')} WHERE {equals(field)} AND IsDeleted = 0"

    assert explained(leads, sql, ("K",)).startswith("SEARCH")


def test_records_that_share_an_email_are_found_in_its_order(leads: Context) -> None:
    soql = "SELECT Email, COUNT(Id) FROM Lead WHERE IsConverted = false GROUP BY Email HAVING COUNT(Id) > 1"
    ready = group_plan(leads.org, parse(soql))

    assert "USE TEMP B-TREE FOR GROUP BY" not in explained(leads, ready.sql, ready.values)


@pytest.mark.parametrize(
    "order",
    ["Name", "Name DESC", "CreatedDate DESC", "LastModifiedDate", "LastModifiedDate DESC, Id DESC", "Id"],
)
def test_the_latest_records_are_not_sorted_out_of_all(leads: Context, order: str) -> None:
    assert "TEMP B-TREE" not in steps(leads, f"WHERE IsConverted = false ORDER BY {order} LIMIT 50")
