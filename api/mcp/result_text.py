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

_CHOICE = {"value", "label", "default"}
"""What a picklist value has; mostly it says one thing only, hundreds of times."""


def as_text(envelope: Mapping[str, Any], in_full: Collection[str] = ()) -> dict[str, Any]:
    """The envelope without nulls, opt-outs that were not made and characters that nobody sees; long text is cut, with
    a note.

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
        if value.keys() == _CHOICE and value["value"] == value["label"] and not value["default"]:
            return visible(value["value"])
        return {
            visible(key): _shown(each, key, in_full)
            for key, each in value.items()
            if each is not None and (each is not False or key not in OPT_OUTS or key in in_full)
        }
    return value


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
