"""The screen: finds in a text what the rules of a market forbid, question or advise on; it edits nothing."""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Literal, TypeAlias

import ahocorasick_rs

from shopglot.sensitivity.patterns import PREFIX, compile_expression, hints
from shopglot.sensitivity.plain import Plain, fold, view
from shopglot.sensitivity.rules import WORDS, Rule, RuleSeverity
from shopglot.types import Finding, Severity, Side

Action = Literal["pass", "review", "block"]
_Spans: TypeAlias = "list[tuple[int, int]]"

_SEVERITIES: dict[RuleSeverity, Severity] = {"block": "error", "review": "warning", "advise": "info"}

# What turns a claim that follows it in the same clause into a disclaimer.
_NEGATED = re.compile(
    r"(?:非(?:用于|作为)|不(?:用于|作为|具有|具备|属于|代替|替代|宣称|声称|承诺|支持|提供|是|会|做|卖|售)|并非|绝非|没有|禁止|严禁|拒绝|杜绝"
    r"|抵制|远离|请勿|切勿|不含(?:任何)?$|不(?:可|能|得)(?!不|错过|少|缺|思议|多得))[^,。!?;、\n]{0,8}$"
    r"|(?:^|[^a-z])(?:not(?! only)|no|never|cannot|without|(?:is|are|does|do|can|wo|was)n't|nor|non)(?![a-z])"
    r"[^.!?;\n]{0,60}$"
)
_NEGATION_REACH = 80


@dataclass(frozen=True, slots=True)
class _Expression:
    """A regular expression of the rule at `rule`; `forgives` marks an exception."""

    rule: int
    forgives: bool
    pattern: re.Pattern[str]


class _Index:
    """The patterns of some rules, ready to be found in one pass over the plain view."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        literals: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        hinted: dict[str, list[_Expression]] = defaultdict(list)
        self._always: list[_Expression] = []
        for number, rule in enumerate(rules):
            for pattern in dict.fromkeys((*rule.patterns, *rule.exceptions)):
                forgives = pattern in rule.exceptions
                if not pattern.startswith(PREFIX):
                    literals[fold(pattern)].append((number, forgives))
                    continue
                source = pattern.removeprefix(PREFIX)
                expression = _Expression(number, forgives, compile_expression(source))
                needed = hints(source)
                for hint in needed:
                    hinted[hint].append(expression)
                if not needed:
                    self._always.append(expression)
        keys = list(dict.fromkeys((*literals, *hinted)))
        self._literals = [tuple(literals.get(key, ())) for key in keys]
        self._hinted = [tuple(hinted.get(key, ())) for key in keys]
        self._automaton = ahocorasick_rs.AhoCorasick(keys) if keys else None

    def find(self, plain: Plain) -> tuple[dict[int, _Spans], dict[int, _Spans]]:
        """Return the spans of the view that each rule's patterns hit, and those that its exceptions cover."""
        hits: dict[int, _Spans] = defaultdict(list)
        forgiven: dict[int, _Spans] = defaultdict(list)
        due = dict.fromkeys(self._always)
        if self._automaton:
            for key, start, end in self._automaton.find_matches_as_indexes(plain.text, overlapping=True):
                for number, forgives in self._literals[key]:
                    if plain.holds(start, end):
                        (forgiven if forgives else hits)[number].append((start, end))
                due.update(dict.fromkeys(self._hinted[key]))
        for expression in due:
            spans = [match.span() for match in expression.pattern.finditer(plain.text)]
            held = [span for span in spans if span[0] < span[1] and plain.holds(*span)]
            if held:
                (forgiven if expression.forgives else hits)[expression.rule] += held
        return hits, forgiven


class Screen:
    """Screens texts against rules. Build it once for a market: the first text compiles every pattern of its side."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        sides: tuple[Side, ...] = ("source", "target")
        self._held = {side: [rule for rule in self._rules if rule.side in (side, "both")] for side in sides}
        self._indexes: dict[Side, _Index] = {}  # built when a text of that side comes: `check` screens none

    def _index(self, side: Side) -> _Index:
        if side not in self._indexes:
            self._indexes[side] = _Index(self._held[side])
        return self._indexes[side]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the content of all rules, whatever their order."""
        content = sorted(json.dumps(asdict(rule), ensure_ascii=True, sort_keys=True) for rule in self._rules)
        return hashlib.sha256("\n".join(content).encode()).hexdigest()

    def screen(self, text: str, *, side: Side, field: str = "", category: str = "") -> tuple[Finding, ...]:
        """Return what the rules find in `text`, by place; offsets are code points of `text` as it is written.

        `field` is the kind of field and `category` the listing's category; what is "" is unknown, and a rule that is
        narrowed to some fields or categories then holds. Of overlapping hits of one rule the longest counts.
        """
        plain = view(text)
        hits, forgiven = self._index(side).find(plain)
        findings = []
        for number, spans in hits.items():
            rule = self._held[side][number]
            if not _concerns(rule, field, fold(category)):
                continue
            for start, end in _longest(_unforgiven(spans, forgiven.get(number, []))):
                if not (rule.negation and _is_negated(plain.text, start)):
                    findings.append(_finding(rule, side, text, plain.span(start, end)))
        return tuple(sorted(findings, key=lambda finding: (finding.start, finding.end, finding.check)))


def action(findings: Iterable[Finding]) -> Action:
    """Return what the worst finding asks for; an `info` passes."""
    severities = {finding.severity for finding in findings}
    return "block" if "error" in severities else "review" if "warning" in severities else "pass"


def _concerns(rule: Rule, field: str, category: str) -> bool:
    """Say whether a rule holds for the field and the (folded) category."""
    if rule.fields and field and field not in rule.fields:
        return False
    return not (rule.categories and category) or any(fold(name) in category for name in rule.categories)


def _unforgiven(spans: _Spans, forgiven: _Spans) -> _Spans:
    """Return the spans that lie within no forgiven one."""
    if not forgiven:
        return spans
    forgiven = sorted(forgiven)
    starts = [start for start, _ in forgiven]
    covered = [0, *accumulate((end for _, end in forgiven), max)]  # how far the first n exceptions reach
    return [(start, end) for start, end in spans if end > covered[bisect_right(starts, start)]]


def _longest(spans: _Spans) -> _Spans:
    """Return spans that do not overlap, the longer of two that would, by place."""
    kept: _Spans = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
        elif end - start > kept[-1][1] - kept[-1][0]:
            kept[-1] = (start, end)
    return kept


def _is_negated(text: str, start: int) -> bool:
    return bool(_NEGATED.search(text[max(0, start - _NEGATION_REACH) : start]))


def _finding(rule: Rule, side: Side, text: str, span: tuple[int, int]) -> Finding:
    words = text[span[0] : span[1]]
    return Finding(
        check=rule.id,
        severity=_SEVERITIES[rule.severity],
        side=side,
        start=span[0],
        end=span[1],
        text=words,
        message=rule.message.replace(WORDS, words),
        message_zh=f"{rule.message_zh.replace(WORDS, words)}建议：{rule.suggestion_zh}",
        suggestion=rule.suggestion,
        basis=rule.basis,
    )
