"""Users of the desk: what is stored of them, how they log in, and when nobody gets in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.clocks import Clock

from shopglot.errors import UsageError
from shopglot.store import Store, open_store
from shopglot.store.desk import passwords
from shopglot.store.desk.passwords import WeakPasswordError, check_password, hash_password, verify_password
from shopglot.store.desk.users import LastAdminError, Locked, NoUserError, User, fold_name

GOOD = "four words nobody says"
OTHER = "seven other words entirely"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: cheap)


@pytest.fixture
def time() -> Clock:
    """The store's clock."""
    return Clock()


@pytest.fixture
def desk(url: str, time: Clock) -> Iterator[Store]:
    """A store with one admin."""
    with open_store(url, now=time) as opened:
        opened.people.add("Ada", role="admin", password=GOOD, actor="tests")
        yield opened


def acts(store: Store, action: str = "") -> list[tuple[str, str, dict[str, Any]]]:
    """Return (actor, action, detail) of the audit log."""
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action, detail FROM actions ORDER BY id").all()
    return [(row[0], row[1], json.loads(row[2])) for row in rows if action in ("", row[1])]


def column(store: Store, statement: str) -> list[Any]:
    """Return the first column of what a statement finds."""
    with store.database.read() as connection:
        return list(connection.exec_driver_sql(statement).scalars())


# -- accounts ---------------------------------------------------------------------------------------------------------


def test_added_user_is_found_by_name_in_any_case(desk: Store) -> None:
    """Nobody is told apart by the case or the width of a letter."""
    added = desk.people.add(
        "Ｍei.Lin", role="translator", markets=("tw", "hk"), password=GOOD, actor="ada", shown="陳美"
    )
    assert added == desk.people.get("MEI.lin")
    assert ("mei.lin", "陳美", "translator", ("hk", "tw")) == (added.name, added.shown, added.role, added.markets)
    assert ["ada", "mei.lin"] == [user.name for user in desk.people.list()]
    with pytest.raises(UsageError, match="already"):
        desk.people.add("MEI.LIN", role="viewer", password=GOOD, actor="ada")


def test_password_is_never_stored_nor_logged(desk: Store) -> None:
    """What is stored is an argon2id hash; the log knows that there is a user, not how they get in."""
    [stored] = column(desk, "SELECT password FROM users")
    assert stored.startswith("$argon2id$")
    assert GOOD not in stored
    assert GOOD not in json.dumps(acts(desk))
    [(actor, _, detail)] = acts(desk, "user-add")
    assert ("tests", "ada", "admin") == (actor, detail["user"], detail["role"])


@pytest.mark.parametrize(
    "name",
    ["", " ", "-", "-a", "a b", "a/b", "a\nb", "<b>", "a" * 65, "a\ud800", "a\u202eb", "a'b", "..", "%2e", "\x00"],
)
def test_odd_names_are_refused(desk: Store, name: str) -> None:
    """A name goes into paths, logs and lists: nothing but letters, digits and four signs."""
    with pytest.raises(UsageError):
        fold_name(name)
    with pytest.raises(UsageError):
        desk.people.add(name, role="viewer", password=GOOD, actor="ada")
    assert desk.people.get(name) is None
    assert desk.people.authenticate(name, GOOD) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "short"),
        ("elevenchars", "short"),
        ("x" * 257, "long"),
        ("aaaaaaaaaaaaaaaa", "simple"),
        ("abcabcabcabc", "simple"),
        ("123456789012", "simple"),
        ("abcdefghijkl", "simple"),
        ("Password1234", "simple"),
        ("ｐａｓｓｗｏｒｄ１２３４", "simple"),
        ("I am marianne here", "name"),
        ("MARIANNE&more", "name"),
        ("twelve\nletters", "unwritable"),
        ("twelve letter\ud800", "unwritable"),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(password: str, reason: str) -> None:
    """Whoever chooses one is told why not."""
    with pytest.raises(WeakPasswordError) as caught:
        check_password(password, "marianne")
    assert reason == caught.value.reason


