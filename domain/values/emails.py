"""What an email address is here, as a type: what Salesforce takes, kept as it is sent.

Source: fact sheet 2.5 and 12.1.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from domain.values.text import without_control_characters

# Only Salesforce knows whether its org takes letters beyond ASCII, so here they are letters like all others.
_LETTERS = r"A-Za-z0-9\u0080-\U0010ffff"
_NAME = rf"[{_LETTERS}!#$%&'*+\-/=?^_`{{|}}~]"
_LABEL = rf"[{_LETTERS}](?:[{_LETTERS}\-]*[{_LETTERS}])?"
_ADDRESS = re.compile(rf"{_NAME}(?:{_NAME}|\.)*@(?:{_LABEL}\.)+[{_LETTERS}][{_LETTERS}\-]*[{_LETTERS}]")


def is_address(text: str) -> bool:
    """Whether Salesforce takes the text for an email address, in an org that takes letters beyond ASCII."""
    return _ADDRESS.fullmatch(text) is not None


def as_stored(address: str) -> str:
    """The address as Salesforce keeps it: two are the same when this is. Source: fact sheet 0, 15."""
    return address.lower()


def checked_address(text: str) -> str:
    """The address as it is. Raises PydanticCustomError for what is none."""
    if not is_address(text):
        raise PydanticCustomError(
            "email",
            "must be an email address such as ada@example.com: before the @ no blank, quote, bracket or comma and no "
            "dot in front, behind it a domain with a dot",
        )
    return text


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=80),
    AfterValidator(without_control_characters),
    AfterValidator(checked_address),
]
"""An email address of at most 80 characters."""
