"""From distinct units to translations: batches by length, masks and wording restored, misses retried.

The plan of batches is kept in a ledger before it is worked on: engines with reduced precision may answer a text
differently in other company, so a run that was killed goes on with the very batches that it had planned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from shopglot.certainty import compose
from shopglot.checks import check
from shopglot.engines.base import Engine
from shopglot.localizer import Localizer, Unit
from shopglot.memory import field_policy
from shopglot.protect import TOKEN, demands, render, restore
from shopglot.quality import Opinion
from shopglot.script import has_cjk, has_letter
from shopglot.stopping import TimeUp
from shopglot.types import Mask, Reply, Request, TermMatch, Translation, View
from shopglot.wording import finish

# The length, as the engine measures it, up to which a batch may be full. Memory grows with texts times length: models
# compute the scores of their whole vocabulary at every token that they read (1.2 MB a token for the default one). With
# half of it, 256 texts took a tenth longer: each step of a batch costs a fifth of a second, however few texts are left.
USUAL_LENGTH = 20
# The last resort asks for the text between the masks piece by piece, so that nothing opaque can be lost.
PIECEWISE = 2
REOPENED = -1  # the attempts of a text whose retries were cut off: it is asked for as if nobody had
READING = 100  # the number of the plan in which finished texts are read: behind every attempt
# What a retry can mend, and how badly it is wanted. Everything else is left to the findings.
FAULTS = {
    "markup.broken": 20, "placeholder.lost": 20, "brand.changed": 20, "dnt.changed": 20, "unit.changed": 20,
    "script.leak": 20, "script.wrong": 20, "number.changed": 10, "currency.changed": 10, "repetition": 10,
    "addition": 10, "omission": 5,
    "term.missing": 3, "term.forbidden": 3,
}  # fmt: skip
# Faults of wording: names and quantities are right, so that only the words that are missing have to be forced.
WORDING = frozenset({"term.missing", "term.forbidden"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBatch:
    """Units that go to the engine together: their machine keys, and whether their translations are remembered."""

    number: int
    keys: tuple[str, ...]
    done: bool = False


class Ledger(Protocol):
    """Keeps plans and translations while a window of listings is worked on."""

    def plan(self, attempt: int, propose: Callable[[], Sequence[Sequence[str]]]) -> Sequence[PlannedBatch]:
        """Return the plan of an attempt: the one that was kept, or the proposed one, which is kept first."""
        ...

    def remember(self, attempt: int, batch: PlannedBatch, translations: Sequence[Translation]) -> None:
        """Keep the translations of a batch and mark it done, both or neither."""
        ...

    def recall(self, keys: Sequence[str]) -> Mapping[str, Translation]:
        """Return the machine translations that are remembered, by machine key."""
        ...

    def reopen(self, translations: Sequence[Translation]) -> None:
        """Keep translations for a later run, which asks for them again."""
        ...


class Executor(Protocol):
    """Runs batches on an engine."""

    name: str

    def measure(self, engine: Engine, requests: Sequence[Request]) -> list[int]:
        """Return the length of each request, as the engine measures it, by which batches are made."""
        ...

    def translate(self, engine: Engine, batches: Iterable[Sequence[Request]]) -> Iterator[list[Reply]]:
        """Yield the replies to each batch, in order."""
        ...

    def read(
        self, engine: Engine, batches: Iterable[Sequence[tuple[str, str]]], views: Collection[View]
    ) -> Iterator[list[Opinion]]:
        """Yield the engine's opinions on each batch of (source, target) pairs, in these views, in order."""
        ...


@dataclass(slots=True)
class LooseLedger:
    """A ledger for work that is not kept: the `translate` command without a store."""

    remembered: dict[str, Translation]

    def plan(self, attempt: int, propose: Callable[[], Sequence[Sequence[str]]]) -> Sequence[PlannedBatch]:
        """Return the proposed plan."""
        return [PlannedBatch(number=number, keys=tuple(keys)) for number, keys in enumerate(propose())]

    def remember(self, attempt: int, batch: PlannedBatch, translations: Sequence[Translation]) -> None:
        """Keep the translations in memory."""
        self.remembered.update((translation.machine_key, translation) for translation in translations)

    def recall(self, keys: Sequence[str]) -> Mapping[str, Translation]:
        """Return what was translated before."""
        return {key: self.remembered[key] for key in keys if key in self.remembered}

    def reopen(self, translations: Sequence[Translation]) -> None:
        """Keep the translations in memory."""
        self.remembered.update((translation.machine_key, translation) for translation in translations)


