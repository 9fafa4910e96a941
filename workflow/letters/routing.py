"""Whom a letter passes before it leaves: its steps as they are planned, who may take each of them now, and their tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from policies.authority import may_decide
from workflow.authority.bench import Bench, Seat, administrators, holders
from workflow.authority.seat_queries import HOLDERS, MEMBERS
from workflow.definition import Letter
from workflow.engine.seating import NAME_SOMEONE, take_part
from workflow.ids import new_id
from workflow.letters.framing import signing_post
from workflow.letters.route import UNDER_WAY, LetterStep, StepKind, decoded
from workflow.letters.superiors import above
from workflow.letters.words import begun_small
from workflow.office import POSTS, Office
from workflow.registers import register_of, style_of
from workflow.tables import cases, letter_cases, letters, positions, tasks, units

#: What somebody is asked to do with a letter.
INITIAL, NUMBER, SIGN, MEND, HAND_IN = "initial", "number", "sign", "mend", "hand_in"
_TRIGGERS: Final[dict[StepKind, str]] = {"paraf": INITIAL, "number": NUMBER, "sign": SIGN}

#: The group that keeps the registers, and the roles in which its members and those who initial act on a case.
CLERKS, INITIALLER = "register_clerk", "initialler"
#: What people call these roles.
ROLE_TITLES: Final = {CLERKS: "Petugas buku agenda", INITIALLER: "Pembubuh paraf"}


# --- The steps, as they are planned when the letter is issued --------------------------------------------------------


def planned(
    bench: Bench, letter: Letter, signer: LetterStep, seats: tuple[Seat, ...], drafted_by: str | None
) -> tuple[LetterStep, ...]:
    """Whom a letter passes: those who initial it, whoever numbers it where another system does, those who sign it.

    ``signer``: the step of its first signatory, and who may take it now; ``drafted_by``: the person whose step issues it, who
    need not initial their own draft. Offices that nobody heads are passed over.
    """
    office, post = bench.situation.office, signing_post(bench, next(iter(seats), None))
    signing = (signer, *(LetterStep(kind="sign", role=role) for role in letter.cosigners))
    if letter.paraf is None:
        named = [LetterStep(kind="paraf", position_id=each) for each in _offices(bench, post.id)]
    else:
        named = [LetterStep(kind="paraf", role=role) for role in letter.paraf]
    without = {*bench.subjects, drafted_by, *(seat.person_id for seat in seats)}
    paraf = [step for step in named if {seat.person_id for seat in _own_seats(bench, step)} - without]
    register = register_of(office, letter.name, post.unit_id or office.profile.secretariat)
    numbering = [LetterStep(kind="number")] if style_of(office, register).kind == "external" else []
    return (*paraf, *numbering, *signing)


def _offices(bench: Bench, signing: str) -> Iterable[str]:
    """The posts that initial what a post signs, by the agency's profile."""
    paraf = bench.situation.office.profile.paraf
    name = next((name for name in POSTS if name in paraf and bench.agency_post(name) == signing), "")
    for office in paraf.get(name, ()):
        unit, _, subunit = office.partition("/")
        found = _head_within(bench, unit, subunit) if subunit else bench.head(unit)
        if found is not None and found != signing:
            yield found


def _head_within(bench: Bench, unit: str, subunit: str) -> str | None:
    """The post that heads a part of a unit: the highest there."""
    rows = bench.situation.look_up(_POSTS_WITHIN, unit=unit, subunit=subunit)
    return rows[0].id if rows else None


def initiallers(conn: Connection, office: Office) -> set[str]:
    """Everybody who heads an office that initials by the agency's profile, by id."""
    found: set[str] = set()
    for named in {each for offices in office.profile.paraf.values() for each in offices}:
        unit, _, subunit = named.partition("/")
        row = conn.execute(_POSTS_WITHIN, {"unit": unit, "subunit": subunit}).first() if subunit else None
        head = select(units.c.head_position_id).where(units.c.id == unit)
        post = row.id if row is not None else conn.execute(head).scalar_one_or_none() if not subunit else None
        holder = select(positions.c.holder_id).where(positions.c.id == post, positions.c.holder_id.is_not(None))
        found.update(conn.execute(holder).scalars())
    return found


def _own_seats(bench: Bench, step: LetterStep) -> tuple[Seat, ...]:
    """Who takes a step before anybody climbs in their place."""
    return bench.seats(step.role) if step.position_id is None else holders(bench.situation, "", step.position_id)


def subjects_of(conn: Connection, letter_id: str) -> set[str]:
    """Whom the cases are about that share a letter, by id: none of them initials, numbers or signs it."""
    return set(conn.execute(_SUBJECTS, {"letter": letter_id}).scalars())


