"""A value on its way into a field, and out again: Salesforce's types, lengths and formats.

Source: fact sheet 0 (15, 17), 2.4, 2.5, 3.2 and 12.1.
"""

from __future__ import annotations

import base64
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Literal

from infra.simulator.schema import ids, unverified
from infra.simulator.schema.dates import parse_date, parse_datetime, parse_time, to_stamp, to_time, with_z
from infra.simulator.schema.errors import Problem, SalesforceError, bad_json, malformed_id, refusal
from infra.simulator.schema.fields import ID_TYPES, NUMBER_TYPES, Field

Notation = Literal["json", "xml", "csv"]
"""How a caller writes values down: in XML and in CSV every value is text."""

_CONTEXT = Context(prec=60)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LINE_END = re.compile(r"\r\n|\r|\n")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAMED_BY_TYPE = {
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "int": "int",
    "time": "time",
    "base64": "base64Binary",
}
_KINDS = {str: "VALUE_STRING", bool: "VALUE_BOOLEAN", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT"}
_FLAGS: dict[Notation, tuple[frozenset[str], frozenset[str]]] = {
    "json": (frozenset({"true"}), frozenset({"false"})),
    "xml": (frozenset({"true", "1"}), frozenset({"false", "0"})),
    "csv": (frozenset({"true", "1", "yes", "y", "on"}), frozenset({"false", "0", "no", "n", "off"})),
}


class _MisfitError(Exception):
    """A value is not of the type of its field."""


def to_stored(field: Field, value: Any, notation: Notation = "json") -> Any:
    """The value as it is stored. Text is trimmed and nothing is left of empty text; numbers may come as text.

    Raises SalesforceError: JSON_PARSER_ERROR where the type does not fit at all, for text of XML and CSV
    INVALID_TYPE_ON_FIELD_IN_RECORD.
    """
    try:
        return _stored(field, value, notation)
    except _MisfitError as error:
        as_text = notation != "json" and isinstance(value, str)
        raise (_not_of_type(field, value) if as_text else _misfit(field, value)) from error


def _stored(field: Field, value: Any, notation: Notation) -> Any:
    if field.type == "boolean":
        return _flag(field, value, notation)
    if value is None:
        return None
    if isinstance(value, (dict, list)):
        raise _MisfitError
    text = _text_of(value)
    if not text:
        return None
    if field.type in NUMBER_TYPES:
        return _number(field, value, text)
    if field.type in ID_TYPES:
        return _id(field, text)
    if field.type == "datetime":
        moment = parse_datetime(text)
        if moment is None:
            raise _MisfitError
        return to_stamp(moment.replace(microsecond=0))
    if field.type == "date":
        return _date(text)
    if field.type == "time":
        return _time(text)
    if field.type == "base64":
        return _base64(text)
    return _text(field, text)


def to_json(field: Field, stored: Any) -> Any:
    """A stored value as REST shows it."""
    if stored is None:
        return None
    if field.type == "boolean":
        return bool(stored)
    if field.type == "encryptedstring":
        return "*" * len(stored)
    return stored


def text_for(content: Any) -> str | None:
    """A value as XML and CSV write it; None for nothing."""
    if content is None:
        return None
    if isinstance(content, bool):
        return "true" if content else "false"
    text = str(content)
    return with_z(text) if _STAMP.fullmatch(text) else text


def formatted(field: Field, stored: Any) -> str | None:
    """A stored value as FORMAT() shows it to someone in the United States."""
    if stored is None:
        return None
    if field.type == "date":
        day = parse_date(stored)
        return f"{day.month}/{day.day}/{day.year}" if day else None
    if field.type == "datetime":
        moment = parse_datetime(stored)
        if moment is None:
            return None
        return f"{moment.month}/{moment.day}/{moment.year}, {moment.hour % 12 or 12}:{moment:%M %p}"
    if field.type in NUMBER_TYPES:
        number = f"{stored:,.{field.scale}f}"
        return {"currency": f"${number}", "percent": f"{number}%"}.get(field.type, number)
    return str(stored)


def labelled(field: Field, stored: Any) -> Any:
    """A stored value as toLabel() shows it: what people see of a picklist."""
    if stored is None or not field.choices:
        return to_json(field, stored)
    labels = {choice.value: choice.label for choice in field.choices if choice.label}
    values = str(stored).split(";") if field.type == "multipicklist" else [stored]
    return ";".join(labels.get(value, value) for value in values)


def _text_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def _flag(field: Field, value: Any, notation: Notation) -> bool:
    """Source: fact sheet 12.1: JSON takes true and false only, no null and no number."""
    if isinstance(value, bool):
        return value
    if value is None:
        raise _not_of_type(field, "null")
    true, false = _FLAGS[notation]
    text = value.strip().lower() if isinstance(value, str) else None
    if text in true:
        return True
    if text in false:
        return False
    raise _MisfitError


def _number(field: Field, value: Any, text: str) -> int | float:
    """A number at the field's scale; half a unit counts as a whole one."""
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise _MisfitError
    number = Decimal(text)
    if field.type == "int" and number != number.to_integral_value():
        raise _MisfitError
    whole = field.digits if field.type == "int" else field.precision - field.scale
    if number.adjusted() <= whole:
        number = number.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP, _CONTEXT)
    if abs(number) >= 10**whole or abs(number) > field.degrees:
        message = unverified.NUMBER_OUT_OF_RANGE.format(label=field.label, value=text)
        raise SalesforceError(400, Problem("NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,)))
    return int(number) if field.type == "int" else float(number)


def _id(field: Field, text: str) -> str:
    record_id = ids.normalized(text)
    if record_id is None:
        raise malformed_id(field.label, text, field.name)
    return record_id


def _date(text: str) -> str:
    """Of a date with a time the date is kept, that of the user's time zone. Source: fact sheet 12.1."""
    moment = parse_datetime(text)
    day = parse_date(text) if moment is None else moment.date()
    if day is None:
        raise _MisfitError
    return day.isoformat()


def _time(text: str) -> str:
    moment = parse_time(text)
    if moment is None:
        raise _MisfitError
    return to_time(moment)


def _base64(text: str) -> str:
    try:
        return base64.b64encode(base64.b64decode("".join(text.split()), validate=True)).decode()
    except ValueError as error:
        raise _MisfitError from error


def _text(field: Field, text: str) -> str:
    if _SURROGATE.search(text):
        raise bad_json(unverified.HALF_A_CHARACTER)
    if field.type == "email":
        return text.lower()
    if field.type == "textarea":
        return _LINE_END.sub("\n" if field.compound else unverified.LINE_END, text)
    if field.type == "picklist":
        return field.spelled(text)
    if field.type == "multipicklist":
        return field.ordered(text)
    return text


def _not_of_type(field: Field, value: Any) -> SalesforceError:
    message = unverified.NOT_OF_TYPE.format(label=field.label, value=value)
    return refusal("INVALID_TYPE_ON_FIELD_IN_RECORD", message, field.name)


def _misfit(field: Field, value: Any) -> SalesforceError:
    """Source: fact sheet 2.4. The column is not kept; clients show it, none reads it."""
    if isinstance(value, dict):
        seen = "START_OBJECT value {"
    elif isinstance(value, list):
        seen = "START_ARRAY value ["
    else:
        seen = f"{_KINDS.get(type(value), 'VALUE')} value {value}"
    kind = "double" if field.type in NUMBER_TYPES else "string"
    kind = _NAMED_BY_TYPE.get(field.type, kind)
    return bad_json(
        f"Cannot deserialize instance of {kind} from {seen} or request may be missing a required field "
        "at [line:1, column:1]"
    )
