"""Where is the harm? Slices overlap: what broke one category shows in its fields, its lengths, and in everything.

For each measure the slice is named whose texts fit best those that got worse: the F1 of "is in the slice" as a guess of
"got worse", each text weighed by how much. A slice must be `LIFT` times as bad as everything to be named in its place;
else it is chance, in which slice most of an even harm fell. Another is named beside it only if it stays significantly
worse without the texts of those that are named already, by its own paired randomisation at 5%.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopglot_eval.comparing.flips import adjusted
from shopglot_eval.regression.testing import LEAST, Tested

LIFT = 1.5
_ALONE = 0.05
_ROUNDS = 2000


def name_alarms(found: Sequence[Tested], units: Any) -> list[Tested]:
    """Return those of the significant hypotheses that say where the harm is.

    `units` are the numbers of the texts' pages. Every measure with an alarm names at least one. The most striking
    measure comes first; of one measure, the slice that fits best, then what stands without it.
    """
    import numpy as np

    result: list[Tested] = []
    for name in dict.fromkeys(one.line.name for one in found):
        waiting = [one for one in found if one.line.name == name]
        told = np.zeros(len(waiting[0].line.worse), dtype=bool)
        while waiting:
            striking = [one for one in waiting if not one.part.dimension or _lift(one, told) >= LIFT]
            best = max(striking or waiting, key=lambda one: _fit(one, told))
            result.append(best)
            told[best.part.members] = True
            waiting = [one for one in waiting if one is not best and _stands(one, told, units)]
    best_of = {one.line.name: max(own.strength for own in result if own.line is one.line) for one in result}
    return sorted(result, key=lambda one: (-best_of[one.line.name], one.line.name))


def _inside(one: Tested, open_: Any) -> Any:
    import numpy as np

    inside = np.zeros(len(open_), dtype=bool)
    inside[one.part.members] = True
    return inside & open_


def _lift(one: Tested, told: Any) -> float:
    """Return how many times as bad as all texts the slice's are, among those that are not told of yet."""
    open_ = one.line.known & ~told
    inside = _inside(one, open_)
    overall = float(one.line.worse[open_].mean()) if open_.any() else 0.0
    if not inside.any() or overall <= 0:
        return float("inf") if inside.any() else 0.0
    return float(one.line.worse[inside].mean()) / overall


def _fit(one: Tested, told: Any) -> float:
    """Return the F1 of the slice as a guess of what got worse, among the texts that are not told of yet."""
    import numpy as np

    open_ = one.line.known & ~told
    harm = np.where(open_, np.maximum(one.line.worse, 0.0), 0.0)
    inside = _inside(one, open_)
    if not (total := float(harm.sum())):
        return 0.0
    typical = total / int((harm > 0).sum())  # what a text that got worse lost: the slice would lose all of it
    return 2 * float(harm[inside].sum()) / (float(inside.sum()) * typical + total)


def _stands(one: Tested, told: Any, units: Any) -> bool:
    """Return whether the slice is significantly worse without the texts that are told of."""
    import numpy as np

    line = one.line
    rest = one.part.members[line.known[one.part.members] & ~told[one.part.members]]
    if len(rest) < LEAST or line.worse[rest].mean() <= 0:
        return False
    numbers = units[rest] if one.unit == "pages" else np.arange(len(rest))
    sums = np.bincount(numbers, weights=line.worse[rest])[:, None]
    return bool(adjusted(sums, rounds=_ROUNDS)[0] <= _ALONE)
