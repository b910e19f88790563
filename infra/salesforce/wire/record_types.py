"""Record types: leads have their Ids, people say their names."""

from domain.values.described import DescribedLead
from domain.values.ids import same_id
from domain.values.lead import Lead

MASTER = "012000000000000"
"""The Id of the record type that every object has (fact sheet 2.3)."""


def lacks_record_type_name(lead: Lead) -> bool:
    """Whether the lead was read with the Id of a record type whose name only a description tells."""
    return (lead.record_type or "").startswith("012") and not same_id(lead.record_type, MASTER)


def with_record_type_name(lead: Lead, described: DescribedLead) -> Lead:
    """The lead, its record type by its name; None for the master one, which says nothing."""
    if same_id(lead.record_type, MASTER):
        return lead.model_copy(update={"record_type": None})
    if not lacks_record_type_name(lead):
        return lead
    name = next((each.name for each in described.record_types if same_id(each.id, lead.record_type)), lead.record_type)
    return lead.model_copy(update={"record_type": name})
