"""A parsed query. Every node knows where it stands in the text, for the error messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Path:
    """A field, perhaps of a parent: `Owner.Name`."""

    names: tuple[str, ...]
    at: int

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True)
class Literal:
    """A value as it is written.

    `kind` is string, number, currency (USD5), date, datetime, time or word (null, TODAY, LAST_N_DAYS:3).
    """

    kind: str
    value: Any
    at: int
    text: str


@dataclass(frozen=True)
class Function:
    """`COUNT(Id)`, `FIELDS(ALL)`, `GEOLOCATION(37.7, -122.4)`."""

    name: str
    arguments: tuple[Path | Function | Literal, ...]
    at: int
    depth: int = 1

    @property
    def upper(self) -> str:
        """The name as it is looked up."""
        return self.name.upper()


Expression = Path | Function


@dataclass(frozen=True)
class Selected:
    """One item of the SELECT list."""

    expression: Expression
    alias: str | None = None


@dataclass(frozen=True)
class Nested:
    """A query in the SELECT list, about the children of each record."""

    query: Query


@dataclass(frozen=True)
class Branch:
    """`WHEN User THEN Id, Username`."""

    sobject: Path
    fields: tuple[Path, ...]


@dataclass(frozen=True)
class TypeOf:
    """Fields that depend on the kind of record a relationship leads to: `TYPEOF Owner WHEN … ELSE … END`."""

    relationship: Path
    branches: tuple[Branch, ...]
    otherwise: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """`Email = 'a@example.com'`, `Status IN ('a', 'b')`; one literal unless the operator takes a list or a query."""

    left: Expression
    operator: str
    right: tuple[Literal, ...] | Query
    at: int
    depth: int = 1


@dataclass(frozen=True)
class Negation:
    """`NOT …`."""

    condition: Condition
    depth: int


@dataclass(frozen=True)
class Junction:
    """Conditions joined by AND or by OR."""

    operator: str
    conditions: tuple[Condition, ...]
    depth: int


Condition = Comparison | Negation | Junction


@dataclass(frozen=True)
class Ordering:
    """One item of ORDER BY. Nulls come first unless it is said otherwise."""

    expression: Expression
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True)
class Query:
    """A whole SELECT."""

    selected: tuple[Selected | Nested | TypeOf, ...]
    source: Path
    alias: str | None = None
    parents: tuple[tuple[str, Path], ...] = field(default=())
    """Further names, and the relationships they stand for: `FROM Contact c, c.Account a`."""
    scope: Path | None = None
    """What follows USING SCOPE."""
    where: Condition | None = None
    group: tuple[Expression, ...] = field(default=())
    subtotals: str | None = None
    """ROLLUP or CUBE, where the groups stand in one of them."""
    having: Condition | None = None
    order: tuple[Ordering, ...] = field(default=())
    limit: int | None = None
    offset: int = 0
    offset_at: int = 0
    purposes: frozenset[str] = frozenset()
    """What follows FOR: VIEW, REFERENCE, UPDATE."""


@dataclass(frozen=True)
class FoundText:
    """A whole SOSL statement, its search text still to be read."""

    text: str
    at: int
    group: str = "ALL"
    returned: tuple[Query, ...] = ()
    limit: int | None = None
