"""Batches: sorted by length, planned before they are worked on, misses retried within the bound; then read, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from shopglot.batches import READING, REOPENED, Ledger, LooseLedger, answer, translate
from shopglot.engines.fake import FakeEngine
from shopglot.executors.local import LocalExecutor
from shopglot.ledger import StoreLedger
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer, Unit
from shopglot.protect import demands
from shopglot.quality import Estimator
from shopglot.quality.estimator import Variant
from shopglot.store import RunSpec, Store, open_store
from shopglot.types import Origin, Reply, Request, Translation, View


@dataclass
class Script:
    """An engine that answers by a function and keeps what it was asked."""

    reply: Callable[[Request], str]
    name: str = "script@1"
    decoding: str = ""
    batch_size: int = 3
    fake: bool = True
    views: frozenset[View] = frozenset({"forward", "backward", "alone"})
    asked: list[list[Request]] = field(default_factory=list)
    read: list[tuple[View, list[str]]] = field(default_factory=list)

    def measure(self, request: Request) -> int:
        """Return the length."""
        return len(request.source)

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Answer a batch."""
        self.asked.append(list(requests))
        return [Reply(text=self.reply(request), logprob=-0.1, tokens=4) for request in requests]

    def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
        """Give every character the same score."""
        self.read.append((view, [target for _, target in pairs]))
        return [(-0.5,) * len(source if view == "backward" else target) for source, target in pairs]

    def close(self) -> None:
        """Nothing to close."""


def localizer(engine: Script | FakeEngine) -> Localizer:
    """Return the American localizer around an engine."""
    return replace(load_localizer("us", model="fake"), open_engine=lambda: engine, batch_size=engine.batch_size)


def units(around: Localizer, *sources: str, field: str = "note") -> list[Unit]:
    """Return the units of these texts, each one segment."""
    return [around.unit(around.whole(source, field=field)) for source in sources]


def work(engine: Script | FakeEngine, *sources: str, field: str = "note", attempts: int = 3) -> list[str]:
    """Translate texts and return the targets in order."""
    around = localizer(engine)
    asked = units(around, *sources, field=field)
    done = translate(asked, around, executor=LocalExecutor(), ledger=LooseLedger(remembered={}), attempts=attempts)
    return [done[unit.machine_key].target for unit in asked]


def test_sorted_by_length_and_each_once() -> None:
    """Batches hold texts of like length; a text that comes twice is asked once."""
    engine = Script(lambda request: "Some words here")
    work(engine, "中等的话", "短", "这是比较长的一句", "短", "最最最最最长的那一句话", attempts=1)
    assert [["短", "中等的话", "这是比较长的一句"], ["最最最最最长的那一句话"]] == [
        [request.source for request in batch] for batch in engine.asked
    ]


def test_long_texts_come_in_smaller_batches() -> None:
    """A batch holds fewer texts where they are long; one that is longer than all room still gets a batch."""
    engine = Script(lambda request: "Some words here")
    work(engine, "短", "长" * 40, "很长" * 30, "最长" * 300, "也短", attempts=1)
    assert [2, 1, 1, 1] == [len(batch) for batch in engine.asked]


def test_lost_mask_is_mended_piece_by_piece() -> None:
    """An engine that always drops masks is asked again, then around the mask; nothing opaque is lost."""
    engine = Script(lambda request: "soft fabric")
    (target,) = work(engine, "仙气{name}飘飘")
    assert "Soft fabric {name} soft fabric" == target
    assert [0, 1, 2] == [batch[0].attempt for batch in engine.asked]


def test_bound_is_kept() -> None:
    """No text is asked for more often than allowed, however bad the answers are."""
    engine = Script(lambda request: "面膜")
    work(engine, "柔软的面料", attempts=2)
    assert 2 == len(engine.asked)


