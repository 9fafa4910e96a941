"""The facts that the letters of mentoring are made of, beside those of every letter; see ``workflow/letters/sources.py``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
from sqlalchemy import Row, bindparam, select

from policies.dates import written
from policies.mentoring_conduct import EvaluationFacts, evaluations_are_sealed
from workflow.authority.bench import Bench
from workflow.engine.recorded_entries import Recorded, recorded
from workflow.facts import Situation, gather, source
from workflow.hours.ledger import standing
from workflow.letters.bodies.mentoring import (
    Agreed,
    CountedMeeting,
    EvaluationLine,
    Guide,
    MeetingLine,
    MentoringPair,
)
from workflow.letters.kinds.mentoring import ASSIGNING
from workflow.letters.parts import LetterFrame, ParticipantLine
from workflow.letters.sources import in_force, participant_line
from workflow.sources.mentoring import current_mentor_left_on, evaluation_since, opened_by
from workflow.sources.move import participant_left_on
from workflow.sources.step import PERSON, subject_row
from workflow.tables import cases, events, hour_evidence, letter_cases, letters

#: How they met, for people.
MEDIA: Final = {"in_person": "tatap muka", "online": "daring", "phone": "telepon"}
#: What an evaluation marks, 1 to 5.
MARKS: Final = ("mastery", "communication", "achievement", "commitment", "application")
_EVALUATIONS: Final = {"mentee_evaluation": "mentee atas mentor", "mentor_evaluation": "mentor atas mentee"}


# --- Who -------------------------------------------------------------------------------------------------------------


@source()
def mentor_person(situation: Situation) -> ParticipantLine:
    """The mentor, as the step leaves the case."""
    return _line(situation, str(situation.form["mentor"]))


@source()
def former_mentor(situation: Situation) -> ParticipantLine:
    """The mentor in whose place the step puts another: whoever of the others was the last to consent."""
    consents = [entry for kind in ("mentor_consent", "replacement_consent") for entry in recorded(situation, kind)]
    others = [entry for entry in consents if entry.written_by != situation.form["mentor"]]
    return _line(situation, str(max(others, key=lambda entry: entry.written_at).written_by))


def _line(situation: Situation, person_id: str) -> ParticipantLine:
    return participant_line(situation.look_up(PERSON, person=person_id)[0])


@source()
def pairs(situation: Situation) -> tuple[MentoringPair, ...]:
    """The pair that the case is of; a decree puts those of a class together."""
    first, last = (msgspec.convert(situation.form[name], date, strict=False) for name in ("starts_on", "ends_on"))
    return (
        MentoringPair(
            mentor=mentor_person(situation),
            mentee=participant_line(subject_row(situation)),
            competency=situation.form["competency"],
            starts_on=first,
            ends_on=last,
        ),
    )


@source()
def mentors_together(situation: Situation) -> int:
    """How many mentors the cases have that take the step in one act; one where a single case takes it."""
    if len(situation.together) < 2:
        return 1
    rows = situation.conn.execute(_FORMS, {"cases": sorted(situation.together)}).scalars()
    named = (msgspec.json.decode(form).get("mentor") for form in rows)
    return len({mentor for mentor in named if mentor})


_FORMS = select(cases.c.form).where(cases.c.id.in_(bindparam("cases", expanding=True)))


@source()
def is_assigned(situation: Situation) -> bool:
    """Whether a letter by which a mentor was assigned is in force."""
    return any(row.kind in ASSIGNING for row in in_force(situation.conn, situation.case.id))


# --- What they agreed to, and what replaces it -----------------------------------------------------------------------


@source()
def agreed(situation: Situation) -> tuple[Agreed, ...]:
    """Both sides, and when each agreed: the mentee by proposing it, or by agreeing to what others proposed."""
    by_mentee = [entry.written_at for entry in recorded(situation, "mentee_consent")]
    if opened_by(situation) == situation.process.subject:
        by_mentee += situation.conn.execute(_PROPOSED, {"case": situation.case.id}).scalars()
    by_mentor = [
        entry.written_at
        for kind in ("mentor_consent", "replacement_consent")
        for entry in recorded(situation, kind)
        if entry.written_by == situation.form["mentor"]
    ]
    mentee = participant_line(subject_row(situation))
    return (
        Agreed(role="Mentor", person=mentor_person(situation), at=max(by_mentor)),
        Agreed(role="Mentee", person=mentee, at=max(by_mentee)),
    )


_PROPOSED = select(events.c.at).where(events.c.case_id == bindparam("case"), events.c.type == "propose")


@source()
def replaces(situation: Situation) -> Any:
    """The letters that assigned the former mentor; the issuing step says which."""
    return tuple(situation.given.get("taken_back", ()))


@source()
def replacement_reason(situation: Situation) -> str:
    """Why another mentor was asked for."""
    return str(recorded(situation, "other_mentor")[-1].data["reason"])


@source()
def assigned_on_behalf(situation: Situation) -> bool:
    """Whether the letter that first assigned a mentor was signed on behalf of the secretary; False where none was signed."""
    frames = situation.conn.execute(_FIRST_ASSIGNED, {"case": situation.case.id}).scalars()
    first = next((msgspec.json.decode(each, type=LetterFrame) for each in frames), None)
    bench = Bench(situation)
    secretary = bench.post(bench.agency_post("secretary"))
    if first is None or secretary is None:
        return False
    return f"a.n. {secretary.title.upper()}" in first.signatures[0].lines


_FIRST_ASSIGNED = (
    select(letters.c.frame)
    .join_from(letters, letter_cases)
    .where(
        letter_cases.c.case_id == bindparam("case"),
        letters.c.kind.in_(ASSIGNING),
        letters.c.signed_at.is_not(None),
    )
    .order_by(letters.c.signed_at, letters.c.id)
    .limit(1)
)


@source()
def extended_by(situation: Situation) -> tuple[Agreed, ...]:
    """Who asked for the extension and who agreed to it, each with the moment."""
    asked = recorded(situation, "extension_ask")[-1]
    answered = [entry for entry in recorded(situation, "ask_accepted") if entry.written_at >= asked.written_at]
    mentee, mentor = participant_line(subject_row(situation)), mentor_person(situation)
    sides = (("Mentee", mentee), ("Mentor", mentor))
    own, other = sides if asked.written_by == situation.case.subject_id else sides[::-1]
    agreed_at = answered[-1].written_at if answered else situation.at
    return (
        Agreed(role=own[0], person=own[1], at=asked.written_at),
        Agreed(role=other[0], person=other[1], at=agreed_at),
    )


@source()
def extension_reason(situation: Situation) -> str:
    """Why it was asked for."""
    return str(recorded(situation, "extension_ask")[-1].data["reason"])


# --- How it went -----------------------------------------------------------------------------------------------------


@source()
def concluded_on(situation: Situation) -> date | None:
    """The day on which it ended where that is before the day that was planned; else None."""
    ends_on = msgspec.convert(situation.form["ends_on"], date, strict=False)
    ended = evaluation_since(situation)
    return ended if ended is not None and ended <= ends_on else None


@source()
def meetings(situation: Situation) -> tuple[MeetingLine, ...]:
    """The meetings that the mentee confirmed, by time."""
    confirmed = _confirmed(situation)
    several = len({entry.written_by for entry in confirmed}) > 1
    lines = (_meeting_line(situation, entry, named=several) for entry in confirmed)
    return tuple(sorted(lines, key=lambda line: (line.starts_at, line.ends_at)))


def _confirmed(situation: Situation) -> list[Recorded]:
    return [entry for entry in recorded(situation, "session") if entry.status == "confirmed"]


def _meeting_line(situation: Situation, entry: Recorded, *, named: bool) -> MeetingLine:
    data = entry.data
    return MeetingLine(
        starts_at=_instant(data, "starts_at"),
        ends_at=_instant(data, "ends_at"),
        media=f"{MEDIA[data['medium']]}, {data['place']}",
        topic=data["topic"],
        result=data["result"],
        action=data.get("action") or "",
        action_on=msgspec.convert(data.get("action_on"), date | None, strict=False),
        mentor=_line(situation, entry.written_by).name if named and entry.written_by else "",
    )


def _instant(data: dict[str, Any], name: str) -> datetime:
    return msgspec.convert(data[name], datetime, strict=False)


@source()
def open_meetings(situation: Situation) -> int:
    """How many meetings were logged that the mentee did not confirm."""
    return sum(entry.status in ("written", "disputed") for entry in recorded(situation, "session"))


@source()
def evaluations(situation: Situation) -> tuple[EvaluationLine, ...]:
    """What each said of the other, in sum; nothing as long as one of the two may not read it."""
    if evaluations_are_sealed(gather(EvaluationFacts, situation)):
        return ()
    return tuple(
        _evaluation(says, entry.data) for kind, says in _EVALUATIONS.items() for entry in recorded(situation, kind)[-1:]
    )


def _evaluation(says: str, data: dict[str, Any]) -> EvaluationLine:
    mean = (Decimal(sum(data[name] for name in MARKS)) / len(MARKS)).quantize(Decimal("0.1"))
    return EvaluationLine(by=says, mean=mean, gap_before=data["gap_before"], gap_after=data["gap_after"])


@source()
def not_evaluated(situation: Situation) -> tuple[str, ...]:
    """Whose evaluation never came, though they are in service."""
    gone = {f"{who}_evaluation" for who, _ in _gone(situation)}
    return tuple(says for kind, says in _EVALUATIONS.items() if kind not in gone and not recorded(situation, kind))


def _gone(situation: Situation) -> list[tuple[str, date]]:
    """Who of the two is no longer in service, and since when."""
    since = {"mentor": current_mentor_left_on(situation), "mentee": participant_left_on(situation)}
    return [(who, left_on) for who, left_on in since.items() if left_on is not None and left_on <= situation.on]


@source()
def not_given(situation: Situation) -> tuple[str, ...]:
    """Whose part the report lacks, each in a sentence that says why."""
    return tuple(
        f"{who.capitalize()} tidak lagi bertugas sejak {written(left_on)}, sehingga laporan ini disusun tanpa {who}"
        + ("." if recorded(situation, f"{who}_evaluation") else f" dan penilaian {who} tidak diberikan.")
        for who, left_on in _gone(situation)
    )


# --- What it counts for ----------------------------------------------------------------------------------------------


@source()
def counted_meetings(situation: Situation) -> tuple[CountedMeeting, ...]:
    """The mentee's meetings with what the book of hours says of each, by time."""
    return tuple(
        CountedMeeting(
            starts_at=claim.starts_at, ends_at=claim.ends_at, hours=hours, says="" if hours else says.rstrip(".")
        )
        for claim, hours, says in _booked(situation, situation.case.subject_id)
    )