@pytest.mark.parametrize(
    "password",
    [GOOD, "correct horse battery staple", "密码要长一点才好记得住呀", "p4$$-Kx!9zQw7", "lin likes long words"],
)
def test_good_passwords_pass(password: str) -> None:
    """Words of any language do, and a name of three letters may be part of a long one."""
    check_password(password, "lin")


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"role": "root"}, "role"),
        ({"markets": ("us", "mars")}, "market"),
        ({"shown": ""}, "name to show"),
        ({"shown": "a\u0000b"}, "name to show"),
        ({"shown": "x" * 101}, "name to show"),
        ({"language": "xx"}, "language"),
        ({"theme": "pink"}, "theme"),
    ],
)
def test_what_there_is_not_is_refused(desk: Store, values: dict[str, Any], match: str) -> None:
    """Nothing is half written."""
    before = desk.people.get("ada")
    with pytest.raises(UsageError, match=match):
        desk.people.change("ada", actor="ada", **values)
    assert before == desk.people.get("ada")


def test_changes_are_logged_with_what_was_before(desk: Store) -> None:
    """The log says who changed what; how somebody likes their screen is not in it."""
    desk.people.add("mei", role="viewer", password=GOOD, actor="ada")
    desk.people.change("mei", actor="ada", role="lead", markets=("hk",), shown="mei")
    desk.people.change("mei", actor="mei", theme="dark", language="zh-Hant")
    [(actor, _, detail)] = acts(desk, "user-change")
    assert "ada" == actor
    assert {"role": "viewer", "markets": []} == detail["before"]
    assert {"role": "lead", "markets": ["hk"]} == detail["after"]
    changed = desk.people.get("mei")
    assert changed is not None
    assert ("dark", "zh-Hant") == (changed.theme, changed.language)


def test_the_last_admin_stays(desk: Store) -> None:
    """Somebody has to be able to let people in."""
    changes: list[dict[str, Any]] = [{"role": "lead"}, {"active": False}]
    for change in changes:
        with pytest.raises(LastAdminError):
            desk.people.change("ada", actor="ada", **change)
    desk.people.add("bo", role="admin", password=GOOD, actor="ada")
    assert "lead" == desk.people.change("ada", actor="bo", role="lead").role
    with pytest.raises(LastAdminError):
        desk.people.change("bo", actor="bo", active=False)


def test_two_admins_cannot_demote_each_other(desk: Store, url: str, time: Clock) -> None:
    """At the same time, in two processes: one of the two is refused."""
    desk.people.add("bo", role="admin", password=GOOD, actor="ada")

    def demote(name: str) -> bool:
        with open_store(url, now=time) as own:
            try:
                own.people.change(name, actor="tests", role="lead")
            except LastAdminError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert [False, True] == sorted(pool.map(demote, ["ada", "bo"]))
    assert 1 == [user.role for user in desk.people.list()].count("admin")


def test_nobody_is_said_to_be_nobody(desk: Store) -> None:
    """Whatever is asked of a user who is not there."""
    asked: list[Callable[[], User]] = [
        lambda: desk.people.change("zoe", actor="ada", role="lead"),
        lambda: desk.people.set_password("zoe", GOOD, actor="ada"),
        lambda: desk.people.unlock("zoe", actor="ada"),
    ]
    for ask in asked:
        with pytest.raises(NoUserError, match="zoe"):
            ask()


def test_may_counts_role_market_and_activity(desk: Store) -> None:
    """Each role may do what those before it may, in their markets, while active."""
    mei = desk.people.add("mei", role="translator", markets=("hk",), password=GOOD, actor="ada")
    assert mei.may("viewer")
    assert mei.may("translator", "hk")
    assert not mei.may("lead", "hk")
    assert not mei.may("viewer", "us")
    assert not desk.people.change("mei", actor="ada", active=False).may("viewer", "hk")


# -- logging in -------------------------------------------------------------------------------------------------------


def test_right_password_gets_in_and_wrong_ones_are_logged(desk: Store) -> None:
    """With the address that they came from, and never with the password."""
    found = desk.people.authenticate("ADA", GOOD, address="10.0.0.7")
    assert isinstance(found, User)
    assert desk.people.authenticate("ada", OTHER, address="10.0.0.8") is None
    assert desk.people.authenticate("nobody", GOOD, address="10.0.0.9") is None
    assert [("10.0.0.8", "ada", "password"), ("10.0.0.9", "nobody", "name")] == [
        (detail["address"], detail["user"], detail["why"]) for _, _, detail in acts(desk, "login-failed")
    ]
    assert ["ada"] == [actor for actor, _, _ in acts(desk, "login")]
    assert OTHER not in json.dumps(acts(desk))


