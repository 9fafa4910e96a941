"""The line of superiors in an export: nobody unknown in it, and no circle."""

from __future__ import annotations

from datetime import date

from policies.dates import written
from workflow.imports.known import Known, has_left
from workflow.imports.report import Rejection
from workflow.imports.staff import SUPERIOR, StaffSheet


def refuse_wrong_superiors(sheet: StaffSheet, known: Known, on: date) -> None:
    """Rejects the rows whose superior nobody knows, has left, or stands beneath them.

    A superior is known who stands in the file, be it in a row that was rejected, or came with an earlier import and
    has not left.
    """
    rejected = {row.number: reason for row in sheet.rows if (reason := _unknown(row.superior_nip, sheet, known, on))}
    above = {row.nip: row.superior_nip for row in sheet.rows if row.superior_nip and row.number not in rejected}
    rejected |= {
        sheet.standing[nip]: f"Atasan melingkar: {_told(circle, sheet)}. Perbaiki salah satunya."
        for circle in circles(above)
        for nip in circle
    }
    sheet.rejected += [
        Rejection(row.number, SUPERIOR, row.superior_nip or "", rejected[row.number])
        for row in sheet.rows
        if row.number in rejected
    ]
    sheet.rows = [row for row in sheet.rows if row.number not in rejected]


def _unknown(superior: str | None, sheet: StaffSheet, known: Known, on: date) -> str | None:
    if superior is None or superior in sheet.standing or known.serving(superior, on):
        return None
    person = known.staff.get(superior)
    if person is not None and has_left(person, on):
        return f"Atasan ini sudah keluar sejak {written(person['left_on'])}. Isi dengan atasan langsung yang sekarang."
    return "NIP atasan tidak ada dalam berkas ini dan belum pernah diimpor."


def circles(above: dict[str, str]) -> list[list[str]]:
    """Every circle in a line where each has at most one superior."""
    found: list[list[str]] = []
    settled: set[str] = set()
    for start in above:
        way: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in settled and at not in way:
            way[at] = len(way)
            at = above.get(at)
        if at is not None and at in way:
            found.append(list(way)[way[at] :])
        settled.update(way)
    return found


def _told(circle: list[str], sheet: StaffSheet) -> str:
    shown = circle if len(circle) <= 6 else [*circle[:3], *circle[-2:]]
    named = [f"{nip} (baris {sheet.standing[nip]})" for nip in shown]
    if len(circle) > len(shown):
        named.insert(3, "…")
    return " → ".join([*named, circle[0]])
