"""Damage: translation errors made on purpose, Chinese to English, to train and to test a quality estimator with.

Each module is a kind of error, each function of its MECHANISMS a way to make it; a kind has several, small and large,
so that an estimator learns the error and not a way of making it. `generate` does the damage for whole sets of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from shopglot.errors import UsageError
from shopglot.script import LETTER
from shopglot_eval.damage import (
    addition,
    entities,
    figures,
    gibberish,
    omission,
    polarity,
    repetition,
    truncation,
    unrelated,
    untranslated,
)  # fmt: skip
from shopglot_eval.damage.cases import Case, Mechanism, Pool, gather
from shopglot_eval.damage.seams import plain

KINDS: Mapping[str, tuple[Mechanism, ...]] = {
    "omission": omission.MECHANISMS,
    "addition": addition.MECHANISMS,
    "number": figures.MECHANISMS,
    "entity": entities.MECHANISMS,
    "untranslated": untranslated.MECHANISMS,
    "unrelated": unrelated.MECHANISMS,
    "gibberish": gibberish.MECHANISMS,
    "repetition": repetition.MECHANISMS,
    "polarity": polarity.MECHANISMS,
    "truncation": truncation.MECHANISMS,
}
"""The kinds of error and the ways to make each."""
TRAINING_ONLY = frozenset({"polarity", "truncation"})
"""Kinds to learn from that are not tested on: they may leave a text that is not wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """A translation and what was made of it; `mechanism` is the name of the way it was done."""

    source: str
    clean: str
    damaged: str
    kind: str
    mechanism: str


def damage(source: str, target: str, kind: str, rng: Random, pool: Pool) -> str | None:
    """Return the target with one error of a kind, None where no mechanism of the kind applies to this text.

    Nothing applies to a text without a word.

    What comes back has other words than the target and some text; Chinese that the target does not have is in it for
    `untranslated` only. The same state of `rng` gives the same. Raises UsageError for a kind that there is not.
    """
    made = draw(source, target, kind, rng, pool)
    return made.damaged if made else None


def draw(source: str, target: str, kind: str, rng: Random, pool: Pool) -> Damaged | None:
    """Return what `damage` returns, with the name of the mechanism."""
    ways = _mechanisms(kind)
    if not plain(target):
        return None  # without a word it is no English
    case = Case(source, target, pool)
    for mechanism in rng.sample(ways, len(ways)):
        made = mechanism(case, rng)
        if made is not None and _is_damage(made, target, kind):
            return Damaged(source=source, clean=target, damaged=made, kind=kind, mechanism=mechanism.__name__)
    return None


def generate(pairs: Sequence[tuple[str, str]], kinds: Sequence[str], seed: int) -> Iterator[Damaged]:
    """Yield one damaged target of each kind for each (source, target) pair that the kind applies to, in order.

    The pool is the pairs themselves: keep the pairs of a training and of a test set apart before they come here. A
    draw depends on the seed, the kind and the pair's place, and on no other kind. Raises UsageError for an unknown
    kind before anything is drawn.
    """
    for kind in kinds:
        _mechanisms(kind)
    return _generate(pairs, kinds, seed, gather(pairs))


def _generate(pairs: Sequence[tuple[str, str]], kinds: Sequence[str], seed: int, pool: Pool) -> Iterator[Damaged]:
    for number, (source, target) in enumerate(pairs):
        for kind in kinds:
            made = draw(source, target, kind, Random(f"{seed}:{kind}:{number}"), pool)  # noqa: S311 - not for secrets
            if made:
                yield made


def _mechanisms(kind: str) -> tuple[Mechanism, ...]:
    if kind not in KINDS:
        raise UsageError(f"there is no kind of damage '{kind}': choose among {', '.join(KINDS)}.")
    return KINDS[kind]


def _is_damage(made: str, target: str, kind: str) -> bool:
    """Tell whether a text is worse by its words, and by Chinese only where that is the error."""
    foreign = set(LETTER.findall(made)) - set(LETTER.findall(target))
    if not made.strip() or (foreign and kind != "untranslated") or plain(made) == plain(target):
        return False
    return kind != "number" or figures.numbers(made) != figures.numbers(target)
