"""What sources have to do with one another: one inside a longer one, the end of one the beginning of another.

Every inner text of a source is looked up among the sources, so that the time is linear in their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from shopglot.glossary.groups import Found, contains
from shopglot.glossary.rows import Row
from shopglot.script import is_han
from shopglot.termbase import fold

LONGEST = 32  # longer sources are taken to hold no term; bounds the inner texts of one source
MOST = 5  # partners that are named for one source


def look_at_nesting(rows: Sequence[Row], *, latin: bool) -> Iterator[Found]:
    """Yield the terms that contain another term and say something else, or write what the other forbids.

    Only terms that end in the shorter one are compared by their targets: there it is the head of the longer one.
    """
    preferred, targets, forbidden = _index(rows)
    for source, row in preferred.items():
        for start, end in _inner(source):
            short = source[start:end]
            if short not in preferred:
                continue
            bad = next((form for form in forbidden[short] if contains(row.target, form)), None)
            if bad is not None:
                yield row, ("info", "nested.forbidden", (
                    f"'{row.target}' has '{bad}', which is forbidden for '{preferred[short].source}' "
                    f"(line {preferred[short].line}) inside this source: is one of them wrong?"
                ))  # fmt: skip
            elif end == len(source) and _contradicts(row, preferred[short], targets[short], latin=latin):
                yield row, ("info", "nested.contradiction", (
                    f"ends in '{preferred[short].source}' (line {preferred[short].line}), which is "
                    f"'{preferred[short].target}', and says '{row.target}': is one of them wrong?"
                ))  # fmt: skip


def look_at_overlaps(rows: Sequence[Row]) -> Iterator[Found]:
    """Yield the terms whose last two or more characters begin another term: 羊毛大衣 beside 大衣柜.

    Where both stand in a text, the first one wins and the second is not found.
    """
    preferred, _, _ = _index(rows)
    beginnings: dict[str, list[str]] = defaultdict(list)
    for source in preferred:
        for end in range(2, min(len(source), LONGEST)):
            beginnings[source[:end]].append(source)
    for source, row in preferred.items():
        partners = {
            other: source[start:]
            for start in range(max(1, len(source) - LONGEST), len(source) - 1)
            for other in beginnings.get(source[start:], ())
            if other != source
        }
        if partners:
            named = ", ".join(f"{other} ({shared})" for other, shared in list(partners.items())[:MOST])
            more = f" and {len(partners) - MOST} more" if len(partners) > MOST else ""
            yield row, ("info", "overlap.ambiguous", f"may run into {named}{more}: the first in the text wins.")


def _index(rows: Sequence[Row]) -> tuple[dict[str, Row], dict[str, list[str]], dict[str, list[str]]]:
    """Return, by folded source: the preferred row without a condition, right targets, forbidden ones."""
    preferred: dict[str, Row] = {}
    targets: dict[str, list[str]] = defaultdict(list)
    forbidden: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if any(row.condition):
            continue
        key = fold(row.source)
        if row.status == "preferred" and row.use != "suggest":
            preferred[key] = row
        (forbidden if row.status == "forbidden" else targets)[key].append(row.target)
    return preferred, targets, forbidden


def _inner(source: str) -> Iterator[tuple[int, int]]:
    if len(source) > LONGEST:
        return
    for start in range(len(source)):
        for end in range(start + 2, len(source) + 1):
            if end - start < len(source):
                yield start, end


def _contradicts(long: Row, short: Row, right: Sequence[str], *, latin: bool) -> bool:
    """Whether two enforced terms share nothing: no word in Latin targets, no character in Chinese ones."""
    if short.pos == "guard" or long.pos == "guard" or not any(map(is_han, short.source)):
        return False
    if latin:
        return not any(_stems(long.target) & _stems(target) for target in right)
    return not any(set(long.target) & set(target) for target in right)


def _stems(target: str) -> set[str]:
    words = target.casefold().replace("-", " ").split()
    return {word.removesuffix("es").removesuffix("s")[:5] for word in words}
