"""`shopglot user`: the accounts of the desk, from the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from shopglot.cli import main
from shopglot.store import open_store
from shopglot.store.desk.users import User

Invoke = Callable[..., Result]
GOOD = "four words nobody says"
OTHER = "seven other words entirely"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("shopglot.store.desk.passwords._hasher", lambda: cheap)


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with nobody in it, where commands look for it."""
    path = str(tmp_path / "shopglot.db")
    open_store(path).close()
    return path


@pytest.fixture
def add(invoke: Invoke, store: str) -> Callable[..., Result]:
    """Add somebody, with the password on stdin."""

    def call(name: str, *options: str, password: str = GOOD, role: str = "admin") -> Result:
        return invoke("user", "add", name, "--role", role, "--password-stdin", *options, stdin=f"{password}\n")

    return call


def listed(invoke: Invoke) -> dict[str, dict[str, Any]]:
    """Return what `user list --json` shows, by name."""
    return {entry["name"]: entry for entry in json.loads(invoke("user", "list", "--json").stdout)}


def test_first_admin_is_made_with_a_password_from_stdin(add: Callable[..., Result], store: str) -> None:
    """And can log in."""
    done = add("Lin", "--shown", "Lin W.", "--language", "zh-Hant")
    assert (0, "user lin added: admin, all markets\n") == (done.exit_code, done.stdout)
    with open_store(store) as opened:
        found = opened.people.authenticate("lin", GOOD)
    assert isinstance(found, User)
    assert ("admin", "Lin W.", "zh-Hant", False) == (found.role, found.shown, found.language, found.renew)


def test_there_is_nobody_until_somebody_is_added(invoke: Invoke, store: str) -> None:
    """No account and no password comes with the desk."""
    assert {} == listed(invoke)
    told = invoke("user", "list")
    assert "" == told.stdout
    assert "user add NAME --role admin" in told.stderr


def test_password_is_asked_for_twice_at_a_terminal(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never shown; two that differ are asked for again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules["shopglot.cli.user"], "_has_terminal", lambda: True)
    typed = f"{GOOD}\n{OTHER}\n{GOOD}\n{GOOD}\n"
    done = CliRunner().invoke(main, ["user", "add", "lin", "--role", "admin"], input=typed)
    assert 0 == done.exit_code, done.output
    assert GOOD not in done.output
    with open_store(store) as opened:
        assert isinstance(opened.people.authenticate("lin", GOOD), User)


def test_without_a_terminal_stdin_has_to_be_meant(invoke: Invoke, store: str) -> None:
    """A script that forgot the option does not wait for ever, nor takes a line for a password."""
    done = invoke("user", "add", "lin", "--role", "admin", stdin=f"{GOOD}\n{GOOD}\n")
    assert 2 == done.exit_code
    assert "--password-stdin" in done.stderr
    assert {} == listed(invoke)


@pytest.mark.parametrize(
    ("name", "password", "told"),
    [("lin", "short", "12 characters"), ("lin", "", "12 characters"), ("a b", GOOD, "no name for a user"),
     ("marianne", "marianne1234", "contains the user's name")],
)  # fmt: skip
def test_what_does_not_do_is_refused(
    invoke: Invoke, add: Callable[..., Result], name: str, password: str, told: str
) -> None:
    """With the reason, and without the password."""
    done = add(name, password=password)
    assert 2 == done.exit_code
    assert told in done.stderr
    assert not password or password not in done.output
    assert {} == listed(invoke)


def test_there_is_no_option_for_a_password(invoke: Invoke, store: str) -> None:
    """Arguments are seen by everybody on the machine."""
    for option in ("--password", "-p"):
        assert 2 == invoke("user", "add", "lin", "--role", "admin", option, GOOD).exit_code


def test_a_name_is_taken_once(add: Callable[..., Result]) -> None:
    """Whatever the case."""
    assert 0 == add("lin").exit_code
    done = add("LIN")
    assert (2, True) == (done.exit_code, "already" in done.stderr)


