"""Who meets in the demo's mentoring: a mentee, a mentor of the same kind of post, and who stands in for the head of their unit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from workflow.demo.cast import Cast, NoCast, Player, candidates, named
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.errors import Problem
from workflow.tables import people, positions, units

#: Pairs that are tried, at most, before the data is said not to fit.
TRIED = 60

PROCESS = "mentoring"

#: An export that leaves sanctions blank for everybody warns of everybody; the demo's people then know of it.
_ACKNOWLEDGED = ("mentoring.mentee_bears_no_heavy_sanction", "mentoring.mentor_bears_no_heavy_sanction")


@dataclass(frozen=True)
class Pair:
    """The two and who decides. ``stand_in`` acts for ``head``, who heads the unit, while the head is away."""

    unit_id: str
    unit_name: str
    mentee: Player
    mentor: Player
    supervisor: Player
    head: Player
    stand_in: Player

    @property
    def players(self) -> tuple[Player, ...]:
        """Each person once, in the order in which they act."""
        return self.mentee, self.supervisor, self.mentor, self.head, self.stand_in


def choose_pair(
    conn: Connection, engine: Engine, proposal: Mapping[str, Any], cast: Cast, went: Collection[str], at: datetime
) -> Pair:
    """A pair that can be proposed and approved; as mentee first one of those who ``went``, by id. Raises NoCast."""
    busy = {player.id for player in cast.players}
    rows = [row for row in conn.execute(candidates()) if row.id not in busy]
    tried = 0
    for row in sorted(rows, key=lambda each: each.id not in went):
        deputy = None if row.superior_id == row.head_id else _deputy(conn, row, busy)
        if deputy is None:
            continue
        for mentor in _mentors(rows, row, {deputy.id}):
            if goes_through(conn, engine, row, mentor, proposal, at):
                return _pair(row, mentor, deputy)
            tried += 1
        if tried > TRIED:
            break
    raise NoCast(
        "Tidak ditemukan sepasang mentor dan mentee dalam satu perangkat daerah yang pimpinannya dapat digantikan."
    )


def _mentors(rows: list[Row[Any]], mentee: Row[Any], others: Collection[str]) -> Iterator[Row[Any]]:
    """Colleagues of the unit in the same post and line, the most senior first."""
    alike = [
        row
        for row in rows
        if (row.unit_id, row.post) == (mentee.unit_id, mentee.post)
        and row.id not in (mentee.id, mentee.superior_id, mentee.head_id, *others)
    ]
    yield from sorted(alike, key=lambda row: (_rank(row), row.nip), reverse=True)


def _rank(row: Row[Any]) -> tuple[int, str]:
    """Its place among ranks as they are written: III/b before III/c, and II/d before III/a."""
    level, _, step = (row.grade or "").partition("/")
    return len(level) if level != "IV" else 4, step


def _deputy(conn: Connection, row: Row[Any], busy: Collection[str]) -> Row[Any] | None:
    """Who stands in for the head of a unit: a secretary first, else another official directly below the head."""
    query = (
        select(people)
        .join_from(people, units, units.c.head_position_id == people.c.superior_position_id)
        .join(positions, positions.c.holder_id == people.c.id)
        .where(
            units.c.id == row.unit_id,
            people.c.unit_id == row.unit_id,
            people.c.status == "Aktif",
            people.c.left_on.is_(None),
            people.c.post_kind == "Struktural",
            people.c.id.not_in({row.id, row.superior_id, row.head_id, *busy}),
        )
        .order_by(people.c.post.notlike("Sekretaris%"), people.c.nip)
    )
    return conn.execute(query).first()


def goes_through(
    conn: Connection, engine: Engine, mentee: Row[Any], mentor: Row[Any], proposal: Mapping[str, Any], at: datetime
) -> bool:
    """Whether the mentee could propose the mentor and all would agree; whatever was written is undone."""
    attempt = conn.begin_nested()
    try:
        case = engine.open(conn, PROCESS, Actor(mentee.id, mentee.name), {}, at).case_id
        acts: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
            ("propose", mentee.id, {**proposal, "mentor": mentor.id}),
            ("endorse", mentee.superior_id, {}),
            ("consent", mentor.id, {}),
            ("approve", mentee.head_id, {}),
        )
        for trigger, person_id, given in acts:
            engine.fire(conn, case, trigger, Actor(person_id, ""), given, at, acknowledge=_ACKNOWLEDGED)
    except Problem:
        return False
    finally:
        attempt.rollback()
    return True


def _pair(row: Row[Any], mentor: Row[Any], deputy: Row[Any]) -> Pair:
    return Pair(
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        mentee=Player(row.id, named(row), row.post, "Mentee"),
        mentor=Player(mentor.id, named(mentor), mentor.post, "Mentor"),
        supervisor=Player(row.superior_id, named(row, "superior_"), row.superior_post, "Atasan langsung mentee"),
        head=Player(row.head_id, named(row, "head_"), row.head_post, "Kepala perangkat daerah"),
        stand_in=Player(deputy.id, named(deputy), deputy.post, "Pelaksana harian"),
    )
