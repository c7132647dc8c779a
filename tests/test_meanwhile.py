"""What people do while a run is at work, and between runs, through the whole flow on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from shopglot.catalog import parse
from shopglot.dismissals import dismissal, may_be_dismissed
from shopglot.errors import CatalogError
from shopglot.executors.local import LocalExecutor
from shopglot.loading import load_localizers
from shopglot.run import TRIES, Night, run
from shopglot.store import Dismissal, HumanText, Store, open_store
from shopglot.summary import Summary, Watcher
from shopglot.types import Listing, Outcome, Translation

pytestmark = pytest.mark.usefixtures("kind_data")
PAGE: dict[str, Any] = {
    "id": "p1",
    "merchant": "m",
    "fields": {"title": "记忆棉旅行枕", "subtitle": "午睡时抱着很踏实"},
}


class Busybody(Watcher):
    """Calls somebody whenever a batch comes back from the engine, which is before its pages are settled."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    def translated(self, translations: Sequence[Translation]) -> None:
        """A batch came back."""
        self._act()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """The run's store."""
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def desk(store: Store, url: str) -> Iterator[Store]:
    """The same store, as another process has it."""
    with open_store(url, create=False) as opened:
        yield opened


@pytest.fixture
def night(store: Store, tmp_path: Path) -> Callable[..., tuple[Summary, dict[str, Outcome]]]:
    """Return a function that runs pages, and hears of their outcomes by id."""

    def work(
        *pages: dict[str, Any], act: Callable[[], None] = lambda: None, content: str = "", into: Store = store
    ) -> tuple[Summary, dict[str, Outcome]]:
        path = tmp_path / "catalog.jsonl"
        path.write_text("".join(json.dumps(page, ensure_ascii=False) + "\n" for page in pages), encoding="utf-8")
        outcomes: dict[str, Outcome] = {}
        summary = run(
            Night(
                catalog=str(path),
                content=content or str(path.read_bytes()),
                total=None,
                localizers=load_localizers(["us"], model="fake", plain=True),
                store=into,
                executor=LocalExecutor(),
                watcher=Busybody(act),
                emit=lambda outcome: outcomes.update({outcome.id: outcome}),
            )
        )
        return summary, outcomes

    return work


def spoken(page: dict[str, Any], target: str, field: str = "subtitle") -> HumanText:
    """Return a person's text for a field of a page."""
    [localizer] = load_localizers(["us"], model="fake", plain=True)
    listing = parse(page, line=1)
    assert isinstance(listing, Listing)
    [item] = [item for item in localizer.prepare(listing).segments if item.field == field]
    return HumanText(
        unit_key=localizer.unit(item).unit_key, market="us", source=item.source, target=target, approved_by="lin",
        merchant=page["merchant"], listing=page["id"], path=item.key.path, index=item.key.index, field=field,
    )  # fmt: skip


def versions(store: Store) -> list[tuple[int, str, str]]:
    """Return version, cause and subtitle of all that was published of the page, in order."""
    told = [event for event in store.history("p1") if event["event"] == "version"]
    shown = {event["version"]: "" for event in told}
    for document in store.published("us"):
        fields = document["fields"]
        assert isinstance(fields, dict)
        if document["id"] == "p1":
            shown[max(shown)] = str(fields["subtitle"])
    return [(event["version"], event["cause"], shown[event["version"]]) for event in told]


def test_a_text_that_is_approved_meanwhile_is_what_is_published(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], store: Store, desk: Store
) -> None:
    """The page that the machine had made is made again; the machine's text is never on sale."""
    summary, outcomes = night(PAGE, act=[desk.approve(spoken(PAGE, "Made for naps"))].clear)
    assert (1, "publish") == (summary.published, outcomes["p1"].status)
    assert [(1, "run", "Made for naps")] == versions(store)
    again, _ = night(PAGE)
    assert (0, 0) == (again.segments, again.published)


def test_an_approval_behind_the_run_is_for_the_next_one(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], store: Store, desk: Store
) -> None:
    """What is approved on a page that this run has passed makes it due, although its source has not changed."""
    night(PAGE)
    other = {"id": "p2", "merchant": "m", "fields": {"title": "记忆棉旅行枕", "subtitle": "出差路上也能睡个好觉"}}
    night(PAGE, other, act=[desk.approve(spoken(PAGE, "Made for naps"))].clear)
    before = versions(store)
    night(PAGE, other)
    assert [*before[:1], (2, "run", "Made for naps")] == [(1, "run", before[0][2]), versions(store)[-1]]
    assert ["approve"] == [event["action"] for event in store.history("p1") if event["event"] == "action"]


