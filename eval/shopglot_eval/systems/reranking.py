"""The product with a second look: several answers are drawn, and the likeliest of those without faults is kept.

Texts that would be published anyway are left alone. For the others the model draws `DRAWS` more answers; those with
more faults than the kept one (missing terms, wrong numbers, lost masks: see `batches.faults`) are out, and of the rest
the one stands that the model, reading it, finds likeliest given the source. What a report then says with references
(chrF) is not what was chosen by; its score is, in part, and flatters such a system.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any, Protocol, cast

from shopglot.batches import faults
from shopglot.batches import translate as translate_units
from shopglot.engines.base import Engine
from shopglot.errors import UsageError
from shopglot.localizer import Localizer, Unit
from shopglot.texts import cut, share_out
from shopglot.types import Json, Reply, Request, Translation
from shopglot_eval.records import Answers, Suite
from shopglot_eval.systems.translating import describe, journal_of, judged, occurrences, peak, texts_of

DRAWS = 4
TEMPERATURE = 0.7
SEED = 1


class Sampler(Protocol):
    """An engine that can draw answers (see `Ct2ChatEngine.sample`)."""

    def sample(self, requests: Sequence[Request], *, seed: int, temperature: float) -> list[Reply]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Drawing:
    """An engine that draws its answers from another one."""

    engine: Engine
    seed: int

    def __getattr__(self, name: str) -> Any:
        """Return what the other engine has: it has the name, the batch size and the views of it."""
        return getattr(self.engine, name)

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Draw one answer to each request."""
        return cast("Sampler", self.engine).sample(requests, seed=self.seed, temperature=TEMPERATURE)


def rerank(
    suite: Suite, market: str, localizer: Localizer, *, name: str = "", store: Path | None = None,
    attempts: int | None = None, draws: int = DRAWS, seed: int = SEED,
) -> Answers:  # fmt: skip
    """Return what a localizer makes of a suite when it may choose among several answers.

    It costs `draws` more translations of every text that would be held, and reading them; `seconds` has all of it. What
    was asked is kept in the folder `store`, as `translate` does. Raises `UsageError` where the suite has no text in the
    market, or the engine cannot draw.
    """
    from shopglot.run import ATTEMPTS

    attempts = ATTEMPTS if attempts is None else attempts
    examples = suite.of(market)
    if not examples:
        raise UsageError(f"suite '{suite.name}' has no text in market '{market}'.")
    texts = texts_of(examples)
    parts = [cut(text, localizer) for text in texts]
    known, asked = share_out(parts, localizer)
    label = f"{suite.name} {market}"
    journal = journal_of(label, localizer, asked, store=store, attempts=attempts)
    known |= translate_units(asked, localizer, executor=journal, ledger=journal, attempts=attempts)
    seconds = journal.seconds if asked else 0.0
    due = [unit for unit in asked if not _stands(unit, known[unit.machine_key], localizer)]
    pools: dict[str, list[Translation]] = {unit.machine_key: [known[unit.machine_key]] for unit in due}
    for draw in range(seed, seed + draws) if due else ():
        drawing = _drawing(localizer, draw)
        own = journal_of(f"{label} draw{draw}", localizer, due, store=store, attempts=1)
        print(f"{label}: draw {draw - seed + 1} of {draws}, {len(due)} texts", file=sys.stderr)
        drawn = translate_units(due, drawing, executor=own, ledger=own, attempts=1)
        seconds += own.seconds
        for key, one in drawn.items():
            pools[key].append(one)
    known |= {unit.machine_key: choose(unit, pools[unit.machine_key], localizer) for unit in due}
    told: dict[str, Json] = {"draws": draws, "temperature": TEMPERATURE, "seed": seed, "texts": len(due)}
    return Answers(
        suite=suite.name, market=market, system=name or f"{localizer.model} reranked",
        about={**describe(localizer, attempts=attempts), "reranked": told},
        pairs=tuple(judged(examples, texts, occurrences(parts, known, localizer), localizer)),
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


def _drawing(localizer: Localizer, seed: int) -> Localizer:
    """Return a localizer whose engine draws its answers. Raises `UsageError` where it cannot."""
    engine = localizer.open_engine()
    if not hasattr(engine, "sample"):
        raise UsageError(f"model '{localizer.model}' cannot draw answers; take a chat model on CTranslate2.")
    drawing = cast("Engine", Drawing(engine, seed))
    return replace(localizer, open_engine=lambda: drawing)
