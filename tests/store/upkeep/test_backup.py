"""Backup and restore: everything comes back, on either database, or nothing is written."""

from __future__ import annotations

import errno
import json
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text, update

from shopglot.errors import DataError, StoreError
from shopglot.store import RunSpec, Settlement, Store, migrations, open_store
from shopglot.store.connection import Database
from shopglot.store.schema import EPOCH, SCHEMA_VERSION, meta, plans, sessions, units, users
from shopglot.store.upkeep import Archive, backup, restore
from shopglot.store.upkeep.archive import MANIFEST

ReadAll = Callable[[Store], dict[str, list[tuple[Any, ...]]]]


def test_every_table_comes_back(archive: Path, odd: Store, new_urls: dict[str, str], read_all: ReadAll) -> None:
    """Restored on either database, every table has the rows that it had, whatever text is in them."""
    for url in new_urls.values():
        restore(url, archive)
        with open_store(url, create=False) as restored:
            assert read_all(odd) == read_all(restored)


def test_nobody_is_logged_in_in_a_backup(archive: Path, odd: Store, new_urls: dict[str, str]) -> None:
    """Users come back, and have to log in again: a backup has no session."""
    with odd.database.read() as connection:
        assert 1 == connection.scalar(select(func.count()).select_from(sessions))
    with Archive(archive) as opened:
        tables = {table.name: table.rows for table in opened.manifest.tables}
    assert (0, 1) == (tables["sessions"], tables["users"])
    with zipfile.ZipFile(archive) as opened_file:
        assert b"" == opened_file.read("sessions.jsonl")
    for url in new_urls.values():
        restore(url, archive)
        with open_store(url, create=False) as restored, restored.database.read() as connection:
            assert (0, 1) == tuple(
                connection.scalar(select(func.count()).select_from(table)) for table in (sessions, users)
            )


def test_there_and_back(archive: Path, new_urls: dict[str, str], tmp_path: Path) -> None:
    """Backups of what was restored, on either database, have the same tables with the same checksums."""
    with Archive(archive) as first:
        expected = first.manifest.tables
    for name, url in new_urls.items():
        restore(url, archive)
        with open_store(url, create=False) as restored:
            made = restored.upkeep.backup(tmp_path / f"{name}.zip")
        assert [(one.name, one.columns, one.sha256) for one in expected if one.name != "meta"] == [
            (one.name, one.columns, one.sha256) for one in made.tables if one.name != "meta"
        ]


def test_numbers_go_on(odd: Store, new_urls: dict[str, str], tmp_path: Path) -> None:
    """No number is given twice after a restore, not even one whose row was deleted before the backup."""
    with odd.database.write() as connection:
        again = insert(plans).values(run_id=1, window_key="w", market="us", attempt=2).returning(plans.c.id)
        given = [connection.scalar(again.values(window_key=key)) for key in "ab"]
        connection.execute(delete(plans).where(plans.c.id.in_(given)))
        assert connection.scalar(again) > max(given)
        connection.execute(delete(plans).where(plans.c.id > 1))
    odd.upkeep.backup(tmp_path / "b.zip")
    for url in new_urls.values():
        restore(url, tmp_path / "b.zip")
        with open_store(url) as restored, restored.database.write() as connection:
            assert connection.scalar(again) > max(given) + 1


