"""Plain numbers in English, and words for numbers: 1,200, twenty-five, two thirds, 3rd, twice, dozens, 1980s, 4:3."""

from __future__ import annotations

import re
from decimal import Decimal

from shopglot.quantity import notation
from shopglot.quantity.english.spelling import (
    DASH,
    FRACTION_WORDS,
    ORDINAL_WORDS,
    SCALE,
    TO,
    N,
    amount,
    span,
    units,
    with_unit,
)  # fmt: skip
from shopglot.quantity.numeral import FRACTIONS, ORDINALS, TENS, WORDS, fraction, read_words
from shopglot.quantity.reading import Meaning, Reading, counted, measured
from shopglot.quantity.rules import Case, Found, case, reading
from shopglot.quantity.units import UNIT, unit_table

# Words that multiply or count, as they stand alone.
MULTIPLES = {
    "once": 1, "single": 1, "twice": 2, "double": 2, "doubles": 2, "doubled": 2, "dual": 2, "both": 2,
    "twin": 2, "couple": 2, "twofold": 2, "duo": 2, "loveseat": 2, "loveseats": 2, "couples": 2, "thrice": 3,
    "triple": 3, "triples": 3, "tripled": 3, "threefold": 3, "trio": 3, "quadruple": 4, "quadruples": 4,
    "quadrupled": 4, "fourfold": 4, "fivefold": 5, "sixfold": 6, "sevenfold": 7, "eightfold": 8, "ninefold": 9,
    "tenfold": 10, "hundredfold": 100,
}  # fmt: skip
MAGNITUDES = {
    "dozens": 10, "tens": 10, "hundreds": 100, "thousands": 1000, "tens of thousands": 10_000, "millions": 10**6,
    "hundreds of thousands": 100_000, "tens of millions": 10**7, "hundreds of millions": 10**8,
}  # fmt: skip
ROMAN = {"II": 2, "III": 3, "IV": 4, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}
ENDS = re.compile(r" of|\s*(?:$|[,.;:)])")  # a third of it, a third; not a third party


@case("ratio", r"(?P<a>[0-9.]+)\s?:\s?(?P<b>[0-9.]+)(?!:?[0-9])")
def ratio(match: Found) -> list[Reading] | None:
    """Read 1:5, 2.39:1."""
    a, b = amount(match["a"].strip(".")), amount(match["b"].strip("."))
    return None if a is None or b is None else [reading(match, [Meaning(kind="ratio", low=a, high=b)])]


# 1 part vinegar to 5 parts
parts = Case("parts", rf"(?P<a>{N}) parts? [A-Za-z ]{{0,24}}?to (?P<b>{N}) parts?(?![A-Za-z])", ratio.read)


@case(
    "fraction",
    rf"(?P<a>[1-9]|one|two|three|four|five|six|seven|a)[- ](?P<b>{FRACTION_WORDS})(?![A-Za-z]|[- ](?:price|off))"
    rf"(?:[ -](?:of )?(?:an? )?(?P<unit>{UNIT})(?! (?:price|off)))?",
)
def part(match: Found) -> list[Reading] | None:
    """Read two thirds, a quarter of an hour; not a third party, 2 third-generation models."""
    above, below = match["a"].lower(), match["b"].lower()
    if below in ORDINALS and (above.isdigit() or (above == "a" and not ENDS.match(match.string, match.end("b")))):
        return None
    parts_of = Decimal(1) if above == "a" else amount(above)
    if parts_of is None:
        return None
    share = parts_of * fraction(FRACTIONS[below])
    strong = above.isdigit() or below not in ("half", "quarter")
    return [reading(match, [counted(share), *measured(share, share, units(match))], strong=strong)]


# 3/4
slash = Case("slash", notation.SLASH + r"(?![0-9/]|\.[0-9])", notation.read_slash)


@case("half", rf"half(?:[- ](?:of )?(?:an? )?(?P<unit>{UNIT}))?")
def half(match: Found) -> list[Reading]:
    """Read half, half an hour."""
    share, of = Decimal("0.5"), units(match)
    meanings = [counted(share), *measured(share, share, of)]
    return [reading(match, meanings, strong=any(unit.dimension != "count" for unit in of))]


@case("ordinal", r"(?P<n>[0-9]+)(?:st|nd|rd|th)(?![A-Za-z])")
def ordinal(match: Found) -> list[Reading]:
    """Read 3rd."""
    place = Decimal(match["n"])
    return [reading(match, [Meaning(kind="ordinal", low=place, high=place)], strong=place != 1)]


