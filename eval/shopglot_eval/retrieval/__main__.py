"""Shows a chat model the nearest translated texts with each text, and measures whether it translates better.

    python -m shopglot_eval.retrieval --out build/retrieval
    python -m shopglot_eval.retrieval --out build/retrieval --condition turns-meaning --set confirm
    python -m shopglot_eval.retrieval --model fake --blocks 1

Examples come from the training part of the commerce corpus, texts from its dev part: every third decides, the others
confirm. Conditions are `turns-…` (examples as earlier turns of the talk) and `lines-…` (as lines above the text); the
examples are chosen by `…-likeness` (the memory's fuzzy match), `…-near` (the same, none below .4), `…-meaning` (a
sentence encoder, extra `retrieval`) or `…-random`. Each is compared with none, text by text, on the first answer;
`shopglot_eval.retrieval.scoring` has the rule.

With `--out` every answer is kept there and a killed run goes on. `figures-decide.json` there has all figures,
`borrowed-decide.jsonl` the texts that took a number from an example. A block of texts takes some minutes under one
condition. Exit status 2 on bad input.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopglot.errors import ShopglotError, UsageError
from shopglot.run import ATTEMPTS
from shopglot_eval import suites
from shopglot_eval.arguments import positive
from shopglot_eval.records import Example
from shopglot_eval.retrieval.running import BLOCKS, CONDITIONS, NONE, SEED, Cell, Experiment, named, open_model
from shopglot_eval.retrieval.scoring import borrowers, score
from shopglot_eval.suites.pages import read_commerce
from shopglot_eval.suites.places import eval_root

USUAL = ("turns-likeness", "turns-meaning", "turns-random", "lines-meaning")
CORPUS = "data/commerce"
SUITE = "commerce-dev"
SETS = ("decide", "confirm")
COLUMNS = (
    "chrF", "chrF++", "BLEU", "terms", "numbers", "words borrowed", "chrF of the nearest example alone",
    "prompt tokens a text", "tokens/s",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Translate, measure and print; return the exit status."""
    options = _parse(arguments)
    try:
        conditions = named(options.condition or USUAL)
        localizer, card, talker = open_model(options.model, options.market)
        suite = suites.read(SUITE, markets=[options.market])
        experiment = Experiment(
            suite, _corpus("train", options.market), held=_corpus("test", options.market), localizer=localizer,
            card=card, talker=talker, folder=options.out, count=options.count, attempts=options.attempts,
            seed=options.seed,
        )  # fmt: skip
        cells = []
        for number in range(options.blocks):
            for condition in conditions:
                print(f"block {number + 1} of {options.blocks}, {condition.name}", file=sys.stderr)
                cells.append(experiment.run(condition, options.set, number))
        report = {
            "suite": suite.name, "digest": suite.digest, "market": options.market, "model": localizer.model,
            "fake": localizer.fake, "set": options.set, "examples": options.count, "attempts": options.attempts,
            "seed": options.seed, "known": len(experiment.pool.examples), "left_out": experiment.pool.left_out,
            **score(cells),
        }  # fmt: skip
        if options.out is not None:
            _keep(options.out, report, cells)
    except ShopglotError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    print(json.dumps(report) if options.json else "\n".join(describe(report)))
    return 0


def describe(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a report for people, in Markdown."""
    fake = " (a stand-in: these figures say nothing)" if report["fake"] else ""
    yield (
        f"{report['suite']}, {report['market']}, {report['model']}{fake}: {report['texts']} texts of {report['pages']} "
        f"pages ({report['set']}), {report['examples']} examples each of {report['known']} known texts"
    )
    yield ""
    yield f"| | {' | '.join(COLUMNS)} |"
    yield "|---" * (len(COLUMNS) + 1) + "|"
    for name, row in report["conditions"].items():
        own, against = row["measures"], row.get("against", {})
        cells = [_number(own["chrf"]), _number(own["chrfpp"]), _number(own["bleu"])]
        cells += [_share(own["terms"]), _share(own["numbers"]), _borrowed(against.get("borrowed.words"))]
        cells += [_number(row.get("echo")), _number(row["prompt_tokens_per_text"]), _number(row["tokens_per_second"])]
        yield f"| {name} | {' | '.join(cells)} |"
    for name, row in report["conditions"].items():
        if name == NONE.name:
            continue
        chrf, numbers = row["against"]["chrf"], row["against"].get("borrowed.numbers")
        yield ""
        yield (
            f"{name}: chrF {chrf['gain']:+.2f} ({chrf['low']:+.2f} to {chrf['high']:+.2f}), p {row['p']:.3f} after Holm"
            f"; numbers borrowed {_borrowed(numbers)}; {'wins' if row['wins'] else 'does not win'}"
        )
        for part in row["nearness"]:
            yield (
                f"    nearest example {part['from']:.1f} to {part['to']:.1f}: {part['texts']} texts, chrF "
                f"{part['before']:.2f} without, {part['after']:.2f} with ({part['low']:+.2f} to {part['high']:+.2f}), "
                f"of the example alone {part['echo']:.2f}"
            )


def _borrowed(one: Mapping[str, Any] | None) -> str:
    """Return a share that was borrowed, and what the answers without examples have of it by chance."""
    return "" if one is None else f"{one['after']:.1%} (by chance {one['before']:.1%})"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _corpus(part: str, market: str) -> list[Example]:
    return list(read_commerce(eval_root() / CORPUS / f"{part}.jsonl", [market]))


def _keep(folder: Path, report: Mapping[str, Any], cells: Sequence[Cell]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"figures-{report['set']}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
        rows = [{"condition": cell.condition.name, **row} for cell in cells for row in borrowers([cell])]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"borrowed-{report['set']}.jsonl").write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}; name a folder that can be written.") from error


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/retrieval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--market", default="us", help="whose engine and references (default %(default)s)")
    parser.add_argument("--model", help="card of a chat model on CTranslate2; default: the market's. 'fake' needs none")
    parser.add_argument("--condition", action="append", choices=[one.name for one in CONDITIONS],
                        help=f"may be given several times (default {' '.join(USUAL)})")  # fmt: skip
    parser.add_argument("--set", choices=SETS, default="decide", help="which texts (default %(default)s)")
    parser.add_argument("--blocks", type=int, choices=range(1, BLOCKS + 1), default=BLOCKS,
                        help="how many of the set's blocks (default %(default)s)")  # fmt: skip
    parser.add_argument("--count", type=positive, default=3, help="examples with each text (default %(default)s)")
    parser.add_argument("--attempts", type=int, choices=range(1, ATTEMPTS + 1), default=1,
                        help="how often a text is asked at most (default %(default)s)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=SEED, help="draws random examples (default %(default)s)")
    parser.add_argument("--out", type=Path, help="folder where every answer and the figures are kept")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
