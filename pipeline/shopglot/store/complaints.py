"""What a database complains of, in words that say what to do and give no secret away."""

from __future__ import annotations

import os
import sqlite3
from urllib.parse import quote, quote_plus

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from shopglot.errors import StoreError

_SECRETS = ("password", "sslpassword")  # where a URL's query may hold one
_RECORD = "the record does not fit what is stored: this is an error of the program, please report it"
_LOGIN = "check user and password: the URL's, PGPASSWORD's or that of ~/.pgpass"
_AWAY = "check that the database server runs and can be reached"
_SPACE = "free some disk space and run again: what was done is kept"
_ADVICE = {  # what a database says -> what to do
    "is locked": "another process is writing to it: wait for it, or end it",
    "disk is full": _SPACE,
    "disk I/O error": "check the disk, and that it has room",
    "readonly": "make the file and its folder writable",
    "unable to open": "check that its folder exists and may be written to",
    "not a database": "this file is no store: name another one with --store",
    "malformed": "the file is damaged: restore it from a backup",
    "constraint": _RECORD,
    "authentication failed": _LOGIN,
    "no password supplied": _LOGIN,
    "pg_hba.conf": "let the server accept this user from this host",
    "does not exist": "make it first, for example with createdb or createuser",
    "too many clients": "let the server have more connections (max_connections), or start fewer workers",
}
_CODES = {  # what PostgreSQL's code begins with -> what to do
    "08": _AWAY,
    "22": _RECORD,
    "23": _RECORD,
    "25006": "this server takes no writes: name the primary one",
    "28": _LOGIN,
    "3D": "make the database first, for example with createdb",
    "40": "two processes stood in each other's way: run again",
    "42501": "give this user the right to do that",
    "53100": _SPACE,
    "53": "the server is out of memory or connections: give it more, or start fewer workers",
    "55P03": "another process holds what is wanted: wait for it, or end it",
    "57014": "it took too long: look for what else keeps the server busy",
    "57P": _AWAY,
}
# Another try may succeed: cut off, shutting down or starting, out of connections, deadlock, lock not granted in time.
_PASSING = ("08", "40001", "40P01", "53300", "55P03", "57P01", "57P02", "57P03")
_FINAL = ("authentication failed", "no password supplied", "pg_hba.conf", "does not exist")


class InterruptedStoreError(StoreError):
    """The connection was cut, or the store was busy: another try may succeed.

    What was being written is not there, unless the cut came while it was being committed.
    """


def explain(error: DBAPIError | sqlite3.Error, url: URL, shown: str) -> StoreError:
    """Return the complaint about the store `shown` that the error amounts to, without the passwords of `url`."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = str(getattr(cause, "sqlstate", None) or "")
    reason = scrub(_reason(cause), url)
    advice = next((text for start, text in _CODES.items() if code.startswith(start)), "") if code else ""
    if not advice:
        advice = next((text for word, text in _ADVICE.items() if word in reason), "")
    passing = _passes(error, code, reason)
    advice = advice or (_AWAY if passing else "check the database and run again")
    return (InterruptedStoreError if passing else StoreError)(f"store {shown}: {reason}; {advice}")


def scrub(text: str, url: URL) -> str:
    """Return the text with every password that the URL or the environment holds as `***`: drivers quote what they got.

    A password is known by itself, and as it is written in a URL.
    """
    secrets = {url.password, os.environ.get("PGPASSWORD"), *(url.query.get(name) for name in _SECRETS)}
    known = {str(one) for secret in secrets for one in (secret if isinstance(secret, tuple) else (secret,)) if one}
    forms = {form for secret in known for form in (secret, quote(secret, safe=""), quote_plus(secret))}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def _reason(cause: BaseException | None) -> str:
    """Return what the database says, in one line; PostgreSQL's details would quote the row."""
    diagnosis = getattr(cause, "diag", None)
    said = getattr(diagnosis, "message_primary", None) or str(cause)
    return " ".join(said.split())


def _passes(error: DBAPIError | sqlite3.Error, code: str, reason: str) -> bool:
    """Return whether another try may succeed."""
    if not isinstance(error, DBAPIError) or isinstance(error.orig, sqlite3.Error):
        return "is locked" in reason
    if error.connection_invalidated or code.startswith(_PASSING):
        return True
    # A connection that could not be made has no code.
    return not code and type(error.orig).__name__ == "OperationalError" and not any(word in reason for word in _FINAL)
