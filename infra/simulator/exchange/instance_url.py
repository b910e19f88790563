"""The instance URL that an answer tells: the one by which the simulator was reached."""

from __future__ import annotations

from starlette.requests import Request

LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")
MY_DOMAIN = "demo-dev-ed.develop.my.salesforce.com"


def origin_of(request: Request) -> str:
    """Scheme and host as the caller wrote them: the instance URL we tell is the one we were reached by.

    Whoever came to a host that only logs people in is told the org's own. Source: fact sheet 1.6.
    """
    host = request.headers.get("host") or request.url.netloc
    if host.lower() in LOGIN_HOSTS:
        host = MY_DOMAIN
    return f"{request.scope['scheme']}://{host}"
