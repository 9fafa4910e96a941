"""Imports by hand: a file is tried without writing anything, and that very file is applied, if nothing has changed since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, RowMapping, delete, exists, insert, select, update

from workflow.callers import Caller
from workflow.directory import profile_text
from workflow.engine.affected import affected_cases, groups_and_regent
from workflow.engine.engine import Engine
from workflow.engine.sweep import waiting_cases
from workflow.errors import FieldError, InvalidForm, NotFound, NotNow, OutOfDate
from workflow.filing import proper_name
from workflow.forms import Form
from workflow.ids import new_id
from workflow.imports import (
    ImportReport,
    Touched,
    import_agreements,
    import_budgets,
    import_partners,
    import_places,
    import_staff,
)
from workflow.people import setup_agency
from workflow.tables import imports
from workflow.views.officers import ADMINISTRATOR, BUDGET, VERIFIER, offices
from workflow.views.shown import people_by_id

#: Bytes of a file that is handed in here; larger ones are imported by the command line.
LARGEST: Final = 10 * 1024 * 1024
#: Files that were tried and not applied are kept so long.
KEPT: Final = timedelta(days=2)
#: Findings of one kind that are told one by one; the rest is counted.
_TOLD = 500
#: Lines of a list.
_MOST = 100


@dataclass(frozen=True)
class Kind:
    """What can be imported. ``groups``: whose task it is; ``seats``: whether it may change who a case waits for."""

    title: str
    work: Callable[..., ImportReport]
    groups: frozenset[str]
    lasting: str
    seats: bool = False


_KEEPERS = frozenset({ADMINISTRATOR, VERIFIER})
KINDS: Final = {
    "people": Kind(
        "Pegawai",
        import_staff,
        frozenset({ADMINISTRATOR}),
        "Yang tidak ada lagi dalam berkas tetap tercatat beserta tugasnya, sampai dicatat keluar.",
        seats=True,
    ),
    "partners": Kind(
        "Mitra dan narahubung", import_partners, _KEEPERS, "Mitra yang tidak ada lagi tetap tercatat.", seats=True
    ),
    "agreements": Kind(
        "Kerja sama",
        import_agreements,
        _KEEPERS,
        "Kerja sama yang tidak ada lagi tetap tercatat dan berlaku sampai tanggal akhirnya.",
    ),
    "places": Kind("Tempat magang", import_places, _KEEPERS, "Bagian yang tidak ada lagi tetap tercatat."),
    "budgets": Kind(
        "Pagu anggaran",
        import_budgets,
        frozenset({ADMINISTRATOR, BUDGET}),
        "Baris anggaran yang tidak ada lagi tetap tercatat beserta pagunya.",
    ),
}


class RejectedCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that is wrong: where, what it holds, and why with the way out. The heading is row 1."""

    row: int
    column: str
    value: str
    reason: str


class ImportFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What trying a file answered. ``rejections``: how many cells are wrong, of which no more than 500 are told one by one."""

    rows: int
    accepted: int
    new: int
    changed: int
    rejections: int
    rejected: tuple[RejectedCell, ...]
    missing: int
    no_longer_named: tuple[str, ...]
    remarks: tuple[str, ...]
    ignored_headings: tuple[str, ...]


class ImportPage(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was handed in. ``state``: tried or applied; ``sha256``: of exactly what was tried and is applied."""

    id: str
    kind: str
    title: str
    name: str
    size: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime
    tried_at: datetime
    state: str
    applied_by: str
    applied_at: datetime | None
    lasting: str
    findings: ImportFindings


