"""What a rule puts in the place of words: on the source before it is translated, or in the finished text.

Nothing is invented: a rewrite is a text that an editor wrote for a market (see `Rule.rewrite`), and every one is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from shopglot.sensitivity.plain import fold, view
from shopglot.sensitivity.rules import REWRITTEN, Rule
from shopglot.sensitivity.ruleset import About, Ruleset
from shopglot.types import Finding, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Words of a text, half-open offsets into it, and what is written for them by the rule."""

    rule: Rule
    start: int
    end: int
    words: str
    target: str


class Rewriter:
    """Applies the rewrites of a market's rules."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        held = tuple(rules)
        self._source = Ruleset(rule for rule in held if rule.rewrite)
        self._target = Ruleset(rule for rule in held if rule.replacements)

    @cached_property
    def _replacements(self) -> Mapping[str, Mapping[str, str]]:
        return {rule.id: {fold(words): text for words, text in rule.replacements} for rule in self._target.rules}

    def find(self, source: str, about: About) -> tuple[Rewrite, ...]:
        """Return the words of a source that the market's page writes otherwise, by place, none overlapping."""
        found = [
            Rewrite(
                rule=hit.rule, start=hit.start, end=hit.end, words=source[hit.start : hit.end], target=hit.rule.rewrite
            )
            for hit in self._source.find(view(source), about)
        ]  # fmt: skip
        return _joined(_apart(found), source)

    def replace(self, target: str, about: About) -> tuple[str, tuple[Rewrite, ...]]:
        """Return a finished text with the words replaced that have a replacement, and what was replaced.

        The rewrites' offsets are those of the new words in the new text.
        """
        found = []
        for hit in self._target.find(view(target), about):
            instead = self._replacements[hit.rule.id].get(hit.words)
            if instead is not None:
                words = target[hit.start : hit.end]
                new = _cased(instead, words)
                found.append(Rewrite(rule=hit.rule, start=hit.start, end=hit.end, words=words, target=new))
        return _written(target, _apart(found))


def tell(rewrite: Rewrite, side: Side) -> Finding:
    """Return the finding that says what was written for what: it publishes, and is never silent."""
    text = rewrite.words if side == "source" else rewrite.target
    instead = rewrite.target or "（删去）"
    return Finding(
        check=rewrite.rule.id, severity="info", side=side, start=rewrite.start, end=rewrite.end, text=text,
        message=f"“{rewrite.words}” was written as “{rewrite.target}” by rule: it does not hold in this market.",
        message_zh=f"“{rewrite.words}”在该市场不适用，{REWRITTEN}为“{instead}”，无需您处理。",
        suggestion=rewrite.target, basis=rewrite.rule.basis,
    )  # fmt: skip


def _joined(rewrites: Sequence[Rewrite], source: str) -> tuple[Rewrite, ...]:
    """Return rewrites, those that follow one another and say the same as one: 假一赔十，专柜验货 is said once."""
    joined: list[Rewrite] = []
    for rewrite in rewrites:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.target == rewrite.target
            and _GLUE.fullmatch(source, before.end, rewrite.start)
        ):
            joined[-1] = replace(before, end=rewrite.end, words=source[before.start : rewrite.end])
        else:
            joined.append(rewrite)
    return tuple(joined)


def _apart(found: Sequence[Rewrite]) -> tuple[Rewrite, ...]:
    """Return rewrites that do not overlap, the longer of two that would, by place."""
    kept: list[Rewrite] = []
    for rewrite in sorted(found, key=lambda one: (one.start, -one.end, one.rule.id)):
        if not kept or rewrite.start >= kept[-1].end:
            kept.append(rewrite)
        elif rewrite.end - rewrite.start > kept[-1].end - kept[-1].start:
            kept[-1] = rewrite
    return tuple(kept)


def _written(text: str, rewrites: Sequence[Rewrite]) -> tuple[str, tuple[Rewrite, ...]]:
    parts: list[str] = []
    done = length = 0
    placed = []
    for one in rewrites:
        before = text[done : one.start]
        parts += [before, one.target]
        length += len(before)
        placed.append(replace(one, start=length, end=length + len(one.target)))
        length += len(one.target)
        done = one.end
    return "".join([*parts, text[done:]]), tuple(placed)


# What stands between two parts of a list: nothing that says something.
_GLUE = re.compile(r"[\s,，、;；|｜/·+&和及与或]{0,4}")
# Words that stay small inside a title, as the market writes its titles (see `wording.SMALL`).
_SMALL = frozenset("a an and as at but by for from in into nor of on or per the to via vs with x".split())
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’])*")


def _cased(instead: str, words: str) -> str:
    """Return the new words cased as the old ones were: shouted, in title case, or with a capital at the beginning."""
    letters = _WORD.findall(words)
    if not letters:
        return instead
    if words.isupper() and len(words) > 1:
        return instead.upper()
    if len(letters) > 1 and all(word[0].isupper() or word in _SMALL for word in letters):
        titled = _WORD.sub(lambda match: match[0] if match[0] in _SMALL else _capital(match[0]), instead)
        return _capital(titled)
    return _capital(instead) if letters[0][0].isupper() else instead


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