def test_roles_and_markets_change(invoke: Invoke, add: Callable[..., Result]) -> None:
    """Markets stay as they were unless they are named."""
    add("lin")
    add("mei", "--market", "hk", "--market", "us", role="translator")
    assert ["us", "hk"] == listed(invoke)["mei"]["markets"]
    assert "is now lead for us, hk" in invoke("user", "role", "mei", "--role", "lead").stdout
    assert 0 == invoke("user", "role", "mei", "--role", "lead", "--market", "tw").exit_code
    assert ("lead", ["tw"]) == (listed(invoke)["mei"]["role"], listed(invoke)["mei"]["markets"])
    assert "for all markets" in invoke("user", "role", "mei", "--role", "viewer", "--all-markets").stdout
    assert 2 == invoke("user", "role", "mei", "--role", "viewer", "--all-markets", "--market", "tw").exit_code


def test_last_admin_stays(invoke: Invoke, add: Callable[..., Result]) -> None:
    """From the terminal too."""
    add("lin")
    for arguments in (("role", "lin", "--role", "lead"), ("deactivate", "lin")):
        done = invoke("user", *arguments)
        assert (2, True) == (done.exit_code, "last active admin" in done.stderr)


def test_deactivate_ends_sessions_and_activate_lets_in_again(
    invoke: Invoke, add: Callable[..., Result], store: str
) -> None:
    """At once."""
    add("lin")
    add("mei", role="viewer")
    with open_store(store) as opened:
        mei = opened.people.get("mei")
        assert mei is not None
        token, _ = opened.people.open_session(mei)
        assert 0 == invoke("user", "deactivate", "mei", "--by", "lin").exit_code
        assert opened.people.session(token) is None
        assert opened.people.authenticate("mei", GOOD) is None
        assert 0 == invoke("user", "activate", "MEI").exit_code
        assert isinstance(opened.people.authenticate("mei", GOOD), User)


def test_password_and_unlock(invoke: Invoke, add: Callable[..., Result], store: str) -> None:
    """Somebody who forgot theirs gets another one, to be changed."""
    add("lin")
    with open_store(store) as opened:
        for _ in range(5):
            opened.people.authenticate("lin", OTHER)
        assert "locked until" in invoke("user", "list").stdout
        assert 0 == invoke("user", "unlock", "lin").exit_code
        assert isinstance(opened.people.authenticate("lin", GOOD), User)
        done = invoke("user", "password", "lin", "--password-stdin", "--renew", stdin=f"{OTHER}\r\nmore\n")
        assert 0 == done.exit_code
        found = opened.people.authenticate("lin", OTHER)
        assert isinstance(found, User)
        assert found.renew
    assert "has to change the password" in invoke("user", "list").stdout


@pytest.mark.parametrize("command", ["password", "role", "deactivate", "activate", "unlock"])
def test_nobody_is_changed_by_mistake(invoke: Invoke, add: Callable[..., Result], command: str) -> None:
    """An unknown name is exit status 2."""
    add("lin")
    extra = {"password": ["--password-stdin"], "role": ["--role", "lead"]}.get(command, [])
    done = invoke("user", command, "zoe", *extra, stdin=f"{GOOD}\n")
    assert 2 == done.exit_code
    assert "zoe" in done.stderr


def test_who_did_it_is_in_the_log(add: Callable[..., Result], store: str) -> None:
    """By the name given with --by."""
    add("lin", "--by", "root of shop-7")
    with open_store(store) as opened, opened.database.read() as connection:
        found = connection.exec_driver_sql("SELECT actor, action, detail FROM actions").all()
    assert [("root of shop-7", "user-add")] == [(row[0], row[1]) for row in found]
    assert GOOD not in str(found)


def test_a_store_that_is_not_there_is_not_made(invoke: Invoke, tmp_path: Path) -> None:
    """A mistyped path is no new desk."""
    done = invoke("user", "add", "lin", "--role", "admin", "--password-stdin", "--store", "no.db", stdin=f"{GOOD}\n")
    assert 1 == done.exit_code
    assert not (tmp_path / "no.db").exists()
