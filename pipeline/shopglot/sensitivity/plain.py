"""The plain view of a text: what a reader understands, with the way back to what is written.

Disguises are undone one code point at a time, so that every place of the view knows the code points it came from:
width and compatibility forms (NFKC), enclosed letters and digits, radicals, case, Traditional characters, zero-width
and combining marks, inline tags, comments and entities, and symbols or emoji that stand between two Chinese characters
(治*疗, 加 微 信). What is written by sound or taken apart is left to `disguise`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc

HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# One of these between two Chinese characters is a disguise; any other run may as well separate two words.
_TIGHT = "*.·^'`_"
_LOOSE = (
    "\\\\\\-/|+~#&@= §¶¤¦¬°×÷‡†※"
    "\u02b0-\u02ff\u0640\u0f00-\u0f1f\u2190-\u2bff\u3003\u3004\u3012\u3013\u3020\u3036\u303f\u31c0-\u31ef\ufffd"
    "\U0001f000-\U0001fbff"
)
_SHORT = 4  # what is longer hardly comes about by two words meeting
USUAL = 400  # characters: what is longer is seldom said twice, and costs memory to remember
REMEMBERED = 8192  # views: the sources and the targets of more than a window
SYMBOLS = f"[{re.escape(_TIGHT)}{_LOOSE}]"
_BETWEEN = re.compile(f"(?<=[{HAN}]){SYMBOLS}{{1,8}}(?=[{HAN}])")
_MARKUP = re.compile(
    r"</?[A-Za-z][^<>]{0,400}>|<!--[^<>]{0,400}-->|&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z]{2,32};)"
)
_INLINE = re.compile(r"<!--|</?(?:a|b|big|em|font|i|mark|s|small|span|strong|sub|sup|u|wbr)\b", re.IGNORECASE)
_IS_HAN = re.compile(f"[{HAN}]")

# Where NFKC says too little (dashes, quotes, dots, blanks) or too much (the ellipsis, which ends a phrase).
_SPECIAL = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc", "'"),
    **dict.fromkeys("\u4e36\u4e3f\u4e40\u4e85\u4e5a\u4e5b\u2022\u2219\u22c5\u25cf\u30fb\uff65", "·"),
    "\u4e28": "|",
    **dict.fromkeys("\u2800\u115f\u1160\u3164\uffa0", " "),
    "…": "…",
    "\n": "\n",
    "\r": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
}

# Letters and digits in circles, squares and brackets that NFKC leaves alone or keeps the brackets of: first, how many,
# what the first one is.
_ENCLOSED = (
    *((first, 26, "a") for first in (0x249C, 0x1F110, 0x1F150, 0x1F170)),
    *((first, 10, "1") for first in (0x24F5, 0x2776, 0x2780, 0x278A)),
)
# Radicals that NFKC leaves alone, each before the character that it is or stands for.
_RADICALS = (
    "⺀冫⺁厂⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺎兀⺐尢⺒巳⺓幺⺔彑⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歹⺠民⺡氵⺢水⺣灬⺤爪⺥爪⺦丬⺧牛⺨犭"
    "⺩王⺪疋⺫目⺬示⺭礻⺮竹⺯丝⺰纟⺱网⺲网⺳网⺴网⺶羊⺷羊⺸羊⺹老⺺聿⺻聿⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃西⻄西⻅见⻆角⻈讠⻉贝⻊足"
    "⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑长⻒长⻓长⻔门⻕阝⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟食⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄"
    "⻬齐⻮齿⻰龙⻱龟⻳龟"
)
_SPECIAL.update(zip(_RADICALS[::2], _RADICALS[1::2], strict=True))


class _Fold(dict[str, str]):
    """Code point -> its plain form, worked out once per code point; "" where it is invisible."""

    def __missing__(self, char: str) -> str:
        plain = self[char] = _fold(char)
        return plain


@cache
def _converter() -> opencc.OpenCC:
    """Return OpenCC's Traditional-to-Simplified converter, loaded at the first Chinese character."""
    import opencc

    return opencc.OpenCC("t2s")


def _fold(char: str) -> str:
    """Return the plain form of one code point."""
    if char in _SPECIAL:
        return _SPECIAL[char]
    category = unicodedata.category(char)
    if char.isspace() or category == "Co":  # of private use: nothing that another reader sees
        return " "
    if category == "Cs":
        return "\ufffd"
    if category in {"Cc", "Cf", "Mn", "Me"}:
        return ""
    for first, count, plain in _ENCLOSED:
        if 0 <= (place := ord(char) - first) < count:
            return chr(ord(plain) + place) if place < 9 or count > 10 else "10"
    marked = unicodedata.normalize("NFKC", char).lower()
    return "".join(_simplify(part) for part in marked if unicodedata.category(part) != "Mn")


