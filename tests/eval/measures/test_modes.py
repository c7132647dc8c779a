"""The three modes of a glossary: measured by the same terms, compared with none."""

from __future__ import annotations

import pytest

from shopglot.errors import UsageError
from shopglot_eval.measures.modes import measure_gain, report_modes
from shopglot_eval.records import Answers, Example, Output, Pair

SOURCES = ("记忆棉枕头", "纯棉连衣裙", "你好呀", "防水双肩包", "记忆棉靠垫", "不锈钢保温杯")
RIGHT = (
    "Memory foam pillow", "Pure cotton dress", "Hi", "Waterproof backpack", "Memory foam cushion",
    "Stainless steel insulated bottle",
)  # fmt: skip
WRONG = ("Sponge", "Frock", "Hi", "Bag", "Sponge", "Cup")


def answers(system: str, targets: tuple[str, ...], *, market: str = "us") -> Answers:
    """Return a system's answers to the sources."""
    pairs = tuple(
        Pair(example=Example(id=source, market=market, source=source), output=Output(id=source, target=target))
        for source, target in zip(SOURCES, targets, strict=False)
    )
    return Answers(suite="suite", market=market, system=system, pairs=pairs)


def test_gain_is_measured_text_by_text() -> None:
    """All terms right against none: the gain is that of the shares, and its interval excludes 0."""
    gain = measure_gain(answers("none", WRONG), answers("proper", RIGHT))
    assert gain.value == 1
    assert gain.low == gain.high == 1
    part = measure_gain(answers("none", WRONG), answers("proper", (*RIGHT[:1], *WRONG[1:])))
    assert part.value is not None
    assert part.low is not None
    assert 0 < part.value < 1
    assert part.low < 0 < part.value
    assert part.count == gain.count


def test_texts_that_lose_terms_speak_against() -> None:
    """What the other mode has less of is named, most first."""
    gain = measure_gain(answers("none", RIGHT), answers("random", (*WRONG[:2], *RIGHT[2:])))
    assert gain.value is not None
    assert gain.value < 0
    assert set(gain.against) == set(SOURCES[:2])


def test_the_report_has_a_row_for_each_mode() -> None:
    """The modes come in their order; the first has no gain, the others have one that is data."""
    three = {"proper": answers("fake", RIGHT), "none": answers("plain", WRONG), "random": answers("random", WRONG)}
    section, measured = report_modes(three, link=lambda name: f"p:{name}")  # type: ignore[arg-type]
    (table,) = section.blocks
    other, _ = report_modes(three | {"proper": answers("another model", RIGHT)})  # type: ignore[arg-type]
    assert len({section.id, other.id, *(block.id for block in (*section.blocks, *other.blocks))}) == 4  # type: ignore[union-attr]
    assert " " not in other.id
    assert [row[0].text for row in table.rows] == ["No glossary", "Glossary", "Random terms"]  # type: ignore[union-attr]
    assert {len(row) for row in table.rows} == {len(table.columns)}  # type: ignore[union-attr]
    assert [(one.place.system, one.figure.measure) for one in measured] == [
        ("fake", "terms.gain"),
        ("random", "terms.gain"),
    ]
    assert measured[1].figure.value == 0
    assert "+100.0%" in section.lead
    assert "changes" in section.lead


def test_no_term_no_gain() -> None:
    """Texts without a term have no gain, and the report says so."""
    none = answers("none", ("Hi",))
    bare = Answers(
        suite="suite", market="us", system="bare",
        pairs=(Pair(example=Example(id="x", market="us", source="你好呀"), output=Output(id="x", target="Hi")),),
    )  # fmt: skip
    section, measured = report_modes({"none": bare, "proper": bare})
    assert measured[0].figure.value is None
    assert "nothing could be compared" in section.lead
    with pytest.raises(UsageError, match="do not answer the same texts"):
        measure_gain(none, bare)
    with pytest.raises(UsageError, match="'none'"):
        report_modes({"proper": bare})
