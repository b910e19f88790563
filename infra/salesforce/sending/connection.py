"""One caller's way to its org during one request: authenticated, patient, within one deadline."""

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

import anyio
import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from domain.errors import (
    ConversionRejectedError,
    CoordinationUnavailableError,
    LeadError,
    LeadNotFoundError,
    OutcomeUnknownError,
    OverloadedError,
    ReadOnlyError,
    SalesforceBadResponseError,
    SalesforceLimitError,
    SalesforceTimeoutError,
    SalesforceUnavailableError,
    TryLaterError,
)
from domain.ports import ReportProgress
from domain.values.session import Session
from infra.coordination.encryption import digest
from infra.salesforce.sending.api_versions import ApiVersions
from infra.salesforce.sending.http_client import send
from infra.salesforce.sending.limits import OrgLimits
from infra.salesforce.sending.request import Effect, Request
from infra.salesforce.sending.timing import Clock, Patience
from infra.salesforce.sending.token_requests import RefreshFailedError
from infra.salesforce.wire.answers import Answer, NoAnswerError, rest_answer
from infra.salesforce.wire.api_versions import asked_version, may_be_about_version, version_error
from infra.salesforce.wire.errors import Allows, allows
from infra.salesforce.wire.soap import soap_answer

T = TypeVar("T")


class Sessions(Protocol):
    """Where the session comes from, and what follows when Salesforce refuses it."""

    def current(self, session: Session) -> Session:
        """The session to use instead of this one, as far as is known."""

    async def renewed(self, session: Session) -> tuple[Session, bool]:
        """A session instead of the one that Salesforce refused, and whether Salesforce gave it just now.

        Raises AccessErrors and TryLaterErrors when nothing was sent, RefreshFailedError otherwise.
        """

    def refused(self) -> LeadError:
        """What is said when Salesforce refuses a session that it gave just now."""


