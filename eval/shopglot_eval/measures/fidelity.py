"""Does a target say what its source says? What the product's checks found, as shares of what there was to be kept.

Texts are counted whole: a text with three lost tags is one text against. Numbers and names are counted one by one.
Findings for information only do not count; they hold nothing back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from shopglot.checks.terms import check_brands
from shopglot.loading import load_localizer
from shopglot.types import Finding, Translation
from shopglot_eval.measures.additive import Ratio
from shopglot_eval.measures.shares import Trial, cluster_of, count_trials, measure_share
from shopglot_eval.measures.sources import find_numbers, find_terms, has_markup, has_opaque, with_terms
from shopglot_eval.records import Better, Example, Figure, Form, Measure, Output, Pair

NUMBERS = ("number.changed", "unit.changed", "currency.changed")


def is_limited(example: Example) -> bool:
    """Whether the market's shop shows only so many characters in the example's field."""
    return example.field in load_localizer(example.market).market.length


def select(output: Output, checks: Sequence[str]) -> list[Finding]:
    """Return the output's findings of these checks that are more than information."""
    return [finding for finding in output.findings if finding.check in checks and finding.severity != "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean(Ratio):
    """The share of texts of which no finding of some checks speaks.

    `among` says which examples have what there is to keep, None that all do: the share is of these, the same for every
    system. Others can have such a finding too (a tag that the target invents): they are named among what speaks against
    the figure, its note counts them, and `value` is 0 there.
    """

    name: str
    title: str
    checks: tuple[str, ...]
    nothing: str = "no text"
    among: Callable[[Example], bool] | None = None
    better: Better = "higher"
    form: Form = "share"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the share of texts without such a finding."""
        odd = tuple(pair.example.id for pair in pairs if not self._asks(pair) and select(pair.output, self.checks))
        trials = list(count_trials(self.count, pairs))
        if not trials:
            return _none_of(self, "texts", self.nothing, odd)
        note = (
            f"besides, {_texts(len(odd))} without any in the source, and a wrong one in the translation" if odd else ""
        )
        figure = measure_share(self, trials, unit="texts", nothing=self.nothing, note=note)
        return replace(figure, against=(*figure.against, *odd))

    def count(self, pair: Pair) -> tuple[float, float]:
        """Return 1 of 1 where there is no such finding, 0 of 1 where there is, 0 of 0 where there is none to keep."""
        return (float(not select(pair.output, self.checks)), 1.0) if self._asks(pair) else (0.0, 0.0)

    def value(self, pair: Pair) -> float | None:
        """Return 1 where there is no such finding, 0 where there is, None where there cannot be one."""
        found = select(pair.output, self.checks)
        return float(not found) if found or self._asks(pair) else None

    def _asks(self, pair: Pair) -> bool:
        return self.among is None or self.among(pair.example)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers(Ratio):
    """The share of numbers that are kept: quantities, sizes, prices and dates of the source that mean the same.

    Lost is a number that a finding on the source speaks of; a number or a currency that only the target has counts as
    one more, which is wrong. Where no source has a number there is no share: the note says what targets invented.
    """

    name: str = "numbers"
    title: str = "Numbers kept"
    better: Better = "higher"
    form: Form = "share"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the share of numbers kept."""
        trials = list(count_trials(self.count, pairs))
        if not any(find_numbers(pair.example) for pair in pairs):
            odd = tuple(trial.id for trial in trials if trial.total)
            return _none_of(self, "numbers", "no text has a number", odd)
        return measure_share(self, trials, unit="numbers", nothing="no text has a number")

    def count(self, pair: Pair) -> tuple[float, float]:
        """Return how many of the text's numbers are kept, and how many there are."""
        return count_numbers(pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names(Ratio):
    """The share of names, and of other texts that the glossary keeps, that stand in the target as the market writes it.

    The names are those that the market's list of brands and termbase find in the source, whatever a system was told.
    """

    name: str = "names"
    title: str = "Names kept"
    better: Better = "higher"
    form: Form = "share"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the share of names kept."""
        nothing = "no text has a name that the glossary knows"
        return measure_share(self, count_trials(self.count, pairs), unit="names", nothing=nothing)

    def count(self, pair: Pair) -> tuple[float, float]:
        """Return how many of the text's names are kept, and how many there are."""
        return _count_names(pair.example, pair.output.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Untranslated:
    """How much of a text was left as it was: the letters of the target that `script.leak` speaks of.

    Chinese words and their pinyin in English, Simplified characters in Traditional text. The mean over texts of the
    share of letters; texts whose target has no letter are left out.
    """

    name: str = "untranslated"
    title: str = "Left untranslated"
    better: Better = "lower"
    form: Form = "share"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the mean share of letters left untranslated."""
        trials = [
            Trial(id=pair.example.id, cluster=cluster_of(pair.example), hits=value, total=1)
            for pair in pairs
            if (value := self.value(pair)) is not None
        ]
        return measure_share(self, trials, unit="texts", nothing="no target has a letter")

    def value(self, pair: Pair) -> float | None:
        """Return the share of the target's letters that are left untranslated, None where it has no letter."""
        target = pair.output.target
        letters = sum(map(str.isalpha, target))
        if not letters:
            return None
        left = {
            place
            for finding in select(pair.output, ("script.leak",))
            if finding.side == "target"
            for place in range(finding.start, min(finding.end, len(target)))
            if target[place].isalpha()
        }
        return len(left) / letters


def _none_of(measure: Measure, unit: str, nothing: str, odd: tuple[str, ...]) -> Figure:
    """Return the figure of a share of nothing; `odd` are texts that are wrong all the same."""
    note = f"{nothing}, but {_texts(len(odd))} with one that is wrong in the translation" if odd else nothing
    return Figure(
        measure=measure.name, value=None, unit=unit, better=measure.better, form=measure.form, note=note, against=odd
    )


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count:,} texts"


def count_numbers(pair: Pair) -> tuple[int, int]:
    """Return how many numbers of a pair are kept, and how many there are: see `Numbers`."""
    numbers = find_numbers(pair.example)
    lost: set[tuple[int, int]] = set()
    more = 0
    for finding in select(pair.output, NUMBERS):
        spoken_of = [
            span for span in numbers if finding.side == "source" and span[0] < finding.end and finding.start < span[1]
        ]
        lost.update(spoken_of)
        more += not spoken_of
    return len(numbers) - len(lost), len(numbers) + more


@lru_cache(maxsize=65_536)
def _count_names(example: Example, target: str) -> tuple[int, int]:
    """Return how many names of a source stand in a target as they should, and how many there are."""
    names = tuple(term for term in find_terms(example) if term.keep)
    if not names:
        return 0, 0
    translation = as_translation(example, target)
    changed = sum(
        1 for _ in check_brands(with_terms(example, names), translation, load_localizer(example.market).market)
    )
    return len(names) - changed, len(names)


def as_translation(example: Example, target: str) -> Translation:
    """Return a target as the record that checks read."""
    return Translation(
        source=example.source, target=target, market=example.market, model="", origin="machine", unit_key="",
        machine_key="",
    )  # fmt: skip


MEASURES: tuple[Measure, ...] = (
    Numbers(),
    Names(),
    Clean(
        name="markup", title="Markup whole", checks=("markup.broken",), among=has_markup, nothing="no text has markup"
    ),
    Clean(
        name="placeholders", title="Placeholders whole", checks=("placeholder.lost",), among=has_opaque,
        nothing="no text has a placeholder, a URL, a model number or the like",
    ),
    Clean(name="script", title="Right script", checks=("script.leak", "script.wrong")),
    Untranslated(),
    Clean(
        name="length", title="Fits its field", checks=("length.exceeded",), among=is_limited,
        nothing="no text stands in a field with a limit",
    ),
    Clean(name="omission", title="Nothing left out", checks=("omission",)),
    Clean(name="addition", title="Nothing added", checks=("addition",)),
    Clean(name="repetition", title="No loops", checks=("repetition",)),
)  # fmt: skip
"""All measures of this module, in the order in which a table has them."""
