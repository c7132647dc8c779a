"""How large a store becomes: a first night, a night without a change, a night with some pages changed.

    python -m shopglot_eval.sizing --listings 5000 --changed 0.03 --engine both

Bytes of the whole database after each night, and what the night added per 1,000 listings of the catalog. The catalog is
generated and its texts are short (some 60 characters a page), the engine is the stand-in: hold the figures against the
size of your own pages.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shopglot_eval.growth import write_catalog
from shopglot_eval.storing import database


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object a line, one for each night."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=5_000, help="pages of the catalog (%(default)s)")
    parser.add_argument("--changed", type=float, default=0.03, help="share of pages that the last night finds changed")
    parser.add_argument("--market", action="append", help="default us and hk")
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both", help="%(default)s")
    options = parser.parse_args(arguments)
    for engine in ("sqlite", "postgresql") if options.engine == "both" else (options.engine,):
        markets = options.market or ["us", "hk"]
        with tempfile.TemporaryDirectory() as folder, database(engine, Path(folder)) as url:
            for found in nights(Path(folder), url, options.listings, options.changed, markets):
                print(json.dumps({"engine": engine, **found}), flush=True)
    return 0


def nights(folder: Path, url: str, listings: int, changed: float, markets: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield what the store has after each of the three nights, and what the night added."""
    catalog = folder / "catalog.jsonl"
    write_catalog(catalog, listings)
    before = 0
    for night in ("first", "unchanged", "changed"):
        if night == "changed":
            change(catalog, every=max(round(1 / changed), 1))
        run_night(catalog, url, markets)
        found = measure(url)
        added = (found["bytes"] - before) * 1_000 // listings
        before = found["bytes"]
        yield {"night": night, "listings": listings, "markets": list(markets), "added_per_thousand": added, **found}


def run_night(catalog: Path, url: str, markets: Sequence[str]) -> None:
    """Run a night with the stand-in, as the command line does it."""
    from click.testing import CliRunner

    from shopglot.cli import main as shopglot

    chosen = [part for market in markets for part in ("--market", market)]
    done = CliRunner().invoke(shopglot, ["run", str(catalog), "--model", "fake", "--store", url, "--json", *chosen])
    if done.exit_code:
        raise SystemExit(f"the night failed:\n{done.output}")


def change(catalog: Path, *, every: int) -> None:
    """Change the title of every so many-th page."""
    lines = catalog.read_text(encoding="utf-8").splitlines()
    for number in range(0, len(lines), every):
        page = json.loads(lines[number])
        page["fields"]["title"] += "新款"
        lines[number] = json.dumps(page, ensure_ascii=False)
    catalog.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(url: str) -> dict[str, Any]:
    """Return the bytes of the store, without what waits in SQLite's log, and those of its largest tables."""
    from shopglot.store import open_store

    with open_store(url, create=False) as opened:
        found = opened.upkeep.size()
    tables = {table.name: table.size for table in found.tables[:8]}
    return {"bytes": found.total, "per_thousand": round(found.per_thousand or 0), "tables": tables}


if __name__ == "__main__":
    raise SystemExit(main())
