"""The one-to-many characters of written sentences: how many come out right, and which errors were announced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopglot.errors import UsageError

COLUMNS = ("characters", "sentence", "expected", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence with the Simplified `characters` that it is about, and how Hong Kong writes it."""

    characters: str
    text: str
    expected: str
    line: int


def read_sentences(path: Path) -> list[Sentence]:
    """Return the sentences of a table with the columns characters, sentence, expected, note.

    Raises `UsageError` with file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    if tuple(lines[0].split("\t")) != COLUMNS:
        raise UsageError(f"{path}:1: the header must be {' '.join(COLUMNS)} (tab-separated).")
    sentences = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            raise UsageError(f"{path}:{number}: {len(cells)} columns, {len(COLUMNS)} are needed.")
        sentences.append(Sentence(characters=cells[0], text=cells[1], expected=cells[2], line=number))
    return sentences


def measure(
    sentences: Sequence[Sentence],
    convert: Callable[[str], str],
    doubts: Callable[[str], Collection[tuple[int, str]]] = lambda text: (),
) -> dict[str, Any]:
    """Return how many of the sentences' characters come out as expected, for each character and in all.

    A character counts at every place where it stands, compared with the same place of what is expected. Where a term
    changes the length, the whole sentence must be right, or its characters are all wrong. `announced` are the wrong
    ones that `doubts` had named.
    """
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    announced = 0
    wrong = []
    for sentence in sentences:
        written = convert(sentence.text)
        places = [place for place, character in enumerate(sentence.text) if character in sentence.characters]
        aligned = len(written) == len(sentence.text) == len(sentence.expected)
        for place in places:
            good = written[place] == sentence.expected[place] if aligned else written == sentence.expected
            total[sentence.text[place]] += 1
            right[sentence.text[place]] += good
            if not good:
                announced += any(place == doubt for doubt, _ in doubts(sentence.text))
                wrong.append({"line": sentence.line, "character": sentence.text[place], "written": written,
                              "expected": sentence.expected})  # fmt: skip
    return {
        "sentences": len(sentences), "characters": total.total(), "right": right.total(),
        "share": right.total() / total.total() if total else 1.0, "announced": announced,
        "by_character": {character: [right[character], count] for character, count in total.most_common()},
        "wrong": wrong,
    }  # fmt: skip
