"""What the Ray executor costs: the same night with the stand-in, locally and with two workers on this machine.

    python -m shopglot_eval.spreading --listings 200

The stand-in takes no time, so that nothing is won by the second worker: all that is more is overhead. The first night
of the workers begins Ray; the second, on the same cluster with a new store, is what the batches alone cost.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from shopglot_eval.faults.content import compare, read
from shopglot_eval.growth import write_catalog

ROUNDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object; exit status 1 where the stores differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=200, help="lines of the catalog (default %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="workers on this machine (default %(default)s)")
    options = parser.parse_args(arguments)
    found = measure(options.listings, options.workers)
    print(json.dumps(found))
    return int(not found["identical"])


def measure(listings: int, workers: int) -> dict[str, Any]:
    """Return the seconds of a night here and on workers, each the median of rounds in turn, and their ratio."""
    from shopglot.executors import open_executor
    from shopglot.executors.ray import RayExecutor, remote
    from shopglot.executors.settings import Settings
    from shopglot.loading import load_localizers

    localizers = load_localizers(("us",), model="fake", plain=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalog = folder / "catalog.jsonl"
        write_catalog(catalog, listings)
        with (
            open_executor("local", localizers, say=lambda line: None) as (local, own),
            RayExecutor(Settings(least=workers, most=workers)) as ray,
        ):
            far = tuple(remote(localizer, "fake", ray) for localizer in localizers)
            _night(catalog, folder / "local.db", own, local)  # tables are loaded, caches filled
            first = _timed(lambda: _night(catalog, folder / "ray.db", far, ray))
            times: dict[str, list[float]] = {"here": [], "far": []}
            for number in range(ROUNDS):
                store = folder / f"{number}.db"
                times["here"].append(_timed(lambda at=store: _night(catalog, at, own, local)))  # type: ignore[misc]
                far_store = folder / f"{number}-ray.db"
                times["far"].append(_timed(lambda at=far_store: _night(catalog, at, far, ray)))  # type: ignore[misc]
        here, second = median(times["here"]), median(times["far"])
        same = not compare(read(str(folder / "local.db")), read(str(folder / "ray.db")))
    return {
        "listings": listings, "workers": workers, "local_s": here, "ray_first_s": first, "ray_s": second,
        "begin_s": round(first - second, 2), "ratio": round(second / here, 3), "identical": same,
    }  # fmt: skip


def _night(catalog: Path, store: Path, localizers: Any, executor: Any) -> None:
    from shopglot.loading import catalog_content
    from shopglot.run import Night, run
    from shopglot.store import open_store

    with open_store(str(store)) as opened:
        night = Night(
            catalog=str(catalog), content=catalog_content(str(catalog)), total=None, localizers=localizers,
            store=opened, executor=executor,
        )  # fmt: skip
        run(night)


def _timed(work: Callable[[], None]) -> float:
    began = time.monotonic()
    work()
    return round(time.monotonic() - began, 2)


if __name__ == "__main__":
    raise SystemExit(main())
