"""What a person can do at the desk, without the web: open a page, try a text, approve it, refuse it, take it back.

A text that is approved is one that publishes: what checks and rules hold against it has to be mended or set aside
first, and what a rule blocks a lead has to let pass. The nightly run is what publishes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from shopglot.dismissals import mark, may_be_dismissed
from shopglot.errors import DataError, UsageError
from shopglot.localizer import Localizer
from shopglot.review.looking import Checked, Look, Rechecked
from shopglot.review.preparing import Preparation, Prepared
from shopglot.store import Store
from shopglot.store.desk.deeds import Done, Overtaken, Place
from shopglot.store.desk.dismissed import REASONS, Dismissal
from shopglot.store.desk.pages import DeskPage, PageSegment
from shopglot.store.desk.undoing import Undone
from shopglot.store.desk.users import User
from shopglot.types import (
    Channel,
    ErrorKind,
    ErrorSeverity,
    Json,
    Judgement,
    Segment,
    Translation,
)

LONGEST = 100_000  # characters of a text, a note or a remark
ERRORS: tuple[str, ...] = get_args(ErrorKind)
ERROR_SEVERITIES: tuple[str, ...] = get_args(ErrorSeverity)
_MOST_SECONDS = 3600.0  # a page that was left open overnight was not worked on all night

Conflict = Overtaken


class Missing(DataError):  # noqa: N818 - an answer, not a mistake
    """There is no such page or segment, or the user may not see it."""


class Refused(DataError):  # noqa: N818 - an answer, not a mistake
    """The user's role does not allow it."""


class Holding(DataError):  # noqa: N818 - an answer, not a mistake
    """Findings still hold a text that was to be approved."""

    def __init__(self, findings: Sequence[Checked]) -> None:
        super().__init__(f"{len(findings)} findings still hold this text: mend it, or set them aside with a reason")
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSegment:
    """A segment as the editor shows it: as it stands, as the pipeline knows it, and what is found on it now."""

    standing: PageSegment
    known: Segment
    checked: Rechecked
    outdated: tuple[str, str, str] | None = None  # source, target and approver of the text whose place this took
    judged: bool | None = None  # in an audit: whether this person found it fit to publish; None: not read yet


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """A page as the editor shows it. `stale`: it was settled otherwise than today's pipeline would cut it."""

    page: DeskPage
    prepared: Prepared
    segments: tuple[OpenSegment, ...]
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What came of approving: the act, the page as it is now, and how many identical texts wait elsewhere."""

    done: Done
    page: DeskPage
    segment: OpenSegment
    identical: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the machine says when it is asked again."""

    target: str
    model: str
    checked: Rechecked


