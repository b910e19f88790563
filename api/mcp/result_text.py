"""An answer as text for a context window: small, and with nothing in it that a reader can not see."""

import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from domain.values.lead import OPT_OUTS

LONGEST_TEXT = 1000
"""Characters of one value that are shown."""

# Joiners are needed in Persian, in Indian scripts and in emoji; the others of their category are seen by nobody.
_KEPT = frozenset("\n\t\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs"})
# Variation selectors besides the one of emoji: a row of them can carry any text.
_SELECTORS = (range(0xFE00, 0xFE0F), range(0xE0100, 0xE01F0))

LONGEST_PICKLIST = 50
"""Values of a picklist that are shown."""
_SHOWN_OF_LONGER = 20

_SAYS_NOTHING_WHEN_FALSE = OPT_OUTS | {"custom", "required", "restricted", "default", "is_default"}


def as_text(envelope: Mapping[str, Any], in_full: Collection[str] = ()) -> dict[str, Any]:
    """The envelope without nulls, characters that nobody sees, and what a field or a lead is not; long texts and
    picklists are cut, with a note.

    The fields named in `in_full` are never cut: they were asked for by name. A part of something tells how to get the
    rest. A picklist value is one word where one says it.
    """
    shown = {name: _shown(value, name, in_full) for name, value in envelope.items() if value is not None}
    data = envelope.get("data")
    if isinstance(data, dict) and data.get("next_cursor"):
        shown["hint"] = "There are more: call again with the same arguments and cursor set to next_cursor."
    elif isinstance(data, dict) and data.get("more") is True:
        shown["hint"] = "There are more: call again with a higher limit, or when these are dealt with."
    return shown


def visible(text: str) -> str:
    """The text without control, bidirectional, tag and other invisible characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter for letter in text if letter in _KEPT or not _is_invisible(letter))


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in _REMOVED_CATEGORIES or any(ord(letter) in each for each in _SELECTORS)


def _shown(value: Any, name: str, in_full: Collection[str]) -> Any:
    if isinstance(value, str):
        text = visible(value)
        return text if name in in_full else _cut(text, name)
    if isinstance(value, list):
        return [_shown(each, name, in_full) for each in value]
    if isinstance(value, dict):
        return _shown_object(value, in_full)
    return value


def _shown_object(value: Mapping[str, Any], in_full: Collection[str]) -> Any:
    kept = {
        key: each
        for key, each in value.items()
        if key in in_full or not (each is None or (each is False and key in _SAYS_NOTHING_WHEN_FALSE))
    }
    if kept.get("value") is not None and kept["value"] == kept.get("label"):
        del kept["label"]
        if kept.keys() == {"value"}:
            return visible(kept["value"])
    if isinstance(values := kept.get("values"), list):
        kept = _with_picklist(kept, values, in_full)
    return {visible(key): _shown(each, key, in_full) for key, each in kept.items()}


def _with_picklist(field: Mapping[str, Any], values: list[Any], in_full: Collection[str]) -> dict[str, Any]:
    """The field of a description with as many of its values as are worth their place."""
    name = field.get("name")
    if not values:
        return {key: each for key, each in field.items() if key != "values"}
    if len(values) <= LONGEST_PICKLIST or name in in_full:
        return dict(field)
    left = len(values) - _SHOWN_OF_LONGER
    note = f'… {left} more; salesforce_describe_lead with fields ["{name}"] has all'
    return {**field, "values": [*values[:_SHOWN_OF_LONGER], note]}


def _cut(text: str, name: str) -> str:
    if len(text) <= LONGEST_TEXT or name in ("next_cursor", "message"):
        return text
    left = len(text) - LONGEST_TEXT
    return f'{text[:LONGEST_TEXT]}… [{left} more characters; salesforce_get_lead with fields ["{name}"] has all]'


def in_summary(envelope: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """The envelope of a list with only these fields of each lead."""
    data = envelope.get("data")
    if not (fields and isinstance(data, dict) and isinstance(data.get("leads"), list)):
        return dict(envelope)
    leads = [{name: lead[name] for name in fields if name in lead} for lead in data["leads"]]
    return {**envelope, "data": {**data, "leads": leads}}
