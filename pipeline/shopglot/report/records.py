"""What a report is made of. Texts are in Simplified Chinese where nothing else is said, clean, and not escaped.

`as_json` gives the same as JSON, under the same names: this module documents the shape.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, cast

from shopglot.types import Json, Severity, Side

# Where a page stands in a market; each page or line has exactly one, so that the counts add up. In the report's order.
State = Literal[
    "on-sale",  # its newest text is on sale
    "refused",  # a rule refuses it
    "taken-down",  # it was on sale, and a rule or a person has taken it down
    "failed",  # its line could not be read
    "unsuitable",  # it has no Chinese text to work on
    "held",  # a rule wants somebody to look at it
    "waiting",  # it waits for a translator or the next run, and for nothing from the merchant
    "paused",  # the merchant paused it
    "not-offered",  # the merchant does not offer it in this market
    "gone",  # it is no longer in the catalog
    "pending",  # no run has worked on it in this market
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words stand: the field, and an excerpt of it; `side` is the text that they stand in.

    The excerpt is a row of pieces, of which the True ones are the words; it is empty where the finding speaks of the
    field as a whole. `original` is what the merchant wrote where the excerpt is of its translation, else "".
    """

    field: str
    side: Side
    pieces: tuple[tuple[str, bool], ...]
    original: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a rule says: why, the way out, the law, and what to write instead in the market's language.

    `rule` is its id, "" where no rule is known; `severity` is that of its findings. `way_out`, `suggestion` and `basis`
    may be "".
    """

    rule: str
    severity: Severity
    why: str
    way_out: str
    suggestion: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRef:
    """A page by its name: `title` is "" where it is not known."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """An explanation that several pages share, told once: `number` is what those pages call it, from 1 in a market.

    `words` are those that were found, each once. `advice` and `rewritten` have no numbers: theirs are 0.
    """

    number: int
    explanation: Explanation
    words: tuple[str, ...]
    pages: tuple[PageRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a rule found on a page: `shared` is the number of the shared explanation, 0 where it is told here only."""

    explanation: Explanation
    shared: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReport:
    """A page that asks something of the merchant.

    `since` is the day on which it was taken down, "" where it was not. `still_on_sale`: its version before the change
    is. `waits`: a translator looks at it besides. `told` is what a translator wrote who sent it back, by lines.
    """

    page: PageRef
    since: str
    still_on_sale: bool
    waits: bool
    problems: tuple[Problem, ...]
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """A line of the catalog that could not be read, or holds no text for this market: the field and the reason."""

    page: PageRef
    line: int
    field: str
    reason: str
    still_on_sale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Pages that need nothing from the merchant, and one sentence that says why."""

    sentence: str
    pages: tuple[PageRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketReport:
    """A merchant's pages in a market.

    `counts` has every state, and its sum is `known`. `visible` pages are to be seen by shoppers, `older` of them in the
    version before a change that is not on sale.
    """

    market: str
    name: str
    known: int
    counts: dict[State, int]
    visible: int
    older: int
    shared: tuple[Shared, ...]
    refused: tuple[PageReport, ...]
    taken_down: tuple[PageReport, ...]
    failed: tuple[LineReport, ...]
    unsuitable: tuple[LineReport, ...]
    held: tuple[PageReport, ...]
    quiet: tuple[Quiet, ...]
    advice: tuple[Shared, ...]
    rewritten: tuple[Shared, ...]

    @property
    def asking(self) -> int:
        """How many pages and lines ask something of the merchant."""
        own = self.refused, self.taken_down, self.failed, self.unsuitable, self.held
        return sum(map(len, own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A merchant's report: `run_at` is when the newest run began, in Beijing time, "" where there was none.

    `finished` is False while that run goes on or was cut off. `shop` is the merchant's name as it is shown.
    """

    merchant: str
    shop: str
    run_id: int | None
    run_at: str
    finished: bool
    markets: tuple[MarketReport, ...]


def as_json(report: Report) -> dict[str, Json]:
    """Return the report under the names of this module's records."""
    return cast("dict[str, Json]", asdict(report))
