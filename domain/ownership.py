"""Who owns a lead: whom the caller names, or whom the org's own rules choose.

Source: fact sheet 0 (14) and 12.2.
"""

from domain.ports import FieldValues, WriteOptions
from domain.values.ids import same_id
from domain.values.inputs import LeadWrite
from domain.values.lead import Lead
from domain.values.results import SyncResult

MAY_BE_ASSIGNED = "An assignment rule of the org may choose another owner."


def write_options(write: LeadWrite, *, assigns: bool = True) -> WriteOptions:
    """How a write treats the org's own rules. No assignment rule takes a lead from an owner whom the write names."""
    assigns = assigns and write.assigns
    return WriteOptions(
        assign=assigns,
        allow_duplicate=write.allow_duplicate,
        assignment_rule_id=write.assignment_rule_id if assigns else None,
    )


def with_chosen_owner(result: SyncResult, before: Lead | None, written: FieldValues, after: Lead) -> SyncResult:
    """The result of a write, which also tells the owner whom the org's own rules chose meanwhile: an assignment rule, a
    flow, a trigger. `before` is None for a new lead, whose owner is at first who creates it.
    """
    expected = written.get("owner_id") or (before.owner_id if before else after.created_by_id)
    if expected is None or after.owner_id is None or same_id(expected, after.owner_id):
        return result
    changed = dict.fromkeys((*result.changed_fields, "owner_id"))
    return result.model_copy(update={"owner_id": after.owner_id, "changed_fields": list(changed)})
