"""A little of everything else, so that a model that learns the trade does not forget the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from random import Random

from shopglot.errors import DataError
from shopglot.script import has_cjk, has_han
from shopglot_eval.training.recipe import General

COLUMNS = 4  # origin, licence, Chinese, English
WIDEST = 8.0  # English letters to one Chinese character: beyond it one side says more than the other
NARROWEST = 1.0


def draw_general(
    path: Path, general: General, count: int, *, seed: int, taken: Collection[str]
) -> list[tuple[str, str]]:
    """Return so many (Chinese, English) pairs, evenly from the recipe's origins, in an order that the seed decides.

    None whose Chinese is in `taken`. Raises `DataError` where the file is missing, a line is broken, or the origins
    have too few.
    """
    pools: dict[str, dict[str, str]] = defaultdict(dict)
    for origin, source, target in _read(path, general):
        if source not in taken:
            pools[origin].setdefault(source, target)
    drawn: list[tuple[str, str]] = []
    for number, origin in enumerate(general.origins):
        share = count * (number + 1) // len(general.origins) - count * number // len(general.origins)
        pairs = sorted(pools[origin].items())
        if len(pairs) < share:
            raise DataError(
                f"{path}: origin '{origin}' has {len(pairs)} fitting pairs of {', '.join(general.licences)}, "
                f"and {share} are wanted: lower general.share, or name other origins."
            )
        drawn += Random(f"{seed}:{origin}").sample(pairs, share)  # noqa: S311 - a sample, no secret
    return drawn


def _read(path: Path, general: General) -> Iterator[tuple[str, str, str]]:
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                cells = line.rstrip("\r\n").split("\t")
                if len(cells) != COLUMNS:
                    raise DataError(
                        f"{path}:{number}: {len(cells)} columns, and not origin, licence, Chinese, English."
                    )
                origin, licence, source, target = cells
                if origin in general.origins and licence in general.licences and _is_fit(source, target, general):
                    yield origin, source, target
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}. Set SHOPGLOT_SHARED to the folder of the shared data.") from error


def _is_fit(source: str, target: str, general: General) -> bool:
    """Whether a pair is Chinese of the right length and English of a length that belongs to it."""
    if not general.shortest <= len(source) <= general.longest or not has_han(source) or has_cjk(target):
        return False
    return NARROWEST <= len(target) / len(source) <= WIDEST
