"""Activities: tasks and events, about someone (Who) and something (What).

Source: Object Reference, Task, Event, OpenActivity and ActivityHistory.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.common_fields import audit_fields, description, owner, record_head
from infra.simulator.schema.declarations import (
    child_of,
    derived,
    flag,
    integer,
    picklist,
    read_only,
    reference,
    text,
    typed,
)
from infra.simulator.schema.fields import ANY_CUSTOM, Choice, Field, SObject
from infra.simulator.schema.listings import listing

TASK_STATUSES = ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")
CLOSED_STATUS = "Completed"
_IS_CLOSED = {
    "Task": f"({{row}}.Status = '{CLOSED_STATUS}')",
    "Event": "({row}.EndDateTime <= salesforce_now())",
}
"""Closed or over, as SQL."""
_TASK_SUBTYPES = ("Task", "Email", "List Email", "Cadence", "Call", "LinkedIn")
_WHAT = ("Account", "Campaign", "Opportunity", ANY_CUSTOM)
_ACCOUNT = (
    "CASE substr({row}.WhatId, 1, 3) WHEN '001' THEN {row}.WhatId "
    "WHEN '006' THEN (SELECT AccountId FROM {Opportunity} AS deal WHERE deal.Id = {row}.WhatId) "
    "ELSE (SELECT AccountId FROM {Contact} AS person WHERE person.Id = {row}.WhoId) END"
)

OF_PERSON = "WhoId = {row}.Id"
OF_THING = "WhatId = {row}.Id"
OF_ACCOUNT = (
    "(WhatId = {row}.Id OR WhatId IN (SELECT deal.Id FROM {Opportunity} AS deal WHERE deal.AccountId = {row}.Id) "
    "OR WhoId IN (SELECT person.Id FROM {Contact} AS person WHERE person.AccountId = {row}.Id))"
)


def last_activity(about: str) -> Field:
    """The day of the latest closed task, or past event, about the record."""
    of_record = f"{about} AND IsDeleted = 0"
    task = f"(SELECT max(ActivityDate) FROM {{Task}} WHERE {of_record} AND Status = '{CLOSED_STATUS}')"
    event = f"(SELECT max(ActivityDate) FROM {{Event}} WHERE {of_record} AND EndDateTime <= salesforce_now())"
    field = typed("LastActivityDate", "date", label="Last Activity")
    return derived(field, f"nullif(max(coalesce({task}, ''), coalesce({event}, '')), '')")


def _about(children: str, *subjects: str) -> tuple[Field, ...]:
    return (
        child_of(reference("WhoId", "Contact", "Lead", label="Name ID"), children),
        child_of(reference("WhatId", *_WHAT, label="Related To ID"), children),
        replace(typed("Subject", "combobox", 255), choices=tuple(Choice(subject) for subject in subjects)),
    )


def _account() -> Field:
    return derived(reference("AccountId", "Account"), _ACCOUNT)


def _defaulting(name: str, default: str, *values: str) -> Field:
    """A picklist that is never empty."""
    choices = tuple(Choice(value, value == default) for value in values)
    return replace(picklist(name), choices=choices, default=default, nillable=False, defaulted=True)


TASK = SObject(
    "Task",
    "Task",
    "Tasks",
    "00T",
    name_field="Subject",
    indexed=("WhoId", "WhatId"),
    fields=(
        record_head("Activity")[0],
        *_about("Tasks", "Call", "Send Letter", "Send Quote", "Other"),
        typed("ActivityDate", "date", label="Due Date Only"),
        _defaulting("Status", "Not Started", *TASK_STATUSES),
        _defaulting("Priority", "Normal", "High", "Normal", "Low"),
        derived(flag("IsHighPriority", "High Priority"), "({row}.Priority = 'High')"),
        owner("Group", "User", label="Assigned To ID"),
        description(),
        picklist("Type", "Call", "Meeting", "Other"),
        record_head("Activity")[1],
        _account(),
        derived(flag("IsClosed", "Closed"), _IS_CLOSED["Task"]),
        *audit_fields(),
        read_only(flag("IsArchived", "Archived")),
        integer("CallDurationInSeconds", 8, "Call Duration"),
        picklist("CallType", "Internal", "Inbound", "Outbound", length=40),
        text("CallDisposition", 255, "Call Result"),
        text("CallObject", 255, "Call Object Identifier"),
        typed("ReminderDateTime", "datetime", label="Reminder Date/Time"),
        flag("IsReminderSet", "Reminder Set"),
        replace(
            picklist("TaskSubtype", *_TASK_SUBTYPES, length=40, restricted=True),
            updateable=False,
            defaulted=True,
            default="Task",
        ),
        read_only(typed("CompletedDateTime", "datetime", label="Completed Date")),
    ),
)

EVENT = SObject(
    "Event",
    "Event",
    "Events",
    "00U",
    name_field="Subject",
    indexed=("WhoId", "WhatId"),
    fields=(
        record_head("Activity")[0],
        *_about("Events", "Call", "Email", "Meeting", "Other"),
        text("Location", 255),
        flag("IsAllDayEvent", "All-Day Event"),
        typed("ActivityDateTime", "datetime", label="Due Date Time"),
        typed("ActivityDate", "date", label="Due Date Only"),
        integer("DurationInMinutes", 8, "Duration"),
        typed("StartDateTime", "datetime"),
        typed("EndDateTime", "datetime"),
        derived(typed("EndDate", "date"), "substr({row}.EndDateTime, 1, 10)"),
        description(),
        _account(),
        owner("User", label="Assigned To ID"),
        picklist("Type", "Email", "Meeting", "Other", "Call"),
        flag("IsPrivate", "Private"),
        replace(
            picklist("ShowAs", "Busy", "OutOfOffice", "Free", length=40, label="Show Time As", restricted=True),
            defaulted=True,
            default="Busy",
        ),
        record_head("Activity")[1],
        read_only(flag("IsChild")),
        read_only(flag("IsGroupEvent")),
        *audit_fields(),
        read_only(flag("IsArchived", "Archived")),
        flag("IsReminderSet", "Reminder Set"),
        typed("ReminderDateTime", "datetime", label="Reminder Date/Time"),
        replace(
            picklist("EventSubtype", "Event", length=40, restricted=True),
            updateable=False,
            defaulted=True,
            default="Event",
        ),
    ),
)


def _listed(children: str) -> tuple[Field, ...]:
    return (
        record_head("Activity")[0],
        child_of(_account(), children, cascades=False),
        child_of(reference("WhoId", "Contact", "Lead", label="Name ID"), children, cascades=False),
        child_of(reference("WhatId", *_WHAT, label="Related To ID"), children, cascades=False),
        typed("Subject", "combobox", 255),
        flag("IsTask", "Task"),
        typed("ActivityDate", "date", label="Date"),
        typed("ActivityDateTime", "datetime", label="Time"),
        reference("OwnerId", "Group", "User", label="Assigned To ID"),
        picklist("Status"),
        picklist("Priority"),
        flag("IsHighPriority", "High Priority"),
        picklist("ActivityType", label="Type"),
        picklist("ActivitySubtype", length=40),
        flag("IsClosed", "Closed"),
        flag("IsAllDayEvent", "All-Day Event"),
        integer("DurationInMinutes", 8, "Duration"),
        typed("StartDateTime", "datetime", label="Start"),
        typed("EndDateTime", "datetime", label="End"),
        text("Location", 255),
        description(),
        record_head("Activity")[1],
        *audit_fields(),
        typed("CompletedDateTime", "datetime", label="Completed Date/Time"),
        integer("CallDurationInSeconds", 8, "Call Duration"),
        picklist("CallType", length=40),
        text("CallDisposition", 255, "Call Result"),
        flag("IsReminderSet", "Reminder Set"),
        typed("ReminderDateTime", "datetime", label="Reminder Date/Time"),
    )


def _activities(name: str, label: str, plural: str, *, closed: bool) -> SObject:
    """Tasks and events in one list: those that are closed or over, or those that are not."""
    fields = _listed(plural.replace(" ", ""))
    sources = {}
    for sobject in (TASK, EVENT):
        is_closed = _IS_CLOSED[sobject.name]
        sources[f"FROM {{{sobject.name}}} AS {{row}} WHERE {is_closed} = {int(closed)}"] = {
            **{field.name: field.read_sql for field in sobject.fields},
            "IsTask": str(int(sobject is TASK)),
            "IsClosed": is_closed,
            "ActivityType": "{row}.Type",
            "ActivitySubtype": f"{{row}}.{sobject.name}Subtype",
        }
    return listing(name, label, plural, "Subject", fields, sources)


OPEN_ACTIVITY = _activities("OpenActivity", "Open Activity", "Open Activities", closed=False)
ACTIVITY_HISTORY = _activities("ActivityHistory", "Activity History", "Activity Histories", closed=True)
