"""What is wrong among the rows of one table: duplicates, several preferred targets, contradictions, dead rows."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from shopglot.glossary.rows import Brand, Row
from shopglot.glossary.surface import Remark
from shopglot.termbase import fold

Found = tuple[Row, Remark]
Key = tuple[str, str, str]

_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_TITLED = re.compile(r"[A-Z][a-z'’]{2,}")
_ENOUGH = 3  # targets that write a word in lower case before a capital in another one is a mistake


def look_at_groups(rows: Sequence[Row], *, latin: bool) -> Iterator[Found]:
    """Yield what is wrong among the rows of a table; `latin` says whether targets are lower-case words."""
    groups = group_rows(rows)
    for group in groups.values():
        yield from _duplicates(group)
        yield from _statuses(group)
        yield from _forbidden(group)
    yield from _folded(groups)
    yield from _conditions(groups)
    yield from _quotes(rows)
    if latin:
        yield from _capitals(rows)


def group_rows(rows: Sequence[Row]) -> dict[Key, list[Row]]:
    """Return the rows by source, category and field: those that are one entry of the termbase."""
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.source, row.category, row.field].append(row)
    return dict(groups)


def look_at_brands(rows: Sequence[Row], brands: Sequence[Brand], lineage: Sequence[str]) -> Iterator[Found]:
    """Yield the terms that say the same as `brands.tsv`, or something else: the term silently wins."""
    names = {fold(brand.source): brand for brand in brands}
    for row in rows:
        brand = names.get(fold(row.source))
        if brand is None or row.status == "admitted":
            continue
        forms = [brand.forms[market] for market in lineage if market in brand.forms]
        form = forms[-1] if forms else ""
        if row.status == "preferred" and row.target != form:
            # Under a condition it is what conditions are for: 小米 is millet in food.
            severity = "info" if any(row.condition) else "error"
            advice = "is that meant?" if any(row.condition) else "delete one of them."
            yield row, (severity, "brand.conflict", (
                f"brands.tsv:{brand.line} writes '{form}', this row '{row.target}' and it wins: {advice}"
            ))  # fmt: skip
        elif row.status == "preferred":
            yield row, ("info", "brand.redundant", f"brands.tsv:{brand.line} says the same: delete this row.")
        elif _same(row.target, form) and not any(row.condition):
            yield row, ("error", "brand.conflict", f"forbids '{form}', which brands.tsv:{brand.line} writes.")


def _duplicates(group: Sequence[Row]) -> Iterator[Found]:
    seen: dict[str, Row] = {}
    for row in group:
        first = seen.setdefault(_plain(row.target), row)
        if first is row:
            continue
        if first.status == row.status:
            exact = "" if first.target == row.target else f" but for case or width ('{first.target}')"
            yield row, ("error", "row.duplicate", f"line {first.line} has the same target{exact}: delete this row.")
        else:
            wrong = "forbidden" in (first.status, row.status)
            yield row, ("error" if wrong else "warning", "status.conflict", (
                f"'{row.target}' is {row.status} here and {first.status} in line {first.line}: delete one of them."
            ))  # fmt: skip


def _statuses(group: Sequence[Row]) -> Iterator[Found]:
    preferred = [row for row in group if row.status == "preferred"]
    if not preferred:
        yield group[0], ("error", "preferred.none", "no row of this source and condition is preferred: make one so.")
    for row in preferred[1:]:
        if not _same(row.target, preferred[0].target):  # the same one again is a duplicate
            yield row, ("error", "preferred.several", (
                f"'{preferred[0].target}' in line {preferred[0].line} is preferred too: make one of them admitted."
            ))  # fmt: skip
    for row in group:
        if preferred and row.use != preferred[0].use:
            yield row, ("warning", "use.mixed", (
                f"use is '{row.use}', but only that of the preferred row counts: '{preferred[0].use}'."
            ))  # fmt: skip


def _forbidden(group: Sequence[Row]) -> Iterator[Found]:
    right = [row for row in group if row.status in ("preferred", "admitted")]
    for row in group:
        if row.status != "forbidden":
            continue
        inside = next((other for other in right if contains(other.target, row.target)), None)
        if inside is None or _same(inside.target, row.target):  # the same one again is a conflict already
            continue
        if _joined(inside.target) == _joined(row.target):
            yield row, ("warning", "forbidden.equal", (
                f"'{row.target}' is '{inside.target}' (line {inside.line}) but for joining or number, so it is never "
                "reported: delete the row."
            ))  # fmt: skip
        else:
            yield row, ("info", "forbidden.inside", (
                f"'{row.target}' is a part of '{inside.target}' (line {inside.line}) and reported outside it only."
            ))  # fmt: skip


def _folded(groups: Mapping[Key, Sequence[Row]]) -> Iterator[Found]:
    first: dict[Key, Sequence[Row]] = {}
    for (source, category, field), group in groups.items():
        other = first.setdefault((fold(source), category, field), group)
        if other is group:
            continue
        severity = "warning" if _preferred(other) == _preferred(group) else "error"
        yield group[0], (severity, "source.folded", (
            f"'{other[0].source}' in line {other[0].line} is the same but for width, case or characters, and this "
            "group replaces it: keep one of them."
        ))  # fmt: skip


def _conditions(groups: Mapping[Key, Sequence[Row]]) -> Iterator[Found]:
    by_source: dict[str, list[Sequence[Row]]] = defaultdict(list)
    for (source, _, _), group in groups.items():
        by_source[fold(source)].append(group)
    for same in by_source.values():
        if len(same) < 2:
            continue
        plain = next((group for group in same if not any(group[0].condition)), None)
        for group in same:
            here = group[0]
            if plain is not None and any(here.condition) and _entry(plain) == _entry(group):
                yield here, ("info", "condition.redundant", "says the same as the row without a condition.")
            yield from _shadowed(here, group, same)


def _shadowed(here: Row, group: Sequence[Row], same: Sequence[Sequence[Row]]) -> Iterator[Found]:
    if here.category or not here.field:
        return
    for other in same:
        there = other[0]
        if there.category and there.field in ("", here.field) and _preferred(other) != _preferred(group):
            yield here, ("info" if there.field else "warning", "condition.shadowed", (
                f"in category '{there.category}' line {there.line} wins over this row in the field '{here.field}' "
                "as well: give one of them both conditions."
            ))  # fmt: skip


def _quotes(rows: Sequence[Row]) -> Iterator[Found]:
    curly = [row for row in rows if "\u2019" in row.target]
    straight = [row for row in rows if "'" in row.target]
    fewer, other = (curly, "'") if len(curly) <= len(straight) else (straight, "\u2019")
    if curly and straight:
        for row in fewer:
            yield row, ("warning", "text.apostrophe", f"most targets of this table write the apostrophe {other}.")


def _capitals(rows: Sequence[Row]) -> Iterator[Found]:
    """Yield targets that capitalize a word which other targets write in lower case: names are left alone by that."""
    known = [row for row in rows if row.status != "forbidden"]
    lower = Counter(word for row in known for word in set(_WORD.findall(row.target)) if word.islower())
    for row in known:
        words = _WORD.findall(row.target)
        titled = [word for word in words if _TITLED.fullmatch(word)]
        common = [word for word in titled if lower[word.lower()] >= _ENOUGH]
        if not common or row.use == "keep" or len(common) < len(titled):
            continue
        # All words capitalized, or one with a number, may be a name that is made of common words: New Year, Double 11.
        named = len(titled) == len(words) and (len(words) > 1 or any(map(str.isdigit, row.target)))
        message = (
            f"'{common[0]}' is lower case in {lower[common[0].lower()]} other targets: write terms in lower case (the "
            "field decides on capitals), unless it is a name."
        )
        yield row, ("info" if named else "warning", "text.case", message)


def contains(text: str, form: str) -> bool:
    """Whether `form` stands in `text` as whole words: any case, a hyphen or a space, a plural s."""
    pattern = _pattern(form)
    return pattern is not None and pattern.search(text) is not None


@lru_cache(maxsize=65536)
def _pattern(form: str) -> re.Pattern[str] | None:
    words = [re.escape(word) for word in re.split(r"[\s\-–]+", form) if word]
    if not words:
        return None
    # Only Latin letters make words with edges; 面膜 stands inside 補水面膜.
    before = r"(?<![A-Za-z0-9])" if form[0].isascii() else ""
    after = r"(?:s|es)?(?![A-Za-z0-9])" if form[-1].isascii() else ""
    return re.compile(before + r"[\s\-–]*".join(words) + after, re.IGNORECASE)


def _entry(group: Sequence[Row]) -> tuple[frozenset[tuple[str, str]], str]:
    return frozenset((row.status, row.target) for row in group), group[0].use if group else ""


def _preferred(group: Sequence[Row]) -> str:
    return next((row.target for row in group if row.status == "preferred"), "")


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _joined(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold())).removesuffix("s")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
