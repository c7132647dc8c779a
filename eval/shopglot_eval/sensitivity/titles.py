"""What the rules say of real titles: how often each speaks, with examples to be read."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopglot.loading import load_screen
from shopglot.sensitivity import About
from shopglot.types import Severity

SEED = 7
FILES = ("marketplace-titles.txt", "cosmetics-titles.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A rule that spoke of a title."""

    rule: str
    severity: Severity
    words: str
    title: str


def draw(folder: Path, number: int) -> list[str]:
    """Return that many titles of a folder of real ones, the same every time."""
    titles = [
        line for name in FILES for line in (folder / name).read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    random.Random(SEED).shuffle(titles)  # noqa: S311 - a sample, no secret
    return titles[:number]


def screen_titles(market: str, titles: Iterable[str]) -> list[Alarm]:
    """Return what a market's rules find in titles, advice left out."""
    screen = load_screen(market)
    return [
        Alarm(rule=found.check, severity=found.severity, words=found.text, title=title)
        for title in titles
        for found in screen.screen(title, side="source", about=About(field="title"))
        if found.severity != "info"
    ]


def told(alarms: Sequence[Alarm], *, total: int, examples: int, severity: Severity) -> list[str]:
    """Return a line for each rule of a severity, the most frequent first, with examples under it."""
    own: dict[str, list[Alarm]] = defaultdict(list)
    for alarm in alarms:
        if alarm.severity == severity:
            own[alarm.rule].append(alarm)
    held = len({alarm.title for kind in own.values() for alarm in kind})
    lines = [f"{severity}: {held} of {total} titles ({held / max(1, total):.2%})"]
    for rule, kind in sorted(own.items(), key=lambda item: (-len(item[1]), item[0])):
        lines.append(f"{rule}: {len(kind)}")
        chosen = random.Random(SEED).sample(kind, min(examples, len(kind)))  # noqa: S311 - a sample, no secret
        lines += [f"    “{alarm.words}” in {alarm.title[:100]}" for alarm in chosen]
    return lines


def speed(market: str, texts: Sequence[str], *, passes: int = 4) -> float:
    """Return how many texts a second a market's rules screen on one core: CPU time, the best pass but the first.

    The first pass compiles the patterns that these texts need.
    """
    screen = load_screen(market)
    about = About(field="title")
    seconds = []
    for _ in range(passes):
        started = time.process_time()
        for text in texts:
            screen.screen(text, side="source", about=about)
        seconds.append(time.process_time() - started)
    return len(texts) / min(seconds[1:])
