"""Do numbers, units, sizes, prices and dates still mean the same?

Both sides are read as meaning (see `quantity`): 80-95斤 is 40–47.5 kg is 88–105 lb, 8折 is 20% off and never 80% off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from shopglot.checks.kept import blank_masks
from shopglot.market import Market
from shopglot.quantity import Difference, Meaning, Phrase, Reading, compare, read_chinese, read_english, same, weak
from shopglot.script import has_han, simplify
from shopglot.types import Finding, Segment, TermMatch, Translation

BLANK = "\ufffc"  # stands for opaque text, so that offsets stay and no number grows out of its neighbours
IDS = {"unit": "unit.changed", "currency": "currency.changed"}
CURRENCIES = {"CNY": "RMB", "USD": "US$", "HKD": "HK$"}
FOREIGN_MONEY = re.compile(
    r"(?<![A-Za-z])(?:(?:US |Hong Kong )?dollars?|bucks|euros?|USD|HKD|EUR)(?![A-Za-z])", re.IGNORECASE
)
FOREIGN_IN_SOURCE = re.compile(
    r"[$＄€£]|美[元金刀]|港[币元幣]|欧元|英镑|日元|[台臺][币幣]|dollar|USD|HKD|EUR|GBP", re.IGNORECASE
)
BOUNDS = {"least": ("at least", "至少"), "most": ("at most", "至多")}


def check_quantities(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`number.changed`, `unit.changed`, `currency.changed`: a quantity does not mean the same on both sides; errors.

    `number.changed` is also a number that is missing, or that the source never gave.
    """
    source = _source_readings(segment, market)
    # What the words around a number do to it is compared only where they do something in the source.
    around = any(one.bound or one.role for one in source)
    target = _target_readings(segment, translation.target, market, around=around)
    differences = compare(source, target) if source or target else []
    for difference in differences:
        yield _finding(difference, segment, translation)
    if market.latin and not any(difference.fault == "currency" for difference in differences):
        yield from _foreign_money(segment, translation.target, target)


def _foreign_money(segment: Segment, target: str, readings: Sequence[Reading]) -> Iterator[Finding]:
    """Find money of another country that stands without a number of its own: "thousands of dollars" for 上千元."""
    match = FOREIGN_MONEY.search(target)
    if match is None or FOREIGN_IN_SOURCE.search(segment.source):
        return
    if any(one.start <= match.start() < one.end + 1 for one in readings):
        return  # read with its number, and compared
    yield Finding(
        check="currency.changed", severity="error", side="target", start=match.start(), end=match.end(),
        text=match[0], message=f"'{match[0]}': the source gives no amount in this currency; yuan is RMB.",
        message_zh=f"译文写成了“{match[0]}”，原文金额为人民币，不得换成其他货币。",
    )  # fmt: skip


def _source_readings(segment: Segment, market: Market) -> list[Reading]:
    text = blank_masks(segment, BLANK)
    # What has no Chinese in it is English where English is read, and the same as its copy elsewhere.
    phrases = _read(text, market) if not has_han(text) else read_chinese(simplify(text))
    readings = [one for phrase in phrases for one in phrase.readings]
    return _with_terms(readings, segment.terms, market) if segment.terms else readings


def _with_terms(readings: Sequence[Reading], terms: Sequence[TermMatch], market: Market) -> list[Reading]:
    """Let the glossary speak for the numbers in its terms: 四件套 is a 4-piece set, 双十一 is Double 11.

    A number in a term is asked for only where the term's own translation has it; and what that has may be there.
    """
    found: list[Reading] = []
    allowed = [(term, _own(term, market)) for term in terms]
    for one in readings:
        inside = next((given for term, given in allowed if term.start <= one.start and one.end <= term.end), None)
        kept = inside is None or not one.strong or any(same(one, other) for other in inside)
        found.append(one if kept else weak(one))
    return [*found, *(weak(one) for _, given in allowed for one in given)]


