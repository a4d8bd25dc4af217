"""Photos: checked by content, made harmless, durable, and bound to a case."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from engine.clock import FrozenClock
from engine.db import Database
from engine.types import Actor
from housing.files import rules
from housing.files.errors import (
    FileEmpty,
    FileNotAnImage,
    FileNotFound,
    FileNotYours,
    FileTooLarge,
)
from housing.files.models import StoredFileRow
from housing.files.service import (
    LOOSE_DAYS,
    FileStore,
    attach,
    files_of,
    stored_file,
    stored_files,
)
from housing.orm import Base

RESIDENT = Actor(id="1", name="住戶")
STRANGER = Actor(id="2", name="別人")
ORIENTATION, GPS, EXIF, MAKE, TAKEN_AT = 0x0112, 0x8825, 0x8769, 0x010F, 0x9003
CASE = "c" * 32


def a_photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **exif: object) -> bytes:
    image = Image.new("RGB", size, (200, 30, 30))
    data = Image.Exif()
    for name, value in exif.items():
        data[{"orientation": ORIENTATION, "gps": GPS, "make": MAKE, "exif": EXIF}[name]] = value
    target = io.BytesIO()
    image.save(target, kind, exif=data.tobytes() if exif else b"")
    return target.getvalue()


def picture(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(path.read_bytes()))


TAICHUNG = {1: "N", 2: (24.0, 8.0, 30.0), 3: "E", 4: (120.0, 40.0, 10.0)}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'files.db'}")
    Base.metadata.create_all(database.engine, tables=[Base.metadata.tables["stored_file"]])
    yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.unit_of_work() as session:
        yield session


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> FileStore:
    return FileStore(tmp_path / "files", clock=clock)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_stored_with_its_thumbnail(
    kind: str, store: FileStore, session: Session
) -> None:
    stored = store.save(
        io.BytesIO(a_photo(kind, (1200, 800))), "水龍頭.JPG", by=RESIDENT, session=session
    )

    assert picture(store.path(stored)).format == kind
    assert max(picture(store.path(stored, is_thumbnail=True)).size) == rules.THUMBNAIL_PIXELS
    assert stored.filename == f"水龍頭.{stored.extension}"
    assert (stored.width, stored.height) == (1200, 800)
    assert stored_file(stored.id, session=session) == stored


def test_a_renamed_program_is_refused(store: FileStore) -> None:
    with pytest.raises(FileNotAnImage, match=r"virus\.jpg"):
        store.prepare(io.BytesIO(b"MZ" + bytes(5000)), "virus.jpg")


def test_a_photo_that_breaks_off_is_refused(store: FileStore) -> None:
    with pytest.raises(FileNotAnImage):
        store.prepare(io.BytesIO(a_photo(size=(900, 900))[:700]), "half.jpg")


def test_a_gif_is_refused(store: FileStore) -> None:
    with pytest.raises(FileNotAnImage):
        store.prepare(io.BytesIO(a_photo("GIF")), "cat.jpg")


def test_an_empty_file_is_refused(store: FileStore) -> None:
    with pytest.raises(FileEmpty):
        store.prepare(io.BytesIO(b""), "nothing.jpg")


def test_a_20_mb_photo_is_refused(store: FileStore) -> None:
    with pytest.raises(FileTooLarge, match="10 MB"):
        store.prepare(io.BytesIO(a_photo() + bytes(20 * 1024**2)), "big.jpg")


def test_a_picture_that_unpacks_into_gigabytes_is_refused(store: FileStore) -> None:
    target = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(target, "PNG")

    with pytest.raises(FileNotAnImage):
        store.prepare(io.BytesIO(target.getvalue()), "bomb.png")


def test_the_place_and_the_camera_are_removed(store: FileStore, session: Session) -> None:
    content = a_photo(gps=TAICHUNG, make="Phone", exif={TAKEN_AT: "2026:03:01 10:00:00"})

    stored = store.save(io.BytesIO(content), "a.jpg", by=RESIDENT, session=session)

    exif = picture(store.path(stored)).getexif()
    assert not stored.has_location
    assert not exif.get_ifd(GPS)
    assert MAKE not in exif
    assert exif.get_ifd(EXIF)[TAKEN_AT] == "2026:03:01 10:00:00"


def test_the_place_stays_with_consent(store: FileStore, session: Session) -> None:
    stored = store.save(
        io.BytesIO(a_photo(gps=TAICHUNG)),
        "a.jpg",
        by=RESIDENT,
        keep_location=True,
        session=session,
    )

    assert stored.has_location
    assert picture(store.path(stored)).getexif().get_ifd(GPS)[1] == "N"


def test_a_photo_taken_upright_stands_upright(store: FileStore) -> None:
    prepared = store.prepare(io.BytesIO(a_photo(size=(60, 40), orientation=6)), "a.jpg")

    assert (prepared.photo.width, prepared.photo.height) == (40, 60)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\fakepath\\照片 1.jpeg", "照片 1.jpg"),
        ("a\r\nb;<c>.png", "a_b_c.jpg"),
        ("...", "photo.jpg"),
        ("x" * 300, "x" * 100 + ".jpg"),
    ],
)
def test_a_file_name_is_made_harmless(name: str, safe: str) -> None:
    assert rules.safe_name(name, "jpg") == safe


def test_attached_photos_belong_to_the_case(store: FileStore, session: Session) -> None:
    stored = store.save(io.BytesIO(a_photo()), "a.jpg", by=RESIDENT, session=session)

    attach([stored.id], CASE, by=RESIDENT, session=session)
    attach([stored.id], CASE, by=STRANGER, session=session)  # the same case: no harm

    assert [file.id for file in files_of(CASE, session=session)] == [stored.id]
    assert stored_files([stored.id, "0" * 32], session=session)[0].instance_id == CASE


def test_a_photo_of_somebody_else_or_of_another_case_cannot_be_attached(
    store: FileStore, session: Session
) -> None:
    stored = store.save(io.BytesIO(a_photo()), "a.jpg", by=RESIDENT, session=session)

    with pytest.raises(FileNotYours):
        attach([stored.id], CASE, by=STRANGER, session=session)
    with pytest.raises(FileNotYours):
        attach(["0" * 32], CASE, by=RESIDENT, session=session)
    attach([stored.id], CASE, by=RESIDENT, session=session)
    with pytest.raises(FileNotYours):
        attach([stored.id], "d" * 32, by=RESIDENT, session=session)


def test_a_file_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(FileNotFound):
        stored_file("0" * 32, session=session)


def test_old_files_without_a_row_and_old_loose_photos_are_cleaned_up(
    store: FileStore, session: Session, clock: FrozenClock
) -> None:
    kept = store.save(io.BytesIO(a_photo()), "kept.jpg", by=RESIDENT, session=session)
    attach([kept.id], CASE, by=RESIDENT, session=session)
    loose = store.save(io.BytesIO(a_photo()), "loose.jpg", by=RESIDENT, session=session)
    written = clock.now()
    for path in (store.path(kept), store.path(loose), store.path(loose, is_thumbnail=True)):
        os.utime(path, (written.timestamp(), written.timestamp()))

    assert store.remove_orphans(session=session) == 0
    clock.advance(timedelta(days=LOOSE_DAYS + 1))

    assert store.remove_orphans(session=session) == 2
    assert store.path(kept).is_file()
    assert not store.path(loose).exists()
    assert session.get(StoredFileRow, loose.id) is None
