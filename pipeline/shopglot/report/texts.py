"""A merchant's texts made fit to be shown, and the words in which a merchant knows fields, markets and moments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone

MARKET_NAMES = {"us": "美国", "hk": "中国香港", "mo": "中国澳门", "tw": "中国台湾"}
TITLE = 60  # characters of a title that are shown
WORDS = 80  # of words that were found
AROUND = 24  # on either side of them
EXCERPT = 160  # from the first words of an excerpt to its last
SENTENCE = 600  # of what a rule or a message says

_BEIJING = timezone(timedelta(hours=8))
_LOOKED_AT = 4096  # characters of a text that are made fit, at most: the rest would be cut off anyway
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_TORN_TAG = re.compile(r"^[^<>]{0,40}>|<[^<>]{0,40}$")
_BLANK = re.compile(r"\s+")
# Marks that turn the direction of what follows, and such as show nothing but may hide words; joiners of emoji stay.
_HIDDEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_KINDS = {
    "title": "标题", "subtitle": "副标题", "description": "详情", "note": "笔记正文", "bullets": "卖点",
    "attributes": "属性", "variants": "规格", "size_chart": "尺码表", "hashtags": "话题", "images": "图片",
}  # fmt: skip
_NUMBERED = {"bullets": "卖点 {}", "hashtags": "话题 {}", "images": "图片 {} 的说明"}
_TOPS = {
    "": "整行", "id": "商品编号", "merchant": "商家编号", "brand": "品牌", "category": "类目", "markets": "销售市场",
    "fields": "商品内容",
}  # fmt: skip


def clean(text: str, limit: int) -> str:
    """Return a text on one line, at most `limit` characters, without what a screen would obey or what hides.

    Where it is cut it ends with an ellipsis. Linear in `limit`, however long the text.
    """
    seen = text[: max(limit, _LOOKED_AT)]
    shown = _BLANK.sub(" ", _SURROGATE.sub("\ufffd", _HIDDEN.sub("", _UNSEEN.sub(" ", seen)))).strip()
    if len(shown) <= limit and len(seen) == len(text):
        return shown
    return _whole(shown[: limit - 1]) + "…"


def excerpts(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[tuple[str, bool], ...]]:
    """Return the words at these spans of a text within what is around them, fit to be shown.

    Each excerpt is a row of pieces, of which the True ones are the words; words that stand near share an excerpt.
    """
    found: list[list[tuple[int, int]]] = []
    for start, end in sorted(spans):
        own = found[-1] if found else []
        if own and start <= own[-1][1]:
            own[-1] = (own[-1][0], max(end, own[-1][1]))
        elif own and start - own[-1][1] <= 2 * AROUND and end - own[0][0] <= EXCERPT:
            own.append((start, end))
        else:
            found.append([(start, end)])
    return [tuple(piece for piece in _pieces(text, own) if piece[0]) for own in found]


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Yield what stands before the first span, the words and what is between them, and what stands after the last."""
    reach = 4 * AROUND  # tags and blanks take room, and are not shown
    first, last = spans[0][0], spans[-1][1]
    before = _plain(text[max(0, first - reach) : first])
    left = before[-AROUND:]
    if len(before) > AROUND:
        left = left[_torn(before, len(before) - AROUND) :]
    yield ("…" if len(before) > AROUND or first > reach else "") + left.lstrip(), False
    done = first
    for start, end in spans:
        yield _plain(text[done:start]), False
        yield clean(_TAG.sub("", text[start:end][:_LOOKED_AT]), WORDS), True
        done = end
    after = _plain(text[last : last + reach])
    right = after[:AROUND]
    if len(after) > AROUND:
        right = right[: len(right) - _torn(after[::-1], len(after) - AROUND)]
    yield right.rstrip() + ("…" if len(after) > AROUND or last + reach < len(text) else ""), False


def _torn(text: str, cut: int) -> int:
    """Return how many characters after a cut belong to a word that it cut through; 0 where the words are Chinese."""
    rest = text[cut:]
    word = re.match("[0-9A-Za-z'-]*", rest)
    length = len(word[0]) if word else 0
    return length if length < len(rest) and text[cut - 1].isascii() and text[cut - 1].isalnum() else 0


def shopper_text(text: str, limit: int) -> str:
    """Return what a shopper reads of a text, without tags, at most `limit` characters."""
    return clean(_TAG.sub(" ", text[:_LOOKED_AT]) + text[_LOOKED_AT:][:1], limit)


def _plain(text: str) -> str:
    """Return what a shopper reads of a piece of a text: no tags, not even one that was cut through."""
    shown = _TORN_TAG.sub("", _TAG.sub(" ", text))
    inner = clean(shown, _LOOKED_AT)
    return f"{' ' if shown[:1].isspace() and inner else ''}{inner}{' ' if shown[-1:].isspace() and inner else ''}"


def _whole(text: str) -> str:
    """Return a text without what is left at its end of a sign that was cut through."""
    while text and (text[-1] in "\u200d\ufe0f" or unicodedata.combining(text[-1])):
        text = text[:-1]
    return text.rstrip()


def field_name(path: str) -> str:
    """Return the field at a path (a JSON Pointer of the catalog, or what a broken line names) as merchants call it."""
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in path.removesuffix("~key").split("/")]
    if tokens[:2] == ["", "fields"] and len(tokens) > 2:
        return _inner(tokens[2], tokens[3:], named=path.endswith("~key"))
    if tokens[0] == "" and len(tokens) > 1:
        tokens = tokens[1:]
    if len(tokens) == 1 and tokens[0] in _TOPS:
        return _TOPS[tokens[0]]
    return f"“{clean(path, TITLE)}”"


def _inner(kind: str, rest: list[str], *, named: bool) -> str:
    """Return the name of a place within `fields`."""
    name = _KINDS.get(kind)
    if name is None:
        return f"“{clean(kind, TITLE)}”"
    numbers = [int(token) + 1 for token in rest if token.isascii() and token.isdigit() and len(token) < 7]
    if kind in _NUMBERED and numbers:
        return _NUMBERED[kind].format(numbers[0])
    if kind == "size_chart" and len(numbers) == 2:
        return f"尺码表第 {numbers[0]} 行第 {numbers[1]} 列"
    own = f"{name}名" if named else name
    if kind == "attributes" and rest:
        return f"{own}“{clean(rest[-1], TITLE)}”"
    if kind == "variants" and len(rest) > 2 and numbers:
        return f"{own}“{clean(rest[-1], TITLE)}”（第 {numbers[0]} 款）"
    return name


def market_name(market: str) -> str:
    """Return the market as merchants call it."""
    return MARKET_NAMES.get(market, market)


def day(moment: datetime) -> str:
    """Return the day of a moment in Beijing."""
    local = moment.astimezone(_BEIJING)
    return f"{local.year}年{local.month}月{local.day}日"


def minute(moment: datetime) -> str:
    """Return a moment in Beijing to the minute."""
    return f"{day(moment)} {moment.astimezone(_BEIJING):%H:%M}"
