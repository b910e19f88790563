"""What somebody meant who sent a field that does not exist."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.text import nearest


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


def advice(name: str, known: Iterable[str]) -> str:
    """What to send instead of a name that does not exist, where these do."""
    there = set(known := list(known))
    meant = _WELL_KNOWN.get(name.casefold())
    return meant.advice if meant and meant.fields <= there else nearest(name, known, "there are")
