"""Finding a person, and the officer's word about them: left, back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select, update

from policies.civil_service import full_name
from policies.dates import written
from policies.files import EARLIEST_YEAR, LATEST_YEAR
from policies.nip import NotANip, read_nip
from workflow.errors import Problem
from workflow.people.tenures import note_vacancies
from workflow.tables import people, positions, sessions

#: The highest age of retirement is 70 (UU 14/2005, professors); the rest is room for whoever is told late.
OLDEST_IN_SERVICE = 75

#: What those are who belong to a partner: its contacts, and the guides whom it appoints.
OUTSIDERS: Final = frozenset({"contact", "guide"})

#: Days that an absence or a mandate can last: ten years.
LONGEST_SPAN = 3660


class PeopleError(Problem):
    """Something about people, posts, groups, mandates or keys that cannot be."""

    status, type, title = 422, "people", "Data kepegawaian tidak memungkinkan"


class UnknownPerson(PeopleError):
    """Nobody, or more than one, answers to this NIP, id or e-mail address."""

    status, type, title = 404, "unknown-person", "Orang tidak dikenal"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone known here: ``kind`` is staff, contact or guide (of a partner) or official (the regent)."""

    id: str
    kind: str
    nip: str | None
    name: str
    front_title: str
    back_title: str
    post: str | None
    unit_id: str | None
    partner_id: str | None
    email: str | None
    left_on: date | None

    @property
    def full_name(self) -> str:
        """Name with academic titles."""
        return full_name(self.front_title, self.name, self.back_title)


_COLUMNS = tuple(people.c[name] for name in Person.__slots__)


def find_person(conn: Connection, text: str) -> Person:
    """The person with this NIP (in any common form), id or exact e-mail address. Raises UnknownPerson.

    Of several with one address, those who have left do not count.
    """
    text = text.strip()
    if "@" in text:
        return _by_email(conn, text)
    found = _select(conn, people.c.id == text)
    if found:
        return found[0]
    try:
        digits = read_nip(text).digits
    except NotANip as wrong:
        raise UnknownPerson(f"Tidak ada orang dengan NIP, id, atau alamat surel {text!r} ({wrong}).") from wrong
    found = _select(conn, people.c.nip == digits)
    if not found:
        raise UnknownPerson(f"NIP {digits} belum dikenal. Impor data pegawai lebih dahulu, atau periksa angkanya.")
    return found[0]


def _by_email(conn: Connection, text: str) -> Person:
    found = _select(conn, func.lower(people.c.email) == text.casefold())
    serving = [person for person in found if person.left_on is None] or found
    if not serving:
        raise UnknownPerson(f"Tidak ada orang dengan alamat surel {text}.")
    if len(serving) > 1:
        names = ", ".join(f"{person.full_name} ({person.nip or person.id})" for person in serving)
        raise UnknownPerson(f"Alamat surel {text} dipakai oleh {len(serving)} orang: {names}. Sebutkan NIP atau id.")
    return serving[0]


def people_with(conn: Connection, words: str) -> list[Person]:
    """Everybody in whose name these words stand, one after the other, in small letters or capitals."""
    return _select(conn, people.c.name.icontains(words, autoescape=True))


def _select(conn: Connection, condition: ColumnElement[bool]) -> list[Person]:
    rows = conn.execute(select(*_COLUMNS).where(condition).order_by(people.c.nip, people.c.id))
    return [Person(**row) for row in rows.mappings()]


def leave(conn: Connection, who: str, on: date, *, today: date | None = None) -> Person:
    """Records that someone is no longer here from ``on``, their first day away. Raises PeopleError.

    Their posts become vacant at once, unless ``today`` is given and ``on`` lies after it: then ``vacate_due`` does
    that.
    """
    person = find_person(conn, who)
    _require_within_service(person, on)
    conn.execute(update(people).where(people.c.id == person.id).values(left_on=on, missing_since=None))
    if today is None or on <= today:
        conn.execute(update(positions).where(positions.c.holder_id == person.id).values(holder_id=None))
        note_vacancies(conn, on)
        # What is open now is not open again should this be taken back.
        open_now = (sessions.c.person_id == person.id, sessions.c.ended_at.is_(None))
        conn.execute(update(sessions).where(*open_now).values(ended_at=datetime.combine(on, time.min, UTC)))
    return find_person(conn, person.id)


def _require_within_service(person: Person, on: date) -> None:
    """Nobody leaves before they were appointed, nor serves beyond the highest age of retirement."""
    if person.nip is None:
        require_plausible(on)
        return
    nip = read_nip(person.nip)
    appointed_on = date(nip.appointed.year, nip.appointed.month or 1, 1)
    if on < appointed_on:
        raise PeopleError(
            f"{person.full_name} tidak mungkin keluar sejak {written(on)}: menurut NIP baru diangkat tahun "
            f"{nip.appointed.year}. Periksa tanggalnya."
        )
    age = on.year - nip.birth_on.year
    if age > OLDEST_IN_SERVICE:
        raise PeopleError(
            f"{person.full_name} tidak mungkin keluar sejak {written(on)}: menurut NIP lahir tahun {nip.birth_on.year}, "
            f"sehingga pada tahun itu berumur {age} tahun, melampaui batas usia pensiun mana pun. Periksa tanggalnya."
        )


def require_plausible(*days: date) -> None:
    """Raises PeopleError for a day of another age, and for a span of more than ten years."""
    for day in days:
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise PeopleError(f"{written(day)} di luar tahun {EARLIEST_YEAR} sampai {LATEST_YEAR}. Periksa tahunnya.")
    if (max(days) - min(days)).days > LONGEST_SPAN:
        raise PeopleError(
            f"{written(min(days))} sampai {written(max(days))} lebih dari sepuluh tahun. Periksa tahunnya."
        )


def rejoin(conn: Connection, who: str) -> Person:
    """Takes back that someone has left. Their posts come back with the next import, or stay with their successors."""
    person = find_person(conn, who)
    if person.left_on is None:
        raise PeopleError(f"{person.full_name} tidak tercatat keluar.")
    conn.execute(update(people).where(people.c.id == person.id).values(left_on=None))
    return find_person(conn, person.id)


def vacate_due(conn: Connection, on: date) -> int:
    """Makes vacant the posts of everyone who has left by ``on``; answers how many. For the daily sweep."""
    departed = select(people.c.id).where(people.c.left_on <= on)
    result = conn.execute(update(positions).where(positions.c.holder_id.in_(departed)).values(holder_id=None))
    note_vacancies(conn, on)
    return result.rowcount
