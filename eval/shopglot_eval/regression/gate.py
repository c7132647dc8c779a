"""Is a change significantly worse than the baseline, on any measure and any slice, and where?

Both sides are measured text by text. Every measure that has a better side is tested on every slice of at least `LEAST`
texts, all together (`flips`), so that a run in which nothing got worse raises an alarm with chance `alpha`, not more.
What is significant must also be worth a word: its mean difference reaches `SMALLEST`. Pages are what is randomised,
because texts of one page are no independent observations; slices of fewer than `FEW` pages are tested text by text, in
a family of their own, for with so few pages no harm would ever be seen. Each family has half of `alpha`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shopglot.errors import UsageError
from shopglot_eval.comparing.flips import ROUNDS, SEED
from shopglot_eval.records import Answers, Dimension, Form, Measure, Pair
from shopglot_eval.regression import silent
from shopglot_eval.regression.baseline import Baseline, join
from shopglot_eval.regression.naming import name_alarms
from shopglot_eval.regression.ruling import Change, Notice, Ruling
from shopglot_eval.regression.sides import Line, Slice, compared, read_lines
from shopglot_eval.regression.testing import Tested, test

ALPHA = 0.01
# The least mean difference that counts, by form: a hundredth of the texts, a point of BLEU or chrF. Half the people
# see no difference of one chrF point (Kocmi et al. 2024), so that nothing below it is worth a stopped release.
SMALLEST: Mapping[Form, float] = {
    "score": 1.0, "share": 0.01, "number": 0.01, "correlation": 0.02, "seconds": 0.0, "bytes": 0.0,
}  # fmt: skip

STRIKING = 3.0  # standard errors of a slice by itself: named, though with so many slices it may be chance

Slices = Callable[[Sequence[Pair]], Mapping[tuple[Dimension, str], Sequence[Pair]]]


def check(
    baseline: Baseline, answers: Answers, measures: Sequence[Measure], *, slices: Slices | None = None,
    alpha: float = ALPHA, smallest: Mapping[str, float] | None = None, rounds: int = ROUNDS, seed: int = SEED,
) -> Ruling:  # fmt: skip
    """Compare answers with their baseline and return what to make of it.

    `slices` are those of `shopglot_eval.measures.slices` where none are given. `smallest` overrides the least
    difference of single measures by name. The score's own measures are always among those tested (`scores`). Measures
    without a better side are shown and not tested. The same input gives the same ruling.

    Raises UsageError where baseline and answers are not of the same data, or alpha is not within 0..1.
    """
    if not 0 < alpha < 1:
        raise UsageError(f"alpha {alpha}: a number between 0 and 1 is needed.")
    joined = join(baseline, answers)
    lines = read_lines(joined, measures)
    parts = _slices(answers.pairs, slices)
    bounds = {line.name: (smallest or {}).get(line.name, SMALLEST[line.form]) for line in lines}
    units = _units(answers.pairs)
    tested = test(lines, parts, units, alpha=alpha, rounds=rounds, seed=seed)
    large = [one for one in tested if one.mean >= bounds[one.line.name]]
    found = [one for one in large if one.p <= alpha / 2]
    known = {one.line.name for one in found}
    doubts = name_alarms([one for one in large if one.strength >= STRIKING and one.line.name not in known], units)
    named = name_alarms(found, units)
    chosen = [*named, *(one for one in found if one not in named)]
    alarms = [compared(one.line, one.part, joined, answers, tested=one, named=one in named) for one in chosen]
    best = {one.line.name: one for one in tested if not one.part.dimension}
    measured = [line for line in lines if line.known.any()]
    whole = [compared(line, parts[0], joined, answers, tested=best.get(line.name)) for line in measured]
    return Ruling(
        suite=answers.suite, market=answers.market, system=answers.system, note=baseline.note, texts=len(joined),
        same=sum(before.output.target == after.output.target for before, after in joined),
        alarms=tuple(alarms), notices=_notices(joined, lines, doubts), whole=tuple(whole),
        gains=_gains(lines, parts, units, joined, answers, alpha=alpha, bounds=bounds, rounds=rounds, seed=seed),
        verdicts=_verdicts(joined), tested=len(tested), alpha=alpha, rounds=rounds, seed=seed,
    )  # fmt: skip


def _slices(pairs: Sequence[Pair], slices: Slices | None) -> list[Slice]:
    """Return everything as the first slice, then the others; one that holds the same texts as another is left out."""
    import numpy as np

    if slices is None:
        from shopglot_eval.measures import slices as parting

        slices = parting.slices
    places = {pair.example.id: at for at, pair in enumerate(pairs)}
    result = [Slice(dimension="", part="", members=np.arange(len(pairs)))]
    seen = {tuple(range(len(pairs)))}
    for (dimension, part), members in slices(pairs).items():
        found = tuple(sorted({places[pair.example.id] for pair in members}))
        if found and found not in seen:
            seen.add(found)
            result.append(Slice(dimension=dimension, part=part, members=np.array(found)))
    return result


def _units(pairs: Sequence[Pair]) -> Any:
    """Return the number of each text's page, from 0; a text without a page is one of its own."""
    import numpy as np

    numbers: dict[str, int] = {}
    names = [pair.example.listing or f"\0{pair.example.id}" for pair in pairs]
    return np.array([numbers.setdefault(name, len(numbers)) for name in names])


def _notices(
    joined: Sequence[tuple[Pair, Pair]], lines: Sequence[Line], doubts: Sequence[Tested]
) -> tuple[Notice, ...]:
    ids = [after.example.id for _, after in joined]
    losses = [silent.lost(line.name, line.title, (ids[at] for at in line.lost)) for line in lines]
    worse = [silent.slice_worse(one, ids) for one in doubts]
    return (*silent.notices(joined), *worse, *(loss for loss in losses if loss))


def _verdicts(joined: Sequence[tuple[Pair, Pair]]) -> tuple[tuple[str, str, int], ...]:
    counts = Counter(
        (before.output.verdict, after.output.verdict)
        for before, after in joined
        if before.output.verdict and after.output.verdict
    )
    return tuple((was, now, count) for (was, now), count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _gains(
    lines: Sequence[Line], parts: Sequence[Slice], units: Any, joined: Sequence[tuple[Pair, Pair]], answers: Answers, *,
    alpha: float, bounds: Mapping[str, float], rounds: int, seed: int,
) -> tuple[Change, ...]:  # fmt: skip
    """Return what got significantly better over all texts, by the same test the other way round."""
    turned = [line.turned() for line in lines if line.both]
    tested: list[Tested] = test(turned, parts[:1], units, alpha=alpha, rounds=rounds, seed=seed)
    return tuple(
        compared(one.line, one.part, joined, answers, tested=one)
        for one in tested
        if one.p <= alpha / 2 and one.mean >= bounds[one.line.name]
    )
