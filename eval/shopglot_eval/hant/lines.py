"""What a converter must not do to real shop lines: leave Simplified characters, write a neighbour's words, waver."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from shopglot.errors import UsageError
from shopglot.script import simplified_only, simplify

FILES = ("marketplace-titles.txt", "cosmetics-titles.txt", "product-copy.txt", "reviews.txt")
EXAMPLES = 3

Convert = Callable[[str], str]


def read_shop_lines(folder: Path) -> list[str]:
    """Return the lines of the shop texts in a folder. Raises `UsageError` where one cannot be read."""
    lines: list[str] = []
    for name in FILES:
        try:
            lines += (folder / name).read_text(encoding="utf-8").removesuffix("\n").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{folder / name}: cannot be read: {error}") from error
    return lines


def read_words(path: Path) -> list[str]:
    """Return the words of a list: one or several a line, from # to the end of a line for people.

    Raises `UsageError` where it cannot be read.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    return [word for line in content.split("\n") for word in line.partition("#")[0].split()]


def look_at_outputs(sources: Sequence[str], convert: Convert, words: Iterable[str]) -> dict[str, Any]:
    """Return the Simplified-only characters of what is written, those of `words`, and the lines that change once more.

    Each with some examples. `carried` are those words that the source has itself, in whatever script.
    """
    stray = simplified_only()
    carried: Counter[str] = Counter()
    foreign = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)")
    simplified: Counter[str] = Counter()
    found: Counter[str] = Counter()
    examples: dict[str, list[list[str]]] = {"simplified": [], "foreign": [], "unstable": []}
    unstable = 0
    for source in sources:
        text = convert(source)
        characters = [character for character in text if character in stray]
        simplified.update(characters)
        here = foreign.findall(text)
        found.update(here)
        if here:
            own = simplify(source)
            carried.update(word for word in here if simplify(word) in own)
        again = convert(text)
        unstable += again != text
        for kind, hit, shown in (
            ("simplified", characters, text),
            ("foreign", here, text),
            ("unstable", again != text, again),
        ):
            if hit and len(examples[kind]) < EXAMPLES:
                examples[kind].append([source, shown])
    return {
        "lines": len(sources), "simplified": dict(simplified.most_common()), "foreign": dict(found.most_common()),
        "carried": dict(carried.most_common()),
        "unstable": unstable, "examples": examples,
    }  # fmt: skip


def time_converters(sources: Sequence[str], ours: Convert, baseline: Convert, *, rounds: int) -> dict[str, Any]:
    """Return characters per second of two converters, line by line, and ours over the baseline's: medians of rounds.

    Both are timed in turn, after a first stretch that fills what is computed once; processor time of this process, for
    other processes' work is not theirs.
    """
    for convert in (ours, baseline):
        for line in sources[:200]:
            convert(line)
    characters = sum(map(len, sources))
    speeds: list[tuple[float, float]] = []
    for _ in range(rounds):
        seconds = []
        for convert in (ours, baseline):
            start = time.process_time()
            for line in sources:
                convert(line)
            seconds.append(max(time.process_time() - start, 1e-9))
        speeds.append((characters / seconds[0], characters / seconds[1]))
    return {
        "rounds": rounds,
        "ours": median(own for own, _ in speeds),
        "baseline": median(other for _, other in speeds),
        "ratio": median(own / other for own, other in speeds),
    }
