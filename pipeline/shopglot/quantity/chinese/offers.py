"""Money and offers in Chinese: 99元, 两块五, 12.8元/斤, 8折, 满200减30, 买二送一, 第二件半价."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from shopglot.quantity import notation
from shopglot.quantity.chinese.spelling import MONEY_BEFORE, MONEY_BEHIND, SINGLE, TO, N, currency, span, whole
from shopglot.quantity.numeral import value
from shopglot.quantity.reading import Bound, Meaning, Reading, counted, discounted, fixed_words, measured, priced
from shopglot.quantity.rules import Case, Found, case, reading
from shopglot.quantity.units import unit_table

TENTHS = r"[1-9](?:\.[0-9]|[0-9])?"
PIECES = r"[件个盒瓶袋包双条支份]?"


@case(
    "rate",
    rf"(?P<cur>{MONEY_BEFORE})?\s*(?P<low>{N})\s*(?:元|块钱?)?\s*(?:/|每|一)\s*"
    r"(?P<unit>斤|市斤|公斤|千克|kg|KG|米|升|克拉|平方米?|平米)",
)
def rate(match: Found) -> list[Reading] | None:
    """Read 12.8元/斤, ¥30每米: a price by a unit."""
    amount = value(match["low"])
    units = unit_table().chinese.units(match["unit"])
    if amount is None or not units or (not match["cur"] and not re.search(r"元|块", match[0])):
        return None
    one = reading(match, measured(Decimal(1), Decimal(1), units[:1]), group="unit", strong=False)  # per jin (500 g)
    return [reading(match, [notation.rate(amount, currency(match["cur"]), units[0])]), one]


# 半价, 打对折, 半折; but not 对折叠
half_price = Case("half", r"(?:打)?[半对][价折](?![叠痕])|对半[价折]?", notation.read_half_price)


@case(
    "discount",
    rf"(?P<low>{TENTHS}|[一二三四五六七八九]{{1,2}}|[一二三四五六七八九]点[一二三四五六七八九])"
    rf"(?:{TO}(?P<high>{TENTHS}))?\s*折起?(?![叠疊页層伞射扇痕线])",
)
def discount(match: Found) -> list[Reading] | None:
    """Read 8折, 85折, 七五折起, 5-7折: what is left to pay, in tenths, as percent off."""
    low = _price_tenths(match["low"])
    high = _price_tenths(match["high"]) if match["high"] else low
    if low is None or high is None:
        return None
    return [reading(match, [discounted((10 - high) * 10, (10 - low) * 10)])]


def _price_tenths(text: str) -> Decimal | None:
    """Read the number before 折 in tenths of the price: 8, 8.5, 88 (8.8), 九五 (9.5), 七点五."""
    amount = whole(text) if "." not in text and "点" not in text else None
    tenths = Decimal(amount) if amount is not None else value(text)
    if tenths is None:
        return None
    tenths = tenths / 10 if tenths >= 10 else tenths
    return tenths if 0 < tenths < 10 else None


@case(
    "bundle",
    rf"[买拍](?P<buy>{SINGLE}){PIECES}(?:就|即|再|，)?(?:送|赠|免|得|发)(?P<get>{SINGLE})(?![0-9.]*元){PIECES}",
)
def bundle(match: Found) -> list[Reading] | None:
    """Read 买二送一, 拍3发5; not 买1送5元."""
    buy, get = value(match["buy"]), value(match["get"])
    if buy is None or get is None:
        return None
    return [
        reading(match, [counted(buy)], group="buy", role="buy"),
        reading(match, [counted(get)], group="get", role="get"),
    ]


@case(
    "threshold",
    rf"满\s*(?:{MONEY_BEFORE})?\s*(?P<spend>{N})\s*(?:元|块钱?)?\s*(?:立|就|即|可|，)?(?:减|立减|省|返)"
    rf"\s*{MONEY_BEFORE}?\s*(?P<off>{N})\s*(?:元|块钱?)?",
)
def threshold(match: Found) -> list[Reading] | None:
    """Read 满200减30, 满¥99立减10元."""
    spend, off = value(match["spend"]), value(match["off"])
    if spend is None or off is None:
        return None
    return [
        reading(match, [priced(spend)], group="spend", role="spend"),
        reading(match, [priced(off)], group="off", role="off"),
    ]


@case(
    "nth-half",
    r"第(?P<nth>[二三四2-4])[件个双盒瓶份条杯](?:商品)?(?:立享|享|打)?"
    r"(?:(?P<half>半价)|(?=[0-9.]{1,3}折|[一二三四五六七八九]折)|(?:免费|0元))",
)
def nth_half(match: Found) -> list[Reading] | None:
    """Read 第二件半价, 第3件免费; of 第二件8折 the discount is read by its own rule."""
    nth = value(match["nth"])
    if nth is None:
        return None
    ordinal = reading(match, [Meaning(kind="ordinal", low=nth, high=nth)], group="nth")
    if not match["half"]:
        return [ordinal]
    # "Buy one, get one half off" says so of the second.
    other = [Meaning(kind="ordinal", low=nth, high=nth), *([counted(Decimal(1))] if nth == 2 else [])]
    return [reading(match, other, group="nth"), reading(match, [discounted(Decimal(50))])]


@case("money", rf"(?P<cur>{MONEY_BEFORE})\s*(?P<low>{N})(?:{TO}{MONEY_BEFORE}?\s*(?P<high>{N}))?(?:\s*元)?")
def money(match: Found) -> list[Reading] | None:
    """Read ¥99, $12-15, RMB 1.5万."""
    amount = span(match)
    if amount is None:
        return None
    bound: Bound = "least" if match.get("over") else ""
    return [reading(match, [priced(amount.low, amount.high, currency(match["cur"]))], bound=bound)]


# 99元, 20-30块钱, 100多元, 三百港币
money_behind = money.also(
    rf"(?P<low>{N})\s*(?:元|块)?(?:{TO}(?P<high>{N}))?\s*(?P<over>[多余来几])?\s*(?P<cur>{MONEY_BEHIND})"
)


@case(
    "money",
    r"(?P<low>[0-9]+|[一二两三四五六七八九])"
    r"(?:(?P<sure>毛钱|角钱)|毛(?![线度巾衣呢孔绒领边豆笔])|(?<=元[0-9一二三四五六七八九])角)",
)
def jiao(match: Found) -> list[Reading] | None:
    """Read 5毛钱, 3元5角: tenths of a yuan; 毛 alone may be hair."""
    amount = value(match["low"])
    return None if amount is None else [reading(match, [priced(amount / 10)], strong=bool(match["sure"]))]


EACH = "一[个件张支瓶盒份袋斤双包条]"  # 十块一斤


@case(
    "kuai",
    rf"(?P<low>{N})块(?:(?={EACH})"
    rf"|(?P<tenths>[0-9一二三四五六七八九])(?![0-9二三四五六七八九十百千.]|(?!{EACH})一)(?:毛(?![巾毯衣线绒呢料边])|角)?钱?(?!块)"
    r"|钱|(?=[，。！？、～~\s,.!?)）]|$|包邮|拿下|起|不到|以[内下上]|搞定|左右|多))",
)
def kuai(match: Found) -> list[Reading] | None:
    """Read 两块五, 十块钱, 9块包邮: money, or pieces."""
    amount = span(match)
    tenths = value(match["tenths"]) if match["tenths"] else Decimal(0)
    if amount is None or tenths is None or (match["tenths"] and _begins_word(match.string, match.start("tenths"))):
        return None
    paid = priced(amount.low + tenths / 10, amount.high + tenths / 10)
    return [reading(match, [paid, counted(amount.low, amount.high)])]


# What a price may be followed by where a unit or a counter could stand as well: 9块9包邮, 3块5角钱.
PRICED_ON = re.compile(r"毛(?![巾毯衣线绒呢料边])|包邮|角(?:钱|[^\u4e00-\u9fff]|$)")


def _begins_word(text: str, start: int) -> bool:
    """Whether the numeral behind 块 is no tenth of a price: 一块三角布, 两块五花肉, 一块8寸蛋糕, 两块三层纱布."""
    if PRICED_ON.match(text, start + 1):
        return False
    if text.startswith("角", start + 1) or _fixed().match(text, start):
        return True
    unit = unit_table().chinese.pattern.match(text, start + 1)
    return unit is not None and (not text[start].isascii() or bool(LENGTHS.intersection(unit[0])))


LENGTHS = frozenset("寸米尺层")


@cache
def _fixed() -> re.Pattern[str]:
    return re.compile(fixed_words().pattern)
