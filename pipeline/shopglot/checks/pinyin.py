"""Was a Chinese word spelled out in pinyin where it should have been translated?

Names are written in pinyin rightly (Beijing, Huawei), and 1 in 30 real translations has one, so only words that the
glossary translates are looked for: "Baoyou" where 包邮 is "free shipping". `pinyin.tsv` has the readings of the 6,763
characters of GB 2312, without tones, ü as v; a character with several readings stands with each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise, product
from math import prod
from pathlib import Path

from shopglot.checks.words import small_words
from shopglot.market import Market
from shopglot.types import Finding, Segment, Translation

LONGEST = 6  # characters of a word that is looked for
SHORTEST = 5  # letters: four and fewer are many an English word
MOST_SPELLINGS = 32
# What English took over, and pinyin that happens to be English.
ENGLISH = frozenset(
    """baijiu baozi bao cheongsam congee dim sum doufu feng fengshui gaiwan goji guzheng hanfu huo guo hongbao hotpot
    jiaozi kungfu lapsang longan longjing lychee mahjong mala mantou mini mahua oolong pipa puer pu er qigong
    qipao renminbi shifu sichuan taichi tieguanyin tofu tongkat tuina wok women wonton wushu wuxia xianxia yuan
    yuanyang yuzu zongzi change dance language manage mango panda banana pangu""".split()
)


def check_pinyin(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`script.leak`: a word that the glossary translates was only spelled out in pinyin; a warning."""
    if not market.latin or not segment.terms:
        return
    target = translation.target
    written = _written(target)
    for term in segment.terms:
        spelled = written & _spellings(term.source) if not term.keep else frozenset()
        spelled -= {_plain(form) for form in (term.target, *term.admitted)} if spelled else frozenset()
        match = _place(target, min(spelled)) if spelled else None
        if match is None:
            continue
        yield Finding(
            check="script.leak", severity="warning", side="target", start=match.start(), end=match.end(),
            text=match[0], suggestion=term.target,
            message=f"'{match[0]}' is the pinyin of '{term.source}'; it should be '{term.target}'.",
            message_zh=f"“{match[0]}”只是“{term.source}”的拼音，应译为“{term.target}”。",
        )  # fmt: skip


def _written(target: str) -> frozenset[str]:
    """Return the words of a text, and each two and three of them in a row written together, in small letters."""
    words = small_words(target)
    pairs = map("".join, pairwise(words))
    threes = map("".join, zip(words, words[1:], words[2:], strict=False))
    return frozenset((*words, *pairs, *threes))


@lru_cache(maxsize=65536)
def _spellings(word: str) -> frozenset[str]:
    """Return the pinyin of a Chinese word of two to `LONGEST` characters, together; none where it may be English."""
    if not 2 <= len(word) <= LONGEST:
        return frozenset()
    readings = [_readings().get(character, ()) for character in word]
    if prod(map(len, readings)) > MOST_SPELLINGS:
        return frozenset()
    spelled = frozenset(map("".join, product(*readings)))
    return frozenset(spelling for spelling in spelled - ENGLISH if len(spelling) >= SHORTEST)


def _place(target: str, spelling: str) -> re.Match[str] | None:
    return re.search("[ '-]*".join(spelling), target, re.IGNORECASE)


@lru_cache(maxsize=1)
def _readings() -> dict[str, tuple[str, ...]]:
    """Return the readings of each character."""
    readings: dict[str, tuple[str, ...]] = {}
    lines = Path(__file__).with_name("pinyin.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        syllable, characters = line.split("\t")
        for character in characters:
            readings[character] = (*readings.get(character, ()), syllable)
    return readings


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
