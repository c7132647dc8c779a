"""Pages in the reader's language: templates, the interface's words, and static files."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from shopglot.review.context import context
from shopglot.review.security import cookies
from shopglot.review.security.access import csrf_token, markets_of
from shopglot.store.desk.users import User

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request

HERE = Path(__file__).parent
LANGUAGES = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}
THEMES = ("auto", "light", "dark")
NAV = (  # path, message, the role that it needs
    ("/", "base.queue", "viewer"),
    ("/audits", "base.audits", "viewer"),
    ("/insight", "base.insight", "lead"),
    ("/exchange", "base.exchange", "translator"),
    ("/users", "base.users", "admin"),
)
_MIME = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
    ".png": "image/png", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
}  # fmt: skip
_TRADITIONAL = re.compile(r"zh-(hant|tw|hk|mo)\b", re.ASCII)


# -- words ------------------------------------------------------------------------------------------------------------


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Return the interface's words: by language, then by `area.key`."""
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for path in sorted((HERE / "messages").glob("*.toml")):
        for language, words in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[language] |= {f"{path.stem}.{key}": text for key, text in words.items()}
    return found


def translate(language: str, key: str, /, **values: object) -> str:
    """Return the words for `area.key` in a language, with the values put in; English, then the key, if it has none."""
    own = messages().get(language, {})
    text = own.get(key) or messages()["en"].get(key)
    return key if text is None else text.format(**values) if values else text


def language_of(request: HTTPConnection) -> str:
    """Return the interface's language: the user's, else the one chosen in this browser, else the browser's own."""
    user = request.scope.get("state", {}).get("user")
    if isinstance(user, User):
        return user.language
    chosen = request.cookies.get(cookies.cookie_name(context(request), "language"), "")
    return chosen if chosen in LANGUAGES else _preferred(request.headers.get("accept-language", ""))


def _preferred(header: str) -> str:
    """Return the language that an Accept-Language header likes best among ours."""
    wanted: list[tuple[float, int, str]] = []
    for index, part in enumerate(header.lower()[:500].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), index, tag.strip()))
        except ValueError:
            continue
    for weight, _, tag in sorted(wanted):
        if weight < 0 and tag.split("-")[0] == "zh":
            return "zh-Hant" if _TRADITIONAL.match(tag) else "zh-Hans"
        if weight < 0 and tag.split("-")[0] == "en":
            return "en"
    return "en"


def say(request: HTTPConnection, key: str, /, **values: object) -> str:
    """Return the words for `area.key` in the language of whoever asks."""
    return translate(language_of(request), key, **values)


# -- pages ------------------------------------------------------------------------------------------------------------


def render(request: Request, name: str, /, status: int = 200, **values: object) -> HTMLResponse:
    """Return a template as a page for whoever asks. Every value is escaped."""
    state = request.scope.get("state", {})
    language = language_of(request)
    user = state.get("user") if isinstance(state.get("user"), User) else None
    chosen = request.cookies.get(cookies.cookie_name(context(request), "theme"), "")
    path = request.url.path

    def t(key: str, /, **given: object) -> str:
        return translate(language, key, **given)

    base = {
        "t": t, "user": user, "csrf": csrf_token(request), "language": language, "languages": LANGUAGES,
        "theme": user.theme if user else chosen if chosen in THEMES else "auto", "themes": THEMES, "path": path,
        "markets": markets_of(request),
        "nav": [(to, t(key), _is_here(to, path)) for to, key, role in NAV if user is not None and user.may(role)],
    }  # fmt: skip
    page = _environment().get_template(name).render(base | values)
    # Half a surrogate pair, which a merchant's page may have, has no UTF-8.
    return HTMLResponse(page.encode("utf-8", "replace"), status_code=status)


def _is_here(to: str, path: str) -> bool:
    return path == to or (to == "/" and path.startswith("/pages/")) or (to != "/" and path.startswith(f"{to}/"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["when"] = when
    environment.filters["number"] = number
    environment.globals["static"] = static
    return environment


def when(moment: datetime | None) -> str:
    """Return a moment as a `<time>`: in UTC, which base.js turns into the reader's own time zone; empty for None."""
    if moment is None:
        return ""
    shown = Markup('<time datetime="{}" data-when>{}</time>')
    return shown.format(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), moment.strftime("%Y-%m-%d %H:%M UTC"))


def number(value: float, digits: int = 0) -> str:
    """Return a number for people: 12,345, with so many digits after the point."""
    return f"{value:,.{digits}f}"


# -- static files -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A static file as it was read: `stamp` tells whether it has changed since."""

    content: bytes
    digest: str
    kind: str
    stamp: tuple[int, int]


_read: dict[str, _File] = {}


def static(name: str) -> str:
    """Return the URL of a file in `static/`, which changes with its content."""
    return f"/static/{name}?v={_static_file(name).digest[:12]}"


def serve_static(request: Request) -> Response:
    """Answer with a static file; kept for a year by browsers where the URL has its digest, else asked for again."""
    name = request.path_params["name"]
    try:
        file = _static_file(name)
    except KeyError as error:
        raise HTTPException(404) from error
    etag = f'"{file.digest[:32]}"'
    exact = request.query_params.get("v") == file.digest[:12]
    headers = {"etag": etag, "cache-control": "public, max-age=31536000, immutable" if exact else "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.kind)


@cache
def _names() -> Mapping[str, Path]:
    """Return every static file there is, by name: a request can only name one of these."""
    root = HERE / "static"
    return {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file() and path.suffix in _MIME}


def _static_file(name: str) -> _File:
    path = _names()[name]
    about = path.stat()
    stamp = (about.st_mtime_ns, about.st_size)
    found = _read.get(name)
    if found is None or found.stamp != stamp:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        found = _read[name] = _File(content=content, digest=digest, kind=_MIME[path.suffix], stamp=stamp)
    return found
