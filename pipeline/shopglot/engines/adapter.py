"""An adapter (LoRA, Hu et al. 2021) that a card adds to its model: found, proven, and merged into the weights.

The file is safetensors. For every matrix that it changes it has `NAME.lora_A.weight`, shape (rank, inputs), and
`NAME.lora_B.weight`, shape (outputs, rank), where NAME is the layer as transformers calls it; its metadata has
`scale`. The merged matrix is `W + scale * B A`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shopglot.engines.cards import Card
from shopglot.engines.pull import hash_file
from shopglot.errors import ModelError

_A, _B = ".lora_A.weight", ".lora_B.weight"


def find_adapter(card: Card) -> Path:
    """Return the adapter's file. Raises `ModelError` where it is missing, or not what the card says."""
    if card.adapter is None:
        raise ModelError(f"{card.path}: this card has no adapter.")
    path = card.path.parent / card.adapter.file
    if not path.is_file():
        raise ModelError(
            f"{card.path}: adapter.file: no file {path}. Put it there, or take the card of the base model."
        )
    if (found := hash_file(path)) != card.adapter.sha256:
        raise ModelError(
            f"{path}: SHA-256 is {found}, not {card.adapter.sha256} as in {card.path}. Get the file again."
        )
    return path


def merge(model: Any, path: Path) -> int:
    """Add an adapter to the weights of a model of transformers in place. Returns how many matrices it changed.

    The sum is made at 32 bits and rounded once. Raises `ModelError` where the file is no adapter of this model; the
    model may be half changed then, and is of no use.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    matrices = dict(model.named_parameters())
    try:
        with safe_open(str(path), framework="pt") as file:
            scale = float((file.metadata() or {})["scale"])
            names = sorted(file.keys())
            layers = [name.removesuffix(_A) for name in names if name.endswith(_A)]
            if not layers or names != sorted(layer + end for layer in layers for end in (_A, _B)):
                raise ModelError(f"{path}: an adapter has pairs of {_A} and {_B}, and nothing else.")
            with torch.no_grad():
                for layer in layers:
                    weight = matrices[f"{layer}.weight"]
                    change = file.get_tensor(layer + _B).float() @ file.get_tensor(layer + _A).float()
                    if change.shape != weight.shape:
                        raise ModelError(
                            f"{path}: {layer} is {tuple(change.shape)}, the model's {tuple(weight.shape)}."
                        )
                    weight.copy_(weight.float() + scale * change)
    except (SafetensorError, OSError, KeyError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"{path}: this is no adapter of the card's model ({type(error).__name__}: {error})."
        ) from error
    return len(layers)
