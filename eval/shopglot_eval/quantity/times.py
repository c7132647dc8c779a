"""Dates, clock times, durations, ages."""

from __future__ import annotations

import random

from shopglot_eval.quantity.pairs import Frame, Value, kind
from shopglot_eval.quantity.spelling import MONTHS, chinese, counted, mistaken, nth, words

Random = random.Random


@kind(
    Frame("attribute-value", "{}", "{}"),
    Frame("bullet", "上市时间：{}", "Launch date: {}"),
    Frame("description", "预售商品将于{}发货。", "Pre-orders ship on {}."),
)
def full_dates(chance: Random) -> Value:
    """2025年3月15日: year, month and day."""
    year, month, day = chance.choice((2024, 2025, 2026)), chance.randrange(1, 13), chance.randrange(13, 29)
    name = MONTHS[month]
    other = MONTHS[month % 12 + 1]
    return Value(
        chance.choice((f"{year}年{month}月{day}日", f"{year}年{month:02}月{day}日", f"{year}-{month:02}-{day}")),
        (
            f"{name} {day}, {year}", f"{name[:3]} {day}, {year}", f"{month}/{day}/{year}", f"{year}-{month:02}-{day}",
            f"{day} {name} {year}",
        ),
        (
            ("month changed", f"{other} {day}, {year}"), ("day changed", f"{name} {day + 1}, {year}"),
            ("year changed", f"{name} {day}, {year + 1}"), ("day lost", f"{name} {year}"),
            ("month changed", f"{month % 12 + 1}/{day}/{year}"), ("year lost", f"{name} {day}"),
        ),
    )  # fmt: skip


@kind(
    Frame("subtitle", "{}限时抢购", "Flash sale on {}", "Flash sale"),
    Frame("note", "活动到{}截止，别错过", "The sale ends on {}, so don't miss it."),
    Frame("bullet", "{}起开售", "On sale from {}", "On sale"),
)
def month_days(chance: Random) -> Value:
    """3月8日, 6月18号: month and day."""
    month, day = chance.choice(((3, 8), (6, 18), (5, 20), (9, 9), (12, 12), (1, 15), (8, 25), (10, 1)))
    name, other = MONTHS[month], MONTHS[month % 12 + 1]
    written = (f"{month}月{day}日", f"{month}月{day}号", f"{chinese(month)}月{chinese(day)}日")
    return Value(
        chance.choice(written),
        (f"{name} {day}", f"{name[:3]} {day}", f"{month}/{day}", f"{name} {nth(day)}"),
        (
            ("month changed", f"{other} {day}"), ("day changed", f"{name} {day + 2}"), ("day lost", name),
            ("month changed", f"{month % 12 + 1}/{day}"), ("day changed", f"{name} {nth(day + 1)}"),
        ),
    )  # fmt: skip


@kind(
    Frame("description", "新款预计{}到货。", "The new model is expected in {}."),
    Frame("subtitle", "{}新品", "New for {}"),
    Frame("attribute-value", "{}", "{}"),
)
def months(chance: Random) -> Value:
    """3月, 九月份: a month by its name, not a number of months."""
    month = chance.randrange(2, 13)
    name, other = MONTHS[month], MONTHS[(month + chance.choice((1, 2, 5))) % 12 + 1]
    return Value(
        chance.choice((f"{month}月", f"{chinese(month)}月", f"{month}月份")),
        (name,),
        (("month changed", other), ("month read as months", f"{month} months"), ("month changed", MONTHS[month - 1])),
    )


@kind(
    Frame("subtitle", "{}狂欢价", "{} sale price", "Sale price"),
    Frame("note", "{}囤货清单来啦", "Here is my {} stock-up list.", "Here is my stock-up list."),
)
def shopping_festivals(chance: Random) -> Value:
    """双11, 618, 11.11: sales days that are called by their date."""
    zh, rights, wrongs = chance.choice(
        (
            ("双11", ("Double 11", "11.11", "Double Eleven", "Singles' Day (11.11)"), ("Double 12", "12.12", "1.11")),
            ("双十一", ("Double 11", "11.11", "Double Eleven"), ("Double 10", "12.12", "Double 1")),
            ("11.11", ("11.11", "Double 11"), ("11.12", "12.12", "1.11")),
            ("618", ("618", "6.18", "June 18"), ("816", "8.18", "June 8", "518")),
            ("双12", ("Double 12", "12.12", "Double Twelve"), ("Double 11", "11.11")),
            ("双十二", ("Double 12", "12.12", "Double Twelve"), ("Double 11", "Double 2")),
        )
    )
    return Value(zh, rights, tuple(("festival changed", wrong) for wrong in wrongs))


