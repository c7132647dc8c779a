"""How tonight's texts differ from those before: the section on drift."""

from __future__ import annotations

from collections.abc import Iterator

from shopglot_eval.nightly.cells import NOTHING, before, decimal, links, number, plain, share, table, word
from shopglot_eval.nightly.records import WINDOWS, Drift, Nightly, ValueShift
from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Block, Cell, Plot, Point, Section, Series, Text, Tone

_TONES: dict[str, Tone] = {"": "", "some": "muted", "shifted": "warn"}
_METHOD = (
    "Compared are the texts of tonight's pages with those of the pages that stand as the last 7 and 28 runs left them: "
    "a page that was made again since counts for its last run only. The index is the population stability index: below "
    "0.1 nothing to see, above 0.2 shifted, as far as that is more than chance gives for so few texts. An unknown word "
    "is one that neither the dictionary of general Chinese nor the glossary has, an unknown character one outside "
    "GB 2312; new ones are, besides, in no text that was read from before the night."
)


def drift(nightly: Nightly) -> Section:
    """Return what differs."""
    blocks: list[Block] = [Text(text=_METHOD, tone="muted")]
    for own in nightly.drift:
        blocks += _of_market(own)
    if (plot := _scores(nightly)) is not None:
        blocks.insert(1, plot)
    moved = [
        f"{one.name} ({one.market})"
        for own in nightly.drift
        for one in own.values
        if any(one.shift(window) == "shifted" for window in WINDOWS)
    ]
    unknown = [own.market for own in nightly.drift if any(one.shifted(w) for one in own.shares for w in WINDOWS)]
    said = [f"Shifted against the runs before: {', '.join(moved[:8])}."] if moved else []
    said += [f"Texts with unknown words are not as frequent as before in {', '.join(unknown)}."] if unknown else []
    compared = any(one.index.keys() & set(WINDOWS) for own in nightly.drift for one in own.values)
    quiet = "Nothing has shifted." if compared else "Too few earlier texts stand to compare with."
    return Section(id="drift", title="Drift", lead=" ".join(said) or quiet, blocks=tuple(blocks))


def _of_market(own: Drift) -> Iterator[Block]:
    rows = [_row(one) for one in own.values]
    if rows:
        note = f"{own.read:,} texts tonight, {own.read_before[7]:,} of the last 7 runs, {own.read_before[28]:,} of 28."
        columns = "=what|texts|median|last 7|index|last 28|index|against calibration"
        yield table(f"drift-{own.market}", f"Scores, lengths and signals: {own.market}", columns, rows, note=note)
    for one in own.shares:
        if one.of:
            row = (word("texts with an unknown word"), share(one.count, one.of, bounds=True), *(
                before(one, window) for window in WINDOWS
            ))  # fmt: skip
            columns = "=share|tonight|last 7 runs|last 28 runs"
            yield table(f"unknown-{own.market}", f"Unknown words: {own.market}", columns, [row])
    if own.new:
        rows = [
            (
                word(one.word, texts=links(own.market, one.texts), title=f"Texts with {one.word}"), word(one.kind),
                number(one.pages),
            )
            for one in own.new
        ]  # fmt: skip
        note = f"Found in none of {own.known_texts:,} earlier texts."
        yield table(f"new-words-{own.market}", f"New tonight: {own.market}", "=word|=kind|pages", rows, note=note)


def _row(one: ValueShift) -> tuple[Cell, ...]:
    cells: list[Cell] = [word(one.name), number(one.count), plain(one.median)]
    for window in WINDOWS:
        cells += [plain(one.medians.get(window)), _index(one, window)]
    return (*cells, _index(one, 0))


def _index(one: ValueShift, window: int) -> Cell:
    if window not in one.index:
        return NOTHING
    hint = f"chance alone reaches {one.noise[window]:.2f}" if window in one.noise else ""
    return decimal(one.index[window], tone=_TONES[one.shift(window)], hint=hint)


def _scores(nightly: Nightly) -> Plot | None:
    series = [
        Series(
            name=own.market,
            points=tuple(
                Point(x=one.run, y=one.median, low=one.low, high=one.high, label=f"run {one.run}, {one.count} texts")
                for one in own.scores
            ),
        )
        for own in nightly.drift
        if len(own.scores) > 1
    ]
    if not series:
        return None
    newest = [one.points[-1] for one in series]
    return Plot(
        id="scores-by-run", title="Scores by run: median and quartiles", kind="line", series=tuple(series),
        x_title="run", y_title="score", y_range=(0.0, 1.0), percent_y=True,
        alt="The median score of the texts that stand as each run left them; the newest are "
        + ", ".join(f"{one.name} {numbers.share(point.y)}" for one, point in zip(series, newest, strict=True)) + ".",
        note="Only scores of tonight's estimator are shown.",
    )  # fmt: skip
