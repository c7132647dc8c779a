"""Numbers, quantities and currencies on the page: what must be found, what must not, and what the finding says."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.checks.numbers import check_quantities
from shopglot.loading import load_localizer
from shopglot.market import Market
from shopglot.types import Finding, Mask, Segment, SegmentKey, TermMatch, Translation

Checker = Callable[..., tuple[Finding, ...]]
KEY = SegmentKey(merchant="m", listing="l", path="/fields/title", index=0)
IDS = {"number.changed", "unit.changed", "currency.changed"}


@cache
def market(name: str) -> Market:
    """Return a market, loaded once."""
    return load_localizer(name, model="fake").market


def found(
    source: str,
    target: str,
    *,
    name: str = "us",
    terms: Sequence[TermMatch] = (),
    masks: Sequence[Mask] = (),
) -> list[Finding]:
    """Return what this check alone finds between two texts."""
    segment = Segment(key=KEY, field="title", style="phrase", source=source, terms=tuple(terms), masks=tuple(masks))
    translation = Translation(
        source=source, target=target, market=name, model="test", origin="machine", unit_key="", machine_key=""
    )
    return list(check_quantities(segment, translation, market(name)))


def term(text: str, source: str, target: str, **more: object) -> TermMatch:
    """Return a glossary term where it stands in a text."""
    start = text.index(source)
    return TermMatch(start=start, end=start + len(source), source=source, target=target, **more)  # type: ignore[arg-type]


def mask(text: str, opaque: str) -> Mask:
    """Return a mask where it stands in a text."""
    start = text.index(opaque)
    return Mask(start=start, end=start + len(opaque), text=opaque, kind="sku")


FAITHFUL = [
    ("30片装", "30 sheets"), ("两件套", "two-piece set"), ("一对装", "a pair"), ("1,500毫升", "1500 ml"),
    ("1500毫升", "1,500 ml"), ("第2代", "2nd generation"), ("三合一", "3-in-1"), ("百分之五十", "50%"),
    ("80-95斤", "40–47.5 kg (88–105 lb)"), ("80-95斤", "40-47.5 kg (88-105 lb)"), ("8折", "20% Off"),
    ("99元", "RMB 99"), ("月销1.5万", "15,000 sold a month"), ("SPF50+ PA+++", "SPF50+ PA+++"),
    ("蓝牙5.3", "Bluetooth 5.3"), ("没有数字", "No numbers"), ("38码", "Size 38"),
    ("十二星座", "12 zodiac signs"),
    ("二十四节气", "24 solar terms"),
    ("一年四季", "all year round"), ("500g*2", "500 g x 2"), ("双十一", "Double 11"), ("四件套", "4-piece set"),
    ("满200减30", "RMB 30 off orders of RMB 200 or more"), ("买二送一", "Buy 2, get 1 free"),
    ("30×40×10cm", "30 × 40 × 10 cm (11.8 × 15.7 × 3.9 in)"), ("零下18℃", "-18°C (-0.4°F)"), ("", ""), ("面膜", ""),
]  # fmt: skip
BROKEN = [
    ("30片装", "20 sheets", "number.changed"), ("30片装", "sheets", "number.changed"),
    ("面膜", "5 sheet masks", "number.changed"), ("容量500ml", "capacity 50 ml", "number.changed"),
    ("蓝牙5.3", "Bluetooth 5.0", "number.changed"), ("第2代", "3rd generation", "number.changed"),
    ("买二送一", "buy 1, get 2 free", "number.changed"), ("3到5天", "5 days", "number.changed"),
    ("不超过3公斤", "at least 3 kg", "number.changed"), ("8折", "80% off", "number.changed"),
    ("80-95斤", "80-95 kg", "unit.changed"), ("5斤", "5 kg", "unit.changed"), ("30cm", "30 in", "unit.changed"),
    ("3天", "3 weeks", "unit.changed"), ("60℃", "60°F", "unit.changed"),
    ("99元", "$99", "currency.changed"), ("满99元", "over 99 dollars", "currency.changed"),
    ("¥1,299", "$1,299", "currency.changed"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target"), FAITHFUL)
def test_faithful(source: str, target: str, checked: Checker) -> None:
    """Another way of writing the same amount is no finding, in the whole flow of checks."""
    assert [] == [one.check for one in checked(source, target) if one.check in IDS]


@pytest.mark.parametrize(("source", "target", "expected"), BROKEN)
def test_changed(source: str, target: str, expected: str, checked: Checker) -> None:
    """A changed amount, unit or currency is an error, with the words, both messages and exact offsets."""
    findings = [one for one in checked(source, target) if one.check in IDS]
    assert expected in [one.check for one in findings]
    for one in findings:
        assert one.text == (source if one.side == "source" else target)[one.start : one.end]
        assert one.text
        assert one.severity == "error"
        assert one.text in one.message
        assert one.text in one.message_zh


def test_a_changed_unit_says_what_is_right() -> None:
    """The finding stands on the source, shows both words, and suggests the right amount."""
    (one,) = found("净重5斤装", "Net weight 5 kg")
    assert ("unit.changed", "source", 2, 4, "5斤") == (one.check, one.side, one.start, one.end, one.text)
    assert "5 kg" in one.message
    assert "5 kg" in one.message_zh


def test_the_form_of_the_market_is_suggested(checked: Checker) -> None:
    """Where the market has a form of its own, that is what is suggested."""
    suggestions = [one.suggestion for one in checked("80-95斤", "80-95 kg") if one.check == "unit.changed"]
    assert ["40–47.5 kg (88–105 lb)"] == suggestions
    suggestions = [one.suggestion for one in checked("满200减30", "$200 off $30") if one.check in IDS]
    assert {"RMB 30 off orders of RMB 200 or more"} == set(suggestions)


@pytest.mark.parametrize(
    ("source", "target", "suggestion"),
    [
        ("99元", "$99", "RMB 99"), ("100港币", "RMB 100", "HK$ 100"), ("50%", "5%", "50%"),
        ("8折", "80% off", "20% off"),
        ("500克", "50 g", "500 g"), ("30℃", "30°F", "30°C"), ("30片", "20 sheets", "30"),
        ("3-5天", "3 days", "3–5 days"),
        ("10000毫安时", "1000 mAh", "10,000 mAh"), ("SPF50", "SPF 30", "SPF 50"),
    ],
)  # fmt: skip
def test_plain_suggestions(source: str, target: str, suggestion: str) -> None:
    """Where the segment has no recorded form, the value in plain writing is suggested."""
    (one,) = found(source, target)
    assert suggestion == one.suggestion
    assert suggestion in one.message


@pytest.mark.parametrize("number", ["100", "1000", "30", "10000"])
def test_suggestions_are_no_powers_of_ten(number: str) -> None:
    """Round numbers are written out, not as 1E+2."""
    (one,) = found(f"{number}克", "7 g")
    assert "E" not in one.suggestion
    assert number == one.suggestion.removesuffix(" g").replace(",", "")


def test_an_invented_number_stands_on_the_target() -> None:
    """A number that the source never gave is shown where it stands in the translation."""
    (one,) = found("保湿面膜", "Moisturizing mask, 17-year warranty")
    assert ("number.changed", "target", "17-year", "") == (one.check, one.side, one.text, one.suggestion)
    assert "Moisturizing mask, 17-year warranty"[one.start : one.end] == one.text


def test_a_missing_number_is_named() -> None:
    """A number that is not there says so, with its value."""
    (one,) = found("面膜30片", "Sheet masks")
    assert ("number.changed", "source", "30片") == (one.check, one.side, one.text)
    assert "missing" in one.message
    assert "缺少" in one.message_zh


def test_each_fault_is_told_in_its_own_words() -> None:
    """A bound and a role have messages of their own."""
    (bound,) = found("不超过3公斤", "at least 3 kg")
    assert "at most" in bound.message
    assert "至多" in bound.message_zh
    role = found("满200减30", "spend RMB 30, save RMB 200")
    assert len(role) == 2
    assert all("offer" in one.message and "优惠" in one.message_zh for one in role)


# Glossary terms and masks.


def test_a_term_speaks_for_its_number() -> None:
    """A number in a term is asked for only where the term's own translation has it."""
    text = "全棉四件套"
    terms = [term(text, "四件套", "bedding set")]
    assert [] == found(text, "Cotton bedding set", terms=terms)
    assert [] == found(text, "Cotton 4-piece bedding set", terms=[term(text, "四件套", "4-piece bedding set")])
    assert ["number.changed"] == [one.check for one in found(text, "Cotton bedding set")]


