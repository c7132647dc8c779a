"""Plain numbers in Chinese, and words for numbers: 一百二十, 三分之一, 八成, 上万, 两倍, 第3, 90后, 双十一."""

from __future__ import annotations

import re
from decimal import Decimal

from shopglot.quantity import notation
from shopglot.quantity.chinese.spelling import (
    HAN_NUMERALS,
    POWERS_OF_TEN,
    RANGE,
    TO,
    UNIT_MAYBE,
    N,
    half_more,
    span,
    spelled,
)  # fmt: skip
from shopglot.quantity.numeral import DIGITS, POWERS, Numeral, fraction, read, value
from shopglot.quantity.reading import Meaning, Reading, counted, fixed_words, measured, priced
from shopglot.quantity.rules import Case, Found, case, reading
from shopglot.quantity.units import UNIT, unit_table
from shopglot.script import has_han


def fixed() -> Case:
    """Return the case of the fixed words, which are read from a file: 四叶草, 三心二意, 百分百."""
    return Case("fixed", fixed_words().pattern, _read_fixed)


def _read_fixed(match: Found) -> list[Reading] | None:
    after = match.behind(1)
    if match[0][-1] in HAN_NUMERALS and after and after in HAN_NUMERALS:
        return None
    allowed = fixed_words().allowed[match[0]]
    meanings = [counted(fraction(number)) for number in allowed if not number.startswith("-")]
    meanings += [counted(Decimal({**DIGITS, "十": 10}[sign])) for sign in match[0] if sign == "十" or sign in DIGITS]
    meanings += [counted(Decimal(digits)) for digits in re.findall(r"[0-9]+", match[0])]
    # 十二星座 may be 12 signs, and so may its 十 and 二 be anything.
    meanings += [counted(whole.low) for row in HAN_ROW.findall(match[0]) if (whole := read(row)) is not None]
    meanings += [Meaning(kind="date", label=number) for number in allowed if number.startswith("-")]
    return [reading(match, [meaning], strong=False) for meaning in meanings]


# 十二, 二十四; not 千万, which is no number where it begs.
HAN_ROW = re.compile(rf"[一二三四五六七八九十][{HAN_NUMERALS}]+")


@case(
    "festival",
    r"双(?P<n>11|12|十一|十二)|(?P<f>11\.11|12\.12|6\.18|618)"
    rf"(?![0-9.]|{TO}[0-9.]+\s?{UNIT}|\s?(?:[元块¥件个款克米公斤毫升厘]|[a-zA-Z]|{UNIT}))",
)
def festival(match: Found) -> list[Reading]:
    """Read 双十一, 11.11, 618: a sale, and its day."""
    day = {"11": "11.11", "十一": "11.11", "12": "12.12", "十二": "12.12", "": match["f"]}[match["n"]]
    day = "6.18" if day == "618" else day
    month, _, of_month = day.partition(".")
    meanings = [Meaning(kind="code", label=f"festival {day}"), Meaning(kind="date", label=f"-{month}-{of_month}")]
    if match["f"]:
        meanings.append(counted(Decimal(match["f"])))
        if day == "6.18":
            meanings += [counted(Decimal(618)), counted(Decimal("6.18"))]
    return [reading(match, meanings)]


@case("ratio", rf"(?P<a>{N})\s*[:比]\s*(?P<b>{N})(?!:?[0-9])")
def ratio(match: Found) -> list[Reading] | None:
    """Read 1:5, 三比一."""
    a, b = value(match["a"]), value(match["b"])
    return None if a is None or b is None else [reading(match, [Meaning(kind="ratio", low=a, high=b)])]


@case("decade", r"(?P<low>[0-9]{2,4}|[二三四五六七八九]十)年代")
def decade(match: Found) -> list[Reading] | None:
    """Read 90年代, 八十年代: 80, 1980 or 2080."""
    years = value(match["low"])
    if years is None:
        return None
    return [reading(match, [counted(amount)], strong=False) for amount in (years, 1900 + years, 2000 + years)]


@case("percent", rf"(?P<of>[百千万])分之(?P<low>{N}|百)(?:{TO}(?:百分之)?(?P<high>{N}))?")
def percent(match: Found) -> list[Reading] | None:
    """Read 百分之二十, 百分之百, 千分之三."""
    share = Numeral(Decimal(100), Decimal(100)) if match["low"] == "百" else span(match)
    if share is None:
        return None
    of = Decimal(100) / POWERS_OF_TEN[match["of"]]
    return [reading(match, [Meaning(kind="percent", low=share.low * of, high=share.high * of)])]


