"""The accounts and contacts that a conversion may go into, instead of making new ones. Checked as they are made, since
they come from outside.
"""

from collections.abc import Sequence

from pydantic.dataclasses import dataclass


@dataclass(frozen=True)
class TargetSearch:
    """What to look for: what has an Id by it, the rest by what is known of the lead. Nothing, where that is None."""

    account_id: str | None = None
    contact_id: str | None = None
    owner_id: str | None = None
    """The user who shall own what is made."""
    email: str | None = None
    """The contact's; with an `account_id` only one of that account."""
    company: str | None = None
    """The account's name, whatever its case."""
    domain: str | None = None
    """That of the account's website."""

    @property
    def is_for_nothing(self) -> bool:
        return self == TargetSearch()


@dataclass(frozen=True)
class FoundAccount:
    """An account."""

    id: str
    name: str | None = None
    website: str | None = None
    is_person: bool = False


@dataclass(frozen=True)
class FoundContact:
    """A contact. That of a person account stands for the person."""

    id: str
    account_id: str | None = None
    is_person: bool = False


@dataclass(frozen=True)
class Targets:
    """What was found."""

    accounts: Sequence[FoundAccount]
    contacts: Sequence[FoundContact]
    active_users: Sequence[str]
