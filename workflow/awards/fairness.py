"""Who is nominated, scored and given awards, by unit, sex, rank and kind; how members score; the same few again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, or_, select

from policies.civil_service import NotRecognised, read_rank
from policies.dates import months_earlier, written
from policies.decision import Grade, Reason
from policies.fairness import LEAST_PEOPLE, REPEATED_YEARS, percent, without_small
from policies.incentive import title_of
from policies.nip import Kind
from policies.parameters import Law, NotInForce, Value
from workflow.awards.given import Given, all_given
from workflow.awards.spread import MemberSpread, spread
from workflow.errors import Refused
from workflow.office import Office
from workflow.tables import people, units


class FairnessLine(msgspec.Struct, frozen=True, kw_only=True):
    """A group of people: how many are staff, were nominated, scored and awarded; null where so few are meant that it is not told.

    ``nominated_share``: percent of staff; ``awarded_share``: percent of those nominated.
    """

    code: str
    title: str
    staff: int | None
    nominated: int | None
    scored: int | None
    awarded: int | None
    nominated_share: int | None
    awarded_share: int | None


class FairnessTable(msgspec.Struct, frozen=True, kw_only=True):
    """The lines by one thing: unit, sex, rank or kind."""

    code: str
    title: str
    lines: tuple[FairnessLine, ...]


class Repeated(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was given awards more than once within the years of the parameter."""

    person_id: str
    name: str
    nip: str
    unit: str
    awards: tuple[str, ...]


class Fairness(msgspec.Struct, frozen=True, kw_only=True):
    """A year of awards. ``repeated_people``: how many were given several; null where that is too few to be told.

    ``repeated`` and ``members`` name people: for the personnel agency and auditors alone, empty for all others.
    """

    year: int
    says: str
    by: tuple[str, ...]
    total: FairnessLine
    tables: tuple[FairnessTable, ...]
    repeated_people: int | None
    repeated: tuple[Repeated, ...] = ()
    members: tuple[MemberSpread, ...] = ()


def fairness(conn: Connection, office: Office, year: int, on: date, *, open_to_all: bool) -> Fairness:
    """A year's figures; those ``open_to_all`` say nothing about too few people, and name nobody.

    Raises Refused where the law does not say how few may be told of.
    """
    least, within = _parameters(office.policies.on(on))
    day = min(on, date(year, 12, 31))
    given = all_given(conn, office)
    nominated = [each for each in given if each.nominated_on.year == year]
    members = [
        _Member.of(row) for row in conn.execute(_STAFF.where(or_(people.c.left_on.is_(None), people.c.left_on > day)))
    ]
    shown = least.value if open_to_all else 0
    tables = tuple(_table(code, title, members, nominated, shown) for code, title in _TABLES.items())
    again = _repeated([each for each in given if each.awarded_on and each.awarded_on <= day], day, within.value)
    return Fairness(
        year=year,
        says=_says(year, day, least.value, within.value),
        by=tuple(dict.fromkeys((least.by, within.by))),
        total=_lines([_counted("", "Jumlah", members, nominated)], shown)[0],
        tables=tables,
        repeated_people=without_small([len(again)], shown)[0],
        repeated=() if open_to_all else again,
        members=() if open_to_all else spread(conn, office, year),
    )


def _parameters(law: Law) -> tuple[Value[int], Value[int]]:
    """How few are not told of, and over how many years awards count as repeated. Raises Refused."""
    try:
        return law[LEAST_PEOPLE], law[REPEATED_YEARS]
    except NotInForce as absent:
        remedy = "Lengkapi riwayat ketentuan itu."
        raise Refused(str(absent), reasons=(Reason(Grade.REFUSED, str(absent), (), remedy),)) from absent


def _says(year: int, day: date, least: int, within: int) -> str:
    return (
        f"Orang yang diusulkan pada tahun {year}, bagaimanapun kelanjutan usulnya, dibandingkan dengan pegawai yang bertugas pada "
        f"{written(day)}. Angka tentang kurang dari {least} orang hanya untuk unit kepegawaian dan auditor. Penerima berulang "
        f"dihitung dalam {within} tahun terakhir."
    )


# --- By unit, sex, rank and kind -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Member:
    """A person of staff under what figures are made by."""

    person_id: str
    unit: tuple[str, str]
    sex: tuple[str, str]
    rank: tuple[str, str]

    @classmethod
    def of(cls, row: Any) -> _Member:
        """From a row of staff."""
        return cls(row.id, *_groups(row.unit_id or "", row.unit_name or "", row.sex, row.asn_kind, row.grade))


_TABLES: Final = {
    "unit": "Perangkat daerah",
    "sex": "Jenis kelamin",
    "rank": "Golongan",
    "kind": "Jenis penghargaan",
}
_SEXES: Final = {"L": "Laki-laki", "P": "Perempuan"}
_UNKNOWN: Final = ("", "Belum diketahui")


