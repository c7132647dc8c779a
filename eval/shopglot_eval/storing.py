"""How fast the store is, and whether it does only what has to be done.

    python -m shopglot_eval.storing unchanged --listings 50000
    python -m shopglot_eval.storing term --listings 5000
    python -m shopglot_eval.storing workers --listings 2000 --engine both

`unchanged`: a night over a catalog of which every page is stored already; listings per second, and per second of
processor time, which other work on the machine does not change.
`term`: one term of a market's glossary is edited, and the engine has to be asked for exactly the texts that have it.
`workers`: one, two and four processes share a night; listings per second, and every page once. Engine: the stand-in.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from shopglot_eval.growth import COLOURS, WORDS, write_catalog

RATE = 3_000  # listings a second, unchanged, on SQLite
SCALING = 2.5  # four workers against one on PostgreSQL, where there are as many cores


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object a line; exit status 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["unchanged", "term", "workers"])
    parser.add_argument("--listings", type=int, help="default 50000, 5000 or 2000")
    parser.add_argument("--market", action="append", help="default us and hk; us for `term`")
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="sqlite", help="%(default)s")
    parser.add_argument("--store", help="keep the store of `unchanged` in this file, and begin with it where it exists")
    parser.add_argument("--profile", action="store_true", help="`unchanged`: print where the time goes")
    options = parser.parse_args(arguments)
    engines = ("sqlite", "postgresql") if options.engine == "both" else (options.engine,)
    match options.what:
        case "unchanged":
            return int(not min([unchanged(engine, options) for engine in engines]))
        case "term":
            market = (options.market or ["us"])[0]
            found = edit_term(options.listings or 5_000, market)
            print(json.dumps(found))
            return int(bool(found["missed"] or found["needless"]))
        case _:
            return int(not min([share(engine, options.listings or 2_000) for engine in engines]))


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """Yield the URL of a new database."""
    if engine == "sqlite":
        yield str(folder / "s.db")
        return
    from shopglot_eval.faults.server import running

    with running() as server:
        yield server.new_database()


def _night(catalog: Path, url: str, markets: Sequence[str]) -> dict[str, Any]:
    """Run a catalog with the stand-in, in this process, and return the summary."""
    from shopglot.executors.local import LocalExecutor
    from shopglot.loading import catalog_content, load_localizers
    from shopglot.run import Night, run
    from shopglot.store import open_store

    with open_store(url) as store:
        night = Night(
            catalog=str(catalog), content=catalog_content(str(catalog)), total=None,
            localizers=load_localizers(markets, model="fake", plain=True), store=store, executor=LocalExecutor(),
        )  # fmt: skip
        return dict(run(night).as_json())


def unchanged(engine: str, options: argparse.Namespace) -> bool:
    """Store a catalog, run it again, and print how fast the second night was."""
    listings, markets = options.listings or 50_000, options.market or ["us", "hk"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = options.store or stack.enter_context(database(engine, folder))
        catalog = Path(f"{options.store}.jsonl") if options.store else folder / "catalog.jsonl"
        if not catalog.exists():
            write_catalog(catalog, listings)
        began = time.monotonic()
        first = _night(catalog, url, markets)
        filled = time.monotonic() - began
        began, busy = time.monotonic(), time.process_time()
        second = _profiled(catalog, url, markets) if options.profile else _night(catalog, url, markets)
        seconds, busy = time.monotonic() - began, time.process_time() - busy
    told = {
        "engine": engine, "listings": listings, "markets": markets, "first_seconds": round(filled, 1),
        "first_published": first["published"], "seconds": round(seconds, 2), "rate": round(listings / seconds),
        "per_processor_second": round(listings / busy),
        "translated": second["segments"]["translated"], "published": second["published"], "bar": RATE,
        "cores": os.cpu_count(),
    }  # fmt: skip
    print(json.dumps(told), flush=True)
    quiet = second["segments"]["translated"] == second["published"] == 0
    return quiet and (engine != "sqlite" or listings / seconds >= RATE)


def _profiled(catalog: Path, url: str, markets: Sequence[str]) -> dict[str, Any]:
    import cProfile
    import pstats

    profile = cProfile.Profile()
    found = profile.runcall(_night, catalog, url, markets)
    pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(35)
    return found


@dataclass(slots=True)
class CountingEngine:
    """An engine that counts, by source, what it is asked for."""

    engine: Any
    asked: Counter[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def translate(self, requests: Sequence[Any]) -> list[Any]:
        """Answer, and count."""
        self.asked.update(request.source for request in requests if not request.attempt)
        return list(self.engine.translate(requests))


def edit_term(listings: int, market: str) -> dict[str, Any]:
    """Edit a term between two nights; return what the engine was asked for the second time and what was due.

    `missed` texts have the term and were not asked for, `needless` ones were asked for and have it not.
    """
    from shopglot.catalog import read
    from shopglot.engines.fake import FakeEngine
    from shopglot.loading import load_localizer
    from shopglot.termbase import Termbase
    from shopglot.types import Listing

    base = load_localizer(market, model="fake", plain=True)
    asked: Counter[str] = Counter()
    counting = CountingEngine(FakeEngine(), asked)
    base = replace(base, open_engine=lambda: counting, market=replace(base.market, gate=None, cutoff=0.01))
    entries = list(base.termbase.entries())
    usable = [entry for entry in entries if entry.use == "enforce" and not entry.field and not entry.category]
    chance = Random(listings)  # noqa: S311 - the same catalog every time
    chosen = chance.choice(usable)
    edited = [replace(entry, target=f"{entry.target} anew") if entry == chosen else entry for entry in entries]
    after = replace(base, termbase=Termbase(edited), market=replace(base.market, digest=f"{base.market.digest} edited"))
    with tempfile.TemporaryDirectory() as name:
        catalog = Path(name) / "catalog.jsonl"
        _write_with_terms(catalog, listings, [entry.source for entry in usable], chosen.source, chance)
        pages = [line for line in read(str(catalog)) if isinstance(line, Listing)]
        segments = {item.source for page in pages for item in after.prepare(page).segments}
        due = {
            item.source: after.unit(item) for page in pages for item in after.prepare(page).segments
            if any(match.target == f"{chosen.target} anew" for match in item.terms)
        }  # fmt: skip
        first = _run(catalog, Path(name) / "s.db", base)
        asked.clear()
        began = time.monotonic()
        second = _run(catalog, Path(name) / "s.db", after)
        seconds = time.monotonic() - began
    from shopglot.batches import answer

    wanted = {source for source, unit in due.items() if answer(unit, after) is None}
    return {
        "listings": listings, "terms": len(entries), "edited": chosen.source, "texts": len(segments),
        "with_term": len(due), "asked_first": first["segments"]["translated"], "asked": sum(asked.values()),
        "missed": len(wanted - set(asked)), "needless": len(set(asked) - wanted) + sum(asked.values()) - len(asked),
        "published": second["published"], "seconds": round(seconds, 1),
    }  # fmt: skip


def _run(catalog: Path, store: Path, localizer: Any) -> dict[str, Any]:
    from shopglot.executors.local import LocalExecutor
    from shopglot.run import Night, run
    from shopglot.store import open_store

    with open_store(str(store)) as opened:
        night = Night(
            catalog=str(catalog), content="", total=None, localizers=(localizer,), store=opened,
            executor=LocalExecutor(),
        )  # fmt: skip
        return dict(run(night).as_json())


def _write_with_terms(path: Path, listings: int, terms: Sequence[str], edited: str, chance: Random) -> None:
    """Write listings whose texts have terms; about one in a hundred has the one that is edited."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(listings):
            term = edited if number % 100 == 7 else chance.choice(terms)
            fields = {
                "title": f"{chance.choice(WORDS)}{term}第{number}款",
                "note": f"姐妹们，这个{chance.choice(terms)}真的很{chance.choice(WORDS)}！",
                "attributes": {"颜色": chance.choice(COLOURS)},
            }
            file.write(json.dumps({"id": f"t{number}", "merchant": "m", "fields": fields}, ensure_ascii=False) + "\n")


