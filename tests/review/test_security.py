"""What somebody might try at the desk: each is tried here, and each is refused."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from tests.review.conftest import BASE, PASSWORD, SCRIPT, Browser, DeskClock

from shopglot.errors import StoreError
from shopglot.review.app import create_app
from shopglot.review.context import STORES, Busy, Settings, context
from shopglot.review.security import Refused, form, json_body, require
from shopglot.review.security.bodies import GENERAL, STRANGERS, UPLOAD, read_body
from shopglot.review.security.gate import local_path
from shopglot.review.security.limits import CHANGES, DEEDS, LOGIN, MOST_ADDRESSES, Limits
from shopglot.store import Store

Client = Callable[[str], Browser]
NewBrowser = Callable[..., Browser]
OTHER = "seven other words entirely"
PUBLIC = ("/login", "/healthz", "/favicon.ico", "/language", "/metrics", "/static/{name:path}")
LOOKING = (  # sent by POST, and changes nothing
    "/api/pages/{market}/{listing:int}/segments/{position:int}/recheck",
)
OWN = ("/account", "/account/theme", "/account/password", "/account/sessions", "/logout")  # anybody's own affairs


# -- CSRF -------------------------------------------------------------------------------------------------------------


def test_changes_without_the_token_are_refused(client: Client, desk_store: Store) -> None:
    """Missing, empty, wrong, of another session, of a visit, in the wrong place; nothing has changed after any."""
    vera, other = client("vera"), client("vera")
    visit = Browser(vera.app, base_url=BASE).read_csrf("/login")
    right = vera.headers.pop("X-CSRF-Token")
    before = desk_store.people.get("vera")
    tries: list[dict[str, Any]] = [
        {},
        {"headers": {"X-CSRF-Token": ""}},
        {"headers": {"X-CSRF-Token": right[:-1]}},
        {"headers": {"X-CSRF-Token": right.upper()}},
        {"headers": {"X-CSRF-Token": other.csrf}},
        {"headers": {"X-CSRF-Token": visit}},
        {"headers": {"X-CSRF-Token": "wrong"}, "data": {"csrf": right, "theme": "dark"}},
        {"data": {"csrf": "", "theme": "dark"}},
        {"data": {"csrf": "wrong", "theme": "dark"}},
        {"json": {"csrf": right, "theme": "dark"}},
        {"params": {"csrf": right}},
        {"files": {"csrf": ("csrf", right)}, "data": {"theme": "dark"}},
    ]
    for one in tries:
        answer = vera.post("/account/theme", **one)
        assert 403 == answer.status_code, one
    answer = vera.post("/account/theme", headers={"Accept": "application/json"})
    assert "csrf" == answer.json()["code"]
    assert before == desk_store.people.get("vera")
    assert 200 == vera.post("/account/theme", data={"csrf": right, "theme": "dark"}).status_code
    changed = desk_store.people.get("vera")
    assert changed is not None
    assert "dark" == changed.theme


def test_login_needs_a_token_of_this_browser(browser: NewBrowser) -> None:
    """Nobody is logged in under somebody else's name by a page elsewhere."""
    victim, attacker = browser(), browser()
    token = attacker.read_csrf("/login")
    del attacker.headers["X-CSRF-Token"]
    data = {"name": "vera", "password": PASSWORD}
    assert 403 == victim.post("/login", data=data).status_code
    victim.get("/login")
    assert 403 == victim.post("/login", data=data | {"csrf": token}).status_code
    victim.cookies.set("shopglot-visit", "forged.forged")
    assert 403 == victim.post("/login", data=data | {"csrf": token}).status_code
    assert "shopglot-session" not in victim.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8765"},
        {"Origin": "http://127.0.0.1:8765.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": BASE, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_sites_change_nothing(client: Client, headers: dict[str, str]) -> None:
    """Even with the right token: the browser says where a request comes from."""
    vera = client("vera")
    answer = vera.post("/account/theme", data={"theme": "dark"}, headers={**headers, "Accept": "application/json"})
    assert (403, "origin") == (answer.status_code, answer.json()["code"])


def test_own_pages_change_things(client: Client) -> None:
    """What a browser sends from a page of the desk is let through."""
    headers = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}
    assert 200 == client("vera").post("/account/theme", data={"theme": "dark"}, headers=headers).status_code


