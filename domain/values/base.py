"""What every model of a request has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticUseDefault


def is_blank(value: object) -> bool:
    """Whether a value is text with nothing in it."""
    return isinstance(value, str) and not value.strip()


def default_if_blank(value: object) -> object:
    """The value. Blank is left out: a validator for what no blank can be a value of."""
    if is_blank(value):
        raise PydanticUseDefault
    return value


class Input(BaseModel):
    """What a request brings; what it does not declare is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class WriteInput(Input):
    """What shall be written. Blank is null in every field that may be null: Salesforce keeps no blanks."""

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_null(cls, value: Any, info: ValidationInfo) -> Any:
        may_be_null = info.field_name and cls.model_fields[info.field_name].default is None
        return None if may_be_null and is_blank(value) else value
