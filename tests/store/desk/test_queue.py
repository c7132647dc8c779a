"""The queue as people read it: every filter and order, searched, counted, claimed and assigned."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from shopglot.errors import DataError, UsageError
from shopglot.store import RunSpec, Store, open_store
from shopglot.store.desk import holding
from shopglot.store.desk.queue import Filter, Held, Sort
from shopglot.store.encoding import identity_key, load
from shopglot.store.schema import actions, approvals, handled, held, items, listings, segments

NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)
SORTS: tuple[Sort, ...] = ("priority", "oldest", "score", "due")
ALL = Filter(states=())


@pytest.fixture
def put(store: Store, spec: RunSpec) -> Callable[..., int]:
    """Put a page into the queue, directly, and return its number; any column of `held` may be given."""
    store.queue._now = lambda: NOW
    run = store.begin_run(spec).id

    def write(number: int, *, market: str = "us", texts: Any = (("枕头", "Pillow"),), **given: Any) -> int:
        merchant, name = given.get("merchant", "m"), given.get("id", f"xhs-{number}")
        reasons = tuple(given.get("reasons", " score.low ").split())
        waiting = [
            holding.Waiting(at, "/fields/title", at, "title", source, target, given.get("score", 0.5), "", reasons)
            for at, (source, target) in enumerate(texts)
        ]
        page = holding.Page(
            number, market, merchant, name, "review", reasons, run, {"fields": {"title": given.get("title", "标题")}},
            waiting,
        )  # fmt: skip
        rest = {"open": len(waiting), "state": "open", "held_at": NOW - timedelta(days=1)}
        row = holding.derive(page) | rest | given
        with store.database.write() as connection:
            if connection.scalar(select(listings.c.number).where(listings.c.number == number)) is None:
                own = {"number": number, "key": identity_key(merchant, name), "merchant": merchant, "id": name}
                connection.execute(insert(listings).values(**own, seen_run=run, seen_line=number))
            item = {"listing": number, "market": market, "run_id": run, "line": number, "inputs_key": "i"}
            item |= {
                "status": "review",
                "reasons": "[]",
                "field": "",
                "message": "",
                "message_zh": "",
                "updated_at": NOW,
            }
            connection.execute(insert(items).values(**item))
            for one in waiting:
                segment = one._asdict() | {"listing": number, "market": market, "origin": "machine", "model": "x"}
                segment |= {"unit_key": "u", "machine_key": "k", "signature": "s", "signals": "[]", "verdict": "review"}
                segment |= {"findings": "[]", "reasons": '["score.low"]'}
                segment.pop("severity")
                connection.execute(insert(segments).values(**segment))
            connection.execute(insert(held).values(**row))
        return number

    return write


def found(store: Store, wanted: Filter, **how: Any) -> list[int]:
    """Return the numbers of the pages that a filter finds, and check that the total says how many they are."""
    page = store.queue.page(wanted, **how)
    assert page.total == len(page.rows)
    return sorted(row.listing for row in page.rows)


def test_an_empty_queue(store: Store) -> None:
    """Nothing waits: nothing is shown, counted or next."""
    page = store.queue.page(Filter(market="us"))
    assert ((), None, 0) == (page.rows, page.next, page.total)
    assert {} == store.queue.counts(ALL).market == store.queue.counts(Filter(search="x")).state
    assert store.queue.next(ALL, None, "lin") is None
    assert store.queue.get(1, "us") is None
    assert {} == store.queue.snippets([])


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [1, 2, 4]),
    ({"market": "us"}, [1, 2]),
    ({"market": ("us", "hk")}, [1, 2, 4]),
    ({"market": ()}, []),
    ({"market": "xx"}, []),
    ({"states": ()}, [1, 2, 3, 4]),
    ({"states": ("open", "escalated")}, [1, 2, 3, 4]),
    ({"states": ("escalated",)}, [3]),
    ({"field": "note"}, [1]),
    ({"field": "not"}, []),
    ({"category": "家居/枕头"}, [2]),
    ({"merchant": "shop%"}, [2]),
    ({"reason": "us.claim"}, [1]),
    ({"reason": "us."}, [1]),
    ({"reason": "s.claim"}, []),
    ({"reason": "us.*"}, []),
    ({"reason": "us_claim"}, []),
    ({"severity": "error"}, [1]),
    ({"severity": "none"}, [2, 4]),
    ({"low": 0.5}, [2, 4]),
    ({"high": 0.5}, [1, 2]),
    ({"low": 0.5, "high": 0.5}, [2]),
    ({"assignee": "lin"}, [1]),
    ({"assignee": "-"}, [2, 4]),
    ({"older_than": 2}, [1]),
    ({"older_than": 0}, [1, 2, 4]),
    ({"newer_than": 2}, [2, 4]),
    ({"older_than": 1e300}, []),
    ({"newer_than": float("inf")}, [1, 2, 4]),
    ({"run": 1}, [1, 2, 4]),
    ({"run": 7}, []),
    ({"outdated": True}, [2, 4]),
    ({"mine": "lin"}, [1, 2]),
    ({"mine": "wang"}, []),
    ({"search": "ＰＩＬＬＯＷ"}, [1, 4]),
    ({"search": "xhs-1"}, [1]),
    ({"search": "shop%"}, [2]),
    ({"search": "pillow", "severity": "none"}, [4]),
]


@pytest.fixture
def some(store: Store, put: Callable[..., int]) -> Store:
    """Four pages that differ in everything."""
    put(
        1, severity="error", fields=" note title ", reasons=" us.claim score.low ", score=0.1, assignee="lin",
        held_at=NOW - timedelta(days=3),
    )  # fmt: skip
    later = NOW + timedelta(minutes=1)
    put(
        2, texts=(("杯子", "Cup"),), category="家居/枕头", merchant="shop%", claimed_by="lin", claimed_until=later,
        reasons=" human.outdated ",
    )  # fmt: skip
    put(3, state="escalated", claimed_by="wang", claimed_until=NOW - timedelta(minutes=1))
    put(4, market="hk", score=0.9)
    with store.database.write() as connection:
        row: dict[str, Any] = {
            "market": "hk",
            "unit_key": "u",
            "listing_key": identity_key("m", "xhs-4"),
            "merchant_key": "k",
        }
        row |= {"merchant": "m", "listing": "xhs-4", "path": "", "number": 0, "field": "", "source": "s", "target": "t"}
        connection.execute(insert(approvals).values(**row, approved_by="lin", approved_at=NOW, status="outdated"))
    return store


@pytest.mark.parametrize(("given", "expected"), FILTERS)
def test_filters(some: Store, given: dict[str, Any], expected: list[int]) -> None:
    """Each condition finds what it says, in every order, and the counts of its state agree with it."""
    for sort in SORTS:
        assert expected == found(some, Filter(**given), sort=sort)
    states = some.queue.counts(Filter(**given)).state
    wanted = Filter(**given).states
    assert len(expected) == sum(number for state, number in states.items() if not wanted or state in wanted)


def recount(pages: list[Held], wanted: Filter, store: Store) -> dict[str, Counter[str]]:
    """Return the facets, counted one page at a time with a filter for each."""
    values: dict[str, Callable[[Held], tuple[str, ...]]] = {
        "market": lambda page: (page.market,),
        "field": lambda page: page.fields,
        "category": lambda page: (page.category,),
        "merchant": lambda page: (page.merchant,),
        "reason": lambda page: page.reasons,
        "severity": lambda page: (page.severity or "none",),
        "assignee": lambda page: (page.assignee or "-",),
        "state": lambda page: (page.state,),
    }
    told: dict[str, Counter[str]] = {}
    for name, value in values.items():
        free: Any = {"states": ()} if name == "state" else {name: None if name == "market" else ""}
        own = {(row.listing, row.market) for row in store.queue.page(replace(wanted, **free), limit=1_000).rows}
        told[name] = Counter(one for page in pages if (page.listing, page.market) in own for one in value(page))
    return told


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_the_pages(store: Store, put: Callable[..., int], seed: int) -> None:
    """Whatever the filter, a facet says how many pages each value of it would find."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    reasons = ("score.low", "us.claim", "number.changed", "us_claim")
    for number in range(1, 41):
        claimed = chance.choice((None, "lin"))
        put(
            number, market=chance.choice(("us", "hk")), state=chance.choice(("open", "open", "done", "escalated")),
            severity=chance.choice(("", "warning", "error")), category=chance.choice(("", "a", "b/ \ud800")),
            merchant=f"m{number % 3}", assignee=chance.choice((None, "lin", "wang")),
            fields=holding.join(chance.sample(("title", "note", "alt"), 2)), score=chance.choice((0.1, 0.9)),
            reasons=holding.join(chance.sample(reasons, chance.randint(1, 3))), claimed_by=claimed,
            claimed_until=None if claimed is None else NOW + timedelta(minutes=chance.choice((-1, 1))),
            texts=((chance.choice(("枕头", "杯子")), "x"),),
        )  # fmt: skip
    pages = list(store.queue.page(ALL, limit=1_000).rows)
    assert 40 == len(pages)
    choices: dict[str, tuple[Any, ...]] = {
        "market": (None, "us", ("us", "hk")), "states": ((), ("open",), ("open", "done")), "field": ("", "note"),
        "category": ("", "a", "b/ \ud800"), "merchant": ("", "m1"), "reason": ("", "us.", "us.claim"),
        "severity": ("", "none", "error"), "assignee": ("", "-", "lin"), "low": (None, 0.5), "mine": ("", "lin"),
        "search": ("", "枕"), "newer_than": (None, 2), "outdated": (False, False, True), "run": (None, 1),
    }  # fmt: skip
    tried = [Filter(), ALL, Filter(market="us"), *(
        Filter(**{
            name: chance.choice(values) if chance.random() < 0.4 else values[0] for name, values in choices.items()
        })
        for _ in range(40)
    )]  # fmt: skip
    for wanted in tried:
        counted = store.queue.counts(wanted)
        expected = recount(pages, wanted, store)
        for name, values in expected.items():
            assert dict(values) == dict(getattr(counted, name)), (name, wanted)
            assert sorted(values.values(), reverse=True) == list(getattr(counted, name).values())