@kind(
    Frame("note", "直播今晚见，{}开始", "See you on the live stream tonight, it starts at {}."),
    Frame("bullet", "每天{}准时开抢", "Starts every day at {} sharp"),
)
def clock_times(chance: Random) -> Value:
    """晚上8点, 上午10点半, 14:30: times of the day."""
    zh, rights, wrongs = chance.choice(
        (
            ("晚上8点", ("8 p.m.", "8 PM", "8:00 PM", "8 pm", "20:00"), ("8 a.m.", "9 p.m.", "18:00", "8:30 PM")),
            ("晚上7点半", ("7:30 p.m.", "7:30 PM", "19:30"), ("7 p.m.", "7:30 a.m.", "8:30 p.m.")),
            ("上午10点半", ("10:30 a.m.", "10:30 AM", "10:30"), ("10 a.m.", "10:30 p.m.", "11:30 a.m.")),
            ("上午9点", ("9 a.m.", "9 AM", "9:00 a.m.", "9:00"), ("9 p.m.", "8 a.m.", "9:30 a.m.")),
            ("14:30", ("2:30 p.m.", "2:30 PM", "14:30"), ("2:30 a.m.", "4:30 p.m.", "2:13 p.m.")),
            ("下午3点", ("3 p.m.", "3 PM", "3:00 PM", "15:00"), ("3 a.m.", "5 p.m.", "13:00")),
            ("20:00", ("8 p.m.", "20:00", "8:00 PM"), ("8 a.m.", "2 p.m.", "10 p.m.")),
        )
    )
    return Value(zh, rights, tuple(("time changed", wrong) for wrong in wrongs))


@kind(
    Frame("bullet", "客服在线时间：{}", "Customer service hours: {}"),
    Frame("description", "我们的营业时间是{}。", "We are open {}."),
)
def opening_hours(chance: Random) -> Value:
    """早9点到晚6点: from one time to another."""
    start, end = chance.choice(((9, 6), (8, 10), (10, 9), (9, 5)))
    zh = chance.choice((f"早{start}点到晚{end}点", f"{start}:00-{end + 12}:00", f"上午{start}点至晚上{end}点"))
    if "上午" in zh and end == 5:
        zh = f"上午{start}点至下午{end}点"
    zh = zh.replace("晚5点", "下午5点")
    return Value(
        zh,
        (
            f"{start} a.m. to {end} p.m.", f"{start} AM–{end} PM", f"{start}:00 a.m. – {end}:00 p.m.",
            f"{start}:00–{end + 12}:00",
        ),
        (
            ("end changed", f"{start} a.m. to {end - 1} p.m."), ("start changed", f"{start - 1} a.m. to {end} p.m."),
            ("end lost", f"from {start} a.m."), ("end changed", f"{start} AM–{end - 2} PM"),
        ),
    )  # fmt: skip


@kind(
    Frame("bullet", "付款后{}内发货", "Ships within {} of payment"),
    Frame("bullet", "单次充电可用{}", "Lasts {} on a single charge", "Lasts long on a single charge"),
    Frame("description", "请静置{}后再使用。", "Let it stand for {} before use.", "Let it stand before use."),
)
def durations(chance: Random) -> Value:
    """48小时, 7天, 30分钟, 两周: so long, in the same unit or in another."""
    number, unit, rights, wrong = chance.choice(
        (
            (48, "小时", ("48 hours", "48 hrs", "48 h", "2 days", "two days"), ("48 days", "48 minutes")),
            (24, "小时", ("24 hours", "24 hrs", "a day", "twenty-four hours"), ("24 days", "24 minutes")),
            (72, "小时", ("72 hours", "72 hrs", "3 days", "three days"), ("72 days", "7 days")),
            (7, "天", ("7 days", "seven days", "a week", "one week"), ("7 weeks", "7 hours")),
            (15, "天", ("15 days", "fifteen days"), ("15 hours", "15 weeks")),
            (30, "分钟", ("30 minutes", "30 min", "half an hour", "thirty minutes"), ("30 hours", "30 seconds")),
            (2, "周", ("2 weeks", "two weeks", "14 days"), ("2 days", "two months")),
            (3, "个月", ("3 months", "three months"), ("3 weeks", "three years")),
            (10, "秒", ("10 seconds", "10 sec", "ten seconds"), ("10 minutes", "10 hours")),
        )
    )
    noun = {"小时": "hours", "天": "days", "分钟": "minutes", "周": "weeks", "个月": "months", "秒": "seconds"}[unit]
    return Value(
        (chance.choice((str(number), counted(number))) if number < 11 else str(number)) + unit,
        rights,
        (*(("unit swapped", text) for text in wrong), *mistaken(number, chance, f"{{}} {noun}")),
    )


