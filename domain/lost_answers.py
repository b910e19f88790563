"""Creating, updating and deleting with certainty: when an answer is lost, the leads tell what happened.

For a conversion and a merge `conversion` and `duplicates` ask the leads themselves.
"""

from domain.comparison import differences
from domain.errors import (
    CoordinationUnavailableError,
    LeadError,
    LeadExistsError,
    LeadNotFoundError,
    OutcomeUnknownError,
)
from domain.ports import FieldValues, Leads, Turn, WriteOptions
from domain.values.described import DescribedLead
from domain.values.lead import Lead


async def create_once(
    leads: Leads, turn: Turn, email: str, values: FieldValues, options: WriteOptions, described: DescribedLead
) -> tuple[Lead, list[Lead]]:
    """Create a lead nobody has yet, and tell which other open leads have its email by now: none while the turn holds.

    When the answer is lost, or the turn, the leads themselves tell what happened. Raises OutcomeUnknownError when they
    do not, LeadExistsError when somebody else's lead has the email by now, CoordinationUnavailableError when the turn
    is lost before anything is sent, and what `Leads.create` raises.
    """
    if not turn.held:
        raise CoordinationUnavailableError(
            "The gateway lost its turn before the lead was created. Nothing was written; try again."
        )
    try:
        created = await leads.create(values, options)
    except OutcomeUnknownError as error:
        present = await _open_leads(leads, email, error)
        ours = next((lead for lead in present if not differences(values, lead, described)), None)
        if ours is None:
            raise LeadExistsError(email, [lead.id for lead in present]) from error
        return ours, [lead for lead in present if lead is not ours]
    if turn.held:
        return created, []
    present = await _open_leads(
        leads, email, OutcomeUnknownError(f"Lead {created.id} was created, and cannot be looked at now; look again.")
    )
    return created, [lead for lead in present if lead.id != created.id]


async def _open_leads(leads: Leads, email: str, otherwise: OutcomeUnknownError) -> list[Lead]:
    """The open leads with the email, at least one; raises the other error when none can be found."""
    try:
        found = await leads.look_up(email)
    except LeadError:
        raise otherwise from otherwise.__cause__
    if not found.open:
        raise otherwise
    return found.open


async def update_surely(
    leads: Leads, lead_id: str, values: FieldValues, options: WriteOptions, described: DescribedLead
) -> Lead:
    """Write these values. When the answer is lost, a lead that has them all was changed.

    Raises OutcomeUnknownError when it does not, and what `Leads.update` raises.
    """
    try:
        return await leads.update(lead_id, values, options)
    except OutcomeUnknownError as error:
        try:
            [lead] = (await leads.look_up(lead_id)).leads
        except LeadError:
            raise error from error.__cause__
        if differences(values, lead, described):
            raise
        return lead


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
            raise error from error.__cause__
        raise
