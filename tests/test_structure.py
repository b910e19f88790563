"""The structure holds: imports point inward."""

import pytest
from importlinter.cli import lint_imports

from tests import ROOT


def test_imports_point_inward(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)

    assert status == 0, capsys.readouterr().out
