"""Engines on CTranslate2: chat models through its Generator, seq2seq models through its Translator.

Both read a folder that `prepare` made. They decode greedily, so the same batch gives the same answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from shopglot.engines.cards import Card
from shopglot.engines.frame import choose_frame, clean, need_prompt, write_turn
from shopglot.engines.generation import count_cores
from shopglot.engines.prepare import FRAMES, TOKENIZER
from shopglot.engines.stream import Stream, ask, open_stream
from shopglot.engines.suppress import banned_ids
from shopglot.errors import ModelError
from shopglot.protect import render
from shopglot.types import Reply, Request

SCORED_AT_ONCE = 1024  # tokens: their log-probabilities over a large vocabulary take some 600 MB


class Ct2ChatEngine:
    """A chat model. The part of the prompt that all texts share is computed once."""

    fake = False

    def __init__(self, card: Card, folder: Path, *, latin: bool, device: str = "auto", threads: int = 0) -> None:
        """Load a prepared model. `latin` keeps East Asian characters out of the output; 0 threads means all cores."""
        from tokenizers import Tokenizer

        self.name, self.decoding, self.batch_size = card.signature, card.decoding_key, card.batch_size
        self._card, self._longest = card, card.decoding.longest_source
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER / "tokenizer.json"))
        kept = json.loads((folder / FRAMES).read_text(encoding="utf-8"))
        self._ends = frozenset(kept["ends"])
        self._prompt = need_prompt(card)
        frame = choose_frame(kept["frames"], self._prompt)
        self._before = self._tokenizer.encode(frame.before, add_special_tokens=False).tokens
        self._after = self._tokenizer.encode(frame.after, add_special_tokens=False).tokens
        # From here on control tokens inside a text are what they are there: text.
        self._tokenizer.encode_special_tokens = True
        self._suppressed = (
            [[self._tokenizer.id_to_token(one)] for one in banned_ids(self._tokenizer)] if latin else None
        )
        self._model = _open("Generator", card, folder, device, threads)

    def measure(self, request: Request) -> int:
        """Return the number of tokens of the user's turn."""
        return len(self._read(write_turn(request, self._prompt)))

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Translate one batch in one call."""
        return ask(requests, self._generate)

    def _generate(self, requests: Sequence[Request]) -> list[Reply]:
        turns = [self._read(write_turn(request, self._prompt)) for request in requests]
        prompts = [turn[: self._longest] + self._after for turn in turns]
        streams = [
            open_stream(len(render(request).body), len(turn), self._card.decoding, self._ends)
            for request, turn in zip(requests, turns, strict=True)
        ]
        lengths = [len(prompt) for prompt in prompts]
        greedy = self._card.decoding.beam == 1
        results = self._model.generate_batch(
            prompts,
            static_prompt=self._before,
            cache_static_prompt=True,
            include_prompt_in_result=False,
            # The steps that bring longer prompts up to the others are counted with the generated ones.
            max_length=max(stream.limit for stream in streams) + max(lengths) - min(lengths) + 1,
            callback=_listen(streams) if greedy else None,
            suppress_sequences=self._suppressed,
            end_token=sorted(self._ends),
            **_options(self._card),
        )
        if not greedy:
            for stream, result in zip(streams, results, strict=True):
                stream.replay(result.sequences_ids[0], result.scores[0])
        return [stream.reply(self._decode) for stream in streams]

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return the mean log-probability per token of each target as the answer to its source, in order."""
        if not pairs:
            return []
        asked = [Request(source=source, field="", style="prose") for source, _ in pairs]
        turns = [self._read(write_turn(request, self._prompt))[: self._longest] for request in asked]
        answers = [self._read(clean(target))[: self._longest] for _, target in pairs]
        rows = [[*self._before, *turn, *self._after, *answer] for turn, answer in zip(turns, answers, strict=True)]
        results = self._model.score_batch(rows, max_input_length=0, max_batch_size=SCORED_AT_ONCE, batch_type="tokens")
        return [_mean(one.log_probs, len(answer)) for one, answer in zip(results, answers, strict=True)]

    def close(self) -> None:
        """Free the model."""
        self._model.unload_model()

    def _read(self, text: str) -> list[str]:
        tokens: list[str] = self._tokenizer.encode(text, add_special_tokens=False).tokens
        return tokens

    def _decode(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(list(tokens), skip_special_tokens=True)
        return text


class Ct2Seq2SeqEngine:
    """An encoder-decoder model: Marian, M2M100, NLLB."""

    fake = False

    def __init__(self, card: Card, folder: Path, *, latin: bool, device: str = "auto", threads: int = 0) -> None:
        """Load a prepared model. `latin` keeps East Asian characters out of the output; 0 threads means all cores."""
        from shopglot.engines.seq2seq import language_token, load_tokenizer

        self.name, self.decoding, self.batch_size = card.signature, card.decoding_key, card.batch_size
        self._card, self._longest = card, card.decoding.longest_source
        self._tokenizer = load_tokenizer(card, folder / TOKENIZER)
        self._ends = frozenset(json.loads((folder / FRAMES).read_text(encoding="utf-8"))["ends"])
        self._prefix = language_token(self._tokenizer, card)
        spell = self._tokenizer.convert_ids_to_tokens
        self._suppressed = [[spell(one)] for one in banned_ids(self._tokenizer)] if latin else None
        self._model = _open("Translator", card, folder, device, threads)

    def measure(self, request: Request) -> int:
        """Return the number of tokens of the text."""
        return len(self._read(clean(render(request).body)))

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Translate one batch in one call."""
        return ask(requests, self._generate)

    def _generate(self, requests: Sequence[Request]) -> list[Reply]:
        sources = [self._read(clean(render(request).body)) for request in requests]
        streams = [
            open_stream(len(render(request).body), len(source), self._card.decoding, self._ends)
            for request, source in zip(requests, sources, strict=True)
        ]
        results = self._model.translate_batch(
            [self._clip(source) for source in sources],
            target_prefix=[self._prefix] * len(sources) if self._prefix else None,
            max_decoding_length=max(stream.limit for stream in streams) + len(self._prefix) + 1,
            max_input_length=0,
            suppress_sequences=self._suppressed,
            **_options(self._card),
        )
        for stream, result in zip(streams, results, strict=True):
            written = result.hypotheses[0][len(self._prefix) :]
            stream.replay(self._tokenizer.convert_tokens_to_ids(written), result.scores[0])
        return [stream.reply(self._decode) for stream in streams]

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return the mean log-probability per token of each target as the translation of its source, in order."""
        if not pairs:
            return []
        sources = [self._clip(self._read(clean(source))) for source, _ in pairs]
        answers = [self._read_target(clean(target))[: self._longest] for _, target in pairs]
        results = self._model.score_batch(
            sources, [self._prefix + answer for answer in answers],
            max_input_length=0, max_batch_size=SCORED_AT_ONCE, batch_type="tokens",
        )  # fmt: skip
        # The end token, which stands last, has a log-probability too and is no word.
        return [
            _mean(one.log_probs[: len(one.log_probs) - 1], len(answer))
            for one, answer in zip(results, answers, strict=True)
        ]

    def close(self) -> None:
        """Free the model."""
        self._model.unload_model()

    def _read(self, text: str) -> list[str]:
        tokens: list[str] = self._tokenizer.convert_ids_to_tokens(self._tokenizer.encode(text))
        return tokens

    def _clip(self, tokens: list[str]) -> list[str]:
        """Shorten a source, its end token kept."""
        return tokens if len(tokens) <= self._longest else [*tokens[: self._longest - 1], tokens[-1]]

    def _read_target(self, text: str) -> list[str]:
        ids = self._tokenizer(text_target=text, add_special_tokens=False)["input_ids"]
        tokens: list[str] = self._tokenizer.convert_ids_to_tokens(ids)
        return tokens

    def _decode(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(list(tokens), skip_special_tokens=True)
        return text


def _open(kind: str, card: Card, folder: Path, device: str, threads: int) -> Any:
    import ctranslate2

    try:
        return getattr(ctranslate2, kind)(
            str(folder),
            device=device,
            compute_type=card.compute.type,
            inter_threads=1,
            intra_threads=threads or count_cores(),
        )
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"{folder}: the model does not load on device '{device}' as {card.compute.type}: {error}. "
            f"Try `shopglot models verify {card.name}`, or another compute.type or device in {card.path}."
        ) from error


def _listen(streams: Sequence[Stream]) -> Callable[[Any], bool]:
    """Return what CTranslate2 calls for each token: it stops a text that has run away or reached its limit."""

    def hear(step: Any) -> bool:
        stop: bool = streams[step.batch_id].add(step.token_id, step.log_prob)
        return stop

    return hear


def _options(card: Card) -> dict[str, Any]:
    decoding = card.decoding
    return {
        "beam_size": decoding.beam, "repetition_penalty": decoding.repetition_penalty, "sampling_topk": 1,
        "no_repeat_ngram_size": decoding.no_repeat_ngram, "return_scores": True,
    }  # fmt: skip


def _mean(logprobs: Sequence[float], last: int) -> float:
    """Return the mean of the last so many values; 0 where there is none: an empty target costs nothing."""
    values = list(logprobs)[len(logprobs) - last :] if last else []
    return sum(values) / len(values) if values else 0.0
