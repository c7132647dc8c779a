"""Any sequence of nights, changes, approvals, pauses, ways back and deaths, against a model of what should stand."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url

from shopglot.errors import UsageError
from shopglot.executors.local import LocalExecutor
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.run import Night, run
from shopglot.store import HumanText, open_store
from shopglot_eval.faults.content import BROKEN
from shopglot_eval.sequences.model import Model, Place
from shopglot_eval.sequences.world import (
    IDS,
    MARKETS,
    MERCHANTS,
    PATHS,
    TARGETS,
    TEXTS,
    VARIANTS,
    Page,
    Policy,
    World,
    canonical,
    lines,
    listing,
)  # fmt: skip

COUNT = int(os.environ.get("SHOPGLOT_SEQUENCES", "0"))  # 0: as many as a test run has time for
IN_TESTS = {"sqlite": 60, "postgresql": 15}
STEPS = 14
PHASES = [Phase.generate] if os.environ.get("SHOPGLOT_NO_SHRINK") else [Phase.generate, Phase.shrink]

market_names = st.sampled_from(MARKETS)
texts = st.sampled_from(TEXTS)
pages = st.builds(Page, st.sampled_from(IDS), texts, texts)
numbers = st.integers(0, 10**6)
moments = st.integers(1, 160)  # statements until a death; a small night makes about so many


class Died(BaseException):
    """The process is gone: nothing may be written any more."""


class Death:
    """Ends a process before one of its statements or commits, and lets none follow."""

    def __init__(self) -> None:
        self.left = -1

    def strike(self, *_: Any) -> None:
        """Count a statement."""
        if self.left > 0:
            self.left -= 1
        if self.left == 0:
            raise Died


class Sequences(RuleBasedStateMachine):
    """Does to a store and to the model whatever comes, and compares them after every step."""

    places: Any  # where databases come from: a context manager that gives a URL
    load: Callable[[str], Localizer]
    told: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="shopglot-sequences-"))
        self.place = type(self).places(self.folder)
        self.url = self.place.__enter__()
        self.death = Death()
        self.last_run = 0
        self.open()

    @initialize(
        policy=st.builds(
            Policy, reuse=st.sampled_from(["listing", "merchant", "market"]), hold_outdated=st.booleans(),
            withdraw_missing=st.booleans(),
        ),
        first=st.lists(pages, min_size=2, max_size=5, unique_by=lambda page: page.id),
    )  # fmt: skip
    def begin(self, policy: Policy, first: list[Page]) -> None:
        """A first night over a small catalog."""
        self.model = Model(world=World(policy=policy, load=type(self).load))
        self.model.catalog = {page.id: page for page in first}
        self.run_night()

    def open(self) -> None:
        """Start a process: open the store, and let death listen."""
        self.store = open_store(self.url)
        engine = self.store.database.engine
        event.listen(engine, "before_cursor_execute", self.death.strike)
        event.listen(engine, "commit", self.death.strike)

    # -- nights -------------------------------------------------------------------------------------------------------

    def work(self) -> int:
        """Do a night's run and return its number."""
        catalog = self.folder / "catalog.jsonl"
        content = lines(list(self.model.catalog.values()))
        catalog.write_text(content, encoding="utf-8")
        night = Night(
            catalog=str(catalog), content=hashlib.sha256(content.encode()).hexdigest(), total=None,
            localizers=self.model.world.localizers(self.model.variant), store=self.store, executor=LocalExecutor(),
        )  # fmt: skip
        return run(night).run_id

    @rule()
    def run_night(self) -> None:
        """A night that nobody disturbs."""
        self.last_run = self.work()
        self.model.run(self.last_run)

    @rule(moment=moments)
    def run_and_die(self, moment: int) -> None:
        """A night that is killed: every page is as it was or as it should be, nothing in between."""
        self.death.left = moment
        try:
            self.last_run = self.work()
        except Died:
            self.bury()
            self.adopt()
        else:
            self.death.left = -1
            self.model.run(self.last_run)

    def adopt(self) -> None:
        """Learn from the store how far the night came, and complain where a page is neither old nor new."""
        wanted = self.model.copy()
        wanted.run(self.newest_run())
        known = self.model.known | set(self.model.catalog)
        for (name, market), new in wanted.places.items():
            old = self.model.place(name, market)
            stands = self.versions(name, market)
            assert stands in (old.versions, new.versions), (name, market)
            if self.settled(name, market, new) if old.versions == new.versions else stands == new.versions:
                self.model.places[name, market] = new
        self.model.known = known if self.model.known else self.model.known

    def settled(self, name: str, market: str, new: Place) -> bool:
        """Whether the night had come to a page of which it has published nothing new."""
        standing = self.store.standing(market, [(MERCHANTS[name], name)]).get((MERCHANTS[name], name))
        if standing is None or name not in self.model.catalog or standing.again:
            return False
        localizer = self.model.world.localizer(market, self.model.variant)
        key = localizer.inputs_key(listing(self.model.catalog[name]), publish=True)
        return standing.inputs_key == key and standing.pinned == (new.pin is not None)

    def bury(self) -> None:
        """Take away what is left of a dead process, and start another."""
        self.death.left = -1
        self.store.working.dismiss()  # the operating system takes its locks back; nothing is given back by itself
        self.store.database.close()
        self.cut()
        self.open()

    def cut(self) -> None:
        """End what the dead process had open on a server."""
        if self.url.startswith("postgresql"):
            import psycopg

            target = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(target, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    # -- the catalog --------------------------------------------------------------------------------------------------

    @rule(page=pages)
    def add_or_replace(self, page: Page) -> None:
        """A page comes, or is written anew."""
        self.model.catalog[page.id] = page

    @precondition(lambda self: self.model.catalog)
    @rule(which=numbers, path=st.sampled_from(PATHS), text=texts)
    def edit(self, which: int, path: str, text: str) -> None:
        """A text changes; later it may change back."""
        page = self.pick(which)
        title, note = (text, page.note) if path == PATHS[0] else (page.title, text)
        self.model.catalog[page.id] = Page(page.id, title, note, page.stock, page.markets)

    @precondition(lambda self: self.model.catalog)
    @rule(which=numbers, stock=st.integers(0, 1), offered=st.sampled_from([MARKETS, MARKETS, ("us",), ("hk",)]))
    def restock(self, which: int, stock: int, offered: tuple[str, ...]) -> None:
        """Something changes that is no text: the stock, or where the page is offered."""
        page = self.pick(which)
        self.model.catalog[page.id] = Page(page.id, page.title, page.note, stock, offered)

    @precondition(lambda self: len(self.model.catalog) > 1)
    @rule(which=numbers)
    def remove(self, which: int) -> None:
        """A page leaves the catalog."""
        del self.model.catalog[self.pick(which).id]

    @rule(variant=st.integers(0, VARIANTS - 1), night=st.booleans())
    def change_rules(self, variant: int, night: bool) -> None:
        """The glossary or a rule changes, or changes back."""
        self.model.variant = variant
        self.perhaps(night)

    def perhaps(self, night: bool) -> None:
        """A night that follows at once."""
        if night:
            self.run_night()

    def pick(self, which: int) -> Page:
        """Return a page of the catalog."""
        return list(self.model.catalog.values())[which % len(self.model.catalog)]

    # -- people -------------------------------------------------------------------------------------------------------

    def act(self, moment: int | None, work: Callable[[], object]) -> None:
        """Do what a person does; where they are cut off, they do it again."""
        if moment is not None:
            self.death.left = moment
            try:
                work()
            except Died:
                self.bury()
            else:
                self.death.left = -1
                return
        work()

    @precondition(lambda self: self.worked())
    @rule(
        which=numbers, path=st.sampled_from(PATHS), said=st.sampled_from(TARGETS), everywhere=st.booleans(),
        moment=st.none() | st.integers(1, 12),
        night=st.booleans(),
    )  # fmt: skip
    def approve(self, which: int, path: str, said: str, everywhere: bool, moment: int | None, night: bool) -> None:
        """A translator approves a text as it stands on a page; titles for the whole market as well."""
        (name, market), place = self.worked()[which % len(self.worked())]
        everywhere = everywhere and path == PATHS[0]
        page = place.source
        assert page is not None
        segments = self.model.world.segments(page, market, place.variant)
        item = next(item for item in segments if item.key.path == path)
        unit = self.model.world.localizer(market, place.variant).unit(item)
        text = HumanText(
            unit_key=unit.unit_key, market=market, source=item.source, target=said, approved_by="wen", path=path,
            field=item.field, merchant="" if everywhere else MERCHANTS[name],
            listing="" if everywhere else name,
        )  # fmt: skip
        self.act(moment, lambda: self.store.approvals.approve(text, reuse=self.model.world.policy.reuse))
        self.model.approve(name, market, path, said, everywhere=everywhere)
        self.perhaps(night)

    def worked(self) -> list[tuple[tuple[str, str], Place]]:
        """Return the places that have texts."""
        return sorted(((key, place) for key, place in self.model.places.items() if place.units), key=lambda x: x[0])

    @rule(market=market_names, name=st.sampled_from(IDS), shop=st.booleans(), moment=st.none() | st.integers(1, 25))
    def pause(self, market: str, name: str, shop: bool, moment: int | None) -> None:
        """A merchant takes a shop or a page off a market."""
        own = None if shop else name
        self.act(moment, lambda: self.store.enrolment.pause(market, MERCHANTS[name], own, actor="shop"))
        self.model.pause(market, MERCHANTS[name], own)

    @rule(market=market_names, name=st.sampled_from(IDS), shop=st.booleans(), moment=st.none() | st.integers(1, 25))
    def resume(self, market: str, name: str, shop: bool, moment: int | None) -> None:
        """A merchant opens a shop or a page again."""
        own = None if shop else name
        self.act(moment, lambda: self.store.enrolment.resume(market, MERCHANTS[name], own, actor="shop"))
        self.model.resume(market, MERCHANTS[name], own)

    @precondition(lambda self: self.returnable())
    @rule(which=numbers, version=numbers, moment=st.none() | st.integers(1, 20), variant=st.integers(0, VARIANTS))
    def go_back(self, which: int, version: int, moment: int | None, variant: int) -> None:
        """Somebody puts an earlier version of a page on sale again."""
        name, market = self.returnable()[which % len(self.returnable())]
        wanted = 1 + version % len(self.model.place(name, market).versions)

        def work() -> None:
            rollback = self.store.rollback
            with suppress(UsageError):  # it is on sale already
                rollback.apply(rollback.plan_page((MERCHANTS[name], name), market, to=wanted), actor="wen")

        self.act(moment, work)
        self.model.go_back(name, market, wanted)
        if variant < VARIANTS:  # a night with other rules would publish something else
            self.change_rules(variant=variant, night=True)

    def returnable(self) -> list[tuple[str, str]]:
        """Return the places that have versions, are offered and not paused."""
        return sorted(
            key for key, place in self.model.places.items()
            if place.versions and place.status != "skipped" and not self.model.paused(*key)
        )  # fmt: skip

    @precondition(lambda self: self.revertible())
    @rule(moment=st.none() | st.integers(1, 30))
    def go_back_before_a_run(self, moment: int | None) -> None:
        """Somebody takes back all that the last run published."""
        number = self.last_run

        def work() -> None:
            self.store.rollback.apply(self.store.rollback.plan_run(number), actor="wen")

        self.act(moment, work)
        self.model.go_back_before(number)

    def revertible(self) -> bool:
        """Whether the last run published something, and all of it can be taken back at once."""
        own = {key for key, place in self.model.places.items() if self.last_run in place.runs}
        return bool(own) and own <= set(self.returnable())

    @precondition(lambda self: self.pins())
    @rule(which=numbers, moment=st.none() | st.integers(1, 8))
    def release(self, which: int, moment: int | None) -> None:
        """Somebody lets runs decide again."""
        name, market = self.pins()[which % len(self.pins())]

        def work() -> None:
            with suppress(*[UsageError] if moment else []):  # it may have been done before the death
                self.store.rollback.release((MERCHANTS[name], name), market, actor="wen")

        self.act(moment, work)
        self.model.release(name, market)

    def pins(self) -> list[tuple[str, str]]:
        """Return the places that are pinned."""
        return sorted(key for key, place in self.model.places.items() if place.pin is not None)

    # -- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def same_catalog(self) -> None:
        """What is published, every version of it and why, is what the model says."""
        for market in MARKETS:
            on_sale = {
                name: place.on_sale for (name, where), place in self.model.places.items()
                if where == market and place.on_sale is not None
            }  # fmt: skip
            assert on_sale == {str(page["id"]): canonical(page) for page in self.store.published(market)}
        for (name, market), place in self.model.places.items():
            assert place.versions == self.versions(name, market), (name, market)

    @invariant()
    def sound_store(self) -> None:
        """Every version has its event, versions are consecutive, pointers point at what is on sale."""
        with self.store.database.read() as connection:
            for what, query in BROKEN.items():
                if "over itself" not in what:
                    assert [] == connection.exec_driver_sql(query).fetchall(), what

    @invariant()
    def paused_is_down(self) -> None:
        """Nothing is on sale for what is paused."""
        for market in MARKETS:
            names = [name for name in IDS if self.model.paused(name, market)]
            assert [] == [page["id"] for page in self.store.published(market) if page["id"] in names]

    def versions(self, name: str, market: str) -> list[tuple[str | None, str]]:
        """Return the versions of a page as they are stored: content and cause."""
        import json

        query = (
            "SELECT p.version, p.document, p.cause FROM publications p JOIN listings l ON l.number = p.listing"  # noqa: S608
            f" WHERE l.id = '{name}' AND p.market = '{market}' ORDER BY p.version"
        )
        with self.store.database.read() as connection:
            rows = connection.exec_driver_sql(query).fetchall()
        return [(None if document is None else canonical(json.loads(document)), cause) for _, document, cause in rows]

    def newest_run(self) -> int:
        """Return the number of the newest run."""
        with self.store.database.read() as connection:
            return int(connection.exec_driver_sql("SELECT max(id) FROM runs").scalar_one())

    def teardown(self) -> None:
        """Take the store away."""
        type(self).told["sequences"] += 1
        self.death.left = -1
        try:
            self.store.close()
        finally:  # whatever went wrong: a database that stays keeps its connections, and soon the server has none left
            self.place.__exit__(None, None, None)
            shutil.rmtree(self.folder, ignore_errors=True)


def drop(server: str, url: str) -> None:
    """Drop a database."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
    engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_any_sequence(
    engine: str, data_folder: Path, monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """After every step of every sequence the store holds what the model says, no more and no less."""
    monkeypatch.setenv("SHOPGLOT_DATA", str(data_folder))
    count = COUNT or IN_TESTS[engine]
    template = tmp_path / "template.db"
    if engine == "sqlite":
        open_store(str(template)).close()
    make = request.getfixturevalue("make_database") if engine == "postgresql" else None
    server = request.getfixturevalue("postgres") if engine == "postgresql" else ""

    @contextmanager
    def places(folder: Path) -> Iterator[str]:
        if make is None:
            shutil.copyfile(template, folder / "s.db")
            yield str(folder / "s.db")
        else:
            url = make()
            yield url
            drop(server, url)

    class Told(Sequences):
        pass

    Told.places = staticmethod(places)
    Told.load = staticmethod(lambda market: load_localizer(market, model="fake", plain=True))
    Told.told = {"sequences": 0}
    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=count, stateful_step_count=STEPS, deadline=None, database=None, derandomize=not COUNT,
            suppress_health_check=list(HealthCheck), print_blob=True,
            # A failure on the server is shown as it came: making it smaller takes an hour there.
            phases=PHASES if engine == "sqlite" else [Phase.generate],
        ),
    )  # fmt: skip
    with capsys.disabled():
        if COUNT:
            print(f"\n{engine}: {Told.told['sequences']} sequences, no difference")
    assert count <= Told.told["sequences"]
