"""`kill -9` at any statement: after the resumed run the store is that of an undisturbed one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shopglot.store import open_store

# A night over eight listings in two markets, killed by itself before the statement whose number it is given. Before
# each listing it does what a run does: it asks what stands already.
NIGHT = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from shopglot.store import RunSpec, Settlement, open_store
from shopglot.types import Decision, JudgedSegment, Outcome, Score, Segment, SegmentKey, Translation

left = int(sys.argv[2])

@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def judged(line, market):
    key = SegmentKey(merchant="m", listing=f"xhs-{line}", path="/fields/title", index=0)
    text = Translation(source="源", target=f"{line} {market}", market=market, model="fake@0", origin="machine",
                       unit_key=f"u{line}", machine_key=f"{line}{market}")
    return JudgedSegment(segment=Segment(key=key, field="title", style="phrase", source="源"), translation=text,
                         findings=(), score=Score(value=0.5, signature="s"), decision=Decision(verdict="publish"))

def settlement(line, market):
    outcome = Outcome(line=line, merchant="m", id=f"xhs-{line}", market=market,
                      status="publish" if line % 4 else "review")
    document = {"id": outcome.id, "title": f"{line} {market}"} if line % 4 else None
    return Settlement(outcome=outcome, inputs_key="i", judged=[judged(line, market)] * 3, document=document)

store = open_store(sys.argv[1])
run = store.begin_run(RunSpec(catalog="c", markets=("us", "hk"), engines=(), policy=""))
lines = [(line, "m", f"xhs-{line}") for line in range(1, 9)]
assert not store.see(run.id, lines)
for market in ("us", "hk"):
    window = [settlement(line, market) for line, _, _ in lines]
    texts = {judged.translation.machine_key: judged.translation for one in window for judged in one.judged}
    keys = sorted(texts)
    batches = store.plan(run.id, "w", market, 0) or store.save_plan(run.id, "w", market, 0, [keys[:5], keys[5:]])
    for batch in batches:
        if not batch.done:
            store.remember(batch, [texts[key] for key in batch.machine_keys])
    assert len(store.recall(market, keys, [], run_id=run.id)[0]) == 8
    standing = store.standing(market, [(merchant, name) for _, merchant, name in lines])
    store.settle_many(run.id, [one for one in window if ("m", one.outcome.id) not in standing])
store.record(run.id, [Outcome(line=9, merchant="", id="", market="us", status="failed", reasons=("json.invalid",))])
store.finish_run(run, {"done": True})
store.close()
if left > 0:
    print(10_000 - left)
"""
TABLES = (
    "runs",
    "plans",
    "batches",
    "listings",
    "items",
    "segments",
    "publications",
    "outbox",
    "outcomes",
    "translations",
)
CLOCKS = {"at", "created_at", "updated_at", "started_at", "finished_at", "resumed_at", "resumes"}


def night(path: Path, statements: int) -> subprocess.CompletedProcess[str]:
    """Run the night until it has made so many statements."""
    command = [sys.executable, "-c", NIGHT, str(path), str(statements)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def content(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables, without clocks, in a stable order."""
    with open_store(str(path), create=False) as store, store._database.read() as connection:
        found = {}
        for table in TABLES:
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").mappings()  # noqa: S608
            plain = [{name: value for name, value in row.items() if name not in CLOCKS} for row in rows]
            found[table] = sorted(plain, key=str)
        return found


def check_whole(path: Path) -> None:
    """Check that no listing is half there: pointer, version, event and segments go together."""
    with open_store(str(path)) as store, store._database.read() as connection:

        def ask(statement: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

        assert [("ok",)] == ask("PRAGMA integrity_check")
        assert [] == ask("PRAGMA foreign_key_check")
        versions = ask("SELECT listing, market, version FROM publications ORDER BY 1, 2, 3")
        assert versions == ask("SELECT listing, market, version FROM items WHERE version IS NOT NULL ORDER BY 1, 2, 3")
        assert versions == ask("SELECT listing, market, version FROM outbox ORDER BY 1, 2, 3")
        counts = ask(
            "SELECT i.listing, count(s.position) FROM items i LEFT JOIN segments s USING (listing, market)"
            " GROUP BY i.listing, i.market"
        )
        assert {3} >= {number for _, number in counts}
        assert len(counts) == ask("SELECT count(*) FROM outcomes WHERE status <> 'failed'")[0][0]
        done = sum(number.count(",") + 1 for (number,) in ask("SELECT machine_keys FROM batches WHERE done"))
        assert done <= ask("SELECT count(*) FROM translations")[0][0]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """What a night that nobody kills leaves behind, and how many statements it makes."""
    path = tmp_path_factory.mktemp("undisturbed") / "s.db"
    ended = night(path, 10_000)
    assert (0, "") == (ended.returncode, ended.stderr)
    return content(path), int(ended.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("share", [0.2, 0.3, 0.4, 0.5, 0.62, 0.75, 0.87, 0.99])
def test_a_killed_night_ends_like_an_undisturbed_one(
    tmp_path: Path, undisturbed: tuple[dict[str, list[dict[str, Any]]], int], share: float
) -> None:
    """Killed in the middle of whatever it was doing, nothing is half there; resumed, nothing is lost or doubled."""
    expected, statements = undisturbed
    path = tmp_path / "s.db"
    assert -signal.SIGKILL == night(path, int(statements * share)).returncode
    check_whole(path)
    assert (0, "") == ((ended := night(path, 10_000)).returncode, ended.stderr)
    check_whole(path)
    assert expected == content(path)
