"""How quick the queue of the review desk is with 100,000 segments that wait.

    python -m shopglot_eval.queueing
    python -m shopglot_eval.queueing --engine sqlite --segments 7 --repeat 30

Writes a store that is full of held pages, as 100,000 pages of one segment and as pages of some seven, and asks the
queue what the desk asks it: the first page and the last, every order, every filter, searches, counts, the next page and
its claim. One JSON object a line with the median and the 95th percentile in milliseconds, on one core: `processor` is
what the caller and its database worked for it, which other work on the machine hardly changes, `wall` what the caller
waited. Exit status 1 where a median of the processor is above the bar.

    python -m shopglot_eval.queueing --settling

How much longer a night's settling takes because the queue follows it: a ratio for pages that are published, and for
pages that are held.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shopglot_eval.queueing_store import MANY, RARE, fill
from shopglot_eval.storing import database

BAR = 200  # milliseconds
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit status 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both", help="%(default)s")
    parser.add_argument("--total", type=int, default=100_000, help="held segments, default %(default)s")
    parser.add_argument("--segments", type=int, action="append", help="held on a page; default 1 and 7")
    parser.add_argument("--repeat", type=int, default=20, help="times that each is asked, default %(default)s")
    parser.add_argument("--settling", action="store_true", help="measure what a night pays for the queue")
    options = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):  # a server that is started from here stays on the same one
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    engines = ("sqlite", "postgresql") if options.engine == "both" else (options.engine,)
    if options.settling:
        for engine in engines:
            for told in settling(engine):
                print(json.dumps(told), flush=True)
        return 0
    slow = 0
    for each in options.segments or [1, 7]:
        for engine in engines:
            for told in measure(engine, options.total, each, options.repeat):
                slow += told["processor_ms"] > BAR
                print(json.dumps(told), flush=True)
    return int(slow > 0)


def measure(engine: str, total: int, each: int, repeat: int) -> Iterator[dict[str, Any]]:
    """Yield a line for each thing that the desk asks of a store with so many held segments."""
    from shopglot.store import open_store

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(database(engine, folder))
        store = stack.enter_context(open_store(url, now=lambda: NOW))
        pages = fill(store, total, each)
        print(f"{engine}: {pages} pages, {total} segments", file=sys.stderr, flush=True)
        worked = processor(store)
        for name, ask in questions(store):
            ask()  # what is read the first time only: statements, pages of the file
            walls, works, found = [], [], 0
            for _ in range(repeat):
                began, before = time.perf_counter(), worked()
                found = ask()
                walls.append((time.perf_counter() - began) * 1_000)
                works.append((worked() - before) * 1_000)
            yield {
                "engine": engine, "pages": pages, "segments": total, "asked": name, "found": found,
                "processor_ms": round(statistics.median(works), 1), "processor_p95": round(percentile(works, 0.95), 1),
                "wall_ms": round(statistics.median(walls), 1), "wall_p95": round(percentile(walls, 0.95), 1),
                "bar_ms": BAR,
            }  # fmt: skip


def processor(store: Any) -> Callable[[], float]:
    """Return what tells the seconds that this process and its connection to the database have worked so far.

    Those of a PostgreSQL server are Linux's to tell; elsewhere they are left out.
    """
    if store.database.engine.dialect.name == "sqlite":
        return time.process_time
    with store.database.read() as connection:
        file = Path(f"/proc/{connection.exec_driver_sql('SELECT pg_backend_pid()').scalar_one()}/schedstat")
    if not file.exists():
        return time.process_time
    return lambda: time.process_time() + int(file.read_text().split()[0]) / 1e9


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least such a share of the values do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-int(share * 1_000) * len(ranked) // 1_000) - 1)]


def questions(store: Any) -> Iterator[tuple[str, Callable[[], int]]]:
    """Yield what the desk asks, each with a function that asks it and returns how many pages are meant."""
    from shopglot.store.desk.queue import Filter

    queue = store.queue

    def first(wanted: Filter, sort: str = "priority", after: str | None = None) -> Callable[[], int]:
        return lambda: int(queue.page(wanted, sort=sort, after=after).total)

    def counts(wanted: Filter) -> Callable[[], int]:
        return lambda: sum(queue.counts(wanted).state.values())

    one: dict[str, Any] = {"market": "us"}
    whole: dict[str, Any] = {"market": None}
    for scope, market in (("one market", one), ("all markets", whole)):
        for sort in ("priority", "oldest", "score", "due"):
            yield f"{scope}: first page by {sort}", first(Filter(**market), sort)
        yield f"{scope}: page 1000 by priority", first(Filter(**market), "priority", far(store, Filter(**market)))
        for name, own in narrowed().items():
            yield f"{scope}: first page, {name}", first(Filter(**market | own))
        yield f"{scope}: counts", counts(Filter(**market))
        for name, own in narrowed().items():
            yield f"{scope}: counts, {name}", counts(Filter(**market | own))

    def following(wanted: Filter) -> Callable[[], int]:
        place: list[Any] = [None]

        def take() -> int:
            found = queue.next(wanted, place[0], "lin")
            if found is None:
                return 0
            place[0] = queue.claim(found.listing, found.market, "lin")
            queue.release(found.listing, found.market, "lin")
            return 1

        return take

    yield "one market: next, claim and release", following(Filter(**one))
    yield "all markets: next, claim and release", following(Filter(**whole))
    yield "all markets: next, claim and release, a reason", following(Filter(market=None, reason="number.changed"))
    rows = queue.page(Filter(**whole)).rows
    yield "snippets of a page of the queue", lambda: len(queue.snippets(rows))
    yield "today", lambda: int(queue.today("lin").segments)


def settling(engine: str, pages: int = 1_500, rounds: int = 5) -> Iterator[dict[str, Any]]:
    """Yield what settling costs with and without the queue, for pages that are published and for pages that are held.

    Each round settles new pages, and then the same ones with other texts, with the queue and without it in turn.
    """
    from unittest.mock import patch

    from shopglot.store import RunSpec, open_store
    from shopglot_eval.queueing_store import settlements

    spec = RunSpec(catalog="c", markets=("us",), engines=("e",), policy="p")
    times: dict[tuple[str, str, bool], list[float]] = {}
    for turn in range(rounds):
        for kind in ("published", "held"):
            for follows in (True, False) if turn % 2 else (False, True):
                with ExitStack() as stack:
                    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                    url = stack.enter_context(database(engine, folder))
                    store = stack.enter_context(open_store(url, now=lambda: NOW))
                    if not follows:
                        stack.enter_context(patch("shopglot.store.desk.holding.follow", lambda *_: None))
                    run, worked = store.begin_run(spec).id, processor(store)
                    for night, when in enumerate(("new", "again")):
                        made = list(settlements(pages, night, held=kind == "held"))
                        store.see(run, [(one.outcome.line, one.outcome.merchant, one.outcome.id) for one in made])
                        began = worked()
                        for start in range(0, pages, 100):
                            store.settle_many(run, made[start : start + 100])
                        times.setdefault((kind, when, follows), []).append(worked() - began)
    for kind in ("published", "held"):
        for when in ("new", "again"):
            with_queue, without = (statistics.median(times[kind, when, follows]) for follows in (True, False))
            yield {
                "engine": engine, "pages": pages, "settled": f"{kind}, {when}", "ratio": round(with_queue / without, 3),
                "with_ms": round(with_queue * 1_000 / pages, 3), "without_ms": round(without * 1_000 / pages, 3),
            }  # fmt: skip


def narrowed() -> dict[str, dict[str, Any]]:
    """Return every filter, by name."""
    return {
        "states": {"states": ("open", "escalated", "returned")},
        "all states": {"states": ()},
        "field": {"field": "title"},
        "category": {"category": "家居/床上用品/枕头"},
        "merchant": {"merchant": "shop-7"},
        "reason": {"reason": "number.changed"},
        "rule": {"reason": "us."},
        "reason that nothing has": {"reason": "no.such.check"},
        "severity": {"severity": "error"},
        "low score": {"high": 0.2},
        "middle score": {"low": 0.2, "high": 0.9},
        "assignee": {"assignee": "lin"},
        "nobody": {"assignee": "-"},
        "older": {"older_than": 20},
        "newer": {"newer_than": 20},
        "run": {"run": 2},
        "outdated": {"outdated": True},
        "mine": {"mine": "lin"},
        "search, common": {"search": MANY},
        "search, rare": {"search": RARE},
        "search, none": {"search": "夏威夷衬衫花色"},
        "search and more": {"search": "Pillow", "severity": "error", "assignee": "-", "low": 0.1},
    }


def far(store: Any, wanted: Any) -> str | None:
    """Return where the thousandth page of the queue begins, or its last where there are fewer."""
    place = None
    for _ in range(10):
        found = store.queue.page(wanted, after=place, limit=5_000)
        if found.next is None:
            break
        place = found.next
    return place


if __name__ == "__main__":
    raise SystemExit(main())
