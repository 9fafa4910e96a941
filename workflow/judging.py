"""Judging a step: what stands in its way, before anything is written. ``preview`` shows it, ``fire`` raises it; so they agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from sqlalchemy import bindparam, exists, select

from policies.decision import Decision, Grade, Reason, Rule
from policies.parameters import NotInForce, Value
from workflow.appointing import appointee
from workflow.attesting import attests, check_attestation
from workflow.authority import Bench, Seat
from workflow.cases import Case
from workflow.database import lock
from workflow.definition import SAME, SYSTEM, Among, Entry, Process, Succession, Transition, facts_of
from workflow.errors import FieldError, InvalidForm, NotAcknowledged, NotNow, NotYours, Problem, Refused
from workflow.facts import NeedsFields, Situation, gather, locks_for
from workflow.filling import (
    FileNamed,
    dropped_blanks,
    files_named,
    missing_fields,
    plain_values,
    read_form,
    read_nothing,
    read_part,
    readable,
    without_blanks,
)
from workflow.forms import IncomingLetter, label
from workflow.heirs import successor_of
from workflow.incoming import check_paper, sender_named
from workflow.letters.route import LEFT, UNDER_WAY
from workflow.letters.words import begun_small
from workflow.tables import file_cases, files, letter_cases, letters


@dataclass(frozen=True)
class Actor:
    """Who acts: a person by id, or the system (no person)."""

    person_id: str | None
    name: str
    label: str = ""

    @property
    def is_system(self) -> bool:
        """Acts for nobody."""
        return self.person_id is None


THE_SYSTEM = Actor(None, "Sistem")


@dataclass(frozen=True)
class Judged:
    """One rule's answer, with the facts it saw and the parameters it read."""

    rule: Rule
    facts: Any
    decision: Decision
    used: Mapping[str, Value[Any]]


@dataclass
class Heir:
    """The case of a successor, as it would begin where the other stands. Not stored yet."""

    situation: Situation
    judged: list[Judged] = field(default_factory=list)


@dataclass
class Judgement:
    """A step looked at from all sides. ``obstacles`` are what would be raised, gravest first."""

    arrow: Transition
    situation: Situation
    bench: Bench
    seat: Seat | None = None
    filled: msgspec.Struct | None = None
    judged: list[Judged] = field(default_factory=list)
    #: Letters that must be signed first, each with the process's own basis: it is the process that orders its letters.
    awaited: tuple[Reason, ...] = ()
    needs: tuple[str, ...] = ()
    obstacles: list[Problem] = field(default_factory=list)
    target: str = ""
    #: What could not be asked, as something stored or filled in is of another kind than it needs.
    unasked: list[str] = field(default_factory=list)
    #: The paper by which the answer came, where it is recorded for whoever gave it.
    paper: IncomingLetter | None = None
    #: Whoever comes in the place of the subject, and what was judged of them.
    heir: Heir | None = None
    #: Whom the step appoints.
    appointed: str | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Letters that are still awaited, then every reason of every rule, of a successor too."""
        all_judged = (*self.judged, *(self.heir.judged if self.heir else ()))
        return (*self.awaited, *(reason for judged in all_judged for reason in judged.decision.reasons))

    @property
    def warnings(self) -> tuple[Reason, ...]:
        """Reasons that must be acknowledged."""
        return tuple(reason for reason in self.reasons if reason.grade is Grade.WARNED)

    def need(self, *fields: str) -> None:
        """Remember fields that must be filled in first."""
        self.needs = tuple(dict.fromkeys((*self.needs, *fields)))

    @contextmanager
    def asking(self, what: str) -> Iterator[None]:
        """Ask something of the facts; where they do not say enough, what is asked stays open, and the step is refused for it."""
        try:
            yield
        except NeedsFields as needs:
            self.need(*needs.fields)
        except msgspec.ValidationError:
            self.unasked.append(what)


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
    case = situation.case
    arrow = situation.process.arrow(case.state, trigger)
    if arrow is None:
        raise NotNow(_not_now(situation.process, case, trigger))
    values = plain_values(values)
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
    judgement.seat = judgement.bench.seat(actor.person_id, roles)
    if judgement.seat is None:
        titles = " atau ".join(begun_small(situation.process.role[role].title) for role in roles) or "sistem"
        done = "dicatat" if recorded else "dilakukan"
        judgement.obstacles.append(NotYours(f"“{arrow.title}” {done} oleh {titles}."))


def _condition(judgement: Judgement) -> None:
    """Whether the step is still to be taken, and needed at all."""
    arrow, case = judgement.arrow, judgement.situation.case
    if arrow.once and arrow.trigger in case.memory.get("done", ()):
        judgement.obstacles.append(NotNow(f"“{arrow.title}” sudah dilakukan."))
    if arrow.when is None:
        return
    with judgement.asking("Perlu tidaknya tindakan ini"):
        if not arrow.when(gather(facts_of(arrow.when), judgement.situation)):
            judgement.obstacles.append(NotNow(f"“{arrow.title}” tidak diperlukan pada berkas ini."))


def _fill(judgement: Judgement, values: Mapping[str, Any], actor: Actor) -> None:
    """Read the step's form, and the request as it would stand after the step."""
    arrow, situation = judgement.arrow, judgement.situation
    form = situation.case.form
    try:
        if arrow.takes is None:
            read_nothing(values)
        elif arrow.partial:
            form = dropped_blanks({**form, **read_part(arrow.takes, values)})
        elif arrow.takes is situation.process.form:
            form = dropped_blanks(without_blanks(arrow.takes, {**form, **values}))
            judgement.filled = read_form(arrow.takes, values, known=form)
        else:
            judgement.filled = read_form(arrow.takes, values)
        check_files(situation, arrow.takes, situation.given, actor)
        if attests(arrow):
            check_attestation(situation.process, situation.given)
    except InvalidForm as invalid:
        judgement.obstacles.append(invalid)
        # Rules look at what could be read, so that their reasons come together with the form's errors.
        read = readable(arrow.takes, values)
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


