"""What a browser sends: read to its end before a route sees it, and never more than is admitted.

Routes are plain functions and cannot wait for a body; `form` and `json_body` give them what the middleware has read.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import HTTPConnection, Request
from starlette.types import Message, Receive, Scope

from shopglot.review.security.access import Refused

STRANGERS, GENERAL, UPLOAD = 64_000, 1_000_000, 20_100_000  # bytes; a file of 20 MB and what stands around it
UPLOADS_AT = "/exchange"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PATIENCE = 120.0  # seconds that a body may take to arrive
_MOST_FIELDS, _MOST_FILES = 2_000, 20


def is_upload(path: str) -> bool:
    """Return whether files are sent to a path."""
    return path == UPLOADS_AT or path.startswith(f"{UPLOADS_AT}/")


def most_bytes(path: str, *, known: bool) -> int:
    """Return how long a body may be that is sent to a path, by somebody who is logged in or not."""
    if not known:
        return STRANGERS
    return UPLOAD if is_upload(path) else GENERAL


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes:
    """Return the whole body; Refused(413) as soon as it is longer than `most`, whatever its headers say."""
    headers = dict(scope["headers"])
    told = headers.get(b"content-length", b"")
    if told.isdigit() and int(told) > most:
        raise Refused(413)
    try:
        async with asyncio.timeout(PATIENCE):
            return await _read_on(receive, most)
    except TimeoutError as error:
        raise Refused(408) from error


async def _read_on(receive: Receive, most: int) -> bytes:
    parts, length = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400)
        part = message.get("body", b"")
        length += len(part)
        if length > most:
            raise Refused(413)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read already to whoever reads it next."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def read_form(scope: Scope, body: bytes, receive: Receive) -> FormData | None:
    """Return the fields and files of a form, None for a body that is none; Refused(400) for a broken one."""
    kind = dict(scope["headers"]).get(b"content-type", b"").decode("latin-1").split(";")[0].strip().lower()
    if kind not in FORMS:
        return None
    request = Request(scope, replayed(body, receive))
    try:
        return await request.form(max_fields=_MOST_FIELDS, max_files=_MOST_FILES, max_part_size=UPLOAD)
    except (HTTPException, MultiPartException, ValueError, KeyError) as error:
        raise Refused(400) from error


def form(request: HTTPConnection) -> FormData:
    """Return the form that was sent, empty where none was: texts are str, files `UploadFile` with a `.file` to read.

    A file's name is what the browser says: nothing but a text to show.
    """
    found = request.scope["state"].get("form")
    return found if isinstance(found, FormData) else FormData()


def json_body(request: HTTPConnection) -> dict[str, Any]:
    """Return the JSON object that was sent, empty for an empty body; Refused(400) for anything else."""
    body = request.scope["state"].get("body", b"")
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Refused(400) from error
    if not isinstance(found, dict):
        raise Refused(400)
    return found