def test_reading_never_changes(client: Client) -> None:
    """Nothing that changes something answers to GET: a link or an image elsewhere does nothing."""
    vera = client("vera")
    for path in ("/logout", "/account/theme", "/account/password", "/account/sessions", "/language"):
        assert vera.get(path, follow_redirects=False).status_code in (404, 405)
    assert 200 == vera.get("/account").status_code


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_given_beforehand_is_not_used(browser: NewBrowser, client: Client) -> None:
    """Fixation: whatever cookie the browser comes with, the login begins another session and ends the old one."""
    attacker = client("theo")
    planted = attacker.cookies["shopglot-session"]
    victim = browser()
    victim.cookies.set("shopglot-session", planted, domain="127.0.0.1", path="/")
    victim.read_csrf("/account")
    answer = victim.post("/login", data={"name": "vera", "password": PASSWORD}, follow_redirects=False)
    assert 303 == answer.status_code
    [session] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("shopglot-session=")]
    assert planted not in session
    assert "/login" == attacker.get("/account").request.url.path


@pytest.mark.parametrize("cookie", ["", "x", "x.y", "a" * 4_000, "\xff", "'; DROP TABLE sessions; --", "null.null"])
def test_made_up_cookies_are_no_session(browser: NewBrowser, cookie: str) -> None:
    """Only what the desk signed is looked up."""
    stranger = browser()
    answer = stranger.get(
        "/account", headers={b"Cookie": f"shopglot-session={cookie}".encode("latin-1")}, follow_redirects=False
    )
    assert 303 == answer.status_code


def test_signed_cookies_of_one_kind_are_none_of_another(browser: NewBrowser, client: Client) -> None:
    """A visit's cookie is no session, though the same key signed it."""
    stranger = browser()
    stranger.get("/login")
    visit = stranger.cookies["shopglot-visit"]
    stranger.cookies.set("shopglot-session", visit)
    assert "/login" == stranger.get("/account").request.url.path


def test_session_ends_when_nobody_uses_it(client: Client, desk_clock: DeskClock) -> None:
    """After 8 hours; a page that was open is told so."""
    vera = client("vera")
    desk_clock.forward(hours=7.9)
    assert 200 == vera.get("/account").status_code
    desk_clock.forward(hours=8.1)
    assert "/login" == vera.get("/account").request.url.path
    answer = vera.post("/account/theme", data={"theme": "dark"}, headers={"Accept": "application/json"})
    assert (401, "login") == (answer.status_code, answer.json()["code"])


# -- roles and markets: every route there is --------------------------------------------------------------------------


