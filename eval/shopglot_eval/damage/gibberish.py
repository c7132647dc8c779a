"""Gibberish: words shuffled, letters scrambled, tokens thrown together, a little of it or nothing else."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from shopglot_eval.damage.cases import Case, Mechanism
from shopglot_eval.damage.seams import Span, count, words

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TOKENS = (
    "<unk>", "##ing", "@@", "_the", "▁", "</s>", "�", "[UNK]", "&#39;", "\\n", "%s", "tion", "'s's", "||", "{}", "ment",
)  # fmt: skip
LEAST = 3  # words that are hit


def shuffled(case: Case, chance: Random) -> str | None:
    """Shuffle all words; marks of punctuation stay where they were."""
    return _shuffled(case.target, words(case.target), chance)


def shuffled_window(case: Case, chance: Random) -> str | None:
    """Shuffle the words of a window of five to nine."""
    spans = words(case.target)
    length = chance.randint(5, 9)
    at = chance.randint(0, max(0, len(spans) - length))
    return _shuffled(case.target, spans[at : at + length], chance)


def noise(case: Case, chance: Random) -> str | None:
    """Scramble the letters of a share of the words, from a quarter to all."""
    chosen = _share(words(case.target), chance)
    return _replaced(case.target, chosen, lambda word: _scrambled(word, chance)) if chosen else None


def salad(case: Case, chance: Random) -> str | None:
    """Put words of other translations at random for a share of the words."""
    chosen = _share(words(case.target), chance)
    if not chosen or len(case.pool.vocabulary) < 50:
        return None
    return _replaced(case.target, chosen, lambda _: chance.choice(case.pool.vocabulary))


def tokens(case: Case, chance: Random) -> str | None:
    """Put pieces of words and marks of a broken tokenizer among the words."""
    chosen = _share(words(case.target), chance)

    def broken(word: str) -> str:
        half = word[: chance.randint(1, max(1, len(word) - 1))]
        return chance.choice((half, f"{half} {chance.choice(TOKENS)}", chance.choice(TOKENS), f"{word[-2:]}{half}"))

    return _replaced(case.target, chosen, broken) if chosen else None


def babble(case: Case, chance: Random) -> str | None:
    """Put words that no language has, as many as there were."""

    def invented(word: str) -> str:
        pairs = (chance.choice("bcdfghjklmnpqrstvwxz") + chance.choice("aeiou") for _ in range(chance.randint(1, 4)))
        made = "".join(pairs)
        return made.capitalize() if word[:1].isupper() else made

    spans = words(case.target)
    return _replaced(case.target, spans, invented) if count(case.target) >= LEAST else None


def _shuffled(text: str, spans: list[Span], chance: Random) -> str | None:
    if len(spans) < LEAST + 1:
        return None
    old = [text[slice(*span)] for span in spans]
    new = chance.sample(old, len(old))
    moved = sum(one != other for one, other in zip(old, new, strict=True))
    left = iter(new)
    return _replaced(text, spans, lambda _: next(left)) if moved > LEAST else None


def _share(spans: list[Span], chance: Random) -> list[Span]:
    """Return a share of the words, three at least; none where there are fewer."""
    if len(spans) < LEAST:
        return []
    number = max(LEAST, round(len(spans) * chance.choice((0.25, 0.4, 0.6, 1.0))))
    return sorted(chance.sample(spans, min(number, len(spans))))


def _scrambled(word: str, chance: Random) -> str:
    letters = list(word)
    for _ in range(max(1, round(len(letters) * chance.uniform(0.25, 0.6)))):
        at = chance.randrange(len(letters))
        kind = chance.randrange(4)
        if kind == 0 and len(letters) > 2:
            del letters[at]
        elif kind == 1 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif kind == 2:
            letters.insert(at, chance.choice(LETTERS))
        else:
            letters[at] = chance.choice(LETTERS)
    return "".join(letters)


def _replaced(text: str, spans: list[Span], change: Callable[[str], str]) -> str:
    made, before = [], 0
    for start, end in spans:
        made += [text[before:start], change(text[start:end])]
        before = end
    return "".join([*made, text[before:]])


MECHANISMS: tuple[Mechanism, ...] = (shuffled, shuffled_window, noise, salad, tokens, babble)
