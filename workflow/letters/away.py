"""A letter that was on its way when the network went down, printed with a number of a block and signed by hand meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import Row

from policies.dates import written
from workflow.authority.bench import Bench
from workflow.engine.recording import SIGNED
from workflow.engine.taking import tie
from workflow.errors import NotNow, NotYours, OutOfDate
from workflow.filling import FileNamed
from workflow.letters.by_hand import as_printed, numbered
from workflow.letters.desk import Desk, Did
from workflow.letters.route import LEFT, LetterStep, decoded, encoded
from workflow.letters.routing import signers
from workflow.letters.signing import fixed, kinds_taken_back
from workflow.registers.on_paper import OnPaper

#: The states of a letter that can be signed away from the network: it lacks nothing but initials and signatures.
READY: Final = ("to_paraf", "to_sign")


def draft_of(row: Mapping[str, Any]) -> str:
    """By which one draft is told from another: what it says, not how far it is on its way."""
    said = "\x1f".join(str(row[name]) for name in ("body", "frame", "template_sha256"))
    return sha256(said.encode()).hexdigest()


def steps_on_paper(row: Row[Any]) -> tuple[LetterStep, ...]:
    """The steps of a letter that is signed on paper: those that were done, and the signatures; initials are on the paper."""
    return tuple(step for step in decoded(row.route) if step.kind == "sign" or step.at is not None)


def signed_away(desk: Desk, given: OnPaper) -> Did:
    """Take the paper for the letter: its number, its day and its words are those of the paper, and all have signed.

    Raises NotNow, OutOfDate and NotYours where something else became of the letter, or where they might not sign it that day.
    """
    paper = given.paper
    assert paper is not None  # noqa: S101 - whoever brings one home has it
    _check_waits(desk, given)
    bench = Bench(desk.bench.situation.standing_on(paper.dated_on), desk.bench.others)
    steps = steps_on_paper(desk.row)
    first = next(step for step in steps if step.kind == "sign")
    seat = next((seat for seat in signers(bench, desk.letter, first) if seat.person_id == given.signers[0]), None)
    if seat is None:
        raise NotYours(f"{desk.actor.name} tidak berwenang menandatangani {desk.title} pada {written(paper.dated_on)}.")
    begun = {**desk.values, "route": encoded(steps), **numbered(desk.values, given)}
    cancelled = kinds_taken_back(desk.bench.conn, desk.row.id)
    values = fixed(bench, begun, seat, desk.at, cancelled, by_hand=True, on_paper=paper.dated_on)
    printed = decoded(values["route"])
    if tuple(step.by for step in printed if step.kind == "sign") != given.signers:
        raise NotYours(
            f"Penandatangan {desk.title} pada {written(paper.dated_on)} bukan lagi mereka yang tercetak pada kertas itu."
        )
    done = tuple(step if step.at else msgspec.structs.replace(step, at=desk.at) for step in printed)
    values |= {"route": encoded(done), "turn": len(done), "state": "signed", "signed_at": desk.at}
    values |= {"statement": None, "trouble": None, **as_printed(given)}
    files = tie(desk.bench.situation, (FileNamed("scan", "Pindaian surat", paper.scan_id),), desk.actor)
    return Did(SIGNED, seat, values, {"on_paper": given.told}, files=files)


def _check_waits(desk: Desk, given: OnPaper) -> None:
    """The letter still waits to be signed, and says what the paper says. Raises NotNow, OutOfDate."""
    row, number = desk.row, given.taken.number
    way_out = (
        f"Kertas bernomor {number} bukan surat ini lagi: tarik kertasnya, lalu nyatakan batal dengan --void {number}."
    )
    if row.number is not None or row.state in LEFT:
        how = "ditandatangani" if row.state in LEFT else "diberi nomor"
        raise NotNow(f"{desk.title} ini sementara itu sudah {how} dalam aplikasi dengan Nomor {row.number}. {way_out}")
    if row.state not in READY:
        became = "dikembalikan kepada penyusunnya" if row.state == "to_mend" else "dinyatakan tidak berlaku"
        raise NotNow(f"{desk.title} ini sementara itu sudah {became}. {way_out}")
    if draft_of(desk.values) != given.draft:
        raise OutOfDate(f"Isi {desk.title} ini sementara itu sudah dikoreksi dalam aplikasi. {way_out}")
