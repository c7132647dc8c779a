"""What is asked of whom: suites are read, and every system's answers made or read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shopglot.errors import UsageError
from shopglot_eval import suites, systems
from shopglot_eval.records import Answers, Evaluation, Suite

if TYPE_CHECKING:
    from shopglot.localizer import Localizer

WITHOUT = "without glossary"
RANDOM = "random terms"
RERANKED = "reranked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to evaluate.

    `models` are model cards, each a system; () for the markets' own. `outside` are systems whose texts are in files
    (name, path as `systems.read_outputs` takes it), `store` the URL of a store whose runs are a system. `product` False
    leaves out the product's own. `without_glossary` adds what each model says when it is given no term, and
    `random_terms` also what it says when it is given other words than the glossary's (English markets). `answers` adds
    what comes of choosing among so many (English markets, chat models on CTranslate2). `markets` restricts
    the suites'; () for all of them. In `work` answers are kept, so that nothing is translated twice; with
    `scored`, texts of outside systems get the score that needs no model.
    """

    suites: tuple[str, ...]
    work: Path
    models: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    outside: tuple[tuple[str, str], ...] = ()
    store: str = ""
    product: bool = True
    without_glossary: bool = False
    random_terms: bool = False
    answers: int = 0
    scored: bool = False
    limit: int | None = None
    every: int = 1


def gather(plan: Plan) -> Evaluation:
    """Read the suites and make or read every system's answers; telling on stderr what takes time.

    Raises `UsageError` or `DataError` where something is missing or does not fit, `WorkError` where a model fails.
    """
    if not plan.product and not plan.outside and not plan.store:
        raise UsageError("no system: name one with --system, or leave --no-product away.")
    outside = [(own, file) for name, path in plan.outside for own, file in _spread(name, path)]
    read = tuple(
        suites.read(name, limit=plan.limit, every=plan.every, markets=plan.markets)
        for name in dict.fromkeys(plan.suites)
    )
    named = [suite.name for suite in read]
    if twice := next((name for name in named if named.count(name) > 1), None):
        raise UsageError(f"suite '{twice}': two suites have this name; rename one of the files.")
    _check_names(outside)
    answers = [one for suite in read for market in suite.markets for one in _answers(plan, outside, suite, market)]
    return Evaluation(suites=read, answers=tuple(answers))


def _check_names(outside: Sequence[tuple[str, str]]) -> None:
    """Raise `UsageError` where two files have one name: before anything is translated."""
    names = [name for name, _ in outside if name]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"system '{twice}': two systems have this name; give others with --system NAME=FILE.")


def _answers(plan: Plan, outside: Sequence[tuple[str, str]], suite: Suite, market: str) -> Iterator[Answers]:
    taken: set[str] = set()
    for one in _made(plan, outside, suite, market):
        if one.system in taken:
            raise UsageError(f"system '{one.system}': two systems have this name; give others with --system NAME=FILE.")
        taken.add(one.system)
        yield one


def _made(plan: Plan, outside: Sequence[tuple[str, str]], suite: Suite, market: str) -> Iterator[Answers]:
    if plan.product:
        yield from _own(plan, suite, market)
    if plan.store:
        from shopglot.store import open_store

        with open_store(plan.store, create=False) as store:
            yield systems.read_store(store, suite, market, name="store")
    for name, file in outside:
        yield systems.read_outputs(file, suite, market, name=name, score=plan.scored, store=plan.work)


def _spread(name: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield name and path of each system: `FILE:*` means all columns of a table."""
    if not path.endswith(":*"):
        yield name, path
        return
    table = path.removesuffix(":*")
    if not Path(table).is_file():
        raise UsageError(f"{table}: no such file.")
    columns = systems.systems_in(table)
    if not columns:
        raise UsageError(f"{table}: no column is a system's; name one as FILE:COLUMN.")
    for column in columns:
        yield f"{name} {column}".strip(), f"{table}:{column}"


def reading_all(localizer: Localizer) -> Localizer:
    """Return a localizer whose model reads all that it wrote: a report measures scores, whether they decide or not."""
    return replace(localizer, market=replace(localizer.market, reading="always"))


def _own(plan: Plan, suite: Suite, market: str) -> Iterator[Answers]:
    """Yield what the product makes of a suite, with each model and, if asked for, without the glossary."""
    from shopglot.loading import load_localizer

    told: set[str] = set()
    for model in plan.models or (None,):
        localizer = reading_all(load_localizer(market, model=model))
        name = card_of(localizer)
        if name in told:  # a market that is converted has the same machine whatever model is asked for
            continue
        told.add(name)
        yield systems.translate(suite, market, localizer, name=name, store=plan.work)
        if plan.answers > 1 and localizer.market.latin:
            yield systems.rerank(
                suite, market, localizer, name=f"{name} {RERANKED}", store=plan.work, count=plan.answers
            )
        if plan.without_glossary:
            bare = systems.without_glossary(localizer)
            # Judged by the market's own glossary: by its own it would lack no term.
            yield systems.translate(
                suite, market, bare, name=f"{name} {WITHOUT}", store=plan.work, judge=localizer
            )  # fmt: skip
            if plan.random_terms and localizer.market.latin:
                yield systems.translate_at_random(
                    suite, market, localizer, name=f"{name} {RANDOM}", store=plan.work
                )  # fmt: skip


def card_of(localizer: Localizer) -> str:
    """Return what the product's system is called: its model card without revision, so that a baseline outlives it."""
    return localizer.model.partition("@")[0]


def parse_system(text: str) -> tuple[str, str]:
    """Return name and path of NAME=FILE; of FILE alone the name is "". Raises `UsageError` for an empty file."""
    name, mark, path = text.partition("=")
    if not mark:
        name, path = "", text
    if not path:
        raise UsageError(f"--system {text}: name a file, as NAME=FILE.")
    return name.strip(), path


def markets_of(evaluation: Evaluation) -> Sequence[tuple[Suite, str]]:
    """Return suites and markets in the order of a report."""
    return [(suite, market) for suite in evaluation.suites for market in suite.markets]
