"""Chat models on transformers: the runtime for a GPU, and for models that CTranslate2 does not know."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shopglot.engines.base import require_view
from shopglot.engines.cards import Card
from shopglot.engines.frame import need_prompt, reading_frames, take_frames, write_reading, write_turn
from shopglot.engines.generation import Ban, generate, group_by_length, locate, open_model, token_logprobs
from shopglot.engines.prepare import find_ends
from shopglot.engines.stream import ask, open_stream
from shopglot.engines.suppress import banned_ids
from shopglot.protect import render
from shopglot.types import Reply, Request, View

SCORED_AT_ONCE = 4  # rows: their logits over a large vocabulary take some 100 MB


class ChatEngine:
    """A chat model of transformers, decoding greedily unless its card asks for beams."""

    fake = False

    def __init__(self, card: Card, path: Path, *, latin: bool, device: str = "auto", threads: int = 0) -> None:
        """Load a model from a folder or a GGUF file. `latin` keeps East Asian characters out of the output."""
        from transformers import AutoTokenizer

        self.name, self.decoding, self.batch_size = card.signature, card.decoding_key, card.batch_size
        self._card, self._longest, self._prompt = card, card.decoding.longest_source, need_prompt(card)
        self._tokenizer = AutoTokenizer.from_pretrained(**locate(path))
        self._frames: dict[View, tuple[list[int], list[int]]] = {
            view: (self._read_frame(frame.before), self._read_frame(frame.after))
            for view, frame in reading_frames(take_frames(self._tokenizer), self._prompt, latin=latin).items()
        }
        self.views = frozenset(self._frames)
        self._ends = frozenset(find_ends(path if path.is_dir() else path.parent, self._tokenizer))
        self._banned = Ban(banned_ids(self._tokenizer)) if latin else None
        self._model = open_model("AutoModelForCausalLM", card, path, device, threads)

    def measure(self, request: Request) -> int:
        """Return the number of tokens of the user's turn."""
        return len(self._read(write_turn(request, self._prompt)))

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Translate one batch in one call."""
        return ask(requests, self._generate)

    def _generate(self, requests: Sequence[Request]) -> list[Reply]:
        turns = [self._read(write_turn(request, self._prompt)) for request in requests]
        before, after = self._frames["forward"]
        rows = [[*before, *turn[: self._longest], *after] for turn in turns]
        streams = [
            open_stream(render(request).body, len(turn), self._card.decoding, self._ends)
            for request, turn in zip(requests, turns, strict=True)
        ]
        generate(
            self._model, self._pad(rows, left=True), streams, self._card,
            banned=self._banned, eos_token_id=sorted(self._ends), pad_token_id=self._padding,
        )  # fmt: skip
        return [stream.reply(self._decode) for stream in streams]

    def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
        """Return the log-probability of each token that the view reads, per (source, target) pair and in order.

        Over-long texts are cut off where the card cuts off sources. Raises `ModelError` for a view not in `views`.
        """
        import torch

        require_view(self.name, self.views, view)
        rows = {number: row for number, pair in enumerate(pairs) if (row := self._write_row(pair, view))[1]}
        found: list[tuple[float, ...]] = [()] * len(pairs)
        lengths = {number: len(asked) + len(answer) for number, (asked, answer) in rows.items()}
        for group in group_by_length(lengths, SCORED_AT_ONCE):
            inputs = self._pad([[*rows[number][0], *rows[number][1]] for number in group], left=False)
            labels = inputs["input_ids"].masked_fill(inputs["attention_mask"] == 0, -100)
            for place, number in enumerate(group):
                labels[place, : len(rows[number][0])] = -100
            with torch.inference_mode():
                logits = self._model(**inputs).logits
            for number, logprobs in zip(group, token_logprobs(logits[:, :-1], labels[:, 1:]), strict=True):
                found[number] = logprobs
        return found

    def _write_row(self, pair: tuple[str, str], view: View) -> tuple[list[int], list[int]]:
        """Return what is asked, frame and all, and the answer that is read."""
        before, after = self._frames[view]
        turn, answer = (self._read(text)[: self._longest] for text in write_reading(pair, self._prompt, view))
        return [*before, *turn, *after], answer

    def close(self) -> None:
        """Free the model."""
        del self._model

    @property
    def _padding(self) -> int:
        padding = self._tokenizer.pad_token_id
        return min(self._ends) if padding is None else int(padding)

    def _read(self, text: str) -> list[int]:
        """Return the ids of a text. Control tokens inside it are taken for what they are there: text."""
        ids: list[int] = self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        return ids

    def _read_frame(self, piece: str) -> list[int]:
        """Return the ids of a piece of the frame, control tokens among them."""
        ids: list[int] = self._tokenizer(piece, add_special_tokens=False)["input_ids"]
        return ids

    def _pad(self, rows: Sequence[Sequence[int]], *, left: bool) -> dict[str, Any]:
        """Return `input_ids` and `attention_mask`, shape (rows, longest), on the model's device."""
        import torch

        length = max(map(len, rows))
        fills = [[self._padding] * (length - len(row)) for row in rows]
        ids = [[*fill, *row] if left else [*row, *fill] for row, fill in zip(rows, fills, strict=True)]
        seen = [[1] * len(row) for row in rows]
        mask = [
            [0] * len(fill) + ones if left else ones + [0] * len(fill) for ones, fill in zip(seen, fills, strict=True)
        ]
        device = self._model.device
        return {"input_ids": torch.tensor(ids, device=device), "attention_mask": torch.tensor(mask, device=device)}

    def _decode(self, tokens: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=True))
