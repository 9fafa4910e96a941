"""What somebody outside may see: a partner's contact, and a head of another unit who is only the host.

They see names, period and section, the state, their own answers and the letters addressed to them; never the facts or the
reasons of rules about the participant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from policies.decision import Grade, Reason, Rule
from workflow.audit import Event, events_of
from workflow.authority.sight import groups_that_see, may_see, seen_cases, seen_until, superiors_of
from workflow.callers import Caller
from workflow.cases import Case
from workflow.definition import Process, Transition
from workflow.engine.hidden_entries import Veil, reads_letter, veil_over
from workflow.errors import Problem, Refused, no_such_case
from workflow.facts import Situation, fields_of
from workflow.office import Office
from workflow.tables import cases, group_members, participants, people, positions
from workflow.views.past import Past, past_of
from workflow.views.shown import host_name

#: Facts that a host knows by itself or must know to act; a rule that asks for any other is not explained to it.
KNOWN_TO_A_HOST = frozenset(
    {
        "on",
        "given",
        "offer",
        "host",
        "host_inside",
        "host_name",
        "host_unit",
        "section",
        "starts_on",
        "ends_on",
        "last_day",
        "numbers",
        "stray_numbers",
        "from_on",
        "until_on",
        "chosen_days",
        "certificate_number",
        "certificate_on",
        "certificate_file",
    }
)

#: What a contact reads where a case is no longer with their institution.
NO_LONGER_YOURS = "Tidak lagi pada instansi Anda"

WITHHELD = "Ada syarat pada instansi asal yang belum terpenuhi. Keterangan lebih lanjut ada pada instansi asal peserta."


@dataclass(frozen=True)
class Sight:
    """How somebody sees a case. ``current``: from outside, whether the case is still theirs to answer.

    ``past``: what they see of it where their place on it is over; ``case`` is then the case as it stood.
    """

    process: Process
    case: Case
    caller: Caller
    outside: bool
    current: bool = True
    past: Past | None = None

    def events(self, conn: Connection) -> Sequence[Event]:
        """What happened to the case, oldest first, as far as they see it."""
        return events_of(conn, self.case.id) if self.past is None else self.past.events

    @property
    def own_fields(self) -> frozenset[str]:
        """Fields of the request that a host sees."""
        return frozenset({*(self.process.period or ()), *host_fields(self.process), "section"})


def host_fields(process: Process) -> tuple[str, ...]:
    """Fields of the request that name a host."""
    return tuple(role.partner for role in process.roles if role.partner)


def host_roles(process: Process) -> frozenset[str]:
    """Roles that a host plays."""
    return frozenset(role.name for role in process.roles if role.partner)


def outside_roles(process: Process) -> frozenset[str]:
    """Roles that are played at the host's: its own, and those of whom it appoints."""
    return host_roles(process) | {role.name for role in process.roles if role.appointed}


def sight_of(conn: Connection, process: Process, case: Case, caller: Caller) -> Sight:
    """How a caller sees a case as it is now. Raises NotFound where they may not know of it, or their place on it is over."""
    if not may_see(conn, process, case, caller.person_id, caller.on, caller.only):
        raise no_such_case(case.id)
    return _seen(conn, process, [case], caller)[0]


def sight_now_or_then(conn: Connection, process: Process, case: Case, caller: Caller) -> Sight:
    """The same for what can look back: whoever's place on the case is over sees it as it stood until then. Raises NotFound."""
    if may_see(conn, process, case, caller.person_id, caller.on, caller.only):
        return _seen(conn, process, [case], caller)[0]
    until = seen_until(conn, [case.id], caller.person_id, caller.only).get(case.id)
    past = past_of(conn, case.id, until) if until is not None else None
    if past is None:
        raise no_such_case(case.id)
    caller.looked_at.append(case.id)
    own = _was_only_listed(conn, process, case, caller)
    return Sight(process, past.case(process, case), caller, outside=own, past=past)


def _was_only_listed(conn: Connection, process: Process, case: Case, caller: Caller) -> bool:
    """Whether a caller had a place only as long as a list named them: then they see what they did themselves, as from outside."""
    lost = select(participants.c.role).where(
        participants.c.case_id == case.id,
        participants.c.person_id == caller.person_id,
        participants.c.until_at > participants.c.since_at,
    )
    return all(process.role[role].chosen is not None for role in conn.execute(lost).scalars())


def pasts_of(
    conn: Connection, processes: tuple[Process, ...], case_ids: Sequence[str], caller: Caller
) -> dict[str, Past]:
    """What is seen of those of several cases on which the caller's place is over, by the case's id."""
    until = seen_until(conn, case_ids, caller.person_id, caller.only)
    if not until:
        return {}
    as_now = seen_cases(processes, caller.person_id, caller.on, caller.only)
    seen = select(cases.c.id).where(cases.c.id.in_(until), as_now)
    over = set(until) - set(conn.execute(seen).scalars())
    return {case_id: past for case_id in over if (past := past_of(conn, case_id, until[case_id])) is not None}


def veil_of(conn: Connection, office: Office, sight: Sight, at: datetime) -> Veil:
    """What is hidden of a case from the one who looks; looking back, whatever was ever hidden from them."""
    situation = Situation(conn, office, sight.process, sight.case, sight.case.form, at)
    return veil_over(situation, sight.caller.person_id, ever=sight.past is not None)


