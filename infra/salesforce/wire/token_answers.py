"""What Salesforce's token endpoint answers: tokens, or why there are none and who can change that.

Source: fact sheet 1.3, 1.4 and 12.3.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from domain.errors import (
    LeadError,
    PermissionDeniedError,
    ReauthenticationRequiredError,
    SalesforceBadResponseError,
    SalesforceBusyError,
    SalesforceUnavailableError,
    ServiceLoginError,
    SessionExpiredError,
)
from infra.salesforce.wire.answers import retry_after


class Remedy(Enum):
    """What helps when a token is refused."""

    A_MOMENT = "a moment"
    """The refresh token was not used, since another request with it is under way: asking again is no second use."""
    TIME = "time"
    USER = "the user"
    ADMINISTRATOR = "a Salesforce administrator"
    OPERATOR = "whoever runs the gateway"


@dataclass(frozen=True)
class Refusal:
    """One kind of refusal."""

    says: str
    """A pattern in `error: error_description`, whatever their case."""
    remedy: Remedy
    reason: str = ""
    """What is wrong, with places for the name of the `flow` and for what is wrong with the `credential` itself."""
    step: str = "correct that"
    """What whoever can change it has to do."""


_CREDENTIAL = "{credential}"

REFUSALS: tuple[Refusal, ...] = (
    Refusal("already being processed", Remedy.A_MOMENT),
    Refusal("rate.?limit|rate exceeded", Remedy.TIME),
    Refusal(
        "ip restricted|ip address|ip range|login hours",
        Remedy.ADMINISTRATOR,
        "Salesforce does not let the user in from the gateway's IP address, or not at this hour",
        "allow it, in the policies of the connected app or the user's profile",
    ),
    Refusal(
        "inactive.?org|org(?:anization)? is (?:inactive|locked|closed|suspended)",
        Remedy.ADMINISTRATOR,
        "the org is inactive: locked, closed or suspended",
        "have it opened again by Salesforce",
    ),
    Refusal(
        "inactive.?user|user is (?:inactive|frozen|locked)",
        Remedy.ADMINISTRATOR,
        "the user is inactive",
        "activate the user",
    ),
    Refusal(
        "blocked",
        Remedy.ADMINISTRATOR,
        "the org blocks the connected app",
        "unblock it (Setup, Connected Apps OAuth Usage)",
    ),
    Refusal(
        "app_not_found|not installed",
        Remedy.ADMINISTRATOR,
        "the connected app is not installed in the org",
        "install it there",
    ),
    Refusal(
        "admin approved|invalid_app_access|oauth_app_access_denied",
        Remedy.ADMINISTRATOR,
        "the user may not use the connected app",
        "give the user access to it, by profile or permission set",
    ),
    Refusal(
        "invalid_client_id|client identifier",
        Remedy.OPERATOR,
        "SF_CLIENT_ID is not known at the host that is asked for tokens (SF_TOKEN_URL, by default the instance)",
    ),
    Refusal("invalid_client|invalid client", Remedy.OPERATOR, "SF_CLIENT_SECRET is wrong, or not SF_CLIENT_ID's"),
    Refusal(
        "unsupported_grant_type|unauthorized_client|grant type not supported",
        Remedy.OPERATOR,
        "the connected app does not allow the {flow} flow",
        "have it allowed there",
    ),
    Refusal(
        "hasn.t approved|not approved",
        Remedy.USER,
        "the user has not approved the connected app",
        "sign in again and approve it",
    ),
    Refusal(
        "expired|revoked|authentication failure|assertion|audience|no client credentials user|invalid_grant$",
        Remedy.USER,
        _CREDENTIAL,
        "sign in again",
    ),
    Refusal(
        "",
        Remedy.USER,
        "Salesforce gives another reason",
        "sign in again, and to ask a Salesforce administrator if that does not help",
    ),
)
"""The first one that matches counts."""

FAILURE_SECONDS = 5.0
"""How long a login or refresh that brought no session is told to late comers instead of being tried again."""

_LONGEST_QUOTE = 200
_TOKEN_LIKE = re.compile(r"[\w.!~+/=-]{40,}|(?=[a-z._!~+/=-]*\d)[\w.!~+/=-]{16,}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class TokenAnswer:
    """What Salesforce answered to a request for a token."""

    status: int
    refusal: Refusal
    """What kind of refusal it is, when there is no access token."""
    said: str = ""
    """`error: error_description` in Salesforce's words; empty when it gave none."""
    retry_after: float | None = None
    """Seconds to wait before asking again; None when Salesforce did not say."""
    access_token: str | None = field(default=None, repr=False)
    """None in every answer that does not give a session."""
    new_refresh_token: str | None = field(default=None, repr=False)
    """Where refresh tokens rotate; the one before is dead, even where the rest of the answer is of no use."""
    instance_url: str | None = None


