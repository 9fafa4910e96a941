"""Making letters on a laptop without network: from the file of a block and the program alone, to be signed by hand.

A letter is entered in the ledger before its PDF is written; a PDF that a crash kept from being written is made once more from
the ledger, the same to the byte.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from policies.dates import written as day_written
from workflow.errors import NotFound
from workflow.ids import new_id
from workflow.letters.bodies import body_named
from workflow.letters.bodies.decrees import Decree
from workflow.letters.layout import template_sha256
from workflow.letters.parts import LetterFrame, SignatureBlock
from workflow.letters.profile import LetterKind, RegisterStyle
from workflow.letters.rendering import Written as Composed
from workflow.letters.rendering import composed
from workflow.letters.route import new_code
from workflow.letters.standalone import standalone_letter
from workflow.registers.lease_file import LeaseFile, Official, Prepared, load_lease_file
from workflow.registers.leasing import check_reason
from workflow.registers.ledger import Ledger, OpenLedger, Spoilt, Written, ledger_path, open_ledger, read_ledger
from workflow.registers.numbers import book, refused

#: What says that somebody stands in for the holder of a post.
_STANDS_IN: Final = re.compile(r"\b(plt|plh|pj|pjs)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Printed:
    """A letter that was entered, and its PDF."""

    written: Written
    path: Path


@dataclass(frozen=True)
class Kit:
    """A block's file as it stands on a laptop."""

    lease: LeaseFile
    ledger: Ledger | None

    @property
    def following(self) -> int | None:
        """The next number; None where the block is used up."""
        return self.ledger.following if self.ledger else self.lease.first

    @property
    def waiting(self) -> tuple[Prepared, ...]:
        """The prepared letters that are not written, and whose case has not taken another step on paper."""
        if self.ledger is None:
            return self.lease.prepared
        return tuple(each for each in self.lease.prepared if not _in_the_way(self.ledger, each))


@dataclass(frozen=True)
class _Draft:
    """A letter but for its number and its day. ``kind``: by which the profile makes its number.

    ``letter_id``, ``code``: of one that was on its way already; empty for a new one.
    """

    prepared: str
    kind: str
    unit_id: str
    classification: str
    signers: tuple[str, ...]
    template: str
    body: msgspec.Struct
    frame: LetterFrame
    letter_id: str = ""
    code: str = ""


def kit(lease_path: Path) -> Kit:
    """What there is. Raises Problem, OSError."""
    lease, _ = load_lease_file(lease_path)
    path = ledger_path(lease_path)
    stood = path.read_bytes() if path.exists() else b""
    # One whose very first line was cut off has not begun.
    return Kit(lease, read_ledger(stood) if b"\n" in stood else None)


def print_prepared(lease_path: Path, prepared_id: str, on: date | None, at: datetime) -> Printed:
    """Number and print a prepared letter. ``on``: its day; today by default. Raises Problem, LetterError, OSError."""
    with open_ledger(lease_path, at) as opened:
        ledger = opened.ledger
        found = next((each for each in ledger.lease.prepared if each.id == prepared_id), None)
        if found is None:
            known = ", ".join(each.id for each in ledger.lease.prepared) or "tidak ada"
            raise NotFound(f"Surat {prepared_id} tidak disiapkan dalam berkas blok ini; yang ada: {known}.")
        why_not = _in_the_way(ledger, found)
        if why_not:
            raise refused(why_not, "Bila kertasnya rusak, catat dahulu dengan --spoilt NOMOR ALASAN.")
        if template_sha256(found.template) != found.template_sha256:
            raise refused(
                f"Templat {found.template} pada komputer ini berbeda dari templat saat blok diberikan.",
                "Pasang versi program yang sama dengan server, lalu ulangi.",
            )
        body = msgspec.json.decode(found.body, type=body_named(found.body_type))
        draft = _Draft(
            found.id,
            found.kind,
            found.unit_id,
            found.classification,
            found.signers,
            found.template,
            body,
            found.frame,
            found.letter_id,
            found.frame.code if found.letter_id else "",
        )
        return _printed(opened, lease_path.parent, draft, on, at)


