"""Leads are told with the names of their record types."""

import pytest

from domain.values.described import DescribedLead, RecordType
from domain.values.lead import Lead
from infra.salesforce.wire.record_types import lacks_record_type_name, with_record_type_name

PARTNER = "012000000000001AAA"
DESCRIBED = DescribedLead((), (RecordType(PARTNER, "Partner", "Partner Lead", available=True, default=False),))


@pytest.mark.parametrize(
    ("read", "lacks", "told"),
    [
        (PARTNER, True, "Partner"),
        (PARTNER[:15], True, "Partner"),
        ("012000000000002AAA", True, "012000000000002AAA"),
        ("012000000000000AAA", False, None),
        ("012000000000000", False, None),
        ("Partner", False, "Partner"),
        (None, False, None),
    ],
)
def test_only_where_there_is_a_name_it_has_to_be_looked_for(read: str | None, lacks: bool, told: str | None) -> None:
    lead = Lead(id="00Q000000000001AAA", record_type=read)

    assert lacks_record_type_name(lead) is lacks
    assert with_record_type_name(lead, DESCRIBED).record_type == told
