"""Which status of the org is meant: by a name, a label, `scheduled` or `objected`."""

from collections.abc import Sequence

from domain.errors import InvalidStatusError
from domain.rules import LeadRules
from domain.values.inputs import SCHEDULED
from domain.values.org import LeadStatus

OBJECTED = "objected"


def status_to_set(asked: str, statuses: Sequence[LeadStatus], rules: LeadRules) -> str:
    """The org's status that `asked` (a name, a label or `objected`) stands for.

    Raises InvalidStatusError, also for a status that only a conversion sets.
    """
    wanted = rules.objected_status if asked.casefold() == OBJECTED else asked
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


def status_of_converted(asked: str | None, statuses: Sequence[LeadStatus], rules: LeadRules) -> str:
    """The status a conversion sets: the asked one, else the operator's, else the org's first.

    Raises InvalidStatusError when it is none of the org's converted statuses.
    """
    converted = [status for status in statuses if status.is_converted]
    wanted = asked or rules.converted_status
    status = _named(wanted, converted) if wanted else next(iter(converted), None)
    if status is None:
        problem = f"This org has no status {wanted!r} for converted leads." if wanted else _NO_CONVERTED_STATUS
        field = "converted_status" if asked else "status"
        raise InvalidStatusError(problem, [status.name for status in converted], field=field)
    return status.name


def refuse_unknown_status(asked: str, statuses: Sequence[LeadStatus], rules: LeadRules) -> None:
    """Raise InvalidStatusError for a status that no lead of the org can have, so that no list can hold one."""
    names = [status.name for status in statuses]
    if asked.casefold() in (name.casefold() for name in names):
        return
    meant = _named(rules.objected_status if asked.casefold() == OBJECTED else asked, statuses)
    hint = f"it stands for {meant.name!r}" if meant else "converted: false lists what is not converted"
    raise InvalidStatusError(f"This org has no lead status {asked!r}; {hint}.", names)


_NO_CONVERTED_STATUS = "This org has no status for converted leads; an administrator has to add one."


def is_scheduled(status: str | None) -> bool:
    """Whether this status asks for a conversion."""
    return status is not None and status.casefold() == SCHEDULED


def _named(name: str, statuses: Sequence[LeadStatus]) -> LeadStatus | None:
    asked = name.casefold()
    return next((status for status in statuses if asked in (status.name.casefold(), status.label.casefold())), None)
