"""On a real model of two layers: without examples it answers as the product's engine does, with them it reads them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot.engines import load
from shopglot.engines.cards import Card, folder_digest, read_card
from shopglot.engines.prepare import prepare, prepared_path
from shopglot.errors import ModelError
from shopglot.types import Request
from shopglot_eval.retrieval.asking import Ct2Talker, Talk, write_talk
from shopglot_eval.retrieval.pool import Shown

TEXTS = ("珊瑚绒毛毯 加厚款", "保温杯 500ml", "送礼自用两相宜，慢回弹记忆棉枕头", "A soft dress ZQ1")
CONTROL = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CARD = """
name = "tiny"
title = "Tiny"
licence = "Apache-2.0"
kind = "chat"
runtime = "ctranslate2"
directions = [["zh", "en"]]
batch_size = 8
[source]
folder = {folder}
sha256 = {digest}
[prompt]
system = "Translate."
user = "{{text}}"
hint = ""
demand = "[{{demands}}]\\n"
[compute]
type = "float32"
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Card, Path]:
    """A card, and the cache in which its model is ready."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    home = tmp_path_factory.mktemp("tiny")
    backend: Any = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
    )  # fmt: skip
    backend.train_from_iterator(TEXTS, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, **CONTROL)  # type: ignore[no-untyped-call]
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(home / "model")
    torch.manual_seed(7)
    config = Qwen2Config(
        vocab_size=backend.get_vocab_size(), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=2048, tie_word_embeddings=False,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, initializer_range=0.4,
    )  # fmt: skip
    model: Any = Qwen2ForCausalLM(config)
    model.half().float().save_pretrained(home / "model")  # the conversion goes through sixteen bits
    folder = home / "model"
    text = CARD.format(folder=json.dumps(str(folder)), digest=json.dumps(folder_digest(folder)))
    (home / "tiny.toml").write_text(text, encoding="utf-8")
    card = read_card(home / "tiny.toml")
    prepare(card, folder, home / "cache")
    return card, home / "cache"


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
