"""What an answer took from the examples that it should not have.

A word of an answer is *borrowed* where an example's translation has it, and neither the reference nor the question
does. Some of it is chance: other texts have the same words. So the answers that were made without examples are
measured by the same examples, and only what is more than theirs was copied. Numbers are what hurts: they are counted
apart, as facts of another product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopglot_eval.measures.additive import Ratio
from shopglot_eval.measures.shares import count_trials, measure_share
from shopglot_eval.records import Better, Figure, Form, Pair
from shopglot_eval.retrieval.pool import Shown

LEAST = 4  # letters: shorter words are mostly those of grammar, which every text has
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def words(text: str) -> list[str]:
    """Return the words of a text in small letters, those of `LEAST` letters and more, without a plural's s."""
    found = (match[0].casefold() for match in _WORD.finditer(text))
    return [word.removesuffix("s") for word in found if len(word) >= LEAST]


def numbers(text: str) -> list[str]:
    """Return the numbers of a text as written, without commas between thousands."""
    return [match[0].replace(",", "") for match in _NUMBER.finditer(text)]


@dataclass(frozen=True, kw_only=True)
class Borrowed(Ratio):
    """The share of words, or of numbers, that were borrowed from the examples that are named for each text.

    `questions` are the texts as the engine was asked, with the glossary's words and the market's quantities in them.
    """

    shown: Mapping[str, tuple[Shown, ...]]
    questions: Mapping[str, str]
    name: str = "borrowed.words"
    title: str = "Words borrowed"
    of: str = "words"
    better: Better = "lower"
    form: Form = "share"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the share; against it speak the texts that borrowed most."""
        return measure_share(self, count_trials(self.count, pairs), unit=self.of, nothing=f"no answer has {self.of}")

    def count(self, pair: Pair) -> tuple[float, float]:
        """Return how many words or numbers of an answer were borrowed, and how many it has."""
        own = self._of([pair.output.target])
        return float(len(self.borrowed(pair))), float(len(own))

    def borrowed(self, pair: Pair) -> list[str]:
        """Return the words or numbers that were borrowed, in order, each as often as it stands there."""
        there = set(self._of(one.answer for one in self.shown.get(pair.example.id, ())))
        there -= set(self._of([*pair.example.references, self.questions.get(pair.example.id, "")]))
        return [one for one in self._of([pair.output.target]) if one in there]

    def _of(self, texts: Iterable[str]) -> list[str]:
        return [one for text in texts for one in (numbers(text) if self.of == "numbers" else words(text))]


def borrowed_measures(
    shown: Mapping[str, tuple[Shown, ...]], questions: Mapping[str, str]
) -> tuple[Borrowed, Borrowed]:
    """Return the measures of words and of numbers for what was shown."""
    return Borrowed(shown=shown, questions=questions), Borrowed(
        shown=shown, questions=questions, name="borrowed.numbers", title="Numbers borrowed", of="numbers"
    )
