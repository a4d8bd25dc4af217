"""Photos and PDFs on disk and their rows: first the bytes are safe, then the row may commit."""

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import Actor
from housing.files.errors import FileEmpty, FileNotFound, FileNotYours, FileTooLarge
from housing.files.models import StoredFileRow
from housing.files.rules import (
    MAX_BYTES,
    PICTURES,
    THUMBNAIL_EXTENSION,
    CheckedFile,
    check,
    safe_name,
)

LOOSE_DAYS = 30
"""How long a file that belongs to no case is kept: drafts may still need it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFile:
    """One stored photo or PDF.

    Attributes:
        id: 32 hexadecimal digits.
        filename: as uploaded, made harmless, with the extension of its content.
        width, height: pixels; 0 for a PDF.
        page_count: of a PDF; None for a photo.
        uploaded_by: account id.
        instance_id: the case it belongs to, or None as long as it is loose.
    """

    id: str
    filename: str
    content_type: str
    extension: str
    size_bytes: int
    width: int
    height: int
    page_count: int | None
    has_location: bool
    uploaded_by: str
    uploaded_at: datetime
    instance_id: str | None

    @property
    def is_document(self) -> bool:
        """Tell whether it is a PDF, which has no thumbnail."""
        return self.page_count is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedFile:
    """A file whose bytes are on disk already, but that has no row yet."""

    id: str
    filename: str
    checked: CheckedFile


class FileStore:
    """Where files lie.

    Args:
        root: the folder; made when it is missing.
        clock: tells when a file came.
        sync: puts an open file or folder on the disk for good; a demo city needs no such care.
    """

    def __init__(
        self, root: Path, *, clock: Clock, sync: Callable[[int], object] = os.fsync
    ) -> None:
        self._root = root
        self._clock = clock
        self._sync = sync

    def prepare(
        self,
        stream: IO[bytes],
        filename: str,
        *,
        kinds: frozenset[str] = PICTURES,
        keep_location: bool = False,
    ) -> PreparedFile:
        """Check an upload, make it harmless and put it on disk.

        Slow, so do it outside of a unit of work.

        Args:
            stream: the bytes.
            filename: as its owner called it.
            kinds: what is taken: PICTURES or DOCUMENTS of the rules.
            keep_location: whether the place may stay in a photo.

        Raises:
            FileRefused: it is empty, over 10 MB, of another kind, broken, or does more than a
                paper should; the subclass says which.
        """
        content = stream.read(MAX_BYTES + 1)
        if not content:
            raise FileEmpty(filename)
        if len(content) > MAX_BYTES:
            raise FileTooLarge(filename, MAX_BYTES // 1024**2)
        return self.keep(
            check(content, filename, kinds=kinds, keep_location=keep_location), filename
        )

    def keep(self, checked: CheckedFile, filename: str) -> PreparedFile:
        """Put a checked file on disk."""
        file_id = uuid4().hex
        self._write(self._path(file_id, checked.extension), checked.content)
        if checked.thumbnail is not None:
            self._write(self._path(file_id, THUMBNAIL_EXTENSION), checked.thumbnail)
        name = safe_name(filename, checked.extension)
        return PreparedFile(id=file_id, filename=name, checked=checked)

    def record(self, prepared: PreparedFile, *, by: Actor, session: Session) -> StoredFile:
        """Write the row of a prepared file; it belongs to its uploader until it is attached."""
        checked = prepared.checked
        row = StoredFileRow(
            id=prepared.id,
            filename=prepared.filename,
            content_type=checked.content_type,
            extension=checked.extension,
            size_bytes=len(checked.content),
            sha256=sha256(checked.content).hexdigest(),
            width=checked.width,
            height=checked.height,
            page_count=checked.page_count,
            has_location=checked.has_location,
            uploaded_by=by.id,
            uploaded_at=self._clock.now(),
            instance_id=None,
        )
        session.add(row)
        session.flush()
        return _stored(row)

    def save(
        self,
        stream: IO[bytes],
        filename: str,
        *,
        by: Actor,
        kinds: frozenset[str] = PICTURES,
        session: Session,
    ) -> StoredFile:
        """Prepare and record a file at once; raises what `prepare` raises."""
        return self.record(self.prepare(stream, filename, kinds=kinds), by=by, session=session)

    def path(self, stored: StoredFile, *, is_thumbnail: bool = False) -> Path:
        """Tell where a file, or its thumbnail (JPEG), lies."""
        extension = THUMBNAIL_EXTENSION if is_thumbnail else stored.extension
        return self._path(stored.id, extension)

    def remove_orphans(self, *, session: Session) -> int:
        """Delete loose files older than LOOSE_DAYS, and files on disk without a row of that age.

        Returns:
            How many files on disk were deleted.
        """
        before = self._clock.now() - timedelta(days=LOOSE_DAYS)
        loose = (StoredFileRow.instance_id.is_(None)) & (StoredFileRow.uploaded_at < before)
        session.execute(delete(StoredFileRow).where(loose))
        known = set(session.scalars(select(StoredFileRow.id)))
        removed = 0
        for path in self._files():
            is_old = path.stat().st_mtime < before.timestamp()
            if is_old and path.name.partition(".")[0] not in known:
                path.unlink()
                removed += 1
        return removed

    def _files(self) -> Iterator[Path]:
        yield from (path for path in self._root.glob("??/??/*") if path.is_file())

    def _path(self, file_id: str, extension: str) -> Path:
        return self._root / file_id[:2] / file_id[2:4] / f"{file_id}.{extension}"

    def _write(self, path: Path, content: bytes) -> None:
        """Write so that it is there after a power loss: file, then name, then folders."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as target:
            target.write(content)
            target.flush()
            self._sync(target.fileno())
        part.replace(path)
        for folder in (path.parent, path.parent.parent, self._root):
            self._sync_folder(folder)

    def _sync_folder(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            self._sync(handle)
        finally:
            os.close(handle)


def attach(file_ids: Collection[str], instance_id: str, *, by: Actor, session: Session) -> None:
    """Bind files to a case; from now on everybody of the case may see them.

    Args:
        file_ids: files uploaded by the actor, or bound to the same case already.
        instance_id: of the process instance.
        by: who hands them in.
        session: of the unit of work.

    Raises:
        FileNotYours: one of them is not there, somebody else's, or of another case.
    """
    rows = {row.id: row for row in _rows(file_ids, session)}
    for file_id in file_ids:
        row = rows.get(file_id)
        if row is None or row.instance_id not in (None, instance_id):
            raise FileNotYours(file_id)
        if row.instance_id is None and row.uploaded_by != by.id:
            raise FileNotYours(file_id)
    session.execute(
        update(StoredFileRow)
        .where(StoredFileRow.id.in_(list(file_ids)))
        .values(instance_id=instance_id)
    )


def detach(file_id: str, *, session: Session) -> None:
    """Take a file out of its case: it is loose again, and goes with the other loose files."""
    session.execute(
        update(StoredFileRow).where(StoredFileRow.id == file_id).values(instance_id=None)
    )


def stored_file(file_id: str, *, session: Session) -> StoredFile:
    """Find a stored file.

    Raises:
        FileNotFound: there is none of this id.
    """
    row = session.get(StoredFileRow, file_id)
    if row is None:
        raise FileNotFound(file_id)
    return _stored(row)


def stored_files(file_ids: Collection[str], *, session: Session) -> list[StoredFile]:
    """Find stored files in the order of their ids; ids that are not there are left out."""
    rows = {row.id: row for row in _rows(file_ids, session)}
    return [_stored(rows[file_id]) for file_id in file_ids if file_id in rows]


def files_of(instance_id: str, *, session: Session) -> list[StoredFile]:
    """List the files of a case, oldest first."""
    query = (
        select(StoredFileRow)
        .where(StoredFileRow.instance_id == instance_id)
        .order_by(StoredFileRow.uploaded_at, StoredFileRow.id)
    )
    return [_stored(row) for row in session.scalars(query)]


def _rows(file_ids: Collection[str], session: Session) -> list[StoredFileRow]:
    if not file_ids:
        return []
    query = select(StoredFileRow).where(StoredFileRow.id.in_(list(file_ids)))
    return list(session.scalars(query))


def _stored(row: StoredFileRow) -> StoredFile:
    return StoredFile(
        id=row.id,
        filename=row.filename,
        content_type=row.content_type,
        extension=row.extension,
        size_bytes=row.size_bytes,
        width=row.width,
        height=row.height,
        page_count=row.page_count,
        has_location=row.has_location,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        instance_id=row.instance_id,
    )
