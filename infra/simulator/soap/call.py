"""One SOAP request by someone who is logged in, and the operations that answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import flag_of, text_of
from infra.simulator.instance.context import Context
from infra.simulator.instance.sessions import Session
from infra.simulator.org.org import Org
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.soap.envelope import Message


@dataclass(frozen=True)
class SoapCall:
    """A request that has found its operation."""

    context: Context
    session: Session
    message: Message
    version: str
    origin: str
    locked: frozenset[int] = frozenset()
    """The places of records that someone else holds."""

    @property
    def org(self) -> Org:
        return self.context.org

    @property
    def base_path(self) -> str:
        return f"/services/data/v{self.version}"

    @property
    def all_or_none(self) -> bool:
        header = self.message.headers.get("AllOrNoneHeader")
        return header is not None and flag_of(header, "allOrNone")

    def options(self) -> WriteOptions:
        """What the headers say about writing; assignment rules run only when asked for. Source: fact sheet 0 (14)."""
        duplicates = self.message.headers.get("DuplicateRuleHeader")
        assignment = self.message.headers.get("AssignmentRuleHeader")
        rule_id = text_of(assignment, "assignmentRuleId") if assignment is not None else None
        return WriteOptions(
            self.session.user_id,
            base_path=self.base_path,
            notation="xml",
            assign=rule_id is not None or (assignment is not None and flag_of(assignment, "useDefaultRule")),
            assignment_rule_id=rule_id,
            allow_duplicates=duplicates is not None and flag_of(duplicates, "allowSave"),
            include_details=duplicates is not None and flag_of(duplicates, "includeRecordDetails"),
        )


@dataclass(frozen=True)
class Operation:
    """What a SOAP operation does."""

    handler: Callable[[SoapCall], Reply]
    source: str
    """Where the fact sheet tells about it."""
    many: bool = False
    """Answers for each of many records, so that one of them may be locked while the others are not."""
