"""Each error of Salesforce has one meaning here."""

from typing import Any

import pytest

from domain.errors import (
    DuplicateDetectedError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    PermissionDeniedError,
    SalesforceBusyError,
    SalesforceLimitError,
    SalesforceRejectedError,
    SalesforceUnavailableError,
    ValueTakenError,
)
from infra.salesforce.wire.answers import Answer, NoAnswerError, retry_after
from infra.salesforce.wire.errors import error_from

LEAD = "00Q000000000001AAA"


def problem(code: str, message: str = "text", fields: list[str] | None = None, **more: Any) -> list[dict[str, Any]]:
    return [{"errorCode": code, "message": message, "fields": fields or [], **more}]


@pytest.mark.parametrize(
    ("status", "code", "message", "meaning"),
    [
        (503, "SERVER_UNAVAILABLE", "maintenance", SalesforceUnavailableError),
        (400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", SalesforceUnavailableError),
        (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", SalesforceLimitError),
        (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (…) Limit exceeded.", SalesforceBusyError),
        (429, "ANYTHING", "slow down", SalesforceBusyError),
        (403, "API_DISABLED_FOR_ORG", "The REST API is not enabled", PermissionDeniedError),
        (400, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights", PermissionDeniedError),
        (404, "NOT_FOUND", "The requested resource does not exist", LeadNotFoundError),
        (404, "ENTITY_IS_DELETED", "entity is deleted", LeadNotFoundError),
        (404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", LeadNotFoundError),
        (400, "INVALID_CROSS_REFERENCE_KEY", "Owner", SalesforceRejectedError),
        (400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", LeadConvertedError),
        (400, "DUPLICATES_DETECTED", "Use one of these records?", DuplicateDetectedError),
        (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Phone is needed", SalesforceRejectedError),
        (400, "STRING_TOO_LONG", "Company: data value too large", SalesforceRejectedError),
        (500, "UNKNOWN_EXCEPTION", "An unexpected error occurred", NoAnswerError),
    ],
)
def test_codes_mean(status: int, code: str, message: str, meaning: type[Exception]) -> None:
    assert type(error_from(Answer(status, problem(code, message)), LEAD)) is meaning


@pytest.mark.parametrize("body", [None, {"odd": 1}, [], ["text"], "text"])
def test_an_error_without_a_body_of_salesforce_is_no_answer(body: Any) -> None:
    assert isinstance(error_from(Answer(500, body)), NoAnswerError)


def test_what_is_wrong_is_named_as_we_call_it() -> None:
    error = error_from(Answer(400, problem("REQUIRED_FIELD_MISSING", fields=["LastName", "Segment__c"])))

    assert isinstance(error, LeadError)
    assert [detail["field"] for detail in error.details] == ["last_name", "custom_fields.Segment__c"]


def test_a_field_is_named_even_if_only_the_text_holds_it() -> None:
    error = error_from(Answer(400, problem("INVALID_FIELD", "No such column 'Foo__c' on sobject of type Lead")))

    assert isinstance(error, LeadError)
    assert error.details[0]["field"] == "custom_fields.Foo__c"


@pytest.mark.parametrize("fields", [[], ["Platform_Id__c"]])
def test_a_value_that_another_record_has_names_the_field_and_the_record(fields: list[str]) -> None:
    said = "duplicate value found: Platform_Id__c duplicates value on record with id: 00QA10000000008"

    error = error_from(Answer(400, problem("DUPLICATE_VALUE", said, fields=fields)))

    assert isinstance(error, ValueTakenError)
    [detail] = error.details
    assert (detail["field"], detail["record_id"]) == ("custom_fields.Platform_Id__c", "00QA10000000008")
    assert "00QA10000000008 has this value" in error.message
    assert "external_id" in error.message


@pytest.mark.parametrize(
    "said", ["duplicate value found: <unknown> duplicates value on record with id: <unknown>", "Already a member."]
)
def test_who_has_a_value_is_not_told_where_salesforce_does_not_say(said: str) -> None:
    error = error_from(Answer(400, problem("DUPLICATE_VALUE", said)))

    assert isinstance(error, ValueTakenError)
    assert error.details == ({"field": None, "message": said, "code": "DUPLICATE_VALUE"},)


def test_a_retry_is_due_when_salesforce_says() -> None:
    error = error_from(Answer(503, problem("SERVER_UNAVAILABLE"), {"retry-after": "7"}))

    assert isinstance(error, SalesforceUnavailableError)
    assert error.retry_after == 7


ANSWERED = "Fri, 27 Nov 2026 23:00:00 GMT"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("Fri, 27 Nov 2026 23:01:30 GMT", 90),
        ("Fri, 27 Nov 2026 22:00:00 GMT", 0),
        ("9" * 500, 86_400),
        ("Fri, 27 Nov 2099 23:00:00 GMT", 86_400),
        ("", None),
        ("soon", None),
        ("-7", None),
        ("1.5", None),
        ("²", None),
        ("Fri, 99 Nov 2026 23:01:30 GMT", None),
        ("Fri, 27 Nov 99999999999999999999 23:01:30 GMT", None),
        ("Fri, 27 Nov 2026 23:01:30 +99999999999999999999", None),
    ],
)
def test_a_wait_is_told_in_seconds_or_as_a_moment(asked: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": asked, "date": ANSWERED}) == seconds


def test_a_moment_without_a_date_to_count_from_says_nothing() -> None:
    assert retry_after({"retry-after": ANSWERED}) is None


def test_a_duplicate_names_the_rule_and_the_matches() -> None:
    result = {
        "allowSave": True,
        "duplicateRule": "Standard_Lead_Duplicate_Rule",
        "matchResults": [{"matchRecords": [{"record": {"Id": "00Q000000000009AAA"}}]}],
    }

    error = error_from(Answer(400, problem("DUPLICATES_DETECTED", duplicateResult=result)))

    assert isinstance(error, DuplicateDetectedError)
    assert error.details == ({"rule": "Standard_Lead_Duplicate_Rule", "record_ids": ["00Q000000000009AAA"]},)
    assert "allow_duplicate: true" in error.message


def test_a_rule_that_blocks_can_not_be_overruled() -> None:
    error = error_from(Answer(400, problem("DUPLICATES_DETECTED", duplicateResult={"allowSave": False})))

    assert isinstance(error, DuplicateDetectedError)
    assert "allow_duplicate" not in error.message
