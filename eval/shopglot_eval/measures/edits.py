"""Translation edit rate as sacrebleu counts it, many times as fast.

sacrebleu tries every shift of words with an edit distance written in Python; a page of a few hundred words takes
seconds. Here each shift gets a lower bound first (the plain edit distance of rapidfuzz, which a beam around the
diagonal can only exceed), and sacrebleu's own distance is asked for those only that can still win. Counts are the same
for all inputs. Algorithm: Snover et al. 2006, as Tercom does it; the parts that are not about speed are sacrebleu's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil, floor

BEAM = 25  # columns to either side of the diagonal that sacrebleu looks at
STRAY = 46  # twice the beam's narrower side, less rounding
FAR = 10**16  # cost of what is outside the beam
_TURNED = str.maketrans("id", "di")  # the trace of the way back, which is what Tercom aligns by

Candidate = tuple[int, int, int, int, list[str]]  # how many edits less, length, -start, -target, the words shifted


def count_edits(words: Sequence[str], reference: Sequence[str]) -> tuple[int, int]:
    """Return the edits that turn `words` into `reference`, shifts of words included, and the reference's length."""
    from rapidfuzz.distance import Levenshtein

    own, other = list(words), list(reference)
    if not other:
        return len(own), 0
    plain = Levenshtein.distance(own, other)
    shared = sum((Counter(own) & Counter(other)).values())
    # No order of the words does better than this, so no shift is worth its cost; and the plain distance is the one
    # within the beam, because its path strays from the diagonal by half of that sum at most.
    if plain == max(len(own), len(other)) - shared and plain + abs(len(own) - len(other)) <= STRAY:
        return plain, len(other)
    shifts = tried = 0
    while True:
        better, tried = _best_shift(own, other, tried)
        if better is None:
            break
        shifts += 1
        own = better
    return shifts + align(own, other)[0], len(other)


def align(words: list[str], reference: list[str]) -> tuple[int, str]:
    """Return the edit distance within sacrebleu's beam and its trace: what its `BeamEditDistance` does.

    The trace has " " for the same word, "s" for another, "d" for one too many in `words`, "i" for one too few.
    """
    ratio = len(reference) / len(words) if words else 1.0
    width = ceil(ratio / 2 + BEAM) if ratio / 2 > BEAM else BEAM
    above, traces = list(range(len(reference) + 1)), [["i"] * (len(reference) + 1)]
    for row, word in enumerate(words, start=1):
        diagonal = floor(row * ratio)
        start = max(0, diagonal - width)
        end = len(reference) + 1 if row == len(words) else min(len(reference) + 1, diagonal + width)
        costs, trace = [FAR] * (len(reference) + 1), ["x"] * (len(reference) + 1)
        last = FAR
        if start == 0:
            last = costs[0] = above[0] + 1
            trace[0] = "d"
        # Of equals the first counts: a word kept or replaced, then one left out, then one put in.
        for column in range(max(start, 1), end):
            cost, step = above[column - 1], " "
            if word != reference[column - 1]:
                cost, step = cost + 1, "s"
            if above[column] + 1 < cost:
                cost, step = above[column] + 1, "d"
            if last + 1 < cost:
                cost, step = last + 1, "i"
            if cost < FAR:
                costs[column] = last = cost
                trace[column] = step
            else:
                last = FAR
        above = costs
        traces.append(trace)
    return above[-1], _walk_back(traces)


def _walk_back(traces: list[list[str]]) -> str:
    row, column, steps = len(traces) - 1, len(traces[0]) - 1, []
    while row > 0 or column > 0:
        step = traces[row][column]
        steps.append(step)
        row -= step != "i"
        column -= step != "d"
    return "".join(reversed(steps))


def _best_shift(words: list[str], reference: list[str], tried: int) -> tuple[list[str] | None, int]:
    """Return the words after the shift that saves most edits, and how many shifts were tried with those before.

    The words are None where no shift saves any, or where the limit is reached: Tercom gives up without a last shift.
    """
    from rapidfuzz.distance import Levenshtein
    from sacrebleu.metrics.lib_ter import _MAX_SHIFT_CANDIDATES, trace_to_alignment

    edits, trace = align(words, reference)
    alignment = trace_to_alignment(trace.translate(_TURNED))
    shifts = list(_shifts(words, reference, *alignment, limit=_MAX_SHIFT_CANDIDATES - tried))
    tried += len(shifts)
    if tried >= _MAX_SHIFT_CANDIDATES:
        return None, tried
    # What a shift saves at most, in the order of Tercom: most saved, longest, earliest start, earliest target.
    bounds = [
        (edits - Levenshtein.distance(shifted, reference), length, -start, -target, shifted)
        for length, start, target, shifted in shifts
    ]
    best: Candidate | None = None
    for bound in sorted((one for one in bounds if one[0] > 0), reverse=True):
        if best is not None and bound <= best:
            break
        found = (edits - align(bound[4], reference)[0], *bound[1:])
        best = found if best is None else max(best, found)
    return (best[4] if best is not None and best[0] > 0 else None), tried


def _shifts(
    words: list[str],
    reference: list[str],
    aligned: dict[int, int],
    ref_err: list[int],
    own_err: list[int],
    *,
    limit: int,
) -> Iterator[tuple[int, int, int, list[str]]]:
    """Yield the shifts that Tercom would try, until there are `limit`: length, start, target and the words shifted."""
    from sacrebleu.metrics.lib_ter import _perform_shift

    tried = 0
    for start, begin, length in _matches(words, reference):
        # Only where both are wrong as they stand, and never within itself.
        if not any(own_err[start : start + length]) or not any(ref_err[begin : begin + length]):
            continue
        if start <= aligned[begin] < start + length:
            continue
        before = -1
        for position in range(begin - 1, begin + length):
            if position != -1 and position not in aligned:
                break
            target = 0 if position == -1 else aligned[position] + 1
            if target == before:
                continue
            before = target
            tried += 1
            yield length, start, target, _perform_shift(words, start, length, target)
        if tried >= limit:
            return


def _matches(words: list[str], reference: list[str]) -> Iterator[tuple[int, int, int]]:
    """Yield start in the words, start in the reference and length of what stands in both, not too far apart."""
    from sacrebleu.metrics.lib_ter import _MAX_SHIFT_DIST, _MAX_SHIFT_SIZE

    places: dict[str, list[int]] = {}
    for place, word in enumerate(reference):
        places.setdefault(word, []).append(place)
    for start, word in enumerate(words):
        for begin in places.get(word, ()):
            if abs(begin - start) > _MAX_SHIFT_DIST:
                continue
            most = min(_MAX_SHIFT_SIZE, len(words) - start, len(reference) - begin)
            for length in range(1, most + 1):
                if words[start + length - 1] != reference[begin + length - 1]:
                    break
                yield start, begin, length
