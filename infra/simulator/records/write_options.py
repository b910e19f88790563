"""What a request says about how to write, besides what to write."""

from __future__ import annotations

from dataclasses import dataclass

from infra.simulator.org.values import Notation


@dataclass(frozen=True)
class WriteOptions:
    """Who writes, and which of the org's rules apply."""

    user_id: str
    base_path: str = "/services/data/v59.0"
    """Where URLs of records begin in the answer."""
    notation: Notation = "json"
    """How the values are written down."""
    assign: bool = True
    """Let the active assignment rule choose the owner. Source: fact sheet 0 (14)."""
    assignment_rule_id: str | None = None
    """The rule that chooses instead of the active one."""
    allow_duplicates: bool = False
    """Save in spite of a duplicate rule that merely alerts. Source: fact sheet 3.3."""
    include_details: bool = False
    """Tell more than the ids of records that match."""
