"""What was looked at under an assignment: put on record with the look itself, and shown to those whom a case concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, func, insert, select

from policies.civil_service import full_name
from workflow import cases as case_store
from workflow.auditing.assignments import assignment, require_in_force
from workflow.authority.sight import sees_by_own_part
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotYours
from workflow.ids import new_id
from workflow.letters.words import moment
from workflow.office import Office
from workflow.references import reference_of
from workflow.tables import assignments, cases, files, letters, people, rounds, views
from workflow.views.outside import sight_of

#: What people call each thing that can be looked at, by the name under which it is recorded.
WHAT: Final = {
    "case_list": "daftar berkas",
    "unit_desk": "berkas yang menunggu di unit",
    "reminder_texts": "teks pengingat",
    "health": "angka program",
    "trail": "jejak peristiwa",
    "delivery_list": "daftar pengiriman",
    "case_page": "berkas",
    "awaited_list": "daftar berkas yang ditunggu dari orang lain",
    "waiting_for": "yang ditunggu pada berkas sendiri",
    "history": "riwayat berkas",
    "action_list": "tindakan yang tersedia",
    "preview": "percobaan tindakan",
    "draft_page": "draf permohonan",
    "bulk_choices": "tugas yang hendak ditindak massal",
    "bulk_trial": "percobaan tindakan massal",
    "bulk_list": "daftar tindakan massal",
    "bulk_page": "tindakan massal",
    "cohort_list": "daftar rombongan",
    "link_list": "tautan mitra pada berkas",
    "answer_seen": "jawaban mitra yang tercatat",
    "cohort_page": "rombongan",
    "cohort_actions": "tindakan bagi rombongan",
    "incoming_list": "buku agenda surat masuk",
    "letter_page": "surat",
    "letter_pdf": "PDF surat",
    "letter_draft": "konsep surat",
    "may_sign": "surat yang hendak ditandatangani",
    "register_list": "daftar buku agenda surat keluar",
    "register_book": "buku agenda surat keluar",
    "file_content": "lampiran",
    "seen_running": "angka berjalan laporan",
    "seen_of_case": "angka laporan sebagaimana ditandatangani",
    "seen_own_hours": "buku JP sendiri",
    "pair_list": "mentoring sendiri",
    "pair_page": "pertemuan mentoring sendiri",
    "seen_person_hours": "buku JP pegawai",
    "seen_unit_hours": "buku JP unit",
    "seen_agency_hours": "rekap JP seluruh instansi",
    "seen_hours_sheet": "buku JP sebagai berkas",
    "budget_left": "sisa anggaran dan janjinya",
    "budget_left_document": "sisa anggaran sebagai berkas",
    "may_reconcile": "pencocokan SP2D dengan pembukuan",
    "case_views": "catatan akses auditor",
    "case_file": "seluruh berkas menurut urutan waktu",
    "may_take_archive": "arsip ZIP berkas",
    "seen_proof": "bukti keutuhan berkas",
    "may_take_process_log": "log proses untuk analisis",
    "draw_sample": "sampel",
    "may_ask": "daftar hal yang perlu ditanyakan",
    "round_list": "daftar putaran mentoring",
    "round_page": "putaran mentoring",
    "round_answers": "tawaran dan keinginan pada putaran mentoring",
    "round_asked": "bahan usulan pasangan",
    "proposal_page": "usulan pasangan",
    "who_can": "siapa yang berwenang bertindak",
    "seen_candidates": "calon penerima penghargaan",
    "seen_own_reach": "penghargaan yang dapat dicapai sendiri",
    "seen_fairness": "pemerataan penghargaan",
    "seen_record": "riwayat penghargaan untuk SIASN",
    "seen_candidates_sheet": "calon penerima penghargaan sebagai berkas",
    "seen_fairness_sheet": "pemerataan penghargaan sebagai berkas",
    "seen_record_sheet": "riwayat penghargaan untuk SIASN sebagai berkas",
    "seen_payments": "daftar nominatif dengan nomor rekening",
}


#: What can be looked at without being shown a case of others; all else is on record, whether or not it says which case it shows.
OF_NO_CASE: Final = frozenset(
    {
        *("examination", "own_looks"),
        *(
            "me",
            "inbox",
            "list_choices",
            "task_counts",
            "process_list",
            "process_page",
            "procedure_page",
            "mandate_list",
            "mandate_page",
            "absence_list",
        ),
        *("opening_list", "opening", "colleague_list", "colleagues_named", "set_aside_by"),
        # Records of people and the agency, which an auditor sees by another office of theirs if at all.
        *(
            "key_list",
            "webhook_list",
            "group_list",
            "group_page",
            "all_waiting",
            "people_list",
            "person_page",
            "account_page",
            "keeping_page",
            "may_keep",
            "hold_page",
        ),
        *("partner_list", "partner_page", "budget_year"),
        *("import_list", "import_page", "may_import", "try_file", "try_again", "concerned_by"),
        *("concerned_cases", "_nothing", "letter_stack", "letter_results"),
        *("asks_factor", "own_account", "own_factor", "kept_password", "check_new_password", "require_shown"),
        *("hours_reach", "own_address", "mail_preference", "may_list"),
    }
)


#: What is looked at of a round of mentoring, which is kept with the look.
OF_ROUNDS: Final = frozenset({"round_page", "round_answers", "round_asked", "proposal_page"})


class ViewLine(msgspec.Struct, frozen=True, kw_only=True):
    """A look of an auditor: who, under which letter, at what, when. ``detail``: the letter or the file that it was.

    Of whoever looked at an account by their own office there is no letter, and ``letter_on`` is null.
    """

    viewed_at: datetime
    auditor: str
    letter_number: str
    letter_on: date | None
    what: str
    what_title: str
    detail: str = ""


class LookLine(msgspec.Struct, frozen=True, kw_only=True):
    """A look under one's own assignment: when, at what, at which case by its number where it was one."""

    viewed_at: datetime
    what: str
    what_title: str
    reference: str = ""
    detail: str = ""


