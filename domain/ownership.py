"""Who owns a lead: whom the caller names, or whom the org's own rules choose.

Source: fact sheet 0 (14) and 12.2.
"""

from domain.ports import WriteOptions
from domain.values.inputs import LeadWrite


def write_options(write: LeadWrite) -> WriteOptions:
    """How a write treats the org's own rules. No assignment rule takes a lead from an owner whom the write names."""
    return WriteOptions(
        assign=write.assigns, allow_duplicate=write.allow_duplicate, assignment_rule_id=write.assignment_rule_id
    )
