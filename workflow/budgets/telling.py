"""What is left of the budget, and the treasury's payments compared, as tables for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from policies.dates import written
from workflow.budgets.movements import Moved
from workflow.budgets.reconciling import FINDINGS, Compared, Reconciliation
from workflow.budgets.remaining import DECISIONS, Line, OpenPromise, Remaining, decisions
from workflow.budgets.returns import ReturnedMoney
from workflow.budgets.sheets import Cell, Document, Table
from workflow.registry import Registry

#: What people call the accounts between which money moves.
ACCOUNTS: Final[Mapping[str, str]] = {
    "ceiling": "pagu",
    "available": "tersedia",
    "reserved": "dicadangkan",
    "committed": "diikat",
    "spent": "dibelanjakan",
    "deficit": "kekurangan",
    "awaiting": "menunggu DPA",
    "expected": "DPA yang ditunggu",
}
#: What can be decided on a promise, as people say it.
_DECIDED: Final = dict(zip(DECISIONS, ("lepaskan", "alihkan"), strict=True))
_HIDDEN: Final = "berkas lain, bukan untuk Anda lihat"


def left_document(found: Remaining, registry: Registry, zone: ZoneInfo, on: date) -> Document:
    """The lines, the promises and the movements, each as a table; and what came back of revoked awards, where there are some."""
    titles = {line.id: line.title for line in found.lines}
    tables = (
        Table("Mata anggaran", _LINE, tuple(_line(line) for line in found.lines)),
        Table("Janji", _PROMISE, tuple(_promise(each, registry) for each in found.promises)),
        Table("Mutasi", _MOVED, tuple(_moved(each, titles, registry, zone) for each in found.movements)),
    )
    returned = (Table("Pengembalian", _RETURNED, tuple(map(_returned, found.returns))),) if found.returns else ()
    return Document(f"Sisa anggaran {found.year}", (*tables, *returned), on)


_LINE: Final = (
    "Unit", "Kode sub kegiatan", "Kode rekening", "Mata anggaran", "Pagu", "Tersedia", "Dicadangkan", "Diikat", "Dibelanjakan",
    "Kekurangan",
)  # fmt: skip


def _line(line: Line) -> tuple[Cell, ...]:
    money = (line.ceiling, line.available, line.reserved, line.committed, line.spent, line.missing)
    return (line.unit, line.activity_code, line.account_code, line.title, *money)


_PROMISE: Final = (
    "Mata anggaran", "Berkas", "Nama", "Unit", "Proses", "Status", "Dicadangkan", "Diikat", "Menunggu DPA", "Dapat diputuskan",
)  # fmt: skip


def _promise(each: OpenPromise, registry: Registry) -> tuple[Cell, ...]:
    money = (each.reserved, each.committed, each.awaiting)
    line = each.line or f"menunggu DPA {each.year}"
    if not each.case_id:
        return (line, _HIDDEN, "", "", "", "", *money, "")
    process = registry.process(each.process)
    state = process.state[each.state].title
    return (
        line,
        each.reference,
        each.name,
        each.unit,
        process.title,
        state,
        *money,
        what_can_be_decided(each, registry),
    )


def what_can_be_decided(promise: OpenPromise, registry: Registry) -> str:
    """What a budget officer can decide on a promise as its case stands now: words; a dash where the case must move first."""
    open_here = decisions(registry.process(promise.process), promise.state)
    return " atau ".join(_DECIDED[trigger] for trigger in open_here) or "-"


_MOVED: Final = ("Waktu", "Mata anggaran", "Mutasi", "Dari", "Ke", "Jumlah", "Berkas", "Nama", "Peristiwa")


def _moved(each: Moved, titles: Mapping[str, str], registry: Registry, zone: ZoneInfo) -> tuple[Cell, ...]:
    return (
        f"{each.posted_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        titles.get(each.line_id, "menunggu DPA"),
        each.says,
        ACCOUNTS[each.source],
        ACCOUNTS[each.target],
        each.amount,
        each.reference,
        each.name,
        f"{each.event}: {_step(each, registry)}" if each.event else "",
    )


_RETURNED: Final = (
    "Mata anggaran", "Berkas", "Nama", "Dibayarkan", "Dikembalikan", "Mengurangi belanja", "Nomor STS", "Tanggal STS",
    "Penjelasan",
)  # fmt: skip


def _returned(each: ReturnedMoney) -> tuple[Cell, ...]:
    day = written(each.back_on) if each.back_on else ""
    return (each.line, each.reference, each.name, each.paid, each.back, each.booked, each.slip, day, each.says)


def _step(each: Moved, registry: Registry) -> str:
    arrows = registry.process(each.process).transitions
    return next((arrow.title for arrow in arrows if arrow.trigger == each.step), each.step)


def reconciliation_document(found: Reconciliation, on: date) -> Document:
    """What was found, payment by payment, those to be looked into first, as a table to send back to the treasury."""
    rows = (*(_compared(each) for each in found.found), *_unread(found))
    return Document(f"Rekonsiliasi SP2D {found.year}", (Table("Rekonsiliasi", _COMPARED, rows),), on)


_COMPARED: Final = (
    "Hasil", "Penjelasan", "Nomor SP2D", "Tanggal", "Penerima", "Mata anggaran", "Menurut kas daerah", "Menurut pembukuan",
    "Selisih", "Baris", "Berkas",
)  # fmt: skip


def _compared(each: Compared) -> tuple[Cell, ...]:
    return (
        FINDINGS[each.finding],
        each.says,
        each.number,
        written(each.paid_on) if each.paid_on else "",
        "; ".join(each.receivers),
        "; ".join(each.lines),
        "" if each.theirs is None else each.theirs,
        "" if each.ours is None else each.ours,
        (each.theirs or 0) - (each.ours or 0),
        ", ".join(map(str, each.rows)),
        ", ".join(each.references),
    )


def _unread(found: Reconciliation) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        ("tidak terbaca", f"{each.column}: {each.reason}", each.value, "", "", "", "", "", "", str(each.row), "")
        for each in found.unread
    )
