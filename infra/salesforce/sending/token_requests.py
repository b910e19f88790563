"""Requests for tokens: sent once, and again only when Salesforce says that it did not use what was presented."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from domain.errors import LeadError, SalesforceTimeoutError
from domain.values.session import Session
from infra.salesforce.sending.grants import OAuthClient
from infra.salesforce.sending.http_client import send
from infra.salesforce.sending.timing import Clock, Patience
from infra.salesforce.wire.answers import NoAnswerError
from infra.salesforce.wire.token_answers import Remedy, TokenAnswer, token_answer

T = TypeVar("T")


class RefreshFailedError(Exception):
    """A request for a token went out and brought no session that can be used. It must not be sent again: with
    rotation, Salesforce would take the second one for theft and end the session for good."""

    def __init__(self, told: LeadError, session: Session | None = None) -> None:
        super().__init__(told.message)
        self.told = told
        """What the caller is told."""
        self.session = session
        """The tokens that count from now on, where some came all the same: those before them may be dead."""


class TokenInUseError(RefreshFailedError):
    """Salesforce is at work on another request with the same token, and did not use it for this one."""


def refused(answer: TokenAnswer, told: LeadError, session: Session | None) -> RefreshFailedError:
    """The failure that an answer without an access token is."""
    kind = TokenInUseError if answer.refusal.remedy is Remedy.A_MOMENT else RefreshFailedError
    return kind(told, session)


@dataclass(frozen=True)
class TokenRequests:
    """The way to the token endpoint."""

    http: httpx.AsyncClient
    client: OAuthClient
    patience: Patience
    clock: Clock

    async def send(self, instance_url: str, form: Mapping[str, str], what: str) -> TokenAnswer:
        """Post the form, once. `what` tells what for, such as "the session was refreshed".

        Raises SalesforceUnavailableError when it certainly never left, RefreshFailedError when it may have.
        """
        url = self.client.token_url or f"{instance_url}/services/oauth2/token"
        headers = {"accept": "application/json"}
        within = self.patience.timeout
        try:
            response = await send(self.http, "POST", url, headers=headers, within=within, data=dict(form))
        except NoAnswerError as error:
            problem = f"Salesforce did not answer while {what}. Nothing was written; try again."
            raise RefreshFailedError(SalesforceTimeoutError(problem)) from error
        secrets = (form.get(name) for name in ("refresh_token", "client_secret", "assertion"))
        return token_answer(response.status_code, response.content, response.headers, secrets=secrets)

    async def while_in_use(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` brings; after TokenInUseError it is asked again in a moment, a few times.

        `ask` has to look first whether somebody else has got the session by then. Source: fact sheet 12.3.
        """
        ends = self.clock.now() + self.patience.deadline

        def is_over(state: RetryCallState) -> bool:
            too_late = self.clock.now() + state.upcoming_sleep >= ends
            return too_late or state.attempt_number >= self.patience.attempts

        retrying = AsyncRetrying(
            sleep=self.clock.sleep,
            # Not less than a part of it: the other request takes as long as any.
            wait=lambda state: self.clock.chance.uniform(0.5, 1) * 2 ** (state.attempt_number - 1),
            stop=is_over,
            retry=retry_if_exception_type(TokenInUseError),
            reraise=True,
        )
        return await retrying(ask)
