"""Every bar of the conversion into Traditional Chinese, measured in one run.

    python -m shopglot_eval.hant
    python -m shopglot_eval.hant --only wording --differences 20

- `wording`: strings that people localized (shared data), against OpenCC's s2hk and s2twp and the human Taiwan text;
- `senses`: the one-to-many characters of written sentences;
- `lines`: shop lines (shared data): no Simplified-only character, no word of the neighbour's, nothing changes twice;
- `speed`: the same lines against OpenCC.

What needs shared data (SHOPGLOT_SHARED) that is not there is skipped with a word. Exit status 1 where a bar is missed,
2 on bad input.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopglot.conversion import load_converter
from shopglot.errors import ShopglotError, UsageError
from shopglot_eval.hant import lines, senses, wording
from shopglot_eval.hant.report import describe, missed_bars

ROOT = Path(__file__).parents[3]
DATA = ROOT / "eval" / "data" / "hant"
STEPS = ("wording", "senses", "lines", "speed")
FOREIGN = {"hk": "taiwan.txt", "mo": "taiwan.txt", "tw": "hongkong.txt"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    options = _parse(arguments)
    steps: Mapping[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
        "wording": _wording, "senses": _senses, "lines": _lines, "speed": _speed,
    }  # fmt: skip
    figures: dict[str, Any] = {}
    try:
        for name in options.only or STEPS:
            missing = [path for path in _needed(name, options) if not path.exists()]
            if missing:
                figures[name] = {"skipped": f"{missing[0]} is not there"}
            else:
                figures[name] = steps[name](options)
    except ShopglotError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    missed = missed_bars(figures)
    if options.json:
        print(json.dumps({**figures, "missed": missed, "reached": not missed}, ensure_ascii=False))
    else:
        print("\n".join([*describe(figures), *(f"MISSED: {bar}" for bar in missed)]))
    return int(bool(missed))


def _wording(options: argparse.Namespace) -> dict[str, Any]:
    from opencc import OpenCC

    systems = {
        "ours": load_converter("hk").convert, "s2hk": OpenCC("s2hk").convert, "s2twp": OpenCC("s2twp").convert,
    }  # fmt: skip
    table = wording.read_lines(options.wording)
    return wording.measure(table, systems, seed=options.seed, number=options.differences)


def _senses(options: argparse.Namespace) -> dict[str, Any]:
    converter = load_converter("hk")
    return senses.measure(senses.read_sentences(options.senses), converter.convert, converter.doubts)


def _lines(options: argparse.Namespace) -> dict[str, Any]:
    texts = lines.read_shop_lines(options.lines)
    return {
        market: lines.look_at_outputs(texts, load_converter(market).convert, lines.read_words(DATA / words))
        for market, words in FOREIGN.items()
    }


def _speed(options: argparse.Namespace) -> dict[str, Any]:
    from opencc import OpenCC

    texts = lines.read_shop_lines(options.lines)
    return lines.time_converters(texts, load_converter("hk").convert, OpenCC("s2hk").convert, rounds=options.rounds)


def _needed(step: str, options: argparse.Namespace) -> Iterator[Path]:
    yield {"wording": options.wording, "senses": options.senses}.get(step, options.lines)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    shared = Path(os.environ.get("SHOPGLOT_SHARED") or ROOT.parent / "shared" / "data")
    parser = argparse.ArgumentParser(
        prog="hant", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=STEPS, help="measure this alone; may be repeated")
    parser.add_argument("--wording", type=Path, default=shared / "zh-hk-ui" / "dev.tsv", metavar="FILE",
                        help="a table with source, en, zh-CN, zh-TW, zh-HK")  # fmt: skip
    parser.add_argument("--senses", type=Path, default=DATA / "senses.tsv", metavar="FILE",
                        help="a table with characters, sentence, expected, note")  # fmt: skip
    parser.add_argument("--lines", type=Path, default=shared / "commerce-zh", metavar="FOLDER",
                        help="the folder with the shop lines")  # fmt: skip
    parser.add_argument("--differences", type=int, default=10, help="how many to tell (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of the timing (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the bootstrap (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.differences < 0:
        parser.error(str(UsageError("--rounds must be 1 or more, --differences 0 or more")))
    return options


if __name__ == "__main__":
    raise SystemExit(main())
