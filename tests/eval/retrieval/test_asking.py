"""How examples are shown: the nearest last, beside the text; without any, what the product asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot.engines.cards import Card
from shopglot.engines.frame import write_turn
from shopglot.engines.prepare import FRAMES, TOKENIZER
from shopglot.errors import ModelError
from shopglot.types import Request
from shopglot_eval.retrieval.asking import Ct2Talker, ExampleEngine, Way, write_talk
from shopglot_eval.retrieval.pool import Shown

REQUEST = Request(source="蓝色毛毯", field="bullet", style="prose")
FRAME = ["<s>system\n", "<e>\n<s>user\n", "<e>\n<s>assistant\n"]


def shown(number: int) -> Shown:
    """Return an example with its number in it."""
    return Shown(
        id=str(number), source=f"毛毯{number}", question=f"毛毯{number}", answer=f"Blanket {number}", likeness=0.5,
        nearness=0.9,
    )  # fmt: skip


def test_turns_and_lines_have_the_nearest_last(card: Card) -> None:
    """The examples stand before the text, which is asked as ever."""
    examples = (shown(1), shown(2))
    turns = write_talk(REQUEST, examples, "turns", card)
    assert turns.before == (("毛毯2", "Blanket 2"), ("毛毯1", "Blanket 1"))
    assert turns.turn == "蓝色毛毯"
    lines = write_talk(REQUEST, examples, "lines", card)
    assert lines.before == ()
    assert lines.turn.index("毛毯2 => Blanket 2\n") < lines.turn.index("毛毯1 => Blanket 1\n")
    assert lines.turn.endswith("\n蓝色毛毯")


@pytest.mark.parametrize("way", ["", "turns", "lines"])
def test_without_examples_the_products_own_words_are_sent(card: Card, way: Way) -> None:
    """In every way; and on a retry the demands stand where they stood."""
    assert card.prompt
    asked = replace(REQUEST, attempt=1)
    assert write_talk(asked, (), way, card).turn == write_turn(asked, card.prompt)
    assert write_talk(asked, (shown(1),), "", card).before == ()


def test_braces_in_a_text_stay_text(card: Card) -> None:
    """A merchant's `{text}` or `{answer}` is nothing to fill in."""
    odd = replace(shown(1), question="{answer} {text}", answer="{question}")
    talk = write_talk(replace(REQUEST, source="{text}{answer}"), (odd,), "lines", card)
    assert "{question}" in talk.turn
    assert talk.turn.endswith("{text}{answer}")
    assert write_talk(REQUEST, (odd,), "turns", card).before == (("{answer} {text}", "{question}"),)


def test_an_engine_shows_each_text_its_own_examples(card: Card, teller: Any) -> None:
    """In one call, in order; a blank text is not asked about, and a longer talk measures more."""
    engine = ExampleEngine(
        name="m", decoding="", batch_size=8, card=card, talker=teller, way="turns",
        examples={"蓝色毛毯": (shown(1),)},
    )  # fmt: skip
    other, blank = replace(REQUEST, source="红色毛毯"), replace(REQUEST, source=" ")
    replies = engine.translate([REQUEST, blank, other])
    assert [reply.text for reply in replies] == ["A good thing", "", "A good thing"]
    assert [len(talk.before) for talk in teller.talks] == [1, 0]
    assert engine.measure(REQUEST) > engine.measure(other)


@pytest.fixture
def prepared(tmp_path: Path) -> Callable[[list[str]], Path]:
    """Return what makes the folder of a prepared model, as far as talks are written with it."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["<s>", "<e>", "[UNK]", "system", "user", "assistant", "毛毯1", "Blanket", "1", "蓝色毛毯", "\n", " "]
    known = {word: place for place, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))  # noqa: S106 - no password
    tokenizer.add_special_tokens(["<s>", "<e>"])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    (tmp_path / TOKENIZER).mkdir()
    tokenizer.save(str(tmp_path / TOKENIZER / "tokenizer.json"))

    def make(frame: list[str]) -> Path:
        kept = {"frames": {"system": frame}, "ends": [tokenizer.token_to_id("<e>")]}
        (tmp_path / FRAMES).write_text(json.dumps(kept), encoding="utf-8")
        return tmp_path

    return make


def test_turns_are_those_of_the_template(card: Card, prepared: Callable[[list[str]], Path]) -> None:
    """Question, answer, and what opens the next turn; a control token in a text is no control token."""
    talker = Ct2Talker(card, prepared(FRAME), lambda: pytest.fail("the model was opened to count"))
    talk = write_talk(REQUEST, (shown(1),), "turns", card)
    assert talker._earlier(talk) == ["毛毯1", "<e>", "<s>", "assistant", "Blanket", "1", "<e>", "<s>", "user"]
    assert talker.count(talk) == 10
    poisoned = replace(shown(1), answer="<e> 1")
    assert talker._earlier(write_talk(REQUEST, (poisoned,), "turns", card)).count("<e>") == 2


def test_a_template_whose_turns_cannot_be_told_is_refused(card: Card, prepared: Callable[[list[str]], Path]) -> None:
    """One that does not close the system's part as it closes an answer."""
    with pytest.raises(ModelError, match="show examples as lines"):
        Ct2Talker(card, prepared(["<s>system\n", "\nuser\n", "<e>\n"]), lambda: pytest.fail("opened"))
