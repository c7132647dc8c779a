"""Encoder-decoder models on transformers: Marian, M2M100, NLLB."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shopglot.engines.base import TRANSLATOR_VIEWS, require_view
from shopglot.engines.cards import Card
from shopglot.engines.frame import clean
from shopglot.engines.generation import Ban, generate, group_by_length, open_model, token_logprobs
from shopglot.engines.prepare import find_ends
from shopglot.engines.stream import ask, open_stream
from shopglot.engines.suppress import banned_ids
from shopglot.errors import ModelError
from shopglot.protect import render
from shopglot.types import Reply, Request, View

SCORED_AT_ONCE = 16  # rows


class Seq2SeqEngine:
    """An encoder-decoder model of transformers."""

    fake = False
    views = TRANSLATOR_VIEWS

    def __init__(self, card: Card, path: Path, *, latin: bool, device: str = "auto", threads: int = 0) -> None:
        """Load a model from a folder. `latin` keeps East Asian characters out of the output; 0 threads: all cores."""
        self.name, self.decoding, self.batch_size = card.signature, card.decoding_key, card.batch_size
        self._card, self._longest = card, card.decoding.longest_source
        self._tokenizer = load_tokenizer(card, path)
        self._ends = frozenset(find_ends(path, self._tokenizer))
        self._banned = Ban(banned_ids(self._tokenizer)) if latin else None
        self._model = open_model("AutoModelForSeq2SeqLM", card, path, device, threads)
        self._first = self._tokenizer.convert_tokens_to_ids(language_token(self._tokenizer, card))

    def measure(self, request: Request) -> int:
        """Return the number of tokens of the text."""
        return len(self._read(clean(render(request).body)))

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Translate one batch in one call."""
        return ask(requests, self._generate)

    def _generate(self, requests: Sequence[Request]) -> list[Reply]:
        bodies = [clean(render(request).body) for request in requests]
        sources = [self._read(body) for body in bodies]
        streams = [
            open_stream(body, len(source), self._card.decoding, self._ends)
            for body, source in zip(bodies, sources, strict=True)
        ]
        generate(
            self._model, self._pad([self._clip(source) for source in sources]), streams, self._card,
            banned=self._banned, skip=len(self._first), forced_bos_token_id=self._first[0] if self._first else None,
            eos_token_id=sorted(self._ends),
        )  # fmt: skip
        return [stream.reply(self._decode) for stream in streams]

    def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
        """Return the log-probability of each token of the targets as translations of their sources, in order.

        Over-long texts are cut off where the card cuts off sources. Raises `ModelError` for a view not in `views`.
        """
        require_view(self.name, self.views, view)
        targets = [self._read_target(clean(target))[: self._longest] for _, target in pairs]
        sources = {
            number: self._clip(self._read(clean(source))) for number, (source, _) in enumerate(pairs) if targets[number]
        }
        found: list[tuple[float, ...]] = [()] * len(pairs)
        lengths = {number: len(source) + len(targets[number]) for number, source in sources.items()}
        for group in group_by_length(lengths, SCORED_AT_ONCE):
            scored = self._score_rows([sources[one] for one in group], [targets[one] for one in group])
            for number, logprobs in zip(group, scored, strict=True):
                found[number] = logprobs
        return found

    def _score_rows(
        self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]
    ) -> list[tuple[float, ...]]:
        """Score rows in one call of the model."""
        import torch

        first = self._model.config.decoder_start_token_id
        decoder = self._pad([[first, *self._first, *target] for target in targets])
        labels = decoder["input_ids"].masked_fill(decoder["attention_mask"] == 0, -100)[:, 1:].clone()
        labels[:, : len(self._first)] = -100
        with torch.inference_mode():
            logits = self._model(**self._pad(sources), decoder_input_ids=decoder["input_ids"]).logits
        return token_logprobs(logits[:, :-1], labels)

    def close(self) -> None:
        """Free the model."""
        del self._model

    def _read(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text)["input_ids"]
        return ids

    def _read_target(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text_target=text, add_special_tokens=False)["input_ids"]
        return ids

    def _clip(self, ids: list[int]) -> list[int]:
        """Shorten a source, its end token kept."""
        return ids if len(ids) <= self._longest else [*ids[: self._longest - 1], ids[-1]]

    def _pad(self, rows: Sequence[Sequence[int]]) -> dict[str, Any]:
        """Return `input_ids` and `attention_mask`, shape (rows, longest), on the model's device."""
        import torch

        length, padding = max(map(len, rows)), self._tokenizer.pad_token_id
        ids = [[*row, *[padding] * (length - len(row))] for row in rows]
        mask = [[1] * len(row) + [0] * (length - len(row)) for row in rows]
        device = self._model.device
        return {"input_ids": torch.tensor(ids, device=device), "attention_mask": torch.tensor(mask, device=device)}

    def _decode(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(list(tokens), skip_special_tokens=True)
        return text


def load_tokenizer(card: Card, folder: Path) -> Any:
    """Return the tokenizer of a seq2seq model, set to the card's codes. Raises `ModelError` for a wrong one."""
    from transformers import AutoTokenizer

    codes = {"src_lang": card.codes[0], "tgt_lang": card.codes[1]} if card.codes else {}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*sacremoses")
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, **codes)
        except KeyError as error:
            raise ModelError(f"{card.path}: codes: {error} is no language of this model's tokenizer.") from error
    # Marian normalises punctuation where a certain package is installed: the same text must read the same everywhere.
    if hasattr(tokenizer, "punc_normalizer"):
        tokenizer.punc_normalizer = str
    return tokenizer


def language_token(tokenizer: Any, card: Card) -> list[str]:
    """Return the token that a model wants first in every answer, in a list; none where the card has no codes."""
    if not card.codes:
        return []
    code = card.codes[1]
    # M2M100 writes `en` as `__en__`; NLLB writes `eng_Latn` as it is.
    for token in (code, f"__{code}__"):
        if tokenizer.convert_tokens_to_ids(token) not in (None, tokenizer.unk_token_id):
            return [token]
    raise ModelError(f"{card.path}: codes.target '{code}' is no language of this model's tokenizer.")
