"""What the Ray executor costs: the same night locally and with two workers on this machine, and whether both are one.

    python -m shopglot_eval.spreading --listings 200
    python -m shopglot_eval.spreading --catalog FILE --model qwen2.5-coder-1.5b --rounds 0 --kill

The stand-in for the model takes no time, so that nothing is won by the second worker: all that is more is overhead. The
first night of the workers begins Ray, and loads the model in each of them; the nights of the rounds, on the same
cluster with new stores, are what the batches alone cost. Without rounds the first nights are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from shopglot.summary import Watcher
from shopglot_eval.faults.content import compare, read
from shopglot_eval.growth import write_catalog

if TYPE_CHECKING:
    from shopglot.executors.ray import RayExecutor
    from shopglot.types import Translation

ROUNDS = 5
KILLED_AFTER = 2  # batches: the rest of them lose what the dead worker was at


class Killer(Watcher):
    """Kills a worker after each of these batches; `killed` counts them."""

    def __init__(self, executor: RayExecutor, after: Collection[int]) -> None:
        self._executor, self._after, self._batches, self.killed = executor, after, 0, 0

    def translated(self, translations: Sequence[Translation]) -> None:
        """Count a batch."""
        self._batches += 1
        if self._batches in self._after:
            hand = next(hand for hand in self._executor._hands if hand.where)
            os.kill(int(hand.where.split()[0]), signal.SIGKILL)
            self.killed += 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object; exit status 1 where the stores differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=200, help="lines of a catalog made up (default %(default)s)")
    parser.add_argument("--catalog", type=Path, help="take this one instead")
    parser.add_argument("--model", default="fake", help="model card (default: the stand-in)")
    parser.add_argument("--workers", type=int, default=2, help="workers on this machine (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="further nights of each kind (default %(default)s)")
    parser.add_argument("--kill", action="store_true", help="kill a worker in a last night, and compare its store too")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.catalog is None:
            options.catalog = folder / "catalog.jsonl"
            write_catalog(options.catalog, options.listings)
        found = measure(
            options.catalog, folder, model=options.model, workers=options.workers, rounds=options.rounds,
            kill=options.kill,
        )  # fmt: skip
    print(json.dumps(found))
    return int(not found["identical"])


def measure(
    catalog: Path, folder: Path, *, model: str, workers: int, rounds: int = ROUNDS, kill: bool = False
) -> dict[str, Any]:
    """Return the seconds of a night here and on workers, each the median of rounds in turn, and their ratio.

    Stores are made in the folder. `identical` says whether the first night here left the store that the workers' nights
    left, the one with a killed worker among them.
    """
    from shopglot.executors import open_executor
    from shopglot.executors.ray import RayExecutor, remote
    from shopglot.executors.settings import Settings
    from shopglot.loading import load_localizers

    localizers = load_localizers(("us",), model=model, plain=True)
    times: dict[str, list[float]] = {"here": [], "far": []}
    with (
        redirect_stdout(sys.stderr),  # Ray writes of lost workers
        open_executor("local", localizers, say=lambda line: None) as (local, own),
        RayExecutor(Settings(least=workers, most=workers)) as ray,
    ):
        far = tuple(remote(localizer, model, ray) for localizer in localizers)

        def night(name: str, *, on_workers: bool, watcher: Watcher | None = None) -> float:
            began = time.monotonic()
            found, executor = (far, ray) if on_workers else (own, local)
            _night(catalog, folder / name, found, executor, watcher or Watcher())
            seconds = round(time.monotonic() - began, 2)
            print(f"{name}: {seconds} s", file=sys.stderr, flush=True)
            return seconds

        first = {"here": night("local.db", on_workers=False), "far": night("ray.db", on_workers=True)}
        for number in range(rounds):
            times["here"].append(night(f"{number}.db", on_workers=False))
            times["far"].append(night(f"{number}-ray.db", on_workers=True))
        told: dict[str, Any] = {}
        others = ["ray.db"]
        if kill:
            killer = Killer(ray, {KILLED_AFTER})
            told = {"killed_s": night("killed.db", on_workers=True, watcher=killer), "killed": killer.killed}
            others.append("killed.db")
    expected = read(str(folder / "local.db"))
    differences = [str(found) for name in others if (found := compare(expected, read(str(folder / name))))]
    for difference in differences:
        print(difference, file=sys.stderr)
    here, second = (median(times[side] or [first[side]]) for side in ("here", "far"))
    return {
        "model": model, "pages": expected.rows["items"].total(), "workers": workers, "local_s": here,
        "ray_first_s": first["far"], "ray_s": second, "ratio": round(second / here, 3), **told,
        "identical": not differences,
    }  # fmt: skip


def _night(catalog: Path, store: Path, localizers: Any, executor: Any, watcher: Watcher) -> None:
    from shopglot.loading import catalog_content
    from shopglot.run import Night, run
    from shopglot.store import open_store

    with open_store(str(store)) as opened:
        night = Night(
            catalog=str(catalog), content=catalog_content(str(catalog)), total=None, localizers=localizers,
            store=opened, executor=executor, watcher=watcher,
        )  # fmt: skip
        run(night)


if __name__ == "__main__":
    raise SystemExit(main())
