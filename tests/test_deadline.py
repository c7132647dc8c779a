"""A run with a deadline: the most valuable pages first, a clean stop, nothing lost, and the next run goes on."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shopglot.engines.base import Engine
from shopglot.executors.local import LocalExecutor
from shopglot.executors.stoppable import StoppableExecutor
from shopglot.loading import load_localizers
from shopglot.quality import Opinion
from shopglot.run import Night, run
from shopglot.stopping import LEFT, Ended, Stop
from shopglot.store import Store, open_store
from shopglot.store.working import RunOver
from shopglot.summary import Summary
from shopglot.types import Outcome, Reply, Request, View

pytestmark = pytest.mark.usefixtures("kind_data")
MARKETS = ("us", "hk")
SECONDS = 10.0  # that a batch takes
FAR = 1e9


class SlowExecutor(LocalExecutor):
    """Runs batches on a clock of its own: each takes ten seconds, and `before` hears of each."""

    def __init__(self) -> None:
        self.now = 0.0
        self.batches = 0
        self.texts = 0
        self.before: Callable[[int], object] = lambda number: None

    def translate(self, engine: Engine, batches: Iterable[Sequence[Request]]) -> Iterator[list[Reply]]:
        """Yield the replies to each batch."""
        return super().translate(engine, self._passing(batches))

    def read(
        self, engine: Engine, batches: Iterable[Sequence[tuple[str, str]]], views: Collection[View]
    ) -> Iterator[list[Opinion]]:
        """Yield the opinions on each batch."""
        return super().read(engine, self._passing(batches), views)

    def _passing(self, batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            self.batches += 1
            self.texts += len(batch)
            self.before(self.batches)
            self.now += SECONDS
            yield batch


class Result(NamedTuple):
    """What a run told, and what its clock and executor say in the end."""

    summary: Summary
    outcomes: list[Outcome]
    slow: SlowExecutor


def work(
    catalog: Path, store: Store, deadline: float | None, before: Callable[[int, Stop], object] | None = None
) -> Result:
    """Run a catalog; `before` hears of every batch, and may ask to stop."""
    slow, outcomes = SlowExecutor(), list[Outcome]()
    stop = Stop(deadline=deadline, clock=lambda: slow.now)
    if before is not None:
        slow.before = lambda number: before(number, stop)
    summary = run(
        Night(
            catalog=str(catalog), content="", total=None, localizers=load_localizers(MARKETS, model="fake", plain=True),
            store=store, executor=StoppableExecutor(slow, stop), emit=outcomes.append, stop=stop,
        )
    )  # fmt: skip
    return Result(summary, outcomes, slow)


def on_sale(store: Store) -> dict[tuple[str, str], str]:
    """Return what is published, by market and id."""
    return {
        (market, str(page["id"])): json.dumps(page, sort_keys=True)
        for market in MARKETS
        for page in store.published(market)
    }


def texts(store: Store) -> list[tuple[object, ...]]:
    """Return what the machine is remembered to have said, and how often each text was asked for."""
    statement = "SELECT machine_key, target, attempts, opinion FROM translations ORDER BY machine_key"
    with store.database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """Two dozen pages of the sample, some of them worth more than others, a broken line and a repeated one."""
    path = tmp_path_factory.mktemp("deadline") / "catalog.jsonl"
    chance = random.Random(7)  # noqa: S311 - a fixed sequence
    lines = []
    for line in sample.read_text("utf-8").splitlines()[:24]:
        document = json.loads(line)
        document |= {"priority": chance.choice([0, 1, 5, 9.5])} if chance.random() < 0.5 else {}
        lines.append(json.dumps(document | {"stock": chance.choice([0, 3])}, ensure_ascii=False))
    path.write_text("\n".join([*lines[:7], '{"id": ', *lines[7:], lines[3]]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def new_store(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """Open stores by name; they are closed at the end."""
    opened: list[Store] = []

    def make(name: str) -> Store:
        opened.append(open_store(str(tmp_path / f"{name}.db")))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


class Whole(NamedTuple):
    """What a run makes that no deadline cuts off, and what is on sale then."""

    result: Result
    pages: dict[tuple[str, str], str]
    texts: list[tuple[object, ...]]


@pytest.fixture(scope="module")
def whole(catalog: Path, tmp_path_factory: pytest.TempPathFactory, data_folder: Path) -> Whole:
    """A run by value whose deadline is far away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOPGLOT_DATA", str(data_folder))
        with open_store(str(tmp_path_factory.mktemp("whole") / "whole.db")) as store:
            return Whole(work(catalog, store, FAR), on_sale(store), texts(store))


