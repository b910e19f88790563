"""The queries behind every look at leads, as SOQL, and the records in their answers."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from domain.values.listing import LeadFilter, Position
from domain.values.org import LeadStatus
from infra.salesforce.wire.answers import Answer, NoAnswerError
from infra.salesforce.wire.errors import check
from infra.salesforce.wire.records import ALWAYS_READ, salesforce_name, to_status
from infra.salesforce.wire.soql_builder import datetime_literal, like_pattern, select, string_literal

MAX_SAME_EMAIL = 200
"""How many leads with one email are looked at; FIELDS(ALL) allows no more (fact sheet 4.1)."""

STATUSES = select(["ApiName", "MasterLabel", "IsConverted", "IsDefault"], "LeadStatus", order_by="SortOrder ASC")
ORGANIZATION = select(["Id", "Name", "IsSandbox", "OrganizationType"], "Organization", limit=1)

_NEXT_PAGE = re.compile(r"/services/data/v\d{2,3}\.0/query(?:All)?/[A-Za-z0-9-]{1,100}", re.IGNORECASE)


def leads_with_email(email: str) -> str:
    """Every lead that has the email, in the order in which they match."""
    return select(
        ["FIELDS(ALL)"],
        "Lead",
        [f"Email = {string_literal(email)}"],
        "IsConverted ASC, CreatedDate ASC, Id ASC",
        limit=MAX_SAME_EMAIL,
    )


def shared_emails(at_most: int) -> str:
    """The emails that several open leads have, those with most leads first; one more than `at_most`."""
    return select(
        ["Email", "COUNT(Id) leads"],
        "Lead",
        ["IsConverted = false", "Email != null"],
        "COUNT(Id) DESC, Email ASC",
        limit=at_most + 1,
        group_by="Email HAVING COUNT(Id) > 1",
    )


def open_leads_with(emails: Iterable[str]) -> str:
    """The open leads with any of these emails, the oldest first, as far as it takes to recognise them."""
    wanted = ", ".join(string_literal(email) for email in emails)
    return select(
        [*ALWAYS_READ, "Company"],
        "Lead",
        ["IsConverted = false", f"Email IN ({wanted})"],
        "CreatedDate ASC, Id ASC",
    )


def merged_away(lead_ids: Iterable[str]) -> str:
    """Of these leads those that were merged into another one; they are in the recycle bin.

    Source: fact sheet 2.5.
    """
    ids = ", ".join(string_literal(lead_id) for lead_id in lead_ids)
    conditions = [f"Id IN ({ids})", "IsDeleted = true", "MasterRecordId != null"]
    return select(["Id", "MasterRecordId"], "Lead", conditions)


def leads_of_page(leads: LeadFilter, fields: Sequence[str] | None, after: Position | None) -> str:
    """SOQL for the leads behind a position, one more than are wanted, so that it shows whether there are more."""
    column = salesforce_name(leads.sort.removeprefix("-"))
    order = "DESC" if leads.sort.startswith("-") else "ASC"
    conditions = _conditions(leads)
    if after is not None:
        moment, beyond = datetime_literal(after.moment), "<" if order == "DESC" else ">"
        conditions.append(
            f"({column} {beyond} {moment} OR ({column} = {moment} AND Id {beyond} {string_literal(after.id)}))"
        )
    return select(_columns(fields), "Lead", conditions, f"{column} {order}, Id {order}", limit=leads.limit + 1)


def _columns(fields: Sequence[str] | None) -> list[str]:
    if fields is None:
        # Whatever standard fields this user may see; a list would fail on a single hidden one.
        return ["FIELDS(STANDARD)"]
    # A lead's page has its address from the Id.
    return list(dict.fromkeys([*ALWAYS_READ, *(salesforce_name(name) for name in fields if name != "url")]))


def _conditions(leads: LeadFilter) -> list[str]:
    equal = {
        "Email": leads.email,
        "Status": leads.status,
        "Company": leads.company,
        "LeadSource": leads.source,
        "OwnerId": leads.owner_id,
    }
    conditions = [f"{column} = {string_literal(value)}" for column, value in equal.items() if value is not None]
    if leads.converted is not None:
        conditions.append(f"IsConverted = {'true' if leads.converted else 'false'}")
    bounds = {
        "CreatedDate >=": leads.created_after,
        "CreatedDate <": leads.created_before,
        "LastModifiedDate >=": leads.modified_after,
        "LastModifiedDate <": leads.modified_before,
    }
    conditions += [f"{bound} {datetime_literal(moment)}" for bound, moment in bounds.items() if moment is not None]
    if leads.search:
        pattern = like_pattern(leads.search)
        conditions.append(f"(Name LIKE {pattern} OR Company LIKE {pattern} OR Email LIKE {pattern})")
    return conditions


def records_in(answer: Answer) -> list[dict[str, Any]]:
    """The records of a query that fits into one page. Raises what `check` does, and NoAnswerError when it did not."""
    records, next_page = page_in(answer)
    if next_page is not None:
        raise NoAnswerError("not_salesforce", "more records than were asked for")
    return records


def statuses_in(answer: Answer) -> list[LeadStatus]:
    """The lead statuses in the answer to STATUSES."""
    return [to_status(record) for record in records_in(answer)]


def page_in(answer: Answer) -> tuple[list[dict[str, Any]], str | None]:
    """The records in a query's answer, and the path of its next page, if there is one.

    Raises what `check` does, and NoAnswerError for another shape, or a next page that is not on this host.
    """
    check(answer)
    body = answer.body
    if not (isinstance(body, dict) and isinstance(body.get("records"), list) and "done" in body):
        raise NoAnswerError("not_salesforce", "no records in the answer to a query")
    if body["done"]:
        return body["records"], None
    path = next_page_path(body.get("nextRecordsUrl"))
    if path is None:
        raise NoAnswerError("not_salesforce", "the next page of a query is not on this host")
    return body["records"], path


def next_page_path(url: object) -> str | None:
    """The path of a query's next page; None when it is not one, so that no token follows it anywhere else."""
    return url if isinstance(url, str) and _NEXT_PAGE.fullmatch(url) else None
