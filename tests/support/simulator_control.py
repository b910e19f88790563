"""The control interface of a simulator on a real socket."""

from __future__ import annotations

from typing import Any

from tests.support.http_client import http_client


class Control:
    """The control interface of the simulator at this URL."""

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


def insert(url: str, headers: dict[str, str], kind: str, **fields: Any) -> str:
    """The Id of a new record, made over Salesforce's API with these headers; kind and fields as in Salesforce."""
    with http_client(url, headers=headers) as http:
        answer = http.post(f"/services/data/v59.0/sobjects/{kind}", json=fields)
    record_id: str = answer.raise_for_status().json()["id"]
    return record_id