class LookList(msgspec.Struct, frozen=True, kw_only=True):
    """The looks under an assignment, newest first. ``next``: what to pass as ``after`` for the following page."""

    letter_number: str
    items: tuple[LookLine, ...]
    next: str | None = None


class ViewList(msgspec.Struct, frozen=True, kw_only=True):
    """The looks of auditors at a case, newest first, no more than asked for. ``more``: there are older ones."""

    case_id: str
    items: tuple[ViewLine, ...]
    more: bool


def is_watched(caller: Caller, what: str) -> bool:
    """Whether a look is to be put on record: that of an auditor at anything that may show cases."""
    return caller.assignment_id is not None and what not in OF_NO_CASE


def note_views(conn: Connection, caller: Caller, at: datetime, what: str, about: str | None) -> None:
    """Put on record what an auditor was shown in this unit: each case once, but none that they have a part in now.

    ``what``: the name of what was asked for; ``about``: what it was asked of: the case, or the letter or file of it.
    """
    if caller.assignment_id is None:
        return
    shown = [case_id for case_id in dict.fromkeys(caller.looked_at) if case_id is not None]
    own = set(
        conn.execute(select(cases.c.id).where(cases.c.id.in_(shown), sees_by_own_part(caller.person_id))).scalars()
    )
    seen: list[str | None] = [case_id for case_id in shown if case_id not in own]
    if None in caller.looked_at or not caller.looked_at:
        seen.append(None)
    rows = [
        {
            "id": new_id(at),
            "assignment_id": caller.assignment_id,
            "case_id": case_id,
            "what": what[:60],
            "subject_id": about if (about not in shown if case_id is not None else what in OF_ROUNDS) else None,
            "viewed_at": at,
        }
        for case_id in seen
    ]
    if rows:
        conn.execute(insert(views), rows)


def note_looked(conn: Connection, viewer_id: str, case_ids: Iterable[str], what: str, at: datetime) -> None:
    """Put on record that somebody was shown, by their own office, what is personal of these cases."""
    rows = [
        {"id": new_id(at), "viewer_id": viewer_id, "case_id": case_id, "what": what, "viewed_at": at}
        for case_id in case_ids
    ]
    if rows:
        conn.execute(insert(views), rows)


