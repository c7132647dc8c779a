"""Texts that termbase and market answer by themselves: what is said is certain, and no model is asked.

    compose(request, market, termbase)     # '白色/加绒' -> 'White/Fleece-Lined', None where a model has to be asked

Options, attribute values and the cells of size charts are short, and mostly put together of known words. `atoms` reads
a text as the known things that it is made of, `amounts` writes numbers that need no noun, `phrases` knows in which
order English says words that stand side by side, `lists` puts them together.
"""

from __future__ import annotations

from shopglot.certainty.atoms import read_atoms
from shopglot.certainty.lists import write_list
from shopglot.certainty.phrases import in_order, said_once
from shopglot.market import Market
from shopglot.memory import field_policy
from shopglot.protect import render
from shopglot.script import has_letter
from shopglot.termbase import Termbase
from shopglot.types import Request
from shopglot.wording import finish

__all__ = ["compose"]

MOST_CERTAIN_TERMS = 2
SHORT = frozenset({"label", "value"})  # the policies of fields that are put together of known words


def compose(request: Request, market: Market, termbase: Termbase) -> str | None:
    """Return what an engine would have to answer to a request, as `protect.restore` takes it; None to ask one.

    `request` is one of a market that reads English. It is answered where nothing Chinese is left once masks, enforced
    terms and quantities are in place, and the order of the words is the same in English.
    """
    policy = field_policy(request.field)
    if policy in SHORT and has_letter(request.source):
        known = read_atoms(request, market, termbase, short=True)
        if known is not None:
            return write_list(known, request, market)
    body = render(request).body
    if has_letter(body) and not _only_kept(request, body):
        return None
    atoms = read_atoms(request, market, termbase, short=False) or ()
    words = [atom for atom in atoms if atom.kind == "word"]
    if len(words) > MOST_CERTAIN_TERMS and policy in ("title", "prose"):
        return None  # a row of keywords in Chinese order is no English title
    if len(words) > 1 and (said_once(words) != words or not in_order(atoms, loose=policy == "hashtag")):
        return None
    return finish(body, request, market)


def _only_kept(request: Request, body: str) -> bool:
    """Whether all the Chinese in a rendered text is in names that the market writes in Chinese."""
    for term in request.terms:
        if term.keep:
            body = body.replace(term.target, "")
    return not has_letter(body)
