"""What is read of a query's answer."""

import pytest

from infra.salesforce.wire.answers import Answer, NoAnswerError
from infra.salesforce.wire.query_results import next_page_path, page_in, records_in

UNFINISHED = Answer(200, {"records": [], "done": False, "nextRecordsUrl": "https://evil.example/query/01g-5"})


def test_the_next_page_is_a_query_on_the_same_host() -> None:
    assert next_page_path("/services/data/v59.0/query/01gRO0000016PIAYA2-500")
    for url in (
        "https://evil.example/services/data/v59.0/query/01g-5",
        "//evil.example/x",
        "/services/data/v59.0/query/../x",
        None,
    ):
        assert next_page_path(url) is None


def test_a_list_that_goes_on_is_never_taken_for_a_whole_one() -> None:
    with pytest.raises(NoAnswerError, match="more records than were asked for"):
        records_in(UNFINISHED)
    with pytest.raises(NoAnswerError, match="not on this host"):
        page_in(UNFINISHED)
