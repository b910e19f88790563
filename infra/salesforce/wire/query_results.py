"""The records in the answers to queries, and where the next ones are.

Source: fact sheet 4.1.
"""

import re
from collections.abc import Mapping
from typing import Any

from domain.values.org import LeadStatus
from infra.salesforce.wire.answers import Answer, NoAnswerError
from infra.salesforce.wire.errors import check
from infra.salesforce.wire.records import to_status

_NEXT_PAGE = re.compile(r"/services/data/v\d{2,3}\.0/query(?:All)?/[A-Za-z0-9-]{1,100}", re.IGNORECASE)


def records_in(answer: Answer) -> list[dict[str, Any]]:
    """The records of a query that fits into one page. Raises what `check` does, and NoAnswerError when it did not."""
    body = _body_of(answer)
    if not body["done"]:
        raise NoAnswerError("not_salesforce", "more records than were asked for")
    records: list[dict[str, Any]] = body["records"]
    return records


def records_with_ids_in(answer: Answer) -> list[dict[str, Any]]:
    """The records of a query that names some by their Ids: none for an Id that shows by its checksum to be mistyped.

    Source: fact sheet 2.3.
    """
    mistyped = any(problem.code == "INVALID_QUERY_FILTER_OPERATOR" for problem in answer.problems)
    return [] if mistyped else records_in(answer)


def statuses_in(answer: Answer) -> list[LeadStatus]:
    """The lead statuses in the answer to their query."""
    return [to_status(record) for record in records_in(answer)]


def page_in(answer: Answer) -> tuple[list[dict[str, Any]], str | None]:
    """The records in a query's answer, and the path of its next page, if there is one.

    Raises what `check` does, and NoAnswerError for another shape, or a next page that is not on this host.
    """
    body = _body_of(answer)
    if body["done"]:
        return body["records"], None
    path = next_page_path(body.get("nextRecordsUrl"))
    if path is None:
        raise NoAnswerError("not_salesforce", "the next page of a query is not on this host")
    return body["records"], path


def next_page_path(url: object) -> str | None:
    """The path of a query's next page; None when it is not one, so that no token follows it anywhere else."""
    return url if isinstance(url, str) and _NEXT_PAGE.fullmatch(url) else None


def _body_of(answer: Answer) -> Mapping[str, Any]:
    check(answer)
    body = answer.body
    if not (isinstance(body, dict) and isinstance(body.get("records"), list) and "done" in body):
        raise NoAnswerError("not_salesforce", "no records in the answer to a query")
    return body