def _groups(
    unit_id: str, unit: str, sex: str | None, asn_kind: str | None, grade: str | None
) -> tuple[tuple[str, str], tuple[str, str], tuple[str, str]]:
    return (
        (unit_id, unit) if unit_id else _UNKNOWN,
        (sex, _SEXES[sex]) if sex in _SEXES else _UNKNOWN,
        _rank(asn_kind, grade),
    )


def _rank(asn_kind: str | None, grade: str | None) -> tuple[str, str]:
    """The golongan without its room, under the kind of servant: I to IV of PNS, I to XVII of PPPK."""
    if asn_kind not in tuple(Kind) or not grade:
        return _UNKNOWN
    try:
        room = read_rank(grade, Kind(asn_kind)).grade.split("/")[0]
    except NotRecognised:
        return _UNKNOWN
    return f"{asn_kind} {room}", f"{asn_kind} golongan {room}"


def _group_of(code: str) -> Callable[[Given], tuple[str, str]]:
    if code == "kind":
        return lambda each: (each.kind, title_of(each.kind))
    index = list(_TABLES).index(code)
    return lambda each: _groups(each.unit_id, each.unit, each.sex, each.asn_kind, each.grade)[index]


def _table(code: str, title: str, members: Sequence[_Member], nominated: Sequence[Given], least: int) -> FairnessTable:
    staff: dict[tuple[str, str], list[_Member]] = defaultdict(list)
    sent: dict[tuple[str, str], list[Given]] = defaultdict(list)
    group_of = _group_of(code)
    for member in members:
        if code != "kind":
            staff[getattr(member, code)].append(member)
    for each in nominated:
        sent[group_of(each)].append(each)
    # Every kind is open to all: its share is of all staff.
    lines = [
        _counted(*group, members if code == "kind" else staff.get(group, ()), sent.get(group, ()))
        for group in sorted({*staff, *sent}, key=lambda group: (group == _UNKNOWN, group[1], group[0]))
    ]
    return FairnessTable(code=code, title=title, lines=_lines(lines, least))


_COUNTS: Final = ("staff", "nominated", "scored", "awarded")


@dataclass(frozen=True)
class _Counted:
    """A line before anything of it is hidden: people, each once."""

    code: str
    title: str
    counts: Mapping[str, int]


def _counted(code: str, title: str, members: Sequence[_Member], sent: Sequence[Given]) -> _Counted:
    numbers = (
        len({each.person_id for each in members}),
        len({each.person_id for each in sent}),
        len({each.person_id for each in sent if each.scored}),
        len({each.person_id for each in sent if each.awarded}),
    )
    return _Counted(code, title, dict(zip(_COUNTS, numbers, strict=True)))


def _lines(counted: Sequence[_Counted], least: int) -> tuple[FairnessLine, ...]:
    columns = {name: without_small([each.counts[name] for each in counted], least) for name in _COUNTS}
    return tuple(_line(each, {name: columns[name][index] for name in _COUNTS}) for index, each in enumerate(counted))


def _line(counted: _Counted, shown: Mapping[str, int | None]) -> FairnessLine:
    return FairnessLine(
        code=counted.code,
        title=counted.title,
        **shown,
        nominated_share=_share(shown["nominated"], shown["staff"]),
        awarded_share=_share(shown["awarded"], shown["nominated"]),
    )


def _share(part: int | None, whole: int | None) -> int | None:
    """A share of what is told; of what is hidden none, since it would tell it."""
    return None if part is None or whole is None else percent(part, whole)


# --- The same few ----------------------------------------------------------------------------------------------------


def _repeated(awarded: Iterable[Given], day: date, years: int) -> tuple[Repeated, ...]:
    """Who was given awards more than once in the years before a day, the most first."""
    since = months_earlier(day, 12 * years)
    by_person: dict[str, list[Given]] = defaultdict(list)
    for each in sorted(awarded, key=lambda each: (each.awarded_on or day, each.case_id)):
        if each.awarded_on is not None and each.awarded_on > since:
            by_person[each.person_id].append(each)
    found = [
        Repeated(
            person_id=person,
            name=each[-1].name,
            nip=each[-1].nip,
            unit=each[-1].unit,
            awards=tuple(f"{title_of(one.kind)}, {written(one.awarded_on)}" for one in each if one.awarded_on),
        )
        for person, each in by_person.items()
        if len(each) > 1
    ]
    return tuple(sorted(found, key=lambda each: (-len(each.awards), each.name, each.person_id)))


_STAFF = (
    select(*(people.c[name] for name in ("id", "unit_id", "sex", "asn_kind", "grade")), units.c.name.label("unit_name"))
    .outerjoin(units, units.c.id == people.c.unit_id)
    .where(people.c.kind == "staff")
)
