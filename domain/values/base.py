"""What every model of a request has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator


class Input(BaseModel):
    """What a request brings; what it does not declare is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class WriteInput(Input):
    """What shall be written. Blank is null in every field that may be null: Salesforce keeps no blanks."""

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_null(cls, value: Any, info: ValidationInfo) -> Any:
        is_blank = isinstance(value, str) and not value.strip()
        may_be_null = info.field_name and cls.model_fields[info.field_name].default is None
        return None if is_blank and may_be_null else value


def is_nothing(value: object) -> bool:
    """For answers that leave out a field which mostly has nothing to say."""
    return value is None or value == {} or value == []
