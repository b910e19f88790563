"""What the org may still do.

Source: fact sheet 2.1 and 9.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call


def limits(call: Call) -> Reply:
    most = call.org.settings.daily_api_limit
    return Reply(
        200,
        {
            "DailyApiRequests": {"Max": most, "Remaining": max(most - call.context.exchange.calls.of_last_day(), 0)},
            "DailyBulkApiBatches": {"Max": 15000, "Remaining": 15000},
            "DailyBulkV2QueryJobs": {"Max": 10000, "Remaining": 10000},
            "DailyBulkV2QueryFileStorageMB": {"Max": 976562, "Remaining": 976562},
            "DataStorageMB": {"Max": 5, "Remaining": 5},
            "FileStorageMB": {"Max": 20, "Remaining": 20},
            "SingleEmail": {"Max": 15, "Remaining": 15},
            "MassEmail": {"Max": 10, "Remaining": 10},
        },
    )
