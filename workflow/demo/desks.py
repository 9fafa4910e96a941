"""At whose desks something still lies when the demo ends: colleagues of those who have played, and who looks after the office."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from workflow.demo.cast import Cast, NoCast, Player, candidates, goes_through, named
from workflow.demo.pair import Pair
from workflow.demo.pair import goes_through as pair_goes_through
from workflow.demo.troupe import Troupe
from workflow.engine.engine import Engine
from workflow.people import members
from workflow.tables import people

#: Those beside the one whose request waits already, and those whose requests stand at different steps of their way.
BESIDE, ON_THEIR_WAY = 2, 8
#: Colleagues that are tried, at most, before fewer have to do.
TRIED = 30


@dataclass(frozen=True)
class Asker:
    """Somebody who asks, and the two who approve it at home."""

    player: Player
    supervisor: Player
    head: Player


@dataclass(frozen=True)
class Desks:
    """``colleagues`` have one supervisor with the cast's second; ``askers`` are of the participant's unit or of another.

    ``officer``: of the unit of the cast's second. ``mentee``: the second one of the pair's mentor.
    ``goers``: the troupe's, and then their substitute.
    """

    second: Asker
    goers: tuple[Asker, ...]
    colleagues: tuple[Asker, ...]
    askers: tuple[Asker, ...]
    officer: Player
    mentee: Asker
    administrators: tuple[Player, ...]
    auditors: tuple[Player, ...]

    @property
    def players(self) -> tuple[Player, ...]:
        """Each person once."""
        asking = (self.second, *self.goers, *self.colleagues, *self.askers, self.mentee)
        named_ = (
            *(player for each in asking for player in (each.player, each.supervisor, each.head)),
            self.officer,
            *self.administrators,
            *self.auditors,
        )
        return tuple({player.id: player for player in reversed(named_)}.values())[::-1]


def choose_desks(
    conn: Connection,
    engine: Engine,
    cast: Cast,
    troupe: Troupe,
    pair: Pair,
    asked: tuple[Mapping[str, Any], datetime],
    proposed: tuple[Mapping[str, Any], datetime],
) -> Desks:
    """Those who can ask; ``asked`` and ``proposed``: what they are tried with, and when; it is undone. Raises NoCast."""
    (request, at), (proposal, later) = asked, proposed
    form = {**request, "host": f"partner:{cast.host.code}"}
    rows = conn.execute(candidates()).all()
    by_id = {row.id: row for row in rows}
    busy = {player.id for player in (*cast.players, *troupe.players, *pair.players)}
    free = [row for row in rows if row.id not in busy]
    second = by_id[cast.second.id]
    beside = [row for row in rows if row.superior_id == cast.second_supervisor.id and row.id != cast.second.id]
    beside.sort(key=lambda row: row.id in busy)
    colleagues = tuple(_able(conn, engine, beside, form, at, BESIDE))
    taken = {each.player.id for each in colleagues}
    mentee = _other_mentee(conn, engine, [row for row in free if row.id not in taken], pair, by_id, proposal, later)
    taken.add(mentee.player.id)
    administrators, auditors = _all(conn, "administrator", "Administrator"), _all(conn, "auditor", "Auditor")
    taken |= {player.id for player in (*administrators, *auditors)}
    others = sorted(
        (row for row in free if row.id not in taken),
        key=lambda row: (row.superior_id != cast.supervisor.id, row.unit_id != second.unit_id),
    )
    return Desks(
        second=_asker(second),
        goers=tuple(_asker(by_id[goer.id], "Peserta rombongan") for goer in (*troupe.goers, troupe.substitute)),
        colleagues=colleagues,
        askers=tuple(_able(conn, engine, others, form, at, ON_THEIR_WAY)),
        officer=_one(conn, "personnel_officer", "Pengelola kepegawaian", second.unit_id),
        mentee=mentee,
        administrators=administrators,
        auditors=auditors,
    )


def _able(
    conn: Connection, engine: Engine, rows: Sequence[Row[Any]], form: Mapping[str, Any], at: datetime, most: int
) -> Iterator[Asker]:
    """The first of them whose requests would pass those who approve them at home."""
    found = 0
    for row in rows[:TRIED]:
        asker = _asker(row)
        if found < most and goes_through(conn, engine, row, (asker.supervisor, asker.head), form, at):
            found += 1
            yield asker


def _other_mentee(
    conn: Connection,
    engine: Engine,
    rows: Sequence[Row[Any]],
    pair: Pair,
    by_id: Mapping[str, Row[Any]],
    proposal: Mapping[str, Any],
    at: datetime,
) -> Asker:
    """Somebody else of the unit whom the pair's mentor may take as well, first one of the mentee's own superior."""
    mentor = by_id[pair.mentor.id]
    kept_apart: Collection[str] = {mentor.id, mentor.superior_id, mentor.head_id}
    alike = [row for row in rows if row.unit_id == pair.unit_id and row.id not in kept_apart]
    for row in sorted(alike, key=lambda each: each.superior_id != pair.supervisor.id)[:TRIED]:
        if pair_goes_through(conn, engine, row, mentor, proposal, at):
            return _asker(row, "Mentee")
    raise NoCast("Tidak ditemukan mentee kedua bagi mentor peragaan di perangkat daerahnya.")


def _asker(row: Row[Any], part: str = "Pemohon lain") -> Asker:
    return Asker(
        Player(row.id, named(row), row.post, part),
        Player(row.superior_id, named(row, "superior_"), row.superior_post, "Atasan langsung"),
        Player(row.head_id, named(row, "head_"), row.head_post, "Kepala perangkat daerah"),
    )


def _one(conn: Connection, group: str, part: str, unit: str = "") -> Player:
    return _all(conn, group, part, unit)[0]


def _all(conn: Connection, group: str, part: str, unit: str = "") -> tuple[Player, ...]:
    """Who belongs to a group. Raises NoCast where nobody does."""
    found: Final = members(conn, group, unit)
    if not found:
        raise NoCast(f"{part} belum ada dalam data; kelompoknya diisi oleh profil instansi.")
    rows = {row.id: row for row in conn.execute(select(people).where(people.c.id.in_(found)))}
    return tuple(Player(person, named(rows[person]), rows[person].post or "", part) for person in found)
