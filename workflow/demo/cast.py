"""Who plays in the demo: people chosen from whatever data there is, by what they are and hold, never by number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, select

from policies.civil_service import full_name
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.errors import Problem
from workflow.letters.routing import initiallers
from workflow.office import Office
from workflow.people import members
from workflow.tables import absences, agreements, budgets, partners, people, positions, postings, sanctions, units

#: Requests that are tried, at most, before the data is said not to fit.
TRIED = 60

PROCESS = "internship"


class NoCast(Exception):
    """The data lacks somebody or something that the demo needs; says what, in Indonesian."""


@dataclass(frozen=True)
class Player:
    """Somebody in the demo, and what they are called there."""

    id: str
    name: str
    post: str
    part: str


@dataclass(frozen=True)
class Host:
    """A partner with an agreement over the whole period, and its contact."""

    code: str
    name: str
    contact: Player


@dataclass(frozen=True)
class Cast:
    """Everybody of the demo. ``second``: a colleague whose own request is left waiting for ``second_supervisor``."""

    participant: Player
    supervisor: Player
    head: Player
    verifier: Player
    secretary: Player
    personnel_head: Player
    second: Player
    second_supervisor: Player
    host: Host
    budget_line: str
    budget_title: str
    six_day_week: bool

    @property
    def players(self) -> tuple[Player, ...]:
        """Each person once, in the order in which they act."""
        named = (
            self.participant, self.supervisor, self.head, self.verifier, self.secretary, self.host.contact, self.personnel_head,
            self.second, self.second_supervisor,
        )  # fmt: skip
        return tuple({player.id: player for player in reversed(named)}.values())[::-1]


def choose(conn: Connection, engine: Engine, request: Mapping[str, Any], at: datetime) -> Cast:
    """The cast for a request on a day. Candidates are tried in a transaction that is undone. Raises NoCast."""
    first, last = date.fromisoformat(request["starts_on"]), date.fromisoformat(request["ends_on"])
    host, (line, line_title) = host_over(conn, first, last), budget_of(conn, first.year, int(request["estimate"]))
    verifier = _verifier(conn)
    form = {**request, "host": f"partner:{host.code}"}
    secretary = _holder(conn, engine.office.post(conn, "secretary"), "Sekretaris Daerah")
    personnel_head = _holder(conn, engine.office.post(conn, "personnel_head"), "Kepala unit kepegawaian")
    taken = {verifier.id, secretary.id, personnel_head.id}
    found: list[tuple[Row[Any], Player, Player]] = []
    for row in conn.execute(candidates().limit(TRIED)).all():
        if row.id in taken or (found and row.superior_id == found[0][0].superior_id):
            continue
        supervisor = Player(row.superior_id, named(row, "superior_"), row.superior_post, "Atasan langsung")
        head = Player(row.head_id, named(row, "head_"), row.head_post, "Kepala perangkat daerah")
        if goes_through(conn, engine, row, (supervisor, head), form, at):
            found.append((row, supervisor, head))
        if len(found) == 2:
            break
    if len(found) < 2:
        raise NoCast(
            "Tidak ditemukan dua pegawai aktif dengan atasan dan kepala unit yang permohonannya dapat diajukan."
        )
    (row, supervisor, head), (second, second_supervisor, _) = found
    return Cast(
        participant=Player(row.id, named(row), row.post, "Peserta magang"),
        supervisor=supervisor,
        head=head,
        verifier=verifier,
        secretary=secretary,
        personnel_head=personnel_head,
        second=Player(second.id, named(second), second.post, "Pemohon lain"),
        second_supervisor=Player(
            second_supervisor.id, second_supervisor.name, second_supervisor.post, "Atasan langsung pemohon lain"
        ),
        host=host,
        budget_line=line,
        budget_title=line_title,
        six_day_week=row.unit_id in engine.office.profile.six_day_units,
    )


def initialling(conn: Connection, office: Office, others: Collection[str]) -> tuple[Player, ...]:
    """Those who initial letters by the agency's profile, but for others who have a part already."""
    query = select(people).where(people.c.id.in_(initiallers(conn, office).difference(others))).order_by(people.c.nip)
    return tuple(Player(row.id, named(row), row.post or "", "Pembubuh paraf") for row in conn.execute(query))


def named(row: Any, prefix: str = "") -> str:
    """The full name in a row of ``people``; ``prefix``: that of somebody beside them in the row."""
    return full_name(*(getattr(row, f"{prefix}{column}") or "" for column in ("front_title", "name", "back_title")))


