"""Tokens per second of the default engine against plain `generate` of transformers, on the same texts, in one run.

    python -m shopglot_eval.throughput eval/data/sample_catalog.jsonl --texts 64

Both read the same model file. The baseline is what anybody would write: batches of 16 as they come, left padding,
greedy, the faster of float32 and bfloat16 on a first batch. Tokens are the new tokens that each side generated, end
tokens left out.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from typing import Any

from shopglot.catalog import read
from shopglot.config import card_root, model_cache
from shopglot.engines import load
from shopglot.engines.base import Engine
from shopglot.engines.cards import Card, get_card
from shopglot.engines.pull import source_path
from shopglot.loading import load_localizer
from shopglot.types import Listing, Request

BASELINE_BATCH = 16


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", help="where the texts come from")
    parser.add_argument("--texts", type=int, default=64, help="how many distinct texts to translate (default 64)")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="model card (default %(default)s)")
    options = parser.parse_args(arguments)
    card = get_card(card_root(), options.model)
    requests = distinct_requests(options.catalog, options.model, options.texts)
    print(f"{len(requests)} texts; the engine first, then the baseline, which takes minutes", file=sys.stderr)
    engine = load(card, model_cache(), target="en")
    ours = time_engine(engine, requests, load_localizer("us", model=options.model).batch_size)
    engine.close()
    baseline = time_baseline(card, requests)
    print(
        json.dumps(
            {
                "texts": len(requests), "engine": ours, "baseline": baseline,
                "ratio": round(ours["tokens_per_second"] / baseline["tokens_per_second"], 2),
                "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            }
        )
    )  # fmt: skip
    return 0


def distinct_requests(catalog: str, model: str, number: int) -> list[Request]:
    """Return the first distinct texts of a catalog that the model would be asked for, spread over the whole catalog."""
    localizer = load_localizer("us", model=model)
    from shopglot.batches import answer

    found: dict[str, Request] = {}
    for line in read(catalog):
        if isinstance(line, Listing):
            for unit in map(localizer.unit, localizer.prepare(line).segments):
                if answer(unit, localizer) is None:
                    found.setdefault(unit.machine_key, unit.request())
    step = max(1, len(found) // number)
    return list(found.values())[::step][:number]


def time_engine(engine: Engine, requests: Sequence[Request], batch_size: int) -> dict[str, Any]:
    """Time an engine on requests sorted by length, as a run sorts them. The first text is translated untimed."""
    engine.translate(requests[:1])
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
    from shopglot.engines.frame import need_prompt
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
            output = model.generate(**inputs, do_sample=False, max_new_tokens=128)
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
