"""The cells of the experiment: a block of texts under a condition, translated once and kept.

Texts are those of a suite: every third decides, the others confirm (`SHARE`). Either set is cut into blocks that lie
across all pages; a block is done under all conditions before the next one begins, so that whatever is there when time
is over was measured on the same texts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from shopglot.batches import translate
from shopglot.config import card_root, model_cache
from shopglot.engines.base import Engine
from shopglot.engines.cards import Card, get_card
from shopglot.engines.prepare import prepared_path
from shopglot.errors import UsageError
from shopglot.loading import FAKE, load_localizer
from shopglot.localizer import Localizer, Unit
from shopglot.protect import render
from shopglot.texts import cut, share_out
from shopglot.types import Reply
from shopglot_eval.records import Answers, Example, Suite
from shopglot_eval.retrieval.asking import Ct2Talker, ExampleEngine, Talk, Talker, Way
from shopglot_eval.retrieval.nearest import Finder, Kind, open_finder
from shopglot_eval.retrieval.pool import Pool, Shown, make_pool
from shopglot_eval.systems.translating import judged, occurrences, texts_of
from shopglot_eval.terms.journal import Journal

SHARE = 3
BLOCKS = 4
SEED = 1
# Texts in a batch: an engine's batches are cut by length for texts alone, and these are ten times as long.
ROOM = 4

Set = Literal["decide", "confirm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a text is shown with: `kind` "" and `way` "" is nothing, as the product asks.

    Examples that are less like it than `least` (the memory's likeness, 0 to 1) are not shown.
    """

    name: str
    kind: Kind | Literal[""] = ""
    way: Way = ""
    least: float = 0.0


