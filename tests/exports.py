"""Small invented exports for tests, and a database to import them into."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from workflow.imports.staff import OPTIONAL, REQUIRED
from workflow.tables import metadata

SAMPLE = Path(__file__).parent / "sample"
AT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
ON = date(2026, 3, 2)

HEADINGS = (*REQUIRED, *OPTIONAL)


def nip(number: int, sex: str = "2") -> str:
    """The invented NIP of the person with this number."""
    return f"19880214201503{sex}{number:03d}"


def person(number: int, **cells: Any) -> dict[str, Any]:
    """A row of someone about whom only the needful is known; ``cells`` by heading, blanks as underscores."""
    row = {
        "NIP": nip(number),
        "NAMA": f"Pegawai {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}",
        "JENIS KELAMIN": "P",
        "JENIS ASN": "PNS",
        "GOLONGAN": "III/b",
        "JENIS JABATAN": "Fungsional",
        "JABATAN": "Perawat Ahli Pertama",
        "KODE UNIT KERJA": "RSUD",
        "UNIT KERJA": "Rumah Sakit Umum Daerah",
        "EMAIL": f"pegawai.{number}@contoh.example",
    }
    return {**row, **{heading.replace("_", " "): cell for heading, cell in cells.items()}}


def post(number: int, title: str, superior: int | None = None, **cells: Any) -> dict[str, Any]:
    """A row of someone in a structural post."""
    above = nip(superior) if superior is not None else ""
    cells = {"ESELON": "III.a", **cells}
    return person(number, JENIS_JABATAN="Struktural", JABATAN=title, NIP_ATASAN_LANGSUNG=above, **cells)


def under(number: int, superior: int, **cells: Any) -> dict[str, Any]:
    """A row of someone whose direct superior is the person with that number."""
    return person(number, NIP_ATASAN_LANGSUNG=nip(superior), **cells)


def as_csv(*rows: dict[str, Any], headings: tuple[str, ...] = HEADINGS, separator: str = ",") -> bytes:
    """The rows as a CSV file; headings that a row has beyond the usual come last."""
    more = [heading for row in rows for heading in row if heading not in headings]
    text = io.StringIO()
    writer = csv.DictWriter(text, [*headings, *dict.fromkeys(more)], delimiter=separator, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@contextmanager
def connection(url: str = "sqlite://") -> Iterator[Connection]:
    """A connection to a fresh database with every table; foreign keys hold, as in production."""
    memory: dict[str, Any] = {"poolclass": StaticPool} if url == "sqlite://" else {}
    engine = create_engine(url, **memory)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    metadata.create_all(engine)
    try:
        with engine.connect() as conn:
            yield conn
    finally:
        engine.dispose()
