"""Do numbers, units and currencies still mean the same?

Numbers are compared as values: 1,500 is 1500 is 1.5千; two is 2 is 两. What the market's policy prescribes for a
quantity (see `quantity`) must be in the translation as written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from shopglot.market import Market
from shopglot.quantity import ARABIC, CHINESE, NARROW, value
from shopglot.types import Finding, Segment, Translation

ARABIC_NUMBER = re.compile(rf"(?<![0-9.]){ARABIC}(?![0-9])")
CHINESE_NUMBER = re.compile(rf"{CHINESE}[万亿]?")
WORDS = {
    "half": "0.5", "one": "1", "single": "1", "once": "1", "first": "1", "two": "2", "double": "2", "twice": "2",
    "pair": "2", "second": "2", "dual": "2", "both": "2", "three": "3", "triple": "3", "third": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "dozen": "12", "twelve": "12",
    "eleven": "11", "fifteen": "15", "twenty": "20", "thirty": "30", "hundred": "100", "thousand": "1000",
    "fourth": "4", "fifth": "5", "a": "1", "an": "1", "tenth": "10", "million": "1000000", "quarter": "0.25",
}  # fmt: skip
FOREIGN_MONEY = re.compile(
    r"(?:US|HK|NT)?\$\s*[0-9]|(?<![A-Za-z])(?:USD|HKD|EUR|GBP)(?![A-Za-z])|[€£]\s*[0-9]|(?<![A-Za-z])dollars?(?![A-Za-z])",
    re.IGNORECASE,
)
DOLLAR_IN_SOURCE = re.compile(r"[$＄€£]|美元|美金|港币|港元|港幣|欧元|英镑|台币|USD|HKD|EUR|GBP", re.IGNORECASE)


def check_numbers(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`number.changed`: a number of the source is missing, or one is there that the source never gave; an error."""
    text = _rendered(segment)
    wanted = _arabic(text)
    given = _arabic(_strip(segment, translation.target))
    spelled = _words(translation.target) if market.latin else _chinese(translation.target)
    for amount in (wanted - given).elements():
        if spelled[amount] > 0:
            spelled[amount] -= 1
            continue
        yield _changed(segment, f"The number {amount:f} is missing in the translation.", f"译文中缺少数字 {amount:f}。")
        return
    licensed = _chinese(text) + wanted
    extra = [amount for amount in (given - wanted) if amount not in licensed]
    if extra:
        yield Finding(
            check="number.changed", severity="error", side="target", start=0, end=len(translation.target),
            text=translation.target, message=f"The number {extra[0]:f} is not in the source.",
            message_zh=f"译文中的数字 {extra[0]:f} 在原文中不存在。",
        )  # fmt: skip


def check_units(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`unit.changed`: a quantity that the market's policy writes in its own way is not there in that way; an error."""
    for quantity in segment.quantities:
        if quantity.target and not present(quantity.target, translation.target):
            yield Finding(
                check="unit.changed", severity="error", side="source", start=quantity.start, end=quantity.end,
                text=quantity.text, suggestion=quantity.target,
                message=f"'{quantity.text}' means {quantity.target}; the translation does not say so.",
                message_zh=f"“{quantity.text}”应写作“{quantity.target}”，译文与原意不符。",
            )  # fmt: skip


def check_currency(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`currency.changed`: the translation speaks of a currency that the source does not; an error."""
    match = FOREIGN_MONEY.search(translation.target) if market.latin else None
    if match is not None and not DOLLAR_IN_SOURCE.search(segment.source):
        yield Finding(
            check="currency.changed", severity="error", side="target", start=match.start(), end=match.end(),
            text=match[0], message=f"'{match[0].strip()}': the source gives no amount in this currency; yuan is RMB.",
            message_zh=f"译文写成了“{match[0].strip()}”，原文金额为人民币，不得换成其他货币。",
        )  # fmt: skip


def present(form: str, target: str) -> bool:
    """Whether a quantity stands in `target` as prescribed: any case, any dash, spaces or none."""
    return _flat(form) in _flat(target)


def _flat(text: str) -> str:
    return re.sub(r"[\s,]+", "", re.sub(r"[–—~～-]", "-", text)).casefold()


def _rendered(segment: Segment) -> str:
    """The source with the prescribed forms in place: what the engine was shown, opaque texts left out."""
    parts: list[str] = []
    position = 0
    spans = [(mask.start, mask.end, " ") for mask in segment.masks]
    spans += [(term.start, term.end, f" {term.target} ") for term in segment.terms if term.enforce]
    spans += [
        (quantity.start, quantity.end, f" {quantity.target} ") for quantity in segment.quantities if quantity.target
    ]
    for start, end, text in sorted(spans):
        parts += [segment.source[position:start], text]
        position = end
    return "".join([*parts, segment.source[position:]])


def _strip(segment: Segment, target: str) -> str:
    for mask in segment.masks:
        target = target.replace(mask.text, " ", 1)
    return target


def _arabic(text: str) -> Counter[Decimal]:
    # 15,000 is one number, "S,M,L 1,2" are several: only groups of three digits join.
    amounts = (value(match[0]) for match in ARABIC_NUMBER.finditer(text.translate(NARROW)))
    return Counter(amount.normalize() for amount in amounts if amount is not None)


def _chinese(text: str) -> Counter[Decimal]:
    found: Counter[Decimal] = Counter()
    for match in CHINESE_NUMBER.finditer(text):
        amount = value(match[0])
        if amount is not None:
            found[amount.normalize()] += 1
        # 三四十, 两三: each digit also counts on its own.
        for character in match[0]:
            single = value(character)
            if single is not None:
                found[single.normalize()] += 1
    for match in re.finditer(
        rf"(?<![0-9.])(?P<number>{ARABIC})(?P<unit>[万亿])|百分之(?P<percent>{CHINESE})", text.translate(NARROW)
    ):
        amount = value(match["percent"]) if match["percent"] else value(match["number"] + match["unit"])
        if amount is not None:
            found[amount.normalize()] += 1
    return found


def _words(text: str) -> Counter[Decimal]:
    found: Counter[Decimal] = Counter()
    for word in re.findall(r"[A-Za-z]+", text.casefold()):
        try:
            found[Decimal(WORDS[word]).normalize()] += 1
        except (KeyError, InvalidOperation):
            continue
    return found


def _changed(segment: Segment, message: str, message_zh: str) -> Finding:
    return Finding(
        check="number.changed", severity="error", side="source", start=0, end=len(segment.source), text=segment.source,
        message=message, message_zh=message_zh,
    )  # fmt: skip
