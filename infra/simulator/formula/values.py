"""Types of a formula's values, and how a stored value becomes one.

Text is never null here: an empty field is the empty text. Numbers are decimals, a percentage is a fraction, and an id
has its 15 characters, as in an org's formulas.
"""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from enum import Enum
from typing import Any

from infra.simulator.formula.errors import EvaluationError
from infra.simulator.schema.dates import parse_date, parse_datetime, to_stamp
from infra.simulator.schema.fields import ID_TYPES, NUMBER_TYPES, TEXT_TYPES, Field

ARITHMETIC = Context(
    prec=34, rounding=ROUND_HALF_UP, Emin=-99, Emax=99, traps=[DivisionByZero, InvalidOperation, Overflow]
)
MAX_TEXT = 200_000
"""Characters of a text on the way; longer ones are an error."""


class Type(str, Enum):
    """What a value is, in the words of the messages."""

    TEXT = "Text"
    NUMBER = "Number"
    BOOLEAN = "Boolean"
    DATE = "Date"
    DATETIME = "DateTime"
    PICKLIST = "Picklist"
    MULTIPICKLIST = "Multi-Select Picklist"
    NULL = "Null"


_BY_FIELD = {
    "picklist": Type.PICKLIST,
    "multipicklist": Type.MULTIPICKLIST,
    "boolean": Type.BOOLEAN,
    "date": Type.DATE,
    "datetime": Type.DATETIME,
}
AS_TEXT = frozenset({Type.TEXT, Type.PICKLIST, Type.MULTIPICKLIST})
"""Types whose value is a text."""


def check_length(length: int) -> None:
    """Raises EvaluationError where a text would be too long."""
    if length > MAX_TEXT:
        raise EvaluationError("the text is too long")


def type_of(field: Field) -> Type | None:
    """What a field is in a formula; None for what formulas cannot read, such as a whole address."""
    if field.encrypted:
        return None
    found = _BY_FIELD.get(field.type)
    if found is None and (field.type in TEXT_TYPES or field.type in ID_TYPES):
        return Type.TEXT
    return Type.NUMBER if found is None and field.type in NUMBER_TYPES else found


def from_stored(field: Field, stored: Any) -> Any:
    """A stored value as formulas compute with it."""
    kind = type_of(field)
    if kind in AS_TEXT:
        text = "" if stored is None else str(stored)
        return text[:15] if field.type in ID_TYPES else text
    if kind is Type.BOOLEAN:
        return bool(stored)
    if stored is None:
        return None
    if kind is Type.NUMBER:
        number = Decimal(str(stored))
        return number / 100 if field.type == "percent" else number
    return parse_date(str(stored)) if kind is Type.DATE else parse_datetime(str(stored))


def to_stored(field: Field, value: Any) -> Any:
    """What a formula field shows of the value its formula has. Raises EvaluationError for too large a number."""
    if field.type == "boolean":
        return bool(value)
    if isinstance(value, Decimal):
        shown = value * 100 if field.type == "percent" else value
        try:
            return float(shown.quantize(Decimal(1).scaleb(-field.scale), context=ARITHMETIC))
        except ArithmeticError as error:
            raise EvaluationError("the number is too large") from error
    if isinstance(value, datetime):
        return to_stamp(value.astimezone(timezone.utc).replace(microsecond=0))
    if isinstance(value, date):
        return value.isoformat()
    return value or None