def _simplify(char: str) -> str:
    if not _IS_HAN.match(char):
        return char
    simplified = str(_converter().convert(char))
    return simplified if len(simplified) == 1 else char


_FOLD = _Fold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A text as it reads.

    `starts[i]`/`ends[i]` are the half-open offsets, in the text as written, of what became `text[i]`.
    `gaps` are the sorted places in `text` where something was taken out that may have separated two words, and `taken`
    says what that was, place by place.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    gaps: tuple[int, ...]
    taken: tuple[str, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the text as written of the non-empty `text[start:end]`."""
        return self.starts[start], self.ends[end - 1]

    def holds(self, start: int, end: int) -> bool:
        """Say whether `text[start:end]` is a word of the text, and not the meeting of two.

        ASCII letters and digits need a boundary. Where a separator was taken out, a short word also needs a free side:
        高 仿 is one word, 显高 仿皮草 has no 高仿 in it; 加 微 信, taken apart throughout, is one wherever it stands.
        """
        text = self.text
        if start and _alnum(text[start - 1]) and _alnum(text[start]):
            return False
        if end < len(text) and _alnum(text[end]) and _alnum(text[end - 1]):
            return False
        inner = bisect_left(self.gaps, end) - bisect_right(self.gaps, start) if self.gaps else 0
        if not inner or end - start > _SHORT or inner == end - start - 1 > 1:
            return True
        return self._is_free(start - 1, start) or self._is_free(end, end)

    def _is_free(self, neighbour: int, edge: int) -> bool:
        if not 0 <= neighbour < len(self.text) or not _IS_HAN.match(self.text[neighbour]):
            return True
        place = bisect_left(self.gaps, edge)
        return place < len(self.gaps) and self.gaps[place] == edge


def _alnum(char: str) -> bool:
    return char.isascii() and char.isalnum()


def fold(text: str) -> str:
    """Return the plain form of a pattern, code point by code point, with nothing taken out between characters."""
    return "".join(map(_FOLD.__getitem__, text))


def view(text: str) -> Plain:
    """Return the plain view of `text`. Total: any string has one."""
    return _known(text) if len(text) <= USUAL else _view(text)


@lru_cache(maxsize=REMEMBERED)
def _known(text: str) -> Plain:
    """Return the view of a text of usual length: several rulesets, stages and markets ask for it in a window."""
    return _view(text)


def _view(text: str) -> Plain:
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in _pieces(text):
        plain = _FOLD[piece]
        if plain == " " and chars and chars[-1] == " ":
            continue
        for char in plain:
            chars.append(char)
            starts.append(start)
            ends.append(end)
    return _compact("".join(chars), starts, ends)


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (code point, start, end), tags and entities read as what they show."""
    if "<" not in text and "&" not in text:
        for place, char in enumerate(text):
            yield char, place, place + 1
        return
    done = 0
    for match in _MARKUP.finditer(text):
        for place in range(done, match.start()):
            yield text[place], place, place + 1
        done = match.end()
        if match[0][0] == "&":
            for char in html.unescape(match[0]):
                yield char, match.start(), done
        elif not _INLINE.match(match[0]):
            yield "\n", match.start(), done
    for place in range(done, len(text)):
        yield text[place], place, place + 1


def _compact(text: str, starts: list[int], ends: list[int]) -> Plain:
    """Take out the symbols between Chinese characters."""
    kept: list[str] = []
    kept_starts: list[int] = []
    kept_ends: list[int] = []
    gaps: list[int] = []
    taken: list[str] = []
    done = length = 0
    for match in _BETWEEN.finditer(text):
        kept.append(text[done : match.start()])
        kept_starts += starts[done : match.start()]
        kept_ends += ends[done : match.start()]
        length += match.start() - done
        done = match.end()
        if match[0] not in _TIGHT:
            gaps.append(length)
            taken.append(match[0])
    if not done:
        return Plain(text=text, starts=tuple(starts), ends=tuple(ends), gaps=())
    kept.append(text[done:])
    kept_starts += starts[done:]
    kept_ends += ends[done:]
    return Plain(
        text="".join(kept),
        starts=tuple(kept_starts),
        ends=tuple(kept_ends),
        gaps=tuple(gaps),
        taken=tuple(taken),
    )
