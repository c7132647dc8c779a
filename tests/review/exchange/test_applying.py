"""What an import would do, and does: every kind, with a desk and pages that are made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shopglot.errors import DataError, StoreError
from shopglot.review.desk import Conflict, Holding
from shopglot.review.exchange.applying import KINDS, WRONG, Item, Preview, apply, preview, summary
from shopglot.review.exchange.previews import EACH, KEPT_FOR, Previews
from shopglot.review.exchange.records import PROBLEMS, Reading, Returned, problem
from shopglot.review.looking import Checked, Rechecked
from shopglot.store.desk.pages import DeskPage, Handled, PageSegment
from shopglot.store.desk.users import User
from shopglot.types import Finding

NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
SEEN = "0123456789abcdef0123456789abcdef"


def user(name: str = "theo", *, role: Any = "translator", markets: tuple[str, ...] = ()) -> User:
    """Return somebody of the desk."""
    return User(
        id=1, name=name, shown=name, role=role, markets=markets, active=True, language="en", theme="auto", renew=False
    )


def segment(position: int = 0, **values: Any) -> PageSegment:
    """Return a held segment."""
    given: dict[str, Any] = {
        "position": position, "path": "/fields/title", "index": 0, "field": "title", "source": "枕头",
        "target": "Cushion", "origin": "machine", "model": "m@1", "unit_key": "u", "machine_key": "k", "score": 0.5,
        "signature": "s", "signals": (), "verdict": "review", "reasons": ("score.low",), "findings": (),
        "handled": None, "approved": None, "approved_by": "", "seen": SEEN,
    }  # fmt: skip
    return PageSegment(**given | values)


def page(*segments: PageSegment, **values: Any) -> DeskPage:
    """Return a page of the queue."""
    given: dict[str, Any] = {
        "number": 17, "market": "us", "merchant": "云朵", "id": "p1", "status": "review", "reasons": (), "run_id": 1,
        "updated_at": NOW, "version": None, "document": None, "digest": "", "segments": segments, "comments": (),
        "state": "open", "open": 1, "waiting": 1,
    }  # fmt: skip
    return DeskPage(**given | values)


def returned(target: str, **values: Any) -> Returned:
    """Return a unit as it came back."""
    given: dict[str, Any] = {
        "place": "line 2", "market": "us", "listing": 17, "position": 0, "seen": SEEN, "source": "枕头",
        "base": "Cushion",
    }  # fmt: skip
    return Returned(target=target, **given | values)


def checked(check: str = "number.changed") -> Checked:
    """Return a finding that holds."""
    finding = Finding(
        check=check, severity="error", side="target", start=0, end=1, text="x", message="A number differs.",
        message_zh="数字不同。",
    )  # fmt: skip
    return Checked(key="k", finding=finding, holds=True, blocks=False)


class Desk:
    """A desk that holds texts with `!`, and notes what is approved."""

    def __init__(self, *pages: DeskPage, error: Exception | None = None) -> None:
        self.pages = {(one.market, one.number): one for one in pages}
        self.error = error
        self.approved: list[tuple[int, str, str, str]] = []
        self.reads = 0

    def read(self, market: str, listing: int) -> DeskPage | None:
        """Return a page."""
        self.reads += 1
        return self.pages.get((market, listing))

    def rechecker(self, user: User, market: str, listing: int) -> Callable[[int, str], Rechecked]:
        """Return what holds texts with an exclamation mark."""
        return self.recheck

    def recheck(self, position: int, target: str) -> Rechecked:
        """Hold what has an exclamation mark."""
        if "?" in target:
            raise DataError("the text is odd")
        found = (checked(),) if "!" in target else ()
        return Rechecked(findings=found, verdict="review" if found else "publish", reasons=())

    def approve(
        self, user: User, market: str, listing: int, position: int, *, target: str, seen: str, channel: str
    ) -> object:
        """Note it, or fail as was asked for."""
        if self.error is not None:
            raise self.error
        self.approved.append((position, target, seen, channel))
        return None


def weighed(unit: Returned, *segments: PageSegment, who: User | None = None, **values: Any) -> Item:
    """Return what would become of a unit."""
    desk = Desk(page(*(segments or (segment(),)), **values))
    [item] = preview(desk, desk, who or user(), "f.csv", Reading(units=(unit,)), now=NOW).items
    assert [] == desk.approved
    return item


HANDLED = Handled(deed="edit", target="Pillow", actor="lena", at=NOW, act=5)
LATER = f"{SEEN}.0.5"


@pytest.mark.parametrize(
    ("unit", "segments", "kind"),
    [
        (returned("Pillow"), [], "apply"),
        (returned("  Pillow \n"), [], "apply"),
        (returned("Pillow!"), [], "holds"),
        (returned("Pillow?"), [], "failed"),
        (returned("Cushion"), [], "unchanged"),
        (returned(" Cushion\n"), [], "unchanged"),  # the desk takes the space away
        (returned("Cushion", state="final"), [], "apply"),
        (returned("Cushion", state="reviewed"), [], "apply"),
        (returned("Cushion!", state="final"), [segment(target="Cushion!")], "holds"),
        (returned(""), [], "empty"),
        (returned(" \n", state="final"), [], "empty"),
        (returned("Pillow", seen="f" * 32), [], "conflict"),
        (returned("Quilt"), [segment(handled=HANDLED, seen=LATER)], "conflict"),
        (returned("Pillow"), [segment(handled=HANDLED, seen=LATER)], "unchanged"),
        (returned("Cushion"), [segment(handled=replace(HANDLED, deed="reject"), seen=LATER)], "conflict"),
        (returned("Pillow", source="被子"), [], "mixed"),
        (returned("Pillow", source=" 枕\u3000头\r\n"), [], "apply"),
        (returned("Pillow", position=9), [], "unknown"),
        (returned("Pillow", listing=18), [], "unknown"),
        (returned("Pillow"), [segment(verdict="publish")], "unknown"),
    ],
)  # fmt: skip
def test_kinds(unit: Returned, segments: list[PageSegment], kind: str) -> None:
    """What becomes of a unit depends on what stands, on what was seen, and on what the agency says of it."""
    assert kind == weighed(unit, *segments).kind


def test_three_texts_of_a_conflict() -> None:
    """A conflict has what was exported, what stands and what came back, and who was there."""
    item = weighed(returned("Quilt"), segment(handled=HANDLED, seen=LATER))
    assert ("Cushion", "Pillow", "Quilt", "lena") == (item.base, item.theirs, item.mine, item.actor)


def test_a_page_that_somebody_has_open() -> None:
    """A page that a colleague works on is a conflict until their time is over; one's own is none."""
    claim: dict[str, Any] = {"claimed_by": "lena", "claimed_until": NOW + timedelta(minutes=5)}
    item = weighed(returned("Pillow"), **claim)
    assert ("conflict", "lena", True) == (item.kind, item.actor, item.claimed)
    assert "apply" == weighed(returned("Pillow"), **claim | {"claimed_until": NOW}).kind
    assert "apply" == weighed(returned("Pillow"), who=user("lena"), **claim).kind
    assert "apply" == weighed(returned("Pillow")).kind


