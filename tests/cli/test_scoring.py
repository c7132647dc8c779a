"""`shopglot score`: one pair a line in, one score a line out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from click.testing import Result

from shopglot.engines.fake import FakeEngine
from shopglot.types import View

pytestmark = pytest.mark.usefixtures("kind_data")
Invoke = Callable[..., Result]

SCORE = ("score", "--market", "us", "--model", "fake")
GOOD = {"source": "纯棉连衣裙", "target": "Pure cotton dress"}


def lines(*pairs: object) -> str:
    """Return pairs as JSON lines."""
    return "".join(json.dumps(pair) + "\n" for pair in pairs)


def answers(result: Result) -> list[dict[str, Any]]:
    """Return the JSON objects on stdout, one a line."""
    assert (0, "") == (result.exit_code, result.stderr)
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[View, int]]:
    """Keep what the fake engine is asked to read: each time the view and how many pairs."""
    asked: list[tuple[View, int]] = []
    score = FakeEngine.score

    def keep(
        self: FakeEngine, pairs: Sequence[tuple[str, str]], *, view: View = "forward"
    ) -> list[tuple[float, ...]]:  # fmt: skip
        asked.append((view, len(pairs)))
        return score(self, pairs, view=view)

    monkeypatch.setattr(FakeEngine, "score", keep)
    return asked


def test_shape_of_the_contract(invoke: Invoke) -> None:
    """Every answer has a probability, what it depends on, and the numbers behind it by name."""
    (answer,) = answers(invoke(*SCORE, stdin=lines(GOOD)))
    assert ["score", "signature", "signals"] == list(answer)
    assert 0 <= answer["score"] <= 1
    assert answer["signature"].endswith("/backward+forward")
    assert {"forward", "backward", "short", "found-numbers"} <= answer["signals"].keys()
    assert sorted(answer["signals"]) == list(answer["signals"])
    assert all(isinstance(value, float | int) for value in answer["signals"].values())


def test_order_is_kept_and_lines_are_read_ahead_in_blocks(invoke: Invoke, read: list[tuple[View, int]]) -> None:
    """The first line is answered by itself, then blocks grow to a bound; every pair has the score that it has alone."""
    pairs = [{"source": "柔软" * number, "target": f"Soft {number}"} for number in range(1, 151)]
    found = answers(invoke(*SCORE, stdin=lines(*pairs)))
    assert [("backward", size) for size in (1, 4, 16, 64, 64, 1)] == [one for one in read if one[0] == "backward"]
    assert 150 == len(found)
    for number in (0, 1, 77, 149):
        assert [found[number]] == answers(invoke(*SCORE, stdin=lines(pairs[number])))


def test_without_the_model(invoke: Invoke, monkeypatch: pytest.MonkeyPatch, read: list[tuple[View, int]]) -> None:
    """--no-model leaves the model where it is, uses what is left, and says so in the signature."""
    (answer,) = answers(invoke(*SCORE, "--no-model", stdin=lines(GOOD)))
    assert answer["signature"].endswith("/surface")
    assert [] == read
    assert set() == {"forward", "backward", "alone"} & answer["signals"].keys()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("shopglot.engines.load", refuse)
    (answer,) = answers(invoke("score", "--market", "us", "--no-model", stdin=lines(GOOD)))
    assert answer["signature"].endswith("/surface")


@pytest.mark.parametrize("market", ["hk", "mo", "tw"])
def test_conversion_is_scored_without_a_model(market: str, invoke: Invoke, read: list[tuple[View, int]]) -> None:
    """Markets in Traditional Chinese have an estimator of their own."""
    (answer,) = answers(invoke("score", "--market", market, stdin=lines({"source": "连衣裙", "target": "連衣裙"})))
    assert answer["signature"].endswith("/surface")
    assert "zh-Hant" in answer["signature"]
    assert [] == read


def test_findings_and_field_count(invoke: Invoke) -> None:
    """What the checks find stands in the signals; a field may be named, and a title is assumed."""
    wrong = {"source": "满99元包邮", "target": "Free shipping over $99"}
    first, second = answers(invoke(*SCORE, stdin=lines(wrong, wrong | {"field": "description"})))
    assert first["signals"]["found-numbers"] > 0
    assert (0.0, 1.0) == (first["signals"]["prose"], second["signals"]["prose"])


@pytest.mark.parametrize("before", [0, 1, 3, 30])
@pytest.mark.parametrize(
    ("line", "named"),
    [("面膜", "no JSON"), ("", "no JSON"), ("[]", '{"source": …, "target": …}'), ('{"target": "x"}', "'source'")],
)
def test_broken_line_in_the_middle(before: int, line: str, named: str, invoke: Invoke) -> None:
    """Exit status 2 with the line and what is wrong with it; earlier lines have their answers, later ones none."""
    pairs = [{"source": "柔软", "target": f"Soft {number}"} for number in range(before)]
    result = invoke(*SCORE, stdin=lines(*pairs) + line + "\n" + lines(GOOD))
    assert (2, before) == (result.exit_code, result.stdout.count("\n"))
    assert result.stderr.startswith(f"shopglot: stdin:{before + 1}: ")
    assert named in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "pair",
    [
        {"source": "", "target": ""},
        {"source": "\ud800面膜12", "target": "mask \udfff"},
        {"source": "面膜", "target": ""},
        {"source": "九" * 20_000, "target": "9" * 20_000},
        {"source": "\U00020000👩\u200d👧", "target": "<b>\x00", "field": "nothing-known"},
    ],
    ids=range(5),
)
@pytest.mark.parametrize("market", ["us", "hk"])
def test_any_text_has_a_score(pair: dict[str, str], market: str, invoke: Invoke) -> None:
    """Empty texts, half surrogates and endless numerals give one line that is JSON, with a probability."""
    (answer,) = answers(invoke("score", "--market", market, "--model", "fake", stdin=lines(pair)))
    assert 0 <= answer["score"] <= 1


def test_nothing_in_nothing_out(invoke: Invoke, read: list[tuple[View, int]]) -> None:
    """No input is no output, and no model is asked."""
    assert ([], []) == (answers(invoke(*SCORE)), read)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["score"], "--market"), (["score", "--market", "fr"], "'us', 'hk', 'mo', 'tw'"),
        (["score", "--market", "us", "--model", "nothing"], "Known models: "),
    ],
)  # fmt: skip
def test_bad_usage(arguments: list[str], named: str, invoke: Invoke) -> None:
    """Exit status 2, nothing on stdout, and the message names what is possible."""
    result = invoke(*arguments, stdin=lines(GOOD))
    assert (2, "") == (result.exit_code, result.stdout)
    assert named in result.stderr
