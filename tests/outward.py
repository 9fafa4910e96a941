"""Completed internships straight in the tables, for tests of what is sent outward."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import python_calamine as calamine
from sqlalchemy import Connection, insert

from tests.hours import book
from tests.world import REQUEST, World
from workflow.ids import new_id
from workflow.outward import Answered, Batch, export, layout_named, read_answers, write_batch
from workflow.tables import cases, entries, files, letter_cases, letters

BODY: dict[str, Any] = {
    "participants": [],
    "host": {"name": "Rumah Sakit Provinsi Contoh", "head": "Direktur", "address": "Jalan Contoh 1", "city": "Sungai Jernih",
             "inside": False},
    "section": "Instalasi Rawat Intensif",
    "starts_on": "2026-04-06",
    "ends_on": "2026-04-17",
    "ended_on": None,
    "competency": "Keperawatan intensif",
}  # fmt: skip


def completed(world: World, who: str = "nurse", **more: Any) -> str:
    """Somebody's internship, credited. Answers its case.

    ``letter``: the state of its certificate, None for none; ``body``: what that says; ``body_type``;
    ``form``; ``hours``; ``activity``;
    ``paper``: the media type of the host's own certificate; ``size``: bytes of the PDF.
    """
    return world.database.write(_completed, world, who, more)


def _completed(conn: Connection, world: World, who: str, more: dict[str, Any]) -> str:
    world.at += timedelta(seconds=1)
    at, case = world.at, new_id(world.at)
    conn.execute(
        insert(cases).values(
            id=case, process="internship", process_version=1, fingerprint="0" * 64, state="completed", version=20,
            form=more.get("form", json.dumps(REQUEST)), subject_id=world.ids[who], unit_id="RSUD", opened_at=at,
            entered_on=at.date(), closed_at=at,
        )
    )  # fmt: skip
    book(conn, world.ids[who], case, more.get("hours", 20), at, activity=more.get("activity", "C11"), year=2026)
    state = more.get("letter", "signed")
    if state is not None:
        _letter(conn, world, case, state, more)
    if "paper" in more:
        file = _file(conn, world, case, more["paper"], 40)
        data = {
            "scores": [],
            "certificate_number": "445/17/RSPROV/2026",
            "certificate_on": "2026-04-17",
            "certificate_file": file,
        }
        conn.execute(
            insert(entries).values(
                id=new_id(at), case_id=case, kind="assessment", number=1, status="open", on_date=at.date(),
                data=json.dumps(data), written_at=at,
            )
        )  # fmt: skip
    return case


def _letter(conn: Connection, world: World, case: str, state: str, more: dict[str, Any]) -> None:
    at, letter = world.at, new_id(world.at)
    signed = state in ("signed", "to_render")
    file = _file(conn, world, case, "application/pdf", more.get("size", 40)) if state == "signed" else None
    conn.execute(
        insert(letters).values(
            id=letter, kind="internship_credit_certificate", process="internship", state=state, template="t",
            template_sha256="0" * 64, body_type=more.get("body_type", "CreditCertificate"),
            body=more.get("body", json.dumps(BODY)), frame="{}",
            role="personnel_head", number="800.1.4.1/007/BKPSDM/2026" if signed else None,
            dated_on=at.date() if signed else None, signed_at=at if signed else None, issued_at=at, file_id=file,
            due_on=at.date(), route="[]", turn=0, drafter="personnel_head", method="electronic", code=letter[-16:],
        )
    )  # fmt: skip
    conn.execute(insert(letter_cases).values(letter_id=letter, case_id=case))


def _file(conn: Connection, world: World, case: str, media_type: str, size: int) -> str:
    file, content = new_id(world.at), f"%PDF-1.7 {case}".encode().ljust(size, b" ")
    conn.execute(
        insert(files).values(
            id=file, name="bukti.pdf", media_type=media_type, size=len(content),
            sha256=hashlib.sha256(content).hexdigest(), content=content, case_id=case, uploaded_at=world.at,
        )
    )  # fmt: skip
    return file


def sent(world: World, layout: str = "siasn", **more: Any) -> Batch:
    """An export, recorded."""
    world.at += timedelta(seconds=1)
    on = world.at.date()
    return world.database.write(export, layout_named(layout), at=world.at, on=on, **more)


def answered(world: World, text: str | bytes, layout: str = "siasn", **more: Any) -> Answered:
    """A result file is read."""
    world.at += timedelta(seconds=1)
    source = text.encode() if isinstance(text, str) else text
    return world.database.write(read_answers, layout_named(layout), source, "hasil.csv", at=world.at, **more)


def result(*rows: str) -> str:
    """A result file in the shipped layout for SIASN."""
    return "\n".join(("NOMOR REFERENSI;NIP;STATUS;KETERANGAN", *rows)) + "\n"


def written(world: World, batch: Batch, folder: Path) -> tuple[Path, dict[str, bytes]]:
    """The sheet that was written, and the evidence beside it by name."""
    target = write_batch(world.database, batch.id, folder)
    (sheet,) = (path for path in target.iterdir() if path.suffix != ".zip")
    with zipfile.ZipFile(target / f"{batch.id}-bukti.zip") as archive:
        return sheet, {name: archive.read(name) for name in archive.namelist()}


def table(path: Path) -> list[dict[str, Any]]:
    """The rows of an XLSX file by heading, as another program reads them."""
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())) as book:
        headings, *rows = book.get_sheet_by_index(0).to_python()
    return [dict(zip([str(each) for each in headings], row, strict=True)) for row in rows]


def names(batch: Batch) -> Iterator[str]:
    """The evidence of a batch, by name."""
    return (each.evidence for each in batch.rows)
