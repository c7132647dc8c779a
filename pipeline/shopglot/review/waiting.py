"""What waits, as the queue page shows it: its rows, the choices that its filters offer, and the filters that are on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from unicodedata import category

from shopglot.config import glossary_root
from shopglot.decide import RULE_PREFIXES
from shopglot.market import load_market
from shopglot.report.texts import clean
from shopglot.review.filtering import ME, NOBODY, View
from shopglot.review.reasons import Say, Words, words_of
from shopglot.store.desk.queue import Facets, Held, Snippet
from shopglot.store.schema.desk import STATES

TITLE, NAME, TEXT = 120, 60, 160  # characters that are shown of a title, of a name, of a snippet's text
TOP = 6  # values of a filter that are shown at once
MOST = 60  # that are offered at all; the search finds the others
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_SEVERITIES = ("error", "warning", "info", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A held text of a page; `source` is empty where the row shows it as its title already.

    `reasons` are each a text and what more is known of it; `handled` is what somebody did with it, "" for nothing.
    """

    field: str
    source: str
    lang: str
    target: str
    reasons: tuple[tuple[str, str], ...]
    handled: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A page that waits; `further` held texts are not among its `snippets`. No name and no date is ""."""

    held: Held
    key: str
    href: str
    title: str
    lang: str
    target: str
    merchant: str
    category: str
    id: str
    snippets: tuple[Piece, ...]
    further: int
    done: int
    score: str
    priority: str
    age: str
    due: str
    overdue: bool
    assignee: str
    claimed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value that a filter can have; `count` is how many pages have it, None where that is not counted.

    `detail` tells it from others that are called the same: the id of a rule.
    """

    value: str
    label: str
    count: int | None
    on: bool
    lang: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Some of the values of a filter; `first` numbers them on from those before, so that each has an id."""

    name: str
    many: bool
    first: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A filter with its commonest values and the rest, which is open where the value that is on is among it."""

    name: str
    top: Choices
    rest: Choices
    rest_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is on, and the address without it."""

    text: str
    query: str


@cache
def locale_of(market: str) -> str:
    """Return the language tag of a market's texts."""
    return load_market(glossary_root(), market).locale


# -- rows -------------------------------------------------------------------------------------------------------------


def rows_of(
    pages: Sequence[Held],
    snippets: Mapping[tuple[int, str], Sequence[Snippet]],
    view: View,
    *,
    say: Say,
    language: str,
    names: Mapping[str, str],
    now: datetime,
) -> Iterator[Row]:
    """Yield the rows of pages; `names` are what users are called."""
    for held in pages:
        title = clean(held.title, TITLE)
        pieces = []
        target = ""
        for snippet in snippets.get((held.listing, held.market), ()):
            source = clean(snippet.source, TEXT)
            text = clean(snippet.target, TEXT)
            # A title's brand or decoration is often a segment of its own: what is left of it is the title all the same.
            if snippet.field == "title" and not target and source in title and 2 * len(source) > len(title):
                target, source = text, ""
            reasons = [words_of(reason, held.market, say, language) for reason in snippet.reasons]
            pieces.append(
                Piece(
                    field=_named(say, "field", snippet.field), source=source, lang=lang_of(source), target=text,
                    reasons=tuple(_grouped(reasons, say)),
                    handled=say(f"queue.handled-{snippet.handled}") if snippet.handled else "",
                )
            )  # fmt: skip
        claimed = held.claimed_by if held.claimed_by and held.claimed_until and held.claimed_until > now else ""
        yield Row(
            held=held, key=f"{held.market}:{held.listing}",
            href=f"/pages/{held.market}/{held.listing}?{view.query()}", title=title, lang=lang_of(title), target=target,
            merchant=clean(held.merchant, NAME), category=clean(held.category, NAME), id=clean(held.id, NAME),
            snippets=tuple(pieces), further=max(0, held.segments - len(pieces)), done=held.segments - held.open,
            score=f"{held.score:.2f}", priority=f"{held.priority:.2f}", age=age_of(now - held.held_at, say),
            due="" if held.due_at is None else held.due_at.astimezone().date().isoformat(),
            overdue=held.due_at is not None and held.due_at < now,
            assignee=names.get(held.assignee or "", held.assignee or ""), claimed=names.get(claimed, claimed),
        )  # fmt: skip


