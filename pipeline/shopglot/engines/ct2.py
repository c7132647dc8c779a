"""Engines on CTranslate2: chat models through its Generator, seq2seq models through its Translator.

Both read a folder that `prepare` made. They decode greedily, so the same batch gives the same answers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopglot.engines.base import TRANSLATOR_VIEWS, require_view
from shopglot.engines.cards import Card
from shopglot.engines.frame import clean, need_prompt, reading_frames, write_reading, write_turn
from shopglot.engines.generation import count_cores
from shopglot.engines.prepare import FRAMES, TOKENIZER
from shopglot.engines.stream import Stream, ask, open_stream
from shopglot.engines.suppress import banned_ids
from shopglot.errors import ModelError
from shopglot.protect import render
from shopglot.types import Reply, Request, View

# Tokens, padding included: their log-probabilities over a large vocabulary take some 150 MB. CTranslate2 itself sorts
# rows by length before it cuts them into batches of so many.
SCORED_AT_ONCE = 256


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
        self._frames: dict[View, tuple[list[str], list[str]]] = {
            view: (self._read(frame.before), self._read(frame.after))
            for view, frame in reading_frames(kept["frames"], self._prompt, latin=latin).items()
        }
        self.views = frozenset(self._frames)
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
        return [replies[0] for replies in self._generate_many(requests, {"beam_size": self._card.decoding.beam})]

    def _generate_many(self, requests: Sequence[Request], width: Mapping[str, int]) -> list[list[Reply]]:
        turns = [self._read(write_turn(request, self._prompt)) for request in requests]
        before, after = self._frames["forward"]
        prompts = [turn[: self._longest] + after for turn in turns]
        streams = [
            [
                open_stream(render(request).body, len(turn), self._card.decoding, self._ends)
                for _ in range(width.get("num_hypotheses", 1))
            ]
            for request, turn in zip(requests, turns, strict=True)
        ]
        lengths = [len(prompt) for prompt in prompts]
        greedy = width["beam_size"] == 1
        results = self._model.generate_batch(
            prompts,
            static_prompt=before,
            cache_static_prompt=True,
            include_prompt_in_result=False,
            # The steps that bring longer prompts up to the others are counted with the generated ones.
            max_length=max(own[0].limit for own in streams) + max(lengths) - min(lengths) + 1,
            callback=_listen([own[0] for own in streams]) if greedy else None,
            suppress_sequences=self._suppressed,
            end_token=sorted(self._ends),
            **{**_options(self._card), **width},
        )
        if not greedy:
            for own, result in zip(streams, results, strict=True):
                for stream, tokens, mean in zip(own, result.sequences_ids, result.scores, strict=True):
                    stream.replay(tokens, mean)
        return [[stream.reply(self._decode) for stream in own] for own in streams]

    def list_best(self, requests: Sequence[Request], *, count: int) -> list[list[Reply]]:
        """Return the `count` likeliest answers to each request that a beam of that width finds, likeliest first.

        For whoever chooses among several answers; `translate` gives one. The same batch gives the same answers.
        """
        width = {"beam_size": count, "num_hypotheses": count}
        several: list[list[Reply]] = []

        def answer(asked: Sequence[Request]) -> list[Reply]:
            several.extend(self._generate_many(asked, width))
            return [replies[0] for replies in several]

        first = ask(requests, answer)
        rest = iter(several)
        spoken = [bool(render(request).body.strip()) for request in requests]
        return [next(rest) if has_text else [reply] for has_text, reply in zip(spoken, first, strict=True)]

    def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
        """Return the log-probability of each token that the view reads, per (source, target) pair and in order.

        Over-long texts are cut off where the card cuts off sources. Raises `ModelError` for a view not in `views`.
        """
        require_view(self.name, self.views, view)
        before, after = self._frames[view]
        rows: list[list[str]] = []
        lengths: list[int] = []
        for pair in pairs:
            turn, answer = (self._read(text)[: self._longest] for text in write_reading(pair, self._prompt, view))
            lengths.append(len(answer))
            rows += [[*before, *turn, *after, *answer]] if answer else []
        if not rows:
            return [()] * len(pairs)
        results = self._model.score_batch(rows, max_input_length=0, max_batch_size=SCORED_AT_ONCE, batch_type="tokens")
        return _take_last(results, lengths)

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
    views = TRANSLATOR_VIEWS

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
            open_stream(render(request).body, len(source), self._card.decoding, self._ends)
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

    def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
        """Return the log-probability of each token of the targets as translations of their sources, in order.

        Over-long texts are cut off where the card cuts off sources. Raises `ModelError` for a view not in `views`.
        """
        require_view(self.name, self.views, view)
        answers = [self._read_target(clean(target))[: self._longest] for _, target in pairs]
        asked = [
            self._clip(self._read(clean(source))) for (source, _), answer in zip(pairs, answers, strict=True) if answer
        ]
        if not asked:
            return [()] * len(pairs)
        results = self._model.score_batch(
            asked, [self._prefix + answer for answer in answers if answer],
            max_input_length=0, max_batch_size=SCORED_AT_ONCE, batch_type="tokens",
        )  # fmt: skip
        # The end token, which stands last, has a log-probability too and is no word.
        return _take_last(results, [len(answer) for answer in answers], spare=1)

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
    # CTranslate2 reads this once, when it first needs a product of matrices. Left alone it takes MKL on Intel's
    # processors and oneDNN on others; where that was measured, on Intel, oneDNN read texts 1.6 to 1.9 times as fast.
    # With VNNI, which that processor has, products of int8 numbers are exact integers with both: what differs is
    # float noise. The user's own setting wins.
    os.environ.setdefault("CT2_USE_MKL", "0")
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


def _take_last(results: Iterable[Any], lengths: Sequence[int], *, spare: int = 0) -> list[tuple[float, ...]]:
    """Return, per text, its last so many log-probabilities before the `spare` at the end; texts of 0 have no result."""
    each = iter(results)
    found: list[tuple[float, ...]] = []
    for length in lengths:
        logprobs = list(next(each).log_probs) if length else []
        end = len(logprobs) - spare
        found.append(tuple(logprobs[max(0, end - length) : end]) if length else ())
    return found
