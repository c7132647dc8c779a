"""The report as Markdown for a pull request: GitHub tables, long ones folded, every text escaped.

A comment on GitHub has room for 65,536 characters. What is too much for that is left out from the end, the longest
parts first, and the report says where; the HTML and the JSON have everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopglot.report.markdown import escape as escape_line
from shopglot_eval.reporting import numbers, points, texts
from shopglot_eval.reporting.document import Block, Cell, Document, Passage, Plot, Section, Shown, Table, Text, Tone

ROOM = 60_000  # characters
OPEN_ROWS = 12  # rows of a table that is not folded
PLOTTED = 24  # points of a plot whose numbers are written; a line of more is told in its sentence
CELL = 300  # code points of a text in a table
PASSAGE = 1_500  # of one that stands by itself
_REFERENCE = re.compile(r"#(?=\d)|(?<=[A-Za-z])-(?=\d)|\$")  # what GitHub makes links and formulas of
_ENTITIES = {"#": "&#35;", "-": "&#45;", "$": "&#36;"}
_BLANK = re.compile(r"[\r\n\t ]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of the report: what is written, and what stands there instead where there is no room for it."""

    text: str
    instead: str | None = None


def as_markdown(document: Document, *, room: int = ROOM) -> str:
    """Return the report in at most about `room` characters; it ends with a line break."""
    parts = [_Part(text=f"# {escape(document.title)}"), *(_Part(text=_text(block)) for block in document.summary)]
    for section in document.sections:
        parts += _section(section, document.passages)
    about = {**document.provenance, **document.volatile}
    if about:
        parts.append(_made(about))
    written = sum(len(part.text) + 2 for part in parts)
    for number in sorted(range(len(parts)), key=lambda n: -len(parts[n].text)):
        instead = parts[number].instead
        if written > room and instead is not None and len(instead) < len(parts[number].text):
            written += len(instead) - len(parts[number].text)
            parts[number] = _Part(text=instead)
    return "\n\n".join(_within_room([part.text for part in parts if part.text], room)) + "\n"


def _within_room(parts: Sequence[str], room: int) -> Iterator[str]:
    """Yield the parts that there is room for, and say so where others follow."""
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            yield "*What follows has no room here; the HTML of this report has it.*"
            return
        yield part


def escape(text: str, *, limit: int = CELL, begins: bool = False) -> str:
    """Return a text on one line that GitHub shows as it is, cut with an ellipsis after `limit` code points.

    `begins` says that it stands at the beginning of a line, where it could begin a list or a heading.
    """
    line = texts.visible(_BLANK.sub(" ", text[:limit])).strip() + ("…" if len(text) > limit else "")
    return "".join(_escaped(line, begins=begins))


def _escaped(line: str, *, begins: bool) -> Iterator[str]:
    """Yield a line escaped; references are escaped apart from the rest, so that no sign is escaped twice."""
    done = 0
    for found in (*_REFERENCE.finditer(line), None):
        part = line[done : found.start() if found else len(line)]
        if part:
            # Behind another sign nothing begins: numbers stay as they are.
            yield escape_line(part) if begins and not done else escape_line(f"·{part}")[1:]
        if found:
            yield _ENTITIES[found[0]]
            done = found.end()


def _prose(text: str) -> str:
    """Return a paragraph of ours: what stands between backticks is code."""
    line = texts.visible(_BLANK.sub(" ", text)).strip()
    parts = list(texts.codes(line))
    return "".join(
        f"`{part}`" if code else _within(part, begins=not number) for number, (part, code) in enumerate(parts)
    )


def _within(part: str, *, begins: bool = False) -> str:
    """Return a part of a line, escaped, with the blanks at its ends."""
    before, after = part[:1] == " ", part[-1:] == " " and bool(part.strip())
    return f"{' ' * before}{escape(part, limit=len(part), begins=begins)}{' ' * after}"


def _sign(tone: Tone) -> str:
    return f"{texts.SIGNS[tone]} " if tone in texts.SIGNS else ""


def _text(block: Text) -> str:
    lines = [_sign(block.tone) + _prose(block.text)] if block.text else []
    if block.items:
        lines += [*([""] if lines else []), *(f"- {_prose(item)}" for item in block.items)]
    return "\n".join(lines)


def _section(section: Section, passages: Mapping[str, Passage]) -> Iterator[_Part]:
    yield _Part(text=f"## {escape(section.title)}")
    if section.lead:
        yield _Part(text=_prose(section.lead))
    for block in section.blocks:
        yield from _block(block, passages)


