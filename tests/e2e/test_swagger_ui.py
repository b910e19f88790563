"""A curious person at Swagger UI, in a real browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.running_demo import Demo

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, env={**os.environ})
        yield browser.new_page()
        browser.close()


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
