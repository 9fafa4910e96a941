"""Cohorts: cases that were asked for together. Each keeps its own guards, state and log; one act moves all that may move.

They are taken in the order of the list, so that a rule that counts (who stays, what is left of a budget, places at the host)
sees those before as gone already. Letters that are marked shared are issued once for all that were moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast

import msgspec
from sqlalchemy import Connection, bindparam, insert, select

from policies.cohort import LARGEST
from policies.decision import Reason
from workflow import cases
from workflow.authority.bench import foresee_acted
from workflow.authority.sight import seen_cases
from workflow.cases import Case
from workflow.definition import Process
from workflow.engine.gathering import Gathered
from workflow.engine.judging import Actor
from workflow.engine.named_others import by_their_ids
from workflow.engine.opening import Opening, open_case
from workflow.engine.steps import Step, look_at
from workflow.engine.taking import Done, Taken, carry_out, conclude
from workflow.errors import FieldError, InvalidForm, NotFound, NotNow, OutOfDate, Problem
from workflow.facts import Situation
from workflow.filling import dropped_blanks, read_part
from workflow.forms import label_of
from workflow.ids import new_id
from workflow.letters import issuing
from workflow.office import Office
from workflow.references import named, read_reference
from workflow.registry import Registry
from workflow.sources.step import foresee_subjects
from workflow.tables import cases as cases_table
from workflow.tables import cohort_cases, cohorts


@dataclass(frozen=True)
class Member:
    """Somebody for whom a case is opened, by NIP or id, and what of the form is theirs alone."""

    person: str
    form: Mapping[str, Any] = field(default_factory=dict)


class OwnStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one case of a cohort does instead: another trigger, or the same with more in its form."""

    trigger: str = ""
    form: dict[str, Any] = {}


class CohortAct(msgspec.Struct, frozen=True, kw_only=True):
    """A step for all cases of a cohort. ``each``: by case id, what some do instead; ``without``: those that are left out.

    Without a ``trigger`` only those of ``each`` act.
    """

    trigger: str = ""
    form: dict[str, Any] = {}
    acknowledge: tuple[str, ...] = ()
    each: dict[str, OwnStep] = {}
    without: tuple[str, ...] = ()
    recorded: dict[str, Any] | None = None


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A case that took the step."""

    case_id: str
    state: str
    version: int
    event: str
    letters: tuple[str, ...] = ()


class Stayed(msgspec.Struct, frozen=True, kw_only=True):
    """A case that did not, and why: as the problem that it would have been alone."""

    case_id: str
    subject_id: str
    type: str
    title: str
    detail: str
    trigger: str
    reasons: tuple[Reason, ...] = ()
    fields: tuple[FieldError, ...] = ()
    acknowledge: tuple[str, ...] = ()


class CohortOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an act did to a cohort; ``letters``: each one that was issued, once."""

    process: str
    cohort_id: str
    version: int
    moved: tuple[Moved, ...]
    stayed: tuple[Stayed, ...] = ()
    letters: tuple[str, ...] = ()
    repeated: bool = False


@dataclass(frozen=True)
class Cohort:
    """A cohort with its cases in their order; ``version`` grows with whatever happens to any of them."""

    id: str
    process: str
    title: str
    form: dict[str, Any]
    version: int
    cases: tuple[Case, ...]


# --- Opening ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Roster:
    """Those who ask together: under which title, what they ask for alike, and who they are in which order."""

    process: Process
    title: str
    form: Mapping[str, Any]
    members: tuple[Member, ...]


def open_cohort(
    conn: Connection, registry: Registry, office: Office, roster: Roster, actor: Actor, at: datetime
) -> CohortOutcome:
    """Open a case for each member, all or none. Raises InvalidForm with everything that is wrong with the list."""
    process, members = roster.process, roster.members
    common = dropped_blanks(read_part(process.form, roster.form))
    _check_list(roster, office, at)
    cohort_id = new_id(at)
    done, faults = [], []
    listed: dict[str, int] = {}
    for number, member in enumerate(members):
        opening = Opening(process, member.person, {**common, **member.form}, cohort_id)
        try:
            done.append(open_case(conn, registry, office, opening, actor, at))
        except Problem as problem:
            faults.append(_in_list(number, member, problem.says))
            continue
        # By whom the case is about: a NIP and an id can name the same person.
        first = listed.setdefault(done[-1].case.subject_id, number)
        if first != number:
            faults.append(_in_list(number, member, f"sudah disebut pada baris {first + 1}."))
    if faults:
        raise InvalidForm("Ada nama yang tidak dapat dibukakan berkas; tidak satu pun dibuka.", fields=tuple(faults))
    common = by_their_ids(Situation(conn, office, process, done[0].case, common, at), process.form, common)
    row = {
        "id": cohort_id,
        "process": process.name,
        "title": roster.title.strip(),
        "form": msgspec.json.encode(common).decode(),
        "opened_by": actor.person_id,
        "opened_at": at,
    }
    conn.execute(insert(cohorts).values(row))
    places = [
        {"cohort_id": cohort_id, "case_id": each.case.id, "position": number, "joined_at": at}
        for number, each in enumerate(done, start=1)
    ]
    conn.execute(insert(cohort_cases), places)
    return _outcome(process, cohort_id, _version([each.case for each in done], 0), done, ())