def _block(block: Block, passages: Mapping[str, Passage]) -> Iterator[_Part]:
    if isinstance(block, Text):
        yield _Part(text=_text(block))
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Plot):
        yield _plot(block)
    else:
        yield _shown(block, passages)


def _table(table: Table) -> Iterator[_Part]:
    rows = len(table.rows)
    note = f"\n\n{_prose(table.note)}" if table.note else ""
    title = f"**{escape(table.title)}**" if table.title else ""
    aligned = [column.align for column in table.columns]
    lines = _grid(
        [column.title for column in table.columns], aligned, [[_cell(cell) for cell in row] for row in table.rows]
    )
    if rows <= OPEN_ROWS:
        yield _Part(text=f"{title}\n\n{lines}{note}".strip(), instead=_left_out(title, f"{rows} rows"))
        return
    folded = _folded(f"{escape(table.title)} ({rows} rows)", lines + note)
    yield _Part(text=folded, instead=_left_out(title, f"{rows} rows"))


def _plot(plot: Plot) -> _Part:
    titles, rows, _ = points.table(plot)
    said = f"**{escape(plot.title)}**: {_prose(plot.alt)}" + (f" {_prose(plot.note)}" if plot.note else "")
    if not rows or len(rows) > PLOTTED:
        return _Part(text=said)
    lines = _grid(titles, ["text"] * len(titles), [[escape(text) for text in row] for row in rows])
    return _Part(text=f"{said}\n\n{_folded('Numbers of this plot', lines)}", instead=said)


def _shown(shown: Shown, passages: Mapping[str, Passage]) -> _Part:
    own = texts.known(shown.passages, passages)
    note = [_prose(shown.note)] if shown.note else []
    inner = "\n\n".join([*note, *(_passage(passages[one]) for one in own)])
    title = f"**{escape(shown.title)}**"
    if not own:
        return _Part(text="\n\n".join([f"{title}: none.", *note]))
    return _Part(
        text=_folded(f"{escape(shown.title)} ({len(own)})", inner), instead=_left_out(title, f"{len(own)} texts")
    )


def _passage(passage: Passage) -> str:
    lines = [f"- {escape(passage.about or passage.id)}", f"  - Source: {_marked(passage.source, ())}"]
    for version in passage.versions:
        name = version.name + (" (reference)" if version.reference and "reference" not in version.name.lower() else "")
        lines.append(f"  - {escape(name)}: {_marked(version.text, version.marks)}")
        lines += [f"    - {escape(remark)}" for remark in version.remarks]
    return "\n".join(lines)


def _marked(text: str, marks: Sequence[tuple[int, int, Tone]]) -> str:
    """Return a text with its marks underlined: `ins` is what GitHub lets through for that."""
    if not text:
        return "*empty*"
    shown, flat = texts.shown(text, marks)
    made, length = [], 0
    for part, tone in texts.pieces(shown, flat):
        cut = part[: max(0, PASSAGE - length)]
        length += len(part)
        within = _within(cut) if cut else ""
        made.append(within if tone is None or not within else f"<ins>{within}</ins>")
    return "".join(made).strip() + ("…" if length > PASSAGE else "")


def _cell(cell: Cell) -> str:
    between = numbers.span(cell)
    return _sign(cell.tone) + escape(cell.text) + (f" <sub>{escape(between)}</sub>" if between else "")


def _grid(titles: Sequence[str], aligned: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "| " + " | ".join(escape(title) or " " for title in titles) + " |"
    under = "|" + "|".join(" ---: " if one == "number" else " --- " for one in aligned) + "|"
    return "\n".join([head, under, *("| " + " | ".join(row) + " |" for row in rows)])


def _folded(title: str, inner: str) -> str:
    """Return a part that is folded away; the empty lines let GitHub read what is within as Markdown."""
    return f"<details><summary>{title}</summary>\n\n{inner}\n\n</details>"


def _left_out(title: str, what: str) -> str:
    return f"{title}: {what}, left out here for want of room; the HTML of this report has them." if title else ""


def _made(about: Mapping[str, object]) -> _Part:
    written = texts.visible(json.dumps(about, ensure_ascii=False, indent=2, default=str))
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", written)), default=0))
    return _Part(text=_folded("How this was made", f"{fence}json\n{written}\n{fence}"), instead="")
