"""Twenty translators at the desk while the nightly run writes: does anything fail, get lost, or wait too long?

    python -m shopglot_eval.translators --people 20 --minutes 5 --engine sqlite

A store is filled by a run with the stand-in; then people log in and work at a served desk as the editor in a browser
does: take the next page, read it, type (re-checks), approve, edit, refuse, set aside, take back, now and then on a page
that is a colleague's. Meanwhile a second process runs the nightly batch over a catalog that keeps changing. At the end
the log, the approvals and what every person was answered are compared: an answer 200 is in the log once, a text that
was approved stands unless it was taken back or replaced by somebody who had seen it, and nothing answered 5xx.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shopglot_eval.growth import COMMAND
from shopglot_eval.storing import database

P95 = 0.300  # seconds: the bar for everything that is not the machine or a login
PASSWORD = "twenty people at a desk"  # noqa: S105 - of nobody but the stand-ins
_MARKETS = ("us", "hk")
_ERRORS = ("number", "terminology", "style", "")


@dataclass(slots=True)
class Record:
    """What one person did and was answered: seconds by kind of request, answers, and the texts that were approved."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    approved: list[dict[str, Any]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate and print one JSON object an engine; exit status 1 where anything was lost, failed or too slow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20, help="default %(default)s")
    parser.add_argument("--minutes", type=float, default=5.0, help="default %(default)s")
    parser.add_argument("--listings", type=int, default=600, help="pages in the catalog (default %(default)s)")
    parser.add_argument(
        "--think", type=float, default=4.0, help="seconds that a text takes a person, about (%(default)s)"
    )
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="sqlite", help="%(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default %(default)s")
    options = parser.parse_args(arguments)
    engines = ("sqlite", "postgresql") if options.engine == "both" else (options.engine,)
    good = True
    for engine in engines:
        found = simulate(engine, options)
        print(json.dumps(found, ensure_ascii=False), flush=True)
        good = good and found["good"]
    return int(not good)


def simulate(engine: str, options: Any) -> dict[str, Any]:
    """Return what came of it on one database."""
    with tempfile.TemporaryDirectory() as name, database(engine, Path(name)) as url:
        folder = Path(name)
        catalog = folder / "catalog.jsonl"
        write_pages(catalog, options.listings, night=0)
        _run(catalog, url)
        people = [f"person{number:02}" for number in range(options.people)]
        _enrol(url, people)
        end = threading.Event()
        records = [Record() for _ in people]
        with served(url, folder) as address:
            Person(address, people[0], Record(), options, 0).warm()
            night = threading.Thread(target=_nights, args=(catalog, url, options.listings, end), name="nights")
            night.start()
            workers = [
                threading.Thread(target=Person(address, name, record, options, index).work, args=(end,), name=name)
                for index, (name, record) in enumerate(zip(people, records, strict=True))
            ]
            for worker in workers:
                worker.start()
            time.sleep(options.minutes * 60)
            end.set()
            for worker in (*workers, night):
                worker.join()
        return {"engine": engine, "people": options.people, **judge(url, records)}


def write_pages(catalog: Path, listings: int, *, night: int) -> None:
    """Write a catalog of pages that have to be read by people; a few of them change from night to night."""
    from shopglot_eval.growth import COLOURS, GOODS, WORDS

    lines = []
    for number in range(listings):
        random = Random(f"{number}.{night if number % 12 == night % 12 else 0}")  # noqa: S311 - a plan, not a secret
        goods, word = random.choice(GOODS), random.choice(WORDS)
        fields = {
            "title": f"{random.choice(COLOURS)}{goods} {word}款 {random.randint(2, 90)}件套",
            "bullets": [
                f"{word}的{goods}，{random.choice(WORDS)}不占地方，第{random.randint(1, 999)}批",
                f"身高{random.randint(150, 180)}cm的姐妹放心拍，{random.choice(COLOURS)}最好看",
            ],
            "note": f"回购第{random.randint(2, 30)}次了，{goods}真的{word}，强烈推荐给大家！",
        }
        page = {"id": f"p{number}", "merchant": f"shop-{number % 17}", "category": "家居", "fields": fields}
        lines.append(json.dumps(page, ensure_ascii=False))
    partial = catalog.with_suffix(".part")
    partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    partial.replace(catalog)