def token_answer(
    status: int, content: bytes, headers: Mapping[str, str], *, secrets: Iterable[str | None]
) -> TokenAnswer:
    """The answer in a response; what Salesforce said is kept without the secrets that were sent."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    body = body if isinstance(body, dict) else {}
    words = ": ".join(filter(None, (_text(body, "error"), _text(body, "error_description"))))
    refusal = next(each for each in REFUSALS if re.search(each.says, words, re.IGNORECASE))
    known = (status, refusal, _cleaned(words, secrets), retry_after(headers))
    if status != 200:
        return TokenAnswer(*known)
    tokens = (_text(body, name) for name in ("access_token", "refresh_token", "instance_url"))
    return TokenAnswer(*known, *tokens)


def refresh_refusal(answer: TokenAnswer) -> LeadError:
    """Why a caller's session was not refreshed."""
    if error := _passing(answer, "refresh the session"):
        return error
    kind = answer.refusal
    credential = "its refresh token is not valid, or no longer: expired, revoked, replaced, or another app's"
    because = kind.reason.format(flow="refresh token", credential=credential)
    problem = f"The Salesforce session has expired and can not be refreshed: {because} {_quoted(answer)}."
    if kind.remedy is Remedy.OPERATOR:
        meanwhile = "until then only a new access token helps"
        return SessionExpiredError(f"{problem} Whoever runs the gateway has to {kind.step}; {meanwhile}.")
    if kind.remedy is Remedy.ADMINISTRATOR:
        return PermissionDeniedError(f"{problem} A Salesforce administrator has to {kind.step}.")
    return ReauthenticationRequiredError(f"{problem} The user has to {kind.step}.")


def login_refusal(answer: TokenAnswer, flow: str, hint: str) -> LeadError:
    """Why the gateway could not log in; `hint` is what is looked at when what it logs in with is refused."""
    if error := _passing(answer, "log the gateway in"):
        return error
    kind = answer.refusal
    because, step, who = kind.reason.format(flow=flow, credential=hint), kind.step, kind.remedy
    if kind.remedy is Remedy.USER:
        because = because if kind.reason == _CREDENTIAL else f"{because}; look at this first: {hint}"
        step, who = "correct that", Remedy.OPERATOR
    return ServiceLoginError(
        f"The gateway can not log in to Salesforce: {because} {_quoted(answer)}. Nothing was written; {who.value} has "
        f"to {step}."
    )


def _passing(answer: TokenAnswer, what: str) -> LeadError | None:
    """What is told when the same request may succeed later; None for what does not pass."""
    remedy = answer.refusal.remedy
    if remedy is Remedy.A_MOMENT:
        return SalesforceUnavailableError(
            f"Salesforce could not {what}, since it is at work on another request with the same token. Nothing was "
            "written; try again in a moment.",
            answer.retry_after or FAILURE_SECONDS,
        )
    if remedy is Remedy.TIME or answer.status == 429:
        return SalesforceBusyError(
            "Salesforce allows no more logins at the moment. Nothing was written; try again later.", answer.retry_after
        )
    if answer.status >= 500:
        return SalesforceUnavailableError(
            f"Salesforce could not {what} at the moment. Nothing was written; try again.", answer.retry_after
        )
    if not answer.said:
        return SalesforceBadResponseError(
            f"Salesforce could not {what}: its answer (HTTP {answer.status}) holds no access token and no reason. "
            "Nothing was written; if it stays so, whoever runs the gateway has to look at SF_TOKEN_URL.",
            answer.retry_after,
        )
    return None


def _quoted(answer: TokenAnswer) -> str:
    return f"(Salesforce says {answer.said!r})"


def _cleaned(words: str, secrets: Iterable[str | None]) -> str:
    """The words without secrets, without what looks like one, and not too many of them."""
    for secret in filter(None, secrets):
        words = words.replace(secret, "…")
    printable = "".join(letter if letter.isprintable() else " " for letter in words[:10_000])
    cleaned = _TOKEN_LIKE.sub("…", printable)
    return cleaned if len(cleaned) <= _LONGEST_QUOTE else f"{cleaned[:_LONGEST_QUOTE]}…"


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None
