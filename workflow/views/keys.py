"""API keys: each their own; administrators see and end everybody's, and give systems keys that read and import.

Whoever uses a key does so in its holder's name, so nobody makes one for another, not even one that only reads: what is sealed
for its reader would be read by whoever has the key.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, select, tuple_

from policies.accounts import KEY_DAYS
from policies.civil_service import full_name
from policies.dates import written
from workflow.accounts.granting import end_key, grant_key
from workflow.accounts.own import require_factor
from workflow.callers import Caller
from workflow.effects import tell
from workflow.engine.engine import Engine
from workflow.errors import FieldError, InvalidForm, NotFound, NotYours
from workflow.forms import Form
from workflow.office import Office
from workflow.people.groups import members
from workflow.people.keys import SCOPES, covers
from workflow.queries import BadCursor
from workflow.tables import api_keys, people
from workflow.views.officers import ADMINISTRATOR, by, offices

#: Keys on a page.
_PAGE = 20
#: What a system's key may be for, and how its use begins.
SERVICE_SCOPES: Final = frozenset({"read", "import"})
SERVICE: Final = "Layanan "
#: Signs of a use that are left where it begins so.
_LONGEST: Final = 100 - len(SERVICE)


class NewKey(Form, frozen=True, kw_only=True):
    """A key as it is asked for. ``until_on``: its last day; ``service``: it is for a system that ``label`` names."""

    label: Annotated[str, Meta(title="Kegunaan", min_length=1, max_length=_LONGEST)]
    scopes: Annotated[tuple[Annotated[str, Meta(max_length=10)], ...], Meta(title="Cakupan", max_length=len(SCOPES))]
    until_on: Annotated[date, Meta(title="Berlaku sampai")]
    service: Annotated[bool, Meta(title="Kunci layanan", description="Bagi sistem lain; hanya bagi administrator")] = (
        False
    )


class KeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """A key: whose, what for, until when; the key itself is nowhere. ``state``: valid, revoked, expired or left."""

    id: str
    person_id: str
    holder: str
    label: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_on: date | None
    state: str
    state_title: str


class KeyList(msgspec.Struct, frozen=True, kw_only=True):
    """Keys, the newest first. ``longest_days``: how long a new one may be good for; ``next``: after which key the list goes on."""

    items: tuple[KeyLine, ...]
    longest_days: int
    next: str | None


class IssuedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A new key, which is shown this once."""

    key: str
    line: KeyLine


STATES = {"valid": "Berlaku", "revoked": "Dicabut", "expired": "Berakhir", "left": "Pemegang tercatat keluar"}


def key_list(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, everybody: bool = False, after: str = ""
) -> KeyList:
    """The caller's keys, or everybody's for an administrator; those made before the key ``after``. Raises NotFound, BadCursor."""
    listed = _KEYS
    if not everybody:
        listed = listed.where(api_keys.c.person_id == caller.person_id)
    elif ADMINISTRATOR not in offices(conn, caller):
        raise NotFound("Daftar semua kunci tidak ada, atau bukan untuk Anda lihat.")
    query = listed.order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc()).limit(_PAGE + 1)
    if after:
        last = conn.execute(listed.where(api_keys.c.id == after)).one_or_none()
        if last is None:
            raise BadCursor(after)
        query = query.where(tuple_(api_keys.c.created_at, api_keys.c.id) < (last.created_at, last.id))
    rows = conn.execute(query).all()
    return KeyList(
        items=tuple(_line(row, engine.office, at) for row in rows[:_PAGE]),
        longest_days=_longest(engine.office, at),
        next=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
    )


def issue(conn: Connection, engine: Engine, caller: Caller, at: datetime, form: NewKey) -> IssuedKey:
    """Issue a key in one's own name; as an administrator also for a system. Raises NotYours, InvalidForm, PeopleError.

    In a session whose second factor was given too long ago it is given once more: a key does without.
    """
    require_factor(conn, engine, caller, at)
    asked = frozenset(form.scopes)
    _check_scopes(conn, caller, asked, service=form.service)
    expires_at = _ends(conn, engine.office, caller, form.until_on, at)
    scopes = [scope for scope in SCOPES if scope in asked]
    label = f"{SERVICE}{' '.join(form.label.split())}" if form.service else form.label
    key, key_id = grant_key(conn, caller.person_id, label, scopes, at, expires_at, by(caller))
    if form.service:
        _tell_administrators(conn, caller, label, at)
    return IssuedKey(key=key, line=_line(conn.execute(_KEYS.where(api_keys.c.id == key_id)).one(), engine.office, at))


