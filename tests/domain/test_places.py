"""Countries and states where an org has lists of them."""

from __future__ import annotations

from itertools import product

import pytest

from domain.comparison import differences, taken
from domain.errors import InvalidInputError
from domain.values.described import DescribedField, DescribedLead
from domain.values.lead import Lead
from domain.values.org import PicklistValue
from infra.simulator.setup.set_up_files import countries_of_a_new_org

COUNTRIES = countries_of_a_new_org()


def listed(code: str, label: str, *valid_for: str) -> PicklistValue:
    return PicklistValue(value=code, label=label, default=False, valid_for=list(valid_for) or None)


DESCRIBED = DescribedLead(
    (
        DescribedField("country", "string"),
        DescribedField("state", "string"),
        DescribedField(
            "country_code",
            "picklist",
            restricted=True,
            values=tuple(listed(country.code, country.name) for country in COUNTRIES),
        ),
        DescribedField(
            "state_code",
            "picklist",
            restricted=True,
            controlling_field="country_code",
            values=tuple(
                listed(state.code, state.name, country.code) for country in COUNTRIES for state in country.states
            ),
        ),
    )
)


def test_each_place_of_a_new_org_stands_whichever_way_it_is_sent() -> None:
    for country in COUNTRIES:
        countries = [{"country": country.name}, {"country": country.code.lower()}, {"country_code": country.code}]
        for state in country.states:
            stored = Lead(
                id="1", country=country.name, country_code=country.code, state=state.name, state_code=state.code
            )
            states = [{"state": state.name.upper()}, {"state": state.code}, {"state_code": state.code.lower()}]
            for sent in [*states, *countries, *({**one, **other} for one, other in product(countries, states))]:
                assert differences(taken(sent, DESCRIBED), stored, DESCRIBED) == {}, sent


def test_a_code_means_the_state_of_the_country_beside_it() -> None:
    assert taken({"country": "us", "state": "al"}, DESCRIBED) == {"country": "United States", "state": "Alabama"}
    assert taken({"country_code": "BR", "state": "AL"}, DESCRIBED)["state"] == "Alagoas"
    # Alone it may be that of several countries, and stays as it was sent.
    assert taken({"state": "AL"}, DESCRIBED) == {"state": "AL"}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"country": "Italy", "country_code": "US"}, "country"),
        ({"country": "US", "state": "Texas", "state_code": "CA"}, "state"),
    ],
)
def test_a_label_and_a_code_that_contradict_each_other_are_refused(sent: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        taken(sent, DESCRIBED)

    assert refused.value.details[0]["field"] == field


def test_without_lists_a_place_is_any_text() -> None:
    described = DescribedLead((DescribedField("country", "string"), DescribedField("state", "string")))
    stored = Lead(id="1", country="United States", state="California")

    assert taken({"country": "us", "state": "CA"}, described) == {"country": "us", "state": "CA"}
    assert differences({"country": "us"}, stored, described) == {"country": "us"}
