"""Judging a step: what stands in its way, before anything is written. ``preview`` shows it, ``fire`` raises it; so they agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import select

from policies.authority import SigningFacts, a_stand_in_signs_no_decision
from policies.decision import Grade, Reason, Rule
from policies.parameters import NotInForce
from workflow.attesting import attests, check_attestation
from workflow.authority.appointing import appointee
from workflow.authority.bench import Bench, Seat
from workflow.cases import Case
from workflow.database import lock
from workflow.definition import SAME, SYSTEM, Among, Entry, Letter, Process, Succession, Transition, facts_of
from workflow.engine.heirs import successor_of
from workflow.engine.hidden_entries import rules_told
from workflow.engine.judgement import THE_SYSTEM, Actor, Heir, Judged, Judgement
from workflow.engine.named_files import check_files
from workflow.engine.named_others import by_their_ids, refuse_strangers, without_strangers
from workflow.engine.recorded_entries import check_corrected
from workflow.engine.seating import done_by
from workflow.errors import FieldError, InvalidForm, NotAcknowledged, NotNow, NotYours, Refused
from workflow.facts import NeedsFields, Situation, gather, locks_for
from workflow.filling import (
    dropped_blanks,
    missing_fields,
    on_the_clock,
    plain_values,
    read_form,
    read_nothing,
    read_part,
    readable,
    without_blanks,
)
from workflow.forms import IncomingLetter, label
from workflow.incoming import check_paper, sender_named
from workflow.letters.route import LEFT, UNDER_WAY
from workflow.letters.words import begun_small, listing
from workflow.tables import letter_cases, letters

#: No text on it was read: nobody goes by a letter before it is signed.
ONLY_SIGNED = ("Praktik daerah",)

__all__ = ["THE_SYSTEM", "Actor", "Heir", "Judged", "Judgement", "judge"]


def judge(
    situation: Situation,
    trigger: str,
    actor: Actor,
    values: Mapping[str, Any],
    acknowledged: tuple[str, ...] = (),
    *,
    binding: bool = True,
    recorded: Mapping[str, Any] | None = None,
) -> Judgement:
    """Look at a step from the situation that the case is in; where it is ``binding``, what the facts name is locked first.

    ``recorded``: the paper by which somebody answered for whom the actor records the step.

    What the step lacks is not raised: it is in ``obstacles``. Raises NotNow where there is no such step in this state.
    """
    arrow = _arrow(situation, trigger, actor, recorded=recorded is not None)
    values = by_their_ids(situation, arrow.takes, plain_values(values))
    values = on_the_clock(arrow.takes, values, situation.office.zone)
    situation = replace(situation, transition=arrow, given=without_blanks(arrow.takes, values), cache={})
    judgement = Judgement(arrow, situation, Bench(situation))
    with judgement.asking("Pihak yang berwenang"):
        _authority(judgement, actor, recorded=recorded is not None)
    _condition(judgement)
    _fill(judgement, values, actor)
    if recorded is not None:
        _read_paper(judgement, recorded, actor)
    if arrow.succession is not None:
        _follow(judgement, arrow.succession, actor)
    if arrow.appoints:
        _appoint(judgement)
    _after(judgement)
    if binding:
        _lock(judgement)
    _guard(judgement, acknowledged, actor)
    if arrow.keeps is not None and judgement.seat is not None and not judgement.obstacles:
        _keep(judgement, arrow.keeps)
    with judgement.asking("Status berikutnya"):
        _aim(judgement)
    _leave_nothing_open(judgement)
    return judgement


def _arrow(situation: Situation, trigger: str, actor: Actor, *, recorded: bool) -> Transition:
    """The arrow that a trigger means to the actor: theirs, and of several the one that is needed. Raises NotNow for none."""
    process, case = situation.process, situation.case
    found = process.arrows(case.state, trigger)
    if not found:
        raise NotNow(_not_now(process, case, trigger))
    if len(found) == 1:
        return found[0]
    bench = Bench(situation)
    theirs = [arrow for arrow in found if _is_for(bench, arrow, actor, recorded=recorded)]
    return next((arrow for arrow in theirs if _is_needed(situation, arrow)), (*theirs, *found)[0])


def _is_for(bench: Bench, arrow: Transition, actor: Actor, *, recorded: bool) -> bool:
    """Whether the actor plays a role that takes an arrow."""
    situation = bench.situation
    roles = arrow.recorded_by if recorded else situation.process.actors(arrow, situation.case.state)
    if actor.is_system:
        return SYSTEM in roles
    try:
        return bench.seat(actor.person_id, (role for role in roles if role != SYSTEM)) is not None
    except (NeedsFields, msgspec.ValidationError):
        return False


def _is_needed(situation: Situation, arrow: Transition) -> bool:
    """Whether the condition of an arrow holds, as far as it can be told."""
    try:
        return arrow.when is None or arrow.when(gather(facts_of(arrow.when), situation))
    except (NeedsFields, msgspec.ValidationError):
        return True


def _not_now(process: Process, case: Case, trigger: str) -> str:
    state = process.state[case.state]
    known = {t.trigger for t in process.transitions}
    if trigger not in known:
        return f"Tindakan “{trigger}” tidak dikenal pada {process.title}; yang dikenal: {', '.join(sorted(known))}."
    if state.final:
        return f"Berkas sudah ditutup dengan status “{state.title}”; tidak ada tindakan lagi."
    # What depends on a circumstance, and what falls to nobody, is not promised here.
    here = [t for t in process.from_state(case.state) if t.when is None and process.actors(t, case.state) != (SYSTEM,)]
    possible = ", ".join(dict.fromkeys(t.title for t in here))
    return f"Status berkas “{state.title}”. Yang dapat dilakukan sekarang: {possible}."


def _authority(judgement: Judgement, actor: Actor, *, recorded: bool) -> None:
    situation, arrow = judgement.situation, judgement.arrow
    roles = arrow.recorded_by if recorded else situation.process.actors(arrow, situation.case.state)
    if recorded and not roles:
        judgement.obstacles.append(NotYours(f"“{arrow.title}” tidak dapat dicatat atas nama pihak lain."))
        return
    if actor.is_system:
        if SYSTEM not in roles:
            judgement.obstacles.append(NotYours("Langkah ini harus diambil oleh pejabat, bukan oleh sistem."))
        return
    roles = tuple(role for role in roles if role != SYSTEM)
    judgement.seat = _bench_then(judgement).seat(actor.person_id, roles)
    if judgement.seat is None:
        titles = listing(_titles(situation, arrow.trigger, recorded=recorded), "atau") or "sistem"
        done = "dicatat" if recorded else "dilakukan"
        why = " ".join(filter(None, (judgement.bench.left_out(role).get(actor.person_id or "") for role in roles)))
        says = f"“{arrow.title}” {done} oleh {titles}."
        judgement.obstacles.append(NotYours(f"{says} Anda tidak termasuk: {begun_small(why)}" if why else says))
    elif arrow.in_person and judgement.seat.mandate:
        _in_person(judgement, judgement.seat)


def _in_person(judgement: Judgement, seat: Seat) -> None:
    """What decides by keputusan is not for whoever stands in for somebody, as they could not sign it either."""
    decides = any(letter.decides for letter in _of_this_case(judgement, judgement.arrow.issues))
    facts = SigningFacts(decides, seat.title, seat.mandate, giver_holds_post=bool(seat.lent_by))
    decision = a_stand_in_signs_no_decision(facts, judgement.situation.law)
    if decision.grade is Grade.REFUSED:
        judgement.obstacles.append(Refused(decision.reasons[0].says, reasons=decision.reasons))


def _titles(situation: Situation, trigger: str, *, recorded: bool) -> Iterator[str]:
    """What people call those who take a trigger here, whichever arrow it means to them."""
    process, state = situation.process, situation.case.state
    each = (t.recorded_by if recorded else process.actors(t, state) for t in process.arrows(state, trigger))
    roles = dict.fromkeys(role for several in each for role in several if role != SYSTEM)
    yield from (begun_small(process.role[role].title) for role in roles)


def _bench_then(judgement: Judgement) -> Bench:
    """Who may take the step now; where its letters were signed on paper, who might on that day."""
    situation = judgement.situation
    days = [each.paper.dated_on for each in situation.on_paper.values() if each.paper is not None]
    return Bench(situation.standing_on(min(days))) if days else judgement.bench


def _condition(judgement: Judgement) -> None:
    """Whether the step is still to be taken, and needed at all."""
    arrow, case = judgement.arrow, judgement.situation.case
    if arrow.once and arrow.trigger in case.memory.get("done", ()):
        judgement.obstacles.append(NotNow(f"“{arrow.title}” sudah dilakukan."))
    if judgement.seat is not None and judgement.seat.person_id in done_by(case, arrow):
        judgement.obstacles.append(NotNow(f"“{arrow.title}” sudah Anda lakukan."))
    if arrow.when is None:
        return
    with judgement.asking("Perlu tidaknya tindakan ini"):
        if not arrow.when(gather(facts_of(arrow.when), judgement.situation)):
            judgement.obstacles.append(NotNow(_not_needed(judgement)))


def _not_needed(judgement: Judgement) -> str:
    """That a step is not needed here; where it is another's, whose."""
    situation, arrow = judgement.situation, judgement.arrow
    process, state = situation.process, situation.case.state
    needed = [
        each for each in process.arrows(state, arrow.trigger) if each.when is not None and _is_needed(situation, each)
    ]
    roles = dict.fromkeys(role for each in needed for role in process.actors(each, state) if role != SYSTEM)
    if not roles:
        return f"“{arrow.title}” tidak diperlukan pada berkas ini."
    theirs = listing((begun_small(process.role[role].title) for role in roles), "atau")
    why = listing(each.when_says for each in needed)
    return f"“{arrow.title}” pada berkas ini hanya dilakukan oleh {theirs}, karena {why}."


