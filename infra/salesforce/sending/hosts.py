"""Which hosts may receive a token."""

import re
from collections.abc import Iterable

from domain.errors import InvalidInstanceUrlError

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_API_HOST = re.compile(
    rf"https://((?:{_LABEL}\.){{1,3}}my\.salesforce\.(?:com|mil)|[a-z]{{2,4}}[0-9]{{1,4}}(?:-api)?\.salesforce\.com)",
    re.IGNORECASE,
)
_TOKEN_URL = re.compile(r"(https?://[^/?#@\s]+)/[^?#\s]*")
_ORIGIN = re.compile(r"(https?)://([^/?#@:\s]+|\[[^]\s]+\])(?::(\d{1,5}))?/?", re.IGNORECASE)
_LONGEST_URL = 300
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_LOGIN_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")


class InstanceHosts:
    """Salesforce's own API hosts, and the origins that the operator trusts besides.

    Source: fact sheet 1.6.
    """

    def __init__(self, trusted_origins: Iterable[str] = ()) -> None:
        self._trusted = frozenset(trusted_origins)

    def checked(self, url: str) -> str:
        """The instance URL, rebuilt from what the pattern matched.

        Raises InvalidInstanceUrlError for everything else; the URL is not repeated in the message.
        """
        if url in self._trusted:
            return url
        match = _API_HOST.fullmatch(url)
        if match is None:
            raise InvalidInstanceUrlError(
                "X-SF-Instance-Url must be https:// and the host of your Salesforce org, such as "
                "https://acme.my.salesforce.com, with nothing behind it (no port, path or trailing slash)."
            )
        return f"https://{match.group(1).lower()}"

    def allows(self, url: str) -> bool:
        """Whether tokens may be sent to this instance."""
        return url in self._trusted or _API_HOST.fullmatch(url) is not None

    def may_refresh_at(self, token_url: str) -> bool:
        """Whether refresh tokens and the client secret may be sent to this URL."""
        match = _TOKEN_URL.fullmatch(token_url)
        return match is not None and (self.is_login(token_url) or self.allows(match.group(1)))

    def is_login(self, token_url: str) -> bool:
        """Whether the URL is on one of the hosts where users of all orgs log in."""
        match = _TOKEN_URL.fullmatch(token_url)
        return match is not None and match.group(1).lower() in _LOGIN_HOSTS

    def named(self, url: str | None, instance_url: str) -> str:
        """The instance that a token answer names: the one asked, unless it says another host.

        Nothing is sent to what this gives but by a caller who names it as well, and then it is checked.
        """
        if url is None or (_origin(url) is not None and _origin(url) == _origin(instance_url)):
            return instance_url
        try:
            return self.checked(url.removesuffix("/"))
        except InvalidInstanceUrlError:
            return url[:_LONGEST_URL]


def _origin(url: str) -> tuple[str, str, str] | None:
    """Scheme, host and port; None when there is more behind them than a slash."""
    match = _ORIGIN.fullmatch(url)
    if match is None:
        return None
    scheme, host, port = match.groups()
    return scheme.lower(), host.lower(), port or _DEFAULT_PORTS[scheme.lower()]
