"""What an HTML page is made of, as a parser that knows nothing of ours sees it."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "br", "input"}


class Outline(HTMLParser):
    """A page's elements, their attributes, and the text that is read; every element is closed in its place."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an element."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an element that has no end, as one of SVG."""
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Take in an end."""
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take in text."""
        if self._open[-1:] not in (["script"], ["style"]):
            self.text += data

    def values(self, wanted: str) -> list[str]:
        """Return the values of an attribute."""
        return [value for _, name, value in self.attributes if name == wanted]
