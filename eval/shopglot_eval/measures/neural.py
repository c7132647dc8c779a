"""COMET and MetricX: metrics that are models themselves, as far as their weights and packages are here.

A metric is a card in `eval/metrics/`: repository, revision, SHA-256 of every file, licence, and the package that runs
it. Nothing is downloaded: where weights or package are missing, the figure has no value and its note says what to do.
Weights are looked for in the cache of Hugging Face. The package runs in a process of its own, in the Python that
`SHOPGLOT_METRICS_PYTHON` names (default: this one), because COMET cannot be installed beside shopglot.

A text with several references has the mean of its scores against each. Texts without a reference are left out where the
metric reads one. Scores are kept while the process lives, so measure the whole before its slices.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from math import isfinite
from pathlib import Path
from typing import Any, Literal, cast

from shopglot.errors import DataError, ModelError
from shopglot_eval.measures.additive import as_additive, bound
from shopglot_eval.records import Better, Figure, Form, Pair
from shopglot_eval.suites.places import eval_root

SCRIPT = Path(__file__).with_name("neural_scoring.py")
PYTHON = "SHOPGLOT_METRICS_PYTHON"
SHOWN = 20  # texts that a figure names against itself

Kind = Literal["comet", "metricx"]
Request = tuple[str, str, str | None]  # source, translation, reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files of a repository at one commit, with the SHA-256 of each."""

    repository: str
    revision: str
    digests: Mapping[str, str]

    def folder(self, cache: Path) -> Path:
        """Return where the cache of Hugging Face keeps them."""
        return cache / f"models--{self.repository.replace('/', '--')}" / "snapshots" / self.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is known of a metric. `scale` multiplies its scores for people to read."""

    name: str
    title: str
    kind: Kind
    licence: str
    better: Better
    reference: bool
    scale: float
    requires: str
    source: Files
    tokenizer: Files | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neural:
    """A metric ready to be asked, or to say why not. `known` holds what it has answered, `refused` why it cannot."""

    card: Card
    python: str
    cache: Path
    known: dict[Request, float] = field(default_factory=dict, repr=False)
    refused: list[str] = field(default_factory=list, repr=False)
    form: Form = "score"

    @property
    def name(self) -> str:
        """The name of its card."""
        return self.card.name

    @property
    def title(self) -> str:
        """The title of its card."""
        return self.card.title

    @property
    def better(self) -> Better:
        """The direction of its card."""
        return self.card.better

    @property
    def signature(self) -> str:
        """Repository and commit."""
        return f"{self.card.source.repository}@{self.card.source.revision}"

    def missing(self) -> str:
        """Return which weights are not here and how to get them; empty where all are."""
        for files in filter(None, (self.card.source, self.card.tokenizer)):
            if not all((files.folder(self.cache) / name).is_file() for name in files.digests):
                wanted = f"hf download {files.repository} --revision {files.revision}"
                return f"skipped: no weights of {files.repository} here (licence {self.card.licence}); `{wanted}`"
        return ""

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the mean score of the texts, None with a note where the metric cannot run.

        Raises ModelError where weights are not those of the card, or where the metric fails on the texts.
        """
        asked = [pair for pair in pairs if self._requests(pair)]
        note = f"{len(pairs) - len(asked)} of {len(pairs)} texts have no reference" if len(asked) < len(pairs) else ""
        wanted = dict.fromkeys(one for pair in asked for one in self._requests(pair))
        reason = self._answer(list(wanted))
        if reason or not asked:
            return Figure(
                measure=self.name, value=None, better=self.better, form=self.form, signature=self.signature,
                note=reason or note,
            )  # fmt: skip
        values = [(cast("float", self.value(pair)), pair) for pair in asked]
        low, high = bound(as_additive(self), asked) or (None, None)
        best = 1 if self.better == "higher" else -1
        return Figure(
            measure=self.name,
            value=sum(value for value, _ in values) / len(values),
            low=low,
            high=high,
            count=len(values),
            better=self.better,
            form=self.form,
            signature=self.signature,
            note=note,
            against=tuple(pair.example.id for _, pair in nsmallest(SHOWN, values, key=lambda one: best * one[0])),
        )

    def value(self, pair: Pair) -> float | None:
        """Return the score of one text, None where it has no reference, or the metric cannot run."""
        requests = self._requests(pair)
        if not requests or self._answer(requests):
            return None
        return self.card.scale * sum(self.known[one] for one in requests) / len(requests)

    def _requests(self, pair: Pair) -> list[Request]:
        source, target = pair.example.source, pair.output.target
        if not self.card.reference:
            return [(source, target, None)]
        return [(source, target, reference) for reference in pair.example.references if reference.strip()]

    def _answer(self, wanted: Sequence[Request]) -> str:
        """Ask for the scores that are not known yet; return why that cannot be, empty where it could."""
        unknown = [one for one in wanted if one not in self.known]
        if not unknown:
            return ""
        if not self.refused:
            reason = self.missing() or self._run(unknown)
            if not reason:
                return ""
            self.refused.append(reason)
        return self.refused[0]

    def _run(self, wanted: Sequence[Request]) -> str:
        card = self.card
        for files in filter(None, (card.source, card.tokenizer)):
            _verify(files, self.cache)
        asked = {"kind": card.kind, "model": str(card.source.folder(self.cache))}
        if card.tokenizer is not None:
            asked["tokenizer"] = str(card.tokenizer.folder(self.cache))
        keys = ("src", "mt", "ref")
        lines = [
            json.dumps({key: _sound(text) for key, text in zip(keys, one, strict=True) if text is not None})
            for one in wanted
        ]
        try:
            done = subprocess.run(
                [self.python, str(SCRIPT), json.dumps(asked)],
                input="".join(f"{line}\n" for line in lines).encode(),
                stdout=subprocess.PIPE,
                env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(self.cache)},
                check=False,
            )
        except OSError as error:
            raise ModelError(f"{card.title}: cannot start {self.python} ({error}); see {PYTHON}.") from None
        answer = _last_object(done.stdout)
        if done.returncode or answer is None:
            raise ModelError(f"{card.title}: failed with status {done.returncode}; its messages stand above.")
        if "missing" in answer:
            where = f"in {self.python}; install `{card.requires}` and set {PYTHON} to the Python that has it"
            return f"skipped: no module '{answer['missing']}' {where}"
        scores = answer.get("scores")
        if not isinstance(scores, list) or len(scores) != len(wanted) or not all(map(_is_number, scores)):
            raise ModelError(f"{card.title}: wanted {len(wanted)} numbers, got something else.")
        self.known.update(zip(wanted, map(float, scores), strict=True))
        return ""