def revoke(conn: Connection, engine: Engine, caller: Caller, at: datetime, key_id: str) -> KeyLine:
    """End a key at once: one's own, or anybody's as an administrator. Raises NotFound."""
    row = conn.execute(_KEYS.where(api_keys.c.id == key_id)).one_or_none()
    if row is None or (row.person_id != caller.person_id and ADMINISTRATOR not in offices(conn, caller)):
        raise NotFound("Kunci itu tidak ada, atau bukan milik Anda.")
    end_key(conn, key_id, at, by(caller))
    return _line(conn.execute(_KEYS.where(api_keys.c.id == key_id)).one(), engine.office, at)


def _check_scopes(conn: Connection, caller: Caller, asked: frozenset[str], *, service: bool) -> None:
    """What a key may be for: no more than what it is asked with; a system's, to read and import. Raises NotYours, InvalidForm."""
    if service and ADMINISTRATOR not in offices(conn, caller):
        raise NotYours("Kunci layanan bagi sistem lain hanya diterbitkan oleh administrator.")
    if not asked or not asked <= frozenset(SCOPES):
        raise _fault("scopes", "Cakupan", f"Pilih satu atau lebih dari: {', '.join(SCOPES)}.")
    if not all(covers(caller.scopes, scope) for scope in asked):
        held = ", ".join(sorted(caller.scopes))
        raise _fault("scopes", "Cakupan", f"Cakupan kunci baru tidak dapat melebihi cakupan Anda sendiri: {held}.")
    if service and not asked <= SERVICE_SCOPES:
        says = "Kunci layanan hanya membaca dan mengimpor. Yang bertindak dan menandatangani selalu orang, dengan kuncinya sendiri."
        raise _fault("scopes", "Cakupan", says)


def _tell_administrators(conn: Connection, caller: Caller, label: str, at: datetime) -> None:
    others = set(members(conn, ADMINISTRATOR, on=caller.on)) - {caller.person_id}
    says = f"{caller.name} menerbitkan kunci layanan “{label}”."
    tell(conn, None, dict.fromkeys(others, says), at, title="Kunci API", page="/kelola/kunci")


def _ends(conn: Connection, office: Office, caller: Caller, until_on: date, at: datetime) -> datetime:
    """The end of the last day; within what the rules allow, and with a key no later than that key. Raises InvalidForm."""
    today, longest = office.day(at), _longest(office, at)
    if not today <= until_on <= today + timedelta(days=longest):
        last = written(today + timedelta(days=longest))
        raise _fault("until_on", "Berlaku sampai", f"Pilih hari dari hari ini sampai {last} ({longest} hari).")
    ends = datetime.combine(until_on + timedelta(days=1), time(), office.zone)
    own = select(api_keys.c.expires_at).where(api_keys.c.id == caller.key_id)
    most = conn.execute(own).scalar() if caller.key_id else None
    if most is not None and ends > most:
        says = "Kunci yang diminta dengan kunci tidak dapat berlaku lebih lama daripada kunci itu. Pilih hari yang lebih awal."
        raise _fault("until_on", "Berlaku sampai", says)
    return ends


def _longest(office: Office, at: datetime) -> int:
    on = office.day(at)
    return int(office.policies.on(on)[KEY_DAYS].value)


def _fault(field: str, label: str, says: str) -> InvalidForm:
    return InvalidForm("Periksa isian berikut.", fields=(FieldError(field, label, says),))


def _line(row: Row[Any], office: Office, at: datetime) -> KeyLine:
    state = "valid"
    if row.revoked_at is not None:
        state = "revoked"
    elif row.expires_at is not None and row.expires_at <= at:
        state = "expired"
    elif row.left_on is not None and row.left_on <= office.day(at):
        state = "left"
    return KeyLine(
        id=row.id,
        person_id=row.person_id,
        holder=full_name(row.front_title, row.name, row.back_title),
        label=row.label,
        scopes=tuple(row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_on=row.last_used_on,
        state=state,
        state_title=STATES[state],
    )


_KEYS = select(api_keys, people.c.front_title, people.c.name, people.c.back_title, people.c.left_on).join_from(
    api_keys, people, people.c.id == api_keys.c.person_id
)
