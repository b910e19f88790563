"""What stands in the parameters of a call."""

from __future__ import annotations

import re

_DIGITS = re.compile("[0-9]{1,18}")
"""As many as every part of us can count."""


def whole_number(text: str | None) -> int | None:
    """The number that plain digits write; None where they write none, or one beyond all sense."""
    return int(text) if text and _DIGITS.fullmatch(text) else None