def test_events_of_a_restored_store_are_new(
    store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement], new_urls: dict[str, str], tmp_path: Path
) -> None:
    """A version that is given out again has another event id, and an epoch that comes after the one of before."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "xhs-1")])
    store.settle_many(run.id, [settlement_of(1, title="before")])
    store.upkeep.backup(tmp_path / "b.zip")
    store.settle_many(run.id, [settlement_of(1, title="after the backup")])
    [_, lost] = store.events.listed("undelivered", limit=10)
    for url in new_urls.values():
        restore(url, tmp_path / "b.zip")
        with open_store(url) as restored:
            again = restored.begin_run(spec)
            restored.settle_many(again.id, [settlement_of(1, title="something else")])
            [_, made] = restored.events.listed("undelivered", limit=10)
        assert (0, 2, 2) == (lost["epoch"], lost["version"], made["version"])
        assert isinstance(made["epoch"], int)
        assert made["epoch"] > 0
        assert lost["event_id"] != made["event_id"]


def test_a_restored_run_is_not_going_on(store: Store, spec: RunSpec, new_urls: dict[str, str], tmp_path: Path) -> None:
    """A backup taken while a run is at work restores a run that nobody works on: it can be taken up."""
    run = store.begin_run(spec)
    store.upkeep.backup(tmp_path / "b.zip")
    for url in new_urls.values():
        restore(url, tmp_path / "b.zip")
        with open_store(url) as restored:
            taken = restored.begin_run(spec)
            assert (run.id, True) == (taken.id, taken.resumed)


def test_a_restored_run_does_not_stop_an_erasure(
    store: Store, spec: RunSpec, new_urls: dict[str, str], tmp_path: Path
) -> None:
    """What a run at work refuses may be done in what was restored from its backup."""
    store.begin_run(spec)
    store.upkeep.backup(tmp_path / "b.zip")
    with pytest.raises(StoreError, match="a run is in progress"):
        store.upkeep.erase("m", actor="lin")
    for url in new_urls.values():
        restore(url, tmp_path / "b.zip")
        with open_store(url) as restored:
            assert {} == restored.upkeep.erase("m", actor="lin").remains


def test_a_backup_is_one_state(odd: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed while a backup is being written is not in it, not even in tables that it reads later."""
    real = backup._write_table
    written: list[int] = []

    def write_meanwhile(*args: Any) -> Any:
        entry = real(*args)
        if not written:
            written.append(1)
            url = odd.database.url.render_as_string(hide_password=False)
            with open_store(url) as second, second.database.write() as connection:
                connection.execute(update(units).values(note="later"))
        return entry

    monkeypatch.setattr(backup, "_write_table", write_meanwhile)
    odd.upkeep.backup(tmp_path / "b.zip")
    with Archive(tmp_path / "b.zip") as archive:
        entry = next(one for one in archive.manifest.tables if one.name == "units")
        assert "later" not in next(archive.rows(entry))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(), max_size=40), max_size=4))