# --- Who may take a step now -----------------------------------------------------------------------------------------


def signers(bench: Bench, letter: Letter, step: LetterStep) -> tuple[Seat, ...]:
    """Who may sign now: the role's seats, or whoever holds the post that signed what a letter cancels.

    What decides (a keputusan), or is outside of what was lent, awaits the holder of the post, or whoever stands above where
    there is none.
    """
    seats, law = all_signers(bench, step), bench.situation.law
    if not letter.decides and all(seat.signs(letter.name) for seat in seats):
        return seats
    kept = tuple(
        seat for seat in seats if seat.signs(letter.name) and (not letter.decides or may_decide(seat.mandate, law))
    )
    start = next((seat.position_id for seat in seats if seat.position_id), None)
    return kept if kept or start is None else _themselves(bench, step.role, start)


def all_signers(bench: Bench, step: LetterStep) -> tuple[Seat, ...]:
    """Who holds the seat of a signatory, also where they may not sign this letter."""
    if step.position_id is None:
        return bench.seats(step.role)
    barred = bench.barred(step.role)
    found = holders(bench.situation, step.role, step.position_id)
    return tuple(seat for seat in found if not seat.people & barred) or bench.seats(step.role)


def _themselves(bench: Bench, role: str, position_id: str) -> tuple[Seat, ...]:
    """The holder of a post in person, though somebody stands in for them; or of the nearest post above."""
    barred = bench.barred(role)
    for post in bench.upward(position_id):
        rows = bench.situation.look_up(HOLDERS, position=post, on=bench.situation.on)
        held = [row for row in rows if row.id is not None and row.mandate_id is None and row.id not in barred]
        if held:
            return tuple(Seat(row.id, row.name, role, post, row.title, climbed=post != position_id) for row in held)
    return ()


def seats_of(bench: Bench, letter: Letter, step: LetterStep, *, late: bool = False) -> tuple[Seat, ...]:
    """Who may take a step now; where it is ``late`` whoever stands above them too."""
    seats = _seats_in_time(bench, letter, step)
    if not late:
        return seats
    deciding = letter.decides and step.kind == "sign"
    return (*seats, *above(bench, role_of(step), seats, step.position_id, deciding=deciding))


def drafters(bench: Bench, row: Mapping[str, Any]) -> tuple[Seat, ...]:
    """Who may mend a letter now."""
    seats = bench.seats(row["drafter"])
    return (*seats, *above(bench, row["drafter"], seats)) if is_late(row) else seats


def role_of(step: LetterStep) -> str:
    """The role in which somebody takes a step."""
    return {"paraf": step.role or INITIALLER, "number": CLERKS, "sign": step.role}[step.kind]


def is_late(row: Mapping[str, Any]) -> bool:
    """Whether a letter was shown to whoever stands above those it waits for."""
    return row.get("escalated_on") is not None


def _seats_in_time(bench: Bench, letter: Letter, step: LetterStep) -> tuple[Seat, ...]:
    if step.kind == "number":
        return clerks(bench)
    if step.kind == "sign":
        return signers(bench, letter, step)
    return bench.seats(step.role) if step.position_id is None else _nearest(bench, INITIALLER, step.position_id)


def clerks(bench: Bench) -> tuple[Seat, ...]:
    """The keepers of the registers; where there are none, the head of the personnel unit, or whoever stands above."""
    situation = bench.situation
    rows = situation.look_up(MEMBERS, group=CLERKS, unit="", on=situation.on)
    found = tuple(Seat(row.id, row.name, CLERKS) for row in rows if row.id not in bench.subjects)
    head = bench.agency_post("personnel_head")
    return found or (_nearest(bench, CLERKS, head) if head else ())


def _nearest(bench: Bench, role: str, position_id: str) -> tuple[Seat, ...]:
    """Who acts for a post, or for the nearest above where there is nobody; never one whom the letter is about."""
    for post in bench.upward(position_id):
        found = [
            seat for seat in holders(bench.situation, role, post) if not seat.people & bench.subjects and not seat.away
        ]
        if found:
            return tuple(replace(seat, climbed=post != position_id) for seat in found)
    return ()


# --- Tasks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Awaited:
    """Whom a letter waits for, in which role, and to do what."""

    role: str
    trigger: str
    seats: tuple[Seat, ...]


def awaited(bench: Bench, row: Mapping[str, Any]) -> Awaited:
    """Whom a letter under way waits for."""
    if row["state"] == "to_mend":
        return Awaited(row["drafter"], MEND, drafters(bench, row))
    letter, step = bench.situation.process.letters[row["kind"]], decoded(row["route"])[row["turn"]]
    seats, role = seats_of(bench, letter, step, late=is_late(row)), role_of(step)
    if row["method"] == "by_hand":
        known = {seat.person_id for seat in seats}
        return Awaited(role, HAND_IN, (*seats, *(seat for seat in clerks(bench) if seat.person_id not in known)))
    return Awaited(role, _TRIGGERS[step.kind], seats)


