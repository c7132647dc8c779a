"""The tokens of one answer as they come: when to stop, and what reply they make. The same for every runtime."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shopglot.engines.cards import Decoding
from shopglot.engines.repetition import ends_in_runaway, find_runaway
from shopglot.protect import render
from shopglot.script import CJK
from shopglot.types import Reply, Request

_SEPARATORS = " \t\n,;:/|&+-–—、，"


@dataclass(slots=True)
class Stream:
    """Collects the tokens of one answer.

    `limit` is the most tokens it may have; it depends on the text alone, so that company in a batch changes nothing.
    `clipped` says that the source was too long and was not read to its end.
    """

    limit: int
    ends: frozenset[int]
    clipped: bool = False
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    _stopped: bool = False
    _ended: bool = False

    def add(self, token: int, logprob: float) -> bool:
        """Take the next token with its log-probability. Returns whether generation is to stop here."""
        if self._stopped:
            return True
        if token in self.ends:
            self._stopped = self._ended = True
            return True
        self.tokens.append(token)
        self.logprobs.append(logprob)
        self._stopped = len(self.tokens) >= self.limit or ends_in_runaway(self.tokens)
        return self._stopped

    def replay(self, tokens: Sequence[int], mean: float) -> None:
        """Take a finished answer of which only the mean log-probability is known: each token gets that."""
        for token in tokens:
            if self.add(token, mean):
                return
        # An answer that came back shorter than its limit has ended, whether or not its end token is shown.
        self._stopped = self._ended = True

    def reply(self, decode: Callable[[Sequence[int]], str]) -> Reply:
        """Return the reply: a runaway repetition is cut after its first piece."""
        runaway = find_runaway(self.tokens)
        kept = len(self.tokens) if runaway is None else runaway.cut
        # An unfinished character at the cut shows as U+FFFD; no translation has one on purpose.
        text = decode(self.tokens[:kept]).replace("\ufffd", "").strip()
        if runaway is not None:
            text = text.rstrip(_SEPARATORS)
        return Reply(
            text=text,
            logprob=sum(self.logprobs[:kept]) / kept if kept else None,
            tokens=len(self.tokens),
            truncated=self.clipped or (runaway is None and not self._ended),
            repeated=runaway is not None,
        )


def open_stream(source: str, tokens: int, decoding: Decoding, ends: frozenset[int]) -> Stream:
    """Return the stream for the answer to a source, which is so many tokens.

    What is no Chinese counts half: words of the glossary and numbers stand in the source as the answer has them, and
    no token is shorter than a letter.
    """
    chinese = sum(map(len, CJK.findall(source)))
    limit = max(decoding.least_tokens, int((len(source) + chinese) / 2 * decoding.tokens_per_character))
    return Stream(limit=min(limit, decoding.most_tokens), ends=ends, clipped=tokens > decoding.longest_source)


def ask(requests: Sequence[Request], generate: Callable[[Sequence[Request]], list[Reply]]) -> list[Reply]:
    """Return replies in order, one call of `generate` for all that have something to translate.

    Of a blank text a model would make something up; it is answered by nothing.
    """
    spoken = [bool(render(request).body.strip()) for request in requests]
    asked = [request for request, has_text in zip(requests, spoken, strict=True) if has_text]
    replies = iter(generate(asked) if asked else [])
    return [next(replies) if has_text else Reply(text="") for has_text in spoken]
