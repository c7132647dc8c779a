"""One telling of the story with faults in it, and what it left."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from shopglot_eval.faults import catalogs
from shopglot_eval.faults.content import Content, Difference, compare, read
from shopglot_eval.faults.process import Fault, Process, Trouble, finish, start
from shopglot_eval.faults.server import Server
from shopglot_eval.faults.story import Scene, Stage, run_night

Faults = Callable[[Stage, int], Sequence[Fault]]  # (stage, statements that it makes) -> what happens to its processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A telling: what it left, how many faults struck, and how many statements each stage made at the end."""

    content: Content
    struck: int
    statements: dict[str, int]
    messages: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Stagehand:
    """Tells stories on one database engine; `server` is None for SQLite."""

    server: Server | None
    chance: Random
    stages: tuple[Stage, ...]
    listings: int = 36
    base: Told = field(init=False)

    def prepare(self) -> None:
        """Tell the story undisturbed: what all others are compared with."""
        self.base = self.tell(lambda stage, statements: ())
        if not self.base.content.rows["publications"] or self.base.content.broken:
            raise RuntimeError(
                f"the undisturbed story is no measure: {self.base.content.broken or 'nothing published'}"
            )

    @contextmanager
    def scene(self) -> Iterator[Scene]:
        """Give a new database and folder, and take them away."""
        folder = Path(tempfile.mkdtemp(prefix="shopglot-faults-"))
        url = str(folder / "s.db") if self.server is None else self.server.new_database()
        try:
            yield Scene(url=url, folder=folder)
        finally:
            if self.server is not None:
                self.server.drop(url)
            shutil.rmtree(folder, ignore_errors=True)

    def tell(self, faults: Faults) -> Told:
        """Tell the story in a new place; every stage is begun again until it is done."""
        with self.scene() as scene:
            struck, statements, messages = 0, dict[str, int](), list[str]()
            for stage in self.stages:
                deliver_catalog(scene, stage, self.listings)
                planned = faults(stage, self.base.statements[stage.name] if hasattr(self, "base") else 0)
                ended = finish(lambda stage=stage: stage.work(scene), stage.name, scene.folder, planned,  # type: ignore[misc]
                               chance=self.chance, failed=messages.append)  # fmt: skip
                struck += sum(1 for status in ended[: len(planned)] if status)
                process = Process(pid=0, folder=scene.folder, name=stage.name)
                statements[stage.name] = process.statements
            content = read(scene.url, scene.delivered)
            return Told(content=content, struck=struck, statements=statements, messages=tuple(messages))

    def check(self, told: Told) -> Difference:
        """Compare a telling with the undisturbed one."""
        return compare(self.base.content, told.content)


def deliver_catalog(scene: Scene, stage: Stage, listings: int) -> None:
    """Lay the catalog of a stage ready."""
    if stage.night is not None:
        catalogs.write(scene.catalog, catalogs.nights(listings)[stage.night])


def strike(trouble: Trouble, points: int, chance: Random, stages: Sequence[Stage]) -> Faults:
    """Return faults of a kind at random statements of random stages: so many in all, where they strike."""
    chosen = chance.choices([stage.name for stage in stages], k=points)

    def faults(stage: Stage, statements: int) -> Sequence[Fault]:
        times = chosen.count(stage.name)
        return [Fault(trouble=trouble, at=chance.randint(1, max(statements, 1))) for _ in range(times)]

    return faults


def work_together(hand: Stagehand, workers: int, kills: int) -> tuple[Difference, int]:
    """Let several processes start every night at once, some of which die; all the others have to end well."""
    struck = 0
    with hand.scene() as scene:
        for stage in hand.stages:
            deliver_catalog(scene, stage, hand.listings)
            several = workers if stage.work is run_night else 1
            statements = hand.base.statements[stage.name]
            processes = []
            for number in range(several):
                deadly = several > 1 and number < kills
                fault = Fault(trouble="kill", at=hand.chance.randint(1, statements)) if deadly else Fault()
                work = lambda stage=stage: stage.work(scene)  # noqa: E731
                processes.append((start(work, f"{stage.name}-{number}", scene.folder, fault), deadly))
            for process, deadly in processes:
                status = process.wait()
                struck += deadly and status != 0
                if status and not deadly:
                    raise RuntimeError(f"{process.name} of {several} failed:\n{process.said[-3000:]}")
        return compare(hand.base.content, read(scene.url, scene.delivered)), struck


def restart_server(hand: Stagehand, seconds: float) -> tuple[Difference, int]:
    """Crash the server in the middle of a stage of every night."""
    struck = 0
    assert hand.server is not None
    with hand.scene() as scene:
        for stage in hand.stages:
            deliver_catalog(scene, stage, hand.listings)
            work = lambda stage=stage: stage.work(scene)  # noqa: E731
            process = start(work, stage.name, scene.folder)
            if stage.work is run_night:
                time.sleep(hand.chance.uniform(0.02, seconds))
                hand.server.restart()
            status = process.wait()
            struck += status != 0
            if status:
                finish(work, stage.name, scene.folder, (), chance=hand.chance)
        return compare(hand.base.content, read(scene.url, scene.delivered)), struck


def halve_catalogs(hand: Stagehand) -> tuple[Difference, int]:
    """Let every night find its catalog cut in the middle of a line first, and whole afterwards."""
    with hand.scene() as scene:
        for stage in hand.stages:
            work = lambda stage=stage: stage.work(scene)  # noqa: E731
            if stage.night is not None:
                catalogs.write(scene.catalog, cut(catalogs.nights(hand.listings)[stage.night], hand.chance))
                finish(work, f"{stage.name}-half", scene.folder, (), chance=hand.chance)
            deliver_catalog(scene, stage, hand.listings)
            finish(work, stage.name, scene.folder, (), chance=hand.chance)
        found = read(scene.url, scene.delivered)
    nights = sum(stage.night is not None for stage in hand.stages)
    return compare(without_origin(hand.base.content), without_origin(found)), nights


def cut(content: bytes, chance: Random) -> bytes:
    """Return the beginning of a catalog, to the middle of one of its lines."""
    lines = content.splitlines(keepends=True)
    whole = chance.randrange(len(lines))
    return b"".join(lines[:whole]) + lines[whole][: max(1, len(lines[whole]) // 2)]


def without_origin(content: Content) -> Content:
    """Return the same but for where the texts of segments came from: what an earlier night made is remembered."""
    segments: Counter[tuple[Any, ...]] = Counter()
    for row, number in content.rows["segments"].items():
        segments[(*row[:6], row[6] if row[6] == "human" else "", *row[7:])] += number
    return replace(content, rows={**content.rows, "segments": segments})