@pytest.mark.parametrize("deadline", [0.0, 35.0, 80.0])
def test_deadline_only_cuts_off(
    deadline: float, catalog: Path, whole: Whole, new_store: Callable[[str], Store]
) -> None:
    """Law 6: what is on sale at the deadline is, byte for byte, what a run without it makes; the next run has the rest.

    Law 1 holds at every deadline: every line has one outcome in each market.
    """
    full, cut = whole.result, new_store("cut")
    first = work(catalog, cut, deadline)
    assert sorted((line, market) for line in range(1, 27) for market in MARKETS) == sorted(
        (outcome.line, outcome.market) for outcome in first.outcomes
    )
    assert {"us": 26, "hk": 26} == {name: sum(counts.values()) for name, counts in first.summary.outcomes.items()}
    before, after = on_sale(cut), whole.pages
    assert before.items() <= after.items()
    assert len(before) < len(after)
    left = [outcome for outcome in first.outcomes if LEFT in outcome.reasons]
    assert sum(first.summary.left.values()) == len(left) > 0
    assert {"skipped"} == {outcome.status for outcome in left}
    assert all(outcome.message and outcome.message_zh for outcome in left)
    done = {(o.line, o.market): o for o in first.outcomes if LEFT not in o.reasons}
    assert done.items() <= {(o.line, o.market): o for o in full.outcomes}.items()
    rest = work(catalog, cut, None)
    assert ({"us": 0, "hk": 0}, False) == (rest.summary.left, rest.summary.resumed)
    assert full.summary.outcomes == rest.summary.outcomes
    assert after == on_sale(cut)
    again = work(catalog, cut, FAR)  # law 7
    assert (0, 0) == (again.summary.translated, again.summary.published)


def test_no_batch_begins_that_would_end_too_late(catalog: Path, new_store: Callable[[str], Store]) -> None:
    """Once a batch has shown how long it takes, none is begun without that much time; all that was made is kept."""
    ends = [work(catalog, new_store(str(end)), end).slow.now for end in (25.0, 47.0, 99.0)]
    assert all(now <= end for now, end in zip(ends, (25.0, 47.0, 99.0), strict=True))
    assert all(now > 0 for now in ends)


def test_texts_of_a_cut_window_are_remembered(catalog: Path, whole: Whole, new_store: Callable[[str], Store]) -> None:
    """What the engine made of pages that were cut off is not made again."""
    store = new_store("cut")
    first = work(catalog, store, 80.0)
    again = work(catalog, store, FAR)
    assert first.slow.batches > 0
    assert again.slow.texts < whole.result.slow.texts < again.slow.texts + first.slow.texts * 2
    assert texts(store) == whole.texts
    assert again.summary.translated < whole.result.summary.translated


def test_most_valuable_first(catalog: Path, new_store: Callable[[str], Store]) -> None:
    """No page that was reached is worth less than one that was not, but for its window; the order is not the value."""
    told = work(catalog, new_store("cut"), 80.0).outcomes
    documents = dict(enumerate(catalog.read_text("utf-8").splitlines(), start=1))
    left = {outcome.line for outcome in told if outcome.market == "us" and LEFT in outcome.reasons}
    worked = {o.line for o in told if o.market == "us" and o.status in ("publish", "review", "reject")}

    def worth(line: int) -> tuple[float, bool]:
        document = json.loads(documents[line])
        return document.get("priority", 0), document["stock"] > 0

    assert left
    assert worked
    assert min(map(worth, worked)) >= max(map(worth, left))
    assert max(worked) > min(left)


