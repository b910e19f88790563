"""One error of every kind there is."""

import inspect
from collections.abc import Iterator
from typing import Any

from domain.errors import LeadError

_SAMPLES: dict[str, Any] = {
    "message": "Something is wrong. Nothing was written.",
    "field": "owner_id",
    "allowed": ["New"],
    "lead": "00Q000000000009AAA",
    "lead_id": "00Q000000000009AAA",
    "lead_ids": ["00Q000000000009AAA"],
    "email": "bola@example.com",
    "external_id": "P-17",
    "converted_to": {"account": "001000000000009AAA"},
    "contact_id": "003000000000009AAA",
    "campaign": "Spring Webinar",
    "name": "Spring Webinar",
    "campaign_ids": ["701000000000009AAA"],
    "why": "Check the Id.",
    "rule": "Standard_Lead_Duplicate_Rule",
    "record_ids": ["00Q000000000009AAA"],
    "can_be_allowed": True,
    "retry_after": 7.0,
}
"""By the name of the parameter; one that has a name of its own joins them here."""


def every_error() -> Iterator[LeadError]:
    """An error of every class of the tree."""
    for kind in _below(LeadError):
        parameters = inspect.signature(kind).parameters.values()
        needed = {each.name for each in parameters if each.default is each.empty} | {"retry_after"}
        yield kind(**{each.name: _SAMPLES[each.name] for each in parameters if each.name in needed})


def _below(kind: type[LeadError]) -> Iterator[type[LeadError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
