"""The versions of the API that there are.

Source: fact sheet 2.1.
"""

from __future__ import annotations

from typing import Any

OLDEST, NEWEST = 31, 67
_SEASONS = ("Spring", "Summer", "Winter")


def versions() -> list[dict[str, Any]]:
    """Every version there is; the answer that needs no session."""
    return [
        {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(OLDEST, NEWEST + 1)
    ]


def _label(number: int) -> str:
    """59 is Winter '24, 60 Spring '24, 61 Summer '24."""
    since = number - 60
    season = _SEASONS[since % 3]
    year = 24 + since // 3 + (1 if season == "Winter" else 0)
    return f"{season} '{year}"
