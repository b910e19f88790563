"""What an MCP client reads about the tools."""

import json
from typing import Annotated

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from mcp.types import Tool
from pydantic import BaseModel, Field

from api.mcp import LeadTools
from tests.api.mcp.support import Envelope, answered, lead_app


@pytest.fixture
def tools() -> dict[str, Tool]:
    return {tool.name: tool for tool in LeadTools(lead_app()).tools}


def test_only_documented_routes_with_the_prefix_are_tools(tools: dict[str, Tool]) -> None:
    assert list(tools) == [
        "salesforce_list_leads",
        "salesforce_create_lead",
        "salesforce_get_lead",
        "salesforce_update_lead",
        "salesforce_delete_lead",
        "salesforce_convert_lead",
    ]


def test_title_and_description_are_the_routes_own_words(tools: dict[str, Tool]) -> None:
    tool = tools["salesforce_create_lead"]

    assert tool.title == "Create Lead"
    assert tool.description == "Create a lead.\n\nRefused when an open lead has this email."


def test_arguments_are_the_path_the_query_and_the_body_in_one(tools: dict[str, Tool]) -> None:
    schema = tools["salesforce_update_lead"].input_schema

    assert schema["type"] == "object"
    assert list(schema["properties"]) == ["lead", "title", "phone"]
    assert schema["required"] == ["lead"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["lead"]["description"] == "A Salesforce Id or an email address."


def test_headers_are_no_arguments(tools: dict[str, Tool]) -> None:
    arguments = {name.lower() for tool in tools.values() for name in tool.input_schema["properties"]}

    assert not arguments & {"authorization", "x-sf-refresh-token", "x-sf-instance-url", "x-api-key"}


def test_what_a_description_does_not_say_is_kept(tools: dict[str, Tool]) -> None:
    limit = tools["salesforce_list_leads"].input_schema["properties"]["limit"]
    email = tools["salesforce_create_lead"].input_schema["properties"]["email"]

    assert limit == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50, "description": "How many."}
    assert str(limit["maximum"]) == "200"
    # The arguments are checked against its pattern all the same.
    assert email == {"type": "string", "description": "Identifies the lead."}


def test_a_nullable_field_takes_null_and_has_one_idea_of_its_type(tools: dict[str, Tool]) -> None:
    title = tools["salesforce_create_lead"].input_schema["properties"]["title"]

    assert title == {"type": ["string", "null"], "description": "Job title."}


def test_nested_models_are_written_out_and_keep_what_the_field_says(tools: dict[str, Tool]) -> None:
    schemas = [schema for tool in tools.values() for schema in (tool.input_schema, tool.output_schema)]
    address = tools["salesforce_create_lead"].input_schema["properties"]["address"]

    assert "$ref" not in json.dumps(schemas)
    assert address["description"] == "Of the company."
    assert address["type"] == ["object", "null"]
    assert address["properties"] == {"city": {"type": "string"}}
    assert address["additionalProperties"] is False


def test_names_of_custom_fields_are_limited(tools: dict[str, Tool]) -> None:
    custom_fields = tools["salesforce_create_lead"].input_schema["properties"]["custom_fields"]

    assert custom_fields["patternProperties"] == {"^[A-Za-z_]+__c$": {"type": ["string", "boolean", "number", "null"]}}
    assert custom_fields["additionalProperties"] is False


def test_what_a_description_tells_in_words_has_no_pattern() -> None:
    class Owners(BaseModel):
        owners: list[Annotated[str, Field(pattern="^005")]] = Field(max_length=2, description="Ids of users.")
        custom: dict[Annotated[str, Field(pattern="__c$")], str] = Field(description="By their API name.")

    app = FastAPI()

    @app.post("/owners", operation_id="salesforce_set_owners")
    async def set_owners(owners: Owners) -> Envelope[str]:
        """Set."""
        return answered(owners.owners[0], "")

    properties = LeadTools(app).tools[0].input_schema["properties"]

    assert properties["owners"]["items"] == {"type": "string"}
    assert properties["custom"]["additionalProperties"] == {"type": "string"}
    assert "pattern" not in json.dumps(properties)


