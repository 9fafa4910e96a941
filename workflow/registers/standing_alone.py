"""Letters of no case: filed as they were signed on paper, with their number in the register, told in the register's log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert

from policies.dates import written as day_written
from workflow.engine.engine import Engine
from workflow.errors import NotYours
from workflow.ids import new_id
from workflow.letters.bodies import body_named
from workflow.letters.route import LetterStep, encoded, new_code
from workflow.letters.signing import told_of
from workflow.mail.dispatch import owe_letter
from workflow.mail.of_no_case import reachable
from workflow.registers.lease_file import LeaseFile, Prepared
from workflow.registers.ledger import Written
from workflow.registers.log import FILED, FILED_VOID, tell
from workflow.registers.officials import officials
from workflow.registers.on_paper import OnPaper
from workflow.registers.writing import check_may_decide, official_of
from workflow.tables import letters


def file(
    conn: Connection, engine: Engine, lease: LeaseFile, written: Written, on_paper: OnPaper, at: datetime
) -> tuple[str, ...]:
    """File a letter of no case, and owe it to those whom it names. Answers what is to be said of its sending. Raises Problem."""
    _check_signers(conn, engine, lease, written)
    row = _row(written, on_paper, at)
    conn.execute(insert(letters), row)
    whom, says = reachable(conn, row, engine.office.day(at))
    _tell(conn, FILED, row, on_paper, {"sending": says}, at)
    if whom:
        owe_letter(conn, row["id"], at)
    return says


def file_void(
    conn: Connection, written: Written, prepared: Prepared | None, on_paper: OnPaper, reason: str, at: datetime
) -> None:
    """File a paper whose number was used, and which could not become the letter that it was meant to be, as void."""
    row = _row(written, on_paper, at) | {"state": "void", "void_reason": reason}
    if prepared is not None and prepared.letter_id:  # the letter itself keeps its id and its code
        row |= {"id": new_id(at), "code": new_code()}
    conn.execute(insert(letters), row)
    more = {"case": prepared.case_id} if prepared is not None else {}
    _tell(conn, FILED_VOID, row, on_paper, {"reason": reason, **more}, at)


def _tell(
    conn: Connection, kind: str, row: dict[str, Any], on_paper: OnPaper, more: dict[str, Any], at: datetime
) -> None:
    payload = {
        "actor": {"id": on_paper.recorded_by, "name": on_paper.recorder},
        "lease": on_paper.lease_id,
        "signers": on_paper.signers,
        "letter": told_of(row),
        **more,
    }
    tell(conn, row["register"], row["register_year"], kind, payload, at)


def _row(written: Written, on_paper: OnPaper, at: datetime) -> dict[str, Any]:
    paper = on_paper.paper
    assert paper is not None  # noqa: S101 - whoever files one has it
    blocks = written.frame.signatures
    steps = tuple(
        LetterStep(kind="sign", by=signer, name=block.name, title=block.title, at=at)
        for signer, block in zip(written.signers, blocks, strict=True)
    )
    return {
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
        "register_suffix": "",
        "number": paper.text,
        "dated_on": paper.dated_on,
        "issued_at": at,
        "code": paper.code,
        "file_id": paper.file_id,
        "unsigned_sha256": paper.unsigned_sha256,
        "scan_id": paper.scan_id,
        "due_on": paper.dated_on,
    }


def _check_signers(conn: Connection, engine: Engine, lease: LeaseFile, written: Written) -> None:
    """Each of those who signed held the post on the day of the letter, or stood in for it as they signed. Raises Problem."""
    signing = [official_of(lease, block) for block in written.frame.signatures]
    if not signing or tuple(each.person_id for each in signing) != written.signers:
        raise NotYours("Penandatangan surat berbeda dari yang dicatat.")
    check_may_decide(msgspec.json.decode(written.body, type=body_named(written.body_type)), signing)
    standing = {each.seat for each in officials(conn, engine, lease.unit_id, written.dated_on)}
    for each in signing:
        if each.seat not in standing:
            raise NotYours(
                f"{each.name}, {each.block.title}, bukan pejabat unit {lease.unit_id} yang dapat menandatangani pada "
                f"{day_written(written.dated_on)}."
            )
