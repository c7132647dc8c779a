"""How many of a glossary's terms come out, at the first answer and after retries, as the engine is told of them.

    python -m shopglot_eval.terminology eval/data/sample_catalog.jsonl --out build/terminology

What a glossary is worth, `shopglot eval SUITE --without-glossary --random-terms` says: chrF, BLEU, consistency and
every other measure in the three modes of the terminology task of WMT, with tests and the texts side by side. This says
what happens within a mode:

- `none`: the engine is given no term and no name;
- `proper`: it is given what the market's termbase finds;
- `random`: it is given, in place of the n enforced terms of a text, n other words of the same text, drawn by `--seed`
  (see `terms.control`). The table shows how many were found;
- `enforced`, with `--enforced`: as `proper`, without the terms that are only suggested.

In all modes success is judged by the proper matches and the product's own checks: a term is present unless there is
`term.missing`, a name or another kept text unless there is `brand.changed` or `dnt.changed`; `first` is the first
answer, `final` the one after retries. A mode's retries mend what the checks find of the terms given in that mode.
`by model` leaves out the texts that the glossary answers without the engine, and `given` is the success of what the
mode itself was given.

The texts are the shop lines of WMT22 (shared data, SHOPGLOT_SHARED) and the listings of a catalog. With `--out` a
killed run goes on where it was, and nothing is translated twice; changed terms, texts or models are seen, changed code
is not: that needs another folder.

Exit status 1 where a bar is missed: enforced terms present in `proper` at least 97%, and in `random` not more than in
`proper`. 2 on bad input.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shopglot.batches import answer, translate
from shopglot.errors import ShopglotError, UsageError
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.run import ATTEMPTS
from shopglot.termbase import Termbase
from shopglot.types import Translation
from shopglot_eval.arguments import positive
from shopglot_eval.terms import control
from shopglot_eval.terms.journal import Journal
from shopglot_eval.terms.printing import describe, write_figures
from shopglot_eval.terms.scores import Pair, count_terms
from shopglot_eval.terms.texts import Line, Text, cut, read_listings, read_wmt22, shared_folder, thin

MODES = ("none", "proper", "random")
SETS = ("wmt22", "catalog")
BAR = 0.97


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a mode made of the lines: translations per line and segment, at first and in the end, and what it cost."""

    lines: tuple[Line, ...]
    first: tuple[tuple[Translation, ...], ...]
    final: tuple[tuple[Translation, ...], ...]
    tokens: int
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Translate, measure and print; return the exit status."""
    options = _parse(arguments)
    sets: dict[str, Any] = {}
    try:
        localizer = load_localizer(options.market, model=options.model)
        if not localizer.market.latin:
            raise UsageError(f"market '{options.market}' is converted, not translated; terms are counted in English.")
        for name in options.only or SETS:
            try:
                texts = (
                    read_wmt22(shared_folder()) if name == "wmt22" else read_listings(options.catalog, options.market)
                )
            except UsageError as error:
                if name != "wmt22":
                    raise
                print(f"terminology: set wmt22 is skipped: {error}", file=sys.stderr)
                continue
            texts = thin(texts, every=options.every, limit=options.limit)
            sets[name] = measure(texts, localizer, name=name, options=options)
        missed = [f"{name}: {what}" for name, figures in sets.items() for what in missed_bars(figures["modes"])]
        report = {
            "market": options.market, "model": localizer.model, "decoding": localizer.decoding, "seed": options.seed,
            "attempts": options.attempts, "sets": sets, "missed": missed, "reached": not missed,
        }  # fmt: skip
        if options.out is not None:
            write_figures(options.out, report)
        print(json.dumps(report) if options.json else "\n".join(describe(report)))
    except ShopglotError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    return int(bool(missed))


def measure(texts: Sequence[Text], localizer: Localizer, *, name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Translate the texts of a set in all modes; return the figures."""
    proper = cut(texts, localizer)
    modes = {"none": cut(texts, replace(localizer, termbase=Termbase([]))), "proper": proper}
    figures: dict[str, Any] = {"texts": len(texts), "lines": len(proper)}
    try:
        words = control.find_words(proper, localizer.termbase)
        chosen = control.choose(proper, control.read_lexicon(shared_folder(), words), seed=options.seed)
        tied = [replace(text, category=control.category(number)) for number, text in enumerate(texts)]
        modes["random"] = cut(tied, replace(localizer, termbase=Termbase(chosen.entries)))
        figures["random"] = {"wanted": chosen.wanted, "expected": chosen.expected}
    except UsageError as error:
        print(f"terminology: mode random is skipped: {error}", file=sys.stderr)
    if options.enforced:
        modes["enforced"] = [without_hints(line) for line in proper]
    answers = {
        mode: translate_lines(lines, localizer, label=f"{name} {mode}", folder=options.out, attempts=options.attempts)
        for mode, lines in modes.items()
    }
    figures["modes"] = {mode: _figures(one, proper, localizer) for mode, one in answers.items()}
    return figures


