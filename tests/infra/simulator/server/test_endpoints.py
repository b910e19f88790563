"""The page about the simulator keeps up with the code."""

from __future__ import annotations

import yaml

from infra.simulator.exchange.faults import Fault
from infra.simulator.server.endpoints import table, with_table
from infra.simulator.setup.settings import Settings
from tests import ROOT

PAGE = ROOT / "docs" / "simulator.md"


def test_the_list_of_endpoints_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_table(page), "run: .venv/bin/python -m infra.simulator.server.endpoints docs/simulator.md"


def test_every_endpoint_says_where_it_comes_from() -> None:
    rows = [line for line in table().splitlines() if line.startswith("| `")]

    assert all(row.rsplit("|", 2)[1].strip() for row in rows)
    assert len(rows) > 60


def test_every_kind_of_fault_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")

    kinds = [kind.model_fields["kind"].annotation.__args__[0] for kind in Fault.__args__]
    assert [kind for kind in kinds if f"| `{kind}` |" not in page] == []


def test_every_setting_of_an_org_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")

    in_the_file = set(yaml.safe_load(page.partition("```yaml\n# my-org.yaml\n")[2].partition("```")[0]))
    assert [name for name in Settings.model_fields if f"`{name}`" not in page and name not in in_the_file] == []
