"""Tokens per second of the pipeline, of its engine, of CTranslate2 alone and of plain transformers, in one run.

    python -m shopglot_eval.throughput eval/data/sample_catalog.jsonl --texts 64

All answer the same distinct texts with the same model. `pipeline` is what a night does with them: batches, retries of
what is missing, checks, and the judgement; its tokens are those of the texts that were kept. The model reads what was
kept where the market's gate lets it decide something; with `--opinion` in any case. `engine` answers each once. `alone`
is CTranslate2 as one would call it oneself: the prompt that all share computed once, batches of the same size sorted by
length, nothing suppressed and nothing listened to. `baseline` is `generate` of transformers as anybody would write it:
batches of 16 as they come, left padding, greedy, the faster of float32 and bfloat16 on a first batch; it takes many
minutes on a CPU, and `--without baseline` leaves it out. Tokens are new tokens, end tokens left out.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shopglot.batches import LooseLedger, answer, translate
from shopglot.catalog import read
from shopglot.config import card_root, model_cache
from shopglot.engines import load
from shopglot.engines.base import Engine
from shopglot.engines.cards import Card, get_card
from shopglot.engines.frame import need_prompt, reading_frames, write_turn
from shopglot.engines.generation import count_cores
from shopglot.engines.prepare import FRAMES, TOKENIZER, prepared_path
from shopglot.engines.pull import source_path
from shopglot.executors.local import LocalExecutor
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer, Unit
from shopglot.run import ATTEMPTS
from shopglot.types import Listing, Request, Translation
from shopglot_eval.arguments import positive
from shopglot_eval.evaluating.gathering import reading_all

BASELINE_BATCH = 16
LONGEST = 128  # new tokens of an answer, where nothing of ours stops it
PARTS = ("translating_s", "reading_s", "judging_s")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", help="where the texts come from")
    parser.add_argument("--texts", type=positive, default=64, help="how many distinct texts to translate (default 64)")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="model card (default %(default)s)")
    parser.add_argument("--without", action="append", choices=["baseline"], default=[], help="leave a side out")
    parser.add_argument("--opinion", action="store_true", help="let the model read what it wrote in any case")
    options = parser.parse_args(arguments)
    card = get_card(card_root(), options.model)
    localizer = load_localizer("us", model=options.model)
    if options.opinion:
        localizer = reading_all(localizer)
    units = distinct_units(options.catalog, localizer, options.texts)
    requests = [unit.request() for unit in units]
    told: dict[str, Any] = {"texts": len(requests), "threads": count_cores(), "batch": localizer.batch_size}

    def measured(name: str, figures: dict[str, Any]) -> None:
        told[name] = figures
        print(f"{name}: {json.dumps(figures)}", file=sys.stderr, flush=True)

    measured("alone", time_alone(card, requests, localizer.batch_size))
    engine = load(card, model_cache(), target="en")
    engine.translate(requests[:1])
    measured("engine", time_engine(engine, requests, localizer.batch_size))
    measured("pipeline", time_pipeline(units, replace(localizer, open_engine=lambda: engine)))
    engine.close()
    if "baseline" not in options.without:
        measured("baseline", time_baseline(card, requests))
    told["ratios"] = {
        f"{name} to {other}": round(told[name]["tokens_per_second"] / told[other]["tokens_per_second"], 2)
        for name in ("pipeline", "engine") for other in ("alone", "baseline") if other in told
    }  # fmt: skip
    told["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(told))
    return 0


def distinct_units(catalog: str, localizer: Localizer, number: int) -> list[Unit]:
    """Return distinct texts of a catalog that the model would be asked for, spread over the whole catalog."""
    found: dict[str, Unit] = {}
    for line in read(catalog):
        if isinstance(line, Listing):
            for unit in map(localizer.unit, localizer.prepare(line).segments):
                if answer(unit, localizer) is None:
                    found.setdefault(unit.machine_key, unit)
    step = max(1, len(found) // number)
    return list(found.values())[::step][:number]


def time_pipeline(units: Sequence[Unit], localizer: Localizer) -> dict[str, Any]:
    """Time what a night makes of units: translated with retries, read, judged. Seconds of each beside the rate."""
    ledger, executor = LooseLedger({}), LocalExecutor()

    def work(*, reading: bool) -> dict[str, Translation]:
        return translate(units, localizer, executor=executor, ledger=ledger, attempts=ATTEMPTS, read=reading)

    marks = [time.monotonic()]
    work(reading=False)
    marks.append(time.monotonic())
    texts = work(reading=True)
    marks.append(time.monotonic())
    for unit in units:
        localizer.judge(unit.segment, texts[unit.machine_key])
    marks.append(time.monotonic())
    parts = {name: round(end - start, 1) for name, start, end in zip(PARTS, marks, marks[1:], strict=False)}
    asked = sum(text.attempts for text in texts.values())
    figures = _figures("pipeline", sum(text.tokens for text in texts.values()), marks[-1] - marks[0])
    return {**figures, "questions": asked, **parts}


def time_alone(card: Card, requests: Sequence[Request], batch_size: int) -> dict[str, Any]:
    """Time CTranslate2 on the prompts that the product makes of requests, without anything that is ours around it."""
    from ctranslate2 import Generator
    from tokenizers import Tokenizer

    folder = prepared_path(card, model_cache())
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER / "tokenizer.json"))
    kept = json.loads((folder / FRAMES).read_text(encoding="utf-8"))
    prompt = need_prompt(card)
    frame = reading_frames(kept["frames"], prompt, latin=True)["forward"]

    def read_tokens(text: str) -> list[str]:
        tokens: list[str] = tokenizer.encode(text, add_special_tokens=False).tokens
        return tokens

    before, after = read_tokens(frame.before), read_tokens(frame.after)
    model = Generator(
        str(folder), device=card.compute.device, compute_type=card.compute.type, inter_threads=1,
        intra_threads=count_cores(),
    )  # fmt: skip

    def generate(prompts: Sequence[Sequence[str]]) -> int:
        results = model.generate_batch(
            [[*own, *after] for own in prompts], static_prompt=before, cache_static_prompt=True, beam_size=1,
            include_prompt_in_result=False, max_length=LONGEST, end_token=sorted(kept["ends"]), sampling_topk=1,
        )  # fmt: skip
        return sum(len(result.sequences_ids[0]) for result in results)

    prompts = sorted((read_tokens(write_turn(request, prompt)) for request in requests), key=len)
    generate(prompts[:1])
    started = time.monotonic()
    tokens = sum(generate(prompts[start : start + batch_size]) for start in range(0, len(prompts), batch_size))
    figures = _figures("CTranslate2", tokens, time.monotonic() - started)
    model.unload_model()
    return figures


def time_engine(engine: Engine, requests: Sequence[Request], batch_size: int) -> dict[str, Any]:
    """Time an engine on requests sorted by length, as a run sorts them."""
    ordered = sorted(requests, key=engine.measure)
    started, tokens = time.monotonic(), 0
    for start in range(0, len(ordered), batch_size):
        tokens += sum(reply.tokens for reply in engine.translate(ordered[start : start + batch_size]))
    return _figures(engine.name, tokens, time.monotonic() - started)


def time_baseline(card: Card, requests: Sequence[Request]) -> dict[str, Any]:
    """Time plain transformers on the same texts in the order given, with the faster dtype of a first small batch."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    path = source_path(card, model_cache())
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name, padding_side="left")
    prompts = [_prompt(tokenizer, card, request) for request in requests]
    best: dict[str, Any] | None = None
    for dtype in (torch.float32, torch.bfloat16):
        model = AutoModelForCausalLM.from_pretrained(
            path.parent, gguf_file=path.name, quantization_config=GgufConfig(dequantize=True), dtype=dtype
        )
        trial = _generate(model, tokenizer, prompts[:4])
        if best is None or trial["tokens_per_second"] > best["trial"]["tokens_per_second"]:
            best = {"trial": trial, "dtype": dtype, "model": model}
        del model
    assert best is not None
    figures = _generate(best["model"], tokenizer, prompts)
    return {**figures, "name": f"transformers generate, {best['dtype']}, batch {BASELINE_BATCH}"}


def _prompt(tokenizer: Any, card: Card, request: Request) -> str:
    from shopglot.protect import render

    messages = [
        {"role": "system", "content": need_prompt(card).system},
        {"role": "user", "content": render(request).body},
    ]
    text: str = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return text


def _generate(model: Any, tokenizer: Any, prompts: Sequence[str]) -> dict[str, Any]:
    import torch

    started, tokens = time.monotonic(), 0
    for start in range(0, len(prompts), BASELINE_BATCH):
        inputs = tokenizer(prompts[start : start + BASELINE_BATCH], return_tensors="pt", padding=True)
        with torch.inference_mode():
            output = model.generate(**inputs, do_sample=False, max_new_tokens=LONGEST)
        new = output[:, inputs["input_ids"].shape[1] :]
        ends = torch.tensor([tokenizer.eos_token_id, tokenizer.pad_token_id])
        tokens += int((~torch.isin(new, ends)).sum())
    return _figures("transformers", tokens, time.monotonic() - started)


def _figures(name: str, tokens: int, seconds: float) -> dict[str, Any]:
    return {
        "name": name, "tokens": tokens, "seconds": round(seconds, 1), "tokens_per_second": round(tokens / seconds, 2),
    }  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
