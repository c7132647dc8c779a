"""Numerals: what digits, Chinese characters and English words for numbers are worth, as exact decimals.

Every pattern is anchored by its caller or bounded in length, so that reading a page full of numerals is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "仨": 3, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "九": 9,
}  # fmt: skip
POWERS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}

# Full-width digits, point, comma and signs, one for one, so that offsets stay.
NARROW = {0xFF10 + digit: 0x30 + digit for digit in range(10)} | {
    ord("．"): ".", ord("＋"): "+", ord("％"): "%", ord("－"): "-", ord("／"): "/", ord("："): ":",
    ord("×"): "*", ord("✕"): "*", ord("✖"): "*", ord("＊"): "*", ord("（"): "(", ord("）"): ")", 0xA0: " ", 0x3000: " ",
}  # fmt: skip
NARROW |= {0xFF21 + n: 0x41 + n for n in range(26)} | {0xFF41 + n: 0x61 + n for n in range(26)}
# The marks of units (`units.UNIT`) have no meaning of their own; a text that has them must not look like a marked one.
NARROW |= {0xE000: "\ufffd", 0xE001: "\ufffd"}
MOST_SIGNS = 120  # each 万 and 亿 is read one call deeper
LONGEST = 60  # digits; a longer row is no amount of anything, and would overflow the arithmetic of decimals
_TOO_LONG = re.compile(rf"[0-9]{{{LONGEST + 1},}}|[0-9]{{1,3}}(?:,[0-9]{{3}}){{{LONGEST // 3},}}")

ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
_DIGIT = "零〇一二三四五六七八九"
# 千 is a thousand behind a digit, but a prefix in 千克, 千瓦. A number does not begin with 百, 千, 万 (百搭, 万能).
_HUNDREDS = r"百|千(?![克瓦米卡赫帕焦伏兆])"
_MYRIADS = r"万亿?|亿"
# 半 is a half of these; elsewhere (半袖, 半夜) it is part of a word.
_HALVED = "天年月周日斤两公克米升小个价打折杯碗勺瓶盒包袋张片颗块只条盘匙桶罐箱套里尺寸吨磅圈份支板"
# 两 is a digit before 百 and at the start (两百五), a weight behind a numeral (八两). 点 is a point before a digit.
CHINESE = (
    rf"(?:(?<![{_DIGIT}十百千万亿])(?:一两(?=[个天次年月周种款件句位条张片瓶盒包\ue000])|[{_DIGIT}十]|两(?![边侧用性])|[俩仨](?=[\u4e00-\u9fff\ue000])"
    rf"|半(?=[{_HALVED}\ue000](?![围边式裙])))"
    rf"(?:[{_DIGIT}十]|{_HUNDREDS}|{_MYRIADS}|两(?=[百千万亿])){{0,24}}"
    rf"(?:点[{_DIGIT}]{{1,6}}(?![十刻分钟半]))?)"
)
SCALE = rf"(?:(?:{_HUNDREDS})(?:万|亿)?|{_MYRIADS}|[kKwW](?=[+]|人|元|粉|条|赞|像素|销|\ue000))"
_VULGAR_SIGNS = "½¼¾⅓⅔⅛⅕"
NUMBER = rf"(?:{ARABIC}\s?{SCALE}|{ARABIC}[{_VULGAR_SIGNS}]?|[{_VULGAR_SIGNS}]|{CHINESE})"

# The numerals of bank notes, one for one.
FORMAL = dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千", strict=True))

ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20,
}  # fmt: skip
FRACTIONS = {"half": "0.5", "halves": "0.5", "quarter": "0.25", "quarters": "0.25", "third": "1/3", "thirds": "1/3",
             "fourth": "0.25", "fourths": "0.25", "fifth": "0.2", "fifths": "0.2", "tenth": "0.1", "tenths": "0.1",
             "sixth": "1/6", "eighth": "0.125", "eighths": "0.125"}  # fmt: skip
VULGAR = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "1/3", "⅔": "2/3", "⅛": "0.125", "⅕": "0.2"}

_CARDINAL = "|".join(sorted({**ONES, **TENS}, key=len, reverse=True))
_SCALE = "|".join(SCALES)
# "a hundred and twenty", "two hundred", "twenty-five", "three and a half"; never more than ten words.
WORDS = (
    rf"(?<![A-Za-z])(?>(?:(?:a|an)[ ](?=(?:{_SCALE}))|)(?:{_CARDINAL}|{_SCALE})"
    rf"(?:(?:[ -]|[ ]and[ ])(?:{_CARDINAL}|{_SCALE})(?![A-Za-z])){{0,9}})(?![A-Za-z])"
)


def narrowed(text: str) -> str:
    """Return a text, in the same length, with full-width digits and signs narrow and rows of too many digits away."""
    return _TOO_LONG.sub(lambda row: "\ufffd" * len(row[0]), text.translate(NARROW))


@dataclass(frozen=True, slots=True)
class Numeral:
    """A value as written: `low` equals `high` unless the words give a range (两三, 三四十)."""

    low: Decimal
    high: Decimal


WHOLE_WORDS = {"一两": Numeral(Decimal(1), Decimal(2)), "半": Numeral(Decimal("0.5"), Decimal("0.5"))}


def value(text: str) -> Decimal | None:
    """Return the value of one Arabic or Chinese numeral (full width, 半 and 万/亿 included), or None.

    >>> value("一百二十"), value("1.5万"), value("两点五"), value("一百五")
    (Decimal('120'), Decimal('15000.0'), Decimal('2.5'), Decimal('150'))
    """
    numeral = read(text)
    return numeral.low if numeral is not None and numeral.low == numeral.high else None


def read(text: str) -> Numeral | None:
    """Return what an Arabic or Chinese numeral is worth, ranges in words included, or None for anything else.

    Digits alone may be of any number, with units of ten between them no more than `MOST_SIGNS`.
    """
    plain = text.translate(NARROW).replace(",", "").strip()
    if plain[-1:] in VULGAR and plain != "":
        share = fraction(VULGAR[plain[-1]])
        whole = value(plain[:-1]) if plain[:-1] else Decimal(0)
        return None if whole is None else _single(whole + share)
    if plain in WHOLE_WORDS:
        return WHOLE_WORDS[plain]
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain):
        return _single(Decimal(plain))
    if len(plain) > MOST_SIGNS and any(sign not in DIGITS for sign in plain):
        return None
    return _scaled(plain) or _chinese(plain)


def _scaled(plain: str) -> Numeral | None:
    """Read 1.5万, 3千, 3.5w: digits or a numeral with a scale behind it."""
    if match := re.fullmatch(r"(.+?)(万亿|[kKwW]|[百千]?[万亿]|[百千])", plain):
        base = read(match[1]) if match[1][-1:] not in POWERS or match[2][-1:] in MYRIADS else None
        if base is not None and not (set(match[1]) & set(DIGITS) and match[2][0] in POWERS):
            return Numeral(base.low * _scale(match[2]), base.high * _scale(match[2]))
    return None


def read_words(text: str) -> Decimal | None:
    """Return what English number words are worth ("two hundred and fifty", "twenty-five"), or None."""
    total, current = 0, 0
    words = [word for word in re.split(r"[^a-z]+", text.lower()) if word and word != "and"]
    for word in words:
        if word in ("a", "an"):
            current = 1
        elif word in ONES:
            current += ONES[word]
        elif word in TENS:
            current += TENS[word]
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in SCALES:
            total, current = total + (current or 1) * SCALES[word], 0
        else:
            return None
    return Decimal(total + current) if words else None


def fraction(text: str) -> Decimal:
    """Return a fraction as a decimal of 28 digits: "1/3", "0.25"."""
    above, _, below = text.partition("/")
    return Decimal(above) / Decimal(below or 1)


def _single(amount: Decimal) -> Numeral:
    return Numeral(amount, amount)


def _scale(text: str) -> Decimal:
    product = 1
    for character in text:
        product *= {**POWERS, **MYRIADS, "k": 1000, "K": 1000, "w": 10_000, "W": 10_000}[character]
    return Decimal(product)


def _chinese(text: str) -> Numeral | None:
    """Read 一百二十, 三十, 两百五 (250), 一万二 (12000), 两点五, 三四十 (30 to 40); None for anything else."""
    whole, point, decimals = text.partition("点")
    if point:
        base = _chinese(whole)
        if base is None or not decimals or any(character not in DIGITS for character in decimals):
            return None
        return _single(base.low + Decimal("0." + "".join(str(DIGITS[character]) for character in decimals)))
    known = DIGITS.keys() | POWERS.keys() | MYRIADS.keys()
    if not whole or any(character not in known for character in whole):
        return None
    if match := re.fullmatch(r"(.*?)([一二三四五六七八])([二三四五六七八九])([十百千万亿]*)", whole):
        first, second = DIGITS[match[2]], DIGITS[match[3]]
        # 三四十, 两三: neighbours name a range; 三五 does too. 一二三 and 二八 are digits.
        if second == first + 1 or (first, second) == (3, 5):
            low, high = (_positional(f"{match[1]}{digit}{match[4]}") for digit in (match[2], match[3]))
            apart = match[1] == "" or match[1][-1] in POWERS or match[1] in MYRIADS
            if apart and low is not None and high is not None:
                return Numeral(low, high)
    if match := re.fullmatch(r"两([三四])([十百千万亿]*)", whole):
        low, high = _positional(f"二{match[2]}"), _positional(f"{match[1]}{match[2]}")
        if low is not None and high is not None and match[1] == "三":
            return Numeral(low, high)
    amount = _positional(whole)
    return None if amount is None else _single(amount)


def _positional(text: str) -> Decimal | None:
    """Read digits in places: 亿 apart from 万 apart from the rest. A lone last digit is of the next place: 一万二."""
    if len(text) > 1 and all(character in DIGITS for character in text):
        return Decimal("".join(str(DIGITS[character]) for character in text))
    for mark, size in (("亿", MYRIADS["亿"]), ("万", MYRIADS["万"])):
        head, found, tail = text.partition(mark)
        if found:
            above = _positional(head) if head else Decimal(1)
            below = _below(tail, size)
            return None if above is None or below is None else above * size + below
    return _section(text)


def _below(tail: str, size: int) -> Decimal | None:
    if tail in DIGITS:
        return Decimal(DIGITS[tail] * (size // 10))
    return _positional(tail) if tail else Decimal(0)


def _section(text: str) -> Decimal | None:
    total, pending, last = 0, -1, 1
    for character in text:
        if character in DIGITS:
            if pending > 0:
                return None
            last = 1 if pending == 0 or DIGITS[character] == 0 else last
            pending = DIGITS[character]
        else:
            total += (pending if pending > 0 else 1) * POWERS[character]
            pending, last = -1, POWERS[character]
    return Decimal(total + max(pending, 0) * (last // 10 if last >= 100 else 1))