def test_a_page_that_has_left_the_queue() -> None:
    """What no longer waits is not approved."""
    assert "unknown" == weighed(returned("Pillow"), state="").kind


@pytest.mark.parametrize("who", [user(markets=("hk",)), user(role="viewer")])
def test_who_may_not(who: User) -> None:
    """Nobody learns anything of a market that is not theirs."""
    item = weighed(returned("Pillow"), who=who)
    assert ("refused", "", "") == (item.kind, item.theirs, item.id)


def test_the_order_of_the_file_stays() -> None:
    """Units are told in the order of the file, what cannot be read behind them, and each page is read once."""
    segments = [segment(n) for n in range(4)]
    desk = Desk(page(*segments), page(*segments, number=18))
    units = tuple(
        returned(f"Text {n}", position=n % 4, listing=17 + n % 2, place=f"line {n}") for n in (5, 0, 3, 2, 1, 4)
    )
    reading = Reading(units=units, problems=(problem("unit", "line 9", "unit"),))
    items = preview(desk, desk, user(), "f.csv", reading, now=NOW).items
    assert ["line 5", "line 0", "line 3", "line 2", "line 1", "line 4", "line 9"] == [item.place for item in items]
    assert "unreadable" == items[-1].kind
    assert 2 == desk.reads


def shown(*units: Returned) -> tuple[Desk, Preview]:
    """Return a preview and its desk."""
    desk = Desk(page(segment(0), segment(1), segment(2)))
    return desk, preview(desk, desk, user(), "f.csv", Reading(units=units), now=NOW)


def test_just_what_was_previewed() -> None:
    """What is ready is approved, as it was seen and through the import; nothing else is."""
    desk, what = shown(returned("Pillow"), returned("Quilt!", position=1), returned("Cushion", position=2))
    done = apply(desk, user(), what)
    assert [(0, "Pillow", SEEN, "import")] == desk.approved
    assert done.done
    assert {"applied": 1, "holds": 1, "unchanged": 1} == done.counts


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Conflict("changed", target="Quilt", actor="lena"), "conflict"),
        (Conflict("claimed", actor="lena"), "conflict"),
        (Conflict("gone"), "unknown"),
        (Holding([checked()]), "holds"),
        (DataError("too long"), "failed"),
    ],
)
def test_what_comes_between(error: Exception, kind: str) -> None:
    """What changes between preview and confirmation is told then, and stops no other unit."""
    desk, what = shown(returned("Pillow"), returned("Quilt", position=1))
    desk.error = error
    done = apply(desk, user(), what)
    assert [kind, kind] == [item.kind for item in done.items]
    assert [] == desk.approved