def test_any_text_comes_back(store: Store, texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever text is stored, lone surrogates and control characters included, is restored."""
    folder = tmp_path_factory.mktemp("texts")
    with store.database.write() as connection:
        connection.execute(delete(meta).where(meta.c.name != "schema_version"))
        for number, value in enumerate(texts):
            connection.execute(insert(meta), {"name": str(number), "value": value})
    store.upkeep.backup(folder / "b.zip")
    restore(str(folder / "new.db"), folder / "b.zip")
    with open_store(str(folder / "new.db"), create=False) as restored, restored.database.read() as connection:
        own = meta.c.name.not_in(["schema_version", EPOCH])
        rows = connection.execute(meta.select().where(own).order_by(meta.c.name))
        assert texts == [row.value for row in rows]


def test_a_store_that_is_not_empty_is_refused(archive: Path, odd: Store, read_all: ReadAll) -> None:
    """Nothing is written into a store that has a row."""
    before = read_all(odd)
    with pytest.raises(StoreError, match="it is not empty"):
        restore(odd.database.url.render_as_string(hide_password=False), archive)
    assert before == read_all(odd)


def test_an_empty_store_is_filled(archive: Path, odd: Store, new_urls: dict[str, str], read_all: ReadAll) -> None:
    """A store that was made and never used takes a backup."""
    for url in new_urls.values():
        open_store(url).close()
        restore(url, archive)
        with open_store(url, create=False) as restored:
            assert read_all(odd) == read_all(restored)


def test_another_database_is_refused(archive: Path, new_urls: dict[str, str]) -> None:
    """A database with somebody else's tables is left alone."""
    from sqlalchemy import create_engine, inspect, text

    for url in new_urls.values():
        engine = create_engine(url if "://" in url else f"sqlite:///{url}")
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE invoices (id INTEGER)"))
        with pytest.raises(StoreError, match="holds other tables"):
            restore(url, archive)
        assert ["invoices"] == inspect(engine).get_table_names()
        engine.dispose()


def test_a_failed_restore_leaves_nothing(odd: Store, tmp_path: Path, new_urls: dict[str, str]) -> None:
    """A row that refers to nothing takes the whole restore back; the store stays empty and can be filled afterwards."""
    odd.upkeep.backup(good := tmp_path / "good.zip")
    rewrite(good, bad := tmp_path / "bad.zip", drop="runs")
    for url in new_urls.values():
        with pytest.raises(DataError, match="nothing was restored"):
            restore(url, bad)
        assert "://" in url or not Path(url).exists()
        restore(url, good)


def rewrite(file: Path, new: Path, *, drop: str = "", **changes: Any) -> None:
    """Write an archive anew: a table without its rows, or a manifest with other values."""
    import hashlib

    with zipfile.ZipFile(file) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as made:
        manifest = {**json.loads(old.read(MANIFEST)), **changes}
        for table in manifest["tables"]:
            data = b"" if table["name"] == drop else old.read(f"{table['name']}.jsonl")
            table |= {"rows": data.count(b"\n"), "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            made.writestr(f"{table['name']}.jsonl", data)
        made.writestr(MANIFEST, json.dumps(manifest))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_archive_is_refused(archive: Path, tmp_path: Path, share: float) -> None:
    """An archive without its end is no archive, and no store is made of it."""
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DataError, match=r"archive .*backup\.zip"):
        restore(str(tmp_path / "new.db"), archive)
    assert not (tmp_path / "new.db").exists()


def test_a_changed_byte_is_found(archive: Path, tmp_path: Path) -> None:
    """Wherever one byte of the rows or of the manifest is changed, the archive is refused."""
    data = archive.read_bytes()
    with zipfile.ZipFile(archive) as opened:
        members = opened.infolist()
    changed = tmp_path / "changed.zip"
    for member in members:
        if not member.file_size:
            continue
        extra = int.from_bytes(data[member.header_offset + 28 : member.header_offset + 30], "little")
        start = member.header_offset + 30 + len(member.filename) + extra
        place = start + member.compress_size // 2
        changed.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        with pytest.raises(DataError), Archive(changed) as opened_again:
            opened_again.verify()


def test_a_changed_row_is_found(archive: Path, tmp_path: Path) -> None:
    """A row that was replaced together with the ZIP file's own checksum does not fit the manifest's."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(tmp_path / "new.zip", "w") as new:
        for member in old.infolist():
            data = old.read(member)
            new.writestr(member.filename, data.replace(b"lin", b"eve") if member.filename == MANIFEST else data[::-1])
    with (
        pytest.raises(DataError, match=r"cannot be read|is not what was backed up"),
        Archive(tmp_path / "new.zip") as new_one,
    ):
        new_one.verify()


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x05\x06" + bytes(18), b"SQLite format 3\0" * 100])
def test_another_file_is_refused(data: bytes, tmp_path: Path) -> None:
    """A file of another kind is no archive."""
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(DataError, match="it is no backup"):
        restore(str(tmp_path / "new.db"), tmp_path / "x.zip")


def test_a_path_in_an_archive_is_refused(archive: Path, tmp_path: Path) -> None:
    """A member that is no table of the manifest is refused, and nothing is unpacked."""
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("../../evil.jsonl", "[]")
    with pytest.raises(DataError, match="members are not those"):
        restore(str(tmp_path / "new.db"), archive)


def test_unknown_tables_are_refused(archive: Path, tmp_path: Path) -> None:
    """A table that this version does not have is never made from an archive."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(tmp_path / "n.zip", "w") as new:
        for member in old.infolist():
            new.writestr(
                member.filename.replace("runs", "runs; DROP"), old.read(member).replace(b'"runs"', b'"runs; DROP"')
            )
    with pytest.raises(DataError, match="its tables are not those"):
        restore(str(tmp_path / "new.db"), tmp_path / "n.zip")


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """An archive that would unpack to far more than a backup of its size does is refused before it is unpacked."""
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        with made.open("runs.jsonl", "w", force_zip64=True) as member:
            for _ in range(1_100):
                member.write(bytes(1 << 20))
        made.writestr(MANIFEST, "{}")
    with pytest.raises(DataError, match="would unpack to"):
        Archive(tmp_path / "b.zip")


@pytest.mark.parametrize("version", [0, 99])
def test_a_version_that_is_not_known_is_refused(archive: Path, tmp_path: Path, version: int) -> None:
    """The message names the shopglot that wrote the archive."""
    rewrite(archive, tmp_path / "n.zip", schema_version=version)
    with pytest.raises(DataError, match="its schema version is"):
        restore(str(tmp_path / "new.db"), tmp_path / "n.zip")


def test_a_full_disk_leaves_no_backup(odd: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full there is no file, old or new, and the message says so."""
    real = os.fdopen

    class Full:
        def __init__(self, file: IO[bytes]) -> None:
            self.file, self.room = file, 300

        def write(self, data: bytes) -> int:
            self.room -= len(data)
            if self.room < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return self.file.write(data)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

    @contextmanager
    def opened(number: int, mode: str) -> Iterator[Any]:
        with real(number, mode) as file:
            yield Full(file)

    monkeypatch.setattr("shopglot.store.upkeep.backup.os.fdopen", opened)
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(StoreError, match="No space left on device; make room"):
        odd.upkeep.backup(folder / "b.zip")
    assert [] == list(folder.iterdir())


def test_an_existing_file_stays(odd: Store, tmp_path: Path) -> None:
    """A backup replaces a file only where that is asked for, and never the store itself."""
    (tmp_path / "b.zip").write_text("old")
    with pytest.raises(StoreError, match="there is such a file already"):
        odd.upkeep.backup(tmp_path / "b.zip")
    odd.upkeep.backup(tmp_path / "b.zip", replace=True)
    with Archive(tmp_path / "b.zip") as archive:
        archive.verify()
    if odd.database.path is not None:
        with pytest.raises(StoreError, match="this is the store itself"):
            odd.upkeep.backup(odd.database.path, replace=True)


def test_a_missing_folder_is_named(odd: Store, tmp_path: Path) -> None:
    """A folder that is not there is an error of the caller, with the file's name."""
    with pytest.raises(StoreError, match=r"none.b\.zip: No such file"):
        odd.upkeep.backup(tmp_path / "none" / "b.zip")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_closed_is_named(odd: Store, tmp_path: Path) -> None:
    """Where nothing may be written, that is said."""
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        odd.upkeep.backup(tmp_path / "closed" / "b.zip")


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_an_older_version_is_restored_and_upgraded(
    empty_url: str, new_urls: dict[str, str], tmp_path: Path, version: int
) -> None:
    """A backup of a store that an older shopglot made becomes a store of this version, with what was in it."""
    database = Database(empty_url)
    with database.migrating() as connection:
        migrations.create(connection, version)
        with connection.begin():
            connection.execute(
                text(
                    "INSERT INTO runs (id, spec_key, catalog, spec, status, started_at, resumes) VALUES"
                    " (7, 'k', '枕头', '{}', 'finished', '2026-08-02 01:30:00', 0)"
                )
            )
    database.close()
    with open_store(empty_url, create=False) as old:
        assert version == old.upkeep.backup(tmp_path / "old.zip").schema_version
    new_urls = {name: url if name != "sqlite" else str(tmp_path / "restored.db") for name, url in new_urls.items()}
    for url in new_urls.values():
        restore(url, tmp_path / "old.zip")
        with open_store(url, create=False) as restored, restored.database.read() as connection:
            assert SCHEMA_VERSION == restored.database.version
            assert [(7, "枕头")] == [tuple(row) for row in connection.execute(text("SELECT id, catalog FROM runs"))]
