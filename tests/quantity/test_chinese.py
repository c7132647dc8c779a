"""The Chinese grammar: what the numbers of a Chinese text mean."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.quantity import Phrase, compare, read_chinese
from shopglot.quantity.chinese.grammar import BEGINNINGS, beginning
from shopglot.quantity.reading import fixed_words
from shopglot.quantity.rules import Rules

# The notation is explained in conftest.py.
TABLE = """
# counters
30片装 => 30 piece
三个抽屉 => 3 piece
一个杯子 => ?1 piece
两件 => 2 piece
5双 => 5 couple
一对手镯 => ?1 pair
两对耳环 => 2 pair
三打 => 3 dozen
一打 => 1 dozen
2瓶 => 2 bottle
六盒 => 6 box
十二支 => 12 piece
2卷 => 2 roll
10袋 => 10 bag
4包 => 4 pack
三罐 => 3 jar
2套 => 2 set
四件套 => 4 piece
三折伞 => 3 piece
半个 => 0.5 piece
½杯 => 0.5 piece
每天3次 => ?1 day ; 3 time
一百二十个 => 120 piece
1.5万件 => 15000 piece
3千人 => 3000 piece
５０片 => 50 piece
# numbers that are not exact
两三个 => 2~3 piece
七八个 => 7~8 piece
五六十个 => 50~60 piece
一两个 => 1~2 piece
一两天 => 1~2 day
20多个 => >= 20 piece
十余款 => >= 10 piece
三十多岁 => >= 30 year
几十个 => power 10
上千条评价 => power 1000
近百款 => power 100
2000+条 => >= 2000
# mass
500g => 500 g
500克 => 500 g
618克 => 618 g
1,500克 => 1500 g
１２０ｇ => 120 g
30mg => 30 mg
2.5kg => 2.5 kg
1公斤 => 1 kg
5斤 => 5 jin
半斤 => 0.5 jin
两斤 => 2 jin
一斤 => 1 jin
3斤2两 => 3.2 jin
2斤半 => 2.5 jin
二两 => 2 liang
8两 => 8 liang
80-95斤 => 80~95 jin
95斤到115斤 => 95~115 jin
一百二十斤 => 120 jin
10磅 => 10 lb
6盎司 => 6 oz
1.2吨 => 1.2 t
0.5克拉 => 0.5 carat
50分钻石 => 50 diamond_point
# length
96cm => 96 cm
30CM => 30 cm
30厘米 => 30 cm
10公分 => 10 cm
5mm => 5 mm
1点1毫米 => 1.1 mm
1.2米 => 1.2 m
一米八 => 1.8 m
1米65 => 1.65 m
2米半 => 2.5 m
3公里 => 3 km
二尺二 => 2.2 chi
2尺 => 2 chi
十二尺 => 12 chi
15市寸 => 15 cun
裤长3寸 => 3 cun
6.7寸屏幕 => 6.7 inch
8寸蛋糕 => 8 inch
20寸行李箱 => 20 inch
20英寸 => 20 inch
10英尺 => 10 foot
5码布料 => 5 yard
160-165cm => 160~165 cm
30×40×10cm => 30 cm ; 40 cm ; 10 cm
20*30厘米 => 20 cm ; 30 cm
胸围100 => 100 cm
165/110斤 => 165 cm ; 110 jin
# area and volume
20平方米 => 20 m2
20㎡ => 20 m2
3亩 => 3 mu
500ml => 500 ml
500毫升 => 500 ml
1.5升 => 1.5 l
2L => 2 l
3加仑 => 3 gal
50ml×3 => 50 ml ; 3
500g*2袋 => 500 g ; 2 bag
10片×3盒 => 10 piece ; 3 box
# time
3天 => 3 day
七天无理由 => 7 day
2小时 => 2 hour
一个半小时 => 1.5 hour
2小时30分钟 => 150 minute
30分钟 => 30 minute
一刻钟 => 15 minute
45秒 => 45 second
两周 => 2 week
6个月 => 6 month
6-36个月 => 6~36 month
三年 => 3 year
半年 => 0.5 year
3到5天 => 3~5 day
1-3岁 => 1~3 year
# temperature and angles
30℃ => 30 celsius
60摄氏度 => 60 celsius
零下5度 => -5 celsius
-18℃ => -18 celsius
2-8℃ => 2~8 celsius
零下10到零下5度 => -10~-5 celsius
100华氏度 => 100 fahrenheit
360度旋转 => 360 degree
近视300度 => 300 diopter_degree
53度白酒 => 53 proof
# electricity and the like
65W快充 => 65 w
1800瓦 => 1800 w
2千瓦 => 2 kw
220V => 220 v
10000mAh => 10000 mah
5000毫安电池 => 5000 mah
50赫兹 => 50 hz
30分贝 => 30 db
1000流明 => 1000 lm
128GB => 128 gb
8GB+256GB => 8 gb ; 256 gb
16+1T => 16 gb ; 1 tb
4800万像素 => 48000000 px
15巴 => 15 bar
1400转/分钟 => 1400 rpm
时速45公里 => 45 kmh
260g/㎡ => 260 gsm
40支 => 40 count
42%vol => 42 proof
# percent and discounts
50% => 50 %
99.9％ => 99.9 %
百分之五十 => 50 %
百分之二十到三十 => 20~30 %
七成新 => 70 %
8折 => 20 %off
8.5折 => 15 %off
88折 => 12 %off
九五折 => 5 %off
七点五折 => 25 %off
5折起 => 50 %off
3-5折 => 50~70 %off
半价 => 50 %off
对折 => 50 %off
第二件半价 => #2 ; 50 %off
第2件5折 => #2 ; 50 %off
# money
99元 => CNY 99
¥1,299 => CNY 1299
￥９９ => CNY 99
人民币500元 => CNY 500
13块9 => CNY 13.9
两块五 => CNY 2.5
十块钱 => CNY 10
5毛钱 => CNY 0.5
99-199元 => CNY 99~199
100元至200元 => CNY 100~200
3到5万元 => CNY 30000~50000
3千元 => CNY 3000
1.2万元 => CNY 12000
壹佰元 => CNY 100
50美元 => USD 50
$20 => USD 20
HK$88 => HKD 88
100港币 => HKD 100
20欧元 => EUR 20
20多元 => >= CNY 20
12.8元/斤 => rate CNY/[mass] 25.6
预算7万 => CNY 70000
# offers
满99元 => spend:>= CNY 99
满200减30 => spend:CNY 200 ; off:CNY 30
满300元立减50元 => spend:CNY 300 ; off:CNY 50
立减50元 => off:CNY 50
省20元 => off:CNY 20
30元优惠券 => off:CNY 30
买二送一 => buy:2 ; get:1
买10送3 => buy:10 ; get:3
# ordinals and dates
第2代 => #2
第三 => #3
第10届 => #10
2025年3月15日 => date 2025-3-15
2026-12-28 => date 2026-12-28
3月15日 => date -3-15
三月八号 => date -3-8
2025年 => date 2025--
二〇二六年 => date 2026--
11月 => date -11-
周五 => weekday 4
星期天 => weekday 6
晚上8点 => clock 20:00
上午9点 => clock 9:00
下午3点半 => clock 15:30
早上七点三刻 => clock 7:45
7点半 => clock12 7:30
9:00-18:00 => clock12 9:00 ; clock 18:00
双十一 => code festival 11.11
12.12 => code festival 12.12
# ratios and shares
16:9 => ratio 16:9
四比三 => ratio 4:3
四分之三 => 0.75
千分之三 => 0.3 %
3/4 => 0.75
一又二分之一 => 1.5
十倍 => 10
3-5倍 => 3~5
# sizes and codes
38码 => 38 piece
36-40码 => 36~40 piece
XL码 => letters XL
XXL => letters 2XL
S-XXL码 => letters S ; letters 2XL
均码 => letters one size
SPF50+ => >= SPF 50
PA+++ => PA 3
防晒指数30 => SPF 30
A4 => code A4
75B => code 75B
18K金 => code 18K
5号电池 => code AA
4K => code 4K
1080P => code 1080P
蓝牙5.3 => 5.3
304不锈钢 => 304
pH5.5 => 5.5
iPhone15 => 15
# bounds
不超过3公斤 => <= 3 kg
至少5天 => >= 5 day
3公斤以上 => >= 3 kg
10岁以下 => <= 10 year
大于20cm => >= 20 cm
≤5% => <= 5 %
重量≥3公斤 => >= 3 kg
最多3个 => <= 3 piece
不低于8小时 => >= 8 hour
24小时内 => <= 24 hour
100ml以内 => <= 100 ml
不到100元 => <= CNY 100
# words that count nothing
四叶草 =>
三明治 =>
百搭 =>
万能 =>
千鸟格 =>
一字肩 =>
独一无二 =>
三丽鸥 =>
十分好看 =>
五香 =>
一起 =>
斤斤计较 =>
折叠 =>
一点点 =>
万一 =>
半身裙 =>
两用 =>
一寸光阴 =>
密码 =>
尺寸表 =>
第一 =>
"""
FAILING: dict[str, str] = {}


def test_meaning(words: str, meaning: str, told: Callable[[Iterable[Phrase], str], str]) -> None:
    """A Chinese text means what its row says, and nothing else."""
    assert meaning == told(read_chinese(words), meaning)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("净含量500克，共3袋", ["500克", "3袋"]), ("𠮷野家4人套餐", ["4人"]), ("👨‍👩‍👧3口之家30℃", ["3口", "30℃"]),
        ("原价199元，现价99元", ["199元", "99元"]), ("满200减30，第二件半价", ["200", "30", "二", "第二件半价"]),
    ],
)  # fmt: skip
def test_spans(text: str, expected: list[str]) -> None:
    """A reading stands exactly where its words do, past the BMP too."""
    strong = [one for phrase in read_chinese(text) for one in phrase.readings if one.strong]
    assert expected == [text[one.start : one.end] for one in strong]


def test_full_width_reads_as_narrow() -> None:
    """Full-width digits and letters mean what narrow ones do, at the same place."""
    (wide,), (narrow,) = read_chinese("１．５Ｌ"), read_chinese("1.5L")
    assert narrow.readings[0].meanings == wide.readings[0].meanings
    assert (narrow.start, narrow.end) == (wide.start, wide.end)


@given(
    st.text(alphabet="0123456789.,:/-~至斤两折元万亿码满减送买第二件半价起点年月日度℃ ¥a公XLcm%十百零下", max_size=24)
)
def test_phrases_stand_apart(text: str) -> None:
    """Phrases do not overlap, and their readings lie inside them."""
    phrases = read_chinese(text)
    assert all(left.end <= right.start for left, right in pairwise(phrases))
    for phrase in phrases:
        assert all(phrase.start <= one.start <= one.end <= phrase.end for one in phrase.readings)


@given(st.integers(1, 9_999), st.sampled_from(["克", "斤", "厘米", "天", "元", "片"]))
def test_any_number_is_read_whole(number: int, unit: str) -> None:
    """Whatever the number, the whole of it is read, and the same with digits in groups."""
    plain, grouped = read_chinese(f"{number}{unit}"), read_chinese(f"{number:,}{unit}")
    assert [number] == [one.meanings[0].low for phrase in plain for one in phrase.readings]
    assert [] == compare(plain[0].readings, grouped[0].readings)


def test_bare_numbers_take_linear_time() -> None:
    """Four times as many numbers take about four times as long, never sixteen times."""

    def seconds(text: str) -> float:
        start = time.process_time()
        read_chinese(text)
        return time.process_time() - start

    read_chinese("5斤")
    short = min(seconds("好" * attempt + "九" * 4_000) for attempt in (1, 2))
    assert seconds("九" * 16_000) < 7 * short


def test_first_signs() -> None:
    """Whatever a number may begin with is among the first signs: no beginning is passed over."""
    anything = re.compile("|".join((fixed_words().pattern, *BEGINNINGS)))
    lines = [line.partition(" => ")[0] for line in TABLE.splitlines()]
    for word in (*lines, *fixed_words().allowed):
        assert [match.start() for match in anything.finditer(word)] == [
            match.start() for match in beginning().finditer(word)
        ]


@pytest.mark.parametrize("words", ["券后799", "秒杀79", "到手价199", "现价:59", "拍下88"])
def test_prices_by_the_word_before(words: str) -> None:
    """A bare number behind a word for what is paid may be money."""
    (phrase,) = read_chinese(words)
    assert "money" in {meaning.kind for one in phrase.readings for meaning in one.meanings}


def test_no_rule_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a rule is said to need is in every text that it reads: trying all rules reads the same."""
    lines = [line.partition(" => ")[0] for line in TABLE.splitlines()]
    chosen = [read_chinese.__wrapped__(line) for line in lines]
    monkeypatch.setattr(Rules, "useful", lambda self, text: self._rules)
    assert chosen == [read_chinese.__wrapped__(line) for line in lines]