def print_standalone(lease_path: Path, source: Path, on: date | None, at: datetime) -> Printed:
    """Number and print a letter of no case from a TOML file. Raises Problem, LetterError, OSError."""
    letter, body = standalone_letter(source)
    with open_ledger(lease_path, at) as opened:
        lease = opened.ledger.lease
        frame = letter.frame(lease.agency)
        _check_register(lease, letter.type)
        found = [official_of(lease, block) for block in frame.signatures]
        check_may_decide(body, found)
        signers = tuple(official.person_id for official in found)
        draft = _Draft("", letter.type, lease.unit_id, "", signers, letter.template, body, frame)
        return _printed(opened, lease_path.parent, draft, on, at)


def spoil(lease_path: Path, number: int, reason: str, at: datetime) -> None:
    """Enter that the paper of a number was spoilt. Raises Problem, OSError."""
    check_reason(reason, "Sebab kertasnya rusak")
    with open_ledger(lease_path, at) as opened:
        ledger = opened.ledger
        if number in ledger.spoilt:
            raise refused(f"Nomor {number} sudah dicatat rusak.", "Tidak ada yang perlu dilakukan.")
        if number not in ledger.used and number != ledger.following:
            raise refused(
                f"Nomor {number} belum dipakai, dan bukan nomor berikutnya.",
                "Yang dapat dicatat rusak hanya nomor yang sudah dipakai, atau nomor berikutnya.",
            )
        opened.add(Spoilt(number=number, reason=reason.strip()), at)


def official_of(lease: LeaseFile, block: SignatureBlock) -> Official:
    """Of the unit's officials the one who signs with a block, in that capacity. Raises Refused."""
    for official in lease.officials:
        own = official.block
        if (own.name, own.title, _digits(own.nip)) == (block.name, block.title, _digits(block.nip)):
            _check_capacity(official, block)
            return official
    known = "; ".join(f"{each.name}, {each.block.title}, NIP {each.nip or '-'}" for each in lease.officials)
    raise refused(
        f"{block.name}, {block.title or 'tanpa jabatan'}, bukan pejabat yang dapat menandatangani dengan blok nomor ini.",
        f"Tulis nama, jabatan, dan NIP seperti yang tercatat: {known or 'tidak ada'}.",
    )


def _check_capacity(official: Official, block: SignatureBlock) -> None:
    """Nobody is printed as Plt., Plh. or Pj. of a post but by a mandate that the block's file carries. Raises Refused."""
    own = {_plain(text) for text in (official.block.title, *official.block.lines)}
    for text in (block.heading, *block.lines, block.title):
        if _STANDS_IN.search(text) and _plain(text) not in own:
            raise refused(
                f"“{text}” tidak dapat ditulis di atas nama {official.name}: penugasan itu tidak ada dalam berkas blok ini.",
                "Hapus tulisan itu. Bila penugasannya benar, catat dahulu dalam aplikasi, lalu mintalah berkas blok yang baru.",
            )


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(",").casefold()


def check_may_decide(body: msgspec.Struct, signing: Iterable[Official]) -> None:
    """A keputusan is signed by nobody who merely stands in; a copy of one only confirms what that says. Raises Refused."""
    if not isinstance(body, Decree) or body.copy:
        return
    for official in signing:
        if not official.decides:
            raise refused(
                f"{official.name}, {official.block.title}, tidak berwenang menandatangani keputusan.",
                "Keputusan ditandatangani pemangku jabatannya sendiri, atau pejabat di atasnya.",
            )


def _digits(nip: str | None) -> str:
    return (nip or "").replace(" ", "")


def _check_register(lease: LeaseFile, kind: str) -> None:
    """A type of letter that has a register of its own is not numbered from another's block. Raises Refused."""
    profile = lease.agency
    own = profile.letters.get(kind, LetterKind()).register
    style = profile.registers.get(own, RegisterStyle())
    if own and (style.of if style.kind == "leased" else own) != lease.register:
        raise refused(
            f"Surat jenis ini bernomor dari buku agenda {own}, bukan {lease.register}.",
            f"Mintalah blok dari buku agenda {own}.",
        )


