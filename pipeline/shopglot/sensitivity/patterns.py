"""The patterns of a rule: literals, and `re:` regular expressions over the plain view.

A regular expression names what it needs (`hints`), so that it runs only on a text which has one of those.
"""

from __future__ import annotations

import re
from functools import cache

from shopglot.sensitivity.plain import HAN, fold

PREFIX = "re:"
_HAN = re.compile(f"[{HAN}]")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_UNBOUNDED = re.compile(r"[*+]|\{[0-9]*,\}")
# Between two ASCII letters or digits there is no edge of a word: a match that ends there is tried again, longer.
_EDGE = "(?:(?<![a-z0-9])|(?![a-z0-9]))"
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!])|[()|]|\{[0-9,]+\}|[?^$.]|.",
    re.DOTALL,
)


@cache
def compile_expression(source: str) -> re.Pattern[str]:
    """Compile the regular expression of a rule (without its prefix); the same one only once.

    Raises ValueError, which says what to write instead, where it could never match the plain view, would match
    nothing at all, or may take more than linear time.
    """
    bare = _ESCAPED.sub("", source)
    if re.search(r"\\[bB]", source):
        raise ValueError("takes no \\b: the edges of Latin words are minded anyway")
    if re.search("[A-Z]", bare):
        raise ValueError("is matched against lower-case text: write it in lower case")
    if _UNBOUNDED.search(_CLASS.sub("", bare)):
        raise ValueError("may repeat only within bounds: write {0,8} instead of * and +")
    for char in bare:
        if not char.isascii() and not _HAN.match(char) and fold(char) != char:
            raise ValueError(f"is matched against plain text: write {fold(char)!r} instead of {char!r}")
    try:
        plain = "".join(fold(char) if _HAN.match(char) else char for char in source)
        compiled = re.compile(f"(?:{plain}){_EDGE}")
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    if compiled.search(""):
        raise ValueError("matches the empty text: make a part of it obligatory")
    return compiled


def hints(source: str) -> tuple[str, ...]:
    """Return strings of which every match of the regular expression contains at least one, () where none is sure.

    The most telling of its `obligations`.
    """
    return next(iter(obligations(source)), ())


def alternatives(source: str) -> list[str]:
    """Return the alternatives of a regular expression that stand outside of groups: each has obligations of its own."""
    parts, depth = [""], 0
    for piece in _TOKEN.findall(source):
        depth += (piece[0] == "(") - (piece == ")")
        if depth == 0 and piece == "|":
            parts.append("")
        else:
            parts[-1] += piece
    return parts


@cache
def obligations(source: str, *, beginnings: bool = False) -> tuple[tuple[str, ...], ...]:
    """Return what every match of the regular expression contains: at least one string of each choice.

    The choices are the literal runs and the groups of literal alternatives that stand outside groups, the most telling
    ones first. With `beginnings`, an alternative that is no literal counts with what it begins with (`gifts?`: `gift`).
    """
    choices, run, depth = [], "", 0
    group = _Group(beginnings)  # that is open or was just closed
    closed = False
    for piece in _TOKEN.findall(source):
        if depth == 0 and piece == "|":
            return ()
        if depth == 0 and closed:
            choices.append(() if _is_optional(piece) else group.choice())
            closed = False
        if piece[0] == "(":
            depth += 1
            if depth == 1:
                choices.append((run,))
                run, group = "", _Group(beginnings, tells=piece in {"(", "(?:"})
            group.nest(depth)
        elif piece == ")":
            depth -= 1
            closed = depth == 0
        elif depth:
            group.extend(piece, depth)
        else:
            choices.append((run[:-1] if _is_optional(piece) else run,))
            literal = _literal(piece)
            run = run + literal if literal else ""
    choices.append((run,))
    if closed:
        choices.append(group.choice())
    return tuple(sorted((choice for choice in choices if choice and all(choice)), key=_strength, reverse=True))


class _Group:
    """The alternatives of a group: literals, or with `beginnings` what each begins with; one may tell nothing."""

    def __init__(self, beginnings: bool, *, tells: bool = True) -> None:
        self._beginnings, self._tells = beginnings, tells
        self._alternatives = [""]
        self._whole = True  # nothing but literals so far
        self._ended = False  # the alternative that is read goes on with something else than literals

    def nest(self, depth: int) -> None:
        """Mind that a group begins at this depth."""
        if depth > 1:
            self._end()

    def extend(self, piece: str, depth: int) -> None:
        """Read one more piece, which stands at this depth."""
        if depth > 1:
            return
        if piece == "|":
            self._alternatives.append("")
            self._ended = False
        elif not self._ended:
            literal = _literal(piece) or (_only(piece) if self._beginnings else "")
            if literal:
                self._alternatives[-1] += literal
                return
            if _is_optional(piece):
                self._alternatives[-1] = self._alternatives[-1][:-1]
            self._end()

    def _end(self) -> None:
        """Take no more of the alternative that is read: it is no literal."""
        self._ended, self._whole = True, False

    def choice(self) -> tuple[str, ...]:
        """Return the strings of which one has to be there, () where there are none that tell anything."""
        if not self._tells:
            return ()
        if self._whole:
            return tuple(self._alternatives)
        told = self._beginnings and all(len(one) > 1 or not one.isascii() for one in self._alternatives)
        return tuple(self._alternatives) if told else ()


def _only(piece: str) -> str:
    """Return the one character of a class like `[.]`, "" for another piece."""
    return fold(piece[1]) if len(piece) == 3 and piece[0] == "[" and piece[1] not in "^\\" else ""


def _is_optional(piece: str) -> bool:
    return piece == "?" or piece.startswith("{0")


@cache
def _literal(piece: str) -> str:
    """Return the character that a piece stands for, "" where it is no literal."""
    if len(piece) == 2 and piece[0] == "\\":
        return "" if piece[1].isalnum() else piece[1]
    return "" if len(piece) > 1 or piece in "?^$.()|" else fold(piece)


def _strength(choice: tuple[str, ...]) -> tuple[int, int]:
    return min(map(len, choice)), -len(choice)
