"""The texts behind the numbers, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shopglot_eval.nightly.cells import SUITE
from shopglot_eval.nightly.records import Nightly, TextOf
from shopglot_eval.reporting.document import Passage, Version, passage_id


def passages(nightly: Nightly) -> dict[str, Passage]:
    """Return every text that a number of the report names."""
    return dict(map(_passage, nightly.texts.values()))


def shown(nightly: Nightly, ids: Iterable[str]) -> Iterator[str]:
    """Yield the ids of the passages of these texts."""
    for one in ids:
        yield passage_id(SUITE, nightly.texts[one].market, one)


def _passage(text: TextOf) -> tuple[str, Passage]:
    key = passage_id(SUITE, text.market, text.id)
    score = () if text.score is None else (f"score {text.score:.2f}",)
    machine = Version(
        name="machine" if text.other else "tonight", text=text.version, remarks=(*text.remarks, *score),
        marks=tuple((start, end, "bad") for start, end in text.marks),
    )  # fmt: skip
    people = (Version(name="approved", text=text.other, reference=True),) if text.other else ()
    place = f"{text.merchant}/{text.listing}" if text.merchant else text.listing
    about = ", ".join(part for part in (text.market, place, text.path, text.category) if part)
    return key, Passage(id=key, source=text.source, versions=(machine, *people), about=about, market=text.market)
