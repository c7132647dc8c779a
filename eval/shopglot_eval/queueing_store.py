"""A store that is full of held pages, written directly, for `queueing`."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import insert, text

from shopglot_eval.growth import COLOURS, GOODS, WORDS

WHEN = datetime(2026, 8, 2, 1, tzinfo=UTC)
MANY, RARE = "pillow", "罕见的竹炭内胆"  # a search that finds much, and one that finds little
MARKETS = ("us", "hk", "mo", "tw")
USERS = (None, None, None, "lin", "wang", "ho", "chan", "lee")
FIELDS = ("title", "subtitle", "bullet", "description", "attribute-value", "option-value", "size-cell", "note", "alt")
CATEGORIES = tuple(
    f"{kind}/{part}/{thing}"
    for kind, parts in (("家居", ("床上用品", "收纳")), ("美妆", ("护肤", "彩妆")), ("服饰", ("女装", "男装")))
    for part in parts
    for thing in ("枕头", "礼盒", "套装", "日用", "其他")
)
REASONS = (
    "score.low", "gate.uncalibrated", "number.changed", "term.missing", "mask.lost", "length.over", "script.mixed",
    "untranslated.left", "us.claim.medical", "us.claim.best", "hk.wording.mainland", "mo.wording.mainland",
    "common.contact", "human.outdated", "polarity.flipped", "unit.changed",
)  # fmt: skip
CHECKED = REASONS[2:]
PHRASES = (
    "慢回弹记忆棉按下去约五秒缓缓复原", "枕套可拆洗拉链藏在背后不硌脖子", "姐妹们这个真的太好用了闭眼入",
    "敏感肌也可以放心用",
    "加厚面料不起球不掉色", "送礼自用都合适", "夏天盖着也不闷热", "收纳袋卷起来只有保温杯大小", "出差党学生党都在用",
    "上脸清爽不黏腻保湿一整天", "显瘦显高小个子也能穿", "食品级硅胶宝宝也能用",
)  # fmt: skip
ENGLISH = (
    "slow rebound memory foam springs back in about five seconds", "removable washable cover with a hidden zipper",
    "you have to try this one", "gentle enough for sensitive skin", "thick fabric that will not pill or fade",
    "makes a lovely gift", "stays cool all summer", "rolls up to the size of a travel mug",
    "a favourite of commuters and students", "light on the skin and hydrating all day", "flattering on every figure",
    "food grade silicone that is safe for babies", "Pillow", "Thermos bottle", "Yoga mat", "Canvas bag",
)  # fmt: skip


def fill(store: Any, total: int, each: int) -> int:
    """Write pages with `total` held segments, about `each` on a page; return how many pages. The same ones every time.

    Each page has as many more segments that are not held. One page in ten is assigned to somebody, one in twelve is no
    longer open, one in fifty has an approved text that lost its source, some are open with somebody.
    """
    from shopglot.store import schema

    chance = Random(total + each)  # noqa: S311 - not for secrets
    database = store.database
    with database.write() as connection:
        runs = [
            {"id": number, "spec_key": f"s{number}", "catalog": "c", "spec": "{}", "status": "finished",
             "started_at": WHEN - timedelta(days=10 - number), "resumes": 0}
            for number in (1, 2, 3)
        ]  # fmt: skip
        connection.execute(insert(schema.runs), runs)
        act = {"id": 1, "at": WHEN, "actor": "lin", "action": "approve", "detail": "{}", "note": ""}
        connection.execute(insert(schema.actions), act)
    made = _pages(chance, total, each)
    pages = 0
    while part := list(islice(made, 2_000)):
        pages += len(part)
        with database.write() as connection:
            for name in ("listings", "sources", "items", "segments", "held", "handled", "approvals"):
                if rows := [row for page in part for row in page[name]]:
                    connection.execute(insert(getattr(schema, name)), rows)
    _settle_in(database)
    return pages


def _settle_in(database: Any) -> None:
    """Do what a PostgreSQL server does by itself sooner or later."""
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _pages(chance: Random, total: int, each: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Yield the rows of each page, by table."""
    from shopglot.store.desk import holding
    from shopglot.store.encoding import digest, identity_key

    number = left = 0
    left = total
    while left > 0:
        number += 1
        held = min(left, 1 if each == 1 else chance.randint(1, 2 * each - 1))
        left -= held
        merchant, name = f"shop-{int(2_000 * chance.random() ** 2)}", f"xhs-{number:07d}"
        market = chance.choice(MARKETS)
        rows = [_segment(chance, number, market, position, held=position < held) for position in range(2 * held)]
        document: dict[str, Any] = {
            "id": name, "merchant": merchant, "category": chance.choice(CATEGORIES),
            "fields": {"title": _title(chance, number)}, "price": {"amount": f"{chance.randint(9, 999)}.00"},
            "stock": int(math.exp(chance.uniform(0, 9))),
        }  # fmt: skip
        waiting = [holding.of_row(_Row(row)) for row in rows[:held]]
        reasons = tuple(dict.fromkeys(reason for one in waiting for reason in one.reasons))
        status = "reject" if any(reason.split(".")[0] in (*MARKETS, "common") for reason in reasons) else "review"
        run = chance.randint(1, 3)
        page = holding.Page(number, market, merchant, name, status, reasons, run, document, waiting)
        state = chance.choices(("open", "done", "escalated", "returned"), (92, 5, 1.5, 1.5))[0]
        row = holding.derive(page) | {
            "open": 0 if state == "done" else held, "state": state,
            "held_at": WHEN - timedelta(minutes=chance.randint(0, 60_000)),
            "assignee": chance.choice(USERS) if chance.random() < 0.2 else None,
            "due_at": WHEN + timedelta(hours=chance.randint(1, 200)) if chance.random() < 0.1 else None,
            "claimed_by": "ho" if number % 500 == 0 else None,
            "claimed_until": datetime(2026, 8, 2, 9, 5, tzinfo=UTC) if number % 500 == 0 else None,
        }  # fmt: skip
        item = {
            "listing": number, "market": market, "run_id": run, "line": number, "inputs_key": "i", "status": status,
            "reasons": json.dumps(reasons), "field": "", "message": "", "message_zh": "", "version": None, "source": 1,
            "again": False, "pinned_source": None, "pinned_by": None, "updated_at": WHEN,
        }  # fmt: skip
        key = identity_key(merchant, name)
        handled = range(held if state == "done" else 0)
        yield {
            "listings": [{"number": number, "key": key, "merchant": merchant, "id": name, "seen_run": run,
                          "seen_line": number}],
            "sources": [{"listing": number, "version": 1, "digest": digest(document),
                         "document": json.dumps(document, ensure_ascii=False), "run_id": run, "seen_at": WHEN}],
            "items": [item], "segments": rows, "held": [row],
            "handled": [_handled(chance, number, market, position) for position in handled],
            "approvals": [_approval(number, key, market, merchant, name)] if number % 10 == 0 else [],
        }  # fmt: skip


