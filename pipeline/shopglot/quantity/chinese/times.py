"""Days and times in Chinese: 2025年3月15日, 3月, 下午3点半, 周三, 每天, 两小时三十分钟."""

from __future__ import annotations

import re
from decimal import Decimal

from shopglot.quantity import notation
from shopglot.quantity.chinese.spelling import TO, N, half_more, whole
from shopglot.quantity.numeral import DIGITS, value
from shopglot.quantity.reading import Meaning, Reading, counted, measured
from shopglot.quantity.rules import Case, Found, case, reading
from shopglot.quantity.units import Unit, unit_table

MONTH = r"(?P<m>[0-9]{1,2}|[一二三四五六七八九十]{1,2})"
DAY = r"(?P<d>[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
AFTERNOON = re.compile(r"(?:下午|晚上?|傍晚|夜里?|今晚|当晚|每晚)\s*$")
MORNING = re.compile(r"(?:早上?|上午|凌晨|清晨|每早)\s*$")
# What else makes a 点 a time of day.
NOON = re.compile(r"(?:中午|零晨|半夜|午夜|整|[到至-]|[日号天晚])\s*$")
QUARTERS = {"一": 15, "三": 45}


@case(
    "date",
    rf"(?P<y>[0-9]{{4}}|[0-9]{{2}}|[〇零一二三四五六七八九]{{4}})年{MONTH}月(?:份|{DAY}[日号])?",
)
def date(match: Found) -> list[Reading] | None:
    """Read 2025年3月15日, 25年3月, 二〇二五年三月."""
    label = notation.date_label(whole(match.get("y")), whole(match.get("m")), whole(match.get("d")))
    return None if label is None else [reading(match, [Meaning(kind="date", label=label)])]


# 2025-03-15, 2025.3.15
iso_date = date.also(r"(?P<y>[12][0-9]{3})(?P<s>[-./])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})(?![0-9])")
# 24年新款
short_year = date.also(r"(?P<y>2[0-9])年(?=[新春夏秋冬]|限定|生产|上市)")
# 3月15日, 三月八号
day = date.also(rf"{MONTH}月{DAY}[日号]")
# 3月, 十一月份; but not 月饼, 月亮
month = date.also(r"(?P<m>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?![龄饼亮光牙嫂子])(?:份)?")


@case("months", rf"(?P<m>1[0-2]|[1-9])(?:月)?{TO}(?P<m2>1[0-2]|[1-9])月(?!龄)")
def months(match: Found) -> list[Reading]:
    """Read 3-5月."""
    return [reading(match, [Meaning(kind="date", label=f"-{match[group]}-")], group=group) for group in ("m", "m2")]


# 2025年, 2025春; but not 2000年前
year = Case(
    "year",
    r"(?P<y>(?:19|20)[0-9]{2}|一九[零〇一二三四五六七八九]{2}|二[〇零][零〇一二三四五六七八九]{2})"
    r"(?:年(?!前)|(?=[新春夏秋冬早]))",
    date.read,
)


@case(
    "clock",
    r"(?P<h>[01]?[0-9]|2[0-4]|[零〇一二两三四五六七八九十]{1,3})点(?!点|缀|击|心|赞|评|睛|五|零|〇|[一二三四六七八九][^十刻分半整])"
    r"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<min>[0-5]?[0-9]|[二三四五]?十[一二三四五六七八九]?)分?)?",
)
def clock(match: Found) -> list[Reading] | None:
    """Read 下午3点, 八点半, 9点一刻, 20点30分; not 一点, 两点 where they may be points."""
    hour = whole(match["h"])
    if hour is None or hour > 24:
        return None
    minute = 30 if match["half"] else QUARTERS.get(match["quarter"]) or whole(match["min"]) or 0
    before = match.before(4)
    afternoon, morning = AFTERNOON.search(before), MORNING.search(before)
    longer = match.end() > match.end("h") + 1
    told = afternoon or morning or NOON.search(before) or longer
    if not told and match["h"] in "一两二三" and not match.string.startswith("钟", match.end()):
        return None
    if afternoon and hour < 12:
        hour += 12
    half_known = bool(afternoon or morning) or hour > 12 or hour == 0 or before.endswith("中午")
    meanings = [notation.clock_time(hour, minute, half_known=half_known)]
    if not told:
        meanings.append(counted(Decimal(hour)))
    return [reading(match, meanings)]


