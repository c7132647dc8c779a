"""After publication: a new or sharpened blocking rule reaches everything on sale."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shopglot.executors.local import LocalExecutor
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.run import Night, run
from shopglot.sensitivity import Rule, Screen
from shopglot.sensitivity.rules import Example
from shopglot.store import HumanText, Store, open_store
from shopglot.store.schema import outbox
from shopglot.summary import Summary, Watcher
from shopglot.types import SegmentKey

pytestmark = pytest.mark.usefixtures("kind_data")
Runner = Callable[..., Summary]


class Listener(Watcher):
    """Keeps what a run says."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        """Keep a line."""
        self.lines.append(line)


LISTENER = Listener()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open, empty store."""
    with open_store(url) as opened:
        yield opened


def market(*words: str, **policy: Any) -> Localizer:
    """Return the American market with one blocking rule on these words, or none, as another set of glossaries."""
    examples = tuple(Example(text=text) for text in ("一", "二", "三"))
    rule = Rule(
        id="us.fda.cure", category="medical", severity="block", side="both", patterns=words, basis="21 U.S.C. 321",
        message="“{words}” is a drug claim.", message_zh="“{words}”是药品宣传。", suggestion="",
        suggestion_zh="请删掉。", positive=examples, negative=examples, author="test", version=1,
    )  # fmt: skip
    own = load_localizer("us", model="fake", plain=True)
    settled = replace(own.market, digest="+".join(words), rewrite=False, cutoff=0.01, **policy)
    return replace(own, market=settled, screen=Screen([rule] if words else []), plain=True)


@pytest.fixture
def night(store: Store, tmp_path: Path) -> Runner:
    """Return a function that runs listings over the store, under a market's rules."""

    def work(listings: list[dict[str, Any]], localizer: Localizer, *, publish: bool = True) -> Summary:
        path = tmp_path / "catalog.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in listings), encoding="utf-8")
        LISTENER.lines.clear()
        return run(
            Night(
                catalog=str(path), content="", total=None, localizers=(localizer,), store=store,
                executor=LocalExecutor(), publish=publish, watcher=LISTENER,
            )
        )  # fmt: skip

    return work


def page(name: str, title: str = "柔软的枕头", **more: Any) -> dict[str, Any]:
    """Return a small listing."""
    return {"id": name, "merchant": "m", "fields": {"title": title, **more}}


def on_sale(store: Store) -> list[str]:
    """Return the ids on sale."""
    return sorted(str(document["id"]) for document in store.published("us"))


def approve(store: Store, source: str, target: str) -> None:
    """Say as a person how the title of p1 reads."""
    localizer = market()
    key = SegmentKey(merchant="m", listing="p1", path="/fields/title", index=0)
    (item,) = localizer.segments(source, key, field="title").segments
    unit_key = localizer.unit(item).unit_key
    store.approve(HumanText(unit_key=unit_key, market="us", source=source, target=target, approved_by="ann"))


def test_in_the_catalog(night: Runner, store: Store) -> None:
    """A page of tonight's catalog goes, a person's text included, and comes back by itself once it is mended."""
    approve(store, "柔软的枕头", "A Soft Pillow That Cures")
    night([page("p1"), page("p2", "硬枕头")], market())
    assert ["p1", "p2"] == on_sale(store)
    summary = night([page("p1"), page("p2", "硬枕头")], market("cures"))
    assert (["p2"], 1) == (on_sale(store), summary.withdrawn)
    with store.database.read() as connection:
        kinds = connection.scalars(select(outbox.c.kind).where(outbox.c.listing == 1).order_by(outbox.c.seq)).all()
    assert ["publish", "withdraw"] == kinds
    night([page("p1", "柔软的羽毛枕头"), page("p2", "硬枕头")], market("cures"))
    assert ["p1", "p2"] == on_sale(store)


def test_left_the_catalog(night: Runner, store: Store) -> None:
    """A page that is on sale and in no catalog any more goes as well, once, and the page says why."""
    night([page("p1"), page("p2", "治好枕头"), page("p3", "硬枕头")], market())
    summary = night([page("p1")], market("治好"))
    assert (["p1", "p3"], 1) == (on_sale(store), summary.withdrawn)
    [line] = [line for line in LISTENER.lines if "changed rules" in line]
    assert line.startswith("us: 1 pages on sale that were not made tonight are taken down")
    assert line.endswith("us.fda.cure 1")
    assert "“治好”是药品宣传" in json.dumps(store.history("p2"), ensure_ascii=False)
    again = night([page("p1")], market("治好"))
    assert (0, []) == (again.withdrawn, [line for line in LISTENER.lines if "changed rules" in line])
    night([page("p1"), page("p2", "好枕头")], market("治好"))
    assert ["p1", "p2", "p3"] == on_sale(store)


def test_stays_while_a_newer_version_waits(night: Runner, store: Store) -> None:
    """What is on sale counts, not what waits: an old version goes although the new one is only held for review."""
    night([page("p1", "治好枕头")], market())
    held = market("治好")
    held = replace(held, market=replace(held.market, cutoff=0.999999), estimator=held.estimator)
    summary = night([page("p1", "全新好枕头，又软又香又透气的大号款式")], held)
    assert {"review": 1} == {status: count for status, count in summary.outcomes["us"].items() if count}
    assert [] == on_sale(store)


@pytest.mark.parametrize("publish", [True, False])
def test_policy(night: Runner, store: Store, publish: bool) -> None:
    """A market that leaves rejected pages on sale only hears of them; a run that publishes nothing sweeps nothing."""
    night([page("p1"), page("p2", "治好枕头")], market())
    summary = night([page("p1")], market("治好", withdraw_on_reject=not publish), publish=publish)
    assert (["p1", "p2"], 0) == (on_sale(store), summary.withdrawn)
    said = [line for line in LISTENER.lines if "left on sale by policy" in line]
    assert publish == bool(said)


def test_nothing_is_swept_twice(night: Runner, store: Store) -> None:
    """The rules that everything was held against are written down; the first night has nothing to sweep."""
    assert "" == store.shelf.swept("us")
    night([page("p1")], market("治好"))
    assert market("治好").screen.digest == store.shelf.swept("us")
    night([page("p1")], market("治好"), publish=False)
    assert [] == LISTENER.lines
