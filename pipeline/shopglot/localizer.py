"""A market made ready: its policy, termbase, screen and engine, and what they make of one listing.

`prepare` turns a listing into a `Page` (segment, protect); `judge` and `compose` take the finished translations
(check, screen, score, decide) back to a listing that a shop could load.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from shopglot.abridgement import abridge
from shopglot.catalog.fields import rebuild, walk
from shopglot.checks import check
from shopglot.checks.ambiguity import find_ambiguous
from shopglot.decide import SHUT, GateState, decide, describe_gate
from shopglot.dismissals import set_aside
from shopglot.engines.base import Engine
from shopglot.market import Market
from shopglot.memory import NORMALISER, machine_key, unit_key
from shopglot.overrides import Passed, let_pass
from shopglot.protect import protect
from shopglot.quality import Estimator
from shopglot.quantity import find
from shopglot.rewrites import settle
from shopglot.script import has_han
from shopglot.segment import Piece, assemble, segment
from shopglot.sensitivity import About, GoodsText, Rewrite, Screen
from shopglot.termbase import Termbase, overlaps
from shopglot.types import (
    Decision,
    Field,
    Finding,
    Json,
    JudgedSegment,
    Listing,
    Mask,
    Request,
    Score,
    Segment,
    SegmentKey,
    Style,
    TermMatch,
    Translation,
    View,
)

if TYPE_CHECKING:
    from shopglot.store.desk.dismissed import Dismissal, Mark

PROSE = frozenset({"description", "note", "bullet", "alt"})
MARKUP = frozenset({"title", "subtitle", "bullet", "description", "note", "alt", "attribute-value"})
FLOW = "7"  # Raise it when a change of code may change what is published for an unchanged listing.
METADATA_KEY = "_shopglot"
_NONE: Mapping[Mark, Dismissal] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of a page: its exact pieces, and the segments among them in order."""

    field: Field
    pieces: tuple[Piece, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A listing in a market, cut into segments.

    `title` is its title as written, "" where it has none. `notices` are findings on the listing as a whole, each with
    the position among `segments` of the one that it stands on.
    """

    listing: Listing
    parts: tuple[Part, ...]
    title: str = ""
    notices: tuple[tuple[int, Finding], ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All segments, in reading order."""
        return tuple(segment for part in self.parts for segment in part.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A distinct text to be translated: its keys and a segment that stands for all that share them."""

    unit_key: str
    machine_key: str
    segment: Segment

    @property
    def shown(self) -> Segment:
        """What of the segment is translated: all but what a rule leaves out."""
        return abridge(self.segment).segment

    def request(self, attempt: int = 0) -> Request:
        """Return what the engine is asked on an attempt."""
        shown = self.shown
        return Request(
            source=shown.source, field=shown.field, style=shown.style, masks=shown.masks, terms=shown.terms,
            quantities=shown.quantities, attempt=attempt,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Localizer:
    """Everything that one market needs. `open_engine` loads the model at first use: an unchanged night needs none.

    With `plain`, texts whose score no fitted gate speaks of are published by the market's plain cut-off. `doubts` names
    the characters of a source that nothing decides (see `HantConverter.doubts`).
    """

    market: Market
    termbase: Termbase
    screen: Screen
    model: str
    decoding: str
    batch_size: int
    fake: bool
    estimator: Estimator
    open_engine: Callable[[], Engine]
    plain: bool = False
    doubts: Callable[[str], Sequence[tuple[int, str]]] | None = None

    @property
    def signature(self) -> str:
        """What the results of this market depend on, besides the listing."""
        parts = (
            self.market.name,
            self.market.digest,
            self.model,
            self.decoding,
            NORMALISER,
            self.estimator.signature(self.views),
            FLOW,
        )
        return _hash(*parts, *(("plain",) if self.plain else ()))

    @property
    def views(self) -> frozenset[View]:
        """The views in which the model is asked for its opinion on a finished translation.

        Reading takes longer than writing. Where nothing can be published whatever the score, the model is not asked,
        unless the market's policy says `always`: the score rests on what is seen without it, and orders the work.
        """
        wanted = self.market.reading == "always" or self.gate_state not in SHUT
        return self.readable if wanted else frozenset()

    @property
    def readable(self) -> frozenset[View]:
        """The views that the market's estimator can use of the model."""
        return self.estimator.views(self.model)

    @property
    def score_signature(self) -> str:
        """What the scores of this market's machine depend on: what its gate has to be fitted on.

        What a run does not ask (`views`) does not change it; the score of a text says what that one rests on.
        """
        return self.estimator.signature(self.readable)

    @property
    def gate_state(self) -> GateState:
        """Whether a promise stands behind what is published: `fitted`, `closed`, `plain` or `uncalibrated`."""
        return describe_gate(self.market, self.score_signature, plain=self.plain)

    def inputs_key(self, listing: Listing, *, publish: bool) -> str:
        """Return the hash of everything that the outcome of a listing depends on.

        A run that publishes nothing leaves another key, so that the next one that does takes the listing up again.
        """
        return _hash(listing.digest, self.signature, "publish" if publish else "dry")

    def prepare(self, listing: Listing) -> Page:
        """Cut a listing into segments and record what is opaque, what the glossary knows and what is a quantity."""
        brand = str(listing.document.get("brand") or "")
        fields = list(walk(listing))
        title = next((field.text for field in fields if field.name == "title"), "")
        page = Page(
            listing=listing, parts=tuple(self._part(listing, field, brand, title) for field in fields), title=title
        )
        texts = [GoodsText(item.field, item.source) for item in page.segments]
        return replace(page, notices=self.screen.appraise(texts, listing.category))

    def unit(self, item: Segment) -> Unit:
        """Return the unit that a segment is an occurrence of."""
        own = unit_key(item, market=self.market.name)
        return Unit(
            unit_key=own,
            machine_key=machine_key(item, market=self.market.name, model=self.model, decoding=self.decoding, unit=own),
            segment=item,
        )

    def judge(
        self,
        item: Segment,
        translation: Translation,
        *,
        category: str = "",
        title: str = "",
        notices: Sequence[Finding] = (),
        passed: Collection[Passed] = (),
        dismissed: Mapping[Mark, Dismissal] = _NONE,
        outdated: bool = False,
    ) -> JudgedSegment:
        """Rewrite by rule, check, screen, score and decide one segment.

        `category` and `title` are its listing's, `notices` what was found on the listing as a whole and stands here.
        `passed` is what a lead lets the page say although a rule blocks it, `dismissed` what a person set aside in this
        unit on this page: it counts for the score as it was found, and holds nothing back.
        `outdated`: the text took the place of one that a person approved. What a person wrote is never rewritten.
        """
        about = About(field=item.field, category=category, title=title)
        translation, replaced = self._rewritten(translation, about)
        shown = abridge(item)
        checked = [shown.placed(finding, item) for finding in check(shown.segment, translation, self.market)]
        screened = [
            *self.screen.screen(item.source, side="source", about=about, alone=False),
            *self.screen.screen(translation.target, side="target", about=about, alone=False),
        ]
        known = (*checked, *settle(item, translation, checked, screened, replaced, self.screen.both), *notices)
        known = tuple(let_pass(known, passed, self.screen.versions))
        score = self.estimator.estimate(shown.segment, translation, known, views=self.views)
        # The score was fitted without these.
        doubts = self.doubts(item.source) if self.doubts else ()
        found = (*known, *find_ambiguous(item, translation, doubts))
        findings = tuple(set_aside(found, dismissed, translation.target, self.screen.versions))
        decision = self.decide(findings, score, outdated=outdated)
        return JudgedSegment(segment=item, translation=translation, findings=findings, score=score, decision=decision)

    def decide(self, findings: Sequence[Finding], score: Score, *, outdated: bool = False) -> Decision:
        """Return the decision on one segment of this market's (see `decide`)."""
        return decide(findings, score, self.market, plain=self.plain, outdated=outdated, state=self.gate_state)

    def _rewritten(self, translation: Translation, about: About) -> tuple[Translation, tuple[Rewrite, ...]]:
        """Return a machine's translation with the words replaced for which a rule has others, and what was replaced."""
        if not self.market.rewrite or translation.origin == "human":
            return translation, ()
        target, rewrites = self.screen.rewriter.replace(translation.target, about)
        return (replace(translation, target=target), rewrites) if rewrites else (translation, ())

    def compose(self, page: Page, targets: Sequence[str]) -> dict[str, Json]:
        """Return the localized listing: `targets` are the texts of `page.segments`, in order.

        Everything that is no text for the shopper is as the merchant wrote it. `_shopglot` says what made the page.
        """
        remaining = iter(targets)
        texts: dict[str, str] = {}
        for part in page.parts:
            own = [next(remaining) for _ in part.segments]
            texts[part.field.path] = assemble(part.pieces, own, spaced=self.market.latin)
        document = rebuild(page.listing, texts)
        document.setdefault(METADATA_KEY, self.metadata)
        return document

    @property
    def metadata(self) -> Mapping[str, Json]:
        """What a reader of the published catalog should know of how a page was made."""
        marks: dict[str, Json] = {
            "market": self.market.name, "locale": self.market.locale, "model": self.model,
            "score": self.score_signature, "gate": self.gate_state,
        }  # fmt: skip
        if self.fake:
            marks["fake"] = True
        return marks

    def segments(
        self, text: str, key: SegmentKey, *, field: str, category: str = "", brand: str = "", title: str = ""
    ) -> Part:
        """Cut one text of a field into segments, ready to be translated."""
        style: Style = "prose" if field in PROSE else "phrase"
        markup = field in MARKUP
        whole = (Piece(text=text, translatable=True),)  # a name is never cut
        pieces = whole if field == "brand" else segment(text, style=style, markup=markup, latin=True, inline=markup)
        found: list[Segment] = []
        for piece in pieces:
            if piece.translatable:
                # A hashtag inside a text is written as one, and shares its translation with those of the listing.
                own: Style = "phrase" if piece.field else style
                item = Segment(
                    key=replace(key, index=len(found)), field=piece.field or field, style=own, source=piece.text
                )
                about = About(field=item.field, category=category, title=title)
                found.append(
                    self._protected(item, markup=markup, brand=brand, about=about, rewrite=self.market.rewrite)
                )
        return Part(field=Field(path=key.path, name=field, text=text), pieces=pieces, segments=tuple(found))

    def whole(self, text: str, *, field: str, category: str = "", brand: str = "") -> Segment:
        """Return a text as one segment, uncut: what a pair that somebody else translated is compared as.

        `brand` is the listing's own name, which may stay as it is.
        """
        key = SegmentKey(merchant="", listing="", path="", index=0)
        item = Segment(key=key, field=field, style="prose" if field in PROSE else "phrase", source=text)
        about = About(field=field, category=category)
        return self._protected(item, markup=field in MARKUP, brand=brand, about=about, rewrite=False)

    def _part(self, listing: Listing, field: Field, brand: str, title: str) -> Part:
        key = SegmentKey(merchant=listing.merchant, listing=listing.id, path=field.path, index=0)
        return self.segments(field.text, key, field=field.name, category=listing.category, brand=brand, title=title)

    def _protected(self, item: Segment, *, markup: bool, brand: str, about: About, rewrite: bool) -> Segment:
        masks = protect(item.source, markup=markup)
        prescribed = self._prescribed(item, masks, about) if rewrite else ()
        terms = self.termbase.match(
            item.source, field=item.field, category=about.category, taken=_spans(masks) + _spans(prescribed), name=brand
        )
        terms = tuple(sorted((*terms, *prescribed), key=lambda term: term.start))
        if self.market.latin and has_han(brand) and self.termbase.whole(brand, field="brand") is None:
            # A name whose official Latin form nobody has told us stays as it is: we do not invent one.
            masks = _with_name(item.source, brand, masks)
            taken = _spans(masks)
            terms = tuple(term for term in terms if not overlaps(taken, term.start, term.end))
        quantities = find(
            item.source, measures=self.market.measures, english=self.market.latin, field=item.field,
            taken=_spans(masks) + _spans(terms),
        )  # fmt: skip
        return replace(item, masks=masks, terms=terms, quantities=quantities)

    def _prescribed(self, item: Segment, masks: Sequence[Mask], about: About) -> tuple[TermMatch, ...]:
        """Return what rules say in place of words of the source, as terms that the engine has to use."""
        taken = _spans(masks)
        rewrites = [
            one for one in self.screen.rewriter.find(item.source, about) if not overlaps(taken, one.start, one.end)
        ]
        covered = taken + _spans([one for one in rewrites if one.rule.drop])
        drops = item.style == "phrase" and any(map(str.isalnum, _outside(item.source, covered)))
        return tuple(
            TermMatch(start=one.start, end=one.end, source=one.words, target="", enforce=False, rule=one.rule.id)
            if drops and one.rule.drop
            else TermMatch(start=one.start, end=one.end, source=one.words, target=one.target, rule=one.rule.id)
            for one in rewrites
        )


def _with_name(source: str, name: str, masks: Sequence[Mask]) -> tuple[Mask, ...]:
    found = list(masks)
    start = source.find(name)
    while start >= 0:
        end = start + len(name)
        if not overlaps(_spans(masks), start, end):
            found.append(Mask(start=start, end=end, text=name, kind="brand"))
        start = source.find(name, end)
    return tuple(sorted(found, key=lambda mask: mask.start))


def _outside(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return what of a text lies outside of the spans."""
    parts, position = [], 0
    for start, end in sorted(spans):
        parts.append(text[position:start])
        position = max(position, end)
    return "".join([*parts, text[position:]])


def _spans(records: Sequence[object]) -> list[tuple[int, int]]:
    return [(record.start, record.end) for record in records]  # type: ignore[attr-defined]


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
