"""Tables of cases for the quantity grammars, and the short notation in which they say what a text means.

A table is a text of lines `words => what they mean`; a line that begins with `#` names the kind of the rows below it.
What they mean is a list of readings with ` ; ` between them, in order; a reading is

    [?] [spend: | off: | buy: | get:] [>= | <=] meaning

with `?` for a number that asks for nothing, and one of these meanings: `30` `3~5` (a count), `30 piece` `500 g` (with a
unit, by its name in units.toml), `CNY 99`, `50 %`, `20 %off`, `#2`, `date 2025-3-15`, `weekday 0` (Monday),
`clock 19:30` (`clock12` where morning or evening is open), `ratio 16:9`, `power 1000` (thousands), `letters 2XL`,
`code A4`, `SPF 50`, `rate CNY/[mass] 10`. Every strong reading is listed; a weak one only where it matters.
A row with nothing behind the arrow has no strong reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

import pytest

from shopglot.quantity import Meaning, Phrase, Reading

BOUNDS = {"": "", "least": ">= ", "most": "<= "}
Teller = Callable[[Iterable[Phrase], str], str]


def rows(table: str) -> Iterator[tuple[str, str, str]]:
    """Yield the kind, the words and the meaning of each row of a table."""
    kind = ""
    for line in table.strip().splitlines():
        if line.startswith("# "):
            kind = line[2:].strip()
        elif line.strip():
            words, arrow, meaning = line.partition("=>")
            assert arrow, line
            yield kind, words.strip(" "), " ".join(meaning.split())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `words` and `meaning` the rows of its module's TABLE, FAILING ones marked as such."""
    if not {"words", "meaning"} <= set(metafunc.fixturenames):
        return
    failing: dict[str, str] = getattr(metafunc.module, "FAILING", {})
    cases = [
        pytest.param(
            words, meaning, id=f"{kind}: {words}",
            marks=[pytest.mark.xfail(strict=True, reason=failing[words])] if words in failing else [],
        )
        for kind, words, meaning in rows(metafunc.module.TABLE)
    ]  # fmt: skip
    assert len(cases) == len({case.id for case in cases})
    metafunc.parametrize(("words", "meaning"), cases)


def _number(amount: Decimal) -> str:
    return f"{round(amount, 4).normalize():f}"


def _range(meaning: Meaning) -> str:
    low, high = _number(meaning.low), _number(meaning.high)
    return low if low == high else f"{low}~{high}"


def _minutes(meaning: Meaning) -> str:
    return f"{int(meaning.low) // 60}:{int(meaning.low) % 60:02}"


def _coded(meaning: Meaning) -> str:
    counted = meaning.label in ("SPF", "PA", "US size")
    return f"{meaning.label} {_range(meaning)}" if counted else f"code {meaning.label}"


WRITE: dict[str, Callable[[Meaning], str]] = {
    "money": lambda meaning: f"{meaning.label} {_range(meaning)}",
    "percent": lambda meaning: f"{_range(meaning)} %",
    "discount": lambda meaning: f"{_range(meaning)} %off",
    "ordinal": lambda meaning: f"#{_range(meaning)}",
    "date": lambda meaning: f"date {meaning.label}",
    "weekday": lambda meaning: f"weekday {meaning.label}",
    "clock": lambda meaning: f"clock{meaning.label.removesuffix('h')} {_minutes(meaning)}",
    "ratio": lambda meaning: f"ratio {_number(meaning.low)}:{_number(meaning.high)}",
    "magnitude": lambda meaning: f"power {_range(meaning)}",
    "letters": lambda meaning: f"letters {meaning.label}",
    "code": _coded,
    "rate": lambda meaning: f"rate {meaning.label} {_range(meaning)}",
}


def _written(meaning: Meaning) -> str:
    write = WRITE.get(meaning.kind)
    if write is not None:
        return write(meaning)
    return f"{_range(meaning)} {meaning.unit.name}" if meaning.unit is not None else _range(meaning)


def _forms(one: Reading) -> list[str]:
    before = ("" if one.strong else "?") + (f"{one.role}:" if one.role else "") + BOUNDS[one.bound]
    return [before + _written(meaning) for meaning in one.meanings]


@pytest.fixture
def told() -> Teller:
    """Return a function that writes phrases in the notation above, in the words of `meaning` where they agree with it.

    Of several things that a number may mean, the one that the row names is written; all of them where it names none.
    """

    def tell(phrases: Iterable[Phrase], meaning: str) -> str:
        wanted = meaning.split(" ; ")
        shown: list[str] = []
        for phrase in phrases:
            for one in phrase.readings:
                forms = _forms(one)
                agreed = next((form for form in forms if form in wanted), None)
                if one.strong or agreed is not None:
                    shown.append(agreed or "|".join(forms))
        return " ; ".join(shown)

    return tell