def test_a_store_that_fails_ends_it() -> None:
    """A store that cannot be written to is no unit's fault."""
    desk, what = shown(returned("Pillow"))
    desk.error = StoreError("busy")
    with pytest.raises(StoreError):
        apply(desk, user(), what)


def test_summary() -> None:
    """Machines get counts, and every unit that was not taken with its reason and texts."""
    desk, what = shown(returned("Pillow"), returned("Quilt!", position=1), returned("Cushion", position=2))
    found: dict[str, Any] = dict(summary(apply(desk, user(), what)))
    assert (1, True, 3) == (found["applied"], found["done"], found["units"])
    [wrong] = found["problems"]
    assert ("holds", "Quilt!", "number.changed") == (wrong["kind"], wrong["mine"], wrong["findings"][0]["check"])
    assert set(KINDS) >= WRONG


# -- previews that wait -----------------------------------------------------------------------------------------------


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def kept() -> tuple[Previews, Clock, Callable[[str], Preview]]:
    """Previews, their clock, and what makes one."""
    clock = Clock()

    def make(name: str) -> Preview:
        item = weighed(returned("Quilt \ud800\x00😀", base=None), segment(handled=HANDLED, seen=LATER))
        odd = Item(kind="unreadable", place="line 3", problem=problem("long", "line 3", "target", length=5, most=4))
        held = weighed(returned("Pillow!"))
        return Preview(file="枕头.csv", user=name, at=NOW, items=(item, odd, held))

    return Previews(clock), clock, make


Kept = tuple[Previews, Clock, Callable[[str], Preview]]


def test_previews_are_kept_exactly(kept: Kept) -> None:
    """What is read back is what was kept, whatever its texts hold; only its user gets it."""
    previews, _, make = kept
    token = previews.keep(make("theo"))
    assert make("theo") == previews.read(token, "theo")
    assert previews.read(token, "lena") is None
    assert previews.take(token, "lena") is None
    assert previews.read("x" * 32, "theo") is None


def test_previews_are_taken_once(kept: Kept) -> None:
    """Of two who confirm, one gets it; what came of it can be read, and is not taken again."""
    previews, _, make = kept
    token = previews.keep(make("theo"))
    taken = previews.take(token, "theo")
    assert taken == make("theo")
    assert previews.take(token, "theo") is None
    assert previews.read(token, "theo") is None
    previews.give_back(token, replace(taken, done=True))
    found = previews.read(token, "theo")
    assert found is not None
    assert found.done
    assert previews.take(token, "theo") is None


def test_previews_end(kept: Kept) -> None:
    """After an hour, and after some others of the same user, a preview and its file are gone."""
    previews, clock, make = kept
    first = previews.keep(make("theo"))
    clock.now += KEPT_FOR - timedelta(seconds=1)
    assert previews.read(first, "theo") is not None
    clock.now += timedelta(seconds=1)
    assert previews.read(first, "theo") is None
    tokens = [previews.keep(make("theo")) for _ in range(EACH + 1)]
    other = previews.keep(make("lena"))
    assert [False] + [True] * EACH == [previews.read(token, "theo") is not None for token in tokens]
    assert previews.read(other, "lena") is not None
    assert EACH + 1 == len(list(previews._folder.iterdir()))


def test_previews_are_private(kept: Kept) -> None:
    """Nobody else on the machine can read them, and they go with the desk."""
    previews, _, make = kept
    previews.keep(make("theo"))
    folder = previews._folder
    assert 0 == folder.stat().st_mode & 0o077
    assert all(0 == path.stat().st_mode & 0o077 for path in folder.iterdir())
    previews._finalize()
    assert not folder.exists()


def test_every_problem_has_its_sentence() -> None:
    """The interface says each problem in every language, with the same values."""
    import string

    from shopglot.review.rendering import LANGUAGES, messages

    for code, english in PROBLEMS.items():
        values = {name for _, name, _, _ in string.Formatter().parse(english) if name}
        for language in LANGUAGES:
            told = messages()[language][f"exchange.problem-{code}"]
            assert values == {name for _, name, _, _ in string.Formatter().parse(told) if name}, (code, language)
    for kind in KINDS:
        for language in LANGUAGES:
            assert messages()[language][f"exchange.kind-{kind}"]
