"""The figures in words, and the bars that they miss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

GAIN = 4.0  # chrF above s2hk
SENSES = 0.995
SPEED = 1 / 3  # of OpenCC's
WORST = 12  # characters that are told


def missed_bars(figures: Mapping[str, Any]) -> list[str]:
    """Return the bars that figures miss, in words; what was skipped misses none."""
    missed = []
    done = {name: own for name, own in figures.items() if "skipped" not in own}
    if "wording" in done:
        part = done["wording"]["parts"]["no Cantonese"]
        if part["gain"] < GAIN:
            missed.append(f"chrF {part['gain']:+.1f} against s2hk, {GAIN:+.1f} is wanted")
    if "senses" in done and done["senses"]["share"] < SENSES:
        missed.append(f"one-to-many characters {done['senses']['share']:.2%} right, {SENSES:.1%} is wanted")
    for market, own in done.get("lines", {}).items():
        # What Taiwan's table is to keep out is our own Hong Kong words; some are mainland words, too.
        carried = own["carried"] if market == "tw" else {}
        foreign = {word: number - carried.get(word, 0) for word, number in own["foreign"].items()}
        for what, number in (
            ("Simplified-only characters", sum(own["simplified"].values())),
            ("words of the neighbour's", sum(foreign.values())),
            ("lines that another conversion changes", own["unstable"]),
        ):
            if number:
                missed.append(f"{market}: {number} {what}")
    if "speed" in done and done["speed"]["ratio"] < SPEED:
        missed.append(f"{done['speed']['ratio']:.2f} of OpenCC's throughput, {SPEED:.2f} is wanted")
    return missed


def describe(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a report."""
    tell = {"wording": _wording, "senses": _senses, "lines": _lines, "speed": _speed}
    for name, own in figures.items():
        yield f"== {name}"
        if "skipped" in own:
            yield f"skipped: {own['skipped']}"
        else:
            yield from tell[name](own)


def _wording(own: Mapping[str, Any]) -> Iterator[str]:
    yield f"{'part':<14}{'lines':>6}  {'system':<14}{'exact':>7}{'chrF':>7}"
    for part, scored in own["parts"].items():
        for system, score in scored["systems"].items():
            yield f"{part:<14}{scored['lines']:>6}  {system:<14}{score['exact']:>7.1%}{score['chrf']:>7.1f}"
        low, high = scored["interval"]
        yield f"{part:<14}ours - s2hk {scored['gain']:+.1f} chrF, 95% interval {low:+.1f} to {high:+.1f}"
    yield f"chrF {own['signature']}; Cantonese sources left out: {', '.join(own['cantonese']) or 'there are none'}"
    yield "commonest differences, ours -> the reference's:"
    for one in own["differences"]:
        yield f"  {one['count']:>4}  '{one['ours']}' -> '{one['reference']}'"
        yield from (f"        {text}  |  {reference}" for text, reference in one["examples"])


def _senses(own: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{own['right']} of {own['characters']} characters right ({own['share']:.2%}) in {own['sentences']} sentences; "
        f"{own['announced']} of the wrong ones are announced by script.ambiguous"
    )
    worst = sorted(own["by_character"].items(), key=lambda item: item[1][0] - item[1][1])[:WORST]
    yield "  ".join(f"{character} {right}/{total}" for character, (right, total) in worst if right < total)
    for one in own["wrong"]:
        yield f"  line {one['line']}, {one['character']}: {one['written']}  |  {one['expected']}"


def _lines(own: Mapping[str, Any]) -> Iterator[str]:
    for market, found in own.items():
        foreign = "  ".join(
            f"{word} {number} ({found['carried'].get(word, 0)} in the source)"
            for word, number in found["foreign"].items()
        )
        yield (
            f"{market}: {found['lines']} lines; Simplified-only {sum(found['simplified'].values())}; words of the "
            f"neighbour's {sum(found['foreign'].values())}; changed by another conversion {found['unstable']}"
        )
        if found["simplified"]:
            yield "  " + "  ".join(f"{character} {number}" for character, number in found["simplified"].items())
        if foreign:
            yield f"  {foreign}"
        for kind, examples in found["examples"].items():
            yield from (f"  {kind}: {source[:60]}  |  {shown[:60]}" for source, shown in examples)


def _speed(own: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{own['ratio']:.2f} of OpenCC's throughput: {own['ours'] / 1e6:.2f} and {own['baseline'] / 1e6:.2f} million "
        f"characters a second, medians of {own['rounds']} rounds"
    )
