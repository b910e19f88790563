"""The structure holds: imports point inward, and the map shows all there is."""

import re

import pytest
from importlinter.cli import lint_imports

from tests import ROOT


def test_imports_point_inward(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)

    assert status == 0, capsys.readouterr().out


def test_every_module_is_on_the_map_and_nothing_else() -> None:
    code = (ROOT / "README.md").read_text().partition("## The code")[2]
    named = set(re.findall(r"`(?:\w+/)*(\w+)(?:\.py)?`", code))
    modules = [path for room in ("api", "domain", "infra") for path in (ROOT / room).rglob("*.py")]
    there = {name for path in modules for name in path.relative_to(ROOT).with_suffix("").parts}

    assert {path.stem for path in modules if "simulator" not in path.parts} - {"__init__"} <= named
    assert named <= there