def age_of(time: timedelta, say: Say) -> str:
    """Return how long something has waited, in the largest unit of which it is one."""
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 60:
        return say("queue.age-minutes", count=minutes)
    return (
        say("queue.age-hours", count=minutes // 60) if minutes < 2880 else say("queue.age-days", count=minutes // 1440)
    )


def lang_of(text: str) -> str:
    """Return the language tag of a merchant's text: Chinese, unless nothing in it is."""
    return "zh-Hans" if _HAN.search(text) else "en"


def _grouped(reasons: Sequence[Words], say: Say) -> Iterator[tuple[str, str]]:
    """Yield reasons as a row shows them, with what more is known; those called the same once, with their number."""
    groups: dict[str, list[Words]] = {}
    for words in reasons:
        groups.setdefault(words.text, []).append(words)
    for text, group in groups.items():
        more = [f"{words.id}: {words.sentence}" if words.sentence else words.id for words in group if words.id != text]
        yield say("queue.times", text=text, count=len(group)) if len(group) > 1 else text, "\n".join(more)


# -- filters ----------------------------------------------------------------------------------------------------------


def facets_of(
    view: View, counts: Facets, *, say: Say, language: str, names: Mapping[str, str], user: str
) -> list[Facet]:
    """Return the filters of a view that are chosen from values, with how many pages have each."""

    def reason(value: str) -> str:
        return words_of(value, view.market, say, language).text

    labels: dict[str, Callable[[str], str]] = {
        "severity": lambda value: _named(say, "severity", value),
        "field": lambda value: _named(say, "field", value),
        "reason": reason,
        "category": lambda value: clean(value, NAME),
        "merchant": lambda value: clean(value, NAME),
    }
    rules = f"{view.market}."  # as a reason: any rule of the market
    found = [_states(view, counts, say)]
    for name, label in labels.items():
        known: dict[str, int] = {value: count for value, count in getattr(counts, name).items() if _sendable(value)}
        on = getattr(view, name)
        options = [
            _option(value, label(value), count, on) for value, count in _ranked(known, "" if on == rules else on)
        ]
        if name == "severity":
            options.sort(key=lambda option: [*_SEVERITIES, option.value].index(option.value))
        elif name == "reason":
            options = [replace(one, detail=one.value if one.value.startswith(RULE_PREFIXES) else "") for one in options]
            if on == rules or any(value.startswith(rules) for value in known):
                options.insert(0, _option(rules, say("queue.any-rule"), None, on))
        elif name in ("category", "merchant"):
            options = [replace(option, lang=lang_of(option.label)) for option in options]
        if options:
            found.append(_facet(name, [_option("", say("queue.any"), None, on), *options]))
    found.append(_assignees(view, counts, say, names, user))
    return found


def chips_of(view: View, *, say: Say, language: str, names: Mapping[str, str]) -> list[Chip]:
    """Return the filters that are on, each with the address that the queue has without it."""
    found = []
    for name, value in view.pairs():
        if name in ("market", "sort"):
            continue
        if name in ("outdated", "mine"):
            text = say(f"queue.{name}")
        else:
            text = say(
                "queue.chip",
                name=say(f"queue.{_CHIPS.get(name, (name,))[0]}"),
                value=_shown(view, name, value, say, language, names),
            )
        found.append(Chip(text=text, query=view.without(name, value).query()))
    return found


_CHIPS = {
    "q": ("search",),
    "low": ("score", "from"),
    "high": ("score", "to"),
    "older": ("age", "older"),
    "newer": ("age", "newer"),
}


def _shown(view: View, name: str, value: str, say: Say, language: str, names: Mapping[str, str]) -> str:
    """Return the value of a filter in words."""
    if name in _CHIPS and name != "q":
        return say(f"queue.chip-{_CHIPS[name][1]}", value=value)
    if name in ("state", "severity", "field"):
        return _named(say, name, value)
    if name == "reason":
        whole = value == f"{view.market}."
        return say("queue.any-rule") if whole else words_of(value, view.market, say, language).text
    if name == "assignee":
        return {ME: say("queue.assignee-me"), NOBODY: say("queue.assignee-nobody")}.get(value) or names.get(
            value, value
        )
    return clean(value, NAME)


def _states(view: View, counts: Facets, say: Say) -> Facet:
    options = [
        Option(
            value=state, label=_named(say, "state", state), count=counts.state.get(state, 0), on=state in view.states
        )
        for state in STATES
    ]
    top = Choices(name="state", many=True, first=0, options=tuple(options))
    return Facet(name="state", top=top, rest=replace(top, options=()), rest_open=False)


def _assignees(view: View, counts: Facets, say: Say, names: Mapping[str, str], user: str) -> Facet:
    known = dict(counts.assignee)
    nobody = known.pop(NOBODY, 0)
    on = ME if view.assignee == user else view.assignee
    options = [
        _option("", say("queue.any"), None, on),
        _option(ME, say("queue.assignee-me"), known.pop(user, 0), on),
        _option(NOBODY, say("queue.assignee-nobody"), nobody, on),
    ]
    other = on if on not in (ME, NOBODY) else ""
    options += [_option(name, names.get(name, name), count, on) for name, count in _ranked(known, other)]
    return _facet("assignee", options)


def _facet(name: str, options: Sequence[Option]) -> Facet:
    top, rest = tuple(options[: TOP + 1]), tuple(options[TOP + 1 :])
    return Facet(
        name=name, top=Choices(name=name, many=False, first=0, options=top),
        rest=Choices(name=name, many=False, first=len(top), options=rest),
        rest_open=any(option.on for option in rest),
    )  # fmt: skip


def _option(value: str, label: str, count: int | None, on: str) -> Option:
    return Option(value=value, label=label, count=count, on=value == on)


def _ranked(known: Mapping[str, int], on: str) -> list[tuple[str, int]]:
    """Return values with their counts, the commonest first; the one that is on is there whatever its count."""
    ranked = sorted(((value, count) for value, count in known.items() if value), key=lambda one: (-one[1], one[0]))[
        :MOST
    ]
    return ranked if not on or on in dict(ranked) else [*ranked, (on, known.get(on, 0))]


def _named(say: Say, kind: str, value: str) -> str:
    """Return what a field, a severity or a state is called; its id where it has no name."""
    key = f"fields.{kind}-{value or 'none'}"
    found = say(key)
    return clean(value, NAME) if found == key else found


def _sendable(value: str) -> bool:
    """Whether a value survives being sent by a form: a lone surrogate or a line break does not."""
    return value == value.strip() and not any(category(character) in ("Cc", "Cs") for character in value)
