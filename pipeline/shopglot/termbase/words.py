"""Where Chinese words begin and end, so that no term is found across them: 南京市长江大桥 has no 市长, 和服务 no 和服.

The text is cut by a dictionary of general Chinese that is told the termbase's own words first. A general dictionary
does not know a shop's language, so a term whose edge it cuts is not given up at once: see `Words.admit`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from shopglot.script import is_han

if TYPE_CHECKING:
    from rjieba import Jieba

# How common a term is taken to be, in a dictionary whose words were counted in 60 million: in a shop its words are
# far more common than in the newspapers that were counted. Chosen on marketplace titles and product copy: with less,
# terms are cut by rare words (神仙|水面|霜), with more, they cut common ones (背景|墙面).
LEAST_COUNT = 1000
MORE_COMMON = 10
# What is set after any word, and so leaves the word before it whole where the dictionary joins it to that word's last
# character instead: 个|性感 is 个性|感, 秋|冬款 is 秋冬|款.
SUFFIXES = frozenset("感色调款型性度风式版系级子后穿")
# Words of grammar: a term is no likelier than these with the next word, 和|服装 is not 和服|装.
PARTICLES = frozenset("和与及或的地得在是有为把被让从对以等也都又很更最不没就还才只可能会要用向到于而且但之其将给比")
# A word counted less often than this, and no term, is no reason to give up a term: 水润|肤水, cut as 水|润肤|水.
COMMON = 2000


class Words:
    """The words of one text: what edges its terms may have."""

    def __init__(self, text: str, cutter: Cutter, is_term: Callable[[str], bool]) -> None:
        self._text = text
        self._cutter = cutter
        self._is_term = is_term

    def admit(self, start: int, end: int) -> bool:
        """Whether the term from `start` to `end` may be meant here, and is not made of pieces of other words.

        A single Han character is meant where it stands alone, beside nothing that is read. Otherwise both edges must
        lie between words, with what a dictionary of general Chinese takes for one word read more closely:

        - a term at either edge of a longer word is meant (生日 in 生日蛋糕), unless that word's tail is another term
          with which it shares characters, for the tail is what the whole is (大衣 in 大衣柜, a wardrobe);
        - a term that ends inside a word whose other part is a term (神仙水|乳液, cut as 神仙|水乳液) or a suffix
          (个性|感, cut as 个|性感) is meant, and so is one that begins inside a word whose other part is a term
          (百褶|裙摆, cut as 百褶裙|摆), and one that joins a single character to that of a rare word (水润|肤水);
        - one that leaves anything else of a word is not.
        """
        text = self._text
        if end - start == 1 and is_han(text[start]):
            return self._stands_alone(start, end)
        left, right = self._word_cut_at(start), self._word_cut_at(end)
        if left is None and right is None:
            return True
        whole = left or right
        if whole is not None and whole[0] <= start and end <= whole[1]:
            return self._is_edge_of(whole, start, end)
        if left is not None:
            # 直筒裤|型 has a suffix, and is not 直筒|裤型.
            return right is None and self._is_term(text[left[0] : start]) and text[left[1] : end] not in SUFFIXES
        return right is None or self._may_leave(right, start, end)

    def _may_leave(self, word: tuple[int, int], start: int, end: int) -> bool:
        """Whether a term that begins a word may leave what follows it of the word that it ends in."""
        rest = self._text[end : word[1]]
        if len(rest) > 1:
            return self._is_term(rest)
        alone = start + 1 in self._edges
        if alone and self._text[start] in PARTICLES:
            return False
        return rest in SUFFIXES or (alone and self._is_rare(self._text[slice(*word)]))

    def _is_rare(self, word: str) -> bool:
        return not self._is_term(word) and self._cutter.count(word) < COMMON

    def _is_edge_of(self, word: tuple[int, int], start: int, end: int) -> bool:
        """Whether a term inside a longer word begins or ends it, and is not cut by a term that ends the word."""
        if start != word[0]:
            return end == word[1]
        if self._text[end : word[1]] in SUFFIXES:
            return True
        return not any(self._is_term(self._text[at : word[1]]) for at in range(start + 1, end))

    def _stands_alone(self, start: int, end: int) -> bool:
        beside = self._text[max(start - 1, 0) : start] + self._text[end : end + 1]
        return not any(map(str.isalnum, beside))

    def _word_cut_at(self, offset: int) -> tuple[int, int] | None:
        """Return the word that an offset lies inside of, between two Han characters of it; None where it cuts none."""
        text = self._text
        if not 0 < offset < len(text) or not is_han(text[offset - 1]) or not is_han(text[offset]):
            return None
        if offset in self._edges:
            return None
        at = bisect_right(self._cuts, offset)
        return self._cuts[at - 1], self._cuts[at]

    @cached_property
    def _cuts(self) -> list[int]:
        return self._cutter.cut(self._text)

    @cached_property
    def _edges(self) -> frozenset[int]:
        return frozenset(self._cuts)


class Cutter:
    """Cuts text into words with a dictionary of general Chinese and some words of our own. Loaded at first use."""

    def __init__(self, own: Sequence[str]) -> None:
        self._own = own

    def cut(self, text: str) -> list[int]:
        """Return the offsets between words, the first 0 and the last the text's length."""
        return [0, *accumulate(map(len, self._jieba.cut(text, False)))]

    def count(self, word: str) -> int:
        """Return how often the dictionary has counted a word, in 60 million."""
        counted: int = self._jieba.suggest_freq(word)
        return counted

    @cached_property
    def _jieba(self) -> Jieba:
        from rjieba import Jieba  # its dictionary takes a tenth of a second

        jieba = Jieba()
        own = [word for word in self._own if len(word) > 1 and any(map(is_han, word))]
        # All are asked before one is added: what is added changes what the next one would need.
        counts = [jieba.suggest_freq(word) for word in own]
        for word, count in zip(own, counts, strict=True):
            jieba.add_word(word, max(count * MORE_COMMON, LEAST_COUNT), None)
        return jieba
