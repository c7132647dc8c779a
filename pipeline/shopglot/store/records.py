"""What the store is asked and what it answers: its own records, beside those of `shopglot.types`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from shopglot.types import Decision, Json, JudgedSegment, Origin, Outcome, Status

Identity: TypeAlias = tuple[str, str]  # (merchant, listing id)
# `stale`: a person approved a text of the page since it was made, or set a finding of it aside; nothing was written, it
# has to be made again.
# `pinned`: a person chose what is published, and this source may not replace it.
Settled = Literal["published", "unchanged", "withdrawn", "held", "pinned", "stale"]
# Why a version was written: a night's run, a person's rollback, pause or resumption, a page that left the catalog, or
# the erasure of a merchant's data.
Cause = Literal["run", "rollback", "pause", "resume", "missing", "erase"]
# `outdated`: the page no longer has the text that it was approved for; it counts again when the text comes back.
ApprovalStatus = Literal["current", "outdated", "superseded"]
NEVER = 2**62  # no row has such a number


class Revision(NamedTuple):
    """Up to where the run has heard what people said in a market when it made its pages.

    The numbers of the newest approval, of the newest act on a dismissal, and of the newest override of these pages.
    What was not asked after is NEVER: nothing of its kind is newer.
    """

    approval: int
    dismissal: int = NEVER
    override: int = NEVER


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
    """A run that has begun. `started_at` is UTC, and of the first start where the run was resumed.

    `joined` says that other workers are at it; `worker` is the number of this one.
    """

    id: int
    resumed: bool
    started_at: datetime
    joined: bool = False
    worker: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the store knows of a listing in a market.

    `run_id` and `line` are those of the run that settled it last; a run that finds it unchanged leaves them.
    `version` is the published one, None where nothing is published. `again`: it is due whatever its inputs, because of
    something that a person did since. `pinned`: a person chose what is published.
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
    again: bool = False
    pinned: bool = False


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
    With neither, what is published stays as it is. `source` is the page as the merchant wrote it and `source_digest`
    its digest; without them the store does not learn of the page's text.
    """

    outcome: Outcome
    inputs_key: str
    judged: Sequence[JudgedSegment]
    document: Mapping[str, Json] | None = None
    withdraw: bool = False
    source: Mapping[str, Json] | None = None
    source_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A listing that an earlier run saw and this one did not, with the markets where it is still published."""

    merchant: str
    id: str
    last_seen_run: int
    published: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanText:
    """A text that a person approved for a unit in a market.

    `merchant` and `listing` name the page on which it was approved, `path` and `index` the segment, `field` the kind of
    its field. Without a listing it counts on every page of the market.
    """

    unit_key: str
    market: str
    source: str
    target: str
    approved_by: str
    merchant: str = ""
    listing: str = ""
    path: str = ""
    index: int = 0
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A text that a person approved, as the store keeps it."""

    id: int
    text: HumanText
    approved_at: datetime
    status: ApprovalStatus
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """An approved text whose source is gone from its page, beside what stands in its place.

    `source`, `target` and `decision` are None where nothing took its place.
    """

    approval: Approval
    path: str
    index: int | None
    source: str | None
    target: str | None
    decision: Decision | None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Lines of the catalog that are worked on together, as the run has decided it; `key` names their content."""

    run_id: int
    number: int
    lines: tuple[int, ...]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right of one worker to work on a window in a market, while the worker lives."""

    run_id: int
    number: int
    market: str
    worker_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that a person did: what the log keeps beside the time. `detail` is what was before and is now.

    `market`, `merchant` and `listing` are None where the act is not about one; `path` and `index` name a segment.
    """

    actor: str
    action: str
    market: str | None = None
    merchant: str | None = None
    listing: str | None = None
    path: str | None = None
    index: int | None = None
    detail: Mapping[str, Json] = field(default_factory=dict)
    note: str = ""
