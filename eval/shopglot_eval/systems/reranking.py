"""The product with a second look: of several answers the likeliest without faults is kept.

Texts that would be published anyway are left alone. For the others the model gives the `count` answers that a beam of
that width finds; those with more faults than the kept one (missing terms, wrong numbers, lost masks: see
`batches.faults`) are out, and of the rest the one stands that the model, reading it, finds likeliest given the source.
What a report then says with references (chrF) is not what was chosen by; its score is, in part, and flatters such a
system.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, Protocol, cast

from shopglot.batches import faults
from shopglot.batches import translate as translate_units
from shopglot.engines.base import Engine
from shopglot.errors import UsageError
from shopglot.localizer import Localizer, Unit
from shopglot.types import Json, Reply, Request, Translation
from shopglot_eval.records import Answers, Suite
from shopglot_eval.systems.keeping import examples_of
from shopglot_eval.systems.translating import ask, describe, journal_of, judged, occurrences, peak, texts_of

COUNT = 4


class Lister(Protocol):
    """An engine that can give several answers (see `Ct2ChatEngine.list_best`)."""

    def list_best(self, requests: Sequence[Request], *, count: int) -> list[list[Reply]]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An engine that gives, of the best answers of another one, those of a rank; the last where there are fewer.

    `known` has what was found for a batch, so that it is asked once for all ranks.
    """

    engine: Engine
    count: int
    rank: int
    known: dict[tuple[Request, ...], list[list[Reply]]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Return what the other engine has: it has the name, the batch size and the views of it."""
        return getattr(self.engine, name)

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Return one answer to each request."""
        batch = tuple(requests)
        if batch not in self.known:
            self.known[batch] = cast("Lister", self.engine).list_best(batch, count=self.count)
        return [answers[min(self.rank, len(answers) - 1)] for answers in self.known[batch]]


def rerank(
    suite: Suite, market: str, localizer: Localizer, *, name: str = "", store: Path | None = None,
    attempts: int | None = None, count: int = COUNT,
) -> Answers:  # fmt: skip
    """Return what a localizer makes of a suite when it may choose among several answers.

    It costs a beam of width `count` for every text that would be held, and reading what it finds; `seconds` has all of
    it. What was asked is kept in the folder `store`, as `translate` does. Raises `UsageError` where the suite has no
    text in the market, or the engine cannot give several answers.
    """
    from shopglot.run import ATTEMPTS

    attempts = ATTEMPTS if attempts is None else attempts
    examples = examples_of(suite, market)
    texts, label = texts_of(examples), f"{suite.name} {market}"
    asked = ask(label, texts, localizer, store=store, attempts=attempts)
    seconds = asked.seconds
    due = [unit for unit in asked.units if not _stands(unit, asked.known[unit.machine_key], localizer)]
    pools: dict[str, list[Translation]] = {unit.machine_key: [asked.known[unit.machine_key]] for unit in due}
    ranked = _ranked(localizer, count) if due else []
    for rank, own in enumerate(ranked):
        ledger = journal_of(f"{label} best{count} rank{rank}", localizer, due, store=store, attempts=1)
        print(f"{label}: answer {rank + 1} of {count}, {len(due)} texts", file=sys.stderr)
        for key, one in translate_units(due, own, executor=ledger, ledger=ledger, attempts=1).items():
            pools[key].append(one)
        seconds += ledger.seconds
    known = {**asked.known, **{unit.machine_key: choose(unit, pools[unit.machine_key], localizer) for unit in due}}
    told: dict[str, Json] = {"count": count, "texts": len(due)}
    return Answers(
        suite=suite.name, market=market, system=name or f"{localizer.model} reranked",
        about={**describe(localizer, attempts=attempts), "reranked": told},
        pairs=tuple(judged(examples, texts, occurrences(asked.parts, known, localizer), localizer)),
        seconds=round(seconds, 3), memory=peak(),
    )  # fmt: skip


def choose(unit: Unit, pool: Sequence[Translation], localizer: Localizer) -> Translation:
    """Return the likeliest of the translations with the fewest faults; the first of a pool where they are equal.

    Likeliest is by the mean log-probability that the model gave when it read them (`quality.opinion`, `forward`); one
    that was not read, or says nothing, is the least likely.
    """
    fewest = min(faults(unit, one, localizer) for one in pool)
    sound = [one for one in pool if faults(unit, one, localizer) == fewest]
    return max(sound, key=lambda one: dict(one.opinion).get("forward", -inf) if one.target.strip() else -inf)


def _stands(unit: Unit, translation: Translation, localizer: Localizer) -> bool:
    """Whether a text would be published as it is."""
    return localizer.judge(unit.segment, translation).decision.verdict == "publish"


def _ranked(localizer: Localizer, count: int) -> list[Localizer]:
    """Return a localizer for each rank. Raises `UsageError` where the engine cannot give several answers."""
    engine = localizer.open_engine()
    if not hasattr(engine, "list_best"):
        raise UsageError(f"model '{localizer.model}' gives one answer only; take a chat model on CTranslate2.")
    known: dict[tuple[Request, ...], list[list[Reply]]] = {}
    engines = [cast("Engine", Ranked(engine=engine, count=count, rank=rank, known=known)) for rank in range(count)]
    return [replace(localizer, open_engine=partial(_same, one)) for one in engines]


def _same(engine: Engine) -> Engine:
    return engine
