"""From pairs to signals: what the product itself would know of a pair that somebody gives it."""

from __future__ import annotations

from collections.abc import Iterable

from shopglot.checks import check
from shopglot.localizer import Localizer
from shopglot.quality.signals import measure
from shopglot.sensitivity import About
from shopglot.types import Finding, Segment, Translation
from shopglot_eval.estimation.opinions import Opinions
from shopglot_eval.estimation.texts import Pair


class Signals:
    """Measures pairs with a market's own termbase and checks; a source is prepared once."""

    def __init__(self, localizer: Localizer, opinions: Opinions) -> None:
        self._localizer, self._opinions = localizer, opinions
        self._segments: dict[tuple[str, str, str, str], Segment] = {}

    def of(self, pair: Pair) -> dict[str, float]:
        """Return all signals of a pair."""
        segment, translation = self._prepare(pair)
        return measure(segment, translation, check(segment, translation, self._localizer.market))

    def held(self, pair: Pair) -> bool:
        """Whether findings hold the pair back, whatever its score."""
        segment, translation = self._prepare(pair)
        return any(finding.severity != "info" for finding in self._findings(segment, translation, pair.category))

    def _findings(self, segment: Segment, translation: Translation, category: str) -> Iterable[Finding]:
        screen = self._localizer.screen.screen
        yield from check(segment, translation, self._localizer.market)
        about = About(field=segment.field, category=category)
        yield from screen(segment.source, side="source", about=about)
        yield from screen(translation.target, side="target", about=about)

    def _prepare(self, pair: Pair) -> tuple[Segment, Translation]:
        key = (pair.source, pair.field, pair.category, pair.brand)
        if key not in self._segments:
            self._segments[key] = self._localizer.whole(
                pair.source, field=pair.field, category=pair.category, brand=pair.brand
            )
        segment = self._segments[key]
        translation = Translation(
            source=pair.source, target=pair.target, market=self._localizer.market.name, model="input",
            origin="machine", unit_key="", machine_key="", opinion=tuple(sorted(self._opinions.of(pair).items())),
        )  # fmt: skip
        return segment, translation