class ImportKind(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the caller may import."""

    kind: str
    title: str


class ImportList(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller may import, and what was handed in of it, the newest first."""

    kinds: tuple[ImportKind, ...]
    items: tuple[ImportPage, ...]


class ApplyImport(Form, frozen=True, kw_only=True):
    """How a file is applied. ``skip_rejected``: the sound rows are written though others were rejected."""

    skip_rejected: Annotated[bool, Meta(title="Tulis baris yang benar walaupun ada yang ditolak")] = False


@dataclass(frozen=True)
class Trial:
    """What trying a file found, and the digest of all of it."""

    findings: ImportFindings
    digest: str


def import_list(conn: Connection, _: Engine, caller: Caller, __: datetime) -> ImportList:
    """What the caller may import, and what was handed in. Raises NotFound."""
    mine = _mine(conn, caller)
    query = select(*_SHOWN).where(imports.c.kind.in_(sorted(mine)))
    rows = conn.execute(query.order_by(imports.c.uploaded_at.desc(), imports.c.id.desc()).limit(_MOST)).mappings()
    kinds = tuple(ImportKind(kind=name, title=KINDS[name].title) for name in KINDS if name in mine)
    return ImportList(kinds=kinds, items=_pages(conn, list(rows)))


def import_page(conn: Connection, _: Engine, caller: Caller, __: datetime, import_id: str) -> ImportPage:
    """A file that was handed in. Raises NotFound."""
    return _pages(conn, [_seen(conn, caller, import_id)])[0]


def may_import(conn: Connection, _: Engine, caller: Caller, __: datetime, kind: str, name: str, content: bytes) -> None:
    """Whether the caller may import files of a kind. Raises NotFound, InvalidForm."""
    del name
    mine = _mine(conn, caller)
    if kind not in mine:
        says = f"Pilih salah satu dari: {', '.join(KINDS[each].title for each in KINDS if each in mine)}."
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError("kind", "Jenis data", says),))
    if len(content) > LARGEST:
        says = f"Berkas lebih besar daripada {LARGEST // 2**20} MB. Bagilah, atau impor melalui baris perintah."
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError("file", "Berkas", says),))


def try_file(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, kind: str, name: str, content: bytes
) -> Trial:
    """What importing a file would do; nothing is written. Raises NotFound, InvalidForm, UnreadableSheet."""
    may_import(conn, engine, caller, at, kind, name, content)
    on = engine.office.day(at)
    return _trial(KINDS[kind].work(conn, content, proper_name(name, ""), at=at, on=on, dry_run=True))


def keep(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, kind: str, name: str, content: bytes, trial: Trial
) -> ImportPage:
    """Keep a file that was tried, to be applied. Raises NotFound, InvalidForm."""
    may_import(conn, engine, caller, at, kind, name, content)
    conn.execute(delete(imports).where(imports.c.applied_at.is_(None), imports.c.uploaded_at < at - KEPT))
    row = {
        "id": new_id(at),
        "kind": kind,
        "name": proper_name(name, "")[:255],
        "sha256": sha256(content).hexdigest(),
        "content": content,
        "size": len(content),
        "uploaded_by": caller.person_id,
        "uploaded_at": at,
    }
    conn.execute(insert(imports).values(row | _told(trial, at)))
    return import_page(conn, engine, caller, at, str(row["id"]))


def try_again(conn: Connection, engine: Engine, caller: Caller, at: datetime, import_id: str) -> Trial:
    """What applying a file would do by now; nothing is written. Raises NotFound, NotNow."""
    row = _to_be_applied(conn, caller, import_id, lock=False)
    on = engine.office.day(at)
    return _trial(KINDS[row["kind"]].work(conn, row["content"], row["name"], at=at, on=on, dry_run=True))


def note_trial(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, import_id: str, trial: Trial
) -> ImportPage:
    """Keep what trying a file again found. Raises NotFound, NotNow."""
    _to_be_applied(conn, caller, import_id)
    conn.execute(update(imports).where(imports.c.id == import_id).values(_told(trial, at)))
    return import_page(conn, engine, caller, at, import_id)


def apply(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, import_id: str, form: ApplyImport
) -> tuple[ImportPage, Touched | None]:
    """Write exactly the file that was tried, and what follows from it; with whom it touched, None for anybody.

    Raises NotFound, NotNow, and OutOfDate where the data has changed so that it would do something else than what was shown.
    """
    row, on = _to_be_applied(conn, caller, import_id), engine.office.day(at)
    kind = KINDS[row["kind"]]
    report = kind.work(conn, row["content"], row["name"], at=at, on=on, dry_run=False, skip_rejected=form.skip_rejected)
    if report.rejected and not form.skip_rejected:
        raise NotNow(
            f"{len(report.rejected)} sel ditolak, sehingga tidak ada yang ditulis. Perbaiki berkasnya dan unggah lagi, atau "
            "pilih menulis baris yang benar saja."
        )
    if not report.written:
        raise NotNow("Tidak ada baris yang dapat ditulis. Perbaiki berkasnya, lalu unggah lagi.")
    later = exists().where(imports.c.kind == row["kind"], imports.c.applied_at > row["tried_at"])
    if _trial(report).digest != row["digest"] or conn.execute(select(later)).scalar_one():
        raise OutOfDate(
            "Data sudah berubah sejak berkas ini dicoba, sehingga hasilnya akan lain daripada yang ditampilkan. Tidak ada yang "
            "ditulis. Coba lagi, periksa hasilnya, lalu terapkan."
        )
    values = {"applied_by": caller.person_id, "applied_at": at, "skipped_rejected": form.skip_rejected, "content": None}
    conn.execute(update(imports).where(imports.c.id == import_id).values(values))
    touched = _taken_up(conn, report, at) if kind.seats else Touched()
    return import_page(conn, engine, caller, at, import_id), touched


