"""What rules found on pages, told so that a merchant can act on it: grouped by rule, and shared by pages.

The same rule speaks of a page once, with every place; what it says is told once in a market where several pages share
it. A rule that hits both sides of a text is told of the merchant's own words only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shopglot.decide import RULE_PREFIXES
from shopglot.dismissals import is_set_aside
from shopglot.report.records import Explanation, PageRef, Place, Problem, Shared
from shopglot.report.texts import SENTENCE, WORDS, clean, excerpts, field_name, shopper_text
from shopglot.sensitivity import REWRITTEN, WAY_OUT
from shopglot.store.merchants import Noted, ShopPage
from shopglot.types import Finding, Severity, Side

SHARED_FROM = 3  # pages that make an explanation one that is told once
_EXCERPTS = 12  # of one text; how many more there are is said
_NAMED = 6  # words that a sentence about a rule names
_HELD: tuple[Severity, ...] = ("error", "warning")
_ADVICE = ("brand.unknown",)  # checks, besides the rules, that ask a merchant for something


class Key(NamedTuple):
    """What makes two findings the same but for their words."""

    rule: str
    said: str
    suggestion: str
    basis: str


class Spot(NamedTuple):
    """A text in which something was found."""

    page: PageRef
    path: str
    number: int
    side: Side


@dataclass(slots=True)
class Found:
    """What a rule found, on one page or on several: the words, each once, and where.

    `words` are the merchant's, `others` those of the translation; of each text that was hit, `hits` has it, the spans
    and, of a translation, what the merchant wrote.
    """

    severity: Severity
    words: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    hits: dict[Spot, tuple[str, list[tuple[int, int]], str]] = field(default_factory=dict)
    pages: dict[PageRef, None] = field(default_factory=dict)

    def add(self, segment: Noted, finding: Finding, ref: PageRef) -> None:
        """Take in a finding."""
        own = finding.side == "source"
        self.pages[ref] = None
        if words := clean(finding.text, WORDS):
            (self.words if own else self.others)[words] = None
        text, start, end = segment.source if own else segment.target, finding.start, finding.end
        if text[start:end] != finding.text:  # it speaks of the whole, or of what the words stand for
            text, start, end = finding.text, 0, len(finding.text)
        spot = Spot(ref, segment.path, segment.index, finding.side)
        self.hits.setdefault(spot, (text, [], "" if own else segment.source))[1].append((start, end))


def is_rule(check: str) -> bool:
    """Return whether a finding is a rule's."""
    return check.startswith(RULE_PREFIXES)


def is_held(page: ShopPage) -> bool:
    """Return whether a rule holds a page."""
    return any(is_rule(finding.check) and finding.severity in _HELD for _, finding in _findings(page.noted))


def waits(page: ShopPage) -> bool:
    """Return whether a translator looks at a page whatever the rules say."""
    return any(not is_rule(reason) for segment in page.noted for reason in segment.reasons)


def holds(page: ShopPage, ref: PageRef) -> dict[Key, Found]:
    """Return what holds a page, worst first, else in the order of its texts."""
    wanted = [
        (segment, finding)
        for segment, finding in _findings(page.noted)
        if is_rule(finding.check) and finding.severity in _HELD
    ]
    own = collect((segment, finding, ref) for segment, finding in wanted)
    return dict(sorted(own.items(), key=lambda entry: _HELD.index(entry[1].severity)))


def hints(pages: Iterable[tuple[ShopPage, PageRef]]) -> tuple[tuple[Shared, ...], tuple[Shared, ...]]:
    """Return advice that holds nothing back, and what rules have written anew, each told once for all pages."""
    advice: list[tuple[Noted, Finding, PageRef]] = []
    rewritten: list[tuple[Noted, Finding, PageRef]] = []
    for page, ref in pages:
        for segment, finding in _findings(page.noted):
            if finding.severity == "info" and (is_rule(finding.check) or finding.check in _ADVICE):
                (rewritten if REWRITTEN in finding.message_zh else advice).append((segment, finding, ref))
    return _told(collect(advice)), _told(collect(rewritten))


