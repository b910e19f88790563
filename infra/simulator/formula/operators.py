"""Operators: which types they join, and what comes out.

A comparison with null is null, as in the databases of the orgs; texts are never null and always comparable.

Source: restated from Salesforce's "Formula Operators and Functions".
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from infra.simulator.formula.errors import EvaluationError, FormulaError
from infra.simulator.formula.values import ARITHMETIC, Type, check_length

Join = Callable[[Any, Any], Any]

_DAYS = {Type.DATE, Type.DATETIME}
_ARITHMETIC: dict[str, Join] = {
    "+": ARITHMETIC.add,
    "-": ARITHMETIC.subtract,
    "*": ARITHMETIC.multiply,
    "/": ARITHMETIC.divide,
    "^": ARITHMETIC.power,
}
_COMPARISONS: dict[str, Join] = {
    "=": operator.eq,
    "==": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def joined(sign: str, left: Type, right: Type) -> tuple[Type, Join]:
    """The type of `left sign right`, and how its value is had. Raises FormulaError where the types do not fit."""
    # NULL takes the type of what it is joined with.
    left, right = (right, right) if left is Type.NULL else (left, left if right is Type.NULL else right)
    if sign in _COMPARISONS:
        return Type.BOOLEAN, _compared(sign, left, right)
    if sign == "&" or (sign == "+" and left is right is Type.TEXT):
        _expect(sign, left, Type.TEXT)
        _expect(sign, right, Type.TEXT)
        return Type.TEXT, _appended
    if sign in "+-" and (left in _DAYS or right in _DAYS):
        return _with_days(sign, left, right)
    expected = (Type.NUMBER, Type.DATE, Type.DATETIME) if sign in "+-" else (Type.NUMBER,)
    _expect(sign, left, *expected)
    _expect(sign, right, *expected)
    return Type.NUMBER, _unless_null(_ARITHMETIC[sign])


def mismatch(what: str, received: Type, *expected: Type) -> FormulaError:
    """`what` is an operator or a function, as the message names it."""
    names = ", ".join(kind.value for kind in expected if kind is not Type.NULL)
    return FormulaError(f"Incorrect parameter type for {what}. Expected {names}, received {received.value}")


def _expect(sign: str, received: Type, *expected: Type) -> None:
    if received not in expected and received is not Type.NULL:
        raise mismatch(f"operator '{sign}'", received, *expected)


def _compared(sign: str, left: Type, right: Type) -> Join:
    if sign in ("<", "<=", ">", ">="):
        for side in (left, right):
            _expect(sign, side, Type.NUMBER, Type.DATE, Type.DATETIME)
    if left is not right:
        raise mismatch(f"operator '{sign}'", right, left)
    if left is Type.TEXT:
        compare = _COMPARISONS[sign]
        return lambda one, other: compare(one or "", other or "")
    return _unless_null(_COMPARISONS[sign])


def _with_days(sign: str, left: Type, right: Type) -> tuple[Type, Join]:
    """Days are added to a date and taken from it; the distance of two dates is a number of days."""
    if sign == "-" and left is right:
        return Type.NUMBER, _unless_null(_distance)
    if left in _DAYS and right is Type.NUMBER:
        sense = 1 if sign == "+" else -1
        return left, _unless_null(lambda day, count: _later(day, count * sense))
    if sign == "+" and left is Type.NUMBER:
        return right, _unless_null(lambda count, day: _later(day, count))
    raise mismatch(f"operator '{sign}'", right, Type.NUMBER if sign == "+" or right not in _DAYS else left)


def _later(day: Any, count: Decimal) -> Any:
    if abs(count) > 10_000_000:
        raise EvaluationError("the date is out of range")
    if isinstance(day, datetime):
        return day + timedelta(seconds=round(float(count) * 86_400))
    return day + timedelta(days=int(count))


def _distance(one: Any, other: Any) -> Decimal:
    distance = one - other
    return ARITHMETIC.add(distance.days, ARITHMETIC.divide(Decimal(distance.seconds), Decimal(86_400)))


def _appended(one: str | None, other: str | None) -> str:
    text = (one or "") + (other or "")
    check_length(len(text))
    return text


def _unless_null(join: Join) -> Join:
    return lambda one, other: None if one is None or other is None else join(one, other)
