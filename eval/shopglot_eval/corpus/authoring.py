"""The plain text that authors write, one file each, and the reader that says what is wrong with it, by line.

    == c-a01-001 | shop-lanxi | LANXI | 美妆/护肤/面膜     a listing: id, merchant, brand (may be empty), category
    title 夏日清爽补水面膜                                a kind and one segment of the source ...
    U Lightweight Hydrating Sheet Mask                  ... then what the US page says ...
    H 夏日清爽補水面膜                                    ... and what the Hong Kong page says
    attr 规格 | Size | 規格 || 25ml*5片 | 5 masks, 25 ml each | 25毫升 x 5片
    ! us check.id why the finding stands                  about the block above; `us`, `hk` or `both`
    ~ 🔒                                                  what stands in the field between two segments, as it is
    # a remark

Kinds of three lines: `title` `subtitle` `bullet` `desc` `note` `alt`; with a `+` (`desc+`) the segment goes on in the
same bullet, paragraph, line or picture. Kinds of one line, cells parted by ` || `, each `source | us | hk`: `attr`
(name, value), `opt` (name, one value or more), `cell` (a row of the size chart), `tag` (hashtags).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

LONG_KINDS = ("title", "subtitle", "bullet", "desc", "note", "alt")
SHORT_KINDS = ("attr", "opt", "cell", "tag")
MARKETS = ("us", "hk")
_LONG = re.compile(rf"({'|'.join(LONG_KINDS)})(\+?) +(.*)")
_SHORT = re.compile(rf"({'|'.join(SHORT_KINDS)}) +(.*)")
_EXCUSE = re.compile(r"! +(us|hk|both) +([A-Za-z][\w.-]+) +(\S.*)")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """Why findings of one check stand on a block in a market; `market` is us, hk or both."""

    market: str
    check: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One segment as its author wrote it.

    `kind` is one of LONG_KINDS, or attr-name, attr-value, opt-name, opt-value, cell, tag. `joined` says that it goes on
    where the block before it ended, `before` is what stands between them. `line` is 1-based.
    """

    line: int
    kind: str
    source: str
    us: str
    hk: str
    joined: bool = False
    before: str = ""
    excuses: tuple[Excuse, ...] = ()

    def target(self, market: str) -> str:
        """Return what the page of a market says."""
        return self.us if market == "us" else self.hk


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A listing as its author wrote it, at a 1-based line of a file."""

    file: str
    line: int
    id: str
    merchant: str
    brand: str
    category: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that keeps a file from being used, at a 1-based line."""

    file: str
    line: int
    check: str
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity} {self.check}: {self.message}"


@dataclass(slots=True)
class _Reader:
    """What has been read so far."""

    file: str
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    head: Draft | None = None
    blocks: list[Block] = field(default_factory=list)
    waiting: Block | None = None
    last: int = 0  # how many blocks of `blocks` the last line made
    before: str = ""

    def fail(self, line: int, message: str) -> None:
        """Note what cannot be read."""
        self.problems.append(Problem(file=self.file, line=line, check="corpus.format", message=message))

    def close(self) -> None:
        """Take up the listing that ends here."""
        self.settle()
        if self.head is not None:
            if not any(block.kind == "title" for block in self.blocks):
                self.fail(self.head.line, f"listing {self.head.id} has no title")
            self.drafts.append(replace(self.head, blocks=tuple(self.blocks)))
        self.head, self.blocks, self.last, self.before = None, [], 0, ""

    def settle(self) -> None:
        """Take up the block that ends here, if it has both of its translations."""
        if self.waiting is None:
            return
        for name in MARKETS:
            if not self.waiting.target(name):
                self.fail(self.waiting.line, f"the block has no {name[0].upper()} line")
        self.blocks.append(self.waiting)
        self.waiting, self.last = None, 1


def parse(file: str, text: str) -> tuple[tuple[Draft, ...], tuple[Problem, ...]]:
    """Return the listings of an author's file, and what cannot be read in it. `file` is its name for messages."""
    reader = _Reader(file)
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = raw.rstrip()
        if line and not line.startswith("#"):
            _take(reader, number, line)
    reader.close()
    seen: dict[str, int] = {}
    for draft in reader.drafts:
        if draft.id in seen:
            reader.fail(draft.line, f"the id {draft.id} stands at line {seen[draft.id]} already")
        seen.setdefault(draft.id, draft.line)
    return tuple(reader.drafts), tuple(reader.problems)


