"""May these goods be offered here at all? Asked of a listing as a whole: what it is, not what a sentence mentions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shopglot.sensitivity.index import Index
from shopglot.sensitivity.plain import fold, view
from shopglot.sensitivity.rules import Rule
from shopglot.sensitivity.ruleset import About, Ruleset

# The fields that say what goods are, the most telling first.
TELLING = ("title", "subtitle", "attribute-value", "option-value", "attribute-name")

# What an attribute has for a value where there is nothing to say.
_NOTHING = frozenset({"", "无", "没有", "暂无", "待补充", "未知", "不详", "否", "none", "no", "n/a", "na", "unknown"})


@dataclass(frozen=True, slots=True)
class GoodsText:
    """One text of a listing: the kind of its field, and the text as written."""

    field: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a rule says of a listing's goods.

    `place` is the number of the text in which the words stand at `start`/`end`, None where only the category has them.
    `supplied` says that the listing carries what the rule asks for.
    """

    rule: Rule
    place: int | None
    start: int
    end: int
    words: str
    supplied: bool


class Appraiser:
    """Holds the rules about goods against listings."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = Ruleset(rules)
        self._needs = {rule.id: Index([rule.needs]) for rule in self._rules.rules if rule.needs is not None}

    def appraise(self, texts: Sequence[GoodsText], category: str) -> tuple[Ruling, ...]:
        """Return one ruling for each rule that the goods fall under, in the order of the rules' ids."""
        if not self._rules.rules:
            return ()
        title = "\n".join(text.text for text in texts if text.field == "title")
        about = About(category=category, title=title)
        found: dict[str, tuple[int, Ruling]] = {}
        for rank, place, text in self._places(texts, category):
            for hit in self._rules.find(view(text), about):
                ruling = Ruling(
                    rule=hit.rule, place=place, start=hit.start, end=hit.end, words=text[hit.start : hit.end],
                    supplied=self._supplied(hit.rule, texts),
                )  # fmt: skip
                if hit.rule.id not in found or rank < found[hit.rule.id][0]:
                    found[hit.rule.id] = (rank, ruling)
        return tuple(ruling for _, (_, ruling) in sorted(found.items()))

    def _places(self, texts: Sequence[GoodsText], category: str) -> Iterable[tuple[int, int | None, str]]:
        for number, text in enumerate(texts):
            if text.field in TELLING:
                yield TELLING.index(text.field), number, text.text
        if category:
            yield len(TELLING), None, category

    def _supplied(self, rule: Rule, texts: Sequence[GoodsText]) -> bool:
        """Whether an attribute shows what a rule asks for: in its value, or in its name where the value says something.

        An attribute's value follows its name; an empty one is no text at all.
        """
        index = self._needs.get(rule.id)
        if index is None:
            return False
        for place, text in enumerate(texts):
            if not text.field.startswith("attribute-") or not index.find(view(text.text)):
                continue
            value = text if text.field == "attribute-value" else next(iter(texts[place + 1 : place + 2]), None)
            if (
                value is not None
                and value.field == "attribute-value"
                and fold(value.text).strip(" .-/") not in _NOTHING
            ):
                return True
        return False