def check_files(
    situation: Situation, struct: type[msgspec.Struct] | None, values: Mapping[str, Any], actor: Actor
) -> None:
    """Files that are named must exist, and be the actor's own or the case's already. Raises InvalidForm."""
    named = files_named(struct, values) if struct else ()
    if named:
        refuse_files_beyond(usable_files(situation, {file.id for file in named}, actor), named)


def usable_files(situation: Situation, wanted: Collection[str], actor: Actor) -> dict[str, str | None]:
    """Of the files wanted those that a step may name, each with the case that it belongs to.

    Whoever acts for several at once hands in one file for all of them.
    """
    case_id = situation.case.id
    rows = situation.conn.execute(_FILES, {"wanted": sorted(wanted), "of_case": case_id})
    return {
        row.id: case_id if row.shared else row.case_id
        for row in rows
        if row.case_id == case_id
        or row.shared
        or (row.uploaded_by == actor.person_id and (row.case_id is None or row.case_id in situation.together))
    }


def refuse_files_beyond(usable: Collection[str], named: Iterable[FileNamed]) -> None:
    """Every file that is named must be among the ``usable`` ones. Raises InvalidForm with the fields that name another."""
    says = "tidak ada, atau bukan unggahan Anda. Unggah berkasnya lebih dahulu."
    faults = tuple(
        FieldError(file.field, file.label, f"{file.label}: berkas {file.id} {says}")
        for file in named
        if file.id not in usable
    )
    if faults:
        raise InvalidForm("Ada berkas yang tidak dapat dipakai.", fields=faults)


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
    missing = [letter for letter in judgement.arrow.after if letter.name not in signed]
    missing += [letter for letter in answers if letter.name in under_way and letter not in missing]
    basis = process.basis
    judgement.awaited = tuple(
        Reason(Grade.REFUSED, f"{m.title} belum ditandatangani.", basis, f"Tunggu {m.title.lower()} terbit.")
        for m in missing
    )


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
    """Every rule answers; all reasons are kept together, with those of letters that are awaited."""
    _ask(judgement, judgement.arrow.guards, judgement.situation, judgement.judged)
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
        law = situation.law
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


_FILES = select(
    files.c.id,
    files.c.uploaded_by,
    files.c.case_id,
    exists().where(file_cases.c.file_id == files.c.id, file_cases.c.case_id == bindparam("of_case")).label("shared"),
).where(files.c.id.in_(bindparam("wanted", expanding=True)))
