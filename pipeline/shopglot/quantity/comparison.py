"""Do the numbers of two texts mean the same?

Every strong reading of the source must have an equal on the other side, and every strong reading of the target must
come from the source, by what it means: 80斤 is 40 kg and 88 lb, 8折 is 20% off, 一对 is a pair or two pieces.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from shopglot.quantity.equality import equal, same
from shopglot.quantity.reading import Meaning, Reading

Fault = Literal["missing", "extra", "changed", "unit", "currency", "bound", "role"]

MOST_COMPARED = 400  # readings of each side that have no exact equal; a real text has a handful


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A number that does not mean the same on both sides; `source` or `target` is None where it has no counterpart."""

    fault: Fault
    source: Reading | None
    target: Reading | None


def compare(source: Sequence[Reading], target: Sequence[Reading]) -> list[Difference]:
    """Return where the numbers of a target differ from those of its source, in the order of the source."""
    exact_source, exact_target = _keys(source), _keys(target)
    lost = [one for one in source if one.strong and not _known(one, exact_target)][:MOST_COMPARED]
    added = [one for one in target if one.strong and not _known(one, exact_source)][:MOST_COMPARED]
    pool_target, pool_source = list(target)[: 4 * MOST_COMPARED], list(source)[: 4 * MOST_COMPARED]
    lost = [one for one in lost if not any(same(one, other) for other in pool_target)]
    added = [one for one in added if not any(same(other, one) or _allowed(other, one) for other in pool_source)]
    if lost and added:
        lost, added = _without_ends(lost, added)
    if lost and added:
        lost, added = _without_elisions(lost, added, pool_target)
    return [*_paired(lost, added), *_inverted(pool_source, pool_target), *_idle(pool_source, pool_target)]


def _allowed(source: Reading, target: Reading) -> bool:
    """Whether a word that counts nothing allows a number: 百分百 a 100%, 全景 a 360°."""
    if source.strong:
        return False
    numbers = {meaning.low for meaning in source.meanings if meaning.kind == "count" and meaning.unit is None}
    return any(
        meaning.low == meaning.high and meaning.low in numbers
        for meaning in target.meanings
        if meaning.kind in ("count", "ordinal", "percent", "magnitude")
        or (meaning.unit is not None and (meaning.unit.dimension == "angle" or meaning.low >= 100))
    )


def _without_ends(lost: list[Reading], added: list[Reading]) -> tuple[list[Reading], list[Reading]]:
    """Drop ranges whose two ends stand apart: 6-36个月, "6 months to 3 years"."""
    for one in list(lost):
        ends = [_at(one, "low"), _at(one, "high")]
        found = [next((other for other in added if same(end, other)), None) for end in ends]
        if ends[0] != ends[1] and all(found):
            lost = [other for other in lost if other is not one]
            added = [other for other in added if other not in found]
    return lost, added


def _at(one: Reading, end: Literal["low", "high"]) -> Reading:
    return replace(
        one, meanings=tuple(replace(m, low=getattr(m, end), high=getattr(m, end)) for m in one.meanings), role=""
    )


def _without_elisions(
    lost: list[Reading], added: list[Reading], target: Sequence[Reading]
) -> tuple[list[Reading], list[Reading]]:
    """Drop numbers that leave their unit to a neighbour: "6 hours alone and 30 with the case"."""
    units = {meaning.unit.name for one in target for meaning in one.meanings if meaning.unit is not None}
    for one in list(lost):
        partner = next((other for other in added if _leaves_unit(one, other, units)), None)
        if partner is not None:
            lost = [other for other in lost if other is not one]
            added = [other for other in added if other is not partner]
    return lost, added


def _leaves_unit(one: Reading, other: Reading, units: set[str]) -> bool:
    bare = other.meanings[0]
    return (
        bare.kind == "count"
        and bare.unit is None
        and any(
            meaning.unit is not None
            and meaning.unit.name in units
            and (meaning.low, meaning.high) == (bare.low, bare.high)
            for meaning in one.meanings
        )
    )


def _idle(source: Sequence[Reading], target: Sequence[Reading]) -> list[Difference]:
    """Find "a week" where the source says 每天: units of time that are said without a number."""
    found = []
    for one in source:
        if one.strong or not _is_time(one) or any(same(one, other) for other in target):
            continue
        for other in target:
            if not other.strong and _is_time(other) and not any(same(anything, other) for anything in source):
                found.append(Difference(fault="changed", source=one, target=other))
                break
    return found


def _is_time(one: Reading) -> bool:
    return any(meaning.unit is not None and meaning.unit.dimension == "[time]" for meaning in one.meanings)


def _keys(readings: Iterable[Reading]) -> set[Hashable]:
    return {key for one in readings for meaning in one.meanings for key in [(_key(meaning), one.role)]}


def _known(one: Reading, keys: set[Hashable]) -> bool:
    return any((_key(meaning), one.role) in keys for meaning in one.meanings)


def _key(meaning: Meaning) -> Hashable:
    unit = meaning.unit.name if meaning.unit is not None else ""
    return meaning.kind, meaning.low, meaning.high, unit, meaning.label


def _paired(lost: Sequence[Reading], added: Sequence[Reading]) -> list[Difference]:
    """Say of each lost reading which added one stands in its place, so that a message can show both."""
    free = list(added)
    found: list[Difference] = []
    for one in lost:
        partner = next((other for other in free if _alike(one, other)), None)
        if partner is not None:
            free.remove(partner)
        found.append(Difference(fault=_fault(one, partner), source=one, target=partner))
    # What is left takes the place of what has no partner yet, in order.
    for index, difference in enumerate(found):
        if difference.target is None and free:
            partner = free.pop(0)
            found[index] = Difference(
                fault=_fault(difference.source, partner), source=difference.source, target=partner
            )
    return [*found, *(Difference(fault="extra", source=None, target=one) for one in free)]


def _alike(one: Reading, other: Reading) -> bool:
    """Whether two readings have the same digits, or measure the same thing."""
    a, b = one.meanings[0], other.meanings[0]
    return (a.low, a.high) == (b.low, b.high) or (
        a.unit is not None
        and b.unit is not None
        and a.unit.dimension == b.unit.dimension
        and a.unit.dimension != "count"
    )


def _fault(one: Reading | None, other: Reading | None) -> Fault:
    if one is None or other is None:
        return "missing"
    a, b = one.meanings[0], other.meanings[0]
    if a.kind == "money" and (b.kind != "money" or a.label != b.label) and (a.low, a.high) == (b.low, b.high):
        return "currency"
    if any(equal(m, n) for m in one.meanings for n in other.meanings):
        return "role"
    if {m.kind for m in one.meanings} & {m.kind for m in other.meanings} == {"code"}:
        return "changed"
    unit_a, unit_b = (m.unit.name if m.unit is not None and m.unit.dimension != "count" else "" for m in (a, b))
    return "unit" if unit_a != unit_b or {a.kind, b.kind} == {"discount", "percent"} else "changed"


def _inverted(source: Sequence[Reading], target: Sequence[Reading]) -> list[Difference]:
    """Find "at most 3 kg" where the source says at least 3 kg."""
    found = []
    for one in source:
        if not one.bound or not one.strong:
            continue
        equals = [other for other in target if same(one, other)]
        if equals and all(other.bound and other.bound != one.bound for other in equals):
            found.append(Difference(fault="bound", source=one, target=equals[0]))
    return found