def answer(unit: Unit, localizer: Localizer) -> Translation | None:
    """Return the translation of a unit that glossary and policy answer with certainty, without a model; else None.

    See `certainty`. What the checks would have asked for again is not certain.
    """
    request = unit.request()
    if not localizer.market.latin:
        return None
    known = any(term.enforce for term in request.terms) or any(item.target for item in request.quantities)
    if not known and not has_cjk(request.source):
        return _translation(unit, localizer, target=request.source, origin="certain")  # English already: left alone
    text = compose(request, localizer.market, localizer.termbase)
    if text is None:
        return None
    certain = _translation(unit, localizer, target=restore(request, text).text, origin="certain")
    return None if faults(unit, certain, localizer) else certain


def translate(
    units: Iterable[Unit],
    localizer: Localizer,
    *,
    executor: Executor,
    ledger: Ledger,
    attempts: int,
    read: bool = True,
    batch_done: Callable[[Sequence[Translation]], None] = lambda translations: None,
    batch_read: Callable[[int], None] = lambda texts: None,
) -> dict[str, Translation]:
    """Translate distinct units and return the translations by machine key.

    `attempts` bounds how often a unit is asked: once, and again where something is missing and can be asked for in
    other words than the first time. The better answer is kept.
    With `read`, the model gives its opinion on what was kept, where the market's estimator wants one.
    """
    by_key = {unit.machine_key: unit for unit in units}
    wanted = list(by_key)
    known = dict(ledger.recall(wanted))

    def open_at(key: str, attempt: int) -> bool:
        if not _is_due(known.get(key), attempt):
            return False
        return attempt == 0 or _is_new(_question(by_key[key], known[key], localizer, attempt), by_key[key])

    for attempt in range(attempts):
        asked = [by_key[key] for key in wanted if open_at(key, attempt)]
        plan = ledger.plan(attempt, lambda asked=asked: _batches(asked, localizer, executor) if asked else [])  # type: ignore[misc]
        undone = [batch for batch in plan if not batch.done]
        if not plan:
            break
        known.update(ledger.recall([key for batch in plan for key in batch.keys]))
        try:
            for batch, translations in _work(undone, by_key, known, localizer, executor, attempt):
                better = [_better(by_key[t.machine_key], known.get(t.machine_key), t, localizer) for t in translations]
                ledger.remember(attempt, batch, better)
                known.update((translation.machine_key, translation) for translation in better)
                batch_done(better)
        except TimeUp:
            # Another run takes a text that it remembers as it is: those that were to be asked again it shall ask.
            retried = [
                known[key]
                for key in wanted
                if key in known and 0 < known[key].attempts < attempts and open_at(key, known[key].attempts)
            ]
            open_ = [one for one in retried if faults(by_key[one.machine_key], one, localizer)]
            ledger.reopen([replace(translation, attempts=REOPENED) for translation in open_])
            raise
        # A plan may speak of more than is asked for: of pages that were finished before the run was killed.
        planned = [key for batch in plan for key in batch.keys if key in by_key]
        wanted = [key for key in planned if faults(by_key[key], known[key], localizer)]
    if read:
        known.update(_read(by_key, known, localizer, executor=executor, ledger=ledger, batch_read=batch_read))
    return {key: known[key] for key in by_key}


def candidates(unit: Unit, localizer: Localizer, *, executor: Executor, attempts: int) -> list[Translation]:
    """Return what the engine says of a unit, asked in every way that a run would ask it, each text once.

    For a person who wants another wording: nothing is kept, and nothing is known of what was said before.
    """
    certain = answer(unit, localizer)
    found = [] if certain is None else [certain]
    before: Translation | None = None
    for attempt in range(attempts):
        question = _question(unit, before, localizer, attempt)
        if not question.requests:
            continue
        [replies] = executor.translate(localizer.open_engine(), [question.requests])
        before = _restored(unit, question, replies, localizer, attempt)
        found.append(before)
    return list({one.target: one for one in found if one.target.strip()}.values())


def _read(
    by_key: Mapping[str, Unit],
    known: Mapping[str, Translation],
    localizer: Localizer,
    *,
    executor: Executor,
    ledger: Ledger,
    batch_read: Callable[[int], None],
) -> dict[str, Translation]:
    """Return the translations that lack the model's opinion in a view, with it: it reads what will be published."""
    # What an earlier night remembers is read too: it may be older than the estimator.
    unread = [key for key in by_key if not localizer.views <= {name for name, _ in known[key].opinion}]

    def propose() -> list[list[str]]:
        size = localizer.batch_size
        ordered = sorted(unread, key=lambda key: (len(known[key].source), known[key].source, key))
        return [ordered[start : start + size] for start in range(0, len(ordered), size)]

    plan = ledger.plan(READING, propose) if unread else ()
    undone = [batch for batch in plan if not batch.done]
    found: dict[str, Translation] = {}
    if undone:
        # A plan may speak of more than is asked for: of pages that were finished before the run was killed.
        texts = {**ledger.recall([key for batch in undone for key in batch.keys]), **known}
        asked = [[(texts[key].source, texts[key].target) for key in batch.keys] for batch in undone]
        answers = executor.read(localizer.open_engine(), asked, localizer.views)
        for batch, opinions in zip(undone, answers, strict=True):
            read = [replace(texts[key], opinion=own) for key, own in zip(batch.keys, opinions, strict=True)]
            ledger.remember(READING, batch, read)
            found.update((translation.machine_key, translation) for translation in read)
            batch_read(len(read))
    # What an earlier process of this run has read is remembered.
    rest = [key for key in unread if key not in found]
    return {**(ledger.recall(rest) if rest else {}), **found}


