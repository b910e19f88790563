"""What an email address looks like here, as a type."""

from typing import Annotated

import email_validator
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from domain.values.text import without_control_characters


def normalized_email(text: str) -> str:
    """The address in its normal form. Raises PydanticCustomError for what is none."""
    try:
        # The test environment allows `.test`, which sandboxes are full of.
        return email_validator.validate_email(text, check_deliverability=False, test_environment=True).normalized
    except email_validator.EmailNotValidError as error:
        raise PydanticCustomError("email", "not an email address: {reason}", {"reason": str(error)}) from error


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=80),
    AfterValidator(without_control_characters),
    AfterValidator(normalized_email),
]
"""An email address of at most 80 characters, Salesforce's limit.

Source: fact sheet 2.5.
"""
