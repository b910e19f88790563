"""Where the next page of a list begins, as opaque text."""

import base64
import binascii

from pydantic import ValidationError

from domain.errors import InvalidRequestError
from domain.values.lead import Lead
from domain.values.listing import LeadSort, Position


def position_of(lead: Lead, sort: LeadSort) -> str:
    """The cursor for what comes behind this lead."""
    position = Position(sort=sort, moment=getattr(lead, sort.removeprefix("-")), id=lead.id)
    return base64.urlsafe_b64encode(position.model_dump_json().encode()).decode().rstrip("=")


def position_from(cursor: str, sort: LeadSort) -> Position:
    """The position a cursor stands for.

    Raises InvalidRequestError for anything but a cursor of a list with the same sort.
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = Position.model_validate_json(text)
    except (binascii.Error, ValueError, ValidationError) as error:
        raise InvalidRequestError(
            "cursor: not a cursor of this list; take it from next_cursor, or leave it out to begin anew."
        ) from error
    if position.sort != sort:
        raise InvalidRequestError(f"cursor: belongs to a list sorted by {position.sort}; keep sort the same.")
    return position
