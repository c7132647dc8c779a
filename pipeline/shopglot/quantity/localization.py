"""Quantities: what a number with its unit means, and how a market writes it.

A first grammar: mainland weights (斤, 两), discounts (折), offers (满减, 第二件半价, 买二送一), money in yuan,
ten-thousands (万, 亿) and size numbers (码). Each is read as meaning, in exact decimals; nothing is ever converted
between currencies. What the grammar does not know stays ordinary text and is compared number by number
(`checks.numbers`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from shopglot.market import Measures
from shopglot.types import Quantity

# A mainland 斤 is 500 g by law (1959); a 两 is a tenth of it. A pound is 0.45359237 kg exactly (1959 agreement).
KG_PER_JIN = Decimal("0.5")
G_PER_LIANG = Decimal(50)
KG_PER_POUND = Decimal("0.45359237")
G_PER_OUNCE = Decimal("28.349523125")

# A 市尺 is a third of a metre (1929); an inch is 2.54 cm exactly (1959).
CHI_PER_METRE = 3
CM_PER_INCH = Decimal("2.54")

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
POWERS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}

# Full-width digits, point and comma, one for one.
NARROW = {0xFF10 + digit: 0x30 + digit for digit in range(10)} | {ord("．"): ".", ord("＋"): "+", ord("％"): "%"}

ARABIC = r"(?:[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)"
# From the start of its run and no longer than any real numeral, so that a page full of numerals is read in linear time.
CHINESE = r"(?:(?<![零〇一二两三四五六七八九十百千半])[零〇一二两三四五六七八九十百千半]{1,40})"
NUMBER = rf"(?:{ARABIC}|{CHINESE})"
TO = r"\s*(?:-|–|—|~|～|至|到)\s*"
NOT_IN_NUMBER = r"(?<![0-9.A-Za-z])"

Reading = tuple[str, Decimal, Decimal, str, str]  # kind, low, high, unit, target


def value(text: str) -> Decimal | None:
    """Return the value of an Arabic or Chinese numeral (full width and 万/亿 included), or None."""
    plain = text.translate(NARROW).replace(",", "")
    if plain == "半":
        return Decimal("0.5")
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain):
        return Decimal(plain)
    if match := re.fullmatch(r"(.+)([万亿])", plain):
        base = value(match[1])
        return None if base is None else base * MYRIADS[match[2]]
    return _chinese(plain)


def find(
    text: str, *, measures: Measures, english: bool, taken: Sequence[tuple[int, int]] = ()
) -> tuple[Quantity, ...]:
    """Return the quantities in `text` that stand clear of the `taken` spans, with the form that the market writes.

    `measures` and `english` come from the market. The earlier rule of `GRAMMAR` wins where two overlap.
    """
    found: list[Quantity] = []
    spans = list(taken)
    narrow = text.translate(NARROW)  # as long as the text: offsets stay
    for pattern, read in GRAMMAR:
        for match in pattern.finditer(narrow):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in spans):
                continue
            reading = read(match, measures, english)
            if reading is None:
                continue
            kind, low, high, unit, target = reading
            spans.append((start, end))
            found.append(
                Quantity(
                    start=start, end=end, text=text[start:end], kind=kind, low=_plain(low), high=_plain(high),
                    unit=unit, target=target,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _jin(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    low, high = value(match["low"]), value(match["high"] or match["low"])
    liang = value(match["liang"]) if match["liang"] else Decimal(0)
    if low is None or high is None or liang is None:
        return None
    if match["half"]:  # 斤半: a jin and a half
        liang += 5
    low, high = (low + liang / 10) * KG_PER_JIN, (high + liang / 10) * KG_PER_JIN
    if english:
        target = f"{_range(low, high)} kg ({_range(_pounds(low), _pounds(high))} lb)"
    else:
        target = f"{_range(low, high)}公斤"
    return "mass", low, high, "kg", target


def _liang(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    amount = value(match["low"])
    if amount is None:
        return None
    grams = amount * G_PER_LIANG
    ounces = (grams / G_PER_OUNCE).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return "mass", grams, grams, "g", f"{_plain(grams)} g ({_plain(ounces)} oz)" if english else f"{_plain(grams)}克"


def _chi(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    feet, tenths = value(match["low"]), value(match["cun"] or "0")
    if feet is None or tenths is None:
        return None
    centimetres = ((feet + tenths / 10) * 100 / CHI_PER_METRE).quantize(Decimal("0.1"), ROUND_HALF_UP)
    inches = (centimetres / CM_PER_INCH).quantize(Decimal("0.1"), ROUND_HALF_UP)
    target = f"{_plain(centimetres)} cm ({_plain(inches)} in)" if english else f"{_plain(centimetres)}厘米"
    return "length", centimetres, centimetres, "cm", target


def _discount(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    tenths = _tenths(match["low"])
    if tenths is None or not 0 < tenths < 10:
        return None
    off = (10 - tenths) * 10
    words = f"up to {_plain(off)}% off" if match["from"] else f"{_plain(off)}% off"
    return "discount", off, off, "%", words if english else ""


def _threshold(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    spend, off = value(match["spend"]), value(match["off"])
    if spend is None or off is None:
        return None
    if english:
        target = f"{_money(off, measures)} off orders of {_money(spend, measures)} or more"
    else:
        target = f"滿{measures.money}{_plain(spend)}元減{_plain(off)}元"
    return "offer", off, spend, "CNY", target


def _second_half(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    ordinal = {"二": "second", "2": "second", "三": "third", "3": "third"}[match["nth"]]
    return "offer", Decimal(50), Decimal(50), "%", f"{ordinal} item 50% off" if english else ""


def _bundle(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    buy, free = value(match["buy"]), value(match["free"])
    if buy is None or free is None:
        return None
    return "offer", buy, free, "", f"buy {_plain(buy)}, get {_plain(free)} free" if english else ""


def _yuan(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    low, high = value(match["low"]), value(match["high"] or match["low"])
    if low is None or high is None:
        return None
    target = _money(low, measures) if english else f"{measures.money}{_range(low, high)}元"
    if english and high != low:
        target = f"{target}–{_grouped(high)}"
    return "money", low, high, "CNY", target


def _kuai(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    low, tenths = value(match["low"]), value(match["tenths"] or "0")
    if low is None or tenths is None:
        return None
    amount = low + tenths / 10
    target = _money(amount, measures) if english else f"{measures.money}{_plain(amount)}元"
    return "money", amount, amount, "CNY", target


def _myriad(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    amount = value(match["low"] + match["unit"])
    if amount is None:
        return None
    return "count", amount, amount, "", _large(amount) if english else ""


def _size(match: re.Match[str], measures: Measures, english: bool) -> Reading | None:
    low, high = value(match["low"]), value(match["high"] or match["low"])
    if low is None or high is None:
        return None
    word = "size" if low == high else "sizes"
    return "size", low, high, "CN", f"{word} {_range(low, high)}" if english else ""


Reader = Callable[["re.Match[str]", Measures, bool], "Reading | None"]

GRAMMAR: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(rf"满\s*(?P<spend>{ARABIC})\s*元?\s*立?减\s*(?P<off>{ARABIC})\s*元?"), _threshold),
    (re.compile(r"第(?P<nth>[二2三3])件半价"), _second_half),
    (
        re.compile(
            rf"买(?P<buy>[0-9]+|[一二两三四五六七八九十])送(?P<free>[0-9]+|[一二两三四五六七八九十])(?![0-9.]*{ARABIC})"
        ),
        _bundle,
    ),
    # 公斤 is a kilogram and stays; 斤 alone, or 市斤, is the mainland half kilogram. 几斤 and 斤两 are no quantity.
    (
        re.compile(
            rf"{NOT_IN_NUMBER}(?P<low>{NUMBER})(?:{TO}(?P<high>{NUMBER}))?\s*市?斤"
            rf"(?:(?P<liang>[0-9一二两三四五六七八九])两|(?P<half>半))?"
        ),
        _jin,
    ),
    (re.compile(rf"{NOT_IN_NUMBER}(?P<low>{ARABIC}|半)\s*两(?![件个条只双色种款面用层段口瓶片米人天年])"), _liang),
    # 二尺二 is 2.2 尺; 尺寸, 尺码 and 尺子 are no quantity.
    (
        re.compile(
            rf"{NOT_IN_NUMBER}(?P<low>{NUMBER})\s*尺(?![码子度])(?:(?P<cun>[0-9一二三四五六七八九])(?![0-9一二三四五六七八九十]))?寸?"
        ),
        _chi,
    ),
    # 三折伞 folds in three, 折叠 folds, 折扣 alone says nothing.
    (
        re.compile(
            r"(?<![0-9.])(?P<low>[1-9](?:\.[0-9]|[0-9])?|[一二三四五六七八九]{1,2})\s*折(?P<from>起)?(?![叠疊页层伞射扇痕线])"
        ),
        _discount,
    ),
    (
        re.compile(
            rf"{NOT_IN_NUMBER}(?:(?P<low>{ARABIC}万?)(?:{TO}(?P<high>{ARABIC}万?))?\s*(?:元(?![素旦宝件])|块钱))"
        ),
        _yuan,
    ),
    # 13块9 is 13.90, 两块五 is 2.50, 39块 at the end of a clause is 39; 3块肥皂 are bars of soap, 几块钱 is no number.
    (
        re.compile(
            rf"{NOT_IN_NUMBER}(?P<low>{NUMBER})块"
            r"(?:(?P<tenths>[0-9一二三四五六七八九])(?![0-9一二三四五六七八九十百千.])毛?|钱|(?=[，。！？、～~\s,.!?]|$))"
        ),
        _kuai,
    ),
    (re.compile(rf"[¥￥]\s*(?P<low>{ARABIC}万?)(?:{TO}[¥￥]?(?P<high>{ARABIC}万?))?"), _yuan),
    (re.compile(rf"{NOT_IN_NUMBER}(?P<low>{ARABIC})\s*(?P<unit>[万亿])(?![能用向元])"), _myriad),
    (
        re.compile(
            rf"{NOT_IN_NUMBER}(?P<low>[0-9]{{2}}(?:\.5)?)(?:{TO}(?P<high>[0-9]{{2}}(?:\.5)?))?\s*码(?![率头表数])"
        ),
        _size,
    ),
)


def _chinese(text: str) -> Decimal | None:
    """Read 一百二十, 三十, 两百五十, 一二三 (digit by digit); None for anything else."""
    if not text or any(character not in DIGITS and character not in POWERS for character in text):
        return None
    if not any(character in POWERS for character in text):
        return Decimal("".join(str(DIGITS[character]) for character in text))
    total, pending = 0, 0
    for character in text:
        if character in POWERS:
            total += (pending or 1) * POWERS[character]
            pending = 0
        else:
            pending = DIGITS[character]
    return Decimal(total + pending)


def _tenths(text: str) -> Decimal | None:
    """Read the number before 折 in tenths: 8, 8.5, 88 (8.8), 九五 (9.5)."""
    amount = value(text)
    if amount is None:
        return None
    return amount / 10 if amount >= 10 else amount


def _pounds(kilograms: Decimal) -> Decimal:
    pounds = kilograms / KG_PER_POUND
    return pounds.quantize(Decimal(1) if pounds >= 10 else Decimal("0.1"), ROUND_HALF_UP)


def _money(amount: Decimal, measures: Measures) -> str:
    return f"{measures.money} {_grouped(amount)}"


def _large(amount: Decimal) -> str:
    for size, word in ((Decimal(10**9), "billion"), (Decimal(10**6), "million")):
        if amount >= size:
            return f"{_plain(amount / size)} {word}"
    return _grouped(amount)


def _grouped(amount: Decimal) -> str:
    if amount == int(amount):
        return f"{int(amount):,}"
    # Money has two decimals: 2.5 yuan is 2.50. More are kept as they are, never rounded.
    cents = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{cents:,f}" if cents == amount else f"{amount.normalize():,f}"


def _range(low: Decimal, high: Decimal) -> str:
    return _plain(low) if low == high else f"{_plain(low)}–{_plain(high)}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
