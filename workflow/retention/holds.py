"""Legal holds: while somebody has said that a case is still needed, nothing of it is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from workflow import audit, cases
from workflow.cases import Case
from workflow.chain import End
from workflow.engine import evidence
from workflow.errors import NotNow, NotYours, Refused
from workflow.ids import new_id
from workflow.people import By
from workflow.people.groups import is_member
from workflow.people.person import Person
from workflow.tables import cases as cases_table
from workflow.tables import erasures, holds

ADMINISTRATORS = "administrator"
#: Characters that a reason may have.
LONGEST = 300


def administrator(conn: Connection, person: Person) -> By:
    """Somebody as an administrator. Raises NotYours for anybody else."""
    if not is_member(conn, ADMINISTRATORS, person.id):
        raise NotYours("Penahanan dan penghapusan isi berkas hanya ditetapkan oleh administrator.")
    return By(person.id, person.full_name)


def hold(conn: Connection, named: str, reason: str, by: By, at: datetime) -> Case:
    """Let nothing of a case be erased from now on. Raises NotFound, and what ``begin`` raises."""
    return begin(conn, cases.load(conn, named, lock=True), reason, by, at)


def end_hold(conn: Connection, named: str, reason: str, by: By, at: datetime) -> Case:
    """The schedule counts again. Raises NotFound, and what ``end`` raises."""
    return end(conn, cases.load(conn, named, lock=True), reason, by, at)


def begin(conn: Connection, case: Case, reason: str, by: By, at: datetime) -> Case:
    """As ``hold``, of a case that was loaded locked. Raises NotNow where it is held or erased already, Refused without a reason."""
    if conn.execute(select(erasures.c.case_id).where(erasures.c.case_id == case.id)).first() is not None:
        raise NotNow("Isi berkas ini sudah dihapus menurut ketentuan, sehingga tidak ada lagi yang dapat ditahan.")
    if standing(conn, case.id):
        raise NotNow(
            "Penghapusan isi berkas ini sudah ditahan. Akhiri dahulu penahanan yang ada untuk mengganti alasannya."
        )
    said = _said(reason)
    conn.execute(insert(holds).values(id=new_id(at), case_id=case.id, reason=said, begun_by=by.id, begun_at=at))
    return _told(conn, case, audit.HELD, said, by, at)


def end(conn: Connection, case: Case, reason: str, by: By, at: datetime) -> Case:
    """As ``end_hold``, of a case that was loaded locked. Raises NotNow where nothing is held, Refused without a reason."""
    found = standing(conn, case.id)
    if found is None:
        raise NotNow("Penghapusan isi berkas ini tidak sedang ditahan.")
    said = _said(reason)
    ended = {"ended_by": by.id, "ended_at": at, "ended_why": said}
    conn.execute(update(holds).where(holds.c.id == found.id).values(ended))
    return _told(conn, case, audit.RELEASED, said, by, at)


def standing(conn: Connection, case_id: str) -> Row[Any] | None:
    """The hold that stands on a case."""
    query = select(holds).where(holds.c.case_id == case_id, holds.c.ended_at.is_(None))
    return conn.execute(query).first()


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not 3 <= len(said) <= LONGEST:
        raise Refused(
            f"Alasan penahanan harus diisi, 3 sampai {LONGEST} huruf: perkara, pemeriksaan, atau permintaan siapa."
        )
    return said


def _told(conn: Connection, case: Case, kind: str, reason: str, by: By, at: datetime) -> Case:
    """Put it on record in the case's own log, which counts its version."""
    version = case.version + 1
    row = {**cases.columns(case), "version": version}
    payload = {
        "actor": {"id": by.id, "name": by.name},
        "hold": kind,
        "why": reason,
        "case": evidence.digest(evidence.CASE, row),
    }
    event = audit.append(conn, case.id, kind, at, payload, after=End(case.version, case.head))
    conn.execute(update(cases_table).where(cases_table.c.id == case.id).values(version=event.sequence, head=event.hash))
    return cases.load(conn, case.id)
