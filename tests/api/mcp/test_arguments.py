"""What a caller is told about wrong arguments."""

from typing import Any

import pytest

from api.mcp.arguments import ArgumentCheck, Problem

SCHEMA = {
    "type": "object",
    "properties": {
        "email": {"type": "string", "pattern": "^[^@]+@[^@]+$"},
        "last_name": {"type": "string", "minLength": 1, "maxLength": 5},
        "owner": {"type": "string", "pattern": "^005[0-9]+$", "description": "Id of a user."},
        "code": {"type": "string", "pattern": "^[a-z]+$", "examples": ["abc"]},
        "limit": {"type": "integer", "minimum": 1, "maximum": 200},
        "sort": {"type": "string", "enum": ["up", "down"]},
        "title": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
        "value": {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}]},
        "reference": {
            "anyOf": [{"type": "string", "pattern": "^00Q$"}, {"type": "string", "pattern": "^[^@]+@[^@]+$"}],
            "description": "An Id or an email address.",
        },
        "leads": {
            "type": "array",
            "maxItems": 30,
            "items": {
                "type": "object",
                "properties": {"first_name": {"type": "string"}},
                "required": ["first_name"],
                "additionalProperties": False,
            },
        },
        "custom_fields": {
            "type": "object",
            "patternProperties": {"^.+__c$": {"type": "string"}},
            "additionalProperties": False,
        },
    },
    "required": ["email"],
    "additionalProperties": False,
}


def told(**arguments: Any) -> dict[str, str]:
    """Each wrong field, and what is said about it."""
    problems = ArgumentCheck(SCHEMA).problems({"email": "ada@example.com", **arguments})
    return {".".join(map(str, problem.path)): problem.message for problem in problems}


def test_arguments_that_fit_are_no_problem() -> None:
    assert told(last_name="Okafor"[:5], limit=7, title=None, custom_fields={"Segment__c": "x"}) == {}


def test_a_missing_field_is_named() -> None:
    assert ArgumentCheck(SCHEMA).problems({}) == [Problem(("email",), "missing", "field required")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"email": "nobody"}, "does not have the right form"),
        ({"last_name": ""}, "must not be empty"),
        ({"last_name": "Okafor"}, "must have at most 5 characters"),
        ({"last_name": 7}, "must be text"),
        ({"owner": "7"}, "does not have the right form: Id of a user."),
        ({"code": "7"}, "does not have the right form, for example 'abc'"),
        ({"limit": 0}, "must be 1 or more"),
        ({"limit": 201}, "must be 200 or less"),
        ({"limit": "50"}, "must be a whole number"),
        ({"limit": True}, "must be a whole number"),
        ({"sort": "sideways"}, "must be one of: up, down"),
        ({"title": "long"}, "must have at most 3 characters"),
        ({"title": 7}, "must be text"),
        ({"value": []}, "must be text or a number"),
        ({"reference": "7"}, "does not have the right form: An Id or an email address."),
        ({"reference": 7}, "must be text: An Id or an email address."),
        ({"leads": {}}, "must be a list"),
        ({"leads": [{"first_name": "x"}] * 31}, "must have at most 30 items"),
    ],
)
def test_the_message_says_what_is_allowed(arguments: dict[str, Any], message: str) -> None:
    [field] = arguments

    assert told(**arguments) == {field: message}


def test_a_line_end_behind_a_match_is_no_match() -> None:
    assert list(told(owner="0057\n")) == ["owner"]


def test_an_unknown_name_gets_the_nearest_known_one() -> None:
    assert told(lastname="x") == {"lastname": "there is no such field; did you mean last_name?"}


def test_a_name_unlike_all_others_gets_the_list() -> None:
    assert told(leads=[{"first_name": "x", "q": 1}]) == {"leads.0.q": "there is no such field; known are first_name."}


def test_a_wrong_custom_field_is_named() -> None:
    assert told(custom_fields={"Segment": "x"}) == {
        "custom_fields.Segment": "there is no such field; its name does not have the right form."
    }


def test_a_custom_field_in_the_wrong_place_is_sent_to_the_right_one() -> None:
    assert told(Segment__c="x") == {"Segment__c": "there is no such field; it belongs into custom_fields."}


def test_a_place_in_a_list_is_named() -> None:
    assert told(leads=[{"first_name": "x"}, {}]) == {"leads.1.first_name": "field required"}


def test_an_unknown_name_is_shown_short_and_printable() -> None:
    [field] = told(**{"\x1b[31m" + "x" * 5000: 1})

    assert field == "?[31m" + "x" * 59


def test_values_are_never_repeated() -> None:
    said = told(email="Bearer t0ken", limit="Bearer t0ken", sort="Bearer t0ken", reference="Bearer t0ken")

    assert len(said) == 4
    assert "t0ken" not in str(said)


def test_a_long_list_of_problems_is_cut() -> None:
    assert len(told(leads=[{}] * 30)) == 20