def note_handing_over(
    conn: Connection, office: Office, assignment_id: str, case_id: str | None, what: str, at: datetime
) -> None:
    """Put on record that something was handed to an auditor by whoever runs the system. Raises NotFound, PeopleError."""
    require_in_force(conn, assignment_id, office.day(at))
    row = {"id": new_id(at), "assignment_id": assignment_id, "case_id": case_id, "what": what, "viewed_at": at}
    conn.execute(insert(views).values(row))


def case_views(
    conn: Connection, engine: Engine, caller: Caller, _at: datetime, case_id: str, limit: int = 100
) -> ViewList:
    """Which auditors looked at a case, and who at its account, for those who see it from inside. Raises NotFound, NotYours."""
    case = case_store.load(conn, case_id)
    sight = sight_of(conn, engine.registry.process(case.process), case, caller)
    if sight.outside:
        raise NotYours("Catatan akses auditor hanya untuk pihak di instansi asal peserta.")
    query = _VIEWS.where(views.c.case_id == case.id).order_by(views.c.viewed_at.desc(), views.c.id.desc())
    rows = conn.execute(query.limit(limit + 1)).all()
    return ViewList(case_id=case.id, items=tuple(_line(row) for row in rows[:limit]), more=len(rows) > limit)


def own_looks(
    conn: Connection, _: Engine, caller: Caller, _at: datetime, *, after: str | None = None, limit: int = 50
) -> LookList:
    """What an auditor has looked at under the assignment that is in force, for themselves. Raises NotYours."""
    if caller.assignment_id is None:
        raise NotYours("Catatan ini hanya ada bagi auditor selama penugasannya berlaku.")
    # Ids sort by the instant at which they were made; "~" stands behind every one of them.
    query = _VIEWS.where(views.c.assignment_id == caller.assignment_id, views.c.id < (after or "~"))
    rows = conn.execute(query.order_by(views.c.id.desc()).limit(limit + 1)).all()
    return LookList(
        letter_number=assignment(conn, caller.assignment_id).letter_number,
        items=tuple(
            LookLine(
                viewed_at=row.viewed_at,
                what=row.what,
                what_title=WHAT.get(row.what, row.what),
                reference=reference_of(row.case_id) if row.case_id else "",
                detail=_detail(row),
            )
            for row in rows[:limit]
        ),
        next=rows[limit - 1].id if len(rows) > limit else None,
    )


def assignment_views(conn: Connection, office: Office, assignment_id: str) -> Iterator[tuple[str, ...]]:
    """What was looked at under an assignment, oldest first, for a table: when, what, which case, what of it. Raises NotFound."""
    assignment(conn, assignment_id)
    query = _VIEWS.where(views.c.assignment_id == assignment_id).order_by(views.c.viewed_at, views.c.id)
    for row in conn.execute(query):
        case = reference_of(row.case_id) if row.case_id else "-"
        yield moment(row.viewed_at, office.zone), WHAT.get(row.what, row.what), case, _detail(row) or "-"


_VIEWS: Select[Any] = (
    select(
        views,
        assignments.c.letter_number,
        assignments.c.letter_on,
        people.c.front_title,
        people.c.name,
        people.c.back_title,
        letters.c.number.label("number"),
        letters.c.kind.label("letter_kind"),
        files.c.name.label("file_name"),
        rounds.c.title.label("round_title"),
    )
    .join_from(views, assignments, assignments.c.id == views.c.assignment_id, isouter=True)
    .join(people, people.c.id == func.coalesce(assignments.c.person_id, views.c.viewer_id))
    .join(letters, letters.c.id == views.c.subject_id, isouter=True)
    .join(files, files.c.id == views.c.subject_id, isouter=True)
    .join(rounds, rounds.c.id == views.c.subject_id, isouter=True)
)


def _line(row: Row[Any]) -> ViewLine:
    return ViewLine(
        viewed_at=row.viewed_at,
        auditor=full_name(row.front_title, row.name, row.back_title),
        letter_number=row.letter_number or "",
        letter_on=row.letter_on,
        what=row.what,
        what_title=WHAT.get(row.what, row.what),
        detail=_detail(row),
    )


def _detail(row: Row[Any]) -> str:
    if row.letter_kind is not None:
        return f"Nomor {row.number}" if row.number else "surat yang belum bernomor"
    return row.file_name or row.round_title or ""