@pytest.mark.parametrize("sort", SORTS)
def test_every_page_comes_once_while_others_go_and_come(store: Store, put: Callable[..., int], sort: Sort) -> None:
    """However many share a value; what stays meanwhile is neither passed over nor shown twice, in its order."""
    chance = random.Random(sort)  # noqa: S311 - not for secrets
    for number in range(1, 61):
        due = chance.choice((None, NOW, NOW + timedelta(days=1)))
        when = NOW - timedelta(days=chance.randint(1, 3), microseconds=chance.randint(0, 1))
        put(
            number, market=chance.choice(("us", "hk")), priority=chance.choice((0.1, 0.2, 1 / 3)), due_at=due,
            score=chance.choice((0.1, 1 / 3)), held_at=when,
        )  # fmt: skip
    [first] = [store.queue.page(ALL, sort=sort, limit=100).rows]
    keys: dict[Sort, Callable[[Held], Any]] = {
        "priority": lambda row: -row.priority, "oldest": lambda row: row.held_at, "score": lambda row: row.score,
        "due": lambda row: row.due_at or datetime.max.replace(tzinfo=UTC),
    }  # fmt: skip
    assert [keys[sort](row) for row in first] == sorted(keys[sort](row) for row in first)
    seen: list[int] = []
    gone: set[int] = set()
    after, added = None, 100
    while True:
        page = store.queue.page(ALL, sort=sort, after=after, limit=7)
        seen += [row.listing for row in page.rows]
        assert len(page.rows) == 7 or page.next is None
        assert page.total == 60 - len(gone) + (added - 100)
        if (after := page.next) is None:
            break
        victim = chance.randint(1, 60)
        with store.database.write() as connection:
            connection.execute(delete(held).where(held.c.listing == victim))
        gone.add(victim)
        added += 1
        put(added, priority=0.2, score=0.2)
    assert len(seen) == len(set(seen))
    assert {row.listing for row in first} - gone <= set(seen)


