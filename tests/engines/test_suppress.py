"""No sequence of allowed tokens writes an East Asian character."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopglot.engines.suppress import banned_ids, is_banned
from shopglot.script import CJK, has_cjk

SAME_MODEL = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    "spelling",
    [
        "裙".encode(), " 裙 ".encode(), "\U00020000".encode(), "⼀".encode(), "。".encode(), "　".encode(),
        "か".encode(),         "カ".encode(), "ㄅ".encode(), "한".encode(), "Ａ".encode(), "％".encode(),
        b"\xe4", b"\xe4\xbd", b"abc\xe4\xbd", b"\xe3", b"\xe9\xbe", b"\xe2", b"\xe2\xba", b"\xef", b"\xef\xbc",
        b"\xef\xb8",         b"\xf0", b"\xf0\xa0", b"\xf0\xa0\x80", b"\xbd\xa0\xe4", b"\xf0\x9f\xe4",
    ],
)  # fmt: skip
def test_is_banned(spelling: bytes) -> None:
    """A whole East Asian character, or the beginning of one at the end of a token, is banned."""
    assert is_banned(spelling)


@pytest.mark.parametrize(
    "spelling",
    [
        b"", b"dress", " naïve".encode(),
        "—".encode(), "™".encode(), "✨".encode(), "🌸".encode(), "❤️".encode(),
        b"\xe2\x80", b"\xe2\x9c", b"\xf0\x9f", b"\xf0\x9f\x8c", b"\xc3", b"\xd0", b"\x80", b"\xbd\xa0",
        "\ufffd".encode(), "Ω".encode(),
    ],
)  # fmt: skip
def test_is_allowed(spelling: bytes) -> None:
    """Latin text, punctuation and emoji, whole or begun, are allowed; so are bytes that only continue a character."""
    assert not is_banned(spelling)


def test_every_cjk_character_is_banned() -> None:
    """For every East Asian character of the first three planes: the whole, and each beginning of it, is banned."""
    for code in range(0x2E80, 0x32400):
        if CJK.match(chr(code)):
            form = chr(code).encode()
            assert all(is_banned(form[:length]) for length in range(1, len(form) + 1)), hex(code)


def allowed(tokenizer: Any) -> list[int]:
    """Return the ids that are not banned."""
    return sorted(set(tokenizer.get_vocab().values()) - set(banned_ids(tokenizer)))


@pytest.fixture(scope="module")
def byte_level(byte_tokenizer: Any) -> tuple[Any, list[int]]:
    """The byte-level tokenizer, and its allowed tokens."""
    return byte_tokenizer, allowed(byte_tokenizer)


@pytest.fixture(scope="module")
def pieces(sentence_model: Path) -> tuple[Any, list[int]]:
    """A SentencePiece processor, and its allowed pieces."""
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=str(sentence_model))
    names = {processor.id_to_piece(number): number for number in range(processor.get_piece_size())}
    return processor, allowed(Vocabulary(names))


@SAME_MODEL
@given(data=st.data())
def test_byte_level_sequences_write_no_cjk(byte_level: tuple[Any, list[int]], data: st.DataObject) -> None:
    """Whatever allowed tokens of a byte-level vocabulary follow one another, no East Asian character appears."""
    tokenizer, ids = byte_level
    drawn = data.draw(st.lists(st.sampled_from(ids), max_size=40))
    assert not has_cjk(tokenizer.decode(drawn, skip_special_tokens=data.draw(st.booleans())))


@SAME_MODEL
@given(data=st.data())
def test_sentence_piece_sequences_write_no_cjk(pieces: tuple[Any, list[int]], data: st.DataObject) -> None:
    """The same for SentencePiece with byte fallback, where every byte is a token of its own."""
    processor, ids = pieces
    assert not has_cjk(processor.decode(data.draw(st.lists(st.sampled_from(ids), max_size=40))))


class Vocabulary:
    """The least that a tokenizer has to be."""

    def __init__(self, names: dict[str, int]) -> None:
        self._names = names

    def get_vocab(self) -> dict[str, int]:
        """Return the ids by token."""
        return self._names


def test_random_bytes_would_write_cjk(byte_tokenizer: Any) -> None:
    """The property can fail: with all tokens allowed, random sequences do write East Asian characters."""
    chance = random.Random(1)  # noqa: S311
    ids = list(byte_tokenizer.get_vocab().values())
    assert any(has_cjk(byte_tokenizer.decode(chance.choices(ids, k=40))) for _ in range(20))


def test_english_stays_possible(byte_tokenizer: Any) -> None:
    """English text, with typographic punctuation and emoji, is written with allowed tokens alone."""
    banned = set(banned_ids(byte_tokenizer))
    text = "A soft dress — 40–47.5 kg™ ✨ 🌸, 100% cotton! ZQ1"
    assert set() == banned & set(byte_tokenizer.encode(text, add_special_tokens=False).ids)


def test_added_tokens_are_read_as_they_are(byte_tokenizer: Any) -> None:
    """An added token in Chinese is banned, and an added `é`: a decoder may take it for the byte of the same name."""
    banned = set(banned_ids(byte_tokenizer))
    found = {
        token: byte_tokenizer.token_to_id(token) in banned for token in ("连衣裙", "é", "<|im_end|>", "<|im_start|>")
    }
    assert {"连衣裙": True, "é": True, "<|im_end|>": False, "<|im_start|>": False} == found


def test_byte_pieces() -> None:
    """Byte fallback pieces count as the byte that they are, and unlike pieces that only look alike as text."""
    names = {"<0xE4>": 0, "<0x41>": 1, "<0xBD>": 2, "▁dress": 3, "▁裙": 4, "<0xZZ>": 5, "x<0xE4>": 6}
    assert [0, 4] == banned_ids(Vocabulary(names))


def test_fast_and_slow_tokenizers_agree(byte_tokenizer: Any, chat_model: Path) -> None:
    """A tokenizer of transformers and the `tokenizers` object in it give the same ids."""
    from transformers import AutoTokenizer

    assert banned_ids(byte_tokenizer) == banned_ids(AutoTokenizer.from_pretrained(chat_model))


def test_separate_target_vocabulary() -> None:
    """Where a model has one vocabulary per side, the target's ids are banned."""
    tokenizer = Vocabulary({"裙": 0, "dress": 1})
    tokenizer.separate_vocabs = True  # type: ignore[attr-defined]
    tokenizer.target_encoder = {"dress": 0, "裙": 1}  # type: ignore[attr-defined]
    assert [1] == banned_ids(tokenizer)
