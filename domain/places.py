"""Countries and states where an org has lists of them: code and label always say the same, and either may be sent.

Source: fact sheet 12.1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import InvalidInputError
from domain.values.described import DescribedLead
from domain.values.org import PicklistValue

PLACES = ("country", "state")


def spelled_places(values: Mapping[str, Any], described: DescribedLead) -> dict[str, Any]:
    """The values, country and state with the labels of the org's lists. Raises InvalidInputError for a label that
    contradicts the code beside it.
    """
    spelled = dict(values)
    for part in PLACES:
        label, code = spelled.get(part), spelled.get(f"{part}_code")
        if not label:
            continue
        meant = [place for place in places(part, spelled, described) if place.is_called(label)]
        if code and meant and not any(place.is_called(code) for place in meant):
            raise InvalidInputError(part, f"is not the {part} of {part}_code; send one of them")
        if len(labels := {place.label for place in meant}) == 1:
            spelled[part] = labels.pop()
    return spelled


def places(part: str, values: Mapping[str, Any], described: DescribedLead) -> Sequence[PicklistValue]:
    """The countries, or the states of the country among the values; all states when there is none."""
    listed = described.field(f"{part}_code")
    if listed is None:
        return ()
    country = values.get("country_code") or values.get("country")
    if part == "country" or not country:
        return listed.values
    countries = places("country", values, described)
    codes = {each.value for each in countries if each.is_called(country)}
    return [state for state in listed.values if codes & set(state.valid_for or ())]


def is_same_place(part: str, sent: Any, label: Any, code: Any, described: DescribedLead) -> bool:
    """Whether a country or a state that is sent stands there, by its label or by its code."""
    there = {str(each).casefold() for each in (label, code) if each}
    return described.field(f"{part}_code") is not None and str(sent).casefold() in there