@pytest.mark.parametrize(
    "after",
    ["", "x", "é", "W10", "WyJwcmlvcml0eSIsICJ4IiwgMSwgInVzIl0", "bnVsbA", "e30", "W1siYSJdXQ", "=" * 9, "\ud800"],
)
def test_a_place_that_nobody_wrote_is_refused(some: Store, after: str) -> None:
    """Whatever stands in the address."""
    with pytest.raises(UsageError, match="this place in the queue does not exist"):
        some.queue.page(ALL, after=after)


def test_a_place_is_one_of_its_order(some: Store) -> None:
    """A place of one order is none of another, and there is no order of any name."""
    place = some.queue.page(ALL, sort="score", limit=1).next
    with pytest.raises(UsageError, match="does not exist"):
        some.queue.page(ALL, sort="priority", after=place)
    with pytest.raises(UsageError, match="cannot be sorted by 'age'"):
        some.queue.page(ALL, sort="age")  # type: ignore[arg-type]


ODD = "100%_[a-z]*?\\ 'x\" 𠮷 繁體中文 \ud800 \x00 é <b>"


@pytest.mark.parametrize(
    "search",
    ["%", "_", "100%_", "[a-z]", "*?", "?\\", "\\", "'x\"", "𠮷", "繁體", "\ud800", "É", "e\u0301", "<B>", "  100%  "],
)
def test_a_search_has_no_wildcards(store: Store, put: Callable[..., int], search: str) -> None:
    """What is searched is found letter for letter, whatever a database makes of it elsewhere."""
    put(1, texts=((ODD, "target"),))
    put(2, texts=(("100 a-z abc x", "target"),))
    assert [1] == found(store, Filter(search=search))
    assert {"us": 1} == store.queue.counts(Filter(search=search)).market


