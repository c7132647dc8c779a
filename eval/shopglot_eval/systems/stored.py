"""What runs have made of a suite's pages, as it stands in a store: nothing is translated or judged again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from shopglot.errors import DataError
from shopglot.localizer import Localizer, Part
from shopglot.texts import Text, cut, put_together
from shopglot.types import JudgedSegment, Segment, Translation
from shopglot_eval.records import Answers, Example, Pair, Suite
from shopglot_eval.systems.keeping import examples_of
from shopglot_eval.systems.translating import output_of

if TYPE_CHECKING:
    from shopglot.store import Identity, SettledSegment, Store

_Stored = Mapping[tuple[str, str, str], "SettledSegment"]  # by page, field and source


def read_store(store: Store, suite: Suite, market: str, *, name: str = "") -> Answers:
    """Return what the runs of a store have made of a suite in a market: text, findings, score and verdict of then.

    Texts are found by page (`Example.listing` is `merchant/id`), field and source. `name` is that of the models that
    wrote them where it is "". Raises `UsageError` where the suite has no text in the market, `DataError` naming the
    first text that no run has settled.
    """
    from shopglot.loading import FAKE, load_localizer

    examples = examples_of(suite, market)
    pages = {page: example.listing for example in examples for page in _readings(example.listing)}
    stored = {
        (pages[page], segment.field, segment.source): segment
        for page, own in store.settled(market, pages).items()
        for segment in own
    }
    localizer = load_localizer(market, model=FAKE)  # only cuts
    pairs = tuple(_pair(example, stored, localizer, store.name) for example in examples)
    models = sorted({segment.model for segment in stored.values() if segment.model})
    return Answers(
        suite=suite.name, market=market, system=name or "+".join(models), pairs=pairs,
        about={"store": store.name, "models": models},
    )  # fmt: skip


def _readings(listing: str) -> Iterator[Identity]:
    """Yield the merchants and ids that a page's name may be made of: either may have slashes of its own."""
    for place, character in enumerate(listing):
        if character == "/":
            yield listing[:place], listing[place + 1 :]


def _pair(example: Example, stored: _Stored, localizer: Localizer, store: str) -> Pair:
    part = cut(Text(source=example.source, field=example.field), localizer)
    try:
        judged = _judged(part, [stored[example.listing, item.field, item.source] for item in part.segments])
    except KeyError as error:
        raise DataError(
            f"{store}: no run has settled '{example.id}' in {example.market}: {error.args[0][2]!r} is not there."
        ) from error
    return Pair(example=example, output=output_of(example, put_together(part, judged, localizer.market)))


def _judged(part: Part, stored: Sequence[SettledSegment]) -> list[JudgedSegment]:
    return [_segment(item, own) for item, own in zip(part.segments, stored, strict=True)]


def _segment(item: Segment, own: SettledSegment) -> JudgedSegment:
    translation = Translation(
        source=own.source, target=own.target, market="", model=own.model, origin=own.origin, unit_key=own.unit_key,
        machine_key=own.machine_key,
    )  # fmt: skip
    return JudgedSegment(
        segment=item, translation=translation, findings=own.findings, score=own.score, decision=own.decision
    )
