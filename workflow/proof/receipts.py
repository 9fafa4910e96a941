"""A receipt: what an institution outside has answered, sealed by the service, to be checked as letters are and without us.

It is made whenever it is asked for, from the event that told of the answer; nothing of it is kept, and what it states never
changes, however the case goes on.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from workflow.database import Database
from workflow.letters.layout import html
from workflow.letters.parts import LetterFrame, Proof, SignatureBlock, field_name
from workflow.letters.pool import pressed
from workflow.office import Office
from workflow.proof.keys import signing_key
from workflow.proof.seal import sealed
from workflow.proof.statement import RECEIPT, SigningKey, Statement, stated
from workflow.signatures.certificates import publish
from workflow.signatures.checked import fingerprint
from workflow.signatures.signer import Why
from workflow.tables import public_keys, units

_TEMPLATE: Final = "_tanda_terima.html"
_SERVICE: Final = "Sistem Jenjang"
#: Signs of a code: those of letters' codes.
_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE: Final = 10


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered: on which case, about whom, by whom, when, in which words. ``on_paper``: by which letter, if so.

    ``event``: the id of what happened, by which the agency finds it again.
    """

    reference: str
    process: str
    subject: str
    partner: str
    by: str
    answer: str
    at: datetime
    given: tuple[tuple[str, str], ...]
    event: str
    sequence: int
    on_paper: str = ""

    @property
    def number(self) -> str:
        """The case's number with that of the event."""
        return f"{self.reference}/{self.sequence}"

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return f"tanda-terima-{self.reference}-{self.sequence}.pdf"


def receipt(database: Database, office: Office, answered: Answered, at: datetime) -> bytes:
    """The receipt as a sealed PDF. Its seal's certificate is published first. Raises MissingKey, LetterError, SigningFailed."""
    key = signing_key(database, at)
    body = msgspec.json.encode(answered)
    profile = office.profile
    text = stated(_statement(office, answered, body, key), key, profile.site)
    frame = database.read(_frame, office, answered, key)
    page = html(_TEMPLATE, frame, answered, profile, proof=_proof(text, profile.site))
    pdf = pressed(
        page, body_json=body, at=answered.at, title=f"{RECEIPT} {answered.number}", fields=[f"Segel {_SERVICE}"]
    )
    why = Why(reason=f"{RECEIPT} {answered.number}", location=frame.place, name=profile.agency)
    done = sealed(pdf, field=field_name(1), key=key, agency=profile.agency, why=why, at=at)
    if not database.read(_is_published, done.certificate):
        database.write(lambda conn: publish(conn, done.certificate, is_test=key.is_test, at=at))
    return done.content


def code_of_event(event: str) -> str:
    """The code that the statement of a receipt bears: no letter's, so that nobody takes it for one."""
    number = int(hashlib.sha256(f"receipt\0{event}".encode()).hexdigest(), 16)
    return "".join(_SIGNS[number // len(_SIGNS) ** place % len(_SIGNS)] for place in range(_CODE))


def _statement(office: Office, answered: Answered, body: bytes, key: SigningKey) -> Statement:
    return Statement(
        number=answered.number,
        dated_on=office.day(answered.at),
        kind=RECEIPT,
        post=_SERVICE,
        name=office.profile.agency,
        subject=f"{answered.answer}: {answered.subject}",
        body_sha256=hashlib.sha256(body).hexdigest(),
        code=code_of_event(answered.event),
        is_test=key.is_test,
    )


def _proof(text: str, site: str) -> Proof:
    from workflow.proof.qr import drawn  # noqa: PLC0415 - needed only where letters are made

    return Proof(qr=drawn(text), address=f"{site.rstrip('/')}/verify", statement=text)


def _frame(conn: Connection, office: Office, answered: Answered, key: SigningKey) -> LetterFrame:
    profile = office.profile
    unit = profile.personnel_unit
    name = conn.execute(select(units.c.name).where(units.c.id == unit)).scalar_one_or_none() or unit
    return LetterFrame(
        kind="receipt",
        title=RECEIPT,
        type="surat_keterangan",
        letterhead=profile.letterhead(unit, name),
        signatures=(SignatureBlock(lines=(f"{_SERVICE.upper()},",), title=_SERVICE, name=profile.agency),),
        place=profile.seat,
        number=answered.number,
        dated_on=office.day(answered.at),
        signed_at=answered.at,
        test_key=key.is_test,
    )


def _is_published(conn: Connection, certificate: str) -> bool:
    query = select(public_keys.c.id).where(public_keys.c.id == fingerprint(certificate))
    return conn.execute(query).first() is not None