@pytest.mark.parametrize(
    ("search", "hits"),
    [
        ("", 2), ("   ", 2), ("0000", 0), ("%%", 0), ("a%c", 0), ("a_c", 0), ("[a]bc", 0), ("\n", 2), ("x target", 0),
        ("ＡＢＣ", 1), ("abc" + " " * 300 + "q", 0), ("z" * 100_000, 0),
    ],
)  # fmt: skip
def test_searches_that_look_like_more(store: Store, put: Callable[..., int], search: str, hits: int) -> None:
    """Blanks are no search; patterns are text; nothing is found across two texts; a long one is cut off."""
    put(1, texts=((ODD, "target"),))
    put(2, texts=(("100 a-z abc x", "target"),))
    assert hits == len(found(store, Filter(search=search)))


def test_long_texts_are_found_to_their_ends(store: Store, put: Callable[..., int]) -> None:
    """A text of 100 kB is searched whole; a list shows its beginning."""
    put(1, texts=(("长" * 100_000 + "尾巴", "x"),))
    assert [1] == found(store, Filter(search="尾巴"))
    [snippet] = store.queue.snippets(store.queue.page(ALL).rows)[1, "us"]
    assert (400, "…") == (len(snippet.source), snippet.source[-1])


def test_snippets(store: Store, put: Callable[..., int]) -> None:
    """The first held segments of each page, with what was done with them; a page in another market has its own."""
    put(1, texts=[(f"源{at}", f"target {at}") for at in range(5)])
    put(2, market="hk")
    rows = store.queue.page(ALL).rows
    with store.database.write() as connection:
        connection.execute(update(segments).where(segments.c.position == 1).values(verdict="publish"))
        act = {"id": 1, "at": NOW, "actor": "lin", "action": "a", "detail": "{}", "note": ""}
        connection.execute(insert(actions).values(**act))
        deed = {"listing": 1, "market": "us", "position": 2, "text_key": "k", "deed": "edit", "target": "t"}
        deed |= {"actor": "lin", "at": NOW, "seconds": 1.0, "action_id": 1}
        connection.execute(insert(handled).values(**deed))
    told = store.queue.snippets(rows, each=3)
    assert [(0, ""), (2, "edit"), (3, "")] == [(one.position, one.handled) for one in told[1, "us"]]
    assert [("枕头", "Pillow", ("score.low",), "review", 0.5, "title")] == [
        (one.source, one.target, one.reasons, one.verdict, one.score, one.field) for one in told[2, "hk"]
    ]
    assert {(1, "us"), (2, "hk")} == set(told)


def test_today(store: Store, put: Callable[..., int]) -> None:
    """Segments, pages, edits and time of one user, since midnight or any moment."""
    put(1, texts=[(f"源{at}", "x") for at in range(3)])
    put(2)
    with store.database.write() as connection:
        act = {"id": 1, "at": NOW, "actor": "lin", "action": "a", "detail": "{}", "note": ""}
        connection.execute(insert(actions).values(**act))
        for listing, position, deed, actor, ago in (
            (1, 0, "edit", "lin", 0), (1, 1, "approve", "lin", 0), (1, 2, "reject", "wang", 0),
            (2, 0, "edit", "lin", 3),
        ):  # fmt: skip
            row = {"listing": listing, "market": "us", "position": position, "text_key": "k", "deed": deed}
            row |= {"target": "t", "actor": actor, "at": NOW - timedelta(days=ago), "seconds": 2.5, "action_id": 1}
            connection.execute(insert(handled).values(**row))
    own = store.queue.today("lin")
    assert (2, 1, 1, 5.0) == (own.segments, own.pages, own.edits, own.seconds)
    since = store.queue.today("lin", NOW - timedelta(days=9))
    assert (3, 2, 2, 7.5) == (since.segments, since.pages, since.edits, since.seconds)
    assert (0, 0, 0, 0) == tuple(
        getattr(store.queue.today("ho"), name) for name in ("segments", "pages", "edits", "seconds")
    )


