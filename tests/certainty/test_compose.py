"""What glossary and market say by themselves: right as it stands, or a model is asked."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.batches import answer, faults
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer


@cache
def around() -> Localizer:
    """Return the American localizer."""
    return load_localizer("us", model="fake")


def said(source: str, field: str = "attribute-value") -> str | None:
    """Return the certain answer to a text, None where there is none."""
    localizer = around()
    certain = answer(localizer.unit(localizer.whole(source, field=field)), localizer)
    assert certain is None or (certain.origin, certain.source) == ("certain", source)
    return None if certain is None else certain.target


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("黑色/白色/红色", "Black/White/Red"),
        ("衬衫+背心", "Shirt + Tank Top"),
        ("拉链、连帽", "Zipper, Hooded"),
        ("SPF50+ PA+++", "SPF50+ PA+++"),
        ("1米/2米", "1 m (39.4 in) / 2 m (79 in)"),
        ("304不锈钢，可进洗碗机", "304 Stainless Steel, Dishwasher-Safe"),
        ("凉席×1、枕套×2", "Cooling Mat x 1, Pillowcase x 2"),
    ],
)
def test_lists(source: str, expected: str) -> None:
    """Things with a mark between them keep their order, each cased by itself."""
    assert expected == said(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("聚酯纤维95% 氨纶5%", "95% Polyester, 5% Spandex"),
        ("羊毛50%、聚酯纤维48%、氨纶2%", "50% Wool, 48% Polyester, 2% Spandex"),
        ("棉58% 锦纶42%", "58% Cotton, 42% Nylon"),
        ("100%棉", "100% Cotton"),
        ("面料：白鸭绒90%，鹅绒10%", "Fabric: 90% White Duck Down, 10% Goose Down"),
    ],
)
def test_shares_of_a_cloth(source: str, expected: str) -> None:
    """The share stands before the material, as on an American label."""
    assert expected == said(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("M（110-125斤）", "M (55–62.5 kg / 121–138 lb)"),
        ("小号（直径23cm）", "Small (Diameter 23 cm / 9.1 in)"),
        ("456g（38g×12枚）", "456 g (1.0 lb), 38 g (1.3 oz) x 12"),
        ("胸围：96cm", "Bust: 96 cm (37.8 in)"),
        ("约34cm", "About 34 cm (13.4 in)"),
        ("高约78cm", "About 78 cm (30.7 in) High"),
        ("宽26cm、深17cm", "26 cm (10.2 in) Wide, 17 cm (6.7 in) Deep"),
        ("22.5cm以内", "Up to 22.5 cm (8.9 in)"),
        ("120斤上下", "About 60 kg (132 lb)"),
        ("适合110-130斤", "Fits 55–65 kg (121–143 lb)"),
        ("100g/罐", "100 g (3.5 oz) Each"),
        ("54-58cm可调", "54–58 cm (21.3–22.8 in), Adjustable"),
        ("中号45cm", "Medium 45 cm (17.7 in)"),
        ("3岁以上", "3 Years and Up"),
        ("3-6个月", "3–6 Months"),
        ("约40小时", "About 40 Hours"),
        ("2片装", "2-Pack"),
        ("22ml×30片", "22 ml (0.74 fl oz) x 30"),
        ("60%左右", "About 60%"),
        ("80%以上", "80% or More"),
        ("XL码", "XL"),
    ],
)
def test_amounts(source: str, expected: str) -> None:
    """Numbers are said as a size chart says them, with what stands around them."""
    assert expected == said(source, "size-cell")


@pytest.mark.parametrize(
    ("source", "field", "expected"),
    [
        ("鞋底厚度", "attribute-name", "Sole Thickness"),
        ("电池续航", "attribute-name", "Battery Life"),
        ("白色网纱裙", "title", "White Tulle Skirt"),
        ("茉莉", "option-value", "Jasmine"),
    ],
)
def test_words_side_by_side(source: str, field: str, expected: str) -> None:
    """What is said of a thing stands before it, and what two terms say is said once."""
    assert expected == said(source, field)


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ("合金电镀", "attribute-value"),  # an electroplated alloy
        ("鸡肉三文鱼", "option-value"),  # chicken and salmon
        ("鞋带长度", "attribute-name"),  # shoelaces length
        ("海南三亚", "title"),  # Sanya, Hainan
        ("时尚风格", "attribute-name"),  # a stylish style
        ("手工刺绣", "attribute-value"),
        ("条纹、拼色、线条、撞色", "attribute-value"),  # two terms with one target
        ("定制尺寸联系客服", "option-value"),
        ("60片/瓶", "attribute-value"),  # 60 pieces/bottle
        ("二尺（66cm）", "size-cell"),  # both are converted, and differ
        ("左右60度", "attribute-value"),  # a fan that turns to both sides, and nothing about 60
        ("上下10厘米", "attribute-value"),
        ("左右5%", "size-cell"),
        ("0岁以上", "attribute-value"),
        ("3条毛巾", "attribute-value"),  # nobody knows the plural
        ("长", "option-value"),
        ("约", "size-cell"),
        ("（黑色", "option-value"),
        ("黑色）", "option-value"),
        ("黑色、、", "option-value"),
        ("直径：：23cm", "size-cell"),
    ],
)
def test_what_is_not_certain_is_asked(source: str, field: str) -> None:
    """Where the order, a plural or a sense may be another in English, or the marks are odd, there is no answer."""
    assert said(source, field) is None


def test_a_rule_says_its_words_in_prose() -> None:
    """What a rule prescribes for sentences is no row of keywords."""
    localizer = around()
    part = localizer.segments("支持七天无理由退换。", localizer.whole("x", field="note").key, field="note")
    certain = answer(localizer.unit(part.segments[0]), localizer)
    assert certain is not None
    assert "checkout" in certain.target


WORDS = ("黑色", "白色", "不锈钢", "可调", "大号", "礼盒", "棉", "羊毛", "直径", "长度", "加绒", "XL", "ABS", "A4")
AMOUNTS = ("96cm", "80-95斤", "3岁", "2片装", "95%", "22ml×30片", "3-6个月", "99元", "8折", "二尺", "38码", "12")
MARKS = (
    "、",
    "/",
    "+",
    "，",
    " ",
    "（",
    "）",
    "：",
    "约",
    "左右",
    "以上",
    "以内",
    "高",
    "×2",
    "",
    "适合",
    "\U0001f600",
    "\ud800",
)
TEXTS = st.lists(st.sampled_from([*WORDS, *AMOUNTS, *MARKS]), max_size=9).map("".join)


@given(TEXTS, st.sampled_from(["attribute-value", "option-value", "size-cell", "attribute-name", "title", "note"]))
def test_what_is_certain_passes_the_checks(source: str, field: str) -> None:
    """No answer has a fault that a retry would be asked to mend, and the same text has the same answer."""
    localizer = around()
    unit = localizer.unit(localizer.whole(source, field=field))
    certain = answer(unit, localizer)
    assert certain == answer(unit, localizer)
    if certain is not None and any(map(str.isalnum, source)):
        assert not faults(unit, certain, localizer)
        assert certain.target.strip()


def test_long_texts_take_no_longer_than_they_are_long() -> None:
    """A hundred thousand characters in a cell are read, and left to the engine."""
    assert said("黑色、" * 30_000, "size-cell") is None


def test_other_markets_ask_for_all() -> None:
    """A market that reads Chinese is converted, not composed."""
    localizer = load_localizer("hk", model="fake")
    assert answer(localizer.unit(localizer.whole("黑色/白色", field="option-value")), localizer) is None
