"""The executor on a Ray cluster of this machine with two workers: the same answers as locally, whatever dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot.config import card_root
from shopglot.engines.cards import get_card
from shopglot.engines.fake import FakeEngine
from shopglot.errors import ModelError, UsageError, WorkError
from shopglot.executors import open_executor
from shopglot.executors.cluster import _begin
from shopglot.executors.local import LocalExecutor
from shopglot.executors.ray import HELD, TRIES, RayExecutor, RemoteEngine, remote
from shopglot.executors.settings import Settings
from shopglot.executors.worker import Recipe
from shopglot.loading import catalog_content, load_localizers
from shopglot.run import Night, run
from shopglot.store import open_store
from shopglot.summary import Summary, Watcher
from shopglot.types import Reply, Request, View
from shopglot_eval.faults.catalogs import nights
from shopglot_eval.faults.content import compare, read
from shopglot_eval.spreading import Killer

pytest.importorskip("ray", reason="the extra 'ray' is not installed")

pytestmark = pytest.mark.usefixtures("cluster")
TWO = Settings(least=2, most=2)
MARKETS = ("us", "hk")


@pytest.fixture
def said() -> list[str]:
    """What the executor says."""
    return []


@pytest.fixture
def executor(said: list[str]) -> Iterator[RayExecutor]:
    """An executor with two workers."""
    with RayExecutor(TWO, say=said.append) as opened:
        yield opened


def stand_in(executor: RayExecutor, recipe: Recipe | None = None, size: int = 64) -> RemoteEngine:
    """Return the stand-in, or another engine, as the workers open it."""
    return RemoteEngine(
        name="fake@1", decoding="", batch_size=size, fake=True, executor=executor,
        recipe=recipe or Recipe(card=None, language="en"),
    )  # fmt: skip


def request(source: str) -> Request:
    """Return a request."""
    return Request(source=source, field="title", style="phrase")


def batches(number: int, size: int = 20) -> list[list[Request]]:
    """Return batches of different texts, long enough that a worker is at one for a while."""
    return [[request(f"第{batch}批第{text}条" + "柔软面料" * 50) for text in range(size)] for batch in range(number)]


class Poison:
    """Ends the process that receives it, as a crash inside a library does."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what is called there."""
        return os._exit, (3,)


def test_answers_are_the_local_ones(executor: RayExecutor) -> None:
    """Lengths, replies and opinions are those of the local executor, in order, for any text; empty batches too."""
    engine, local, here = stand_in(executor, size=1), LocalExecutor(), FakeEngine()
    odd = [["枕头", "面膜 \ud800"], [], ["🌸" * 9, "", "\x00"], ["柔软" * 50_000], []]
    asked = [[request(text) for text in batch] for batch in odd]
    pairs = [[(text, "Pillow \udfff") for text in batch] for batch in odd]
    views = frozenset[View]({"forward", "alone"})
    assert list(local.translate(here, asked)) == list(executor.translate(engine, asked))
    assert list(local.read(here, pairs, views)) == list(executor.read(engine, pairs, views))
    flat = [one for batch in asked for one in batch] * 5
    assert local.measure(here, flat) == executor.measure(engine, flat)
    assert [] == executor.measure(engine, [])
    assert (here.measure(flat[0]), here.translate(flat)) == (engine.measure(flat[0]), engine.translate(flat))


def test_two_workers_share_the_batches(executor: RayExecutor) -> None:
    """Both workers have answered, from processes of their own."""
    list(executor.translate(stand_in(executor), batches(12)))
    pids = {int(hand.where.split()[0]) for hand in executor._hands}
    assert 2 == len(pids)
    assert os.getpid() not in pids


def test_bounded_number_in_flight(executor: RayExecutor) -> None:
    """Batches are taken as answers are handed out: never more than the bound ahead of who reads them."""
    taken = 0

    def given() -> Iterator[Sequence[Request]]:
        nonlocal taken
        for batch in batches(80, 1):
            taken += 1
            yield batch

    bound = HELD * TWO.ahead * 2
    for number, _ in enumerate(executor.translate(stand_in(executor), given())):
        assert taken <= number + 1 + bound
        assert all(len(hand.jobs) <= TWO.ahead for hand in executor._hands)
    assert 80 == taken


def test_killed_workers_are_replaced(executor: RayExecutor, said: list[str]) -> None:
    """Both workers are killed, one after the other: every batch is answered, in order, as locally."""
    asked = batches(60)
    replies: list[list[Reply]] = []
    for number, answer in enumerate(executor.translate(stand_in(executor), asked)):
        replies.append(answer)
        if number in (5, 25):
            hand = next(hand for hand in executor._hands if hand.where)
            os.kill(int(hand.where.split()[0]), signal.SIGKILL)
    assert list(LocalExecutor().translate(FakeEngine(), asked)) == replies
    assert 2 == sum("is replaced" in line for line in said)


def test_batch_that_kills_every_worker(executor: RayExecutor) -> None:
    """A batch that ends each worker that takes it is an error in the end; the executor goes on with other work."""
    engine, bad = stand_in(executor), [Poison()]
    with pytest.raises(WorkError, match=rf"a batch of 1 texts failed {TRIES} times.*start the run again"):
        list(executor.translate(engine, [batches(1)[0], bad, *batches(3)]))  # type: ignore[list-item]  # that is it
    assert [engine.translate(batch) for batch in batches(2)] == list(executor.translate(engine, batches(2)))