def test_who_approves_faster_than_the_run_is_heard_by_the_next(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], store: Store, desk: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many tries a page is left as it is, with a reason, and nothing that was overtaken is published."""
    words = ("soft", "cozy", "long", "quiet", "sound", "good", "short")
    said = iter(words)
    recall = store.approvals.recall

    def meddle(*given: Any, **options: Any) -> Any:
        answer = recall(*given, **options)
        desk.approve(spoken(PAGE, f"Made for {next(said)} naps"))
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(store.approvals, "recall", meddle)
        summary, outcomes = night(PAGE)
    assert (0, "review", ("human.newer",)) == (summary.published, outcomes["p1"].status, outcomes["p1"].reasons)
    summary, outcomes = night(PAGE)
    assert (1, [(1, "run", f"Made for {words[TRIES - 1]} naps")]) == (summary.published, versions(store))


def test_what_is_paused_meanwhile_is_not_published(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], store: Store, desk: Store
) -> None:
    """A pause holds from the moment in which it is said, and resuming is enough to have the page on sale."""
    _, outcomes = night(PAGE, act=[desk.enrolment.pause("us", "m", actor="lin", note="")].clear)
    assert ("skipped", ("market.paused",)) == (outcomes["p1"].status, outcomes["p1"].reasons)
    assert [] == list(store.published("us"))
    desk.enrolment.resume("us", "m", actor="lin", note="")
    night(PAGE)
    assert ["p1"] == [document["id"] for document in store.published("us")]


def test_what_was_rolled_back_stays_while_its_source_does(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], store: Store, desk: Store
) -> None:
    """A run that would publish over it leaves it and says whose choice it is; a changed source is a new page."""
    night(PAGE)
    desk.approve(spoken(PAGE, "Made for naps"))
    night(PAGE)
    desk.rollback.apply(desk.rollback.plan_page(("m", "p1"), "us"), actor="wu", note="the old one sold better")
    first = versions(store)[-1][2]
    desk.approve(spoken(PAGE, "Made for long naps"))
    _, outcomes = night(PAGE)
    assert ("review", ("version.pinned",)) == (outcomes["p1"].status, outcomes["p1"].reasons)
    assert "wu" in outcomes["p1"].message_zh
    assert (3, "rollback", first) == versions(store)[-1]
    changed = {**PAGE, "fields": {"title": "记忆棉旅行枕", "subtitle": "午睡时抱着很踏实", "note": "很多人回购"}}
    night(changed)
    assert (4, "run", "Made for long naps") == versions(store)[-1]


def test_another_catalog_under_the_name_of_a_run_is_refused(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], url: str
) -> None:
    """Lines that are not those which a run has begun with end it; the next one begins anew and is whole."""

    def fall() -> None:
        raise KeyboardInterrupt

    with open_store(url) as first, pytest.raises(KeyboardInterrupt):
        night(PAGE, act=fall, content="same", into=first)
    changed = {**PAGE, "fields": {**PAGE["fields"], "note": "很多人回购"}}
    refused = pytest.raises(CatalogError, match="lines 1 to 1 are not what run 1 has begun with")
    with open_store(url) as second, refused:
        night(changed, content="same", into=second)
    with open_store(url) as third:
        summary, outcomes = night(changed, content="same", into=third)
        assert (2, False, "publish") == (summary.run_id, summary.resumed, outcomes["p1"].status)


def test_a_killed_run_is_begun_anew_where_somebody_has_spoken_since(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], url: str, store: Store
) -> None:
    """Its windows are behind what was approved meanwhile; a new run hears it, on pages that were done as well."""
    night(PAGE)
    other = {"id": "p2", "merchant": "m", "fields": {"title": "记忆棉旅行枕", "subtitle": "出差路上也能睡个好觉"}}

    def fall() -> None:
        raise KeyboardInterrupt

    with open_store(url) as first, pytest.raises(KeyboardInterrupt):
        night(PAGE, other, act=fall, into=first)
    store.approve(spoken(PAGE, "Made for naps"))
    summary, _ = night(PAGE, other)
    assert (3, False, 2) == (summary.run_id, summary.resumed, summary.published)
    assert (2, "run", "Made for naps") == versions(store)[-1]


COUNTED: dict[str, Any] = {**PAGE, "fields": {"title": "记忆棉旅行枕", "subtitle": "抱着很踏实3个"}}
COPIED: dict[str, Any] = {**PAGE, "fields": {"title": "记忆棉旅行枕", "subtitle": "高仿包枕头"}}
RULE = "common.counterfeit"


def once(act: Callable[[], object]) -> Callable[[], None]:
    """Return what does it the first time only."""
    left = [act]

    def work() -> None:
        if left:
            left.pop()()

    return work


def set_aside(store: Store, page: dict[str, Any]) -> list[Dismissal]:
    """Return the dismissals of all that holds a page and may be dismissed."""
    [localizer] = load_localizers(["us"], model="fake", plain=True)
    versions = localizer.screen.versions
    listing = parse(page, line=1)
    assert isinstance(listing, Listing)
    ready = localizer.prepare(listing)
    identity = (listing.merchant, listing.id)
    units = [localizer.unit(item).unit_key for item in ready.segments]
    known = store.approvals.recall("us", [identity], units, reuse="market")
    found = []
    for position, (item, unit) in enumerate(zip(ready.segments, units, strict=True)):
        if (text := known.text(identity, unit)) is not None:
            notices = [finding for at, finding in ready.notices if at == position]
            judged = localizer.judge(item, text, category=listing.category, title=ready.title, notices=notices)
            found += [
                dismissal(judged, one, versions, reason="false-alarm", actor="lin")
                for one in judged.findings
                if may_be_dismissed(one)
            ]
    return found


def dismiss_all(store: Store, page: dict[str, Any]) -> None:
    """Set everything of a page aside that may be."""
    for one in set_aside(store, page):
        store.dismissals.dismiss(one, reuse="market")


def test_what_is_dismissed_meanwhile_is_heard(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], store: Store, desk: Store
) -> None:
    """A page that was recalled before is made again, and publishes in the same run."""
    desk.approve(spoken(COUNTED, "Made for Naps"))
    _, outcomes = night(COUNTED)
    assert ("review", ("number.changed",)) == (outcomes["p1"].status, outcomes["p1"].reasons)
    changed = {**COUNTED, "stock": 7, "fields": {**COUNTED["fields"], "note": "很多人回购"}}
    summary, outcomes = night(changed, act=once(lambda: dismiss_all(desk, COUNTED)))
    assert (1, "publish") == (summary.published, outcomes["p1"].status)
    assert [(1, "run", "Made for Naps")] == versions(store)
    again, _ = night(changed)
    assert (0, 0) == (again.segments, again.published)


def test_what_is_restored_meanwhile_holds(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], store: Store, desk: Store
) -> None:
    """A dismissal that is taken back while the page is made releases nothing."""
    desk.approve(spoken(COUNTED, "Made for Naps"))
    given = set_aside(desk, COUNTED)
    assert ["number.changed"] == [one.finding for one in given]
    dismiss_all(desk, COUNTED)

    def restore() -> None:
        for one in given:
            desk.dismissals.end(one, actor="wu", reuse="market")

    _, outcomes = night(COUNTED, act=restore)
    assert ("review", ("number.changed",)) == (outcomes["p1"].status, outcomes["p1"].reasons)
    assert [] == list(store.published("us"))


def test_an_override_meanwhile_is_heard(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], store: Store, desk: Store
) -> None:
    """A lead who lets words pass while the page is made again is heard in the same run, and so is taking it back."""
    _, outcomes = night(COPIED)
    assert ("reject", (RULE,)) == (outcomes["p1"].status, outcomes["p1"].reasons)
    [localizer] = load_localizers(["us"], model="fake", plain=True)
    version = localizer.screen.versions[RULE]
    allow = once(lambda: desk.overrides.allow("us", ("m", "p1"), RULE, version, actor="wu", note="title of a book"))
    changed = {**COPIED, "fields": {**COPIED["fields"], "note": "很多人回购"}}
    _, outcomes = night(changed, act=allow)
    assert "publish" == outcomes["p1"].status
    again, _ = night(changed)
    assert 0 == again.segments
    changed = {**COPIED, "fields": {**COPIED["fields"], "note": "很多人都回购"}}
    _, outcomes = night(changed, act=once(lambda: desk.overrides.revoke("us", ("m", "p1"), RULE, actor="wu")))
    assert "reject" == outcomes["p1"].status


def test_no_dismissal_releases_a_block(
    night: Callable[..., tuple[Summary, dict[str, Outcome]]], store: Store, desk: Store
) -> None:
    """Everything else set aside, the page is refused by what the rule blocks."""
    desk.approve(spoken(COPIED, "Replica Bag Pillow"))
    _, before = night(COPIED)
    dismiss_all(desk, COPIED)
    _, after = night(COPIED)
    assert "reject" == before["p1"].status == after["p1"].status
    assert [] == list(store.published("us"))
