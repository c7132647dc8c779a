"""The catalogs of the story: three nights of one shop window, broken lines among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

NIGHTS = 3
# Real catalogs repeat themselves: the same words stand on many pages, and each text is translated once.
GOODS = ("记忆棉枕头", "保温杯", "瑜伽垫", "帆布包", "珍珠耳环", "毛绒玩具", "手机壳", "连衣裙")
WORDS = ("轻便", "柔软", "大容量", "简约", "加厚", "便携", "百搭", "透气")
COLOURS = ("雾霾蓝", "奶白色", "樱花粉", "黑色", "燕麦色")
CLAIM = "加微信 abc 领优惠，治疗颈椎病"  # no market lets this pass
MERCHANTS = 4
BROKEN = (
    b'{"id": "cut", "fields": {"title": "\xe4\xb8\x80',
    b'{"fields": {"title": "\xe6\x9e\x95\xe5\xa4\xb4"}}',
    b"[1, 2, 3]",
    b"\xff\xfe no text",
)


def page(number: int, chance: Random) -> dict[str, Any]:
    """Return a listing."""
    goods = chance.choice(GOODS)
    return {
        "id": f"p{number}",
        "merchant": f"m{number % MERCHANTS}",
        "fields": {
            "title": f"{''.join(chance.sample(WORDS, 2))}{goods}",
            "bullets": [f"{chance.choice(WORDS)}又{chance.choice(WORDS)}"],
            "attributes": {"颜色": chance.choice(COLOURS)},
            "note": f"姐妹们，这个{goods}真的很{chance.choice(WORDS)}！",
        },
        "stock": number,
    }


def nights(listings: int = 36) -> list[bytes]:
    """Return the catalogs of the nights, as files hold them: pages change, go, come, come back and break the rules."""
    chance = Random(6)  # noqa: S311 - the same catalogs every time
    first = [page(number, chance) for number in range(listings)]
    second = [dict(listing) for listing in first if listing["id"] not in ("p5", "p6")]
    for position, listing in enumerate(second):
        match position % 5:
            case 0:
                listing["fields"] = listing["fields"] | {"note": f"真的很{WORDS[position % len(WORDS)]}，推荐"}
            case 1:
                listing["stock"] += 100
    second[7]["fields"] = second[7]["fields"] | {"note": CLAIM}
    second[9]["markets"] = ["us"]
    second += [page(number, chance) for number in range(listings, listings + 3)]
    third = [*first[: listings // 2], *(listing for listing in second if int(listing["id"][1:]) >= listings // 2)]
    # Where a line cannot be read, nobody knows which pages left: those of the second night are all readable.
    return [_lines(pages, repeated=pages[3], broken=pages is not second) for pages in (first, second, third)]


def _lines(pages: list[dict[str, Any]], *, repeated: Mapping[str, Any], broken: bool) -> bytes:
    whole = [json.dumps(listing, ensure_ascii=False).encode() for listing in pages]
    middle = len(whole) // 2
    again = json.dumps(repeated, ensure_ascii=False).encode()
    return b"\n".join([*whole[:middle], *(BROKEN if broken else ()), again, *whole[middle:]]) + b"\n"


def write(path: Path, content: bytes) -> None:
    """Deliver a catalog: whole, in one step."""
    path.with_suffix(".new").write_bytes(content)
    path.with_suffix(".new").replace(path)
