"""What the org may still do.

Source: fact sheet 2.1 and 9; the maxima are those of a Developer Edition.
"""

from __future__ import annotations

from infra.simulator.bulk.classic_jobs import MAX_DAILY_BATCHES
from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call

_UNTOUCHED = {
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyAsyncApexExecutions": 250000,
    "DailyBulkV2QueryFileStorageMB": 976562,
    "DailyBulkV2QueryJobs": 10000,
    "DailyGenericStreamingApiEvents": 10000,
    "DailyStreamingApiEvents": 10000,
    "DailyWorkflowEmails": 75,
    "DataStorageMB": 5,
    "DurableStreamingApiConcurrentClients": 20,
    "FileStorageMB": 20,
    "HourlyAsyncReportRuns": 1200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5000,
    "HourlyDashboardStatuses": 999999999,
    "HourlyODataCallout": 1000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 50,
    "MassEmail": 10,
    "SingleEmail": 15,
    "StreamingApiConcurrentClients": 20,
}
"""What is never used up here."""


def limits(call: Call) -> Reply:
    context = call.context
    told = {name: {"Max": number, "Remaining": number} for name, number in _UNTOUCHED.items()}
    told["DailyApiRequests"] = _left(call.org.settings.daily_api_limit, context.exchange.calls.of_last_day())
    told["DailyBulkApiBatches"] = _left(MAX_DAILY_BATCHES, context.classic_jobs.batches_of_last_day())
    return Reply(200, dict(sorted(told.items())))


def _left(most: int, used: int) -> dict[str, int]:
    return {"Max": most, "Remaining": max(most - used, 0)}
