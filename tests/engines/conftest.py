"""Tiny models with random weights, made here: every engine is tested on a real model of its kind, and no network."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests import chats

from shopglot.engines.cards import Card, folder_digest, read_card
from shopglot.engines.prepare import prepare

# Enough of both languages that a small vocabulary has letters, words, Han, and pieces of Han characters.
CORPUS = [
    "这款连衣裙采用亲肤面料，穿着舒适，适合夏季日常穿搭。",
    "全新记忆棉枕头，慢回弹，护颈椎，送礼自用两相宜！",
    "雾霾蓝、奶油白、樱花粉三色可选；尺码：均码（建议80-95斤）",
    "北海道おみやげ、カタカナ、한국어、ㄅㄆㄇ、Ａ１％",
    "A soft dress made of skin-friendly fabric, comfortable for everyday wear in summer.",
    "Brand new memory foam pillow with slow rebound; supports the neck. ZQ1 ZQ2 100% cotton",
    "Colors: haze blue, cream white and cherry pink — one size fits all, 40–47.5 kg™ ✨ 🌸",
] * 4

CONTROL = {**chats.CONTROL, "bos_token": "<|endoftext|>"}

CardMaker = Callable[..., Card]


@pytest.fixture
def make_card(tmp_path: Path) -> CardMaker:
    """Write a card for a local model folder and read it: settings of the top table as keywords, tables as dicts."""
    return lambda folder, **settings: write_card(tmp_path, folder, **settings)


def write_card(home: Path, folder: Path | None, **settings: Any) -> Card:
    """Write `tiny.toml` into a folder and read it back."""
    base: dict[str, Any] = {
        "name": "tiny", "title": "Tiny", "licence": "Apache-2.0", "kind": "chat", "runtime": "transformers",
        "directions": [["zh", "en"]], "batch_size": 8,
    }  # fmt: skip
    if folder is not None:
        base["source"] = {"folder": str(folder), "sha256": folder_digest(folder)}
    if settings.get("kind", "chat") == "chat":
        base["prompt"] = {"system": "Translate.", "user": "{text}", "hint": "({hints})\n", "demand": "[{demands}]\n"}
    merged = {key: value for key, value in {**base, **settings}.items() if value is not None}
    tops = [f"{key} = {json.dumps(value)}" for key, value in merged.items() if not isinstance(value, dict)]
    tables = [line for key, value in merged.items() if isinstance(value, dict) for line in _table(key, value)]
    path = home / "tiny.toml"
    path.write_text("\n".join([*tops, *tables]), encoding="utf-8")
    return read_card(path)


def _table(name: str, values: dict[str, Any]) -> list[str]:
    plain = [f"{key} = {json.dumps(value)}" for key, value in values.items() if not isinstance(value, dict)]
    inner = [
        line for key, value in values.items() if isinstance(value, dict) for line in _table(f"{name}.{key}", value)
    ]
    return [f"[{name}]", *plain, *inner]


@pytest.fixture(scope="session")
def byte_tokenizer() -> Any:
    """A byte-level BPE tokenizer as Qwen has it, with control tokens and one added token in Chinese."""
    from tokenizers import AddedToken

    tokenizer = chats.train_tokenizer(CORPUS, 700)
    tokenizer.add_tokens([AddedToken("连衣裙", normalized=False), AddedToken("é", normalized=False)])
    return tokenizer


@pytest.fixture(scope="session")
def chat_model(byte_tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a chat model of two layers."""
    return chats.write_chat_model(tmp_path_factory.mktemp("chat"), byte_tokenizer, seed=7, control=CONTROL)


@pytest.fixture(scope="session")
def sentence_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SentencePiece model with byte fallback."""
    import sentencepiece

    folder = tmp_path_factory.mktemp("pieces")
    text = folder / "corpus.txt"
    text.write_text("\n".join(CORPUS * 4), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "spm"), vocab_size=520, model_type="bpe", byte_fallback=True,
        character_coverage=0.98, minloglevel=2, unk_id=0, bos_id=1, eos_id=2,
    )  # fmt: skip
    return folder / "spm.model"


@pytest.fixture(scope="session")
def marian_model(sentence_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Marian model of one layer each side."""
    import sentencepiece
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder = tmp_path_factory.mktemp("marian")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(sentence_model))
    vocabulary = {"</s>": 0, "<unk>": 1}
    for number in range(pieces.get_piece_size()):
        vocabulary.setdefault(pieces.id_to_piece(number), len(vocabulary))
    vocabulary["<pad>"] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    for side in ("source", "target"):
        (folder / f"{side}.spm").write_bytes(sentence_model.read_bytes())
    files = [str(folder / name) for name in ("source.spm", "target.spm", "vocab.json")]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*sacremoses")
        make: Any = MarianTokenizer
        make(*files, source_lang="zh", target_lang="en").save_pretrained(folder)
    torch.manual_seed(3)
    config = MarianConfig(
        vocab_size=len(vocabulary), d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, pad_token_id=vocabulary["<pad>"],
        eos_token_id=0, forced_eos_token_id=None, decoder_start_token_id=vocabulary["<pad>"],
        max_position_embeddings=256, init_std=0.4, activation_function="swish",
    )  # fmt: skip
    chats.round_weights(MarianMTModel(config)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def m2m_model(sentence_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an M2M100 model of one layer each side: many languages, and a code in front of every answer."""
    import sentencepiece
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer

    folder = tmp_path_factory.mktemp("m2m")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(sentence_model))
    vocabulary = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
    for number in range(pieces.get_piece_size()):
        vocabulary.setdefault(pieces.id_to_piece(number), len(vocabulary))
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    tokenizer = M2M100Tokenizer(str(folder / "vocab.json"), str(sentence_model), src_lang="zh", tgt_lang="en")
    tokenizer.save_pretrained(folder)
    torch.manual_seed(5)
    # Words that are made up for padding stand behind the languages.
    size = max(tokenizer.lang_token_to_id.values()) + 9
    config = M2M100Config(
        vocab_size=size, d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=256, init_std=0.4,
    )  # fmt: skip
    chats.round_weights(M2M100ForConditionalGeneration(config)).save_pretrained(folder)
    return folder


def prepared(home: Path, folder: Path, **settings: Any) -> tuple[Card, Path]:
    """Return a CTranslate2 card for a model, and the cache in which it is ready."""
    card = write_card(home, folder, runtime="ctranslate2", compute={"type": "float32"}, **settings)
    prepare(card, folder, home / "cache")
    return card, home / "cache"


@pytest.fixture(scope="session")
def ct2_chat(chat_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Card, Path]:
    """The chat model, converted."""
    return prepared(tmp_path_factory.mktemp("ct2chat"), chat_model)


@pytest.fixture(scope="session")
def ct2_marian(marian_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Card, Path]:
    """The Marian model, converted."""
    return prepared(tmp_path_factory.mktemp("ct2marian"), marian_model, kind="seq2seq")


@pytest.fixture(scope="session")
def ct2_m2m(m2m_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Card, Path]:
    """The M2M100 model, converted."""
    codes = {"source": "zh", "target": "en"}
    return prepared(tmp_path_factory.mktemp("ct2m2m"), m2m_model, kind="seq2seq", codes=codes)