@case("ordinal", rf"(?P<w>(?:twenty|thirty)-(?:{ORDINAL_WORDS})|{ORDINAL_WORDS})(?:ly)?(?![A-Za-z])")
def ordinal_word(match: Found) -> list[Reading]:
    """Read third, thirdly, twenty-first; "first" and "second" are often no number, and a second may be one of time."""
    word = match["w"].lower()
    tens, _, ones = word.rpartition("-")
    place = Decimal(ORDINALS[ones]) + ((read_words(tens) or 0) if tens else 0)
    meanings = [Meaning(kind="ordinal", low=place, high=place)]
    if word == "second":
        meanings += measured(Decimal(1), Decimal(1), [unit_table().units["second"]])
    return [reading(match, meanings, strong=word not in ("first", "second"))]


@case("times", rf"(?P<w>{'|'.join(sorted(MULTIPLES, key=len, reverse=True))})(?![A-Za-z])")
def multiple(match: Found) -> list[Reading]:
    """Read twice, double, a couple, a trio; "twice a day" is two times, "twice the size" a two."""
    word = match["w"].lower()
    number = Decimal(MULTIPLES[word])
    times = word in ("once", "twice", "thrice")
    if word == "twice" and re.match(r"\s(?:the|as|of)", match.behind(4)):
        times = False
    meanings = measured(number, number, [unit_table().units["time"]]) if times else [counted(number)]
    return [reading(match, meanings, strong=number > 2 or word == "twice")]


@case("roman", rf"(?P<roman>{'|'.join(ROMAN)})(?![A-Za-z])")
def roman(match: Found) -> list[Reading] | None:
    """Read II, VIII, in capitals."""
    if not match[0].isupper():
        return None
    number = Decimal(ROMAN[match[0]])
    return [reading(match, [counted(number), Meaning(kind="ordinal", low=number, high=number)], strong=False)]


@case("tens", r"(?P<tens>[a-z]+)ies(?![a-z])")
def tens_of_years(match: Found) -> list[Reading]:
    """Read "in her early twenties"."""
    return [reading(match, [counted(Decimal(TENS[f"{match['tens'].lower()}y"]))], strong=False)]


@case(
    "dozens",
    rf"(?P<many>{'|'.join(sorted(MAGNITUDES, key=len, reverse=True))})(?: of)?(?! of thousands)(?![A-Za-z])",
)
def magnitude(match: Found) -> list[Reading]:
    """Read dozens, tens of thousands."""
    size = Decimal(MAGNITUDES[match["many"].lower()])
    return [reading(match, [Meaning(kind="magnitude", low=size, high=size)], strong=False)]


@case("hundred", rf"(?P<low>(?:a|an) (?=hundred|thousand|million|dozen){WORDS})(?:[ -](?P<unit>{UNIT}))?")
def hundred(match: Found) -> list[Reading] | None:
    """Read a hundred, a thousand miles."""
    size = amount(match["low"])
    return None if size is None else [reading(match, with_unit(match, size, size))]


@case("birth", rf"(?:birth|newborns?|0){TO}(?P<high>{N})[\s-]?(?P<unit>{UNIT})?")
def from_birth(match: Found) -> list[Reading] | None:
    """Read birth to 3 years, newborn-6 months: from 0 on."""
    high = amount(match["high"])
    return None if high is None else [reading(match, with_unit(match, Decimal(0), high))]


@case("out-of", rf"(?P<low>{N}) out of (?:every )?(?P<high>{N})")
def out_of(match: Found) -> list[Reading] | None:
    """Read nine out of ten."""
    some, every = amount(match["low"]), amount(match["high"])
    if some is None or not every:
        return None
    share = some / every
    return [reading(match, [Meaning(kind="percent", low=share * 100, high=share * 100), counted(share)])]


# 86-66-92
triple = Case(
    "triple", r"(?P<a>[0-9]{2,3})[/–-](?P<b>[0-9]{2,3})[/–-](?P<c>[0-9]{2,3})(?![0-9/–-])", notation.read_triple
)


@case("either", rf"(?P<a>[0-9]+)/(?P<b>[0-9]+)\s?-?(?P<unit>{UNIT})")
def either(match: Found) -> list[Reading] | None:
    """Read 50/60 Hz: one or the other."""
    return notation.read_either(match, unit_table().english)


@case("plain", rf"(?P<low>{N}){SCALE}?(?:(?:{DASH}| or )(?P<high>{N}))?")
def plain(match: Found) -> list[Reading] | None:
    """Read any other number: 120, 38-40, 1.5 million, twenty-five; "one" may come out of nothing."""
    number = span(match)
    if number is None:
        return None
    spelled = not re.search(r"[0-9½¼¾⅓⅔⅛⅕]", match["low"])
    return [reading(match, [counted(*number)], strong=not (spelled and number[1] == 1))]


# the 1980s, the 90s
decade = plain.also(r"(?P<low>[12][0-9]{2}0|[2-9]0)s(?![A-Za-z])", name="decade")
# 3-fold, 5 times, 10x
fold = plain.also(rf"(?P<low>{N})[- ]?(?:fold|times|x)(?![A-Za-z])", name="fold")
