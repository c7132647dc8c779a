"""A file of a model's opinions, so that no pair is read twice and a killed run goes on where it was.

One JSON object a line: {"scorer", "source", "target", "opinion": {name: number}}. A pair may stand in several lines,
one for each set of views that it was read in; a last line that was cut off is left out. What a pair has is asked for by
scorer: another model's opinion is another one.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from shopglot.errors import DataError, UsageError
from shopglot.quality import read
from shopglot.types import Scorer, View
from shopglot_eval.estimation.texts import Pair

if TYPE_CHECKING:
    from shopglot.engines.base import Engine

BATCH = 32
TELL_EVERY = 10.0  # seconds


class Opinions:
    """The opinions of one model, by pair."""

    def __init__(self, scorer: str, paths: Iterable[Path]) -> None:
        """Read the files; the last of them is the one that grows, and need not exist."""
        self.scorer = scorer
        self._known: dict[tuple[str, str], dict[str, float]] = {}
        self._path: Path | None = None
        for path in paths:
            self._path = path
            self._load(path)

    def of(self, pair: Pair) -> Mapping[str, float]:
        """Return what is known of a pair, perhaps nothing."""
        return self._known.get((pair.source, pair.target), {})

    def has(self, pair: Pair, views: Collection[View]) -> bool:
        """Whether a pair was read in all of these views; an empty text has nothing to be read."""
        known = self.of(pair)
        return all(view in known or not (pair.source if view == "backward" else pair.target) for view in views)

    def complete(
        self, pairs: Sequence[Pair], views: Collection[View], open_engine: Callable[[], Engine], *, label: str
    ) -> None:
        """Read the pairs that were not read in these views yet, telling on stderr how far it is.

        Raises `UsageError` where something is to be read and there is no file to keep it in.
        """
        # By text: what a model thinks of a pair does not depend on its field.
        missing = list({(pair.source, pair.target): pair for pair in pairs if not self.has(pair, views)}.values())
        if not missing:
            return
        if self._path is None:
            raise UsageError(
                f"{label}: {len(missing)} texts have no opinion of {self.scorer} yet; name a folder (--out)."
            )
        missing.sort(key=lambda pair: len(pair.source) + len(pair.target))
        scorer = cast("Scorer", open_engine())
        started = told = time.monotonic()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        _end_line(self._path)
        with self._path.open("a", encoding="utf-8", errors="surrogatepass") as file:
            for start in range(0, len(missing), BATCH):
                batch = missing[start : start + BATCH]
                found = read(scorer, [(pair.source, pair.target) for pair in batch], views)
                for pair, opinion in zip(batch, found, strict=True):
                    self._take(pair.source, pair.target, dict(opinion))
                    record = {"scorer": self.scorer, "source": pair.source, "target": pair.target}
                    file.write(json.dumps({**record, "opinion": dict(opinion)}, ensure_ascii=False) + "\n")
                file.flush()
                if time.monotonic() - told >= TELL_EVERY:
                    told = time.monotonic()
                    done = start + len(batch)
                    print(f"{label}: {done} of {len(missing)} read in {told - started:.0f} s", file=sys.stderr)

    def _load(self, path: Path) -> None:
        if not path.exists():
            return
        lines = path.read_bytes().split(b"\n")  # not splitlines: texts may hold separators of lines
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if row["scorer"] == self.scorer:
                    self._take(row["source"], row["target"], {k: float(v) for k, v in row["opinion"].items()})
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                if number == len(lines):
                    continue  # cut off when the run was killed
                raise DataError(f"{path}:{number}: no opinion ({type(error).__name__}: {error}).") from error

    def _take(self, source: str, target: str, opinion: Mapping[str, float]) -> None:
        known = self._known.setdefault((source, target), {})
        known.update(opinion)
        if "gain" not in opinion and "forward" in known and "alone" in known:
            known["gain"] = round(known["forward"] - known["alone"], 3)


def _end_line(path: Path) -> None:
    """Make a file end with a whole line, so that what is appended is not glued to one that was cut off."""
    content = path.read_bytes() if path.exists() else b""
    last = content.rpartition(b"\n")[2]
    if not last:
        return
    try:
        json.loads(last)
    except ValueError:
        os.truncate(path, len(content) - len(last))
    else:
        path.write_bytes(content + b"\n")
