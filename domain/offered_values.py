"""What to send instead of a value that a field of this org does not take."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.places import PLACES, places
from domain.suggestions import closest_value, printable
from domain.values.described import DescribedField, DescribedLead
from domain.values.lead import CUSTOM_PREFIX
from domain.values.org import PicklistValue

_MOST_VALUES = 20

_OTHER_STATE = (
    "the lead has a state, which has to be one of its country; send state as well, or clear it (null in an update)."
)


def instead(name: str, sent: Mapping[str, Any], described: DescribedLead) -> str:
    """What to send for a field instead of the value among the sent ones; empty when that is not known."""
    part = name.removesuffix("_code")
    if part in PLACES:
        return _other_place(name, part, sent, described)
    field = described.field(name)
    if field is None:
        return ""
    value, offered = sent.get(name), [each.value for each in field.values]
    if offered and value is not None and set(str(value).split(";")) <= set(offered):
        return "the lead's record type does not offer it; record_types of salesforce_describe_lead tells what it does."
    return other_value(field, value, offered)


def other_value(field: DescribedField, value: object, allowed: Sequence[str]) -> str:
    """What to choose of the allowed values."""
    offered = [each for each in field.values if each.value in allowed]
    if field.type != "multipicklist" or value is None:
        return _choice(field.name, value, offered)
    wrong = [part for part in str(value).split(";") if part not in allowed]
    named = f"{', '.join(repr(printable(part)) for part in wrong[:3])} is not offered; " if wrong else ""
    return f"{named}{_choice(field.name, None, offered)} Several are separated by a semicolon (;)."


def _other_place(name: str, part: str, sent: Mapping[str, Any], described: DescribedLead) -> str:
    offered = places(part, sent, described)
    country = sent.get("country_code") or sent.get("country")
    if part == "state" and not (sent.get("state") or sent.get("state_code")):
        return _OTHER_STATE
    if part == "state" and not country:
        return "send the country as well: a state has to be one of its country."
    if part == "state" and not offered:
        return "this org has no states for this country; leave it out."
    return _choice(f"{part}_code", sent.get(name), offered)


def _choice(name: str, value: object, offered: Sequence[PicklistValue]) -> str:
    if not offered:
        return ""
    names = list(dict.fromkeys(name for each in offered for name in (each.label, each.value)))
    if value is not None and (close := closest_value(str(value), names)):
        return f"did you mean {close}?"
    if len(offered) > _MOST_VALUES:
        return f'salesforce_describe_lead with fields ["{name.removeprefix(CUSTOM_PREFIX)}"] tells what there is.'
    return f"there {'is only' if len(offered) == 1 else 'are'} {', '.join(each.value for each in offered)}."