def test_five_wrong_passwords_lock_and_each_more_doubles(desk: Store, time: Clock) -> None:
    """A minute, two, four, … an hour; the right password does not help meanwhile, and counts for nothing."""
    people = desk.people
    for _ in range(5):
        assert people.authenticate("ada", OTHER) is None
    locks = []
    for _ in range(8):
        found = people.authenticate("ada", GOOD)
        assert isinstance(found, Locked)
        locks.append((found.until - time()).total_seconds() / 60)
        time.time = found.until
        assert people.authenticate("ada", OTHER) is None
    assert [1, 2, 4, 8, 16, 32, 60, 60] == locks
    time.forward(hours=1)
    assert isinstance(people.authenticate("ada", GOOD), User)
    assert 0 == people.accounts()[0].failures


def test_right_password_at_the_fifth_try_locks_nothing(desk: Store) -> None:
    """The count begins again after every login."""
    for _ in range(2):
        for _ in range(4):
            assert desk.people.authenticate("ada", OTHER) is None
        assert isinstance(desk.people.authenticate("ada", GOOD), User)


def test_many_tries_at_once_are_no_way_around_the_lock(desk: Store, url: str, time: Clock) -> None:
    """Twelve at the same time: no more than five are compared with the password."""
    compared: list[bool] = []

    def attempt(_: int) -> bool:
        with open_store(url, now=time) as own:
            return isinstance(own.people.authenticate("ada", OTHER), Locked)

    with ThreadPoolExecutor(6) as pool:
        compared = [not locked for locked in pool.map(attempt, range(12))]
    assert 5 == sum(compared)
    assert isinstance(desk.people.authenticate("ada", GOOD), Locked)


def test_admin_lifts_a_lock(desk: Store) -> None:
    """By unlocking, and by giving another password."""
    lifts: list[Callable[[], User]] = [
        lambda: desk.people.unlock("ada", actor="tests"),
        lambda: desk.people.set_password("ada", GOOD, actor="tests"),
    ]
    for lift in lifts:
        for _ in range(5):
            desk.people.authenticate("ada", OTHER)
        assert desk.people.accounts()[0].locked_until is not None
        lift()
        assert desk.people.accounts()[0].locked_until is None
        assert isinstance(desk.people.authenticate("ada", GOOD), User)


def test_unknown_locked_and_inactive_names_cost_the_same_work(desk: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One password is hashed and compared whatever the name, so that time tells nothing."""
    seen: list[str | None] = []

    def verify(password: str, stored: str | None) -> bool:
        seen.append(stored)
        return verify_password(password, stored)

    monkeypatch.setattr("shopglot.store.desk.users.verify_password", verify)
    desk.people.add("mei", role="viewer", password=GOOD, actor="ada")
    desk.people.change("mei", actor="ada", active=False)
    for _ in range(5):
        desk.people.authenticate("ada", OTHER)
    seen.clear()
    for name in ("nobody", "mei", "ada", "a\x00b"):
        assert not isinstance(desk.people.authenticate(name, GOOD), User)
    assert [None] * 4 == seen


def test_hash_with_weaker_parameters_is_made_anew(desk: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the next login, where the password is known."""
    from argon2 import PasswordHasher

    [weak] = column(desk, "SELECT password FROM users")
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: stronger)
    assert desk.people.authenticate("ada", OTHER) is None
    assert [weak] == column(desk, "SELECT password FROM users")
    assert isinstance(desk.people.authenticate("ada", GOOD), User)
    [strong] = column(desk, "SELECT password FROM users")
    assert weak != strong
    assert "t=2" in strong
    assert isinstance(desk.people.authenticate("ada", GOOD), User)


