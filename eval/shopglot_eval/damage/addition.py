"""Addition: the target says something fluent that the source does not say."""

from __future__ import annotations

from random import Random

from shopglot_eval.damage import invented
from shopglot_eval.damage.cases import Case, Mechanism, draw_clause
from shopglot_eval.damage.seams import (
    begins_high,
    clauses,
    count,
    ending,
    is_title,
    lowered,
    raised,
    sentences,
    words,
)  # fmt: skip

CLOSED = '”"’)…~:'  # what no full stop is put behind


def sentence(case: Case, chance: Random) -> str | None:
    """Put a sentence in: before, between, or behind the others."""
    return None if is_title(case.target) else _beside(case.target, _statement(case, chance), chance)


def two_sentences(case: Case, chance: Random) -> str | None:
    """Put two sentences in, not always at one place."""
    if is_title(case.target):
        return None
    one, two = chance.sample(invented.NEWS if invented.is_news(case.target) else invented.SHOP, 2)
    return _beside(_beside(case.target, one, chance), two, chance)


def clause(case: Case, chance: Random) -> str | None:
    """Put a clause behind another one, with a conjunction or a semicolon, in the middle or at the end."""
    shape = chance.choice((", and {}", "; {}", ", {}", ", so {}"))
    return _behind(case, shape.format(lowered(_statement(case, chance))), chance)


def borrowed(case: Case, chance: Random) -> str | None:
    """Put a clause of another translation in."""
    part = draw_clause(case, chance)
    if part is None:
        return None
    if is_title(case.target):
        return _stuffed(case.target, part, chance)
    if chance.random() < 0.5:
        return _beside(case.target, part, chance)
    return _behind(case, chance.choice(("; ", ", ")) + lowered(part), chance)


def phrase(case: Case, chance: Random) -> str | None:
    """Lengthen a clause by a phrase, without a comma."""
    phrases = invented.NEWS_PHRASES if invented.is_news(case.target) else invented.SHOP_PHRASES
    return _behind(case, " " + chance.choice(phrases), chance)


def aside(case: Case, chance: Random) -> str | None:
    """Put an aside behind a clause, in brackets, commas or dashes."""
    part = chance.choice(invented.NEWS_ASIDES if invented.is_news(case.target) else invented.SHOP_ASIDES)
    return _behind(case, chance.choice((" ({})", ", {}", " – {}")).format(part), chance)


def features(case: Case, chance: Random) -> str | None:
    """Put invented features into a title, with the title's capitals."""
    if not is_title(case.target):
        return None
    return _stuffed(case.target, " ".join(chance.sample(invented.FEATURES, chance.randint(1, 2))), chance)


def _statement(case: Case, chance: Random) -> str:
    return chance.choice(invented.NEWS if invented.is_news(case.target) else invented.SHOP)


def _beside(text: str, part: str, chance: Random) -> str:
    """Put a clause before, between or behind the sentences, as a sentence of its own."""
    spans = sentences(text)
    place = chance.randint(0, len(spans))
    part = raised(part) if begins_high(text) else part
    if place == len(spans):
        stop = ending(text)
        # A line without a full stop stays one.
        text = text.rstrip()
        stopped = bool(stop) or text[-1:] in tuple(CLOSED)
        return f"{text}{'' if stopped else '.'} {part}{stop.replace('?', '.')}"
    mark = "!" if "!" in text and "." not in text else "."
    at = spans[place][0]
    return f"{text[:at]}{part}{mark} {text[at:]}"


def _behind(case: Case, part: str, chance: Random) -> str | None:
    """Put something behind a clause of some length, wherever it stands; not into a title and not behind a label."""
    text = case.target
    ends = [
        end
        for start, end in clauses(text)
        if count(text, (start, end)) >= 3 and not text.startswith((":", "-", ", which", ", who", ", where"), end)
    ]
    if is_title(text) or not ends:
        return None
    at = chance.choice(ends)
    # An aside in commas that is not at the end is closed by the mark that is there.
    return text[:at] + part + text[at:]


def _stuffed(text: str, part: str, chance: Random) -> str:
    """Put words between those of a title, in its manner of capitals."""
    spans = words(text)
    high = sum(text[start].isupper() for start, _ in spans) > len(spans) * 0.6
    part = " ".join(raised(word) if high and len(word) > 3 else word for word in part.split())
    place = chance.randint(0, len(spans))
    if place == len(spans):
        return f"{text.rstrip()} {part}"
    at = spans[place][0]
    if place == 0 and begins_high(text):
        part = raised(part)
    return f"{text[:at]}{part} {text[at:]}"


MECHANISMS: tuple[Mechanism, ...] = (sentence, two_sentences, clause, borrowed, phrase, aside, features)