def walk(routes: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield (method, path pattern) of every route."""
    for route in routes:
        if isinstance(route, Mount):
            yield from walk(route.routes, prefix + route.path)
        else:
            assert isinstance(route, Route), f"{route}: who may use it?"
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield method, prefix + route.path


def fill(pattern: str, *, market: str, listing: int) -> str:
    """Return a path for a pattern, with a page that there is in one of the markets."""
    known = {"market": market, "listing": str(listing), "name": "vera"}

    def value(found: re.Match[str]) -> str:
        name, _, kind = found[1].partition(":")
        return known.get(name, "1" if kind in ("int", "float") else "x")

    return re.sub(r"\{([^}]+)\}", value, pattern)


@pytest.fixture
def listing(desk_store: Store) -> int:
    """The number of the hostile listing, which is held in every market."""
    with desk_store.database.read() as connection:
        statement = "SELECT number FROM listings WHERE id LIKE 'hostile%'"
        return int(connection.exec_driver_sql(statement).scalar_one())


def test_strangers_get_nothing(app: Starlette, browser: NewBrowser, listing: int) -> None:
    """Every route that is not public sends them to the login, whatever the method."""
    stranger = browser()
    stranger.read_csrf("/login")
    for method, pattern in walk(app.routes):
        if pattern in PUBLIC:
            continue
        path = fill(pattern, market="us", listing=listing)
        answer = stranger.request(method, path, follow_redirects=False)
        assert answer.status_code in (303, 401), (method, path)
        assert answer.status_code == 401 or answer.headers["location"].startswith("/login"), (method, path)


def test_markets_of_others_are_as_if_there_were_none(app: Starlette, client: Client, listing: int) -> None:
    """404 for every route of a market that is not theirs, word for word as for a market that there is not."""
    tess = client("tess")  # Hong Kong only
    found = [(method, pattern) for method, pattern in walk(app.routes) if "{market" in pattern]
    for method, pattern in found:
        answers = {}
        for market in ("us", "zz"):
            path = fill(pattern, market=market, listing=listing)
            answers[market] = tess.request(method, path, headers={"Accept": "application/json"})
            assert 404 == answers[market].status_code, (method, path)
        assert answers["us"].content == answers["zz"].content


def test_viewers_change_nothing(app: Starlette, client: Client, listing: int) -> None:
    """Every route that changes something is closed to them, but for their own account."""
    vera, open_ = client("vera"), []
    for method, pattern in walk(app.routes):
        if method == "GET" or pattern in (*PUBLIC, *OWN, *LOOKING):
            continue
        path = fill(pattern, market="us", listing=listing)
        answer = vera.request(method, path, headers={"Accept": "application/json"})
        if answer.status_code != 403:
            open_.append((method, pattern, answer.status_code, answer.text[:200]))
    assert [] == open_


def test_every_route_asks_who_may(app: Starlette, client: Client, listing: int) -> None:
    """No page that an admin may open fails for want of a check, or at all."""
    ada = client("ada")
    for method, pattern in walk(app.routes):
        if method == "GET":
            path = fill(pattern, market="us", listing=listing)
            assert ada.get(path, follow_redirects=False).status_code < 500, path


def test_route_that_does_not_ask_answers_nothing(app: Starlette, client: Client) -> None:
    """A new route without a check is closed, not open."""
    app.router.routes.insert(0, Route("/new", lambda request: PlainTextResponse("secret")))
    answer = client("ada").get("/new")
    assert 500 == answer.status_code
    assert "secret" not in answer.text


# -- markup in texts --------------------------------------------------------------------------------------------------


class Dangers(HTMLParser):
    """Collects what of a page would run as a script, or be refused by the page's own policy."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.found: list[str] = []
        # A page that no script runs on may have a style of its own, which its policy names by its digest.
        policy = answer.headers["content-security-policy"]
        self._styled = "style-src 'sha256-" in policy and "script-src" not in policy
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        given = {name: value or "" for name, value in attrs}
        data = given.get("type") == "application/json"
        if tag == "script" and not data and not given.get("src", "").startswith("/static/"):
            self.found.append(f"script {given}")
        if tag == "iframe" and ("sandbox" not in given or "allow-scripts" in given["sandbox"]):
            self.found.append(f"{tag} {given}")
        if tag in ("object", "embed", "base") or (tag == "style" and not self._styled):
            self.found.append(f"{tag} {given}")
        for name, value in given.items():
            if name.startswith("on") or name == "style":
                self.found.append(f"{tag} {name}={value}")
            if re.match(r"\s*(javascript|vbscript|data:text)", value, re.IGNORECASE) and name in (
                "href", "src", "action", "formaction", "xlink:href",
            ):  # fmt: skip
                self.found.append(f"{tag} {name}={value}")


def test_texts_of_a_listing_are_texts_on_every_page(app: Starlette, client: Client, listing: int) -> None:
    """Titles, merchants, ids, categories full of markup: no page has a script of theirs."""
    ada = client("ada")
    seen = 0
    for method, pattern in walk(app.routes):
        if method != "GET" or pattern in PUBLIC:
            continue
        for market in ("us", "hk"):
            answer = ada.get(fill(pattern, market=market, listing=listing))
            if "html" in answer.headers.get("content-type", ""):
                assert [] == Dangers(answer).found, pattern
                seen += SCRIPT.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    if any(pattern.startswith("/pages/") for _, pattern in walk(app.routes)):
        assert seen  # some page did show them


def test_query_strings_are_texts_on_every_page(app: Starlette, client: Client, listing: int) -> None:
    """Reflected: whatever stands in the address."""
    ada = client("ada")
    evil = f'">{SCRIPT}<img src=x onerror=alert(1)>'
    keys = ("next", "q", "search", "done", "market", "merchant", "category", "reason", "state", "sort", "field", "run")
    for method, pattern in walk(app.routes):
        if method == "GET":
            path = fill(pattern, market="us", listing=listing)
            answer = ada.get(path, params=dict.fromkeys(keys, evil), follow_redirects=False)
            assert answer.status_code < 500, path
            if "html" in answer.headers.get("content-type", ""):
                assert [] == Dangers(answer).found, path


def test_names_and_paths_are_texts(client: Client, browser: NewBrowser) -> None:
    """A user's shown name, the name tried at the login, and a path that there is not."""
    ada = client("ada")
    ada.post("/users/vera", data={"shown": f"V{SCRIPT}", "role": "viewer", "all": "1"})
    for path in ("/users", f"/{quote(SCRIPT)}", f"/login?next=/{quote(SCRIPT)}"):
        assert [] == Dangers(ada.get(path)).found
    assert SCRIPT.replace("<", "&lt;").replace(">", "&gt;") in ada.get("/users").text
    stranger = browser()
    stranger.read_csrf("/login")
    answer = stranger.post("/login", data={"name": f'"{SCRIPT}', "password": "x", "next": f"/{SCRIPT}"})
    assert [] == Dangers(answer).found


# -- where the login leads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "https://evil.example", "\\\\evil.example", "/\\evil.example", "javascript:alert(1)",
        "evil.example", "/\t/evil.example", "/\n/evil.example", "/x\r\nSet-Cookie: a=b", " //evil.example", "",
        "/a\\..\\b", "///evil.example",
        "/" + "x" * 3_000, "http:/evil.example", "/\x00", "@evil.example",
    ],
)  # fmt: skip
def test_login_leads_nowhere_else(browser: NewBrowser, target: str) -> None:
    """`next` is a path of the desk, or the queue; it adds no header either."""
    assert "/" == local_path(target)
    stranger = browser()
    stranger.read_csrf("/login")
    data = {"name": "vera", "password": PASSWORD, "next": target}
    answer = stranger.post("/login", data=data, follow_redirects=False)
    assert (303, "/") == (answer.status_code, answer.headers["location"])
    assert "a" not in stranger.cookies


