"""`shopglot store`: backup, restore, erasure, pruning, size and check as people call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Invoke = Callable[..., Result]


@pytest.fixture
def shop(invoke: Invoke, catalog: Callable[..., str]) -> str:
    """A store after a night over three pages of two merchants."""
    pages = [
        {
            "id": f"xhs-{number}",
            "merchant": "m" if number < 3 else "other",
            "fields": {"title": f"羊毛地毯{'厚' * number}"},
        }
        for number in (1, 2, 3)
    ]
    done = invoke("run", catalog(*pages), "--market", "us", "--model", "fake", "--store", "shop.db")
    assert 0 == done.exit_code, done.output
    return "shop.db"


def test_backup_and_restore(invoke: Invoke, shop: str) -> None:
    """A store is backed up, the backup verified and restored, and the new store says the same."""
    for arguments in (
        ("backup", "b.zip", "--store", shop), ("verify", "b.zip"), ("restore", "b.zip", "--store", "new.db"),
    ):  # fmt: skip
        done = invoke("store", *arguments)
        assert (0, True) == (done.exit_code, done.stdout.startswith("b.zip: ")), done.output
    exported = [invoke("export", "--market", "us", "--store", name).stdout for name in (shop, "new.db")]
    assert exported[0] == exported[1]
    assert "羊毛" not in invoke("store", "backup", "c.zip", "--store", shop, "--json").stdout


def test_json_says_what_is_in_a_backup(invoke: Invoke, shop: str) -> None:
    """The manifest is printed, with rows and checksum of every table."""
    made = json.loads(invoke("store", "backup", "b.zip", "--store", shop, "--json").stdout)
    listed = {table["name"]: table["rows"] for table in made["tables"]}
    assert ("sqlite", 3) == (made["engine"], listed["listings"])
    assert made == json.loads(invoke("store", "verify", "b.zip", "--json").stdout)


def test_errors_have_their_status(invoke: Invoke, shop: str) -> None:
    """A file that is no backup is the caller's to mend, a store that is not empty is not written to."""
    Path("x.zip").write_bytes(b"x")
    wrong = invoke("store", "verify", "x.zip")
    assert (2, "") == (wrong.exit_code, wrong.stdout)
    assert 2 == invoke("store", "restore", "missing.zip", "--store", "new.db").exit_code
    invoke("store", "backup", "b.zip", "--store", shop)
    full = invoke("store", "restore", "b.zip", "--store", shop)
    assert (1, True) == (full.exit_code, "it is not empty" in full.stderr)
    assert 1 == invoke("store", "backup", "b.zip", "--store", shop).exit_code
    assert 0 == invoke("store", "backup", "b.zip", "--store", shop, "--force").exit_code


def test_erase_asks_first(invoke: Invoke, shop: str) -> None:
    """Without a terminal and without --yes nothing is erased; with it, the pages are gone from the catalog."""
    refused = invoke("store", "erase", "--merchant", "m", "--store", shop)
    assert (2, True) == (refused.exit_code, "give --yes" in refused.stderr)
    planned = json.loads(invoke("store", "erase", "--merchant", "m", "--store", shop, "--dry-run", "--json").stdout)
    arguments = ("--merchant", "m", "--store", shop, "--yes", "--by", "lin", "--json")
    done = json.loads(invoke("store", "erase", *arguments).stdout)
    assert (2, 2, {}, True) == (
        planned["rows"]["listings"],
        done["rows"]["listings"],
        done["remains"],
        done["scrubbed"],
    )
    exported = invoke("export", "--market", "us", "--store", shop).stdout
    assert '"xhs-1"' not in exported
    told = invoke("store", "erase", "--merchant", "m", "--store", shop, "--yes", "--by", "lin")
    assert (0, True) == (told.exit_code, "Backups taken before still have the data" in told.stdout)


def test_prune_asks_first(invoke: Invoke, shop: str) -> None:
    """Without --yes nothing is deleted; what is young stays anyway."""
    assert 2 == invoke("store", "prune", "--store", shop).exit_code
    done = json.loads(invoke("store", "prune", "--store", shop, "--yes", "--json", "--compact").stdout)
    assert {0} == set(done["rows"].values())
    assert "would be deleted" in invoke("store", "prune", "--store", shop, "--dry-run").stdout


def test_size_and_check(invoke: Invoke, shop: str) -> None:
    """The size is said for people and machines, and a store that is whole is sound."""
    found = json.loads(invoke("store", "size", "--store", shop, "--json").stdout)
    assert (3, True) == (found["listings"], found["per_thousand"] > 0)
    assert "per 1,000 listings (3 listings)" in invoke("store", "size", "--store", shop).stdout
    sound = invoke("store", "check", "--store", shop)
    assert (0, "store shop.db is sound\n") == (sound.exit_code, sound.stdout)


def test_check_ends_with_status_one(invoke: Invoke, shop: str) -> None:
    """A store with a version that nobody was told of is not sound, and says why."""
    import sqlite3

    raw = sqlite3.connect(shop)
    raw.execute("DELETE FROM outbox")
    raw.commit()
    raw.close()
    found = invoke("store", "check", "--store", shop)
    assert (1, True) == (found.exit_code, "has no event" in found.stdout)
    as_json = invoke("store", "check", "--store", shop, "--json")
    assert (1, False) == (as_json.exit_code, json.loads(as_json.stdout)["sound"])


def test_upgrade_says_from_where_to_where(invoke: Invoke, shop: str) -> None:
    """A store of this version is left as it is; one that is not there is no store."""
    done = json.loads(invoke("store", "upgrade", "--store", shop, "--json").stdout)
    assert done["from"] == done["to"]
    assert "already" in invoke("store", "upgrade", "--store", shop).stdout
    assert 1 == invoke("store", "upgrade", "--store", "missing.db").exit_code
