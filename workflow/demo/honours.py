"""Who is honoured in the demo and by whom: nominees for awards and medals, whoever is refused, the panel and who decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, exists, select

from policies.incentive import REGIONAL, SATYALANCANA
from workflow.awards.candidates import CandidateLine, candidates
from workflow.awards.reach import KindReach, reach
from workflow.demo.cast import Cast, NoCast, Player, budget_of, named
from workflow.office import Office
from workflow.people import members
from workflow.tables import people, positions, sanctions, units

#: How many are nominated, one more than are awarded.
MOST = 3
#: Those who could be refused that are looked at, at most.
TRIED = 40

#: What a verifier attests of a nominee whose record leaves it blank, by the rule that asks for it.
ATTESTED: Final = {"no_sanction_stands_in_the_way": "sanctions", "never_on_unpaid_leave": "unpaid_leave"}
#: What the demo's people reach on the way to their nomination, or hand in with it.
_REACHED: Final = "hours_are_reached"


@dataclass(frozen=True)
class Nominee:
    """Somebody who is nominated, by whom, for what. ``medal``: the one they hold; ``unknown``: facts that are still attested."""

    player: Player
    unit_id: str
    unit_name: str
    officer: Player
    head: Player
    kind: str
    medal: str
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """Who compares. The last of ``members`` heads the unit of a nominee, and has no part in that one."""

    chair: Player
    chair_substitute: Player
    secretary: Player
    members: tuple[Player, ...]
    substitute: Player

    @property
    def scoring(self) -> tuple[Player, ...]:
        """Chair, secretary and members."""
        return self.chair, self.secretary, *self.members


@dataclass(frozen=True)
class Honours:
    """Everybody of the awards. ``compared``: the best first; ``barred``: a nominee who is refused."""

    compared: tuple[Nominee, ...]
    medals: tuple[Nominee, ...]
    barred: Nominee
    panel: Panel
    regent: Player
    inspector: Player
    treasurer: Player
    budget_line: str
    budget_title: str

    @property
    def players(self) -> tuple[Player, ...]:
        """Each person once who acts or looks, in the order in which they do."""
        nominees = (*self.compared, *self.medals, self.barred)
        acting = [player for each in nominees for player in (each.officer, each.head)]
        everyone = (*acting, self.inspector, *self.panel.scoring, self.treasurer, self.regent, self.barred.player)
        return tuple({player.id: player for player in reversed(everyone)}.values())[::-1]


def choose_honours(
    conn: Connection, office: Office, cast: Cast, went: Sequence[str], others: Collection[str], on: date, ceiling: int
) -> Honours:
    """Those who can be nominated on a day, whom to compare first of those who ``went``, by id. Raises NoCast.

    ``others``: who has a part already that does not go with one in the awards. ``ceiling``: whole rupiah for all who are awarded.
    """
    regent = _regent(conn, office)
    taken = {cast.verifier.id, cast.secretary.id, cast.personnel_head.id, regent.id, *others}
    compared = _compared(conn, office, went, on)
    taken |= {each.player.id for each in compared}
    medals = _medals(conn, office, on, taken)
    taken |= {each.player.id for each in medals} | {each.officer.id for each in (*compared, *medals)}
    inspector = _member(conn, "inspektorat.clearance", taken, "Petugas Inspektorat")
    treasurer = _member(conn, "bkpsdm.budget", taken, "Pengelola anggaran")
    panel = _panel(conn, cast, compared, {*taken, inspector.id, treasurer.id})
    line, title = budget_of(conn, on.year, ceiling, "%penghargaan%")
    return Honours(
        compared=compared,
        medals=medals,
        barred=_barred(conn, office, compared, taken, on),
        panel=panel,
        regent=regent,
        inspector=inspector,
        treasurer=treasurer,
        budget_line=line,
        budget_title=title,
    )


# --- Nominees --------------------------------------------------------------------------------------------------------


def _compared(conn: Connection, office: Office, went: Sequence[str], on: date) -> tuple[Nominee, ...]:
    """Those who went and lack nothing but the JP which they get by going."""
    found: list[Nominee] = []
    for person in went:
        kind = _within_reach(conn, office, person, on)
        if kind is None or any(each.rule.rpartition(".")[2] != _REACHED for each in kind.missing):
            continue
        nominee = _nominee(conn, person, REGIONAL, _unknown(kind.unknown))
        if nominee is not None:
            found.append(nominee)
    if len(found) < MOST - 1:
        raise NoCast(
            "Di antara peserta magang tidak ditemukan dua pegawai yang dapat diusulkan sebagai pegawai berprestasi."
        )
    return tuple(found[:MOST])


def _within_reach(conn: Connection, office: Office, person: str, on: date) -> KindReach | None:
    """How far somebody is from an award of the region; None where what is not known cannot be attested."""
    kind = next(each for each in reach(conn, office, person, on).kinds if each.kind == REGIONAL)
    return kind if _attestable(kind.unknown) else None


def _attestable(unknown: Sequence[Any]) -> bool:
    return all(each.rule.rpartition(".")[2] in ATTESTED for each in unknown)


def _unknown(unknown: Sequence[Any]) -> tuple[str, ...]:
    """The facts that a verifier attests, so that these reasons fall away."""
    return tuple(dict.fromkeys(ATTESTED[each.rule.rpartition(".")[2]] for each in unknown))


def _medals(conn: Connection, office: Office, on: date, taken: Collection[str]) -> tuple[Nominee, ...]:
    """One for each medal, all of the unit in which most of them are found."""
    by_unit: dict[str, dict[str, CandidateLine]] = {}
    heads = set(
        conn.execute(select(positions.c.holder_id).join(units, units.c.head_position_id == positions.c.id)).scalars()
    )
    for kind in SATYALANCANA:
        (listed,) = candidates(conn, office, on, kind=kind).kinds
        # First whose record says all; a head of a unit is nominated by somebody else, which is another story.
        for line in sorted(listed.candidates, key=lambda each: (bool(each.unknown), bool(each.warnings))):
            if line.person_id not in {*taken, *heads} and not line.higher and _attestable(line.unknown):
                by_unit.setdefault(line.unit_id, {}).setdefault(kind, line)
    # The personnel unit would write to itself.
    ordered = sorted(by_unit, key=lambda unit: (unit == office.profile.personnel_unit, -len(by_unit[unit])))
    for lines in (by_unit[unit] for unit in ordered):
        made = [_nominee(conn, line.person_id, kind, _unknown(line.unknown)) for kind, line in lines.items()]
        found = [each for each in made if each is not None and each.officer.id != each.player.id]
        if len(found) > 1:
            return tuple(found)
    raise NoCast("Tidak ditemukan perangkat daerah dengan dua pegawai yang dapat diusulkan menerima Satyalancana.")


def _barred(conn: Connection, office: Office, compared: Sequence[Nominee], taken: Collection[str], on: date) -> Nominee:
    """A colleague of those who are nominated whom the law keeps from it, first one who bears a sanction."""
    graver = exists().where(sanctions.c.person_id == people.c.id, sanctions.c.level.in_(("sedang", "berat")))
    query = (
        select(people.c.id)
        .where(people.c.unit_id.in_({each.unit_id for each in compared}), people.c.kind == "staff", people.c.status == "Aktif",
            people.c.left_on.is_(None), people.c.post_kind != "Struktural", people.c.id.not_in(taken))
        .order_by(~graver, people.c.nip)
        .limit(TRIED)
    )  # fmt: skip
    for person in conn.execute(query).scalars():
        kind = _within_reach(conn, office, person, on)
        nominee = _nominee(conn, person, REGIONAL, ()) if kind is not None and kind.missing else None
        if nominee is not None:
            return nominee
    raise NoCast("Tidak ditemukan pegawai yang usul penghargaannya ditolak menurut data pegawai.")


def _nominee(conn: Connection, person: str, kind: str, unknown: tuple[str, ...]) -> Nominee | None:
    """Somebody with the personnel officer and the head of their unit; None where the unit lacks either."""
    head_post, head = positions.alias("head_post"), people.alias("head")
    row = conn.execute(
        select(people, units.c.name.label("unit_name"), head_post.c.title.label("head_post"), head.c.id.label("head_id"),
            head.c.front_title.label("head_front_title"), head.c.name.label("head_name"),
            head.c.back_title.label("head_back_title"))
        .join(units, units.c.id == people.c.unit_id)
        .join(head_post, head_post.c.id == units.c.head_position_id)
        .join(head, and_(head.c.id == head_post.c.holder_id, head.c.left_on.is_(None)))
        .where(people.c.id == person)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    officers = [each for each in members(conn, "personnel_officer", row.unit_id) if each not in (person, row.head_id)]
    if not officers:
        return None
    return Nominee(
        player=Player(row.id, named(row), row.post or "", "Calon penerima"),
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        officer=_player(conn, officers[0], "Pengelola kepegawaian"),
        head=Player(row.head_id, named(row, "head_"), row.head_post, "Kepala perangkat daerah"),
        kind=kind,
        medal=row.medal or "",
        unknown=unknown,
    )


# --- Who compares, and who decides -----------------------------------------------------------------------------------


def _panel(conn: Connection, cast: Cast, compared: Sequence[Nominee], taken: Collection[str]) -> Panel:
    """The secretary chairs, the head of the personnel unit records; heads of other units, and one of a nominee's own."""
    own = compared[-1].head
    units_of = {each.unit_id for each in compared}
    others = [row for row in _officials(conn) if row.id not in {*taken, own.id}]
    outside = [row for row in others if row.unit_id not in units_of]
    if len(outside) < 4:
        raise NoCast("Tidak ditemukan cukup pejabat di luar perangkat daerah calon untuk tim penilai dan penggantinya.")
    first, second, deputy, substitute = (
        Player(row.id, named(row), row.title, "Anggota tim penilai") for row in outside[:4]
    )
    return Panel(
        chair=cast.secretary,
        chair_substitute=deputy,
        secretary=cast.personnel_head,
        members=(first, second, Player(own.id, own.name, own.post, "Anggota tim penilai")),
        substitute=substitute,
    )


