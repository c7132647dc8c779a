"""The product's own answers to a suite: its whole flow, kept as it goes on, and kept when it is done."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shopglot.batches import translate as translate_units
from shopglot.localizer import FLOW, Localizer, Part, Unit
from shopglot.sensitivity import GoodsText
from shopglot.termbase import Termbase
from shopglot.texts import Settled, Text, cut, settle, share_out
from shopglot.types import Finding, Json, Translation
from shopglot_eval.records import Answers, Example, Output, Pair, Suite
from shopglot_eval.systems.keeping import examples_of, kept_file, plain_name, read_kept, write_outputs
from shopglot_eval.terms.journal import Journal

JOURNALS = "journals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Texts in parts, the units that an engine was asked for, all translations by machine key, and what it took."""

    parts: Sequence[Part]
    units: Sequence[Unit]
    known: Mapping[str, Translation]
    seconds: float


def translate(
    suite: Suite,
    market: str,
    localizer: Localizer,
    *,
    name: str = "",
    store: Path | None = None,
    attempts: int | None = None,
    judge: Localizer | None = None,
    categories: Sequence[str] | None = None,
) -> Answers:
    """Return what a localizer makes of a suite in a market, text by text, as a run does it.

    Texts of one page have its category, brand and title, and what a rule says of its goods as a whole. `attempts`
    bounds how often a unit is asked, None for as often as a run does. `judge` checks, scores and decides in place of
    the localizer: one that was given no glossary finds no term missing, and its score thinks too well of its texts.
    `categories`, one per text, are what the localizer takes for theirs; the judge is told the true ones.

    With a folder `store` a killed call goes on where it was, and finished answers are kept: the same texts, terms,
    rules, model, estimator, gate and code give them again at once. Progress goes to stderr. Raises `UsageError` where
    the suite has no text in the market, or the folder cannot be used.
    """
    from shopglot.run import ATTEMPTS

    attempts, judge = ATTEMPTS if attempts is None else attempts, judge or localizer
    examples = examples_of(suite, market)
    about = describe(localizer, attempts=attempts)
    if judge is not localizer:
        about = {**about, "judge": describe(judge, attempts=attempts)}
    kept = store and kept_file(store, suite, market, {**about, **_decisive(localizer, judge), "told": categories})
    if kept and kept.is_file():
        return read_kept(kept, suite, market, name=name or localizer.model)
    texts = texts_of(examples)
    told = texts if categories is None else [replace(t, category=own) for t, own in zip(texts, categories, strict=True)]
    asked = ask(f"{suite.name} {market}", told, localizer, store=store, attempts=attempts)
    answers = Answers(
        suite=suite.name, market=market, system=name or localizer.model, about=about,
        pairs=tuple(judged(examples, texts, occurrences(asked.parts, asked.known, localizer), judge)),
        seconds=round(asked.seconds, 3), memory=peak(),
    )  # fmt: skip
    if kept:
        write_outputs(kept, answers)
    return answers


def ask(label: str, texts: Sequence[Text], localizer: Localizer, *, store: Path | None, attempts: int) -> Asked:
    """Return what a localizer makes of texts, each distinct segment asked once; answers are kept in a journal."""
    parts = [cut(text, localizer) for text in texts]
    known, units = share_out(parts, localizer)
    journal = journal_of(label, localizer, units, store=store, attempts=attempts)
    if units:
        print(f"{label}: {len(units)} distinct texts for {localizer.model}", file=sys.stderr)
    known |= translate_units(units, localizer, executor=journal, ledger=journal, attempts=attempts)
    return Asked(parts=parts, units=units, known=known, seconds=journal.seconds if units else 0.0)


def journal_of(
    label: str, localizer: Localizer, asked: Sequence[Unit], *, store: Path | None, attempts: int
) -> Journal:
    """Return the journal of what is asked: what other attempts, views or flows have left is no answer to it."""
    views = "+".join(sorted(localizer.views)) or "unread"
    label = plain_name(f"{label} {attempts} {views} flow{FLOW}")
    folder = None if store is None else store / JOURNALS
    return Journal(folder, label, (unit.machine_key for unit in asked), attempts=attempts)


