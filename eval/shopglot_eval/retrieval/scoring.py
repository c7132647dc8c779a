"""What the cells say together: each condition against no examples, and the rule by which one wins.

The rule, set before anything was measured: a condition wins where its chrF over the deciding texts is higher than
without examples by the paired bootstrap over pages (p < .05 after Holm's correction for all conditions that were
measured), higher than with random examples where these were measured in the same way, and neither numbers kept nor
glossary terms are lower by more than a point. What wins is measured once more on the confirming texts, alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from shopglot_eval.measures.fidelity import Numbers
from shopglot_eval.measures.significance import ALPHA, Difference, compare, holm
from shopglot_eval.measures.surface import BLEU, CHRF, CHRF_WORDS
from shopglot_eval.measures.terms import Terms
from shopglot_eval.records import Measure, Output, Pair
from shopglot_eval.retrieval.copying import borrowed_measures
from shopglot_eval.retrieval.pool import Shown
from shopglot_eval.retrieval.running import NONE, Cell

MEASURES: tuple[Measure, ...] = (CHRF, CHRF_WORDS, BLEU, Terms(), Numbers())
KEPT = ("terms", "numbers")
SLACK = 0.01
EDGES = (0.0, 0.3, 0.4, 0.5, 0.6, 1.0)
RANDOM = "random"
RESAMPLES = 10_000


def score(cells: Sequence[Cell]) -> dict[str, Any]:
    """Return all figures of cells, which have the same blocks for every condition, as plain data."""
    by_name: dict[str, list[Cell]] = {}
    for cell in cells:
        by_name.setdefault(cell.condition.name, []).append(cell)
    plain = _pairs(by_name[NONE.name])
    rows = {name: _figures(own, plain) for name, own in by_name.items()}
    others = [name for name in rows if name != NONE.name]
    for name, p in zip(others, holm([rows[name]["against"]["chrf"]["p_bootstrap"] for name in others]), strict=True):
        rows[name]["p"] = p
    for name in others:
        rows[name]["wins"] = _wins(name, rows, by_name)
    return {
        "texts": len(plain), "pages": len({pair.example.listing for pair in plain}),
        "blocks": sorted({cell.block for cell in by_name[NONE.name]}), "conditions": rows,
        "winners": [name for name in others if rows[name]["wins"]],
    }  # fmt: skip


def by_nearness(cells: Sequence[Cell], plain: Sequence[Pair]) -> list[dict[str, Any]]:
    """Return chrF without and with examples, of the texts whose nearest example is so like them.

    Likeness is the memory's, whoever chose the example; texts to which none was shown are left out. `echo` is the chrF
    of that example's own translation, taken for the text's: what is in it to be had.
    """
    nearest = {key: one.likeness for key, one in _nearest(cells).items()}
    echoed = echo(cells)
    found = []
    for low, high in pairwise(EDGES):
        inside = {key for key, value in nearest.items() if low <= value < high or value == high == EDGES[-1]}
        before = [pair for pair in plain if pair.example.id in inside]
        after = [pair for pair in _pairs(cells) if pair.example.id in inside]
        difference = compare(CHRF, before, after) if before else None
        if difference is not None:
            own = CHRF.measure([pair for pair in echoed if pair.example.id in inside]).value
            found.append({"from": low, "to": high, "echo": own, **_told(difference)})
    return found


def echo(cells: Sequence[Cell]) -> list[Pair]:
    """Return the texts to which something was shown, each with the translation of the nearest example for an answer."""
    nearest = _nearest(cells)
    return [
        Pair(example=pair.example, output=Output(id=pair.example.id, target=nearest[pair.example.id].answer))
        for pair in _pairs(cells)
        if pair.example.id in nearest
    ]


def borrowers(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Return the texts that borrowed a number, with what they were shown: what a person wants to read."""
    found = []
    for cell in cells:
        _, of_numbers = borrowed_measures(cell.shown, cell.questions)
        for pair in cell.answers.pairs:
            if taken := of_numbers.borrowed(pair):
                shown = [[one.question, one.answer] for one in cell.shown[pair.example.id]]
                found.append(
                    {"id": pair.example.id, "source": pair.example.source, "reference": pair.example.references[0],
                     "target": pair.output.target, "borrowed": taken, "shown": shown}
                )  # fmt: skip
    return found


def _figures(cells: Sequence[Cell], plain: Sequence[Pair]) -> dict[str, Any]:
    pairs = _pairs(cells)
    shown: Mapping[str, tuple[Shown, ...]] = {key: value for cell in cells for key, value in cell.shown.items()}
    questions = {key: value for cell in cells for key, value in cell.questions.items()}
    borrowed = borrowed_measures(shown, questions) if any(shown.values()) else ()
    seconds, tokens = sum(cell.seconds for cell in cells), sum(cell.tokens for cell in cells)
    prompt, asked = sum(cell.prompt for cell in cells), sum(cell.asked for cell in cells)
    figures: dict[str, Any] = {
        "measures": {measure.name: measure.measure(pairs).value for measure in MEASURES},
        "asked": asked, "prompt_tokens": prompt, "tokens": tokens, "seconds": round(seconds, 1),
        "tokens_per_second": round(tokens / seconds, 2) if seconds else None,
        "prompt_tokens_per_text": round(prompt / asked, 1) if asked else None,
    }  # fmt: skip
    if cells[0].condition != NONE:
        each = [(measure, compare(measure, plain, pairs, resamples=RESAMPLES)) for measure in (*MEASURES, *borrowed)]
        figures["against"] = {measure.name: _told(one) for measure, one in each if one is not None}
        figures["echo"] = CHRF.measure(echo(cells)).value
        figures["nearness"] = by_nearness(cells, plain)
    return figures


def _wins(name: str, rows: Mapping[str, Any], by_name: Mapping[str, Sequence[Cell]]) -> bool:
    row = rows[name]
    if RANDOM in name or row["against"]["chrf"]["gain"] <= 0 or row["p"] >= ALPHA:
        return False
    kept = all(row["against"][key]["gain"] >= -SLACK for key in KEPT if key in row["against"])
    control = f"{name.partition('-')[0]}-{RANDOM}"
    if control not in by_name:
        return kept
    beyond = compare(CHRF, _pairs(by_name[control]), _pairs(by_name[name]), resamples=RESAMPLES)
    return kept and beyond is not None and beyond.gain > 0 and beyond.p_bootstrap < ALPHA


def _pairs(cells: Sequence[Cell]) -> list[Pair]:
    return [pair for cell in cells for pair in cell.answers.pairs]


def _nearest(cells: Sequence[Cell]) -> dict[str, Shown]:
    """Return the example that is most like each text, by id; of equals the one that the finder had first."""
    return {
        key: max(own, key=lambda one: one.likeness) for cell in cells for key, own in cell.shown.items() if own
    }  # fmt: skip


def _told(one: Difference) -> dict[str, Any]:
    return {
        "before": one.before, "after": one.after, "gain": one.gain, "low": one.low, "high": one.high, "p": one.p,
        "p_bootstrap": one.p_bootstrap, "texts": one.texts, "pages": one.listings,
    }  # fmt: skip
