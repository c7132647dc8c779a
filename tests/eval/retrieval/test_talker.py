"""On a real model of two layers: without examples it answers as the product's engine does, with them it reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests import chats
from tests.engines.conftest import prepared

from shopglot.engines import load
from shopglot.engines.cards import Card
from shopglot.engines.prepare import prepared_path
from shopglot.errors import ModelError
from shopglot.types import Request
from shopglot_eval.retrieval.asking import Ct2Talker, Talk, write_talk
from shopglot_eval.retrieval.pool import Shown

TEXTS = ("珊瑚绒毛毯 加厚款", "保温杯 500ml", "送礼自用两相宜，慢回弹记忆棉枕头", "A soft dress ZQ1")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Card, Path]:
    """A card, and the cache in which its model is ready."""
    home = tmp_path_factory.mktemp("tiny")
    folder = chats.write_chat_model(home / "model", chats.train_tokenizer(TEXTS, 400), seed=7)
    return prepared(home, folder)


def talks(card: Card, *, answer: str = "", likeness: float = 0.5) -> list[Talk]:
    """Return a talk for each text, with one example that has the answer, or with none."""
    one = Shown(id="t", source="毛毯", question="毛毯", answer=answer, likeness=likeness, nearness=1.0)
    requests = [Request(source=text, field="bullet", style="prose") for text in TEXTS]
    return [write_talk(request, (one,) if answer else (), "turns", card) for request in requests]


def test_without_examples_it_is_the_products_engine(tiny: tuple[Card, Path]) -> None:
    """The same texts, tokens and log-probabilities in the same batch."""
    card, cache = tiny
    engine = load(card, cache, target="en", threads=1)
    talker = Ct2Talker(card, prepared_path(card, cache), lambda: engine)
    asked = talks(card)
    assert talker.answer(asked) == engine.translate([talk.request for talk in asked])
    assert [talker.count(talk) for talk in asked] == [engine.measure(talk.request) for talk in asked]


def test_examples_are_read_and_written_as_the_template_has_them(tiny: tuple[Card, Path]) -> None:
    """Other examples give other answers; the tokens are those that the model's own template gives for such a talk."""
    from transformers import AutoTokenizer

    card, cache = tiny
    folder = prepared_path(card, cache)
    engine = load(card, cache, target="en", threads=1)
    talker = Ct2Talker(card, folder, lambda: engine)
    first, second = talks(card, answer="Blanket"), talks(card, answer="A soft dress for summer")
    assert talker.answer(first) == talker.answer(first)
    assert talker.answer(first) != talker.answer(second)
    [(question, answer)], turn = first[0].before, first[0].turn
    roles = ("system", "user", "assistant", "user")
    messages = [
        {"role": role, "content": content}
        for role, content in zip(roles, ("Translate.", question, answer, turn), strict=True)
    ]
    tokenizer: Any = AutoTokenizer.from_pretrained(folder / "tokenizer")
    wanted = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    own = [*talker._before, *talker._earlier(first[0]), *talker._read(turn), *talker._after]
    assert own == tokenizer.tokenize(wanted)


def test_another_kind_of_engine_is_refused(tiny: tuple[Card, Path]) -> None:
    """It has no such turns."""
    from shopglot.engines.fake import FakeEngine

    card, cache = tiny
    talker = Ct2Talker(card, prepared_path(card, cache), FakeEngine)
    with pytest.raises(ModelError, match="chat models on CTranslate2 only"):
        talker.answer(talks(replace(card)))
