"""The rooms and the direction of the arrows between them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "pipeline" / "shopglot"

BASE = {"types", "errors"}
GROUND = {
    "config", "market", "script", "language", "catalog", "segment", "protect", "termbase", "quantity", "memory",
    "foreign",
}  # fmt: skip
ROOMS = {"engines", "checks", "sensitivity", "quality", "store", "glossary"}
# The run and what it is made of; then what stands around it.
RUN = {
    "abridgement", "absence", "batches", "certainty", "collecting", "decide", "dismissals", "intake", "ledger",
    "localizer", "overrides", "ranking", "rewrites", "run", "shift", "stopping", "summary", "sweep", "texts", "watch",
    "windows", "wording",
}  # fmt: skip
AROUND = {
    "alerts", "cli", "conversion", "executors", "exposition", "loading", "logs", "metrics", "progress", "relay",
    "report", "review", "telling",
}  # fmt: skip

HEAVY = (
    "torch",
    "transformers",
    "ctranslate2",
    "datasets",
    "ray",
    "pyarrow",
    "sqlalchemy",
    "rich",
    "opencc",
    "langdetect",
    "starlette",
    "uvicorn",
    "argon2",
)


def modules() -> list[Path]:
    """Return every module of the product."""
    return sorted(SOURCE.rglob("*.py"))


def room(path: Path) -> str:
    """Return the room that a module stands in."""
    relative = path.relative_to(SOURCE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports(path: Path) -> set[str]:
    """Return the shopglot rooms that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("shopglot."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found.update(alias.name.split(".")[1] for alias in node.names if alias.name.startswith("shopglot."))
    return found


def test_every_module_has_a_layer() -> None:
    """A new module is put into a layer on purpose."""
    assert set() == {room(path) for path in modules()} - BASE - GROUND - ROOMS - RUN - AROUND - {"__init__"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_arrows_point_one_way(path: Path) -> None:
    """Types and errors know nobody; the ground knows them; rooms know the ground; run knows the rooms."""
    here = room(path)
    allowed = {"__init__": BASE, "types": set(), "errors": set()}.get(here)
    if allowed is None:
        layers = [BASE, GROUND, ROOMS, RUN, AROUND]
        level = next(index for index, layer in enumerate(layers) if here in layer)
        own = set() if layers[level] is ROOMS else layers[level]
        allowed = set().union(*layers[:level], own, {here})
    assert set() == imports(path) - allowed


def test_decide_is_alone() -> None:
    """Decide imports types, config and market only."""
    assert imports(SOURCE / "decide.py") <= {"types", "config", "market"}


def test_only_engines_and_quality_know_torch() -> None:
    """No other room imports torch, transformers or ctranslate2."""
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            name.split(".")[0]
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )
        }  # fmt: skip
        if room(path) not in ("engines", "quality"):
            assert set() == names & {"torch", "transformers", "ctranslate2"}, path


@pytest.mark.parametrize(
    ("arguments", "stdin", "allowed"),
    [
        (["--help"], "", ()),
        (["run", "--help"], "", ()),
        (["convert", "--market", "hk"], "连衣裙\n", ("opencc",)),
        (["check", "--market", "us"], '{"source": "面膜", "target": "mask"}\n', ("opencc",)),
        (["screen", "--market", "us"], "面膜\n", ("opencc",)),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_light_commands_stay_light(arguments: list[str], stdin: str, allowed: tuple[str, ...]) -> None:
    """Commands that need no model do not import what models need."""
    code = (
        "import sys\n"
        "from shopglot.cli import main\n"
        "try:\n    main()\n"
        f"finally:\n    print('HEAVY', [n for n in {HEAVY!r} if n in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    loaded = set(ast.literal_eval(done.stderr.split("HEAVY ")[1].strip()))
    assert set() == loaded - set(allowed)


def test_pipeline_is_no_package() -> None:
    """`pipeline/` and `eval/` are source roots: importing them as packages would give every class twice."""
    root = SOURCE.parents[1]
    assert [] == [str(folder) for folder in (root / "pipeline", root / "eval") if (folder / "__init__.py").exists()]