def test_no_question_is_asked_twice() -> None:
    """A text of which nothing can be named or forced is not asked again: the answer would be the same."""
    engine = Script(lambda request: "面膜")
    work(engine, "仙气飘飘的感觉", "仙气{name}飘飘")
    assert [["仙气飘飘的感觉", "仙气{name}飘飘"], ["仙气{name}飘飘"]] == [
        [request.source for request in batch] for batch in engine.asked[:2]
    ]
    assert {2} == {request.attempt for batch in engine.asked[2:] for request in batch}


def test_a_lost_number_is_named() -> None:
    """A retry says which numbers have to be there, and mends what it can."""
    engine = Script(lambda request: "Soft for 30 days" if "30" in demands(request) and request.attempt else "Soft")
    assert ["Soft for 30 days"] == work(engine, "保持柔软30天")
    assert [0, 1] == [batch[0].attempt for batch in engine.asked]


def test_better_answer_is_kept() -> None:
    """A retry that is worse does not replace what was there."""
    engine = Script(lambda request: "Soft ZQ7 fabric 99" if request.attempt else "Soft fabric")
    (target,) = work(engine, "柔软面料12", attempts=3)
    assert "99" not in target


def test_good_answers_are_not_asked_again() -> None:
    """Only what is missing something is retried."""
    engine = Script(lambda request: "Soft fabric" if "坏" not in request.source or request.attempt else "坏")
    work(engine, "好的面料", "坏的面料")
    assert [["坏的面料", "好的面料"], ["坏的面料"]] == [sorted(r.source for r in batch) for batch in engine.asked]


@pytest.mark.parametrize(
    ("source", "field", "expected"),
    [
        ("80-95斤", "size-cell", "40–47.5 kg (88–105 lb)"), ("韩束", "attribute-value", "KANS"),
        ("MODEL X-200", "title", "MODEL X-200"), ("8折", "note", "20% off"),
    ],
)  # fmt: skip
def test_certain_answers(source: str, field: str, expected: str) -> None:
    """What glossary and policy answer whole needs no engine."""
    around = load_localizer("us", model="fake")
    (unit,) = units(around, source, field=field)
    certain = answer(unit, around)
    assert certain is not None
    assert (expected, "certain") == (certain.target, certain.origin)


def test_uncertain_is_left_to_the_engine() -> None:
    """Where Chinese is left that no entry covers, there is no certain answer."""
    around = load_localizer("us", model="fake")
    (unit,) = units(around, "韩束魔法梦幻仙境", field="title")
    assert answer(unit, around) is None


def test_order_of_units_does_not_matter() -> None:
    """The same texts in another order give the same batches."""
    first, second = Script(lambda request: "Words"), Script(lambda request: "Words")
    work(first, "一一", "二二", "三三三", "四", attempts=1)
    work(second, "四", "三三三", "二二", "一一", attempts=1)
    assert [[r.source for r in batch] for batch in first.asked] == [[r.source for r in batch] for batch in second.asked]


def test_missing_term_is_forced_at_last() -> None:
    """A phrase whose term never comes is asked for around it; it is cased as the field is, what was right stays."""
    engine = Script(lambda request: "soothing" if request.attempt == 2 else "soothing thing")
    assert ["{name} Soothing Dress"] == work(engine, "{name}舒缓的连衣裙", field="title")
    (last,) = engine.asked[2]
    assert "soothing 的" == last.source


def test_missing_term_is_a_token_in_prose() -> None:
    """A sentence stays whole around a missing term, and is asked for with a token in its place."""
    answers = ["It is a soft thing for you.", "This soft thing is for you.", "This soft ZQ1 is for you."]
    engine = Script(lambda request: answers[request.attempt])
    assert ["This soft dress is for you."] == work(engine, "这款柔软的连衣裙很适合你。")
    (last,) = engine.asked[2]
    assert [("连衣裙", "dress")] == [(last.source[mask.start : mask.end], mask.text) for mask in last.masks]


