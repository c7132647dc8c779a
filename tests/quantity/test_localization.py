"""Quantities are found whole and written as the market's policy says."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.loading import load_localizer
from shopglot.market import Measures
from shopglot.quantity import Reading, compare, find, read_chinese, read_english
from shopglot.types import Quantity

FIELDS = ("attribute-value", "option-value", "size-cell")
US = Measures(jin="kg (lb)", money="RMB", discount="off", us_units=FIELDS)
HK = Measures(jin="公斤", money="人民幣", discount="keep")
TW = Measures(jin="公斤", money="人民幣", discount="keep")


def readings(text: str, *, english: bool) -> list[Reading]:
    """Return the readings of a text."""
    return [one for phrase in (read_english if english else read_chinese)(text) for one in phrase.readings]


def found(text: str, *, field: str = "title") -> tuple[Quantity, ...]:
    """Return the quantities of a text in the United States."""
    return find(text, measures=US, english=True, field=field)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("80-95斤", "40–47.5 kg (88–105 lb)", "40–47.5公斤"),
        ("5斤", "2.5 kg (5.5 lb)", "2.5公斤"),
        ("一斤", "0.5 kg (1.1 lb)", "0.5公斤"),
        ("半斤", "0.25 kg (0.55 lb)", "0.25公斤"),
        ("3斤2两", "1.6 kg (3.5 lb)", "1.6公斤"),
        ("一百二十斤", "60 kg (132 lb)", "60公斤"),
        ("2斤半", "1.25 kg (2.8 lb)", "1.25公斤"),
        ("１０斤", "5 kg (11 lb)", "5公斤"),
        ("8两", "400 g (14.1 oz)", "400克"),
        ("二尺二", "73.3 cm (28.9 in)", "73.3厘米"),
        ("2尺", "66.7 cm (26.3 in)", "66.7厘米"),
        ("3市寸", "10 cm (3.9 in)", "10厘米"),
        ("26寸", "26-inch", "26吋"),
        ("8-10寸", "8–10 in", "8-10吋"),
        ("250g（5两）", "250 g", "250克"),
        ("3斤（1.5kg）", "1.5 kg", "1.5公斤"),
        ("三块五角钱", "RMB 3.50", "人民幣3.5元"),
        ("110码", "size 110", ""),
        ("80抽×6包", "80 ct × 6 packs", ""),
        ("95g*12袋", "95 g × 12 bags", ""),
        ("零下五度", "-5°C (23°F)", ""),
        ("250度", "2.50 D", ""),
        ("8折", "20% off", ""),
        ("8.5折", "15% off", ""),
        ("88折", "12% off", ""),
        ("九五折", "5% off", ""),
        ("3-5折", "50–70% off", ""),
        ("5折起", "up to 50% off", ""),
        ("半价", "half price", ""),
        ("满200减30", "RMB 30 off orders of RMB 200 or more", "滿人民幣200元減30元"),
        ("满1000减150", "RMB 150 off orders of RMB 1,000 or more", "滿人民幣1000元減150元"),
        ("第二件半价", "second item 50% off", ""),
        ("买二送一", "buy 2, get 1 free", ""),
        ("99元", "RMB 99", "人民幣99元"),
        ("¥1,299", "RMB 1,299", "人民幣1299元"),
        ("13块9", "RMB 13.90", "人民幣13.9元"),
        ("两块五", "RMB 2.50", "人民幣2.5元"),
        ("39块", "RMB 39", "人民幣39元"),
        ("十块钱", "RMB 10", "人民幣10元"),
        ("99-199元", "RMB 99–199", "人民幣99–199元"),
        ("1.2万元", "RMB 12,000", "人民幣12000元"),
        ("50美元", "", ""),
        ("HK$88", "", ""),
        ("1.5万", "15,000", ""),
        ("5000万", "50 million", ""),
        ("3亿", "300 million", ""),
        ("38码", "size 38", ""),
        ("36-40码", "sizes 36–40", ""),
        ("2公斤", "", ""),
        ("96cm", "", ""),
        ("30℃", "", ""),
        ("30片装", "", ""),
        ("50%", "", ""),
        ("3天", "", ""),
        ("第2代", "", ""),
        ("2025年3月15日", "", ""),
    ],
)
def test_localized_forms(text: str, english: str, chinese: str) -> None:
    """Each kind of quantity is found whole and written in the form of the market, "" where it has none of its own."""
    us, hk = found(text), find(text, measures=HK, english=False)
    assert [(text, english)] == [(item.text, item.target) for item in us]
    assert [(text, chinese)] == [(item.text, item.target) for item in hk]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("96cm", "96 cm (37.8 in)"), ("30厘米", "30 cm (11.8 in)"), ("160-165cm", "160–165 cm (63–65 in)"),
        ("5mm", "5 mm (0.2 in)"), ("1.2米", "1.2 m (47.2 in)"), ("5米", "5 m (16.4 ft)"),
        ("30×40×10cm", "30 × 40 × 10 cm (11.8 × 15.7 × 3.9 in)"), ("20*30厘米", "20 × 30 cm (7.9 × 11.8 in)"),
        ("500g", "500 g (1.1 lb)"), ("100克", "100 g (3.5 oz)"), ("2.5kg", "2.5 kg (5.5 lb)"),
        ("1公斤", "1 kg (2.2 lb)"),
        ("500ml", "500 ml (16.9 fl oz)"), ("100毫升", "100 ml (3.4 fl oz)"), ("1.5L", "1.5 L (50.7 fl oz)"),
        ("20L", "20 L (5.3 gal)"), ("20平方米", "20 m² (215 sq ft)"),
        ("30℃", "30°C (86°F)"), ("-18℃", "-18°C (-0.4°F)"), ("5斤", "2.5 kg (5.5 lb)"),
        ("65W", ""), ("220V", ""), ("128GB", ""), ("3天", ""), ("30片", ""), ("20英寸", ""), ("50ml×3", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", FIELDS)
def test_us_units(text: str, expected: str, field: str) -> None:
    """In labels and tables a metric measure gains the US one, beside it in brackets."""
    assert [(text, expected)] == [(item.text, item.target) for item in found(text, field=field)]


@pytest.mark.parametrize("field", ["", "title", "description", "bullet", "note", "hashtag"])
def test_running_text_keeps_metric(field: str) -> None:
    """In running text a metric measure stays as it is; a mainland one is converted everywhere."""
    assert [""] == [item.target for item in found("96cm", field=field)]
    assert ["2.5 kg (5.5 lb)"] == [item.target for item in found("5斤", field=field)]


def test_chinese_markets_gain_no_us_units() -> None:
    """US units are for English."""
    assert [""] == [item.target for item in find("96cm", measures=US, english=False, field="size-cell")]


@pytest.mark.parametrize("market", ["us", "hk", "mo", "tw"])
def test_policies_of_the_markets(market: str) -> None:
    """Each market's own policy writes mainland weights in kilograms and says whose money it is."""
    own = load_localizer(market, model="fake").market
    jin, money = (find(text, measures=own.measures, english=own.latin)[0].target for text in ("5斤", "99元"))
    assert ("2.5 kg (5.5 lb)", "RMB 99") == (jin, money) if own.latin else jin == "2.5公斤"
    assert "99" in money
    assert "$" not in money


