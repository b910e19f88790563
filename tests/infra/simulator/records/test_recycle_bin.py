"""Deleted records, and how they come back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.org.storage import Database
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.errors import SalesforceError
from tests.infra.simulator.conftest import Clock

LEAD = {"LastName": "Okafor", "Company": "Acme"}


class Bin:
    """The recycle bin of an org with one lead in it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.options = WriteOptions(context.org.user.id)
        self.lead_id = self.create()
        context.records.delete(context.org.objects["lead"], self.lead_id, self.options)

    def create(self, **fields: Any) -> str:
        return self.context.records.create(self.context.org.objects["lead"], {**LEAD, **fields}, self.options)

    def undelete(self, record_id: str) -> str:
        return self.context.recycle_bin.undelete(record_id, self.options)

    def ids(self, *, deleted: bool) -> list[str]:
        page = self.context.queries.run("SELECT Id FROM Lead", "", include_deleted=deleted)
        return [record["Id"] for record in page.records]


@pytest.fixture
def bin_(context: Context) -> Bin:
    return Bin(context)


def test_a_deleted_record_can_be_put_back(bin_: Bin) -> None:
    assert bin_.undelete(bin_.lead_id[:15]) == bin_.lead_id

    assert bin_.ids(deleted=False) == [bin_.lead_id]
    assert [effect["op"] for effect in bin_.context.org.effects()] == ["create", "delete", "undelete"]


def test_what_is_not_in_the_bin_cannot_be_put_back(bin_: Bin) -> None:
    alive = bin_.create()

    for record_id, code in (
        (alive, "UNDELETE_FAILED"),
        ("nonsense", "MALFORMED_ID"),
        ("00QA1000000zzzz", "INVALID_CROSS_REFERENCE_KEY"),
    ):
        with pytest.raises(SalesforceError) as refused:
            bin_.undelete(record_id)
        assert refused.value.problems[0].code == code


def test_an_emptied_bin_forgets(bin_: Bin) -> None:
    assert bin_.context.recycle_bin.empty(bin_.lead_id) == bin_.lead_id

    assert bin_.ids(deleted=True) == []
    with pytest.raises(SalesforceError, match="INVALID_CROSS_REFERENCE_KEY"):
        bin_.undelete(bin_.lead_id)


def test_a_living_record_is_not_emptied(bin_: Bin) -> None:
    alive = bin_.create()

    with pytest.raises(SalesforceError, match="not in the recycle bin"):
        bin_.context.recycle_bin.empty(alive)


def test_after_fifteen_days_a_deleted_record_is_forgotten(bin_: Bin, clock: Clock) -> None:
    clock.move(days=14)
    bin_.context.recycle_bin.forget_expired()
    assert bin_.ids(deleted=True) == [bin_.lead_id]

    clock.move(days=1, minutes=1)
    bin_.context.recycle_bin.forget_expired()

    assert bin_.ids(deleted=True) == []


def test_a_unique_value_is_free_after_deletion_and_then_keeps_its_record_out(bin_: Bin) -> None:
    org = bin_.context.org
    org.change(org.settings.model_copy(update={"unique_external_id": "Key__c"}))
    first = bin_.create(Key__c="k")
    bin_.context.records.delete(org.objects["lead"], first, bin_.options)

    second = bin_.create(Key__c="K")

    with pytest.raises(SalesforceError, match=f"DUPLICATE_VALUE: .*{second[:15]}"):
        bin_.undelete(first)


def test_an_id_is_never_given_out_again(tmp_path: Path, clock: Clock) -> None:
    def with_org(work: Callable[[Bin], None]) -> None:
        database = Database(tmp_path / "org.db")
        with closing(database):
            work(Bin(Orgs(database, clock, Random(1), latency_ms=0).default))

    seen: list[str] = []

    def forget(bin_: Bin) -> None:
        seen.append(bin_.context.recycle_bin.empty(bin_.lead_id))

    with_org(forget)
    with_org(forget)

    assert len(set(seen)) == 2
