"""A number between two others (nomor sisipan), given to a letter before it is signed: by the keepers of the registers alone."""

from __future__ import annotations

from typing import Final

import msgspec

from workflow.authority.bench import Seat
from workflow.engine.recording import NUMBERED
from workflow.errors import FieldError, InvalidForm, NotNow, NotYours
from workflow.letters import acts, signing
from workflow.letters.desk import Desk, Did, check_seen, refuse
from workflow.letters.framing import signing_post
from workflow.letters.parts import LetterFrame
from workflow.letters.routing import clerks, seats_of
from workflow.registers import insert_after, register_of, style_of
from workflow.registers.numbers import printed
from workflow.telling.plain_text import ended

#: The longest reason, in letters.
LONGEST_REASON: Final = 300


def may_insert(desk: Desk) -> Seat:
    """A keeper of the registers, before the first signature of a letter whose register has its own series."""
    seat = desk.among(clerks(desk.bench))
    if seat is None:
        check_seen(desk)
        raise NotYours("Nomor sisipan diberikan oleh petugas buku agenda.")
    if desk.step is None or desk.row.state != "to_sign":
        raise NotNow(f"{desk.title} ini tidak sedang menunggu tanda tangan; nomor sisipan diberikan tepat sebelumnya.")
    if desk.row.number is not None:
        raise NotNow(f"{desk.title} ini sudah bernomor {desk.row.number}.")
    register = register_of(desk.office, desk.row.kind, _unit(desk))
    if style_of(desk.office, register).kind != "own":
        refuse(
            f"Buku agenda {register} tidak bernomor sendiri, sehingga tidak dapat disisipi di sini.",
            "Mintalah nomor kepada pemegang buku agenda itu.",
        )
    return seat


def _unit(desk: Desk) -> str:
    """The unit of whoever would sign it now: in its register it is put in."""
    seats = seats_of(desk.bench, desk.letter, desk.step) if desk.step is not None else ()
    return signing_post(desk.bench, next(iter(seats), None)).unit_id or desk.office.profile.secretariat


def insert(desk: Desk, seat: Seat, wanted: acts.Insert) -> Did:
    """Put a letter that awaits its first signature behind a number of the register; it is dated when it is signed."""
    reason = " ".join(wanted.reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        says = f"Alasan penyisipan wajib diisi, paling banyak {LONGEST_REASON} huruf."
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError("reason", "Alasan", says),))
    office, on, unit_id = desk.office, desk.office.day(desk.at), _unit(desk)
    register = register_of(office, desk.row.kind, unit_id)
    taken = insert_after(desk.bench.conn, office, register, on.year, wanted.after, reason, on=on)
    frame = msgspec.json.decode(desk.row.frame, type=LetterFrame)
    values = signing.written_number(office, desk.letter, unit_id, taken, frame, on)
    frame = msgspec.structs.replace(frame, number=values["number"])
    values |= {"frame": msgspec.json.encode(frame).decode()}
    says = ended(f"{desk.title} diberi nomor sisipan {printed(taken.number, taken.suffix)} oleh {desk.actor.name}")
    return Did(NUMBERED, seat, values, {"number": values["number"], "after": wanted.after, "reason": reason}, says=says)