class _Row:
    """A row whose columns are attributes."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.__dict__.update(row)


def _title(chance: Random, number: int) -> str:
    goods, colour = chance.choice(GOODS), chance.choice(COLOURS)
    return f"【2026新款】{''.join(chance.sample(WORDS, 3))}{goods}{colour} 第{number}款"


def _segment(chance: Random, listing: int, market: str, position: int, *, held: bool) -> dict[str, Any]:
    reasons = [chance.choice(REASONS[:2])] if held and chance.random() < 0.6 else []
    if held and (not reasons or chance.random() < 0.3):
        reasons += chance.sample(CHECKED, chance.randint(1, 2))
    source = "，".join(chance.sample(PHRASES, chance.randint(1, 3)))
    target = ", ".join(chance.sample(ENGLISH, chance.randint(1, 3)))
    if held and listing % 5_000 == 0:
        source += RARE
    findings = [
        {"check": reason, "severity": chance.choice(("error", "warning")), "side": "target", "start": 0, "end": 4,
         "text": target[:4], "message": "Something is wrong with this text.", "message_zh": "译文有误。",
         "suggestion": "", "basis": ""}
        for reason in reasons
        if reason not in REASONS[:2]
    ]  # fmt: skip
    field = chance.choice(FIELDS)
    return {
        "listing": listing, "market": market, "position": position, "path": f"/fields/{field}", "number": position,
        "field": field, "source": source, "target": target, "origin": "machine", "model": "fake@0",
        "unit_key": f"{zlib.crc32(source.encode()):032x}", "machine_key": f"{listing:024x}{position:08x}",
        "score": round(chance.random() ** 0.5, 4) if held else 0.97, "signature": "s", "signals": "[]",
        "verdict": "review" if held else "publish", "reasons": json.dumps(reasons),
        "findings": json.dumps(findings, ensure_ascii=False),
    }  # fmt: skip


def _handled(chance: Random, listing: int, market: str, position: int) -> dict[str, Any]:
    return {
        "listing": listing, "market": market, "position": position, "text_key": "0" * 32,
        "deed": chance.choice(("approve", "edit", "reject")), "target": "Pillow", "actor": chance.choice(USERS[3:]),
        "at": WHEN + timedelta(hours=5), "seconds": 12.0, "action_id": 1,
    }  # fmt: skip


def _approval(number: int, key: str, market: str, merchant: str, name: str) -> dict[str, Any]:
    outdated = number % 50 == 0
    return {
        "market": market, "unit_key": f"u{number}", "listing_key": key, "merchant_key": key, "merchant": merchant,
        "listing": name, "path": "/fields/title", "number": 0, "field": "title", "source": "枕头", "target": "Pillow",
        "approved_by": "lin", "approved_at": WHEN, "status": "outdated" if outdated else "current",
        "ended_at": WHEN if outdated else None, "answered": False,
    }  # fmt: skip


def settlements(pages: int, night: int, *, held: bool) -> Iterator[Any]:
    """Yield what a night settles: pages of eight segments, of which two are held where pages are held."""
    from shopglot.store import Settlement
    from shopglot.store.encoding import decode_findings, decode_reasons
    from shopglot.types import Decision, JudgedSegment, Outcome, Score, Segment, SegmentKey, Translation

    chance = Random(night)  # noqa: S311 - not for secrets
    for number in range(1, pages + 1):
        judged = []
        for position in range(8):
            row = _segment(chance, number, "us", position, held=held and position < 2)
            key = SegmentKey(merchant="m", listing=f"x{number}", path=row["path"], index=position)
            made = Translation(
                source=row["source"], target=f"{row['target']} {night}", market="us", model="fake@0", origin="machine",
                unit_key=row["unit_key"], machine_key=row["machine_key"],
            )  # fmt: skip
            judged.append(
                JudgedSegment(
                    segment=Segment(key=key, field=row["field"], style="prose", source=row["source"]),
                    translation=made, findings=decode_findings(row["findings"]),
                    score=Score(value=row["score"], signature="s"),
                    decision=Decision(verdict=row["verdict"], reasons=decode_reasons(row["reasons"])),
                )
            )  # fmt: skip
        source: dict[str, Any] = {
            "id": f"x{number}",
            "category": CATEGORIES[0],
            "fields": {"title": _title(chance, number)},
        }
        yield Settlement(
            outcome=Outcome(
                line=number, merchant="m", id=f"x{number}", market="us", status="review" if held else "publish",
                reasons=tuple(dict.fromkeys(reason for one in judged for reason in one.decision.reasons)),
            ),
            inputs_key=f"i{night}", judged=judged, source=source,
            document=None if held else {**source, "texts": [one.translation.target for one in judged]},
        )  # fmt: skip
