"""Are brands and glossary terms in the translation in the form that the market writes?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from shopglot.market import Market
from shopglot.types import Finding, Segment, Translation

# English endings that a term may take in a sentence: bag/bags, moisturize/moisturizing, cozy/coziest.
ENDINGS = r"(?:s|es|ed|d|ing|er|est|ly|y|ies|ier|iest|'s)?"


def check_brands(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`brand.changed`: a do-not-translate text does not come out byte for byte in its market's form; an error."""
    for term in segment.terms:
        if term.keep and term.target not in translation.target:
            yield Finding(
                check="brand.changed", severity="error", side="source", start=term.start, end=term.end,
                text=term.source, suggestion=term.target,
                message=f"The name '{term.source}' must be written '{term.target}' here.",
                message_zh=f"品牌“{term.source}”在{market.title}必须写作“{term.target}”，译文中没有。",
            )  # fmt: skip


def check_terms(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`term.missing`: an enforced term is in the translation neither in its form nor in an admitted one; a warning."""
    if not market.latin:
        return  # The converter writes its overlay itself; the Hong Kong issue compares senses.
    stands = _contains_joined if segment.field == "hashtag" else contains
    missing: dict[tuple[str, ...], bool] = {}  # a term may stand in a text a thousand times
    for term in segment.terms:
        if not term.enforce or term.keep:
            continue
        forms = (term.target, *term.admitted)
        if forms not in missing:
            missing[forms] = not any(stands(translation.target, form) for form in forms)
        if missing[forms]:
            yield Finding(
                check="term.missing", severity="warning", side="source", start=term.start, end=term.end,
                text=term.source, suggestion=term.target,
                message=f"'{term.source}' should be '{term.target}'.",
                message_zh=f"术语“{term.source}”应译为“{term.target}”，译文中没有。",
            )  # fmt: skip


def check_forbidden(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`term.forbidden`: a form that the glossary knows to be wrong for a term of the source is used; a warning."""
    if not market.latin:
        return
    found: dict[str, re.Match[str] | None] = {}
    for term in segment.terms:
        for form in term.forbidden:
            if form not in found:
                found[form] = _pattern(form).search(translation.target)
            match = found[form]
            # "haze blue" inside a right form is no fault: "dusty haze blue" may be the preferred one.
            if match is None or any(contains(right, form) for right in (term.target, *term.admitted)):
                continue
            yield Finding(
                check="term.forbidden", severity="warning", side="target", start=match.start(), end=match.end(),
                text=match[0], suggestion=term.target,
                message=f"'{match[0]}' is not what '{term.source}' is called here; it is '{term.target}'.",
                message_zh=f"“{term.source}”不应译为“{match[0]}”，应译为“{term.target}”。",
            )  # fmt: skip


def contains(target: str, form: str) -> bool:
    """Whether `form`, or an inflection of it, stands in `target`: any case, hyphen or space."""
    return _pattern(form).search(target) is not None


def _contains_joined(target: str, form: str) -> bool:
    """Whether `form` stands in a hashtag, where words are written together."""
    return _letters(form) in _letters(target)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


@lru_cache(maxsize=65536)
def _pattern(form: str) -> re.Pattern[str]:
    words = [word for word in re.split(r"[\s\-–]+", form.casefold()) if word]
    stems = [_stem(word) for word in words]
    return re.compile(r"(?<![A-Za-z0-9])" + r"[\s\-–]*".join(stems) + r"(?![A-Za-z0-9])", re.IGNORECASE)


def _stem(word: str) -> str:
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return re.escape(word)
    if word.endswith("y") and len(word) > 3:  # puppy, puppies
        return re.escape(word[:-1]) + rf"(?:y|i)?{ENDINGS}"
    if word.endswith("e"):  # moisturize, moisturizing
        return re.escape(word[:-1]) + rf"e?{ENDINGS}"
    if word.endswith("s") and not word.endswith("ss"):  # pants, pant; bags, bag
        return re.escape(word[:-1]) + r"s?(?:es)?"
    if word.endswith("ing") and len(word) > 5:  # hydrating, hydrates
        return re.escape(word[:-3]) + r"(?:e|es|ed|ing|ion|ings)?"
    return re.escape(word) + rf"{re.escape(word[-1])}?{ENDINGS}"
