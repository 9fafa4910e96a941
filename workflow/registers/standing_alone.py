"""Letters of no case: filed as they were signed on paper, with their number in the register and nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from policies.dates import written as day_written
from workflow.engine import Engine
from workflow.errors import NotYours
from workflow.letters.route import LetterStep, encoded
from workflow.registers.lease_file import LeaseFile
from workflow.registers.ledger import Written
from workflow.registers.on_paper import OnPaper
from workflow.registers.preparing import officials
from workflow.registers.writing import official_of
from workflow.tables import letters


def file(conn: Connection, engine: Engine, lease: LeaseFile, written: Written, on_paper: OnPaper, at: datetime) -> None:
    """File a letter of no case. Raises Problem."""
    paper = on_paper.paper
    assert paper is not None  # noqa: S101 - whoever files one has it
    _check_signers(conn, engine, lease, written)
    blocks = written.frame.signatures
    steps = tuple(
        LetterStep(kind="sign", by=signer, name=block.name, title=block.title, at=at)
        for signer, block in zip(written.signers, blocks, strict=True)
    )
    row = {
        "id": paper.letter_id,
        "kind": written.kind,
        "process": "",
        "state": "signed",
        "template": paper.template,
        "template_sha256": paper.template_sha256,
        "body_type": paper.body_type,
        "body": paper.body,
        "frame": paper.frame,
        "route": encoded(steps),
        "turn": len(steps),
        "drafter": "",
        "role": "",
        "signed_by": written.signers[0],
        "signed_title": blocks[0].title,
        "signed_at": at,
        "method": "by_hand",
        "register": on_paper.taken.register,
        "register_year": on_paper.taken.year,
        "register_number": on_paper.taken.number,
        "number": paper.text,
        "dated_on": paper.dated_on,
        "issued_at": at,
        "code": paper.code,
        "file_id": paper.file_id,
        "unsigned_sha256": paper.unsigned_sha256,
        "scan_id": paper.scan_id,
        "due_on": paper.dated_on,
    }
    conn.execute(insert(letters), row)


def _check_signers(conn: Connection, engine: Engine, lease: LeaseFile, written: Written) -> None:
    """Each of those who signed held a post of the unit on the day of the letter, and holds it still. Raises NotYours."""
    blocks = written.frame.signatures
    if not blocks or tuple(official_of(lease, block).person_id for block in blocks) != written.signers:
        raise NotYours("Penandatangan surat berbeda dari yang dicatat.")
    standing = {each.person_id for each in officials(conn, engine, lease.unit_id, written.dated_on)}
    for signer, block in zip(written.signers, blocks, strict=True):
        if signer not in standing:
            raise NotYours(
                f"{block.name} bukan pejabat unit {lease.unit_id} yang dapat menandatangani pada "
                f"{day_written(written.dated_on)}."
            )
