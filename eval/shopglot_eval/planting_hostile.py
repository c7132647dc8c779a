"""An engine that handles mask tokens as badly as models do, seeded: what comes through it unheld must be intact."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from shopglot.engines.fake import FakeEngine
from shopglot.protect import TOKEN
from shopglot.types import Reply, Request

# Per token; about what small models do to tokens that they were not trained on, some kinds more often.
RATES = {
    "drop": 0.06, "double": 0.04, "swap": 0.05, "case": 0.06, "split": 0.02, "translate": 0.02, "renumber": 0.03,
    "glue": 0.04,
}  # fmt: skip
# Per answer: what it makes up, and what it does to Latin words (brands, numbers of models that stayed in sight).
INVENTIONS = (
    ("<b>", 0.01), ("</span>", 0.005), ("https://made.up/x", 0.005), ("{name}", 0.005), ("ZQ1", 0.01), (" < b", 0.003),
)  # fmt: skip
RECASED = 0.03
EMPTY = 0.005


class HostileEngine:
    """Answers as the fake engine does, then drops, doubles, swaps, re-cases, splits and translates mask tokens."""

    name = "hostile@1"
    decoding = ""
    batch_size = 64
    fake = True

    def __init__(self, seed: int, *, lang: str = "en") -> None:
        self._seed = seed
        self._fake = FakeEngine(lang=lang)

    def measure(self, request: Request) -> int:
        """Return the number of characters."""
        return self._fake.measure(request)

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Answer each request by itself, always the same for the same text, attempt and seed."""
        replies = self._fake.translate(requests)
        return [replace(reply, text=self._spoil(reply.text, one)) for reply, one in zip(replies, requests, strict=True)]

    def close(self) -> None:
        """Nothing to give back."""

    def _spoil(self, text: str, request: Request) -> str:
        chance = random.Random(f"{self._seed} {request.attempt} {request.source!r}")  # noqa: S311 - not for secrets
        if chance.random() < EMPTY:
            return ""
        parts = re.split(f"({TOKEN.pattern})", text)
        for at in range(1, len(parts), 2):
            _spoil_token(parts, at, chance)
        for invention, rate in INVENTIONS:
            if chance.random() < rate:
                parts.insert(2 * chance.randint(0, len(parts) // 2), f" {invention} ")
        if chance.random() < RECASED:
            parts = [re.sub(r"[A-Za-z]{3,}", lambda word: word[0].swapcase(), part) for part in parts]
        return "".join(parts)


def _spoil_token(parts: list[str], at: int, chance: random.Random) -> None:
    """Change the token at `at`, an odd index, in place."""
    token = parts[at]
    kind = next(iter(chance.choices([*RATES, ""], [*RATES.values(), 1 - sum(RATES.values())])))
    if kind == "swap" and at + 2 < len(parts):
        parts[at], parts[at + 2] = parts[at + 2], token
        return
    number = re.sub(r"\D", "", token)
    parts[at] = {
        "drop": "", "double": f"{token} {token}", "case": chance.choice((token.lower(), token.capitalize())),
        "split": f"{token[0]} {token[1:]}", "translate": chance.choice((f"[mark {number}]", "tag", f"№{number}")),
        "renumber": f"{token[:2]}{(int(number) + 1) % 10 ** len(number):0{len(number)}d}", "glue": f"x{token}y",
    }.get(kind, token)  # fmt: skip
