"""Are the terms right, and the same everywhere? By the market's glossary, and by the terms that a suite names itself.

What the glossary asks for is read from the source anew, with the market's whole termbase: a system that was given no
glossary is measured by the same terms as one that was. A term is right where the target has its preferred form or an
admitted one, in English in any inflection (see `shopglot.checks.terms`). In the Chinese markets terms that only say
which character a word is written with are left out: a text that words it otherwise would seem to miss them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from shopglot.checks.terms import contains
from shopglot.loading import load_localizer
from shopglot.script import simplify
from shopglot.termbase import fold
from shopglot.types import TermMatch
from shopglot_eval.measures.additive import Ratio
from shopglot_eval.measures.shares import Trial, bound_share, count_trials, measure_share
from shopglot_eval.measures.sources import find_terms
from shopglot_eval.records import Better, Example, Figure, Form, Measure, Pair

Which = Literal["glossary", "suite"]
Term = tuple[str, tuple[str, ...]]  # the source as the termbase folds it, and the forms that are right


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(Ratio):
    """The share of terms that stand in the target as they should, each counted as often as it stands in the source.

    `which` are the enforced terms of the market's glossary, or those that the examples bring.
    """

    name: str = "terms"
    title: str = "Glossary terms"
    which: Which = "glossary"
    better: Better = "higher"
    form: Form = "share"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the share of terms that are right."""
        nothing = "the suite names no terms" if self.which == "suite" else "no text has a term of the glossary"
        return measure_share(self, count_trials(self.count, pairs), unit="terms", nothing=nothing)

    def count(self, pair: Pair) -> tuple[float, float]:
        """Return how many of the text's terms are right, and how many there are."""
        terms = glossary_terms(pair.example) if self.which == "glossary" else suite_terms(pair.example)
        missing = missing_terms(pair.example, pair.output.target, self.which) if terms else ()
        return len(terms) - len(missing), len(terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """How often a term of the glossary is written as it is written mostly, over the terms of two texts or more.

    A text counts once for a term. One that has none of the forms that the glossary knows agrees with no other; of
    several forms in one text, the longest is meant. The interval takes the terms as what was drawn.
    """

    name: str = "terms.consistency"
    title: str = "Terms consistent"
    better: Better = "higher"
    form: Form = "share"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the share of texts, over all terms, that write a term as most do; against are those that do not."""
        used: dict[Term, dict[str, str]] = defaultdict(dict)
        for pair in pairs:
            for term in dict.fromkeys(glossary_terms(pair.example)):
                used[term][pair.example.id] = _written(term, pair.output.target, pair.example.market)
        trials, odd = [], Counter[str]()
        for term, texts in used.items():
            if len(texts) < 2:
                continue
            forms = Counter(form for form in texts.values() if form)
            usual = min(forms, key=lambda form: (-forms[form], form), default="")
            odd.update(name for name, form in texts.items() if form != usual or not form)
            trials.append(
                Trial(id=term[0], cluster="\0".join((term[0], *term[1])), hits=forms[usual], total=len(texts))
            )
        total = sum(trial.total for trial in trials)
        bounds = bound_share(trials)
        return Figure(
            measure=self.name, unit="places", better=self.better, form=self.form, count=round(total),
            value=sum(trial.hits for trial in trials) / total if total else None,
            low=bounds[0] if bounds else None, high=bounds[1] if bounds else None,
            note=f"{len(trials)} terms of two texts or more" if total else "no term stands in two texts",
            against=tuple(name for name, _ in odd.most_common()),
        )  # fmt: skip

    def value(self, pair: Pair) -> float | None:
        """Return None: one text alone is neither consistent nor inconsistent."""
        return None


@lru_cache(maxsize=32_768)
def glossary_terms(example: Example) -> tuple[Term, ...]:
    """Return the enforced terms of the market's glossary that stand in the source, in order, each as often."""
    return tuple(
        (fold(term.source), (term.target, *term.admitted))
        for term in find_terms(example)
        if term.enforce and not term.keep and not _spells_only(term, example.market)
    )


def suite_terms(example: Example) -> tuple[Term, ...]:
    """Return the terms that the example brings, each with the one form that it asks for."""
    return tuple((fold(source), (target,)) for source, target in example.terms if target.strip())


@lru_cache(maxsize=65_536)
def missing_terms(example: Example, target: str, which: Which = "glossary") -> tuple[Term, ...]:
    """Return the terms that the target has in none of their forms, each as often as it stands in the source."""
    terms = glossary_terms(example) if which == "glossary" else suite_terms(example)
    there = {term: any(has_form(target, form, example.market) for form in term[1]) for term in set(terms)}
    return tuple(term for term in terms if not there[term])


@lru_cache(maxsize=131_072)  # asked again for every slice
def has_form(target: str, form: str, market: str) -> bool:
    """Whether a form of a term stands in a target of a market: in any inflection, or in Chinese as it is."""
    if load_localizer(market).market.latin:
        return contains(target, form)
    return form.casefold() in target.casefold()


def count_missing(pairs: Sequence[Pair], which: Which = "glossary") -> list[tuple[str, str, int, tuple[str, ...]]]:
    """Return the terms that are missing: source, the form that is right, how often, and the ids; most often first."""
    places: Mapping[Term, list[str]] = defaultdict(list)
    for pair in pairs:
        for term in missing_terms(pair.example, pair.output.target, which):
            places[term].append(pair.example.id)
    rows = [(source, forms[0], len(ids), tuple(dict.fromkeys(ids))) for (source, forms), ids in places.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def _written(term: Term, target: str, market: str) -> str:
    """Return the longest form of a term that a target has, "" where it has none."""
    return max((form for form in term[1] if has_form(target, form, market)), key=len, default="")


def _spells_only(term: TermMatch, market: str) -> bool:
    """Whether a term says no more than which Traditional characters its own word is written with."""
    return not load_localizer(market).market.latin and simplify(term.target) == simplify(term.source)


MEASURES: tuple[Measure, ...] = (
    Terms(),
    Terms(name="terms.suite", title="Terms of the suite", which="suite"),
    Consistency(),
)
"""All measures of this module, in the order in which a table has them."""
