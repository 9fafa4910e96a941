"""The facts that letters are made of; each fills the field of its name in a letter's body. See ``workflow/facts.py``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from policies import credit
from policies.civil_service import full_name, read_rank
from policies.dates import written
from policies.nip import read_nip
from workflow.engine.heirs import successor_row
from workflow.engine.recorded_entries import inherited, recorded
from workflow.errors import NotFound
from workflow.facts import Situation, source
from workflow.letters.bodies.internship import FieldSupervisor
from workflow.letters.parts import HostLine, LetterReference, ParticipantLine
from workflow.letters.route import LEFT
from workflow.sources.case import funds, host_country, host_named
from workflow.sources.step import PERSON, subject_row
from workflow.tables import cases, letter_cases, letters, people, units


def participant_line(row: Row[Any]) -> ParticipantLine:
    """A participant as letters name them, from a row of people with the name of their unit."""
    return ParticipantLine(
        name=full_name(row.front_title, row.name, row.back_title),
        nip=grouped(row.nip),
        rank=rank_on_letter(row),
        post=row.post or "",
        unit=row.unit_name or "",
    )


def grouped(nip: str | None) -> str | None:
    """A NIP in its printed groups; None where there is none."""
    return read_nip(nip).grouped() if nip else None


def rank_on_letter(row: Row[Any]) -> str | None:
    """The rank as letters print it; None where it is not recorded."""
    return read_rank(row.grade, row.asn_kind).on_letter if row.grade and row.asn_kind else None


def those_whom_it_is_about(situation: Situation) -> tuple[Row[Any], ...]:
    """The rows of the people whom a letter is about."""
    return (subject_row(situation),)


@source()
def participants(situation: Situation) -> tuple[ParticipantLine, ...]:
    """Those whom the letter is about."""
    return tuple(participant_line(row) for row in those_whom_it_is_about(situation))


def participant_lines(situation: Situation, case_id: str) -> tuple[ParticipantLine, ...]:
    """Those whom another case is about."""
    rows = situation.look_up(_SUBJECT_OF, of_case=case_id)
    return tuple(participant_line(row) for row in rows)


@source()
def successor(situation: Situation) -> ParticipantLine | None:
    """Whoever comes in the place of the one whom the letter is about; None where nobody does."""
    succession = situation.transition.succession if situation.transition else None
    if succession is None:
        return None
    return next(iter(_people_line(situation, successor_row(situation, succession).id)), None)


def _people_line(situation: Situation, person_id: str) -> list[ParticipantLine]:
    return [participant_line(row) for row in situation.look_up(PERSON, person=person_id)]


@source()
def host(situation: Situation) -> HostLine:
    """The institution that receives them."""
    found = host_named(situation)
    if found is None:
        raise LookupError("a letter about a host is issued before the host is known")
    return HostLine(
        name=found.name,
        head=found.head,
        address=found.address,
        city=found.city,
        inside=found.unit_id is not None,
        country=found.country_abroad,
    )


@source()
def cost_source(situation: Situation) -> str:
    """Who bears the cost, as a sentence names it; the line is known once the verifier has chosen it.

    Of a cost that is split by year it names each line that bears a part already; ``awaited_years`` are those of the others.
    """
    funding = situation.form.get("funding", "none")
    if funding == "none":
        return "tanpa biaya"
    if funding == "host":
        return "anggaran instansi penerima"
    found = funds(situation)
    promised = any(fund.held or fund.awaiting for fund in found)
    named = [f"anggaran {fund.title}" for fund in found if (fund.held if promised else fund.line)]
    return " dan ".join(named) or f"anggaran Pemerintah {situation.office.profile.agency}"


@source()
def cost_estimate(situation: Situation) -> int | None:
    """The estimate in rupiah; None where it costs nothing."""
    return situation.form.get("estimate") or None


@source()
def unplanned_reason(situation: Situation) -> str | None:
    """Why it lies outside the plan; None where it does not."""
    return situation.form.get("outside_plan_reason") or None


@source()
def basis(situation: Situation) -> tuple[str, ...]:
    """The rules that the process rests on for those whom the letter is about, each with its full title."""
    regulations = situation.office.regulations
    kinds = {row.asn_kind for row in those_whom_it_is_about(situation)}
    return tuple(regulations.full_title(each) for each in regulations.fitting(situation.process.basis, kinds))


@source()
def reply_days(situation: Situation) -> int | None:
    """Working days that the host has for its answer."""
    within = situation.process.state["awaiting_host"].within
    return None if within is None else int(situation.law[within].value)


@source()
def field_supervisor(situation: Situation) -> FieldSupervisor | None:
    """The host's own person who guides the participants, as it last named them."""
    replies = [each for kind in ("host_proposal", "host_reply", "guide") for each in inherited(situation, kind)]
    if not replies:
        return None
    latest = max(replies, key=lambda reply: reply.written_at).data
    return FieldSupervisor(name=latest["field_supervisor"], post=latest["field_supervisor_post"])


@source()
def conditions(situation: Situation) -> str | None:
    """What the host asked for and was accepted; None where it came to accept what was asked of it."""
    offers, replies = inherited(situation, "host_proposal"), inherited(situation, "host_reply")
    if not offers or (replies and replies[-1].written_at > offers[-1].written_at):
        return None
    return offers[-1].data.get("conditions") or None


