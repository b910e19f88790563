"""HTTP to servers on real sockets: with the patience that a busy machine needs, and no answer taken unseen."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.processes import PATIENCE


def http_client(base_url: str = "", **options: Any) -> httpx.Client:
    """A client that waits for an answer as long as for anything else."""
    return httpx.Client(base_url=base_url, timeout=PATIENCE, **options)


def get(url: str) -> httpx.Response:
    """The answer, after redirects; it has to be a success."""
    with http_client(follow_redirects=True) as http:
        return http.get(url).raise_for_status()
