"""What wins: a gain that is no chance, beyond random examples, with numbers and terms kept; and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from shopglot_eval.records import Answers, Example, Output, Pair
from shopglot_eval.retrieval.pool import Shown
from shopglot_eval.retrieval.running import NONE, Cell, Condition
from shopglot_eval.retrieval.scoring import borrowers, by_nearness, echo, score

SIZE = 40
GOOD, POOR = "A soft warm fleece blanket for winter, 30 cm", "Winter fabric item that is 30 cm"
NEAR = Condition(name="turns-likeness", kind="likeness", way="turns")
RANDOM = Condition(name="turns-random", kind="random", way="turns")

Write = Callable[[int], str]


def cell(condition: Condition, write: Write, *, likeness: float = 0.5, answer: str = "Pillow, 70 cm") -> Cell:
    """Return a cell whose answers are written by number; with a kind each text had one example shown."""
    shown = Shown(id="t", source="枕", question="枕", answer=answer, likeness=likeness, nearness=1.0)
    examples = [
        Example(
            id=str(number), market="us", source=f"毛毯 30cm {number}", references=(GOOD,), field="bullet",
            listing=f"p{number}",
        )
        for number in range(SIZE)
    ]  # fmt: skip
    pairs = tuple(Pair(example=one, output=Output(id=one.id, target=write(int(one.id)))) for one in examples)
    return Cell(
        condition=condition, block=0, shown={one.id: (shown,) if condition.kind else () for one in examples},
        answers=Answers(suite="s", market="us", system=condition.name, pairs=pairs), asked=SIZE, prompt=400,
        tokens=200, seconds=10.0, questions={one.id: one.source for one in examples},
    )  # fmt: skip


def wins(*cells: Cell) -> Sequence[str]:
    """Return the names of the conditions that win."""
    return list(score(cells)["winners"])


def some(good: int) -> Write:
    """Return answers of which so many are good, the others poor."""
    return lambda number: GOOD if number < good else POOR


def test_a_gain_on_all_texts_wins_and_equal_answers_do_not() -> None:
    """Nor does a loss."""
    plain = cell(NONE, some(0))
    assert wins(plain, cell(NEAR, some(SIZE))) == ["turns-likeness"]
    assert wins(plain, cell(NEAR, some(0))) == []
    assert wins(cell(NONE, some(SIZE)), cell(NEAR, some(0))) == []


def test_one_text_is_chance() -> None:
    """It wins only where the bootstrap says so."""
    report = score([cell(NONE, some(0)), cell(NEAR, some(1))])
    row = report["conditions"]["turns-likeness"]
    assert row["against"]["chrf"]["gain"] > 0
    assert row["p"] > 0.05
    assert not row["wins"]


def test_what_random_examples_do_as_well_is_no_win() -> None:
    """The nearest have to be better than any; random ones never win themselves."""
    plain = cell(NONE, some(0))
    assert wins(plain, cell(NEAR, some(SIZE)), cell(RANDOM, some(SIZE))) == []
    assert wins(plain, cell(NEAR, some(SIZE)), cell(RANDOM, some(2))) == ["turns-likeness"]


def test_lost_numbers_are_no_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much better the words are."""
    from shopglot_eval.measures import fidelity

    monkeypatch.setattr(fidelity, "count_numbers", lambda pair: (int("blanket" not in pair.output.target), 1))
    assert wins(cell(NONE, some(0)), cell(NEAR, some(SIZE))) == []


def test_many_conditions_are_corrected() -> None:
    """Each p is Holm's: never below the bootstrap's own."""
    cells = [cell(NONE, some(0)), cell(NEAR, some(3)), cell(RANDOM, some(2))]
    rows = score(cells)["conditions"]
    for name in ("turns-likeness", "turns-random"):
        assert rows[name]["p"] >= rows[name]["against"]["chrf"]["p_bootstrap"]


def test_costs_are_summed_and_put_to_a_text() -> None:
    """Prompt tokens a text, and tokens a second; none where nothing was asked."""
    row = score([cell(NONE, some(0)), cell(NEAR, some(0))])["conditions"]["none"]
    assert (row["prompt_tokens_per_text"], row["tokens_per_second"]) == (10.0, 20.0)
    assert "against" not in row


def test_nearness_has_each_text_in_one_bin() -> None:
    """The last bin has its end."""
    plain = cell(NONE, some(0))
    for likeness, low in ((0.0, 0.0), (0.3, 0.3), (0.59, 0.5), (0.99, 0.6), (1.0, 0.6)):
        [found] = by_nearness([cell(NEAR, some(9), likeness=likeness)], plain.answers.pairs)
        assert (found["from"], found["texts"]) == (low, SIZE)
        assert found["gain"] > 0


def test_an_example_taken_for_the_answer_says_what_is_in_it() -> None:
    """One that is the reference has all; the most like one is taken, wherever it stands; without any there is none."""
    same = cell(NEAR, some(0), answer=GOOD)
    assert score([cell(NONE, some(0)), same])["conditions"]["turns-likeness"]["echo"] == pytest.approx(100)
    far = replace(same.shown["0"][0], likeness=0.1, answer="x")
    both = replace(same, shown={key: (far, *own) for key, own in same.shown.items()})
    assert [pair.output.target for pair in echo([both])] == [GOOD] * SIZE
    assert echo([cell(NONE, some(0))]) == []
    [found] = by_nearness([same], cell(NONE, some(0)).answers.pairs)
    assert found["echo"] == pytest.approx(100)


def test_borrowed_numbers_are_shown_with_what_they_came_from() -> None:
    """And counted against what the answers without examples have by chance."""

    def write(number: int) -> str:
        return "Blanket, 70 cm" if number < 4 else GOOD

    cells = [cell(NONE, some(SIZE)), cell(NEAR, write)]
    told: dict[str, Any] = score(cells)["conditions"]["turns-likeness"]["against"]["borrowed.numbers"]
    assert (told["before"], told["after"]) == (0.0, pytest.approx(4 / SIZE))
    rows = borrowers(cells)
    assert [row["id"] for row in rows] == ["0", "1", "2", "3"]
    assert rows[0]["borrowed"] == ["70"]
    assert rows[0]["shown"] == [["枕", "Pillow, 70 cm"]]
