"""Who may only read: everybody of a read-only gateway, and whoever asked for that in the URL."""

from fastapi import Request

from domain.errors import ReadOnlyError


def refuse_writing_where_read_only(request: Request) -> None:
    """Raise ReadOnlyError for a request that may write, where the operator or the caller's own URL forbids it.

    What talks to Salesforce refuses by itself as well; this spares the way there, and tells so before any session is
    looked at.
    """
    if is_read_only(request) and request.method != "GET":
        raise ReadOnlyError


def is_read_only(request: Request) -> bool:
    """Whether the operator, or the caller's own URL, forbids to write."""
    return bool(request.app.state.read_only or getattr(request.state, "read_only", False))