def concerned_by(conn: Connection, engine: Engine, _: Caller, __: datetime, touched: Touched | None) -> list[str]:
    """The open cases that may wait for somebody else since an import."""
    return waiting_cases(conn) if touched is None else affected_cases(conn, engine, touched)


def _taken_up(conn: Connection, report: ImportReport, at: datetime) -> Touched | None:
    """What follows from new people and posts: groups that were empty, and the line to the regent."""
    before = groups_and_regent(conn)
    text = profile_text(conn)
    if text is not None:
        setup_agency(conn, text, at)
    return report.touched if before == groups_and_regent(conn) else None


def _mine(conn: Connection, caller: Caller) -> set[str]:
    theirs = offices(conn, caller)
    mine = {name for name, kind in KINDS.items() if kind.groups & theirs}
    if not mine:
        raise NotFound("Impor tidak ada, atau bukan untuk Anda lihat.")
    return mine


#: All columns but the content, which may be large.
_SHOWN = tuple(column for column in imports.columns if column.name != "content")


def _seen(conn: Connection, caller: Caller, import_id: str) -> RowMapping:
    query = select(*_SHOWN).where(imports.c.id == import_id, imports.c.kind.in_(sorted(_mine(conn, caller))))
    row = conn.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("Impor itu tidak ada, atau bukan untuk Anda lihat.")
    return row


def _to_be_applied(conn: Connection, caller: Caller, import_id: str, *, lock: bool = True) -> RowMapping:
    """A file that waits to be applied, with its content; with ``lock`` kept to this unit. Raises NotFound, NotNow."""
    _seen(conn, caller, import_id)
    query = select(imports).where(imports.c.id == import_id)
    row = conn.execute(query.with_for_update() if lock else query).mappings().one()
    if row["applied_at"] is not None:
        raise NotNow("Berkas ini sudah diterapkan.")
    if sha256(row["content"] or b"").hexdigest() != row["sha256"]:
        raise NotNow("Isi berkas ini tidak lagi sama dengan yang dicoba. Unggah lagi.")
    return row


def _trial(report: ImportReport) -> Trial:
    whole = (
        *(report.rows, report.accepted, report.new, report.changed),
        *([(each.row, each.column, each.value, each.reason) for each in report.rejected], report.remarks),
        [(each.key, each.name) for each in report.missing],
    )
    findings = ImportFindings(
        rows=report.rows,
        accepted=report.accepted,
        new=report.new,
        changed=report.changed,
        rejections=len(report.rejected),
        rejected=tuple(
            RejectedCell(row=each.row, column=each.column, value=each.value[:200], reason=each.reason)
            for each in report.rejected[:_TOLD]
        ),
        missing=len(report.missing),
        no_longer_named=tuple(each.name for each in report.missing[:_TOLD]),
        remarks=report.remarks[:_TOLD],
        ignored_headings=report.ignored_headings,
    )
    return Trial(findings, sha256(msgspec.json.encode(whole)).hexdigest())


def _told(trial: Trial, at: datetime) -> dict[str, Any]:
    return {"report": msgspec.json.encode(trial.findings).decode(), "digest": trial.digest, "tried_at": at}


def _pages(conn: Connection, rows: list[RowMapping]) -> tuple[ImportPage, ...]:
    named = people_by_id(conn, [row[name] for row in rows for name in ("uploaded_by", "applied_by")])
    return tuple(
        ImportPage(
            id=row["id"],
            kind=row["kind"],
            title=KINDS[row["kind"]].title,
            name=row["name"],
            size=row["size"],
            sha256=row["sha256"],
            uploaded_by=named[row["uploaded_by"]].name,
            uploaded_at=row["uploaded_at"],
            tried_at=row["tried_at"],
            state="tried" if row["applied_at"] is None else "applied",
            applied_by=named[row["applied_by"]].name if row["applied_by"] else "",
            applied_at=row["applied_at"],
            lasting=KINDS[row["kind"]].lasting,
            findings=msgspec.json.decode(row["report"], type=ImportFindings),
        )
        for row in rows
    )
