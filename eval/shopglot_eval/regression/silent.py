"""What must never get worse unseen, were it in a single text: named as notices, which stop nothing by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from shopglot.decide import RULE_PREFIXES
from shopglot.types import Finding
from shopglot_eval.records import Pair
from shopglot_eval.regression.ruling import Notice
from shopglot_eval.regression.testing import Tested

# Facts, names and markup: one wrong number is a wrong offer, however good the rest reads.
HARD = frozenset({
    "number.changed", "unit.changed", "currency.changed", "brand.changed", "dnt.changed", "markup.broken",
    "placeholder.lost", "script.wrong", "omission", "addition",
})  # fmt: skip


def notices(joined: Sequence[tuple[Pair, Pair]]) -> tuple[Notice, ...]:
    """Return what is new for the worse, by check or rule in alphabetical order; texts in the suite's order.

    A finding is new where a text has more of its check than before. Counted are the checks of `HARD`, every other
    error, and whatever a sensitivity rule holds or rejects in the translation.
    """
    found: dict[str, list[str]] = {}
    for before, after in joined:
        for check in _counts(after) - _counts(before):
            found.setdefault(check, []).append(after.example.id)
        if before.output.target.strip() and not after.output.target.strip():
            found.setdefault("text.empty", []).append(after.example.id)
    return tuple(
        Notice(what=check, texts=tuple(texts), message=_message(check, len(texts)))
        for check, texts in sorted(found.items())
    )


def lost(name: str, title: str, texts: Iterable[str]) -> Notice | None:
    """Return the notice of texts that had a value of a measure and have none now; None where there are none."""
    ids = tuple(texts)
    if not ids:
        return None
    message = f"{title}: {_texts(len(ids))} had a value in the baseline and have none now"
    return Notice(what=f"value.lost:{name}", texts=ids, message=message)


def slice_worse(one: Tested, ids: Sequence[str]) -> Notice:
    """Return the notice of a slice that looks worse, and has too few pages or texts for an alarm."""
    members = one.part.members[one.line.known[one.part.members]]
    worse = sorted((at for at in members.tolist() if one.line.worse[at] > 0), key=lambda at: -one.line.worse[at])
    where = f"{one.part.dimension}: {one.part.part}" if one.part.dimension else "all texts"
    message = f"{one.line.title} ({where}): {len(worse)} of {len(members)} texts are worse; too few to be sure"
    return Notice(what=f"slice.worse:{one.line.name}", message=message, texts=tuple(ids[at] for at in worse))


def _counts(pair: Pair) -> Counter[str]:
    return Counter(finding.check for finding in pair.output.findings if _hard(finding))


def _hard(finding: Finding) -> bool:
    if finding.check.startswith(RULE_PREFIXES):
        return finding.side == "target" and finding.severity != "info"
    return finding.severity == "error" or (finding.check in HARD and finding.severity != "info")


def _message(check: str, count: int) -> str:
    if check == "text.empty":
        return f"{_texts(count)} have lost all their words"
    if check.startswith(RULE_PREFIXES):
        return f"rule {check} speaks of {_texts(count)} whose baseline it had nothing against"
    return f"{check} is new in {_texts(count)}"


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"
