"""The caller's Salesforce session."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Session:
    """What a caller acts with. The tokens never show in a repr, so that no log line can hold them."""

    instance_url: str
    """Where the org answers, e.g. `https://acme.my.salesforce.com`, checked against the allowed hosts."""
    access_token: str = field(repr=False)
    """Empty: nobody has logged in yet."""
    refresh_token: str | None = field(default=None, repr=False)
    """Without it an expired session stays expired."""
