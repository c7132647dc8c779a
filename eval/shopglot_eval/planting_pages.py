"""Seeded HTML descriptions as merchants and their editors leave them, and the outline of a page without its text."""

from __future__ import annotations

import random
from html.parser import HTMLParser

_TEXTS = (
    "很柔软的面料", "适合敏感肌使用", "净重约300g", "拉链藏在背后不硌脖子", "尺码偏小，建议拍大一码。", "买一送一！",
    "支持七天无理由退换",
    "宝宝也可以放心用", "雾霾蓝", "记忆棉枕芯", "不闷不热，透气好。", "30℃以下冷水手洗", "三秒化开，吸收快",
    "收腰显瘦，小个子也能穿",
    "M码", "胸围96cm", "满199元包邮", "颜色", "型号KX-2000A", "见https://a.example/p?id=7", "亲爱的{name}：",
    "价格<3元", "长 < 宽",
    "好评如潮✨", "👍🏽推荐", "A&amp;B联名", "净含量&nbsp;30ml", "（内附说明书）", "#平价好物[话题]#", "第二件半价",
    "ABC", "",
)  # fmt: skip
_INLINE = ("b", "strong", "i", "em", "span", "u", "a", "font", "sup", "small")
_BLOCK = ("p", "div", "h3", "blockquote", "section", "center")
_ATTRIBUTES = (
    "", "", "", ' class="x y"', ' style="color:#f00;font-size:14px"', ' title="图>片：大号"', " data-x='a>b'", " id=k",
    ' href="https://a.example/?a=1&amp;b=2" target="_blank"', ' aria-label="放大"',
)  # fmt: skip
_ODD = (
    "<br>", "<br/>", "<br />", "<br><br>\n<br>", "<hr>", '<img src="1.jpg" alt="正面图">',
    "<img src='a.jpg' alt='a>b'>",
    "<!-- 模板 <b>旧</b> -->", "<!---->", "&nbsp;", "&hearts;", "<wbr>", "<script>var a = '中文</p>';</script>",
    "<style>.好{color:red}</style>", "<![CDATA[ 好 ]]>", "<p>", "</p>", "<li>", "</div>", "<3", "\n", "　", "🔥",
    "<BR>",
)  # fmt: skip


def write_page(chance: random.Random) -> str:
    """Return one description; the same state of `chance` gives the same one."""
    return "".join(_block(chance, 0) for _ in range(chance.randint(1, 4)))


def outline(page: str) -> list[tuple[str, ...]]:
    """Return a page's tags with their attributes, comments, declarations and scripts, in order: all but its text.

    Two pages with the same outline have the same tree in every parser, whatever it makes of what is not closed.
    """
    reader = _Outline()
    reader.feed(page)
    reader.close()
    return reader.found


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[str, ...]] = []
        self._raw = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(("start", tag, *(f"{name}={value}" for name, value in attrs)))
        self._raw = tag in ("script", "style")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(("empty", tag, *(f"{name}={value}" for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("end", tag))
        self._raw = False

    def handle_data(self, data: str) -> None:
        if self._raw:
            self.found.append(("raw", data))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", decl))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("declaration", data))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction", data))


def _block(chance: random.Random, depth: int) -> str:
    kind = chance.randrange(8)
    if kind == 0:
        rows = ("".join(f"<{cell}>{_line(chance, 2)}</{cell}>" for cell in _cells(chance)) for _ in range(2))
        return f"<table{_attribute(chance)}>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    if kind == 1:
        name = chance.choice(("ul", "ol"))
        closing = chance.choice(("</li>", "</li>", ""))
        items = "".join(f"<li>{_line(chance, 1)}{closing}" for _ in range(chance.randint(1, 3)))
        return f"<{name}{_attribute(chance)}>{items}</{name}>"
    if kind == 2:
        return "".join(chance.choice(_ODD) + chance.choice(_TEXTS) for _ in range(chance.randint(1, 5)))
    inner = _block(chance, depth + 1) if depth < 3 and chance.random() < 0.3 else _line(chance, 0)
    name = chance.choice(_BLOCK)
    closing = f"</{name}>" if chance.random() < 0.93 else ""
    return f"<{name}{_attribute(chance)}>{inner}{closing}"


def _cells(chance: random.Random) -> list[str]:
    return [chance.choice(("td", "td", "th")) for _ in range(chance.randint(1, 3))]


def _line(chance: random.Random, depth: int) -> str:
    """Return text with inline tags in it, some of them nested, a few not closed."""
    parts = []
    for _ in range(chance.randint(1, 3)):
        text = chance.choice(_TEXTS)
        if chance.random() < 0.4:
            name = chance.choice(_INLINE)
            inner = _line(chance, depth + 1) if depth < 2 and chance.random() < 0.3 else text
            closing = f"</{name}>" if chance.random() < 0.95 else ""
            text = f"<{name}{_attribute(chance)}>{inner}{closing}"
        parts.append(text)
        if chance.random() < 0.2:
            parts.append(chance.choice(_ODD))
    return "".join(parts)


def _attribute(chance: random.Random) -> str:
    return chance.choice(_ATTRIBUTES)