def test_engine_that_keeps_failing(executor: RayExecutor, said: list[str]) -> None:
    """What an engine raises is tried again with another worker, and told in the end."""
    with pytest.raises(WorkError, match=r"worker \d+ on .*AttributeError"):
        list(executor.translate(stand_in(executor), [[None]]))  # type: ignore[list-item]  # an error inside
    assert TRIES - 1 == sum("is replaced" in line for line in said)


def test_model_that_is_not_there(executor: RayExecutor) -> None:
    """What shopglot raises on purpose is not tried again: it is the local error, with the worker's place."""
    card = get_card(card_root(), "qwen2.5-coder-1.5b")
    gone = replace(card, name="gone", source=replace(card.source, sha256="0" * 64))
    with pytest.raises(ModelError, match=r"^worker \d+ on .*models pull gone"):
        list(executor.translate(stand_in(executor, Recipe(card=gone, language="en")), batches(2)))


def test_more_workers_while_batches_wait(said: list[str]) -> None:
    """With least:most a second worker is begun where batches wait, and no third."""
    with RayExecutor(Settings(least=1, most=2, cpus=1), say=said.append) as growing:
        asked = batches(60)
        assert [FakeEngine().translate(batch) for batch in asked] == list(growing.translate(stand_in(growing), asked))
        assert 2 == len(growing._hands)
    assert ["Ray: batches are waiting, so there are 2 workers now"] == [line for line in said if "waiting" in line]


def test_abandoned_batches_do_not_come_back(executor: RayExecutor) -> None:
    """Who stops reading, and begins anew, gets the answers to the new batches only."""
    engine = stand_in(executor)
    old = executor.translate(engine, batches(20))
    next(old)
    fresh = [[request("面膜")], [request("枕头")]]
    answers = executor.translate(engine, fresh)
    first = next(answers)
    old.close()  # type: ignore[attr-defined]  # a generator
    assert [FakeEngine().translate(batch) for batch in fresh] == [first, *answers]


def night(catalog: Path, store: Path, ray: RayExecutor | None, watcher: Watcher) -> Summary:
    """Run a catalog with the stand-in, on workers or here."""
    localizers = load_localizers(MARKETS, model="fake", plain=True)
    if ray is not None:
        localizers = tuple(remote(localizer, "fake", ray) for localizer in localizers)
    with open_store(str(store)) as opened:
        return run(
            Night(
                catalog=str(catalog), content=catalog_content(str(catalog)), total=None, localizers=localizers,
                store=opened, executor=ray or LocalExecutor(), watcher=watcher,
            )
        )  # fmt: skip


@pytest.mark.usefixtures("kind_data")
def test_store_is_that_of_a_local_run(tmp_path: Path, said: list[str]) -> None:
    """A run on workers, also one whose workers are killed, leaves the very store of a local one, and as many versions.

    The next night has nothing to translate, and needs no cluster.
    """
    catalog = tmp_path / "catalog.jsonl"
    catalog.write_bytes(nights(14)[0])
    local = night(catalog, tmp_path / "local.db", None, Watcher())
    expected = read(str(tmp_path / "local.db"))
    assert expected.rows["publications"]
    for name, after in (("calm", ()), ("killed", (2, 4))):
        with RayExecutor(TWO, say=said.append) as ray:
            killer = Killer(ray, after)
            summary = night(catalog, tmp_path / f"{name}.db", ray, killer)
        difference = compare(expected, read(str(tmp_path / f"{name}.db")))
        assert not difference, str(difference)
        assert (len(after), local.published) == (killer.killed, summary.published)
        assert (local.as_json()["outcomes"], local.signature) == (summary.as_json()["outcomes"], summary.signature)
    with RayExecutor(TWO) as ray:
        counts: Any = night(catalog, tmp_path / "calm.db", ray, Watcher()).as_json()["segments"]
        assert (0, None) == (counts["translated"], ray._crew)


@pytest.mark.usefixtures("kind_data")
def test_conversion_by_rules_stays_here(executor: RayExecutor) -> None:
    """A market without a model keeps its engine; one with a model gets a stand-in for the workers' engine."""
    us, hk = load_localizers(MARKETS, model="fake")
    assert remote(hk, "fake", executor) is hk
    ours = remote(us, "fake", executor).open_engine()
    assert isinstance(ours, RemoteEngine)
    assert (us.open_engine().name, us.open_engine().batch_size) == (ours.name, ours.batch_size)
    asked = [[request("连衣裙")]]
    engine = hk.open_engine()
    assert list(LocalExecutor().translate(engine, asked)) == list(executor.translate(engine, asked))
    assert executor._crew is None


def test_cluster_that_does_not_answer(said: list[str]) -> None:
    """An address where nobody listens is failed work that names it, at once."""
    with pytest.raises(WorkError, match=r"127\.0\.0\.1:1 \(RAY_ADDRESS\) does not answer.*--executor local"):
        _begin(Settings(address="127.0.0.1:1"))


def test_stdout_is_left_to_other_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """What Ray prints, of a killed worker as a rule, goes to stderr: `run --json` prints its summary to stdout."""
    localizers = load_localizers(("us",), model="fake")
    with open_executor("ray", localizers, model="fake", say=lambda line: None) as (ray, (us,)):
        assert isinstance(ray, RayExecutor)
        assert isinstance(us.open_engine(), RemoteEngine)
        print("(raylet) A worker died")
    print("{}")
    assert ("{}\n", "(raylet) A worker died\n") == capsys.readouterr()


def test_without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Ray is not installed the error says how to install it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with (
        pytest.raises(UsageError, match=r"pip install 'shopglot\[ray\]'"),
        open_executor("ray", (), say=lambda line: None),
    ):
        pass