def test_a_number_of_a_term_may_be_there() -> None:
    """What the term's translation has may be there, in each of its admitted forms; another number may not."""
    text = "三丽鸥周边"
    terms = [term(text, "三丽鸥", "Sanrio", admitted=("Sanrio 60",))]
    assert [] == found(text, "Sanrio goods", terms=terms)
    assert [] == found(text, "Sanrio 60 goods", terms=terms)
    assert ["70"] == [one.text for one in found(text, "Sanrio 70 goods", terms=terms)]


def test_numbers_beside_a_term_are_asked_for() -> None:
    """A term excuses its own number and no other."""
    text = "四件套500克"
    terms = [term(text, "四件套", "bedding set")]
    assert ["500克"] == [one.text for one in found(text, "Bedding set", terms=terms)]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("双十一狂欢价", "Double 11 sale"),
        ("3CE眼影", "3CE eyeshadow"),
        ("四件套", "4-piece set"),
        ("7-11便利店", "7-Eleven store"),
    ],
)
def test_terms_with_numbers_in_the_flow(source: str, target: str, checked: Checker) -> None:
    """Names and terms with a number in them pass in the whole flow."""
    assert [] == [one.text for one in checked(source, target) if one.check in IDS]


def test_a_changed_number_in_a_name(checked: Checker) -> None:
    """A wrong number in a festival or a brand is found."""
    assert "number.changed" in [one.check for one in checked("双十一狂欢价", "Double 12 sale")]


