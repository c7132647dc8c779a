"""Events as signed POST requests: what is sent, and what answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest

from shopglot.errors import UsageError
from shopglot.relay import Answer, Message, WebhookTarget, read_secrets

Endpoint: TypeAlias = Any  # the class of conftest.py, which cannot be imported
KEY = b"0123456789abcdef0123456789abcdef"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
NOW = datetime(2026, 8, 2, 1, 30, tzinfo=UTC).timestamp()
EVENT = Message(event_id="e1", body='{"event_id":"e1","title":"枕头"}'.encode())


def send(url: str, *, secret: str = SECRET, seconds: float = 30.0) -> Answer:
    """Send one event."""
    target = WebhookTarget(url, read_secrets(secret, "here"), clock=lambda: NOW, answer_seconds=seconds)
    try:
        [answer] = target.send([EVENT])
    finally:
        target.close()
    return answer


def mac(key: bytes, *, name: str, timestamp: str, body: bytes) -> str:
    """Compute HMAC-SHA256 by its definition (RFC 2104), as an endpoint that knows nothing of shopglot would."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + f"{name}.{timestamp}.".encode() + body).digest()
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()
    return base64.b64encode(outer).decode()


def test_a_published_example() -> None:
    """The signature is that of the specification's reference libraries for their test vector."""
    from shopglot.relay.webhook import sign

    [key] = read_secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "here")
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == sign(
        [key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )


def test_what_is_sent(endpoint: Endpoint) -> None:
    """The request has the body as it is, the id twice, and a signature that the secret's owner can check."""
    assert Answer(kind="delivered") == send(f"{endpoint.url}?token=t")
    [(headers, body)] = endpoint.requests
    assert EVENT.body == body
    assert ("e1", "e1", str(int(NOW)), "application/json") == tuple(
        headers[name] for name in ("webhook-id", "idempotency-key", "webhook-timestamp", "content-type")
    )
    assert f"v1,{mac(KEY, name='e1', timestamp=str(int(NOW)), body=body)}" == headers["webhook-signature"]
    assert "authorization" not in headers


def test_two_secrets_sign_twice(endpoint: Endpoint) -> None:
    """While a secret is being changed, a message carries both signatures."""
    other = b"x" * 24
    send(endpoint.url, secret=f"{SECRET}\n\nwhsec_{base64.b64encode(other).decode()}\n")
    [(headers, body)] = endpoint.requests
    wanted = [f"v1,{mac(key, name='e1', timestamp=str(int(NOW)), body=body)}" for key in (KEY, other)]
    assert wanted == headers["webhook-signature"].split(" ")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "delivered"), (202, "delivered"), (204, "delivered"), (301, "retry"), (307, "retry"), (400, "dead"),
        (401, "dead"), (404, "dead"), (408, "retry"), (410, "dead"), (413, "dead"), (422, "dead"), (425, "retry"),
        (429, "retry"), (500, "retry"), (503, "retry"), (599, "retry"),
    ],
)  # fmt: skip
def test_what_a_status_means(endpoint: Endpoint, status: int, kind: str) -> None:
    """2xx arrived; what may pass is tried again; the rest is final. A redirect is not followed."""
    endpoint.reply = lambda number: (status, {"location": endpoint.url})
    answer = send(endpoint.url)
    assert kind == answer.kind
    assert 1 == len(endpoint.requests)
    assert kind == "delivered" or str(status) in answer.error


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0), (" 7 ", 7.0), ("Sun, 02 Aug 2026 01:31:30 GMT", 90.0), ("Sun, 02 Aug 2026 01:00:00 GMT", 0.0),
        ("", 0.0), ("soon", 0.0), ("-5", 0.0), ("1.5", 0.0), ("٣", 0.0), ("9" * 400, 999_999_999_999.0),
        ("Sun, 99 Aug 2026 01:31:30 GMT", 0.0),
    ],
)  # fmt: skip
def test_retry_after(value: str, seconds: float) -> None:
    """Seconds and dates are understood, whatever else is there asks for nothing."""
    from shopglot.relay.webhook import _seconds

    assert seconds == _seconds(value, NOW)


