"""What is wrong with one row, seen by itself: characters, scripts, spaces, quotation marks, numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from shopglot.glossary.rows import Row
from shopglot.script import (
    CJK,
    HANGUL,
    KANA,
    has_cjk,
    has_han,
    has_letter,
    simplified_only,
    traditional_only,
)  # fmt: skip
from shopglot.termbase import STATUSES, USES

LONGEST_NOTE = 200
LONGEST_SOURCE = 40

# Where a merchant's category paths start. Others are allowed, but a typing mistake would never match.
CATEGORIES = (
    "服饰 女装 男装 内衣 鞋靴 箱包 饰品 配饰 美妆 个护 母婴 家居 家纺 家电 厨具 数码 食品 茶饮 保健 宠物 运动 户外 "
    "玩具 文具 办公 图书 汽车 乐器"
).split()

_FULL_WIDTH = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000]")  # digits, letters, space
_SPACES = re.compile(r"^\s|\s$|\s\s|[^\S \t\n\r]")
_CURLY, _STRAIGHT = re.compile("[\u2018\u2019\u201c\u201d]"), re.compile("['\"]")
_END = re.compile(r"[,;:!?，。；：！？、…]$|(?<=[A-Za-z]{4})\.$")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS_OF = {
    "0": "zero no free 零 無", "1": "one single solo mono 一 單", "2": "two double dual pair twin second 二 兩 雙",
    "3": "three triple third tri 三", "4": "four fourth quad 四", "5": "five fifth 五", "6": "six 六", "7": "seven 七",
    "8": "eight 八", "9": "nine 九", "10": "ten 十", "12": "twelve dozen 十二", "100": "hundred pure 百",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a row is judged by: the market's language, the field names there are, and the market's converter.

    `convert` returns a Traditional text as the market writes its characters; None where the market is Latin.
    """

    market: str
    latin: bool
    fields: Collection[str]
    convert: Callable[[str], str] | None = None


Remark = tuple[str, str, str]
"""What a check of a row yields: severity, id, message."""


def look_at_row(row: Row, place: Place) -> Iterator[Remark]:
    """Yield what is wrong with a row by itself."""
    for column, value, known in (("status", row.status, STATUSES), ("use", row.use, USES)):
        if value not in known:
            yield "error", f"{column}.unknown", f"{column} is '{value}': write one of {', '.join(known)}."
    for column, text in (("source", row.source), ("target", row.target)):
        if not text.strip():
            yield "error", "cell.empty", f"{column} is empty: fill it in or delete the row."
    yield from _condition(row, place)
    for column, text in (("source", row.source), ("target", row.target), ("note", row.note)):
        yield from look_at_text(text, column)
    yield from _source(row)
    if row.status != "forbidden":  # a forbidden form may well be a wrong script
        yield from look_at_target(row.target, place)
        yield from _number(row)
        yield from _ending(row)
    if len(row.note) > LONGEST_NOTE:
        yield "info", "note.long", f"the note has {len(row.note)} characters: {LONGEST_NOTE} are read at a glance."


def look_at_text(text: str, column: str) -> Iterator[Remark]:
    """Yield what is wrong with a text in any script: invisible characters, spaces, forms."""
    hidden = sorted({f"U+{ord(ch):04X}" for ch in text if _invisible(ch)})
    if hidden:
        yield "error", "text.control", f"{column} has {', '.join(hidden[:5])}, which nobody sees: delete it."
    elif _SPACES.search(text):
        yield "warning", "text.spaces", f"{column} has a space at its edge, two in a row or an unusual one: write one."
    if not unicodedata.is_normalized("NFC", text):
        yield "warning", "text.normal", f"{column} writes a letter and its accent apart: save it as NFC."
    if column == "target" and _CURLY.search(text) and _STRAIGHT.search(text):
        yield "warning", "text.quotes", "target mixes straight and curly quotation marks: use one kind."


def look_at_target(target: str, place: Place) -> Iterator[Remark]:
    """Yield what is wrong with a target (or a name's form) for the market's script."""
    if place.latin:
        if wrong := sorted(set(CJK.findall(target))):
            yield "error", "script.chinese", f"target has {''.join(wrong[:10])}: this market reads Latin letters only."
        return
    if wrong := sorted({ch for ch in target if ch in simplified_only()}):
        yield "error", "script.simplified", f"target has the Simplified {''.join(wrong[:10])}: write it Traditional."
    if wrong := sorted(set(KANA.findall(target) + HANGUL.findall(target))):
        yield "warning", "script.foreign", f"target has {''.join(wrong[:10])}: kana and hangul are not Chinese."
    if _FULL_WIDTH.search(target):
        yield "warning", "text.width", "target has full-width letters or digits: write half-width ones."
    if place.convert is not None and has_han(target) and (again := place.convert(target)) != target:
        yield "warning", "script.variant", f"this market writes '{again}', the target '{target}': use its characters."


def _condition(row: Row, place: Place) -> Iterator[Remark]:
    if row.field and row.field not in place.fields:
        yield "error", "field.unknown", f"no field is called '{row.field}': write one of {', '.join(place.fields)}."
    category = row.category
    if category != category.strip(" /") or "//" in category:
        yield "warning", "category.shape", f"category '{category}' has a stray space or slash, it may never match."
    elif category and has_han(category) and not category.startswith(tuple(CATEGORIES)):
        yield (
            "warning",
            "category.unknown",
            (f"no category path that is known begins with '{category}': check how your merchants write it."),
        )


def _source(row: Row) -> Iterator[Remark]:
    source = row.source
    if len(source) > LONGEST_SOURCE:
        yield "warning", "source.long", f"a source of {len(source)} characters is a sentence: it will hardly match."
    if _FULL_WIDTH.search(source):
        yield (
            "info",
            "text.width",
            "source has full-width letters or digits: half-width ones match just as well.",
        )
    if KANA.search(source) or HANGUL.search(source):
        yield "warning", "script.foreign", "source has kana or hangul: merchants write Chinese."
    elif source.strip() and not has_letter(source):
        yield "info", "script.latin", "source has no Chinese: it matches whole Latin words only."
    if wrong := sorted({ch for ch in source if ch in traditional_only()}):
        yield "info", "script.traditional", f"source has the Traditional {''.join(wrong[:10])}: write it Simplified."
    if row.use != "enforce" or row.status != "preferred" or row.field:
        return
    if not has_cjk(source) and len(source) <= 2:
        yield "warning", "enforce.short", f"'{source}' is enforced in every field: give it a field, or suggest it."


def _number(row: Row) -> Iterator[Remark]:
    digits = _DIGITS.findall(unicodedata.normalize("NFKC", row.source))
    written = unicodedata.normalize("NFKC", row.target).casefold()
    there = set(_DIGITS.findall(written))
    for number in digits:
        if number not in there and not any(word in written for word in _WORDS_OF.get(number, "").split()):
            yield "warning", "number.missing", f"source has {number}, target has not: is the number lost?"
            return


def _ending(row: Row) -> Iterator[Remark]:
    if _END.search(row.target) and not _END.search(row.source):
        yield "warning", "text.ending", f"target ends in '{row.target[-1]}': a term ends without punctuation."


def _invisible(ch: str) -> bool:
    """Whether a character cannot be seen: controls, format marks, lone surrogates, private use, unassigned."""
    return unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Co", "Cn") or ch == "\ufffd"
