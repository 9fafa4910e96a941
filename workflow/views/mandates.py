"""Mandates for whoever lends, receives or records them: proposed, answered, ended, and shown with all that happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, Connection, exists, or_, select

from policies.civil_service import full_name
from workflow.authority.lending import EVERYTHING
from workflow.callers import Caller
from workflow.directory import post_named
from workflow.engine import idempotency
from workflow.engine.affected import affected_cases
from workflow.engine.engine import Engine
from workflow.engine.in_force import by_law_in_force
from workflow.engine.sweep import reseat_together
from workflow.errors import FieldError, InvalidForm, NotYours
from workflow.forms import Form
from workflow.imports.report import Touched
from workflow.people import By, Terms, Today
from workflow.people import mandates as lending
from workflow.people.mandate_log import (
    ACCEPTED,
    LAPSED,
    PROPOSED,
    REFUSED,
    REVOKED,
    SILENT,
    events_of_mandate,
    lapsed_of,
)
from workflow.people.mandate_rights import is_recorder
from workflow.people.mandates import MANDATES, no_such_mandate
from workflow.registry import Registry
from workflow.tables import mandates, people, positions

Names = Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=50)]
Why = Annotated[str, Meta(title="Alasan", min_length=5, max_length=1000)]


class NewMandate(Form, frozen=True, kw_only=True):
    """A mandate as it is proposed: for which post, to whom, from when until when, for what, and by which letter.

    ``post``: a unit's code (its head), ``KODE/Nama jabatan``, or the NIP of its holder. ``processes``, ``units``, ``letters``:
    all where they are left out. ``via``: the mandate that is passed on, where the personnel agency records that.
    """

    kind: Annotated[str, Meta(title="Jenis", max_length=10)]
    post: Annotated[str, Meta(title="Jabatan", max_length=300)]
    receiver: Annotated[str, Meta(title="Penerima", max_length=254)]
    from_on: Annotated[date, Meta(title="Mulai berlaku")]
    until_on: Annotated[date, Meta(title="Berlaku sampai")]
    basis_number: Annotated[str, Meta(title="Nomor surat dasar", min_length=1, max_length=100)]
    basis_on: Annotated[date, Meta(title="Tanggal surat dasar")]
    processes: Annotated[Names, Meta(title="Proses")] = ()
    units: Annotated[Names, Meta(title="Perangkat daerah")] = ()
    letters: Annotated[Names, Meta(title="Jenis surat")] = ()
    via: Annotated[Annotated[str, Meta(max_length=36)] | None, Meta(title="Pelimpahan yang diteruskan")] = None


class MandateHappened(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a mandate. ``by``: empty for the system."""

    type: str
    title: str
    at: datetime
    by: str
    reason: str


class MandatePage(msgspec.Struct, frozen=True, kw_only=True):
    """A mandate. ``state``: proposed, accepted, refused, revoked, lapsed or over; ``giver``: empty for a post that nobody held."""

    id: str
    kind: str
    title: str
    post: str
    unit: str
    giver: str
    receiver: str
    receiver_id: str
    from_on: date
    until_on: date
    processes: tuple[str, ...]
    units: tuple[str, ...]
    letters: tuple[str, ...]
    basis_number: str
    basis_on: date
    via: str | None
    state: str
    state_title: str
    accepted_on: date | None
    revoked_on: date | None
    events: tuple[MandateHappened, ...] = ()


class MandateList(msgspec.Struct, frozen=True, kw_only=True):
    """Mandates, the newest first."""

    items: tuple[MandatePage, ...]


TITLES = {
    PROPOSED: "Diajukan",
    ACCEPTED: "Diterima",
    REFUSED: "Ditolak",
    REVOKED: "Dicabut",
    LAPSED: "Gugur",
    SILENT: "Pemberi diberi tahu bahwa belum ada jawaban",
}
STATES = {
    "proposed": "Menunggu jawaban penerima",
    "accepted": "Diterima",
    "refused": "Ditolak",
    "revoked": "Dicabut",
    "lapsed": "Gugur, karena yang menjadi dasarnya tidak ada lagi",
    "over": "Sudah berakhir",
}


