"""What an object does besides what all objects do. Most have nothing of the kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row


@dataclass(frozen=True)
class Behaviour:
    """Hooks into the writing of an object's records."""

    complete: Callable[[Org, Row, Row | None], None] | None = None
    """Works out what follows from the values of a row about to be stored. The last argument is the row before, None for
    a new record. Raises SalesforceError where the values do not go together."""
    companions: Callable[[Org, Row], list[tuple[str, Row]]] | None = None
    """Records that come into being with a new one: objects and values."""
    leave: Callable[[Org, Row], None] | None = None
    """Raises SalesforceError where a record cannot be deleted."""
