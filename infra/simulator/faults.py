"""Trouble on demand: rules that say which operation fails, how, and how often."""

from __future__ import annotations

import random
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: str = Field(min_length=1)
    """A name as in the stats, or `*` for every call (not for the requests inside a composite one)."""
    probability: float = Field(default=1, gt=0, le=1)
    times: int | None = Field(default=None, ge=1)
    """Fires at most this often."""
    seed: int | None = None
    """Makes a rule with a probability fire at the same calls every time."""


class StatusFault(_Rule):
    """Answers an error; nothing is done."""

    kind: Literal["status"]
    status: int = Field(default=503, ge=400, le=599)
    error_code: str = "SERVER_UNAVAILABLE"
    message: str = "The server is temporarily unavailable."
    headers: dict[str, str] = {}


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
    status: int = Field(default=503, ge=200, le=599)


class ExpireSessionFault(_Rule):
    """The access token of the call dies and the call is answered 401."""

    kind: Literal["expire_session"]


Fault = StatusFault | DropBeforeFault | DropAfterFault | DelayFault | HtmlFault | ExpireSessionFault
FaultRule = Annotated[Fault, Field(discriminator="kind")]


class Faults:
    """The rules of one org, asked in order; the first that fires is the fault of a call."""

    def __init__(self) -> None:
        self._rules: list[_Armed] = []

    def add(self, rules: list[Fault]) -> None:
        self._rules.extend(_Armed(rule) for rule in rules)

    def clear(self) -> None:
        self._rules.clear()

    def for_call(self, operation: str) -> Fault | None:
        """What befalls a call."""
        return self._first(operation, "*")

    def for_part(self, operation: str) -> Fault | None:
        """What befalls a request inside a composite one."""
        return self._first(operation)

    def _first(self, *names: str) -> Fault | None:
        return next((armed.rule for armed in self._rules if armed.rule.operation in names and armed.fires()), None)


class _Armed:
    """A rule, and how often it may still fire."""

    def __init__(self, rule: Fault) -> None:
        self.rule = rule
        self._left = rule.times
        self._random = random.Random(rule.seed)  # noqa: S311 - chance for tests, no secret

    def fires(self) -> bool:
        if self._left == 0 or self._random.random() >= self.rule.probability:
            return False
        if self._left is not None:
            self._left -= 1
        return True