def test_wrong_name_is_replaced() -> None:
    """What a suggested term is wrongly called is asked for as if the glossary enforced its name."""
    engine = Script(lambda request: "A no-brainer buy" if "a no-brainer buy" in demands(request) else "Close your eyes")
    assert ["A no-brainer buy"] == work(engine, "闭眼入就对了", attempts=2)
    assert [[False], [True]] == [[term.enforce for term in batch[0].terms] for batch in engine.asked]


def test_opened_again_is_asked_as_at_first() -> None:
    """A text whose retries a deadline cut off gets the very question that a text gets which nobody knows."""
    engine = Script(lambda request: "Close your eyes")
    around, ledger = localizer(engine), LooseLedger(remembered={})
    (unit,) = units(around, "闭眼入就对了")
    for _ in range(2):
        done = translate([unit], around, executor=LocalExecutor(), ledger=ledger, attempts=1)
        ledger.reopen([replace(done[unit.machine_key], attempts=REOPENED)])
    assert 2 == len(engine.asked)
    assert engine.asked[0] == engine.asked[1]


def test_wrong_name_is_forced_at_last() -> None:
    """The name is made opaque where asking for it was not enough."""
    engine = Script(lambda request: f"Close your eyes {' '.join(mask.text for mask in request.masks)}")
    work(engine, "闭眼入，大家都说好。", field="description")
    (last,) = engine.asked[2]
    assert ["a no-brainer buy"] == [mask.text for mask in last.masks]


def reader(engine: Script, *views: View) -> Localizer:
    """Return a localizer whose estimator wants its engine's opinion in these views."""
    around = replace(localizer(engine), model=engine.name)
    surface = Variant(views=frozenset(), bias=1.0, caution=0.0, weights={})
    variants = (surface, replace(surface, views=frozenset(views))) if views else (surface,)
    estimator = Estimator(name="t", digest="0" * 64, scorer=engine.name, certain=0.9, variants=variants, usual={})
    return replace(around, estimator=estimator)


def work_through(
    around: Localizer, ledger: Ledger, *sources: str, attempts: int = 1, read: bool = True
) -> list[Translation]:  # fmt: skip
    """Translate texts with a ledger and return the translations in order."""
    asked = units(around, *sources)
    done = translate(asked, around, executor=LocalExecutor(), ledger=ledger, attempts=attempts, read=read)
    return [done[unit.machine_key] for unit in asked]


SOURCES = ("柔软的布料", "好看的款式", "短的", "很轻的枕头哦")
BOTH: frozenset[View] = frozenset({"backward", "forward"})


def test_kept_text_is_read() -> None:
    """Each distinct text is read once in each view, in batches by length, and its numbers go with it."""
    engine = Script(lambda request: f"Words {len(request.source)}")
    book = LooseLedger(remembered={})
    found = work_through(reader(engine, "forward", "backward"), book, *SOURCES, SOURCES[0])
    assert [BOTH] * 5 == [BOTH & dict(item.opinion).keys() for item in found]
    batches = [["Words 2", "Words 5", "Words 5"], ["Words 6"]]
    assert [(view, batch) for batch in batches for view in ("backward", "forward")] == engine.read
    assert {item.machine_key: item for item in found} == book.remembered


@pytest.mark.parametrize("wanted", [True, False])
def test_what_nobody_wants_to_know_is_not_read(wanted: bool) -> None:
    """An estimator that wants no views, or a caller that wants no opinion, costs nothing."""
    engine = Script(lambda request: "Soft words")
    around = reader(engine, *(("forward",) if wanted else ()))
    (found,) = work_through(around, LooseLedger(remembered={}), SOURCES[0], read=not wanted)
    assert ((), []) == (found.opinion, engine.read)


def test_text_is_read_as_it_was_kept() -> None:
    """After the last retry, masks in place: what was given up is not read."""
    engine = Script(lambda request: "soft fabric")
    (found,) = work_through(reader(engine, "forward"), LooseLedger(remembered={}), "仙气{name}飘飘", attempts=3)
    assert ("Soft fabric {name} soft fabric", 3) == (found.target, found.attempts)
    assert [("forward", ["Soft fabric {name} soft fabric"])] == engine.read


