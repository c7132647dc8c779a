"""The grammar of numbers in English: where a number may begin, and for each kind of place its cases in order.

The first case that reads a place wins, so what is longer or means more stands before what it begins with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from shopglot.quantity.english import counts, measures, offers, sizes, times
from shopglot.quantity.english.spelling import MONTHS
from shopglot.quantity.numeral import ONES, ORDINALS, SCALES, TENS
from shopglot.quantity.rules import Case, Rule, Rules, build

MONEY = "$ ¥ ￥ € £ 元 rmb yuan cny usd hkd eur gbp mop dollar buck yen kuai cent sterling renminbi"
# At a number, each case with what a text in small letters must have for it to be tried.
AT_NUMBER: tuple[tuple[Case, str], ...] = (
    (times.day_month, "jan feb mar apr may jun jul aug sep oct nov dec"),  # 15 March
    (times.iso_date, "- . /"),  # 2025-03-15
    (times.us_date, "/"),  # 3/15/2025
    (times.clock, "am pm a.m p.m"),  # 3 pm
    (times.oclock, "clock"),  # 3 o'clock
    (times.clock_or_ratio, ":"),  # 8:30, 16:9
    (counts.ratio, ":"),  # 2.39:1
    (counts.parts, "part"),  # 1 part vinegar to 5 parts
    (counts.decade, "0s"),  # 1980s
    (offers.festival, "11.11 12.12 6.18"),  # 11.11
    (sizes.one_size, "size"),  # one size fits all
    (offers.rate, MONEY),  # 25.6 yuan per kg
    (sizes.memory, "+ /"),  # 12GB + 256GB
    (measures.product, "x * by"),  # 30 x 40 cm
    (measures.feet_range, "ft feet ' ′ ’"),  # 5'2" to 5'6"
    (measures.feet, "ft feet foot ' ′ ’"),  # 5'6"
    (times.hours_minutes, ""),  # 1 hour 30 minutes
    (counts.out_of, "out_of"),  # nine out of ten
    (counts.part, "half halves quarter third fourth fifth tenth sixth eighth"),  # two thirds
    (counts.triple, "/ - –"),  # 86-66-92
    (counts.either, "/"),  # 50/60 Hz
    (counts.slash, "/"),  # 3/4
    (counts.from_birth, "0 birth newborn"),  # 0-3 years
    (counts.ordinal, "st nd rd th"),  # 3rd
    (counts.ordinal_word, "-"),  # twenty-first
    (counts.fold, "fold times x"),  # 10x
    (offers.money_behind, MONEY),  # 99 yuan
    (sizes.gold, "gold"),  # 18K gold
    (measures.between, "between"),  # between 2 and 3 kg
    (measures.measure_range, "- – — ~ ～ to through until or"),  # 2-3 kg
    (sizes.us_size, "us u.s american"),  # US size 8
    (measures.measure, ""),  # 2.5 kg
    (times.and_a_half, "half"),  # one hour and a half
    (sizes.letters, ""),  # 2XL
    (sizes.code, ""),  # one-4
    (sizes.digits_code, ""),  # 75B
    (counts.plain, ""),  # 120
)
AT_ARTICLE = (
    counts.part,  # a third of it
    times.and_a_half,  # an hour and a half
    measures.article,  # a bottle, every day
    counts.hundred,  # a hundred
)
AT_MONTH = (
    times.month_days,  # Nov. 1-11
    times.month_day,  # March 15
    times.month,  # March 2025
)
AT_WEEKDAY = (times.weekday,)  # Wednesday
AT_ORDINAL = (
    measures.first_unit,  # first year
    counts.ordinal_word,  # third
)
AT_HALF = (
    offers.half_price,  # half price
    counts.half,  # half an hour
)
AT_MULTIPLE = (
    offers.festival,  # Double 11
    counts.multiple,  # twice
)
AT_MAGNITUDE = (
    times.decades,  # decades
    counts.magnitude,  # dozens
)
AT_MONEY = (
    offers.rate,  # $3/lb
    offers.money,  # $99
)
AT_CODE = (
    sizes.spf,  # SPF 50
    sizes.pa,  # PA+++
    sizes.cell,  # AAA
    sizes.letters,  # S-2XL
    sizes.code,  # A4
)
AT_WORD: dict[str, tuple[Case, ...]] = {
    **dict.fromkeys(("a", "an", "per", "each", "every", "additional", "extra", "another"), AT_ARTICLE),
    **dict.fromkeys(MONTHS, AT_MONTH),
    **dict.fromkeys(
        [f"{day}day{many}" for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun") for many in ("", "s")],
        AT_WEEKDAY,
    ),
    **dict.fromkeys((*ORDINALS, "firstly", "secondly", "thirdly", "fourthly"), AT_ORDINAL),
    "half": AT_HALF,
    **dict.fromkeys(counts.MULTIPLES, AT_MULTIPLE),
    **dict.fromkeys(map(str.lower, counts.ROMAN), (counts.roman,)),  # II, VIII
    **dict.fromkeys(("decades", "dozens", "tens", "hundreds", "thousands", "millions"), AT_MAGNITUDE),
    **dict.fromkeys([f"{tens.removesuffix('y')}ies" for tens in TENS], (counts.tens_of_years,)),  # in her twenties
    **dict.fromkeys(("noon", "midday", "midnight"), (times.noon,)),
    "singles": (offers.festival,),  # Singles' Day
    "free": (sizes.one_size,),  # free size
    **dict.fromkeys(("birth", "newborn", "newborns"), (counts.from_birth,)),  # birth to 3 years
    **dict.fromkeys(("rmb", "cny", "usd", "hkd", "eur", "gbp", "mop", "hk", "us", "nt"), AT_MONEY),
    **dict.fromkeys(("minus", "negative"), (measures.temperature,)),  # minus 5 degrees
    **dict.fromkeys(("spf", "pa", "aa", "aaa", "aaaa"), AT_CODE),
}
NUMBER_WORDS = frozenset((*ONES, *TENS, *SCALES))
TOKEN = re.compile(r"[A-Za-z]+|[0-9¥￥$€£½¼¾⅓⅔⅛⅕−-]")
SIZE = re.compile(r"X{1,4}[LS]|[SML]")
LONGEST_PREFIX = 8  # letters of a code


@dataclass(frozen=True, slots=True)
class Places:
    """The rules by the kind of place where a number may begin."""

    number: Rules
    money: tuple[Rule, ...]
    minus: tuple[Rule, ...]
    code: tuple[Rule, ...]
    words: Mapping[str, tuple[Rule, ...]]


@cache
def _places() -> Places:
    words = {word: _rules(cases) for word, cases in AT_WORD.items()}
    number = Rules([_rule(one, needs) for one, needs in AT_NUMBER])
    return Places(number, _rules(AT_MONEY), words["minus"], _rules(AT_CODE), words)


@cache
def _rules(cases: tuple[Case, ...]) -> tuple[Rule, ...]:
    return tuple(map(_rule, cases))


@cache
def _rule(one: Case, needs: str = "") -> Rule:
    # A month and a size are told from "may" and "s" by their capitals; the rest is read in any case.
    return build(one, needs, flags=0 if one.exact else re.IGNORECASE)


def find_places(text: str) -> Iterator[tuple[int, Sequence[Rule]]]:
    """Yield where a number may begin in a narrow text, with the rules for such a place: a digit, a sign, a word."""
    rules = _places()
    number = rules.number.useful(text.lower())
    for match in TOKEN.finditer(text):
        start, word = match.start(), match[0]
        before = text[start - 1 : start]
        if word[0].isalpha():
            if not before.isdigit():
                yield from _at_word(match, before, rules, number)
        elif word in "-−":
            if not before.isalnum() and text[match.end() : match.end() + 1].isdigit():
                yield start, rules.minus
        elif word in "¥￥$€£":
            yield start, rules.money
        elif not (word.isdigit() and (before.isdigit() or before == ".")):
            yield start, number


def _at_word(
    match: re.Match[str], before: str, rules: Places, number: Sequence[Rule]
) -> Iterator[tuple[int, Sequence[Rule]]]:
    if (small := match[0].lower()) in NUMBER_WORDS:
        yield match.start(), number
    elif known := rules.words.get(small):
        yield match.start(), known
    if _may_be_code(match[0], before, match.string[match.end() : match.end() + 2]):
        yield match.start(), rules.code


def _may_be_code(word: str, before: str, behind: str) -> bool:
    """Whether a word may begin a code (A4, iPhone-15) or be a size (XL)."""
    if behind.lstrip("-")[:1].isdigit() and len(word) <= LONGEST_PREFIX and before != "/":
        return True
    return SIZE.fullmatch(word) is not None and before not in ("+", "/", "&", ".", "'")