def faults(unit: Unit, translation: Translation, localizer: Localizer) -> int:
    """Return how much of what a retry could mend is wrong with a translation; 0 where nothing is."""
    findings = check(unit.shown, translation, localizer.market)
    return sum(
        FAULTS.get(finding.check, 0) // (1 if finding.severity == "error" else 2)
        for finding in findings
        if finding.severity != "info"
    )


def _is_due(known: Translation | None, attempt: int) -> bool:
    """Whether a unit is to be asked on this attempt: a text that had its retries, tonight or earlier, is left alone."""
    if attempt == 0:
        return known is None or known.attempts == REOPENED
    return known is not None and known.attempts == attempt


def _is_new(question: Question, unit: Unit) -> bool:
    """Whether a question says anything that the first one about its unit did not: else its answer is known."""
    return [_saying(request) for request in question.requests] != [_saying(unit.request())]


def _saying(request: Request) -> tuple[object, ...]:
    """Return what an engine is told by a request: the text, what is suggested, and what it is asked to have in it."""
    suggested = [(term.source, term.target) for term in request.terms if not term.enforce and term.target]
    return render(request).body.strip(), suggested, demands(request) if request.attempt else ()


def _batches(units: Sequence[Unit], localizer: Localizer, executor: Executor) -> list[list[str]]:
    """Sort by length, then by text so that equal lengths keep one order, and cut into batches.

    A batch is as many texts as suit the engine, fewer where they are long: its memory grows with texts times longest.
    """
    lengths = executor.measure(localizer.open_engine(), [unit.request() for unit in units])
    measured = sorted(
        (length, unit.segment.source, unit.machine_key) for length, unit in zip(lengths, units, strict=True)
    )
    room = localizer.batch_size * USUAL_LENGTH
    batches: list[list[str]] = []
    for length, _, key in measured:
        batch = batches[-1] if batches else []
        if not batch or len(batch) == localizer.batch_size or (len(batch) + 1) * length > room:
            batch = []
            batches.append(batch)
        batch.append(key)
    return batches


