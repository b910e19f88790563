"""What a status asks for, and what counts as the same value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Protocol

from domain.errors import InvalidStatusError
from domain.models import ConvertOptions, LeadStatus
from domain.ports import FieldValues

SCHEDULED = "scheduled"
OBJECTED = "objected"


@dataclass(frozen=True)
class LeadRules:
    """What the operator decided about leads."""

    objected_status: str = "Closed - Not Converted"
    converted_status: str | None = None
    """None: the org's own."""
    default_company: str = "Individual"
    create_opportunity: bool = False

    def complete(self, values: FieldValues) -> FieldValues:
        """The values of a new lead; Salesforce requires a company, which private persons do not have."""
        return values if values.get("company") else {**values, "company": self.default_company}

    def makes_opportunity(self, options: ConvertOptions) -> bool:
        """Whether a conversion also makes an opportunity: as asked, and when nothing is said, as the operator wants."""
        if options.create_opportunity is not None:
            return options.create_opportunity
        return self.create_opportunity or options.opportunity_name is not None

    def status_to_set(self, asked: str, statuses: Sequence[LeadStatus]) -> str:
        """The org's status that `asked` (a name, a label or `objected`) stands for.

        Raises InvalidStatusError, also for a status that only a conversion sets.
        """
        wanted = self.objected_status if asked.casefold() == OBJECTED else asked
        status = _named(wanted, statuses)
        allowed = [SCHEDULED, OBJECTED, *(status.name for status in statuses if not status.is_converted)]
        if status is None and wanted != asked:
            raise InvalidStatusError(
                f"This org has no status {wanted!r}, which objected stands for; set LEAD_STATUS_OBJECTED.", allowed
            )
        if status is None:
            raise InvalidStatusError(f"This org has no lead status {asked!r}.", allowed)
        if status.is_converted:
            raise InvalidStatusError(f"Only a conversion sets {status.name!r}; ask for scheduled.", allowed)
        return status.name

    def status_of_converted(self, asked: str | None, statuses: Sequence[LeadStatus]) -> str:
        """The status a conversion sets: the asked one, else the operator's, else the org's first.

        Raises InvalidStatusError when it is none of the org's converted statuses.
        """
        converted = [status for status in statuses if status.is_converted]
        wanted = asked or self.converted_status
        status = _named(wanted, converted) if wanted else next(iter(converted), None)
        if status is None:
            problem = f"This org has no status {wanted!r} for converted leads." if wanted else _NO_CONVERTED_STATUS
            field = "converted_status" if asked else "status"
            raise InvalidStatusError(problem, [status.name for status in converted], field=field)
        return status.name

    def refuse_unknown_status(self, asked: str, statuses: Sequence[LeadStatus]) -> None:
        """Raise InvalidStatusError for a status that no lead of the org can have, so that no list can hold one."""
        names = [status.name for status in statuses]
        if asked.casefold() in (name.casefold() for name in names):
            return
        meant = _named(self.objected_status if asked.casefold() == OBJECTED else asked, statuses)
        hint = f"it stands for {meant.name!r}" if meant else "converted: false lists what is not converted"
        raise InvalidStatusError(f"This org has no lead status {asked!r}; {hint}.", names)


_NO_CONVERTED_STATUS = "This org has no status for converted leads; an administrator has to add one."


def is_scheduled(status: str | None) -> bool:
    """Whether this status asks for a conversion."""
    return status is not None and status.casefold() == SCHEDULED


def _named(name: str, statuses: Sequence[LeadStatus]) -> LeadStatus | None:
    asked = name.casefold()
    return next((status for status in statuses if asked in (status.name.casefold(), status.label.casefold())), None)


class Stored(Protocol):
    """What Salesforce has: a lead, or a contact."""

    def value(self, field: str) -> Any: ...


def differences(sent: FieldValues, stored: Stored) -> dict[str, Any]:
    """The sent values that are not stored yet; null and missing values differ from nothing."""
    return {
        field: value
        for field, value in sent.items()
        if value is not None and not _same(field, value, stored.value(field))
    }


def _same(field: str, sent: Any, stored: Any) -> bool:
    if stored is None:
        return False
    if field == "owner_id":
        return str(sent)[:15] == str(stored)[:15]
    if isinstance(sent, bool) or isinstance(stored, bool):
        return sent is stored
    if isinstance(stored, int | float):
        return _number(sent) == stored
    # Salesforce stores emails in lower case and line ends as it likes (fact sheet 0, 15).
    if field == "email":
        return str(sent).casefold() == str(stored).casefold()
    return _lines(str(sent)) == _lines(str(stored)) or _same_moment(str(sent), str(stored))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d\d)(\d\d)$")


def _same_moment(one: str, other: str) -> bool:
    moments = (_moment(one), _moment(other))
    return None not in moments and moments[0] == moments[1]


def _moment(text: str) -> datetime | None:
    """A date and time as Salesforce writes it, `2026-01-02T03:04:05.000+0000`, or as others do.

    Source: fact sheet 2.4.
    """
    if "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(_OFFSET_WITHOUT_COLON.sub(r"\1:\2", text.replace("Z", "+00:00")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
