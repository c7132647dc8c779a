"""A person's text beats the machine: where it counts, until when, and whatever happens at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopglot.errors import DataError, UsageError
from shopglot.market import Reuse
from shopglot.store import HumanText, RunSpec, Settlement, Store, approving, encoding, open_store
from shopglot.types import Decision, JudgedSegment, Outcome, Score, Segment, SegmentKey, Translation

Page = Callable[..., Settlement]
TITLE = "/fields/title"
TEXT = HumanText(
    unit_key="u1", market="us", source="枕头", target="A pillow", approved_by="lin", merchant="m", listing="xhs-1",
    path=TITLE, index=0, field="title",
)  # fmt: skip
REUSES: tuple[Reuse, ...] = ("listing", "merchant", "market")


def judged(path: str, index: int, unit: str, *, human: str | None = None) -> JudgedSegment:
    """Return a segment that the machine wrote, or a person."""
    key = SegmentKey(merchant="m", listing="x", path=path, index=index)
    made = Translation(
        source=f"源{unit}", target=human or f"machine {unit}", market="us", model="human" if human else "fake@0",
        origin="human" if human else "machine", unit_key=unit, machine_key="" if human else f"k{unit}",
    )  # fmt: skip
    return JudgedSegment(
        segment=Segment(key=key, field="title", style="phrase", source=f"源{unit}"), translation=made, findings=(),
        score=Score(value=1.0, signature="human" if human else "s"), decision=Decision(verdict="publish"),
    )  # fmt: skip


def page(line: int = 1, units: Sequence[str | tuple[str, str]] = ("u1",), *, merchant: str = "m") -> Settlement:
    """Return a page that is to be published: all units in one field, a pair is a unit with a person's text."""
    made = [
        judged(TITLE, index, unit) if isinstance(unit, str) else judged(TITLE, index, unit[0], human=unit[1])
        for index, unit in enumerate(units)
    ]
    outcome = Outcome(line=line, merchant=merchant, id=f"xhs-{line}", market="us", status="publish")
    texts = [item.translation.target for item in made]
    return Settlement(outcome=outcome, inputs_key="i", judged=made, document={"id": outcome.id, "texts": texts})


def at(units: Sequence[str], path: str = TITLE) -> list[tuple[str, int, str]]:
    """Return the places of a page's units in one field."""
    return [(path, index, unit) for index, unit in enumerate(units)]


@pytest.fixture
def run_id(store: Store, spec: RunSpec) -> int:
    """A run that has seen two pages of one shop and one of another."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "xhs-1"), (2, "m", "xhs-2"), (3, "n", "xhs-3")])
    return run.id


def read(store: Store, reuse: Reuse = "market", unit: str = "u1") -> list[str | None]:
    """Return what a person said of a unit, as the two pages of the shop and the one of another shop have it."""
    pages = [("m", "xhs-1"), ("m", "xhs-2"), ("n", "xhs-3")]
    found = store.approvals.recall("us", pages, [unit], reuse=reuse)
    texts = [found.text(identity, unit) for identity in pages]
    return [None if text is None else text.target for text in texts]


def acts(store: Store) -> list[tuple[Any, ...]]:
    """Return the log: who did what where, in what state, and why."""
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action, listing, detail, note FROM actions ORDER BY id")
        return [(*row[:3], encoding.load(row[3]), row[4]) for row in rows]


@pytest.mark.parametrize(
    ("reuse", "found"),
    [("listing", ["A pillow", None, None]), ("merchant", ["A pillow"] * 2 + [None]), ("market", ["A pillow"] * 3)],
)
def test_the_policy_says_where_a_text_counts(store: Store, reuse: Reuse, found: list[str | None]) -> None:
    """Nowhere else, in the same shop, or in the whole market; never in another market."""
    store.approve(TEXT)
    assert found == read(store, reuse)
    assert store.approvals.recall("hk", [("m", "xhs-1")], ["u1"], reuse=reuse).text(("m", "xhs-1"), "u1") is None


@pytest.mark.parametrize("reuse", REUSES)
def test_a_text_for_the_market_counts_everywhere(store: Store, reuse: Reuse) -> None:
    """An approval without a listing needs no policy."""
    store.approve(replace(TEXT, merchant="", listing=""))
    assert ["A pillow"] * 3 == read(store, reuse)


def test_the_nearest_word_wins_and_then_the_newest(store: Store) -> None:
    """The page's own beats the shop's, which beats the market's, however old it is; of equals the newest counts."""
    store.approve(TEXT)
    store.approve(replace(TEXT, listing="xhs-4", target="Shop, old"))
    store.approve(replace(TEXT, listing="xhs-5", target="Shop, new"))
    store.approve(replace(TEXT, merchant="o", target="Another shop"))
    store.approve(replace(TEXT, merchant="", listing="", target="Everywhere"))
    assert ["A pillow", "Shop, new", "Everywhere"] == read(store, "market")
    assert ["A pillow", "Shop, new", "Everywhere"] == read(store, "merchant")
    assert ["A pillow", "Everywhere", "Everywhere"] == read(store, "listing")


