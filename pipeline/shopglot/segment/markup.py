"""Where the tags of a merchant's HTML stand, as exact offsets into the source.

The grammar is the tokenizer of the HTML standard with three differences, all of them because the text is a shop's
and must never be lost: `<` opens a tag only where a plausible one follows (`a<b`, `<3` and `长<宽 且 宽>高` are text),
a quote or a comment that is never closed is text, and so is `<script>` without its end. The standard library's
parser is not used: it is quadratic on hostile input, and some versions of it drop the end of a text inside an unclosed
`<script>`. The tests compare the two on well-formed HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small
    span strike strong sub sup time tt u var wbr
    """.split()
)
BLOCK = frozenset(
    """
    address area article aside audio base blockquote body br button canvas caption center col colgroup dd details
    dialog div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup
    hr html iframe img input legend li link main map menu meta nav noembed noframes noscript object ol optgroup
    option p param picture pre script section select source style summary svg table tbody td template textarea tfoot
    th thead title tr track ul video xmp
    """.split()
)
RAW = frozenset({"script", "style", "iframe", "noembed", "noframes", "xmp"})
"""Elements whose content is no text for a reader."""

# Attributes that are written without a value. Anything else without one (`<b and c>`) is a comparison, not a tag.
_BARE = frozenset(
    """
    allowfullscreen async autofocus autoplay checked compact controls default defer disabled download formnovalidate
    hidden inert ismap itemscope loop multiple muted nohref noresize noshade novalidate nowrap open playsinline
    readonly required reversed selected
    """.split()
)
_OPENING = re.compile(r"<(?:!--|!\[CDATA\[|[!?/]?[A-Za-z]|!\[)")
_STRICT = re.compile(
    r"<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9:_-]*+)(?P<rest>(?=[\s/>])(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>"
)
_LOOSE = re.compile(r"<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9:_-]*+)(?P<rest>(?=[\s/>])[^<>]*+)>")
# `<img alt="a<b">`: tried last and over a bounded stretch, as every `<` of a text may begin one.
_QUOTED = re.compile(
    r"<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9:_-]*+)(?P<rest>(?=[\s/>])(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>"
)
_REACH = 2_000
_DECLARATION = re.compile(r"<[!?][^<>]*+>")
_VALUE = re.compile(r"=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++)|\"[^\"]*+\"|'[^']*+'")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag, or a comment, a declaration or a whole `<script>` element, which have no name.

    `inline` tags stand inside a sentence; all others end it.
    """

    start: int
    end: int
    name: str = ""
    closing: bool = False
    inline: bool = False


def find_tags(text: str) -> tuple[Tag, ...]:
    """Return the tags of `text`, sorted and not overlapping. What is between them is text, entities included."""
    tags = []
    ends = _Ends(text)
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        tag = _read(text, opening, ends)
        position = opening.start() + 1 if tag is None else tag.end
        if tag is not None:
            tags.append(tag)
    return tuple(tags)


class _Ends:
    """Remembers where an end marker occurs next, so that a text full of unclosed beginnings is searched once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[str, tuple[int, int] | None] = {}

    def after(self, marker: str, position: int) -> int:
        """Return the end of the first match of the regular expression `marker` at or after `position`, or -1."""
        known = self._known.get(marker, (-1, -1))
        if known is not None and known[0] < position:
            match = re.compile(marker, re.IGNORECASE).search(self._text, position)
            known = self._known[marker] = None if match is None else match.span()
        return -1 if known is None else known[1]


def _read(text: str, opening: re.Match[str], ends: _Ends) -> Tag | None:
    start = opening.start()
    kind = opening.group()
    if kind in ("<!--", "<![CDATA["):
        # `<!-->` is a whole comment, so that its end is looked for among its own hyphens too.
        end = ends.after("-->", start + 2) if kind == "<!--" else ends.after(r"\]\]>", start)
        return None if end < 0 else Tag(start, end)
    if kind[1] in "!?":
        declaration = _DECLARATION.match(text, start)
        return None if declaration is None else Tag(start, declaration.end())
    match = _STRICT.match(text, start) or _LOOSE.match(text, start) or _QUOTED.match(text, start, start + _REACH)
    if match is None or not _is_plausible(match["name"].lower(), match["rest"]):
        return None
    name, closing, end = match["name"].lower(), bool(match["closing"]), match.end()
    if name in RAW and not closing and not match["rest"].endswith("/"):
        whole = ends.after(rf"</{name}(?=[\s/>])[^<>]*>", end)
        if whole >= 0:
            return Tag(start, whole)
    return Tag(start, end, name, closing, name not in BLOCK)


def _is_plausible(name: str, rest: str) -> bool:
    """Tell a tag from a comparison: `rest` is what stands between the name and the `>`."""
    if not rest.strip("/ \t\r\n\f"):
        return name in INLINE or name in BLOCK or len(name) > 1
    words = _VALUE.sub(" ", rest)
    if not words.isascii():
        return False
    return "=" in rest or all(word in _BARE or "-" in word for word in words.lower().replace("/", " ").split())