def lay(bench: Bench, row: Mapping[str, Any], at: datetime) -> tuple[Seat, ...]:
    """Put a letter among the tasks of those it waits for now, and of nobody else; administrators' where nobody is left."""
    conn, case_id, waits = bench.conn, bench.situation.case.id, awaited(bench, row)
    lift(bench, row["id"])
    rows = [
        {
            "id": new_id(at),
            "case_id": case_id,
            "role": seat.role if waits.seats else waits.role,
            "assignee_id": seat.person_id,
            "triggers": waits.trigger if waits.seats else NAME_SOMEONE,
            "letter_id": row["id"],
            "due_on": row["due_on"],
            "opened_at": at,
            "escalated": seat.climbed,
        }
        for seat in waits.seats or _last_resort(bench)
    ]
    if rows:
        conn.execute(insert(tasks), rows)
    # Whoever is to act on it must be able to see the case, also where no step of it ever waited for them.
    take_part(conn, case_id, {(seat.role, seat.person_id) for seat in waits.seats}, at)
    return waits.seats


def _last_resort(bench: Bench) -> tuple[Seat, ...]:
    """Those who may name somebody for a letter that nobody is left for; none whom it is about."""
    return administrators(bench)


def asked(bench: Bench, row: Mapping[str, Any], seats: Iterable[Seat]) -> dict[str, str]:
    """What those are told for whom a letter waits, by person."""
    process = bench.situation.process
    asks = _BY_HAND if row["state"] == "to_sign" and row["method"] == "by_hand" else _ASKS[row["state"]]
    says = f"{process.title}: {begun_small(process.letters[row['kind']].title)} {asks}."
    return dict.fromkeys((seat.person_id for seat in seats), says)


_ASKS: Final = {
    "to_paraf": "menunggu paraf Anda",
    "to_number": "menunggu nomor dari Anda",
    "to_sign": "menunggu tanda tangan Anda",
    "to_mend": "dikembalikan untuk Anda perbaiki",
}
#: Of those who may hand in the paper, whoever signs it among them.
_BY_HAND: Final = "dicetak untuk ditandatangani basah; pindaiannya menunggu Anda serahkan"


def lift(bench: Bench, letter_id: str) -> None:
    """Take a letter from everybody's tasks."""
    bench.conn.execute(delete(tasks).where(tasks.c.letter_id == letter_id))


def reseat_letters(bench: Bench, case_id: str, at: datetime) -> bool:
    """Make the tasks of letters under way match whom they wait for now. Answers whether that differs from before."""
    changed = False
    for row in bench.conn.execute(_UNDER_WAY, {"case": case_id}).all():
        laid = bench.conn.execute(_LAID, {"letter": row.id}).all()
        if laid and case_id not in {task.case_id for task in laid}:
            continue  # one of the others who share it answers for its tasks
        own = bench.apart_from(subjects_of(bench.conn, row.id))
        waits = awaited(own, row._asdict())
        wanted = {seat.person_id for seat in waits.seats or _last_resort(own)}
        if wanted != {task.assignee_id for task in laid}:
            lay(own, row._asdict(), at)
            changed = True
    return changed


def under_way(bench: Bench, case_id: str, kinds: Collection[str]) -> list[Row[Any]]:
    """The letters of these kinds on a case that have not left yet."""
    return [row for row in bench.conn.execute(_UNDER_WAY, {"case": case_id}) if row.kind in kinds]


# --- Statements, built once ------------------------------------------------------------------------------------------

_UNDER_WAY = (
    select(letters)
    .join_from(letters, letter_cases)
    .where(
        letter_cases.c.case_id == bindparam("case"),
        letter_cases.c.changed_by.is_(None),
        letters.c.state.in_(UNDER_WAY),
    )
    .order_by(letters.c.id)
)
_SUBJECTS = (
    select(cases.c.subject_id)
    .join_from(letter_cases, cases, cases.c.id == letter_cases.c.case_id)
    .where(letter_cases.c.letter_id == bindparam("letter"), letter_cases.c.changed_by.is_(None))
)
_LAID = select(tasks.c.assignee_id, tasks.c.case_id).where(tasks.c.letter_id == bindparam("letter"))
#: The highest first; posts without an echelon are those of officials who lead nobody.
_POSTS_WITHIN = (
    select(positions.c.id)
    .where(positions.c.unit_id == bindparam("unit"), positions.c.subunit == bindparam("subunit"))
    .order_by(positions.c.echelon.is_(None), positions.c.echelon, positions.c.id)
    .limit(1)
)
