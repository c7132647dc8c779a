"""Sizes and codes in English: one size, S-2XL, US size 8, SPF 50, PA+++, AA, 12GB + 256GB, A4, 75B, 18K gold."""

from __future__ import annotations

import re
from decimal import Decimal

from shopglot.quantity import notation
from shopglot.quantity.english.spelling import DASH
from shopglot.quantity.notation import LETTER_SIZE, LETTERS_DIGITS, MEMORY_UNIT
from shopglot.quantity.reading import Meaning, Reading, measured
from shopglot.quantity.rules import Case, Found, case, reading
from shopglot.quantity.units import unit_table

# What makes a lone S, M or L a size.
AMONG_SIZES = re.compile(
    r"(?i:size)|(?<![A-Za-z0-9])(?:[SML]|X{1,3}L)\s*[/,\-–~&]|[/,\-–~&]\s*(?:[SML]|X{1,3}L)(?![A-Za-z0-9])"
    r"|(?:and|or|to) [SML](?![A-Za-z'])|(?<![A-Za-z'])[SML] (?:and|or|to|fits)"
)
AMERICAN = re.compile(r"(?:US|U\.S\.|American)(?:[- ](?:women's|men's|kids'|shoe|ring))*(?:[- ]?sizes?)?:?\s*$")
BATTERIES = re.compile("batter", re.IGNORECASE)

# SPF 50, SPF-50
spf = Case("spf", r"SPF\s*[-:]?\s*(?P<n>[0-9]+)", notation.read_spf)
# PA+++
pa = Case("pa", r"PA\s*(?P<plus>[+]{1,5})", notation.read_pa, exact=True)
# 12GB RAM + 256GB
memory = Case(
    "memory",
    rf"(?P<a>[0-9]{{1,2}})\s*(?:GB?)?(?: RAM)?\s*[+/]\s*(?P<b>[0-9]{{2,4}}|1)\s*{MEMORY_UNIT}",
    notation.read_memory,
    exact=True,
)


@case("one-size", r"one[- ]size(?:[- ]fits[- ](?:all|most))?(?![A-Za-z])|free[- ]size(?![A-Za-z])")
def one_size(match: Found) -> list[Reading]:
    """Read one size fits all, free size."""
    return [reading(match, [Meaning(kind="letters", label="one size")], strong=False)]


@case("cell", r"(?P<cell>A{2,4})(?![A-Za-z])")
def cell(match: Found) -> list[Reading] | None:
    """Read AA, AAA in a text that speaks of batteries."""
    return [reading(match, [Meaning(kind="code", label=match["cell"])])] if match.about(BATTERIES) else None


@case("us-size", r"(?P<low>[0-9]{1,2}(?:\.5)?)(?![0-9.])(?!\s?-?(?:fl|oz|lb|gal|cup|dollar|inch|in\b))")
def us_size(match: Found) -> list[Reading] | None:
    """Read a size that is said to be American: it is not the same number as a Chinese one."""
    if not AMERICAN.search(match.before(24)):
        return None
    size = Decimal(match["low"])
    return [reading(match, [Meaning(kind="code", low=size, high=size, label="US size")])]


@case("gold", r"(?P<low>[0-9]{1,2})[- ]?(?:K|k|kt|KT|karat|carat)(?:[- ]gold)(?![A-Za-z])")
def gold(match: Found) -> list[Reading]:
    """Read 18K gold."""
    karat = Decimal(match["low"])
    code_of_gold = Meaning(kind="code", label=f"{karat}K")
    return [reading(match, [*measured(karat, karat, [unit_table().units["karat"]]), code_of_gold])]


@case("letters", rf"(?<![A-Za-z0-9+/&.'])(?P<a>{LETTER_SIZE})(?:(?:{DASH}|/)(?P<b>{LETTER_SIZE}))?", exact=True)
def letters(match: Found) -> list[Reading]:
    """Read XL, S-2XL, M/L; a lone S, M or L counts only among sizes."""
    sure = match["b"] != "" or match[0] not in "SML" or match.alone()
    if not sure:
        sure = AMONG_SIZES.search(match.string[max(0, match.start() - 10) : match.end() + 6]) is not None
    return notation.letter_sizes(match, strong=sure)


@case("code", LETTERS_DIGITS, exact=True)
def code(match: Found) -> list[Reading] | None:
    """Read A4, iPhone 15, B5."""
    _, label, numbers = notation.code_parts(match["code"])
    exact = [Meaning(kind="code", label=label)] if label else []
    return [reading(match, [*exact, *numbers])] if exact or numbers else None


# 75B, 18K, 4-K, 9/10X
digits_code = code.also(r"(?P<code>[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?-?[A-Za-z]{1,3}(?:[0-9]+)?)(?![A-Za-z0-9])")
