"""Record types: leads have their Ids, people say their names."""

from domain.values.described import DescribedLead
from domain.values.ids import same_id
from domain.values.lead import Lead

MASTER = "012000000000000"
"""The Id of the record type that every object has (fact sheet 2.3)."""


def has_record_type_id(lead: Lead) -> bool:
    """Whether the lead was read with the Id of a record type, not its name."""
    return (lead.record_type or "").startswith("012")


def with_record_type_name(lead: Lead, described: DescribedLead) -> Lead:
    """The lead, its record type by its name; None for the master one, which says nothing."""
    if not has_record_type_id(lead):
        return lead
    name = next((each.name for each in described.record_types if same_id(each.id, lead.record_type)), lead.record_type)
    return lead.model_copy(update={"record_type": None if same_id(name, MASTER) else name})
