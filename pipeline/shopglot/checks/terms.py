"""Are names and glossary terms in the translation, in the form that the market writes?"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from shopglot.checks.english import find_phrase, is_in_hashtag, read_phrase, read_words, split_hashtags
from shopglot.market import Market
from shopglot.types import Finding, Segment, TermMatch, Translation

_HASHTAG = re.compile(r"#\w+")
# A plural or possessive s may follow a name.
_INSIDE_WORD = re.compile(r"s?[A-Za-z0-9]")


def check_brands(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`brand.changed`, `dnt.changed`: a name, or another text to be kept, is not there byte for byte; errors."""
    changed: dict[str, bool] = {}
    for term in segment.terms:
        if not term.keep:
            continue
        if term.target not in changed:
            changed[term.target] = not _stands_exactly(translation.target, term.target)
        if changed[term.target]:
            what, what_zh = ("name", "品牌") if term.brand else ("text", "文字")
            yield Finding(
                check="brand.changed" if term.brand else "dnt.changed", severity="error", side="source",
                start=term.start, end=term.end, text=term.source, suggestion=term.target,
                message=f"The {what} '{term.source}' must be written '{term.target}' here.",
                message_zh=f"{what_zh}“{term.source}”在{market.title}必须写作“{term.target}”，译文中没有。",
            )  # fmt: skip


def check_terms(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`term.missing`: an enforced term is in the translation neither in its form nor in an admitted one; a warning.

    Once is enough for a term that stands in the source several times, and for several terms with one target: a
    language that likes to repeat words meets one that does not.
    """
    if not market.latin:
        return  # The converter writes its overlay itself.
    missing: dict[tuple[str, ...], bool] = {}  # a term may stand in a text a thousand times
    for term in segment.terms:
        if not term.enforce or term.keep or (term.rule and translation.origin == "human"):
            continue  # a person need not say what a rule would have the machine say
        forms = (term.target, *term.admitted)
        if forms not in missing:
            missing[forms] = not any(contains(translation.target, form) for form in forms)
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
    told: set[tuple[str, str]] = set()
    for term in segment.terms:
        for form in term.forbidden:
            if (form, term.target) in told:
                continue
            told.add((form, term.target))
            place = _wrong_place(translation.target, form, segment.terms)
            if place is None:
                continue
            start, end = place
            used = translation.target[start:end]
            yield Finding(
                check="term.forbidden", severity="warning", side="target", start=start, end=end, text=used,
                suggestion=term.target,
                message=f"'{used}' is not what '{term.source}' is called here; it is '{term.target}'.",
                message_zh=f"“{term.source}”不应译为“{used}”，应译为“{term.target}”。",
            )  # fmt: skip


def contains(target: str, form: str) -> bool:
    """Whether `form` stands in `target`: in any case, inflection and spelling, with hyphens, spaces or neither.

    The order of the words counts, also in two of them: a milk tea is no tea milk. Inside a longer word there is
    nothing, but a hashtag is read as the words that it joins.
    """
    phrase = read_phrase(form)
    if next(find_phrase(read_words(target), phrase), None) is not None:
        return True
    if "#" not in target:
        return False
    if next(find_phrase(read_words(split_hashtags(target)), phrase), None) is not None:
        return True
    small = " ".join(tag for tag in _HASHTAG.findall(target) if tag.islower())
    return bool(small) and is_in_hashtag(read_words(small), phrase)


def _wrong_place(target: str, form: str, terms: Iterable[TermMatch]) -> tuple[int, int] | None:
    """Return the first place of a wrong form that is no part of a right one of any term.

    "haze blue" is none in "dusty haze blue", nor "mask" in the "sheet mask" that another term asks for.
    """
    written = read_words(target)
    places = sorted(find_phrase(written, read_phrase(form)))
    if not places:
        return None
    forms = dict.fromkeys(right for term in terms for right in (term.target, *term.admitted))
    right = sorted(span for one in forms for span in find_phrase(written, read_phrase(one)))
    reach = list(accumulate((end for _, end in right), max))
    for start, end in places:
        before = bisect_right(right, start, key=lambda span: span[0])
        if before == 0 or reach[before - 1] < end:
            return start, end
    return None


def _stands_exactly(target: str, text: str) -> bool:
    """Whether a text stands in `target` byte for byte, and not inside a longer Latin word unless that is a hashtag."""
    start = target.find(text)
    if start < 0:
        return False
    while start >= 0:
        end = start + len(text)
        if not _cuts_word(target, start, end):
            return True
        start = target.find(text, end)
    return any(text in hashtag for hashtag in _HASHTAG.findall(target))


def _cuts_word(target: str, start: int, end: int) -> bool:
    before = start > 0 and _latin(target[start - 1]) and _latin(target[start])
    return before or (_latin(target[end - 1]) and _INSIDE_WORD.match(target, end) is not None)


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
