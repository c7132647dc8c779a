"""The vocabulary of evaluation: what is asked, what a system answered, and what was measured.

Records are frozen, slotted and keyword-only, as those of `shopglot.types`. This module imports only those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol

from shopglot.types import Finding, Json, Verdict

Better = Literal["higher", "lower", ""]  # "": neither is better, the number only says how something is
Form = Literal["score", "share", "number", "seconds", "bytes", "correlation"]
Came = Literal["machine", "certain", "memory", "human", "outside"]  # "outside": from a file; nobody says how
Dimension = Literal["", "field", "category", "length", "number", "slang", "markup", "domain", "origin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text of a suite in a market, with what is known of it.

    `id` is unique within suite and market and stays the same as long as the suite's data do. `references` are what
    people wrote, none where nobody did. `field` is a kind of `shopglot.types.Field`. Examples of one page share
    `listing` (in reading order); what stands alone has its own id there. Resampling is by listing, because texts of one
    page are no independent observations. `terms` are pairs of source and target words that a good translation uses.
    `judged` are targets that reviewers have judged, each with whether they would publish it unedited.
    """

    id: str
    market: str
    source: str
    references: tuple[str, ...] = ()
    field: str = "title"
    category: str = ""
    brand: str = ""
    listing: str = ""
    domain: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    judged: tuple[tuple[str, bool], ...] = ()

    def __hash__(self) -> int:
        """Return a hash of what tells examples apart: caches ask for it a million times in a report."""
        return hash((self.market, self.id, self.source))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A set of examples with a name. `digest` is the SHA-256 (hex) over its examples: same data, same digest."""

    name: str
    title: str
    examples: tuple[Example, ...]
    digest: str
    description: str = ""
    licence: str = ""
    citation: str = ""

    @property
    def markets(self) -> tuple[str, ...]:
        """The markets that it has examples of, in the order in which they come."""
        return tuple(dict.fromkeys(example.market for example in self.examples))

    def of(self, market: str) -> tuple[Example, ...]:
        """Return the examples of a market."""
        return tuple(example for example in self.examples if example.market == market)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a system made of an example, whole, with what the product's checks, rules, score and gate say of it.

    Offsets of findings are code points into the example's source and into `target`. `score`, `signature` and `verdict`
    are None where nothing gave one (the text of an outside system has no score where it was not asked for).
    `tokens` and `attempts` are those of the engine; 0 and 1 where none was asked.
    """

    id: str
    target: str
    origin: Came = "machine"
    findings: tuple[Finding, ...] = ()
    score: float | None = None
    signature: str | None = None
    verdict: Verdict | None = None
    reasons: tuple[str, ...] = ()
    tokens: int = 0
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An example and what a system made of it."""

    example: Example
    output: Output


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What one system made of the examples of one suite in one market: one output each, in the suite's order.

    `about` says what made them (model, decoding, glossary, signature, or the file they were read from) and is part of a
    report. `seconds` of translating and `memory` (peak resident bytes of the process) are None where nothing was
    measured: they are not part of what has to be the same when a report is made again.
    """

    suite: str
    market: str
    system: str
    pairs: tuple[Pair, ...]
    about: Mapping[str, Json] = field(default_factory=dict)
    seconds: float | None = None
    memory: int | None = None

    def by_id(self) -> dict[str, Pair]:
        """Return the pairs by the id of their example."""
        return {pair.example.id: pair for pair in self.pairs}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number, with what it rests on.

    `value` is None where it could not be measured, and `note` says why. `low` and `high` bound it with 95% confidence.
    Shares are 0..1. `count` is of what it was measured on (texts, terms, numbers, pages: `unit` says which).
    `against` are ids of the examples that speak against it, worst first: what a reader wants to see.
    """

    measure: str
    value: float | None
    low: float | None = None
    high: float | None = None
    count: int = 0
    unit: str = "texts"
    better: Better = "higher"
    form: Form = "share"
    signature: str = ""
    note: str = ""
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a figure was measured: a suite, a market, a system, and perhaps one slice (`dimension` is `part`)."""

    suite: str
    market: str
    system: str
    dimension: Dimension = ""
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure at its place: a line of what a report states as data."""

    place: Place
    figure: Figure


class Measure(Protocol):
    """One way to measure a system's answers. Implementations hold no state and know no file.

    `name` is stable (`chrf`, `numbers`, `terms.missing`, ...): reports, baselines and scripts rely on it.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def title(self) -> str:
        """What a table calls it, a few words."""
        ...

    @property
    def better(self) -> Better: ...  # noqa: D102

    @property
    def form(self) -> Form: ...  # noqa: D102

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the figure of some pairs of one market; its value is None where none of them can be measured."""
        ...

    def value(self, pair: Pair) -> float | None:
        """Return what one pair has, None where it has nothing to measure: what comparisons and slices order by.

        It points the same way as `better` says, and is in 0..1 for shares.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """All that a report is made of: the suites, and every system's answers to them."""

    suites: tuple[Suite, ...]
    answers: tuple[Answers, ...]

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """The systems, in the order in which they were given: the first is what others are compared with."""
        return tuple(dict.fromkeys(one.system for one in self.answers))

    def of(self, suite: str, market: str) -> tuple[Answers, ...]:
        """Return the answers to a suite in a market, a system each."""
        return tuple(one for one in self.answers if one.suite == suite and one.market == market)