def _run(catalog: Path, url: str) -> None:
    markets = [part for market in _MARKETS for part in ("--market", market)]
    subprocess.run(
        [*COMMAND, "run", str(catalog), *markets, "--model", "fake", "--store", url, "--json"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _nights(catalog: Path, url: str, listings: int, end: threading.Event) -> None:
    """Run the batch again and again over a catalog that changes."""
    night = 0
    while not end.is_set():
        night += 1
        write_pages(catalog, listings, night=night)
        _run(catalog, url)
        end.wait(2)


def _enrol(url: str, people: Sequence[str]) -> None:
    from shopglot.store import open_store

    with open_store(url) as store:
        for name in people:
            store.people.add(name, role="translator", markets=(), password=PASSWORD, actor="soak", shown=name)
        if store.database.path is None:  # a server does it by itself after a while; the harness switched that off
            with store.database.write() as connection:
                connection.exec_driver_sql("ANALYZE")


@contextmanager
def served(url: str, folder: Path) -> Iterator[str]:
    """Serve the desk in a process of its own, and yield its address."""
    log = folder / "desk.log"
    with log.open("wb") as out:
        desk = subprocess.Popen(
            [*COMMAND, "review", "--store", url, "--port", "0", "--model", "fake"], stdout=out, stderr=out,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            for _ in range(600):
                found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text(encoding="utf-8", errors="replace"))
                if found is not None:
                    break
                if desk.poll() is not None:
                    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))
                time.sleep(0.1)
            else:
                raise RuntimeError("the desk did not begin to listen")
            yield found[0]
        finally:
            desk.terminate()
            desk.wait()
            said = log.read_text(encoding="utf-8", errors="replace")
            if "Traceback" in said:
                sys.stderr.write(said[-8000:])


class Person:
    """A translator with a browser."""

    def __init__(self, address: str, name: str, record: Record, options: Any, index: int) -> None:
        import httpx2

        self._client = httpx2.Client(base_url=address, timeout=60)
        self._name = name
        self._record = record
        self._random = Random(f"{options.seed}.{name}")  # noqa: S311 - a plan, not a secret
        self._think = options.think
        self._number = 0
        self._late = index * 0.2

    def work(self, end: threading.Event) -> None:
        """Log in and work until the end."""
        end.wait(self._late)
        try:
            self._log_in()
            while not end.is_set():
                if not self._page(end):
                    end.wait(1)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is what the simulation is for
            self._record.broken.append(f"{self._name}: {error!r}")

    def warm(self) -> None:
        """Open a page of every market, so that its tools are loaded: nobody measures a desk that has just begun."""
        self._client.timeout = 600
        self._log_in()
        for market in _MARKETS:
            answer = self._client.get(f"/queue/next?market={market}")
            page = urlsplit(answer.headers["location"]).path
            for where in (page, f"/api{page}"):
                self._client.get(where)
            self._client.post(f"/api{page}/release")

    def _log_in(self) -> None:
        csrf = self._token("/login")
        form = {"name": self._name, "password": PASSWORD, "csrf": csrf}
        answer = self._client.post("/login", data=form)
        if answer.status_code != 303:
            raise RuntimeError(f"the login answered {answer.status_code}")
        self._client.headers["X-CSRF-Token"] = self._token("/account")

    def _token(self, path: str) -> str:
        found = re.search(r'name="csrf-token" content="([^"]*)"', self._client.get(path).text)
        assert found is not None
        return found[1]

    def _page(self, end: threading.Event) -> bool:
        """Work through the next page of the queue; False where there is none."""
        market = self._random.choice(_MARKETS)
        answer = self._ask("next", "GET", f"/queue/next?market={market}")
        where = urlsplit(answer.headers.get("location", ""))
        found = re.fullmatch(r"/pages/(\w+)/(\d+)", where.path)
        if found is None:
            return False
        page = f"/api/pages/{found[1]}/{found[2]}"
        if self._ask("editor", "GET", f"{where.path}?{where.query}").status_code != 200:
            return True
        if self._ask("claim", "POST", f"{page}/claim").status_code == 409 and self._random.random() < 0.9:
            return True  # now and then somebody tries all the same
        opened = self._ask("open", "GET", page)
        if opened.status_code != 200:
            return True
        for segment in opened.json()["segments"]:
            if segment["held"] and segment["handled"] is None and not end.is_set():
                self._text(f"{page}/segments/{segment['position']}", segment, end)
        self._ask("release", "POST", f"{page}/release")
        return "market" in parse_qs(where.query) or True

    def _text(self, place: str, segment: dict[str, Any], end: threading.Event) -> None:
        random = self._random
        self._ask("help", "GET", f"{place}/help")
        target = segment["target"]
        if random.random() < 0.5:
            self._number += 1
            target = f"{self._name} wrote this, number {self._number}"
            for length in range(8, len(target), 12):
                self._ask("recheck", "POST", f"{place}/recheck", {"target": target[:length]})
                end.wait(0.1)
        end.wait(random.expovariate(1 / self._think))
        if random.random() < 0.06:
            body = {"seen": segment["seen"], "error": random.choice(_ERRORS), "severity": ""}
            self._ask("reject", "POST", f"{place}/reject", body)
            return
        body = {"target": target, "seen": segment["seen"], "seconds": self._think, "dismiss": None}
        answer = self._ask("approve", "POST", f"{place}/approve", body)
        if answer.status_code == 422:
            body["dismiss"] = {"reason": random.choice(("false-alarm", "meant-so", "fine-here")), "note": ""}
            answer = self._ask("approve", "POST", f"{place}/approve", body)
        if answer.status_code != 200:
            return
        self._record.approved.append({"place": place, "target": target, "act": answer.json()["act"]})
        if random.random() < 0.08 and self._ask("undo", "POST", "/api/undo").status_code == 200:
            self._record.approved[-1]["undone"] = True

    def _ask(self, kind: str, method: str, path: str, body: Any = None) -> Any:
        begun = time.perf_counter()
        answer = self._client.request(method, path, json=body if method == "POST" else None)
        self._record.seconds.setdefault(kind, []).append(time.perf_counter() - begun)
        self._record.answers[f"{kind} {answer.status_code}"] += 1
        if answer.status_code >= 500 or answer.status_code in (400, 403, 429):
            self._record.broken.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer


