"""The story that is told: nights, and what people do between them. Every stage may be begun again.

A stage is done when its process ends with status 0; what it did before it died stays done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

MARKETS = ("us", "hk")
FAKE = ("--model", "fake", "--allow-uncalibrated")
TRANSLATOR = "wen"
APPROVED = ("p0", "p1", "p2", "p10", "p11", "p20")  # some of these change later


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a story takes place: the store, and the folder of catalog and relay file."""

    url: str
    folder: Path

    @property
    def catalog(self) -> Path:
        """Tonight's catalog, every night in the same place."""
        return self.folder / "catalog.jsonl"

    @property
    def delivered(self) -> Path:
        """What the relay wrote."""
        return self.folder / "events.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the story. `night` is the number of the catalog that is delivered before it, None where none is."""

    name: str
    work: Callable[[Scene], None]
    night: int | None = None


def command(*words: str) -> Callable[[Scene], None]:
    """Return what does a command on the scene's store; it ends with SystemExit, as a process does."""
    return partial(_command, words)


def _command(words: tuple[str, ...], scene: Scene) -> None:
    from shopglot.cli import main

    main(args=[*words, "--store", scene.url], prog_name="shopglot")


def run_night(scene: Scene) -> None:
    """Run tonight's catalog."""
    markets = [word for market in MARKETS for word in ("--market", market)]
    _command(("run", str(scene.catalog), *markets, *FAKE, "--json"), scene)


def deliver(scene: Scene) -> None:
    """Tell the outside what was published."""
    _command(("events", "deliver", "--to", str(scene.delivered)), scene)


def approve(scene: Scene) -> None:
    """Approve texts as they stood on pages of the first night, one at a time, as a translator at a desk does."""
    from sqlalchemy import select

    from shopglot.store import HumanText, open_store
    from shopglot.store.schema import listings, segments

    wanted = (
        select(segments, listings.c.merchant, listings.c.id)
        .join(listings, listings.c.number == segments.c.listing)
        .where(segments.c.path == "/fields/note", segments.c.number == 0, listings.c.id.in_(APPROVED))
        .order_by(listings.c.id, segments.c.market)
    )
    with open_store(scene.url) as store:
        with store.database.read() as connection:
            found = connection.execute(wanted).all()
        for number, row in enumerate(found):
            everywhere = number % 5 == 4
            store.approvals.approve(HumanText(
                unit_key=row.unit_key, market=row.market, source=row.source, target=f"Read by a person: {number}",
                approved_by=TRANSLATOR, path=row.path, index=row.number, field=row.field,
                merchant="" if everywhere else row.merchant, listing="" if everywhere else row.id,
            ))  # fmt: skip


def told() -> tuple[Stage, ...]:
    """Return the stages of the story, in order."""
    shop = ("--merchant", "m1", "--market", "hk", "--by", "shop")
    back = ("rollback", "p12", "--merchant", "m0", "--market", "us", "--to", "1", "--by", TRANSLATOR, "--yes")
    return (
        Stage(name="night-1", work=run_night, night=0),
        Stage(name="desk", work=approve),
        Stage(name="relay-1", work=deliver),
        Stage(name="night-2", work=run_night, night=1),
        Stage(name="pause", work=command("pause", *shop)),
        Stage(name="rollback", work=command(*back)),
        Stage(name="night-3", work=run_night, night=2),
        Stage(name="resume", work=command("resume", *shop)),
        Stage(name="night-4", work=run_night),
        Stage(name="relay-2", work=deliver),
    )


def opening() -> tuple[Stage, ...]:
    """Return a short story: two nights of the same shop."""
    return (Stage(name="night-1", work=run_night, night=0), Stage(name="night-2", work=run_night, night=1))
