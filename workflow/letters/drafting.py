"""What is done to the draft of a letter: initialled, corrected, sent back, sent on its way again, declared void."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import exists, select

from workflow.authority import Seat, holders
from workflow.cases import Case
from workflow.definition import Process
from workflow.errors import FieldError, InvalidForm, NotNow, NotYours
from workflow.letters import acts, signing
from workflow.letters.correcting import Differences, corrected
from workflow.letters.desk import Desk, Did, check_seen, check_version, refuse, seat_for, waited_for
from workflow.letters.route import LEFT, UNDER_WAY, decoded, next_turn, some_have_signed, state_at
from workflow.letters.routing import awaited, drafters
from workflow.plain_text import ended
from workflow.recording import CORRECTED, INITIALLED, RESUBMITTED, SENT_BACK, VOIDED
from workflow.tables import letter_cases, letters

#: Signs in what somebody says to whoever mends a letter, or of why it is void.
LONGEST_NOTE: Final = 1000


def initial(desk: Desk, wanted: acts.Initial) -> Did:
    """Initial the step that is waited for, after what was corrected."""
    seat = seat_for(desk, "paraf")
    check_version(desk, wanted)
    values, differences = corrected(desk.values, wanted.changes) if wanted.changes else ({}, {})
    values |= signing.step_done(desk.bench, {**desk.values, **values}, seat, desk.at)
    return Did(INITIALLED, seat, values, _told_changes(differences))


def correct(desk: Desk, wanted: acts.Correct) -> Did:
    """Correct a draft: its drafter while it is mended, else whoever has it before them."""
    seat = _drafter(desk) if desk.row.state == "to_mend" else _reader(desk)
    check_version(desk, wanted)
    _check_not_fixed(desk)
    values, differences = corrected(desk.values, wanted.changes)
    if not differences:
        says = "Tidak ada yang berubah; isilah teks yang baru, atau lewati koreksi ini."
        raise InvalidForm(says, fields=(FieldError("changes", "Koreksi", says),))
    return Did(
        CORRECTED,
        seat,
        values,
        _told_changes(differences),
        says=ended(f"{desk.title} dikoreksi oleh {desk.actor.name}"),
    )


def _check_not_fixed(desk: Desk) -> None:
    """Once a letter is fixed for its signatures nobody changes it under them. Raises NotNow."""
    if desk.row.signed_by is None:
        return
    if some_have_signed(desk.row):
        raise NotNow(f"{desk.title} ini sudah ditandatangani sebagian; kembalikan lebih dahulu bila perlu dikoreksi.")
    raise NotNow(f"{desk.title} ini sudah bernomor; kembalikan untuk diperbaiki. Nomornya tetap.")


def _told_changes(differences: Differences) -> dict[str, Any]:
    changes = {name: [_plain(before), _plain(after)] for name, (before, after) in differences.items()}
    return {"changes": changes} if changes else {}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _reader(desk: Desk) -> Seat:
    """Whoever has the draft before them to initial or to sign it."""
    kind = desk.step.kind if desk.step is not None and desk.step.kind != "number" else "sign"
    return seat_for(desk, kind)


def _drafter(desk: Desk) -> Seat:
    """Whoever mends a letter that was sent back."""
    seat = desk.among(drafters(desk.bench, desk.values))
    if seat is None:
        check_seen(desk)
    if desk.row.state != "to_mend":
        raise NotNow(f"{desk.title} ini tidak sedang dikembalikan untuk diperbaiki.")
    if seat is None:
        raise NotYours(waited_for(desk, awaited(desk.bench, desk.values)))
    return seat


def resubmit(desk: Desk, wanted: acts.Resubmit) -> Did:
    """Let a mended letter begin its way anew."""
    seat = _drafter(desk)
    check_version(desk, wanted)
    steps = decoded(desk.row.route)
    return Did(RESUBMITTED, seat, {"state": state_at(steps), "turn": next_turn(steps)})


def send_back(desk: Desk, wanted: acts.SendBack) -> Did:
    """Send a letter back to be mended; no signature stands any more."""
    kind = desk.step.kind if desk.step is not None else "sign"
    seat = seat_for(desk, kind)
    check_version(desk, wanted)
    note = _said(wanted.note, "note", "Catatan perbaikan")
    values = signing.taken_back(desk.values) | {"state": "to_mend"}
    return Did(SENT_BACK, seat, values, {"note": note})


def _said(text: str, name: str, label: str) -> str:
    """A text that somebody must be able to act upon. Raises InvalidForm."""
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        says = (
            f"{label} wajib diisi, paling banyak {LONGEST_NOTE} huruf; tuliskan apa yang harus dilakukan atau sebabnya."
        )
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError(name, label, says),))
    return text


def void(desk: Desk, wanted: acts.Void) -> Did:
    """Declare a letter void: its drafter before anybody has signed, the signing post afterwards."""
    under_way = desk.row.state in UNDER_WAY
    seats = desk.bench.seats(desk.row.drafter) if under_way else _of_signing_post(desk)
    seat = desk.among(seats)
    if seat is None:
        check_seen(desk)
    check_version(desk, wanted)
    if not under_way and desk.row.state not in LEFT:
        raise NotNow(f"{desk.title} ini sudah tidak berlaku.")
    if seat is None:
        who = " atau ".join(dict.fromkeys(each.title or each.name for each in seats))
        raise NotYours(f"{desk.title} ini hanya dapat dinyatakan tidak berlaku oleh {who or 'pejabat yang berwenang'}.")
    if under_way and some_have_signed(desk.row):
        raise NotNow(f"{desk.title} ini sudah ditandatangani sebagian; penandatangannya dapat mengembalikannya.")
    reason = _said(wanted.reason, "reason", "Alasan")
    _check_nobody_awaits_it(desk)
    return Did(VOIDED, seat, {"state": "void", "void_reason": reason}, {"reason": reason})


def _of_signing_post(desk: Desk) -> tuple[Seat, ...]:
    """Who holds the post that signed a letter; the subject of the case does not act for it."""
    if desk.row.position_id is None:
        return ()
    found = holders(desk.bench.situation, desk.row.role, desk.row.position_id)
    return tuple(seat for seat in found if seat.person_id not in {case.subject_id for case in desk.shared})


def is_needed(process: Process, kind: str, shared: Iterable[Case]) -> bool:
    """Whether a step out of the state of an open case must have this kind of letter, and no step there issues it anew."""
    return any(_needs(process, kind, case) for case in shared if case.closed_at is None)


def _needs(process: Process, kind: str, case: Case) -> bool:
    arrows = [arrow for arrow in process.transitions if case.state in arrow.sources]
    done = case.memory.get("done", ())
    # A step with a condition may never be open again: it is no way out that anybody can rely on.
    anew = [arrow for arrow in arrows if arrow.when is None and not (arrow.once and arrow.trigger in done)]
    return any(letter.name == kind for arrow in arrows for letter in arrow.after) and not any(
        letter.name == kind for arrow in anew for letter in arrow.issues
    )


def _check_nobody_awaits_it(desk: Desk) -> None:
    """A letter stays where its cases answer or need it, where it takes others back, or another takes it back."""
    process = desk.bench.situation.process
    if any(letter.name == desk.row.kind for case in desk.shared for letter in process.state[case.state].after):
        refuse(
            f"{desk.title} ini ditunggu jawabannya oleh berkasnya.",
            "Tarik atau batalkan berkasnya; surat ini kemudian tidak berlaku dengan sendirinya.",
        )
    if is_needed(process, desk.row.kind, desk.shared):
        way = "Perbaiki surat ini, atau batalkan" if desk.row.state in UNDER_WAY else "Batalkan"
        refuse(
            f"{desk.title} ini masih diperlukan berkasnya: langkah berikutnya tidak dapat diambil tanpa surat ini.",
            f"{way} berkasnya, yang mencabut suratnya dengan surat pembatalan.",
        )
    takes_back = exists().where(letters.c.cancelled_by == desk.row.id)
    changes = exists().where(letter_cases.c.changed_by == desk.row.id, letter_cases.c.letter_id != desk.row.id)
    if desk.bench.conn.execute(select(takes_back | changes)).scalar_one():
        refuse(
            f"{desk.title} ini mencabut atau mengubah surat lain.",
            "Terbitkan surat baru yang menggantikannya; surat ini tidak dapat dinyatakan tidak berlaku tersendiri.",
        )
    if desk.row.cancelled_by is not None:
        raise NotNow(f"{desk.title} ini sedang dibatalkan dengan surat lain, yang menunggu tanda tangan.")
