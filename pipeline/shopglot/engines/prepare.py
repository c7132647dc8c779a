"""Making a pulled model ready to run: a CTranslate2 folder where the card wants that runtime, else the model as it is.

An adapter that the card names is merged into the model on the way.

The conversion runs in a process of its own (`python -m shopglot.engines.prepare`), so that its memory is given back.
It works in NAME.partial; the manifest is written last and the folder gets its name in one step: what is there is whole.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shopglot.engines.adapter import find_adapter, merge
from shopglot.engines.cards import Card
from shopglot.engines.frame import take_frames
from shopglot.engines.generation import expanded, locate
from shopglot.engines.pull import Progress, hash_file, is_pulled, source_path
from shopglot.errors import ModelError

MANIFEST = "manifest.json"
FRAMES = "frames.json"  # chat frames and end tokens
TOKENIZER = "tokenizer"  # a folder, as transformers saves it
FORMAT = 1  # raise it when what is prepared changes, and everybody's models are prepared again
STEPS = ("reading", "merging", "writing", "converting", "hashing")
_SPARE = 512 << 20
_RAISED = re.compile(r"[\w.]+(Error|Exception)\b")  # the last line of a traceback, which advice may follow


def prepare(card: Card, source: Path, cache: Path, *, progress: Progress = lambda what, done, total: None) -> Path:
    """Return the folder or file that engines load for a card, made from what was pulled where it is not there yet.

    May be interrupted and called again. Raises `ModelError` where there is no room, or the conversion fails.
    """
    if card.runtime != "ctranslate2":
        return source
    folder = _folder(card, cache)
    if is_prepared(card, cache):
        return folder
    partial = folder.with_name(f"{folder.name}.partial")
    for left in (folder, partial):
        shutil.rmtree(left, ignore_errors=True)
    partial.mkdir(parents=True)
    _need_room(card, source, partial)
    order = {
        "source": str(source), "target": str(partial), "kind": card.kind, "type": card.compute.type,
        "made": _made(card), "adapter": str(find_adapter(card)) if card.adapter else "",
    }  # fmt: skip
    for line in _convert_apart(card, order):
        step = line.removeprefix("step ").strip()
        if step in STEPS:
            progress(f"{card.name} {step}", STEPS.index(step), len(STEPS))
    partial.replace(folder)
    progress(f"{card.name} ready", len(STEPS), len(STEPS))
    return folder


def is_prepared(card: Card, cache: Path) -> bool:
    """Whether the model is ready to run, going by the manifest, names and sizes; `verify_prepared` reads the bytes."""
    if card.runtime != "ctranslate2":
        return is_pulled(card, cache)
    folder = _folder(card, cache)
    try:
        manifest = _manifest(folder)
        return manifest["made"] == _made(card) and all(
            (folder / name).stat().st_size == about["size"] for name, about in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def prepared_path(card: Card, cache: Path) -> Path:
    """Return what engines load. Raises `ModelError` where it is not there, or not what the card says."""
    card.require_pin()
    if not is_prepared(card, cache):
        raise ModelError(f"model '{card.name}' is not ready. Get it with `shopglot models pull {card.name}`.")
    return _folder(card, cache) if card.runtime == "ctranslate2" else source_path(card, cache)


def verify_prepared(card: Card, cache: Path) -> None:
    """Hash every prepared file again. Raises `ModelError` naming the one that is missing or another."""
    folder = prepared_path(card, cache)
    if card.runtime != "ctranslate2":
        return
    if card.adapter:
        find_adapter(card)
    for name, about in _manifest(folder)["files"].items():
        if (found := hash_file(folder / name)) != about["sha256"]:
            raise ModelError(
                f"{folder / name}: SHA-256 is {found}, not {about['sha256']} as when it was made. "
                f"Remove {folder} and call `shopglot models pull {card.name}`."
            )


def _folder(card: Card, cache: Path) -> Path:
    return cache / card.name / card.revision / f"ctranslate2-{card.compute.type}"


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def _made(card: Card) -> dict[str, Any]:
    """Return what a prepared folder is made from: all that decides whether it may be used for a card."""
    made = {"pin": card.pin, "kind": card.kind, "type": card.compute.type, "format": FORMAT}
    return {**made, "adapter": card.adapter.sha256} if card.adapter else made


def _need_room(card: Card, source: Path, folder: Path) -> None:
    size = sum(path.stat().st_size for path in source.rglob("*")) if source.is_dir() else source.stat().st_size
    # A four-bit file is written out at sixteen bits on the way, and kept at eight.
    wanted = (5 if source.is_file() else 2 if card.adapter else 1) * size + _SPARE
    if (free := shutil.disk_usage(folder).free) < wanted:
        raise ModelError(
            f"{folder}: {free / 1e9:.1f} GB are free, and making '{card.name}' ready needs {wanted / 1e9:.1f} GB. "
            "Free some, or set SHOPGLOT_HOME to a folder on a larger disk."
        )


def _convert_apart(card: Card, order: Mapping[str, Any]) -> Iterator[str]:
    """Convert in a process of its own and yield the lines that it says."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HF_HUB_OFFLINE": "1"}
    errors = Path(order["target"]).with_suffix(".log")
    with errors.open("w+", encoding="utf-8", errors="replace") as log:
        with subprocess.Popen(
            [sys.executable, "-m", "shopglot.engines.prepare", json.dumps(order)],
            stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True, env=environment,
        ) as worker:  # fmt: skip
            assert worker.stdout is not None
            try:
                yield from worker.stdout
            except BaseException:
                worker.kill()
                raise
        log.seek(0)
        said = [line.strip() for line in log if line.strip()]
    if worker.returncode:
        raised = [line for line in said if _RAISED.match(line)] or said
        why = "it was killed, perhaps for want of memory" if worker.returncode < 0 else "".join(raised[-1:])[:300]
        raise ModelError(f"model '{card.name}' could not be converted: {why}. Details: {errors}")
    errors.unlink()