def reads_letter_of(conn: Connection, office: Office, sight: Sight, row: Row[Any]) -> bool:
    """Whether a letter is among those of its case that whoever looks may read: some are for a few, and none of them then."""
    letter = sight.process.letters.get(row.kind)
    if sight.past is not None:
        return letter is None or not letter.read_by
    situation = Situation(conn, office, sight.process, sight.case, sight.case.form, office.noon(sight.caller.on))
    return reads_letter(situation, letter, row.id, sight.caller.person_id)


def sights_of(conn: Connection, process: Process, several: Sequence[Case], caller: Caller) -> list[Sight]:
    """How a caller sees those of several cases that they may know of, in the same order."""
    query = select(cases.c.id).where(
        cases.c.id.in_([case.id for case in several]), seen_cases((process,), caller.person_id, caller.on, caller.only)
    )
    known = set(conn.execute(query).scalars())
    return _seen(conn, process, [case for case in several if case.id in known], caller)


def _seen(conn: Connection, process: Process, several: Sequence[Case], caller: Caller) -> list[Sight]:
    caller.looked_at.extend(case.id for case in several)
    if caller.is_contact:
        return [
            Sight(process, case, caller, outside=True, current=is_current(process, case.form, caller))
            for case in several
        ]
    hosted = only_hosted(conn, process, several, caller)
    return [Sight(process, case, caller, outside=case.id in hosted) for case in several]


def is_current(process: Process, form: Mapping[str, Any], caller: Caller) -> bool:
    """Whether a case is still with the partner that a contact answers for; true for our own people."""
    asked = {str(form.get(field)) for field in host_fields(process)}
    return not caller.is_contact or f"partner:{caller.partner_id}" in asked


def is_only_host(conn: Connection, process: Process, case: Case, caller: Caller) -> bool:
    """Whether one of our own people sees a case for no other reason than to be its host."""
    return bool(only_hosted(conn, process, [case], caller))


def only_hosted(conn: Connection, process: Process, several: Sequence[Case], caller: Caller) -> set[str]:
    """Those of several cases, by id, that one of our own people sees for no other reason than to be their host."""
    of_others = {case.id: case for case in several if case.subject_id != caller.person_id}
    there = outside_roles(process)
    if not of_others or not there:
        return set()
    played = select(participants.c.case_id, participants.c.role).where(
        participants.c.case_id.in_(of_others),
        participants.c.person_id == caller.person_id,
        participants.c.until_at.is_(None),
    )
    roles: dict[str, set[str]] = {}
    for row in conn.execute(played):
        roles.setdefault(row.case_id, set()).add(row.role)
    return {
        case_id
        for case_id, theirs in roles.items()
        if theirs <= there and not _sees_for_more(conn, process, of_others[case_id], caller)
    }


def _sees_for_more(conn: Connection, process: Process, case: Case, caller: Caller) -> bool:
    """Whether whoever plays a part at the host's sees a case for another reason too: by a group, or from above."""
    belongs = select(group_members.c.group_name).where(
        group_members.c.person_id == caller.person_id,
        or_(
            group_members.c.group_name.in_(groups_that_see(process)),
            (group_members.c.group_name == "personnel_officer") & (group_members.c.unit_id == (case.unit_id or "")),
        ),
    )
    if conn.execute(belongs.limit(1)).first() is not None:
        return True
    held = select(positions.c.id).where(positions.c.holder_id == caller.person_id)
    return bool(set(conn.execute(held).scalars()) & superiors_of(conn, case))


def is_explained_outside(rule: Rule) -> bool:
    """Whether the reasons of a rule may be shown to a host: it asks for nothing that a host does not know."""
    return fields_of(rule.facts).keys() <= KNOWN_TO_A_HOST


def reasons_outside(transition: Transition, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The reasons that a host may see; where one that matters is withheld, a sentence says so in its place."""
    open_rules = {rule.name for rule in transition.rules if is_explained_outside(rule)}
    shown = tuple(reason for reason in reasons if reason.rule in open_rules or not reason.rule)
    hidden = [r for r in reasons if r not in shown and r.grade in (Grade.REFUSED, Grade.UNKNOWN)]
    return (*shown, Reason(Grade.REFUSED, WITHHELD)) if hidden else shown


def problem_outside(problem: Problem, transition: Transition | None) -> Problem:
    """A problem as a host may see it."""
    if not problem.reasons:
        return problem
    reasons = reasons_outside(transition, problem.reasons) if transition else (Reason(Grade.REFUSED, WITHHELD),)
    standing = [reason.says for reason in reasons if reason.grade in (Grade.REFUSED, Grade.UNKNOWN)]
    says = standing[0] if isinstance(problem, Refused) and standing else problem.says
    return type(problem)(says, reasons=reasons, fields=problem.fields, more=problem.more)


def partner_people(conn: Connection, caller: Caller) -> frozenset[str]:
    """The caller and, for one of a partner, everyone who answers or answered for the same."""
    if caller.partner_id is None:
        return frozenset({caller.person_id})
    return frozenset(conn.execute(select(people.c.id).where(people.c.partner_id == caller.partner_id)).scalars())


def own_institutions(sight: Sight) -> frozenset[str]:
    """What those who look from outside answer for, as a form names hosts: their partner, or the unit that is host."""
    if sight.caller.is_contact:
        return frozenset({f"partner:{sight.caller.partner_id}"})
    return frozenset(str(sight.case.form.get(field)) for field in host_fields(sight.process))


def is_addressed_to(conn: Connection, sight: Sight, host_in_body: str | None) -> bool:
    """Whether a letter's body names the caller's own institution as host."""
    if not sight.caller.is_contact:
        return True
    return host_in_body is not None and host_in_body == host_name(conn, f"partner:{sight.caller.partner_id}")
