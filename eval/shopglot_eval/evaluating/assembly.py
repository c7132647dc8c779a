"""A report of an evaluation: everything that is measured, section by section."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import shopglot
from shopglot.types import Json
from shopglot_eval.comparing import compare, passages
from shopglot_eval.evaluating import costs as cost
from shopglot_eval.evaluating import overview
from shopglot_eval.evaluating.gathering import RANDOM, WITHOUT, markets_of
from shopglot_eval.measures import ALL, additive, resampling
from shopglot_eval.measures.gate import gate
from shopglot_eval.measures.modes import Mode, report_modes
from shopglot_eval.measures.scoring import scoring
from shopglot_eval.records import Answers, Evaluation, Example, Measure, Measured
from shopglot_eval.reporting.document import Document, Passage, Section, Text

TITLED = 3  # systems that a title names


@dataclass(kw_only=True)
class _Parts:
    """What a report has so far."""

    sections: list[Section] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    summary: list[Text] = field(default_factory=list)
    passages: dict[str, Passage] = field(default_factory=dict)

    def add(self, found: tuple[Section, Sequence[Measured]]) -> None:
        """Take a section with its numbers; one without content is left out."""
        section, measured = found
        if section.blocks:
            self.sections.append(section)
        self.measured += measured


def assemble(
    evaluation: Evaluation,
    *,
    title: str = "",
    neural: Sequence[Measure] = (),
    seen: Mapping[str, Callable[[Example], bool]] | None = None,
    hourly_price: float | None = None,
    extra: Sequence[tuple[Section, Sequence[Measured]]] = (),
    beside: Sequence[Answers] = (),
    whole: bool = True,
) -> Document:
    """Return the report of an evaluation.

    `neural` are further measures; `seen` says, by suite, which examples the estimator was fitted on. `extra` are
    sections that come first, with their numbers; `beside` are answers whose texts are shown with the systems' (those of
    a baseline). `whole` says that no text of a page was left out. The same input gives the same document.
    """
    measures = (*ALL, *neural)
    parts = _Parts()
    for section, measured in extra:
        parts.add((section, measured))
    for suite, market in markets_of(evaluation):
        answers = evaluation.of(suite.name, market)
        if answers:
            _tell(f"measuring {suite.name}, {market}")
            _measure(parts, answers, measures, None if seen is None else seen.get(suite.name))
            others = [one for one in beside if (one.suite, one.market) == (suite.name, market)]
            parts.passages |= passages([*others, *answers])
    timed = cost.measure_costs(evaluation.answers, whole=whole)
    if (priced := cost.costs(timed, hourly_price=hourly_price)) is not None:
        parts.add((priced, ()))
    return Document(
        kind="evaluation", title=title or _title(evaluation.systems),
        summary=tuple(parts.summary), sections=tuple(parts.sections), figures=tuple(parts.measured),
        timed=tuple(timed), passages=parts.passages, provenance=describe(evaluation),
    )  # fmt: skip


def _title(systems: Sequence[str]) -> str:
    more = len(systems) - TITLED
    return f"Evaluation of {', '.join(systems[:TITLED])}{f' and {more} more' if more > 0 else ''}"


def _measure(
    parts: _Parts, answers: Sequence[Answers], measures: Sequence[Measure], seen: Callable[[Example], bool] | None
) -> None:
    from shopglot.config import glossary_root
    from shopglot.market import load_market

    link = overview.linked(answers[0])
    whole = list(overview.measure_all(answers, measures))
    parts.add((overview.overview(answers, whole, measures), whole))
    parts.summary.append(Text(text=overview.summarize(answers, whole)))
    if len(answers) > 1:
        compared = compare(answers, measures)
        parts.add((compared.section, compared.measured))
        parts.summary.append(Text(text=compared.section.lead))
    parts.add((overview.weaknesses(answers, measures), list(overview.measure_slices(answers, measures))))
    for one in _bared(answers):
        parts.add(report_modes(one, link))
    parts.add(scoring(answers, link=link, seen=seen))
    market = load_market(glossary_root(), answers[0].market)
    parts.add(gate(answers, market, link=link, seen=seen))


def _bared(answers: Sequence[Answers]) -> Iterator[dict[Mode, Answers]]:
    """Yield the modes of each system that was also asked without the glossary."""
    by_name = {one.system: one for one in answers}
    for name, own in by_name.items():
        bare = by_name.get(f"{name} {WITHOUT}")
        if bare is not None:
            found: dict[Mode, Answers] = {"none": bare, "proper": own}
            chance = by_name.get(f"{name} {RANDOM}")
            yield found if chance is None else {**found, "random": chance}


def describe(evaluation: Evaluation) -> dict[str, Json]:
    """Return what a report rests on: data, systems, code and seeds."""
    from importlib.metadata import version

    from shopglot_eval.comparing import flips
    from shopglot_eval.systems.keeping import code_digest

    data: dict[str, Json] = {
        suite.name: {
            "title": suite.title, "sha256": suite.digest, "texts": len(suite.examples), "markets": list(suite.markets),
            "licence": suite.licence, "citation": suite.citation,
        }
        for suite in evaluation.suites
    }  # fmt: skip
    made: dict[str, Json] = {f"{one.suite}, {one.market}, {one.system}": dict(one.about) for one in evaluation.answers}
    return {
        "suites": data, "systems": made, "shopglot": shopglot.__version__, "code": code_digest(),
        "sacrebleu": version("sacrebleu"),
        "seeds": {"bootstrap": additive.SEED, "clusters": resampling.SEED, "flips": flips.SEED},
    }  # fmt: skip


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
