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
def obligations(source: str) -> tuple[tuple[str, ...], ...]:
    """Return what every match of the regular expression contains: at least one string of each choice.

    The choices are the literal runs and the groups of literal alternatives that stand outside groups, the most telling
    ones first.
    """
    choices, run, depth = [], "", 0
    group: list[str] | None = None  # alternatives of the group that is open or was just closed; None where not plain
    closed = False
    for piece in _TOKEN.findall(source):
        if depth == 0 and piece == "|":
            return ()
        if depth == 0 and closed:
            if group and not _is_optional(piece):
                choices.append(tuple(group))
            closed = False
        if piece[0] == "(":
            depth += 1
            if depth == 1:
                choices.append((run,))
                run, group = "", [""] if piece in {"(", "(?:"} else None
            else:
                group = None
        elif piece == ")":
            depth -= 1
            closed = depth == 0
        elif depth:
            group = _extend(group, piece) if depth == 1 else None
        else:
            choices.append((run[:-1] if _is_optional(piece) else run,))
            literal = _literal(piece)
            run = run + literal if literal else ""
    choices.append((run,))
    if closed and group:
        choices.append(tuple(group))
    return tuple(sorted((choice for choice in choices if all(choice)), key=_strength, reverse=True))


def _extend(group: list[str] | None, piece: str) -> list[str] | None:
    """Add a piece to the alternatives of a group, in place, and return them; None where one is no literal."""
    if group is None:
        return None
    if piece == "|":
        group.append("")
        return group
    literal = _literal(piece)
    if not literal:
        return None
    group[-1] += literal
    return group


def _is_optional(piece: str) -> bool:
    return piece == "?" or piece.startswith("{0")


def _literal(piece: str) -> str:
    """Return the character that a piece stands for, "" where it is no literal."""
    if len(piece) == 2 and piece[0] == "\\":
        return "" if piece[1].isalnum() else piece[1]
    return "" if len(piece) > 1 or piece in "?^$.()|" else fold(piece)


def _strength(choice: tuple[str, ...]) -> tuple[int, int]:
    return min(map(len, choice)), -len(choice)
