"""Each refusal of Salesforce's token endpoint has one meaning here, for callers and for the gateway's own login."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from infra.salesforce.wire.token_answers import TokenAnswer, login_refusal, refresh_refusal, token_answer

USER, ADMIN, OPERATOR = ReauthenticationRequiredError, PermissionDeniedError, SessionExpiredError


def answer_of(status: int, body: object, secrets: tuple[str, ...] = ()) -> TokenAnswer:
    return token_answer(status, json.dumps(body).encode(), {}, secrets=secrets)


def refused(error: str, description: str = "") -> TokenAnswer:
    return answer_of(400, {"error": error, "error_description": description})


REFUSED: list[tuple[str, str, type[LeadError], str, str]] = [
    ("invalid_grant", "expired access/refresh token", USER, "refresh token is not valid", "The user has to sign in"),
    ("invalid_grant", "", USER, "refresh token is not valid", "The user has to sign in again."),
    ("invalid_grant", "authentication failure", USER, "refresh token is not valid", "sign in again"),
    ("something_new", "of which nobody knows", USER, "another reason", "sign in again, and to ask a Salesforce admin"),
    ("invalid_grant", "user hasn't approved this consumer", USER, "has not approved", "sign in again and approve it"),
    ("invalid_grant", "ip restricted", ADMIN, "IP address", "A Salesforce administrator has to allow it"),
    ("invalid_grant", "IP restricted or invalid login hours", ADMIN, "at this hour", "administrator has to allow it"),
    ("invalid_grant", "inactive organization", ADMIN, "the org is inactive", "opened again by Salesforce"),
    ("inactive_org", "organization is suspended", ADMIN, "the org is inactive", "opened again by Salesforce"),
    ("invalid_grant", "inactive user", ADMIN, "the user is inactive", "activate the user"),
    ("inactive_user", "user is inactive", ADMIN, "the user is inactive", "activate the user"),
    ("OAUTH_APP_BLOCKED", "this app is blocked by admin", ADMIN, "blocks the connected app", "unblock it"),
    ("invalid_grant", "user is not admin approved to access this app", ADMIN, "may not use", "permission set"),
    ("invalid_app_access", "", ADMIN, "may not use", "permission set"),
    ("app_not_found", "External client app is not installed in this org", ADMIN, "not installed", "install it there"),
    ("invalid_client_id", "client identifier invalid", OPERATOR, "SF_CLIENT_ID is not known", "Whoever runs"),
    ("invalid_client", "invalid client credentials", OPERATOR, "SF_CLIENT_SECRET is wrong", "Whoever runs"),
    ("unsupported_grant_type", "grant type not supported", OPERATOR, "allow the refresh token flow", "Whoever runs"),
]


@pytest.mark.parametrize(("error", "description", "kind", "reason", "step"), REFUSED)
def test_a_refresh_that_is_refused_for_good_says_why_and_who_can_change_it(
    error: str, description: str, kind: type[LeadError], reason: str, step: str
) -> None:
    told = refresh_refusal(refused(error, description))

    assert type(told) is kind
    assert not told.retryable
    assert reason in told.message
    assert step in told.message
    assert f"(Salesforce says {': '.join(filter(None, (error, description)))!r})" in told.message
    assert (kind is USER) is ("sign in again" in told.message)


@pytest.mark.parametrize(("error", "description", "kind", "reason", "step"), REFUSED)
def test_a_login_of_the_gateway_that_is_refused_for_good_is_a_matter_of_who_runs_it(
    error: str, description: str, kind: type[LeadError], reason: str, step: str
) -> None:
    told = login_refusal(refused(error, description), "refresh token", "SF_REFRESH_TOKEN is no longer valid")

    assert type(told) is ServiceLoginError
    assert error in told.message
    assert ("SF_REFRESH_TOKEN" in told.message) is (kind is USER)
    assert ("a Salesforce administrator has to" in told.message) is (kind is ADMIN)
    assert kind is USER or reason in told.message


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused("invalid_grant", "Token request is already being processed"), SalesforceUnavailableError),
        (refused("rate_limit_exceeded", "too many logins"), SalesforceBusyError),
        (refused("invalid_grant", "login rate exceeded"), SalesforceBusyError),
        (answer_of(429, {}), SalesforceBusyError),
        (answer_of(503, {"error": "server_error"}), SalesforceUnavailableError),
        (answer_of(500, ["html"]), SalesforceUnavailableError),
        (answer_of(404, {}), SalesforceBadResponseError),
        (answer_of(302, None), SalesforceBadResponseError),
        (answer_of(200, {}), SalesforceBadResponseError),
        (answer_of(200, {"access_token": ["odd"]}), SalesforceBadResponseError),
        (token_answer(200, b'{"access_token": "cut', {}, secrets=()), SalesforceBadResponseError),
        (token_answer(200, b"[" * 100_000, {}, secrets=()), SalesforceBadResponseError),
        (token_answer(200, b"\xff\xfe", {}, secrets=()), SalesforceBadResponseError),
    ],
)
def test_what_passes_is_not_told_as_the_end_of_a_session(answer: TokenAnswer, kind: type[LeadError]) -> None:
    for told in (refresh_refusal(answer), login_refusal(answer, "JWT bearer", "hint")):
        assert type(told) is kind
        assert told.retryable
        assert "Nothing was written" in told.message
        assert "sign in" not in told.message


def test_salesforce_says_when_to_ask_again() -> None:
    told = refresh_refusal(token_answer(429, b"", {"retry-after": "40"}, secrets=()))

    assert isinstance(told, SalesforceBusyError)
    assert told.retry_after == 40


def test_a_refusal_with_status_200_is_a_refusal() -> None:
    answer = answer_of(200, {"error": "invalid_grant", "error_description": "inactive user"})

    assert isinstance(refresh_refusal(answer), PermissionDeniedError)


def test_tokens_of_a_refusal_are_none() -> None:
    answer = answer_of(400, {"error": "invalid_grant", "access_token": "a", "refresh_token": "r"})

    assert (answer.access_token, answer.new_refresh_token) == (None, None)


def test_words_mean_the_same_whatever_was_sent() -> None:
    description = "expired access/refresh token"
    answer = answer_of(400, {"error": "invalid_grant", "error_description": description}, ("e", "token"))

    assert answer.refusal == refused("invalid_grant", description).refusal


TOKENS = [
    "00Dxx0000001gER!AQ0AQDf7pV.yPq_1xI0h6.Kz2mVbJ8wQ",
    "5Aep861TSESvWeug_xvFHRBTTbf_YrTWgEyjBJrfTCpQv3wV",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJpZCJ9.c2lnbmF0dXJl",
    "NoDigitsAtAllInThisOneButItIsFarTooLongForAWord",
]


@pytest.mark.parametrize("token", TOKENS)
def test_what_looks_like_a_token_is_left_out_of_the_words(token: str) -> None:
    told = refresh_refusal(refused("invalid_grant", f"no grant for {token} of this app"))

    assert "no grant for … of this app" in told.message
    assert token[:16] not in told.message


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8), st.text(), st.text())
def test_a_secret_that_was_sent_is_never_repeated(secret: str, before: str, after: str) -> None:
    answer = answer_of(400, {"error": "invalid_grant", "error_description": f"{before}{secret}{after}"}, (secret,))

    assert secret not in answer.said.removeprefix("invalid_grant: ")


@given(st.text(), st.text())
def test_the_words_are_bounded_and_can_be_printed(error: str, description: str) -> None:
    said = refused(error, description * 50).said

    assert len(said) <= 201
    assert said.isprintable()
