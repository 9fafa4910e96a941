"""The day that a letter bears: that of its first signature, and of the new one where it was taken back and is signed anew.

Nobody signs a letter of a day on which they might not have signed it. Its number agrees with its day: where the number that it
has names another year or month, it gets the next one, and the one before is void in its register.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from policies.dates import written
from policies.decision import Grade, Reason
from workflow.authority.bench import Bench, Seat
from workflow.definition import Letter
from workflow.errors import Refused
from workflow.letters.route import decoded
from workflow.letters.routing import signers
from workflow.registers import check_inserted


def dated(bench: Bench, letter: Letter, row: Mapping[str, Any], seat: Seat, at: datetime) -> tuple[date, Bench, Seat]:
    """The day of a letter that is signed now, and who signs it, as they held their posts that day.

    What waits with its number for the same signatures as before keeps its day: nothing of it was taken back. A number that was
    put in between belongs to its day: what is signed anew under such a number keeps the day of before, and is for those to sign
    who might have signed it then. Raises Refused for anybody else.
    """
    today, day = bench.situation.office.day(at), row.get("dated_on")
    if day is None or day == today:
        if day is None and row.get("number") is not None and row.get("register_suffix"):
            check_inserted(bench.conn, row["register"], row["register_year"], row["register_number"], today)
        return today, bench, seat
    if row.get("signed_by") is not None and _printed(row) == _signatories(bench, letter, row, seat):
        return day, bench, seat
    if not row["register_suffix"]:
        return today, bench, seat
    then = Bench(bench.situation.standing_on(day), bench.others)
    first = next(step for step in decoded(row["route"]) if step.kind == "sign")
    stood = next((each for each in signers(then, letter, first) if each.person_id == seat.person_id), None)
    if stood is None or _signatories(then, letter, row, stood) != _signatories(bench, letter, row, seat):
        raise _refused(row, day, seat.name)
    return day, then, stood


def _printed(row: Mapping[str, Any]) -> list[str | None]:
    """Who is printed on a letter as its signatories, in their order."""
    return [step.by for step in decoded(row["route"]) if step.kind == "sign"]


def _signatories(bench: Bench, letter: Letter, row: Mapping[str, Any], seat: Seat) -> list[str | None]:
    """Who would sign a letter that ``seat`` signs first, in their order; None for whom nobody knows yet."""
    found: list[str | None] = [seat.person_id]
    for step in [step for step in decoded(row["route"]) if step.kind == "sign"][1:]:
        found.append(
            next((each.person_id for each in signers(bench, letter, step) if each.person_id not in found), None)
        )
    return found


def _refused(row: Mapping[str, Any], day: date, who: str) -> Refused:
    says = (
        f"Nomor {row['number']} terikat pada {written(day)}, sehingga surat ini tetap bertanggal itu. Penandatangannya pada "
        f"tanggal itu bukan {who} dan mereka yang menandatanganinya sekarang."
    )
    remedy = "Nyatakan surat ini tidak berlaku, lalu terbitkan yang baru dengan nomor dan tanggal baru."
    return Refused(says, reasons=(Reason(Grade.REFUSED, says, (), remedy),))
