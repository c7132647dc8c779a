"""A listing as the shopper will see it: the merchant's page with the texts of a market in it, as one HTML document.

What merchants and models wrote is cleaned, and the document's own policy lets nothing run or load but pictures. It
looks like a shop's page, not like any particular shop's.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, TypeAlias

import nh3

from shopglot.catalog.fields import rebuild, walk
from shopglot.catalog.listing import parse
from shopglot.localizer import MARKUP, PROSE
from shopglot.market import Market
from shopglot.segment import Piece, assemble, segment
from shopglot.store.desk.pages import DeskPage, PageSegment
from shopglot.types import BrokenLine, Field, Listing, Style

STYLE = Path(__file__).parent / "static" / "editor" / "preview.css"
IMAGES = 60  # of a page that are shown
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "br", "code", "del", "em", "i", "ins", "mark", "q", "s", "small", "span", "strong", "sub",
    "sup", "u", "wbr",
})  # fmt: skip
_BLOCKS = _INLINE | {
    "blockquote", "caption", "col", "colgroup", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "span": {"id", "class"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"}, "ol": {"start"},
}  # fmt: skip
Say: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the preview is shown: market, `theme` (auto, light or dark); `say` has the desk's words."""

    market: Market
    theme: str
    say: Say


def policy() -> str:
    """Return the Content-Security-Policy of a preview: nothing runs, and only the one style that is known applies."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src https: data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    )


def compose(page: DeskPage, look: Look) -> str:
    """Return the document. Texts that nobody has translated are shown as the merchant wrote them, and marked."""
    listing = None if page.document is None else parse(dict(page.document), line=1)
    if listing is None or isinstance(listing, BrokenLine):
        return _document(_bare(page, look), look)
    return _document(_Builder(page, listing, look).body(), look)


def cut(field: Field) -> tuple[Piece, ...]:
    """Return the pieces of a field, translated ones and those between, as `Localizer.prepare` cuts it."""
    if field.name == "brand":
        return (Piece(text=field.text, translatable=True),)
    style: Style = "prose" if field.name in PROSE else "phrase"
    markup = field.name in MARKUP
    return segment(field.text, style=style, markup=markup, latin=True, inline=markup)


class _Builder:
    """Builds the document's body; `_nonce` tells the marks that we make from what a merchant wrote."""

    def __init__(self, page: DeskPage, listing: Listing, look: Look) -> None:
        self._look = look
        self._nonce = f"m{secrets.token_hex(8)}"
        self._segments = {(one.path, one.index): one for one in page.segments}
        self._stands: dict[int, str] = {}  # number -> the marked text that stands for it
        self._mark = "\ue000"
        self.fields: dict[str, Any] = {}
        self.document = self._filled(listing)

    def _filled(self, listing: Listing) -> Mapping[str, Any]:
        """Return the merchant's page with a stand-in for each text: where texts meet, spaces are as they will be."""
        fields = list(walk(listing))
        taken = "".join(field.text for field in fields)
        self._mark = next(chr(code) for code in range(0xE000, 0xF900) if chr(code) not in taken)
        texts = {field.path: self._fill(field) for field in fields}
        document = rebuild(listing, texts)
        self.fields = document["fields"] if isinstance(document["fields"], dict) else {}
        return document

    def _fill(self, field: Field) -> str:
        pieces = cut(field)
        targets = []
        for index, piece in enumerate(piece for piece in pieces if piece.translatable):
            known = self._segments.get((field.path, index))
            # What is cut otherwise today than when the page was settled is not known here.
            own = known if known is not None and known.source == piece.text else None
            text = piece.text if own is None else own.text
            if not text:
                targets.append("")
                continue
            number = len(self._stands)
            self._stands[number] = self._marked(text, own, field.name)
            # The first and the last character decide about the spaces around it.
            targets.append(f"{text[0]}{self._mark}{number}{self._mark}{text[-1]}")
        return assemble(pieces, targets, spaced=self._look.market.latin)

    def _marked(self, text: str, own: PageSegment | None, name: str) -> str:
        words = text if name in MARKUP else escape(text)
        if own is None:
            return f'<span class="{self._nonce}unknown">{words}</span>'
        state = "fine"
        if own.handled is not None:
            state = own.handled.deed
        elif own.held:
            state = "held"
        return f'<span id="{self._nonce}{own.position}" class="{self._nonce}{state}">{words}</span>'

    def html(self, text: object, *, blocks: bool = False, markup: bool = True) -> str:
        """Return a text of the page as clean HTML, its stand-ins filled in; what is no markup is escaped."""
        if not isinstance(text, str):
            return escape("" if text is None else str(text))
        own = re.compile(f".{self._mark}(\\d+){self._mark}.", re.DOTALL)
        parts, position = [], 0
        for found in own.finditer(text):
            parts += [self._plain(text[position : found.start()], markup), self._stands[int(found[1])]]
            position = found.end()
        parts.append(self._plain(text[position:], markup))
        return self._clean("".join(parts), blocks=blocks)

    def plain(self, text: object) -> str:
        """Return a text of the page for an attribute: no marks, no markup, escaped."""
        return nh3.clean(self.html(text), tags=set()).replace('"', "&quot;")

    @staticmethod
    def _plain(text: str, markup: bool) -> str:
        return text if markup else escape(text)

    def _clean(self, html: str, *, blocks: bool) -> str:
        return nh3.clean(
            html, tags=set(_BLOCKS if blocks else _INLINE), attributes=_ATTRIBUTES, attribute_filter=self._attribute,
            url_schemes={"https", "data"}, link_rel=None,
        )  # fmt: skip

    def _attribute(self, element: str, name: str, value: str) -> str | None:
        """Let pass our own marks, and of the merchant's attributes those that cannot do any harm."""
        if name in ("id", "class"):
            own = value.removeprefix(self._nonce)
            return None if own == value else f"s{own}" if name == "id" else f"text is-{own}"
        if element == "img" and name == "src":
            return value if value.startswith("https://") else None
        return value

    # -- the page -----------------------------------------------------------------------------------------------------

    def body(self) -> Iterator[str]:
        """Yield the page's parts, in the order in which a shop shows them."""
        fields = self.fields
        yield '<article class="page">'
        yield from self._gallery(fields.get("images"))
        yield '<div class="offer">'
        if brand := self.html(self.document.get("brand"), markup=False):
            yield f'<p class="brand">{brand}</p>'
        yield f"<h1>{self.html(fields.get('title'))}</h1>"
        if subtitle := self.html(fields.get("subtitle")):
            yield f'<p class="subtitle">{subtitle}</p>'
        yield from self._price()
        yield from self._variants(fields.get("variants"))
        if bullets := _list(fields.get("bullets")):
            yield f'<ul class="bullets">{"".join(f"<li>{self.html(one)}</li>" for one in bullets)}</ul>'
        yield "</div>"
        if description := self.html(fields.get("description"), blocks=True):
            yield f'<section class="description">{description}</section>'
        yield from self._attributes(fields.get("attributes"))
        yield from self._sizes(fields.get("size_chart"))
        if note := self.html(fields.get("note")):
            yield f'<section class="note">{note}</section>'
        if tags := _list(fields.get("hashtags")):
            yield f'<p class="tags">{" ".join(f"<span>{self.html(one, markup=False)}</span>" for one in tags)}</p>'
        yield "</article>"

    def _gallery(self, images: object) -> Iterator[str]:
        shown = []
        for image in _list(images)[:IMAGES]:
            url = image.get("url") if isinstance(image, Mapping) else None
            if not isinstance(image, Mapping):
                continue
            caption = self.html(image.get("alt"))
            picture = ""
            if isinstance(url, str) and url.startswith("https://"):
                alt = self.plain(image.get("alt"))
                picture = f'<img src="{escape(url)}" alt="{alt}" loading="lazy" referrerpolicy="no-referrer">'
            if picture or caption:
                shown.append(
                    f"<figure>{picture or '<span class=no-image></span>'}<figcaption>{caption}</figcaption></figure>"
                )
        if shown:
            yield f'<div class="gallery">{"".join(shown)}</div>'

    def _price(self) -> Iterator[str]:
        price = self.document.get("price")
        if isinstance(price, Mapping) and price.get("amount") is not None:
            yield f'<p class="price">{escape(str(price["amount"]))} {escape(str(price.get("currency") or ""))}</p>'

    def _variants(self, variants: object) -> Iterator[str]:
        choices: dict[str, dict[str, None]] = {}
        for variant in _list(variants):
            options = variant.get("options") if isinstance(variant, Mapping) else None
            for name, value in options.items() if isinstance(options, Mapping) else ():
                # Each variant has stand-ins of its own, but a shop shows a choice once.
                choices.setdefault(self._read(name), {}).setdefault(self.html(value, markup=False))
        for name, values in choices.items():
            unique = {re.sub(r"<[^>]*>", "", value): value for value in reversed(values)}
            shown = "".join(f"<li>{value}</li>" for value in reversed(unique.values()))
            yield f'<div class="choices"><span>{name}</span><ul>{shown}</ul></div>'

    def _read(self, name: str) -> str:
        """Return a name without its marks: the same one stands in every variant."""
        return re.sub(r"<[^>]*>", "", self.html(name, markup=False))

    def _attributes(self, attributes: object) -> Iterator[str]:
        if isinstance(attributes, Mapping) and attributes:
            rows, named = "", Counter[str]()
            for key, value in attributes.items():
                name = self.html(key, markup=False)
                named[self._read(key)] += 1
                again = f" ({named[self._read(key)]})" if named[self._read(key)] > 1 else ""  # as `rebuild` has it
                rows += f"<tr><th scope=row>{name}{again}</th><td>{self.html(value)}</td></tr>"
            yield f'<section class="attributes"><table><tbody>{rows}</tbody></table></section>'

    def _sizes(self, chart: object) -> Iterator[str]:
        rows = [row for row in _list(chart) if isinstance(row, list)]
        if rows:
            cells = "".join(
                "<tr>" + "".join(f"<td>{self.html(cell, markup=False)}</td>" for cell in row) + "</tr>" for row in rows
            )
            yield f'<section class="sizes"><table><tbody>{cells}</tbody></table></section>'


def _bare(page: DeskPage, look: Look) -> Iterator[str]:
    """Yield the texts of a page whose source the store does not have, one below the other."""
    yield f'<article class="page"><p class="hint">{escape(look.say("editor.no-source"))}</p>'
    for one in page.segments:
        state = one.handled.deed if one.handled is not None else "held" if one.held else "fine"
        yield f'<p><span id="s{one.position}" class="text is-{state}">{escape(one.text)}</span></p>'
    yield "</article>"


def _document(body: Iterator[str], look: Look) -> str:
    title = escape(look.say("editor.preview"))
    theme = look.theme if look.theme in ("light", "dark") else "auto"
    return (
        f'<!doctype html>\n<html lang="{escape(look.market.locale)}" data-theme="{theme}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_style()}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")
