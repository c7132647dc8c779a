"""Every measure on every slice, tested together: by pages where there are enough of them, else text by text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shopglot_eval.comparing.flips import adjusted, can_tell
from shopglot_eval.regression.sides import Line, Slice

LEAST = 10  # texts with a value on both sides: of fewer, nothing is said
FEW = 20  # pages: of fewer, all of them worse in 8 is the least that could be told


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tested:
    """A hypothesis that was tested.

    `mean` is how much worse the slice's texts got on average, `strength` their sum by the root of the sum of their
    squares: how many standard errors it is from nothing, were the texts independent.
    """

    line: Line
    part: Slice
    p: float
    mean: float
    strength: float
    unit: str


def test(
    lines: Sequence[Line], parts: Sequence[Slice], units: Any, *, alpha: float, rounds: int, seed: int
) -> list[Tested]:
    """Return every hypothesis with at least `LEAST` texts, with its p adjusted within its family.

    The pages' family and the texts' each have half of `alpha`. What neither arrangement of signs could bring below that
    has a p of 1. In the order of the measures, and of the slices within them.
    """
    judged = [line for line in lines if line.better or line.measure is None]
    drafts = [(line, part) for line in judged for part in parts if line.known[part.members].sum() >= LEAST]
    families: dict[str, list[int]] = {"pages": [], "texts": []}
    for at, (line, part) in enumerate(drafts):
        pages = len(set(units[part.members[line.known[part.members]]].tolist()))
        families["pages" if pages >= FEW else "texts"].append(at)
    found: dict[int, tuple[float, str]] = {}
    for unit, members in families.items():
        chances = _family([drafts[at] for at in members], units if unit == "pages" else None, alpha / 2, rounds, seed)
        found |= {at: (p, unit) for at, p in zip(members, chances, strict=True)}
    return [
        Tested(line=line, part=part, p=found[at][0], unit=found[at][1], mean=mean, strength=strength)
        for at, (line, part) in enumerate(drafts)
        for mean, strength in [_size(line, part)]
    ]


test.__test__ = False  # type: ignore[attr-defined]  # pytest takes every `test` that it sees for one of its own


def _family(drafts: Sequence[tuple[Line, Slice]], units: Any, alpha: float, rounds: int, seed: int) -> list[float]:
    """Return the adjusted p of each hypothesis; `units` is None where every text is one of its own."""
    import numpy as np

    if not drafts:
        return []
    size = len(drafts[0][0].worse)
    numbers = np.arange(size) if units is None else units
    sums = np.zeros((int(numbers.max()) + 1, len(drafts)))
    for at, (line, part) in enumerate(drafts):
        members = part.members[line.known[part.members]]
        sums[:, at] = np.bincount(numbers[members], weights=line.worse[members], minlength=len(sums))
    sums[np.abs(sums) < 1e-12] = 0.0
    able = can_tell(sums, alpha)
    result = np.ones(len(drafts))
    result[able] = adjusted(sums[:, able], rounds=rounds, seed=seed)
    return [float(p) for p in result]


def _size(line: Line, part: Slice) -> tuple[float, float]:
    import numpy as np

    worse = line.worse[part.members[line.known[part.members]]]
    root = float(np.sqrt((worse**2).sum()))
    return float(worse.mean()), float(worse.sum()) / root if root else 0.0