def test_an_approval_is_superseded_and_kept(store: Store, count: Callable[[str], int]) -> None:
    """Approving again is a new row and a new word; what was said before stands in the log."""
    first = store.approve(TEXT)
    second = store.approve(replace(TEXT, target="The pillow", approved_by="wu"), note="shorter")
    assert (2, ["The pillow", None, None]) == (count("approvals"), read(store, "listing"))
    before = {"target": "A pillow", "origin": "human", "by": "lin", "approval": first}
    detail = {"approval": second, "unit_key": "u1", "source": "枕头", "target": "The pillow", "before": before}
    actor, action, listing, logged, note = acts(store)[-1]
    assert ("wu", "approve", "xhs-1", "shorter") == (actor, action, listing, note)
    assert detail == {name: logged[name] for name in detail}


def test_the_log_has_the_machine_s_text(store: Store, run_id: int) -> None:
    """The first approval of a text says what the machine had made of it."""
    store.settle_many(run_id, [page()])
    store.approve(TEXT)
    assert {"target": "machine u1", "origin": "machine", "by": "fake@0"} == acts(store)[-1][3]["before"]


def test_what_is_taken_back_counts_no_more(store: Store, run_id: int) -> None:
    """The machine has the word again, the page is due, and the log says who did it."""
    store.approve(TEXT)
    store.settle_many(run_id, [page(units=[("u1", "A pillow")])], revision={"us": 1})
    assert store.approvals.revoke(TEXT, actor="wu", note="wrong")
    assert not store.approvals.revoke(TEXT, actor="wu")
    assert ([None] * 3, True) == (read(store), store.standing("us", [("m", "xhs-1")])["m", "xhs-1"].again)
    assert ("wu", "revoke", "xhs-1", "wrong") == (*acts(store)[-1][:3], acts(store)[-1][4])


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"market": "jp"}, UsageError, "'jp'.*us, hk, mo, tw"),
        ({"target": " \t"}, DataError, "is empty"),
        ({"unit_key": ""}, DataError, "unit key"),
        ({"approved_by": " "}, DataError, "who did"),
        ({"listing": ""}, DataError, "no listing"),
    ],
)
def test_what_says_nothing_is_refused(
    store: Store, count: Callable[[str], int], wrong: dict[str, str], error: type[Exception], says: str
) -> None:
    """The message says what is wrong and what to do; nothing is written."""
    with pytest.raises(error, match=says):
        store.approve(replace(TEXT, **wrong))  # type: ignore[arg-type]
    assert (0, 0) == (count("approvals"), count("actions"))


