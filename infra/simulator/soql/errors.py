"""What is wrong with a query, and where.

Source: fact sheet 3.2 (forms recorded from a real org).
"""

from __future__ import annotations

from infra.simulator.schema.errors import SalesforceError, failure


class SoqlError(Exception):
    """A query is refused at a place in its text (counted from 0); without a place the message stands alone."""

    def __init__(self, code: str, message: str, at: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.at = at

    def as_refusal(self, query: str) -> SalesforceError:
        return failure(400, self.code, self._located(query))

    def _located(self, query: str) -> str:
        if self.at is None:
            return self.message
        before = query[: self.at]
        row = before.count("\n") + 1
        start = before.rfind("\n") + 1
        column = self.at - start + 1
        line = query[start:].split("\n", 1)[0]
        return f"\n{line}\n{' ' * (column - 1)}^\nERROR at Row:{row}:Column:{column}\n{self.message}"


def unexpected(token: str, at: int) -> SoqlError:
    return SoqlError("MALFORMED_QUERY", f"unexpected token: '{token}'", at)


def no_such_column(name: str, entity: str, at: int) -> SoqlError:
    message = (
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, be sure to append "
        "the '__c' after the custom field name. Please reference your WSDL or the describe call for the "
        "appropriate names."
    )
    return SoqlError("INVALID_FIELD", message, at)


def no_such_type(name: str, at: int) -> SoqlError:
    message = (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the "
        "'__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."
    )
    return SoqlError("INVALID_TYPE", message, at)


def no_such_relationship(name: str, at: int) -> SoqlError:
    message = (
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, "
        "be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe "
        "call for the appropriate names."
    )
    return SoqlError("INVALID_FIELD", message, at)


def no_such_children(name: str, at: int) -> SoqlError:
    message = (
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to use a custom "
        "relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or "
        "the describe call for the appropriate names."
    )
    return SoqlError("INVALID_TYPE", message, at)
