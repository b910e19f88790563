"""Fixtures for tests against real processes."""

from collections.abc import Iterator

import pytest

from tests.support.running_demo import Demo, running_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that the tests of a module share."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running
