"""An attachment knows how long it is."""

from __future__ import annotations

import base64

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.behaviours.behaviour import Behaviour


def _complete(org: Org, row: Row, before: Row | None) -> None:
    row["BodyLength"] = len(base64.b64decode(row.get("Body") or ""))


ATTACHMENT = Behaviour(_complete)
