"""Imported rows laid into a table: what is new is added, what differs is reported, nothing is overridden in silence.

The unit is a group: all rows of one source (folded), category and field. Existing rows stay where they are, new rows
of a group come after its last one and new groups at the end, so that the difference of two versions is small.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shopglot.glossary.groups import Key, group_rows
from shopglot.glossary.rows import Row
from shopglot.termbase import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An imported target that the table contradicts: `ours` stands, unless the import overrides."""

    ours: Row
    theirs: Row
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The table after an import, and what became of each imported group: every group is in one of the four.

    `rows` has what `changed` and `added` say; a conflicting group is in it as it was, or as it was imported where
    the import overrides. `written` are the sources (folded) of all groups that the import wrote.
    """

    rows: tuple[Row, ...]
    added: tuple[Key, ...]
    changed: tuple[Key, ...]
    unchanged: tuple[Key, ...]
    conflicting: tuple[Key, ...]
    conflicts: tuple[Conflict, ...]
    written: frozenset[str]


def merge(
    existing: Sequence[Row],
    imported: Iterable[Row],
    *,
    names: Iterable[Row] = (),
    override: bool = False,
    loose: bool = False,
    use: str = "enforce",
) -> Merge:
    """Lay `imported` rows into `existing` ones; `names` are the brands, which a term would silently override.

    A group conflicts where its preferred target is another one, where a target has another status, and where it is a
    suggestion for a special case of what is enforced in general, which it would shadow. `loose` takes targets for one
    that differ in case, hyphens or a plural s, is content with an admitted one, and adds nothing to a known group.
    `override` puts the imported group in the place of ours. Rows that say no use get that of our group, else `use`.
    """  # fmt: skip
    merging = _Merging(existing, names, loose=loose, use=use)
    for theirs in group_rows(tuple(dict.fromkeys(imported))).values():
        merging.lay(theirs, override=override)
    return merging.result(existing)


class _Merging:
    """The state of one merge: our groups as they grow, and what became of theirs."""

    def __init__(self, existing: Sequence[Row], names: Iterable[Row], *, loose: bool, use: str) -> None:
        self._loose = loose
        self._use = use
        self._groups = group_rows(existing)
        self._names = {fold(name.source): name for name in names}
        self._folded: dict[Key, Key] = {}
        self._general: dict[str, list[Key]] = defaultdict(list)
        for key in self._groups:
            self._register(key)
        self._fates: dict[str, list[Key]] = {"added": [], "changed": [], "unchanged": [], "conflicting": []}
        self._conflicts: list[Conflict] = []
        self._written: set[str] = set()

    def lay(self, theirs: list[Row], *, override: bool) -> None:
        """Lay one imported group into ours."""
        key = theirs[0].source, *theirs[0].condition
        known = key if key in self._groups else self._folded.get((fold(key[0]), key[1], key[2]))
        use = self._use if known is None else self._groups[known][0].use
        theirs = [row if row.use else replace(row, use=use) for row in theirs]
        ours = self._groups[known] if known is not None else self._above(theirs)
        against = _conflicts(ours, theirs, loose=self._loose, covered=known is None)
        self._conflicts += against
        fate = "conflicting" if against else "added" if not ours else "unchanged"
        if known is None:
            if not ours or (against and override):
                self._write(key, theirs)
                self._register(key)
        elif against:
            if override:
                self._write(known, [replace(row, source=known[0]) for row in theirs])
        elif not self._loose and (grown := _join(ours, theirs)) != ours:
            self._write(known, grown)
            fate = "changed"
        self._fates[fate].append(known or key)

    def result(self, existing: Sequence[Row]) -> Merge:
        """Return what came of it."""
        return Merge(
            rows=tuple(_ordered(existing, self._groups)),
            added=tuple(self._fates["added"]),
            changed=tuple(self._fates["changed"]),
            unchanged=tuple(self._fates["unchanged"]),
            conflicting=tuple(self._fates["conflicting"]),
            conflicts=tuple(self._conflicts),
            written=frozenset(self._written),
        )

    def _register(self, key: Key) -> None:
        source = fold(key[0])
        self._folded.setdefault((source, key[1], key[2]), key)
        self._general[source].append(key)

    def _write(self, key: Key, rows: list[Row]) -> None:
        self._groups[key] = rows
        self._written.add(fold(key[0]))

    def _above(self, theirs: Sequence[Row]) -> list[Row]:
        """Return the group that holds in general where theirs is a special case that may not shadow it."""
        source, category, field = fold(theirs[0].source), *theirs[0].condition
        if source in self._names:
            return [self._names[source]]
        if any(row.use != "suggest" for row in theirs):
            return []  # an editor who enforces a special case means it
        for key in self._general.get(source, ()):
            group = self._groups[key]
            if category.startswith(key[1]) and key[2] in ("", field) and any(row.use != "suggest" for row in group):
                return group
        return []


def _conflicts(ours: Sequence[Row], theirs: Sequence[Row], *, loose: bool, covered: bool) -> list[Conflict]:
    preferred = next((row for row in ours if row.status == "preferred"), None)
    right = [row.target for row in ours if row.status != "forbidden"] if loose or covered else []
    statuses = {row.target: row for row in ours}
    found: list[Conflict] = []
    for row in theirs:
        known = statuses.get(row.target)
        if row.status == "preferred" and preferred is not None:
            one = _agree(row.target, [preferred.target, *right]) if loose else row.target in (preferred.target, *right)
            if not one:
                found.append(Conflict(ours=preferred, theirs=row, reason="another target is preferred"))
        elif known is not None and known.status != row.status and not loose:
            found.append(Conflict(ours=known, theirs=row, reason=f"the target is {known.status}"))
    return found


def _agree(target: str, right: Iterable[str]) -> bool:
    return any(_loosely(target) == _loosely(other) for other in right)


def _loosely(target: str) -> str:
    """Return a target without case, hyphens and plurals: T-Shirts and t-shirt, scarves and scarf are one."""
    return "".join(map(_singular, re.findall(r"[^\W_]+", target.casefold())))


def _singular(word: str) -> str:
    """Return a stem that a noun shares with its plural; it need not be a word."""
    for ending, stem in (("ies", "y"), ("ves", "f"), ("es", ""), ("ss", "ss"), ("s", ""), ("fe", "f"), ("e", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + stem
    return word


def _join(ours: Sequence[Row], theirs: Sequence[Row]) -> list[Row]:
    """Return our rows with what theirs know better: use, part of speech and note where they give one, more targets."""
    joined = list(ours)
    for row in theirs:
        place = next((at for at, our in enumerate(joined) if our.target == row.target), None)
        if place is not None:
            our = joined[place]
            joined[place] = replace(our, use=row.use, pos=row.pos or our.pos, note=row.note or our.note)
        else:
            joined.append(replace(row, source=ours[0].source))
    return joined


def _ordered(existing: Sequence[Row], groups: Mapping[Key, Sequence[Row]]) -> Iterator[Row]:
    """Yield the rows of the groups: each in its place, new ones behind the last of their group, new groups last."""
    last = {(row.source, *row.condition): place for place, row in enumerate(existing)}
    left = {key: list(group) for key, group in groups.items()}
    for place, row in enumerate(existing):
        key = row.source, *row.condition
        rest = left[key]
        at = next((at for at, other in enumerate(rest) if other.target == row.target), None)
        if at is not None:
            yield rest.pop(at)
        if last[key] == place:
            yield from left.pop(key)
    for rest in left.values():
        yield from rest
