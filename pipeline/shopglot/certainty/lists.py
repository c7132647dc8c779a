"""Short texts put together: lists of things, things with an amount, what stands in brackets, shares of a cloth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from shopglot.certainty.atoms import BOUNDS, FITS, SAID, SAID_BEHIND, SEPARATORS, SHARE_BOUNDS, SIDES, Atom
from shopglot.certainty.phrases import is_said_of, say_words
from shopglot.market import Market
from shopglot.types import Request
from shopglot.wording import finish

_BETWEEN = {"list": ", ", "slash": "/", "plus": " + "}
_BRACKETED, _SLASHED = re.compile(r" \(([^()]*)\)"), r" / \1"  # 26 cm (10.2 in) in brackets is 26 cm / 10.2 in
_SIZE = re.compile(r"\d{0,2}X{0,4}[SML]")


def write_list(atoms: Sequence[Atom], request: Request, market: Market) -> str | None:
    """Return a short text in English, cased as its field is; None where the order of its parts is not certain."""
    parts: list[str] = []
    cut = list(_items(atoms))
    said: set[str] = set()
    if len({_is_amount(item) for mark, item in cut}) > 1 and any(mark == "slash" for mark, _ in cut):
        return None  # 60 pieces/bottle
    kinds = {atom.kind for _, item in cut for atom in item}
    spaced = ", " if "open" in kinds else " / " if "amount" in kinds else "/"
    for mark, item in cut:
        text = _item(item, request, market)
        if not text or text.casefold() in said:
            return None
        said.add(text.casefold())
        between = spaced if mark == "slash" else _BETWEEN.get(mark, "")
        parts.append(between + text)
    return "".join(parts)


def _items(atoms: Sequence[Atom]) -> Iterator[tuple[str, list[Atom]]]:
    """Yield the things of a list, each with the mark before it."""
    mark, item, depth = "", list[Atom](), 0
    for at, atom in enumerate(atoms):
        depth += (atom.kind == "open") - (atom.kind == "close")
        if depth == 0 and atom.kind in SEPARATORS:
            yield mark, item
            mark, item = str(atom.kind), []
        elif depth == 0 and atom.kind == "gap" and _parts(atoms, at):
            yield mark, item
            mark, item = "list", []
        else:
            item.append(atom)
    yield mark, item


def _parts(atoms: Sequence[Atom], at: int) -> bool:
    """Whether a space stands between two things of a list: two words, or a share and the next material."""
    before, after = atoms[at - 1 : at], atoms[at + 1 : at + 2]
    if not before or not after:
        return False
    left, right = before[0], after[0]
    if left.kind == "word" and right.kind == "word":
        return not left.keep
    if left.kind == "share":
        return right.kind == "word" and at > 1 and atoms[at - 2].kind == "word"
    return left.kind == "word" and right.kind == "share" and at > 1 and atoms[at - 2].kind == "share"


def _is_amount(item: Sequence[Atom]) -> bool:
    return all(atom.kind in ("amount", "share", "gap") for atom in item)


def _item(atoms: Sequence[Atom], request: Request, market: Market) -> str | None:
    """Return one thing of a list: a phrase, one with a name in front (Bust: 96 cm), or one with brackets behind."""
    item = _trimmed(atoms)
    kinds = [atom.kind for atom in item]
    if "open" in kinds:
        at = kinds.index("open")
        if kinds[-1] != "close" or kinds.count("open") != 1 or kinds.count("close") != 1 or at == 0:
            return None
        head = _item(item[:at], request, market)
        inner = write_list(item[at + 1 : -1], request, market)
        if not head or not inner or _measures_again(item[:at], item[at + 1 : -1]):
            return None
        # 456 g (1.0 lb), 38 g (1.3 oz) x 12
        apart = head.endswith(")") or any(atom.alone and "(" in atom.text for atom in item)
        return f"{head}, {inner}" if apart else f"{head} ({_BRACKETED.sub(_SLASHED, inner)})"
    if "colon" in kinds:
        at = kinds.index("colon")
        name = _item(item[:at], request, market)
        rest = _item(item[at + 1 :], request, market) if kinds.count("colon") == 1 else None
        return f"{name}: {rest}" if name and rest else None
    return _phrase(item, request, market)


def _measures_again(head: Sequence[Atom], inner: Sequence[Atom]) -> bool:
    """Whether brackets say the same length in another measure, which both are converted from: 二尺（66cm）."""
    kinds = [[atom.of for atom in part if atom.kind == "amount"] for part in (head, inner)]
    return kinds[0] == kinds[1] == ["length"] and len(head) == 1


def _trimmed(atoms: Sequence[Atom]) -> list[Atom]:
    item = list(atoms)
    while item and item[0].kind == "gap":
        del item[0]
    while item and item[-1].kind == "gap":
        del item[-1]
    return item


def _phrase(item: Sequence[Atom], request: Request, market: Market) -> str | None:
    """Return a phrase without marks: words with at most one amount or share beside them, and Latin text."""
    atoms = [atom for atom in item if atom.kind != "gap"]
    amounts = [atom for atom in atoms if atom.kind in ("amount", "share")]
    if not atoms or len(amounts) > 1 or any(atom.kind == "close" for atom in atoms):
        return None
    if any(atom.kind in SAID for atom in atoms):
        return _measured(atoms, request, market)
    groups = list(_groups(atoms))
    words = [group for group in groups if group[0].kind == "word"]
    alone = bool(amounts) and amounts[0].alone
    if len(words) > 1 or (alone and len(groups) > 1 and not _is_named(groups, amounts[0])):
        return None
    texts = [_say(group, request, market) for group in groups]
    said = [text for text in texts if text]
    if len(said) < len(texts):
        return None
    if amounts and amounts[0].kind == "share" and len(groups) == 2 and words:
        return f"{amounts[0].text.replace('％', '%')} {said[1 - groups.index([amounts[0]])]}"
    if amounts and amounts[0].measure and groups[0][0].kind == "plain" and _SIZE.fullmatch(said[0]):  # M, 195 g
        said[0] += ","
    tail = words and groups[-1] is words[0] and len(groups) > 1 and groups[-2][0].kind == "amount"
    if tail and is_said_of(words[0]):  # 54–58 cm, Adjustable
        said[-2] += ","
    return " ".join(said)


def _is_named(groups: Sequence[Sequence[Atom]], amount: Atom) -> bool:
    """Whether a time stands behind the one thing that lasts so long: 质保3年."""
    return amount.of == "time" and len(groups) == 2 and groups[0][0].kind == "word" and not is_said_of(groups[0])


def _measured(atoms: Sequence[Atom], request: Request, market: Market) -> str | None:
    """Return an amount with what is said of it, and a thing that it is of: Foot Width Up to 9.2 cm (3.6 in)."""
    words = list(takewhile(lambda atom: atom.kind == "word", atoms))
    rest = atoms[len(words) :]
    kinds = [atom.kind for atom in rest]
    amounts = [atom for atom in rest if atom.kind in ("amount", "share")]
    if len(amounts) != 1 or set(kinds) - SAID - {"amount", "share"} or any(kinds.count(kind) > 1 for kind in kinds):
        return None
    amount = amounts[0]
    text = _say([amount], request, market)
    if text is None or not _is_said_right(rest, amount) or (words and ("side" in kinds or is_said_of(words))):
        return None
    for atom in rest:
        if atom.kind == "bound":
            text = (SHARE_BOUNDS if amount.kind == "share" else BOUNDS)[atom.text].format(text)
        elif atom.kind == "about":
            text = f"About {text}"
        elif atom.kind == "side":
            text = f"{text} {SIDES[atom.text]}"
        elif atom.kind == "fit":
            text = f"{FITS[atom.text]} {text}"
        elif atom.kind == "each":
            text = f"{text} Each"
    name = _say(words, request, market) if words else ""
    return None if name is None else f"{name} {text}".strip()


def _is_said_right(atoms: Sequence[Atom], amount: Atom) -> bool:
    """Whether what stands before and behind an amount may be said of it, and only one thing beside "about"."""
    at = atoms.index(amount)
    before, behind = [atom.kind for atom in atoms[:at]], [atom.kind for atom in atoms[at + 1 :]]
    said = {atom.kind for atom in atoms} - {"amount", "share", "about"}
    return (
        before in ([], ["about"], ["side"], ["side", "about"], ["fit"])
        and behind in ([], ["about"], ["bound"], ["each"])
        and not any(atom.text in SAID_BEHIND for atom in atoms[:at])
        and len(said) <= 1
        and not ("about" in before + behind and said - {"side"})
        and not ("side" in said and amount.of != "length")
        and not ("fit" in said and amount.of != "mass")
        and not ("each" in said and amount.of not in ("mass", "volume"))
        and not ("bound" in said and amount.text.startswith("0 "))
    )


def _groups(atoms: Sequence[Atom]) -> Iterator[list[Atom]]:
    """Yield the words that stand side by side together, and everything else by itself."""
    group: list[Atom] = []
    for atom in atoms:
        if group and (atom.kind != "word" or group[0].kind != "word"):
            yield group
            group = []
        group.append(atom)
    if group:
        yield group


def _say(group: Sequence[Atom], request: Request, market: Market) -> str | None:
    first = group[0]
    if first.kind == "times":
        return f"x {first.text.lstrip('×xX* ')}"
    if first.kind == "word":
        text = say_words(group)
        return None if text is None else finish(text, request, market)
    if first.kind == "amount" and first.measure:
        return first.text.replace(" × ", " x ")
    return finish(first.text, replace(request, terms=()), market)
