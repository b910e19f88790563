"""What text looks like here, as types. Whatever these accept, Salesforce can store and give back."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# XML 1.0 can not carry these, so a conversion over SOAP would fail on them later.


def has_control_characters(value: object) -> bool:
    """Whether the value is a text that XML can not carry."""
    return isinstance(value, str) and _FORBIDDEN.search(value) is not None


def without_control_characters(text: str) -> str:
    """The text as it is. Raises PydanticCustomError for one that XML can not carry."""
    if has_control_characters(text):
        raise PydanticCustomError("control_character", "control characters are not allowed")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(without_control_characters)]
"""Text as Salesforce keeps it: no blanks around it, no control characters but tab and line ends."""

Required = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(without_control_characters)
]


def _one_by_one(value: object) -> object:
    if not isinstance(value, (str, list)):
        return value
    parts: list[object] = []
    for each in [value] if isinstance(value, str) else value:
        parts += [part.strip() for part in each.split(",") if part.strip()] if isinstance(each, str) else [each]
    return parts


Separable = BeforeValidator(_one_by_one)
"""A list of names, given one by one or, as people write them, separated by commas."""
