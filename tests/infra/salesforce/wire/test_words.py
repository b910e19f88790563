"""What Salesforce says reaches the caller, without the value that it says it of."""

import pytest

from infra.salesforce.wire.words import AT_MOST, words

VALUES = [
    "x",
    "a: b",
    "two\nlines",
    "ends (max length=9)",
    "'quoted'",
    "at [line:1, column:2]",
    "x" * 100_000,
    "…",
    "é",
    ": ",
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:20])
@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (
            "STRING_TOO_LONG",
            "Company: data value too large: {} (max length=255)",
            "Company: data value too large (max length=255)",
        ),
        (
            "STRING_TOO_LONG",
            "Firma: Datenwert zu groß: {} (Maximallänge=255)",
            "Firma: Datenwert zu groß",
        ),
        ("INVALID_EMAIL_ADDRESS", "Email: invalid email address: {}", "Email: invalid email address"),
        ("INVALID_EMAIL_ADDRESS", "E-Mail: Ungültige E-Mail-Adresse: {}", "E-Mail: Ungültige E-Mail-Adresse"),
        (
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Job Category: bad value for restricted picklist field: {}",
            "Job Category: bad value for restricted picklist field",
        ),
        (
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Annual Revenue: value outside of valid range on numeric field: {}",
            "Annual Revenue: value outside of valid range on numeric field",
        ),
        ("INVALID_TYPE_ON_FIELD_IN_RECORD", "Size: value not of required type: {}", "Size: value not of required type"),
        ("MALFORMED_ID", "Owner ID: id value of incorrect type: {}", "Owner ID: id value of incorrect type"),
        (
            "JSON_PARSER_ERROR",
            'Cannot deserialize instance of date from VALUE_STRING value "{}" at [line:1, column:179]',
            "Cannot deserialize instance of date from VALUE_STRING at [line:1, column:179]",
        ),
        (
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of double from VALUE_STRING value {} or request may be missing a required "
            "field at [line:1, column:20]",
            "Cannot deserialize instance of double from VALUE_STRING at [line:1, column:20]",
        ),
        (
            "JSON_PARSER_ERROR",
            "Unrecognized token '{}': was expecting ('true', 'false' or 'null') at [line:1, column:9]",
            "Unrecognized token: was expecting ('true', 'false' or 'null') at [line:1, column:9]",
        ),
        (
            "INVALID_FIELD",
            "\nSELECT Foo FROM Lead WHERE Email = '{}'\n       ^\nERROR at Row:1:Column:8\n"
            "No such column 'Foo' on entity 'Lead'.",
            "No such column 'Foo' on entity 'Lead'.",
        ),
        (
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "LeadTrigger: execution of BeforeInsert caused by: Insert failed. First error: STRING_TOO_LONG, Name: data "
            "value too large: {} (max length=80): [Name] Trigger.LeadTrigger: line 3",
            "LeadTrigger: execution of BeforeInsert caused by: Insert failed. First error: STRING_TOO_LONG, Name: data "
            "value too large (max length=80): [Name] Trigger.LeadTrigger: line 3",
        ),
    ],
)
def test_a_value_is_not_repeated(code: str, message: str, said: str, value: str) -> None:
    assert words(code, message.format(value)) == said


@pytest.mark.parametrize(
    "message",
    [
        "Leads need a phone: ask for it: always",
        "Email: invalid email address",
        "Record Type ID: this ID value isn't valid for the user: 012000000000001AAA",
        "duplicate value found: Ext__c duplicates value on record with id: 00Q000000000001",
        "Required fields are missing: [LastName, Company]",
        "No such column 'Foo__c' on sobject of type Lead",
        "",
    ],
)
def test_what_holds_no_value_is_passed_on(message: str) -> None:
    assert words("FIELD_CUSTOM_VALIDATION_EXCEPTION", message) == message


def test_long_words_are_cut() -> None:
    said = words("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "why " * 1_000)

    assert len(said) == AT_MOST
    assert said.endswith("…")


def test_advice_on_names_of_the_api_is_left_out() -> None:
    advice = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name."

    said = words("INVALID_TYPE", f"sObject type 'Lead' is not supported. {advice}")

    assert said == "sObject type 'Lead' is not supported."


def test_the_code_is_not_said_twice() -> None:
    assert words("INVALID_TYPE", "INVALID_TYPE: no such object") == "no such object"
