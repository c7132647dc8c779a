"""What the store is asked and what it answers: its own records, beside those of `shopglot.types`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from shopglot.types import Json, JudgedSegment, Origin, Outcome, Status

Identity: TypeAlias = tuple[str, str]  # (merchant, listing id)
Settled = Literal["published", "unchanged", "withdrawn", "held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """What a night's work is. Two runs with equal specs are the same work: the second resumes the first.

    `catalog` is the location as the user gave it; nights over the same catalog are compared with one another.
    `content` tells tonight's content of that catalog from another (a digest, or size and time): line numbers are only
    comparable within one content. `engines` are engine signatures, `policy` the digest of all else that changes a
    result. Markets and engines are sets here: their order does not matter.
    """

    catalog: str
    markets: tuple[str, ...]
    engines: tuple[str, ...]
    policy: str
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that has begun. `started_at` is UTC, and of the first start where the run was resumed."""

    id: int
    resumed: bool
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the store knows of a listing in a market.

    `run_id` and `line` are those of the run that settled it last; a run that finds it unchanged leaves them.
    `version` is the published one, None where nothing is published.
    """

    inputs_key: str
    status: Status
    reasons: tuple[str, ...]
    run_id: int
    line: int
    version: int | None
    field: str
    message: str
    message_zh: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One engine call of a plan: the machine keys in their order, and whether its answers are in the memory."""

    plan_id: int
    run_id: int
    number: int
    machine_keys: tuple[str, ...]
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A listing's result in a market, ready to be written.

    `document` is the rebuilt listing to publish, None where none is to be; `withdraw` takes back what is published.
    With neither, what is published stays as it is.
    """

    outcome: Outcome
    inputs_key: str
    judged: Sequence[JudgedSegment]
    document: Mapping[str, Json] | None = None
    withdraw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A listing that an earlier run saw and this one did not, with the markets where it is still published."""

    merchant: str
    id: str
    last_seen_run: int
    published: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanText:
    """A text that a person approved for a unit in a market."""

    unit_key: str
    market: str
    source: str
    target: str
    approved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What became of judgements that were written.

    `duplicates` were there already, word for word; `outdated` ones are older than what their reviewer has said since.
    """

    added: int
    replaced: int
    duplicates: int
    outdated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A published version that was drawn for review.

    `judged_segments` of its `segments` have a verdict; `bad` says that one of those would not be published unedited.
    """

    run_id: int
    market: str
    merchant: str
    listing: str
    version: int
    drawn_at: datetime
    segments: int
    judged_segments: int
    bad: bool

    @property
    def judged(self) -> bool:
        """Whether it is known what a reviewer makes of it: one text is refused, or all of them were read.

        A page half read, with nothing refused so far, says nothing yet; to count it as good would flatter the gate.
        """
        return self.bad or self.judged_segments == self.segments


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedSegment:
    """A segment of a drawn listing as it was published: what a judgement of it needs beside the reviewer's word."""

    path: str
    index: int
    field: str
    source: str
    target: str
    origin: Origin
    model: str
    unit_key: str
    score: float
    signature: str
