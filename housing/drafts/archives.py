"""Uploads and archives: what is taken out of them, and how a package is put into one.

Nothing is ever written to disk; what does not belong to a package is left out and reported.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from housing.drafts import rules
from housing.drafts.errors import (
    ArchiveNotReadable,
    ArchiveUnsafe,
    UploadMissing,
    UploadTooLarge,
)

MAX_UNPACKED = 20 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The instant in every archive, so that the same package gives the same bytes."""

Upload = tuple[str, bytes]
"""A file as it came: its name and content."""


def unpacked(uploads: Sequence[Upload]) -> tuple[Upload, ...]:
    """Give the files of an upload, with those of its archives in place of the archives.

    Raises:
        UploadMissing: there is none.
        UploadTooLarge: too many files, or too much when unpacked.
        ArchiveNotReadable: damaged, encrypted or packed in a way we do not read.
        ArchiveUnsafe: a path leads out of its folder, or an entry is a link.
    """
    given = [(name, content) for name, content in uploads if name and content]
    if not given:
        raise UploadMissing
    found: list[Upload] = []
    room = MAX_UNPACKED
    for name, content in given:
        parts = _entries(name, content, room) if _is_archive(name, content) else [(name, content)]
        for part in parts:
            found.append(part)
            room -= len(part[1])
            if room < 0 or len(found) > rules.MAX_FILES:
                raise UploadTooLarge
    return tuple(found)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Put a package into a zip file; forms get the suffix that modelling tools open.

    Args:
        files: as a draft or a version holds them.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(outside_name(name), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return target.getvalue()


def outside_name(name: str) -> str:
    """Name a file of a package as other tools expect it: forms end in `.form`."""
    return f"{name.removesuffix('.json')}.form" if rules.is_form(name) else name


def _is_archive(name: str, content: bytes) -> bool:
    return name.lower().endswith(".zip") or content.startswith(b"PK\x03\x04")


def _entries(name: str, content: bytes, room: int) -> list[Upload]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return list(_read(archive, room))
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
    ) as error:
        raise ArchiveNotReadable(name) from error


def _read(archive: zipfile.ZipFile, room: int) -> Iterator[Upload]:
    entries = [each for each in archive.infolist() if not each.is_dir()]
    if len(entries) > rules.MAX_FILES:
        raise UploadTooLarge
    for entry in entries:
        _ensure_safe(entry)
        if _is_litter(entry.filename):
            continue
        with archive.open(entry) as file:  # the size in the directory may lie: count what comes out
            content = file.read(room + 1)
        room -= len(content)
        if room < 0:
            raise UploadTooLarge
        yield entry.filename, content


def _ensure_safe(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    strange = "\\" in entry.filename or ":" in entry.filename or "\0" in entry.orig_filename
    if is_link or strange or path.is_absolute() or ".." in path.parts:
        raise ArchiveUnsafe(entry.filename[: rules.MAX_NAME])


def _is_litter(name: str) -> bool:
    """Tell whether an entry is what file managers leave behind."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1:] in {(".DS_Store",), ("Thumbs.db",)}
