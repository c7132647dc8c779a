"""Does the translation say the same over and over?

What stands between words is ignored, so that "soft, soft. Soft!" is a loop as well. A loop that the source has too
(买它买它买它) is the merchant's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import eq

from shopglot.market import Market
from shopglot.script import HAN
from shopglot.types import Finding, Segment, Translation

LONGEST = 8  # words in one round of a loop; the engines cut longer ones off
EMPHASIS = 3  # times that one word may stand in a row: "very very very soft"
FAR = 4  # words of a phrase that is counted wherever it stands
OFTEN = 3  # times that such a phrase makes a loop
# Words that never stand twice in a row in a right sentence. ("had had", "that that", "very very" may.)
SINGLE = frozenset("a an the of to and or for with from at".split())
CONTENT = 4  # letters of the longest word of a phrase that says something
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
HAN_LOOP = re.compile(r"(.{2,12}?)\1{2,}", re.DOTALL)
SOURCE_LOOP = re.compile(r"(.{1,12}?)\1+", re.DOTALL)
NO_LETTER = re.compile(r"[\W\d_]+")

_Loop = tuple[int, int, int]  # first word, word behind the last, words in a round


def check_repetition(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`repetition`: words in a loop that the source does not have.

    An error from three rounds of a phrase or four of a word on, and where the engine cut a loop off; a warning where a
    phrase stands twice in a row, an article or preposition does, or a long phrase comes again and again.
    """
    target = translation.target
    spans = _english(segment, target) if market.latin else _chinese(segment, target)
    sure = translation.repeated or (spans is not None and spans[2])
    if spans is None and not translation.repeated:
        return
    start, end = spans[:2] if spans is not None else (0, len(target))
    yield Finding(
        check="repetition", severity="error" if sure else "warning", side="target", start=start, end=end,
        text=target[start:end], message=f"The translation repeats itself: '{_short(target[start:end])}'.",
        message_zh=f"译文出现重复（“{_short(target[start:end])}”），须由译员改写。",
    )  # fmt: skip


def _english(segment: Segment, target: str) -> tuple[int, int, bool] | None:
    """Return where the words repeat themselves and whether that is sure, None where they do not."""
    words = WORD.findall(target.casefold())
    if len(set(words)) == len(words):
        return None
    loop, sure = _adjacent(words), False
    if loop is not None:
        rounds = (loop[1] - loop[0]) // loop[2]
        sure = rounds > (EMPHASIS if loop[2] == 1 else 2)
        stutter = loop[2] == 1 and words[loop[0]] in SINGLE
        loop = loop if stutter or not _repeats(segment.source, rounds) else None
    if loop is None:
        loop, sure = _recurring(words), False
        loop = None if loop is None or _repeats(segment.source, OFTEN) else loop
    if loop is None:
        return None
    places = [match.span() for match in WORD.finditer(target)]
    last = min(loop[1], len(places)) - 1
    return places[min(loop[0], last)][0], places[last][1], sure


def _adjacent(words: Sequence[str]) -> _Loop | None:
    """Return the worst loop: a phrase of at least two words, no number among them, twice in a row; or one word."""
    best: _Loop | None = None
    for period in range(1, min(LONGEST, len(words) // 2) + 1):
        same = 0
        if sum(map(eq, words, words[period:])) < period:
            continue
        for place in range(period, len(words) + 1):
            if place < len(words) and words[place] == words[place - period]:
                same += 1
                continue
            start, rounds = place - same - period, same // period + 1
            same, unit = 0, words[start : start + period]
            if rounds < 2 or any(character.isdigit() for word in unit for character in word):
                continue
            if rounds <= (EMPHASIS if period == 1 else 2) and not _is_odd(unit):
                continue
            if best is None or rounds > (best[1] - best[0]) // best[2]:
                best = start, start + rounds * period, period
    return best


def _is_odd(unit: Sequence[str]) -> bool:
    """Whether a unit is odd to stand twice: a phrase that says something, or a word that never does."""
    return unit[0] in SINGLE if len(unit) == 1 else max(map(len, unit)) >= CONTENT


def _recurring(words: Sequence[str]) -> _Loop | None:
    """Return the last place of a phrase of `FAR` words that stands `OFTEN` times, anywhere."""
    seen: dict[tuple[str, ...], int] = {}
    if len(words) - len(set(words)) < (OFTEN - 1) * FAR:
        return None
    for place in range(len(words) - FAR + 1):
        phrase = tuple(words[place : place + FAR])
        seen[phrase] = seen.get(phrase, 0) + 1
        if seen[phrase] == OFTEN and len(set(phrase)) > 1:
            return place, place + FAR, FAR
    return None


def _chinese(segment: Segment, target: str) -> tuple[int, int, bool] | None:
    han = "".join(HAN.findall(target))
    if len(set(pairwise(han))) == len(han) - 1:  # no two characters stand twice
        return None
    match = HAN_LOOP.search(han)
    if match is None or _repeats(segment.source, 3):
        return None
    places = [found.start() for found in HAN.finditer(target)]
    return places[match.start()], places[match.end() - 1] + 1, True


def _repeats(source: str, rounds: int) -> bool:
    """Whether the source says something that often itself: in a row, or, from three times on, anywhere."""
    letters = NO_LETTER.sub("", source)
    if any(len(match[0]) // len(match[1]) >= min(rounds, OFTEN) for match in SOURCE_LOOP.finditer(letters)):
        return True
    pairs = Counter(letters[place : place + 2] for place in range(len(letters) - 1))
    return rounds >= OFTEN and max(pairs.values(), default=0) >= rounds


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
