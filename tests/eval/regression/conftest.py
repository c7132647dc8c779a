"""A small shop's suite with a system's answers, and measures that read nothing but findings and words."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from shopglot.types import Finding
from shopglot_eval.records import Answers, Better, Dimension, Example, Figure, Form, Output, Pair

CATEGORIES = ("美妆/护肤", "美妆/彩妆", "服饰/女装", "服饰/男装", "家居/厨房", "家居/收纳")
FIELDS = ("title", "bullet", "bullet", "bullet", "description", "description")
PAGES = 60


@dataclass(frozen=True, slots=True)
class Without:
    """The share of texts without findings of a check; None where the source has nothing of the kind."""

    name: str
    check: str
    needs: str = ""
    title: str = "Without"
    better: Better = "higher"
    form: Form = "share"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the share."""
        values = [value for pair in pairs if (value := self.value(pair)) is not None]
        share = sum(values) / len(values) if values else None
        return Figure(measure=self.name, value=share, count=len(values))

    def value(self, pair: Pair) -> float | None:
        """Return 1 without, 0 with, None where there is nothing to get wrong."""
        if any(finding.check == self.check for finding in pair.output.findings):
            return 0.0
        return 1.0 if self.needs in pair.example.source else None


@dataclass(frozen=True, slots=True)
class Words:
    """The share of the reference's words that the target has, in points: moves a little with every rewording."""

    name: str = "words"
    title: str = "Words"
    better: Better = "higher"
    form: Form = "score"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the mean."""
        values = [self.value(pair) for pair in pairs]
        return Figure(measure=self.name, value=sum(values) / len(values), count=len(values), form="score")

    def value(self, pair: Pair) -> float:
        """Return the share of words, 0..100."""
        wanted = pair.example.references[0].split()
        said = set(pair.output.target.split())
        return 100 * sum(word in said for word in wanted) / len(wanted)


MEASURES = (
    Without("numbers", "number.changed", "120"),
    Without("terms", "term.missing", "面霜"),
    Without("script", "script.wrong"),
    Words(),
)


def parts(pairs: Sequence[Pair]) -> Mapping[tuple[Dimension, str], Sequence[Pair]]:
    """Return slices by field, category (two levels), and whether there is a number."""
    found: dict[tuple[Dimension, str], list[Pair]] = {}
    for pair in pairs:
        top = pair.example.category.split("/", maxsplit=1)[0]
        for key in (
            ("field", pair.example.field), ("category", top), ("category", pair.example.category),
            ("number", "yes" if "120" in pair.example.source else "no"),
        ):  # fmt: skip
            found.setdefault(key, []).append(pair)
    return found


def answers(market: str = "us", system: str = "model") -> Answers:
    """Return answers to 360 texts of 60 pages in six categories; a tenth of them have a small fault."""
    chance = random.Random(7)  # noqa: S311 - made-up data
    pairs = []
    for page in range(PAGES):
        category = CATEGORIES[page % len(CATEGORIES)]
        for place, field in enumerate(FIELDS):
            number = (page + place) % 2 == 0
            source = f"面霜 {page} 号 {'120克' if number else ''} 第{place}句"
            words = [f"w{chance.randrange(50)}" for _ in range(8)]
            example = Example(
                id=f"{page}-{place}", market=market, source=source, references=(" ".join(words),), field=field,
                category=category, listing=f"page{page}",
            )  # fmt: skip
            words[chance.randrange(8)] = "other"
            findings = (finding("term.missing"),) if chance.random() < 0.1 else ()
            score = round(chance.betavariate(4, 2), 4)
            output = Output(
                id=example.id, target=" ".join(words), findings=findings, score=score, signature="s",
                verdict="publish" if score > 0.6 and not findings else "review",
            )  # fmt: skip
            pairs.append(Pair(example=example, output=output))
    return Answers(suite="shop", market=market, system=system, pairs=tuple(pairs), about={"model": "tiny"})


def finding(check: str, severity: str = "error", side: str = "target") -> Finding:
    """Return a finding on the first two characters."""
    return Finding(
        check=check, severity=severity, side=side, start=0, end=2, text="", message="", message_zh="",  # type: ignore[arg-type]
    )  # fmt: skip


def change(old: Answers, alter: Callable[[Pair], Output]) -> Answers:
    """Return the answers with every output altered."""
    pairs = tuple(Pair(example=pair.example, output=alter(pair)) for pair in old.pairs)
    return replace(old, pairs=pairs)


def plant(old: Answers, check: str, when: Callable[[Pair], bool], *, share: float = 1.0, seed: int = 3) -> Answers:
    """Return the answers with a finding planted into a share of the texts that meet a condition."""
    chance = random.Random(seed)  # noqa: S311 - made-up data

    def alter(pair: Pair) -> Output:
        if not when(pair) or chance.random() >= share:
            return pair.output
        found = (*pair.output.findings, finding(check))
        return replace(pair.output, target=f"{pair.output.target} !", findings=found, verdict="review")

    return change(old, alter)


def reword(old: Answers, *, seed: int, share: float = 0.05) -> Answers:
    """Return the answers with a share of the texts said in other words, neither better nor worse on average."""
    chance = random.Random(seed)  # noqa: S311 - made-up data

    def alter(pair: Pair) -> Output:
        if chance.random() >= share:
            return pair.output
        words = pair.example.references[0].split()
        words[chance.randrange(8)] = "again"
        if chance.random() < 0.5:
            words = pair.output.target.split()[::-1]
        score = min(max((pair.output.score or 0.0) + chance.gauss(0, 0.05), 0.0), 1.0)
        return replace(pair.output, target=" ".join(words), score=score)

    return change(old, alter)
