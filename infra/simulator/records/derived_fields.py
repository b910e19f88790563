"""Fields that Salesforce works out from others: full names, and what an opportunity's stage, date and amount mean.

Source: fact sheet 2.6; "Opportunity", Object Reference.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.simulator.org.storage import Row
from infra.simulator.schema.dates import parse_date
from infra.simulator.schema.fields import SObject
from infra.simulator.schema.opportunity import FORECASTS, stage_named

_FORECASTS = {name.casefold(): category for name, category in FORECASTS.items()}


def derived(sobject: SObject, values: Row, before: Row | None, now: str) -> Row:
    """What follows from the values written, for a record that was as `before` says; None for a new one."""
    last_name = sobject.field("LastName")
    if last_name is not None and last_name.has_column:
        if not {"FirstName", "LastName"} & values.keys():
            return {}
        row = {**(before or {}), **values}
        return {"Name": " ".join(part for part in (row.get("FirstName"), row.get("LastName")) if part)}
    if sobject.name == "Opportunity":
        return _of_opportunity(values, before, now)
    return {}


def _of_opportunity(values: Row, before: Row | None, now: str) -> Row:
    found: Row = {}
    row = {**(before or {}), **values}
    moved = before is None or row["StageName"] != before["StageName"]
    stage = stage_named(row["StageName"])
    if moved:
        found |= {"IsClosed": stage.is_closed, "IsWon": stage.is_won}
        if values.get("Probability") is None:
            found["Probability"] = stage.probability
        if before is not None:
            found["LastStageChangeDate"] = now
    if row.get("ForecastCategoryName") is None or (moved and values.get("ForecastCategoryName") is None):
        found["ForecastCategoryName"] = stage.forecast
    row |= found
    found["ForecastCategory"] = _FORECASTS[row["ForecastCategoryName"].casefold()]
    found["ExpectedRevenue"] = _expected(row)
    return found | _period(row) | _pushes(row, before)


def _expected(row: Mapping[str, object]) -> float | None:
    amount, probability = row.get("Amount"), row.get("Probability")
    if not isinstance(amount, (int, float)) or not isinstance(probability, (int, float)):
        return None
    return round(amount * probability / 100, 2)


def _period(row: Row) -> Row:
    """Fiscal years are calendar years."""
    day = parse_date(row["CloseDate"])
    if day is None:
        return {}
    quarter = (day.month + 2) // 3
    return {"FiscalYear": day.year, "FiscalQuarter": quarter, "Fiscal": f"{day.year} {quarter}"}


def _pushes(row: Row, before: Row | None) -> Row:
    """How often the close date was put off to a later month."""
    if before is None:
        return {"PushCount": 0}
    later = row["CloseDate"][:7] > before["CloseDate"][:7]
    return {"PushCount": (before["PushCount"] or 0) + 1} if later else {}
