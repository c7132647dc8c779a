"""Numbers as people write them, for the quantity suite: in Chinese, in English words, grouped, rounded, and mistaken.

Nothing here is shared with the product's own reading of numbers: a suite that reads as its subject reads finds nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

CHINESE = "零一二三四五六七八九"
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = "- first second third fourth fifth sixth seventh eighth ninth tenth".split()
MONTHS = ("- January February March April May June July August September October November December").split()

Mistake = tuple[str, str]  # the operator's name, the text that it made


def chinese(number: int) -> str:
    """Return a number below 10,000 in Chinese numerals: 120 is 一百二十, 205 is 二百零五, 12 is 十二."""
    if number < 10:
        return CHINESE[number]
    text, zero = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if zero and text else "") + CHINESE[digit] + name
            zero = False
        else:
            zero = bool(text)
    return text.removeprefix("一") if text.startswith("一十") else text


def counted(number: int) -> str:
    """Return a number as Chinese says it before a counter: two is 两."""
    return "两" if number == 2 else chinese(number)


def words(number: int) -> str:
    """Return a number below 1,000 in English words: 120 is "one hundred twenty"."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    return f"{ONES[number // 100]} hundred" + (f" {words(number % 100)}" if number % 100 else "")


def nth(number: int) -> str:
    """Return an English ordinal in digits: 2nd, 11th."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def plain(number: float) -> str:
    """Return a number without needless zeros and without an exponent: 2.50 is 2.5, 30.0 is 30."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def grouped(number: float) -> str:
    """Return a number with commas: 15000 is 15,000."""
    whole, point, part = plain(number).partition(".")
    return f"{int(whole):,}{point}{part}"


def rounded(number: float) -> str:
    """Return a converted number as a shop would print it: whole from 100 on, one decimal from 2 on, two below."""
    return grouped(round(number, 0 if number >= 100 else 1 if number >= 2 else 2))


def slips(number: float, chance: random.Random) -> Iterator[tuple[str, float]]:
    """Yield the slips of a pen on a positive number: an operator's name and a value that is another one."""
    digits = plain(number)
    at = chance.choice([index for index, digit in enumerate(digits) if digit.isdigit()])
    other = chance.choice([digit for digit in "123456789" if digit != digits[at]])
    yield "digit changed", float(digits[:at] + other + digits[at + 1 :])
    if "." in digits:
        yield "decimal point moved", number * 10
        yield "decimal point lost", float(digits.replace(".", ""))
    else:
        yield "digit added", number * 10
        if len(digits) > 1:
            yield "digit dropped", float(digits[:-1])


def mistaken(number: float, chance: random.Random, *shapes: str) -> tuple[Mistake, ...]:
    """Return the slips on a number, each put into one of the shapes (`{}` is where the number stands)."""
    return tuple(
        (name, chance.choice(shapes).replace("{}", grouped(value)))
        for name, value in slips(number, chance)
        if value > 0 and value != number
    )


def shaped(number: str, *shapes: str) -> tuple[str, ...]:
    """Return a number in each of the shapes."""
    return tuple(shape.replace("{}", number) for shape in shapes)
