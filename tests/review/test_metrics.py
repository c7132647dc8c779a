"""`/metrics` of the desk: for whoever has the token, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from shopglot.cli import main
from shopglot.review.app import create_app
from shopglot.review.context import Settings
from shopglot.review.metrics import KINDS, kind_of
from shopglot.store import Store
from shopglot.store.nights import Nights

TOKEN = "0123456789abcdef" * 4  # of nobody but the tests
BASE = "http://127.0.0.1:8765"


@pytest.fixture
def watched(desk_settings: Settings, kind_data: Path) -> Iterator[TestClient]:
    """A desk that was started with a token."""
    made = create_app(replace(desk_settings, metrics_token=TOKEN))
    yield TestClient(made, base_url=BASE)
    made.state.context.close()


def figures(client: TestClient) -> dict[str, float]:
    """Return what Prometheus reads, by name and labels."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_queues(watched: TestClient, desk_store: Store) -> None:
    """Pages and texts that wait, by market and state, as the store counts them."""
    found = figures(watched)
    waiting = Nights(desk_store.database).waiting()
    assert waiting
    for own in waiting:
        place = f"{own.market} {own.state}"
        assert (own.pages, own.texts, own.oldest.timestamp()) == (
            found[f"shopglot_desk_queue_pages {place}"], found[f"shopglot_desk_queue_texts {place}"],
            found[f"shopglot_desk_queue_oldest_timestamp_seconds {place}"],
        )  # fmt: skip


def test_requests_are_counted(watched: TestClient) -> None:
    """By kind, method and what came of it; what strangers make up is one kind."""
    for path in ("/login", "/login", "/healthz", "/wp-admin/1", "/wp-admin/2", "/queue"):
        watched.get(path, follow_redirects=False)
    found = figures(watched)
    name = "shopglot_desk_requests_total"
    assert (2, 1) == (found[f"{name} login GET 2xx"], found[f"{name} healthz GET 2xx"])
    assert 2 == sum(value for key, value in found.items() if key.startswith(f"{name} other GET"))
    assert f"{name} metrics GET 2xx" in figures(watched)


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "}, {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"}, {"Authorization": f"Bearer {TOKEN}x"}, {"X-Token": TOKEN},
    ],
    ids=range(7),
)  # fmt: skip
def test_without_the_token_there_is_nothing(headers: dict[str, str], watched: TestClient) -> None:
    """404, as for a page that there is not."""
    answer = watched.get("/metrics", headers=headers)
    assert answer.status_code == 404
    assert "shopglot_desk" not in answer.text


@pytest.mark.parametrize("told", ["", "Bearer", "Bearer ", "Bearer None"])
def test_desk_without_a_token(told: str, app: Starlette) -> None:
    """Nobody gets figures, from whatever address, with an empty token neither."""
    client = TestClient(app, base_url=BASE)
    assert client.get("/metrics", headers={"Authorization": told}).status_code == 404


def test_people_have_no_right_to_it(client: Callable[[str], TestClient]) -> None:
    """Nor is an admin's session a token."""
    assert client("ada").get("/metrics").status_code == 404


def test_other_names_and_methods(watched: TestClient) -> None:
    """A name that is not the desk's is refused before, and nothing can be sent."""
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert watched.get("/metrics", headers=bearer | {"Host": "evil.example"}).status_code == 400
    assert watched.post("/metrics", headers=bearer).status_code == 405


def test_kinds_are_those_of_the_routes(app: Starlette) -> None:
    """Every route has a kind, and every kind a route."""
    found = {kind_of(str(getattr(route, "path", ""))) for route in app.routes} - {"other"}
    assert KINDS - {"queue"} == found - {"queue"}


@pytest.mark.parametrize("content", ["", "short", "0123456789abcdef 0123456789abcdef", "ключ" * 16])
def test_tokens_that_are_refused(content: str, tmp_path: Path, desk_url: str) -> None:
    """The option and the file are named, and how to make a token."""
    file = tmp_path / "token"
    file.write_text(content, encoding="utf-8")
    from click.testing import CliRunner

    result = CliRunner().invoke(main, ["review", "--store", desk_url, "--metrics-token-file", str(file)])
    assert result.exit_code == 2
    assert "--metrics-token-file" in result.stderr
    assert "openssl" in result.stderr
    missing = CliRunner().invoke(main, ["review", "--store", desk_url, "--metrics-token-file", str(tmp_path / "no")])
    assert (2, True) == (missing.exit_code, "--metrics-token-file" in missing.stderr)
    assert isinstance(main, click.Group)