@source()
def guides(situation: Situation) -> tuple[Guide, ...]:
    """Everybody who held a meeting that was confirmed; the mentor alone where none was."""
    held: dict[str, list[date]] = {}
    zone = situation.office.zone
    for entry in _confirmed(situation):
        if entry.written_by:
            held.setdefault(entry.written_by, []).append(_instant(entry.data, "starts_at").astimezone(zone).date())
    found = (
        Guide(
            person=_line(situation, person),
            meetings=len(days),
            first_on=min(days),
            last_on=max(days),
            hours=sum(hours for _, hours, _ in _booked(situation, person)),
        )
        for person, days in held.items()
    )
    return tuple(sorted(found, key=lambda guide: (guide.first_on, guide.person.name)))


def _booked(situation: Situation, person_id: str) -> Iterator[tuple[Row[Any], int, str]]:
    """Each meeting of the case that gives somebody a claim, with the JP that stand for it on the books, and why."""
    stands = {row.evidence_id: row for row in situation.conn.execute(standing(), {"person": person_id})}
    for claim in situation.conn.execute(_CLAIMS, {"case": situation.case.id, "person": person_id}):
        posted = stands.get(claim.id)
        yield claim, posted.hours if posted is not None else 0, posted.says if posted is not None else ""


_CLAIMS = (
    select(hour_evidence)
    .where(
        hour_evidence.c.case_id == bindparam("case"),
        hour_evidence.c.person_id == bindparam("person"),
        hour_evidence.c.starts_at.is_not(None),
        hour_evidence.c.withdrawn_at.is_(None),
    )
    .order_by(hour_evidence.c.starts_at, hour_evidence.c.number)
)
