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


class Control:
    """The control interface of a simulator at this URL."""

    def __init__(self, url: str, **options: Any) -> None:
        """`options` are httpx's, such as `verify`."""
        self.url = url
        self._options = options

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """What it answers, which has to be a success."""
        with http_client(f"{self.url}/_sim/", **self._options) as http:
            answer = http.request(method, path, json=body, params=query).raise_for_status()
        return answer.json() if answer.content else None

    def stats(self, **query: str) -> dict[str, Any]:
        stats: dict[str, Any] = self.ask("GET", "stats", **query)
        return stats

    def ledger(self) -> list[dict[str, Any]]:
        effects: list[dict[str, Any]] = self.ask("GET", "ledger")
        return effects

    def change_org(self, **settings: Any) -> None:
        self.ask("PATCH", "org", settings)

    def session(self, **wanted: str) -> dict[str, str]:
        """Headers with a new session's tokens."""
        session = self.ask("POST", "sessions", wanted)
        return {
            "Authorization": f"Bearer {session['access_token']}",
            "X-SF-Refresh-Token": f"Bearer {session['refresh_token']}",
        }
