"""Fills the groups that nobody has filled yet, so that a fresh agency can work: by the profile's words and by posts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert, or_, select

from policies.civil_service import NotRecognised, read_rank
from workflow.letters.profile import Profile
from workflow.people.groups import GROUPS, PER_UNIT, members
from workflow.people.person import UnknownPerson, find_person
from workflow.tables import group_members, people, positions, units

#: How a profile may call a group, beside the group's own name.
PROFILE_NAMES: Final = {
    "verifiers": "bkpsdm.verifier",
    "administrators": "administrator",
    "auditors": "auditor",
    "budget_officers": "bkpsdm.budget",
    "register_clerks": "register_clerk",
    "clearance_officers": "inspektorat.clearance",
    "personnel_officers": "personnel_officer",
}


@dataclass(frozen=True, slots=True)
class _Rule:
    """Whom a group takes from a place: how many, structural posts first or last, and which posts above others."""

    count: int
    structural_first: bool
    posts: re.Pattern[str]
    #: Where to look when the profile does not say: the personnel unit, or the unit of this name, and a part of it.
    unit: str
    subunit: str


def _rule(count: int, posts: str, unit: str = "", subunit: str = "", *, structural_first: bool = False) -> _Rule:
    return _Rule(count, structural_first, re.compile(posts, re.IGNORECASE), unit, subunit)


_RULES: Final = {
    "bkpsdm.verifier": _rule(3, "SDM|Kepegawaian", subunit="kompetensi", structural_first=True),
    "administrator": _rule(2, "Pranata Komputer|SDM|Kepegawaian", subunit="sekretariat"),
    "bkpsdm.budget": _rule(2, "Keuangan|Bendahara|Anggaran|Perencana", subunit="sekretariat"),
    "register_clerk": _rule(2, "Arsiparis|Pengadministrasi|Sekretaris", subunit="sekretariat"),
    "auditor": _rule(2, "Auditor|Pengawas", unit="inspektorat"),
    "inspektorat.clearance": _rule(2, "Sekretaris|Auditor", unit="inspektorat", structural_first=True),
}

_OFFICER_POSTS = (
    re.compile(r"^Sekretaris\b", re.IGNORECASE),
    re.compile("Tata Usaha", re.IGNORECASE),
    re.compile(r"Bagian.*\b(Umum|Kepegawaian)", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class _Colleague:
    """Someone who could be chosen."""

    id: str
    nip: str
    unit_id: str
    subunit: str
    post: str
    structural: bool
    heads_unit: bool
    level: int


def default_groups(conn: Connection, profile: Profile) -> tuple[str, ...]:
    """Fills each group that has no member; answers, in Indonesian, what stayed empty.

    The profile's ``groups`` name people by NIP, who all become members, or places to choose a few from: a unit
    (``BKPSDM``) or a part of it (``BKPSDM/Sekretariat``). Who heads a unit is chosen last, since they sign.
    """
    everyone = _everyone(conn)
    asked = {PROFILE_NAMES.get(name, name): references for name, references in profile.groups.items()}
    remarks = [
        f"Kelompok {name!r} dalam profil tidak dikenal. Yang ada: {', '.join(PROFILE_NAMES)}."
        for name in asked
        if name not in GROUPS
    ]
    for group in GROUPS:
        if group in PER_UNIT or members(conn, group):
            continue
        named = _named(conn, asked.get(group, ()), remarks)
        chosen = named or _choose(_RULES[group], _place(everyone, asked.get(group, ()), _RULES[group], profile))
        if chosen:
            _add(conn, group, "", chosen)
        else:
            remarks.append(f"{GROUPS[group]} belum ada anggotanya: tidak ditemukan pegawai yang sesuai.")
    return (*remarks, *_fill_personnel_officers(conn, everyone))


def _everyone(conn: Connection) -> list[_Colleague]:
    """Staff in active service, and what tells them apart."""
    heads = select(positions.c.holder_id).join(units, units.c.head_position_id == positions.c.id)
    columns = (
        people.c.id, people.c.nip, people.c.unit_id, people.c.subunit, people.c.post, people.c.post_kind,
        people.c.asn_kind, people.c.grade, people.c.id.in_(heads).label("heads_unit"),
    )  # fmt: skip
    active = or_(people.c.status.is_(None), people.c.status == "Aktif")
    rows = conn.execute(
        select(*columns).where(people.c.kind == "staff", people.c.left_on.is_(None), active).order_by(people.c.nip)
    )
    return [
        _Colleague(
            id=row.id,
            nip=row.nip,
            unit_id=row.unit_id or "",
            subunit=row.subunit or "",
            post=row.post or "",
            structural=row.post_kind == "Struktural",
            heads_unit=row.heads_unit,
            level=_level(row),
        )
        for row in rows
    ]


def _level(row: Any) -> int:
    try:
        return read_rank(row.grade or "", row.asn_kind or "PNS").level
    except NotRecognised:
        return 0


def _named(conn: Connection, references: Iterable[str], remarks: list[str]) -> list[str]:
    chosen = []
    for reference in references:
        if reference.replace(" ", "").isdigit():
            try:
                chosen.append(find_person(conn, reference).id)
            except UnknownPerson as unknown:
                remarks.append(str(unknown))
    return chosen


def _place(everyone: list[_Colleague], references: Iterable[str], rule: _Rule, profile: Profile) -> list[_Colleague]:
    """Among whom a group is chosen: the profile's places, else the rule's; a whole unit where its part is not found."""
    found: list[_Colleague] = []
    for reference in references:
        unit, _, subunit = reference.partition("/")
        of_unit = _of_unit(everyone, lambda code, unit=unit: code == unit.casefold())  # type: ignore[misc]
        found += [each for each in of_unit if not subunit or each.subunit.casefold() == subunit.casefold()] or of_unit
    if found:
        return found
    personnel = profile.personnel_unit.casefold()
    of_unit = _of_unit(everyone, lambda code: code.startswith(rule.unit) if rule.unit else code == personnel)
    return [each for each in of_unit if rule.subunit in each.subunit.casefold()] or of_unit


def _of_unit(everyone: list[_Colleague], which: Callable[[str], bool]) -> list[_Colleague]:
    return [each for each in everyone if which(each.unit_id.casefold())]


def _choose(rule: _Rule, place: list[_Colleague]) -> list[str]:
    def order(each: _Colleague) -> tuple[bool, bool, bool, int, str]:
        fits = bool(rule.posts.search(each.post))
        return each.heads_unit, each.structural is not rule.structural_first, not fits, -each.level, each.nip

    return [each.id for each in sorted(place, key=order)[: rule.count]]


def _fill_personnel_officers(conn: Connection, everyone: list[_Colleague]) -> list[str]:
    """The unit's secretary, else the head of its tata usaha, else another structural post, else its head."""
    remarks = []
    for unit in conn.execute(select(units.c.id).order_by(units.c.id)).scalars():
        if members(conn, "personnel_officer", unit):
            continue
        officers = [each for each in everyone if each.unit_id == unit and each.structural]
        officers.sort(key=lambda each: (each.heads_unit, _officer_post(each.post), -each.level, each.nip))
        if officers:
            _add(conn, "personnel_officer", unit, [officers[0].id])
        else:
            remarks.append(f"{GROUPS['personnel_officer']} {unit} belum ada: tidak ada pejabat struktural yang aktif.")
    return remarks


def _officer_post(post: str) -> int:
    return next((rank for rank, pattern in enumerate(_OFFICER_POSTS) if pattern.search(post)), len(_OFFICER_POSTS))


def _add(conn: Connection, group: str, unit: str, chosen: list[str]) -> None:
    # Members who have left are still on the list.
    known = group_members.c.group_name == group, group_members.c.unit_id == unit
    there = set(conn.execute(select(group_members.c.person_id).where(*known)).scalars())
    new = [person for person in dict.fromkeys(chosen) if person not in there]
    rows = [{"group_name": group, "unit_id": unit, "person_id": person} for person in new]
    if rows:
        conn.execute(insert(group_members), rows)
