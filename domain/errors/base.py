"""What all errors have in common, and what is told when something was done before one, or may have been."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

Detail = Mapping[str, Any]
"""One thing that is wrong: `field` and `message`, or the ids that the next step needs."""

MOST_DETAILS = 100
"""So many tell enough, whatever an org has of something."""
_MOST_NAMED = 20


def listed(names: Sequence[str], between: str = ", ") -> str:
    """The names as a sentence has them; of very many the first."""
    more = len(names) - _MOST_NAMED
    return between.join([*names[:_MOST_NAMED], *([f"and {more} more"] if more > 0 else [])])


class LeadError(Exception):
    """Something a caller is told about: a sentence for people, details for programs."""

    retryable = False
    """Whether the very same request may succeed later, without anybody changing anything."""

    def __init__(self, message: str, details: Sequence[Detail] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details[:MOST_DETAILS])

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are copied by calling the class with `args` again, which are not what our classes take.
        return _uninitialised, (type(self), *self.args), vars(self)

    def after(self, fact: str, detail: Detail) -> "LeadError":
        """The same error, which also tells what the request had already done when it came up, since that stands."""
        told = copy(self)
        told.message = f"{fact} {self.message.replace('Nothing was written', 'Nothing more was written')}"
        told.details = (*(each for each in self.details if each != detail), detail)
        return told

    def under(self, path: str, fields: Iterable[str]) -> "LeadError":
        """The same error, which names these fields as they are named in a request that has them below others."""
        names = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, fields))})(?!\w)")

        def renamed(text: Any) -> Any:
            return names.sub(rf"{path}\1", text) if isinstance(text, str) else text

        told = copy(self)
        told.message = renamed(self.message)
        told.details = tuple(
            {key: renamed(text) if key in ("field", "message") else text for key, text in detail.items()}
            for detail in self.details
        )
        return told


def _uninitialised(kind: type[Exception], *args: object) -> Exception:
    return kind.__new__(kind, *args)


class OutcomeUnknownError(LeadError):
    """A write was sent and its answer was lost. It may have happened; look before trying again."""

    def about(self, lead_id: str) -> "OutcomeUnknownError":
        """The same error with the Id of the lead to look at."""
        told = copy(self)
        told.message = self.message.replace("look at the lead", f"look at lead {lead_id}")
        told.details = (*self.details, {"lead_id": lead_id})
        return told


@contextmanager
def already(done: str, then: str, **ids: str) -> Iterator[None]:
    """Take a further step after something that was done and stands: an error of it tells that too, with the Ids.

    `already("Lead 00Q… is created", "converted", lead_id="00Q…")` says of an error inside it: Lead 00Q… is created,
    but not converted. Every step behind a write is taken in here.
    """
    try:
        yield
    except LeadError as error:
        unknown = isinstance(error, OutcomeUnknownError)
        outcome = f"and whether it is {then} is not known" if unknown else f"but not {then}"
        raise error.after(f"{done}, {outcome}.", ids) from error