@pytest.mark.parametrize("target", ["/", "/pages/us/3", "/?state=open&q=a%20b", "/a?b=//c#d"])
def test_login_leads_back(target: str) -> None:
    """To every page of the desk."""
    assert target == local_path(target)


# -- bodies -----------------------------------------------------------------------------------------------------------


def chunks(total: int) -> Iterator[bytes]:
    """Yield a body in parts, so that no header says how long it is."""
    for start in range(0, total, 50_000):
        yield b"x" * min(50_000, total - start)


def test_large_bodies_are_refused(browser: NewBrowser, client: Client) -> None:
    """With a length and without; a stranger may send less than somebody who is known."""
    stranger = browser()
    stranger.read_csrf("/login")
    vera = client("vera")
    for somebody, path, most in ((stranger, "/login", STRANGERS), (vera, "/account/theme", GENERAL)):
        for content in (b"x" * (most + 1), chunks(most + 1)):
            assert 413 == somebody.post(path, content=content).status_code
        assert 413 != somebody.post(path, content=b"x" * most).status_code


def test_uploads_may_be_larger(app: Starlette, client: Client) -> None:
    """Up to their own limit, where files are sent to."""
    lengths: list[int] = []

    def take(request: Request) -> Response:
        require(request, "translator")
        lengths.append(len(request.scope["state"]["body"]))
        return PlainTextResponse("ok")

    app.router.routes.insert(0, Route("/exchange/test", take, methods=["POST"]))
    theo = client("theo")
    assert 200 == theo.post("/exchange/test", content=b"x" * UPLOAD).status_code
    assert [UPLOAD] == lengths
    assert 413 == theo.post("/exchange/test", content=b"x" * (UPLOAD + 1)).status_code
    assert 413 == theo.post("/exchange/test", content=chunks(UPLOAD + 1)).status_code


