"""One answer, token by token."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shopglot.engines.cards import Decoding
from shopglot.engines.stream import Stream, ask, open_stream
from shopglot.types import Reply, Request

END = 0


def spell(tokens: Sequence[int]) -> str:
    """Write tokens as letters."""
    return "".join(chr(token) for token in tokens)


def stream(text: str, *, limit: int = 99, end: bool = True, clipped: bool = False) -> Stream:
    """Return a stream that has heard a text, and its end."""
    made = Stream(limit=limit, ends=frozenset((END,)), clipped=clipped)
    for character in text:
        if made.add(ord(character), -0.5):
            return made
    if end:
        assert made.add(END, -9.0)
    return made


def test_an_answer_that_ends() -> None:
    """The end token is not counted, nor its log-probability."""
    assert Reply(text="A dress", logprob=-0.5, tokens=7) == stream(" A dress"[1:]).reply(spell)


def test_an_answer_at_its_limit() -> None:
    """A limit that is reached is said."""
    assert Reply(text="A dr", logprob=-0.5, tokens=4, truncated=True) == stream("A dress", limit=4).reply(spell)


def test_a_clipped_source() -> None:
    """An answer to half a source is truncated, however well it ends."""
    assert stream("ok", clipped=True).reply(spell).truncated


def test_a_runaway_is_stopped_and_cut() -> None:
    """It is stopped at the fourth copy, the first is kept, without the separator at the cut."""
    made = stream("Wide leg, " + "low rise, " * 30)
    assert len(made.tokens) < 70
    reply = made.reply(spell)
    assert ("Wide leg, low rise", True, False) == (reply.text, reply.repeated, reply.truncated)


def test_an_empty_answer() -> None:
    """No token, no log-probability."""
    assert Reply(text="", logprob=None, tokens=0) == stream("").reply(spell)


def test_broken_characters_are_left_out() -> None:
    """An unfinished character at a limit leaves nothing behind."""
    assert "ok" == stream("ok\ufffd").reply(spell).text


def test_replay_is_the_same_as_hearing() -> None:
    """A finished answer gives the reply that it would have given token by token."""
    for text, limit in (("A dress", 99), ("A dress", 4), ("ha " * 30, 99), ("", 9)):
        replayed = Stream(limit=limit, ends=frozenset((END,)))
        replayed.replay([ord(character) for character in text], -0.5)
        assert stream(text, limit=limit).reply(spell) == replayed.reply(spell)


@pytest.mark.parametrize(
    ("source", "tokens", "limit", "clipped"),
    [
        ("好", 1, 24, False), ("好" * 20, 20, 40, False), ("好" * 9000, 30, 512, False), ("好" * 5, 1025, 24, True),
        ("a" * 20, 20, 24, False), ("high-waisted, wide-leg jeans " * 3, 30, 87, False),
        ("\U00020000" * 20, 20, 40, False),
        ("好" * 20 + "75 kg (165 lb)", 30, 54, False), ("", 0, 24, False),
    ],
)  # fmt: skip
def test_open_stream(source: str, tokens: int, limit: int, clipped: bool) -> None:
    """The limit follows the characters, those that are copied less, within the bounds of the card."""
    made = open_stream(source, tokens, Decoding(), frozenset((END,)))
    assert (limit, clipped) == (made.limit, made.clipped)


def test_ask_keeps_order_and_leaves_blanks_out() -> None:
    """Only texts are asked, in one call; blanks are answered by nothing."""
    calls: list[list[str]] = []

    def generate(requests: Sequence[Request]) -> list[Reply]:
        calls.append([request.source for request in requests])
        return [Reply(text=request.source.upper()) for request in requests]

    requests = [Request(source=text, field="", style="phrase") for text in ("", "a", " \n ", "b")]
    assert ["", "A", "", "B"] == [reply.text for reply in ask(requests, generate)]
    assert [["a", "b"]] == calls
    assert [Reply(text="")] == ask(requests[:1], generate)
    assert 1 == len(calls)
