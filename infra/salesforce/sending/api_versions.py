"""Which versions of the API each org has, asked when an answer raises doubt."""

import time
from collections import OrderedDict
from collections.abc import Callable

import httpx

from domain.errors import SalesforceUnavailableError
from infra.salesforce.sending.http_client import send
from infra.salesforce.wire.answers import NoAnswerError
from infra.salesforce.wire.api_versions import LIST, listed_versions

KEPT_SECONDS = 60.0
MAX_INSTANCES = 1_000
"""How many instances a process remembers; the ones asked longest ago are forgotten first."""


class ApiVersions:
    """The versions of each instance. Asking needs no session and is no API call. Source: fact sheet 2.1."""

    def __init__(self, http: httpx.AsyncClient, now: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._now = now
        self._known: OrderedDict[str, tuple[list[str] | None, float]] = OrderedDict()

    async def of(self, instance_url: str, within: float) -> list[str] | None:
        """The versions, oldest first; None when the instance does not say within that many seconds."""
        versions, until = self._known.get(instance_url, (None, 0.0))
        if self._now() >= until:
            versions = await self._asked(instance_url, within)
            self._known[instance_url] = (versions, self._now() + KEPT_SECONDS)
            self._known.move_to_end(instance_url)
            while len(self._known) > MAX_INSTANCES:
                self._known.popitem(last=False)
        return versions

    async def _asked(self, instance_url: str, within: float) -> list[str] | None:
        headers = {"accept": "application/json"}
        try:
            response = await send(self._http, "GET", f"{instance_url}{LIST}", headers=headers, within=within)
            return listed_versions(response.raise_for_status().json()) or None
        except (SalesforceUnavailableError, NoAnswerError, httpx.HTTPStatusError):
            return None
        except (ValueError, TypeError, LookupError, RecursionError):
            # Not the list that Salesforce documents, so it says nothing about its versions.
            return None
