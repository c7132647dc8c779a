"""Sizes and codes in Chinese: 均码, 165/110斤, S-XL, SPF50, PA+++, pH 5.5, 8+256G, A4, 75B, AU750."""

from __future__ import annotations

import re
from decimal import Decimal

from shopglot.quantity import notation
from shopglot.quantity.chinese.spelling import TO, span
from shopglot.quantity.notation import LETTER_SIZE, LETTERS_DIGITS, MEMORY_UNIT
from shopglot.quantity.reading import Meaning, Reading, counted, measured
from shopglot.quantity.rules import Case, Found, case, reading
from shopglot.quantity.units import unit_table

# What makes a lone S, M or L a size.
AMONG_SIZES = re.compile(
    r"码|尺寸|号|围|[穿选拍买要]|(?<![A-Za-z0-9])(?:[SML]|X{1,3}L)\s*[/、,，\-~]|[/、,，\-~]\s*(?:[SML]|X{1,3}L)(?![A-Za-z0-9])"
)

# SPF50
spf = Case("spf", r"(?:SPF|spf)\s*(?P<n>[0-9]+)", notation.read_spf)
# PA+++
pa = Case("pa", r"(?:PA|pa)\s*(?P<plus>[+]{1,5})", notation.read_pa)
# 8+256G, 12GB+1T
memory = Case(
    "memory",
    rf"(?P<a>[0-9]{{1,2}})(?:GB?)?\s*[+]\s*(?P<b>[0-9]{{2,4}}|1)\s*{MEMORY_UNIT}",
    notation.read_memory,
)


@case("ph", rf"(?:PH|pH|ph)\s*(?:值)?\s*(?P<low>[0-9.]+)(?:{TO}(?P<high>[0-9.]+))?")
def ph(match: Found) -> list[Reading] | None:
    """Read pH 5.5, PH值5.5-6.5."""
    amount = span(match)
    return None if amount is None else [reading(match, [counted(amount.low, amount.high)])]


@case("one-size", r"均一?码|F码(?![A-Za-z])")
def one_size(match: Found) -> list[Reading]:
    """Read 均码, F码."""
    return [reading(match, [Meaning(kind="letters", label="one size")])]


@case(
    "body",
    r"(?P<height>(?P<cm>1[3-9][0-9])(?:cm|CM|厘米)?)(?:\s*/|[，,、 ]\s?)\s*"
    r"(?P<weight>(?P<low>[0-9]{2,3})\s*(?P<unit>斤|kg|KG|公斤))",
)
def body(match: Found) -> list[Reading]:
    """Read 165/110斤 in a review: height and weight."""
    height, weight = Decimal(match["cm"]), Decimal(match["low"])
    return [
        reading(match, measured(height, height, [unit_table().units["cm"]]), group="height"),
        reading(match, measured(weight, weight, unit_table().chinese.units(match["unit"])), group="weight"),
    ]


@case("letters", rf"(?<![A-Za-z0-9+/&.])(?P<a>{LETTER_SIZE})(?:(?:{TO}|/)(?P<b>{LETTER_SIZE}))?")
def letters(match: Found) -> list[Reading]:
    """Read XL, S-2XL, M/L; a lone S, M or L counts only among sizes."""
    if not match["b"] and match[0] in "SML" and not match.alone():
        around = match.string[max(0, match.start() - 6) : match.end() + 4]
        return notation.letter_sizes(match, strong=AMONG_SIZES.search(around) is not None)
    return notation.letter_sizes(match)


@case("code", LETTERS_DIGITS)
def code(match: Found) -> list[Reading] | None:
    """Read A4, iPhone15, 75B, AU750."""
    letters, label, numbers = notation.code_parts(match["code"])
    if re.fullmatch(r"S9[0-9]{2}", label):
        label = ""  # S925 is the mark of 925 silver
    if not label:
        return [reading(match, numbers)] if numbers else None
    exact = Meaning(kind="code", label=label)
    if fine := re.fullmatch(r"AU([0-9]{3})", label):
        karat = (Decimal(fine[1]) * 24 / 1000).quantize(Decimal(1))
        gold = measured(karat, karat, [unit_table().units["karat"]])
        return [reading(match, [exact, *gold, *numbers])]
    # Three letters may be a word beside a number, and two before one (HP 15, but not PA3); one is part of the code.
    word = len(letters) > 2 or (match["code"][0].isalpha() and letters.upper() != "PA")
    return [reading(match, [exact, *(numbers if word and len(letters) > 1 else [])])]


# 75B, 18K, 4K, 5.5W, 9/10X; but 10w粉丝 is ten thousands
digits_code = code.also(
    r"(?P<code>[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?(?![kKwW](?:[+]|人|元|粉|条|赞|像素|销))[A-Za-z]{1,3}(?:[0-9]+)?)"
    r"(?![A-Za-z0-9])"
)
