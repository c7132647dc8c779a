"""What `shopglot eval` does: answers, measures, the regression gate, the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shopglot.errors import UsageError
from shopglot_eval.evaluating import baselines
from shopglot_eval.evaluating.assembly import assemble
from shopglot_eval.evaluating.gathering import Plan, gather

if TYPE_CHECKING:
    from shopglot_eval.evaluating.baselines import Found
    from shopglot_eval.records import Example, Measure
    from shopglot_eval.regression import Ruling
    from shopglot_eval.reporting.document import Document


def _learned(example: Example) -> bool:
    """Whether the estimators that come with the project have learned from a page of the held-back catalog."""
    from shopglot_eval.estimation.fitting import part_of

    return part_of(example.listing) == "learn"


SEEN: Mapping[str, Callable[[Example], bool]] = {"held-back": _learned}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a report is to have. `check`: the regression gate; `note`: the first system becomes the baseline, and why.

    `baselines` is the folder of the baselines, None for the project's. `neural` are cards of further metrics, `meta`
    adds how scores and metrics order systems, `opinions` are files of what a model thought of those experts' texts.
    """

    check: bool = False
    note: str | None = None
    baselines: Path | None = None
    neural: tuple[str, ...] = ()
    meta: bool = False
    opinions: tuple[Path, ...] = ()
    hourly_price: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report, what the regression gate said, and the baselines that were written."""

    report: Document
    rulings: tuple[Ruling, ...] = ()
    updated: tuple[Path, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing got worse, as far as it was asked."""
        return all(ruling.passed for ruling in self.rulings)


def make(plan: Plan, wish: Wish) -> Made:
    """Evaluate. Raises as `gather` does, and `UsageError` where a baseline or a metric is missing."""
    measures = _neural(wish.neural)
    evaluation = gather(plan)
    folder = baselines.baseline_folder() if wish.baselines is None else wish.baselines
    found = list(baselines.check(evaluation, folder)) if wish.check else []
    extra: list[Found] = [section for _, section, _ in found]
    if wish.meta:
        extra.append(_meta(wish.opinions))
    report = assemble(
        evaluation, neural=measures, seen=SEEN, hourly_price=wish.hourly_price, extra=extra,
        beside=[answers for _, _, answers in found], whole=plan.limit is None and plan.every == 1,
    )  # fmt: skip
    updated = () if wish.note is None else tuple(baselines.update(evaluation, folder, note=wish.note))
    return Made(report=report, rulings=tuple(ruling for ruling, _, _ in found), updated=updated)


def _neural(cards: Sequence[str]) -> list[Measure]:
    """Return the metrics of these cards. Raises `UsageError` for a name that there is not."""
    if not cards:
        return []
    from shopglot_eval.measures import neural

    known = {one.card.name: one for one in neural.measures()}
    for name in cards:
        if name not in known:
            raise UsageError(f"--neural {name}: there is no such metric; name one of {', '.join(sorted(known))}.")
    return [known[name] for name in dict.fromkeys(cards)]


def _meta(opinions: Sequence[Path]) -> Found:
    from shopglot.loading import FAKE, load_localizer
    from shopglot_eval.meta import meta
    from shopglot_eval.terms.texts import shared_folder

    section, measured = meta(shared_folder(), load_localizer("us", model=FAKE), opinions=opinions)
    return section, measured