@source()
def score(situation: Situation) -> Decimal | None:
    """The mean of the host's scores, to two places; None without an assessment."""
    assessments = recorded(situation, "assessment")
    given = assessments[-1].data["scores"] if assessments else situation.given.get("scores")
    if not given:
        return None
    mean = (Decimal(sum(row["score"] for row in given)) / len(given)).quantize(Decimal("0.01"))
    # normalize() alone would write ninety as 9E+1.
    return Decimal(f"{mean.normalize():f}")


@source()
def predicate(situation: Situation) -> str | None:  # noqa: ARG001 - every source is asked with it
    """Hosts give scores; no rule turns them into a predicate yet."""
    return None


@source()
def hours(situation: Situation) -> int:
    """JP that the completed activity counts for, by the rate in force."""
    return credit_for(situation).hours


def credit_for(situation: Situation) -> credit.Credit:
    """What the completed activity counts for, with the rate and its citation."""
    to_a_host = any(role.partner for role in situation.process.roles)
    abroad = to_a_host and credit.is_abroad(host_country(situation))
    return credit.convert(situation.process.activity, situation.law, international=abroad)


@source()
def host_certificate(situation: Situation) -> LetterReference | None:
    """The host's own certificate: on its paper, or issued from here where it is one of our units."""
    issued = references(situation, "internship_host_certificate")
    if issued:
        return issued[0]
    assessments = recorded(situation, "assessment")
    found = host_named(situation)
    if not assessments or not assessments[-1].data.get("certificate_number") or found is None:
        return None
    data = assessments[-1].data
    return msgspec.convert(
        {
            "kind": "surat keterangan",
            "number": data["certificate_number"],
            "dated_on": data["certificate_on"],
            "by": found.head,
        },
        LetterReference,
    )


@source()
def ended_before(situation: Situation) -> date:
    """The last day before the period was made longer; the present one where it never was."""
    field = (situation.process.period or ("", ""))[1]
    return msgspec.convert(situation.case.memory.get("ended_before") or situation.form[field], date, strict=False)


@source()
def consent(situation: Situation) -> str:
    """How the host consented to a longer period, as a sentence names it."""
    asked, given = recorded(situation, "extension_asked"), recorded(situation, "extension_consent")
    by_host = bool(asked) and asked[-1].written_by != situation.case.subject_id
    latest = asked[-1] if by_host or not given else given[-1]
    said = "permintaan" if by_host else "persetujuan"
    return f"{said} instansi penerima tanggal {written(latest.on_date)}"


@source()
def waived_reason(situation: Situation) -> str | None:
    """Why the host's assessment was done without; None where it assessed, or assessed again after that."""
    waivers, assessments = recorded(situation, "waiver"), recorded(situation, "assessment")
    if not waivers or (assessments and assessments[-1].written_at > waivers[-1].written_at):
        return None
    reason: str = waivers[-1].data["reason"]
    return reason


@source()
def earlier(situation: Situation) -> tuple[LetterReference, ...]:
    """The signed letters of the case so far, latest first: what this one follows."""
    return references(situation)


@source()
def cancels(situation: Situation) -> tuple[LetterReference, ...]:
    """The letters that a cancellation takes back; the issuing step says which."""
    return tuple(situation.given.get("taken_back", ()))


@source()
def changes(situation: Situation) -> tuple[LetterReference, ...]:
    """The letters that a change leaves in force for others; the issuing step says which."""
    return tuple(situation.given.get("taken_back", ()))


@source()
def remaining(situation: Situation) -> tuple[ParticipantLine, ...]:
    """Those who go on under the letters that are changed; the issuing step says who."""
    return tuple(situation.given.get("remaining", ()))


def references(situation: Situation, *kinds: str) -> tuple[LetterReference, ...]:
    """Signed letters of the case in force, of these kinds where any are named, latest first."""
    return tuple(
        reference(situation.process.letters[row.kind].title, row)
        for row in in_force(situation.conn, situation.case.id)
        if not kinds or row.kind in kinds
    )


def reference(title: str, row: Row[Any]) -> LetterReference:
    """How another letter refers to a signed one."""
    return LetterReference(
        kind=title[0].lower() + title[1:],
        number=row.number,
        dated_on=row.dated_on,
        by=row.signed_title,
        code=row.kind,
    )


def in_force(conn: Connection, case_id: str) -> list[Row[Any]]:
    """The signed letters of a case that are not void, latest first."""
    query = (
        select(letters)
        .join_from(letters, letter_cases)
        .where(
            letter_cases.c.case_id == case_id,
            letter_cases.c.changed_by.is_(None),
            letters.c.state.in_(LEFT),
        )
        .order_by(letters.c.signed_at.desc(), letters.c.id.desc())
    )
    return list(conn.execute(query))


def letter_cases_of(conn: Connection, letter_id: str) -> list[str]:
    """The cases that a letter is of, in the order of their ids, without those taken off it. Raises NotFound."""
    found = list(conn.execute(_OF_LETTER, {"letter": letter_id}).scalars())
    if not found:
        raise NotFound(f"Surat {letter_id} tidak ada.")
    return found


_OF_LETTER = (
    select(letter_cases.c.case_id)
    .where(letter_cases.c.letter_id == bindparam("letter"), letter_cases.c.changed_by.is_(None))
    .order_by(letter_cases.c.case_id)
)
_SUBJECT_OF = (
    select(people, units.c.name.label("unit_name"))
    .join_from(cases, people, people.c.id == cases.c.subject_id)
    .join(units, units.c.id == people.c.unit_id, isouter=True)
    .where(cases.c.id == bindparam("of_case"))
)