def _own(term: TermMatch, market: Market) -> list[Reading]:
    return [one for form in (term.target, *term.admitted) for one in _in_form(form, market.latin)]


@lru_cache(maxsize=65536)
def _in_form(form: str, latin: bool) -> tuple[Reading, ...]:
    """Return the numbers in a form of the glossary, which comes back in many texts."""
    phrases = read_english(form) if latin else read_chinese(simplify(form))
    return tuple(one for phrase in phrases for one in phrase.readings)


def _target_readings(segment: Segment, target: str, market: Market, *, around: bool) -> list[Reading]:
    for mask in segment.masks:
        target = target.replace(mask.text, BLANK * len(mask.text), 1)
    return [one for phrase in _read(target, market, around=around) for one in phrase.readings]


def _read(text: str, market: Market, *, around: bool = True) -> Sequence[Phrase]:
    return read_english(text, around=around) if market.latin else read_chinese(simplify(text), around=around)


def _finding(difference: Difference, segment: Segment, translation: Translation) -> Finding:
    source, target = difference.source, difference.target
    if source is None:
        assert target is not None
        words = translation.target[target.start : target.end]
        return Finding(
            check="number.changed", severity="error", side="target", start=target.start, end=target.end, text=words,
            message=f"'{words}' is not in the source.", message_zh=f"译文中的“{words}”在原文中没有。",
        )  # fmt: skip
    words = segment.source[source.start : source.end]
    right = _right(source, segment)
    message, message_zh = _messages(difference, words, right, translation.target)
    return Finding(
        check=IDS.get(difference.fault, "number.changed"), severity="error", side="source", start=source.start,
        end=source.end, text=words, suggestion=right, message=message, message_zh=message_zh,
    )  # fmt: skip


def _messages(difference: Difference, words: str, right: str, text: str) -> tuple[str, str]:
    source, target = difference.source, difference.target
    assert source is not None
    if target is None:
        return f"'{words}' ({right}) is missing in the translation.", f"译文中缺少“{words}”（{right}）。"
    given = text[target.start : target.end]
    if difference.fault == "bound":
        (wanted, wanted_zh), (said, said_zh) = BOUNDS[source.bound], BOUNDS[target.bound]
        return (
            f"'{words}' is {wanted} that much; the translation says {said} '{given}'.",
            f"原文“{words}”是{wanted_zh}，译文“{given}”却成了{said_zh}。",
        )
    if difference.fault == "role":
        return (
            f"'{words}' and '{given}' play different parts in the offer; it should be {right}.",
            f"优惠条件颠倒：原文“{words}”应为“{right}”，译文“{given}”的含义不同。",
        )
    return (
        f"'{words}' means {right}; the translation says '{given}'.",
        f"“{words}”应为“{right}”，译文却写作“{given}”。",
    )


def _right(one: Reading, segment: Segment) -> str:
    """Return what would be right: the market's form of the quantity, or else its value in plain writing."""
    for quantity in segment.quantities:
        if quantity.target and quantity.start <= one.start and one.end <= quantity.end:
            return quantity.target
    return _written(one.meanings[0]) or one.text


def _written(meaning: Meaning) -> str:
    amount = _plain(meaning.low) if meaning.low == meaning.high else f"{_plain(meaning.low)}–{_plain(meaning.high)}"
    if meaning.kind == "money":
        return f"{CURRENCIES.get(meaning.label, meaning.label)} {amount}"
    if meaning.kind in ("percent", "discount"):
        return f"{amount}%{' off' if meaning.kind == 'discount' else ''}"
    if meaning.kind == "measure" and meaning.unit is not None:
        return meaning.unit.write(amount)
    if meaning.kind in ("count", "ordinal", "magnitude"):
        return amount
    return f"{meaning.label} {amount}" if meaning.label in ("SPF", "US size") else ""


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():,f}" if abs(amount) < 10**12 else f"{amount:f}"
