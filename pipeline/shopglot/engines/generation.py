"""What chat.py and seq2seq.py share: one call of `generate` of transformers, listened to token by token.

torch and transformers are imported where they are used: this module costs nothing before a model is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shopglot.engines.cards import Card
from shopglot.engines.stream import Stream
from shopglot.errors import ModelError


class Ban:
    """A logits processor: tokens that may not be written get no probability."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = list(ids)
        self._mask: Any = None

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Return the scores, shape (batch, vocabulary), without the banned tokens."""
        import torch

        if self._mask is None:
            self._mask = torch.zeros(scores.shape[-1], dtype=torch.bool, device=scores.device)
            self._mask[torch.tensor(self._ids, dtype=torch.long, device=scores.device)] = True
        return scores.masked_fill(self._mask, float("-inf"))


class Listener:
    """Feeds greedy generation into streams: a logits processor, the last one, and the stopping criterion of the call.

    Greedy search takes the likeliest token, so its log-probability is known before it is taken. `skip` tokens at the
    start of each answer are none of the model's choice.
    """

    def __init__(self, streams: Sequence[Stream], *, skip: int = 0) -> None:
        self._streams = streams
        self._skip = skip
        self._best: list[float] = []

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Note the log-probability of each row's next token; the scores stay as they are."""
        import torch

        self._best = torch.log_softmax(scores.float(), dim=-1).amax(dim=-1).tolist()
        return scores

    def should_stop(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """Take the tokens just generated. Returns which rows are done, shape (batch,)."""
        import torch

        if self._skip:
            self._skip -= 1
            return torch.zeros(len(self._streams), dtype=torch.bool, device=input_ids.device)
        done = [
            stream.add(token, logprob)
            for stream, token, logprob in zip(self._streams, input_ids[:, -1].tolist(), self._best, strict=True)
        ]
        return torch.tensor(done, dtype=torch.bool, device=input_ids.device)


def generate(
    model: Any, inputs: Any, streams: Sequence[Stream], card: Card, *, banned: Ban | None, skip: int = 0, **options: Any
) -> None:
    """Call `model.generate` once and fill the streams. `inputs` are tensors by name; rows and streams correspond."""
    import torch
    from transformers import LogitsProcessorList, StoppingCriteriaList

    decoding = card.decoding
    greedy = decoding.beam == 1
    listener = Listener(streams, skip=skip)
    processors = LogitsProcessorList([*([banned] if banned else []), *([listener] if greedy else [])])
    with torch.inference_mode():
        made = model.generate(
            **inputs,
            do_sample=False, num_beams=decoding.beam, num_return_sequences=1, temperature=None, top_p=None, top_k=None,
            repetition_penalty=decoding.repetition_penalty, no_repeat_ngram_size=decoding.no_repeat_ngram,
            max_new_tokens=max(stream.limit for stream in streams) + skip, max_length=None,
            logits_processor=processors,
            stopping_criteria=StoppingCriteriaList([listener.should_stop] if greedy else []),
            return_dict_in_generate=True, output_scores=not greedy, **options,
        )  # fmt: skip
    if not greedy:
        prompt = 1 if model.config.is_encoder_decoder else inputs["input_ids"].shape[1]
        for stream, row, score in zip(streams, made.sequences.tolist(), made.sequences_scores.tolist(), strict=True):
            stream.replay(row[prompt + skip :], score)


def open_model(kind: str, card: Card, path: Path, device: str, threads: int) -> Any:
    """Load a model of transformers from a folder or a GGUF file, ready for inference. 0 threads means all cores."""
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads or count_cores())
    place = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    dtype = card.compute.dtype if card.compute.dtype == "auto" else getattr(torch, card.compute.dtype)
    try:
        model = getattr(transformers, kind).from_pretrained(**locate(path), **expanded(path), dtype=dtype)
        return model.eval().to(place)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ModelError(
            f"{path}: the model does not load on device '{place}': {error}. Try `shopglot models verify {card.name}`."
        ) from error


def locate(path: Path) -> dict[str, Any]:
    """Return what `from_pretrained` calls a folder, or a GGUF file in one."""
    if path.is_dir():
        return {"pretrained_model_name_or_path": path}
    return {"pretrained_model_name_or_path": path.parent, "gguf_file": path.name}


def expanded(path: Path) -> dict[str, Any]:
    """Return what `from_pretrained` is told of a GGUF file besides: that its weights are wanted at full width."""
    if path.is_dir():
        return {}
    from transformers import GgufConfig

    return {"quantization_config": GgufConfig(dequantize=True)}


def token_logprobs(logits: Any, labels: Any) -> list[tuple[float, ...]]:
    """Return the log-probability of each label that is not -100, row by row.

    *Shapes:* logits (batch, length, vocabulary), already shifted so that place i speaks of label i; labels (batch,
    length).
    """
    import torch

    found: list[tuple[float, ...]] = []
    for row, marks in zip(logits, labels, strict=True):
        wanted = marks != -100
        # One row at a time, and only its wanted places: a vocabulary is wide, and a row of it at 32 bits long.
        chosen = torch.log_softmax(row[wanted].float(), dim=-1).gather(-1, marks[wanted].unsqueeze(-1))
        found.append(tuple(chosen.squeeze(-1).tolist()))
    return found


def group_by_length(lengths: Mapping[int, int], size: int) -> list[list[int]]:
    """Return the keys in groups of so many, the longest first: rows of like length need little padding."""
    order = sorted(lengths, key=lambda key: -lengths[key])
    return [order[start : start + size] for start in range(0, len(order), size)]


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