@pytest.mark.parametrize(
    ("reuse", "due"), [("listing", [True, False, False]), ("merchant", [True, True, False]), ("market", [True] * 3)]
)
def test_pages_in_reach_are_due(store: Store, run_id: int, reuse: Reuse, due: list[bool]) -> None:
    """The next run makes them again, though the merchant changed nothing; a page without the text is left alone."""
    store.settle_many(run_id, [page(1), page(2), page(3, merchant="n")])
    store.see(run_id, [(4, "m", "xhs-4")])
    store.settle_many(run_id, [page(4, ["u9"])])
    store.approve(TEXT, reuse=reuse)
    pages = [("m", "xhs-1"), ("m", "xhs-2"), ("n", "xhs-3"), ("m", "xhs-4")]
    found = store.standing("us", pages)
    assert [*due, False] == [found[identity].again for identity in pages]


# -- too late, and at the same time -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reuse", REUSES)
def test_a_page_that_was_made_before_is_stale(store: Store, run_id: int, reuse: Reuse) -> None:
    """Of pages whose texts were recalled before the approval, those in its reach are not written; others are."""
    late = store.approvals.recall("us", [], [], reuse=reuse).revision
    store.approve(TEXT, reuse=reuse)
    pages = [page(1), page(2), page(3, merchant="n")]
    stale = {"listing": 1, "merchant": 2, "market": 3}[reuse]
    wanted = ["stale"] * stale + ["published"] * (3 - stale)
    assert wanted == store.settle_many(run_id, pages, revision={"us": late}, reuse={"us": reuse})
    assert 3 - stale == len(list(store.published("us")))
    again = store.approvals.recall("us", [("m", "xhs-1")], ["u1"], reuse=reuse)
    own = page(units=[("u1", "A pillow")])
    assert ["published"] == store.settle_many(run_id, [own], revision={"us": again.revision}, reuse={"us": reuse})
    assert not store.standing("us", [("m", "xhs-1")])["m", "xhs-1"].again


def test_a_text_that_was_taken_back_meanwhile_is_stale(store: Store, run_id: int) -> None:
    """A revocation is no new approval; the page that carries the text is made again all the same."""
    revision = {"us": store.approve(TEXT)}
    store.approvals.revoke(TEXT, actor="lin")
    assert ["stale"] == store.settle_many(run_id, [page(units=[("u1", "A pillow")])], revision=revision)
    assert ["published"] == store.settle_many(run_id, [page()], revision=revision)


def test_a_stale_page_stays_as_it_was(store: Store, run_id: int, count: Callable[[str], int]) -> None:
    """Neither item, segments, version, event nor outcome of it is written, and it stays due."""
    store.settle_many(run_id, [page()], revision={"us": 0})
    store.approve(TEXT)
    tables = ("items", "segments", "publications", "outbox", "outcomes", "sources")
    before = [count(table) for table in tables]
    other = replace(page(units=["u1", "u2"]), inputs_key="j", source={"id": "xhs-1"}, source_digest="d")
    held = replace(other, document=None, outcome=replace(other.outcome, status="review"))
    assert ["stale"] == store.settle_many(run_id, [other], revision={"us": 0})
    assert ["stale"] == store.settle_many(run_id, [held], revision={"us": 0})
    standing = store.standing("us", [("m", "xhs-1")])["m", "xhs-1"]
    assert (before, True, "i") == ([count(table) for table in tables], standing.again, standing.inputs_key)


def test_without_a_revision_a_due_page_stays_due(store: Store, run_id: int) -> None:
    """Nobody knows then which approvals are in the page; one that is refused has no texts to make again."""
    store.settle_many(run_id, [page()])
    store.approve(TEXT)
    store.settle_many(run_id, [page()])
    assert store.standing("us", [("m", "xhs-1")])["m", "xhs-1"].again
    refused = replace(page(), judged=(), document=None)
    store.settle_many(run_id, [replace(refused, outcome=replace(refused.outcome, status="skipped"))])
    assert not store.standing("us", [("m", "xhs-1")])["m", "xhs-1"].again