@by_law_in_force
def propose(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, form: NewMandate, key: str | None
) -> MandatePage:
    """Propose a mandate, or record one by its letter. Raises Problem."""
    _require_staff(caller)
    request = ["propose_mandate", msgspec.to_builtins(form)]
    seen = idempotency.seen(conn, caller.actor, key, request)
    if seen is not None:
        return msgspec.json.decode(seen, type=MandatePage)
    check_names(engine.registry, form.processes, form.letters)
    terms = Terms(
        form.kind,
        post_named(conn, form.post).id,
        form.receiver,
        form.from_on,
        form.until_on,
        form.basis_number,
        form.basis_on,
        _scope(form.processes),
        _scope(form.units),
        _scope(form.letters),
        form.via,
    )
    mandate_id = lending.propose_mandate(conn, terms, _by(caller), today_of(engine, at))
    done = _page(conn, mandate_id, engine.office.day(at))
    idempotency.keep(conn, caller.actor, key, request, msgspec.json.encode(done), at)
    return done


@by_law_in_force
def accept(conn: Connection, engine: Engine, caller: Caller, at: datetime, mandate_id: str) -> MandatePage:
    """Accept a mandate; it holds from today. Raises Problem."""
    lending.accept_mandate(conn, mandate_id, _by(caller), today_of(engine, at))
    return _page(conn, mandate_id, engine.office.day(at))


def refuse(conn: Connection, engine: Engine, caller: Caller, at: datetime, mandate_id: str, reason: str) -> MandatePage:
    """Refuse a mandate, and say why. Raises Problem."""
    lending.refuse_mandate(conn, mandate_id, reason, _by(caller), today_of(engine, at))
    return _page(conn, mandate_id, engine.office.day(at))


def revoke(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, mandate_id: str, on: date | None, reason: str
) -> MandatePage:
    """End a mandate from a day on, today where it is left out. Raises Problem."""
    today = today_of(engine, at)
    lending.revoke_mandate(conn, mandate_id, on or today.on, _by(caller), today, reason)
    return _page(conn, mandate_id, engine.office.day(at))


def mandate_list(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> MandateList:
    """The mandates that the caller lends, receives or recorded, or that run for a post of theirs; all for whoever records."""
    if caller.is_contact:
        return MandateList(items=())
    on = engine.office.day(at)
    found = select(mandates.c.id).order_by(mandates.c.proposed_on.desc(), mandates.c.id.desc()).limit(500)
    if not is_recorder(conn, caller.person_id):
        found = found.where(_theirs(caller.person_id, on))
    return MandateList(items=tuple(_pages(conn, list(conn.execute(found).scalars()), on).values()))


def mandate_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, mandate_id: str) -> MandatePage:
    """A mandate with all that happened to it. Raises NotFound, also for whoever has nothing to do with it."""
    on = engine.office.day(at)
    seen = select(mandates.c.id).where(mandates.c.id == mandate_id)
    if not is_recorder(conn, caller.person_id):
        seen = seen.where(_theirs(caller.person_id, on))
    if conn.execute(seen).first() is None:
        raise no_such_mandate(mandate_id)
    return _page(conn, mandate_id, on)


def _theirs(person_id: str, on: date) -> ColumnElement[bool]:
    """A condition on ``mandates``: lent, received or recorded by somebody, or running for a post that they hold now."""
    runs = (mandates.c.until_on >= on, mandates.c.refused_on.is_(None))
    held = exists().where(positions.c.id == mandates.c.position_id, positions.c.holder_id == person_id, *runs)
    own = (mandates.c.giver_id, mandates.c.receiver_id, mandates.c.proposed_by)
    return or_(held, *(column == person_id for column in own))


def concerned_cases(conn: Connection, engine: Engine, _: Caller, __: datetime, mandate_id: str) -> list[str]:
    """The open cases that may wait for somebody else since something happened to a mandate."""
    row = conn.execute(select(mandates).where(mandates.c.id == mandate_id)).one()
    touched = Touched(people=frozenset({row.receiver_id}), posts=frozenset({row.position_id}))
    return affected_cases(conn, engine, touched)


