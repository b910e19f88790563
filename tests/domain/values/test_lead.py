"""What is told of a lead, and what is only known of it."""

import pytest

from domain.values.lead import SHOWN, FoundLead, Lead


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_what_nobody_is_told_of_a_lead_is_in_no_answer_and_no_description_of_one(mode: str) -> None:
    lead = FoundLead(id="00Q000000000001AAA", created_by_id="005000000000001AAA", latitude=1, longitude=2)

    assert not {"created_by_id", "latitude", "longitude", "geocode_accuracy"} & lead.model_dump().keys()
    schema = Lead.model_json_schema(mode="validation" if mode == "validation" else "serialization")
    assert list(schema["properties"]) == SHOWN
