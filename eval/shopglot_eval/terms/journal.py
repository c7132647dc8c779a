"""The journal of many texts in translation: plans and answers, line by line in a file, so that a killed run goes on."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from shopglot.batches import READING, PlannedBatch
from shopglot.engines.base import Engine
from shopglot.errors import UsageError
from shopglot.quality import Opinion, read
from shopglot.types import Reply, Request, Scorer, Translation, View


class Journal:
    """Ledger and executor of one `translate`: keeps plans, every attempt's translations, opinions, tokens and seconds.

    The file's name ends in a hash of the machine keys, so that no answer to other texts, terms or model is taken for
    one to these. It grows by a line a batch; a last line that was not finished is cut off. `first` has the
    translations of the first attempt. Records of attempts from `attempts` on are left alone.
    """

    name = "journal"

    def __init__(self, folder: Path | None, label: str, keys: Iterable[str], *, attempts: int) -> None:
        wanted = sorted(keys)
        self._label, self._attempts, self._size = label, attempts, len(wanted)
        self._plans: dict[int, list[list[str]]] = {}
        self._done: set[tuple[int, int]] = set()
        self._latest: dict[str, Translation] = {}
        self._batch_tokens, self._batch_seconds = 0, 0.0
        self.first: dict[str, Translation] = {}
        self.tokens, self.seconds = 0, 0.0
        self._path: Path | None = None
        if folder is not None:
            digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:8]
            self._path = folder / f"{label.replace(' ', '-')}-{digest}.jsonl"
            self._load(self._path)

    def plan(self, attempt: int, propose: Callable[[], Sequence[Sequence[str]]]) -> Sequence[PlannedBatch]:
        """Return the plan of an attempt: the one that was kept, or the proposed one, which is kept first."""
        if attempt not in self._plans:
            proposed = [list(keys) for keys in propose()]
            if not proposed:
                return []
            self._plans[attempt] = proposed
            self._write({"attempt": attempt, "plan": proposed})
        return [
            PlannedBatch(number=number, keys=tuple(keys), done=(attempt, number) in self._done)
            for number, keys in enumerate(self._plans[attempt])
        ]

    def measure(self, engine: Engine, requests: Sequence[Request]) -> list[int]:
        """Return the length of each request, as the engine measures it."""
        return [engine.measure(request) for request in requests]

    def translate(self, engine: Engine, batches: Iterable[Sequence[Request]]) -> Iterator[list[Reply]]:
        """Yield the replies to each batch, in order, and count what they cost until they are remembered."""
        for batch in batches:
            started = time.monotonic()
            replies = engine.translate(batch)
            self._batch_seconds = time.monotonic() - started
            self._batch_tokens = sum(reply.tokens for reply in replies)
            yield replies

    def read(
        self, engine: Engine, batches: Iterable[Sequence[tuple[str, str]]], views: Collection[View]
    ) -> Iterator[list[Opinion]]:
        """Yield the engine's opinions on each batch, in order, and count what they cost until they are remembered."""
        for batch in batches:
            started = time.monotonic()
            opinions = read(cast("Scorer", engine), batch, views)  # who asks for views has seen that there are some
            self._batch_seconds, self._batch_tokens = time.monotonic() - started, 0
            yield opinions

    def remember(self, attempt: int, batch: PlannedBatch, translations: Sequence[Translation]) -> None:
        """Keep the translations of a batch."""
        record = {
            "attempt": attempt, "batch": batch.number, "tokens": self._batch_tokens,
            "seconds": round(self._batch_seconds, 3), "translations": [asdict(one) for one in translations],
        }  # fmt: skip
        self._write(record)
        self._take(record)
        left = sum(len(keys) for number, keys in enumerate(self._plans[attempt]) if (attempt, number) not in self._done)
        doing = "reading" if attempt == READING else f"attempt {attempt + 1}"
        print(
            f"{self._label}: {doing}, {left} to go of {self._size}; {self.tokens} tokens in {self.seconds:.0f} s",
            file=sys.stderr,
        )

    def reopen(self, translations: Sequence[Translation]) -> None:
        """Do nothing: what was cut off has no record here, and is asked for again."""

    def recall(self, keys: Sequence[str]) -> Mapping[str, Translation]:
        """Return the best translations that are known."""
        return {key: self._latest[key] for key in keys if key in self._latest}

    def _take(self, record: Mapping[str, Any]) -> None:
        attempt = int(record["attempt"])
        if "plan" in record:
            self._plans[attempt] = record["plan"]
            return
        self._done.add((attempt, int(record["batch"])))
        self.tokens += int(record["tokens"])
        self.seconds += float(record["seconds"])
        for fields in record["translations"]:
            opinion = tuple((name, value) for name, value in fields["opinion"])
            translation = Translation(**{**fields, "opinion": opinion})
            self._latest[translation.machine_key] = translation
            if attempt == 0:
                self.first[translation.machine_key] = translation

    def _load(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            content = path.read_bytes()
            whole = content[: content.rfind(b"\n") + 1]
            if whole != content:
                path.write_bytes(whole)
        except OSError as error:
            raise UsageError(f"{path}: {error}") from error
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                record = json.loads(line)
                if record["attempt"] < self._attempts or record["attempt"] == READING:
                    self._take(record)
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(f"{path}:{number}: no record of this report ({error}); delete the file.") from error

    def _write(self, record: Mapping[str, Any]) -> None:
        if self._path is not None:
            # In one piece: another process may be at the same texts, and its lines must not lie within ours.
            with self._path.open("ab", buffering=0) as file:
                file.write(json.dumps(record).encode() + b"\n")