@pytest.mark.parametrize(
    "text",
    [
        "公斤", "折叠", "万能", "斤斤计较", "密码", "9折叠", "一寸光阴", "304不锈钢", "一块蛋糕", "尺码", "尺寸表",
        "百搭", "四叶草", "三明治", "一字肩", "独一无二", "一起", "A4", "蓝牙", "", " ", "XL", "𠮷",
    ],
)  # fmt: skip
def test_look_alikes(text: str) -> None:
    """Words that look like a quantity are none, and what is only a number or a code needs no form."""
    assert () == find(text, measures=US, english=True)


def test_in_a_sentence() -> None:
    """Quantities are found at their places, in order, with what each is."""
    text = "👗适合80-95斤，𠮷祥价99元，8折！"
    assert [
        ("80-95斤", "mass", "40", "47.5", "kg"), ("99元", "money", "99", "99", "CNY"),
        ("8折", "discount", "20", "20", ""),
    ] == [(item.text, item.kind, item.low, item.high, item.unit) for item in found(text)]  # fmt: skip
    assert all(text[item.start : item.end] == item.text for item in found(text))


def test_large_numbers_leave_their_counter() -> None:
    """1.5万人 is 15,000 of something, which stays to be translated."""
    assert [("1.5万", "15,000")] == [(item.text, item.target) for item in found("已有1.5万人购买")]
    assert [("2300万", "23 million")] == [(item.text, item.target) for item in found("粉丝2300万")]


def test_taken_spans_are_left_alone() -> None:
    """A quantity inside a mask or a term is theirs; one beside it is found."""
    assert () == find("买5斤", measures=US, english=True, taken=[(1, 3)])
    assert () == find("买5斤", measures=US, english=True, taken=[(2, 3)])
    assert ["5斤"] == [item.text for item in find("买5斤", measures=US, english=True, taken=[(0, 1), (3, 9)])]
    (left,) = find("3斤，5斤", measures=US, english=True, taken=[(3, 5), (9, 12)])
    assert "3斤" == left.text


def test_conversion_is_exact() -> None:
    """A mainland jin is half a kilogram exactly, whatever the number."""
    (item,) = found("96.8斤")
    assert ("48.4", "48.4", "kg") == (item.low, item.high, item.unit)
    (item,) = found("0.1斤")
    assert ("0.05", "kg") == (item.low, item.unit)


