"""Texts of other people: what is learned from them, and what is measured on them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopglot.errors import UsageError
from shopglot.loading import load_localizer
from shopglot.quality import Estimator, load_estimator
from shopglot_eval.damage import Damaged
from shopglot_eval.estimation.examples import Signals
from shopglot_eval.estimation.experts import Experts
from shopglot_eval.estimation.fitting import Fitted, document
from shopglot_eval.estimation.opinions import Opinions
from shopglot_eval.estimation.regression import Regression
from shopglot_eval.estimation.texts import Pair, Rated


def rate(segment: str, target: str, penalty: float) -> Rated:
    """Return a rated translation."""
    return Rated(
        pair=Pair(source=f"今天很开心{segment}", target=target), segment=segment, system=target, penalty=penalty
    )


CAT = Damaged(source="今天很开心", clean="I am glad", damaged="我 am glad", kind="untranslated", mechanism="word")
DOG = Damaged(
    source="今天很开心", clean="I am glad", damaged="I am I am I am I am glad", kind="repetition", mechanism="words"
)
EXPERTS = Experts(
    train=(rate("甲", "happy today", 4.9), rate("甲", "sad", 5.0)),
    test=(
        rate("乙", "happy today", 0),
        rate("乙", "开心", 5),
        rate("丙", "a happy day", 0),
        rate("丙", "开心今天天", 25),
    ),
    damaged_train=(CAT, DOG),
    damaged_test=(CAT, DOG),
)


@pytest.fixture(scope="module")
def signals() -> Signals:
    """Signals without any opinion."""
    return Signals(load_localizer("us", model="fake"), Opinions("", []))


@pytest.fixture(scope="module")
def chinese_is_bad(tmp_path_factory: pytest.TempPathFactory) -> Estimator:
    """An estimator that sees Chinese left in English, and nothing else."""
    column = {"center": 0.0, "scale": 0.5, "weight": -2.0, "low": 0.0, "high": 1.0}
    regression = Regression(bias=1.0, columns={"kept-chinese": column})
    content = document(
        name="n", scorer="m@1", certain=[], usual=[], made={},
        fitted=[Fitted(views=(), regression=regression, caution=0.0)],
    )  # fmt: skip
    path = tmp_path_factory.mktemp("experts") / "en.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return load_estimator(path)


def test_examples(signals: Signals) -> None:
    """A penalty below 5 is good, a clean text is good and stands once, damaged ones are bad; all count something."""
    found = EXPERTS.examples(signals)
    assert [True, False, True, False, False] == [example.good for example in found]
    assert all(0 < example.weight for example in found)
    assert found[3].signals["kept-chinese"] > found[2].signals["kept-chinese"]


def test_pairs_to_read() -> None:
    """Every text that is learned from or measured on is read, and each pair once."""
    assert [one.pair for one in (*EXPERTS.train, *EXPERTS.test)] == EXPERTS.rated()
    found = EXPERTS.clean_and_damaged()
    assert 3 == len(found)
    assert Pair(source=CAT.source, target=CAT.clean) in found


def test_figures(signals: Signals, chinese_is_bad: Estimator) -> None:
    """A score that sees Chinese tells those errors, no others, and a tie is no success."""
    found = EXPERTS.figures(signals, chinese_is_bad, "m@1")
    accuracy = found["errors"]["score"]
    assert (1.0, 1) == accuracy["untranslated"] == accuracy["untranslated/word"]
    assert (0.0, 1) == accuracy["repetition"]
    assert 1.0 == pytest.approx(found["experts"]["score (surface)"]["item"][0])
    assert 1.0 == pytest.approx(found["experts"]["kept-chinese"]["overall"][0], abs=0.5)
    assert found["experts"]["kept-chinese"]["item"][0] > 0.9
    for row in found["experts"].values():
        assert ["item", "overall", "pearson", "auroc"] == list(row)


def test_without_the_shared_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without the texts is named."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(tmp_path))
    with pytest.raises(UsageError, match="SHOPGLOT_SHARED"):
        Experts.read(segments=1)


@pytest.mark.shared
def test_nothing_is_learned_and_measured(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No source stands on both sides."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(shared))
    found = Experts.read(segments=20)
    assert 20 == len({one.segment for one in found.test})
    learned = {one.pair.source for one in found.train} | {one.source for one in found.damaged_train}
    measured = {one.pair.source for one in found.test} | {one.source for one in found.damaged_test}
    assert set() == learned & measured
