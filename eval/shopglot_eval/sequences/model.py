"""What should be published, and why, as plain data: the store's promises in a page of code that any reader can check.

Every night the whole catalog is thought through anew: what is paused is left alone, what is not offered goes, and of
everything else the page is made of people's texts where they count and of the machine's where they do not. A page that
is refused goes; one that waits stays as it was; one that passes is on sale, unless a person chose another content for
this very source. What is so already is no version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from shopglot_eval.sequences.world import IDS, MARKETS, MERCHANTS, Page, World

UNTOUCHED = ""  # the status of a place that no run has worked on


@dataclass(slots=True)
class Place:
    """A page in a market. `versions` are (content or None, cause); the last one says what is on sale.

    `source` is the page as it was when it was settled last, `units` its texts by path; `pin` the source for which a
    person chose what is on sale; `again`: a person has said something about its texts since.
    """

    versions: list[tuple[str | None, str]] = field(default_factory=list)
    runs: list[int | None] = field(default_factory=list)
    status: str = UNTOUCHED
    source: Page | None = None
    variant: int = 0
    units: dict[str, str] = field(default_factory=dict)
    pin: Page | None = None
    again: bool = False

    @property
    def on_sale(self) -> str | None:
        """The content that is on sale."""
        return self.versions[-1][0] if self.versions else None

    @property
    def pinned(self) -> bool:
        """Whether a person's choice stands."""
        return self.pin is not None and self.pin == self.source

    def put(self, content: str | None, cause: str, run: int | None = None) -> None:
        """Write a version, unless it is so already."""
        if content != self.on_sale:
            self.versions.append((content, cause))
            self.runs.append(run)


