"""Runs a neural metric in a Python that has its package. A script that needs nothing of this project.

    python neural_scoring.py '{"kind": "comet", "model": FOLDER, ...}' <REQUESTS >SCORES

Requests are JSON objects, one a line: `src`, `mt` and, where the metric reads one, `ref`. The answer is one JSON object
as the last line: {"scores": [numbers, in order]}, or {"missing": the name of a module that is not installed}.

COMET's package and shopglot need different versions of transformers, so they cannot share a virtual environment.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

REGRESSION = 250_089  # the token `<extra_id_10>`, whose logit at the first step is MetricX's answer
WORST = 25.0
LONGEST = 1_536  # tokens that MetricX-24 was trained on
BATCH = 8


def score_by_comet(folder: Path, samples: list[dict[str, str]], batch: int = BATCH) -> list[float]:
    """Return COMET's scores as its package gives them."""
    import torch

    model = import_module("comet").load_from_checkpoint(str(folder / "checkpoints" / "model.ckpt"))
    found = model.predict(samples, batch_size=batch, gpus=int(torch.cuda.is_available()), progress_bar=False)
    return [float(score) for score in found.scores]


def score_by_metricx(folder: Path, tokenizer: Path, samples: list[dict[str, str]], batch: int = BATCH) -> list[float]:
    """Return MetricX's scores, 0 (perfect) to 25."""
    import torch
    from transformers import AutoTokenizer, MT5ForConditionalGeneration

    model: Any = MT5ForConditionalGeneration.from_pretrained(folder, local_files_only=True)
    model = model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    words = AutoTokenizer.from_pretrained(tokenizer, local_files_only=True, use_fast=False)
    return regress(model, words, samples, batch)


def regress(model: Any, tokenizer: Any, samples: list[dict[str, str]], batch: int = BATCH) -> list[float]:
    """Return the logit of one token at the decoder's first step, cut to 0..25: MetricX's regression on mT5.

    Inputs are those of google-research/metricx (metricx24/predict.py), without the end-of-sequence token.
    """
    import torch

    scores: list[float] = []
    for start in range(0, len(samples), batch):
        tokens = [
            tokenizer(metricx_input(sample), max_length=LONGEST, truncation=True)["input_ids"][:-1]
            for sample in samples[start : start + batch]
        ]
        width = max(map(len, tokens))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in tokens], device=model.device)
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in tokens], device=model.device)
        first = torch.zeros((len(tokens), 1), dtype=torch.long, device=model.device)
        with torch.inference_mode():
            logits = model(input_ids=ids, attention_mask=mask, decoder_input_ids=first).logits
        scores += logits[:, 0, REGRESSION].float().clamp(0, WORST).tolist()
    return scores


def metricx_input(sample: dict[str, str]) -> str:
    """Return one sample as the text that MetricX-24 reads."""
    reference = f" reference: {sample['ref']}" if "ref" in sample else ""
    return f"source: {sample['src']} candidate: {sample['mt']}{reference}"


def main() -> None:
    """Read requests, answer with scores."""
    asked = json.loads(sys.argv[1])
    samples = [json.loads(line) for line in sys.stdin.buffer]
    folder = Path(asked["model"])
    try:
        if asked["kind"] == "comet":
            scores = score_by_comet(folder, samples)
        else:
            scores = score_by_metricx(folder, Path(asked["tokenizer"]), samples)
    except ModuleNotFoundError as error:
        print(json.dumps({"missing": error.name}))
        return
    print(json.dumps({"scores": scores}))


if __name__ == "__main__":
    main()
