"""Logging in and out, the account, and the accounts of others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette
from tests.review.conftest import BASE, PASSWORD, Browser, DeskClock

from shopglot.review.app import create_app
from shopglot.review.context import Settings
from shopglot.store import Store
from shopglot.store.desk.users import User

OTHER = "seven other words entirely"
SESSION = "shopglot-session"
Client = Callable[[str], Browser]
NewBrowser = Callable[..., Browser]


def acts(store: Store, action: str) -> list[dict[str, Any]]:
    """Return actor and detail of what the log says of an action."""
    with store.database.read() as connection:
        rows = connection.exec_driver_sql(f"SELECT actor, detail FROM actions WHERE action = '{action}' ORDER BY id")  # noqa: S608
        return [{"actor": row[0], **json.loads(row[1])} for row in rows.all()]


# -- the login --------------------------------------------------------------------------------------------------------


def test_stranger_comes_to_the_login_and_back(browser: NewBrowser) -> None:
    """To the page that was asked for, with what stood in its address."""
    stranger = browser()
    page = stranger.get("/account?done=saved")
    assert "/login?next=/account%3Fdone%3Dsaved" == page.request.url.raw_path.decode()
    assert 'name="next" value="/account?done=saved"' in page.text
    stranger.read_csrf("/login")
    answer = stranger.post(
        "/login", data={"name": "vera", "password": PASSWORD, "next": "/account?done=saved"}, follow_redirects=False
    )
    assert (303, "/account?done=saved") == (answer.status_code, answer.headers["location"])
    assert 200 == stranger.get("/account").status_code


def test_programs_are_told_instead_of_sent_on(browser: NewBrowser) -> None:
    """A stranger's request by a script is a 401 with a stable word, so that an open page keeps what stands in it."""
    stranger = browser()
    for path, headers in (("/api/x", {}), ("/account", {"Accept": "application/json"}), ("/", {"HX-Request": "true"})):
        answer = stranger.get(path, headers=headers)
        assert (401, "login") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    ("name", "password"), [("vera", OTHER), ("nobody", PASSWORD), ("", ""), ("vera\x00", PASSWORD)]
)
def test_wrong_name_and_wrong_password_look_the_same(browser: NewBrowser, name: str, password: str) -> None:
    """Nobody learns which names there are."""
    stranger = browser()
    stranger.read_csrf("/login")
    answer = stranger.post("/login", data={"name": name, "password": password})
    assert 401 == answer.status_code
    assert "Name and password do not match" in answer.text
    assert SESSION not in stranger.cookies
    assert not password or password not in answer.text


def test_locked_account_looks_like_a_wrong_password(browser: NewBrowser, desk_clock: DeskClock) -> None:
    """Also with the right password; after the lock it gets in."""
    stranger = browser()
    stranger.read_csrf("/login")
    answers = [stranger.post("/login", data={"name": "vera", "password": OTHER}) for _ in range(5)]
    answers.append(stranger.post("/login", data={"name": "vera", "password": PASSWORD}))
    assert 1 == len({answer.text for answer in answers})
    assert {401} == {answer.status_code for answer in answers}
    desk_clock.forward(seconds=61)
    stranger.enter("vera")


def test_logins_are_in_the_log(client: Client, browser: NewBrowser, desk_store: Store) -> None:
    """Those that failed with the name that was tried; all with the address."""
    client("vera").post("/logout")
    stranger = browser()
    stranger.read_csrf("/login")
    stranger.post("/login", data={"name": "mallory", "password": PASSWORD})
    assert [{"actor": "vera", "address": "testclient"}] == [
        {key: act[key] for key in ("actor", "address")} for act in acts(desk_store, "login")
    ]
    [failed] = acts(desk_store, "login-failed")
    assert ("desk", "mallory", "testclient") == (failed["actor"], failed["user"], failed["address"])
    assert ["vera"] == [act["actor"] for act in acts(desk_store, "logout")]


def test_logging_out_ends_the_session_on_the_server(client: Client, browser: NewBrowser) -> None:
    """A cookie that somebody kept is worth nothing."""
    vera = client("vera")
    kept = vera.cookies[SESSION]
    answer = vera.post("/logout", follow_redirects=False)
    assert "/login" == answer.headers["location"]
    thief = browser()
    thief.cookies.set(SESSION, kept)
    assert "/login" == thief.get("/account").request.url.path


def test_somebody_who_is_logged_in_needs_no_login(client: Client) -> None:
    """They are sent on, within the desk."""
    answer = client("vera").get("/login?next=//evil.example", follow_redirects=False)
    assert (303, "/") == (answer.status_code, answer.headers["location"])


# -- language and theme -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("zh-HK,zh;q=0.9", "zh-Hant"), ("zh-TW", "zh-Hant"), ("zh-Hant-MO", "zh-Hant"),
        ("zh-CN", "zh-Hans"), ("zh", "zh-Hans"), ("zh-SG, en;q=0.9", "zh-Hans"),
        ("de, en;q=0.8, zh-HK;q=0.9", "zh-Hant"), ("fr", "en"), ("zh-HK;q=0, en", "en"),
        (";q=x,,;", "en"), ("zh-HK;q=nan", "en"),
    ],
)  # fmt: skip
def test_login_speaks_the_browsers_language(browser: NewBrowser, header: str, language: str) -> None:
    """As far as it is one of ours."""
    page = browser().get("/login", headers={"Accept-Language": header})
    assert f'<html lang="{language}"' in page.text