def test_a_body_longer_than_it_says_is_cut_off() -> None:
    """What counts is what comes; reading ends there."""
    given = 0

    async def receive() -> dict[str, Any]:
        nonlocal given
        given += 1
        return {"type": "http.request", "body": b"x" * 1_000, "more_body": True}

    scope = {"type": "http", "headers": [(b"content-length", b"10")]}
    with pytest.raises(Refused) as caught:
        asyncio.run(read_body(scope, receive, 5_000))
    assert (413, 6) == (caught.value.status, given)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nz\r\n--x--"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=b" for _ in range(5_000))),
        ("application/x-www-form-urlencoded; charset=nonsense", b"\xff\xfe=%zz"),
    ],
)
def test_broken_forms_are_refused(client: Client, kind: str, content: bytes) -> None:
    """With a sentence, never as a failure of the desk."""
    answer = client("vera").post("/account/theme", content=content, headers={"Content-Type": kind})
    assert answer.status_code < 500


@pytest.mark.parametrize("content", [b"[1]", b"{", b"\xff", b'"x"', b"[" * 100_000, b"1e999999"])
def test_json_that_is_no_object_is_refused(app: Starlette, client: Client, content: bytes) -> None:
    """As a mistake of whoever sent it."""

    def take(request: Request) -> Response:
        require(request, "viewer")
        return PlainTextResponse(str(json_body(request)))

    app.router.routes.insert(0, Route("/api/test", take, methods=["POST"]))
    vera = client("vera")
    answer = vera.post("/api/test", content=content)
    assert (400, "malformed") == (answer.status_code, answer.json()["code"])
    assert "{'a': 1}" == vera.post("/api/test", json={"a": 1}).text
    assert "{}" == vera.post("/api/test").text


def test_file_names_are_only_texts(app: Starlette, client: Client) -> None:
    """Whatever path a browser says that a file has."""
    seen: list[str] = []

    def take(request: Request) -> Response:
        require(request, "viewer")
        file: Any = form(request)["file"]
        seen.append(file.filename)
        return PlainTextResponse(file.file.read().decode())

    app.router.routes.insert(0, Route("/exchange/test", take, methods=["POST"]))
    name = '../../etc/passwd<script>"\r\nX: y'
    answer = client("vera").post("/exchange/test", files={"file": (name, b"content")})
    assert "content" == answer.text
    assert "x" not in answer.headers
    assert ["/" in one for one in seen] == [True]  # as it came: whoever keeps a file gives it a name of their own


# -- limits -----------------------------------------------------------------------------------------------------------


def test_logins_from_an_address_are_slowed_down(browser: NewBrowser, desk_clock: DeskClock) -> None:
    """20 at once, then one every three seconds, whatever the names."""
    stranger = browser()
    stranger.read_csrf("/login")

    def attempt(number: int) -> int:
        return stranger.post("/login", data={"name": f"name{number}", "password": OTHER}).status_code

    assert {401} == {attempt(number) for number in range(20)}
    answer = stranger.post("/login", data={"name": "vera", "password": PASSWORD})
    assert (429, "3") == (answer.status_code, answer.headers["retry-after"])
    desk_clock.forward(seconds=3)
    assert [401, 429] == [attempt(number) for number in range(2)]