def candidates() -> Select[Any]:
    """Staff in good standing with a superior and a head of their unit; nurses first, then those with two people to ask."""
    superior_post, superior = positions.alias("superior_post"), people.alias("superior")
    head_post, head = positions.alias("head_post"), people.alias("head")
    sanctioned = exists().where(sanctions.c.person_id == people.c.id)
    return (
        select(
            people,
            superior.c.id.label("superior_id"),
            superior.c.front_title.label("superior_front_title"),
            superior.c.name.label("superior_name"),
            superior.c.back_title.label("superior_back_title"),
            superior_post.c.title.label("superior_post"),
            head.c.id.label("head_id"),
            head.c.front_title.label("head_front_title"),
            head.c.name.label("head_name"),
            head.c.back_title.label("head_back_title"),
            head_post.c.title.label("head_post"),
            units.c.name.label("unit_name"),
        )
        .select_from(people)
        .join(superior_post, superior_post.c.id == people.c.superior_position_id)
        .join(superior, and_(superior.c.id == superior_post.c.holder_id, superior.c.left_on.is_(None)))
        .join(units, units.c.id == people.c.unit_id)
        .join(head_post, head_post.c.id == units.c.head_position_id)
        .join(head, and_(head.c.id == head_post.c.holder_id, head.c.left_on.is_(None)))
        .where(
            people.c.kind == "staff",
            people.c.status == "Aktif",
            people.c.asn_kind == "PNS",
            people.c.left_on.is_(None),
            people.c.post_kind != "Struktural",
            people.c.id != head.c.id,
            ~sanctioned,
            ~exists().where(absences.c.person_id == people.c.id),
        )
        .order_by(
            people.c.sanctions_known.is_not(True),
            people.c.post.notlike("Perawat%"),
            superior.c.id == head.c.id,
            func.length(people.c.back_title) == 0,
            people.c.nip,
        )
    )


#: An export that leaves sanctions blank for everybody warns of everybody; the demo's people then know of it.
ACKNOWLEDGED = ("internship.participant_bears_no_heavy_sanction",)


def goes_through(
    conn: Connection, engine: Engine, row: Any, approvers: tuple[Player, Player], form: Mapping[str, Any], at: datetime
) -> bool:
    """Whether their request could be submitted, approved by both and passed on; whatever was written is undone."""
    attempt = conn.begin_nested()
    try:
        case = engine.open(conn, PROCESS, Actor(row.id, row.name), {}, at).case_id
        acts: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
            ("submit", row.id, form),
            ("endorse", approvers[0].id, {}),
            ("forward", approvers[1].id, {}),
        )
        for trigger, person_id, given in acts:
            engine.fire(conn, case, trigger, Actor(person_id, ""), given, at, acknowledge=ACKNOWLEDGED)
    except Problem:
        return False
    finally:
        attempt.rollback()
    return True


def host_over(conn: Connection, first: date, last: date) -> Host:
    """A partner under a Perjanjian Kerja Sama for the whole period, hospitals first."""
    query = (
        select(partners, people.c.id.label("contact_id"), people.c.name.label("contact"), people.c.post)
        .join_from(partners, agreements, agreements.c.partner_id == partners.c.id)
        .join(
            people, and_(people.c.partner_id == partners.c.id, people.c.kind == "contact", people.c.left_on.is_(None))
        )
        .where(
            agreements.c.kind == "Perjanjian Kerja Sama", agreements.c.from_on <= first, agreements.c.until_on >= last
        )
        .order_by(partners.c.kind.notlike("Rumah sakit%"), partners.c.id)
    )
    row = conn.execute(query).first()
    if row is None:
        raise NoCast("Tidak ada mitra dengan narahubung dan Perjanjian Kerja Sama yang berlaku selama magang peragaan.")
    return Host(row.id, row.name, Player(row.contact_id, row.contact, row.post or "", f"Narahubung {row.name}"))


def budget_of(conn: Connection, year: int, estimate: int, first: str = "%magang%") -> tuple[str, str]:
    """A line of the year with room for the estimate; ``first``: how the activity reads that is chosen before others."""
    free = func.sum(postings.c.amount)
    query = (
        select(budgets.c.id, budgets.c.activity)
        .join_from(budgets, postings, and_(postings.c.budget_id == budgets.c.id, postings.c.account == "available"))
        .where(budgets.c.year == year)
        .group_by(budgets.c.id, budgets.c.activity)
        .having(free >= estimate)
        .order_by(budgets.c.activity.notlike(first), budgets.c.id)
    )
    row = conn.execute(query).first()
    if row is None:
        raise NoCast(f"Tidak ada mata anggaran tahun {year} yang mencukupi untuk peragaan.")
    return row.id, row.activity


def _verifier(conn: Connection) -> Player:
    chosen = members(conn, "bkpsdm.verifier")
    if not chosen:
        raise NoCast("Kelompok verifikator BKPSDM belum beranggota.")
    row = conn.execute(select(people).where(people.c.id == chosen[0])).one()
    return Player(row.id, named(row), row.post or "", "Verifikator BKPSDM")


def _holder(conn: Connection, position_id: str | None, part: str) -> Player:
    query = (
        select(people, positions.c.title)
        .join_from(positions, people, people.c.id == positions.c.holder_id)
        .where(positions.c.id == position_id)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NoCast(f"{part} belum ada pemangkunya dalam data pegawai.")
    return Player(row.id, named(row), row.title, part)
