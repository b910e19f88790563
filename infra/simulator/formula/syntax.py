"""A parsed formula. Every node knows how deep it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Literal:
    """A text, a number, TRUE, FALSE or NULL."""

    value: Any
    depth: int = 1


@dataclass(frozen=True)
class Reference:
    """A field, perhaps of a parent: `Owner:User.Username`, `$User.Id`."""

    name: str
    depth: int = 1


@dataclass(frozen=True)
class Call:
    """A function with its arguments; `!x` and `a && b` are NOT and AND."""

    name: str
    arguments: tuple[Node, ...]
    depth: int


@dataclass(frozen=True)
class Chain:
    """Operators of one precedence from left to right: `1 + 2 - 3`. One node, however long it is."""

    first: Node
    steps: tuple[tuple[str, Node], ...]
    depth: int


Node = Literal | Reference | Call | Chain
