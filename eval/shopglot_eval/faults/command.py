"""What is tried, how often, and what is printed of it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from random import Random

from shopglot_eval.faults import trials
from shopglot_eval.faults.content import Difference
from shopglot_eval.faults.process import Fault, Trouble
from shopglot_eval.faults.server import Server, running
from shopglot_eval.faults.shelf import kind_data
from shopglot_eval.faults.story import Stage, told
from shopglot_eval.faults.trials import Stagehand, strike

ENGINES = ("sqlite", "postgresql")
PER_STORY = 10  # faults in one telling


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell the story with faults; print one JSON object per kind; exit status 1 where anything was lost or double."""
    parser = argparse.ArgumentParser(prog="faults", description="Faults against a store; see shopglot_eval.faults.")
    parser.add_argument("--points", type=int, default=300, help="kills in all, over the engines (default %(default)s)")
    parser.add_argument("--engine", choices=[*ENGINES, "both"], default="both", help="default %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="of what happens where (default %(default)s)")
    parser.add_argument("--others", type=int, default=12, help="tellings of each other kind (default %(default)s)")
    parser.add_argument("--kind", action="append", help="only this kind; may be repeated")
    options = parser.parse_args(arguments)
    engines = ENGINES if options.engine == "both" else (options.engine,)
    wrong = 0
    for engine in engines:
        with stagehand(engine, seed=options.seed) as hand:
            for kind, tries in plan(hand, points=options.points // len(engines), others=options.others):
                if options.kind and kind not in options.kind:
                    continue
                wrong += report(engine, kind, tries)
    return int(wrong > 0)


@contextmanager
def stagehand(
    engine: str, *, seed: int, stages: tuple[Stage, ...] | None = None, listings: int = 36
) -> Iterator[Stagehand]:
    """Yield who tells the story on an engine, prepared."""
    with ExitStack() as stack:
        server: Server | None = stack.enter_context(running()) if engine == "postgresql" else None
        stack.enter_context(kind_data())
        load()
        chance = Random(f"{engine} {seed}")  # noqa: S311 - where faults strike, no secret
        hand = Stagehand(server=server, chance=chance, stages=stages or told(), listings=listings)
        hand.prepare()
        yield hand


def load() -> None:
    """Load in this process what every process of the story needs, so that each starts in no time."""
    import alembic.command  # noqa: F401
    import psycopg  # noqa: F401

    import shopglot.cli
    import shopglot.executors.local
    import shopglot.run  # noqa: F401
    from shopglot.loading import load_localizers
    from shopglot_eval.faults.story import MARKETS

    for localizer in load_localizers(MARKETS, model="fake", plain=True):
        localizer.open_engine()
        localizer.screen.screen("枕头", side="source")
        localizer.screen.screen("pillow", side="target")


Try = Callable[[], tuple[Difference, int]]


def plan(hand: Stagehand, *, points: int, others: int) -> Iterator[tuple[str, Iterator[Try]]]:
    """Yield the kinds of faults, and for each what tries it."""

    def kills() -> Iterator[Try]:
        left = points

        def kill() -> tuple[Difference, int]:
            nonlocal left
            difference, struck = told_with(hand, "kill", min(PER_STORY, left))
            left -= struck
            return difference, struck

        while left > 0:
            yield kill

    yield "kill", kills()
    troubles: tuple[Trouble, ...] = ("clock",) if hand.server is None else ("clock", "cut", "cut-all")
    for trouble in troubles:
        yield trouble, (lambda trouble=trouble: told_with(hand, trouble, PER_STORY) for _ in range(others))  # type: ignore[misc]
    if hand.server is None:
        yield "full", (lambda: told_with_limit(hand, "full") for _ in range(others))
        yield "limit", (lambda: told_with_limit(hand, "limit") for _ in range(others))
    else:
        yield "restart", (lambda: trials.restart_server(hand, 1.0) for _ in range(max(others // 2, 1)))
    yield "half a catalog", (lambda: trials.halve_catalogs(hand) for _ in range(max(others // 2, 1)))
    yield "two at once", (lambda: trials.work_together(hand, 2, 0) for _ in range(max(others // 2, 1)))
    yield "four, one killed", (lambda: trials.work_together(hand, 4, 1) for _ in range(max(others // 2, 1)))


def told_with(hand: Stagehand, trouble: Trouble, points: int) -> tuple[Difference, int]:
    """Tell the story with so many faults of a kind."""
    told = hand.tell(strike(trouble, points, hand.chance, hand.stages))
    check_messages(told.messages)
    return hand.check(told), told.struck if trouble != "clock" else points


def told_with_limit(hand: Stagehand, trouble: Trouble) -> tuple[Difference, int]:
    """Tell the story while room is short: each stage finds less than it needs, and then enough."""

    def faults(stage: Stage, statements: int) -> Sequence[Fault]:
        # In pages of 4 KiB, or in KiB: from what is too little for an empty store to what is nearly enough.
        return [
            Fault(
                trouble=trouble,
                at=int(2 ** hand.chance.uniform(0, 6)) if trouble == "full" else hand.chance.randint(60, 900),
            )
        ]

    told = hand.tell(faults)
    check_messages(told.messages)
    return hand.check(told), told.struck


def check_messages(messages: Sequence[str]) -> None:
    """Complain where a process that failed did not say so in words."""
    for said in messages:
        if "Traceback" in said or "shopglot: " not in said:
            raise RuntimeError(f"a process failed without a word for people:\n{said[-3000:]}")


def report(engine: str, kind: str, tries: Iterator[Try]) -> int:
    """Try a kind of fault, print what came of it, and return how often it went wrong."""
    began = time.monotonic()
    told = struck = wrong = lost = double = 0
    for attempt in tries:
        difference, struck_now = attempt()
        told, struck = told + 1, struck + struck_now
        lost, double = lost + len(difference.lost), double + len(difference.double)
        if difference:
            wrong += 1
            print(f"{engine}, {kind}, telling {told}:\n{difference}", file=sys.stderr, flush=True)
    figures = {"engine": engine, "kind": kind, "tellings": told, "struck": struck, "different": wrong, "lost": lost}
    figures |= {"double": double, "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps(figures), flush=True)
    return wrong
