"""The finding for characters that nothing decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shopglot.checks.ambiguity import find_ambiguous
from shopglot.types import Finding, Mask, Origin, Quantity, Segment, SegmentKey, TermMatch, Translation

SEGMENT = Segment(
    key=SegmentKey(merchant="", listing="", path="", index=0), field="title", style="phrase", source="独杆栀子，古典表"
)
TRANSLATION = Translation(
    source=SEGMENT.source, target="獨杆梔子，古典表", market="hk", model="opencc", origin="machine", unit_key="",
    machine_key="",
)  # fmt: skip
DOUBTS = [(1, "杆桿"), (7, "表錶")]


def find(segment: Segment = SEGMENT, *, origin: Origin = "machine", target: str = TRANSLATION.target) -> list[Finding]:
    """Return the findings of the two doubts."""
    return list(find_ambiguous(segment, replace(TRANSLATION, origin=origin, target=target), DOUBTS))


def test_severity() -> None:
    """A default that is often wrong is a warning, another one is worth knowing; both have span and alternative."""
    assert [("info", 1, 2, "杆", "桿"), ("warning", 7, 8, "表", "錶")] == [
        (one.severity, one.start, one.end, one.text, one.suggestion) for one in find()
    ]
    assert {("script.ambiguous", "source")} == {(one.check, one.side) for one in find()}
    assert "written '表' by default" in find()[1].message
    assert "默认转换为“表”" in find()[1].message_zh


@pytest.mark.parametrize(
    "taken",
    [
        {"terms": (TermMatch(start=5, end=8, source="古典表", target="古典錶"),)},
        {"quantities": (Quantity(start=7, end=8, text="表", kind="count", low="1", high="1"),)},
        {"masks": (Mask(start=5, end=8, text="古典表", kind="brand"),)},
    ],
)
def test_what_is_covered_is_decided(taken: dict[str, object]) -> None:
    """A term, a quantity or a name that covers the character decides it."""
    segment = replace(SEGMENT, **taken)  # type: ignore[arg-type]
    assert ["杆"] == [one.text for one in find(segment)]


def test_what_a_person_wrote_is_decided() -> None:
    """An approved text has no doubts, and neither has one that shows another form."""
    assert [] == find(origin="human")
    assert ["杆"] == [one.text for one in find(target="獨杆梔子，古典錶")]
