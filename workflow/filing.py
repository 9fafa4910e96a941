"""Files that people hand in: what they are is decided by their content, never by their name."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select

from workflow import cases as case_store
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.hidden_entries import hides_file
from workflow.errors import NotFound, Problem
from workflow.facts import Situation
from workflow.ids import new_id
from workflow.tables import file_cases, files, incoming, incoming_cases
from workflow.views.letter_sight import may_see_file
from workflow.views.outside import Sight, own_institutions, partner_people, sight_now_or_then, veil_of

#: Bytes that a file may have.
LARGEST = 10 * 1024 * 1024

#: What is taken: media type, and the ending that its name gets.
ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
_WORD, _SHEET = list(ENDINGS)[3:]
_BEGINNINGS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_SAME_ENDING = {".jpeg": ".jpg"}

#: Characters of a name that is kept; the column holds 255.
_NAME_LENGTH = 120


class TooLargeFile(Problem):
    """A file beyond what is taken."""

    status, type, title = 413, "too-large", "Kiriman terlalu besar"

    def __init__(self) -> None:
        super().__init__(
            f"Berkas lebih besar daripada batas {LARGEST // 1_048_576} MB. Kecilkan, misalnya pindai dengan 150 dpi."
        )


class UnknownKind(Problem):
    """The content is of no kind that is taken."""

    status, type, title = 415, "unsupported-media-type", "Jenis kiriman tidak diterima"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Isi berkas “{name}” bukan PDF, PNG, JPEG, DOCX atau XLSX tanpa makro. Yang menentukan adalah isinya, bukan namanya."
        )


class FileLine(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was handed in; forms name it by its id."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime


class FileContent(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its bytes."""

    name: str
    media_type: str
    content: bytes
    sha256: str


def store_file(conn: Connection, _: Engine, caller: Caller, at: datetime, name: str, content: bytes) -> FileLine:
    """Keep a file for its uploader until a step ties it to a case. Raises TooLargeFile, UnknownKind."""
    if len(content) > LARGEST:
        raise TooLargeFile
    media_type = kind_of(content)
    if media_type is None:
        raise UnknownKind(proper_name(name, ""))
    line = FileLine(
        id=new_id(at),
        name=proper_name(name, ENDINGS[media_type]),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_at=at,
    )
    conn.execute(
        insert(files).values(
            **msgspec.structs.asdict(line), content=content, case_id=None, uploaded_by=caller.person_id
        )
    )
    return line


def file_content(conn: Connection, engine: Engine, caller: Caller, at: datetime, file_id: str) -> FileContent:
    """A file, to its uploader and to whoever may see its case and what it was handed in with. Raises NotFound."""
    row = conn.execute(select(files).where(files.c.id == file_id)).one_or_none()
    if row is not None and (
        row.uploaded_by == caller.person_id
        or any(_is_on_a_case_of(conn, engine, caller, at, row.id, case_id) for case_id in _cases_of(conn, row))
    ):
        return FileContent(name=row.name, media_type=row.media_type, content=row.content, sha256=row.sha256)
    raise NotFound(f"Berkas {file_id} tidak ada, atau bukan untuk Anda lihat.")


def _cases_of(conn: Connection, row: Row[Any]) -> list[str]:
    """The cases that a file was handed in for."""
    further = conn.execute(select(file_cases.c.case_id).where(file_cases.c.file_id == row.id)).scalars()
    return [*([row.case_id] if row.case_id else []), *further]


def _is_on_a_case_of(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, file_id: str, case_id: str
) -> bool:
    case = case_store.load(conn, case_id)
    process = engine.registry.process(case.process)
    try:
        sight = sight_now_or_then(conn, process, case, caller)
    except NotFound:
        return False
    situation = Situation(conn, engine.office, process, case, case.form, at)
    if hides_file(situation, veil_of(conn, engine.office, sight, at), file_id):
        return False
    if sight.past is not None and sight.outside:
        return False
    if sight.past is not None:
        return file_id in sight.past.files or may_see_file(conn, sight, file_id)
    return not sight.outside or _is_for_outside(conn, sight, file_id)


def _is_for_outside(conn: Connection, sight: Sight, file_id: str) -> bool:
    """From outside one sees what one's own people handed in, the letters addressed to them, and by what was recorded for them."""
    uploader = conn.execute(select(files.c.uploaded_by).where(files.c.id == file_id)).scalar_one()
    if uploader in partner_people(conn, sight.caller) or may_see_file(conn, sight, file_id):
        return True
    scanned = (
        select(incoming.c.sender)
        .join_from(incoming, incoming_cases)
        .where(incoming_cases.c.case_id == sight.case.id, incoming_cases.c.file_id == file_id)
    )
    return bool(own_institutions(sight) & set(conn.execute(scanned).scalars()))


def kind_of(content: bytes) -> str | None:
    """The media type by content; None where it is none that is taken."""
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    return _office_kind(content) if content.startswith(b"PK\x03\x04") else None


def _office_kind(content: bytes) -> str | None:
    """Word and Excel files are archives; only their table of contents is read. With macros they are not taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {info.filename.lower() for info in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if "[content_types].xml" not in names or any(name.endswith("vbaproject.bin") for name in names):
        return None
    return _WORD if "word/document.xml" in names else _SHEET if "xl/workbook.xml" in names else None


def proper_name(name: str, ending: str) -> str:
    """A name that is safe to show and to save under: no folders, no marks that nobody sees, the ending of what it is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    tidy = re.sub(r'[<>:"|?*]', "", " ".join(seen.split())).strip(". ")
    stem, dot, own = tidy.rpartition(".")
    own = dot + own.lower()
    if ending and _SAME_ENDING.get(own, own) == ending:
        tidy = stem
    return (tidy[:_NAME_LENGTH].rstrip(". ") or "berkas") + ending