def share(engine: str, listings: int) -> bool:
    """Let one, two and four processes share a night, print how fast each was, and return whether all was done once."""
    from shopglot_eval.faults.command import load

    load()
    rates: dict[int, float] = {}
    once = True
    for workers in (1, 2, 4):
        with tempfile.TemporaryDirectory() as name, database(engine, Path(name)) as url:
            catalog = Path(name) / "catalog.jsonl"
            write_catalog(catalog, listings)
            _night_of_nothing(catalog, url)
            began = time.monotonic()
            statuses = _together(catalog, url, workers)
            rates[workers] = listings / (time.monotonic() - began)
            once = once and not any(statuses) and _each_once(url, listings)
    cores = os.cpu_count() or 1
    scaling = rates[4] / rates[1]
    told: dict[str, Any] = {"engine": engine, "listings": listings, "markets": ["us", "hk"], "cores": cores}
    told |= {f"rate_{workers}": round(rate, 1) for workers, rate in rates.items()}
    told |= {"four_to_one": round(scaling, 2), "bar": SCALING if cores >= 4 else None, "each_once": once}
    print(json.dumps(told), flush=True)
    return once and (cores < 4 or engine != "postgresql" or scaling >= SCALING)


def _night_of_nothing(catalog: Path, url: str) -> None:
    """Make the store, so that this is not part of the measurement."""
    from shopglot.store import open_store

    open_store(url).close()


def _together(catalog: Path, url: str, workers: int) -> list[int]:
    """Start so many processes on a night and return how they ended."""
    children = []
    for _ in range(workers):
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            status = 1
            try:
                _night(catalog, url, ("us", "hk"))
                status = 0
            except BaseException:  # noqa: BLE001 - whatever it is, it is told and ends this process
                import traceback

                traceback.print_exc()
            finally:
                os._exit(status)
        children.append(pid)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]


def _each_once(url: str, listings: int) -> bool:
    """Whether every page has one outcome a market, at most one version, and each version one event."""
    from shopglot_eval.faults.content import read

    found = read(url)
    versions = Counter((row[0], row[1], row[2]) for row in found.rows["publications"].elements())
    return not found.broken and found.rows["items"].total() == 2 * listings and max(versions.values(), default=0) == 1


if __name__ == "__main__":
    raise SystemExit(main())
