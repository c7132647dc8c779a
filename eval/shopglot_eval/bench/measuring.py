"""Nights of made catalogs, each in a process of its own: a first one, one without a change, one with some changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shopglot.errors import UsageError, WorkError
from shopglot.types import Listing
from shopglot_eval.bench.catalog import write_catalog, write_changed
from shopglot_eval.bench.records import Kind, Night, Spent, Texts

FAKE = "fake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is measured: catalogs of these sizes made of the sample, and a share of the listings changed.

    `cores` 0 is all that there are. With `profile`, the functions of the largest first night go to this file.
    """

    listings: tuple[int, ...]
    markets: tuple[str, ...]
    model: str
    changed: float
    sample: Sequence[Listing]
    cores: int = 1
    profile: Path | None = None
    folder: Path | None = None


def nights(plan: Plan, say: Callable[[str], None]) -> Iterator[Night]:
    """Yield every night as it ends, sizes in their order. Stores and catalogs are gone when the last one is.

    Raises `UsageError` where the folder for them cannot be written, `WorkError` where a night fails.
    """
    for listings in plan.listings:
        profile = plan.profile if listings == max(plan.listings) else None
        with _folder(plan.folder) as folder:
            catalog, later, store = folder / "catalog.jsonl", folder / "later.jsonl", folder / "store.db"
            say(f"{listings:,} listings: making the catalog")
            write_catalog(catalog, listings, plan.sample)
            changed = write_changed(catalog, later, plan.changed, plan.sample) if plan.changed else 0
            # The same file every night: a run over another one has other pages, and the first ones left the catalog.
            yield _night("first", catalog, store, plan, listings, listings, say, profile)
            yield _night("unchanged", catalog, store, plan, listings, 0, say)
            if changed:
                later.replace(catalog)
                yield _night("changed", catalog, store, plan, listings, changed, say)


def _night(
    kind: Kind, catalog: Path, store: Path, plan: Plan, listings: int, changed: int, say: Callable[[str], None],
    profile: Path | None = None,
) -> Night:  # fmt: skip
    say(f"{listings:,} listings: {kind} night")
    told = _run(catalog, store, plan, profile)
    if told["listings"] != listings:
        raise WorkError(f"a night over {listings} listings saw {told['listings']}; that is a fault of the bench")
    night = read_night(told, kind=kind, changed=changed, plan=plan)
    distinct = _distinct(store) if kind == "first" else night.texts.unique
    night = replace(night, texts=replace(night.texts, distinct=distinct), stored=_size(store))
    say(f"{listings:,} listings: {kind} night, {night.spent.wall:,.1f} s, {night.spent.cpu:,.1f} s of processor time")
    return night


def read_night(told: dict[str, Any], *, kind: Kind, changed: int, plan: Plan) -> Night:
    """Return what a night's process told."""
    texts = told["segments"]
    return Night(
        kind=kind, listings=told["listings"], changed=changed, markets=plan.markets, model=plan.model,
        cores=told["cores"], stages={name: Spent(**spent) for name, spent in told["stages"].items()},
        engine=Spent(**told["engine"]),
        texts=Texts(
            total=texts["total"], distinct=0, unique=texts["unique"], memory=texts["memory"],
            translated=texts["translated"], certain=texts["unique"] - texts["memory"] - texts["translated"],
        ),
        asked=told["asked"], read=told["read"], generated=told["generated"], peak=told["peak"], ready=told["ready"],
        stored=0, published=told["published"], unchanged=told["unchanged"],
        pace=told["pace"], outcomes=told["outcomes"],
    )  # fmt: skip


def _run(catalog: Path, store: Path, plan: Plan, profile: Path | None) -> dict[str, Any]:
    """Run a night in a process of its own and return what it told; its messages go to our stderr."""
    command = [
        sys.executable, "-m", "shopglot_eval.bench.night", str(catalog), str(store), "--model", plan.model,
        "--cores", str(plan.cores), *(word for name in plan.markets for word in ("--market", name)),
        *(("--profile", str(profile)) if profile else ()),
    ]  # fmt: skip
    # Libraries that sum in threads of their own would be at it on other cores than the one that is measured.
    threads = {name: str(plan.cores) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")} if plan.cores else {}
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, env={**os.environ, **threads})
    if done.returncode:
        raise WorkError(f"a night ended with status {done.returncode}; what it said stands above")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _distinct(store: Path) -> int:
    """Return how many different texts the pages of a store have, each market's own."""
    import sqlite3

    with closing(sqlite3.connect(store)) as connection:
        [count] = connection.execute(
            "SELECT count(*) FROM (SELECT DISTINCT market, machine_key FROM segments)"
        ).fetchone()
    return int(count)


def _size(store: Path) -> int:
    return sum(path.stat().st_size for path in store.parent.glob(f"{store.name}*"))


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """Yield an empty folder for catalogs and stores, which is deleted afterwards."""
    try:
        with TemporaryDirectory(prefix="shopglot-bench-", dir=given) as name:
            yield Path(name)
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}; give a folder with room in it as --work") from error