def _check_list(roster: Roster, office: Office, at: datetime) -> None:
    """A cohort has a title, and one to so many members who differ only where they may."""
    process, members = roster.process, roster.members
    most = office.policies.on(office.day(at))[LARGEST].value
    faults = []
    if not roster.title.strip():
        faults.append(FieldError("title", "Nama rombongan", "Nama rombongan belum diisi."))
    if not 1 <= len(members) <= most:
        says = f"Rombongan terdiri atas 1 sampai {most} orang; daftar ini memuat {len(members)} orang."
        faults.append(FieldError("members", "Peserta", says))
    for number, member in enumerate(members, start=1):
        for name in sorted(set(member.form) & set(process.common)):
            called = label_of(process.form, name)
            says = f"Baris {number}: {called} sama bagi seluruh rombongan; isilah pada rombongan, bukan pada nama."
            faults.append(FieldError(f"members[{number - 1}].form.{name}", called, says))
    if faults:
        raise InvalidForm("Periksa daftar rombongan.", fields=tuple(faults))


def _in_list(number: int, member: Member, says: str) -> FieldError:
    return FieldError(f"members[{number}]", "Peserta", f"Baris {number + 1} ({member.person}): {says}")


# --- Acting ----------------------------------------------------------------------------------------------------------


def load(conn: Connection, cohort_id: str, *, lock: bool = False) -> Cohort:
    """A cohort with its cases, those locked for this transaction where asked, in one fixed order. Raises NotFound."""
    row = conn.execute(select(cohorts).where(cohorts.c.id == cohort_id)).one_or_none()
    if row is None:
        raise no_such_cohort(cohort_id)
    query = _CASES.with_for_update(of=cases_table) if lock else _CASES
    found = {each.id: cases.from_row(each) for each in conn.execute(query, {"cohort": cohort_id})}
    places = conn.execute(_PLACES, {"cohort": cohort_id}).all()
    if any(place.case_id not in found for place in places):
        return load(conn, cohort_id, lock=lock)  # a successor has come in while another's act was waited for
    here = tuple(found[place.case_id] for place in places if place.left_at is None)
    left = sum(place.left_at is not None for place in places)
    return Cohort(row.id, row.process, row.title, msgspec.json.decode(row.form), _version(found.values(), left), here)


def _version(all_cases: Iterable[Case], left: int) -> int:
    return sum(case.version for case in all_cases) + left


def no_such_cohort(cohort_id: str) -> NotFound:
    """The same words where it does not exist and where it is not theirs to know of."""
    return NotFound(f"Rombongan {cohort_id} tidak ada, atau bukan untuk Anda lihat.")


def seen_by(conn: Connection, process: Process, cohort: Cohort, actor: Actor, on: date) -> list[Case]:
    """The cases of a cohort that somebody may see. Raises NotFound where that is none."""
    found = list(cohort.cases)
    if actor.person_id is not None:
        ids = [case.id for case in cohort.cases]
        query = select(cases_table.c.id).where(
            cases_table.c.id.in_(ids), seen_cases((process,), actor.person_id, on, actor.only)
        )
        seen = set(conn.execute(query).scalars())
        found = [case for case in cohort.cases if case.id in seen]
    if not found:
        raise no_such_cohort(cohort.id)
    return found


def fire(
    conn: Connection,
    registry: Registry,
    office: Office,
    cohort: Cohort,
    actor: Actor,
    act: CohortAct,
    at: datetime,
    version: int | None,
) -> CohortOutcome:
    """Move what may be moved. Raises Problem where nothing can be, and then nothing was changed."""
    process = registry.process(cohort.process)
    visible = seen_by(conn, process, cohort, actor, office.day(at))
    if version is not None and version != cohort.version:
        raise OutOfDate(
            "Rombongan sudah berubah sejak Anda melihatnya. Muat ulang, lalu periksa kembali sebelum bertindak.",
            more={"version": cohort.version},
        )
    acting = list(_steps(process, visible, act))
    together = frozenset(case.id for case, _ in acting)
    taken: list[Taken] = []
    stayed: list[tuple[Stayed, Problem]] = []
    known: dict[Any, Any] = {}
    gone: dict[str, Any] = {}
    foresight = Situation(conn, office, process, acting[0][0], {}, at, known=known)
    foresee_subjects(foresight, [case.subject_id for case, _ in acting])
    foresee_acted(foresight, [case.id for case, _ in acting])
    for case, step in acting:
        situation = Situation(conn, office, process, case, case.form, at, known=known)
        situation = replace(situation, cohort=cohort.id, together=together, gone=gone)
        try:
            taken.append(_carry_out(registry, situation, step, actor, at))
        except Problem as problem:
            stayed.append((_stayed(case, step, problem), problem))
    left = tuple(each for each, _ in stayed)
    if not taken:
        first = stayed[0][1]
        first.more |= {"cases": left}
        raise first
    issued = issuing.issue([each.part for each in taken], at)
    # What is written now, nobody reads before all of it is there: the rows of all cases go out together.
    gathered = Gathered(conn)
    over = cast("Connection", gathered)
    for each in taken:
        each.situation = replace(each.situation, conn=over)
        each.bench = replace(each.bench, situation=each.situation)
        each.successor = each.successor and replace(each.successor, conn=over)
    done = [conclude(over, each, letters, at) for each, letters in zip(taken, issued, strict=True)]
    gathered.flush()
    return _outcome(process, cohort.id, load(conn, cohort.id).version, done, left)


