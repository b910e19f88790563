"""A curious person at Swagger UI, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import browser_page, needs_chromium
from tests.support.processes import PATIENCE
from tests.support.running_demo import Demo

pytestmark = needs_chromium

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as page:
        page.set_default_timeout(PATIENCE * 1000)
        yield page


def test_an_operation_can_be_tried_at_once(demo: Demo, page: Page) -> None:
    foreign: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(demo.url) else foreign.append(request.url))
    page.goto(f"{demo.url}/docs")

    operation = page.locator("#operations-org-salesforce_get_org")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()

    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(operation.locator(".live-responses-table")).to_contain_text("demo@example.com")
    assert [url for url in foreign if not url.startswith("data:")] == []
