"""How a model is run fastest on this machine: measured once by `models tune`, kept beside the model, read by `load`.

What is tuned is the number of threads and of texts in a batch. Both change when an answer comes and not what is asked;
a compute type would change the model, and is the card's to choose.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import cycle, islice
from pathlib import Path

from shopglot.engines.base import Engine
from shopglot.engines.cards import Card
from shopglot.engines.generation import count_cores
from shopglot.types import Request

FILE = "tuning.json"
# What is as good as nothing: the same batch takes so much more or less time from one call to the next.
GAIN = 1.1
# Texts as product pages have them, short and long; taken again from the first on where a batch holds more.
PROBE = (
    "加厚款", "可机洗", "奶油白", "送礼盒装", "办公室午休枕", "不锈钢内胆", "秋冬新款女装", "轻便折叠不占地方",
    "宽松显瘦针织开衫", "厨房置物架免打孔", "大容量通勤托特包", "孩子上学用的保温杯", "材质柔软，贴身穿也不扎",
    "加绒加厚，冬天出门不怕冷", "静音电机，晚上开着也不吵人", "杯盖一按就开，单手也方便喝水",
    "面料是新疆长绒棉，洗了很多次也没有起球", "收纳盒可以叠放，抽屉里的小东西一下子整齐了",
    "鞋底加了防滑纹，下雨天走在瓷砖上也很稳", "我一米六，平时穿小码，这件拿的是均码，长度刚好",
    "灯光分三档，看书用中间那一档就够，睡前调到最暗当小夜灯",
    "买回来先用温水泡一会儿再洗，第一次会有一点浮色，属于正常现象",
    "帐篷两个人十分钟就能搭好，收起来放后备箱也不占地方，周末露营很方便",
    "这款行李箱的轮子很顺滑，在机场拖着走几乎没有声音，拉杆也不会晃，已经陪我出差好几次了",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How a model is run: `threads` (0: one for each core) and texts in a batch."""

    threads: int
    batch_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A way to run a model, and the new tokens a second that it reached."""

    tuning: Tuning
    tokens_per_second: float


def machine_name() -> str:
    """Return what a tuning holds for: the processor and how many of its cores this process may use."""
    return f"{_processor() or platform.machine()}, {count_cores()} cores"


def tuning_folder(card: Card, cache: Path) -> Path:
    """Return the folder of a model whose tuning is kept there: that of its revision."""
    return cache / card.name / card.revision


def read_tuning(folder: Path) -> Tuning | None:
    """Return what was kept for this machine in a model's folder; None where nothing, or nothing readable, was."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))[machine_name()]
        found = Tuning(threads=kept["threads"], batch_size=kept["batch_size"])
        if type(found.threads) is type(found.batch_size) is int and found.threads >= 0 < found.batch_size:
            return found
    return None


def keep_tuning(folder: Path, tuning: Tuning | None) -> None:
    """Keep a tuning for this machine in a model's folder, beside those of others who share it; None forgets it."""
    kept: dict[str, object] = {}
    with suppress(OSError, ValueError):
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        kept = found if isinstance(found, dict) else {}
    kept.pop(machine_name(), None)
    if tuning is not None:
        kept[machine_name()] = asdict(tuning)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{FILE}.{os.getpid()}"
    partial.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(folder / FILE)


def tuned(card: Card, cache: Path) -> Card:
    """Return the card as this machine runs it: with the batch size that was kept."""
    kept = read_tuning(tuning_folder(card, cache))
    return replace(card, batch_size=kept.batch_size) if kept else card


def tune(card: Card, open_engine: Callable[[Tuning], Engine], threads: Sequence[int]) -> Iterator[Trial]:
    """Yield what each way to run a model reaches: first the card's own, then other threads, then other batch sizes.

    `threads` are the numbers to try, the usual one first. Batch sizes are tried with the best of them. All answer the
    same texts in batches by length, as a night makes them.
    """
    texts = card.batch_size * 2
    trials: list[Trial] = []
    for number in dict.fromkeys(threads):
        trials.append(_try(Tuning(threads=number, batch_size=card.batch_size), open_engine, texts))
        yield trials[-1]
    best = choose(trials).tuning
    for size in (max(1, card.batch_size // 2), card.batch_size * 2):
        if size != card.batch_size:
            yield _try(replace(best, batch_size=size), open_engine, texts)


def choose(trials: Sequence[Trial]) -> Trial:
    """Return the trial to keep: the first one, unless a later one is faster by more than what two calls differ by."""
    best = trials[0]
    for trial in trials[1:]:
        if trial.tokens_per_second > best.tokens_per_second * GAIN:
            best = trial
    return best


def thread_counts() -> tuple[int, ...]:
    """Return the numbers of threads that are worth a try: all cores, one for each physical core, half of all."""
    cores = count_cores()
    return cores, min(cores, _physical_cores() or cores), max(1, cores // 2)


def _try(tuning: Tuning, open_engine: Callable[[Tuning], Engine], texts: int) -> Trial:
    engine = open_engine(tuning)
    try:
        requests = [Request(source=text, field="note", style="prose") for text in islice(cycle(PROBE), texts)]
        requests.sort(key=engine.measure)
        engine.translate(requests[:1])  # what is made at the first call is not what is timed
        began, tokens = time.monotonic(), 0
        for start in range(0, texts, tuning.batch_size):
            tokens += sum(reply.tokens for reply in engine.translate(requests[start : start + tuning.batch_size]))
        seconds = max(time.monotonic() - began, 1e-9)
    finally:
        engine.close()
    return Trial(tuning=tuning, tokens_per_second=round(tokens / seconds, 2))


def _cpuinfo() -> list[Mapping[str, str]]:
    """Return what Linux says of each processor; nothing elsewhere."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    blocks = (block.splitlines() for block in text.split("\n\n") if block.strip())
    return [{name.strip(): value.strip() for name, _, value in (line.partition(":") for line in b)} for b in blocks]


def _processor() -> str:
    return next((one["model name"] for one in _cpuinfo() if "model name" in one), platform.processor())


def _physical_cores() -> int:
    """Return how many cores the processors have, threads that share one counted once; 0 where nobody says."""
    return len({(one["physical id"], one["core id"]) for one in _cpuinfo() if {"physical id", "core id"} <= one.keys()})
