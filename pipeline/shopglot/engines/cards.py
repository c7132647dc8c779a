"""Model cards: what a model is, where it comes from, and how it is asked. Data in `models/NAME.toml`, no Python.

A card pins its model: one file by SHA-256 and size, or a repository by a full commit hash. A card that pins nothing
is refused when the model is wanted, not when it is listed. A card may add an adapter to its model, a file beside the
card that is pinned too, and merged into the model when it is prepared.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from shopglot.errors import DataError, ModelError, UsageError

Kind = Literal["chat", "seq2seq", "opencc", "fake"]
Runtime = Literal["ctranslate2", "transformers", "builtin"]

CUT_VERSION = 1  # of the repetition cut and the suppressed tokens: raise it when they change

COMPUTE_TYPES = ("int8", "int8_float16", "int8_bfloat16", "int8_float32", "float16", "bfloat16", "float32")
DTYPES = ("auto", "float16", "bfloat16", "float32")
DEVICES = ("auto", "cpu", "cuda")

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

# Key -> type, and whether it must be there.
_SHAPE: Mapping[str, Mapping[str, tuple[type, bool]]] = {
    "": {
        "name": (str, True), "title": (str, True), "licence": (str, True), "kind": (str, True), "runtime": (str, True),
        "directions": (list, True), "batch_size": (int, True), "note": (str, False), "source": (dict, False),
        "prompt": (dict, False), "codes": (dict, False), "decoding": (dict, False), "compute": (dict, False),
        "gated": (bool, False), "adapter": (dict, False),
    },
    "adapter": {"file": (str, True), "sha256": (str, True)},
    "source": {
        "repository": (str, False), "revision": (str, False), "file": (str, False), "sha256": (str, False),
        "size": (int, False), "folder": (str, False), "allow": (list, False), "wheels": (dict, False),
    },
    "source.wheels": {"package": (str, True), "version": (str, True), "parts": (int, True), "member": (str, True)},
    "prompt": {
        "system": (str, True), "user": (str, True), "hint": (str, True), "demand": (str, True),
        "read_back": (str, False), "read_alone": (str, False),
    },
    "codes": {"source": (str, True), "target": (str, True)},
    "decoding": {
        "beam": (int, False), "tokens_per_character": (float, False), "least_tokens": (int, False),
        "most_tokens": (int, False), "longest_source": (int, False), "repetition_penalty": (float, False),
        "no_repeat_ngram": (int, False),
    },
    "compute": {"type": (str, False), "dtype": (str, False), "device": (str, False)},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheels:
    """A file cut into parts that data packages carry; `{n}` is the part's number, `{n:02d}` with two digits."""

    package: str
    version: str
    parts: int
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a model comes from: one `file` of a repository, a whole repository, or a local `folder`.

    Of a whole repository `allow` names the files that are wanted, as patterns; all where it is empty. A local folder,
    as seen from the card, is pinned by the `sha256` that `folder_digest` gives for it.
    """

    repository: str = ""
    revision: str = ""
    file: str = ""
    sha256: str = ""
    size: int = 0
    folder: str = ""
    allow: tuple[str, ...] = ()
    wheels: Wheels | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """What was learned on top of the model: a safetensors `file`, as seen from the card, with its SHA-256."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """How a chat model is asked. `{text}`, `{hints}` and `{demands}` are filled in.

    `read_back` and `read_alone` are what it is told when it reads a finished text backward and alone. Where they are
    empty, a model that writes English is told `frame.READ_BACK` and `frame.READ_ALONE`; another cannot read so.
    """

    system: str
    user: str
    hint: str
    demand: str
    read_back: str = ""
    read_alone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How long answers may be, and how wide the search is. Always deterministic.

    An answer gets `tokens_per_character` of its source, half as many for what is no Chinese, `least_tokens` at least
    and `most_tokens` at most. A source is cut off after `longest_source` tokens: more is no sentence, and would take
    the memory of a whole batch.
    """

    beam: int = 1
    tokens_per_character: float = 2.0
    least_tokens: int = 24
    most_tokens: int = 512
    longest_source: int = 1024
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """The CTranslate2 compute type, the transformers dtype, and the device: auto, cpu or cuda."""

    type: str = "int8"
    dtype: str = "auto"
    device: str = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One model. `codes` are the source and target language codes of models that have such."""

    name: str
    title: str
    licence: str
    kind: Kind
    runtime: Runtime
    directions: tuple[tuple[str, str], ...]
    batch_size: int
    note: str
    source: Source
    prompt: Prompt | None
    codes: tuple[str, str] | None
    decoding: Decoding
    compute: Compute
    path: Path
    gated: bool = False
    adapter: Adapter | None = None

    @property
    def pin(self) -> str:
        """The digest or commit that pins the model, "" where nothing does."""
        return self.source.sha256 or self.source.revision

    @property
    def revision(self) -> str:
        """The first twelve digits of what pins model and adapter, or "unpinned"."""
        if self.adapter and self.pin:
            return hashlib.sha256(f"{self.pin} {self.adapter.sha256}".encode()).hexdigest()[:12]
        return self.source_revision

    @property
    def source_revision(self) -> str:
        """The first twelve digits of the pin alone: another adapter is no reason to download a model again."""
        return "builtin" if self.runtime == "builtin" else self.pin[:12] or "unpinned"

    @property
    def signature(self) -> str:
        """`card@revision`, as it stands in keys and outputs."""
        return f"{self.name}@{self.revision}"

    @property
    def decoding_key(self) -> str:
        """A stable text of everything but the model that decides what it answers: prompt, codes, search, precision.

        What a model is told when it only reads is no part of it: no answer changes with that.
        """
        asked = asdict(self.prompt) if self.prompt else {}
        prompt = {key: value for key, value in asked.items() if not key.startswith("read_")} or None
        compute = {key: value for key, value in asdict(self.compute).items() if key != "device"}
        about = [prompt, self.codes, asdict(self.decoding), compute, CUT_VERSION]
        digest = hashlib.sha256(json.dumps([self.runtime, *about], sort_keys=True, ensure_ascii=False).encode())
        return f"{self.runtime}:{digest.hexdigest()[:16]}"

    def require_pin(self) -> None:
        """Raise `ModelError` unless the model is pinned, or part of shopglot."""
        if not self.pin and self.runtime != "builtin":
            raise ModelError(
                f"{self.path}: model '{self.name}' is not pinned. Set source.revision to the full commit hash (40 hex "
                "digits) of the repository that you have checked, or source.sha256 and source.size of its file."
            )


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 over the names and digests of all files of a folder: what pins a local model."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.relative_to(folder).as_posix()}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def load_cards(folder: Path) -> list[Card]:
    """Return all cards of a folder, by name."""
    return [read_card(path) for path in sorted(folder.glob("*.toml"))]


def get_card(folder: Path, name: str) -> Card:
    """Return a card by name; `UsageError` lists the names that there are. A path to a .toml file is a card, too."""
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(other.stem for other in folder.glob("*.toml")))
        raise UsageError(f"model '{name}': no card {path}. Known models: {known}, fake.")
    return read_card(path)


def read_card(path: Path) -> Card:
    """Read and validate one card. Raises `DataError` that names the file and the key."""
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: {error}") from error
    _validate(content, "", path)
    _one_of(content, "kind", get_args(Kind), path)
    _one_of(content, "runtime", get_args(Runtime), path)
    if (content["runtime"] == "builtin") != (content["kind"] in ("opencc", "fake")):
        raise DataError(f"{path}: runtime must be 'builtin' for the kinds opencc and fake, and for these alone.")
    if content["runtime"] != "builtin" and "source" not in content:
        raise DataError(f"{path}: key 'source' is missing.")
    if content["name"] != path.stem:
        raise DataError(f"{path}: name is '{content['name']}', the file says '{path.stem}'.")
    if content["kind"] == "chat" and "{text}" not in content.get("prompt", {}).get("user", ""):
        raise DataError(f"{path}: a chat model needs a [prompt] whose 'user' has {{text}} in it.")
    directions = content["directions"]
    if not directions or any(not isinstance(pair, list) or len(pair) != 2 for pair in directions):
        raise DataError(f"{path}: directions must be a list of pairs such as ['zh', 'en'].")
    codes = content.get("codes")
    return Card(
        name=content["name"], title=content["title"], licence=content["licence"], kind=content["kind"],
        runtime=content["runtime"], directions=tuple((str(a), str(b)) for a, b in directions),
        batch_size=_at_least(1, content, "batch_size", path), note=content.get("note", ""),
        source=_source(content["source"], path) if "source" in content else Source(),
        prompt=Prompt(**content["prompt"]) if "prompt" in content else None,
        codes=(codes["source"], codes["target"]) if codes else None, decoding=_decoding(content, path),
        compute=_compute(content, path), path=path, gated=content.get("gated", False), adapter=_adapter(content, path),
    )  # fmt: skip


def _source(content: Mapping[str, Any], path: Path) -> Source:
    revision, digest = content.get("revision", ""), content.get("sha256", "")
    if revision and not _COMMIT.fullmatch(revision):
        raise DataError(f"{path}: source.revision is '{revision}', not a full commit hash; a branch or tag may move.")
    if digest and not _SHA256.fullmatch(digest):
        raise DataError(f"{path}: source.sha256 is '{digest}', not 64 hex digits.")
    if digest and not content.get("folder") and not (content.get("file") and content.get("size", 0) > 0):
        raise DataError(f"{path}: source.sha256 pins one file: source.file and source.size must name it.")
    if bool(content.get("repository")) == bool(content.get("folder")):
        raise DataError(f"{path}: either source.repository or source.folder must say where the model is.")
    if "wheels" in content and not digest:
        raise DataError(f"{path}: source.wheels needs source.sha256, the proof that the parts make the file.")
    fields = {key: value for key, value in content.items() if key not in ("wheels", "allow")}
    wheels = Wheels(**content["wheels"]) if "wheels" in content else None
    return Source(**fields, allow=tuple(map(str, content.get("allow", ()))), wheels=wheels)


def _adapter(content: Mapping[str, Any], path: Path) -> Adapter | None:
    if "adapter" not in content:
        return None
    adapter = Adapter(**content["adapter"])
    if not _SHA256.fullmatch(adapter.sha256):
        raise DataError(f"{path}: adapter.sha256 is '{adapter.sha256}', not 64 hex digits.")
    if content["runtime"] != "ctranslate2" or content["kind"] != "chat":
        raise DataError(f"{path}: an adapter is merged when a chat model is prepared for the runtime 'ctranslate2'.")
    return adapter


def _decoding(content: Mapping[str, Any], path: Path) -> Decoding:
    table = content.get("decoding", {})
    for key, least in (
        ("beam", 1),
        ("least_tokens", 1),
        ("most_tokens", 1),
        ("longest_source", 2),
        ("no_repeat_ngram", 0),
    ):
        if key in table:
            _at_least(least, table, key, path)
    for key in ("tokens_per_character", "repetition_penalty"):
        if table.get(key, 1.0) <= 0:
            raise DataError(f"{path}: decoding.{key} must be more than 0.")
    return Decoding(**table)


def _compute(content: Mapping[str, Any], path: Path) -> Compute:
    compute = Compute(**content.get("compute", {}))
    for key, known in (("type", COMPUTE_TYPES), ("dtype", DTYPES), ("device", DEVICES)):
        if getattr(compute, key) not in known:
            raise DataError(f"{path}: compute.{key} is '{getattr(compute, key)}', not one of {', '.join(known)}.")
    return compute


def _at_least(least: int, content: Mapping[str, Any], key: str, path: Path) -> int:
    value: int = content[key]
    if value < least:
        raise DataError(f"{path}: {key} is {value}, and must be {least} or more.")
    return value


def _validate(content: Mapping[str, Any], table: str, path: Path) -> None:
    shape = _SHAPE[table]
    prefix = f"{table}." if table else ""
    for key in content:
        if key not in shape:
            raise DataError(f"{path}: unknown key '{prefix}{key}'. Known here: {', '.join(sorted(shape))}.")
    for key, (kind, needed) in shape.items():
        if key not in content:
            if needed:
                raise DataError(f"{path}: key '{prefix}{key}' is missing.")
            continue
        if not isinstance(content[key], kind) or isinstance(content[key], bool) != (kind is bool):
            raise DataError(f"{path}: '{prefix}{key}' must be {kind.__name__}, not {content[key]!r}.")
        if kind is dict:
            _validate(content[key], f"{prefix}{key}", path)


def _one_of(content: Mapping[str, Any], key: str, known: tuple[str, ...], path: Path) -> None:
    if content[key] not in known:
        raise DataError(f"{path}: {key} is '{content[key]}', not one of {', '.join(known)}.")
