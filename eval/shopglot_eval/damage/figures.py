"""Numbers: a number of the target becomes another one, in digits, in words, in its scale or in its unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from random import Random

from shopglot_eval.damage.cases import Case, Mechanism
from shopglot_eval.damage.seams import Span
from shopglot_eval.quantity.spelling import ONES, TENS, nth

DIGITS = re.compile(r"(?<![0-9])(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?")
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s;,)]+")
ORDINAL_ENDING = re.compile(r"(?:st|nd|rd|th)(?![^\W_])")
SCALES = ("hundred", "thousand", "million", "billion", "trillion")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
MULTIPLES = ("twice", "double", "triple", "doubled", "tripled")
# Units that a slip turns into one another.
UNITS = (
    ("kg", "g", "mg"), ("ml", "l"), ("mL", "L"), ("cm", "mm", "m", "km"), ("hours", "days", "weeks", "months", "years"),
    ("minutes", "seconds", "hours"), ("hour", "day", "week", "month", "year"), ("grams", "kilograms"),
    ("meters", "kilometers", "centimeters"), ("metres", "kilometres"), ("yuan", "dollars", "euros"),
    ("RMB", "USD", "EUR"), ("mu", "hectares"), ("W", "kW"), ("GB", "MB", "TB"),
)  # fmt: skip
LONGEST = 18  # characters of a number
COUNTED = "yuan|people|persons|units|copies|dollars|pieces|users|RMB|tons|tonnes|yuans|cases|visitors|mu|households"

_WORDS = (*ONES[2:], *(ten for ten in TENS if ten != "-"))
WORD = re.compile(rf"(?<![^\W_])(?:{'|'.join((*_WORDS, *MULTIPLES))})(?![^\W_])", re.IGNORECASE)
RANK = re.compile(rf"(?<=the )(?:{'|'.join(ORDINALS)})(?![^\W_])")
SINGLE = re.compile(
    r"(?<![^\W_])(?:[Oo]ne)(?= (?:hour|day|week|month|year|minute|piece|bottle|box|set|night|time)(?![^\W_]))"
)
COUNTABLE = re.compile(r" (?:hour|day|week|month|year|minute|piece|bottle|box|set|night|time)(?![^\W_])")
SCALE = re.compile(rf"(?<![^\W_])(?:{'|'.join(SCALES)})(?![^\W_])", re.IGNORECASE)
SCALABLE = re.compile(rf"(?<![0-9.,])[0-9][0-9,]*(?:\.[0-9]+)?(?= (?:{COUNTED})(?![^\W_]))")
UNIT = re.compile(
    rf"(?<=[0-9])[ -]?(?P<unit>{'|'.join(sorted({u for row in UNITS for u in row}, key=len, reverse=True))})(?![^\W_])"
)


def digit(case: Case, chance: Random) -> str | None:
    """Change one digit of a number."""
    return _changed(case.target, DIGITS, _other_digit, chance)


def swapped_digits(case: Case, chance: Random) -> str | None:
    """Exchange two neighbouring digits of a number."""
    return _changed(case.target, DIGITS, _swapped, chance)


def magnitude(case: Case, chance: Random) -> str | None:
    """Make a number ten, a hundred or ten thousand times as large or small: 万 misread, a zero lost, a point moved."""
    return _changed(case.target, DIGITS, _moved, chance)


def scale(case: Case, chance: Random) -> str | None:
    """Change million to billion and the like, or put such a word behind a number of people, yuan or pieces."""
    text = case.target
    if SCALE.search(text):
        return _changed(text, SCALE, lambda text, span, chance: _of_row(text[slice(*span)], SCALES, chance), chance)
    return _changed(
        text, SCALABLE, lambda text, span, chance: f"{text[slice(*span)]} {chance.choice(SCALES[1:3])}", chance
    )


def word(case: Case, chance: Random) -> str | None:
    """Change a number that is written in letters: two, second, twice, one hour."""
    patterns = [WORD, RANK, SINGLE]
    chance.shuffle(patterns)
    return next((made for pattern in patterns if (made := _changed(case.target, pattern, _other_word, chance))), None)


def unit(case: Case, chance: Random) -> str | None:
    """Change the unit behind a number: kg to g, hours to days."""
    found = [match for match in UNIT.finditer(case.target) if match["unit"]]
    if not found:
        return None
    match = chance.choice(found)
    row = chance.choice([row for row in UNITS if match["unit"] in row])
    return case.target[: match.start("unit")] + _of_row(match["unit"], row, chance) + case.target[match.end() :]


def several(case: Case, chance: Random) -> str | None:
    """Change every number in digits, two at least."""
    text, changed = case.target, 0
    for start, end in reversed(_places(text, DIGITS)):
        new = chance.choice((_other_digit, _moved, _other_digit))(text, (start, end), chance)
        if new:
            text, changed = _put(text, (start, end), new), changed + 1
    return text if changed >= 2 else None


def numbers(text: str) -> Counter[str]:
    """Return the numbers of a text, digits, words, scales, and the units right behind digits."""
    found = Counter(match.group().replace(",", "") for match in DIGITS.finditer(text))
    for pattern in (WORD, RANK, SINGLE, SCALE):
        found.update(match.group().lower() for match in pattern.finditer(text))
    found.update(match["unit"] for match in UNIT.finditer(text))
    return found


def _places(text: str, pattern: re.Pattern[str]) -> list[Span]:
    """Return where a pattern stands outside of addresses; endless rows of digits are no numbers."""
    closed = [match.span() for match in ADDRESS.finditer(text)]
    found, at = [], 0
    for span in (match.span() for match in pattern.finditer(text)):
        while at < len(closed) and closed[at][1] <= span[0]:
            at += 1
        if span[1] - span[0] <= LONGEST and (at == len(closed) or span[1] <= closed[at][0]):
            found.append(span)
    return found


def _changed(
    text: str, pattern: re.Pattern[str], change: Callable[[str, Span, Random], str | None], chance: Random
) -> str | None:
    places = _places(text, pattern)
    chance.shuffle(places)
    for span in places[:8]:
        new = change(text, span, chance)
        if new and new != text[slice(*span)]:
            return _put(text, span, new)
    return None


def _put(text: str, span: Span, new: str) -> str:
    """Replace a number; the ending of 21st follows, and "one hour" becomes "three hours"."""
    start, end = span
    old, rest = text[start:end], text[end:]
    if new.isdigit() and ORDINAL_ENDING.match(rest):
        return text[:start] + nth(int(new)) + rest[2:]
    single = old.lower() in ("one", "1") and (noun := COUNTABLE.match(rest)) and not text[start - 1 : start].isalpha()
    if single and noun:
        rest = noun.group() + ("es" if noun.group() == " box" else "s") + rest[noun.end() :]
    return text[:start] + (new.capitalize() if old[0].isupper() else new) + rest


def _is_time(text: str, span: Span) -> bool:
    return text[span[0] - 1 : span[0]] == ":" or bool(re.match(r":[0-9]", text[span[1] : span[1] + 2]))


def _other_digit(text: str, span: Span, chance: Random) -> str | None:
    old = text[slice(*span)]
    if _is_time(text, span):
        return chance.choice([hour for hour in ("10", "11", "12", "20") if hour != old])
    # The zeros of a round number stay.
    kept = old.rstrip("0,") if "." not in old and old.rstrip("0,") else old
    at = chance.choice([at for at, letter in enumerate(kept) if letter.isdigit()])
    if _is_year(old):
        at = chance.choice((2, 3))
    others = [other for other in ("123456789" if at == 0 else "0123456789") if other != old[at]]
    if len(old) == 1:
        others.remove("1") if "1" in others else None
    elif len(old) == 2 and int(old) <= 31 and old[1] != "0":  # may be a day or a month: stay one
        at, others = 1, [other for other in ("12345678" if old[0] != "3" else "01") if other != old[1]]
    return old[:at] + chance.choice(others) + old[at + 1 :]


def _swapped(text: str, span: Span, chance: Random) -> str | None:
    old = text[slice(*span)]
    able = [
        at for at in range(len(old) - 1)
        if old[at : at + 2].isdigit() and old[at] != old[at + 1] and not (at == 0 and old[1] == "0")
    ]  # fmt: skip
    if not able or _is_time(text, span) or old.startswith("0"):
        return None
    at = able[-1] if _is_year(old) else chance.choice(able)
    return old[:at] + old[at + 1] + old[at] + old[at + 2 :]


def _moved(text: str, span: Span, chance: Random) -> str | None:
    old = text[slice(*span)]
    whole, _, part = old.replace(",", "").partition(".")
    beside = text[span[0] - 1 : span[0]] + text[span[1] : span[1] + 1]
    # 21st, B2, 3D: names of something, not so many of it.
    fixed = bool(ORDINAL_ENDING.match(text, span[1])) or any(letter.isupper() for letter in beside)
    if fixed or _is_time(text, span) or _is_year(old) or whole.startswith("0") or len(whole) > 15:
        return None
    if part:
        return chance.choice((whole + part, f"{whole[:-1] or '0'}.{whole[-1]}{part}"))
    value = int(whole)
    able = [value * 10, value * 10, value * 100] + ([value * 10_000] if value < 1000 else [])
    able += [value // power for power in (10, 100, 10_000) if value % power == 0 and value > power]
    new = chance.choice(able)
    return f"{new:,}" if new >= 10_000 or "," in old else str(new)


def _other_word(text: str, span: Span, chance: Random) -> str | None:
    old = text[slice(*span)].lower()
    if old == "one":
        return chance.choice(ONES[2:7])
    row = next(
        row for row in (ORDINALS, MULTIPLES[:1], MULTIPLES[1:3], MULTIPLES[3:], ONES[2:13], _WORDS) if old in row
    )
    return "three times" if old == "twice" else _of_row(old, row, chance)


def _of_row(old: str, row: tuple[str, ...] | list[str], chance: Random) -> str:
    """Return another one of a row, mostly a neighbour."""
    at = next((at for at, one in enumerate(row) if one.lower() == old.lower()), 0)
    near = [row[other] for other in (at - 1, at + 1) if 0 <= other < len(row)]
    return chance.choice(near if chance.random() < 0.7 else [one for one in row if one.lower() != old.lower()])


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and text[:2] in ("19", "20")


MECHANISMS: tuple[Mechanism, ...] = (digit, swapped_digits, magnitude, scale, word, unit, several)
