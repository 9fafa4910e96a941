"""Who goes together in the demo: colleagues of one unit with its personnel officer, chosen from whatever data there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from policies.calendar import Week
from workflow.demo.cast import (
    ACKNOWLEDGED,
    PROCESS,
    Cast,
    Host,
    NoCast,
    Player,
    budget_of,
    candidates,
    host_over,
    named,
)
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.errors import Problem
from workflow.people import members
from workflow.tables import people

#: How many go.
SIZE = 5
#: Colleagues of a unit that are tried, at most, before another unit is.
TRIED = 30


@dataclass(frozen=True)
class Troupe:
    """Those who go together, and who acts for them.

    ``supervisors`` beside ``goers``; ``substitute`` is free to go as a sixth; ``completer``: a verifier other than the cast's.
    """

    unit_name: str
    officer: Player
    goers: tuple[Player, ...]
    supervisors: tuple[Player, ...]
    substitute: Player
    head: Player
    completer: Player
    host: Host
    budget_line: str
    working_days: tuple[date, ...]

    @property
    def players(self) -> tuple[Player, ...]:
        """Each person once, in the order in which they act."""
        named_ = (
            self.officer,
            *self.goers,
            *self.supervisors,
            self.head,
            self.completer,
            self.host.contact,
            self.substitute,
        )
        return tuple({player.id: player for player in reversed(named_)}.values())[::-1]


def choose_troupe(conn: Connection, engine: Engine, request: Mapping[str, Any], cast: Cast, at: datetime) -> Troupe:
    """Those who can go together for a request, all of one unit; whatever is tried is undone. Raises NoCast."""
    first, last = date.fromisoformat(request["starts_on"]), date.fromisoformat(request["ends_on"])
    host = host_over(conn, first, last)
    line, _ = budget_of(conn, first.year, int(request["estimate"]) * (SIZE + 1))
    completer = _another_verifier(conn, cast)
    form = {**request, "host": f"partner:{host.code}"}
    busy = {player.id for player in cast.players} | {completer.id}
    for unit_id, rows in _by_unit(conn, busy).items():
        officer = _officer(conn, unit_id, busy | {rows[0].head_id})
        if officer is None or len(rows) <= SIZE:
            continue
        # The officer does the paperwork of colleagues, and is to approve none of them.
        others = [row for row in rows if officer.id not in (row.id, row.superior_id)]
        going = _together(conn, engine, others, form, at)
        if len(going) > SIZE:
            return _troupe(engine, going, officer, completer, host, line, (first, last))
    raise NoCast(
        f"Tidak ditemukan perangkat daerah dengan pengelola kepegawaian dan {SIZE + 1} pegawai yang dapat magang bersama."
    )


def _troupe(
    engine: Engine,
    going: list[Row[Any]],
    officer: Player,
    completer: Player,
    host: Host,
    budget_line: str,
    period: tuple[date, date],
) -> Troupe:
    first, row = period[0], going[0]
    office = engine.office
    week: Week = office.week(row.unit_id)
    days = (date.fromordinal(number) for number in range(first.toordinal(), period[1].toordinal() + 1))
    superiors = {each.superior_id: each for each in going[:SIZE]}.values()  # a substitute takes over what was approved
    return Troupe(
        unit_name=row.unit_name,
        officer=officer,
        goers=tuple(Player(each.id, named(each), each.post, "Peserta rombongan") for each in going[:SIZE]),
        supervisors=tuple(
            Player(each.superior_id, named(each, "superior_"), each.superior_post, "Atasan langsung")
            for each in superiors
        ),
        substitute=Player(going[SIZE].id, named(going[SIZE]), going[SIZE].post, "Peserta pengganti"),
        head=Player(row.head_id, named(row, "head_"), row.head_post, "Kepala perangkat daerah"),
        completer=completer,
        host=host,
        budget_line=budget_line,
        working_days=tuple(day for day in days if office.calendar.is_working(day, week, row.unit_id)),
    )


def _by_unit(conn: Connection, busy: set[str]) -> dict[str, list[Row[Any]]]:
    """The candidates of each unit, in the order in which candidates come; whoever has a part already is left out."""
    found: dict[str, list[Row[Any]]] = {}
    for row in conn.execute(candidates()):
        if row.id not in busy:
            found.setdefault(row.unit_id, []).append(row)
    return found


def _together(
    conn: Connection, engine: Engine, rows: list[Row[Any]], form: Mapping[str, Any], at: datetime
) -> list[Row[Any]]:
    """One more than go, who could be asked for and passed on one after the other; all of it is undone."""
    attempt = conn.begin_nested()
    try:
        going: list[Row[Any]] = []
        for row in rows[:TRIED]:
            if len(going) <= SIZE and _passed_on(conn, engine, row, form, at):
                going.append(row)
    finally:
        attempt.rollback()
    return going


def _passed_on(conn: Connection, engine: Engine, row: Row[Any], form: Mapping[str, Any], at: datetime) -> bool:
    attempt = conn.begin_nested()
    try:
        case = engine.open(conn, PROCESS, Actor(row.id, ""), {}, at).case_id
        for trigger, person_id, given in _steps(row, form):
            engine.fire(conn, case, trigger, Actor(person_id, ""), given, at, acknowledge=ACKNOWLEDGED)
    except Problem:
        attempt.rollback()
        return False
    attempt.commit()
    return True


def _steps(row: Row[Any], form: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    yield "submit", row.id, form
    yield "endorse", row.superior_id, {}
    yield "forward", row.head_id, {}


def _officer(conn: Connection, unit_id: str, others: set[str]) -> Player | None:
    """The unit's personnel officer, where somebody is one who has no other part."""
    free = [person for person in members(conn, "personnel_officer", unit_id) if person not in others]
    return _player(conn, free[0], "Pengelola kepegawaian") if free else None


def _another_verifier(conn: Connection, cast: Cast) -> Player:
    others = [person for person in members(conn, "bkpsdm.verifier") if person != cast.verifier.id]
    if not others:
        raise NoCast(
            "Kelompok verifikator BKPSDM hanya beranggota satu orang; yang mencatat tidak boleh menyelesaikan."
        )
    return _player(conn, others[0], "Verifikator akhir")


def _player(conn: Connection, person_id: str, part: str) -> Player:
    row = conn.execute(select(people).where(people.c.id == person_id)).one()
    return Player(row.id, named(row), row.post or "", part)
