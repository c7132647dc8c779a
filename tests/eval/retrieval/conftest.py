"""What the tests of retrieval share: a small corpus in two parts, and somebody who answers as it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from shopglot.config import card_root
from shopglot.engines.cards import Card, get_card
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.types import Reply
from shopglot_eval import suites
from shopglot_eval.records import Example, Suite
from shopglot_eval.retrieval.asking import Talk

TRAIN = (
    ("珊瑚绒毛毯 加厚款", "Thick coral fleece blanket"),
    ("法兰绒毛毯 双人款", "Flannel blanket for two"),
    ("保温杯 500ml 便携款", "Portable insulated bottle, 500 ml"),
    ("旅行枕 慢回弹", "Slow-rebound travel pillow"),
    ("儿童雨衣 小熊款", "Kids' raincoat with bears"),
    ("小熊夜灯 充电款", "Rechargeable bear night light"),
)
DEV = ("珊瑚绒毛毯 加厚款大号", "保温杯 750ml 便携款", "小熊夜灯 插电款", "旅行枕 充气款") * 6


def examples(pairs: Sequence[tuple[str, str]], page: str) -> tuple[Example, ...]:
    """Return examples, two on a page."""
    return tuple(
        Example(
            id=f"{page}{number}", market="us", source=source, references=(target,), field="bullet",
            listing=f"m/{page}{number // 2}",
        )
        for number, (source, target) in enumerate(pairs)
    )  # fmt: skip


@pytest.fixture
def train() -> tuple[Example, ...]:
    """What may be shown."""
    return examples(TRAIN, "t")


@pytest.fixture
def suite() -> Suite:
    """What is measured: 24 texts, each a little other than the one before it."""
    texts = examples([(f"{source} 第{number}批", f"Batch {number}") for number, source in enumerate(DEV)], "d")
    return Suite(name="small", title="Small", examples=texts, digest=suites.digest(texts))


@pytest.fixture
def localizer() -> Localizer:
    """The market's own, with the stand-in."""
    return load_localizer("us", model="fake")


@pytest.fixture
def card() -> Card:
    """The card of the market's own model."""
    return get_card(card_root(), "qwen2.5-coder-1.5b")


class Teller:
    """Answers as `say` says of each talk, and remembers the talks."""

    def __init__(self, say: Callable[[Talk], str]) -> None:
        self.say, self.talks = say, list[Talk]()

    def count(self, talk: Talk) -> int:
        """Return the characters."""
        return sum(len(text) for pair in talk.before for text in pair) + len(talk.turn)

    def answer(self, talks: Sequence[Talk]) -> list[Reply]:
        """Answer each talk by itself."""
        self.talks += talks
        return [Reply(text=self.say(talk), logprob=-0.1, tokens=3) for talk in talks]


@pytest.fixture
def teller() -> Teller:
    """Somebody who says the same of everything."""
    return Teller(lambda talk: "A good thing")
