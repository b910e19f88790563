"""Salesforce's own words, as they are passed on: what is wrong, without the value that is, and not without end.

Source: fact sheet 3.2.
"""

import re

AT_MOST = 300
"""Characters: a trigger may tell its whole history."""

_QUERY = re.compile(r"ERROR at Row:-?\d+:Column:-?\d+\s*")
"""Stands between the query, which is repeated, and what is wrong with it."""

_FOR_PROGRAMMERS = re.compile(r" If you are attempting to use a custom (?:object|field), .*", re.DOTALL)
"""Advice on names that are ours, not the caller's."""

_END_OF_TEXT = re.compile(r"\Z")
_PLACE = re.compile(r" at \[line:\d+, column:\d+\]")
_REPEATED = (
    (re.compile("data value too large(?=: )"), re.compile(r" \(max length=\d+\)")),
    (re.compile("(invalid email address|bad value for restricted picklist field)(?=: )"), _END_OF_TEXT),
    (re.compile("(value not of required type|id value of incorrect type)(?=: )"), _END_OF_TEXT),
    (re.compile("value outside of valid range on numeric field(?=: )"), _END_OF_TEXT),
    (re.compile(r" from VALUE_\w+(?= value )"), _PLACE),
    (re.compile("Unrecognized token(?= ')"), re.compile(": was expecting")),
)
"""What stands before and behind a value."""

_REPEATING = frozenset(
    {
        "INVALID_EMAIL_ADDRESS",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        "MALFORMED_ID",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "STRING_TOO_LONG",
    }
)
"""In whatever language: the field's label, what is wrong, the value."""


def words(code: str, message: str) -> str:
    """What Salesforce says, short and without the value that it repeats: `Email: invalid email address`."""
    said = message.removeprefix(f"{code}: ")
    if queries := [*_QUERY.finditer(said)]:
        said = said[queries[-1].end() :]
    said = _FOR_PROGRAMMERS.sub("", said)
    for before, behind in _REPEATED:
        said = _without_what_is_between(before, behind, said)
    if code in _REPEATING:
        said = ": ".join(said.split(": ", 2)[:2])
    said = " ".join(said.split())
    return said if len(said) <= AT_MOST else f"{said[: AT_MOST - 1]}…"


def _without_what_is_between(before: re.Pattern[str], behind: re.Pattern[str], said: str) -> str:
    # One search for each end, since the value may hold either of them many times.
    begin = before.search(said)
    if not begin:
        return said
    ends = [*behind.finditer(said, begin.end())]
    return said[: begin.end()] + (said[ends[-1].start() :] if ends else "")