def test_retry_after_is_passed_on(endpoint: Endpoint) -> None:
    """What the endpoint asks for stands in the answer."""
    endpoint.reply = lambda number: (429, {"retry-after": "60"})
    assert 60.0 == send(endpoint.url).retry_after


def test_a_broken_network(endpoint: Endpoint) -> None:
    """A connection that breaks, is refused or stays silent may be tried again, and says what happened."""
    endpoint.reply = lambda number: 0
    broken = send(endpoint.url)
    assert ("retry", "the connection broke") == (broken.kind, broken.error)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/?token=hidden"
        refused = send(address)
        silent.listen()
        unanswered = send(address, seconds=0.05)
    assert ("retry", "retry") == (refused.kind, unanswered.kind)
    assert refused.error.startswith("the connection was refused")
    assert "no answer within the time" == unanswered.error


def test_an_endpoint_without_tls(endpoint: Endpoint) -> None:
    """An https endpoint that speaks no TLS is a network that is broken, not an exception."""
    answer = send(endpoint.url.replace("http://", "https://"))
    assert ("retry", "no secure connection: the certificate or the protocol is not accepted") == (
        answer.kind,
        answer.error,
    )


def test_a_connection_that_was_closed_while_idle(endpoint: Endpoint) -> None:
    """A kept connection that breaks when it is used again is no failure: the event is sent once more at once."""
    endpoint.reply = lambda number: 0 if number == 1 else 204
    target = WebhookTarget(endpoint.url, [KEY])
    assert ["delivered", "delivered"] == [answer.kind for answer in target.send([EVENT, EVENT])]
    assert 3 == len(endpoint.requests)
    target.close()


def test_credentials_go_to_the_endpoint_only(endpoint: Endpoint) -> None:
    """User and password are sent to the endpoint; they and the query stand neither in the name nor in errors."""
    endpoint.reply = lambda number: 500
    url = endpoint.url.replace("http://", "http://lin:p%40ss@") + "?token=hidden#part"
    target = WebhookTarget(url, [KEY])
    [answer] = target.send([EVENT])
    target.close()
    assert f"Basic {base64.b64encode(b'lin:p@ss').decode()}" == endpoint.requests[0][0]["authorization"]
    assert endpoint.url == target.name
    for secret in ("p%40ss", "p@ss", "hidden"):
        assert secret not in target.name + answer.error


@pytest.mark.parametrize(
    "url",
    ["https://", "https:///x", "https://[::1", "https://a b/", "ftp://host/", "https://host:port/"],
)
def test_what_is_no_url(url: str) -> None:
    """A URL that cannot be called is refused before anything is sent."""
    with pytest.raises(UsageError, match="no URL of an endpoint"):
        WebhookTarget(url, [KEY])


def test_plain_http_is_for_this_machine() -> None:
    """Over plain HTTP events go to this machine only, or where that is asked for."""
    for url in ("http://localhost:1/", "http://127.8.0.1/", "http://[::1]:8080/"):
        WebhookTarget(url, [KEY]).close()
    for url in ("http://shop.example/?token=hidden", "http://localhost.example/", "http://10.0.0.1/"):
        with pytest.raises(UsageError, match="--insecure") as caught:
            WebhookTarget(url, [KEY])
        assert "hidden" not in str(caught.value)
        WebhookTarget(url, [KEY], insecure=True).close()


@pytest.mark.parametrize("text", ["", "\n", "hidden", "whsec_hidden!", f"{SECRET}\nwhsec_aGlkZGVu"])
def test_what_is_no_secret(text: str) -> None:
    """A secret that is none is refused with its place and without its text."""
    with pytest.raises(UsageError, match=r"hook\.secret") as caught:
        read_secrets(text, "hook.secret")
    assert "hidden" not in str(caught.value)
    assert "aGlkZGVu" not in str(caught.value)


def test_the_signature_by_the_library(endpoint: Endpoint) -> None:
    """The independent computation of this file is HMAC."""
    expected = hmac.new(KEY, b"a.1.b", hashlib.sha256).digest()
    assert base64.b64encode(expected).decode() == mac(KEY, name="a", timestamp="1", body=b"b")