def _fill(judgement: Judgement, values: Mapping[str, Any], actor: Actor) -> None:
    """Read the step's form, and the request as it would stand after the step."""
    arrow, situation = judgement.arrow, judgement.situation
    form = situation.case.form
    try:
        form = _read(judgement, values, actor)
    except InvalidForm as invalid:
        judgement.obstacles.append(invalid)
        # Rules look at what could be read, so that their reasons come together with the form's errors.
        read = without_strangers(situation, arrow.takes, readable(arrow.takes, values))
        situation = replace(situation, given=without_blanks(arrow.takes, read))
        if arrow.takes is situation.process.form:
            form = dropped_blanks(without_blanks(arrow.takes, {**situation.case.form, **read}))
        if arrow.takes is not None:
            known = form if arrow.takes is situation.process.form else {}
            judgement.need(*missing_fields(arrow.takes, {**known, **values}))
    situation = situation.with_form(form)
    if arrow.amends is not None:
        with judgement.asking("Perubahan permohonan"):
            changes = msgspec.to_builtins(dict(arrow.amends(gather(facts_of(arrow.amends), situation))))
            situation = situation.with_form(dropped_blanks({**form, **changes}))
    judgement.situation = situation


def _read(judgement: Judgement, values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Read the step's form. Answers the request as it would stand after the step. Raises InvalidForm."""
    arrow, situation = judgement.arrow, judgement.situation
    form = situation.case.form
    if arrow.takes is None:
        read_nothing(values)
    elif arrow.partial:
        form = dropped_blanks({**form, **read_part(arrow.takes, values)})
    elif arrow.takes is situation.process.form:
        form = dropped_blanks(without_blanks(arrow.takes, {**form, **values}))
        judgement.filled = read_form(arrow.takes, values, known=form)
    else:
        judgement.filled = read_form(arrow.takes, values)
    if arrow.takes is not None:
        refuse_strangers(situation, arrow.takes, form if arrow.takes is situation.process.form else values)
    check_corrected(situation, arrow)
    check_files(situation, arrow.takes, situation.given, actor)
    if attests(arrow):
        check_attestation(situation.process, situation.given)
    return form


def _read_paper(judgement: Judgement, recorded: Mapping[str, Any], actor: Actor) -> None:
    """Read the paper that an answer is recorded by."""
    situation = judgement.situation
    try:
        paper = read_form(IncomingLetter, recorded)
        check_files(situation, IncomingLetter, recorded, actor)
        of_days = judgement.arrow.marks is not None
        check_paper(situation.conn, paper, sender_named(situation), situation.on, of_days=of_days)
    except InvalidForm as invalid:
        faults = tuple(replace(fault, field=f"recorded.{fault.field}") for fault in invalid.fields)
        judgement.obstacles.append(InvalidForm(invalid.says, fields=faults))
    else:
        judgement.paper = paper


def _follow(judgement: Judgement, succession: Succession, actor: Actor) -> None:
    """The situation in which a successor would stand, where the form names somebody who can be one."""
    with judgement.asking("Pengganti"):
        try:
            judgement.heir = Heir(successor_of(judgement.situation, succession, actor.person_id))
        except InvalidForm as invalid:
            judgement.obstacles.append(invalid)


def _appoint(judgement: Judgement) -> None:
    """Find whom the step's form appoints."""
    with judgement.asking("Orang yang ditunjuk"):
        try:
            judgement.appointed = appointee(judgement.situation, judgement.arrow.appoints)
        except InvalidForm as invalid:
            judgement.obstacles.append(invalid)


def _after(judgement: Judgement) -> None:
    """Letters that must be signed before this step: its own, and those that are answered where the case is."""
    case, process = judgement.situation.case, judgement.situation.process
    state = process.state[case.state]
    roles = process.actors(judgement.arrow, case.state)
    answers = state.after if roles == (SYSTEM,) or set(roles) & set(state.waits) else ()
    if not judgement.arrow.after and not answers:
        return
    query = (
        select(letters.c.kind, letters.c.state)
        .join_from(letters, letter_cases)
        .where(letter_cases.c.case_id == case.id, letter_cases.c.changed_by.is_(None))
    )
    found = judgement.situation.conn.execute(query).all()
    signed = {row.kind for row in found if row.state in LEFT}
    under_way = {row.kind for row in found if row.state in UNDER_WAY}
    missing = [letter for letter in _of_this_case(judgement, judgement.arrow.after) if letter.name not in signed]
    missing += [letter for letter in answers if letter.name in under_way and letter not in missing]
    judgement.awaited = tuple(
        Reason(Grade.REFUSED, f"{m.title} belum ditandatangani.", ONLY_SIGNED, f"Tunggu {m.title.lower()} terbit.")
        for m in missing
    )


def _of_this_case(judgement: Judgement, letters_named: Iterable[Letter]) -> Iterator[Letter]:
    """Of the letters that a step names, those that a case like this one has."""
    for letter in letters_named:
        if letter.when is None or letter.when(gather(facts_of(letter.when), judgement.situation)):
            yield letter


def _lock(judgement: Judgement) -> None:
    """Lock what the facts name, in one fixed order, before the rules read them.

    Authority, condition and form may have read some of them already; ``with_form`` has forgotten those, so they are read again.
    """
    asked = [(judgement.situation, judgement.arrow.guards)]
    if judgement.heir and judgement.arrow.succession:
        asked.append((judgement.heir.situation, judgement.arrow.succession.guards))
    names = {name for situation, rules in asked for name in locks_for([rule.facts for rule in rules], situation)}
    if names:
        lock(judgement.situation.conn, *names)


def _guard(judgement: Judgement, acknowledged: tuple[str, ...], actor: Actor) -> None:
    """Every rule answers; all reasons are kept together, with those of letters that are awaited.

    To whoever cannot take the step, none answers that tells of what is for a few.
    """
    guards: Iterable[Rule] = judgement.arrow.guards
    if judgement.seat is None and not actor.is_system:
        guards = rules_told(judgement.situation, guards, actor.person_id)
    _ask(judgement, guards, judgement.situation, judgement.judged)
    if judgement.heir and judgement.arrow.succession:
        _ask(judgement, judgement.arrow.succession.guards, judgement.heir.situation, judgement.heir.judged)
    standing = tuple(r for r in judgement.reasons if r.grade in (Grade.REFUSED, Grade.UNKNOWN))
    unseen = tuple(r for r in judgement.warnings if r.rule not in acknowledged)
    if standing:
        judgement.obstacles.append(Refused(standing[0].says, reasons=judgement.reasons))
    elif unseen and not actor.is_system:
        says = "Nyatakan bahwa peringatan berikut sudah diketahui, lalu kirim kembali."
        judgement.obstacles.append(
            NotAcknowledged(says, reasons=judgement.reasons, more={"acknowledge": [r.rule for r in unseen]})
        )


def _keep(judgement: Judgement, entry: Entry) -> None:
    """What the step would put on record by itself can be known: each number in it has its law."""
    with judgement.asking(entry.title):
        try:
            gather(entry.takes, judgement.situation)
        except NotInForce as absent:
            remedy = "Lengkapi riwayat ketentuan itu, atau tunggu sampai ketentuannya berlaku."
            reasons = (Reason(Grade.REFUSED, str(absent), (), remedy),)
            judgement.obstacles.append(Refused(str(absent), reasons=reasons))


def _ask(judgement: Judgement, rules: Iterable[Rule], situation: Situation, judged: list[Judged]) -> None:
    for rule in rules:
        law = situation.guarding_law
        with judgement.asking(f"Syarat “{rule.title}”"):
            facts = gather(rule.facts, situation)
            judged.append(Judged(rule, facts, rule(facts, law), law.used))


def _aim(judgement: Judgement) -> None:
    """The state that the step leads to."""
    arrow, situation = judgement.arrow, judgement.situation
    if isinstance(arrow.to, Among):
        judgement.target = arrow.to.choose(gather(facts_of(arrow.to.choose), situation))
        if judgement.target not in arrow.targets(situation.case.state):
            raise RuntimeError(f"{arrow.trigger} was sent to {judgement.target!r}, which it does not declare")
    else:
        judgement.target = situation.case.state if arrow.to == SAME else arrow.to


def _leave_nothing_open(judgement: Judgement) -> None:
    """What could not be asked stands in the way, unless the form's own errors do so already."""
    if any(isinstance(obstacle, InvalidForm) for obstacle in judgement.obstacles):
        return
    if judgement.needs:
        form = judgement.situation.process.form
        structs = (judgement.arrow.takes or form, form)
        known = {field.name: label(field) for struct in structs for field in msgspec.structs.fields(struct)}
        faults = tuple(FieldError(n, known.get(n, n), f"{known.get(n, n)} belum diisi.") for n in judgement.needs)
        judgement.obstacles.append(InvalidForm("Periksa isian berikut.", fields=faults))
    if judgement.unasked:
        remedy = "Perbaiki isian berkas yang tersimpan, atau mintalah pengelola sistem memeriksanya."
        reasons = tuple(
            Reason(Grade.UNKNOWN, f"{what} tidak dapat diperiksa: ada isian tersimpan yang tidak terbaca.", (), remedy)
            for what in judgement.unasked
        )
        judgement.obstacles.append(Refused(reasons[0].says, reasons=reasons))