def test_whoever_publishes_waits_for_whoever_approves(
    store: Store, run_id: int, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An approval that is being written when the run settles is not missed: the page waits for it, and is stale."""
    known = store.approvals.recall("us", [("m", "xhs-1")], ["u1"], reuse="merchant")
    inside, settling = threading.Event(), threading.Event()
    real = approving._due

    def slowly(*given: Any) -> None:
        real(*given)
        inside.set()
        settling.wait(30)
        time.sleep(0.3)  # by now whoever does not wait has published

    def approve() -> None:
        with open_store(url) as other:
            other.approve(TEXT)

    with monkeypatch.context() as patched:
        patched.setattr(approving, "_due", slowly)
        thread = threading.Thread(target=approve)
        thread.start()
        assert inside.wait(30)
        settling.set()
        assert ["stale"] == store.settle_many(run_id, [page()], revision={"us": known.revision})
        thread.join(30)
    assert (["A pillow", None, None], []) == (read(store, "listing"), list(store.published("us")))


def test_approving_while_a_run_publishes(store: Store, run_id: int, url: str) -> None:
    """However they meet, no page is left with the machine's text, not due, though a person's stands for it."""
    rounds = 12
    started = threading.Barrier(2)
    settled: list[str] = []
    failed: list[BaseException] = []

    def approve() -> None:
        try:
            with open_store(url) as other:
                for turn in range(rounds):
                    started.wait(30)
                    other.approve(replace(TEXT, target=f"word {turn}"))
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failed.append(error)
            started.abort()

    thread = threading.Thread(target=approve)
    thread.start()
    for turn in range(rounds):
        known = store.approvals.recall("us", [("m", "xhs-1")], ["u1"], reuse="merchant")
        text = known.text(("m", "xhs-1"), "u1")
        started.wait(30)
        own = page(units=["u1" if text is None else ("u1", text.target)])
        own = replace(own, document={**(own.document or {}), "turn": turn})
        settled += store.settle_many(run_id, [own], revision={"us": known.revision}, reuse={"us": "merchant"})
        # What is published is the newest word, or the page is due for it.
        newest = read(store)[0] or "machine u1"
        again = any(item.again for item in store.standing("us", [("m", "xhs-1")]).values())
        shown = [document["texts"] for document in store.published("us")]
        assert again or shown == [[newest]] or settled[-1] == "stale"
    thread.join(30)
    assert ([], set()) == (failed, set(settled) - {"published", "stale"})
    known = store.approvals.recall("us", [("m", "xhs-1")], ["u1"], reuse="merchant")
    assert (f"word {rounds - 1}", rounds) == (read(store)[0], known.revision)


def test_two_people_approve_at_once(store: Store, url: str, count: Callable[[str], int]) -> None:
    """Both are kept, one stands: the one that came last."""
    names = [f"person {number}" for number in range(4)]
    failed: list[BaseException] = []

    def approve(name: str) -> None:
        try:
            with open_store(url) as other:
                for turn in range(5):
                    other.approve(replace(TEXT, approved_by=name, target=f"{name}, {turn}"))
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failed.append(error)

    threads = [threading.Thread(target=approve, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with store.database.read() as connection:
        standing = list(
            connection.exec_driver_sql("SELECT id, target FROM approvals WHERE status <> 'superseded'").all()
        )
    assert ([], 20, 20) == (failed, count("approvals"), count("actions"))
    assert [(20, read(store)[0])] == standing


# -- outdated ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "taken"),
    [
        (["u1", "u2"], set()),  # as it was
        (["x1", "u2"], {0}),  # the approved text was rewritten in its place
        (["u2", "x1"], {0}),  # nobody knows better: what stands there now
        (["x0", "u1"], set()),  # it moved
        (["x0", "x1"], {0}),
        ([], set()),  # nothing took its place
    ],
)
def test_what_took_an_approved_text_s_place(store: Store, now: list[str], taken: set[int]) -> None:
    """The text at the same place of the field, where the page no longer has the approved one."""
    store.approve(TEXT)
    found = store.approvals.recall("us", [("m", "xhs-1"), ("m", "xhs-2")], now, reuse="merchant")
    assert frozenset(taken) == found.outdated(("m", "xhs-1"), at(now))
    assert frozenset() == found.outdated(("m", "xhs-2"), at(now))
    assert frozenset() == found.outdated(("m", "xhs-1"), at(now, "/fields/note"))


def test_a_person_s_text_takes_no_place(store: Store) -> None:
    """Where an approved text moved into the place of another one, the nearest text of the machine took that."""
    for index, unit in enumerate(["a", "b"]):
        store.approve(replace(TEXT, unit_key=unit, index=index))
    units = ["b", "x", "y"]
    found = store.approvals.recall("us", [("m", "xhs-1")], units, reuse="listing")
    assert frozenset({1}) == found.outdated(("m", "xhs-1"), at(units))
    units = ["b"]
    found = store.approvals.recall("us", [("m", "xhs-1")], units, reuse="listing")
    assert frozenset() == found.outdated(("m", "xhs-1"), at(units))


def test_a_source_that_changes_and_comes_back(store: Store, run_id: int) -> None:
    """The approval is marked outdated beside what stands there now, and counts again with its text."""
    store.approve(TEXT)
    known = {"us": 1}
    assert ["published"] == store.settle_many(run_id, [page(units=[("u1", "A pillow")])], revision=known)
    assert [] == list(store.approvals.outdated())
    store.settle_many(run_id, [page(units=["x1"])], revision=known)
    [outdated] = store.approvals.outdated("us", "m")
    assert (TEXT, "outdated", "lin") == (outdated.approval.text, outdated.approval.status, TEXT.approved_by)
    assert (TITLE, 0, "源x1", "machine x1", Decision(verdict="publish")) == (
        outdated.path, outdated.index, outdated.source, outdated.target, outdated.decision,
    )  # fmt: skip
    assert outdated.approval.ended_at is not None
    assert ({"us": 1}, []) == (store.status()["outdated"], list(store.approvals.outdated("hk")))
    assert ["A pillow", "A pillow", None] == read(store, "merchant")
    store.settle_many(run_id, [page(units=[("u1", "A pillow")])], revision=known)
    assert ([], {}) == (list(store.approvals.outdated()), store.status()["outdated"])


def test_approving_what_took_the_place_answers_it(store: Store, run_id: int) -> None:
    """Once a person has read the new text, the old approval holds nothing back any more; it is kept for its source."""
    store.approve(TEXT)
    units = ["x1", "x2", "x3"]
    store.settle_many(run_id, [page(units=units)], revision={"us": 1})
    other = replace(TEXT, unit_key="x2", index=1, target="Something else")
    store.approve(other)
    assert 1 == len(list(store.approvals.outdated()))
    store.approve(replace(TEXT, unit_key="x1", source="新枕头", target="A new pillow"))
    found = store.approvals.recall("us", [("m", "xhs-1")], [*units, "u1"], reuse="listing")
    assert (frozenset(), []) == (found.outdated(("m", "xhs-1"), at(units)), list(store.approvals.outdated()))
    back = found.text(("m", "xhs-1"), "u1")
    assert back is not None
    assert "A pillow" == back.target


def test_approving_what_the_page_has_left_behind(store: Store, run_id: int) -> None:
    """A text that was read yesterday and is gone today is kept, and outdated from the first."""
    store.settle_many(run_id, [page(units=["x1"])])
    store.approve(TEXT)
    assert ["x1"] == [(outdated.source or "")[1:] for outdated in store.approvals.outdated()]
    assert store.standing("us", [("m", "xhs-1")])["m", "xhs-1"].again


def test_a_refused_page_says_nothing_of_its_texts(store: Store, run_id: int) -> None:
    """A page that was not cut into segments leaves its approvals as they are."""
    store.approve(TEXT)
    refused = replace(page(), judged=(), document=None)
    store.settle_many(run_id, [replace(refused, outcome=replace(refused.outcome, status="skipped"))])
    assert [] == list(store.approvals.outdated())


# -- any text ---------------------------------------------------------------------------------------------------------

ANY = st.text(st.characters(), min_size=1, max_size=12)
WORDS = ANY.filter(lambda text: bool(text.strip()))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(merchant=ANY, listing=ANY, path=ANY, unit=ANY, source=ANY, target=WORDS, person=WORDS, note=ANY)
def test_any_text_may_be_approved(
    tmp_path: Path, merchant: str, listing: str, path: str, unit: str, source: str, target: str, person: str, note: str
) -> None:
    """Whatever Unicode it is made of, it comes back as it was, with lone surrogates and U+0000."""
    (tmp_path / "any.db").unlink(missing_ok=True)
    unit = encoding.digest(unit)
    text = HumanText(
        unit_key=unit, market="us", source=source, target=target, approved_by=person, merchant=merchant,
        listing=listing, path=path,
    )  # fmt: skip
    with open_store(str(tmp_path / "any.db")) as store:
        store.approve(text, note=note)
        found = store.approvals.recall("us", [(merchant, listing)], [unit], reuse="listing")
        answer = found.text((merchant, listing), unit)
        assert answer is not None
        assert (source, target) == (answer.source, answer.target)
        assert frozenset({0}) == found.outdated((merchant, listing), [(path, 0, "x")])


class Model:
    """What counts, said as simply as it can be: a list of words."""

    def __init__(self) -> None:
        self.words: list[tuple[str, str, str, str]] = []

    def text(self, merchant: str, listing: str, unit: str, reuse: Reuse) -> str | None:
        """Return what counts on a page."""
        latest = {(m, p, u): (number, t) for number, (m, p, u, t) in enumerate(self.words)}
        tiers: list[list[tuple[int, str]]] = [[], [], []]
        for (shop, where, own), word in latest.items():
            if own != unit or not word[1]:
                continue
            if (shop, where) == (merchant, listing):
                tiers[0].append(word)
            elif (shop, where) == ("", ""):
                tiers[2].append(word)
            elif reuse != "listing" and shop == merchant:
                tiers[1].append(word)
            elif reuse == "market":
                tiers[2].append(word)
        return next((max(tier)[1] for tier in tiers if tier), None)


SHOPS, LISTINGS, UNITS = ("m", "n"), ("a", "b"), ("u", "v")
STEP = st.tuples(
    st.sampled_from([("", ""), *((m, p) for m in SHOPS for p in LISTINGS)]), st.sampled_from(UNITS), st.booleans()
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=8), st.sampled_from(REUSES))
def test_what_counts_where(tmp_path: Path, steps: list[tuple[tuple[str, str], str, bool]], reuse: Reuse) -> None:
    """After any approvals and revocations every page has the word that a simple model gives it."""
    (tmp_path / "model.db").unlink(missing_ok=True)
    model = Model()
    with open_store(str(tmp_path / "model.db")) as store:
        for number, ((merchant, listing), unit, given) in enumerate(steps):
            text = HumanText(
                unit_key=unit, market="us", source="源", target=f"t{number}", approved_by="lin", merchant=merchant,
                listing=listing,
            )  # fmt: skip
            if given:
                store.approve(text, reuse=reuse)
            else:
                store.approvals.revoke(text, actor="lin", reuse=reuse)
            model.words.append((merchant, listing, unit, text.target if given else ""))
        pages = [(merchant, listing) for merchant in SHOPS for listing in LISTINGS]
        found = store.approvals.recall("us", pages, UNITS, reuse=reuse)
        for merchant, listing in pages:
            for unit in UNITS:
                told = found.text((merchant, listing), unit)
                assert model.text(merchant, listing, unit, reuse) == (None if told is None else told.target)
