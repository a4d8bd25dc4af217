"""Photos and PDFs: checked by content, made harmless, durable, and bound to a case."""

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
from housing.files import pdf, rules
from housing.files.errors import (
    FileEmpty,
    FileNotADocument,
    FileNotAnImage,
    FileNotFound,
    FileNotYours,
    FileTooLarge,
    PdfNotPlain,
    PdfProtected,
    PdfTooLong,
    PdfUnreadable,
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
from tests import papers

RESIDENT = Actor(id="1", name="住戶")
STRANGER = Actor(id="2", name="別人")
ORIENTATION, GPS, EXIF, MAKE, TAKEN_AT = 0x0112, 0x8825, 0x8769, 0x010F, 0x9003
CASE = "c" * 32
HEIC = (Path(__file__).parents[1] / "pictures" / "phone.heic").read_bytes()
"""Made with libheif 1.15.1: 96 x 64, red above blue, to be turned clockwise; place, maker, time."""


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
    prepared = store.prepare(io.BytesIO(a_photo(gps=TAICHUNG)), "a.jpg", keep_location=True)
    stored = store.record(prepared, by=RESIDENT, session=session)

    assert stored.has_location
    assert picture(store.path(stored)).getexif().get_ifd(GPS)[1] == "N"


def test_a_photo_taken_upright_stands_upright(store: FileStore) -> None:
    prepared = store.prepare(io.BytesIO(a_photo(size=(60, 40), orientation=6)), "a.jpg")

    assert (prepared.checked.width, prepared.checked.height) == (40, 60)


def test_a_photo_of_a_phone_in_heic_becomes_an_upright_jpeg_without_its_place(
    store: FileStore, session: Session
) -> None:
    stored = store.save(io.BytesIO(HEIC), "IMG_1.HEIC", by=RESIDENT, session=session)

    kept = picture(store.path(stored))
    assert (kept.format, kept.size, stored.filename) == ("JPEG", (64, 96), "IMG_1.jpg")
    assert all(part > 150 for part in (kept.getpixel((5, 5))[2], kept.getpixel((59, 5))[0]))
    assert not kept.getexif().get_ifd(GPS)
    assert MAKE not in kept.getexif()
    assert ORIENTATION not in kept.getexif()
    assert kept.getexif().get_ifd(EXIF)[TAKEN_AT] == "2026:03:01 10:00:00"


@pytest.mark.parametrize(
    "content",
    [
        HEIC[:300],
        HEIC[:600],
        HEIC.replace(b"hvcC", b"free"),
        HEIC.replace((96).to_bytes(4, "big") + (64).to_bytes(4, "big"), b"\0\0\xea\x60" * 2),
    ],
    ids=["only the head", "breaks off", "without decoder settings", "60000 x 60000"],
)
def test_a_broken_heic_is_refused(content: bytes, store: FileStore) -> None:
    with pytest.raises(FileNotAnImage):
        store.prepare(io.BytesIO(content), "IMG_2.HEIC")


@pytest.mark.parametrize(
    ("content", "pages"), [(papers.a_pdf(3), 3), (papers.a_pdf_with_a_link(), 1)]
)
def test_a_pdf_is_stored_as_it_came_where_papers_are_taken(
    content: bytes, pages: int, store: FileStore, session: Session
) -> None:
    stored = store.save(
        io.BytesIO(content), "所得清單.PDF", by=RESIDENT, kinds=rules.DOCUMENTS, session=session
    )

    assert store.path(stored).read_bytes() == content
    assert stored.is_document
    assert (stored.page_count, stored.filename) == (pages, "所得清單.pdf")
    assert not store.path(stored, is_thumbnail=True).exists()
    assert stored_file(stored.id, session=session) == stored


def test_a_field_for_photos_takes_no_pdf_and_one_for_pdfs_no_photo(store: FileStore) -> None:
    with pytest.raises(FileNotAnImage):
        store.prepare(io.BytesIO(papers.a_pdf()), "a.pdf")
    only_pdf = rules.kinds_of("application/pdf")
    with pytest.raises(FileNotADocument):
        store.prepare(io.BytesIO(a_photo()), "a.jpg", kinds=only_pdf)
    with pytest.raises(FileNotADocument, match=r"letter\.docx"):
        store.prepare(io.BytesIO(b"PK\3\4"), "letter.docx", kinds=rules.DOCUMENTS)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (papers.a_pdf_that_acts("/JavaScript"), PdfNotPlain),
        (papers.a_pdf_that_acts("/Launch"), PdfNotPlain),
        (papers.a_pdf_that_acts("/SubmitForm"), PdfNotPlain),
        (papers.a_pdf_that_acts("/GoToE"), PdfNotPlain),
        (papers.a_pdf_that_hides_a_script(), PdfNotPlain),
        (papers.a_pdf_with_an_attachment(), PdfNotPlain),
        (papers.a_pdf(locked_with="1234"), PdfProtected),
        (papers.a_pdf(locked_with=""), PdfProtected),
        (papers.a_pdf(pdf.MAX_PAGES + 1), PdfTooLong),
        (papers.a_pdf(0), PdfUnreadable),
        (papers.a_pdf()[:200], PdfUnreadable),
        (b"%PDF-1.7\n<script>alert(1)</script>", PdfUnreadable),
        (b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000 + b"\ntrailer<</Root 1 0 R>>", PdfUnreadable),
    ],
    ids=[
        "script",
        "starts a program",
        "sends data away",
        "opens what is embedded",
        "hidden script",
        "attachment",
        "password",
        "empty password",
        "too many pages",
        "no page",
        "breaks off",
        "a page of the web",
        "nested without end",
    ],
)
def test_a_pdf_that_is_more_or_less_than_paper_is_refused(
    content: bytes, error: type[Exception], store: FileStore
) -> None:
    with pytest.raises(error, match=r"x\.pdf"):
        store.prepare(io.BytesIO(content), "x.pdf", kinds=rules.DOCUMENTS)


def test_a_pdf_of_too_many_parts_is_refused(store: FileStore) -> None:
    many = papers.a_pdf().replace(b"/MediaBox", b"/Many [" + b"[]" * 160_000 + b"] /MediaBox")

    with pytest.raises(PdfUnreadable):
        store.prepare(io.BytesIO(many), "x.pdf", kinds=rules.DOCUMENTS)


@pytest.mark.parametrize(
    ("accept", "kinds"),
    [
        ("", rules.DOCUMENTS),
        ("image/*", rules.PICTURES),
        ("image", rules.PICTURES),
        (".jpg, .png", rules.PICTURES),
        ("application/pdf", frozenset({rules.DOCUMENT})),
        (".PDF,image/jpeg", rules.DOCUMENTS),
    ],
)
def test_the_definition_of_a_field_says_what_it_takes(accept: str, kinds: frozenset[str]) -> None:
    assert rules.kinds_of(accept) == kinds


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\fakepath\\照片 1.jpeg", "照片 1.jpg"),
        ("a\r\nb;<c>.png", "a_b_c.jpg"),
        ("...", "file.jpg"),
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
