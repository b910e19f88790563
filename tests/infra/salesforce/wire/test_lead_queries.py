"""What is read of a query's answer."""

from infra.salesforce.wire.lead_queries import next_page_path


def test_the_next_page_is_a_query_on_the_same_host() -> None:
    assert next_page_path("/services/data/v59.0/query/01gRO0000016PIAYA2-500")
    for url in (
        "https://evil.example/services/data/v59.0/query/01g-5",
        "//evil.example/x",
        "/services/data/v59.0/query/../x",
        None,
    ):
        assert next_page_path(url) is None
