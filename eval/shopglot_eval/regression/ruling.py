"""What the regression gate says: alarms that stop a change, and notices that do not."""

from __future__ import annotations

from dataclasses import dataclass

from shopglot_eval.records import Better, Form, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a measure changed on a slice (or on everything, where `place` names none).

    `before` and `after` are the figures of both sides, None where there is none; `difference` is the mean over `texts`
    texts of after - before, with its 95% interval. `p` is adjusted for all that was tested, one-sided for the worse;
    None where nothing was tested. `unit` is what was randomised: pages, or texts where there are too few pages.
    `changed` texts have another value than before. `worse` are ids of those that got worse, the worst first.
    `named` alarms say where the harm is; the others are what it looks like from other sides.
    """

    place: Place
    measure: str
    title: str
    before: float | None
    after: float | None
    difference: float
    low: float | None
    high: float | None
    p: float | None
    texts: int
    changed: int
    better: Better
    form: Form
    unit: str = "pages"
    worse: tuple[str, ...] = ()
    named: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What must not get worse unseen, significant or not.

    `what` is a stable id: a check's, a rule's, or `text.empty`, `value.lost:<measure>`, `slice.worse:<measure>`.
    `texts` are the ids of the texts that it speaks of; `message` says it in a sentence.
    """

    what: str
    message: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What became of a change. `passed` is what CI and a promotion ask for.

    `alarms` are significantly worse, named ones first. `whole` has every measure over all texts, `gains` what got
    significantly better over all texts. `verdicts` counts (before, after, texts) of the gate, most first. `same` of
    `texts` texts have the same translation; `tested` counts the hypotheses, `alpha` is the chance of a false alarm.
    """

    suite: str
    market: str
    system: str
    note: str
    texts: int
    same: int
    alarms: tuple[Change, ...]
    notices: tuple[Notice, ...]
    whole: tuple[Change, ...]
    gains: tuple[Change, ...]
    verdicts: tuple[tuple[str, str, int], ...]
    tested: int
    alpha: float
    rounds: int
    seed: int

    @property
    def passed(self) -> bool:
        """Whether nothing got significantly worse."""
        return not self.alarms

    @property
    def named(self) -> tuple[Change, ...]:
        """The alarms that say where the harm is."""
        return tuple(alarm for alarm in self.alarms if alarm.named)