def _take(reader: _Reader, number: int, line: str) -> None:
    if line.startswith("=="):
        reader.close()
        reader.head = _head(reader, number, line)
    elif reader.head is None:
        reader.fail(number, "a listing begins with '== id | merchant | brand | category'")
    elif match := _LONG.fullmatch(line):
        reader.settle()
        kind, plus, source = match.groups()
        reader.waiting = Block(
            line=number, kind=kind, source=source.strip(), us="", hk="", joined=bool(plus), before=reader.before
        )
        reader.before = ""
    elif match := _SHORT.fullmatch(line):
        reader.settle()
        blocks = list(_cells(reader, number, match[1], match[2]))
        reader.blocks += blocks
        reader.last = len(blocks)
    elif line[:2] in ("U ", "H "):
        _translate(reader, number, line)
    elif line.startswith("!"):
        reader.settle()
        _excuse(reader, number, line)
    elif line.startswith("~"):
        reader.settle()
        reader.before += line[1:].removeprefix(" ").replace("\\n", "\n")
    else:
        reader.fail(number, f"a line begins with a kind, U, H, !, ~, == or #; this one is {line[:30]!r}")


def _head(reader: _Reader, number: int, line: str) -> Draft | None:
    parts = [part.strip() for part in line[2:].split("|")]
    if len(parts) != 4 or not _ID.fullmatch(parts[0]) or not parts[1] or "/" not in parts[3]:
        reader.fail(number, "a listing begins with '== c-a01-001 | merchant | brand or nothing | 大类/中类/小类'")
        if not _ID.fullmatch(parts[0]):
            return None
        parts = [*parts, "", "", ""][:4]
    return Draft(
        file=reader.file, line=number, id=parts[0], merchant=parts[1], brand=parts[2], category=parts[3], blocks=()
    )


def _translate(reader: _Reader, number: int, line: str) -> None:
    name = "us" if line[0] == "U" else "hk"
    if reader.waiting is None or reader.waiting.target(name):
        reader.fail(number, f"a {line[0]} line stands once under the block that it translates")
        return
    text = line[2:].strip()
    block = reader.waiting
    reader.waiting = replace(block, us=text) if name == "us" else replace(block, hk=text)
    if reader.waiting.us and reader.waiting.hk:
        reader.settle()


def _cells(reader: _Reader, number: int, kind: str, rest: str) -> Iterator[Block]:
    cells = [[part.strip() for part in cell.split(" | ")] for cell in rest.split(" || ")]
    for cell in cells:
        if len(cell) != 3 or not all(cell):
            reader.fail(number, f"a cell is 'source | us | hk', cells are parted by ' || '; not {' | '.join(cell)!r}")
            return
    if (kind == "attr" and len(cells) != 2) or (kind == "opt" and len(cells) < 2):
        reader.fail(number, f"{kind} has a name and {'one value' if kind == 'attr' else 'one value or more'}")
        return
    for position, (source, us, hk) in enumerate(cells):
        name = kind if kind in ("cell", "tag") else f"{kind}-{'value' if position else 'name'}"
        yield Block(line=number, kind=name, source=source, us=us, hk=hk, joined=position > 0)


def _excuse(reader: _Reader, number: int, line: str) -> None:
    match = _EXCUSE.fullmatch(line)
    if match is None or not reader.last:
        reader.fail(number, "an excuse is '! us|hk|both check.id why it stands', under a block")
        return
    excuse = Excuse(market=match[1], check=match[2], why=match[3])
    first = len(reader.blocks) - reader.last
    reader.blocks[first:] = [replace(one, excuses=(*one.excuses, excuse)) for one in reader.blocks[first:]]


def blocks_of(drafts: Iterable[Draft]) -> Iterator[tuple[Draft, Block]]:
    """Yield every block with its listing."""
    for draft in drafts:
        for block in draft.blocks:
            yield draft, block
