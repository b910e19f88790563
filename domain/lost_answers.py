"""Creating, updating, deleting and restoring with certainty: when an answer is lost, the leads tell what happened.

For a conversion and a merge `conversion` and `duplicates` ask the leads themselves.
"""

from collections.abc import Awaitable, Callable

from domain.comparison import differences, taken
from domain.errors import (
    CoordinationUnavailableError,
    LeadError,
    LeadExistsError,
    LeadNotFoundError,
    OutcomeUnknownError,
)
from domain.ports import FieldValues, Found, Leads, Turn, WriteOptions
from domain.values.described import DescribedLead
from domain.values.lead import Lead


async def create_once(
    leads: Leads,
    turn: Turn | None,
    values: FieldValues,
    options: WriteOptions,
    look_again: Callable[[], Awaitable[Found]],
) -> tuple[Lead, list[Lead]]:
    """Create a lead nobody has yet, and tell which other open leads match by now: none while the turn holds.

    When the answer is lost, or the turn, the leads that `look_again` finds tell what happened. Without a turn,
    Salesforce sees to it that there is no second one. Raises OutcomeUnknownError when they do not tell,
    LeadExistsError when somebody else's lead matches by now, CoordinationUnavailableError when the turn is lost before
    anything is sent, and what `Leads.create` raises.
    """
    if turn and not turn.held:
        raise CoordinationUnavailableError(
            "The gateway lost its turn before the lead was created. Nothing was written; try again.", 1
        )
    try:
        created = await leads.create(values, options)
    except OutcomeUnknownError as error:
        found = await _found_again(look_again, error)
        ours = next((lead for lead in found.open if _has_all(values, lead, found.described)), None)
        if ours is None:
            raise LeadExistsError(str(values.get("email")), [lead.id for lead in found.open]) from error
        return ours, [lead for lead in found.open if lead is not ours]
    if turn is None or turn.held:
        return created, []
    message = f"Lead {created.id} was created, and cannot be looked at now; look again."
    found = await _found_again(look_again, OutcomeUnknownError(message, [{"lead_id": created.id}]))
    return created, [lead for lead in found.open if lead.id != created.id]


async def create_unfindable(leads: Leads, values: FieldValues, options: WriteOptions) -> Lead:
    """Create a lead that nothing finds for certain. Raises OutcomeUnknownError when the answer is lost, and what
    `Leads.create` raises.
    """
    try:
        return await leads.create(values, options)
    except OutcomeUnknownError as error:
        raise OutcomeUnknownError(
            "The lead was sent to Salesforce and the answer was lost. It may be there: search for it with "
            "salesforce_list_leads (GET /v1/leads) before sending it again.",
            error.details,
        ) from error.__cause__


async def _found_again(look_again: Callable[[], Awaitable[Found]], otherwise: OutcomeUnknownError) -> Found:
    """What is found, at least one open lead; raises the other error when none can be found."""
    try:
        found = await look_again()
    except LeadError:
        raise otherwise from otherwise.__cause__
    if not found.open:
        raise otherwise
    return found


async def update_surely(leads: Leads, lead_id: str, values: FieldValues, options: WriteOptions) -> Lead:
    """Write these values. When the answer is lost, a lead that has them all was changed.

    Raises OutcomeUnknownError when it does not, and what `Leads.update` raises.
    """
    try:
        return await leads.update(lead_id, values, options)
    except OutcomeUnknownError as error:
        try:
            found = await leads.look_up(lead_id, described=True)
        except LeadError:
            raise error.about(lead_id) from error.__cause__
        [lead] = found.leads
        if not _has_all(values, lead, found.described):
            raise error.about(lead_id) from error.__cause__
        return lead


def _has_all(values: FieldValues, lead: Lead, described: DescribedLead) -> bool:
    # Fields that are the same everywhere were sent without a description, which says how Salesforce keeps them.
    return not differences(taken(values, described), lead, described)


async def update_contact_surely(leads: Leads, contact_id: str, values: FieldValues, described: DescribedLead) -> None:
    """Write these values to a contact. When the answer is lost, a contact that has them all was changed.

    Raises OutcomeUnknownError when it does not, and what `Leads.update_contact` raises.
    """
    try:
        await leads.update_contact(contact_id, values)
    except OutcomeUnknownError as error:
        unknown = OutcomeUnknownError(
            "The change was sent to Salesforce and the answer was lost. Send the same sync again: it writes what is "
            "not there yet.",
            [{"contact_id": contact_id}],
        )
        try:
            contact = await leads.contact(contact_id)
        except LeadError:
            raise unknown from error
        if differences(values, contact, described):
            raise unknown from error


async def delete_surely(leads: Leads, lead_id: str) -> None:
    """Delete the lead. When the answer is lost, a lead that is gone was deleted.

    Raises OutcomeUnknownError when it is there, and what `Leads.delete` raises.
    """
    try:
        await leads.delete(lead_id)
    except OutcomeUnknownError as error:
        try:
            await leads.look_up(lead_id)
        except LeadNotFoundError:
            return
        except LeadError:
            raise error.about(lead_id) from error.__cause__
        raise error.about(lead_id) from error.__cause__


async def undelete_surely(leads: Leads, lead_id: str) -> bool:
    """Take the lead out of the recycle bin; False when it was not in there. When the answer is lost, a lead that is
    there was taken out.

    Raises OutcomeUnknownError when it can not be seen, and what `Leads.undelete` raises.
    """
    try:
        return await leads.undelete(lead_id)
    except OutcomeUnknownError as error:
        try:
            await leads.look_up(lead_id)
        except LeadError:
            raise error.about(lead_id) from error.__cause__
        return True