def test_pages_on_sale_stay_as_they_were(tmp_path: Path, new_store: Callable[[str], Store]) -> None:
    """A page that changed and was not reached keeps its version; nobody is told that it is unsuitable."""
    path, store = tmp_path / "catalog.jsonl", new_store("night")
    path.write_text(
        json.dumps({"id": "p", "merchant": "m", "fields": {"title": "记忆棉旅行枕"}}) + "\n", encoding="utf-8"
    )
    work(path, store, None)
    before = on_sale(store)
    path.write_text(
        json.dumps({"id": "p", "merchant": "m", "fields": {"title": "纯棉连衣裙"}}) + "\n", encoding="utf-8"
    )
    cut = work(path, store, 0.0)
    assert {"us": 1, "hk": 1} == cut.summary.left
    assert before == on_sale(store)
    shop = store.merchants.read("m")
    assert shop is not None
    assert {("publish", True)} == {(page.status, page.on_sale) for pages in shop.pages.values() for page in pages}
    assert before != (on_sale(store) if work(path, store, None).summary.published == 2 else before)


def test_page_that_has_to_go_comes_first(tmp_path: Path, new_store: Callable[[str], Store]) -> None:
    """A page that is no longer offered is worth more than any priority: it is in the first window."""
    path, store = tmp_path / "catalog.jsonl", new_store("night")
    pages = [
        {"id": f"p{number}", "priority": number, "fields": {"title": f"纯棉连衣裙{number}号"}} for number in range(9)
    ]
    path.write_text("".join(json.dumps(page) + "\n" for page in pages), encoding="utf-8")
    work(path, store, None)
    changed = [page | {"fields": {"title": f"加厚羽绒服{page['id']}"}} for page in pages[1:]]
    gone = pages[0] | {"markets": ["hk"]}
    path.write_text("".join(json.dumps(page) + "\n" for page in [*changed, gone]), encoding="utf-8")
    asked: list[int] = []

    def stop_soon(number: int, stop: Stop) -> None:
        asked.append(number)
        stop.deadline = 0.0  # after the first batch

    cut = work(path, store, FAR, stop_soon)
    assert len(asked) == 1
    assert cut.summary.withdrawn == 1
    assert "p0" not in {page["id"] for page in store.published("us")}


def test_signal_ends_the_batch_in_hand(catalog: Path, whole: Whole, new_store: Callable[[str], Store]) -> None:
    """What the engine was at is written; the run stays open, and the next start ends as if nothing had been."""
    store = new_store("stopped")
    with pytest.raises(Ended, match="SIGTERM"):
        work(catalog, store, FAR, lambda number, stop: stop.ask("SIGTERM") if number == 3 else None)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM translations").scalar_one() > 0
        assert 3 == connection.exec_driver_sql("SELECT count(*) FROM batches WHERE done").scalar_one()
    store.working.end()
    rest = work(catalog, store, FAR)
    assert rest.summary.resumed
    assert whole.result.summary.outcomes == rest.summary.outcomes
    assert whole.pages == on_sale(store)
    assert rest.slow.batches == whole.result.slow.batches - 3


def test_signal_while_nothing_is_in_hand() -> None:
    """It ends the work where it is; with a batch in hand it is noted, and heeded when that is written."""
    with pytest.raises(Ended):
        Stop().ask("SIGINT")
    stop = Stop(in_hand=True)
    stop.ask("SIGINT")
    with pytest.raises(Ended):
        stop.check()


def test_run_is_closed_at_its_deadline(catalog: Path, new_store: Callable[[str], Store]) -> None:
    """Nothing is left open for a later process to take up or to wait for."""
    store = new_store("cut")
    assert work(catalog, store, 35.0).summary.left != {"us": 0, "hk": 0}
    with pytest.raises(RunOver):
        store.working.window(1, 0)
