"""Comparing: which quantities mean the same in both languages, and which do not, and how they differ."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from shopglot.quantity import Phrase, Reading, compare, read_chinese, read_english, weak


def readings(phrases: Iterable[Phrase]) -> list[Reading]:
    """Return the readings of phrases, in order."""
    return [one for phrase in phrases for one in phrase.readings]


def faults(source: str, target: str) -> list[str]:
    """Return how the numbers of an English text differ from those of its Chinese source."""
    return [one.fault for one in compare(readings(read_chinese(source)), readings(read_english(target)))]


FAILING: dict[str, str] = {}


def pairs(table: str) -> list[ParameterSet]:
    """Return the rows of a table, its columns apart at `|`; those whose source is in FAILING are marked as such."""
    cases = []
    for line in table.strip().splitlines():
        if line and not line.startswith("# "):
            columns = [column.strip() for column in line.split("|")]
            failing = columns[0] in FAILING
            marks = [pytest.mark.xfail(strict=True, reason=FAILING[columns[0]])] if failing else []
            cases.append(pytest.param(*columns, marks=marks))
    return cases


SAME = """
# another way of writing the same
1500毫升 | 1,500 ml
1,500毫升 | 1500 mL
1.5升 | 1,500 ml
１２０ｇ | 120 g
一百二十个 | 120 pieces
三十片 | thirty sheets
5000万 | 50 million
1.5万 | 15,000
半斤 | half a jin
3克 | 3.0 grams
百分之五十 | 50 percent
二〇二六年 | 2026
第二代 | 2nd generation
第3件 | third item
2025年3月15日 | March 15, 2025
3月15日 | 15 March
2026-12-28 | December 28, 2026
晚上8点 | 8 p.m.
晚上8点 | 20:00
7点半 | 7:30
下午3点半 | 3:30 PM
周五 | Friday
16:9 | 16:9
4比3 | 4 to 3
四分之三 | 3/4
四分之三 | 75%
三合一 | 3-in-1
十倍 | 10x
吸水十倍 | absorbs tenfold
两倍 | twice as much
4800万像素 | 48 MP
2千瓦 | 2,000 W
零下18℃ | -18°C
# counters and containers
30片装 | 30 pieces
30片装 | 30-count
30片装 | 30 sheets
两件套 | two-piece set
10袋 | 10 packs
3盒 | 3 boxes
3盒 | three packs
2罐 | 2 cans
2罐 | 2 jars
每天3次 | three times a day
一个 | a
一天一片 | one a day
# pairs and dozens
一打 | 12
三打 | three dozen
三打 | 36 pieces
两双 | 2 pairs
一对装 | a pair
一对 | two pieces
一双 | one pair
两副 | two pairs
# conversions, rounded as shops print them
5斤 | 2.5 kg
5斤 | 2.5 kg (5.5 lb)
5斤 | 5.5 lb
80-95斤 | 40–47.5 kg (88–105 lb)
3斤2两 | 1.6 kg (3.5 lb)
2两 | 100 g
500克 | 1.1 lb
500克 | 17.6 oz
1公斤 | 2.2 lb
100ml | 3.4 fl oz
100ml | 3.3 fl oz
10ml | 0.3 fl oz
30cm | 11.8 in
30cm | 30 cm (11.8 in)
一米八 | 5'11"
168cm | 5'6"
2尺 | 66.7 cm (26.3 in)
2尺1 | 70 cm
15市寸 | 50 cm
3公里 | 1.9 miles
20平方米 | 215 sq ft
30℃ | 30°C (86°F)
60℃ | 140°F
180℃ | 350°F
45公里/小时 | 28 mph
近视300度 | -3.00 D
12.8元/斤 | RMB 25.6 per kg
12.8元/斤 | RMB 12.8 per 500 g
6个月 | half a year
半年 | 6 months
24小时 | 24 hours
一个半小时 | 90 minutes
2小时30分钟 | 2.5 hours
36个月 | 3 years
两周 | 14 days
# ranges, split and elided
6-36个月 | 6 months to 3 years
3到5天 | 3–5 days
3到5天 | three to five days
一两天 | 1–2 days
一两个 | one or two
5码布料 | 5 yards of fabric
两三个 | 2–3 pieces
单次6小时，配盒30小时 | 6 hours alone and 30 with the case
30×40×10cm | 30 × 40 × 10 cm (11.8 × 15.7 × 3.9 in)
30×40cm | 30 cm x 40 cm
500g*2 | 500 g x 2
8GB+256GB | 8 GB + 256 GB
# discounts, money, offers
8折 | 20% off
88折 | 12% off
8折 | 80% of the original price
5折起 | up to 50% off
半价 | 50% off
五折 | half price
99元 | RMB 99
99元 | ¥99.00
99元 | 99 yuan
13块9 | RMB 13.90
3千元 | RMB 3,000
100元至200元 | RMB 100–200
$20 | 20 dollars
满200减30 | RMB 30 off orders of RMB 200 or more
满200减30 | spend RMB 200, save RMB 30
买二送一 | buy 2, get 1 free
买二送一 | Buy two get one free
第二件半价 | second item 50% off
满99元包邮 | Free shipping on orders over RMB 99
立减50元 | RMB 50 off
# bounds
不超过3公斤 | no more than 3 kg
不超过3公斤 | up to 3 kg
至少5天 | 5 days or more
10岁以下 | under 10 years
3公斤以上 | over 3 kg
24小时内 | within 24 hours
20多个 | over 20 pieces
SPF50+ | SPF 50+
# words of numbers that count nothing
十二星座 | 12 zodiac signs
二十四节气 | 24 solar terms
一年四季 | all year round
四叶草 | four-leaf clover
百分百纯棉 | 100% cotton
七分袖 | 3/4 sleeves
独一无二 | one of a kind
千鸟格 | houndstooth
万向轮 | swivel wheels
双人沙发 | two-person sofa
双人沙发 | loveseat
几十种 | dozens of kinds
上千条 | thousands
# sizes and codes
38码 | size 38
38码 | EU 38
38码 | US size 6
XXL | 2XL
S-XXL码 | S to XXL
85C | 38C
85D | 38D
A4纸 | A4 paper
5号电池 | AA batteries
蓝牙5.3 | Bluetooth 5.3
双十一 | Double 11
双十一 | Singles' Day
18K金 | 18K gold
S925银 | 925 silver
iPhone15 | iPhone 15
# as merchants write
9.9包邮 | RMB 9.9 with free shipping
24年新款 | new for 2024
100w+销量 | 1 million+ sold
10w粉丝 | 100K followers
0糖0脂 | sugar-free and fat-free
99新 | 99% new
早8晚6 | 8 a.m. to 6 p.m.
买一送一 | Buy one, get one free
前100名送 | free for the first 100 customers
库存仅剩3件 | only 3 left
一年质保 | 1-year warranty
每100克含蛋白质20克 | 20 g of protein per 100 g
双肩包 | backpack
八宝粥 | eight-treasure congee
九分裤 | ankle pants
偏大半码 | runs half a size large
24期免息 | 24 interest-free installments
0糖0脂肪 | zero sugar, zero fat
1.8m床 | for a 1.8 m bed
体重90斤 | 99 lb
腰围一尺九 | 63 cm waist
220克重磅T恤 | 220 gsm heavyweight T-shirt
80年代复古 | '80s vintage
90后 | born in the 1990s
周一至周五 | Monday through Friday
满3件打8折 | 20% off 3 items or more
券后价69 | RMB 69 after coupon
原价299现价199 | was RMB 299, now RMB 199
200多种口味 | over 200 flavors
最低3折 | up to 70% off
立省30% | save 30%
含棉量95%以上 | over 95% cotton
3岁+ | ages 3+
几百块 | a few hundred yuan
三千块 | RMB 3,000
"""

DIFFERENT = """
# missing and extra
30片装 | sheets | missing
面膜 | 5 sheet masks | extra
500g*2 | 500 g | missing
99元 | A great price | missing
三双 | Gloves | missing
足金999 | 999 gold (37 pieces) | extra
全场包邮 | Free shipping over RMB 99 | extra
3到5天 | days | missing
# changed
30片装 | 20 sheets | changed
容量500ml | capacity 50 ml | changed
蓝牙5.3 | Bluetooth 5.0 | changed
3到5天 | 5 days | changed
第4代 | 14th generation | changed
16:9 | 16:10 | changed
下午3点 | 3 a.m. | changed
3月15日 | March 16 | changed
2026-12-28 | December 2026 | changed
周五 | Thursday | changed
XL码 | size L | changed
SPF50 | SPF 30 | changed
PA+++ | PA++ | changed
A4纸 | A3 paper | changed
75B | 75C | changed
双十一 | Double 12 | changed
304不锈钢 | 301 stainless steel | changed
三瓶 | three boxes | changed
三打 | 3 pairs | changed
千分之三 | 3% | changed
中午12点 | midnight | missing
三双 | three dozen | changed
两对耳环 | three pairs of earrings | changed
8折 | 15% off | changed
99元 | RMB 9.9 | changed
30×40×10cm | 30 × 45 × 10 cm | changed
十倍 | 5x | changed
零下18℃ | 18°C | changed
1.2万元 | RMB 1,200 | changed
5斤 | 2.5 kg (8 lb) | extra
# units
5斤 | 5 kg | unit
5斤 | 5 lb | unit
80-95斤 | 80-95 kg | unit
1.5万 | 1.5 | changed
30cm | 30 in | unit
容量8L | 8 ml | unit
2尺 | 2 ft | unit
15市寸 | 15 inches | unit
8寸蛋糕 | 8 cm cake | unit
60℃ | 60°F | unit
20平方米 | 20 sq ft | unit
45公里/小时 | 45 mph | unit
3天 | 3 weeks | unit
128GB | 128 MB | unit
10000毫安 | 10000 Ah | unit
40分贝 | 40 Hz | unit
8折 | 80% off | changed
8折 | 80% | unit
38码 | US size 38 | changed
# currencies
99元 | $99 | currency
满99元 | over 99 dollars | currency
29块8 | $29.8 | currency
50美元 | RMB 50 | currency
100港币 | RMB 100 | currency
12.8元/斤 | RMB 12.8 per kg | changed
# bounds and roles
不低于8小时 | at most 8 hours | bound
至少5天 | less than 5 days | bound
不超过3公斤 | at least 3 kg | bound
10岁以下 | over 10 years | bound
最高减100元 | at least RMB 100 off | bound
满200减30 | spend RMB 30, save RMB 200 | role role
买二送一 | buy 1, get 2 free | role role
"""


@pytest.mark.parametrize(("source", "target"), pairs(SAME))
def test_same(source: str, target: str) -> None:
    """A faithful rendering differs in nothing."""
    assert [] == faults(source, target)


@pytest.mark.parametrize(("source", "target", "expected"), pairs(DIFFERENT))
def test_different(source: str, target: str, expected: str) -> None:
    """A change is found, once, and named for what it is."""
    assert expected.split() == faults(source, target)


ROUNDINGS = """
500克 | 1.1 lb | 1.2 lb
1公斤 | 2.2 lb | 2 lb
1公斤 | 35.3 oz | 34 oz
60公斤 | 132 lb | 130 lb
100ml | 3.38 fl oz | 3 fl oz
30cm | 11.8 in | 12.5 in
30cm | 12 in | 13 in
1米 | 3.3 ft | 3 ft
2尺 | 66.7 cm | 67.5 cm
100cm | 1 m | 1.1 m
1500ml | 1.5 L | 1.6 L
25g | 0.9 oz | 1 oz
100公里 | 62 miles | 60 miles
37℃ | 98.6°F | 102°F
"""


@pytest.mark.parametrize(("source", "near", "far"), pairs(ROUNDINGS))
def test_rounding(source: str, near: str, far: str) -> None:
    """A converted value may be rounded as far as its last place; more is another value."""
    assert [] == faults(source, near)
    assert [] != faults(source, far)


@given(st.integers(1, 5_000), st.integers(1, 5_000), st.sampled_from(["g", "kg", "cm", "m", "ml"]))
def test_metric_is_never_rounded(one: int, other: int, unit: str) -> None:
    """In the same unit, two numbers mean the same only where they are the same."""
    assert ([] == faults(f"{one}{unit}", f"{other} {unit}")) == (one == other)


def test_difference_shows_both_sides() -> None:
    """A difference has the readings of both sides, or None where there is no counterpart."""
    (changed,) = compare(readings(read_chinese("净重5斤")), readings(read_english("Net 5 kg")))
    assert changed.source is not None
    assert changed.target is not None
    assert ("unit", "5斤", "5 kg") == (changed.fault, changed.source.text, changed.target.text)
    (missing,) = compare(readings(read_chinese("5斤")), [])
    assert ("missing", None) == (missing.fault, missing.target)
    (extra,) = compare([], readings(read_english("5 kg")))
    assert ("extra", None) == (extra.fault, extra.source)


def test_order_is_free_and_repeats_are_one() -> None:
    """Numbers may come in another order, and be said once or twice."""
    assert [] == faults("500克，3袋", "3 bags, 500 g")
    assert [] == faults("每袋500克，共500克", "500 g")
    assert [] == faults("500克", "500 g (500 g per bag)")


def test_weak_readings_ask_for_nothing() -> None:
    """A reading made weak may be missing and may be matched."""
    asked = [weak(one) for one in readings(read_chinese("30片"))]
    assert [] == compare(asked, [])
    assert [] == compare(asked, readings(read_english("30 sheets")))
    assert ["extra"] == [one.fault for one in compare(asked, readings(read_english("20 sheets")))]


@given(st.text(alphabet="0123456789.,-~至斤两折元万满减送买第二件半价起 ¥公cmXL%", max_size=24))
def test_a_text_means_what_it_says(text: str) -> None:
    """Whatever a text says, it says the same as itself."""
    found = readings(read_chinese(text))
    assert [] == compare(found, found)


@given(st.lists(st.sampled_from(["5斤", "30片", "99元", "8折", "3到5天", "第2代"]), max_size=6))
def test_faults_in_the_order_of_the_source(words: list[str]) -> None:
    """What is missing is named in the order of the source, each once."""
    text = "，".join(words)
    found = compare(readings(read_chinese(text)), [])
    starts = [one.source.start for one in found if one.source is not None]
    assert sorted(starts) == starts
    assert len(words) == len(found)


def test_many_numbers() -> None:
    """Many numbers on both sides are compared without end of time, and one that differs is found."""
    source = "，".join(f"{number}克" for number in range(1_000, 2_501))
    target = ", ".join(f"{number} g" for number in range(1_000, 2_500))
    assert ["missing"] == faults(source, target)
    assert [] == faults(source, target + ", 2500 g")