def test_every_schema_is_valid_json_schema(tools: dict[str, Tool]) -> None:
    for tool in tools.values():
        Draft202012Validator.check_schema(tool.input_schema)
        assert tool.output_schema is not None
        Draft202012Validator.check_schema(tool.output_schema)


def test_hints_follow_the_method_unless_the_route_knows_better(tools: dict[str, Tool]) -> None:
    def hints(name: str) -> tuple[bool | None, ...]:
        annotations = tools[name].annotations
        assert annotations is not None
        return (annotations.read_only_hint, annotations.destructive_hint, annotations.idempotent_hint)

    assert hints("salesforce_get_lead") == (True, False, True)
    assert hints("salesforce_create_lead") == (False, False, False)
    assert hints("salesforce_update_lead") == (False, True, True)
    assert hints("salesforce_delete_lead") == (False, True, True)
    assert hints("salesforce_convert_lead") == (False, True, True)


def test_answers_that_leave_fields_out_fit_the_output_schema(tools: dict[str, Tool]) -> None:
    schema = tools["salesforce_list_leads"].output_schema
    assert schema is not None

    answer = {"success": True, "data": {"leads": [{"id": "1"}]}, "correlation_id": "c", "status_code": 200}

    Draft202012Validator(schema).validate(answer)


def test_failures_fit_the_output_schema_too(tools: dict[str, Tool]) -> None:
    schema = tools["salesforce_get_lead"].output_schema
    assert schema is not None

    failure = {"success": False, "error": "Not Found", "code": "X", "correlation_id": "c", "status_code": 404}

    Draft202012Validator(schema).validate(failure)


def test_a_path_parameter_that_takes_any_text_is_refused_at_the_start() -> None:
    app = FastAPI()

    @app.get("/leads/{lead}", operation_id="salesforce_read")
    async def read(lead: str) -> Envelope[str]:
        """Read."""
        return answered(lead, "")

    with pytest.raises(ValueError, match="salesforce_read: the path parameter 'lead' needs a pattern"):
        LeadTools(app)


def test_two_arguments_of_one_name_are_refused_at_the_start() -> None:
    class Renaming(BaseModel):
        name: str

    app = FastAPI()

    @app.post("/leads", operation_id="salesforce_rename")
    async def rename(name: str, renaming: Renaming) -> Envelope[str]:
        """Rename."""
        return answered(name, "")

    with pytest.raises(ValueError, match="'name' is both in the query and in the body"):
        LeadTools(app)


def test_a_body_that_is_no_object_is_refused_at_the_start() -> None:
    app = FastAPI()

    @app.post("/leads", operation_id="salesforce_read")
    async def read(leads: list[str]) -> Envelope[str]:
        """Read."""
        return answered(leads[0], "")

    with pytest.raises(ValueError, match="salesforce_read: the body has to be a JSON object"):
        LeadTools(app)


def test_an_answer_that_is_no_envelope_is_refused_at_the_start() -> None:
    app = FastAPI()

    @app.get("/leads", operation_id="salesforce_read")
    async def read() -> str:
        """Read."""
        return ""

    with pytest.raises(ValueError, match="salesforce_read: the response model has to be an envelope"):
        LeadTools(app)


def test_an_unknown_hint_is_refused_at_the_start() -> None:
    app = FastAPI()

    @app.get("/leads", operation_id="salesforce_read", openapi_extra={"x-mcp-annotations": {"readOnly": True}})
    async def read() -> Envelope[str]:
        """Read."""
        return answered("", "")

    with pytest.raises(ValueError, match="unknown x-mcp-annotations: readOnly"):
        LeadTools(app)
