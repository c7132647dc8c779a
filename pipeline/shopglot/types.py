"""The vocabulary of shopglot: every record that moves along the flow.

Records are frozen, slotted and keyword-only: a change is a new record.
Offsets are code-point offsets, half-open, into the text that they are documented to speak of.
This module imports nothing else of the project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"  # a decoded JSON value

Severity = Literal["error", "warning", "info"]
Side = Literal["source", "target"]
Verdict = Literal["publish", "review", "reject"]
Status = Literal["publish", "review", "reject", "failed", "skipped"]
STATUSES: tuple[Status, ...] = ("publish", "review", "reject", "failed", "skipped")
Origin = Literal["memory", "machine", "human", "certain"]
Style = Literal["prose", "phrase"]
View = Literal["forward", "backward", "alone"]
HUMAN = "human"  # the signature of the score of a text that a person approved: no machine's opinion counts
Channel = Literal["desk", "import", "audit", "seed"]
ErrorKind = Literal[
    "", "mistranslation", "omission", "addition", "terminology", "number", "brand", "style", "grammar", "claim",
    "script", "other",
]  # fmt: skip
ErrorSeverity = Literal["", "minor", "major", "critical"]
MaskKind = Literal["tag", "entity", "url", "email", "placeholder", "sku", "mention", "emoji", "code", "brand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One product page, as the merchant wrote it.

    `document` is the whole decoded object, unknown keys included; it is never mutated.
    `markets` is None where the listing does not narrow them.
    `digest` is the SHA-256 (hex) of the document's canonical JSON.
    """

    line: int  # 1-based: line of a JSONL file, record of a CSV, row of a Parquet file or dataset
    merchant: str
    id: str
    document: Mapping[str, Json]
    digest: str
    category: str = ""
    markets: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLine:
    """A catalog line that is no listing: the raw material of a `failed` outcome.

    `reason` is a stable id (`json.invalid`, `id.missing`, ...); `field` is a path into the object, or "".
    `merchant` and `id` are filled as far as they could be read.
    """

    line: int
    reason: str
    message: str
    message_zh: str
    field: str = ""
    merchant: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One text of a listing that a shopper reads.

    `path` is a JSON Pointer (RFC 6901) into the listing's document, e.g. `/fields/bullets/0`;
    the name of an attribute or option, a key and not a value, is the pointer of its value followed by `~key`.
    `name` is the field's kind: title, subtitle, bullet, description, attribute-name, attribute-value, option-name,
    option-value, size-cell, hashtag, note, alt or brand.
    """

    path: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A span of a segment's source that is opaque: it must come out byte for byte."""

    start: int
    end: int
    text: str
    kind: MaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TermMatch:
    """A glossary entry found in a segment's source.

    `target` is the preferred form in the market; `admitted` the other forms that count as correct, `forbidden` forms
    that are known to be wrong.
    `enforce` is False for entries that are only suggested; `keep` marks a do-not-translate text, whose target must
    come out byte for byte, and `brand` one that is a name from the list of brands. `rule` is the id of the sensitivity
    rule that prescribes the target, "" where the glossary does.
    """

    start: int
    end: int
    source: str
    target: str
    admitted: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    enforce: bool = True
    keep: bool = False
    brand: bool = False
    note: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number with its unit or counter found in a segment's source.

    `low` and `high` are the value in `unit` (equal where it is no range), as exact decimal strings.
    `target` is the form that the market's policy prescribes, or "" where any faithful rendering will do.
    """

    start: int
    end: int
    text: str
    kind: str  # "mass", "length", "money", "discount", "count", "plain", ...
    low: str
    high: str
    unit: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentKey:
    """Where a segment stands. A location only: never a key of the translation memory."""

    merchant: str
    listing: str
    path: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The smallest text that is translated at once: a sentence, or a phrase.

    `source` is the exact slice of the field. `masks`, `terms` and `quantities` are what `protect` recorded,
    sorted by start and not overlapping one another; the source itself is never rewritten.
    """

    key: SegmentKey
    field: str
    style: Style
    source: str
    masks: tuple[Mask, ...] = ()
    terms: tuple[TermMatch, ...] = ()
    quantities: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an engine is asked for: one unit, in the form in which it is to be rendered.

    `attempt` is 0 at first; on a retry the engine may show masks and terms differently.
    """

    source: str
    field: str
    style: Style
    masks: tuple[Mask, ...] = ()
    terms: tuple[TermMatch, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an engine answers. `text` still carries mask tokens (see `protect.token`).

    `logprob` is the mean log-probability per generated token (natural logarithm), None where the engine has none.
    `tokens` is the number of tokens generated. `truncated` says that generation hit its length limit,
    `repeated` that a runaway repetition was cut off.
    """

    text: str
    logprob: float | None = None
    tokens: int = 0
    truncated: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A unit's text in a market, with where it came from.

    `model` is `card@revision`. `attempt` is the one that this text came from, `attempts` how many were made;
    `lost` counts masks that no retry brought back. `opinion` holds named numbers, sorted by name, that a model gave
    when it read the finished text (see `quality.opinion`); it is empty where none was asked.
    """

    source: str
    target: str
    market: str
    model: str
    origin: Origin
    unit_key: str
    machine_key: str
    logprob: float | None = None
    tokens: int = 0
    attempt: int = 0
    attempts: int = 1
    lost: int = 0
    truncated: bool = False
    repeated: bool = False
    opinion: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a reader should know about a segment, with the words it speaks of.

    `start`/`end` are offsets into the text of `side`; `message_zh` is for the merchant, in Simplified Chinese.
    """

    check: str
    severity: Severity
    side: Side
    start: int
    end: int
    text: str
    message: str
    message_zh: str
    suggestion: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How likely it is that a reviewer would publish the segment unedited, 0..1, and what says so."""

    value: float
    signature: str
    signals: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens to a segment, or to a listing in a market, and why. Reasons are stable ids, worst first."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSegment:
    """A segment at the end of the flow: what it became and what was found."""

    segment: Segment
    translation: Translation
    findings: tuple[Finding, ...]
    score: Score
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a reviewer said of a segment as it stood. The gate is fitted on these.

    `merchant`, `listing`, `path` and `index` are the segment's location, `field` the kind of its field and `category`
    that of its listing; `source` and `target` are the texts that the reviewer saw. `model`, `origin` and `unit_key` are
    those of the translation; `score` and `signature` those of its score at the time, None where there was none.
    `published` says that the reviewer would publish the text unedited. `error` is what is wrong with it, `severity` how
    much, in the words of MQM; both are "" where nothing is, or where the reviewer did not say.
    `channel` is where the judgement came from: the desk, a file, the audit of what was published, or what the project
    ships to begin with. `judged_at` is aware.
    """

    market: str
    merchant: str = ""
    listing: str
    path: str
    index: int = 0
    field: str = ""
    category: str = ""
    source: str
    target: str
    model: str = ""
    origin: Origin
    unit_key: str = ""
    score: float | None = None
    signature: str | None = None
    published: bool
    error: ErrorKind = ""
    severity: ErrorSeverity = ""
    note: str = ""
    reviewer: str
    channel: Channel
    judged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one catalog line in one market. Exactly one exists per (input line, market)."""

    line: int
    merchant: str
    id: str
    market: str
    status: Status
    reasons: tuple[str, ...] = ()
    field: str = ""
    message: str = ""
    message_zh: str = ""


class Scorer(Protocol):
    """Reads a text that is there already; handed by `run` to the rooms that want the model's opinion.

    A view is what is read, and what is known while reading: `forward` the target when the source is known, `backward`
    the source when the target is known, `alone` the target when nothing is. `views` are those that the model can take.
    """

    @property
    def views(self) -> frozenset[View]:
        """The views that `score` takes."""
        ...

    def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
        """Return, per (source, target) pair and in order, the log-probability of each token that the view reads.

        Natural logarithms; a text without tokens gives an empty tuple.
        """
        ...