def _in_the_way(ledger: Ledger, wanted: Prepared) -> str:
    """Why a prepared letter cannot be written now; empty where it can."""
    prepared = {each.id: each for each in ledger.lease.prepared}
    for each in ledger.written:
        if each.prepared == wanted.id:
            return f"Surat {wanted.id} sudah dibuat dengan nomor {each.number}."
        other = prepared.get(each.prepared)
        if other is None or not wanted.excludes(other):
            continue
        if wanted.letter_id:
            return (
                f"{wanted.title} bagi {wanted.about} sudah dibuat dengan nomor {each.number}, oleh {other.signer_name}."
            )
        return f"Berkas {wanted.about} sudah dilanjutkan di atas kertas dengan surat nomor {each.number}."
    return ""


def _printed(opened: OpenLedger, folder: Path, draft: _Draft, on: date | None, at: datetime) -> Printed:
    ledger, lease = opened.ledger, opened.ledger.lease
    _catch_up(ledger, folder)
    day = _day(lease, on, at)
    number = ledger.following
    if number is None:
        raise refused("Blok nomor ini sudah habis.", "Mintalah blok baru: jenjang register lease.")
    text = number_of(lease, draft.kind, draft.unit_id, draft.classification, number, day)
    frame = on_paper(draft.frame, text, day, draft.code or new_code())
    body = msgspec.json.encode(draft.body).decode()
    content = _pdf(lease, draft.template, frame, draft.body, body, at)
    written = Written(
        id=draft.letter_id or new_id(at),
        number=number,
        prepared=draft.prepared,
        kind=draft.kind,
        dated_on=day,
        signers=draft.signers,
        template=draft.template,
        template_sha256=template_sha256(draft.template),
        body_type=type(draft.body).__name__,
        body=body,
        frame=frame,
        sha256=hashlib.sha256(content).hexdigest(),
        file=f"{text.replace('/', '-')}.pdf",
    )
    opened.add(written, at)
    path = folder / written.file
    _put(path, content)
    return Printed(written, path)


def number_of(lease: LeaseFile, kind: str, unit_id: str, classification: str, number: int, on: date) -> str:
    """A number of the block as it is printed. Raises PatternError."""
    return lease.agency.number(kind, unit=unit_id, sequence=number, on=on, classification=classification)


def on_paper(frame: LetterFrame, number: str, on: date, code: str) -> LetterFrame:
    """A letter as it is printed for signing by hand."""
    return msgspec.structs.replace(
        frame, number=number, dated_on=on, code=code, by_hand=True, draft=False, signed_at=None
    )


def _day(lease: LeaseFile, on: date | None, at: datetime) -> date:
    """The day of a letter. Raises Refused for one on which it cannot have been signed."""
    zone = ZoneInfo(lease.agency.zone)
    today, given = at.astimezone(zone).date(), lease.given_at.astimezone(zone).date()
    day = on or today
    if day.year != lease.year:
        raise refused(
            f"Blok ini dari {book(lease.register, lease.year)}; surat bertanggal {day_written(day)} bukan dari tahun itu.",
            "Mintalah blok tahun yang baru, atau perbaiki tanggal komputer ini.",
        )
    if not given <= day <= today:
        raise refused(
            f"Surat tidak dapat bertanggal {day_written(day)}: blok ini diberikan {day_written(given)}, dan hari ini "
            f"{day_written(today)}.",
            "Perbaiki --date, atau tanggal komputer ini.",
        )
    return day


def _catch_up(ledger: Ledger, folder: Path) -> None:
    """Make the PDFs that a crash kept from being written."""
    for written in ledger.written:
        path = folder / written.file
        if not path.exists():
            _put(path, pdf_again(ledger, written))


def pdf_again(ledger: Ledger, written: Written) -> bytes:
    """The PDF of a letter in the ledger, the same to the byte. Raises LetterError, LookupError, ValidationError."""
    body = msgspec.json.decode(written.body, type=body_named(written.body_type))
    return _pdf(ledger.lease, written.template, written.frame, body, written.body, ledger.at(written))


def _pdf(
    lease: LeaseFile, template: str, frame: LetterFrame, body: msgspec.Struct, body_json: str, at: datetime
) -> bytes:
    return composed(lease.agency, Composed(template, frame, body, body_json.encode(), at))


def _put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.baru")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