def reseat_some(conn: Connection, engine: Engine, _: Caller, at: datetime, case_ids: Sequence[str]) -> int:
    """Work out anew who these cases wait for; answers for how many that differs."""
    return reseat_together(conn, engine, case_ids, at)[0]


# --- What they share -------------------------------------------------------------------------------------------------


def check_names(registry: Registry, processes: Sequence[str], letters: Sequence[str]) -> None:
    """Raise Problem for a process or a kind of letter that there is not."""
    for name in processes:
        registry.process(name)  # says which there are
    known = {name for process in registry.processes.values() for name in process.letters}
    if unknown := [name for name in letters if name not in known]:
        says = f"Jenis surat {', '.join(unknown)} tidak dikenal; yang ada: {', '.join(sorted(known))}."
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError("letters", "Jenis surat", says),))


def today_of(engine: Engine, at: datetime) -> Today:
    """The moment of an act, with the law of its day."""
    on = engine.office.day(at)
    return Today(at, on, engine.office.policies.on(on))


def _by(caller: Caller) -> By:
    return By(caller.person_id, caller.name)


def _require_staff(caller: Caller) -> None:
    if caller.is_contact:
        raise NotYours("Wewenang jabatan dilimpahkan di lingkungan instansi sendiri.")


def _scope(names: Sequence[str]) -> str:
    return ",".join(names) or EVERYTHING


def _page(conn: Connection, mandate_id: str, on: date) -> MandatePage:
    page = _pages(conn, [mandate_id], on)[mandate_id]
    happened = tuple(
        MandateHappened(type=kind, title=TITLES.get(kind, kind), at=at, by=event.by.name, reason=event.reason)
        for kind, at, event in events_of_mandate(conn, mandate_id)
    )
    return msgspec.structs.replace(page, events=happened)


def _pages(conn: Connection, ids: Sequence[str], on: date) -> dict[str, MandatePage]:
    query = select(mandates, positions.c.title, positions.c.unit_id.label("of_unit")).join_from(
        mandates, positions, positions.c.id == mandates.c.position_id
    )
    rows = {row["id"]: row for row in conn.execute(query.where(mandates.c.id.in_(ids))).mappings()}
    wanted = {row[name] for row in rows.values() for name in ("giver_id", "receiver_id")} - {None}
    names = {
        row.id: full_name(row.front_title, row.name, row.back_title)
        for row in conn.execute(select(people).where(people.c.id.in_(wanted)))
    }
    lapsed = lapsed_of(conn, ids)
    return {mandate_id: _line(dict(rows[mandate_id]), names, on, lapsed) for mandate_id in ids}


def _line(row: Mapping[str, Any], names: Mapping[str, str], on: date, lapsed: Collection[str]) -> MandatePage:
    state = state_of(row, on)
    state = "lapsed" if state == "revoked" and row["id"] in lapsed else state
    return MandatePage(
        id=row["id"],
        kind=row["kind"],
        title=MANDATES[row["kind"]],
        post=row["title"],
        unit=row["of_unit"] or "",
        giver=names.get(row["giver_id"], ""),
        receiver=names[row["receiver_id"]],
        receiver_id=row["receiver_id"],
        from_on=row["from_on"],
        until_on=row["until_on"],
        processes=_names(row["scope"]),
        units=_names(row["units"]),
        letters=_names(row["letters"]),
        basis_number=row["basis_number"],
        basis_on=row["basis_on"],
        via=row["via_id"],
        state=state,
        state_title=STATES[state],
        accepted_on=row["accepted_on"],
        revoked_on=row["revoked_on"],
    )


def state_of(row: Mapping[str, Any], on: date) -> str:
    """How a mandate stands on a day: a key of ``STATES``."""
    if row["refused_on"] is not None:
        return "refused"
    if row["revoked_on"] is not None and row["revoked_on"] <= on:
        return "revoked"
    if row["until_on"] < on:
        return "over"
    return "proposed" if row["accepted_on"] is None else "accepted"


def _names(scope: str) -> tuple[str, ...]:
    return () if scope == EVERYTHING else tuple(scope.split(","))