class Desk:
    """The desk over an open store; for one thread, like the store."""

    def __init__(
        self,
        store: Store,
        localizer: Callable[[str], Localizer],
        preparation: Preparation | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._localizer = localizer
        self._preparation = preparation or Preparation()
        self._now = now

    # -- reading ------------------------------------------------------------------------------------------------------

    def page(
        self, user: User, market: str, listing: int, *, audit: int | None = None, role: str = "viewer"
    ) -> DeskPage:
        """Return a page as it stands; Missing where there is none that the user may see, Refused below the role."""
        if not user.may("viewer", market):
            raise Missing(f"no page {listing} in market {market}")
        if not user.may(role, market):
            raise Refused(f"this needs the role {role}")
        page = self._store.pages.read(market, listing, audit=audit)
        if page is None:
            raise Missing(f"no page {listing} in market {market}")
        return page

    def open(self, user: User, market: str, listing: int, *, audit: int | None = None) -> OpenPage:
        """Return a page with everything that the editor shows of it."""
        page = self.page(user, market, listing, audit=audit)
        look = self._look(page)
        opened = self._opened(user, look, page.segments)
        return OpenPage(page=page, prepared=look.prepared, segments=opened, stale=look.prepared.stale)

    def segment(self, user: User, market: str, listing: int, position: int, *, audit: int | None = None) -> OpenSegment:
        """Return one segment as the editor shows it."""
        page = self.page(user, market, listing, audit=audit)
        segment = find_text(page, position)
        [opened] = self._opened(user, self._look(page, {position}), [segment])
        return opened

    def _opened(self, user: User, look: Look, segments: Iterable[PageSegment]) -> tuple[OpenSegment, ...]:
        outdated = self._store.pages.outdated(look.page)
        judged = {} if look.page.audit is None else self._store.pages.judged(look.page, user.name)
        return tuple(
            OpenSegment(
                standing=segment, known=look.known(segment), checked=look.standing(segment),
                outdated=outdated.get((segment.path, segment.index)), judged=judged.get(segment.seen),
            )
            for segment in segments
        )  # fmt: skip

    def recheck(
        self, user: User, market: str, listing: int, position: int, target: str, *, audit: int | None = None
    ) -> Rechecked:
        """Return what would be found and decided if a person approved this text here. Nothing is written."""
        return self.rechecker(user, market, listing, audit=audit)(position, target)

    def rechecker(
        self, user: User, market: str, listing: int, *, audit: int | None = None
    ) -> Callable[[int, str], Rechecked]:
        """Return what does `recheck` for texts of one page as it stands now, which is read once."""
        page = self.page(user, market, listing, audit=audit)
        look = self._look(page)
        return lambda position, target: look.check(find_text(page, position), _text(target, empty=True))

    def candidates(
        self, user: User, market: str, listing: int, position: int, ask: Callable[[Segment], Sequence[Translation]]
    ) -> list[Candidate]:
        """Return what the machine says of a segment when it is asked again; `ask` asks it, and may take seconds."""
        page = self.page(user, market, listing, role="translator")
        segment = find_text(page, position)
        look = self._look(page, {position})
        return [
            Candidate(target=one.target, model=one.model, checked=look.check(segment, one.target))
            for one in ask(look.known(segment))
        ]

    # -- deeds --------------------------------------------------------------------------------------------------------

    def approve(
        self,
        user: User,
        market: str,
        listing: int,
        position: int,
        *,
        target: str,
        seen: str,
        seconds: float = 0.0,
        dismiss: tuple[str, str] | None = None,
        propagate: bool = False,
        channel: Channel = "desk",
        audit: int | None = None,
    ) -> Approved:
        """Approve a text. `dismiss` is a reason and a note with which every finding that holds it is set aside.

        Holding where findings hold it still, Conflict where it is no longer as it was seen or somebody else's.
        `propagate` gives the text to the same segments of other pages that wait. In an audit, a text that is approved
        as it was published is a verdict and nothing else.
        """
        page = self.page(user, market, listing, audit=audit, role="translator")
        segment = find_text(page, position)
        target = target if target == segment.target else _text(target)
        if audit is not None:
            channel = "audit"
            if target == segment.target:
                return self._agree(user, page, segment, seen)
        localizer = self._localizer(market)
        checked = self._check(page, segment, target)
        dismissals = self._dismissals(page, segment, target, checked.holding, dismiss, user, localizer)
        left = [one for one in checked.holding if one.blocks] if dismissals else checked.holding
        if left:
            raise Holding(left)
        done = self._store.deeds.approve(
            self._place(page, segment, seen), target, actor=user.name, reuse=localizer.market.reuse,
            judgement=self._judgement(page, segment, user, published=target == segment.target, channel=channel),
            dismissals=dismissals, seconds=_seconds(seconds), detail=_detail(segment, checked, target),
        )  # fmt: skip
        identical = self._store.pages.identical(market, listing, segment.unit_key)
        if propagate and identical:
            self.propagate(user, market, listing, position, parent=done.act)
            identical = self._store.pages.identical(market, listing, segment.unit_key)
        return self._approved(user, done, self.page(user, market, listing), position, identical)

    def propagate(self, user: User, market: str, listing: int, position: int, *, parent: int | None = None) -> int:
        """Give the text that was approved here to the same segments of other pages that wait; return how many.

        A page where something else holds it, or that is another person's, is left alone.
        """
        page = self.page(user, market, listing, role="translator")
        segment = find_text(page, position)
        done = segment.handled
        if done is None or done.deed == "reject":
            raise UsageError("nothing was approved here that could be given to other pages")
        reuse = self._localizer(market).market.reuse
        given = 0
        for number, at in self._store.pages.same(market, listing, segment.unit_key):
            other = self._store.pages.read(market, number)
            if other is None:
                continue
            same = find_text(other, at)
            if self._check(other, same, done.target).holding:
                continue
            try:
                self._store.deeds.approve(
                    self._place(other, same, same.seen), done.target, actor=user.name, reuse=reuse,
                    judgement=None, detail={"propagated": [listing, position]}, parent=parent or done.act,
                )  # fmt: skip
            except Overtaken:
                continue
            given += 1
        return given

    def reject(
        self,
        user: User,
        market: str,
        listing: int,
        position: int,
        *,
        seen: str,
        error: str = "",
        severity: str = "",
        note: str = "",
        seconds: float = 0.0,
        audit: int | None = None,
    ) -> Done:
        """Say that a text must not be published as it is. Conflict as in `approve`."""
        page = self.page(user, market, listing, audit=audit, role="translator")
        segment = find_text(page, position)
        if error not in ERRORS or severity not in ERROR_SEVERITIES:
            raise UsageError(f"error {error!r}, severity {severity!r}: there is no such kind")
        judgement = self._judgement(
            page, segment, user, published=False, channel="desk" if audit is None else "audit",
            error=error, severity=severity, note=_text(note, empty=True),
        )  # fmt: skip
        if audit is not None:
            _require_seen(segment, seen)
            return self._store.deeds.judge(
                [judgement], page, actor=user.name, detail={"run": audit, "position": position}
            )
        checked = self._look(page, {position}).standing(segment)
        detail = {**_detail(segment, checked, segment.text), "error": error, "severity": severity}
        return self._store.deeds.reject(
            self._place(page, segment, seen), actor=user.name, judgement=judgement, seconds=_seconds(seconds),
            detail=detail, note=judgement.note,
        )  # fmt: skip

    def dismiss(
        self, user: User, market: str, listing: int, position: int, *, target: str, finding: str, reason: str,
        note: str = "", seen: str | None = None,
    ) -> Rechecked:  # fmt: skip
        """Set one finding on a text aside, with a reason; it is remembered. Return what is found then."""
        page = self.page(user, market, listing, role="translator")
        segment = find_text(page, position)
        target = target if target == segment.target else _text(target)
        localizer = self._localizer(market)
        named = [one for one in self._check(page, segment, target).findings if one.key == finding]
        if not named:
            raise UsageError("this finding is not there any more")
        if named[0].blocks:
            raise Refused("a rule that blocks is let pass by a lead, with an override")
        dismissals = self._dismissals(page, segment, target, named, (reason, note), user, localizer)
        self._store.deeds.dismiss(
            self._place(page, segment, seen or segment.seen), dismissals, actor=user.name,
            reuse=localizer.market.reuse,
        )  # fmt: skip
        return self.recheck(user, market, listing, position, target)

    def restore(self, user: User, market: str, listing: int, position: int, *, target: str, finding: str) -> Rechecked:
        """Take back that a finding was set aside. Return what is found then."""
        page = self.page(user, market, listing, role="translator")
        segment = find_text(page, position)
        localizer = self._localizer(market)
        named = [one for one in self._check(page, segment, target).findings if one.key == finding and one.dismissed]
        if not named:
            raise UsageError("this finding was not set aside")
        dismissals = self._dismissals(page, segment, target, named, ("other", "-"), user, localizer)
        self._store.deeds.restore(
            self._place(page, segment, segment.seen), dismissals, actor=user.name, reuse=localizer.market.reuse
        )
        return self.recheck(user, market, listing, position, target)

    def audit(self, user: User, market: str, listing: int, run: int, *, published: bool = True) -> Done:
        """Say of a whole audit sample that its texts were fit to publish as they were, each that was not judged yet."""
        page = self.page(user, market, listing, audit=run, role="translator")
        known = self._store.pages.judged(page, user.name)
        judgements = [
            self._judgement(page, segment, user, published=published, channel="audit")
            for segment in page.segments
            if segment.seen not in known
        ]
        return self._store.deeds.judge(judgements, page, actor=user.name, detail={"run": run})

    def escalate(self, user: User, market: str, listing: int, note: str) -> Done:
        """Hand a page to the leads, with a word on why."""
        page = self.page(user, market, listing, role="translator")
        return self._store.deeds.turn(page, "escalated", actor=user.name, note=_text(note))

    def send_back(self, user: User, market: str, listing: int, message_zh: str) -> Done:
        """Send a page back to its merchant: it waits for another text of theirs."""
        page = self.page(user, market, listing, role="translator")
        detail: dict[str, Json] = {"message_zh": _text(message_zh), "reasons": list(page.reasons)}
        return self._store.deeds.turn(page, "returned", actor=user.name, detail=detail)

    def reopen(self, user: User, market: str, listing: int) -> Done:
        """Put a page back into the queue; texts of it that were refused wait anew."""
        page = self.page(user, market, listing, role="translator")
        return self._store.deeds.turn(page, "open", actor=user.name)

    def comment(self, user: User, market: str, listing: int, position: int | None, text: str) -> Done:
        """Add a remark to a page, or to a segment of it."""
        page = self.page(user, market, listing, role="translator")
        segment = None if position is None else find_text(page, position)
        return self._store.deeds.comment(page, segment, _text(text), actor=user.name)

    def override(self, user: User, market: str, listing: int, rule: str, note: str) -> tuple[str, ...]:
        """Let a page say what a blocking rule refuses; return the words."""
        page = self.page(user, market, listing, role="lead")
        version = self._localizer(market).screen.versions.get(rule)
        if version is None:
            raise UsageError(f"rule {rule!r}: market {market} has none of that id")
        return self._store.overrides.allow(
            market, (page.merchant, page.id), rule, version, actor=user.name, note=_text(note)
        )

    def undo(self, user: User) -> Undone | None:
        """Take back the user's newest deed; None where there is none left. Conflict where others built upon it."""
        return self._store.undo.last(user.name, lambda market: self._localizer(market).market.reuse)

    # -- what is found ------------------------------------------------------------------------------------------------

    def _look(self, page: DeskPage, positions: Collection[int] | None = None) -> Look:
        """Return what looks at the texts of a page: at all of them, or at those at `positions`."""
        localizer = self._localizer(page.market)
        own = (page.merchant, page.id)
        units = [one.unit_key for one in page.segments if positions is None or one.position in positions]
        return Look(
            page=page, localizer=localizer, preparation=self._preparation,
            prepared=self._preparation.prepare(page, localizer),
            passed=self._store.overrides.recall(page.market, [own]).get(own, frozenset()),
            dismissed=self._store.dismissals.recall(page.market, [own], units, reuse=localizer.market.reuse),
        )  # fmt: skip

    def _check(self, page: DeskPage, segment: PageSegment, target: str) -> Rechecked:
        return self._look(page, {segment.position}).check(segment, target)

    def _dismissals(
        self, page: DeskPage, segment: PageSegment, target: str, findings: Sequence[Checked],
        why: tuple[str, str] | None, user: User, localizer: Localizer,
    ) -> list[Dismissal]:  # fmt: skip
        """Return what sets findings aside, none without a reason; UsageError where the reason is none."""
        if why is None:
            return []
        reason, note = why[0], _text(why[1], empty=True)
        if reason not in REASONS or (reason == "other" and not note):
            raise UsageError(f"reason {reason!r}: name one of {', '.join(REASONS)}; 'other' needs a note")
        return [
            Dismissal(
                market=page.market, merchant=page.merchant, listing=page.id, unit_key=segment.unit_key,
                path=segment.path, index=segment.index, field=segment.field, reason=reason, note=note, actor=user.name,
                **mark(one.finding, target, localizer.screen.versions)._asdict(),
            )
            for one in findings
            if may_be_dismissed(one.finding)
        ]  # fmt: skip

    # -- verdicts -----------------------------------------------------------------------------------------------------

    def _agree(self, user: User, page: DeskPage, segment: PageSegment, seen: str) -> Approved:
        """Write that a text of an audit sample was fit to publish as it was."""
        _require_seen(segment, seen)
        judgement = self._judgement(page, segment, user, published=True, channel="audit")
        done = self._store.deeds.judge(
            [judgement], page, actor=user.name, detail={"run": page.audit, "position": segment.position}
        )
        return self._approved(user, done, page, segment.position, 0)

    def _approved(self, user: User, done: Done, page: DeskPage, position: int, identical: int) -> Approved:
        [opened] = self._opened(user, self._look(page, {position}), [find_text(page, position)])
        return Approved(done=done, page=page, segment=opened, identical=identical)

    def _judgement(
        self, page: DeskPage, segment: PageSegment, user: User, *, published: bool, channel: Channel, error: str = "",
        severity: str = "", note: str = "",
    ) -> Judgement:  # fmt: skip
        return Judgement(
            market=page.market, merchant=page.merchant, listing=page.id, path=segment.path, index=segment.index,
            field=segment.field, category=str((page.document or {}).get("category") or ""), source=segment.source,
            target=segment.target, model=segment.model, origin=segment.origin, unit_key=segment.unit_key,
            score=segment.score, signature=segment.signature, published=published, error=error,  # type: ignore[arg-type]
            severity=severity, note=note, reviewer=user.name, channel=channel, judged_at=self._now(),  # type: ignore[arg-type]
        )  # fmt: skip

    def _place(self, page: DeskPage, segment: PageSegment, seen: str) -> Place:
        return Place(market=page.market, listing=page.number, position=segment.position, seen=seen)


def find_text(page: DeskPage, position: int) -> PageSegment:
    """Return a segment of a page; Missing where it has none at the position."""
    found = next((one for one in page.segments if one.position == position), None)
    if found is None:
        raise Missing(f"no text {position} on this page")
    return found


def _require_seen(segment: PageSegment, seen: str) -> None:
    if segment.seen != seen:
        raise Overtaken("changed", target=segment.text)


def _text(text: str, *, empty: bool = False) -> str:
    """Return a text that a person wrote, without space around it; DataError where it says nothing or far too much."""
    found = text.strip()
    if not found and not empty:
        raise DataError("the text is empty")
    if len(found) > LONGEST:
        raise DataError(f"the text has {len(found)} characters; {LONGEST} at most")
    return found


def _seconds(seconds: float) -> float:
    return min(max(seconds, 0.0), _MOST_SECONDS) if seconds == seconds else 0.0  # noqa: PLR0124 - NaN is not itself


def _detail(segment: PageSegment, checked: Rechecked, target: str) -> dict[str, Json]:
    """Return what the log keeps of a deed, for whoever learns from it."""
    return {
        "edited": target != segment.target, "machine": segment.target, "reasons": list(segment.reasons),
        "findings": sorted({one.finding.check for one in checked.findings if one.holds or one.dismissed}),
        "model": segment.model, "score": segment.score, "signature": segment.signature, "words": len(segment.source),
        "field": segment.field, "verdict": segment.verdict, "signals": [list(signal) for signal in segment.signals],
    }  # fmt: skip