def test_parameters_of_real_hashes_are_strong(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2id with 64 MB, as RFC 9106 says where memory is scarce."""
    monkeypatch.undo()
    stored = hash_password(GOOD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert verify_password(GOOD, stored)
    assert not verify_password(OTHER, stored)
    assert not verify_password(GOOD, None)
    assert not verify_password(GOOD, "no hash at all")


# -- sessions ---------------------------------------------------------------------------------------------------------


def ada(store: Store) -> User:
    """Return the admin."""
    found = store.people.get("ada")
    assert found is not None
    return found


def test_store_keeps_only_a_digest_of_the_token(desk: Store) -> None:
    """Whoever reads a backup takes over no session."""
    token, csrf = desk.people.open_session(ada(desk))
    assert [hashlib.sha256(token.encode()).hexdigest()] == column(desk, "SELECT key FROM sessions")
    assert len(token) >= 43
    assert desk.people.session(token) == (ada(desk), csrf)
    assert desk.people.session(column(desk, "SELECT key FROM sessions")[0]) is None
    assert desk.people.session("") is None
    assert desk.people.session("\ud800") is None


def test_session_ends_when_idle_and_after_a_week(desk: Store, time: Clock) -> None:
    """8 hours without use; 7 days in all, however much it is used."""
    idle, _ = desk.people.open_session(ada(desk))
    used, _ = desk.people.open_session(ada(desk))
    time.forward(hours=7.9)
    assert desk.people.session(used) is not None
    time.forward(hours=0.2)
    assert desk.people.session(idle) is None
    for _ in range(23):
        assert desk.people.session(used) is not None
        time.forward(hours=7.2)
    assert desk.people.session(used) is None
    desk.people.open_session(ada(desk))
    assert 1 == len(column(desk, "SELECT key FROM sessions"))  # those that are over are swept away


def test_reading_a_session_writes_once_a_minute(desk: Store, time: Clock) -> None:
    """So that looking around does not wait for whoever writes."""
    token, _ = desk.people.open_session(ada(desk))
    begun = time()
    time.forward(seconds=59)
    desk.people.session(token)
    assert begun == desk.people.sessions(ada(desk), token)[0].seen_at
    time.forward(seconds=1)
    desk.people.session(token)
    assert time() == desk.people.sessions(ada(desk), token)[0].seen_at


def test_sessions_end_with_the_password_the_user_and_the_logout(desk: Store) -> None:
    """Whoever has a stolen one is out at once."""
    desk.people.add("mei", role="viewer", password=GOOD, actor="ada")
    mei = desk.people.get("mei")
    assert mei is not None
    enders = (
        lambda token: desk.people.set_password("mei", OTHER, actor="ada"),
        desk.people.close_session,
        lambda token: desk.people.close_all(mei, actor="mei"),
        lambda token: desk.people.change("mei", actor="ada", active=False),
    )
    stays, _ = desk.people.open_session(ada(desk))
    for end in enders:
        token, _ = desk.people.open_session(mei)
        assert desk.people.session(token) is not None
        end(token)
        assert desk.people.session(token) is None
    assert desk.people.session(stays) is not None
    assert ["mei"] == [actor for actor, _, _ in acts(desk, "logout")]
    assert [1] == [detail["sessions"] for _, _, detail in acts(desk, "logout-all")]


def test_logging_out_elsewhere_keeps_this_session(desk: Store) -> None:
    """The one that it is asked with."""
    tokens = [desk.people.open_session(ada(desk))[0] for _ in range(3)]
    assert 2 == desk.people.close_all(ada(desk), actor="ada", but=tokens[1])
    assert [False, True, False] == [desk.people.session(token) is not None for token in tokens]
    assert [True] == [session.current for session in desk.people.sessions(ada(desk), tokens[1])]


def test_role_counts_at_once(desk: Store) -> None:
    """A session is of the user as they are now."""
    desk.people.add("mei", role="lead", password=GOOD, actor="ada")
    mei = desk.people.get("mei")
    assert mei is not None
    token, _ = desk.people.open_session(mei)
    desk.people.change("mei", actor="ada", role="viewer")
    found = desk.people.session(token)
    assert found is not None
    assert "viewer" == found[0].role


def test_signing_key_is_made_once(desk: Store, url: str, time: Clock) -> None:
    """Every process of the desk signs with the same."""
    key = desk.people.signing_key()
    assert 32 == len(key)
    with open_store(url, now=time) as other:
        assert key == other.people.signing_key()


def test_confirming_a_password_counts_wrong_ones(desk: Store) -> None:
    """A stolen session is no way to guess the password."""
    assert desk.people.confirm(ada(desk), GOOD) is True
    for _ in range(5):
        assert desk.people.confirm(ada(desk), OTHER) is False
    assert isinstance(desk.people.confirm(ada(desk), GOOD), Locked)
