"""Where a Latin text wants a space that Chinese does not write."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shopglot.segment.opaque import INVISIBLE

_STOPS = frozenset(",.!?:;…)]}”%")  # a word behind one of these stands apart from it
_OPENERS = frozenset("([{“‘#")
_SELECTORS = frozenset("\ufe0e\ufe0f")


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """What is laid out as one: a run of visible text, or an inline tag, which shows nothing.

    `first` and `last` are the characters that a reader sees at its two ends (another one where that decides about
    spaces: a no-break space for `&nbsp;`), empty for a tag. `opens` is an opening tag: a space belongs before it.
    `opaque` is what came from the source; `before` and `after` are then the source's characters beside it, for the
    rule that wants to know them.
    """

    text: str
    first: str = ""
    last: str = ""
    opens: bool = False
    opaque: bool = False
    before: str = ""
    after: str = ""


Gap = Callable[[Atom, Sequence[Atom], Atom], bool]
"""Tells of a visible atom, the tags behind it, and the next visible atom, whether a space is missing between them."""


def lay_out(atoms: Iterable[Atom], gap: Gap) -> str:
    """Return the text of the atoms in order, with one space wherever `gap` finds one missing.

    Between tags the space stands behind what closes and before what opens: `good.</b> <i>next`.
    """
    out: list[str] = []
    tags: list[Atom] = []
    left: Atom | None = None
    for atom in atoms:
        if not atom.text:
            continue
        if not atom.first:
            tags.append(atom)
            continue
        space = left is not None and gap(left, tags, atom)
        for tag in tags:
            if space and tag.opens:
                out.append(" ")
                space = False
            out.append(tag.text)
        out += [" "] * space + [atom.text]
        left, tags = atom, []
    return "".join([*out, *(tag.text for tag in tags)])


def needs_space(left: str, right: str) -> bool:
    """Tell whether two neighbouring characters of a Latin text want a space between them."""
    if not left or not right or is_blank(left) or is_blank(right):
        return False
    starts = right.isalnum() or right in _OPENERS
    if left.isalnum() or left in _STOPS:
        return starts or is_symbol(right)
    return is_symbol(left) and starts


def is_blank(ch: str) -> bool:
    """Tell whether `ch` is white space or shows nothing."""
    return ch.isspace() or (ch in INVISIBLE and ch not in _SELECTORS)


def is_symbol(ch: str) -> bool:
    """Tell whether `ch` is (the end of) an emoji, a bullet or another symbol that stands by itself."""
    return ch in "•·" or (ch > "\x7f" and unicodedata.category(ch) in ("So", "Sk", "Sm", "Mn", "Me", "Cf"))
