"""What is guessed of a name or a value that does not exist: nothing rather than something wrong."""

import pytest

from domain.suggestions import closest_value, nearest, nearest_value
from infra.simulator.setup.set_up_files import countries_of_a_new_org

COUNTRIES = [country.name for country in countries_of_a_new_org()]
OTHER_NAMES = ["Deutschland", "England", "Holland", "Russia", "Griechenland", "Island", "Frankreich", "Czech Republic"]
OTHER_NAMES += ["Österreich", "Ungarn", "Slowakei", "Burma", "America", "UK", "USA", "Polen", "Ivory Coast", "Scotland"]


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_a_country_in_other_words_is_no_misspelled_one(name: str) -> None:
    assert closest_value(name, COUNTRIES) is None


@pytest.mark.parametrize("name", [name for name in COUNTRIES if len(name) > 5])
def test_a_country_with_a_wrong_letter_is_known(name: str) -> None:
    middle = len(name) // 2
    for misspelled in (name[:middle] + name[middle - 1 :], name[:middle] + name[middle + 1 :], name.upper() + "q"):
        assert closest_value(misspelled, COUNTRIES) == name


@pytest.mark.parametrize(
    ("name", "names", "hint"),
    [
        ("Foo__c", ["Demo_On__c", "Goo_Is__c"], "this user sees Demo_On__c, Goo_Is__c."),
        ("Tier__c", ["Demo_On__c", "ns__Tier__c"], "did you mean ns__Tier__c?"),
        ("Tear__c", ["Tier__c", "ns__Tier__c"], "did you mean Tier__c?"),
        ("emial", ["email", "phone"], "did you mean email?"),
    ],
)
def test_the_ending_of_custom_fields_makes_no_name_similar(name: str, names: list[str], hint: str) -> None:
    assert nearest(name, names, "this user sees") == hint


def test_one_name_is_one() -> None:
    assert nearest("email", ["limit"], "there are") == "there is only limit."
    assert nearest_value("email", [], "there are") == "there are none."
