"""Scripted faults: rules that say which operation fails, how, and how often."""

from __future__ import annotations

import random
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, JsonValue, model_validator


def _not_of_the_server(name: str) -> str:
    if name.lower() in ("content-length", "transfer-encoding"):
        raise ValueError("the server itself says where a body ends")
    return name


def _with_body(status: int) -> int:
    if status in (204, 205, 304):
        raise ValueError("an answer with this status has no body")
    return status


_HeaderName = Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"), AfterValidator(_not_of_the_server)]
_HeaderValue = Annotated[str, Field(pattern=r"^([\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?)?$")]
"""What HTTP can carry. Source: RFC 9110, section 5."""


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: str = Field(min_length=1)
    """A name as in the stats, or `*` for every call (not for the requests inside a composite one)."""
    probability: float = Field(default=1, gt=0, le=1)
    times: int | None = Field(default=None, ge=1)
    """Fires at most this often."""
    seed: int | None = None
    """Makes a rule with a probability fire at the same calls every time."""


class Refusal(_Rule):
    """Answers an error; nothing is done."""

    status: int = Field(default=503, ge=400, le=599)
    error_code: str = "SERVER_UNAVAILABLE"
    message: str = "The server is temporarily unavailable."
    fields: tuple[str, ...] | None = None
    """What the error is about; left out of those that are about the request as such."""
    headers: dict[_HeaderName, _HeaderValue] = {}


class StatusFault(Refusal):
    """Answers any error. OAuth's `error` and `error_description` are other names of code and message."""

    kind: Literal["status"]
    error_code: str = Field("SERVER_UNAVAILABLE", validation_alias=AliasChoices("error_code", "error"))
    message: str = Field(
        "The server is temporarily unavailable.", validation_alias=AliasChoices("message", "error_description")
    )

    @model_validator(mode="before")
    @classmethod
    def _as_oauth_refuses(cls, rule: Any) -> Any:
        """An OAuth error is a 400 that describes itself, unless the rule says otherwise. Source: fact sheet 1.4."""
        if not isinstance(rule, dict) or "error" not in rule:
            return rule
        description = {} if "message" in rule else {"error_description": rule["error"]}
        return {"status": 400, **description, **rule}


class QuotaFault(Refusal):
    """Answers as if the daily allowance were used up. Source: fact sheet 3.2."""

    kind: Literal["quota_exhausted"]
    status: int = Field(default=403, ge=400, le=599)
    error_code: str = "REQUEST_LIMIT_EXCEEDED"
    message: str = "TotalRequests Limit exceeded."


class LockRowFault(Refusal):
    """Someone else holds a record: the ones at `rows` (from 0) of a call that takes many, else the call as a whole."""

    kind: Literal["lock_row"]
    status: int = Field(default=400, ge=400, le=599)
    error_code: str = "UNABLE_TO_LOCK_ROW"
    message: str = "unable to obtain exclusive access to this record"
    rows: frozenset[Annotated[int, Field(ge=0)]] = frozenset({0})


class DropBeforeFault(_Rule):
    """The connection is lost and nothing is done."""

    kind: Literal["drop_before"]


class DropAfterFault(_Rule):
    """The work is done and the answer is lost."""

    kind: Literal["drop_after"]


class DelayFault(_Rule):
    """The answer takes longer."""

    kind: Literal["delay"]
    seconds: float = Field(ge=0, le=3600)


class HtmlFault(_Rule):
    """A maintenance page comes instead of an answer; nothing is done."""

    kind: Literal["html"]
    status: Annotated[int, AfterValidator(_with_body)] = Field(default=503, ge=200, le=599)


class ExpireSessionFault(_Rule):
    """The access token of the call dies and the call is answered 401."""

    kind: Literal["expire_session"]


class RedirectFault(_Rule):
    """Sends the caller elsewhere; nothing is done."""

    kind: Literal["redirect"]
    status: Literal[301, 302, 303, 307, 308] = 302
    location: _HeaderValue = "https://elsewhere.example/"


class DeliveryFault(_Rule):
    """The work is done, and something happens to its answer on the way."""


class SlowBodyFault(DeliveryFault):
    """The head of the answer comes at once; the body comes in pieces that take `seconds` altogether."""

    kind: Literal["slow_body"]
    seconds: float = Field(default=1, ge=0, le=3600)
    pieces: int = Field(default=10, ge=1, le=1000)


class TruncatedBodyFault(DeliveryFault):
    """The connection breaks after so many bytes of the body."""

    kind: Literal["truncated_body"]
    kept: int = Field(default=10, ge=0)


class ContentTypeFault(DeliveryFault):
    """The right answer says that it is something else."""

    kind: Literal["content_type"]
    media_type: _HeaderValue = "text/plain"


class ChangedBodyFault(DeliveryFault):
    """The right answer, a JSON object, says something else: the `changes`, where null leaves a key out."""

    kind: Literal["changed_body"]
    changes: dict[str, JsonValue]


Fault = (
    StatusFault
    | QuotaFault
    | LockRowFault
    | DropBeforeFault
    | DropAfterFault
    | DelayFault
    | HtmlFault
    | ExpireSessionFault
    | RedirectFault
    | SlowBodyFault
    | TruncatedBodyFault
    | ContentTypeFault
    | ChangedBodyFault
)
FaultRule = Annotated[Fault, Field(discriminator="kind")]


class Faults:
    """The rules of one org, asked in order; the first that fires is the fault of a call."""

    def __init__(self) -> None:
        self._rules: list[_Armed] = []

    def add(self, rules: list[Fault]) -> None:
        self._rules.extend(_Armed(rule) for rule in rules)

    def all(self) -> list[dict[str, Any]]:
        """The rules in their order, each with how often it has `fired`."""
        return [{**armed.rule.model_dump(mode="json"), "fired": armed.fired} for armed in self._rules]

    def clear(self) -> None:
        self._rules.clear()

    def for_call(self, operation: str) -> Fault | None:
        """What goes wrong with a call."""
        return self._first(operation, "*")

    def for_part(self, operation: str) -> Fault | None:
        """What goes wrong with a request inside a composite one."""
        return self._first(operation)

    def _first(self, *names: str) -> Fault | None:
        return next((armed.rule for armed in self._rules if armed.rule.operation in names and armed.fires()), None)


class _Armed:
    """A rule, and how often it has fired."""

    def __init__(self, rule: Fault) -> None:
        self.rule = rule
        self.fired = 0
        self._random = random.Random(rule.seed)  # noqa: S311 - chance for tests, no secret

    def fires(self) -> bool:
        if self.fired == self.rule.times or self._random.random() >= self.rule.probability:
            return False
        self.fired += 1
        return True
