"""Hashtags inside a text: where they begin, and what only the platform they come from writes behind them.

    #显瘦穿搭[话题]#    Xiaohongshu's own form: the name ends at the mark, and may hold spaces and emoji
    #显瘦穿搭#          Weibo's: two number signs around a name
    #显瘦穿搭           what people type: up to the first character that is no letter, digit or underscore

Where two names share a sign (`#显瘦#百搭 #平价`) it opens the second, if that is short and ends there; otherwise it
closes the first (`#日本#黛珂植物韵律水乳`). The sign of a number, a shade or a colour is none: `#1`, `#01 烤奶茶`,
`#fff`, `1#`, `C#`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGN = "[#＃]"
# Every name is bounded and every alternative begins with a sign, so that a scan is linear.
_TOPIC = re.compile(
    rf"{_SIGN}(?:"
    rf"(?P<own>(?![\s]|{_SIGN})[^#＃\[\]<>\n\r\t]{{1,60}}+)(?P<mark>\[(?:话题|話題|超话|超話)\](?:{_SIGN})?)"
    rf"|(?P<paired>\w{{1,30}}+)(?P<sign>{_SIGN})(?!\w{{1,8}}+(?:[\s#＃]|\Z))"
    rf"|(?P<phrase>\w[^\s#＃\[\]<>&;|｜]{{1,30}}+)(?P<end>{_SIGN})(?!\w)"
    rf"|(?P<open>\w{{1,30}}+)(?!\w))"
)
_COLOUR = re.compile(r"[0-9A-Fa-f]{3}(?:[0-9A-Fa-f]{3}(?:[0-9A-Fa-f]{2})?)?")
_OPAQUE = re.compile(r"[<{\[&%]|://")  # emoji may stand in a name, a tag or a placeholder may not
_SHADE = re.compile(r"[0-9]{1,2}(?![0-9])|0[0-9]")


@dataclass(frozen=True, slots=True)
class Topic:
    """A hashtag: `start` is at its sign, `end` behind its name, `close` behind the mark that ends it, if any."""

    start: int
    end: int
    close: int


def find_topics(text: str, veiled: str, *, inline: bool) -> Iterator[Topic]:
    """Yield the hashtags of `text`, sorted and not overlapping; `veiled` is it without what is opaque.

    Without `inline` the text is one hashtag, and only a mark at its end is looked for.
    """
    position = 0
    while (match := _TOPIC.search(veiled, position)) is not None:
        glued = match.start() > position or position == 0
        before = veiled[match.start() - 1 : match.start()] if glued and match.start() else ""
        kind = next(kind for kind in ("own", "paired", "phrase", "open") if match[kind] is not None)
        name_end = match.end(kind)
        name = text[match.start(kind) : name_end]
        if _is_topic(name, kind, before) and (inline or (kind != "open" and match.end() == len(veiled))):
            yield Topic(match.start(), name_end, match.end())
            position = match.end()
        else:
            position = match.start() + 1


def _is_topic(name: str, kind: str, before: str) -> bool:
    if (before.isascii() and before.isalnum()) or (before and before in "&/_#＃"):
        return False
    if not any(ch.isalpha() for ch in name) or _OPAQUE.search(name):
        return False
    if kind == "own":
        return True
    shade = _SHADE.match(name) if kind == "open" else name[0] == "0"
    return not shade and not (kind == "open" and _COLOUR.fullmatch(name))
