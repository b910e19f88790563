"""A custom object's record that is given no name is called by its id."""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.behaviours.behaviour import Behaviour


def _complete(org: Org, row: Row, before: Row | None) -> None:
    if row.get("Name") is None:
        row["Name"] = str(row["Id"])[:15]


CUSTOM = Behaviour(_complete)
