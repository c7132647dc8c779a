"""Any sequence of nights, pauses, resumptions and rollbacks, against a model of what should be on sale."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, select

from shopglot.errors import UsageError
from shopglot.store import RunSpec, Settlement, Store
from shopglot.store.encoding import load
from shopglot.store.schema import items, listings, publications

NAMES = ("a", "b")
UNSET = "unset"
MERCHANTS = count()

_name = st.sampled_from(NAMES)
_reach = st.sampled_from((None, *NAMES))
ACTS = st.one_of(
    st.tuples(st.just("publish"), _name, st.sampled_from("xyz")),
    st.tuples(st.just("pause"), _reach),
    st.tuples(st.just("resume"), _reach),
    st.tuples(st.just("back"), _name, st.integers(1, 6)),
    st.tuples(st.just("undo"), st.integers(0, 5)),
)


class Page:
    """What should be known of a page: its versions as (content, cause, run), and a person's choice."""

    def __init__(self) -> None:
        self.versions: list[tuple[str | None, str, int]] = []
        self.pinned = False
        self.choice: str | None = UNSET

    @property
    def current(self) -> str | None:
        """What is on sale."""
        return self.versions[-1][0] if self.versions else None

    @property
    def comeback(self) -> tuple[bool, str | None]:
        """Whether it is settled what it comes back with, and what."""
        if self.choice != UNSET:
            return True, self.choice
        if self.versions and self.versions[-1][1] == "pause":
            return True, self.versions[-2][0]
        return self.pinned, None

    def write(self, content: str | None, cause: str, run: int = 0) -> None:
        """Write a version, unless it is so already; a person's version uses up their choice."""
        if content != self.current:
            self.versions.append((content, cause, run))
            self.choice = self.choice if cause == "run" else UNSET

    def go_back(self, content: str | None, *, closed: bool) -> None:
        """Go back to a content, or choose it for later."""
        if closed and (self.current is None or content is not None):
            if self.comeback != (True, content):
                self.choice, self.pinned = content, True
        elif content != self.current:
            self.write(content, "rollback")
            self.pinned = True


class Shop:
    """What should be known of a shop with its pages, in one market."""

    def __init__(self) -> None:
        self.pages = {name: Page() for name in NAMES}
        self.rows: dict[str | None, bool] = {}

    def closed(self, name: str) -> bool:
        """Whether a page is paused."""
        return self.rows.get(name, self.rows.get(None, False))

    def pause(self, reach: str | None) -> None:
        """Pause."""
        self.rows = {key: paused for key, paused in self.rows.items() if reach is not None or paused} | {reach: True}
        for name, page in self.pages.items():
            if reach in (None, name) and self.closed(name):
                page.write(None, "pause")

    def resume(self, reach: str | None) -> None:
        """Resume."""
        self.rows.pop(reach, None)
        if reach is None:
            self.rows = {key: paused for key, paused in self.rows.items() if paused}
        elif self.rows.get(None):
            self.rows[reach] = False
        for name, page in self.pages.items():
            if reach in (None, name) and not self.closed(name) and page.current is None:
                page.write(page.comeback[1], "resume")


def replay(
    store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement], shop: Shop, merchant: str,
    act: tuple[Any, ...], runs: list[int],
) -> None:  # fmt: skip
    """Do an act in the store and in the model."""
    kind, *given_ = act
    if kind == "publish":
        name, title = given_
        run = store.begin_run(spec)
        runs.append(run.id)
        store.see(run.id, [(1, merchant, name)])
        if not store.enrolment.paused("us", [(merchant, name)]):
            store.settle_many(run.id, [settlement_of(1, title=title, name=name, merchant=merchant)])
        store.finish_run(run, {})
        page = shop.pages[name]
        if not shop.closed(name) and not page.pinned:
            page.write(title, "run", run.id)
    elif kind == "back":
        go_back(store, shop, merchant, *given_)
    elif kind == "undo":
        undo(store, shop, runs[given_[0]] if given_[0] < len(runs) else 0)
    else:
        getattr(store.enrolment, kind)("us", merchant, *given_, actor="lin")
        getattr(shop, kind)(*given_)


def go_back(store: Store, shop: Shop, merchant: str, name: str, version: int) -> None:
    """Go back to a version of a page, where there is a way."""
    page = shop.pages[name]
    try:
        plan = store.rollback.plan_page((merchant, name), "us", to=version)
    except UsageError:
        assert version > len(page.versions) or page.versions[version - 1][0] == page.current
        return
    store.rollback.apply(plan, actor="lin")
    page.go_back(page.versions[version - 1][0], closed=shop.closed(name))


def undo(store: Store, shop: Shop, run_id: int) -> None:
    """Take a run back, where it published anything."""
    written = {name: [version[2] for version in page.versions] for name, page in shop.pages.items()}
    if not any(run_id and run_id in own for own in written.values()):
        return
    store.rollback.apply(store.rollback.plan_run(run_id), actor="lin")
    for name, page in shop.pages.items():
        if run_id in written[name]:
            first = written[name].index(run_id)
            page.go_back(page.versions[first - 1][0] if first else None, closed=shop.closed(name))


def on_sale(store: Store, merchant: str) -> list[str]:
    """Return the titles of a shop that are on sale, by id."""
    own = and_(
        publications.c.listing == items.c.listing,
        publications.c.market == items.c.market,
        publications.c.version == items.c.version,
    )
    wanted = select(publications.c.document).join(items, own).join(listings, listings.c.number == items.c.listing)
    with store.database.read() as connection:
        found = connection.scalars(wanted.where(listings.c.merchant == merchant).order_by(listings.c.id))
        return [load(document)["fields"]["title"] for document in found if document is not None]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=2, max_size=12))
def test_any_sequence_does_what_the_model_says(
    store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement], acts: list[tuple[Any, ...]]
) -> None:
    """What is on sale after every act is what the model has; nothing that was ever published is lost."""
    merchant, shop, runs = f"m{next(MERCHANTS)}", Shop(), list[int]()
    for act in acts:
        replay(store, spec, settlement_of, shop, merchant, act, runs)
        standing = store.standing("us", [(merchant, name) for name in NAMES])
        for name, page in shop.pages.items():
            version = standing[merchant, name].version if (merchant, name) in standing else None
            assert (len(page.versions) if page.current is not None else None) == version, (act, name)
    assert [page.current for page in shop.pages.values() if page.current is not None] == on_sale(store, merchant)
    for name, page in shop.pages.items():
        told = [event for event in store.history(name, merchant=merchant) if event["event"] == "version"]
        assert [(number, content is None, cause) for number, (content, cause, _) in enumerate(page.versions, 1)] == [
            (event["version"], event["kind"] == "withdraw", event["cause"]) for event in told
        ]
