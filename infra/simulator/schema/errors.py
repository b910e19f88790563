"""How Salesforce says no: one exception that carries status, codes, messages and fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One entry of an error answer. `fields` is None where Salesforce leaves the key out."""

    code: str
    message: str
    fields: tuple[str, ...] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_rest(self) -> dict[str, Any]:
        """The entry of a REST error array. Source: fact sheet 3.1."""
        entry: dict[str, Any] = {**self.details, "message": self.message, "errorCode": self.code}
        if self.fields is not None:
            entry["fields"] = list(self.fields)
        return entry

    def as_result(self) -> dict[str, Any]:
        """The entry of a per-record result, which says `statusCode`. Source: fact sheet 3.1."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}


class SalesforceError(Exception):
    """The request is refused: one HTTP status and one or more problems."""

    def __init__(self, status: int, *problems: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__("; ".join(f"{problem.code}: {problem.message}" for problem in problems))
        self.status = status
        self.problems = problems
        self.headers = dict(headers or {})


def refusal(code: str, message: str, *fields: str, status: int = 400) -> SalesforceError:
    """A refusal of a record or its fields; `fields` may be empty, the key is there."""
    return SalesforceError(status, Problem(code, message, fields))


def failure(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> SalesforceError:
    """A refusal of the request as such, without fields."""
    return SalesforceError(status, Problem(code, message), headers=headers)


# Source of all texts below: fact sheet 3.2.


def session_invalid() -> SalesforceError:
    return failure(401, "INVALID_SESSION_ID", "Session expired or invalid")


def no_such_resource() -> SalesforceError:
    return failure(404, "NOT_FOUND", "The requested resource does not exist")


def no_such_external_id(text: str) -> SalesforceError:
    message = f"Provided external ID field does not exist or is not accessible: {text}"
    return failure(404, "NOT_FOUND", message)


def no_such_record() -> SalesforceError:
    return refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", status=404)


def entity_is_deleted() -> SalesforceError:
    return refusal("ENTITY_IS_DELETED", "entity is deleted", status=404)


class SeveralMatchesError(SalesforceError):
    """More than one record has this value in the field that should name one. REST answers 300 and their URLs."""

    def __init__(self, record_ids: list[str]) -> None:
        message = f"More than one record found for external id field: [{', '.join(record_ids)}]"
        super().__init__(300, Problem("DUPLICATE_EXTERNAL_ID", message, ()))
        self.record_ids = record_ids


def malformed_id(label: str, text: str, field_name: str) -> SalesforceError:
    return refusal("MALFORMED_ID", f"{label}: id value of incorrect type: {text}", field_name)


def method_not_allowed(method: str, allowed: Iterable[str]) -> SalesforceError:
    names = ",".join(sorted(allowed))
    message = f"HTTP Method '{method}' not allowed. Allowed are {names}"
    return failure(405, "METHOD_NOT_ALLOWED", message, {"Allow": names})


def bad_json(message: str) -> SalesforceError:
    return failure(400, "JSON_PARSER_ERROR", message)


def required_fields_missing(names: Iterable[str]) -> SalesforceError:
    missing = tuple(names)
    return refusal("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", *missing)


def unknown_column(name: str, object_name: str) -> SalesforceError:
    return failure(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {object_name}")


def read_only_fields(names: Iterable[str]) -> SalesforceError:
    refused = tuple(names)
    message = (
        f"Unable to create/update fields: {', '.join(refused)}. Please check the security settings of this field "
        "and verify that it is read/write for your profile or permission set."
    )
    return refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, *refused)
