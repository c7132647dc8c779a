"""Passwords: what one has to be, and its hash (argon2id)."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Literal

from shopglot.errors import StoreError, UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 256
_FEWEST_KINDS = 5  # different characters
_AT_ONCE = BoundedSemaphore(4)  # a hash takes 64 MB: however many people log in at once, memory is bounded
_COMMON = ("password", "passw0rd", "12345678", "qwertyui", "letmein", "iloveyou", "shopglot", "11111111", "abcdefgh")

Weakness = Literal["short", "long", "name", "simple", "unwritable"]

_REASONS: dict[Weakness, str] = {
    "short": f"it needs at least {SHORTEST} characters",
    "long": f"it may have at most {LONGEST} characters",
    "name": "it contains the user's name",
    "simple": "it is too easily guessed",
    "unwritable": "it has characters that nobody can type",
}


class WeakPasswordError(UsageError):
    """A password that is refused; `reason` is a stable word for it."""

    def __init__(self, reason: Weakness) -> None:
        super().__init__(f"this password is refused: {_REASONS[reason]}")
        self.reason: Weakness = reason


def check_password(password: str, name: str) -> None:
    """Raise WeakPasswordError where a password does not do for the user of this (folded) name."""
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn") for character in password):
        raise WeakPasswordError("unwritable")
    if len(password) < SHORTEST:
        raise WeakPasswordError("short")
    if len(password) > LONGEST:
        raise WeakPasswordError("long")
    folded = unicodedata.normalize("NFKC", password).casefold()
    if name in folded and (len(name) >= 4 or len(folded) - len(name) < SHORTEST - 2):  # a name of 2 letters is anywhere
        raise WeakPasswordError("name")
    rest = folded
    for known in _COMMON:
        rest = rest.replace(known, "")
    if len(set(folded)) < _FEWEST_KINDS or len(rest) < SHORTEST // 2 or _is_series(folded):
        raise WeakPasswordError("simple")


def hash_password(password: str) -> str:
    """Return the hash that is stored."""
    with _AT_ONCE:
        return _hasher().hash(_normal(password))


def verify_password(password: str, stored: str | None) -> bool:
    """Return whether a password is the stored one. Without a stored one it takes as long, and is False."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _AT_ONCE:
        try:
            return _hasher().verify(_dummy() if stored is None else stored, _normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(stored)


def _is_series(text: str) -> bool:
    """Return whether every character follows the one before it: 123456789012, abcdefghijkl."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1


def _normal(password: str) -> bytes:
    """Return the bytes that are hashed: the same however a keyboard writes a letter with an accent."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


@cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise StoreError(f"passwords need argon2-cffi ({error}): pip install 'shopglot[review]'") from error
    return PasswordHasher()


@cache
def _dummy() -> str:
    return _hasher().hash(b"nobody has this password")
