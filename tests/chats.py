"""Chat models of two layers with random weights, made on the spot: a real tokenizer, a real model, no network."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

CONTROL = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def train_tokenizer(texts: Iterable[str], size: int) -> Any:
    """Return a byte-level BPE tokenizer of at most `size` tokens as Qwen has it, with its control tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer: Any = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
    )  # fmt: skip
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def write_chat_model(
    folder: Path, tokenizer: Any, *, seed: int, control: dict[str, str] | None = None, **settings: Any
) -> Path:
    """Write a Qwen2 model and its tokenizer into a folder and return it; `settings` are those of its configuration."""
    import torch
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    own = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **(control or CONTROL))  # type: ignore[no-untyped-call]
    own.chat_template = TEMPLATE
    own.save_pretrained(folder)
    torch.manual_seed(seed)
    usual = {
        "hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2,
        "max_position_embeddings": 4096, "tie_word_embeddings": False, "initializer_range": 0.4,
    }  # fmt: skip
    config = Qwen2Config(
        vocab_size=tokenizer.get_vocab_size(), num_hidden_layers=2,
        eos_token_id=own.eos_token_id, pad_token_id=own.pad_token_id, **{**usual, **settings},
    )  # fmt: skip
    round_weights(Qwen2ForCausalLM(config)).save_pretrained(folder)
    return folder


def round_weights(model: Any) -> Any:
    """Return a model with weights that sixteen bits hold: the conversion goes through them."""
    return model.half().float()
