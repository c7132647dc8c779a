"""`shopglot review`: serve the review desk."""

from __future__ import annotations

import ipaddress
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from shopglot.cli.options import store_option
from shopglot.errors import UsageError
from shopglot.market import MARKETS

if TYPE_CHECKING:
    from shopglot.review.context import Settings

TOKEN_CHARACTERS = 32


@click.command("review")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: any that is free.")
@store_option
@click.option(
    "--market", "markets", type=click.Choice(MARKETS), multiple=True,
    help="Which market the desk is for; may be repeated. All, where none is named.",
)  # fmt: skip
@click.option(
    "--model", metavar="NAME", help="Model card that is asked for other translations (see `shopglot models list`)."
)
@click.option("--no-model", is_flag=True, help="Never ask a machine for other translations.")
@click.option(
    "--public-url", metavar="URL", default="",
    help="What browsers call the desk, such as https://desk.example.com, where a proxy stands before it.",
)  # fmt: skip
@click.option(
    "--secure-cookies/--insecure",
    "secure",
    default=None,
    help="Cookies go through TLS only, as they do where the public URL is https; or the desk is served without TLS "
    "to other machines, where anybody on the way can read along.",
)
@click.option(
    "--trust-proxy",
    is_flag=True,
    help="Take the browser's address from the last entry of X-Forwarded-For, which your proxy writes.",
)
@click.option(
    "--metrics-token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Serve figures for Prometheus at /metrics to whoever sends this file's token as Authorization: Bearer.",
)
def review_command(
    host: str,
    port: int,
    store: str,
    markets: tuple[str, ...],
    model: str | None,
    no_model: bool,
    public_url: str,
    secure: bool | None,
    trust_proxy: bool,
    metrics_token_file: Path | None,
) -> None:
    """Serve the review desk, where people mend what the nightly run holds. Ctrl-C ends it.

    Make the first admin with `shopglot user add NAME --role admin`. The desk speaks HTTP: for anybody but yourself put
    a proxy with TLS before it (docs/desk-admin.md).

    \b
    Example:
      shopglot review --store shop.db
      shopglot review --store shop.db --public-url https://desk.example.com --trust-proxy
    """
    from shopglot.review.context import Settings

    if model and no_model:
        raise UsageError("--model and --no-model: give one of them")
    url = _checked_url(public_url)
    local = _is_local(host)
    if not local and not url and secure is not False:
        raise UsageError(
            f"--host {host}: other machines can reach the desk, and what they send could be read on the way; give "
            "--public-url https://… of the proxy before it, or --insecure"
        )
    if secure and url.startswith("http:"):
        raise UsageError("--secure-cookies: a browser sends them to an https address only; mend --public-url")
    hosts = {"localhost", "127.0.0.1", "::1", host} - {"0.0.0.0", "::", ""}  # noqa: S104 - a comparison
    if not local and not url:
        hosts |= _own_names()
    settings = Settings(
        store=store, model=model, machine=not no_model, markets=markets or MARKETS, public_url=url,
        hosts=tuple(sorted(name.lower() for name in hosts)),
        secure=url.startswith("https:") if secure is None else secure, trust_proxy=trust_proxy,
        metrics_token=_token(metrics_token_file),
    )  # fmt: skip
    _serve(settings, host, port)


def _token(file: Path | None) -> str:
    """Return the token of a file, "" where none is named. UsageError for one that could be guessed."""
    if file is None:
        return ""
    try:
        token = file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise UsageError(f"--metrics-token-file {file}: {error.strerror}.") from error
    if len(token) < TOKEN_CHARACTERS or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"--metrics-token-file {file}: a token has at least {TOKEN_CHARACTERS} ASCII characters and no space; "
            "make one with: openssl rand -hex 32"
        )
    return token


def _checked_url(url: str) -> str:
    """Return the public URL without a slash at its end, or raise UsageError."""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query):
        raise UsageError(f"--public-url {url}: give scheme and host only, such as https://desk.example.com")
    return url.rstrip("/")


def _is_local(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _own_names() -> set[str]:
    """Return the names and addresses that this machine goes by."""
    import socket

    name = socket.gethostname()
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(name, None)}
    except OSError:
        found = set()
    return {name, socket.getfqdn(), *found}


def _serve(settings: Settings, host: str, port: int) -> None:
    """Serve until somebody ends it; what was begun is answered first."""
    try:
        import uvicorn

        from shopglot.review.app import create_app
    except ImportError as error:
        raise UsageError(f"the review desk needs more packages ({error}): pip install 'shopglot[review]'") from error
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    app = create_app(settings)
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, proxy_headers=False,
        timeout_graceful_shutdown=10, timeout_keep_alive=20, h11_max_incomplete_event_size=64_000,
        limit_concurrency=500,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.run()
    if not server.started:
        raise click.exceptions.Exit(1)
