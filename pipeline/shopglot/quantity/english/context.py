"""What stands around a number in English and changes it: bounds (at most, or more), roles in an offer (off, spend).

Also what a number means that says so only by where it stands: "Waist (cm): 68", "5°C cooler".
"""

from __future__ import annotations

import re
from dataclasses import replace

from shopglot.quantity.english.offers import OFF_BEHIND
from shopglot.quantity.reading import Bound, Meaning, Phrase, Reading, measured
from shopglot.quantity.units import unit_table

# How far a word may stand from the number that it changes.
BEFORE, BEHIND = 40, 30
COMPLETE = frozenset({"letters", "date", "article"})  # these say all of themselves
BOUNDLESS = frozenset({"discount", "ordinal", "clock"})


def _ending(words: str, between: str) -> re.Pattern[str]:
    """Return the pattern of these words right before a number, with filling words and a currency between."""
    return re.compile(
        rf"{words}\s*(?:{between})*(?:RMB|CNY|[¥￥$€£]|US\$|HK\$)?\s*$",
        re.IGNORECASE,
    )


LEAST_BEHIND = re.compile(
    r"(?:\s|-|[)])*(?:or more|or above|or over|or higher|or older|or longer|or larger|and (?:up|above|over|older|more)"
    r"|minimum|at minimum|at least|plus(?![A-Za-z])|[+](?!\s*[0-9])|upwards?)",
    re.IGNORECASE,
)
MOST_BEHIND = re.compile(
    r"(?:\s|-|[)])*(?:or less|or below|or under|or fewer|or lower|or younger|and (?:under|below|younger)|maximum"
    r"|at most|max(?![a-z])|tops|limit)",
    re.IGNORECASE,
)
AMOUNT_OF = "a |an |the |about |around |ages? |size |of "
LEAST_BEFORE = _ending(
    r"(?<![A-Za-z])(?:at least|no less than|no fewer than|not less than|not under|not below|no lower than"
    r"|no shorter than|no smaller than|minimum(?: of)?|min\.?|more than|over|above|greater than|exceed(?:s|ing)?"
    r"|upwards of|from|starting (?:at|from)|starts at|as low as|longer than|older than|louder than|heavier than"
    r"|higher than|taller than|wider than|larger than|bigger than|thicker than|beyond|>|≥|surpass(?:es|ing)?"
    r"|in excess of)",
    AMOUNT_OF,
)
NOT_LEAST = _ending(
    r"(?<![A-Za-z])(?:not|never|without|no|or|(?<=n't)t) (?:more than|over|above|greater than|exceed(?:ing)?"
    r"|longer than|older than|beyond)",
    "a |an |the |about |around ",
)
MOST_BEFORE = _ending(
    r"(?<![A-Za-z])(?:up to|at most|no more than|not more than|not over|not exceed(?:ing)?|n't exceed|does not exceed"
    r"|less than|fewer than|under|below|within|maximum(?: of)?|max\.?|nearly|almost|close to|not above|no larger than"
    r"|no longer than|no higher than|no greater than|no bigger than|no heavier than|no older than|shorter than"
    r"|lighter than|lower than|smaller than|younger than|capped at|limit(?:ed to| of)|just under|<|≤|just shy of"
    r"|approaching)",
    AMOUNT_OF,
)
OFF_BEFORE = _ending(
    r"(?:save(?:s)?|saving|get|take|knock|minus|less|deduct(?:ed)?|discount(?:ed)?(?: of| by)?"
    r"|reduc(?:ed|tion)(?: of| by)?"
    r"|receive|enjoy|cut|down|coupons?(?: for| worth| of)?|off by|drops?(?: by)?|cheaper by|lowered by|- ?)",
    "an? |instant(?:ly)? |extra |another |up to |of |the |by ",
)
SPEND_BEFORE = _ending(
    r"(?:spend(?:ing)?|spent|orders?(?: total(?:l?ing)?)?(?: of| over| above| from)?"
    r"|purchases?(?: of| over| above| total(?:l?ing)?)?|over|above|every|each|for|reach(?:es|ing)?"
    r"|minimum(?: spend| of)*|when you buy|on|totals?|total(?:l?ing)?|hit|buy)",
    "of |over |at least |a |more than |just ",
)
SPEND_BEHIND = re.compile(
    r"(?:\s|-)*(?:yuan |RMB )?(?:or more|and up|or over|minimum|min\.?|spent|spend|purchase|orders?)", re.IGNORECASE
)
BUY_BEFORE = re.compile(
    r"(?:buy|buying|bought|purchas(?:e|ing)(?: of)?|order(?:ing)?|for every|every|with|for|on)\s*(?:any )?$",
    re.IGNORECASE,
)
GET_BEFORE = re.compile(
    r"(?:get|gets|receive|plus|take|free|bonus|and)\s*(?:the |an? |another |extra |additional )*$", re.IGNORECASE
)
GET_BEHIND = re.compile(
    r"\s*(?:more |extra |additional |item |items |pair |piece |pieces |bottles? |box(?:es)? |packs? |bags? |of them )?"
    r"(?:for )?free",
    re.IGNORECASE,
)
HEADER = re.compile(r"\(\s*([A-Za-z²³/]{1,6})\s*\)\s*:?\s*$")  # Waist (cm):
STEP = re.compile(
    r"(?:[\s()°CF0-9./]|or|about)*(?:cooler|warmer|colder|hotter|drop|rise|difference|lower(?! than)|higher(?! than)"
    r"|cooling)",
    re.IGNORECASE,
)
STEPS = {"celsius": "celsius_step", "fahrenheit": "fahrenheit_step"}


