"""Measures of terms: which ones are asked for, when they are right, and when they are the same everywhere."""

from __future__ import annotations

import pytest

from shopglot.loading import load_localizer
from shopglot.types import Segment, SegmentKey, Translation
from shopglot_eval.measures.terms import MEASURES, Consistency, Terms, count_missing, has_form, missing_terms
from shopglot_eval.records import Example, Output, Pair
from shopglot_eval.terms.scores import count_terms

KEY = SegmentKey(merchant="", listing="", path="", index=0)


def pair(
    source: str, target: str, *, market: str = "us", number: int = 0, terms: tuple[tuple[str, str], ...] = ()
) -> Pair:
    """Return a pair without findings: terms are read anew."""
    example = Example(id=f"e{number}", market=market, source=source, field="bullet", terms=terms)
    return Pair(example=example, output=Output(id=example.id, target=target))


def test_terms_of_the_glossary() -> None:
    """A term is right in any inflection and counts as often as it stands; texts without one are left out."""
    pairs = [
        pair("记忆棉枕头", "Memory foam pillows", number=0), pair("记忆棉靠垫", "Sponge cushion", number=1),
        pair("你好呀", "Hi", number=2),
    ]  # fmt: skip
    figure = Terms().measure(pairs)
    missing = [source for one in pairs for source, _ in missing_terms(one.example, one.output.target)]
    assert "记忆棉" in missing
    assert figure.count == 4
    assert figure.value == pytest.approx(1 - len(missing) / 4)
    assert figure.against == ("e1",)
    assert Terms().value(pairs[0]) == 1
    assert Terms().value(pairs[2]) is None


def test_agrees_with_the_terminology_report() -> None:
    """The counts are those of `shopglot_eval.terms.scores` over the same texts."""
    localizer = load_localizer("us")
    texts = [
        ("记忆棉枕头，记忆棉靠垫", "Memory foam pillow, cushion"), ("纯棉连衣裙", "A cotton frock"),
        ("防水双肩包，加厚肩带", "Waterproof backpack with a wide strap"), ("夏季新款连衣裙", "New summer dress"),
    ]  # fmt: skip
    rows: list[tuple[Segment, Translation]] = []
    for source, target in texts:
        (item,) = localizer.segments(source, KEY, field="title").segments
        made = Translation(
            source=source, target=target, market="us", model="", origin="machine", unit_key="", machine_key=""
        )
        rows.append((item, made))
    tally = count_terms(rows, localizer.market)
    example = [Example(id=source, market="us", source=source) for source, _ in texts]
    pairs = [
        Pair(example=one, output=Output(id=one.id, target=target))
        for one, (_, target) in zip(example, texts, strict=True)
    ]
    figure = Terms().measure(pairs)
    assert tally.terms > tally.right > 0
    assert figure.value == pytest.approx(tally.right / tally.terms)
    assert figure.count == tally.terms


def test_places_of_several_segments() -> None:
    """Terms of a text that is cut stand where they are in the whole, markup and all."""
    from shopglot_eval.measures.sources import find_terms

    source = "<p>很软的枕头。</p><p>记忆棉做的，也有连衣裙。</p>"
    example = Example(id="e", market="us", source=source, field="description")
    found = find_terms(example)
    assert {"枕头", "记忆棉", "连衣裙"} <= {term.source for term in found}
    assert all(source[term.start : term.end] == term.source for term in found)


def test_terms_of_the_suite() -> None:
    """The pairs that an example brings are measured apart; an empty one asks for nothing."""
    measure = next(one for one in MEASURES if one.name == "terms.suite")
    one = pair("好物", "Nice finds", terms=(("好物", "nice find"), ("物", "thing"), ("好", " ")))
    assert measure.value(one) == pytest.approx(1 / 2)
    assert Terms().measure([one]).measure == "terms"
    nothing = measure.measure([pair("枕头", "Pillow")])
    assert nothing.value is None
    assert "no terms" in nothing.note


def test_hong_kong_words() -> None:
    """In Chinese a form stands as it is; terms that only spell a word are not asked for."""
    right, wrong = pair("土豆切丝", "薯仔切絲", market="hk"), pair("土豆切丝", "土豆切絲", market="hk")
    assert [Terms().value(one) for one in (right, wrong)] == [1, 0]
    assert Terms().value(pair("一定要看", "務必看", market="hk")) is None
    assert has_form("用usb線", "USB", "hk")


def test_consistency_is_by_the_usual_form() -> None:
    """Three texts write one form, one another, and one none: three of five agree."""
    entry = next(
        one for one in load_localizer("us").termbase.entries()
        if one.use == "enforce" and one.admitted and not one.category and not one.field and not one.brand
        and len(one.source) >= 3 and one.target.isalpha() and one.admitted[0].isalpha()
        and one.target not in one.admitted[0] and one.admitted[0] not in one.target
    )  # fmt: skip
    first, second = entry.target, entry.admitted[0]
    targets = [f"The {first}", f"A {first}", first, f"One {second}", "Something"]
    pairs = [pair(entry.source, target, number=number) for number, target in enumerate(targets)]
    figure = Consistency().measure(pairs)
    assert figure.value == pytest.approx(3 / 5)
    assert (figure.count, figure.unit) == (5, "places")
    assert set(figure.against) == {"e3", "e4"}
    assert Consistency().value(pairs[0]) is None


def test_consistency_takes_the_longest_form() -> None:
    """A form inside a longer one is not what the text says."""
    from shopglot_eval.measures.terms import _written

    term = ("枕", ("pillow", "memory foam pillow"))
    assert _written(term, "Memory Foam Pillows", "us") == "memory foam pillow"
    assert _written(term, "Cushion", "us") == ""


def test_consistency_needs_two_texts() -> None:
    """A term of one text says nothing; all of it without a form agrees with nothing."""
    alone = Consistency().measure([pair("记忆棉", "Memory foam")])
    assert alone.value is None
    assert alone.note
    none = Consistency().measure([pair("记忆棉", "Sponge", number=0), pair("记忆棉", "Foam rubber", number=1)])
    assert (none.value, set(none.against)) == (0.0, {"e0", "e1"})


def test_missing_terms_are_listed() -> None:
    """Terms that are missing most often come first, with the texts that miss them."""
    pairs = [pair("记忆棉，纯棉", "Sponge", number=0), pair("记忆棉", "Sponge", number=1)]
    rows = count_missing(pairs)
    assert rows[0] == ("记忆棉", "memory foam", 2, ("e0", "e1"))
    assert len(rows) == 2
