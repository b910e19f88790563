"""The tabs an org shows for its objects, and the look of each.

Source: the REST API Developer Guide on Tabs and Themes; colours and pictures are recalled (fact sheet 11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from infra.simulator.schema.fields import SObject

_COLOURS = {
    "Account": "7F8DE1",
    "Campaign": "F49756",
    "Contact": "A094ED",
    "Event": "EB7092",
    "Lead": "F88962",
    "Opportunity": "FCB95B",
    "Task": "4BC076",
}
"""The objects that have a tab."""


def tabs(sobjects: Iterable[SObject], origin: str) -> list[dict[str, Any]]:
    """A tab for each of the objects that has one."""
    return [
        {
            **_look(sobject, origin),
            "custom": False,
            "iconUrl": _picture(sobject, origin, 120),
            "label": sobject.plural,
            "miniIconUrl": _picture(sobject, origin, 60),
            "name": f"standard-{sobject.name}",
            "sobjectName": sobject.name,
            "url": f"{origin}/{sobject.prefix}/o",
        }
        for sobject in _with_tab(sobjects)
    ]


def theme_items(sobjects: Iterable[SObject], origin: str) -> list[dict[str, Any]]:
    """Colours and pictures of each object that has a tab."""
    return [{"name": sobject.name, **_look(sobject, origin)} for sobject in _with_tab(sobjects)]


def _with_tab(sobjects: Iterable[SObject]) -> Iterator[SObject]:
    return (sobject for sobject in sobjects if sobject.name in _COLOURS)


def _look(sobject: SObject, origin: str) -> dict[str, Any]:
    picture = {"contentType": "image/png", "height": 120, "theme": "theme4", "width": 120}
    return {
        "colors": [{"color": _COLOURS[sobject.name], "context": "primary", "theme": "theme4"}],
        "icons": [{**picture, "url": _picture(sobject, origin, 120)}],
    }


def _picture(sobject: SObject, origin: str, size: int) -> str:
    return f"{origin}/img/icon/t4v35/standard/{sobject.name.lower()}_{size}.png"
