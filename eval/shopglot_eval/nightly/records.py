"""What the nightly report says, as plain values. Shares are 0..1, moments aware; texts are as the store has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shopglot.market import Gate
from shopglot.store.desk.figures import Report
from shopglot.store.nights import NightRun, Waiting
from shopglot.types import Status
from shopglot.watch import Sample

Window = Literal[7, 28]
WINDOWS: tuple[Window, ...] = (7, 28)  # runs that a night is compared with
Shift = Literal["", "some", "shifted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOf:
    """A text of a page, as a number's evidence. `version` is what stands, `other` what people made of it or ""."""

    id: str
    market: str
    merchant: str
    listing: str
    path: str
    index: int
    source: str
    version: str
    other: str = ""
    category: str = ""
    score: float | None = None
    remarks: tuple[str, ...] = ()
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One run in one market: its lines by what became of them. `versions` and `withdrawn` are what it wrote."""

    run: int
    market: str
    statuses: Mapping[Status, int]
    reasons: Mapping[str, int]

    @property
    def lines(self) -> int:
        """The lines that it had to work on: pages that nothing had changed for are not among them."""
        return sum(self.statuses.values())

    @property
    def judged(self) -> int:
        """Those that were judged: published, held or rejected."""
        return self.published + self.held

    @property
    def published(self) -> int:
        """Those that were good enough."""
        return self.statuses.get("publish", 0)

    @property
    def held(self) -> int:
        """Those that went to people or were rejected."""
        return self.statuses.get("review", 0) + self.statuses.get("reject", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareShift:
    """A share tonight beside that of the last runs: `count` of `of`.

    `before` is (count, of) of the runs of each window, `p` the chance of so large a difference by nightly variation
    (see `shifts.compare`), corrected for all shares that were looked at together; None where it cannot be told.
    """

    name: str
    market: str
    count: int
    of: int
    before: Mapping[Window, tuple[int, int]]
    p: Mapping[Window, float | None]
    texts: tuple[str, ...] = ()

    @property
    def rate(self) -> float | None:
        """The share tonight, None of nothing."""
        return self.count / self.of if self.of else None

    def shifted(self, window: Window) -> bool:
        """Whether the share is another one than in the runs of a window: p below .05."""
        found = self.p.get(window)
        return found is not None and found < 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueShift:
    """The values of a signal, score or length tonight beside those of the last runs and of the calibration set.

    `index` are population stability indices by window (0: the calibration set); a window with too few values is not
    there. `noise` is what an index of so few values reaches by chance (see `shifts`).
    """

    name: str
    market: str
    count: int
    median: float
    medians: Mapping[Window, float]
    index: Mapping[int, float]
    noise: Mapping[int, float]

    def shift(self, window: int) -> Shift:
        """How far the values have moved: beyond the customary reading and beyond chance."""
        from shopglot.quality.drift import SHIFTED, SOME

        found = self.index.get(window, 0.0)
        if found <= self.noise.get(window, 0.0) or found <= SOME:
            return ""
        return "shifted" if found > SHIFTED else "some"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWord:
    """A word or character that nobody knew before tonight. `kind` is `word` or `character`."""

    word: str
    market: str
    kind: Literal["word", "character"]
    pages: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOfRun:
    """The scores of the machine's texts that still stand as a run left them."""

    run: int
    market: str
    count: int
    median: float
    low: float  # the first quartile
    high: float  # the third


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How tonight's texts of a market differ from those before. `read` are the texts read tonight, and by window.

    `whole` says that every page of the night was read, not a sample. `foreign` are score signatures other than
    tonight's among the texts before, whose scores are not compared.
    """

    market: str
    read: int
    read_before: Mapping[Window, int]
    whole: bool
    signature: str
    foreign: tuple[str, ...]
    values: tuple[ValueShift, ...]
    shares: tuple[ShareShift, ...]
    scores: tuple[ScoreOfRun, ...]
    new: tuple[NewWord, ...]
    known_texts: int  # earlier texts in which new words were looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """Pages of a merchant or category tonight: `held` of `pages`, with the commonest reasons.

    `exact` is False where `pages` is of a sample. `excess` says that the share is above that of all others: the
    one-sided Fisher test, corrected for all groups (Benjamini and Hochberg).
    """

    name: str
    market: str
    held: int
    pages: int
    total_held: int
    reasons: tuple[tuple[str, int], ...] = ()
    exact: bool = True
    excess: bool = False
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the audit says of a market. `sample` is what the gate's promise speaks of, of all nights; `others` besides.

    `bounds` is the exact 95% interval of the true share of bad pages, None where none is judged. `alarm` is "" where
    nothing is broken. `tonight` are pages drawn from this run.
    """

    market: str
    state: str
    gate: Gate | None
    sample: Sample
    others: int
    bounds: tuple[float, float] | None
    alarm: str
    tonight: Sample
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedTerm:
    """An enforced term that tonight's texts lack. `pages` of `read` pages that were read have it in vain."""

    market: str
    source: str
    target: str
    pages: int
    count: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A source word whose rendering people change the same way: from `machine` to `human`, on `pages` pages.

    `kept` are other pages where people approved a text in which the word is rendered as the machine does. `known` is
    what the termbase says for the word now, "" where nothing.
    """

    market: str
    source: str
    machine: str
    human: str
    pages: int
    count: int
    kept: int
    known: str
    fields: tuple[str, ...]
    categories: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nightly:
    """A night, and what is known around it. `nights` are tonight and the earlier runs, by run and market.

    `desk` are the figures of the people's work in the days `desk.period`. `dismissed` counts findings set aside in that
    time, by market, finding and reason. `texts` are the evidence by id. `notes` say what a reader must know of how it
    was read: limits reached, what is not comparable.
    """

    run: NightRun
    earlier: tuple[NightRun, ...]
    going: tuple[int, ...]
    markets: tuple[str, ...]
    nights: tuple[Night, ...]
    versions: Mapping[tuple[str, str], int]
    on_sale: Mapping[str, int]
    waiting: tuple[Waiting, ...]
    published: tuple[ShareShift, ...]
    reasons: tuple[ShareShift, ...]
    merchants: tuple[Affected, ...]
    categories: tuple[Affected, ...]
    drift: tuple[Drift, ...]
    promises: tuple[Promise, ...]
    desk: Report
    dismissed: Mapping[tuple[str, str, str], int]
    terms: tuple[MissedTerm, ...]
    candidates: tuple[Candidate, ...]
    edits: int
    until: datetime
    texts: Mapping[str, TextOf] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def tonight(self) -> tuple[Night, ...]:
        """This run, by market."""
        return tuple(night for night in self.nights if night.run == self.run.id)
