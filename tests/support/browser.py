"""A real browser, which ends with its test."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Page, sync_playwright

_CHROMIUM = shutil.which("chromium")
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]

needs_chromium = pytest.mark.skipif(_CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")


@contextmanager
def browser_page() -> Iterator[Page]:
    """An empty page. (The driver between us and the browser ends both when this process is gone.)"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET)
        with closing(browser):
            yield browser.new_page()