def _work(
    batches: Sequence[PlannedBatch], by_key: Mapping[str, Unit], known: Mapping[str, Translation],
    localizer: Localizer, executor: Executor, attempt: int,
) -> Iterator[tuple[PlannedBatch, list[Translation]]]:  # fmt: skip
    if not batches:
        return
    split = [[_question(by_key[key], known.get(key), localizer, attempt) for key in batch.keys] for batch in batches]
    asked = [[request for question in batch for request in question.requests] for batch in split]
    replies = executor.translate(localizer.open_engine(), asked)
    for batch, questions, answers in zip(batches, split, replies, strict=True):
        queue = iter(answers)
        yield (
            batch,
            [
                _restored(by_key[key], question, list(islice(queue, len(question.requests))), localizer, attempt)
                for key, question in zip(batch.keys, questions, strict=True)
            ],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an engine is asked about a unit: it whole, or, as a last resort, the text between what must not change.

    `parts` are the texts in order: an index into `requests`, or text that needs no engine (mask tokens among it).
    """

    request: Request
    requests: tuple[Request, ...]
    parts: tuple[int | str, ...]


def _question(unit: Unit, before: Translation | None, localizer: Localizer, attempt: int) -> Question:
    """Return what is asked on an attempt.

    A retry writes the right name of what the answer `before` calls by a wrong one, as if the glossary enforced it; the
    last one forces all that `before` has wrong. Where only words are wrong, only they become opaque: in prose the
    sentence stays whole around them, for a text in pieces reads badly; a phrase is asked for in the pieces between
    them, so that they cannot get lost again.
    """
    request = unit.request(attempt)
    if attempt == 0:  # whatever is known: a text that is opened again is asked for as if nobody had
        return Question(request=request, requests=(request,), parts=(0,))
    found = check(unit.shown, before, localizer.market) if before else ()
    wrong = {finding.suggestion for finding in found if finding.check == "term.forbidden"}
    misnamed = {term.start for term in request.terms if term.target in wrong}
    terms = [replace(term, enforce=True) if term.start in misnamed else term for term in request.terms]
    request = replace(request, terms=tuple(terms))
    if attempt < PIECEWISE:
        return Question(request=request, requests=(request,), parts=(0,))
    missing = misnamed.union(finding.start for finding in found if finding.check == "term.missing")
    worded = bool(missing) and not any(finding.check in FAULTS.keys() - WORDING for finding in found)
    request = _forced(request, missing, localizer, only_missing=worded)
    if worded and request.style == "prose":
        return Question(request=request, requests=(request,), parts=(0,))
    return _cut(request, missing if worded else None)


def _cut(request: Request, starts: Collection[int] | None) -> Question:
    """Return the question in pieces, cut at the masks that begin at `starts`, or at all of them."""
    rendering = render(request)
    inner = [mask for mask in request.masks if mask.end > len(rendering.head)]
    requests: list[Request] = []
    parts: list[int | str] = []
    position = 0
    cuts = [
        match
        for match, mask in zip(TOKEN.finditer(rendering.body), inner, strict=False)
        if starts is None or mask.start in starts
    ]
    for match in (*cuts, None):
        text = rendering.body[position : match.start() if match else len(rendering.body)]
        if has_letter(text):
            parts.append(len(requests))
            # The glossary's words stand in the text already.
            requests.append(replace(request, source=text.strip(), masks=(), terms=(), quantities=()))
        elif text.strip():
            parts.append(text.strip())
        if match:
            parts.append(match[0])
            position = match.end()
    return Question(request=request, requests=tuple(requests), parts=tuple(parts))


def _forced(request: Request, missing: Collection[int], localizer: Localizer, *, only_missing: bool) -> Request:
    """Return the request with missing terms, and unless only they are wrong names and localized quantities, opaque."""
    words = {t.start: t for t in request.terms if t.start in missing or (t.keep and not only_missing)}
    numbers = {item.start: item for item in request.quantities if item.target and not only_missing}
    opaque = [*request.masks]
    opaque += [_as_mask(term.start, term.end, _cased(term, request, localizer)) for term in words.values()]
    opaque += [_as_mask(item.start, item.end, item.target) for item in numbers.values()]
    return replace(
        request,
        masks=tuple(sorted(opaque, key=lambda mask: mask.start)),
        terms=tuple(term for term in request.terms if term.start not in words),
        quantities=tuple(item for item in request.quantities if item.start not in numbers),
    )


def _cased(term: TermMatch, request: Request, localizer: Localizer) -> str:
    """Return a term as the field writes it: what is opaque gets no case later."""
    if term.keep or field_policy(request.field) != "title":
        return term.target
    return finish(term.target, replace(request, source=term.source, masks=(), terms=(term,)), localizer.market)


def _as_mask(start: int, end: int, text: str) -> Mask:
    return Mask(start=start, end=end, text=text, kind="code")


def _restored(
    unit: Unit, question: Question, replies: Sequence[Reply], localizer: Localizer, attempt: int
) -> Translation:
    glue = " " if localizer.market.latin else ""
    text = glue.join(part if isinstance(part, str) else replies[part].text.strip() for part in question.parts)
    restored = restore(question.request, finish(text, question.request, localizer.market))
    return replace(
        _translation(unit, localizer, target=restored.text, origin="machine"),
        logprob=_mean(replies), tokens=sum(reply.tokens for reply in replies), attempt=attempt, attempts=attempt + 1,
        lost=len(restored.lost), truncated=any(reply.truncated for reply in replies),
        repeated=any(reply.repeated for reply in replies),
    )  # fmt: skip


def _mean(replies: Sequence[Reply]) -> float | None:
    scored = [reply for reply in replies if reply.logprob is not None and reply.tokens]
    total = sum(reply.tokens for reply in scored)
    return sum((reply.logprob or 0.0) * reply.tokens for reply in scored) / total if total else None


def _better(unit: Unit, before: Translation | None, after: Translation, localizer: Localizer) -> Translation:
    """Return the answer with fewer faults, the earlier one where they are equal, marked with the attempts it had."""
    if before is None:
        return after
    kept = after if faults(unit, after, localizer) < faults(unit, before, localizer) else before
    return replace(kept, attempts=after.attempts)


def _translation(unit: Unit, localizer: Localizer, *, target: str, origin: str) -> Translation:
    return Translation(
        source=unit.segment.source, target=target, market=localizer.market.name, model=localizer.model,
        origin="certain" if origin == "certain" else "machine", unit_key=unit.unit_key, machine_key=unit.machine_key,
    )  # fmt: skip
