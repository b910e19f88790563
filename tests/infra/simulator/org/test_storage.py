"""What a database file of an earlier version needs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

from infra.simulator.instance.orgs import Orgs
from infra.simulator.org.storage import Database
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.dates import utc_now


def test_an_index_in_the_order_of_the_collation_gives_way_to_one_of_folded_text(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "org.db")) as database:
        context = Orgs(database, utc_now, Random(1), latency_ms=0).default
        lead = {"LastName": "Émile", "Company": "Acme", "Email": "emile@example.com"}
        context.records.create(context.org.objects["lead"], lead, WriteOptions(context.org.user.id))
        database.execute('DROP INDEX "folded(1:Lead.Name)"')
        database.execute('CREATE INDEX "1:Lead.Name" ON "1:Lead" ("Name", Id)')

    with closing(Database(tmp_path / "org.db")) as database:
        context = Orgs(database, utc_now, Random(1), latency_ms=0).default
        found = context.queries.run("SELECT Email FROM Lead WHERE Name = 'ÉMILE'", "")
        indexes = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}

    assert [record["Email"] for record in found.records] == ["emile@example.com"]
    assert "folded(1:Lead.Name)" in indexes
    assert "1:Lead.Name" not in indexes