def test_masks_are_opaque() -> None:
    """Numbers in opaque text count on neither side, and no number grows out of its neighbours."""
    text = "型号AB-500，重5斤"
    masks = [mask(text, "AB-500")]
    assert [] == found(text, "Model AB-500, 2.5 kg", masks=masks)
    assert ["5斤"] == [one.text for one in found(text, "Model AB-500", masks=masks)]
    assert [] == found("1{n}2个", "1{n}2", masks=[mask("1{n}2个", "{n}")])


def test_findings_beside_masks_have_exact_offsets() -> None:
    """Offsets are into the whole texts, masks counted."""
    text = "{a}{bb}净重5斤"
    masks = [mask(text, "{a}"), mask(text, "{bb}")]
    target = "{a}{bb} net 5 kg and 7 bags"
    findings = found(text, target, masks=masks)
    assert ["5斤", "7 bags"] == [one.text for one in findings]
    for one in findings:
        assert one.text == (text if one.side == "source" else target)[one.start : one.end]


# Chinese markets, and sources that are not Simplified Chinese.


@pytest.mark.parametrize("name", ["hk", "mo", "tw"])
@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("80-95斤", "40–47.5公斤"), ("30片装", "30片裝"), ("两件套", "兩件套"), ("99元", "人民幣99元"), ("8折", "8折"),
        ("满200减30", "滿人民幣200元減30元"), ("1.5万", "1.5萬"), ("第二代", "第二代"), ("30℃", "30℃"),
        ("三个月", "3個月"),
        ("二尺二", "73.3厘米"), ("买二送一", "買二送一"), ("四叶草", "四葉草"),
    ],
)  # fmt: skip
def test_faithful_in_chinese(source: str, target: str, name: str) -> None:
    """Another way of writing the same amount in Traditional Chinese is no finding."""
    assert [] == [(one.check, one.text) for one in found(source, target, name=name)]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("5斤", "5公斤", "unit.changed"), ("30片装", "20片裝", "number.changed"),
        ("99元", "港幣99元", "currency.changed"),
        ("99元", "新台幣99元", "currency.changed"), ("99元", "99港元", "currency.changed"),
        ("8折", "7折", "number.changed"), ("1.5万", "1.5", "number.changed"), ("三个月", "三年", "unit.changed"),
        ("30片装", "片裝", "number.changed"), ("面膜", "面膜5片", "number.changed"),
    ],
)  # fmt: skip
def test_changed_in_chinese(source: str, target: str, expected: str) -> None:
    """A change is found in Traditional Chinese too."""
    findings = found(source, target, name="hk")
    assert [expected] == [one.check for one in findings]
    assert all(one.text == (source if one.side == "source" else target)[one.start : one.end] for one in findings)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("滿200減30", "RMB 30 off orders of RMB 200 or more", []), ("兩個月", "2 months", []), ("1.5萬", "15,000", []),
        ("兩個月", "3 months", ["number.changed"]), ("5億", "500 million", []), ("八雙", "eight pairs", []),
        ("淨重5斤", "5 kg", ["unit.changed"]), ("買二送一", "buy 2, get 1 free", []),
    ],
)  # fmt: skip
def test_traditional_source(source: str, target: str, expected: list[str]) -> None:
    """A source in Traditional Chinese is read like one in Simplified Chinese."""
    assert expected == [one.check for one in found(source, target)]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("Net 500 g", "Net 500 g", []), ("Pack of 6", "6-pack", []), ("Net 500 g", "Net 50 g", ["number.changed"]),
        ("30 in", "30 cm", ["unit.changed"]), ("$20", "RMB 20", ["currency.changed"]),
    ],
)  # fmt: skip
def test_english_source(source: str, target: str, expected: list[str]) -> None:
    """A source that is English already is read as English."""
    assert expected == [one.check for one in found(source, target)]