@case("new", r"(?P<low>9[0-9]|100)(?=新)")
def as_new(match: Found) -> list[Reading]:
    """Read 99新: how new a used thing is, in percent."""
    share = Decimal(match["low"])
    return [reading(match, [Meaning(kind="percent", low=share, high=share)])]


@case("fraction", r"(?P<b>[0-9]+|[二三四五六七八九十]{1,3})分之(?P<a>[0-9]+|[一二三四五六七八九十]{1,3})")
def part(match: Found) -> list[Reading] | None:
    """Read 三分之一."""
    above, below = read(match["a"]), read(match["b"])
    if above is None or below is None or not below.low:
        return None
    return [reading(match, [counted(above.low / below.low)])]


# 3/4, but not 5/6码, 1/2号, 3/4L
slash = Case("fraction", notation.SLASH + r"(?![0-9/.])(?!\s*[码号A-Z])", notation.read_slash)


# 86/66/92
triple = Case("triple", r"(?P<a>[0-9]{2,3})[/-](?P<b>[0-9]{2,3})[/-](?P<c>[0-9]{2,3})(?![0-9/-])", notation.read_triple)


@case("either", rf"(?P<a>[0-9]+)/(?P<b>[0-9]+)\s?(?P<unit>{UNIT})")
def either(match: Found) -> list[Reading] | None:
    """Read 50/60Hz: one or the other."""
    return notation.read_either(match, unit_table().chinese)


@case("in-one", rf"(?P<n>{N})合一")
def in_one(match: Found) -> list[Reading] | None:
    """Read 三合一: 3-in-1."""
    many = value(match["n"])
    if many is None:
        return None
    return [reading(match, [counted(many)]), reading(match, [counted(Decimal(1))], strong=False)]


@case("tenths", r"(?P<low>[1-9]|[一二两三四五六七八九])成(?![分套人品员本功立组])新?")
def tenths(match: Found) -> list[Reading] | None:
    """Read 八成, 九成新: tens of percent."""
    share = span(match)
    if share is None:
        return None
    return [reading(match, [Meaning(kind="percent", low=share.low * 10, high=share.high * 10)])]


@case("ordinal", rf"第(?P<n>{N}){UNIT_MAYBE}")
def ordinal(match: Found) -> list[Reading] | None:
    """Read 第二, 第3代."""
    place = read(match["n"])
    return (
        None
        if place is None
        else [
            # 第二天 is the next day.
            reading(
                match,
                [Meaning(kind="ordinal", low=place.low, high=place.high)],
                strong=place.low != 1 and not (place.low == 2 and match["unit"] in ("天", "日")),
            )
        ]
    )


@case(
    "magnitude",
    r"(?:上|数|几|成|近|将近|超|超过|逾|约|过|破)(?P<power>千万|百万|十万|[百千万])"
    rf"(?:(?P<unit>{UNIT})|(?![搭能用向]))?",
)
def magnitude(match: Found) -> list[Reading]:
    """Read 上千, 近百万, 数万人: a power of ten that is no exact number."""
    amount = Decimal(POWERS_OF_TEN[match["power"]] * (10_000 if match[0].startswith("几十万") else 1))
    units = unit_table().chinese.units(match["unit"]) if match["unit"] else ()
    meanings = [Meaning(kind="magnitude", low=amount, high=amount), *measured(amount, amount, units)]
    if (match["unit"] or match.behind(1)) in ("块", "元"):
        meanings.append(priced(amount))
    return [reading(match, meanings)]


# 百余种, 千来块
magnitude_over = magnitude.also(rf"(?P<power>[百千万])(?:来|余|多){UNIT_MAYBE}")
# 几十件, 几十万
several_tens = magnitude.also(rf"几(?P<power>十)万?{UNIT_MAYBE}")


@case("power", r"每?(?P<power>[百千万])(?P<unit>元|字|册|人|家|名|米|户|亩|公里|瓦)")
def power(match: Found) -> list[Reading]:
    """Read 万元, 每千字: a power of ten without a digit."""
    amount = Decimal(POWERS_OF_TEN[match["power"]])
    meanings = [Meaning(kind="magnitude", low=amount, high=amount)]
    meanings += measured(amount, amount, unit_table().chinese.units(match["unit"]))
    return [reading(match, [priced(amount)] if match["unit"] == "元" else meanings, strong=False)]


@case("born", r"(?P<low>[0-9]{2})后(?![面侧视排跟背期续续盖])")
def born(match: Found) -> list[Reading]:
    """Read 90后: those born in the 1990s."""
    year = Decimal(match["low"])
    return [reading(match, [counted(amount) for amount in (year, 1900 + year, 2000 + year)])]