def _steps(process: Process, visible: Sequence[Case], act: CohortAct) -> Iterator[tuple[Case, Step]]:
    """What each case is to do, in the order of the list. Raises InvalidForm, NotNow."""
    act = _by_id(visible, act)
    strangers = {*act.each, *act.without} - {case.id for case in visible}
    if strangers:
        says = f"Berkas {', '.join(sorted(map(named, strangers)))} tidak termasuk rombongan ini."
        raise InvalidForm(says, fields=(FieldError("each", "Berkas", says),))
    found = []
    for case in visible:
        own = act.each.get(case.id)
        trigger = (own.trigger if own else "") or act.trigger
        if case.id in act.without or not trigger or (own is None and process.state[case.state].final):
            continue
        found.append((case, Step(trigger, _form_of(act, own), act.acknowledge, act.recorded)))
    if not found:
        raise NotNow(
            "Tidak ada berkas dalam rombongan ini yang dapat ditindaklanjuti; semuanya sudah ditutup atau dikecualikan."
        )
    yield from found


def _by_id(visible: Sequence[Case], act: CohortAct) -> CohortAct:
    """The same act with cases by their ids, which may have been named by their numbers. Raises InvalidForm for one named twice."""
    ids = {case.reference: case.id for case in visible}
    each = [(ids.get(read_reference(name) or "", name), own) for name, own in act.each.items()]
    if len(dict(each)) < len(each):
        says = "Satu berkas disebut dua kali, dengan nomor dan dengan id-nya. Sebutkan sekali saja."
        raise InvalidForm(says, fields=(FieldError("each", "Berkas", says),))
    without = tuple(ids.get(read_reference(name) or "", name) for name in act.without)
    return msgspec.structs.replace(act, each=dict(each), without=without)


def _form_of(act: CohortAct, own: OwnStep | None) -> dict[str, Any]:
    """What one case fills in: what is common, with its own over it; for another trigger only its own."""
    if own is None:
        return act.form
    return {**act.form, **own.form} if own.trigger in ("", act.trigger) else own.form


def _carry_out(registry: Registry, situation: Situation, step: Step, actor: Actor, at: datetime) -> Taken:
    """One case's step, or none of it."""
    conn = situation.conn
    judgement = look_at(situation, step, actor, binding=True)
    if judgement.obstacles:
        raise judgement.obstacles[0]
    attempt = conn.begin_nested()
    try:
        taken = carry_out(conn, registry.machines[situation.process.name], judgement, actor, step.acknowledge, at)
    except Problem:
        attempt.rollback()
        raise
    attempt.commit()
    return taken


def _stayed(case: Case, step: Step, problem: Problem) -> Stayed:
    return Stayed(
        case_id=case.id,
        subject_id=case.subject_id,
        type=problem.type,
        title=problem.title,
        detail=problem.detail,
        trigger=step.trigger,
        reasons=problem.reasons,
        fields=problem.fields,
        acknowledge=tuple(problem.more.get("acknowledge", ())),
    )


def _outcome(
    process: Process, cohort_id: str, version: int, done: Sequence[Done], stayed: tuple[Stayed, ...]
) -> CohortOutcome:
    moved = tuple(
        Moved(
            case_id=each.case.id,
            state=each.case.state,
            version=each.case.version,
            event=each.event,
            letters=each.letters,
        )
        for each in done
    )
    letters = tuple(dict.fromkeys(letter for each in done for letter in each.letters))
    return CohortOutcome(
        process=process.name, cohort_id=cohort_id, version=version, moved=moved, stayed=stayed, letters=letters
    )


_CASES = (
    select(cases_table)
    .join_from(cases_table, cohort_cases)
    .where(cohort_cases.c.cohort_id == bindparam("cohort"))
    .order_by(cases_table.c.id)
)
_PLACES = select(cohort_cases).where(cohort_cases.c.cohort_id == bindparam("cohort")).order_by(cohort_cases.c.position)
