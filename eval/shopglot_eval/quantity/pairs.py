"""What the quantity suite is made of: kinds of quantity, sentences they stand in, and the pairs drawn from them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from shopglot_eval.quantity.spelling import Mistake

TRIES = 60  # draws of a pair that is new before one is taken twice; small kinds have few
# Additions that no sentence of the suite speaks of: what a model makes up.
INVENTED = ((13, " (set of 13)"), (37, " (37 pieces)"), (43, ", 43% off"), (17, ", 17-year warranty"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A source and a target that says the same (`right`) or in which one quantity changed (`operator` says how)."""

    source: str
    target: str
    field: str
    right: bool
    kind: str
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence with a gap `{}` in both languages. `bare` is the English without the gap, "" where that is nothing."""

    field: str
    zh: str
    en: str
    bare: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in a gap: the Chinese, faithful English forms of it, and English that means something else."""

    zh: str
    rights: tuple[str, ...]
    wrongs: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of quantity: a name, the sentences it is used in, and a draw of values for them."""

    name: str
    frames: tuple[Frame, ...]
    draw: Callable[[random.Random], Value]


def kind(*frames: Frame) -> Callable[[Callable[[random.Random], Value]], Kind]:
    """Make a kind of a function that draws values; the function's name is the kind's."""
    return lambda draw: Kind(draw.__name__, frames, draw)


def generate(kinds: Sequence[Kind], *, pairs: int, seed: int) -> list[Pair]:
    """Return so many wrong pairs and as many right ones, in equal shares of the kinds; the same seed gives the same.

    A kind's draws depend on the seed and its name only, so that a new kind leaves the others as they were.
    Where the shares are not whole, the kinds that get one pair more are drawn.
    """
    order = list(kinds)
    random.Random(seed).shuffle(order)  # noqa: S311 - not for secrets
    made: list[Pair] = []
    for right in (False, True):
        for place, one in enumerate(order):
            share = pairs // len(order) + (place < pairs % len(order))
            chance = random.Random(f"{seed}:{right}:{one.name}")  # noqa: S311 - not for secrets
            made.extend(draw_pairs(one, share, right=right, chance=chance))
    return made


def draw_pairs(one: Kind, number: int, *, right: bool, chance: random.Random) -> list[Pair]:
    """Return so many pairs of one kind, different ones as long as there are any."""
    made: list[Pair] = []
    tries = 0
    while len(made) < number:
        pair = draw_pair(one, right=right, chance=chance)
        tries += 1
        if pair not in made or tries > TRIES * number:
            made.append(pair)
    return made


def draw_pair(one: Kind, *, right: bool, chance: random.Random) -> Pair:
    """Return a pair of a kind."""
    frame, value = chance.choice(one.frames), one.draw(chance)
    source = frame.zh.replace("{}", value.zh)
    faithful = tuple(fill(frame.en, text) for text in value.rights)
    if right:
        operator, target = "", chance.choice(faithful)
    else:
        operator, target = chance.choice([*_wrong(frame, value, source, faithful, chance)])
    return Pair(source=source, target=target, field=frame.field, right=right, kind=one.name, operator=operator)


def fill(sentence: str, text: str) -> str:
    """Put a text into the gap of an English sentence; the first letter becomes a capital, but not of iPhone.

    A full stop behind an abbreviation's is left out.
    """
    whole = sentence.replace("{}", text).replace("..", ".")
    return whole if whole[1:2].isupper() else whole[:1].upper() + whole[1:]


def invent(sentence: str, source: str, chance: random.Random) -> str:
    """Return the sentence with a quantity that the source does not have, before its full stop."""
    addition = chance.choice([text for number, text in INVENTED if str(number) not in source + sentence])
    body = sentence if sentence.endswith(".m.") else sentence.rstrip(".")
    return body + addition + sentence[len(body) :]


def _wrong(
    frame: Frame, value: Value, source: str, faithful: tuple[str, ...], chance: random.Random
) -> Iterator[Mistake]:
    for operator, text in value.wrongs:
        # A slip may hit upon another faithful form.
        if (target := fill(frame.en, text)) not in faithful:
            yield operator, target
    if frame.bare:
        yield "quantity omitted", frame.bare
    yield "quantity invented", invent(chance.choice(faithful), source, chance)
