"""Groups and API keys given and taken away: each on the log of whose it is, by whom, and the person is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, or_, select

from workflow.accounts.account import GROUP_JOINED, GROUP_LEFT, KEY_ISSUED, KEY_REVOKED, change, held
from workflow.accounts.sessions import hashed
from workflow.effects import tell
from workflow.people.groups import GROUPS, add_to_group, is_member, remove_from_group
from workflow.people.keys import ACTING, issue_key, revoke_key
from workflow.people.mandate_log import By
from workflow.people.person import Person, find_person
from workflow.tables import api_keys

#: What a message about an account is headed by.
_TITLE: Final = "Akun Jenjang Anda"


def join(conn: Connection, group: str, who: str, unit: str, at: datetime, by: By | None = None) -> Person:
    """Make somebody a member of a group; once there, nothing changes. Raises PeopleError."""
    person = find_person(conn, who)
    was_there = is_member(conn, group, person.id, unit)
    add_to_group(conn, group, person.id, unit)
    if not was_there:
        _note(conn, person.id, GROUP_JOINED, group_named(group, unit), at, by)
        _tell(conn, person.id, f"menambahkan Anda ke kelompok {group_named(group, unit)}", at, by)
    return person


def leave_group(conn: Connection, group: str, who: str, unit: str, at: datetime, by: By | None = None) -> Person:
    """Take somebody out of a group. Raises PeopleError."""
    person = find_person(conn, who)
    remove_from_group(conn, group, person.id, unit)
    _note(conn, person.id, GROUP_LEFT, group_named(group, unit), at, by)
    _tell(conn, person.id, f"mengeluarkan Anda dari kelompok {group_named(group, unit)}", at, by)
    return person


def grant_key(
    conn: Connection,
    who: str,
    label: str,
    scopes: Iterable[str],
    at: datetime,
    expires_at: datetime | None = None,
    by: By | None = None,
) -> tuple[str, str]:
    """A new API key and its id; the key itself is shown now or never. Raises PeopleError."""
    person = find_person(conn, who)
    key = issue_key(conn, person.id, label, scopes, at, expires_at)
    row = conn.execute(select(api_keys).where(api_keys.c.hash == hashed(key))).one()
    _note(conn, person.id, KEY_ISSUED, f"{row.label} ({row.scopes}), id {row.id}", at, by)
    if ACTING & set(row.scopes.split()):
        # Also of their own doing: whoever found their session open is not who reads their mail.
        says = f"Kunci API “{row.label}” yang dapat bertindak atas nama Anda baru saja diterbitkan."
        tell(
            conn,
            None,
            {person.id: f"{says} Bila bukan Anda yang menerbitkannya, cabutlah pada halaman Akun dan hubungi BKPSDM."},
            at,
            title=_TITLE,
            page="/akun",
        )
    return key, row.id


def valid_keys(conn: Connection, person_id: str, at: datetime) -> tuple[str, ...]:
    """The uses of somebody's keys that are good now, the newest first."""
    query = select(api_keys.c.label).where(*_good(person_id, at))
    return tuple(conn.execute(query.order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc())).scalars())


def end_keys(conn: Connection, person_id: str, at: datetime, by: By | None = None, *, acting: bool = False) -> int:
    """Revoke all of somebody's keys, or only those that are ``acting`` in their name; answers how many."""
    rows = conn.execute(select(api_keys.c.id, api_keys.c.scopes).where(*_good(person_id, at)).with_for_update()).all()
    ended = [row.id for row in rows if not acting or ACTING & set(row.scopes.split())]
    for key_id in sorted(ended):
        end_key(conn, key_id, at, by)
    return len(ended)


def _good(person_id: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    lasts = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > at)
    return api_keys.c.person_id == person_id, api_keys.c.revoked_at.is_(None), lasts


def end_key(conn: Connection, key_or_id: str, at: datetime, by: By | None = None) -> None:
    """Revoke an API key at once; once revoked it stays so. Raises PeopleError."""
    column = api_keys.c.hash if key_or_id.startswith("jj_") else api_keys.c.id
    value = hashed(key_or_id) if key_or_id.startswith("jj_") else key_or_id
    row = conn.execute(select(api_keys).where(column == value).with_for_update()).one_or_none()
    revoke_key(conn, key_or_id, at)
    if row is not None and row.revoked_at is None:
        _note(conn, row.person_id, KEY_REVOKED, f"{row.label}, id {row.id}", at, by)
        _tell(conn, row.person_id, f"mencabut kunci API Anda “{row.label}”", at, by)


def group_named(group: str, unit: str) -> str:
    """A group as people call it, with the unit whose own it is."""
    title = GROUPS.get(group, group)
    return f"{title} {unit}" if unit else title


def _note(conn: Connection, person_id: str, kind: str, remark: str, at: datetime, by: By | None) -> None:
    change(conn, held(conn, person_id), kind, {}, at, by=by, remark=remark)


def _tell(conn: Connection, person_id: str, did: str, at: datetime, by: By | None) -> None:
    """Tell whoever it is about what another did; of what is done on the command line whoever does it tells."""
    if by is not None and by.id and by.id != person_id:
        says = f"{by.name} {did}. Bila Anda tidak mengetahuinya, hubungi BKPSDM."
        tell(conn, None, {person_id: says}, at, title=_TITLE, page="/akun")
