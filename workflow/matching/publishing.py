"""A proposal is published: a case for each pair, in cohorts, each cohort in a transaction of its own.

Once begun, a proposal is fixed. Whoever publishes it again, after a crash or at the same time, goes on with the pairs that have
no case yet; so each pair has one case and no more. A pair that cannot be opened is told with the reason and stays free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert

from policies.cohort import LARGEST
from policies.dates import written
from workflow.callers import Caller
from workflow.database import lock
from workflow.engine.engine import Engine
from workflow.engine.in_force import by_law_in_force
from workflow.errors import NotNow, OutOfDate, Problem
from workflow.ids import new_id
from workflow.matching.asking import asked_of
from workflow.matching.called import PersonLine, called_as
from workflow.matching.log import Round, append, proposal
from workflow.matching.notices import tell_published
from workflow.matching.opening import PROCESS, PairToOpen, open_pair
from workflow.matching.proposing import Asked
from workflow.matching.rights import run_round
from workflow.matching.told import NotOpened, Paired, Proposed, Published, Publishing, Who
from workflow.tables import cohort_cases, cohorts


class NotOpenedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A pair for which no case could be opened, and why; both are free for the next proposal."""

    mentor: PersonLine
    mentee: PersonLine
    why: str


class PublishedPart(msgspec.Struct, frozen=True, kw_only=True):
    """How far a proposal is published: ``left`` pairs have not been tried yet."""

    round_id: str
    proposal: int
    opened: int
    not_opened: tuple[NotOpenedLine, ...]
    cohorts: tuple[str, ...]
    left: int


@by_law_in_force
def publish(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, round_id: str, number: int
) -> PublishedPart:
    """Publish the next portion of a proposal: as many pairs as a cohort may have. Done when none is left. Raises Problem."""
    found, who = run_round(conn, caller, round_id, lock=True)
    # Two rounds that are published at once must see each other's pairs.
    lock(conn, "matching")
    if number not in found.publishing:
        _require_publishable(engine, found, number, at)
        append(conn, found, Publishing(by=who, number=number), at)
    proposed = proposal(conn, found, number)
    if proposed is None:
        raise NotNow(f"Isi usulan nomor {number} telah dihapus dan tidak dapat diterbitkan.")
    if found.unfinished == number:
        _open_portion(conn, engine, caller, found, proposed, at)
    return _so_far(conn, found, proposed)


def _require_publishable(engine: Engine, found: Round, number: int, at: datetime) -> None:
    if found.closed is not None:
        raise NotNow("Putaran ini sudah ditutup.")
    if found.unfinished is not None:
        raise NotNow(f"Usulan nomor {found.unfinished} sedang diterbitkan. Selesaikan dahulu penerbitannya.")
    if number != found.proposals or not found.is_current:
        says = "Usulan itu bukan yang terbaru, atau ada yang berubah sesudahnya. Hitung dan periksa usulan baru."
        raise OutOfDate(says, more={"version": found.version})
    last = max(found.form.offers_until, found.form.wishes_until)
    if engine.office.day(at) <= last:
        raise NotNow(f"Tawaran dan keinginan masih dapat masuk sampai {written(last)}. Terbitkan sesudah itu.")


def _so_far(conn: Connection, found: Round, proposed: Proposed) -> PublishedPart:
    parts = [each for each in found.published if each.number == proposed.number]
    opened = sum(len(each.cases) for each in parts)
    failed = [pair for each in parts for pair in each.not_opened]
    called = called_as(conn, {person for pair in failed for person in (pair.mentor, pair.mentee)})
    return PublishedPart(
        round_id=found.id,
        proposal=proposed.number,
        opened=opened,
        not_opened=tuple(
            NotOpenedLine(mentor=called[pair.mentor], mentee=called[pair.mentee], why=pair.why) for pair in failed
        ),
        cohorts=tuple(each.cohort for each in parts if each.cohort),
        left=len(proposed.result.pairs) - opened - len(failed),
    )