@kind(
    Frame("note", "坚持了{}，终于看到变化", "I kept it up for {} and finally saw a change."),
    Frame("note", "用了{}，效果真的好", "I have used it for {}, and it really works."),
)
def half_durations(chance: Random) -> Value:
    """半年, 半小时, 一个半小时, 两个半月: halves of time."""
    zh, rights, wrongs = chance.choice(
        (
            ("半年", ("half a year", "six months", "6 months"), ("a year", "6 weeks", "five years", "half a month")),
            ("半小时", ("half an hour", "30 minutes", "30 min"), ("an hour", "30 hours", "half a day", "13 minutes")),
            (
                "一个半小时",
                ("an hour and a half", "1.5 hours", "90 minutes", "one and a half hours"),
                ("half an hour", "1 hour", "15 hours", "30 minutes"),
            ),
            ("半个月", ("half a month", "15 days"), ("a month", "six months", "half a year")),
            ("两个半月", ("two and a half months", "2.5 months"), ("two months", "25 months", "half a month")),
            ("一年半", ("a year and a half", "18 months", "1.5 years"), ("half a year", "a year", "15 years")),
        )
    )
    return Value(zh, rights, tuple(("half lost or gained", wrong) for wrong in wrongs))


@kind(
    Frame("title", "家用咖啡机 {}质保", "Home coffee machine, {} warranty", "Home coffee machine"),
    Frame("bullet", "整机{}质保", "{} warranty on the whole machine"),
    Frame("bullet", "享{}质保服务", "Comes with a {} warranty"),
)
def warranties(chance: Random) -> Value:
    """三年质保, 12个月质保: how long the merchant answers for it."""
    years = chance.choice((2, 3, 5, 10))
    other = chance.choice([number for number in (1, 2, 3, 4, 6, 15) if number != years])
    zh = chance.choice((f"{counted(years)}年", f"{years}年", f"{years * 12}个月"))
    return Value(
        zh,
        (f"{years}-year", f"{words(years)}-year", f"{years * 12}-month"),
        (
            ("unit swapped", f"{years}-month"), ("unit swapped", f"{years}-week"), ("digit changed", f"{other}-year"),
            ("digit changed", f"{words(other)}-year"), ("conversion wrong", f"{years * 10}-month"),
        ),
    )  # fmt: skip


@kind(
    Frame("title", "儿童益智积木 {}", "Educational building blocks for {}", "Educational building blocks"),
    Frame("attribute-value", "适用年龄{}", "Recommended age: {}"),
)
def ages(chance: Random) -> Value:
    """3-6岁, 6个月以上, 18岁以下: for what age."""
    zh, rights, wrongs = chance.choice(
        (
            (
                "3-6岁",
                ("ages 3–6", "ages 3 to 6", "3–6 years", "3 to 6 years old"),
                ("ages 3–9", "3–6 months", "ages 3", "ages 8–6", "ages 36"),
            ),
            (
                "6-12岁",
                ("ages 6–12", "6–12 years", "ages 6 to 12"),
                ("6–12 months", "ages 6–10", "ages 2–12", "age 12"),
            ),
            ("0-3个月", ("0–3 months", "0 to 3 months"), ("0–3 years", "0–6 months", "ages 0–3")),
            (
                "6个月以上",
                ("6 months and up", "6 months+", "6 months and older"),
                ("6 years and up", "under 6 months", "8 months and up"),
            ),
            (
                "3岁以上",
                ("ages 3 and up", "ages 3+", "3 years and older", "over 3 years"),
                ("ages 3 and under", "3 months and up", "ages 8 and up", "under 3 years"),
            ),
            ("1-2岁", ("ages 1–2", "1 to 2 years", "1–2 years old"), ("1–2 months", "ages 1–3", "12 years old")),
        )
    )
    return Value(zh, rights, tuple(("age changed", wrong) for wrong in wrongs))


KINDS = (
    full_dates,
    month_days,
    months,
    shopping_festivals,
    clock_times,
    opening_hours,
    durations,
    half_durations,
    warranties,
    ages,
)
