"""What the org may still do.

Source: fact sheet 2.1 and 9; the maxima are those of a Developer Edition.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call

_UNTOUCHED = {
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyAsyncApexExecutions": 250000,
    "DailyBulkApiBatches": 15000,
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
    most = call.org.settings.daily_api_limit
    used = call.context.exchange.calls.of_last_day()
    told = {name: {"Max": number, "Remaining": number} for name, number in _UNTOUCHED.items()}
    told["DailyApiRequests"] = {"Max": most, "Remaining": max(most - used, 0)}
    return Reply(200, dict(sorted(told.items())))
