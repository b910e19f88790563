"""The versions of the API: those there are, and those an org still answers.

Source: fact sheet 2.1 and 12.3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure, no_such_resource

OLDEST, NEWEST = 31, 67
ALL = tuple(f"{number}.0" for number in range(OLDEST, NEWEST + 1))
_SEASONS = ("Spring", "Summer", "Winter")


def normalized(version: object) -> str:
    """`59.0` for whatever way there is to write it: 59, 59.0, `59`, `v59.0`. Raises ValueError for none of ours."""
    found = re.fullmatch(r"v?(\d{1,3})(?:\.0)?", str(version), re.ASCII)
    name = f"{int(found[1])}.0" if found else ""
    if name not in ALL:
        raise ValueError(f"{version!r} is no API version: they go from {ALL[0]} to {ALL[-1]}")
    return name


def listed(answered: Sequence[str]) -> list[dict[str, Any]]:
    """The versions an org answers, as the list that needs no session tells them."""
    return [{"label": _label(name), "url": f"/services/data/v{name}", "version": name} for name in answered]


def refuse_unsupported(version: str, answered: Sequence[str]) -> None:
    """Raise SalesforceError for a version the org does not answer: 410 for a retired one, 404 where there is none."""
    if version in answered:
        return
    if not re.fullmatch(r"\d{1,3}\.0", version, re.ASCII) or float(version) > float(answered[-1]):
        raise no_such_resource()
    message = unverified.RETIRED_VERSION.format(version=version, newest=answered[-1])
    raise failure(410, "UNSUPPORTED_API_VERSION", message)


def _label(name: str) -> str:
    """59 is Winter '24, 60 Spring '24, 61 Summer '24."""
    since = int(float(name)) - 60
    season = _SEASONS[since % 3]
    year = 24 + since // 3 + (1 if season == "Winter" else 0)
    return f"{season} '{year}"
