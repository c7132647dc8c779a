"""The project's own suite with what may go wrong planted in it, judged by the product, measured by all measures.

The answers are people's references: where nothing is planted they are right, and every finding is the plant's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from shopglot.loading import load_localizer
from shopglot.script import simplify
from shopglot_eval import suites
from shopglot_eval.measures import ALL
from shopglot_eval.records import Answers, Output, Pair
from shopglot_eval.regression import Ruling, check, update
from shopglot_eval.systems.outside import judge

CATEGORIES = {"us": ("美妆", "食品"), "hk": ("鞋靴",)}


@cache
def answers(market: str) -> Answers:
    """Return the references of some categories of the development set as answers."""
    localizer = load_localizer(market)
    suite = suites.read("commerce-dev", shared=None)
    pairs = tuple(
        Pair(example=one, output=judge(one, one.references[0], localizer, score=True))
        for one in suite.of(market)
        if one.category.split("/")[0] in CATEGORIES[market]
    )
    return Answers(suite=suite.name, market=market, system="people", pairs=pairs)


def rule(folder: Path, market: str, alter: Callable[[Pair], str | Output]) -> Ruling:
    """Return the ruling on the answers with some altered; another text is judged anew."""
    old, localizer = answers(market), load_localizer(market)
    pairs = []
    for pair in old.pairs:
        made = alter(pair)
        if isinstance(made, str):
            same = made == pair.output.target
            made = pair.output if same else judge(pair.example, made, localizer, score=True)
        pairs.append(replace(pair, output=made))
    baseline = update(folder / "b.json", old, note="people's own")
    return check(baseline, replace(old, pairs=tuple(pairs)), ALL)


def named(ruling: Ruling) -> set[tuple[str, str, str]]:
    """Return measure, dimension and part of the named alarms."""
    return {(alarm.measure, alarm.place.dimension, alarm.place.part) for alarm in ruling.named}


def test_nothing(tmp_path: Path) -> None:
    """The same answers pass."""
    assert rule(tmp_path, "us", lambda pair: pair.output).passed


def test_terms_of_one_category(tmp_path: Path) -> None:
    """The terms of 美妆 are lost: of five pages only, and named."""

    def lose(pair: Pair) -> str:
        text = pair.output.target
        if pair.example.category.startswith("美妆"):
            for _, word in pair.example.terms:
                text = re.sub(re.escape(word), "thing", text, flags=re.IGNORECASE)
        return text

    measures = {measure for measure, dimension, part in named(rule(tmp_path, "us", lose)) if part == "美妆"}
    assert any(measure.startswith("terms") for measure in measures)


def test_numbers(tmp_path: Path) -> None:
    """Every other number is another one."""

    def miscount(pair: Pair) -> str:
        if sum(map(ord, pair.example.id)) % 2:
            return pair.output.target
        return re.sub(r"\d+", lambda match: str(int(match[0]) + 7), pair.output.target, count=1)

    ruling = rule(tmp_path, "us", miscount)
    assert "numbers" in {measure for measure, _, _ in named(ruling)}
    assert "number.changed" in {notice.what for notice in ruling.notices}


def test_the_script_of_a_market(tmp_path: Path) -> None:
    """Hong Kong's texts come out in Simplified characters."""
    ruling = rule(tmp_path, "hk", lambda pair: simplify(pair.output.target))
    assert ("script", "", "") in named(ruling)
    assert {"hk"} == {alarm.place.market for alarm in ruling.alarms}


@pytest.mark.parametrize(
    ("move", "place"),
    [
        (lambda pair: 0.4 + 0.5 * (pair.output.score - 0.4), ("", "")),
        (lambda pair: pair.output.score * (0.7 if pair.example.field == "bullet" else 1), ("field", "bullet")),
    ],
)
def test_calibration(tmp_path: Path, move: Callable[[Pair], float], place: tuple[str, str]) -> None:
    """Squeezed everywhere, or too low in one field: named there."""
    ruling = rule(tmp_path, "us", lambda pair: replace(pair.output, score=move(pair)))
    assert {("score.moved", *place)} == named(ruling)
