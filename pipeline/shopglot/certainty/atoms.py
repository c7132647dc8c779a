"""A text read as the known things that it is made of: words of the glossary, amounts, and the marks between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from shopglot.certainty.amounts import is_measure, say
from shopglot.market import Market
from shopglot.protect import render, token
from shopglot.quantity import find
from shopglot.script import has_letter
from shopglot.termbase import Termbase
from shopglot.types import Request

Kind = Literal[
    "word", "amount", "share", "times", "plain", "token",  # what says something
    "about", "bound", "side", "fit", "each",  # what is said of an amount
    "gap", "list", "slash", "plus", "colon", "open", "close",
    "other",  # a character that nobody knows
]  # fmt: skip
SEPARATORS = frozenset({"list", "slash", "plus"})
# Said of the amount beside them: how near it is, how far it goes, which side of a thing it measures, whom it suits.
BOUNDS = {
    "及以上": "{} and Up", "以上": "{} and Up", "起": "{} and Up", "及以下": "{} and Under", "以下": "{} and Under",
    "以内": "Up to {}", "内": "Up to {}",
}  # fmt: skip
SHARE_BOUNDS = {
    word: form.replace("and Up", "or More").replace("and Under", "or Less") for word, form in BOUNDS.items()
}
SIDES = {"长": "Long", "宽": "Wide", "高": "High", "深": "Deep", "厚": "Thick"}
SAID = frozenset({"about", "bound", "side", "fit", "each"})
FITS = {"适合": "Fits", "建议": "Recommended"}
_SHARE = r"\d+(?:\.\d+)?[%％]"
SAID_BEHIND = ("左右", "上下")  # 60度左右 is about 60°, and 左右60度 a fan that turns to both sides
_SAID = "|".join(("大约", "约", *SAID_BEHIND))
_MARKS = "、，､；;/／|｜+＋&＆:：（()）"
_RAW = re.compile(
    rf"(?P<gap>\s+)|(?P<each>[/／](?:支|个|只|件|块|袋|包|盒|瓶|罐|片|条)(?!\w))|(?P<list>[、，､；;]|,(?!\d))"
    rf"|(?P<slash>[/／|｜])|(?P<plus>[+＋&＆])|(?P<colon>[:：])|(?P<open>[（(])|(?P<close>[）)])"
    rf"|(?P<about>{_SAID})|(?P<fit>{'|'.join(FITS)})|(?P<bound>{'|'.join(BOUNDS)})|(?P<side>[{''.join(SIDES)}])"
    rf"|(?P<share>{_SHARE})|(?P<times>[×xX*]\s?\d+(?![\w.]))|(?P<size>\d{{0,2}}X{{0,4}}[SML])码"
    rf"|(?P<plain>(?:(?!{_SHARE})[^\s{_MARKS},\u3400-\u9fff]|,(?=\d))+)|(?P<other>.)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """A piece of a text: what English says for it, and for words their part of speech, "" where nobody told.

    `of` is what kind of quantity an amount is (mass, length, ...). `alone` is one that the market has no form of its
    own for (3 Months), `measure` one that needs no capitals (26 cm); `keep` is a name.
    """

    kind: Kind
    text: str
    pos: str = ""
    of: str = ""
    keep: bool = False
    alone: bool = False
    measure: bool = False


_Place = tuple[int, int, Atom]  # where an atom begins and ends


def read_atoms(request: Request, market: Market, termbase: Termbase, *, short: bool) -> tuple[Atom, ...] | None:
    """Return the atoms between the masks at both edges; None where Chinese is left that is none.

    Only a `short` text has amounts that the market has no form for, and words that are said of an amount.
    """
    atoms: list[Atom] = []
    start, end = _edges(request)
    known = [*_words(request, termbase), *_amounts(request, market, short=short)]
    for first, last, atom in [*_in_turn(known, start, end), (end, end, None)]:
        atoms += _raw(request.source[start:first])
        if atom is not None:
            atoms.append(atom)
        start = last
    if short:
        atoms = list(_with_materials(atoms, request.field, termbase))
    if any(has_letter(one.text) and not (one.kind == "word" or (short and one.kind in SAID)) for one in atoms):
        return None
    return tuple(_settled(atoms))


def _with_materials(atoms: Sequence[Atom], field: str, termbase: Termbase) -> Iterator[Atom]:
    """Yield the atoms, a single character beside its share as the material that it is: 棉95%."""
    for at, atom in enumerate(atoms):
        before, behind = atoms[at - 1 : at], atoms[at + 1 : at + 2]
        beside = [one.kind for one in (*before, *behind)]
        if atom.kind == "other" and "share" in beside and "other" not in beside and "word" not in beside:
            entry = termbase.whole(atom.text, field=field)
            if entry is not None and entry.use == "enforce":
                yield Atom(kind="word", text=entry.target, pos=entry.pos)
                continue
        yield atom


def _edges(request: Request) -> tuple[int, int]:
    rendering = render(request)
    return len(rendering.head), len(request.source) - len(rendering.tail)


def _words(request: Request, termbase: Termbase) -> Iterator[_Place]:
    """Yield the tokens of masks, and enforced terms."""
    start, end = _edges(request)
    inner = [mask for mask in request.masks if start <= mask.start and mask.end <= end]
    for number, mask in enumerate(inner, 1):
        yield mask.start, mask.end, Atom(kind="token", text=token(number))
    for term in request.terms:
        if term.enforce and term.target:
            pos = "rule" if term.rule else termbase.part_of_speech(term)
            yield term.start, term.end, Atom(kind="word", text=term.target, pos=pos, keep=term.keep)


def _amounts(request: Request, market: Market, *, short: bool) -> Iterator[_Place]:
    """Yield the quantities; of a short text those as well that a suggested term hides from the engine (40小时)."""
    found = request.quantities
    if short:
        taken = [(mask.start, mask.end) for mask in request.masks]
        taken += [(term.start, term.end) for term in request.terms if term.enforce]
        found = find(request.source, measures=market.measures, english=True, field=request.field, taken=taken)
    for one in found:
        if one.target:
            atom = Atom(kind="amount", text=one.target, of=one.kind, measure=is_measure(one))
            yield one.start, one.end, atom
        elif short and (said := say(one, request.field, market.measures)):
            yield one.start, one.end, Atom(kind="amount", text=said, of=one.kind, alone=True, measure=True)


def _in_turn(places: Sequence[_Place], start: int, end: int) -> Iterator[_Place]:
    """Yield the places between two offsets in order, none overlapping another."""
    for first, last, atom in sorted(places, key=lambda place: place[:2]):
        if start <= first and last <= end:
            yield first, last, atom
            start = last


def _raw(text: str) -> Iterator[Atom]:
    for match in _RAW.finditer(text):
        kind, shown = match.lastgroup, match[0]
        if kind == "size":
            kind, shown = "plain", match["size"]
        yield Atom(kind=kind or "plain", text=shown)  # type: ignore[arg-type]


def _settled(atoms: Sequence[Atom]) -> Iterator[Atom]:
    """Yield the atoms with marks inside Latin text (SPF50+, 16:9, PP/PE) as part of it."""
    waiting: Atom | None = None
    for at, atom in enumerate(atoms):
        inside = atom.kind in ("slash", "plus", "colon") and not any(map(_is_known, atoms[max(at - 1, 0) : at + 2]))
        latin = replace(atom, kind="plain") if inside or atom.kind == "other" else atom
        if latin.kind == "plain" and waiting is not None:
            waiting = replace(waiting, text=waiting.text + latin.text)
            continue
        if waiting is not None:
            yield waiting
        waiting = latin if latin.kind == "plain" else None
        if waiting is None:
            yield latin
    if waiting is not None:
        yield waiting


def _is_known(atom: Atom) -> bool:
    return atom.kind in ("word", "amount", "share", "open", "close")