@given(st.decimals("0.1", "5000", places=1))
def test_jin_is_exact(amount: Decimal) -> None:
    """The kilograms on record are exactly half the jin, and no money is ever converted."""
    (item,) = found(f"{amount}斤")
    assert amount / 2 == Decimal(item.low) == Decimal(item.high)
    (price,) = found(f"{amount}元")
    assert (amount, "CNY") == (Decimal(price.low), price.unit)


AMOUNTS = st.one_of(
    st.tuples(st.decimals("1", "500", places=1), st.just("斤")), st.tuples(st.integers(1, 20), st.just("两")),
    st.tuples(st.decimals("0.5", "40", places=1), st.just("尺")),
    st.tuples(st.decimals("1", "500", places=1), st.just("cm")),
    st.tuples(st.decimals("0.5", "200", places=2), st.just("kg")), st.tuples(st.integers(5, 5_000), st.just("ml")),
)  # fmt: skip


@given(AMOUNTS)
def test_what_is_written_means_its_source(amount: tuple[Decimal | int, str]) -> None:
    """What the United States read means what the merchant wrote, by the checker's own measure."""
    text = "".join(map(str, amount))
    for field in ("title", "size-cell"):
        for item in found(text, field=field):
            if item.target:
                assert [] == compare(readings(text, english=False), readings(item.target, english=True)), item.target


@given(AMOUNTS, st.integers(1, 50))
def test_ranges_mean_their_source(amount: tuple[Decimal | int, str], more: int) -> None:
    """So it is with ranges, and in Chinese markets."""
    number, unit = amount
    text = f"{number}-{number + more}{unit}"
    for english, measures in ((True, US), (False, HK)):
        for item in find(text, measures=measures, english=english, field="size-cell"):
            if item.target:
                assert [] == compare(readings(text, english=False), readings(item.target, english=english)), item.target


@given(st.sampled_from(["折", "元", "块钱"]), st.integers(1, 9))
def test_prices_and_discounts_mean_their_source(unit: str, number: int) -> None:
    """Discounts and prices mean the same in English."""
    (item,) = found(f"{number}{unit}")
    assert [] == compare(readings(f"{number}{unit}", english=False), readings(item.target, english=True))


@given(
    st.text(alphabet="0123456789.,-~至斤两折元万亿码满减送买第二件半价起 ¥a公cm×℃", max_size=24),
    st.sampled_from(["", "size-cell"]),
)
def test_spans_are_exact_and_apart(text: str, field: str) -> None:
    """Every quantity is a slice of the text; none overlaps another; values are decimals."""
    items = found(text, field=field)
    assert [text[item.start : item.end] for item in items] == [item.text for item in items]
    assert all(left.end <= right.start for left, right in pairwise(items))
    assert all(item.start < item.end for item in items)
    assert all(Decimal(item.low).is_finite() and Decimal(item.high).is_finite() for item in items)


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Any text at all is looked through without error, for every market."""
    for english, measures in ((True, US), (False, TW)):
        items = find(text, measures=measures, english=english, field="option-value")
        assert [text[item.start : item.end] for item in items] == [item.text for item in items]


@pytest.mark.parametrize(
    "text", ["九" * 9_000 + "斤", "9" * 9_000 + "斤", "1," * 3_000 + "斤", "1.5.2.5" * 1_000 + "元"]
)
def test_endless_numerals(text: str) -> None:
    """A numeral longer than any real one has no form and is no error."""
    assert not any(item.target for item in found(text)[:-1])


def test_a_range_in_words_is_found() -> None:
    """三四十斤 is one quantity from 30 to 40 jin."""
    assert [("三四十斤", "15–20 kg (33.1–44.1 lb)")] == [(item.text, item.target) for item in found("三四十斤")]


def test_a_body_is_two_measures() -> None:
    """The weight beside a height is converted in running text."""
    assert [("183cm", ""), ("150斤", "75公斤")] == [
        (item.text, item.target) for item in find("男生183cm 150斤穿XL", measures=HK, english=False)
    ]


@pytest.mark.parametrize("text", ["缝一块三角布", "一块五花肉", "一块8寸披萨", "两块四方格的布", "两块三层纱布"])
def test_pieces_are_no_price(text: str) -> None:
    """块 counts pieces where the numeral behind it begins another word."""
    assert [] == [item for item in found(text) if item.kind == "money"]


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("120g卡纸", "option-value", "120 gsm"), ("100g抽纸", "option-value", ""), ("高速跑到120码", "note", ""),
        ("每一寸肌肤", "title", ""), ("镜子360度旋转", "title", ""), ("烤箱200度", "option-value", "200°C (392°F)"),
        ("26寸", "size-cell", "26 in"), ("50码布料", "title", ""),
    ],
)  # fmt: skip
def test_units_by_what_stands_around(text: str, field: str, expected: str) -> None:
    """What stands around a number tells paper from powder, speed from size, lenses from heat."""
    assert [expected] == [item.target for item in found(text, field=field)]
