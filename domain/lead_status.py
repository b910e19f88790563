"""Which status of the org is meant: by a name, a label, `scheduled` or `objected`."""

from collections.abc import Container, Sequence

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
    status = status_named(wanted, statuses)
    allowed = [status.name for status in statuses if not status.is_converted]
    if objected_status(statuses, rules):
        allowed.insert(0, OBJECTED)
    if any(status.is_converted for status in statuses):
        allowed.insert(0, SCHEDULED)
    if status is None and wanted != asked:
        raise InvalidStatusError(
            f"This org has no status {wanted!r}, which objected stands for; set LEAD_STATUS_OBJECTED.", allowed
        )
    if status is None:
        raise InvalidStatusError(f"This org has no lead status {asked!r}.", allowed)
    if status.is_converted:
        raise InvalidStatusError(f"Only a conversion sets {status.name!r}; ask for scheduled.", allowed)
    return status.name


def objected_status(statuses: Sequence[LeadStatus], rules: LeadRules) -> str | None:
    """What `objected` sets; None where the org has no such status, or only a conversion sets it."""
    status = status_named(rules.objected_status, statuses)
    return status.name if status and not status.is_converted else None


def status_of_converted(
    asked: str | None,
    statuses: Sequence[LeadStatus],
    rules: LeadRules,
    offered: Container[str] | None = None,
) -> str:
    """The status a conversion sets: the asked one, else the operator's, else the org's first. A lead with a record type
    gets one that the record type offers, if it is known which those are.

    Raises InvalidStatusError when it is none of the org's converted statuses, or none can be had.
    """
    converted = [status for status in statuses if status.is_converted]
    possible = [status for status in converted if offered is None or status.name in offered]
    wanted = asked or rules.converted_status
    status = status_named(wanted, converted) if wanted else next(iter(possible), None)
    if status is not None and status not in possible and not asked:
        # The operator's choice is for all leads, and can not be had by this one.
        status = next(iter(possible), None)
    if status is not None and status in possible:
        return status.name
    if status is not None:
        problem = f"The lead's record type offers no status {status.name!r}."
    elif converted and not possible:
        problem = "The lead's record type offers no status for converted leads; an administrator has to add one."
    elif wanted:
        advice = "" if asked else " LEAD_STATUS_CONVERTED has to name one that it has."
        problem = f"This org has no status {wanted!r} for converted leads.{advice}"
    else:
        problem = "This org has no status for converted leads; an administrator has to add one."
    field = "converted_status" if wanted else "status"
    raise InvalidStatusError(problem, [status.name for status in possible], field=field)


def refuse_unknown_status(asked: str, statuses: Sequence[LeadStatus], rules: LeadRules) -> None:
    """Raise InvalidStatusError for a status that no lead of the org can have, so that no list can hold one."""
    names = [status.name for status in statuses]
    if asked.casefold() in (name.casefold() for name in names):
        return
    meant = status_named(rules.objected_status if asked.casefold() == OBJECTED else asked, statuses)
    hint = f"it stands for {meant.name!r}" if meant else "converted: false lists what is not converted"
    raise InvalidStatusError(f"This org has no lead status {asked!r}; {hint}.", names)


def is_scheduled(status: str | None) -> bool:
    """Whether this status asks for a conversion."""
    return status is not None and status.casefold() == SCHEDULED


def status_named(name: str, statuses: Sequence[LeadStatus]) -> LeadStatus | None:
    """The status with this name or label, whatever the case; None when there is none."""
    asked = name.casefold()
    return next((status for status in statuses if asked in (status.name.casefold(), status.label.casefold())), None)
