"""How well the sensitivity rules find what they should, and only that.

    python -m shopglot_eval.sensitivity.command                    the labelled lines of eval/data/sensitivity
    python -m shopglot_eval.sensitivity.command --set FILE         other labelled lines
    python -m shopglot_eval.sensitivity.command --advertisements   cases labelled by mainland practice
    python -m shopglot_eval.sensitivity.command --titles 5000      alarms on real titles, with examples to be read
    python -m shopglot_eval.sensitivity.command --speed            texts a second, on one core

Exit status 1 where recall or precision on the labelled lines is below the bar. No model is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from shopglot.errors import ShopglotError
from shopglot_eval.sensitivity import advertisements, titles
from shopglot_eval.sensitivity.lines import read_lines
from shopglot_eval.sensitivity.measuring import measure, table, told

ROOT = Path(__file__).parents[3]
DATA = ROOT / "eval" / "data" / "sensitivity"
SETS = ("dev", "test")
RECALL = PRECISION = 0.92
ALARMS = 0.06


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    try:
        if options.advertisements:
            cases = advertisements.read_cases(_shared() / "ad-cases" / "dev.json", DATA / "ad-cases.tsv")
            _print(advertisements.table(cases) + advertisements.differences(cases))
            return 0
        if options.titles or options.speed:
            return _titles(options)
        return max(_labelled(path, options) for path in options.set or [DATA / f"{name}.tsv" for name in SETS])
    except ShopglotError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, action="append", help="a file of labelled lines; may be given again")
    parser.add_argument("--wrong", action="store_true", help="list the lines that went wrong")
    parser.add_argument("--json", action="store_true", help="print one JSON object per set instead of tables")
    parser.add_argument("--market", default="us", help="whose rules read titles (default %(default)s)")
    parser.add_argument("--advertisements", action="store_true", help="cases labelled by mainland practice")
    parser.add_argument("--titles", type=int, metavar="N", help="alarms on N real titles")
    parser.add_argument("--examples", type=int, default=10, help="how many of each kind (default %(default)s)")
    parser.add_argument("--severity", choices=("error", "warning"), default="error", help="(default %(default)s)")
    parser.add_argument("--speed", action="store_true", help="texts a second over real titles")
    return parser


def _labelled(path: Path, options: argparse.Namespace) -> int:
    measured = measure(read_lines(path))
    whole = measured.tallies["all", ""]
    if options.json:
        figures = {"recall": whole.recall, "precision": whole.precision, "false_alarms": whole.false_alarms}
        _print([json.dumps({"set": path.stem, **figures, "wrong": len(measured.wrong)})])
    else:
        _print([f"## {path.stem}", *table(measured), *(told(measured.wrong) if options.wrong else [])])
    good = (whole.recall or 0) >= RECALL and (whole.precision or 0) >= PRECISION
    return int(not good)


def _titles(options: argparse.Namespace) -> int:
    folder = _shared() / "commerce-zh"
    drawn = titles.draw(folder, options.titles or 5000)
    if options.speed:
        _print([f"{options.market}: {titles.speed(options.market, drawn):.0f} texts a second"])
        return 0
    alarms = titles.screen_titles(options.market, drawn)
    _print(titles.told(alarms, total=len(drawn), examples=options.examples, severity=options.severity))
    return 0


def _shared() -> Path:
    """Return the folder of data that is not part of the project."""
    folder = Path(os.environ.get("SHOPGLOT_SHARED", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        raise ShopglotError(f"{folder}: there is no such folder; set SHOPGLOT_SHARED to where the shared data are")
    return folder


def _print(lines: Sequence[str]) -> None:
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
