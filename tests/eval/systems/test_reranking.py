"""Choosing among several answers: the fewest faults first, then the likeliest; what stands is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from shopglot.engines.fake import FakeEngine
from shopglot.errors import UsageError
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer, Unit
from shopglot.texts import Text, cut, share_out
from shopglot.types import Reply, Request, Translation
from shopglot_eval.records import Example, Suite
from shopglot_eval.suites import digest
from shopglot_eval.systems import rerank, translate
from shopglot_eval.systems.reranking import choose

EXAMPLES = tuple(
    Example(id=str(number), market="us", source=source, references=("x",))
    for number, source in enumerate(("记忆棉旅行枕 3个装", "保温杯500ml 不锈钢", "加厚毛毯 柔软舒适"))
)
SUITE = Suite(name="few", title="Few", examples=EXAMPLES, digest=digest(EXAMPLES))


class Lister(FakeEngine):
    """The stand-in, which can also give several answers: the same with another word behind it."""

    calls: int = 0

    def list_best(self, requests: Sequence[Request], *, count: int) -> list[list[Reply]]:
        """Answer as ever, with a mark."""
        Lister.calls += 1
        marks = "abcdefgh"[:count]
        return [[replace(reply, text=f"{reply.text} {mark}") for mark in marks] for reply in self.translate(requests)]


@pytest.fixture
def localizer(kind_data: Path) -> Localizer:
    """A market whose engine can give several answers."""
    found: Localizer = load_localizer("us", model="fake", plain=True)
    engine = Lister()
    return replace(found, open_engine=lambda: engine)


def unit_of(localizer: Localizer, source: str) -> Unit:
    """Return the unit of a text."""
    _, [unit] = share_out([cut(Text(source=source), localizer)], localizer)
    return unit


def said(unit: Unit, target: str, forward: float | None) -> Translation:
    """Return a translation that the model thinks so much of."""
    return Translation(
        source=unit.segment.source, target=target, market="us", model="m", origin="machine", unit_key=unit.unit_key,
        machine_key=unit.machine_key, opinion=() if forward is None else (("forward", forward),),
    )  # fmt: skip


def test_faults_come_first_then_likelihood(localizer: Localizer) -> None:
    """A wrong number loses against an unlikely text; of sound ones the likeliest wins, and the first of equals."""
    unit = unit_of(localizer, "可爱小熊挂件 3个装")
    wrong = said(unit, "Cute Bear Charm, 5-Pack", -0.1)
    poor, good, same = (said(unit, f"Cute Bear {word}, 3-Pack", value) for word, value in
                        (("Thing", -2.0), ("Charm", -0.5), ("Pendant", -0.5)))  # fmt: skip
    assert good == choose(unit, [wrong, poor, good, same], localizer)
    assert poor == choose(unit, [poor, wrong], localizer)
    assert poor == choose(unit, [said(unit, "Cute Bear, 3-Pack", None), poor], localizer)
    assert good == choose(unit, [said(unit, " ", 0.0), good], localizer)


def test_what_is_held_is_asked_again_and_kept(localizer: Localizer, tmp_path: Path) -> None:
    """A second call asks nothing; a text that would be published is left alone; `about` says what was done."""
    Lister.calls = 0
    plain = translate(SUITE, "us", localizer, store=tmp_path)
    held = sum(pair.output.verdict != "publish" for pair in plain.pairs)
    first = rerank(SUITE, "us", localizer, store=tmp_path, count=3)
    calls = Lister.calls
    again = rerank(SUITE, "us", localizer, store=tmp_path, count=3)
    assert [pair.output for pair in first.pairs] == [pair.output for pair in again.pairs]
    assert calls == Lister.calls
    assert (held > 0) == (calls > 0)
    told = first.about["reranked"]
    assert isinstance(told, dict)
    assert told["count"] == 3
    for before, after in zip(plain.pairs, first.pairs, strict=True):
        if before.output.verdict == "publish":
            assert before.output.target == after.output.target


def test_an_engine_with_one_answer_is_told(kind_data: Path, tmp_path: Path) -> None:
    """As is a market without texts."""
    found: Localizer = load_localizer("us", model="fake")
    strict = replace(found, plain=False)
    with pytest.raises(UsageError, match="one answer only"):
        rerank(SUITE, "us", strict, store=tmp_path)
    with pytest.raises(UsageError, match="no text in market 'hk'"):
        rerank(SUITE, "hk", strict, store=tmp_path)
