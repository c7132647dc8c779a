"""Chat models on transformers: the runtime for a GPU, and for models that CTranslate2 does not know."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shopglot.engines.cards import Card
from shopglot.engines.frame import choose_frame, clean, need_prompt, take_frames, write_turn
from shopglot.engines.generation import Ban, generate, locate, mean_logprobs, open_model
from shopglot.engines.prepare import find_ends
from shopglot.engines.stream import ask, open_stream
from shopglot.engines.suppress import banned_ids
from shopglot.protect import render
from shopglot.types import Reply, Request

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
        frame = choose_frame(take_frames(self._tokenizer), self._prompt)
        self._before, self._after = (
            self._tokenizer(piece, add_special_tokens=False)["input_ids"] for piece in (frame.before, frame.after)
        )
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
        rows = [[*self._before, *turn[: self._longest], *self._after] for turn in turns]
        streams = [
            open_stream(len(render(request).body), len(turn), self._card.decoding, self._ends)
            for request, turn in zip(requests, turns, strict=True)
        ]
        generate(
            self._model, self._pad(rows, left=True), streams, self._card,
            banned=self._banned, eos_token_id=sorted(self._ends), pad_token_id=self._padding,
        )  # fmt: skip
        return [stream.reply(self._decode) for stream in streams]

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return the mean log-probability per token of each target as the answer to its source, in order."""
        import torch

        found: list[float] = []
        for start in range(0, len(pairs), SCORED_AT_ONCE):
            rows, kept = [], []
            for source, target in pairs[start : start + SCORED_AT_ONCE]:
                turn = write_turn(Request(source=source, field="", style="prose"), self._prompt)
                asked = [*self._before, *self._read(turn)[: self._longest], *self._after]
                rows.append(asked + self._read(clean(target))[: self._longest])
                kept.append(len(asked))
            inputs = self._pad(rows, left=False)
            labels = inputs["input_ids"].masked_fill(inputs["attention_mask"] == 0, -100)
            for row, length in enumerate(kept):
                labels[row, :length] = -100
            with torch.inference_mode():
                logits = self._model(**inputs).logits
            found += mean_logprobs(logits[:, :-1], labels[:, 1:])
        return found

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
