"""Kill a run with kill -9 at a random moment, take it up again, and compare with an undisturbed run.

    python -m shopglot_eval.killing --catalog eval/data/sample_catalog.jsonl --model qwen2.5-coder-1.5b --tries 1

The comparison is of bytes: the exported catalog of every market, and every machine translation in the store.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-c", "from shopglot.cli import main; main()")
MARKETS = ("us", "hk")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, kill, run again; print one JSON object per try; exit status 1 where a try ended differently."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalog", default="eval/data/sample_catalog.jsonl", help="default %(default)s")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="model card, or fake (default %(default)s)")
    parser.add_argument("--lines", type=int, default=16, help="how many lines of the catalog (default %(default)s)")
    parser.add_argument("--tries", type=int, default=1, help="how many runs are killed (default %(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments (default: the clock)")
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)  # noqa: S311 - not for secrets
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalog = folder / "catalog.jsonl"
        with Path(options.catalog).open("rb") as file:
            catalog.write_bytes(b"".join(line for line, _ in zip(file, range(options.lines), strict=False)))
        began = time.monotonic()
        whole = finish(start(catalog, folder / "whole.db", options.model))
        length = time.monotonic() - began
        expected = fingerprint(folder / "whole.db")
        about = {"undisturbed": whole["segments"], "seconds": round(length, 1), "seed": options.seed}
        print(json.dumps(about), flush=True)
        failed = 0
        for number in range(options.tries):
            store = folder / "killed" / "night.db"
            store.parent.mkdir()
            moment = length * chance.uniform(0.1, 0.95)
            process = start(catalog, store, options.model)
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            done = count_translations(store)
            summary = finish(start(catalog, store, options.model))
            same = fingerprint(store) == expected
            in_all = summary["segments"]["translated"] + done
            repeated = summary["resumed"] and in_all != whole["segments"]["translated"]
            failed += not same or repeated
            told = {"killed_after": round(moment, 1), "done_by_then": done, "resumed": summary["resumed"]}
            told |= {"translated_after": summary["segments"]["translated"], "same_bytes": same, "try": number + 1}
            print(json.dumps(told), flush=True)
            shutil.rmtree(store.parent)
    return int(failed > 0)


def start(catalog: Path, store: Path, model: str) -> subprocess.Popen[str]:
    """Start a run."""
    markets = [word for market in MARKETS for word in ("--market", market)]
    return subprocess.Popen(
        [*COMMAND, "run", str(catalog), *markets, "--model", model, "--store", str(store), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a run and return its summary."""
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit("a run failed; run it by hand to see why")
    summary: dict[str, Any] = json.loads(output)
    return summary


def count_translations(store: Path) -> int:
    """Return how many machine translations are in a store."""
    return len(_rows(store, "SELECT machine_key FROM translations"))


def fingerprint(store: Path) -> dict[str, str]:
    """Return digests of the exported catalogs and of the translation memory."""
    rows = _rows(store, "SELECT machine_key, target, attempt, lost, logprob FROM translations ORDER BY machine_key")
    found = {"memory": hashlib.sha256(repr(rows).encode()).hexdigest()}
    for market in MARKETS:
        export = subprocess.run(
            [*COMMAND, "export", "--market", market, "--store", str(store)], capture_output=True, check=True
        )
        found[market] = hashlib.sha256(export.stdout).hexdigest()
    return found


def _rows(store: Path, query: str) -> list[tuple[Any, ...]]:
    if not store.exists():
        return []
    connection = sqlite3.connect(store)
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:  # killed before the tables were made
        return []
    finally:
        connection.close()


if __name__ == "__main__":
    raise SystemExit(main())
