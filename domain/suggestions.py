"""What somebody meant who sent a name that does not exist."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_LONGEST_NAME = 100
_MOST_NAMES = 60


@dataclass(frozen=True)
class _Meant:
    fields: frozenset[str]
    """Where there are all of these, the advice is right."""
    advice: str


_NAMES = _Meant(frozenset({"first_name", "last_name"}), "send first_name and last_name")
_OPPORTUNITY = _Meant(
    frozenset({"create_opportunity", "opportunity_name"}),
    "create_opportunity: true makes an opportunity, opportunity_name gives it a name",
)
_DIRECTLY = _Meant(frozenset({"custom_fields"}), "send each field of the lead by itself, beside the others")
_LEAD = _Meant(frozenset({"lead"}), "lead takes the Id or the email")

_WELL_KNOWN: Mapping[str, _Meant] = {
    **dict.fromkeys(("name", "full_name"), _NAMES),
    "opportunity": _OPPORTUNITY,
    **dict.fromkeys(("fields", "data", "lead_data", "changes", "properties"), _DIRECTLY),
    **dict.fromkeys(("id", "lead_id"), _LEAD),
}
"""Names for which the most similar one is a wrong guess."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """What to send instead of a field that does not exist, where these do."""
    there = set(known := list(known))
    meant = _WELL_KNOWN.get(name.casefold())
    return meant.advice if meant and meant.fields <= there else nearest(name, known, "there are")


def nearest(name: str, names: Iterable[str], otherwise: str) -> str:
    """A hint for a name that does not exist: the nearest that does, or all of them behind `otherwise`."""
    known = list(names)
    return _hint(_closest(name, known, 0.6), known, otherwise)


def nearest_value(value: str, values: Iterable[str], otherwise: str) -> str:
    """A hint for a value that is not offered, with a guess only where it is hardly another one that is meant."""
    known = list(values)
    return _hint(closest_value(value, known), known, otherwise)


def closest_value(value: str, values: Iterable[str]) -> str | None:
    """The value that somebody misspelled; None when that is not certain: Poland is near to Holland, and wrong."""
    # Countries in another language are of other lengths: Griechenland is not Greenland.
    return _closest(value, (each for each in values if abs(len(each) - len(value)) <= 1), 0.83)


def _hint(close: str | None, known: Sequence[str], otherwise: str) -> str:
    if close:
        return f"did you mean {close}?"
    if len(known) == 1 and otherwise == "there are":
        otherwise = "there is only"
    more = f" and {len(known) - _MOST_NAMES} more" if len(known) > _MOST_NAMES else ""
    return f"{otherwise} {', '.join(known[:_MOST_NAMES]) or 'none'}{more}."


def _closest(name: str, names: Iterable[str], cutoff: float) -> str | None:
    known = {key: each for each in reversed(list(names)) for key in _compared(each)}
    keys = list(reversed(known))
    found = difflib.get_close_matches(_stem(name), keys, n=1, cutoff=cutoff)
    return known[found[0]] if found else None


def _compared(name: str) -> list[str]:
    """What a name is compared by; those of packages also without the namespace, which people leave out."""
    stem = _stem(name)
    packaged = name.endswith("__c") and "__" in stem
    return [stem.partition("__")[2], stem] if packaged else [stem]


def _stem(name: str) -> str:
    # The ending, which all custom fields share, makes none of them similar.
    return name.removesuffix("__c").casefold()


def same_letters(one: str, other: str) -> bool:
    """Whether two names differ in nothing but case and what stands between words: dryRun, dry-run, dry_run."""
    return _letters(one) == _letters(other)


def printable(name: str) -> str:
    """A name that somebody else made up, short and without characters that do not show."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:_LONGEST_NAME])


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
