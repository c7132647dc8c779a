"""Both sides of a comparison, text by text, and what one slice of them comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shopglot_eval.comparing.flips import interval
from shopglot_eval.records import Answers, Better, Dimension, Form, Measure, Pair, Place
from shopglot_eval.regression import scores
from shopglot_eval.regression.ruling import Change

if TYPE_CHECKING:
    from shopglot_eval.regression.testing import Tested


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Some of the texts: `members` are their numbers, ascending. The slice of all has no dimension."""

    dimension: Dimension
    part: str
    members: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """One measure on every text: float64 arrays of one length. NaN where a text has nothing to measure.

    `worse` is how much worse a text got. `known` says which texts have that; `lost` are the numbers of those that had
    a value and have none now. `measure` is None for what only a comparison can measure. `both`: it can get better too.
    """

    name: str
    title: str
    better: Better
    form: Form
    before: Any
    after: Any
    worse: Any
    known: Any
    lost: tuple[int, ...]
    measure: Measure | None
    both: bool = True

    def turned(self) -> Line:
        """Return the line that tells what got better."""
        return replace(self, worse=-self.worse)


def read_lines(joined: Sequence[tuple[Pair, Pair]], measures: Sequence[Measure]) -> list[Line]:
    """Return the line of every measure, and then the score's own; two measures of one name are a mistake."""
    names = [measure.name for measure in measures]
    if len(set(names)) != len(names):
        raise ValueError(f"two measures have one name: {sorted(names)}")
    own = [] if "score.brier" in names else [scores.Brier()]
    return [*(_line(joined, measure) for measure in (*measures, *own)), _moved(joined)]


def _line(joined: Sequence[tuple[Pair, Pair]], measure: Measure) -> Line:
    """Return the line of a measure.

    Of shares, a text that has nothing to get wrong on one side is without fault there: a number that stands in a
    translation whose source has none is a change for the worse, and no text that cannot be compared.
    """
    import numpy as np

    before = np.array([_number(measure.value(old)) for old, _ in joined])
    after = np.array([_number(measure.value(new)) for _, new in joined])
    if measure.form == "share" and measure.better:
        flawless = 1.0 if measure.better == "higher" else 0.0
        half = np.isnan(before) != np.isnan(after)
        before, after = (np.where(half & np.isnan(side), flawless, side) for side in (before, after))
    known = ~np.isnan(before) & ~np.isnan(after)
    sign = 1.0 if measure.better == "lower" else -1.0
    return Line(
        name=measure.name, title=measure.title, better=measure.better, form=measure.form, before=before, after=after,
        worse=sign * (after - before), known=known, measure=measure, both=bool(measure.better),
        lost=tuple(np.flatnonzero(~np.isnan(before) & np.isnan(after)).tolist()),
    )  # fmt: skip


def _moved(joined: Sequence[tuple[Pair, Pair]]) -> Line:
    """Return the line of scores that moved; a score that a text has lost is told here, whatever became of its words."""
    import numpy as np

    worse = np.array([_number(scores.moved(old, new)) for old, new in joined])
    known = ~np.isnan(worse)
    before = np.where(known, [_number(old.output.score) for old, _ in joined], np.nan)
    after = np.where(known, [_number(new.output.score) for _, new in joined], np.nan)
    lost = tuple(
        at for at, (old, new) in enumerate(joined) if old.output.score is not None and new.output.score is None
    )
    return Line(
        name=scores.MOVED, title="Score of unchanged translations", better="", form="number", before=before,
        after=after, worse=worse, known=known, lost=lost, measure=None, both=False,
    )  # fmt: skip


def compared(
    line: Line, part: Slice, joined: Sequence[tuple[Pair, Pair]], answers: Answers, *, tested: Tested | None,
    named: bool = False,
) -> Change:  # fmt: skip
    """Return how a measure changed on a slice. `tested` is None where nothing was tested there."""
    import numpy as np

    members = part.members[line.known[part.members]]
    gaps = line.after[members] - line.before[members]
    gaps = np.abs(gaps) if line.measure is None else gaps
    low, high = _interval(gaps, [joined[at][1].example.listing or f"\0{at}" for at in members.tolist()])
    worse = line.worse[members]
    order = members[np.argsort(-worse, kind="stable")][: int((worse > 0).sum())]
    before, after, note = _figures(line, part, members, joined)
    return Change(
        place=Place(
            suite=answers.suite, market=answers.market, system=answers.system, dimension=part.dimension, part=part.part
        ),
        measure=line.name, title=line.title, before=before, after=after, low=low, high=high,
        difference=float(gaps.mean()) if len(gaps) else 0.0, p=tested.p if tested else None, texts=len(members),
        changed=int((gaps != 0).sum()), better=line.better, form=line.form, unit=tested.unit if tested else "pages",
        worse=tuple(joined[at][1].example.id for at in order.tolist()), named=named, note=note,
    )  # fmt: skip


def _figures(
    line: Line, part: Slice, members: Any, joined: Sequence[tuple[Pair, Pair]]
) -> tuple[float | None, float | None, str]:
    """Return the figures of both sides, and what is to be said of them."""
    if line.measure is None:
        before, after = line.before[members].tolist(), line.after[members].tolist()
        if not before:
            return None, None, ""
        note = scores.describe(before, after) + _refit([joined[at] for at in members.tolist()])
        return sum(before) / len(before), sum(after) / len(after), note
    places = part.members.tolist()
    old = line.measure.measure([joined[at][0] for at in places])
    new = line.measure.measure([joined[at][1] for at in places])
    return old.value, new.value, new.note


def _refit(joined: Sequence[tuple[Pair, Pair]]) -> str:
    """Say that the score is another one, where its signature is."""
    old, new = ({pair.output.signature or "none" for pair in side} for side in zip(*joined, strict=True))
    return "" if old == new else f"; signature {', '.join(sorted(old))} → {', '.join(sorted(new))}"


def _interval(gaps: Any, pages: Sequence[str]) -> tuple[float | None, float | None]:
    """Return the interval of the mean over pages, without numbers where there are fewer than two."""
    import numpy as np

    numbers: dict[str, int] = {}
    units = np.array([numbers.setdefault(page, len(numbers)) for page in pages], dtype=np.intp)
    return interval(np.bincount(units, weights=gaps), np.bincount(units)) or (None, None)


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