@dataclass(slots=True)
class Model:
    """All that should stand in a store."""

    world: World
    catalog: dict[str, Page] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    variant: int = 0
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    # (market, path, text, listing or "") -> (target, order)
    approvals: dict[tuple[str, str, str, str], tuple[str, int]] = field(default_factory=dict)
    shops: set[tuple[str, str]] = field(default_factory=set)  # (market, merchant) that are paused
    pages: dict[tuple[str, str], bool] = field(default_factory=dict)  # (market, id): what was said of the page alone

    def copy(self) -> Model:
        """Return the same again, to be changed by itself."""
        world, self.world = self.world, None  # type: ignore[assignment]
        other = deepcopy(self)
        self.world = other.world = world
        return other

    def place(self, name: str, market: str) -> Place:
        """Return where a page stands in a market."""
        return self.places.setdefault((name, market), Place())

    def paused(self, name: str, market: str) -> bool:
        """Whether a page is paused in a market."""
        return self.pages.get((market, name), (market, MERCHANTS[name]) in self.shops)

    # -- what people approved -----------------------------------------------------------------------------------------

    def approved(self, name: str, market: str, path: str, text: str) -> str | None:
        """Return the text of a person that counts on a page: the page's own, the shop's, the market's."""
        reuse = self.world.policy.reuse
        own = self.approvals.get((market, path, text, name))
        if own is not None:
            return own[0]
        rows = {where: found for (m, p, t, where), found in self.approvals.items() if (m, p, t) == (market, path, text)}
        shop = [rows[where] for where in rows if where and MERCHANTS[where] == MERCHANTS[name]]
        if reuse != "listing" and shop:
            return max(shop, key=lambda found: found[1])[0]
        common = [rows[where] for where in rows if reuse == "market" or not where]
        return max(common, key=lambda found: found[1])[0] if common else None

    def outdated(self, name: str, market: str, page: Page) -> frozenset[str]:
        """Return the paths where a machine's text took the place of one that a person approved on this page."""
        return frozenset(
            path
            for (m, path, _, where) in self.approvals
            if (m, where) == (market, name) and self.approved(name, market, path, page.texts[path]) is None
        )

    def approve(self, name: str, market: str, path: str, target: str, *, everywhere: bool) -> None:
        """Approve the text that stands on a page."""
        text = self.place(name, market).units[path]
        order = 1 + max((order for _, order in self.approvals.values()), default=0)
        self.approvals[market, path, text, "" if everywhere else name] = (target, order)
        for (other, where), place in self.places.items():
            if where == market and place.units.get(path) == text and (everywhere or self._reaches(name, other)):
                place.again = True

    def _reaches(self, name: str, other: str) -> bool:
        reuse = self.world.policy.reuse
        return reuse == "market" or name == other or (reuse == "merchant" and MERCHANTS[name] == MERCHANTS[other])

    # -- nights -------------------------------------------------------------------------------------------------------

    def run(self, number: int) -> None:
        """Think the catalog through."""
        for name, page in self.catalog.items():
            for market in MARKETS:
                if not self.paused(name, market):
                    self._settle(page, market, number)
        if self.world.policy.withdraw_missing:
            for name in self.known - set(self.catalog):
                self._retire(name, number)
        self.known |= set(self.catalog)

    def _retire(self, name: str, number: int) -> None:
        for market in MARKETS:
            place = self.place(name, market)
            if place.on_sale is not None:
                place.put(None, "missing", number)
            place.again = place.status != UNTOUCHED

    def _settle(self, page: Page, market: str, number: int) -> None:
        place = self.place(page.id, market)
        if market not in page.markets:
            if place.on_sale is not None:
                place.put(None, "run", number)
                place.status, place.source, place.units, place.pin, place.again = "skipped", page, {}, None, False
            return
        texts = {path: self.approved(page.id, market, path, text) for path, text in page.texts.items()}
        human = {path: text for path, text in texts.items() if text is not None}
        outdated = self.outdated(page.id, market, page)
        verdict, content = self.world.outcome(page, market, self.variant, human=human, outdated=outdated)
        if place.pin != page:
            place.pin = None
        if verdict == "reject" and place.on_sale is not None:
            place.put(None, "run", number)
            place.pin = None
        elif verdict == "publish" and place.pin is None:
            place.put(content, "run", number)
        elif verdict == "publish" and content != place.on_sale:
            verdict = "review"
        place.status, place.source, place.units, place.again = verdict, page, dict(page.texts), False
        place.variant = self.variant

    # -- merchants ----------------------------------------------------------------------------------------------------

    def pause(self, market: str, merchant: str, name: str | None) -> None:
        """Take a shop or a page off a market."""
        if name is None:
            self.shops.add((market, merchant))
            for page in self._shop(merchant):
                if self.pages.get((market, page)) is False:
                    del self.pages[market, page]
        else:
            self.pages[market, name] = True
        for page in self._reach(merchant, name):
            if self.paused(page, market):
                self.place(page, market).put(None, "pause")

    def resume(self, market: str, merchant: str, name: str | None) -> None:
        """Open a shop or a page again."""
        if name is None and (market, merchant) in self.shops:
            self.shops.discard((market, merchant))
            for page in self._shop(merchant):
                if self.pages.get((market, page)) is False:
                    del self.pages[market, page]
        elif name is not None:
            self.pages.pop((market, name), None)
            if (market, merchant) in self.shops:
                self.pages[market, name] = False
        for page in self._reach(merchant, name):
            place = self.place(page, market)
            if self.paused(page, market) or place.on_sale is not None or place.status == UNTOUCHED:
                continue
            passed = place.status in ("publish", "review") and not place.again
            if place.versions and place.versions[-1][1] == "pause" and (place.pinned or passed):
                place.put(place.versions[-2][0], "resume")
            elif not place.pinned and (place.again or place.status == "publish"):
                place.again = True

    def _shop(self, merchant: str) -> Iterator[str]:
        return (name for name in IDS if MERCHANTS[name] == merchant)

    def _reach(self, merchant: str, name: str | None) -> Sequence[str]:
        return [*self._shop(merchant)] if name is None else [name]

    # -- going back ---------------------------------------------------------------------------------------------------

    def go_back(self, name: str, market: str, version: int) -> None:
        """Put the content of a version on sale again, 0 being before the first, and pin it."""
        place = self.place(name, market)
        content = place.versions[version - 1][0] if version else None
        if content == place.on_sale or (content is not None and self.refused(place)):
            return
        place.put(content, "rollback")
        place.pin = place.source

    def refused(self, place: Place) -> bool:
        """Whether a rule took the page down."""
        return place.status == "reject" and place.on_sale is None

    def go_back_before(self, run: int) -> None:
        """Take back what a run published."""
        for (name, market), place in self.places.items():
            if run in place.runs:
                self.go_back(name, market, place.runs.index(run))

    def release(self, name: str, market: str) -> None:
        """Let runs decide again."""
        place = self.place(name, market)
        place.pin, place.again = None, True
