"""What the org may still do, and which versions and resources there are.

Source: fact sheet 2.1 and 9.
"""

from __future__ import annotations

from typing import Any

from infra.simulator.org import Org
from infra.simulator.reply import Reply
from infra.simulator.rest.call import Call

OLDEST, NEWEST = 31, 67
_SEASONS = ("Spring", "Summer", "Winter")


def limits(call: Call) -> Reply:
    most = call.org.settings.daily_api_limit
    return Reply(
        200,
        {
            "DailyApiRequests": {"Max": most, "Remaining": max(most - call.org.calls.of_last_day(), 0)},
            "DailyBulkApiBatches": {"Max": 15000, "Remaining": 15000},
            "DailyBulkV2QueryJobs": {"Max": 10000, "Remaining": 10000},
            "DailyBulkV2QueryFileStorageMB": {"Max": 976562, "Remaining": 976562},
            "DataStorageMB": {"Max": 5, "Remaining": 5},
            "FileStorageMB": {"Max": 20, "Remaining": 20},
            "SingleEmail": {"Max": 15, "Remaining": 15},
            "MassEmail": {"Max": 10, "Remaining": 10},
        },
    )


def usage(org: Org) -> str:
    """The value of `Sforce-Limit-Info`. Source: fact sheet 8."""
    return f"api-usage={org.calls.of_last_day()}/{org.settings.daily_api_limit}"


def resources(call: Call) -> Reply:
    """The index of a version."""
    names = ("sobjects", "query", "queryAll", "search", "parameterizedSearch", "limits", "composite", "jobs")
    paths = {name: f"{call.base_path}/{name}" for name in names}
    identity = f"{call.origin}/id/{call.org.id}/{call.session.user_id}"
    return Reply(200, {**paths, "identity": identity})


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
