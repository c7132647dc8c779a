"""Does memory grow with the catalog? Runs the fake engine over generated catalogs of two sizes and compares peaks.

    python -m shopglot_eval.growth --small 2000 --large 200000

Each run is a process of its own; its peak is the largest resident set that the operating system counted for it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-c", "from shopglot.cli import main; main()")
# Real catalogs repeat themselves: options and attributes come from few words, titles mix some of them with a number.
COLOURS = ("雾霾蓝", "奶白色", "樱花粉", "黑色", "燕麦色", "牛油果绿")
GOODS = ("记忆棉枕头", "保温杯", "瑜伽垫", "帆布包", "珍珠耳环", "毛绒玩具", "手机壳", "连衣裙")
WORDS = ("轻便", "柔软", "大容量", "简约", "加厚", "便携", "百搭", "透气")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object; exit status 1 where the ratio is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=2_000, help="lines of the small catalog (default %(default)s)")
    parser.add_argument("--large", type=int, default=200_000, help="lines of the large one (default %(default)s)")
    parser.add_argument("--limit", type=float, default=1.3, help="the largest ratio that is accepted (%(default)s)")
    parser.add_argument("--market", action="append", help="default us and hk; may be repeated")
    options = parser.parse_args(arguments)
    markets = options.market or ["us", "hk"]
    with tempfile.TemporaryDirectory() as folder:
        small = measure(Path(folder), options.small, markets)
        large = measure(Path(folder), options.large, markets)
    ratio = round(large["peak_mb"] / small["peak_mb"], 3)
    print(json.dumps({"small": small, "large": large, "ratio": ratio, "limit": options.limit}))
    return int(ratio > options.limit)


def measure(folder: Path, lines: int, markets: Sequence[str]) -> dict[str, Any]:
    """Run a generated catalog of so many lines; return lines, peak memory in MB and seconds."""
    catalog, store = folder / f"{lines}.jsonl", folder / f"{lines}.db"
    write_catalog(catalog, lines)
    process = subprocess.Popen(
        [
            *COMMAND, "run", str(catalog), *(word for name in markets for word in ("--market", name)),
            "--model", "fake", "--store", str(store), "--json",
        ],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    summary = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or summary["listings"] != lines:
        raise SystemExit(f"the run over {lines} lines failed; see above")
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return {"lines": lines, "peak_mb": round(usage.ru_maxrss * unit / 2**20, 1), "seconds": summary["seconds"]}


def write_catalog(path: Path, lines: int) -> None:
    """Write so many listings; the same number gives the same bytes."""
    chance = random.Random(lines)  # noqa: S311 - not for secrets
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            goods, colour = chance.choice(GOODS), chance.choice(COLOURS)
            words = "".join(chance.sample(WORDS, 2))
            fields = {
                "title": f"{words}{goods} 第{chance.randrange(lines)}款",
                "bullets": [f"{chance.choice(WORDS)}又{chance.choice(WORDS)}"],
                "attributes": {"颜色": colour},
                "note": f"姐妹们，这个{goods}真的很{chance.choice(WORDS)}！",
            }
            listing = {"id": f"g{number}", "merchant": f"m{number % 97}", "fields": fields}
            file.write(json.dumps(listing, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
