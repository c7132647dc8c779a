"""A fast deterministic stand-in for tests and load runs. What it writes is no translation, and is marked as such."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import repeat

from shopglot.engines.frame import clean
from shopglot.protect import TOKEN, render
from shopglot.script import CJK
from shopglot.types import Reply, Request, View

NAME = "fake@1"

_SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "wi", "yo", "za", "ki")
_DIGITS = {0xFF10 + digit: 0x30 + digit for digit in range(10)}
_RUN = re.compile(rf"(?:{CJK.pattern})+")
_WORD = re.compile(r"\S+|\s+")
# Log-probabilities lie between the two: of its own text, of its own word in another text, of another's, and of any.
_OWN, _KNOWN, _STRANGE, _ANY = (-0.3, -0.05), (-1.0, -0.3), (-3.0, -1.0), (-3.0, -0.05)


class FakeEngine:
    """Replaces every run of Chinese by words made from its hash; keeps mask tokens, terms, numbers and Latin text.

    With another `lang` than `en` the text stays as it is rendered. For tests of what happens then, `lose_masks` drops
    the mask tokens of about every n-th distinct text, and `repeat` marks about every n-th as a cut repetition; 0 is
    never.
    """

    name = NAME
    decoding = ""
    batch_size = 64
    fake = True
    views: frozenset[View] = frozenset({"forward", "backward", "alone"})

    def __init__(self, *, lang: str = "en", lose_masks: int = 0, repeat: int = 0) -> None:
        self._latin = lang == "en"
        self._lose_masks = lose_masks
        self._repeat = repeat

    def measure(self, request: Request) -> int:
        """Return the number of characters."""
        return len(request.source)

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Answer each request by itself: company makes no difference."""
        return [self._answer(request) for request in requests]

    def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
        """Return made-up log-probabilities, one per character, the same for the same pair and view.

        Forward the text that this engine would write for the source is liked best, and its words wherever they stand.
        """
        return [self._judge(source, target, view) for source, target in pairs]

    def close(self) -> None:
        """Nothing to give back."""

    def _answer(self, request: Request) -> Reply:
        body = clean(render(request).body)
        text = self._write(body) if self._latin else body
        chance = _hash(request.source)
        if self._lose_masks and chance[0] % self._lose_masks == 0:
            text = " ".join(TOKEN.sub(" ", text).split())
        # A made-up confidence between 0.6 and 0.99, the same for the same text.
        confidence = 0.6 + 0.39 * chance[1] / 255
        repeated = bool(self._repeat) and chance[2] % self._repeat == 0
        return Reply(text=text, logprob=confidence - 1, tokens=len(text) // 4 + 1, repeated=repeated)

    def _judge(self, source: str, target: str, view: View) -> tuple[float, ...]:
        read = source if view == "backward" else target
        known = "" if view == "alone" else target if view == "backward" else source
        seed = f"{view}\0{len(known)}\0{known}{read}".encode("utf-8", "surrogatepass")
        bands = self._liking(source, target) if view == "forward" else repeat(_ANY)
        noise = hashlib.shake_256(seed).digest(len(read))
        return tuple(
            low * (1 - byte / 255) + high * (byte / 255) for byte, (low, high) in zip(noise, bands, strict=False)
        )

    def _liking(self, source: str, target: str) -> Iterator[tuple[float, float]]:
        """Yield, for each character of a target, between what its log-probability lies."""
        own = self._answer(Request(source=source, field="", style="prose")).text
        words = set(_WORD.findall(own))
        for match in _WORD.finditer(target):
            band = _OWN if target == own else _KNOWN if match[0] in words else _STRANGE
            yield from repeat(band, len(match[0]))

    def _write(self, body: str) -> str:
        return " ".join(_RUN.sub(_words, body.translate(_DIGITS)).split())


def _words(match: re.Match[str]) -> str:
    """Return about one word for two characters, two syllables each."""
    digest = _hash(match[0])
    count = max(1, len(match[0]) // 2)
    words = (
        _SYLLABLES[digest[2 * index % 32] % 16] + _SYLLABLES[digest[(2 * index + 1 + index // 16) % 32] % 16]
        for index in range(count)
    )
    return f" {' '.join(words)} "


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
