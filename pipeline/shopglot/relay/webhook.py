"""Events as signed POST requests, after the Standard Webhooks specification.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from shopglot import __version__
from shopglot.errors import UsageError
from shopglot.relay.target import Answer, Message

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
_AGAIN = {408, 425, 429}  # beside 5xx: the endpoint may take it later
_BODY = 65_536  # of an answer's body, read and thrown away so that the connection can be used again
_SECRET_BYTES = range(24, 65)


def read_secrets(text: str, where: str) -> tuple[bytes, ...]:
    """Return the signing keys of a text that has one `whsec_…` a line.

    A message is signed with each, so that an endpoint may change from one to the next. UsageError names `where` they
    come from, and never shows them.
    """
    secrets = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            key = base64.b64decode(line.strip().removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) not in _SECRET_BYTES:
            raise UsageError(
                f"{where}, line {number}: this is no webhook secret; it is whsec_ and the base64 of 24 to 64 random "
                'bytes, for example: echo "whsec_$(openssl rand -base64 32)"'
            ) from None
        secrets.append(key)
    if not secrets:
        raise UsageError(f"{where}: there is no webhook secret in it; put one whsec_… on a line.")
    return tuple(secrets)


def sign(secrets: Sequence[bytes], event_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: HMAC-SHA256 of id, time and body, one `v1,…` for each key."""
    signed = b".".join((event_id.encode(), str(timestamp).encode(), body))
    macs = (hmac.digest(secret, signed, hashlib.sha256) for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs)


class WebhookTarget:
    """Posts events to an HTTPS endpoint, each on its own.

    2xx is delivered. 408, 425, 429, 5xx, a redirect (which is not followed) and a broken network may be tried again;
    every other answer is final. UsageError where the URL is none, or is not HTTPS: `insecure` allows plain HTTP to
    other hosts than this one. The environment's proxies are not used. Without secrets nothing is signed. `option` is
    what a user gave the URL with.
    """

    batch = 1

    def __init__(
        self,
        url: str,
        secrets: Sequence[bytes],
        *,
        insecure: bool = False,
        option: str = "--to",
        clock: Callable[[], float] = time.time,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        from urllib3 import PoolManager, Timeout
        from urllib3.util import make_headers

        self.name, self._url, credentials = _parse(url, option, insecure=insecure)
        self._option = option
        self._secrets = tuple(secrets)
        self._clock = clock
        self._headers = {"content-type": "application/json", "user-agent": f"shopglot/{__version__}"}
        if credentials is not None:
            self._headers |= make_headers(basic_auth=credentials)
        self._answer_seconds = answer_seconds
        self._pool = PoolManager(
            num_pools=1, maxsize=1, retries=False, timeout=Timeout(connect=connect_seconds, read=answer_seconds)
        )
        self._used = False

    def send(self, messages: Sequence[Message]) -> list[Answer]:
        """Post each message; a failure is an answer, never an exception."""
        return [self._send(message) for message in messages]

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _send(self, message: Message) -> Answer:
        from urllib3.exceptions import HTTPError, ProtocolError

        try:
            try:
                return self._post(message)
            except ProtocolError:
                # An endpoint may close a connection that was idle just when it is used again: that is no failure.
                if not self._used:
                    raise
                self._pool.clear()
                return self._post(message)
        except HTTPError as error:
            self._used = False
            return Answer(kind="retry", error=_network_error(error))

    def _post(self, message: Message) -> Answer:
        timestamp = int(self._clock())
        headers = self._headers | {
            "webhook-id": message.event_id,
            "webhook-timestamp": str(timestamp),
            "idempotency-key": message.event_id,
        }
        if self._secrets:
            headers["webhook-signature"] = sign(self._secrets, message.event_id, timestamp, message.body)
        response = self._pool.request(
            "POST", self._url, body=message.body, headers=headers, redirect=False, preload_content=False
        )
        answer = self._judge(response.status, response.headers.get("retry-after", ""))
        self._finish(response)
        return answer

    def _finish(self, response: BaseHTTPResponse) -> None:
        """Give the connection back for the next message; one with a long body is closed: nobody reads that."""
        from urllib3.exceptions import HTTPError

        try:
            response.read(_BODY)
            over = not response.read(1)
        except HTTPError:  # the answer is known already
            over = False
        if over:
            response.release_conn()
        else:
            response.close()
        self._used = over

    def _judge(self, status: int, retry_after: str) -> Answer:
        """Return what an HTTP status means."""
        if 200 <= status < 300:
            return Answer(kind="delivered")
        phrase = next((known.phrase for known in HTTPStatus if known == status), "")
        said = f"the endpoint answered {status} {phrase}".rstrip()
        if 300 <= status < 400:
            why = f"{said}; redirects are not followed: name the final address in {self._option}"
            return Answer(kind="retry", error=why)
        if status in _AGAIN or status >= 500:
            return Answer(kind="retry", error=said, retry_after=_seconds(retry_after, self._clock()))
        return Answer(kind="dead", error=said)


def _parse(url: str, option: str, *, insecure: bool) -> tuple[str, str, str | None]:
    """Return a URL for people, the one to call, and `user:password` where it has them."""
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    try:
        parts = urlsplit(url)
        host = parts.hostname
        found = parse_url(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl())
    except (ValueError, LocationParseError):
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise UsageError(f"{option}: this is no URL of an endpoint; write it as https://host/path.")
    shown = f"{found.scheme}://{found.netloc}{found.path or '/'}"
    if parts.scheme == "http" and not (insecure or _is_local(host)):
        way_out = ", or --insecure where the network is your own" if option == "--to" else ""
        raise UsageError(
            f"{option} {shown}: anybody on the way could read and change events over plain HTTP; use https://{way_out}."
        )
    credentials = None
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return shown, found.url, credentials


def _is_local(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _seconds(retry_after: str, now: float) -> float:
    """Return how many seconds `Retry-After` asks for, 0 where it asks for nothing that can be read."""
    value = retry_after.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.fromtimestamp(now, UTC)).total_seconds())


def _network_error(error: Exception) -> str:
    """Return in words why no answer came; the library's own text may name the whole URL."""
    from urllib3 import exceptions

    words: tuple[tuple[type[Exception], str], ...] = (
        (exceptions.NameResolutionError, "the host's name cannot be resolved"),
        (exceptions.NewConnectionError, "the connection was refused, or the host cannot be reached"),
        (exceptions.ConnectTimeoutError, "no connection within the time"),
        (exceptions.ReadTimeoutError, "no answer within the time"),
        (exceptions.SSLError, "no secure connection: the certificate or the protocol is not accepted"),
        (exceptions.ProtocolError, "the connection broke"),
    )
    return next((text for kind, text in words if isinstance(error, kind)), f"no answer ({type(error).__name__})")
