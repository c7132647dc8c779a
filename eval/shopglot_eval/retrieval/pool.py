"""What may be shown: the training part of the corpus, as the pipeline would have sent it, and nothing that is measured.

A text is shown as `lessons.rendering` makes lessons of it: masks as tokens, and the words of rules and glossary in
place of the Chinese where its translation has them, so that an example looks like what is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from shopglot.engines.cards import Prompt
from shopglot.errors import DataError
from shopglot.localizer import Localizer
from shopglot.memory.likeness import compare, form
from shopglot.texts import Text
from shopglot_eval.lessons.rendering import Lesson, make_lesson
from shopglot_eval.records import Example
from shopglot_eval.retrieval.nearest import Finder
from shopglot_eval.systems.translating import texts_of

BARE = Prompt(system="", user="{text}", hint="", demand="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A known text and its translation, as an engine may be shown them, and how like the asked text it is.

    `likeness` is the memory's, whoever found it; `nearness` is what the finder said.
    """

    id: str
    source: str
    question: str
    answer: str
    likeness: float
    nearness: float


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Examples that may be shown. `left_out` counts those whose page has a text that is measured."""

    examples: tuple[Example, ...]
    left_out: int
    localizer: Localizer

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The texts that finders rank."""
        return tuple(example.source for example in self.examples)

    @cached_property
    def _texts(self) -> list[Text]:
        return texts_of(self.examples)

    @cached_property
    def _lessons(self) -> dict[int, Lesson | None]:
        return {}

    def lesson(self, place: int) -> Lesson | None:
        """Return a text as the pipeline would send it, None where no engine would be asked for it as it stands."""
        if place not in self._lessons:
            example = self.examples[place]
            used = {source for source, _ in example.terms}
            made = make_lesson(self._texts[place], example.references[0], self.localizer, BARE, used=used)
            self._lessons[place] = made if isinstance(made, Lesson) else None
        return self._lessons[place]

    def show(self, source: str, finder: Finder, *, count: int) -> tuple[Shown, ...]:
        """Return the `count` nearest texts that can be shown, nearest first; fewer where there are no more.

        None is the asked text itself (to the memory's folded form), and no two of them are the same.
        """
        found: list[Shown] = []
        seen = {form(source)}
        for place, nearness in finder.rank(source):
            if len(found) == count:
                break
            example = self.examples[place]
            folded = form(example.source)
            lesson = None if folded in seen else self.lesson(place)
            if lesson is not None:
                seen.add(folded)
                likeness, _ = compare(source, example.source)
                one = Shown(
                    id=example.id, source=example.source, question=lesson.user, answer=lesson.answer,
                    likeness=likeness, nearness=nearness,
                )  # fmt: skip
                found.append(one)
        return tuple(found)


def make_pool(train: Sequence[Example], measured: Iterable[Example], localizer: Localizer) -> Pool:
    """Return what may be shown for texts that are measured: pages that share a text with none of them.

    Raises `DataError` where a page is in both: then the parts are not apart.
    """
    asked = list(measured)
    pages = {example.listing for example in asked}
    if both := sorted(pages & {example.listing for example in train}):
        raise DataError(f"page '{both[0]}' is measured and would be shown as well: the corpus is not split by page.")
    forms = {form(example.source) for example in asked}
    near = {example.listing for example in train if form(example.source) in forms}
    kept = tuple(
        example for example in train
        if example.listing not in near and example.references and form(example.source)
    )  # fmt: skip
    if not kept:
        raise DataError("no known text is left to be shown: all are on pages that share a text with a measured one.")
    left_out = sum(example.listing in near for example in train)
    return Pool(examples=kept, left_out=left_out, localizer=localizer)