def measures(folder: Path | None = None, *, python: str | None = None, cache: Path | None = None) -> tuple[Neural, ...]:
    """Return the metrics of all cards in a folder (default: `eval/metrics/`), by name.

    `python` defaults to `SHOPGLOT_METRICS_PYTHON` or this one, `cache` to that of Hugging Face. Raises DataError where
    a card is wrong.
    """
    from huggingface_hub.constants import HF_HUB_CACHE

    where = eval_root() / "metrics" if folder is None else folder
    return tuple(
        Neural(
            card=read_card(path),
            python=python or os.environ.get(PYTHON) or sys.executable,
            cache=Path(HF_HUB_CACHE) if cache is None else cache,
        )
        for path in sorted(where.glob("*.toml"))
    )


def read_card(path: Path) -> Card:
    """Read a card. Raises DataError, naming file and field, where it is wrong or does not pin its files."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: cannot be read as TOML: {error}.") from None
    for key, kind in _SHAPE.items():
        if not isinstance(content.get(key), kind) or content[key] == "":
            raise DataError(f"{path}: field '{key}' is missing or no {kind.__name__}.")
    if unknown := content.keys() - _SHAPE.keys() - {"tokenizer", "note"}:
        raise DataError(f"{path}: unknown field '{min(unknown)}'.")
    for key, allowed in (("kind", ("comet", "metricx")), ("better", ("higher", "lower"))):
        if content[key] not in allowed:
            raise DataError(f"{path}: field '{key}' is '{content[key]}'; wanted one of {', '.join(allowed)}.")
    if content["kind"] == "metricx" and "tokenizer" not in content:
        raise DataError(f"{path}: field 'tokenizer' is missing; MetricX has none in its own repository.")
    tokenizer = _files(path, content, "tokenizer") if "tokenizer" in content else None
    return Card(**{**content, "source": _files(path, content, "source"), "tokenizer": tokenizer})


_SHAPE: Mapping[str, type] = {
    "name": str, "title": str, "kind": str, "licence": str, "better": str, "reference": bool, "scale": int,
    "requires": str, "source": dict,
}  # fmt: skip


def _files(path: Path, content: Mapping[str, Any], key: str) -> Files:
    table = content[key] if isinstance(content[key], dict) else {}
    repository, revision, digests = (table.get(name) for name in ("repository", "revision", "files"))
    if not isinstance(repository, str) or not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise DataError(f"{path}: field '{key}.repository' is no OWNER/NAME.")
    if not isinstance(revision, str) or not re.fullmatch(r"[0-9a-f]{40}", revision):
        raise DataError(f"{path}: field '{key}.revision' is no commit of 40 hexadecimal digits.")
    if not isinstance(digests, dict) or not digests:
        raise DataError(f"{path}: field '{key}.files' names no file.")
    for name, digest in digests.items():
        if not re.fullmatch(r"[0-9a-f]{64}", str(digest)) or ".." in name or name.startswith("/"):
            raise DataError(f"{path}: field '{key}.files', '{name}': wanted a path and its SHA-256.")
    return Files(repository=repository, revision=revision, digests=digests)


def _verify(files: Files, cache: Path) -> None:
    for name, wanted in files.digests.items():
        path = files.folder(cache) / name
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != wanted:
            raise ModelError(f"{path}: SHA-256 is {found}, not that of the card; delete it and download it again.")


def _sound(text: str) -> str:
    """Return the text with "?" for half characters, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def _last_object(output: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(output.strip().rsplit(b"\n", 1)[-1])
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_number(score: object) -> bool:
    return isinstance(score, int | float) and not isinstance(score, bool) and isfinite(score)
