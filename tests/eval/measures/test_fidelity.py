"""Measures of fidelity: what counts, out of how many, and which texts speak against."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shopglot.checks import check
from shopglot.loading import load_localizer
from shopglot_eval.measures.fidelity import MEASURES, as_translation, count_numbers
from shopglot_eval.measures.significance import compare
from shopglot_eval.records import Example, Figure, Measure, Output, Pair

BY_NAME = {measure.name: measure for measure in MEASURES}


def pair(source: str, target: str, *, market: str = "us", field: str = "bullet", number: int = 0) -> Pair:
    """Return a pair with what the product's own checks find."""
    localizer = load_localizer(market)
    example = Example(id=f"e{number}", market=market, source=source, field=field)
    found = check(localizer.whole(source, field=field), as_translation(example, target), localizer.market)
    return Pair(example=example, output=Output(id=example.id, target=target, findings=found))


def figures(*pairs: Pair) -> dict[str, Figure]:
    """Return the figures of pairs, which get ids of their own."""
    named = [replace(one, example=replace(one.example, id=f"e{place}")) for place, one in enumerate(pairs)]
    return {measure.name: measure.measure(named) for measure in MEASURES}


def test_numbers_are_counted_one_by_one() -> None:
    """Of three numbers one is changed: two are kept; texts without numbers are left out."""
    one = pair("长30厘米，重2公斤，3个装", "30 cm long, weighs 5 kg, pack of 3")
    assert count_numbers(one) == (2, 3)
    assert BY_NAME["numbers"].value(one) == pytest.approx(2 / 3)
    found = figures(one, pair("很好看", "Looks great"), pair("长30厘米", "30 cm long"))["numbers"]
    assert found.value == pytest.approx(3 / 4)
    assert (found.count, found.unit, found.against) == (4, "numbers", ("e0",))


def test_numbers_that_the_target_invents_are_wrong() -> None:
    """A number that only the target has is one more, which is wrong."""
    assert count_numbers(pair("很好看的杯子", "A pretty cup, 500 ml")) == (0, 1)
    assert count_numbers(pair("长30厘米的垫子", "Mat, 30 cm long, 8 pieces")) == (1, 2)


@pytest.mark.parametrize(("market", "target"), [("us", "Holds 2 kg"), ("hk", "可載2公斤")])
def test_numbers_in_every_market(market: str, target: str) -> None:
    """A right and a wrong number are told apart in English and in Chinese."""
    assert count_numbers(pair("可承重2公斤", target, market=market)) == (1, 1)
    assert count_numbers(pair("可承重2公斤", target.replace("2", "7"), market=market)) == (0, 1)


def test_names_are_asked_for_whatever_a_system_was_told() -> None:
    """A name counts by the list of brands, also where the findings know of none."""
    right, wrong = pair("花西子口红", "Florasis Lipstick"), pair("花西子口红", "Flower Lipstick")
    blind = [replace(one, output=replace(one.output, findings=())) for one in (right, wrong)]
    found = figures(*blind, pair("口红", "Lipstick"))["names"]
    assert (found.value, found.count, found.against) == (0.5, 2, ("e1",))


@pytest.mark.parametrize(
    ("name", "source", "right", "wrong"),
    [
        ("markup", "柔软<b>透气</b>面料", "Soft, <b>breathable</b> fabric", "Soft, <b>breathable fabric"),
        ("placeholders", "联系{name}下单", "Contact {name} to order", "Contact us to order"),
        ("script", "记忆棉枕头", "Memory foam pillow", "Memory foam 枕头"),
        ("repetition", "很软的枕头", "A very soft pillow", "soft pillow soft pillow soft pillow soft pillow"),
        ("omission", "很软的记忆棉枕头，睡得舒服", "A very soft memory foam pillow for a good night", "Pillow"),
        ("addition", "枕头", "Pillow", "Here is the translation: pillow"),
    ],
)
def test_texts_with_a_finding_speak_against(name: str, source: str, right: str, wrong: str) -> None:
    """Each measure counts the texts of which its checks say nothing."""
    found = figures(pair(source, right), pair(source, wrong))[name]
    assert (found.value, found.count, found.unit, found.against) == (0.5, 2, "texts", ("e1",))


@pytest.mark.parametrize("name", ["markup", "placeholders"])
def test_texts_without_anything_to_keep_are_left_out(name: str) -> None:
    """Plain text has no markup to break; where no text has any, there is no value and a note."""
    found = figures(pair("枕头", "Pillow"))[name]
    assert found.value is None
    assert found.note


