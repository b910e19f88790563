"""What compiles and what does not."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.simulator.formula.errors import EvaluationError, FormulaError
from infra.simulator.formula.formula import compiled
from infra.simulator.formula.regex import matches
from infra.simulator.formula.values import Type
from infra.simulator.schema.lead import LEAD
from tests.infra.simulator.formula.records import Given, formula
from tests.infra.simulator.formula.strategies import formulas

REFUSED: list[tuple[str, str]] = [
    ("", "Syntax error. Found end of formula"),
    ("AND(TRUE, FALSE", "Syntax error. Missing ')'"),
    ("AND(TRUE, FALSE))", "Syntax error. Extra ')'"),
    ("1 = ", "Syntax error. Found end of formula"),
    ("Rating # 'Hot'", "Syntax error. Found '#'"),
    ("Nope__c = 'x'", "Field Nope__c does not exist. Check spelling."),
    ("Owner.Name = 'x'", "Field Owner.Name does not exist. Check spelling."),
    ("$Permission.Bypass", "Field $Permission.Bypass does not exist. Check spelling."),
    ("$User = 'x'", "Field $User does not exist. Check spelling."),
    ("MINIMUM(1, 2) = 1", "Unknown function MINIMUM. Check spelling."),
    ("LEFT(Company) = 'x'", "Incorrect number of parameters for function 'LEFT()'. Expected 2, received 1"),
    ("ISNEW(Company)", "Incorrect number of parameters for function 'ISNEW()'. Expected 0, received 1"),
    ("CASE(1, 2, TRUE, 3, FALSE)", "Incorrect number of parameters for function 'CASE()'. Expected 6, received 5"),
    ("LEFT(1, 2) = 'x'", "Incorrect parameter type for function 'LEFT()'. Expected Text, received Number"),
    ("AND(Company)", "Incorrect parameter type for function 'AND()'. Expected Boolean, received Text"),
    ("ISPICKVAL(Title, 'x')", "Incorrect parameter type for function 'ISPICKVAL()'. Expected Picklist, received Text"),
    ("IF(TRUE, 1, 'x') = 1", "Incorrect parameter type for function 'IF()'. Expected Number, received Text"),
    ("Company = 1", "Incorrect parameter type for operator '='. Expected Text, received Number"),
    ("CreatedDate = TODAY()", "Incorrect parameter type for operator '='. Expected DateTime, received Date"),
    ("Company & 1 = 'x'", "Incorrect parameter type for operator '&'. Expected Text, received Number"),
    ("Company > 'x'", "Incorrect parameter type for operator '>'. Expected Number, Date, DateTime, received Text"),
    ("TODAY() + TODAY() = 1", "Incorrect parameter type for operator '+'. Expected Number, received Date"),
    ("Rating = 'Hot'", "Field Rating is a picklist field. Picklist fields are only supported in certain functions."),
    ("ISBLANK(Rating)", "Field Rating is a picklist field. Picklist fields are only supported in certain functions."),
    ("LEN(Rating) = 1", "Field Rating is a picklist field. Picklist fields are only supported in certain functions."),
    ("Rating", "Field Rating is a picklist field. Picklist fields are only supported in certain functions."),
    ("ISBLANK(Address)", "Field Address may not be used in this type of formula"),
    ("ISBLANK(Secret__c)", "Field Secret__c may not be used in this type of formula"),
    ("Company", "Formula result is data type (Text), incompatible with expected data type (true or false)."),
    ("PRIORVALUE(Owner:User.Name) = 'x'", "Function 'PRIORVALUE()' takes a field of the record itself"),
    ("GETSESSIONID() = 'x'", "Unknown function GETSESSIONID. Check spelling."),
    ("NOT(" * 60 + "TRUE" + ")" * 60, "Formula is too complex"),
    ("!" * 500 + "TRUE", "Formula is too complex"),
    ("Company = '" + "x" * 3900 + "'", "Formula is too long (3,912 characters). Maximum length is 3,900 characters."),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text[:40] for text, _ in REFUSED])
def test_what_does_not_compile_says_why(text: str, message: str) -> None:
    with pytest.raises(FormulaError, match="^" + re.escape(message)):
        formula(text, Type.BOOLEAN)


@pytest.mark.parametrize(
    "text",
    [
        "ISNEW()",
        "ISCHANGED(Rating)",
        "ISPICKVAL(PRIORVALUE(Rating), 'Hot')",
        "CONTAINS(Description, 'x')",
        "REGEX(Company, 'A.*')",
    ],
)
def test_a_formula_field_knows_nothing_of_changes_patterns_and_long_texts(text: str) -> None:
    with pytest.raises(FormulaError, match="may not be used in this type of formula"):
        compiled(text, LEAD, lambda _: LEAD, Type.BOOLEAN)


def test_a_long_formula_is_as_deep_as_it_is_nested() -> None:
    assert formula(" + ".join(["1"] * 900) + " = 900", Type.BOOLEAN).evaluate(Given()) is True


def test_a_formula_tells_which_fields_it_reads() -> None:
    found = formula("Company & Owner:Queue.Name & $User.Id = Company", Type.BOOLEAN)

    assert [path.name for path in found.fields] == ["Company", "Owner:Queue.Name", "$User.Id"]
    assert [path.sobject.name for path in found.fields] == ["Lead", "Group", "User"]


UNHURRIED = settings(deadline=None)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "Company": st.text(max_size=20),
        "Rating": st.sampled_from(["Hot", "Cold"]),
        "Score__c": st.floats(-1e15, 1e15),
        "Share__c": st.integers(0, 100),
        "Visited__c": st.dates().map(str),
        "Topics__c": st.sampled_from(["a", "a;b"]),
    },
)


@UNHURRIED
@given(
    text=formulas,
    kind=st.sampled_from([Type.TEXT, Type.NUMBER, Type.BOOLEAN, Type.DATE, Type.DATETIME]),
    record=RECORDS,
    before=st.none() | RECORDS,
    zero=st.booleans(),
)
def test_any_text_compiles_or_is_refused_and_has_a_value_or_a_typed_error(
    text: str, kind: Type, record: dict[str, object], before: dict[str, object] | None, zero: bool
) -> None:
    try:
        found = formula(text, kind, nulls_as_zero=zero)
    except FormulaError:
        return
    try:
        found.evaluate(Given(record, before))
    except EvaluationError:
        return


TIMES = ["", "", "*", "+", "?", "{2}", "{0,2}"]
PATTERN_PIECES = ["a", "b", "ab", ".", "[ab]", "[^a]", r"\d", r"\w", "(a|b)", "(?:ab)", "(a*)", "^", "$", r"\b"]


@UNHURRIED
@given(
    pattern=st.lists(st.builds("{}{}".format, st.sampled_from(PATTERN_PIECES), st.sampled_from(TIMES)), max_size=6).map(
        "".join
    ),
    text=st.text("ab1 ", max_size=8),
)
def test_expressions_match_what_they_match_elsewhere(pattern: str, text: str) -> None:
    try:
        expected = re.fullmatch(pattern, text) is not None
    except re.error:
        # Python does not repeat what takes no character, Java does.
        return

    assert matches(text, pattern) == expected


def test_an_expression_that_would_explode_elsewhere_takes_no_time() -> None:
    began = time.process_time()

    assert not matches("a" * 4_000, "(a|a)*(a+)+b")
    assert time.process_time() - began < 5