def test_opinions_are_not_asked_for_twice() -> None:
    """What the ledger holds with its opinion is neither translated nor read again."""
    engine = Script(lambda request: "Soft words")
    book = LooseLedger(remembered={})
    before = work_through(reader(engine, "forward"), book, *SOURCES)
    engine.asked.clear()
    engine.read.clear()
    assert before == work_through(reader(engine, "forward"), book, *SOURCES)
    assert ([], []) == (engine.asked, engine.read)


@pytest.mark.parametrize("origin", ["machine", "memory"])
def test_remembered_text_without_an_opinion_is_read(origin: Origin) -> None:
    """A text of an earlier night that no model has read yet is read now, without being translated again."""
    engine = Script(lambda request: "Soft words")
    book = LooseLedger(remembered={})
    work_through(reader(engine), book, *SOURCES)
    book.remembered = {key: replace(item, origin=origin) for key, item in book.remembered.items()}
    engine.asked.clear()
    found = work_through(reader(engine, "forward"), book, *SOURCES)
    assert ([], 2) == (engine.asked, len(engine.read))
    assert all(item.opinion and item.origin == origin for item in found)


def test_text_is_read_again_in_a_view_that_is_new() -> None:
    """An estimator that wants more than was asked when the text was read gets it."""
    engine = Script(lambda request: "Soft words")
    book = LooseLedger(remembered={})
    work_through(reader(engine, "forward"), book, SOURCES[0])
    (found,) = work_through(reader(engine, "forward", "backward"), book, SOURCES[0])
    assert BOTH <= dict(found.opinion).keys()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(str(tmp_path / "night.db")) as opened:
        yield opened


@pytest.mark.parametrize("survived", [0, 1, 2])
def test_reading_goes_on_after_a_kill(survived: int, store: Store) -> None:
    """A run that dies between two batches reads the rest of its plan, and ends as an undisturbed one."""
    now = store.begin_run(RunSpec(catalog="c", markets=("us",), engines=("script@1",), policy=""))

    def book(window: str) -> StoreLedger:
        return StoreLedger(store, now.id, window, "us", recalled={})

    class Dying(Script):
        def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
            if len(self.read) == survived:
                raise KeyboardInterrupt
            return super().score(pairs, view=view)

    def reply(request: Request) -> str:
        return f"Words {len(request.source)}"

    undisturbed = work_through(reader(Script(reply), "forward"), LooseLedger(remembered={}), *SOURCES)
    first, second = Dying(reply), Script(reply)
    if survived < 2:
        with pytest.raises(KeyboardInterrupt):
            work_through(reader(first, "forward"), book("w"), *SOURCES)
    else:
        work_through(reader(first, "forward"), book("w"), *SOURCES)
    assert undisturbed == work_through(reader(second, "forward"), book("w"), *SOURCES)
    assert [] == second.asked
    batches = [["Words 2", "Words 5", "Words 5"], ["Words 6"]]
    assert [("forward", batch) for batch in batches] == first.read + second.read


def test_rest_of_a_window_reads_the_whole_plan(store: Store) -> None:
    """A plan that was made for more texts than are still due is finished in the batches that it had."""
    now = store.begin_run(RunSpec(catalog="c", markets=("us",), engines=("script@1",), policy=""))
    engine = Script(lambda request: f"Words {len(request.source)}")
    wanted = units(reader(engine, "forward"), *SOURCES)
    book = StoreLedger(store, now.id, "w", "us", recalled={})
    work_through(reader(engine), book, *SOURCES)
    book.plan(READING, lambda: [[unit.machine_key for unit in wanted]])
    again = StoreLedger(store, now.id, "w", "us", recalled={})
    (found,) = work_through(reader(engine, "forward"), again, SOURCES[2])
    assert "Words 2" == found.target
    assert [("forward", [f"Words {len(source)}" for source in SOURCES])] == engine.read