def occurrences(
    parts: Sequence[Part], known: Mapping[str, Translation], localizer: Localizer
) -> list[list[Translation]]:
    """Return the translations of the segments of each part, in order; `known` has them by machine key."""
    return [[known[localizer.unit(item).machine_key] for item in part.segments] for part in parts]


def judged(
    examples: Sequence[Example], texts: Sequence[Text], made: Sequence[Sequence[Translation]], judge: Localizer
) -> Iterator[Pair]:
    """Yield each example with what became of it: `made` has the translations of its segments, in order."""
    parts = [cut(text, judge) for text in texts]
    notices = _notices(examples, parts, judge)
    for example, text, part, own, said in zip(examples, texts, parts, made, notices, strict=True):
        # How a text is cut does not depend on the glossary, and its keys do.
        known = {judge.unit(item).machine_key: one for item, one in zip(part.segments, own, strict=True)}
        yield Pair(example=example, output=output_of(example, settle(text, part, known, judge, notices=said)))


def _decisive(localizer: Localizer, judge: Localizer) -> dict[str, Json]:
    """Return what else answers depend on, and a report need not say."""
    return {
        "plain": judge.plain, "batch": localizer.batch_size, "termbase": _digest(localizer.termbase),
        "judges": _digest(judge.termbase),
    }  # fmt: skip


def without_glossary(localizer: Localizer) -> Localizer:
    """Return a localizer whose engine is given no term and no name; its rules, measures and score stay."""
    return replace(localizer, termbase=Termbase([]))


def describe(localizer: Localizer, *, attempts: int) -> dict[str, Json]:
    """Return what answers depend on besides the texts, for a report."""
    terms = len(list(localizer.termbase.entries()))
    return {
        "model": localizer.model, "decoding": localizer.decoding, "attempts": attempts, "terms": terms,
        "views": sorted(localizer.views), "score": localizer.score_signature, "gate": localizer.gate_state,
        "signature": localizer.signature, "fake": localizer.fake,
    }  # fmt: skip


def _digest(termbase: Termbase) -> str:
    """Return the SHA-256 of what a termbase knows: it need not be all that the market's files say."""
    return hashlib.sha256("\n".join(sorted(map(repr, termbase.entries()))).encode("utf-8", "surrogatepass")).hexdigest()


def texts_of(examples: Sequence[Example]) -> list[Text]:
    """Return the texts of examples with what is known of the page of each."""
    titles: dict[str, list[str]] = {}
    for example in examples:
        if example.field == "title":
            titles.setdefault(example.listing, []).append(example.source)
    # A title may be several examples, cut as the pipeline cuts it; what stands alone is no page.
    return [
        Text(
            source=example.source, field=example.field, category=example.category, brand=example.brand,
            title=" ".join(titles.get(example.listing, ())) if _is_paged(example) else "",
        )
        for example in examples
    ]  # fmt: skip


def _notices(
    examples: Sequence[Example], parts: Sequence[Part], localizer: Localizer
) -> list[list[tuple[int, Finding]]]:
    """Return, per example, what rules say of its page as a whole, each with the segment that it stands on."""
    found: list[list[tuple[int, Finding]]] = [[] for _ in examples]
    pages: dict[str, list[int]] = {}
    for number, example in enumerate(examples):
        if _is_paged(example):
            pages.setdefault(example.listing, []).append(number)
    for numbers in pages.values():
        places = [(number, place) for number in numbers for place in range(len(parts[number].segments))]
        items = [parts[number].segments[place] for number, place in places]
        texts = [GoodsText(item.field, item.source) for item in items]
        for position, finding in localizer.screen.appraise(texts, examples[numbers[0]].category):
            number, place = places[position]
            found[number].append((place, finding))
    return found


def _is_paged(example: Example) -> bool:
    return example.listing not in ("", example.id)


def output_of(example: Example, settled: Settled) -> Output:
    """Return what became of an example's text as an output."""
    translations = [item.translation for item in settled.segments]
    return Output(
        id=example.id, target=settled.target, origin=settled.origin, findings=settled.findings,
        score=None if settled.score is None else settled.score.value,
        signature=None if settled.score is None else settled.score.signature,
        verdict=settled.decision.verdict, reasons=settled.decision.reasons,
        tokens=sum(one.tokens for one in translations), attempts=max((one.attempts for one in translations), default=1),
    )  # fmt: skip


def peak() -> int | None:
    """Return the most memory that this process has held, in bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
