"""What text, emails and Ids look like here, as types. Whatever these accept, Salesforce can store and give back."""

import difflib
import re
from collections.abc import Iterable
from typing import Annotated

import email_validator
from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# XML 1.0 can not carry these, so a conversion over SOAP would fail on them later.

_LEAD_ID = r"00Q[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?"
_EMAIL_SHAPE = r"[^\s/\\@]+@[^\s/\\@]+"


def _clean(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise PydanticCustomError("control_character", "control characters are not allowed")
    return text


def _blank_is_null(value: object) -> object:
    # Salesforce stores blank text as null, so both are one value from the start.
    return None if isinstance(value, str) and not value.strip() else value


def _email(text: str) -> str:
    try:
        # The test environment allows `.test`, which sandboxes are full of.
        return email_validator.validate_email(text, check_deliverability=False, test_environment=True).normalized
    except email_validator.EmailNotValidError as error:
        raise PydanticCustomError("email", "not an email address: {reason}", {"reason": str(error)}) from error


def _lead_ref(text: str) -> str:
    return _email(text) if "@" in text else text


Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_clean)]
"""Text as Salesforce keeps it: no blanks around it, no control characters but tab and line ends."""

Required = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_clean)]

BlankIsNull = BeforeValidator(_blank_is_null)

Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=80), AfterValidator(_clean), AfterValidator(_email)
]
"""An email address of at most 80 characters, Salesforce's limit.

Source: fact sheet 2.5.
"""

LeadId = Annotated[str, StringConstraints(pattern=f"^{_LEAD_ID}$")]
"""A lead's Id: 15 characters, or 18 with its checksum, beginning with 00Q.

Source: fact sheet 2.3.
"""

AccountId = Annotated[str, StringConstraints(pattern=r"^001[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")]
ContactId = Annotated[str, StringConstraints(pattern=r"^003[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")]
UserId = Annotated[str, StringConstraints(pattern=r"^005[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")]
OwnerId = Annotated[str, StringConstraints(pattern=r"^(?:005|00G)[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")]
"""A user's (005) or a queue's (00G) Id."""

LeadRef = Annotated[
    str, StringConstraints(max_length=80, pattern=f"^(?:{_LEAD_ID}|{_EMAIL_SHAPE})$"), AfterValidator(_lead_ref)
]
"""A lead's Id, or the email address it has."""


def is_email(lead: str) -> bool:
    """Whether a LeadRef is an email; otherwise it is an Id."""
    return "@" in lead


def same_id(one: str | None, other: str | None) -> bool:
    """Whether both name the same record; the three characters behind the fifteenth are a checksum.

    Source: fact sheet 2.3.
    """
    return (one or "")[:15] == (other or "")[:15]


_LONGEST_NAME = 100


def shown(name: str) -> str:
    """A name that somebody else made up, short and printable."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:_LONGEST_NAME])


def same_letters(one: str, other: str) -> bool:
    """Whether two names differ in nothing but case and what stands between words: dryRun, dry-run, dry_run."""
    return _letters(one) == _letters(other)


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def nearest(name: str, names: Iterable[str], otherwise: str) -> str:
    """A hint for a name that does not exist: the nearest that does, or all of them behind `otherwise`."""
    known = list(names)
    close = difflib.get_close_matches(name.casefold(), [each.casefold() for each in known], n=1, cutoff=0.6)
    if close:
        return f"did you mean {next(each for each in known if each.casefold() == close[0])}?"
    return f"{otherwise} {', '.join(known) or 'none'}."
