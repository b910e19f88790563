"""SOQL answers what a plain reading of the same condition answers."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.simulator.instance.context import Context
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.setup.custom_fields import CustomField
from tests.infra.simulator.conftest import Clock, bare_org

Row = dict[str, Any]

TEXTS = ["Acme", "acme", "ACME Corp", "Ärzte", "ärzte", "it's", "back\\slash", "100%", "a_b", 'say "x"', "Žižek", "x"]
NUMBERS = [-5, 0, 1, 7, 7.5, 1000]
DAYS = ["2026-01-31", "2026-02-01", "2026-03-17", "2025-12-31"]
MOMENTS = ["2026-03-17T09:30:00.000+0000", "2026-03-17T00:00:00.000+0000", "2026-03-16T23:59:59.000+0000"]
FIELDS = (
    CustomField(name="Text__c"),
    CustomField(name="Number__c", type="double"),
    CustomField(name="Flag__c", type="boolean"),
    CustomField(name="Day__c", type="date"),
    CustomField(name="Moment__c", type="datetime"),
)
ALL = ", ".join(("Id", *(field.name for field in FIELDS)))


@dataclass(frozen=True)
class Condition:
    """A condition as SOQL, and as a person would read it."""

    soql: str
    holds: Callable[[Row], bool]

    def __repr__(self) -> str:
        return self.soql


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def folded(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def by(field: str) -> Callable[[Row], Any]:
    return lambda row: folded(row[field])


def soql(value: Any, field: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value) if field == "Text__c" else value.replace("+0000", "Z")
    return str(value)


def compared(field: str, operator: str, value: Any) -> Condition:
    def holds(row: Row) -> bool:
        own, other = folded(row[field]), folded(value)
        if field == "Flag__c" and other is None:
            other = False
        if operator in ("=", "!="):
            return bool((own == other) == (operator == "="))
        if own is None or other is None:
            return False
        return bool({"<": own < other, "<=": own <= other, ">": own > other, ">=": own >= other}[operator])

    return Condition(f"{field} {operator} {soql(value, field)}", holds)


def listed(field: str, values: list[Any], negated: bool) -> Condition:
    wanted = {folded(value) for value in values}
    text = f"{field} {'NOT ' if negated else ''}IN ({', '.join(soql(value, field) for value in values)})"
    return Condition(text, lambda row: (folded(row[field]) in wanted) != negated)


def like(parts: list[str]) -> Condition:
    """The parts are `%`, `_`, or text to be taken as it is."""
    pattern = "".join({"%": ".*", "_": "."}.get(part, re.escape(folded(part))) for part in parts)
    text = "".join(part if part in "%_" else re.sub(r"([\\'%_])", r"\\\1", part) for part in parts)

    def holds(row: Row) -> bool:
        own = row["Text__c"]
        return own is not None and re.fullmatch(pattern, folded(own), re.DOTALL) is not None

    return Condition(f"Text__c LIKE '{text}'", holds)


RADIUS = {"km": 6371.0088, "mi": 3958.7613}


def on_sphere(latitude: float, longitude: float) -> tuple[float, float, float]:
    """A place as a point of a sphere of radius 1."""
    north, east = math.radians(latitude), math.radians(longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def negated(condition: Condition) -> Condition:
    return Condition(f"(NOT {condition.soql})", lambda row: not condition.holds(row))


def joined(operator: str, parts: list[Condition]) -> Condition:
    every = all if operator == "AND" else any
    text = f"({f' {operator} '.join(part.soql for part in parts)})"
    return Condition(text, lambda row: every(part.holds(row) for part in parts))


orders = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
values = {
    "Text__c": st.sampled_from([*TEXTS, "nothing"]),
    "Number__c": st.sampled_from([*NUMBERS, 3]),
    "Day__c": st.sampled_from([*DAYS, "2026-02-28"]),
    "Moment__c": st.sampled_from(MOMENTS),
}
comparisons = st.one_of(
    *(st.builds(compared, st.just(field), orders, value) for field, value in values.items()),
    *(st.builds(compared, st.just(field), st.sampled_from(["=", "!="]), st.none()) for field in values),
    *(
        st.builds(listed, st.just(field), st.lists(value | st.none(), min_size=1, max_size=4), st.booleans())
        for field, value in values.items()
    ),
    st.builds(compared, st.just("Flag__c"), st.sampled_from(["=", "!="]), st.sampled_from([True, False, None])),
    st.builds(like, st.lists(st.sampled_from(["%", "_", "acme", "a", "%", "\\", "'", "ä", "100%", "a_b"]), max_size=5)),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(negated, inner),
        st.builds(joined, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    """Leads with all kinds of values, and with none."""
    with bare_org(Clock()) as context:
        context.org.change(context.org.settings.model_copy(update={"custom_fields": FIELDS}))
        random = Random(2)
        columns = ([None, *TEXTS], [None, *NUMBERS], [True, False], [None, *DAYS], [None, *MOMENTS])
        for chosen in random.sample([*product(*columns)], 60):
            fields = dict(zip((field.name for field in FIELDS), chosen, strict=True))
            latitude, longitude = random.choice([(None, None), (random.uniform(-90, 90), random.uniform(-180, 180))])
            place = {"Latitude": latitude, "Longitude": longitude}
            lead = {"LastName": "x", "Company": "y", **fields, **place}
            context.records.create(context.org.objects["lead"], lead, WriteOptions(context.org.user.id))
        yield context


def rows_of(context: Context, rest: str = "") -> list[Row]:
    return context.queries.run(f"SELECT {ALL} FROM Lead{rest}", "").records


@settings(max_examples=150, deadline=None)
@given(condition=conditions)
def test_a_condition_finds_the_records_for_which_it_holds(context: Context, condition: Condition) -> None:
    expected = [row["Id"] for row in rows_of(context) if condition.holds(row)]

    assert [row["Id"] for row in rows_of(context, f" WHERE {condition.soql}")] == expected
    counted = context.queries.run(f"SELECT COUNT() FROM Lead WHERE {condition.soql}", "")
    assert counted.total == len(expected)


@settings(max_examples=60, deadline=None)
@given(
    orders=st.lists(st.tuples(st.sampled_from([*values]), st.booleans(), st.booleans()), min_size=1, max_size=3),
    limit=st.integers(0, 70),
    offset=st.integers(0, 70),
)
def test_records_come_in_the_order_asked_for(
    context: Context, orders: list[tuple[str, bool, bool]], limit: int, offset: int
) -> None:
    expected = sorted(rows_of(context), key=lambda row: str(row["Id"]), reverse=orders[-1][1])
    for field, descending, nulls_last in reversed(orders):
        empty = [row for row in expected if row[field] is None]
        filled = [row for row in expected if row[field] is not None]
        filled.sort(key=by(field), reverse=descending)
        expected = filled + empty if nulls_last else empty + filled

    clause = ", ".join(
        f"{field} {'DESC' if descending else 'ASC'} NULLS {'LAST' if last else 'FIRST'}"
        for field, descending, last in orders
    )
    found = rows_of(context, f" ORDER BY {clause} LIMIT {limit} OFFSET {offset}")

    assert [row["Id"] for row in found] == [row["Id"] for row in expected[offset : offset + limit]]


@settings(max_examples=100, deadline=None)
@given(condition=conditions, field=st.sampled_from(["Text__c", "Day__c", "Flag__c"]), least=st.integers(0, 4))
def test_groups_are_counted_and_summed(context: Context, condition: Condition, field: str, least: int) -> None:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows_of(context):
        if condition.holds(row):
            groups[folded(row[field])].append(row)
    expected = {}
    for group, rows in groups.items():
        numbers = [row["Number__c"] for row in rows if row["Number__c"] is not None]
        if len(rows) > least:
            expected[group] = (len(rows), len(set(numbers)), sum(numbers) if numbers else None)

    found = context.queries.run(
        f"SELECT {field} g, COUNT(Id) n, COUNT_DISTINCT(Number__c) d, SUM(Number__c) s FROM Lead "
        f"WHERE {condition.soql} GROUP BY {field} HAVING COUNT(Id) > {least}",
        "",
    ).records

    assert {folded(row["g"]): (row["n"], row["d"], row["s"]) for row in found} == expected


@settings(max_examples=100, deadline=None)
@given(
    condition=conditions,
    fields=st.lists(st.sampled_from(["Text__c", "Day__c", "Flag__c"]), min_size=1, max_size=3, unique=True),
    kind=st.sampled_from(["ROLLUP", "CUBE"]),
    least=st.integers(0, 4),
)
def test_subtotals_are_those_of_fewer_groups(
    context: Context, condition: Condition, fields: list[str], kind: str, least: int
) -> None:
    kept = [fields[:size] for size in range(len(fields) + 1)]
    if kind == "CUBE":
        kept = [list(chosen) for size in range(len(fields) + 1) for chosen in combinations(fields, size)]
    groups: Counter[tuple[Any, ...]] = Counter()
    for row, level in product(filter(condition.holds, rows_of(context)), kept):
        groups[tuple((folded(row[field]), 0) if field in level else (None, 1) for field in fields)] += 1
    expected = {group: count for group, count in groups.items() if count > least}

    selected = ", ".join(f"{field} v{place}, GROUPING({field}) g{place}" for place, field in enumerate(fields))
    found = context.queries.run(
        f"SELECT {selected}, COUNT(Id) n FROM Lead WHERE {condition.soql} GROUP BY {kind}({', '.join(fields)}) "
        f"HAVING COUNT(Id) > {least}",
        "",
    ).records

    places = range(len(fields))
    assert {
        tuple((folded(row[f"v{place}"]), row[f"g{place}"]) for place in places): row["n"] for row in found
    } == expected
    assert len(found) == len(expected)


@settings(max_examples=100, deadline=None)
@given(
    latitude=st.floats(-90, 90).map(lambda degrees: round(degrees, 3)),
    longitude=st.floats(-180, 180).map(lambda degrees: round(degrees, 3)),
    radius=st.integers(1, 20_000),
    unit=st.sampled_from(["mi", "km"]),
)
def test_a_circle_holds_what_is_near(
    context: Context, latitude: float, longitude: float, radius: int, unit: str
) -> None:
    distance = f"DISTANCE(Address, GEOLOCATION({latitude}, {longitude}), '{unit}')"
    everything = context.queries.run(f"SELECT Id, Latitude, Longitude, {distance} d FROM Lead", "").records
    inside = context.queries.run(f"SELECT Id FROM Lead WHERE {distance} < {radius}", "").records
    outside = context.queries.run(f"SELECT Id FROM Lead WHERE {distance} > {radius}", "").records

    for lead in everything:
        if lead["Latitude"] is None:
            assert lead["d"] is None
        else:
            own, other = on_sphere(lead["Latitude"], lead["Longitude"]), on_sphere(latitude, longitude)
            chord = math.dist(own, other)
            assert lead["d"] == pytest.approx(2 * math.asin(min(1.0, chord / 2)) * RADIUS[unit], abs=0.01)
    assert [lead["Id"] for lead in inside] == [lead["Id"] for lead in everything if (lead["d"] or math.inf) < radius]
    assert [lead["Id"] for lead in outside] == [lead["Id"] for lead in everything if (lead["d"] or 0) > radius]
