"""What is done to the draft of a letter: initialled, corrected, sent back, sent on its way again, declared void.

Of each act ``may_...`` says whose it is and whether its time is, or raises Problem; the page of a letter asks the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import exists, select

from workflow.authority.bench import Seat, holders
from workflow.cases import Case
from workflow.definition import Letter, Process
from workflow.engine.recording import CORRECTED, INITIALLED, RESUBMITTED, SENT_BACK, VOIDED
from workflow.errors import FieldError, InvalidForm, NotNow, NotYours
from workflow.letters import acts, signing
from workflow.letters.correcting import Differences, corrected
from workflow.letters.desk import Desk, Did, check_seen, refuse, seat_for, waited_for
from workflow.letters.route import LEFT, UNDER_WAY, decoded, next_turn, some_have_signed, state_at
from workflow.letters.routing import awaited, drafters, seats_of
from workflow.tables import letter_cases, letters
from workflow.telling.plain_text import ended

#: Signs in what somebody says to whoever mends a letter, or of why it is void.
LONGEST_NOTE: Final = 1000


def may_initial(desk: Desk) -> Seat:
    """Whoever it waits for to initial it."""
    return seat_for(desk, "paraf")


def initial(desk: Desk, seat: Seat, wanted: acts.Initial) -> Did:
    """Initial the step that is waited for, after what was corrected."""
    values, differences = corrected(desk.values, wanted.changes) if wanted.changes else ({}, {})
    values |= signing.step_done(desk.bench, {**desk.values, **values}, seat, desk.at)
    return Did(INITIALLED, seat, values, _told_changes(differences))


def may_correct(desk: Desk) -> Seat:
    """Its drafter while it is mended, else whoever has it before them to initial or to sign it."""
    seat = may_resubmit(desk) if desk.row.state == "to_mend" else _reader(desk)
    _check_not_fixed(desk)
    return seat


def correct(desk: Desk, seat: Seat, wanted: acts.Correct) -> Did:
    """Correct texts of a draft."""
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


def may_resubmit(desk: Desk) -> Seat:
    """Whoever mends a letter that was sent back."""
    seat = desk.among(drafters(desk.bench, desk.values))
    if seat is None:
        check_seen(desk)
    if desk.row.state != "to_mend":
        raise NotNow(f"{desk.title} ini tidak sedang dikembalikan untuk diperbaiki.")
    if seat is None:
        raise NotYours(waited_for(desk, awaited(desk.bench, desk.values)))
    return seat


def resubmit(desk: Desk, seat: Seat, _: acts.Resubmit) -> Did:
    """Let a mended letter begin its way anew."""
    steps = decoded(desk.row.route)
    return Did(RESUBMITTED, seat, {"state": state_at(steps), "turn": next_turn(steps)})


def may_send_back(desk: Desk) -> Seat:
    """Whoever it waits for; once all have signed, who may sign it, and only while its file cannot be made."""
    if desk.row.state == "to_render" and desk.row.trouble is not None:
        seat = _withdrawing(desk)
        _check_not_being_cancelled(desk)
        return seat
    return seat_for(desk, desk.step.kind if desk.step is not None else "sign")


def _withdrawing(desk: Desk) -> Seat:
    """Whoever may take back the signatures of a letter that nobody has got: those whose posts sign it."""
    steps = [step for step in decoded(desk.row.route) if step.kind == "sign"]
    seats = [seat for step in steps for seat in seats_of(desk.bench, desk.letter, step)]
    seat = desk.among(seats)
    if seat is None:
        check_seen(desk)
        who = " atau ".join(dict.fromkeys(each.title or each.name for each in seats))
        raise NotYours(f"{desk.title} ini hanya dapat dikembalikan oleh {who or 'pejabat yang menandatanganinya'}.")
    return seat


def send_back(desk: Desk, seat: Seat, wanted: acts.SendBack) -> Did:
    """Send a letter back to be mended; no signature stands any more."""
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


def may_void(desk: Desk) -> Seat:
    """Its drafter before anybody has signed, the signing post once all have; nobody while something rests upon it."""
    under_way = desk.row.state in UNDER_WAY
    seats = desk.bench.seats(desk.row.drafter) if under_way else _of_signing_post(desk)
    seat = desk.among(seats)
    if seat is None:
        check_seen(desk)
    if not under_way and desk.row.state not in LEFT:
        raise NotNow(f"{desk.title} ini sudah tidak berlaku.")
    if seat is None:
        who = " atau ".join(dict.fromkeys(each.title or each.name for each in seats))
        raise NotYours(f"{desk.title} ini hanya dapat dinyatakan tidak berlaku oleh {who or 'pejabat yang berwenang'}.")
    if under_way and some_have_signed(desk.row):
        raise NotNow(f"{desk.title} ini sudah ditandatangani sebagian; penandatangannya dapat mengembalikannya.")
    _check_nothing_rests_on_it(desk)
    return seat


def void(_: Desk, seat: Seat, wanted: acts.Void) -> Did:
    """Declare a letter void, for a reason. Its number stays."""
    reason = _said(wanted.reason, "reason", "Alasan")
    return Did(VOIDED, seat, {"state": "void", "void_reason": reason}, {"reason": reason})


def _of_signing_post(desk: Desk) -> tuple[Seat, ...]:
    """Who holds the post that signed a letter; none whom it is about acts for it."""
    if desk.row.position_id is None:
        return ()
    found = holders(desk.bench.situation, desk.row.role, desk.row.position_id)
    return tuple(seat for seat in found if not seat.people & desk.bench.subjects)


def _is_needed(process: Process, kind: str, case: Case) -> bool:
    """Whether a case rests on this kind of letter, where it stands or where it may still come without having it issued anew."""
    done = {case.state: case.memory.get("done", ())}
    return any(_rests(process, kind, state, done.get(state, ())) for state in _ahead(process, kind, case.state))


def _rests(process: Process, kind: str, state: str, done: Collection[str]) -> bool:
    """Whether a letter of this kind is answered in a state, or a step there must have it that nothing there issues."""
    here = process.from_state(state)
    # A step with a condition may never be open again: it is no way out that anybody can rely on.
    anew = [arrow for arrow in here if arrow.when is None and not (arrow.once and arrow.trigger in done)]
    required = any(_is_among(kind, arrow.after) for arrow in here)
    issued = any(_is_among(kind, arrow.issues) for arrow in anew)
    return _is_among(kind, process.state[state].after) or (required and not issued)


def _ahead(process: Process, kind: str, state: str) -> Iterator[str]:
    """A state and every one that may follow by steps that do not issue this kind of letter."""
    seen, reached = {state}, [state]
    while reached:
        state = reached.pop()
        yield state
        onward = [arrow for arrow in process.from_state(state) if not _is_among(kind, arrow.issues)]
        found = {target for arrow in onward for target in arrow.targets(state)} - seen
        seen |= found
        reached += sorted(found)


def _is_among(kind: str, several: Iterable[Letter]) -> bool:
    return any(letter.name == kind for letter in several)


def _check_nothing_rests_on_it(desk: Desk) -> None:
    """A letter stays where its cases answer or need it, where it takes others back, or another takes it back."""
    process, kind = desk.bench.situation.process, desk.row.kind
    if any(_is_among(kind, process.state[case.state].after) for case in desk.shared):
        refuse(
            f"{desk.title} ini ditunggu jawabannya oleh berkasnya.",
            "Tarik atau batalkan berkasnya; bila surat ini tidak ikut dicabut, sesudah itu dapat dinyatakan tidak berlaku.",
        )
    if any(_is_needed(process, kind, case) for case in desk.shared if case.closed_at is None):
        way = "Perbaiki surat ini, atau batalkan" if desk.row.state in UNDER_WAY else "Batalkan"
        refuse(
            f"{desk.title} ini masih diperlukan berkasnya: ada langkah atau jawaban berikutnya yang bertumpu pada surat ini.",
            f"{way} berkasnya, yang mencabut suratnya dengan surat pembatalan.",
        )
    takes_back = exists().where(letters.c.cancelled_by == desk.row.id, letters.c.state != "replaced")
    changes = exists().where(letter_cases.c.changed_by == desk.row.id, letter_cases.c.letter_id != desk.row.id)
    if desk.bench.conn.execute(select(takes_back | changes)).scalar_one():
        refuse(
            f"{desk.title} ini mencabut atau mengubah surat lain.",
            "Terbitkan surat baru yang menggantikannya; surat ini tidak dapat dinyatakan tidak berlaku tersendiri.",
        )
    _check_not_being_cancelled(desk)


def _check_not_being_cancelled(desk: Desk) -> None:
    """What another letter is to take back stays as it is until that has left, or is dropped. Raises NotNow."""
    if desk.row.cancelled_by is not None:
        raise NotNow(f"{desk.title} ini sedang dibatalkan dengan surat lain, yang menunggu tanda tangan.")
