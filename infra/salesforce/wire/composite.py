"""Several requests in one call.

Source: fact sheet 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.salesforce.wire.answers import Answer, NoAnswerError
from infra.salesforce.wire.errors import check


@dataclass(frozen=True)
class Subrequest:
    """One request of a composite one; later ones may refer to it as `@{name.…}`."""

    name: str
    method: str
    url: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def composite_body(subrequests: Sequence[Subrequest]) -> dict[str, Any]:
    """The body of a composite request. Its subrequests stand or fall each for itself."""
    entries = [_entry(subrequest) for subrequest in subrequests]
    return {"allOrNone": False, "collateSubrequests": False, "compositeRequest": entries}


def _entry(subrequest: Subrequest) -> dict[str, Any]:
    entry: dict[str, Any] = {"method": subrequest.method, "url": subrequest.url, "referenceId": subrequest.name}
    if subrequest.body is not None:
        entry["body"] = subrequest.body
    if subrequest.headers:
        entry["httpHeaders"] = dict(subrequest.headers)
    return entry


def subrequest_answers(answer: Answer, subrequests: Sequence[Subrequest]) -> dict[str, Answer]:
    """The answer to each subrequest, by its name.

    Raises what `check` does, and NoAnswerError when one is missing.
    """
    check(answer)
    parts = answer.body.get("compositeResponse") if isinstance(answer.body, dict) else None
    if not isinstance(parts, list):
        raise NoAnswerError("not_salesforce", "no compositeResponse in the answer")
    answers = {
        str(part.get("referenceId")): Answer(int(part.get("httpStatusCode", 0)), part.get("body"), answer.headers)
        for part in parts
        if isinstance(part, dict)
    }
    if missing := [subrequest.name for subrequest in subrequests if subrequest.name not in answers]:
        raise NoAnswerError("not_salesforce", f"no answer to {missing[0]} in the composite one")
    return answers


def mentions_a_reference(record: Mapping[str, Any]) -> bool:
    """Whether a value would be taken for a reference to another subrequest, so that it can not be in one.

    Source: fact sheet 5.1.
    """
    return any("@{" in value for value in record.values() if isinstance(value, str))
