"""Is the English cased as its field is: titles and labels in title case, prose in sentences, nothing shouted?

`wording` cases machine answers; what is found here was written by somebody else, or needs a reader who knows the names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopglot.checks.kept import blank_kept
from shopglot.market import Market
from shopglot.memory import field_policy
from shopglot.types import Finding, Segment, Translation

WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
LONGEST_SMALL = 4  # letters of a word that a title may write small: with, from
SHORTEST_SHOUT = 4  # letters from which a word in capitals is no abbreviation
SHOUTED = 3  # such words in a row
SENTENCE = 6  # words from which prose can be told from a name
TITLED = 0.9  # share of capitalised words that makes prose a title


def check_case(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`case.title`: a title with small words, prose in title case, or words that are shouted; for information."""
    if not market.latin:
        return
    policy = field_policy(segment.field)
    if policy != "title" and sum(map(str.isupper, translation.target)) < SENTENCE:
        return
    words = list(WORD.finditer(blank_kept(segment, translation.target, "_")))
    shout = _shouted(words, segment.source)
    if shout is not None:
        yield _finding(translation.target, shout, "is in capitals, and the source does not shout", "不应全部大写")
        return
    if policy == "title":
        small = [word for word in words if word[0].islower() and len(word[0]) > LONGEST_SMALL]
        if len(small) >= max(2, len(words) / 2):
            yield _finding(
                translation.target, (small[0].start(), small[-1].end()), "is not in title case", "应按标题大写"
            )
    elif policy == "prose" and _is_titled(words):
        span = words[0].start(), words[-1].end()
        yield _finding(translation.target, span, "is prose in title case", "是正文，不应按标题大写")


def _shouted(words: list[re.Match[str]], source: str) -> tuple[int, int] | None:
    """Return the first stretch of long words in capitals that the source does not have."""
    first = last = None
    count = 0
    for word in words:
        if word[0].isupper() and (len(word[0]) < SHORTEST_SHOUT or word[0] not in source):
            first = first or word
            last = word
            count += len(word[0]) >= SHORTEST_SHOUT
            continue
        if count >= SHOUTED:
            break
        first, count = None, 0
    return (first.start(), last.end()) if first and last and count >= SHOUTED else None


def _is_titled(words: list[re.Match[str]]) -> bool:
    telling = [word[0] for word in words if len(word[0]) > LONGEST_SMALL]
    return len(telling) >= SENTENCE and sum(word[0].isupper() for word in telling) >= TITLED * len(telling)


def _finding(target: str, span: tuple[int, int], fault: str, fault_zh: str) -> Finding:
    start, end = span
    words = target[start:end]
    return Finding(
        check="case.title", severity="info", side="target", start=start, end=end, text=words,
        message=f"'{words}' {fault}.", message_zh=f"英文“{words}”{fault_zh}。",
    )  # fmt: skip
