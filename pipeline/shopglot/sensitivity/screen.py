"""The screen: finds in a text what the rules of a market forbid, question or advise on; it edits nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Literal

from shopglot.sensitivity.goods import TELLING, Appraiser, GoodsText, Ruling
from shopglot.sensitivity.plain import Plain, view
from shopglot.sensitivity.rewriting import Rewriter
from shopglot.sensitivity.rules import WAY_OUT, WORDS, Rule, RuleSeverity
from shopglot.sensitivity.ruleset import About, Ruleset
from shopglot.types import Finding, Severity, Side

Action = Literal["pass", "review", "block"]

_SEVERITIES: dict[RuleSeverity, Severity] = {"block": "error", "review": "warning", "advise": "info"}


class Screen:
    """Screens texts and listings against rules. Build it once for a market: the first text compiles the patterns."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        texts = [rule for rule in self._rules if rule.scope == "text"]
        goods = [rule for rule in self._rules if rule.scope == "listing"]
        sides: tuple[Side, ...] = ("source", "target")
        self._texts = {side: Ruleset(rule for rule in texts if rule.side in (side, "both")) for side in sides}
        # One pass for a text that stands alone: goods are asked after together with everything else.
        self._alone = {
            side: Ruleset(rule for rule in (*texts, *goods) if rule.side in (side, "both")) for side in sides
        }
        self._appraiser = Appraiser(rule for rule in goods if rule.side != "target")
        self.rewriter = Rewriter(texts)
        self.versions = {rule.id: rule.version for rule in self._rules}
        self.both = frozenset(rule.id for rule in texts if rule.side == "both")

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the content of all rules, whatever their order."""
        content = sorted(json.dumps(asdict(rule), ensure_ascii=True, sort_keys=True) for rule in self._rules)
        return hashlib.sha256("\n".join(content).encode()).hexdigest()

    def screen(self, text: str, *, side: Side, about: About | None = None, alone: bool = True) -> tuple[Finding, ...]:
        """Return what the rules find in `text`, by place; offsets are code points of `text` as it is written.

        What `about` leaves empty is unknown, and a rule that is narrowed by it then holds. `alone` says that the text
        is all that is known of its listing, so that the rules about goods read it too, unless it is a field that never
        says what goods are and the title is known; otherwise `appraise` reads them.
        """
        about = about or About()
        plain = view(text)
        goods = alone and (about.field in ("", *TELLING) or not about.title)
        findings = _found((self._alone if goods else self._texts)[side], plain, text, side, about)
        return tuple(sorted(findings, key=lambda finding: (finding.start, finding.end, finding.check)))

    def appraise(self, texts: Sequence[GoodsText], category: str) -> tuple[tuple[int, Finding], ...]:
        """Return what the rules about goods say of a listing: the number of a text, and the finding on its source.

        Each rule speaks once. Where only the category has the words, the finding stands on the whole first title (or
        the first text) and names them. () where there is no text.
        """
        if not texts:
            return ()
        first = next((number for number, text in enumerate(texts) if text.field == "title"), 0)
        return tuple(
            (first if ruling.place is None else ruling.place, _ruled(ruling, texts, first))
            for ruling in self._appraiser.appraise(texts, category)
        )


def action(findings: Iterable[Finding]) -> Action:
    """Return what the worst finding asks for; an `info` passes."""
    severities = {finding.severity for finding in findings}
    return "block" if "error" in severities else "review" if "warning" in severities else "pass"


def _found(rules: Ruleset, plain: Plain, text: str, side: Side, about: About) -> Iterable[Finding]:
    for hit in rules.find(plain, about):
        span = hit.start, hit.end
        yield _finding(hit.rule, side, text, span, text[span[0] : span[1]], _SEVERITIES[hit.rule.severity])


def _ruled(ruling: Ruling, texts: Sequence[GoodsText], first: int) -> Finding:
    severity: Severity = "info" if ruling.supplied else _SEVERITIES[ruling.rule.severity]
    if ruling.place is None:
        whole = texts[first].text
        return _finding(ruling.rule, "source", whole, (0, len(whole)), ruling.words, severity)
    span = ruling.start, ruling.end
    return _finding(ruling.rule, "source", texts[ruling.place].text, span, ruling.words, severity)


def _finding(rule: Rule, side: Side, text: str, span: tuple[int, int], words: str, severity: Severity) -> Finding:
    return Finding(
        check=rule.id,
        severity=severity,
        side=side,
        start=span[0],
        end=span[1],
        text=text[span[0] : span[1]],
        message=rule.message.replace(WORDS, words),
        message_zh=f"{rule.message_zh.replace(WORDS, words)}{WAY_OUT}{rule.suggestion_zh}",
        suggestion=rule.suggestion,
        basis=rule.basis,
    )