def test_language_chosen_before_the_login_stays(browser: NewBrowser) -> None:
    """In a cookie; a language that there is not changes nothing."""
    stranger = browser()
    stranger.read_csrf("/login")
    page = stranger.post("/language", data={"language": "zh-Hant", "next": "/login"})
    assert '<html lang="zh-Hant"' in page.text
    assert "登入" in page.text
    page = stranger.post("/language", data={"language": "xx\r\nSet-Cookie: a=b", "next": "/login"})
    assert '<html lang="zh-Hant"' in page.text
    assert "a" not in stranger.cookies


def test_users_choices_are_theirs_in_every_browser(client: Client) -> None:
    """Language and theme are kept with the account."""
    vera = client("vera")
    vera.post("/language", data={"language": "zh-Hans", "next": "/account"})
    page = vera.post("/account/theme", data={"theme": "dark", "next": "/account"})
    assert '<html lang="zh-Hans" data-theme="dark">' in page.text
    page = client("vera").get("/account")
    assert '<html lang="zh-Hans" data-theme="dark">' in page.text
    page = vera.post("/account", data={"language": "en", "theme": "pink"})
    assert '<html lang="en" data-theme="dark">' in page.text


# -- the own account --------------------------------------------------------------------------------------------------


def change(browser: Browser, old: str, new: str, again: str | None = None) -> Any:
    """Send the form that changes the password."""
    data = {"old": old, "new": new, "again": new if again is None else again}
    return browser.post("/account/password", data=data)


def test_changing_the_password_ends_all_other_sessions(client: Client, browser: NewBrowser) -> None:
    """And this one goes on under a new token."""
    here, elsewhere = client("vera"), client("vera")
    before = here.cookies[SESSION]
    page = change(here, PASSWORD, OTHER)
    assert "Your password is changed" in page.text
    assert before != here.cookies[SESSION]
    assert "/login" == elsewhere.get("/account").request.url.path
    thief = browser()
    thief.cookies.set(SESSION, before)
    assert "/login" == thief.get("/account").request.url.path
    browser().enter("vera", OTHER)


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        (OTHER, OTHER + "!", None, "The password until now is not right"),
        (PASSWORD, "short", None, "at least 12 characters"),
        (PASSWORD, OTHER, OTHER + "x", "not the same"),
        (PASSWORD, PASSWORD, None, "is the old one"),
        (PASSWORD, "veraveraveravera", None, "contains your name"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", None, "too easily guessed"),
    ],
)
def test_password_that_does_not_do_changes_nothing(
    client: Client, browser: NewBrowser, old: str, new: str, again: str | None, told: str
) -> None:
    """The page says why."""
    answer = change(client("vera"), old, new, again)
    assert 422 == answer.status_code
    assert told in answer.text
    browser().enter("vera")


def test_guessing_the_old_password_locks(client: Client) -> None:
    """A session that somebody left open is no way to guess."""
    vera = client("vera")
    for _ in range(5):
        change(vera, OTHER, OTHER + "!")
    assert "Too many wrong passwords" in change(vera, PASSWORD, OTHER).text


def test_logging_out_elsewhere(client: Client) -> None:
    """All other browsers, not this one."""
    here, elsewhere = client("vera"), client("vera")
    assert "logged out everywhere else" in here.post("/account/sessions").text
    assert 200 == here.get("/account").status_code
    assert "/login" == elsewhere.get("/account").request.url.path


def test_page_learns_the_token_of_a_later_session(client: Client) -> None:
    """Somebody who logged in again in another tab goes on in the first one."""
    vera = client("vera")
    assert {"user": "vera", "csrf": vera.csrf} == vera.get("/account/token").json()


# -- the accounts of others -------------------------------------------------------------------------------------------


def add(admin: Browser, name: str = "mei", **fields: Any) -> Any:
    """Send the form that adds somebody."""
    data = {"name": name, "role": "translator", "markets": ["hk"], "password": OTHER, "language": "zh-Hant"}
    return admin.post("/users", data=data | fields)


