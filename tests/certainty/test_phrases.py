"""The order of words that stand side by side."""

from __future__ import annotations

import pytest

from shopglot.certainty.atoms import Atom
from shopglot.certainty.phrases import said_once, say_words


def noun(text: str, *, keep: bool = False) -> Atom:
    """Return a noun of the glossary."""
    return Atom(kind="word", text=text, pos="noun", keep=keep)


def adjective(text: str) -> Atom:
    """Return an adjective of the glossary."""
    return Atom(kind="word", text=text, pos="adj")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([noun("dress")], "dress"),
        ([adjective("vintage"), noun("dress")], "vintage dress"),
        ([adjective("vintage"), noun("black"), noun("dress")], "vintage black dress"),
        ([noun("stainless steel"), noun("spring")], "stainless steel spring"),
        ([noun("KANS", keep=True), noun("sheet mask")], "KANS sheet mask"),
        ([adjective("vintage"), noun("blue")], "vintage blue"),
        ([noun("kids"), noun("size")], "kids size"),
        ([noun("battery"), noun("battery life")], "battery life"),
    ],
)
def test_one_thing(words: list[Atom], expected: str) -> None:
    """Adjectives, colors, materials and names stand before what they are said of."""
    assert expected == say_words(words)


@pytest.mark.parametrize(
    "words",
    [
        [noun("dress"), adjective("vintage")],
        [noun("alloy"), noun("electroplated")],
        [noun("cotton"), noun("black")],
        [adjective("light gray"), noun("brown")],
        [adjective("loose"), adjective("slimming")],
        [noun("chicken"), noun("salmon")],
        [noun("shoelaces"), noun("length")],
        [adjective("slim-fit"), noun("fit")],
        [Atom(kind="word", text="contact us", pos="phrase"), noun("size")],
        [noun("size"), Atom(kind="word", text="contact us", pos="phrase")],
        [Atom(kind="word", text="returns as stated", pos="rule"), noun("size")],
    ],
)
def test_nobody_can_tell(words: list[Atom]) -> None:
    """Other orders are left to the engine."""
    assert say_words(words) is None


def test_said_once() -> None:
    """Only what the next word says too is left out, and never a name."""
    assert [noun("baby food")] == said_once([noun("baby"), noun("baby food")])
    assert 2 == len(said_once([noun("Baby", keep=True), noun("baby food")]))
    assert 2 == len(said_once([noun("baby food"), noun("baby")]))