def judge(url: str, records: Sequence[Record]) -> dict[str, Any]:
    """Return the figures, and what was lost or double."""
    seconds: dict[str, list[float]] = {}
    answers: Counter[str] = Counter()
    for record in records:
        answers.update(record.answers)
        for kind, own in record.seconds.items():
            seconds.setdefault(kind, []).extend(own)
    every = sorted(value for own in seconds.values() for value in own)
    lost = find_lost(url, records)
    broken = [one for record in records for one in record.broken]
    p95 = _at(every, 0.95)
    return {
        "requests": len(every), "approved": sum(len(record.approved) for record in records),
        "median_ms": round(1000 * _at(every, 0.5)), "p95_ms": round(1000 * p95), "most_ms": round(1000 * every[-1]),
        "p95_by_kind_ms": {kind: round(1000 * _at(sorted(own), 0.95)) for kind, own in sorted(seconds.items())},
        "answers": dict(sorted(answers.items())), "broken": broken[:10], "broken_count": len(broken), "lost": lost[:10],
        "lost_count": len(lost), "good": not broken and not lost and p95 <= P95,
    }  # fmt: skip


def find_lost(url: str, records: Sequence[Record]) -> list[str]:
    """Return what people were told was done and is not, or is there twice."""
    from sqlalchemy import select

    from shopglot.store import open_store
    from shopglot.store.encoding import load
    from shopglot.store.schema import actions, approvals

    with open_store(url) as store, store.database.read() as connection:
        acts = {row.id: row for row in connection.execute(select(actions))}
        details = {number: load(row.detail) for number, row in acts.items()}
        texts = Counter(connection.scalars(select(approvals.c.target)))
    undone = {detail["act"] for number, detail in details.items() if acts[number].action == "undo"}
    found = []
    for record in records:
        for one in record.approved:
            act, detail = acts.get(one["act"]), details.get(one["act"], {})
            if act is None or act.action != "approve" or detail.get("target") != one["target"]:
                found.append(f"{one['place']}: the act {one['act']} is not in the log as it was answered")
            elif bool(one.get("undone")) != (one["act"] in undone):
                found.append(f"{one['place']}: act {one['act']} was{'' if one['act'] in undone else ' not'} taken back")
            elif "wrote this, number" in one["target"] and not texts[one["target"]]:
                found.append(f"{one['place']}: the text {one['target']!r} is nowhere")
    told = {one["act"] for record in records for one in record.approved}
    own = [number for number, row in acts.items() if row.action == "approve" and "position" in details[number]]
    found += [f"act {number} was done and nobody was told" for number in own if number not in told]
    # Whoever replaced a text had seen it: the deed before it on the same place is the one that it names.
    last: dict[tuple[Any, ...], int] = {}
    for number in own:
        row, before = acts[number], details[number].get("handled")
        place = (row.market, row.listing_key, row.path, row.number, details[number]["unit_key"])
        known = last.get(place)
        if known is not None and known not in undone and before is not None and before["act"] != known:
            found.append(f"act {number} replaced act {known} and names {before['act']}")
        last[place] = number
    return found


def _at(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
