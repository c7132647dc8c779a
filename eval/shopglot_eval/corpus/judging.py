"""What the project's own segmentation, checks and rules say of an author's texts, as those of a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopglot.checks.terms import contains
from shopglot.localizer import Localizer, Page
from shopglot.types import Finding, Segment, Translation
from shopglot_eval.corpus.authoring import MARKETS, Block, Draft, Problem
from shopglot_eval.corpus.building import Built
from shopglot_eval.corpus.wording import find_wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding of a market on a block. `why` is the editor's reason where it stands, `admitted` other right forms."""

    market: str
    finding: Finding
    why: str = ""
    admitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A segment of the corpus, with what was found on it and the terms that its translations use."""

    draft: Draft
    block: Block
    path: str
    index: int
    field: str
    found: tuple[Found, ...]
    terms: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why findings stand wherever they occur: of a check, in a market; `field` and `text` narrow it, "*" does not."""

    market: str
    check: str
    field: str
    text: str
    why: str

    def covers(self, market: str, field: str, finding: Finding) -> bool:
        """Whether it speaks of a finding in a market and a kind of field."""
        return (
            self.market in (market, "both")
            and self.check == finding.check
            and self.field in ("*", field)
            and self.text in ("*", finding.text)
        )


def judge(
    built: Built, localizers: Mapping[str, Localizer], explanations: Sequence[Explanation]
) -> tuple[list[Pair], list[Problem]]:
    """Return the pairs of a listing as the pipeline cuts it, or where its cut and the author's disagree."""
    pages = {market: localizers[market].prepare(built.listing) for market in MARKETS}
    problems = [problem for page in pages.values() for problem in _disagreements(built, page)]
    if problems:
        return [], list(dict.fromkeys(problems))
    numbered = {name: list(enumerate(page.segments)) for name, page in pages.items()}
    positions = {segment.key: number for number, segment in numbered["us"]}
    pairs = []
    for path, blocks in built.places.items():
        for index, block in enumerate(blocks):
            number = next(at for key, at in positions.items() if key.path == path and key.index == index)
            segments = {market: pages[market].segments[number] for market in MARKETS}
            found = tuple(
                one
                for market in MARKETS
                for one in _judge_one(block, segments[market], number, pages[market], localizers[market], explanations)
            )
            terms = {market: tuple(_used(segments[market], block.target(market), market)) for market in MARKETS}
            pairs.append(
                Pair(
                    draft=built.draft,
                    block=block,
                    path=path,
                    index=index,
                    field=segments["us"].field,
                    found=found,
                    terms=terms,
                )
            )
    return pairs, []


def _disagreements(built: Built, page: Page) -> Iterator[Problem]:
    """Yield every path whose segments are not the author's blocks, one to one and in order."""
    for part in page.parts:
        if part.field.name == "brand" or not part.segments:
            continue
        blocks = built.places.get(part.field.path)
        if blocks is None:
            if not part.field.path.endswith("~key"):  # an option's name is written once for all variants
                yield _cut(built.draft, built.draft.line, f"{part.field.path} has text that no block is for")
            continue
        sources = [segment.source for segment in part.segments]
        if sources != [block.source for block in blocks]:
            cut = " ¦ ".join(sources)
            yield _cut(built.draft, blocks[0].line, f"the pipeline cuts this {part.field.name} as: {cut}")
    seen = {part.field.path for part in page.parts if part.segments}
    for path, blocks in built.places.items():
        if path not in seen:
            yield _cut(built.draft, blocks[0].line, f"{blocks[0].source!r} needs no translation: leave the block out")


def _cut(draft: Draft, line: int, message: str) -> Problem:
    return Problem(file=draft.file, line=line, check="corpus.cut", message=message)


def _judge_one(
    block: Block, item: Segment, number: int, page: Page, localizer: Localizer, explanations: Sequence[Explanation]
) -> Iterator[Found]:
    market, target = localizer.market.name, block.target(localizer.market.name)
    translation = Translation(
        source=item.source, target=target, market=market, model="corpus", origin="human",
        unit_key=localizer.unit(item).unit_key, machine_key="",
    )  # fmt: skip
    judged = localizer.judge(
        item,
        translation,
        category=page.listing.category,
        title=page.title,
        notices=[finding for place, finding in page.notices if place == number],
    )
    for finding in (*judged.findings, *find_wording(item, target, market)):
        why = _why(block, item.field, market, finding, explanations)
        yield Found(market=market, finding=finding, why=why, admitted=_admitted(item, finding))


def _admitted(item: Segment, finding: Finding) -> tuple[str, ...]:
    """Return the other forms that the glossary admits for a term that is missing."""
    if finding.check != "term.missing":
        return ()
    return next((term.admitted for term in item.terms if term.source == finding.text), ())


def _why(block: Block, field: str, market: str, finding: Finding, explanations: Sequence[Explanation]) -> str:
    """Return the reason why a finding stands, "" where nobody gave one or it is an error, which never stands."""
    if finding.severity == "error":
        return ""
    own = (one.why for one in block.excuses if one.check == finding.check and one.market in (market, "both"))
    common = (one.why for one in explanations if one.covers(market, field, finding))
    return next(own, "") or next(common, "")


def _used(item: Segment, target: str, market: str) -> Iterator[tuple[str, str]]:
    """Yield the glossary's terms of a source that its translation uses, each with the form that is there."""
    for term in dict.fromkeys((term.source, term.target, *term.admitted) for term in item.terms if not term.rule):
        source, forms = term[0], term[1:]
        form = next((one for one in forms if one and _stands(target, one, market)), None)
        if form is not None:
            yield source, form


def _stands(target: str, form: str, market: str) -> bool:
    return contains(target, form) if market == "us" else form.casefold() in target.casefold()
