"""What the body of a call is written in."""

from __future__ import annotations

from collections.abc import Mapping

FORM = "application/x-www-form-urlencoded"
XML_TYPES = frozenset({"application/xml", "text/xml"})


def media_type(headers: Mapping[str, str], default: str = "") -> str:
    """What the headers, whose names are lower-case, say of the body: `text/csv` and the like, without parameters."""
    return headers.get("content-type", default).split(";")[0].strip().lower()
