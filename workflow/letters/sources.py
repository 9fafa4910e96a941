"""The facts that letters are made of; each fills the field of its name in a letter's body. See ``workflow/facts.py``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from policies import credit
from policies.civil_service import full_name, read_rank
from policies.nip import read_nip
from workflow.case_sources import budget, host_country, host_named, recorded
from workflow.errors import NotFound
from workflow.facts import Situation, source
from workflow.letters.bodies import FieldSupervisor
from workflow.letters.parts import HostLine, LetterReference, PersonLine
from workflow.sources import subject_row
from workflow.tables import letter_cases, letters


def person_line(row: Row[Any]) -> PersonLine:
    """A person as letters name them, from a row of people with the name of their unit."""
    return PersonLine(
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
def participants(situation: Situation) -> tuple[PersonLine, ...]:
    """Those whom the letter is about."""
    return tuple(person_line(row) for row in those_whom_it_is_about(situation))


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
    """Who bears the cost, as a sentence names it; the line is known once the verifier has chosen it."""
    funding = situation.form.get("funding", "none")
    if funding == "none":
        return "tanpa biaya"
    if funding == "host":
        return "anggaran instansi penerima"
    line = budget(situation)
    return f"anggaran {line.title}" if line else f"anggaran Pemerintah {situation.office.profile.agency}"


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
    replies = [*recorded(situation, "host_proposal"), *recorded(situation, "host_reply")]
    if not replies:
        return None
    latest = max(replies, key=lambda reply: reply.written_at).data
    return FieldSupervisor(name=latest["field_supervisor"], post=latest["field_supervisor_post"])


@source()
def conditions(situation: Situation) -> str | None:
    """What the host asked for and was accepted; None where it came to accept what was asked of it."""
    offers, replies = recorded(situation, "host_proposal"), recorded(situation, "host_reply")
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
    return tuple(situation.given.get("cancelled_letters", ()))


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
        .where(letter_cases.c.case_id == case_id, letters.c.state.in_(["to_render", "signed"]))
        .order_by(letters.c.signed_at.desc(), letters.c.id.desc())
    )
    return list(conn.execute(query))


def letter_case(conn: Connection, letter_id: str) -> str:
    """The case that a letter is recorded on; the first of those that share it. Raises NotFound."""
    query = (
        select(letter_cases.c.case_id)
        .where(letter_cases.c.letter_id == letter_id)
        .order_by(letter_cases.c.case_id)
        .limit(1)
    )
    found = conn.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Surat {letter_id} tidak ada.")
    return str(found)