# Hostile input.

HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("0123456789.,:/*×-~％%一二两三十百千万亿半点折元斤满减买送第度℃年月日$¥£½aABMXLS'\"+"),
        st.sampled_from(["\ue000", "\ue001", "\ud800", "\udfff", "\ufffc", "\x00", "\u200d", "\U00020bb7", "²", "٣"]),
    ),
    max_size=40,
)


@given(HOSTILE, HOSTILE, st.sampled_from(["us", "hk"]))
def test_any_text(source: str, target: str, name: str) -> None:
    """No text is an error; findings have known ids, exact spans and both messages."""
    for one in found(source, target, name=name):
        assert one.check in IDS
        assert one.text == (source if one.side == "source" else target)[one.start : one.end]
        assert one.message
        assert one.message_zh


@given(HOSTILE)
def test_any_text_means_itself(text: str) -> None:
    """A Chinese text copied as it is has no changed number, whatever it is."""
    assert [] == found(f"好{text}", f"好{text}", name="hk")


@pytest.mark.parametrize("mark", ["\ue000", "\ue001", "\ue000\ue001\ue001"])
def test_private_characters_are_no_units(mark: str) -> None:
    """Characters of private use, which the grammar uses for itself, are nothing in a text."""
    assert [] == found(f"好{mark}5斤{mark}", f"{mark}2.5 kg (5.5 lb){mark}")
    assert ["number.changed"] == [one.check for one in found(f"5{mark}", "7")]
    assert ["number.changed"] == [one.check for one in found("五", f"7{mark}")]


# Time: as a ratio to a shorter text in the same run.


def seconds(run: str, size: int, name: str, case: int) -> float:
    """Return the processor time of checking so many characters of a run, the best of two.

    Chinese is compared with itself, the rest with nothing: an English text has rules of its own.
    """
    spent = []
    for attempt in range(2):
        text = "好" * (2 * case + attempt) + "".join(islice(cycle(run), size))  # never the same text: nothing is kept
        start = time.process_time()
        found(text, text if name == "hk" else "", name=name)
        spent.append(time.process_time() - start)
    return min(spent)


@pytest.mark.parametrize("name", ["us", "hk"])
@pytest.mark.parametrize(
    ("run", "size"),
    [
        *((run, 10_000) for run in "9-.元满十万\ue000\ue001 a%第折+"),
        *((run, 1_000) for run in ("两", "½", "半", "1,", "1/", "a ")),
    ],
)  # fmt: skip
def test_time_is_linear(run: str, size: int, name: str) -> None:
    """Four times the text takes about four times as long, never sixteen times."""
    found("5斤", "5 kg", name=name)
    short, long = seconds(run, size, name, 1), seconds(run, 4 * size, name, 2)
    assert long < 8 * short + 0.02


def test_foreign_money_without_a_number(checked: Checker) -> None:
    """Dollars that no number stands with are found, once, and allowed where the source speaks of them."""
    (finding,) = [
        one
        for one in checked("从一百多元到上千元", "From RMB 100 to thousands of dollars")
        if one.check == "currency.changed"
    ]
    assert ("target", "dollars") == (finding.side, finding.text)
    assert [] == [
        one for one in checked("省下几千美元", "Saves thousands of dollars") if one.check == "currency.changed"
    ]
    assert 1 == sum(one.check == "currency.changed" for one in checked("99元", "99 dollars"))
