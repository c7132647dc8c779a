"""`shopglot user`: who works at the review desk."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from shopglot.cli.options import by_option, json_option, store_option
from shopglot.errors import UsageError
from shopglot.market import MARKETS

if TYPE_CHECKING:
    from shopglot.store.desk.users import Account

_ROLES = ("viewer", "translator", "lead", "admin")
_role_option = click.option("--role", type=click.Choice(_ROLES), required=True, help="What they may do.")
_markets_option = click.option(
    "--market", "markets", type=click.Choice(MARKETS), multiple=True,
    help="Which market they see; may be repeated. All, where none is named.",
)  # fmt: skip
_stdin_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of stdin, instead of asking for it."
)
_renew_option = click.option("--renew", is_flag=True, help="They have to change it when they first log in.")


@click.group("user")
def user() -> None:
    """Keep the accounts of the review desk. Passwords are asked for, never given as an argument.

    \b
    Example:
      shopglot user add lin --role admin --store shop.db
      shopglot user add mei --role translator --market hk --renew --store shop.db
    """


@user.command("add")
@click.argument("name")
@_role_option
@_markets_option
@click.option("--shown", default="", metavar="TEXT", help="How they are called; otherwise by NAME.")
@click.option("--language", type=click.Choice(["en", "zh-Hant", "zh-Hans"]), default="en", show_default=True)
@_stdin_option
@_renew_option
@store_option
@by_option
def add_command(
    name: str,
    role: str,
    markets: tuple[str, ...],
    shown: str,
    language: str,
    password_stdin: bool,
    renew: bool,
    store: str,
    actor: str,
) -> None:
    """Add NAME. A password has at least 12 characters and does not contain the name.

    \b
    Example:
      shopglot user add lin --role admin
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        opened.database.require_current()
        password = _read_password(from_stdin=password_stdin)
        added = opened.people.add(
            name,
            role=role,
            password=password,
            actor=actor,
            shown=shown,
            markets=markets,
            language=language,
            renew=renew,
        )
    click.echo(f"user {added.name} added: {added.role}, {', '.join(added.markets) or 'all markets'}")


@user.command("list")
@store_option
@json_option
def list_command(store: str, as_json: bool) -> None:
    """Show who there is.

    \b
    Example:
      shopglot user list --store shop.db
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        opened.database.require_current()
        found = opened.people.accounts()
    if as_json:
        click.echo(json.dumps([_as_json(account) for account in found], ensure_ascii=False))
        return
    for account in found:
        one = account.user
        signs = [] if one.active else ["deactivated"]
        if account.locked_until:
            signs.append(f"locked until {account.locked_until:%Y-%m-%d %H:%M} UTC")
        if one.renew:
            signs.append("has to change the password")
        markets = ",".join(one.markets) or "all markets"
        click.echo(f"{one.name:<20} {one.role:<10} {markets:<14} {one.shown}{''.join(f'  [{sign}]' for sign in signs)}")
    if not found:
        click.echo("no users; make an admin with `shopglot user add NAME --role admin`", err=True)


@user.command("role")
@click.argument("name")
@_role_option
@_markets_option
@click.option("--all-markets", is_flag=True, help="They see every market.")
@store_option
@by_option
def role_command(name: str, role: str, markets: tuple[str, ...], all_markets: bool, store: str, actor: str) -> None:
    """Change what NAME may do, and with --market or --all-markets where.

    \b
    Example:
      shopglot user role mei --role lead --market hk --market mo
    """
    if markets and all_markets:
        raise UsageError("--market and --all-markets: give one of them")
    changes: dict[str, Any] = {"role": role}
    if markets or all_markets:
        changes["markets"] = markets
    _change(name, store, actor, "is now {0.role} for {1}", **changes)


@user.command("password")
@click.argument("name")
@_stdin_option
@_renew_option
@store_option
@by_option
def password_command(name: str, password_stdin: bool, renew: bool, store: str, actor: str) -> None:
    """Give NAME another password. They are logged out everywhere, and no longer locked.

    \b
    Example:
      shopglot user password mei --renew
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        opened.database.require_current()
        if opened.people.get(name) is None:
            raise UsageError(f"there is no user {name!r}; `shopglot user list` shows who there is")
        changed = opened.people.set_password(name, _read_password(from_stdin=password_stdin), actor=actor, renew=renew)
    click.echo(f"user {changed.name} has another password")


@user.command("deactivate")
@click.argument("name")
@store_option
@by_option
def deactivate_command(name: str, store: str, actor: str) -> None:
    """Let NAME log in no more, and end their sessions. What they did stays theirs.

    \b
    Example:
      shopglot user deactivate mei
    """
    _change(name, store, actor, "is deactivated", active=False)


@user.command("activate")
@click.argument("name")
@store_option
@by_option
def activate_command(name: str, store: str, actor: str) -> None:
    """Let NAME log in again.

    \b
    Example:
      shopglot user activate mei
    """
    _change(name, store, actor, "is active", active=True)


@user.command("unlock")
@click.argument("name")
@store_option
@by_option
def unlock_command(name: str, store: str, actor: str) -> None:
    """Let NAME try again at once after too many wrong passwords.

    \b
    Example:
      shopglot user unlock mei
    """
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        opened.database.require_current()
        unlocked = opened.people.unlock(name, actor=actor)
    click.echo(f"user {unlocked.name} may try again")


def _change(name: str, store: str, actor: str, told: str, **changes: Any) -> None:
    from shopglot.store import open_store

    with open_store(store, create=False) as opened:
        opened.database.require_current()
        changed = opened.people.change(name, actor=actor, **changes)
    click.echo(f"user {changed.name} {told.format(changed, ', '.join(changed.markets) or 'all markets')}")


def _read_password(*, from_stdin: bool) -> str:
    """Return a password from the terminal, typed twice, or from the first line of stdin."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not _has_terminal():
        raise UsageError("no terminal to ask for the password at: give --password-stdin")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
    return typed


def _has_terminal() -> bool:
    return sys.stdin.isatty()


def _as_json(account: Account) -> dict[str, Any]:
    one = account.user
    return {
        "name": one.name, "shown": one.shown, "role": one.role, "markets": list(one.markets), "active": one.active,
        "language": one.language, "renew": one.renew, "failures": account.failures,
        "created_at": account.created_at.isoformat(),
        "locked_until": None if account.locked_until is None else account.locked_until.isoformat(),
    }  # fmt: skip