def test_changes_are_slowed_down(client: Client, desk_clock: DeskClock) -> None:
    """So many a minute; reading goes on, and so do colleagues at the same address."""
    vera, theo = client("vera"), client("theo")
    codes = [vera.post("/account/nothing").status_code for _ in range(DEEDS.per_minute + 10)]
    assert DEEDS.per_minute == codes.count(404)
    assert 10 == codes.count(429)
    assert 200 == vera.get("/account").status_code
    assert 404 == theo.post("/account/nothing").status_code
    desk_clock.forward(minutes=1)
    assert 404 == vera.post("/account/nothing").status_code


def test_strangers_are_slowed_down_by_address(browser: NewBrowser) -> None:
    """Whoever is not logged in shares what an address may do."""
    first, second = browser(), browser()
    codes = [one.post("/api/undo").status_code for _ in range(CHANGES.per_minute) for one in (first, second)]
    assert CHANGES.per_minute == codes.count(401)
    assert CHANGES.per_minute == codes.count(429)


@pytest.mark.parametrize("trusted", [True, False])
def test_forwarded_addresses_count_only_from_a_proxy(desk_settings: Settings, kind_data: object, trusted: bool) -> None:
    """Whoever writes the header themselves is no stranger every time; behind a proxy only its own entry counts."""
    stranger = Browser(create_app(replace(desk_settings, trust_proxy=trusted)), base_url=BASE)
    stranger.read_csrf("/login")

    def attempts(*addresses: str) -> int:
        answers = [
            stranger.post("/login", data={"name": "x"}, headers={"X-Forwarded-For": address}) for address in addresses
        ]
        return [answer.status_code for answer in answers].count(401)

    spoofed = [f"10.0.0.{number}, 192.0.2.1" for number in range(25)]
    assert 20 == attempts(*spoofed)
    assert (20 if trusted else 0) == attempts(*[f"192.0.2.{number}" for number in range(2, 22)])


def test_limits_forget_the_oldest_address() -> None:
    """However many addresses somebody has, memory is bounded."""
    limits = Limits(lambda: 0.0)
    for number in range(MOST_ADDRESSES + 500):
        assert 0 == limits.wait(LOGIN, str(number))
    assert MOST_ADDRESSES == len(limits._buckets)


# -- hosts, headers, files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "",
        "127.0.0.1:8765@evil.example",
        "a b",
        "[::2]",
    ],
)
def test_other_names_are_refused(browser: NewBrowser, host: str) -> None:
    """A name of somebody else's that points to this machine (DNS rebinding) opens nothing."""
    for path in ("/login", "/healthz", "/static/base.css"):
        answer = browser().get(path, headers={"Host": host})
        assert 400 == answer.status_code
        assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "127.0.0.1", "LOCALHOST:80", "[::1]:8765"])
def test_own_names_are_known(browser: NewBrowser, host: str) -> None:
    """With any port: a proxy may listen on another one."""
    assert 200 == browser().get("/login", headers={"Host": host}).status_code


