"""The list of versions that an org tells, and its versions in words."""

from typing import Any

import pytest

from infra.salesforce.wire.api_versions import in_words, listed_versions


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (["59.0"], "v59.0"),
        (["59.0", "60.0"], "v59.0, v60.0"),
        (["59.0", "60.0", "61.0"], "v59.0 to v61.0"),
        (["59.0", "61.0", "62.0"], "v59.0, v61.0, v62.0"),
        ([], ""),
    ],
)
def test_versions_are_said_briefly(numbers: list[str], said: str) -> None:
    assert in_words(listed_versions([{"label": "Winter", "version": number} for number in numbers])) == said


@pytest.mark.parametrize("version", ["inf", "nan", "1e999", 10**400, "59.5", "v59.0", "", None, ["59.0"]])
def test_what_is_no_version_makes_no_list(version: Any) -> None:
    with pytest.raises(ValueError, match="not the versions"):
        listed_versions([{"version": "59.0"}, {"version": version}])


@pytest.mark.parametrize("body", [None, 7, "59.0", {"version": "59.0"}, [None], [{}], [["59.0"]]])
def test_another_shape_makes_no_list(body: Any) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        listed_versions(body)