def _open_portion(
    conn: Connection, engine: Engine, caller: Caller, found: Round, proposed: Proposed, at: datetime
) -> None:
    """One cohort, or what can be opened of it."""
    on, by = engine.office.day(at), Who(caller.person_id, caller.name)
    most = engine.office.policies.on(on)[LARGEST].value
    waiting = _waiting(found, proposed)
    portion, rest = waiting[:most], waiting[most:]
    cohort, opened, failed = new_id(at), [], []
    # Days may lie between proposal and publishing, in which people leave and other rounds are published.
    now, taken = asked_of(conn, engine.office, found, by, on), Counter[str]()
    for pair in portion:
        attempt = conn.begin_nested()
        try:
            to_open = _to_open(found, pair)
            _require_possible(now, taken, pair)
            case_id = open_pair(conn, engine, found.form, to_open, cohort, caller.actor, at)
        except Problem as problem:
            attempt.rollback()
            failed.append(NotOpened(mentor=pair.mentor, mentee=pair.mentee, why=problem.detail))
        else:
            attempt.commit()
            opened.append((pair.mentor, pair.mentee, case_id))
            taken[pair.mentor] += 1
    if opened:
        _gather(conn, found, cohort, [case_id for *_, case_id in opened], caller, at)
    event = Published(
        by=by,
        number=proposed.number,
        cohort=cohort if opened else None,
        cases=tuple(opened),
        not_opened=tuple(failed),
        last=not rest,
    )
    append(conn, found, event, at)
    tell_published(conn, found, proposed, event, at)


def _waiting(found: Round, proposed: Proposed) -> list[Paired]:
    """The pairs that were not tried yet, those of one mentor's unit beside each other: they share letters."""
    parts = [each for each in found.published if each.number == proposed.number]
    tried = {(mentor, mentee) for each in parts for mentor, mentee, _ in each.cases}
    tried |= {(pair.mentor, pair.mentee) for each in parts for pair in each.not_opened}
    units = {person.person: person.unit or "" for person in proposed.people}
    waiting = [pair for pair in proposed.result.pairs if (pair.mentor, pair.mentee) not in tried]
    return sorted(waiting, key=lambda pair: (units.get(pair.mentor, ""), pair.mentor, pair.mentee))


def _to_open(found: Round, pair: Paired) -> PairToOpen:
    """The pair with the first of the mentee's goals that the mentor offers; of a fixed pair the first of all."""
    wish, offer = found.wishes.get(pair.mentee), found.offers.get(pair.mentor)
    if wish is None or offer is None:
        raise NotNow("Tawaran atau keinginan salah satu pihak sudah ditarik.")
    competency = next((goal for goal in wish.goals if goal in offer.fields), wish.goals[0])
    return PairToOpen(pair.mentor, pair.mentee, competency)


def _require_possible(now: Asked, taken: Counter[str], pair: Paired) -> None:
    """Raises NotNow where one of a pair cannot take part any more, or either was asked by others in the meantime."""
    people = now.people
    for person, called in ((pair.mentor, "Mentor"), (pair.mentee, "Mentee")):
        if people[person].why_not:
            raise NotNow(f"{called} tidak dapat ikut lagi. {people[person].why_not}")
    if people[pair.mentee].engaged:
        raise NotNow(people[pair.mentee].engaged)
    if now.terms.mutual_excluded and (pair.mentee, pair.mentor) in now.running:
        raise NotNow(
            "Mentee justru sedang membimbing, atau diminta membimbing, mentornya; keduanya tidak saling membimbing."
        )
    if people[pair.mentor].room <= taken[pair.mentor]:
        raise NotNow(
            "Mentor sudah membimbing, atau diminta membimbing, sebanyak yang disanggupi atau yang diperbolehkan."
        )


def _gather(conn: Connection, found: Round, cohort: str, cases: Sequence[str], caller: Caller, at: datetime) -> None:
    """The cohort of a portion, with its cases in their order."""
    number = sum(each.cohort is not None for each in found.published) + 1
    title = f"{found.form.title[:180]} ({number})"
    conn.execute(
        insert(cohorts).values(
            id=cohort,
            process=PROCESS,
            title=title,
            form=msgspec.json.encode({"starts_on": found.form.starts_on, "ends_on": found.form.ends_on}).decode(),
            opened_by=caller.person_id,
            opened_at=at,
        )
    )
    places = [
        {"cohort_id": cohort, "case_id": case_id, "position": place, "joined_at": at}
        for place, case_id in enumerate(cases, start=1)
    ]
    conn.execute(insert(cohort_cases), places)
