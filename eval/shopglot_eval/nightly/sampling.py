"""One pass over the texts of a market, tonight's and those of the runs before: all that the report says of texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from shopglot.localizer import Localizer
from shopglot.quality.drift import LEAST, drift
from shopglot.store.encoding import decode_findings, decode_reasons, decode_signals
from shopglot.store.nights import Nights, SampledPage
from shopglot.watch import MACHINE
from shopglot_eval.nightly import shifts, unknown
from shopglot_eval.nightly.records import (
    WINDOWS,
    Drift,
    MissedTerm,
    NewWord,
    ScoreOfRun,
    ShareShift,
    TextOf,
    ValueShift,
    Window,
)
from shopglot_eval.nightly.texts import Evidence

PAGES = 3_000  # of a market and window that are read
SEGMENTS = 20_000
EARLIER_TEXTS = 50_000  # that a new word is looked for in
EXAMPLES = 5
NEW_WORDS = 50
LEAST_SCORES = 20  # of a run, for its median to be shown
_TERM = '"term.missing"'  # as findings are stored


@dataclass(slots=True)
class _Values:
    """The values of texts by name; scores by their signature."""

    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    scores: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    texts: int = 0
    pages: set[int] = field(default_factory=set)
    units: set[str] = field(default_factory=set)

    @property
    def independent(self) -> int:
        """How many values there are that say something of their own: as many as pages, or as different texts."""
        return max(1, min(len(self.pages), len(self.units)))

    def add(self, row: Any, signals: Mapping[str, float]) -> None:
        """Take in a text that a machine wrote."""
        self.pages.add(row.listing)
        self.units.add(row.unit_key)
        for name, value in signals.items():
            self.values[name].append(value)
        self.values["length"].append(len(row.source))
        self.values["length.ratio"].append(len(row.target) / max(len(row.source), 1))
        self.scores[row.signature].append(row.score)


@dataclass(slots=True)
class _Unknown:
    """Tonight's unknown words: the pages that have each, and a text for each page."""

    pages: dict[tuple[str, str], dict[int, Any]] = field(default_factory=dict)  # (kind, word) -> page -> row
    written: dict[tuple[str, str], set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Sampled:
    """What a pass over a market's texts found. `pages` are tonight's."""

    market: str
    pages: Sequence[SampledPage]
    drift: Drift
    terms: tuple[MissedTerm, ...]
    by_reason: Mapping[str, tuple[str, ...]]
    by_merchant: Callable[[str], tuple[str, ...]]  # asked for the merchants that are shown


def sample(
    nights: Nights, localizer: Localizer, run: int, earlier: Sequence[int], evidence: Evidence, *, pages: int = PAGES
) -> Sampled:
    """Read what stands of a run in a market, and of the earlier runs (newest first)."""
    return _Pass(nights, localizer, run, earlier, evidence, pages).done()


class _Pass:
    """The pass, with what it gathers."""

    def __init__(
        self, nights: Nights, localizer: Localizer, run: int, earlier: Sequence[int], evidence: Evidence, most: int
    ) -> None:
        self.nights, self.localizer, self.evidence = nights, localizer, evidence
        self.market, self.run, self.earlier = localizer.market.name, run, earlier
        self.unknowns = unknown.Unknowns(localizer.termbase)
        self.pages = nights.pages(self.market, [run], most=most, categories=True)
        self.whole = len(self.pages) < most
        self.now, self.before = _Values(), {window: _Values() for window in WINDOWS}
        self.by_run: dict[int, _Values] = defaultdict(_Values)
        self.with_unknown: Counter[int] = Counter()  # texts with an unknown word, by run
        self.texts: Counter[int] = Counter()
        self.strange = _Unknown()
        self.seen_before: set[str] = set()
        self.missing: dict[tuple[str, str], dict[int, Any]] = defaultdict(dict)
        self.missed: Counter[tuple[str, str]] = Counter()
        self.reasons: dict[str, list[Any]] = defaultdict(list)
        self.merchants: dict[str, list[Any]] = defaultdict(list)
        self._read_tonight()
        self._read_before(most)

    def _read_tonight(self) -> None:
        of = {page.number: page for page in self.pages}
        for row in self.nights.segments(self.market, list(of), most=SEGMENTS):
            page = of[row.listing]
            self._look(row, self.run, [self.now])
            self._note(row, page)

    def _read_before(self, most: int) -> None:
        runs: dict[int, int] = {}
        windows: dict[int, set[Window]] = {}
        for window in WINDOWS:
            own = list(self.earlier[:window])
            for page in self.nights.pages(self.market, own, most=most) if own else ():
                runs[page.number] = page.run_id
                windows.setdefault(page.number, set()).add(window)
        for window in WINDOWS:
            # Those of the short window that are not in the sample of the long one come as a second part.
            part = [number for number, own in windows.items() if (28 in own) is (window == 28)]
            for row in self.nights.segments(self.market, part, most=SEGMENTS):
                self._look(row, runs[row.listing], [self.before[one] for one in sorted(windows[row.listing])])

    def _look(self, row: Any, run: int, into: Sequence[_Values]) -> None:
        """Take in what the texts of all runs are asked."""
        self.texts[run] += 1
        words = self.unknowns.words(row.source, field=row.field)
        characters = self.unknowns.characters(row.source)
        self.with_unknown[run] += bool(words or characters)
        for kind, found in (("word", words), ("character", characters)):
            for one in found:
                if run == self.run:
                    self.strange.pages.setdefault((kind, one.word), {}).setdefault(row.listing, row)
                    self.strange.written.setdefault((kind, one.word), set()).add(row.source[one.start : one.end])
                else:
                    self.seen_before.add(one.word)
        signals = dict(decode_signals(row.signals)) if row.origin in MACHINE else {}
        for values in into:
            values.texts += 1
            if row.origin in MACHINE:
                values.add(row, signals)
        if row.origin in MACHINE:
            self.by_run[run].scores[row.signature].append(row.score)

    def _note(self, row: Any, page: SampledPage) -> None:
        """Take in what only tonight's texts are asked."""
        if row.verdict != "publish":
            for reason in decode_reasons(row.reasons):
                if len(self.reasons[reason]) < EXAMPLES:
                    self.reasons[reason].append((row, page))
            if len(self.merchants[page.merchant]) < EXAMPLES:
                self.merchants[page.merchant].append((row, page))
        if _TERM in row.findings:
            for finding in decode_findings(row.findings):
                if finding.check == "term.missing":
                    self.missed[finding.text, finding.suggestion] += 1
                    self.missing[finding.text, finding.suggestion].setdefault(row.listing, (row, page))

    def done(self) -> Sampled:
        """Return what was found."""
        signatures = Counter({name: len(scores) for name, scores in self.now.scores.items()})
        signature = signatures.most_common(1)[0][0] if signatures else ""
        new, known = self._new_words()
        drifted = Drift(
            market=self.market, read=self.now.texts,
            read_before={window: own.texts for window, own in self.before.items()}, whole=self.whole,
            signature=signature, foreign=tuple(sorted(self.before[28].scores.keys() - {signature})),
            values=tuple(self._values(signature)), shares=(self._unknown_share(),),
            scores=tuple(self._scores(signature)), new=new, known_texts=known,
        )  # fmt: skip
        return Sampled(
            market=self.market, pages=self.pages, drift=drifted, terms=self._terms(),
            by_reason={name: self._ids(rows) for name, rows in sorted(self.reasons.items())},
            by_merchant=lambda name: self._ids(self.merchants.get(name, ())),
        )  # fmt: skip

    def _values(self, signature: str) -> Iterator[ValueShift]:
        usual = self.localizer.estimator.usual
        series = {"score": (self.now.scores[signature], {w: v.scores[signature] for w, v in self.before.items()})}
        series |= {
            name: (values, {window: own.values[name] for window, own in self.before.items()})
            for name, values in sorted(self.now.values.items())
        }
        looked_at = len(series) * len(WINDOWS)
        for name, (values, before) in series.items():
            if not values:
                continue
            found: dict[int, float] = {}
            if name in usual and len(values) >= LEAST:
                found[0] = drift(usual[name], values)
            chance: dict[int, float] = {}
            for window, earlier in before.items():
                if (one := shifts.index(values, earlier)) is not None:
                    found[window] = one
                    chance[window] = shifts.noise(self.now.independent, self.before[window].independent, looked_at)
            yield ValueShift(
                name=name, market=self.market, count=len(values), median=median(values),
                medians={window: median(earlier) for window, earlier in before.items() if earlier}, index=found,
                noise=chance,
            )  # fmt: skip

    def _unknown_share(self) -> ShareShift:
        parts = {run: (self.with_unknown[run], texts) for run, texts in self.texts.items()}
        count, of = parts.get(self.run, (0, 0))
        windows = {window: list(self.earlier[:window]) for window in WINDOWS}
        return ShareShift(
            name="unknown", market=self.market, count=count, of=of,
            before={window: shifts.together(parts, runs) for window, runs in windows.items()},
            p={
                window: shifts.compare(count, of, [parts[run] for run in runs if run in parts])
                for window, runs in windows.items()
            },
        )  # fmt: skip

    def _scores(self, signature: str) -> Iterator[ScoreOfRun]:
        for run, own in sorted(self.by_run.items()):
            if len(scores := own.scores[signature]) >= LEAST_SCORES:
                low, middle, high = quantiles(scores, n=4, method="inclusive")
                yield ScoreOfRun(run=run, market=self.market, count=len(scores), median=middle, low=low, high=high)

    def _new_words(self) -> tuple[tuple[NewWord, ...], int]:
        """Return unknown words that no earlier text has, and how many earlier texts were looked at."""
        if not self.earlier:
            return (), 0
        candidates = {key: pages for key, pages in self.strange.pages.items() if key[1] not in self.seen_before}
        ranked = sorted(candidates, key=lambda key: (-len(candidates[key]), key))[: 4 * NEW_WORDS]
        forms = {form: key for key in ranked for form in self.strange.written[key]}
        texts = self.nights.earlier_sources(self.market, self.run, most=EARLIER_TEXTS)
        found, count = unknown.seen(forms, texts)
        old = {forms[form] for form in found}
        of = {page.number: page for page in self.pages}
        new = [key for key in ranked if key not in old][:NEW_WORDS]
        return tuple(
            NewWord(
                word=word, market=self.market, kind="word" if kind == "word" else "character",
                pages=len(candidates[kind, word]),
                texts=self._ids([(row, of[row.listing]) for row in list(candidates[kind, word].values())[:EXAMPLES]]),
            )
            for kind, word in new
        ), count + sum(self.texts[run] for run in self.texts if run != self.run)  # fmt: skip

    def _terms(self) -> tuple[MissedTerm, ...]:
        ranked = sorted(self.missing, key=lambda key: (-len(self.missing[key]), -self.missed[key], key))
        return tuple(
            MissedTerm(
                market=self.market, source=key[0], target=key[1], pages=len(self.missing[key]),
                count=self.missed[key], texts=self._ids(list(self.missing[key].values())[:EXAMPLES]),
            )
            for key in ranked
        )  # fmt: skip

    def _ids(self, rows: Iterable[tuple[Any, SampledPage]]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.evidence.add(_text_of(self.market, row, page)) for row, page in rows))


def _text_of(market: str, row: Any, page: SampledPage) -> TextOf:
    findings = decode_findings(row.findings)
    return TextOf(
        id="", market=market, merchant=page.merchant, listing=page.id, path=row.path, index=row.number,
        source=row.source, version=row.target, category=page.category, score=row.score,
        remarks=(
            *(f"{reason}" for reason in decode_reasons(row.reasons) if reason not in {one.check for one in findings}),
            *(f"{one.check}: {one.message}" for one in findings if one.severity != "info"),
        ),
        marks=tuple(
            (one.start, one.end)
            for one in findings
            if one.side == "target" and one.severity != "info" and one.start < one.end
        ),
    )  # fmt: skip
