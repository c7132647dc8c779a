"""One night in this process, measured: what `shopglot bench` starts for every night, so that the peak is its own.

    python -m shopglot_eval.bench.night CATALOG STORE --market us --model fake

Prints one JSON object. Seconds are of the clock and of this process's processor time. Peak memory is the largest
resident set since the process began.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shopglot.batches import Executor
from shopglot.engines.base import Engine
from shopglot.quality import Opinion
from shopglot.summary import Watcher
from shopglot.types import Reply, Request, View
from shopglot_eval.bench.records import Spent

ROUNDS = 500_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a catalog on a store and print what it took."""
    began = Spent(wall=time.monotonic() - _age(), cpu=0.0)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog")
    parser.add_argument("store")
    parser.add_argument("--market", action="append", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--cores", type=int, default=0, help="0: all that there are")
    parser.add_argument("--profile", type=Path, help="write what cProfile saw of the run here")
    options = parser.parse_args(arguments)
    keep_to(options.cores)
    print(json.dumps(night(options, began)))
    return 0


def keep_to(cores: int) -> None:
    """Let this process run on so many cores only, where the system can do that; 0 is all."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])


def night(options: argparse.Namespace, began: Spent) -> dict[str, Any]:
    """Return what a night took."""
    from shopglot.executors.local import LocalExecutor
    from shopglot.loading import catalog_content, load_localizers
    from shopglot.run import Night, run
    from shopglot.store import open_store

    before = pace()
    localizers = load_localizers(options.market, model=options.model, plain=True)
    executor, watcher = TimingExecutor(LocalExecutor()), TimingWatcher(began)
    ready = peak_memory()
    with open_store(options.store) as store:
        own = Night(
            catalog=options.catalog, content=catalog_content(options.catalog), total=None, localizers=localizers,
            store=store, executor=executor, watcher=watcher,
        )  # fmt: skip
        if options.profile is None:
            summary = run(own)
        else:
            import cProfile

            profile = cProfile.Profile()
            summary = profile.runcall(run, own)
            profile.dump_stats(options.profile)
    watcher.stop()
    after = pace()
    told: dict[str, Any] = dict(summary.as_json())
    return {
        "listings": told["listings"], "segments": told["segments"], "outcomes": told["outcomes"],
        "published": told["published"], "unchanged": told["unchanged"], "signature": told["signature"],
        "stages": {name: asdict(spent) for name, spent in watcher.stages.items()},
        "engine": asdict(executor.spent), "asked": executor.asked, "read": executor.read_tokens,
        "pace": round((before + after) / 2, 4), "generated": executor.generated, "peak": peak_memory(), "ready": ready,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    }  # fmt: skip


class TimingWatcher(Watcher):
    """Counts the seconds of each stage; `start` is what came before the first one."""

    def __init__(self, began: Spent) -> None:
        self.stages: dict[str, Spent] = {}
        self._stage, self._since = "start", began

    def stage(self, name: str) -> None:
        """End the stage before, and begin this one."""
        now = _now()
        self.stages[self._stage] = self.stages.get(self._stage, Spent()) + (now - self._since)
        self._stage, self._since = name, now

    def stop(self) -> None:
        """End the last stage."""
        self.stage("")


class TimingExecutor:
    """Counts what an executor spends with the engine, and the tokens that go in and come out."""

    def __init__(self, executor: Executor) -> None:
        self.name = executor.name
        self.spent = Spent()
        self.asked = self.read_tokens = self.generated = 0
        self._executor = executor

    def measure(self, engine: Engine, requests: Sequence[Request]) -> list[int]:
        """Return the length of each request, as the engine measures it."""
        began = _now()
        lengths = self._executor.measure(engine, requests)
        self.spent += _now() - began
        self.read_tokens += sum(lengths)
        return lengths

    def translate(self, engine: Engine, batches: Iterable[Sequence[Request]]) -> Iterator[list[Reply]]:
        """Yield the replies to each batch, in order."""
        for replies in self._timed(self._executor.translate(engine, self._counted(batches))):
            self.generated += sum(reply.tokens for reply in replies)
            yield replies

    def read(
        self, engine: Engine, batches: Iterable[Sequence[tuple[str, str]]], views: Collection[View]
    ) -> Iterator[list[Opinion]]:
        """Yield the engine's opinions on each batch, in order."""
        yield from self._timed(self._executor.read(engine, batches, views))

    def _counted(self, batches: Iterable[Sequence[Request]]) -> Iterator[Sequence[Request]]:
        for batch in batches:
            self.asked += len(batch)
            yield batch

    def _timed(self, answers: Iterator[Any]) -> Iterator[Any]:
        """Yield answers, counting the time in which each was made; what is done with it between two is not counted."""
        while True:
            began = _now()
            answer = next(answers, None)
            self.spent += _now() - began
            if answer is None:
                return
            yield answer


def pace() -> float:
    """Return the seconds of processor time that a loop takes which is always the same."""
    began, total = time.process_time(), 0
    for number in range(ROUNDS):
        total += number * number % 7
    return time.process_time() - began


def peak_memory() -> int:
    """Return the largest resident set of this process so far, in bytes.

    Linux counts it for the program (`VmHWM`); the figure of `getrusage` there includes what the process was before.
    """
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _now() -> Spent:
    """Return this moment: of the clock, and of this process's processor time."""
    return Spent(wall=time.monotonic(), cpu=time.process_time())


def _age() -> float:
    """Return for how many seconds this process has been there, as far as the system says so."""
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        up = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
        return max(0.0, up - int(fields[19]) / os.sysconf("SC_CLK_TCK"))
    except (OSError, IndexError, ValueError):
        return 0.0


if __name__ == "__main__":
    raise SystemExit(main())
