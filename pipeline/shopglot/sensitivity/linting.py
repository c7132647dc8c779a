"""What is wrong with the rules of a market beyond what loading refuses: they are held against their own examples.

An `error` means that a rule does not do what its editor wrote beside it, or writes what another rule holds back; a
`warning` that an editor should look.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shopglot.sensitivity.index import Index
from shopglot.sensitivity.phrases import Lexicon
from shopglot.sensitivity.plain import fold, view
from shopglot.sensitivity.rules import WORDS, Example, Rule
from shopglot.sensitivity.ruleset import About, Ruleset
from shopglot.sensitivity.screen import Screen
from shopglot.types import Side

_HAN = re.compile("[\u4e00-\u9fff]")
_QUOTED = re.compile("“[^”]*”|「[^」]*」")  # wording for the target may be quoted in Traditional characters
_MAINLAND = re.compile("Advertising Law of|PRC Advertising|广告法|廣告法")
LONGEST_WORDS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProblem:
    """What is wrong with a rule: a stable id, and what to do."""

    rule: str
    severity: Literal["error", "warning"]
    id: str
    message: str


def lint_rules(rules: Sequence[Rule]) -> list[RuleProblem]:
    """Return the problems of a market's rules, in their order."""
    whole = Screen(rules)
    found: list[RuleProblem] = []
    for rule in rules:
        found += _examples(rule)
        found += _messages(rule)
        found += _rewrites(rule, whole)
    return [*found, *_twins(rules)]


def lint_phrases(lexicon: Lexicon) -> list[RuleProblem]:
    """Return the problems of the named phrases: those that do not find, or find, what stands beside them."""
    found = []
    for name, phrases in lexicon.sets.items():
        index = Index([phrases])
        for examples, wanted in ((lexicon.positive[name], True), (lexicon.negative[name], False)):
            for text in examples:
                if bool(index.find(view(text))) != wanted:
                    identity, said = ("example.missed", "finds nothing in") if wanted else ("example.hit", "finds")
                    message = f"{said} {text!r}, which its file calls {'positive' if wanted else 'negative'}"
                    found.append(RuleProblem(rule=f"@{name}", severity="error", id=identity, message=message))
    return found


def sides(rule: Rule) -> tuple[Side, ...]:
    """Return the sides that a rule speaks of."""
    return ("source", "target") if rule.side == "both" else (rule.side,)


def hits(screen: Screen, rule: Rule, example: Example, side: Side) -> bool:
    """Whether a rule, alone in a screen, finds something in an example; what the example leaves open is the rule's."""
    about = About(
        field=example.field or next(iter(rule.fields), ""),
        category=example.category or next(iter(rule.categories), ""),
        title=example.title,
    )
    return bool(screen.screen(example.text, side=side, about=about))


def _examples(rule: Rule) -> Iterator[RuleProblem]:
    alone = Screen([rule])
    for side in sides(rule):
        for example in rule.positive:
            if example.side in (None, "both", side) and not hits(alone, rule, example, side):
                yield _error(rule, "example.missed", f"finds nothing in its positive example {example.text!r} ({side})")
        for example in rule.negative:
            if example.side in (None, "both", side) and hits(alone, rule, example, side):
                yield _error(rule, "example.hit", f"finds something in its negative example {example.text!r} ({side})")


def _messages(rule: Rule) -> Iterator[RuleProblem]:
    for key, text in (("message", rule.message), ("message_zh", rule.message_zh)):
        if WORDS not in text:
            yield _error(rule, "message.words", f"{key} does not name the words: put {WORDS} into it")
    for key, text in (("message_zh", rule.message_zh), ("suggestion_zh", rule.suggestion_zh)):
        if not _HAN.search(text):
            yield _error(rule, "message.language", f"{key} is not in Chinese: the merchant reads it")
        if odd := [char for char in _QUOTED.sub("", text) if _HAN.match(char) and fold(char) != char]:
            yield _error(rule, "message.script", f"{key} has Traditional characters: {''.join(odd)}")
    if _MAINLAND.search(rule.basis):
        yield _error(rule, "basis.foreign", "rests on the mainland's law, which binds nobody abroad")


def _rewrites(rule: Rule, whole: Screen) -> Iterator[RuleProblem]:
    """What is written in place of words must not itself be held back."""
    written = [rule.rewrite] if rule.rewrite else []
    written += [text for _, text in rule.replacements if text]
    for text in written:
        bad = [one for one in whole.screen(text, side="target", alone=False) if one.severity != "info"]
        for finding in bad:
            yield _error(rule, "rewrite.held", f"writes {text!r}, in which {finding.check} finds {finding.text!r}")
    if rule.replacements:
        own = Ruleset([rule])
        shown = [example.text for example in rule.positive]
        found = {
            hit.words for text in (*shown, *(words for words, _ in rule.replacements))
            for hit in own.find(view(text), About())
        }  # fmt: skip
        for words, _ in rule.replacements:
            if fold(words) not in found:
                told = f"replaces {words!r}, which its patterns find neither alone nor in a positive example"
                yield _error(rule, "replacement.unreached", told)


def _twins(rules: Sequence[Rule]) -> Iterator[RuleProblem]:
    """Words that two rules of one side and different severity both have: the worse one always wins."""
    owners: dict[tuple[Side, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        for side in sides(rule):
            for pattern in dict.fromkeys(rule.patterns):
                if rule.when is None and rule.unless is None and not (rule.fields or rule.categories):
                    owners[side, view(pattern).text].append(rule)
    told: set[tuple[str, str]] = set()
    for (_, words), own in owners.items():
        for other in own[1:]:
            pair = (own[0].id, other.id)
            if other.severity != own[0].severity and pair not in told and own[0].scope == other.scope:
                told.add(pair)
                yield RuleProblem(
                    rule=other.id, severity="warning", id="words.twice",
                    message=f"{own[0].id} ({own[0].severity}) has {words[:LONGEST_WORDS]!r} as well",
                )  # fmt: skip


def _error(rule: Rule, identity: str, message: str) -> RuleProblem:
    return RuleProblem(rule=rule.id, severity="error", id=identity, message=message)
