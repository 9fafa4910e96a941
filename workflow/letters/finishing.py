"""What makes a letter final: its number from another system, signatures, and paper that was signed by hand.

Of each act ``may_...`` says whose it is and whether its time is, or raises Problem; the page of a letter asks the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, or_, select

from policies.dates import written
from workflow.authority.bench import Seat
from workflow.database import lock
from workflow.engine.named_files import refuse_files_beyond, usable_files
from workflow.engine.recording import BY_HAND, NUMBERED, SIGNED
from workflow.engine.taking import tie
from workflow.errors import FieldError, InvalidForm, NotNow
from workflow.filling import FileNamed
from workflow.letters import acts, signing
from workflow.letters.desk import Desk, Did, check_printed, refuse, seat_for
from workflow.letters.framing import check_authority, signing_post
from workflow.letters.parts import LetterFrame
from workflow.letters.route import decoded, encoded, some_have_signed
from workflow.letters.routing import clerks, is_late, seats_of
from workflow.registers import register_of, style_of
from workflow.registers.numbers import lock_name
from workflow.tables import files, letters

#: What a scan may be, by its content: what a scanner makes.
SCANS: Final = ("application/pdf", "image/png", "image/jpeg")
#: The longest number that another system may give.
LONGEST_NUMBER: Final = 100


def may_number(desk: Desk) -> Seat:
    """A keeper of the registers, where another system numbers it."""
    seat = seat_for(desk, "number")
    register = _register(desk)
    if style_of(desk.office, register).kind != "external":
        refuse(
            f"Buku agenda {register} memberi nomor sendiri ketika surat ditandatangani.",
            "Kembalikan surat ini kepada penyusunnya, lalu ajukan kembali.",
        )
    return seat


def _register(desk: Desk) -> str:
    """The register of whoever would sign it first now."""
    first = next(step for step in decoded(desk.row.route) if step.kind == "sign")
    post = signing_post(desk.bench, next(iter(seats_of(desk.bench, desk.letter, first)), None))
    return register_of(desk.office, desk.row.kind, post.unit_id or desk.office.profile.secretariat)


def number(desk: Desk, seat: Seat, wanted: acts.Number) -> Did:
    """Enter the number that another system gave, unless it stands on a letter already."""
    number = " ".join(wanted.number.split())
    several_lines = len(wanted.number.strip().splitlines()) > 1
    if not number or len(number) > LONGEST_NUMBER or several_lines or not number.isprintable():
        says = f"Nomor surat wajib diisi, paling banyak {LONGEST_NUMBER} huruf, tanpa ganti baris."
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError("number", "Nomor surat", says),))
    register, year = _register(desk), desk.office.day(desk.at).year
    _check_unused(desk, register, year, number)
    frame = msgspec.json.decode(desk.row.frame, type=LetterFrame)
    values = signing.step_done(desk.bench, desk.values, seat, desk.at)
    values |= {
        "frame": msgspec.json.encode(msgspec.structs.replace(frame, number=number)).decode(),
        "number": number,
        "register": register,
        "register_year": year,
    }
    return Did(NUMBERED, seat, values, {"number": number})


def _check_unused(desk: Desk, register: str, year: int, number: str) -> None:
    """A number stands on one letter, however it is typed. Two who enter the same at once wait for each other."""
    conn = desk.bench.conn
    lock(conn, lock_name(register, year))
    typed = func.upper(func.replace(letters.c.number, " ", ""))
    query = select(letters).where(
        letters.c.register == register, letters.c.register_year == year, typed == number.replace(" ", "").upper()
    )
    row = conn.execute(query).first()
    if row is not None:
        dated = f" tanggal {written(row.dated_on)}" if row.dated_on else ""
        refuse(
            f"Nomor {number} dalam buku agenda {register} tahun {year} sudah dipakai surat {row.id}{dated}.",
            "Periksa nomor yang diberikan sistem itu, lalu isikan yang benar.",
        )


def may_sign(desk: Desk) -> Seat:
    """Whoever it waits for to sign it, in a capacity in which they may."""
    seat = seat_for(desk, "sign")
    if desk.row.method == "by_hand":
        raise NotNow(f"{desk.title} ini ditandatangani di atas kertas dan menunggu pindaiannya.")
    check_printed(desk, seat)
    if desk.row.signed_by is None:
        check_authority(desk.bench, desk.letter, seat, signing_post(desk.bench, seat))
    return seat


def sign(desk: Desk, seat: Seat, _: acts.Sign) -> Did:
    """Sign: the first fixes number, date and blocks, the last lets the letter leave."""
    if desk.office.signing_needs_secret:
        refuse(
            "Tanda tangan elektronik ini memerlukan frasa sandi.", "Tanda tangani dengan memasukkan frasa sandi Anda."
        )
    taken = signing.kinds_taken_back(desk.bench.conn, desk.row.id)
    values = signing.signature(desk.bench, desk.values, seat, desk.at, taken)
    more, says = _renumbered(desk, values, "ditandatangani oleh")
    return Did(SIGNED, seat, values, more, says=says)


def _renumbered(desk: Desk, values: Mapping[str, Any], happened: str) -> tuple[dict[str, str], str]:
    """What is told of a letter that gets another number than it had, as that would not agree with its day; else nothing."""
    before, now = desk.row.number, values.get("number", desk.row.number)
    if before is None or before == now:
        return {}, ""
    says = f"{desk.title} {happened} {desk.actor.name} dengan Nomor {now} menurut tanggalnya; Nomor {before} batal."
    return {"instead_of": before}, says


def freeze(desk: Desk, seat: Seat, _: acts.Freeze) -> Did | None:
    """Fix a letter for a key that asks for a secret; nothing to do where it was fixed before."""
    if desk.row.signed_by is not None:
        return None  # fixed before: it is being tried again, or somebody has signed already
    taken = signing.kinds_taken_back(desk.bench.conn, desk.row.id)
    values = signing.fixed(desk.bench, desk.values, seat, desk.at, taken)
    more, says = _renumbered(desk, values, "diberi nomor untuk ditandatangani oleh")
    return Did(NUMBERED, seat, values, {"number": values["number"], **more}, says=says)


def may_by_hand(desk: Desk) -> Seat:
    """Whoever it waits for to sign it, or a keeper of the registers, before anybody has signed it electronically."""
    seat = seat_for(desk, "sign", besides=clerks(desk.bench))
    if desk.row.method == "by_hand":
        raise NotNow(f"{desk.title} ini sudah dicetak untuk ditandatangani basah dan menunggu pindaiannya.")
    if some_have_signed(desk.row):
        raise NotNow(f"{desk.title} ini sudah ditandatangani sebagian secara elektronik; kembalikan lebih dahulu.")
    signatory = _on_paper(desk)
    check_authority(desk.bench, desk.letter, signatory, signing_post(desk.bench, signatory))
    return seat


def _on_paper(desk: Desk) -> Seat:
    """Who signs the paper: whoever prints it, where it is theirs to sign. Raises Refused where there is nobody."""
    step = desk.step
    seats = seats_of(desk.bench, desk.letter, step, late=is_late(desk.values)) if step is not None else ()
    signatory = desk.among(seats) or next(iter(seats), None)
    if signatory is None:
        refuse("Belum ada yang dapat menandatangani surat ini.", "Tunggu sampai jabatan penandatangannya terisi.")
    return signatory


def by_hand(desk: Desk, seat: Seat, _: acts.ByHand) -> Did:
    """Number a letter and have it printed, to be signed on paper."""
    taken = signing.kinds_taken_back(desk.bench.conn, desk.row.id)
    values = signing.fixed(desk.bench, desk.values, _on_paper(desk), desk.at, taken, by_hand=True)
    # What a key that failed left behind: on paper there is nothing to check electronically.
    values |= {"statement": None, "trouble": None}
    more, says = _renumbered(desk, values, "dicetak untuk ditandatangani basah oleh")
    return Did(BY_HAND, seat, values, {"number": values["number"], **more}, says=says)


def may_hand_in(desk: Desk) -> Seat:
    """Whoever is printed on it, or a keeper of the registers."""
    keepers = clerks(desk.bench)
    seat = seat_for(desk, "sign", besides=keepers)
    if desk.row.method != "by_hand":
        raise NotNow(f"{desk.title} ini belum dicetak untuk ditandatangani basah.")
    printed = [step.by for step in decoded(desk.row.route) if step.kind == "sign"]
    if seat.person_id not in printed and desk.among(keepers) is None:
        check_printed(desk, seat)
    return seat


def hand_in(desk: Desk, seat: Seat, wanted: acts.HandIn) -> Did:
    """Take the scan of a letter that was signed on paper: all whose names are printed have signed."""
    named = (FileNamed("scan", "Pindaian", wanted.scan),)
    situation = desk.bench.situation
    refuse_files_beyond(usable_files(situation, {wanted.scan}, desk.actor), named)
    _check_scan(desk, wanted.scan)
    told = tie(situation, named, desk.actor)
    steps = tuple(
        msgspec.structs.replace(step, at=desk.at) if step.kind == "sign" else step for step in decoded(desk.row.route)
    )
    values = {
        "route": encoded(steps),
        "turn": len(steps),
        "state": "signed",
        "signed_at": desk.at,
        "scan_id": wanted.scan,
        "trouble": None,
    }
    return Did(SIGNED, seat, values, {"scan": wanted.scan}, files=told)


def _check_scan(desk: Desk, file_id: str) -> None:
    """Raise InvalidForm for what no scanner makes, and for what is a letter already: an electronic one, or another's paper."""
    conn = desk.bench.conn
    scan = conn.execute(select(files.c.media_type, files.c.sha256).where(files.c.id == file_id)).one()
    says = ""
    if scan.media_type not in SCANS:
        says = "harus berupa PDF, PNG, atau JPEG; pindailah surat yang sudah ditandatangani, lalu unggah hasilnya."
    elif is_of_a_letter(conn, scan.sha256, desk.row.id):
        says = "berkas ini sudah menjadi berkas surat elektronik atau pindaian surat lain; unggah pindaian surat ini sendiri."
    if says:
        fault = FieldError("scan", "Pindaian", f"Pindaian: {says}")
        raise InvalidForm("Pindaian ini tidak dapat diterima.", fields=(fault,))


def is_of_a_letter(conn: Connection, sha256: str, letter_id: str) -> bool:
    """Whether a file is a letter already: an electronic one, or the paper of another than this."""
    return conn.execute(_OF_A_LETTER, {"sha256": sha256, "letter": letter_id}).first() is not None


# --- Statements, built once ------------------------------------------------------------------------------------------

_OF_A_LETTER = (
    select(letters.c.id)
    .join(
        files,
        or_(
            letters.c.file_id == files.c.id,
            and_(letters.c.scan_id == files.c.id, letters.c.id != bindparam("letter")),
        ),
    )
    .where(files.c.sha256 == bindparam("sha256"))
    .limit(1)
)
