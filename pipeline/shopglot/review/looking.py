"""What is found on a text of the desk: checks and rules as in a run, less what people have set aside or let pass."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shopglot.decide import SEVERITY, verdict_of
from shopglot.dismissals import mark, may_be_dismissed, set_aside
from shopglot.localizer import Localizer
from shopglot.overrides import Passed
from shopglot.review.preparing import Preparation, Prepared, alone
from shopglot.store.desk.dismissed import Dismissal, Dismissed, Mark
from shopglot.store.desk.pages import DeskPage, PageSegment
from shopglot.types import HUMAN, Finding, JudgedSegment, Segment, Translation, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Who set a finding aside, why, and what they noted."""

    by: str
    reason: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A finding as a person sees it. `holds`: it keeps the page from being published; `blocks`: only a lead helps.

    `key` names it among those of its text. `dismissed` is who set it aside.
    """

    key: str
    finding: Finding
    holds: bool
    blocks: bool
    dismissed: Aside | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """What is found on a text, and what would be decided if a person approved it.

    `limit` is how long a text of its field may be, None where it may be as long as it likes.
    """

    findings: tuple[Checked, ...]
    verdict: Verdict
    reasons: tuple[str, ...]
    limit: int | None = None

    @property
    def holding(self) -> tuple[Checked, ...]:
        """The findings that hold it."""
        return tuple(one for one in self.findings if one.holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What looks at a page's texts: the market's tools, and what leads and translators have let pass on it."""

    page: DeskPage
    localizer: Localizer
    preparation: Preparation
    prepared: Prepared
    passed: Collection[Passed]
    dismissed: Dismissed

    def known(self, segment: PageSegment) -> Segment:
        """Return a segment as the pipeline knows it."""
        return self.prepared.segments[segment.position] or alone(segment, self.page, self.localizer)

    def standing(self, segment: PageSegment) -> Rechecked:
        """Return what is found on a segment as it stands: as the run found it, where nobody waits for it."""
        if segment.held or segment.handled is not None or self.page.audit is not None:
            return self.check(segment, segment.text)
        found = tuple(
            Checked(key=key, finding=one, holds=False, blocks=False)
            for key, one in zip(_keys(segment.findings), segment.findings, strict=True)
        )
        return self._told(segment, found, segment.verdict, segment.reasons)

    def check(self, segment: PageSegment, target: str) -> Rechecked:
        """Return what is found on a text if a person approves it for a segment, less what was set aside."""
        text = Translation(
            source=segment.source, target=target, market=self.page.market, model=HUMAN, origin="human",
            unit_key=segment.unit_key, machine_key=segment.machine_key,
        )  # fmt: skip
        judged = self.preparation.judged(
            self.page, segment, target, stale=self.prepared.stale, passed=frozenset(self.passed),
            localizer=self.localizer, judge=lambda: self._judge(segment, text),
        )  # fmt: skip
        said = self.dismissed.of((self.page.merchant, self.page.id), segment.unit_key)
        versions = self.localizer.screen.versions
        after = tuple(set_aside(judged.findings, said, target, versions))
        decision = self.localizer.decide(after, judged.score)
        checked = tuple(
            _checked(key, finding, _aside(finding, said, target, versions), verdict_of(now))
            for key, finding, now in zip(_keys(judged.findings), judged.findings, after, strict=True)
        )
        return self._told(segment, checked, decision.verdict, decision.reasons)

    def _judge(self, segment: PageSegment, text: Translation) -> JudgedSegment:
        return self.localizer.judge(
            self.known(segment), text, category=self.prepared.listing.category if self.prepared.listing else "",
            title=self.prepared.page.title if self.prepared.page else "",
            notices=self.prepared.notices(segment.position), passed=self.passed,
        )  # fmt: skip

    def _told(
        self, segment: PageSegment, findings: tuple[Checked, ...], verdict: Verdict, reasons: tuple[str, ...]
    ) -> Rechecked:
        limit = self.localizer.market.length.get(segment.field)
        return Rechecked(findings=findings, verdict=verdict, reasons=reasons, limit=limit)


def _keys(findings: Sequence[Finding]) -> list[str]:
    """Return a name for each finding of a text: the same as long as it says the same of the same words."""
    found: list[str] = []
    for one in findings:
        said = "\0".join((one.check, one.side, str(one.start), str(one.end), one.text, one.message))
        key = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        found.append(f"{key}.{found.count(key)}" if key in found else key)
    return found


def _checked(key: str, finding: Finding, aside: Aside | None, verdict: Verdict) -> Checked:
    return Checked(
        key=key, finding=finding, holds=verdict != "publish", blocks=verdict == SEVERITY[-1], dismissed=aside
    )


def _aside(finding: Finding, said: Mapping[Mark, Dismissal], target: str, versions: Mapping[str, int]) -> Aside | None:
    """Return who set a finding aside, None where nobody did."""
    found = said.get(mark(finding, target, versions)) if may_be_dismissed(finding) else None
    return None if found is None else Aside(by=found.actor, reason=found.reason, note=found.note)
