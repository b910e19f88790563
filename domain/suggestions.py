"""What somebody meant who sent a name that does not exist."""

import difflib
from collections.abc import Iterable, Mapping
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
    if close := closest(name, known):
        return f"did you mean {close}?"
    more = f" and {len(known) - _MOST_NAMES} more" if len(known) > _MOST_NAMES else ""
    return f"{otherwise} {', '.join(known[:_MOST_NAMES]) or 'none'}{more}."


def closest(name: str, names: Iterable[str]) -> str | None:
    """The name that is nearest to one that does not exist; None when none is near."""
    known = {each.casefold(): each for each in reversed(list(names))}
    found = difflib.get_close_matches(name.casefold(), list(reversed(known)), n=1, cutoff=0.6)
    return known[found[0]] if found else None


def same_letters(one: str, other: str) -> bool:
    """Whether two names differ in nothing but case and what stands between words: dryRun, dry-run, dry_run."""
    return _letters(one) == _letters(other)


def printable(name: str) -> str:
    """A name that somebody else made up, short and without characters that do not show."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:_LONGEST_NAME])


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