class Connection:
    """Sends requests to the caller's org, refreshes the session, and repeats what may be repeated."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        sessions: Sessions,
        session: Session,
        patience: Patience,
        clock: Clock,
        limits: OrgLimits,
        versions: ApiVersions,
        *,
        caller: str = "",
        read_only: bool = False,
    ) -> None:
        """`caller` tells apart those who work with the same session."""
        self._caller = caller
        self._read_only = read_only
        self._http = http
        self._limits = limits
        self._versions = versions
        self._sessions = sessions
        self._patience = patience
        self._clock = clock
        self._ends = clock.now() + patience.deadline
        self._report: ReportProgress = _nobody
        self.session = session
        """The session as it is now; another one than at first after a refresh."""
        self.lost_answers = 0
        """How many requests went out whose outcome nobody told."""
        self.writes_still_running = 0
        """How many of them Salesforce may be still at work on."""

    @property
    def seconds_left(self) -> float:
        return self._ends - self._clock.now()

    @property
    def user(self) -> str:
        """What tells apart who Salesforce answers to: a digest of the org and the session."""
        session = self._sessions.current(self.session)
        return digest(f"{session.instance_url} {session.access_token}")

    def report_progress_to(self, report: ReportProgress) -> None:
        """From now on tell there what is done next."""
        self._report = report

    async def call(self, request: Request, read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer.

        `read` raises the errors of `error_from`; those that leave no doubt that nothing was done are tried again
        whatever the request, those that leave doubt only when it may be sent twice. This is the one place that
        repeats anything.

        Raises TryLaterErrors and AccessErrors, among them ReadOnlyError for a write that is not allowed here; for
        writes OutcomeUnknownError; and what `read` raises.
        """
        if self._read_only and request.effect is not Effect.READ:
            raise ReadOnlyError
        retrying = AsyncRetrying(
            sleep=self._clock.sleep,
            wait=self._pause,
            stop=self._is_over,
            retry=retry_if_exception(partial(_may_repeat, request.effect)),
            before_sleep=lambda _: self._report("Trying again"),
            reraise=True,
        )
        lost_before = self.lost_answers
        self._limits.retries.earn()
        self._report(request.doing)
        try:
            return await retrying(self._attempt, request, read)
        except NoAnswerError as error:
            raise _verdict(error, request.effect) from error
        except (LeadError, RefreshFailedError) as error:
            lost = self.lost_answers > lost_before and request.effect is not Effect.READ
            if lost and not isinstance(error, LeadNotFoundError):
                # The last attempt did nothing, but an earlier one may have.
                raise _verdict(NoAnswerError("lost", "in an earlier attempt"), request.effect) from error
            if isinstance(error, RefreshFailedError):
                raise error.told from error
            raise

    async def _attempt(self, request: Request, read: Callable[[Answer], T]) -> T:
        try:
            answer = await self._authenticated(request)
            await self._refuse_unsupported_version(request, answer)
            return _understood(read, answer)
        except NoAnswerError as error:
            self.lost_answers += 1
            if error.kind == "timeout" and request.effect is not Effect.READ:
                self.writes_still_running += 1
            raise

    async def _refuse_unsupported_version(self, request: Request, answer: Answer) -> None:
        if answer.ok or asked_version(request.path) is None or not may_be_about_version(answer):
            return
        within = min(self._patience.timeout, max(0.0, self.seconds_left))
        offered = await self._versions.of(self.session.instance_url, within)
        if error := version_error(answer, request.path, offered):
            raise error

    async def _authenticated(self, request: Request) -> Answer:
        self.session = self._sessions.current(self.session)
        fresh = False
        if not self.session.access_token:
            self.session, fresh = await self._renewed()
        while True:
            answer = await self._send(request)
            if answer.ok or allows(answer) is not Allows.REFRESH:
                return answer
            if request.envelope and _looks_like_jwt(self.session.access_token):
                raise ConversionRejectedError(
                    "Salesforce converts, merges and restores leads only over SOAP, which accepts no JWT-based access "
                    "tokens. Let the connected app issue opaque ones, sign in again, and do it then."
                )
            if fresh:
                raise self._sessions.refused()
            self.session, fresh = await self._renewed()

    async def _renewed(self) -> tuple[Session, bool]:
        self._report("Refreshing the session")
        try:
            with anyio.fail_after(max(0.0, self.seconds_left)):
                return await self._sessions.renewed(self.session)
        except RefreshFailedError as error:
            self.session = error.session or self.session
            raise
        except TimeoutError as error:
            raise SalesforceTimeoutError(
                "Salesforce did not renew the session in time. Nothing was written; try again."
            ) from error

    async def _send(self, request: Request) -> Answer:
        # Waiting for a place counts, so the time that is left is asked for twice.
        async with self._limits.place(self._time_for(request), self._caller):
            within = min(self._patience.timeout, self._time_for(request))
            if request.envelope:
                return soap_answer(await self._post_envelope(request, request.envelope, within))
            return rest_answer(await self._send_json(request, within))

    async def _post_envelope(self, request: Request, envelope: Callable[[str], bytes], within: float) -> httpx.Response:
        headers = {"content-type": "text/xml; charset=UTF-8", "soapaction": '""', **request.headers}
        content = envelope(self.session.access_token)
        url = self.session.instance_url + request.path
        return await send(self._http, request.method, url, headers=headers, within=within, content=content)

    async def _send_json(self, request: Request, within: float) -> httpx.Response:
        headers = {
            "accept": "application/json",
            "authorization": f"Bearer {self.session.access_token}",
            "sforce-call-options": "client=salesforce-lead-gateway",
            **request.headers,
        }
        url = self.session.instance_url + request.path
        return await send(self._http, request.method, url, headers=headers, within=within, json=request.json)

    def _time_for(self, request: Request) -> float:
        left = self.seconds_left - self._to_spare(request)
        if left <= 0:
            raise _too_late()
        return left

    def _to_spare(self, request: Request) -> float:
        # After a write there has to be time to look what became of it.
        if request.effect is Effect.READ:
            return 0.0
        return min(self._patience.timeout, self._patience.deadline / 4)

    def _pause(self, state: RetryCallState) -> float:
        """Seconds before the next attempt: full jitter, or what Salesforce asked for."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, (TryLaterError, NoAnswerError)) else None
        if asked is not None:
            return asked
        return self._clock.chance.uniform(0, self._patience.backoff * 2 ** (state.attempt_number - 1))

    def _is_over(self, state: RetryCallState) -> bool:
        if state.attempt_number >= self._patience.attempts or state.upcoming_sleep >= self.seconds_left:
            return True
        return not self._limits.retries.spend()


def _nobody(_: str) -> None:
    """Is told the steps when nobody wants to know them."""


def _understood(read: Callable[[Answer], T], answer: Answer) -> T:
    try:
        return read(answer)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        # The answer comes from outside: when it has not the shape Salesforce documents, it is not Salesforce's.
        raise NoAnswerError("not_salesforce", "an answer of another shape") from error


def _may_repeat(effect: Effect, error: BaseException) -> bool:
    if isinstance(error, NoAnswerError):
        return effect is not Effect.WRITE
    if isinstance(error, (OverloadedError, CoordinationUnavailableError, SalesforceLimitError)):
        # Later than this request can wait: another attempt would only make it worse.
        return False
    return isinstance(error, TryLaterError)


def _too_late() -> SalesforceTimeoutError:
    return SalesforceTimeoutError("Salesforce took too long, and this request's time is over; try again.")


def _verdict(error: NoAnswerError, effect: Effect) -> LeadError:
    """What a caller is told when there is no answer: for a read that nothing was written, else that nobody knows."""
    if effect is not Effect.READ:
        return OutcomeUnknownError(
            "The change was sent to Salesforce and the answer was lost. It may have happened: look at the lead with "
            "salesforce_get_lead (GET /v1/leads/{lead}) before sending it again."
        )
    if error.kind == "timeout":
        return SalesforceTimeoutError("Salesforce did not answer in time. Nothing was written; try again.")
    if error.kind == "not_salesforce":
        return SalesforceBadResponseError(
            "What came back is not an answer of Salesforce, perhaps a maintenance page. Nothing was written; try "
            f"again later. ({error})",
            error.retry_after,
        )
    return SalesforceUnavailableError("The connection to Salesforce was lost. Nothing was written; try again.")


def _looks_like_jwt(access_token: str) -> bool:
    """Source: fact sheet 1.3."""
    return access_token.count(".") == 2 and "!" not in access_token