@pytest.mark.parametrize("path", ["/login", "/account", "/nothing", "/static/base.css", "/healthz", "/static/nothing"])
def test_every_answer_has_the_headers(client: Client, path: str) -> None:
    """Pages, errors and files: no framing, no guessing of types, scripts and styles from here only."""
    answer = client("vera").get(path)
    policy = answer.headers["content-security-policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert "DENY" == answer.headers["x-frame-options"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert "same-origin" == answer.headers["referrer-policy"]
    assert "same-origin" == answer.headers["cross-origin-opener-policy"]
    assert "same-origin" == answer.headers["cross-origin-resource-policy"]
    if not path.startswith("/static/base"):
        assert "no-store" == answer.headers["cache-control"]


def test_static_files_are_kept_by_digest(client: Client, browser: NewBrowser) -> None:
    """For a year under the URL that a page names; under any other they are asked for again."""
    page = client("vera").get("/account").text
    [url] = re.findall(r'href="(/static/base\.css\?v=[0-9a-f]+)"', page)
    stranger = browser()
    kept = stranger.get(url)
    assert "immutable" in kept.headers["cache-control"]
    assert "text/css; charset=utf-8" == kept.headers["content-type"]
    for other in ("/static/base.css", "/static/base.css?v=0"):
        asked = stranger.get(other)
        assert "no-cache" == asked.headers["cache-control"]
        again = stranger.get(other, headers={"If-None-Match": asked.headers["etag"]})
        assert (304, b"") == (again.status_code, again.content)
    assert "text/javascript; charset=utf-8" == stranger.get("/static/base.js").headers["content-type"]


@pytest.mark.parametrize(
    "name",
    ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "..%5capp.py", "/etc/passwd", "%2fetc%2fpasswd", "vendor", "vendor/",
     "", "base.css/", "base.css%00", "BASE.css", "./base.css%2f.."],
)  # fmt: skip
def test_no_other_files_are_served(browser: NewBrowser, name: str) -> None:
    """Only names that were listed at the start are looked for at all."""
    stranger = browser()
    answer = stranger.get(f"/static/{name}", follow_redirects=False)
    assert answer.status_code in (303, 404)
    assert "import" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/pages/us/1%2f..%2f2", "/pages/us/-1", "/pages/us/99999999999999999999999", "/pages/..%2f/1", "/pages/us/1%00",
     "/pages/%ff/1", "/users/..%2fada", "/api/pages/us/9223372036854775808"],
)  # fmt: skip
def test_odd_paths_are_nothing(client: Client, path: str) -> None:
    """Numbers too large, dots, NUL and bytes that are no text."""
    assert 404 == client("ada").get(path).status_code


# -- failures ---------------------------------------------------------------------------------------------------------


def test_failures_show_a_number_and_nothing_else(
    app: Starlette, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the rest, under the same number."""

    def fail(request: Request) -> Response:
        require(request, "viewer")
        raise ValueError("password of the database")

    app.router.routes += [Route("/fail", fail), Route("/api/fail", fail)]
    vera = client("vera")
    with caplog.at_level(logging.ERROR, "shopglot.review"):
        page, told = vera.get("/fail"), vera.get("/api/fail")
    for answer in (page, told):
        assert 500 == answer.status_code
        for word in ("Traceback", "ValueError", "password of", ".py"):
            assert word not in answer.text
    assert "failed" == told.json()["code"]
    numbers = re.findall(r"this number: ([0-9a-f]{8})", page.text + told.text)
    assert 2 == len(numbers)
    for number in numbers:
        assert number in caplog.text
    assert "password of the database" in caplog.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("error", "status", "code"), [(StoreError("postgresql://u@h/x"), 503, "store"), (Busy(), 503, "busy")]
)
def test_store_that_is_away_is_tried_again(
    app: Starlette, client: Client, error: Exception, status: int, code: str
) -> None:
    """The page's script knows by the status that it may; the store's address is not told."""

    def fail(request: Request) -> Response:
        require(request, "viewer")
        raise error

    app.router.routes.insert(0, Route("/api/fail", fail))
    answer = client("vera").get("/api/fail")
    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert "postgresql" not in answer.text


def test_stores_are_lent_one_at_a_time(app: Starlette) -> None:
    """Each to one caller; within a call again and again the same; one that failed is given back too."""
    desk = app.state.context
    with desk.store() as one, desk.store() as same:
        assert one is same
    for _ in range(2 * STORES):
        with pytest.raises(KeyError), desk.store():
            raise KeyError
    with desk.store() as one:
        assert 0 < len(one.people.list())
    assert STORES == desk._stores.qsize()


def test_context_is_the_apps_own(app: Starlette, client: Client) -> None:
    """A route finds the desk's settings by its request."""
    seen: list[Any] = []

    def look(request: Request) -> Response:
        require(request, "viewer")
        seen.append(context(request))
        return PlainTextResponse("ok")

    app.router.routes.insert(0, Route("/look", look))
    assert 200 == client("vera").get("/look").status_code
    assert [app.state.context] == seen