@case("split", r"(?P<a>[一二三四五六七八九])(?P<b>[一二三四五六七八九])(?=分(?!钟)|比例|开(?!关))")
def split(match: Found) -> list[Reading]:
    """Read 三七分: parts of ten, which English gives in percent or not at all."""
    parts = [Decimal(DIGITS[match[group]]) for group in "ab"]
    return [reading(match, [counted(number)], strong=False) for number in (*parts, *(tenth * 10 for tenth in parts))]


@case("halved", r"一半|过半|大半")
def halved(match: Found) -> list[Reading]:
    """Read 一半."""
    return [reading(match, [counted(Decimal("0.5"))], strong=False)]


@case("rank", r"(?P<n>[一二三四特])等(?=奖|品|舱|座|级)")
def rank(match: Found) -> list[Reading]:
    """Read 二等奖, 特等品."""
    place = Decimal({**DIGITS, "特": 1}[match["n"]])
    return [reading(match, [Meaning(kind="ordinal", low=place, high=place)], strong=place > 1)]


@case(
    "mixed",
    r"(?P<w>[0-9]{1,6}|[一二两三四五六七八九十]{1,6})又(?P<b>[二三四五六七八九十]|[0-9]+)分之(?P<a>[一二三四五六七八九]|[0-9]+)"
    + UNIT_MAYBE,
)
def mixed(match: Found) -> list[Reading] | None:
    """Read 二又二分之一杯: two and a half."""
    integer, above, below = (value(match[group]) for group in "wab")
    if integer is None or above is None or not below:
        return None
    amount = integer + above / below
    units = unit_table().chinese.units(match["unit"]) if match["unit"] else ()
    return [reading(match, measured(amount, amount, units) or [counted(amount)])]


@case("half-size", rf"(?P<low>{N})(?:码|号)半")
def half_size(match: Found) -> list[Reading] | None:
    """Read 38码半: size 38.5."""
    size = value(match["low"])
    return None if size is None else [reading(match, [counted(half_more(size))])]


@case("for-two", r"双人(?=[\u4e00-\u9fff]{0,4}(?:沙发|床|帐|座|餐|份|被|枕|伞|椅))")
def for_two(match: Found) -> list[Reading]:
    """Read 双人床, 双人沙发: how many it is for is what the buyer looks at."""
    return [reading(match, [counted(Decimal(2))])]


@case("twofold", r"[双俩](?=[^0-9十])")
def twofold(match: Found) -> list[Reading]:
    """Read 双肩, 双层."""
    return [reading(match, [counted(Decimal(2))], strong=False)]


@case("times-of", rf"(?:(?P<two>[双两翻]倍|翻倍)|{RANGE}倍)")
def multiple(match: Found) -> list[Reading] | None:
    """Read 三倍, 翻倍."""
    times = Numeral(Decimal(2), Decimal(2)) if match["two"] else span(match)
    if times is None:
        return None
    if times.high == 1:  # more by once is twice as much
        return [reading(match, [counted(Decimal(2))], strong=False)]
    # 1.5倍 is 1.5 times, 150%, and 50% more.
    meanings = [counted(times.low, times.high)]
    for less in (Decimal(0), Decimal(1)):
        meanings.append(Meaning(kind="percent", low=(times.low - less) * 100, high=(times.high - less) * 100))
    return [reading(match, meanings, strong="翻" not in match[0])]


@case("plain", RANGE)
def plain(match: Found) -> list[Reading] | None:
    """Read any other number: 120, 38-40, 一百二十. A single character may be part of any word: 三鲜."""
    amount = span(match)
    if amount is None:
        return None
    meaning = counted(amount.low, amount.high)
    if not spelled(match):
        # 0糖 is sugar-free
        free = amount.high == 0 and has_han(match.behind(1))
        return [reading(match, [meaning], strong=not free)]
    low = match["low"]
    if len(low) > 1 and any(character in POWERS or character in "万亿" for character in low):
        return [reading(match, [meaning])]
    singles = [counted(single.low) for character in low if (single := read(character)) is not None]
    return [reading(match, [one], strong=False) for one in (meaning, *singles)]


# 38-40, 38.5到40 with no unit behind, before 到 can be anything else
sizes = plain.also(rf"(?P<low>[0-9]{{2}}(?:\.5)?){TO}(?P<high>[0-9]{{2}}(?:\.5)?)(?![0-9.]|\s*{UNIT})", name="sizes")