def _main(order: Mapping[str, Any]) -> None:
    """What the process does: convert, then write the manifest."""
    import resource

    source, target = Path(order["source"]), Path(order["target"])
    adapter = Path(order["adapter"]) if order["adapter"] else None
    written = source.is_file() or adapter is not None
    folder = target / "expanded" if written else source
    if written:
        _say("reading")
        _expand(source, folder, adapter)
    _say("converting")
    _convert(folder, target, order["kind"], order["type"])
    if written:
        shutil.rmtree(folder)
    _say("hashing")
    files = {
        path.relative_to(target).as_posix(): {"size": path.stat().st_size, "sha256": hash_file(path)}
        for path in sorted(target.rglob("*"))
        if path.is_file()
    }
    names = ("ctranslate2", "transformers", "torch", "tokenizers")
    manifest = {
        "made": order["made"], "files": files, "versions": {name: version(name) for name in names},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _expand(source: Path, folder: Path, adapter: Path | None) -> None:
    """Write a model out at sixteen bits, its adapter merged into it: a GGUF file, or a folder of transformers."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(**locate(source), **expanded(source), dtype=torch.float16)
    tokenizer = AutoTokenizer.from_pretrained(**locate(source))
    if adapter:
        _say("merging")
        merge(model, adapter)
    _say("writing")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _convert(folder: Path, target: Path, kind: str, quantization: str) -> None:
    """Convert a model of transformers, and put its tokenizer and chat frames beside it."""
    from ctranslate2.converters import TransformersConverter
    from transformers import AutoTokenizer

    made = target / "converted"

    class Converter(TransformersConverter):  # type: ignore[misc]  # ships no types
        """Knows the language codes of M2M100, which are in the model's vocabulary and not in its tokenizer's."""

        def load_tokenizer(self, tokenizer_class: Any, name: str, **options: Any) -> Any:
            loaded = super().load_tokenizer(tokenizer_class, name, **options)
            if languages := getattr(loaded, "lang_token_to_id", None):
                vocabulary = {**loaded.get_vocab(), **languages}
                loaded.get_vocab = lambda: vocabulary
            return loaded

    converter = Converter(str(folder), load_as_float16=True, low_cpu_mem_usage=True)
    converter.convert(str(made), quantization=quantization)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    # In a folder of its own: both runtimes call their settings config.json.
    tokenizer.save_pretrained(made / TOKENIZER)
    frames = take_frames(tokenizer) if kind == "chat" else {}
    kept = {"frames": frames, "ends": find_ends(folder, tokenizer)}
    (made / FRAMES).write_text(json.dumps(kept, ensure_ascii=True), encoding="utf-8")
    for path in made.iterdir():
        path.replace(target / path.name)
    made.rmdir()


def find_ends(folder: Path, tokenizer: Any) -> list[int]:
    """Return the ids of the tokens that end an answer."""
    try:
        config = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    except OSError:
        config = {}
    ends = config.get("eos_token_id", tokenizer.eos_token_id)
    found = {tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])}
    return sorted(end for end in found if end is not None)


def _say(step: str) -> None:
    sys.stdout.write(f"step {step}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
