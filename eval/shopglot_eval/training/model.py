"""The base model, what learns on top of it, and the file that is brought back."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .packing import IGNORED, Row, tensors
from .problems import TrainingError
from .recipe import Lora

LARGEST = 40_000_000  # bytes of an adapter: it is kept in the project
_FRONT, _NAME = "base_model.model.", ".default"  # what peft writes around the names of layers


def load_tokenizer(path: Path) -> Any:
    """Load the base model's tokenizer from a folder of transformers or a GGUF file."""
    from transformers import AutoTokenizer

    return _loaded(path, AutoTokenizer)


def load_base(path: Path, device: str) -> Any:
    """Load the base model: at sixteen bits on a GPU, at 32 on a CPU. A GGUF file is written out at full width."""
    import torch
    from transformers import AutoModelForCausalLM, GgufConfig

    options: dict[str, Any] = {"dtype": torch.float32 if device == "cpu" else torch.bfloat16}
    if path.is_file():
        options["quantization_config"] = GgufConfig(dequantize=True)
    model = _loaded(path, AutoModelForCausalLM, attn_implementation="sdpa", **options)
    return model.to(device)


def _loaded(path: Path, kind: Any, **options: Any) -> Any:
    if not path.exists():
        raise TrainingError(f"{path}: no base model here. Bring its file, and `join` its pieces.")
    place = {"pretrained_model_name_or_path": path}
    if path.is_file():
        place = {"pretrained_model_name_or_path": path.parent, "gguf_file": path.name}  # type: ignore[dict-item]
    try:
        return kind.from_pretrained(**place, **options)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise TrainingError(f"{path}: the base model does not load: {error}") from error


def add_adapter(model: Any, lora: Lora, seed: int) -> Any:
    """Return the model with an adapter that changes nothing yet; its weights, at 32 bits, are all that learns."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(seed)
    config = LoraConfig(
        r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules=list(lora.targets),  # type: ignore[arg-type]
        bias="none", task_type="CAUSAL_LM",
    )  # fmt: skip
    try:
        with warnings.catch_warnings():  # peft asks transformers by a name that is about to go
            warnings.simplefilter("ignore", FutureWarning)
            return get_peft_model(model, config)
    except ValueError as error:
        raise TrainingError(
            f"the base model has no layers {', '.join(lora.targets)} (lora.targets): {error}"
        ) from error


def loss_of(model: Any, row: Row, device: str) -> Any:
    """Return the sum of the losses (natural logarithm) of the learned tokens of a row.

    The vocabulary is wide: its logits are made at those places only.
    """
    import torch

    inputs = tensors(row, device)
    wanted = inputs.pop("labels")
    chosen = wanted != IGNORED
    base = model.get_base_model()
    with torch.autocast(device, dtype=torch.bfloat16, enabled=device != "cpu"):
        hidden = getattr(base, base.base_model_prefix)(**inputs, use_cache=False).last_hidden_state
        logits = base.get_output_embeddings()(hidden[0, chosen])
    return torch.nn.functional.cross_entropy(logits.float(), wanted[chosen], reduction="sum")


def learned(model: Any) -> dict[str, Any]:
    """Return the weights that learn, by peft's names."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}


def copy_weights(model: Any) -> dict[str, Any]:
    """Return a copy of the weights that learn, on the CPU."""
    return {name: weight.detach().cpu().clone() for name, weight in learned(model).items()}


def put_weights(model: Any, weights: Mapping[str, Any]) -> None:
    """Give the adapter other weights. Raises `TrainingError` where they are those of another."""
    import torch

    own = learned(model)
    if own.keys() != weights.keys() or any(own[name].shape != weights[name].shape for name in own):
        raise TrainingError("these are weights of another adapter: the recipe was changed since. Take an empty folder.")
    with torch.no_grad():
        for name, weight in weights.items():
            own[name].copy_(weight)


def write_adapter(weights: Mapping[str, Any], lora: Lora, path: Path) -> None:
    """Write an adapter at sixteen bits as the project's cards take it: layer names of transformers, and `scale`.

    One key of metadata, since several come in no order of their own: the same adapter is the same bytes. Raises
    `TrainingError` where it is larger than the project takes.
    """
    import torch
    from safetensors.torch import save_file

    halves = {
        name.removeprefix(_FRONT).replace(_NAME, ""): weight.to(torch.float16).contiguous()
        for name, weight in weights.items()
    }
    size = sum(weight.numel() * 2 for weight in halves.values())
    if size > LARGEST:
        raise TrainingError(f"the adapter has {size:,} bytes, and at most {LARGEST:,} are taken: lower lora.rank.")
    partial = path.with_name(f"{path.name}.partial")
    save_file(halves, str(partial), metadata={"scale": repr(lora.alpha / lora.rank)})
    partial.replace(path)