def test_length_counts_where_there_is_a_limit() -> None:
    """Fields without a limit are left out."""
    limit = load_localizer("us").market.length["title"]
    long = pair("枕头", "Pillow " * limit, field="title")
    found = figures(pair("枕头", "Pillow", field="title"), long, pair("枕头", "Pillow " * limit, field="note"))[
        "length"
    ]
    assert (found.value, found.count, found.against) == (0.5, 2, ("e1",))


def test_information_is_no_finding_against() -> None:
    """What holds nothing back counts for nothing: a claim that a person let stand, say."""
    wrong = pair("枕头", "Here is the translation: pillow")
    told = tuple(replace(one, severity="info") for one in wrong.output.findings)
    assert BY_NAME["addition"].value(wrong) == 0
    assert BY_NAME["addition"].value(replace(wrong, output=replace(wrong.output, findings=told))) == 1


def test_untranslated_is_a_share_of_letters() -> None:
    """Two of 12 letters are left; less is better; a target without letters is left out."""
    left = pair("记忆棉枕头", "Memory foam枕头")
    assert BY_NAME["untranslated"].value(left) == pytest.approx(2 / 12)
    found = figures(left, pair("枕头", "Pillow"), pair("100", "100"))["untranslated"]
    assert found.value == pytest.approx(1 / 12)
    assert (found.count, found.better, found.against) == (2, "lower", ("e0",))


def test_simplified_characters_in_hong_kong() -> None:
    """A Simplified character in Traditional text is the wrong script, and left as it was."""
    wrong = pair("记忆棉枕头", "記憶棉枕头", market="hk")
    assert BY_NAME["script"].value(wrong) == 0
    assert BY_NAME["untranslated"].value(wrong) == pytest.approx(1 / 5)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
@pytest.mark.parametrize(
    "source", ["", "\ud800枕头", "枕" * 100_000, "<p>1</p>" * 500, "\x00\x1b[31m枕头", "🧸枕頭枕头"]
)
def test_any_text_can_be_measured(measure: Measure, source: str) -> None:
    """Empty, huge, broken and mixed texts have a value in 0..1 or none."""
    value = measure.value(
        Pair(example=Example(id="e", market="us", source=source), output=Output(id="e", target=source))
    )
    assert value is None or 0 <= value <= 1


def test_nothing_to_measure() -> None:
    """Without pairs no measure has a value, and each says so."""
    for measure in MEASURES:
        figure = measure.measure([])
        assert figure.value is None
        assert figure.note
        assert figure.measure == measure.name


def test_what_a_target_invents_makes_no_share_of_its_own() -> None:
    """Tags that only targets have: no share of failures alone, but a note and the texts; with others the same share."""
    odd, right = pair("枕头", "<b>Pillow"), pair("柔软<b>透气</b>面料", "Soft, <b>breathable</b> fabric")
    assert BY_NAME["markup"].value(odd) == 0
    alone = figures(odd)["markup"]
    assert alone.value is None
    assert "1 text" in alone.note
    assert alone.against == ("e0",)
    found = figures(right, odd)["markup"]
    assert (found.value, found.count, found.against) == (1.0, 1, ("e1",))
    assert "1 text" in found.note
    invented = figures(pair("很好看的杯子", "A pretty cup, 500 ml"))["numbers"]
    assert (invented.value, invented.against) == (None, ("e0",))


def test_systems_are_compared_by_all_numbers_together() -> None:
    """A text of nine numbers weighs nine times one of one, as in the table; an invented number counts on its side."""
    many = "、".join(f"{size}厘米" for size in range(21, 30))
    right = ", ".join(f"{size} cm" for size in range(21, 30))
    sources = [(many, right), ("长30厘米", "30 cm long"), ("很好看", "Pretty")]
    before = [pair(source, target, number=at) for at, (source, target) in enumerate(sources)]
    wrong = ["30 cm", "50 cm long", "Pretty, 7 kg"]
    for at, kept, total in ((1, 9, 10), (2, 10, 11)):
        after = [*before]
        after[at] = pair(sources[at][0], wrong[at], number=at)
        found = compare(BY_NAME["numbers"], before, after, trials=50, resamples=50)
        assert found is not None
        assert found.before == 1.0
        assert found.after == pytest.approx(kept / total)
        assert found.after == BY_NAME["numbers"].measure(after).value
