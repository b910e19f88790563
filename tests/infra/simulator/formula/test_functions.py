"""What each function and operator of a formula is worth."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from infra.simulator.formula.errors import EvaluationError
from infra.simulator.formula.values import Type
from tests.infra.simulator.formula.records import Given, formula

TYPES = {str: Type.TEXT, bool: Type.BOOLEAN, int: Type.NUMBER, float: Type.NUMBER, date: Type.DATE}
RECORD = {
    "Company": "Acme, Inc.",
    "Status": "Working - Contacted",
    "Score__c": 7.25,
    "Share__c": 50,
    "Visited__c": "2026-01-31",
    "Called__c": "2026-03-16T21:30:00.000+0000",
    "Topics__c": "Price;Support",
    "OwnerId": "00500000000000AAAA",
    "IsUnreadByOwner": True,
    "$User.Username": "demo@example.com",
    "Owner:User.Username": "seller@example.com",
}
TABLE: list[tuple[str, Any]] = [
    ("1 + 2 * 3 ^ 2 - -4", 23),
    ("(1 + 2) * 3 / 2", 4.5),
    ("0.1 + 0.2 = 0.3", True),
    ("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 <> 2 && 1 != 2 && 1 == 1", True),
    ("!(1 = 2) || FALSE", True),
    ('"a" & "b" + "c"', "abc"),
    ("'it\\'s' & \"\\\"\"", "it's\""),
    ("/* nothing */ 1 /* else */", 1),
    ("AND(TRUE, FALSE)", False),
    ("AND(FALSE, 1 / 0 = 1)", False),
    ("OR(FALSE, TRUE)", True),
    ("NOT(FALSE)", True),
    ('IF(Score__c > 7, "high", "low")', "high"),
    ('CASE(Status, "Open", 1, "Working - Contacted", 2, 0)', 2),
    ('CASE(MONTH(Visited__c), 1, "Jan", "other")', "Jan"),
    ("ISBLANK(Company) || ISBLANK(Phone) && ISNULL(Phone)", False),
    ('BLANKVALUE(Phone, "none")', "none"),
    ("NULLVALUE(AnnualRevenue, 5)", 5),
    ('ISPICKVAL(Status, "Working - Contacted")', True),
    ('TEXT(Status) & TEXT(Score__c) & TEXT(Visited__c) & TEXT(1.50)', "Working - Contacted7.252026-01-311.5"),
    ("TEXT(Called__c)", "2026-03-16 21:30:00Z"),
    ('VALUE("12.5") + VALUE("-2")', 10.5),
    ('ISNUMBER("1.2") && NOT(ISNUMBER("1.2.3")) && NOT(ISNUMBER("")) && NOT(ISNUMBER("one"))', True),
    ("LEN(Company)", 10),
    ('CONTAINS(Company, "cm") && CONTAINS(Company, "") && NOT(CONTAINS(Company, "CM"))', True),
    ('BEGINS(Company, "Ac")', True),
    ('INCLUDES(Topics__c, "Support") && NOT(INCLUDES(Topics__c, "Supp"))', True),
    ('FIND(",", Company)', 5),
    ('FIND("c", Company, 3) + FIND("x", Company)', 9),
    ("LEFT(Company, 4) & RIGHT(Company, 4) & MID(Company, 2, 2)", "AcmeInc.cm"),
    ("LEFT(Company, -1) & RIGHT(Company, 0)", ""),
    ('UPPER("ab") & LOWER("AB") & TRIM("  x ")', "ABabx"),
    ('SUBSTITUTE(Company, "c", "kk")', "Akkme, Inkk."),
    ('LPAD("7", 3, "0") & RPAD("7", 3, "ab") & LPAD("long", 2)', "0077ablo"),
    ('REGEX("ab12", "[a-z]+\\\\d{2}") && NOT(REGEX("ab123", "[a-z]+\\\\d{2}"))', True),
    ('REGEX("a@b.co", "^[\\\\w.+-]+@(?:\\\\w+\\\\.)+[a-z]{2,4}$")', True),
    ('REGEX("é", "[^\\\\w]") && NOT(REGEX("é", "(?i)É")) && REGEX("e", "(?i)E")', True),
    ("ABS(-3)", 3),
    ("ROUND(2.5, 0) + ROUND(-2.5, 0) * 10 + ROUND(1.255, 2)", -25.74),
    ("ROUND(1250, -2)", 1300),
    ("CEILING(-2.5) * 10 + FLOOR(-2.5)", -32),
    ("MCEILING(-2.5) * 10 + MFLOOR(-2.5)", -23),
    ("MAX(1, 3, 2) * 10 + MIN(4, 2)", 32),
    ("MOD(7, 3) * 10 + MOD(-7, 3)", 9),
    ("SQRT(16)", 4),
    ("TODAY()", date(2026, 3, 17)),
    ("TODAY() - Visited__c", 45),
    ("Visited__c + 1", date(2026, 2, 1)),
    ("NOW() - Called__c", 0.5),
    ("DATE(2026, 2, 3)", date(2026, 2, 3)),
    ('DATEVALUE("2026-02-03") = DATE(2026, 2, 3) && DATEVALUE(Called__c) = DATE(2026, 3, 16)', True),
    ('DATETIMEVALUE("2026-03-16 21:30:00") = Called__c', True),
    ("YEAR(Visited__c) * 10000 + MONTH(Visited__c) * 100 + DAY(Visited__c)", 20260131),
    ("WEEKDAY(DATE(2026, 3, 15)) * 10 + WEEKDAY(TODAY())", 13),
    ("ADDMONTHS(Visited__c, 1)", date(2026, 2, 28)),
    ("ADDMONTHS(DATE(2026, 2, 28), 12)", date(2027, 2, 28)),
    ("ADDMONTHS(DATE(2027, 11, 30), -9)", date(2027, 2, 28)),
    ("Share__c * 4", 2),
    ("OwnerId", "00500000000000A"),
    ("CASESAFEID(OwnerId)", "00500000000000AAAQ"),
    ('$User.Username & " " & Owner:User.Username', "demo@example.com seller@example.com"),
    ('HYPERLINK("https://a.example/?a&b", "A & B")',
     '<a href="https://a.example/?a&amp;b" target="_blank">A &amp; B</a>'),
    ('"a" & BR() & "b"', "a<br>b"),
    ("IsUnreadByOwner", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), TABLE, ids=[text for text, _ in TABLE])
def test_a_formula_has_this_value(text: str, value: Any) -> None:
    found = formula(text, TYPES[type(value)]).evaluate(Given(RECORD))

    assert found == (Decimal(str(value)) if type(value) in (int, float) else value)


NULLS: list[tuple[str, Type, Any, Any]] = [
    # formula, type, value where null stays null, value where null numbers are zero
    ("AnnualRevenue + 1", Type.NUMBER, None, 1),
    ("AnnualRevenue > 1", Type.BOOLEAN, None, False),
    ("AnnualRevenue < 1", Type.BOOLEAN, None, True),
    ("NOT(AnnualRevenue > 1)", Type.BOOLEAN, None, True),
    ("AnnualRevenue = NULL", Type.BOOLEAN, None, None),
    ("IF(AnnualRevenue > 1, 'a', 'b')", Type.TEXT, "b", "b"),
    ("ISBLANK(AnnualRevenue)", Type.BOOLEAN, True, False),
    ("ISNULL(AnnualRevenue)", Type.BOOLEAN, True, False),
    ("BLANKVALUE(AnnualRevenue, 7)", Type.NUMBER, 7, 0),
    ("OR(AnnualRevenue > 1, TRUE)", Type.BOOLEAN, True, True),
    ("OR(AnnualRevenue > 1, FALSE)", Type.BOOLEAN, None, False),
    ("AND(AnnualRevenue > 1, FALSE)", Type.BOOLEAN, False, False),
    ("TEXT(AnnualRevenue)", Type.TEXT, "", "0"),
    ("MAX(AnnualRevenue, 1)", Type.NUMBER, None, 1),
    ("Phone & 'x'", Type.TEXT, "x", "x"),
    ("Phone = ''", Type.BOOLEAN, True, True),
    ("Phone = NULL", Type.BOOLEAN, True, True),
    ("Phone <> 'x'", Type.BOOLEAN, True, True),
    ("ISNULL(Phone)", Type.BOOLEAN, False, False),
    ("ISBLANK(Phone)", Type.BOOLEAN, True, True),
    ("NULLVALUE(Phone, 'x')", Type.TEXT, "", ""),
    ("LEN(Phone)", Type.NUMBER, 0, 0),
    ("CONTAINS(Phone, 'x')", Type.BOOLEAN, False, False),
    ("VALUE(Phone)", Type.NUMBER, None, None),
    ("ISPICKVAL(Rating, '')", Type.BOOLEAN, True, True),
    ("ISBLANK(TEXT(Rating))", Type.BOOLEAN, True, True),
    ("CASE(Rating, 'Hot', 1, NULL, 2, 3)", Type.NUMBER, 2, 2),
    ("ISBLANK(Topics__c) && ISNULL(Topics__c)", Type.BOOLEAN, True, True),
    ("Visited__c + 1", Type.DATE, None, None),
    ("TODAY() - Visited__c", Type.NUMBER, None, None),
    ("YEAR(Visited__c)", Type.NUMBER, None, None),
    ("IsUnreadByOwner", Type.BOOLEAN, False, False),
    ("NULL", Type.NUMBER, None, None),
]


@pytest.mark.parametrize(("text", "kind", "blank", "zero"), NULLS, ids=[row[0] for row in NULLS])
def test_what_is_empty_is_null_or_zero(text: str, kind: Type, blank: Any, zero: Any) -> None:
    assert formula(text, kind).evaluate(Given()) == blank
    assert formula(text, kind, nulls_as_zero=True).evaluate(Given()) == zero


@pytest.mark.parametrize(
    ("text", "on_create", "unchanged", "changed"),
    [
        ("ISNEW()", True, False, False),
        ("ISCHANGED(Rating)", False, False, True),
        ("ISPICKVAL(PRIORVALUE(Rating), 'Hot')", True, True, False),
    ],
)
def test_a_formula_knows_what_was_before(text: str, on_create: bool, unchanged: bool, changed: bool) -> None:
    compiled = formula(text, Type.BOOLEAN)
    hot, cold = {"Rating": "Hot"}, {"Rating": "Cold"}

    assert compiled.evaluate(Given(hot)) is on_create
    assert compiled.evaluate(Given(hot, before=hot)) is unchanged
    assert compiled.evaluate(Given(hot, before=cold)) is changed


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "MOD(1, 0)",
        "SQRT(-1)",
        "10 ^ 1000000",
        "(-8) ^ 0.5",
        'VALUE("one")',
        "LEN(TEXT(DATE(2026, 2, 30)))",
        'DATEVALUE("soon") - TODAY()',
        "ADDMONTHS(TODAY(), 1000000000) - TODAY()",
        "TODAY() + 99999999 - TODAY()",
        "YEAR(DATE(9999, 12, 31) + 1)",
        "ROUND(1, 1000)",
        'LEN(LPAD("x", 99999999))',
        'LEN(LPAD("x", 150000) & LPAD("x", 150000))',
        'LEN(SUBSTITUTE(LPAD("x", 150000), " ", "  "))',
        'LEN(UPPER(LPAD("ß", 150000, "ß")))',
        'LEN(HYPERLINK("x", LPAD("<", 150000, "<")))',
        'IF(REGEX("a", "(a"), 1, 2)',
        'IF(REGEX("a", "(?=a)a"), 1, 2)',
        'IF(REGEX("a", "a{2000}{9}"), 1, 2)',
    ],
)
def test_what_has_no_value_is_a_typed_error(text: str) -> None:
    with pytest.raises(EvaluationError):
        formula(text, Type.NUMBER).evaluate(Given())


def test_the_time_is_that_of_the_org() -> None:
    assert formula("NOW()", Type.DATETIME).evaluate(Given()) == datetime(2026, 3, 17, 9, 30, tzinfo=timezone.utc)