@case("clock", r"早(?P<h>[0-9]{1,2}|[一二三四五六七八九十]{1,2})晚(?P<m>[0-9]{1,2}|[一二三四五六七八九十]{1,2})点?")
def opening(match: Found) -> list[Reading] | None:
    """Read 早八晚六: from when to when."""
    first, last = whole(match["h"]), whole(match["m"])
    if first is None or last is None or not (first <= 12 and last <= 12):
        return None
    return [
        reading(match, [notation.clock_time(hour, 0, half_known=True)], group=group)
        for hour, group in ((first, "h"), (last + 12, "m"))
    ]


@case("clock", r"(?P<h>[01]?[0-9]|2[0-4]):(?P<min>[0-5][0-9])(?!:?[0-9])")
def clock_or_ratio(match: Found) -> list[Reading]:
    """Read 8:30, 下午3:30, 16:9."""
    return notation.read_clock_or_ratio(match, afternoon=AFTERNOON.search(match.before(4)) is not None)


@case("weekday", r"(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?![年月岁])")
def weekday(match: Found) -> list[Reading]:
    """Read 周三, 星期天: days of the week from 0, Monday, to 6."""
    place = "一二三四五六日".index(match["day"].replace("天", "日"))
    return [reading(match, [Meaning(kind="weekday", label=str(place))])]


@case("each", r"每(?:一)?(?P<unit>天|日|周|星期|个月|月|年|小时|分钟|晚)")
def each(match: Found) -> list[Reading]:
    """Read 每天, 每个月: one of them, for which English has words without a number."""
    return [reading(match, measured(Decimal(1), Decimal(1), _units(match)), strong=False)]


# 一整月: a whole month
full = each.also(r"一整个?(?P<unit>天|周|星期|月|年|晚)")


@case("quarters", r"(?P<n>[一二两三])刻钟")
def quarters(match: Found) -> list[Reading]:
    """Read 三刻钟: 45 minutes."""
    return _minutes(match, Decimal(15 * DIGITS[match["n"]]))


@case("time", rf"(?P<h>{N})\s*(?:个)?(?:小时|h)\s*(?:零)?(?P<m>{N})\s*(?:分钟?|min)(?![A-Za-z])")
def hours_minutes(match: Found) -> list[Reading] | None:
    """Read 1小时30分钟, 两个小时零五分."""
    hours, minutes = value(match["h"]), value(match["m"])
    return None if hours is None or minutes is None else _minutes(match, hours * 60 + minutes)


@case("half-more", rf"(?P<low>{N})(?P<unit>个?(?:小时|月|年|天|周|星期|岁))半(?![身价折糖])")
def half_more_time(match: Found) -> list[Reading] | None:
    """Read 一年半, 两小时半."""
    amount = value(match["low"])
    if amount is None:
        return None
    amount = half_more(amount)
    return [reading(match, measured(amount, amount, _units(match)))]


# 三个半小时
half_before_unit = half_more_time.also(rf"(?P<low>{N})个半(?P<unit>小时|月|钟头|星期)")


def _units(match: Found) -> tuple[Unit, ...]:
    # A 月 that is counted is a 个月; alone it is the name of a month.
    unit = match["unit"].removeprefix("个")
    return unit_table().chinese.units("个月" if unit == "月" else unit)


def _minutes(match: Found, minutes: Decimal) -> list[Reading]:
    return [reading(match, measured(minutes, minutes, [unit_table().units["minute"]]))]