NONE = Condition(name="none")
CONDITIONS = (
    NONE,
    Condition(name="turns-likeness", kind="likeness", way="turns"),
    Condition(name="turns-near", kind="likeness", way="turns", least=0.4),
    Condition(name="turns-meaning", kind="meaning", way="turns"),
    Condition(name="turns-random", kind="random", way="turns"),
    Condition(name="lines-likeness", kind="likeness", way="lines"),
    Condition(name="lines-meaning", kind="meaning", way="lines"),
    Condition(name="lines-random", kind="random", way="lines"),
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A block under a condition: the answers, what was asked and shown with each text (by its id), and what it cost.

    `prompt` are the tokens that were read, without those that all texts share, `tokens` those that were written, in
    `seconds`; texts that glossary and policy answer alone cost nothing.
    """

    condition: Condition
    block: int
    answers: Answers
    questions: dict[str, str]
    shown: dict[str, tuple[Shown, ...]]
    asked: int
    prompt: int
    tokens: int
    seconds: float


class PlainTalker:
    """Answers without looking at the examples: for rehearsals with the stand-in."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, talk: Talk) -> int:
        """Return the number of characters."""
        return sum(len(text) for pair in talk.before for text in pair) + len(talk.turn)

    def answer(self, talks: Sequence[Talk]) -> list[Reply]:
        """Answer as ever."""
        return self._engine.translate([talk.request for talk in talks])


class Experiment:
    """The tools of all cells: a market's localizer, what may be shown, finders, and whoever answers.

    With a folder every answer is kept there, and a killed run goes on where it was.
    """

    def __init__(
        self, suite: Suite, train: Sequence[Example], *, held: Sequence[Example] = (), localizer: Localizer, card: Card,
        talker: Talker, folder: Path | None = None, count: int = 3, attempts: int = 1, seed: int = SEED,
    ) -> None:  # fmt: skip
        self.suite, self.market = suite, localizer.market.name
        self.examples = suite.of(self.market)
        # A page's title is known to all its texts, whichever block they are in.
        self._texts = dict(zip((one.id for one in self.examples), texts_of(self.examples), strict=True))
        self.pool: Pool = make_pool(train, [*self.examples, *held], localizer)
        self.count, self.attempts, self.seed = count, attempts, seed
        self.localizer, self.card, self.folder, self.talker = localizer, card, folder, talker
        # It judges without the model's opinion: what it thinks of texts is no part of this.
        self._judge = load_localizer(self.market, model=FAKE)
        self._finders: dict[Kind, Finder] = {}

    def block(self, which: Set, number: int) -> tuple[Example, ...]:
        """Return the texts of a block."""
        chosen = [example for place, example in enumerate(self.examples) if (place % SHARE == 0) == (which == "decide")]
        return tuple(chosen[number::BLOCKS])

    def run(self, condition: Condition, which: Set, number: int) -> Cell:
        """Return a cell, from what is kept as far as it is there. Progress goes to stderr."""
        examples = self.block(which, number)
        if not examples:
            raise UsageError(f"suite '{self.suite.name}' has too few texts for {BLOCKS} blocks in '{self.market}'.")
        texts = [self._texts[example.id] for example in examples]
        parts = [cut(text, self.localizer) for text in texts]
        known, asked = share_out(parts, self.localizer)
        shown = {unit.request().source: self._shown(unit, condition) for unit in asked}
        engine = ExampleEngine(
            name=self.localizer.model, decoding=self.localizer.decoding, batch_size=self.localizer.batch_size,
            card=self.card, talker=self.talker, way=condition.way, examples=shown, fake=self.localizer.fake,
        )  # fmt: skip
        talks = [engine.talk(unit.request()) for unit in asked]
        label = f"{self.suite.name} {self.market} {which}{number} {condition.name} {self.attempts} {_digest(talks)}"
        journal = Journal(self.folder, label, (unit.machine_key for unit in asked), attempts=self.attempts)
        room = self.localizer.batch_size * (ROOM if condition.way else 1)
        localizer = replace(self.localizer, open_engine=lambda: cast("Engine", engine), batch_size=room)
        known |= translate(asked, localizer, executor=journal, ledger=journal, attempts=self.attempts, read=False)
        made = occurrences(parts, known, self.localizer)
        answers = Answers(
            suite=self.suite.name, market=self.market, system=condition.name, seconds=journal.seconds,
            pairs=tuple(judged(examples, texts, made, self._judge)),
        )  # fmt: skip
        own = {
            example.id: tuple(
                one for item in part.segments for one in shown.get(self.localizer.unit(item).request().source, ())
            )
            for example, part in zip(examples, parts, strict=True)
        }
        questions = {
            example.id: " ".join(render(self.localizer.unit(item).request()).body for item in part.segments)
            for example, part in zip(examples, parts, strict=True)
        }
        return Cell(
            condition=condition, block=number, answers=answers, questions=questions, shown=own, asked=len(asked),
            prompt=sum(map(self.talker.count, talks)), tokens=journal.tokens, seconds=journal.seconds,
        )  # fmt: skip

    def _shown(self, unit: Unit, condition: Condition) -> tuple[Shown, ...]:
        if not condition.kind:
            return ()
        if condition.kind not in self._finders:
            folder = self.folder and self.folder / "vectors"
            self._finders[condition.kind] = open_finder(
                condition.kind, self.pool.sources, seed=self.seed, folder=folder
            )
        found = self.pool.show(unit.segment.source, self._finders[condition.kind], count=self.count)
        return tuple(one for one in found if one.likeness >= condition.least)


def open_model(name: str | None, market: str) -> tuple[Localizer, Card, Talker]:
    """Return a market's localizer with a model, the model's card, and whoever answers talks.

    The stand-in has the prompt of the market's own model. Nothing is loaded before it is used. Raises `UsageError`
    where the market is converted by rule, `ModelError` where the model is not on this machine, or is no chat model.
    """
    localizer = load_localizer(market, model=name)
    if not localizer.market.latin:
        raise UsageError(f"market '{market}' is converted by rule, and no chat model is asked.")
    own = load_localizer(market).model if localizer.fake else localizer.model
    card = get_card(card_root(), name if name and not localizer.fake else own.partition("@")[0])
    if localizer.fake:
        return localizer, card, PlainTalker(localizer.open_engine())
    return localizer, card, Ct2Talker(card, prepared_path(card, model_cache()), localizer.open_engine)


def named(names: Sequence[str]) -> tuple[Condition, ...]:
    """Return conditions by name, that without examples first. Raises `UsageError` for an unknown one."""
    known = {condition.name: condition for condition in CONDITIONS}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no condition '{name}'; known: {', '.join(known)}.")
    return (NONE, *(known[name] for name in dict.fromkeys(names) if name != NONE.name))


def _digest(talks: Sequence[Talk]) -> str:
    """Return the hash of what is asked: with other examples or other words it is another cell."""
    asked = [[talk.before, talk.turn] for talk in talks]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:8]
