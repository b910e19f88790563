"""Several requests in one call. No I/O.

Source: fact sheet 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.salesforce.answer import Answer, NoAnswerError, error_from


@dataclass(frozen=True)
class Step:
    """One request of a composite one; later steps may refer to it as `@{name.…}`."""

    name: str
    method: str
    url: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def composite(steps: Sequence[Step]) -> dict[str, Any]:
    """The body of a composite request. Its steps stand or fall each for itself."""
    return {"allOrNone": False, "collateSubrequests": False, "compositeRequest": [_subrequest(step) for step in steps]}


def _subrequest(step: Step) -> dict[str, Any]:
    subrequest: dict[str, Any] = {"method": step.method, "url": step.url, "referenceId": step.name}
    if step.body is not None:
        subrequest["body"] = step.body
    if step.headers:
        subrequest["httpHeaders"] = dict(step.headers)
    return subrequest


def step_answers(answer: Answer, steps: Sequence[Step]) -> dict[str, Answer]:
    """The answer to each step, by its name.

    Raises what `error_from` gives for an answer that is not ok, and NoAnswerError when a step is missing.
    """
    if not answer.ok:
        raise error_from(answer)
    parts = answer.body.get("compositeResponse") if isinstance(answer.body, dict) else None
    if not isinstance(parts, list):
        raise NoAnswerError("not_salesforce", "no compositeResponse in the answer")
    answers = {
        str(part.get("referenceId")): Answer(int(part.get("httpStatusCode", 0)), part.get("body"), answer.headers)
        for part in parts
        if isinstance(part, dict)
    }
    if missing := [step.name for step in steps if step.name not in answers]:
        raise NoAnswerError("not_salesforce", f"no answer to {missing[0]} in the composite one")
    return answers