def _officials(conn: Connection) -> Iterator[Row[Any]]:
    """Whoever holds a structural post, heads of units first."""
    headed = exists().where(units.c.head_position_id == positions.c.id)
    yield from conn.execute(
        select(people, positions.c.title)
        .join_from(people, positions, positions.c.holder_id == people.c.id)
        .where(people.c.kind == "staff", people.c.status == "Aktif", people.c.left_on.is_(None),
            people.c.post_kind == "Struktural")
        .order_by(~headed, people.c.grade.desc(), people.c.nip)
    )  # fmt: skip


def _regent(conn: Connection, office: Office) -> Player:
    row = conn.execute(
        select(people, positions.c.title)
        .join_from(positions, people, people.c.id == positions.c.holder_id)
        .where(positions.c.id == office.post(conn, "regent"))
    ).one_or_none()
    if row is None:
        raise NoCast("Kepala daerah belum tercatat dalam profil instansi.")
    return Player(row.id, named(row), row.title, "Pejabat Pembina Kepegawaian")


def _member(conn: Connection, group: str, taken: Collection[str], part: str) -> Player:
    free = [person for person in members(conn, group) if person not in taken]
    if not free:
        raise NoCast(f"{part} belum ada, atau semua anggotanya mempunyai bagian lain dalam penghargaan peragaan.")
    return _player(conn, free[0], part)


def _player(conn: Connection, person: str, part: str) -> Player:
    row = conn.execute(select(people).where(people.c.id == person)).one()
    return Player(row.id, named(row), row.post or "", part)