def collect(findings: Iterable[tuple[Noted, Finding, PageRef]]) -> dict[Key, Found]:
    """Return findings grouped by what they say, in the order in which each group begins."""
    groups: dict[Key, Found] = {}
    for segment, finding, ref in findings:
        groups.setdefault(_key(finding), Found(severity=finding.severity)).add(segment, finding, ref)
    return groups


def share(pages: Sequence[Mapping[Key, Found]]) -> dict[Key, Found]:
    """Return what several of these pages share, worst and commonest first: its order numbers it."""
    whole: dict[Key, Found] = {}
    for page in pages:
        for key, found in page.items():
            own = whole.setdefault(key, Found(severity=found.severity))
            own.words |= found.words
            own.others |= found.others
            own.pages |= found.pages
    common = [(key, found) for key, found in whole.items() if len(found.pages) >= SHARED_FROM]
    return dict(sorted(common, key=lambda entry: (_HELD.index(entry[1].severity), -len(entry[1].pages), entry[0].rule)))


def tell(key: Key, found: Found) -> Explanation:
    """Return what a rule says of the words that it found."""
    named = list(found.words or found.others)
    words = "".join(f"“{word}”" for word in named[:_NAMED]) + ("等" if len(named) > _NAMED else "")
    why, _, way_out = (clean(part, SENTENCE) for part in key.said.partition(WAY_OUT))
    why = why.replace("“”", words or "该内容")
    return Explanation(
        rule=clean(key.rule, WORDS),
        severity=found.severity,
        why=why,
        way_out=way_out.replace("“”", words or "该内容"),
        suggestion="" if key.suggestion in why else clean(key.suggestion, SENTENCE),
        basis=clean(key.basis, SENTENCE),
    )


def tell_page(own: Mapping[Key, Found], shared: Sequence[Key]) -> tuple[Problem, ...]:
    """Return a page's problems; `shared` are the keys of what is told once, in the order of their numbers."""
    numbers = {key: number for number, key in enumerate(shared, 1)}
    return tuple(
        Problem(explanation=tell(key, found), shared=numbers.get(key, 0), places=tuple(_places(found)))
        for key, found in own.items()
    )


def tell_shared(shared: Mapping[Key, Found]) -> tuple[Shared, ...]:
    """Return what several pages share, numbered from 1."""
    return tuple(_shared(number, key, found) for number, (key, found) in enumerate(shared.items(), 1))


def _told(groups: Mapping[Key, Found]) -> tuple[Shared, ...]:
    """Return groups without numbers, the commonest first."""
    ordered = sorted(groups.items(), key=lambda entry: (-len(entry[1].pages), entry[0].rule))
    return tuple(_shared(0, key, found) for key, found in ordered)


def _shared(number: int, key: Key, found: Found) -> Shared:
    return Shared(
        number=number, explanation=tell(key, found), words=(*found.words, *found.others), pages=tuple(found.pages)
    )


def _findings(segments: Iterable[Noted]) -> Iterator[tuple[Noted, Finding]]:
    """Yield every finding with its segment, those of the source first; of the target only what the source lacks.

    What a translator set aside asks nothing of the merchant, and is left out.
    """
    for segment in segments:
        open_ = [finding for finding in segment.findings if not is_set_aside(finding)]
        told = {finding.check for finding in open_ if finding.side == "source"}
        for finding in sorted(open_, key=lambda own: (own.side != "source", own.start)):
            if finding.side == "source" or finding.check not in told:
                yield segment, finding


def _key(finding: Finding) -> Key:
    """Return the key of a finding: its sentence with the words left out of their quotation marks."""
    said = finding.message_zh.replace(f"“{finding.text}”", "“”") if finding.text else finding.message_zh
    return Key(finding.check, said, finding.suggestion, finding.basis)


def _places(found: Found) -> Iterator[Place]:
    """Yield where a page's words stand: in the merchant's texts first, then in the translation."""
    for spot, (text, spans, source) in sorted(found.hits.items(), key=lambda entry: entry[0].side != "source"):
        shown = excerpts(text, spans)
        if len(shown) > _EXCERPTS:
            more = f"（同一段里还有 {len(shown) - _EXCERPTS} 处）"
            shown = [*shown[:_EXCERPTS], ((more, False),)]
        original = shopper_text(source, WORDS)
        for pieces in shown:
            yield Place(field=field_name(spot.path), side=spot.side, pieces=pieces, original=original)
