"""Engines: what turns a batch of requests into replies. `load` opens the one that a model card describes."""

from __future__ import annotations

from pathlib import Path

from shopglot.engines.base import Engine
from shopglot.engines.cards import Card
from shopglot.errors import UsageError

__all__ = ["Engine", "load"]

# Languages written in Latin letters: no East Asian character may come out of an engine for them.
LATIN = frozenset({"en"})


def load(card: Card, cache: Path, *, target: str, device: str | None = None, threads: int | None = None) -> Engine:
    """Open the engine of a card for a target language, such as `en`.

    `device` overrides the card's; `threads` is the number of CPU threads, by default what `shopglot models tune` found
    to be the fastest on this machine, else all cores.
    Raises `UsageError` where the card does not translate into that language, and `ModelError` where the model is not
    on this machine (`shopglot models pull NAME` gets it), is not what the card says, or does not load.
    """
    if target not in {to for _, to in card.directions}:
        known = ", ".join(f"{source} to {to}" for source, to in card.directions)
        raise UsageError(f"model '{card.name}' does not translate into '{target}', only {known}.")
    if card.kind == "fake":
        from shopglot.engines.fake import FakeEngine

        return FakeEngine(lang=target)
    if card.kind == "opencc":
        from shopglot.engines.hant import HantEngine

        return HantEngine("tw" if target.endswith("TW") else "hk", {})
    from shopglot.engines.prepare import prepared_path
    from shopglot.engines.tuning import read_tuning, tuned, tuning_folder

    path = prepared_path(card, cache)
    kept = read_tuning(tuning_folder(card, cache))
    threads = threads or (kept.threads if kept else 0)
    card = tuned(card, cache)
    latin = target in LATIN
    place = device or card.compute.device
    if card.runtime == "ctranslate2":
        from shopglot.engines.ct2 import Ct2ChatEngine, Ct2Seq2SeqEngine

        open_ct2 = Ct2ChatEngine if card.kind == "chat" else Ct2Seq2SeqEngine
        return open_ct2(card, path, latin=latin, device=place, threads=threads)
    if card.kind == "chat":
        from shopglot.engines.chat import ChatEngine

        return ChatEngine(card, path, latin=latin, device=place, threads=threads)
    from shopglot.engines.seq2seq import Seq2SeqEngine

    return Seq2SeqEngine(card, path, latin=latin, device=place, threads=threads)
