"""Looking somebody of the staff up by name or NIP: what colleagues know of each other anyway, and no more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, Row, Select, case, or_, select

from policies.civil_service import full_name
from workflow.accounts import pace
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import FieldError, InvalidForm, NotYours
from workflow.tables import people, units

#: People found at most: enough to choose from, too few to copy the staff.
MOST: Final = 20
#: Searches of one person in a minute; with scripts somebody who types asks a few times for one name.
SEARCHES: Final = 60
_SHORTEST, _LONGEST, _WORDS = 3, 100, 6
_NIP: Final = re.compile(r"[0-9]{18}")


class ColleagueLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the staff. ``nip_end``: the last four digits, which tell two of one name apart."""

    id: str
    name: str
    post: str
    unit: str
    nip_end: str


class ColleagueList(msgspec.Struct, frozen=True, kw_only=True):
    """Who was found, those of one's own unit first. ``more``: there are others beyond these."""

    items: tuple[ColleagueLine, ...]
    more: bool


def count_search(conn: Connection, _: Engine, caller: Caller, at: datetime, lines: int = 1) -> None:
    """Count a search of a person; of ``lines`` that are asked for by id, ``MOST`` count as one. Raises TooOften."""
    pace.count(conn, "colleagues", caller.person_id, at, most=SEARCHES, cost=-(-lines // MOST))


def colleague_list(conn: Connection, engine: Engine, caller: Caller, at: datetime, search: str) -> ColleagueList:
    """Staff in service by words of their name, post or unit, or by a whole NIP. Raises NotYours, InvalidForm."""
    _require_colleague(caller)
    text = " ".join(search.split())
    digits = re.sub(r"[\s.-]", "", text)
    query = _in_service(engine, at)
    if digits.isdecimal() and digits.isascii():
        if not _NIP.fullmatch(digits):
            raise _fault("NIP terdiri atas 18 angka. Ketik seluruhnya, atau cari dengan nama.")
        query = query.where(people.c.nip == digits)
    elif not _SHORTEST <= len(text) <= _LONGEST:
        raise _fault(f"Ketik sedikitnya {_SHORTEST} huruf nama, atau NIP lengkap.")
    else:
        for word in text.split()[:_WORDS]:
            query = query.where(
                or_(
                    *(
                        column.icontains(word, autoescape=True)
                        for column in (people.c.name, people.c.post, units.c.name)
                    )
                )
            )
    here = select(people.c.unit_id).where(people.c.id == caller.person_id).scalar_subquery()
    # Who works in no unit is of another: PostgreSQL would put what is not known before all that is.
    elsewhere = case((people.c.unit_id == here, 0), else_=1)
    query = query.order_by(elsewhere, people.c.name, people.c.id).limit(MOST + 1)
    rows = conn.execute(query).all()
    return ColleagueList(items=tuple(_line(row) for row in rows[:MOST]), more=len(rows) > MOST)


def colleagues_named(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, ids: Sequence[str]
) -> ColleagueList:
    """Those who were chosen already, by id or NIP, in that order; who is not in service is left out. Raises NotYours."""
    _require_colleague(caller)
    wanted = [each.replace(" ", "") for each in ids][: 2 * MOST]
    query = _in_service(engine, at).where(or_(people.c.id.in_(wanted), people.c.nip.in_(wanted)))
    found = {key: row for row in conn.execute(query) for key in (row.id, row.nip)}
    rows = {found[each].id: found[each] for each in wanted if each in found}
    return ColleagueList(items=tuple(_line(row) for row in rows.values()), more=False)


def _require_colleague(caller: Caller) -> None:
    """Contacts and guides of partners know nobody of the staff but whom their cases name."""
    if caller.kind not in ("staff", "official"):
        raise NotYours("Pencarian pegawai hanya bagi pegawai instansi ini.")


def _in_service(engine: Engine, at: datetime) -> Select[tuple[object, ...]]:
    on = engine.office.day(at)
    return (
        select(people, units.c.name.label("unit"))
        .join_from(people, units, units.c.id == people.c.unit_id, isouter=True)
        .where(people.c.kind == "staff", or_(people.c.left_on.is_(None), people.c.left_on > on))
    )


def _line(row: Row[tuple[object, ...]]) -> ColleagueLine:
    return ColleagueLine(
        id=row.id,
        name=full_name(row.front_title, row.name, row.back_title),
        post=row.post or "",
        unit=row.unit or "",
        nip_end=(row.nip or "")[-4:],
    )


def _fault(says: str) -> InvalidForm:
    return InvalidForm(says, fields=(FieldError("search", "Nama atau NIP", says),))