def test_next_goes_round_and_passes_over_what_others_have(store: Store, put: Callable[..., int]) -> None:
    """Behind the last page the first comes again; what somebody else has open is not offered, what was open is."""
    for number in range(1, 6):
        put(number, priority=1 / number)
    store.queue.claim(2, "us", "wang")
    store.queue.claim(3, "us", "lin")
    order, place = [], None
    for _ in range(5):
        place = store.queue.next(Filter(market="us"), place, "lin")
        assert place is not None
        order.append(place.listing)
    assert [1, 3, 4, 5, 1] == order
    store.queue._now = lambda: NOW + timedelta(minutes=11)
    after = store.queue.next(Filter(), store.queue.get(1, "us"), "lin")
    assert after is not None
    assert 2 == after.listing
    last = store.queue.next(Filter(merchant="m", search="xhs-4"), store.queue.get(4, "us"), "lin")
    assert last is None


def test_a_claim_is_renewed_released_and_runs_out(store: Store, put: Callable[..., int]) -> None:
    """Ten minutes from the last time; only who has a page gives it back; a page that is gone cannot be claimed."""
    put(1)
    got = store.queue.claim(1, "us", "lin")
    assert ("lin", NOW + timedelta(minutes=10)) == (got.claimed_by, got.claimed_until)
    assert "lin" == store.queue.claim(1, "us", "wang").claimed_by
    store.queue._now = lambda: NOW + timedelta(minutes=9)
    assert NOW + timedelta(minutes=19) == store.queue.claim(1, "us", "lin").claimed_until
    store.queue.release(1, "us", "wang")
    assert "lin" == store.queue.claim(1, "us", "wang").claimed_by
    store.queue._now = lambda: NOW + timedelta(minutes=19)
    assert "wang" == store.queue.claim(1, "us", "wang").claimed_by
    store.queue.release(1, "us", "wang")
    again = store.queue.get(1, "us")
    assert again is not None
    assert (None, None) == (again.claimed_by, again.claimed_until)
    with pytest.raises(DataError, match="does not wait"):
        store.queue.claim(2, "us", "lin")


def test_of_many_who_claim_at_once_one_gets_it(store: Store, put: Callable[..., int], url: str) -> None:
    """Each with a store of their own: everybody is told the same name."""
    for number in range(1, 9):
        put(number)

    def race(user: str) -> list[str | None]:
        with open_store(url, now=lambda: NOW) as own:
            return [own.queue.claim(number, "us", user).claimed_by for number in range(1, 9)]

    users = ["lin", "wang", "ho", "chan"]
    with ThreadPoolExecutor(len(users)) as pool:
        told = list(pool.map(race, users))
    kept = [row.claimed_by for row in sorted(store.queue.page(ALL).rows, key=lambda row: row.listing)]
    assert all(answers == kept for answers in told)
    assert set(kept) <= set(users)


def test_no_two_work_through_the_queue_on_one_page(store: Store, put: Callable[..., int], url: str) -> None:
    """Everybody takes the next page, does it, and takes the next: each is done once."""
    for number in range(1, 31):
        put(number)

    def work(user: str) -> list[int]:
        done: list[int] = []
        with open_store(url, now=lambda: NOW) as own:
            while (page := own.queue.next(Filter(market="us"), None, user)) is not None:
                if own.queue.claim(page.listing, "us", user).claimed_by != user:
                    continue
                with own.database.write() as connection:
                    mine = held.c.listing == page.listing, held.c.claimed_by == user, held.c.state == "open"
                    done += [page.listing] * connection.execute(update(held).where(*mine).values(state="done")).rowcount
        return done

    with ThreadPoolExecutor(3) as pool:
        done = [number for own in pool.map(work, ("lin", "wang", "ho")) for number in own]
    assert list(range(1, 31)) == sorted(done)


def test_assigning_is_logged(store: Store, put: Callable[..., int]) -> None:
    """Each page that changes, once, with what was before; one that does not wait is passed over."""
    put(1)
    put(2, market="hk", merchant="shop", id="x")
    due = NOW + timedelta(days=2)
    places = [(2, "hk"), (1, "us"), (1, "us"), (9, "us")]
    assert 2 == store.queue.assign(places, "lin", due, "ho")
    assert 0 == store.queue.assign(places, "lin", due, "ho")
    assert 1 == store.queue.assign([(2, "hk")], None, None, "ho")
    row = store.queue.get(1, "us")
    assert row is not None
    assert ("lin", due) == (row.assignee, row.due_at)
    with store.database.read() as connection:
        acts = connection.execute(select(actions).order_by(actions.c.id)).all()
    assert [("m", "xhs-1", "us"), ("shop", "x", "hk"), ("shop", "x", "hk")] == [
        (act.merchant, act.listing, act.market) for act in acts
    ]
    assert {("assign", "ho")} == {(act.action, act.actor) for act in acts}
    last = load(acts[-1].detail)
    assert (None, "lin", None, due.isoformat()) == (
        last["assignee"], last["before"], last["due_at"], last["was_due_at"],
    )  # fmt: skip
