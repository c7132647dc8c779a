"""Which tokens an English translation may not use: those that could write Chinese, Japanese or Korean.

The law, over UTF-8 bytes. A token is banned where its bytes contain a whole East Asian character, or end in the
beginning of one. Every such character of a text begins inside some token: either it ends there too (the token contains
it) or it runs on (the token ends in its beginning). Both are banned, so no sequence of allowed tokens can spell one,
whatever the tokens before and after are. UTF-8 keeps lead bytes apart from continuation bytes; no other parse exists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from shopglot.script import CJK, CJK_RANGES

_BYTE_PIECE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_LONGEST = 3  # bytes of the longest unfinished character: four-byte forms lack at least one


def banned_ids(tokenizer: Any) -> list[int]:
    """Return the sorted ids of the tokens that an English text may not use.

    `tokenizer` is a `tokenizers.Tokenizer` or a tokenizer of transformers, fast or slow: byte-level BPE, SentencePiece
    with or without byte fallback, WordPiece.
    """
    backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
    byte_level = "ByteLevel" in _decoders(backend) or hasattr(backend, "byte_decoder")
    added = _added(tokenizer)
    return sorted(
        id_
        for piece, id_ in _vocabulary(tokenizer).items()
        # An added token is written as it is, except by decoders that take it, too, for letters of the byte alphabet.
        if is_banned(_spell(piece, byte_level=byte_level))
        or (id_ in added and is_banned(_spell(piece, byte_level=False)))
    )


def is_banned(spelling: bytes) -> bool:
    """Whether a token with these bytes could take part in writing an East Asian character."""
    beginnings = _beginnings()
    if any(spelling[-length:] in beginnings for length in range(1, min(_LONGEST, len(spelling)) + 1)):
        return True
    return CJK.search(spelling.decode("utf-8", errors="replace")) is not None


def _vocabulary(tokenizer: Any) -> Mapping[str, int]:
    # Marian may keep one vocabulary per side; what is generated is of the target's.
    if getattr(tokenizer, "separate_vocabs", False):
        target: Mapping[str, int] = tokenizer.target_encoder
        return target
    vocabulary: Mapping[str, int] = tokenizer.get_vocab()
    return vocabulary


def _added(tokenizer: Any) -> frozenset[int]:
    """Return the ids of added tokens."""
    if hasattr(tokenizer, "get_added_tokens_decoder"):
        return frozenset(tokenizer.get_added_tokens_decoder())
    return frozenset(getattr(tokenizer, "added_tokens_decoder", ()))


def _spell(piece: str, *, byte_level: bool) -> bytes:
    """Return the bytes that a token writes."""
    if byte_level:
        alphabet = _byte_alphabet()
        if all(character in alphabet for character in piece):
            return bytes(alphabet[character] for character in piece)
    elif found := _BYTE_PIECE.fullmatch(piece):
        return bytes((int(found[1], 16),))
    return piece.encode("utf-8", errors="surrogatepass")


def _decoders(backend: Any) -> frozenset[str]:
    """Return the kinds of decoder that a `tokenizers.Tokenizer` is made of."""
    if not hasattr(backend, "to_str"):
        return frozenset()
    # `to_str` of a large tokenizer is slow, and the decoder alone says enough.
    state = getattr(backend, "decoder", None)
    return frozenset(_kinds(json.loads(state.__getstate__()))) if state is not None else frozenset()


def _kinds(state: Any) -> Iterable[str]:
    if isinstance(state, dict):
        yield str(state.get("type", ""))
        for value in state.values():
            yield from _kinds(value)
    elif isinstance(state, list):
        for value in state:
            yield from _kinds(value)


@lru_cache(maxsize=1)
def _byte_alphabet() -> Mapping[str, int]:
    """Return the byte of each letter of byte-level BPE: printable bytes stand for themselves, others are shifted."""
    printable = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))
    others = (byte for byte in range(0x100) if byte not in printable)
    shifted = {chr(0x100 + place): byte for place, byte in enumerate(others)}
    return {chr(byte): byte for byte in printable} | shifted


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[bytes]:
    """Return every proper, non-empty beginning of the UTF-8 form of an East Asian character."""
    found = set[bytes]()
    for first, last in _ranges():
        # 64 code points share all bytes but the last, so one of each block is enough.
        for code in (first, *range((first | 0x3F) + 1, last + 1, 0x40)):
            form = chr(code).encode()
            found.update(form[:length] for length in range(1, len(form)))
    return frozenset(found)


def _ranges() -> Iterable[tuple[int, int]]:
    """Yield the ranges of `CJK_RANGES`, a character class of single characters and `a-b`."""
    rest = CJK_RANGES
    while rest:
        last = rest[2] if rest[1:2] == "-" else rest[0]
        yield ord(rest[0]), ord(last)
        rest = rest[3 if rest[1:2] == "-" else 1 :]