def translate_lines(
    lines: Sequence[Line], localizer: Localizer, *, label: str, folder: Path | None, attempts: int
) -> Answers:
    """Translate the segments of the lines as a run does, duplicates once, and return them in order."""
    keys = [[localizer.unit(item).machine_key for item in line.part.segments] for line in lines]
    units = {unit.machine_key: unit for line in lines for unit in map(localizer.unit, line.part.segments)}
    certain = {key: found for key, unit in units.items() if (found := answer(unit, localizer)) is not None}
    asked = [unit for key, unit in units.items() if key not in certain]
    journal = Journal(folder, label, (unit.machine_key for unit in asked), attempts=attempts)
    final = certain | translate(asked, localizer, executor=journal, ledger=journal, attempts=attempts, read=False)
    first = certain | journal.first
    return Answers(
        lines=tuple(lines), first=_in_order(keys, first), final=_in_order(keys, final),
        tokens=journal.tokens, seconds=journal.seconds,
    )  # fmt: skip


def without_hints(line: Line) -> Line:
    """Return a line whose segments have the enforced terms only."""
    segments = tuple(
        replace(item, terms=tuple(term for term in item.terms if term.enforce)) for item in line.part.segments
    )
    return replace(line, part=replace(line.part, segments=segments))


def missed_bars(modes: Mapping[str, Any]) -> list[str]:
    """Return the bars that the figures of a set miss, in words."""
    proper, random = modes["proper"], modes.get("random", {})
    missed = []
    if proper["final"]["success"] is not None and proper["final"]["success"] < BAR:
        missed.append(f"enforced terms present {proper['final']['success']:.1%}, below {BAR:.0%}")
    if random and (random["final"]["success"] or 0) > (proper["final"]["success"] or 0):
        missed.append("term success of random above proper")
    return missed


def _figures(answers: Answers, proper: Sequence[Line], localizer: Localizer) -> dict[str, Any]:
    market = localizer.market
    first, final = _pairs(proper, answers.first), _pairs(proper, answers.final)
    return {
        "given": count_terms(_flat(_pairs(answers.lines, answers.final)), market).figures,
        "first": count_terms(_flat(first), market).figures,
        "final": count_terms(_flat(final), market).figures,
        "tokens": answers.tokens,
        "seconds": round(answers.seconds, 1),
    }


def _pairs(lines: Sequence[Line], translations: Sequence[Sequence[Translation]]) -> list[list[Pair]]:
    return [list(zip(line.part.segments, own, strict=True)) for line, own in zip(lines, translations, strict=True)]


def _flat(lines: Sequence[Sequence[Pair]]) -> list[Pair]:
    return [pair for line in lines for pair in line]


def _in_order(keys: Sequence[Sequence[str]], known: Mapping[str, Translation]) -> tuple[tuple[Translation, ...], ...]:
    return tuple(tuple(known[key] for key in line) for line in keys)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", help="the listings of the set 'catalog'")
    parser.add_argument("--market", default="us", help="whose termbase, one that reads English (default %(default)s)")
    parser.add_argument("--model", help="model card; default: the market's own. 'fake' needs none")
    parser.add_argument("--only", choices=SETS, action="append", help="measure this set only")
    parser.add_argument("--limit", type=positive, help="the first N texts of each set")
    parser.add_argument("--every", type=positive, default=1, help="each N-th text of each set")
    parser.add_argument("--attempts", type=int, choices=range(1, ATTEMPTS + 1), default=ATTEMPTS,
                        help="how often a text is asked at most (default %(default)s)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, help="draws the random terms (default %(default)s)")
    parser.add_argument("--enforced", action="store_true", help="measure proper terms without the suggested ones, too")
    parser.add_argument("--out", type=Path, help="folder where every answer and figures.json are kept")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
