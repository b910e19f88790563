"""What every model of a request has in common."""

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """What a request brings; what it does not declare is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
