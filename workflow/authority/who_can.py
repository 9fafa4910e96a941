"""Who may take a step of a case on a day, in which capacity and why; who is kept from it and why; and who helps where nobody may.

About a day gone by from the history: the case as it stood, who held which post, whoever had acted by then. About a day to come
from what is known now: posts, mandates and absences. Who belonged to a group or was chosen for a panel is known of today alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select

from policies.dates import written
from workflow.authority.as_it_stood import on_that_day
from workflow.authority.bench import ADMINISTRATORS, Against, Bench, Seat, administrators
from workflow.authority.seat_queries import HOLDERS
from workflow.authority.seats import lent_for
from workflow.cases import Case
from workflow.definition import SYSTEM, Process, Transition
from workflow.engine.engine import Engine
from workflow.engine.hidden_entries import veil_over
from workflow.engine.seating import done_by
from workflow.errors import NotNow
from workflow.facts import NeedsFields, Situation
from workflow.letters.words import begun_small
from workflow.people.groups import GROUPS
from workflow.people.mandates import MANDATES
from workflow.tables import mandates, people


class AbleLine(Struct, frozen=True, kw_only=True):
    """Somebody who may: ``capacity`` as they would act, ``why`` they may. ``records``: in the name of another who answered."""

    person_id: str
    name: str
    role: str
    role_title: str
    capacity: str
    why: str
    records: bool = False


class KeptLine(Struct, frozen=True, kw_only=True):
    """Somebody who holds the role, or was to, and may not; and why."""

    person_id: str
    name: str
    role: str
    role_title: str
    why: str


class WhoCan(Struct, frozen=True, kw_only=True):
    """The answer. ``open``: whether the step exists in the state that the case is in on that day.

    ``helpers``: where nobody may, those who can name somebody. ``remarks``: what the answer rests on, and what it cannot know.
    """

    case_id: str
    reference: str
    process: str
    trigger: str
    title: str
    on: date
    state: str
    state_title: str
    open: bool
    able: tuple[AbleLine, ...]
    kept: tuple[KeptLine, ...]
    helpers: tuple[AbleLine, ...]
    remarks: tuple[str, ...]


def who_can(
    conn: Connection,
    engine: Engine,
    case: Case,
    trigger: str,
    on: date | None,
    at: datetime,
    *,
    reader: str | None = None,
) -> WhoCan:
    """Answer for a day, today where it is left out. Raises NotNow for a step that the process does not know, or too early a day.

    ``reader``: who asks; of a step that writes what is for a few others they learn of themselves alone. Everything without one.
    """
    answer = _answer(conn, engine, case, trigger, on, at)
    return answer if reader is None else _as_read_by(conn, engine, case, answer, reader, at)


def _as_read_by(conn: Connection, engine: Engine, case: Case, answer: WhoCan, reader: str, at: datetime) -> WhoCan:
    process = engine.registry.process(case.process)
    roles = _roles(process, answer.state, answer.trigger)
    arrows = [t for t in process.transitions if t.trigger == answer.trigger]
    # Asked only where something is for a few.
    if not any(entry.read_by for entry in process.entries.values()):
        return answer
    veil = veil_over(Situation(conn, engine.office, process, case, case.form, at), reader)
    if not any(veil.closes(arrow) for arrow in arrows):
        return answer
    who = ", ".join(begun_small(process.role[name].title) for name in roles if name != SYSTEM)
    return replace(
        answer,
        able=tuple(line for line in answer.able if line.person_id == reader),
        kept=tuple(line for line in answer.kept if line.person_id == reader),
        helpers=(),
        remarks=(f"Diambil oleh {who}; siapa yang sudah dan yang belum, hanya untuk yang berwenang membaca isinya.",),
    )


def _answer(conn: Connection, engine: Engine, case: Case, trigger: str, on: date | None, at: datetime) -> WhoCan:
    process, today = engine.registry.process(case.process), engine.office.day(at)
    day = on or today
    bench = Bench(on_that_day(Situation(conn, engine.office, process, case, case.form, at), day, today))
    state = bench.situation.case.state
    here = process.arrows(state, trigger)
    roles = _roles(process, state, trigger)
    able: list[AbleLine] = []
    kept: list[KeptLine] = []
    done = _done_by(bench, here)
    for role, recording in roles.items():
        found = tuple(seat for seat in _seats(bench, role) if seat.person_id not in done)
        able += [_able(bench, seat, role, records=recording) for seat in found]
        kept += _kept(bench, role, {seat.person_id for seat in found}, done) if not recording else []
    return WhoCan(
        case_id=case.id,
        reference=case.reference,
        process=process.name,
        trigger=trigger,
        title=next(t.title for t in process.transitions if t.trigger == trigger),
        on=day,
        state=state,
        state_title=process.state[state].title,
        open=bool(here),
        able=tuple({(line.person_id, line.role): line for line in able}.values()),
        kept=tuple({(line.person_id, line.role): line for line in kept}.values()),
        helpers=() if able else tuple(_helper(seat) for seat in administrators(bench)),
        remarks=tuple(_remarks(bench, roles, day, today, is_open=bool(here), is_able=bool(able))),
    )


# --- The roles -------------------------------------------------------------------------------------------------------


def _roles(process: Process, state: str, trigger: str) -> dict[str, bool]:
    """The roles that take a step, and of each whether it only records it for others; from where it is a step. Raises NotNow."""
    found = [(state, arrow) for arrow in process.arrows(state, trigger)]
    if not found:
        found = [
            (source, arrow) for source in process.state for arrow in process.arrows(source, trigger) if source != state
        ]
    if not found:
        known = ", ".join(sorted({t.trigger for t in process.transitions}))
        raise NotNow(f"Tindakan “{trigger}” tidak dikenal pada {process.title}; yang dikenal: {known}.")
    roles = {role: False for source, arrow in found for role in process.actors(arrow, source)}
    return {role: True for _, arrow in found for role in arrow.recorded_by} | roles


def _seats(bench: Bench, role: str) -> tuple[Seat, ...]:
    if role == SYSTEM:
        return ()
    try:
        return bench.seats(role)
    except NeedsFields:
        return ()


def _done_by(bench: Bench, here: Iterable[Transition]) -> frozenset[str]:
    """Who has taken a step already that each takes once; of a day gone by that is not known."""
    if bench.situation.gone_by:
        return frozenset()
    return frozenset().union(*(done_by(bench.situation.case, arrow) for arrow in here))


def _able(bench: Bench, seat: Seat, role: str, *, records: bool) -> AbleLine:
    title = bench.situation.process.role[role].title
    return AbleLine(
        person_id=seat.person_id,
        name=seat.name,
        role=role,
        role_title=title,
        capacity=_capacity(seat) or title,
        why=_why(bench, seat, role) + (", sehingga dapat mencatat jawaban pihak lain" if records else ""),
        records=records,
    )


def _helper(seat: Seat) -> AbleLine:
    title = GROUPS[ADMINISTRATORS]
    why = "dapat menunjuk orang lain untuk tugas ini, dan tidak memutusnya sendiri"
    return AbleLine(person_id=seat.person_id, name=seat.name, role=seat.role, role_title=title, capacity=title, why=why)


def _capacity(seat: Seat) -> str:
    return f"{MANDATES[seat.mandate]} {seat.title}" if seat.mandate else seat.title


def _why(bench: Bench, seat: Seat, role: str) -> str:
    """Why somebody may."""
    memory, found = bench.situation.case.memory, bench.situation.process.role[role]
    if memory.get("handed", {}).get(role) == seat.person_id:
        return "tugasnya dipindahkan kepadanya oleh administrator"
    if seat.mandate:
        says = f"menerima pelimpahan dari {seat.lent_by}" if seat.lent_by else "menjalankan jabatan yang kosong"
        says += f", melalui {' dan '.join(each.name for each in seat.through)}" if seat.through else ""
        says += _basis(bench.conn, seat.mandate_id)
    elif seat.title:
        says = f"memangku jabatan {seat.title}"
    elif memory.get("named", {}).get(role) == seat.person_id:
        says = "ditunjuk oleh administrator, karena tidak ada lagi yang berwenang"
    else:
        of_kind = _OF_KIND.get(found.kind, "")
        says = of_kind.format(group=GROUPS.get(found.group, found.group), says=found.says) or "disebut dalam berkas"
    if seat.climbed:
        says += (
            f"; bertindak menggantikan {begun_small(found.title)}, yang tidak ada, tidak di tempat, atau lewat tenggat"
        )
    return f"{says}; sedang tidak di tempat" if seat.away else says


_OF_KIND: Final = {
    "person": "berkas ini tentang dirinya",
    "named": "disebut dalam permohonan",
    "appointed": "ditunjuk untuk berkas ini",
    "group": "anggota {group}",
    "chosen": "{says}",
    "partner": "narahubung mitra",
}


def _basis(conn: Connection, mandate_id: str | None) -> str:
    row = conn.execute(select(mandates).where(mandates.c.id == mandate_id)).one()
    return f" (dasar {row.basis_number} tanggal {written(row.basis_on)}, sampai {written(row.until_on)})"


# --- Those who are kept from it --------------------------------------------------------------------------------------


def _kept(bench: Bench, role: str, able: Collection[str], done: Collection[str]) -> Iterator[KeptLine]:
    """Those who hold a role, might have been chosen for it, or were to stand in for who does, and may not act in it."""
    if role == SYSTEM:
        return
    title = bench.situation.process.role[role].title
    try:
        against, holding = bench.against(role), bench.holding(role)
        found = [(each.person_id, each.name, _DONE) for each in holding if each.person_id in done]
        found += [(each.person_id, each.name, _why_kept(bench, each, role, against)) for each in holding]
        found += [*_at_post(bench, role), *_left_out(bench, role)]
    except NeedsFields:
        return
    for person_id, name, why in found:
        if person_id not in able and why:
            yield KeptLine(person_id=person_id, name=name, role=role, role_title=title, why=why)


_DONE: Final = "sudah melakukannya; masing-masing cukup sekali"


def _left_out(bench: Bench, role: str) -> Iterator[tuple[str, str, str]]:
    """Those who were not chosen for a role that they might have played, such as a panel member in conflict."""
    for person_id, why in bench.left_out(role).items():
        for row in bench.situation.look_up(_NAME, person=person_id):  # also where they have left the service since
            yield row.id, row.name, begun_small(why.rstrip("."))


_NAME: Final = select(people.c.id, people.c.name).where(people.c.id == bindparam("person"))


def _why_kept(bench: Bench, seat: Seat, role: str, against: Mapping[str, Against]) -> str:
    process = bench.situation.process
    own = against.get(seat.person_id)
    whose = own or next((against[giver] for giver in seat.givers if giver in against), None)
    if whose is None:
        handed = bench.situation.case.memory.get("handed", {}).get(role)
        return "tugasnya dipindahkan administrator kepada orang lain" if handed else ""
    who = "ia" if own else "yang melimpahkan wewenang kepadanya"
    if whose.why == "subject":
        return f"berkas ini tentang {'dirinya' if own else 'yang melimpahkan wewenang kepadanya'}"
    as_role = begun_small(process.role[whose.role].title)
    if whose.why == "rival":
        return f"{who} calon dalam putaran yang sama"
    if whose.deputy:
        whom = "dirinya" if own else "pemberi wewenangnya"
        return f"{whose.deputy} sudah bertindak sebagai {as_role} atas nama {whom}, yang harus terpisah"
    did = "sudah bertindak" if whose.why == "acted" else "berwenang"
    return f"{who} {did} sebagai {as_role}, yang harus terpisah"


def _at_post(bench: Bench, role: str) -> list[tuple[str, str, str]]:
    """At the post of a role: a holder on leave for whom somebody stands in, and mandates that give nothing on this case."""
    found, situation = bench.situation.process.role[role], bench.situation
    if found.kind not in ("of", "heads", "post", "find") and not (found.partner and not bench.is_outside(role)):
        return []
    line = bench.line(role)
    if not line:
        return []
    rows = situation.look_up(HOLDERS, position=line[0], on=situation.on)
    fallen = lent_for(situation, rows).fallen
    away = [
        (row.id, row.name, f"tidak di tempat sampai {written(row.away_until)}, dan ada yang menggantikan")
        for row in rows
        if row.id and row.mandate_id is None and row.away_until
    ]
    idle = [
        (row.id, row.name, f"{MANDATES[row.kind]} {row.title} tidak berlaku di sini: {fallen[row.mandate_id]}")
        for row in rows
        if row.mandate_id in fallen
    ]
    return [*away, *idle, *_unanswered(bench, line[0])]


def _unanswered(bench: Bench, position_id: str) -> list[tuple[str, str, str]]:
    on = bench.situation.on
    query = (
        select(people.c.id, people.c.name, mandates.c.kind)
        .join_from(mandates, people, people.c.id == mandates.c.receiver_id)
        .where(mandates.c.position_id == position_id, mandates.c.from_on <= on, mandates.c.until_on >= on)
        .where(mandates.c.accepted_on.is_(None), mandates.c.refused_on.is_(None), mandates.c.revoked_on.is_(None))
        .where(mandates.c.proposed_on <= on)
    )
    return [
        (row.id, row.name, f"{MANDATES[row.kind]} belum diterimanya, sehingga belum berlaku")
        for row in bench.conn.execute(query.order_by(mandates.c.id))
    ]


def _remarks(
    bench: Bench, roles: Mapping[str, bool], day: date, today: date, *, is_open: bool, is_able: bool
) -> Iterator[str]:
    """What the answer rests on, and what it cannot know."""
    process, state = bench.situation.process, bench.situation.case.state
    if day < today:
        chosen = any(role != SYSTEM and process.role[role].chosen for role in roles)
        now = "keanggotaan kelompok dan susunan tim" if chosen else "keanggotaan kelompok"
        yield f"Menurut riwayat sampai {written(day)}; {now} menurut keadaan hari ini."
    elif day > today:
        yield f"Menurut jabatan, pelimpahan, dan ketidakhadiran untuk {written(day)} yang tercatat sampai hari ini."
    if not is_open:
        title = process.state[state].title
        yield f"Pada status “{title}” tindakan ini tidak tersedia; yang disebut di sini berwenang bila statusnya sampai di sana."
    if SYSTEM in roles:
        yield "Tindakan ini juga diambil oleh sistem bila waktunya tiba."
    if is_able:
        return
    outside = [role for role in roles if role != SYSTEM and bench.is_outside(role)]
    if outside:
        yield "Yang menjawab atas nama mitra adalah narahubungnya; daftarkan narahubung mitra itu lebih dahulu."
    elif any(role != SYSTEM and process.role[role].is_one_person for role in roles):
        yield "Peran ini dipegang satu orang tertentu dan tidak dapat digantikan; langkah lain tersedia bagi pihak lain."
    elif set(roles) != {SYSTEM}:
        yield "Tidak ada yang berwenang; administrator yang bukan pihak berkas ini perlu menunjuk orang untuk tugas ini."
        if not administrators(bench):
            yield "Semua administrator menjadi pihak berkas ini; tambahkan seorang administrator lain."