def take_in(phrase: Phrase, text: str, *, around: bool = True) -> Phrase:
    """Return a phrase of a narrow text with what stands before and behind it taken in."""
    if phrase.rule in COMPLETE:
        return phrase
    changed = []
    for one in phrase.readings:
        before, behind = text[max(0, one.start - BEFORE) : one.start], text[one.end : one.end + BEHIND]
        implied = _implied(one, before, behind)
        if not around:
            changed.append(replace(one, meanings=implied) if implied else one)
            continue
        kinds = {meaning.kind for meaning in one.meanings}
        changed.append(
            replace(
                one,
                meanings=implied or one.meanings,
                bound="" if kinds & BOUNDLESS else _bound(before, behind),
                role=_role(before, behind, money="money" in kinds, count="count" in kinds),
            )
        )
    return replace(phrase, readings=tuple(changed))


def _implied(one: Reading, before: str, behind: str) -> tuple[Meaning, ...]:
    """Return what the place of a number says of its unit, or nothing."""
    first = one.meanings[0]
    if first.unit is None:
        header = HEADER.search(before) if first.kind == "count" else None
        return tuple(measured(first.low, first.high, unit_table().english.units(header[1]))) if header else ()
    if first.unit.name in STEPS and STEP.match(behind):
        return tuple(measured(first.low, first.high, [unit_table().units[STEPS[first.unit.name]]]))
    return ()


def _bound(before: str, behind: str) -> Bound:
    if NOT_LEAST.search(before) or MOST_BEHIND.match(behind):
        return "most"
    if LEAST_BEHIND.match(behind):
        return "least"
    # "no less than" before "less than": what begins earlier is the whole phrase.
    least, most = LEAST_BEFORE.search(before), MOST_BEFORE.search(before)
    if least and most:
        return "least" if least.start() <= most.start() else "most"
    return "least" if least else "most" if most else ""


def _role(before: str, behind: str, *, money: bool, count: bool) -> str:
    """Return what an amount of money or a number of things does in an offer."""
    if not money and not count:
        return ""
    if OFF_BEHIND.match(behind):
        return "off"
    if money and SPEND_BEHIND.match(behind):
        return "spend"
    if GET_BEHIND.match(behind):
        return "get"
    return (_count_role(before, behind) if count else "") or (_money_role(before) if money else "")


def _money_role(before: str) -> str:
    if SPEND_BEFORE.search(before):
        return "spend"
    return "off" if OFF_BEFORE.search(before) else ""


def _count_role(before: str, behind: str) -> str:
    if BUY_BEFORE.search(before) and "buy" in before.lower():
        return "buy"
    free = "free" in behind.lower() or "free" in before.lower()
    return "get" if free and GET_BEFORE.search(before) else ""