def test_added_user_has_to_change_the_password_first(client: Client, browser: NewBrowser, desk_store: Store) -> None:
    """Nothing else is open to them until then."""
    assert "Added." in add(client("ada")).text
    mei = browser().enter("mei", OTHER)
    assert "/account" == mei.get("/").request.url.path
    answer = mei.get("/api/anything")
    assert (403, "renew") == (answer.status_code, answer.json()["code"])
    assert "renew" == mei.post("/users/vera/unlock", headers={"Accept": "application/json"}).json()["code"]
    change(mei, OTHER, PASSWORD)
    assert "/account" != mei.get("/nothing").request.url.path
    [act] = [act for act in acts(desk_store, "user-add") if act["user"] == "mei"]
    assert ("ada", "translator", ["hk"]) == (act["actor"], act["role"], act["markets"])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "VERA"}, "a user of this name already"),
        ({"name": "../x"}, "cannot be used"),
        ({"name": "<script>alert(1)</script>"}, "cannot be used"),
        ({"role": "root"}, "cannot be used"),
        ({"markets": ["mars"]}, "cannot be used"),
        ({"markets": []}, "Tick a market"),
        ({"password": "short"}, "at least 12 characters"),
        ({"password": "meimeimeimeimei"}, "name"),
    ],
)
def test_user_that_cannot_be_is_not_added(client: Client, desk_store: Store, fields: dict[str, Any], told: str) -> None:
    """The page says why, and shows nothing as markup."""
    before = desk_store.people.list()
    answer = add(client("ada"), **fields)
    assert 422 == answer.status_code
    assert told in answer.text
    assert "<script>alert" not in answer.text
    assert before == desk_store.people.list()


def test_the_narrower_choice_of_markets_counts(client: Client, desk_store: Store) -> None:
    """A box that was left ticked gives nobody all markets."""
    add(client("ada"), markets=["us"], all="1")
    found = desk_store.people.get("mei")
    assert found is not None
    assert ("us",) == found.markets


def test_admin_changes_deactivates_unlocks_and_resets(client: Client, browser: NewBrowser, desk_store: Store) -> None:
    """Every one of it counts at once and is in the log."""
    ada, theo = client("ada"), client("theo")
    ada.post("/users/theo", data={"shown": "Theo T.", "role": "lead", "markets": ["us"]})
    found = desk_store.people.get("theo")
    assert found is not None
    assert ("Theo T.", "lead", ("us",)) == (found.shown, found.role, found.markets)
    ada.post("/users/theo/deactivate")
    assert "/login" == theo.get("/account").request.url.path
    ada.post("/users/theo/activate")
    for _ in range(5):
        desk_store.people.authenticate("theo", OTHER)
    assert "Locked until" in ada.get("/users").text
    ada.post("/users/theo/unlock")
    browser().enter("theo")
    assert "password is set" in ada.post("/users/theo/password", data={"password": OTHER}).text
    renewed = desk_store.people.authenticate("theo", OTHER)
    assert isinstance(renewed, User)
    assert renewed.renew
    assert {"ada"} == {act["actor"] for act in acts(desk_store, "user-change")}
    assert 1 == len(acts(desk_store, "user-unlock"))


def test_last_admin_stays(client: Client, desk_store: Store) -> None:
    """However they are asked."""
    ada = client("ada")
    for path, data in (("/users/ada/deactivate", {}), ("/users/ada", {"shown": "Ada", "role": "lead", "all": "1"})):
        answer = ada.post(path, data=data)
        assert (422, True) == (answer.status_code, "last active admin" in answer.text)
    assert 404 == ada.post("/users/nobody/unlock").status_code


def test_only_admins_see_the_accounts(client: Client) -> None:
    """Nobody gives themselves another role."""
    for name in ("vera", "theo", "tess", "lena"):
        somebody = client(name)
        assert 403 == somebody.get("/users").status_code
        assert 403 == add(somebody).status_code
        answer = somebody.post(f"/users/{name}", data={"shown": "x", "role": "admin", "all": "1"})
        assert 403 == answer.status_code
        somebody.post("/account", data={"role": "admin", "markets": "", "language": "en"})
        assert "/users" not in somebody.get("/account").text


# -- behind a proxy with TLS ------------------------------------------------------------------------------------------


def test_cookies_and_headers_behind_tls(desk_settings: Settings, kind_data: object) -> None:
    """Cookies for this host through TLS only, and browsers are told to come by TLS only."""
    made = create_app(replace(desk_settings, public_url="https://desk.example.com", secure=True))
    with Browser(made, base_url="https://desk.example.com") as ada:
        ada.read_csrf("/login")
        answer = ada.post(
            "/login", data={"name": "ada", "password": PASSWORD}, headers={"Origin": "https://desk.example.com"},
            follow_redirects=False,
        )  # fmt: skip
        assert 303 == answer.status_code
        told = {cookie.split("=")[0]: cookie.lower() for cookie in answer.headers.get_list("set-cookie")}
        session = told["__Host-shopglot-session"]
        for flag in ("; secure", "; httponly", "; samesite=lax", "; path=/"):
            assert flag in session
        assert "domain=" not in session
        assert "max-age=" in answer.headers["strict-transport-security"]
        assert 200 == ada.get("/account").status_code
        assert 400 == ada.get("/account", headers={"Host": "desk.example.org"}).status_code


def test_cookies_without_tls(client: Client, app: Starlette) -> None:
    """On one's own machine: out of reach of scripts and of other sites; no promise of TLS."""
    browser = Browser(app, base_url=BASE)
    first = browser.get("/login")
    [visit] = first.headers.get_list("set-cookie")
    assert "; httponly" in visit.lower()
    assert "; samesite=lax" in visit.lower()
    assert "secure" not in visit.lower()
    assert "strict-transport-security" not in first.headers
