"""One event of a case's story: who acted and in which capacity, what was given, what was judged, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from policies.dates import written
from policies.decision import Rule
from workflow.audit import ERASED, HELD, RELEASED, Event
from workflow.definition import Process, Transition
from workflow.engine.evidence import said_of_books
from workflow.engine.recording import (
    ESCALATED,
    HOURS_RECOUNTED,
    LETTER_EVENTS,
    MOVE_CONTINUED,
    MOVED,
    MOVED_BACK,
    NAMED,
    OPENED,
    RESEATED,
    SUCCEEDED,
    TASK_MOVED,
    arrow_taken,
)
from workflow.letters.correcting import text_label
from workflow.people.mandates import MANDATES
from workflow.references import reference_of
from workflow.telling.fact_words import fact_labels, rupiah
from workflow.telling.plain_text import amount, cited, ended
from workflow.telling.status_words import ENTRY_STATUS
from workflow.views.recorded import recorded_line
from workflow.views.shown import field_lines

if TYPE_CHECKING:
    from workflow.telling.explain import Story

GRADES = {
    "allowed": "terpenuhi",
    "warned": "peringatan",
    "unknown": "belum diketahui",
    "refused": "tidak terpenuhi",
}
GONE = "Isi peristiwa ini telah dihapus menurut ketentuan; bahwa peristiwanya terjadi tetap tercatat."


def event_lines(story: Story, event: Event) -> Iterator[str]:
    """An event, one line each thing that it says."""
    head = f"{event.sequence}. {story.when(event.at)}"
    if event.payload is None:
        yield f"{head}: {event_called(story.process, event.type, None)}"
        yield f"   {GONE}"
        return
    payload = event.payload
    transition = arrow_taken(story.process, event.type, payload)
    yield f"{head}: {event_called(story.process, event.type, transition)}"
    actor = payload.get("actor", {})
    by = ended(f"Oleh {story.role(actor['role']) if story.veil.hides_writer(payload) else _capacity(story, actor)}")
    yield f"   {by}"
    if (recorded := recorded_line(story.conn, story.process, payload)) is not None:
        yield f"   {recorded.says}"
    yield from (f"   {line}" for line in _happened(story, event.type, payload))
    if story.veil.hides_event(payload):
        yield f"   {story.veil.said_instead(payload)}"
    else:
        yield from (f"   {line}" for line in _given(story, transition, payload))
        yield from (f"   {line}" for line in _decisions(story, transition, payload))
    yield from (f"   {line}" for line in _results(story, payload))


def event_title(story: Story, event: Event) -> str:
    """What people call an event."""
    return event_called(story.process, event.type, arrow_taken(story.process, event.type, event.payload or {}))


def event_called(process: Process, kind: str, transition: Transition | None) -> str:
    """What people call an event of a process by its kind, and the step that it was, if any."""
    named = {
        OPENED: "Berkas dibuka",
        SUCCEEDED: "Berkas dibuka untuk menggantikan peserta lain",
        **LETTER_EVENTS,
        RESEATED: "Yang ditunggu atau tenggatnya disesuaikan",
        ESCALATED: "Lewat tenggat: berkas diajukan kepada yang lebih tinggi",
        NAMED: "Orang lain ditunjuk",
        TASK_MOVED: "Tugas dipindahkan oleh administrator",
        HOURS_RECOUNTED: "JP dihitung ulang menurut ketentuan yang berlaku",
        MOVED: "Peserta pindah perangkat daerah",
        MOVED_BACK: "Peserta kembali pada perangkat daerah semula",
        MOVE_CONTINUED: "Dilanjutkan, karena perangkat daerah yang baru tidak menjawab",
        ERASED: "Isi peristiwa dihapus",
        HELD: "Penghapusan isi berkas ditahan",
        RELEASED: "Penahanan penghapusan diakhiri",
    }
    if kind in named:
        return named[kind]
    found = transition or next((t for t in process.transitions if t.trigger == kind), None)
    return f"{found.title} ({kind})" if found else kind


def _capacity(story: Story, actor: Mapping[str, Any]) -> str:
    """Who acted; with a mandate also whose post it was, and who holds it."""
    says = str(actor.get("name") or "Sistem")
    if role := actor.get("role"):
        says += f" sebagai {story.role(role)}"
    if mandate := actor.get("mandate"):
        lent = f"{MANDATES.get(mandate['kind'], mandate['kind'])} {mandate['for']}{story.lender(mandate.get('id'))}"
        through = f", melalui {' dan '.join(mandate['through'])}" if mandate.get("through") else ""
        return f"{says}, {lent}{through}"
    if post := actor.get("post"):
        says += f", {post}"
    return f"{says}, menggantikan pejabat di bawahnya" if actor.get("in_place") else says


def _happened(story: Story, kind: str, payload: Mapping[str, Any]) -> Iterator[str]:
    before, after = payload.get("from"), payload.get("to")
    if kind == ESCALATED:
        due = payload.get("due_on")
        yield f"Tenggat {written(date.fromisoformat(due))} sudah lewat." if due else "Tenggat sudah lewat."
        to = str(after)
        yield f"Diajukan kepada {story.role(to) if to in story.process.role else 'atasan dari yang ditunggu'}."
    elif before and before == after:
        yield f"Status tetap {story.state(before)}."
    elif before and after:
        yield f"Status: {story.state(before)} menjadi {story.state(after)}."
    elif after:
        yield f"Status: {story.state(after)}."
    yield from _moved(story, payload)
    yield from _concerned(story, payload)


def _concerned(story: Story, payload: Mapping[str, Any]) -> Iterator[str]:
    """Who was named, who came in whose place, who is waited for; which letter or event it is about."""
    for role, person in payload.get("named", {}).items():
        yield ended(f"Ditunjuk untuk peran {story.role(role)}: {story.name(person)}")
    if payload.get("why") and (payload.get("named") or payload.get("hold")):
        yield ended(f"Alasan: {payload['why']}")
    yield from _succession(story, payload)
    for wait in payload.get("waits", ()):
        yield f"Menunggu: {story.name(wait['person'])} sebagai {story.role(wait['role'])}."
    if letter := payload.get("letter"):
        yield f"{story.letter(letter['id'])}."
    if erased := payload.get("erased"):
        yield f"Isi peristiwa nomor {erased['sequence']} dihapus; dasar: {erased['basis']}."


def _moved(story: Story, payload: Mapping[str, Any]) -> Iterator[str]:
    """Where the subject of the case worked before and works now, and until when the new head may answer."""
    if "unit_from" in payload:
        yield ended(f"Dari {story.unit(payload['unit_from'])} ke {story.unit(payload['unit_to'])}")
    if payload.get("answer_by"):
        yield f"Perangkat daerah yang baru dapat menjawab sampai {written(date.fromisoformat(payload['answer_by']))}."


def _succession(story: Story, payload: Mapping[str, Any]) -> Iterator[str]:
    if predecessor := payload.get("instead_of"):
        yield ended(f"Menggantikan {story.subject(predecessor)} (berkas {reference_of(predecessor)})")
    if successor := payload.get("successor"):
        yield ended(f"Digantikan {story.subject(successor)} (berkas {reference_of(successor)})")


def _given(story: Story, transition: Transition | None, payload: Mapping[str, Any]) -> Iterator[str]:
    """What was filled in for the step; of the opening, what the draft held."""
    given: Mapping[str, Any] = payload.get("given") or (payload.get("form") if "from" not in payload else None) or {}
    struct = transition.takes if transition is not None else story.process.form
    for line in field_lines(story.conn, struct, given):
        if line.value not in (None, "", []):
            yield f"{line.label}: {line.shown}"


def _decisions(story: Story, transition: Transition | None, payload: Mapping[str, Any]) -> Iterator[str]:
    decisions = story.veil.decided(payload)
    if not decisions:
        return
    on = payload.get("law_on")
    yield f"Syarat menurut ketentuan pada {written(date.fromisoformat(on)) if on else 'tanggal yang tidak tercatat'}:"
    named = fact_labels(story.process, transition)
    for decided in decisions:
        title = rule_titles(story.process).get(decided["rule"], decided["rule"])
        yield f"  [{GRADES.get(decided['grade'], decided['grade'])}] {title}"
        for reason in decided["reasons"]:
            by = f" ({', '.join(reason['by'])})" if reason["by"] else ""
            yield f"     {reason['says']}{by}"
        if facts := [f"{named.get(name, name)}: {story.fact(name, value)}" for name, value in decided["facts"].items()]:
            yield f"     Fakta: {'; '.join(facts)}."
        yield from (f"     Ketentuan: {_provision(story, used)}." for used in decided["used"])


def _provision(story: Story, used: Mapping[str, Any]) -> str:
    history = story.office.policies.histories.get(used["parameter"])
    says, unit = (history.says, history.unit) if history else (used["parameter"], "")
    return f"{says}: {amount(used['value'], unit)} ({cited(date.fromisoformat(used['since']), used['by'])})"


def _results(story: Story, payload: Mapping[str, Any]) -> Iterator[str]:
    for name in payload.get("acknowledged", ()):
        yield f"Peringatan diketahui oleh yang bertindak: {rule_titles(story.process).get(name, name)}."
    if entry := payload.get("entry"):
        kind = story.process.entries.get(entry["kind"])
        yield f"Dicatat: {kind.title if kind else entry['kind']} nomor {entry['number']}."
    if marked := payload.get("marked"):
        kind = story.process.entries.get(marked["kind"])
        numbers = ", ".join(str(number) for number in marked["numbers"]) or "tidak ada"
        status = ENTRY_STATUS.get(marked["status"], marked["status"])
        yield f"{kind.title if kind else marked['kind']} nomor {numbers}: {status}."
    for letter in payload.get("letters", ()):
        yield f"Surat: {story.letter(letter['id'])}."
    for letter in payload.get("letters", ()):
        for changed in letter.get("changes", ()):
            yield f"Berkas ini dikeluarkan dari {story.letter(changed)}."
    for letter_id in payload.get("left", ()):
        yield f"Tidak lagi tercantum pada konsep {story.letter(letter_id)}."
    for letter_id in payload.get("dropped", ()):
        yield f"Tidak jadi ditandatangani: {story.letter(letter_id)}."
    yield from said_of_letter(payload)
    for says, about in said_of_books(payload):
        yield f"Pembukuan: {says}{f': {rupiah(about)}' if about else ''}."


def said_of_letter(payload: Mapping[str, Any]) -> Iterator[str]:
    """What was said of a letter on its way: each correction, with what stood there before, and why it was sent back or voided."""
    for name, (before, now) in (payload.get("changes") or {}).items():
        yield f"{text_label(name)}: “{_as_text(before)}” menjadi “{_as_text(now)}”."
    if revoked := payload.get("revoked"):
        yield str(revoked)
    for name, title in (("note", "Catatan perbaikan"), ("reason", "Alasan"), ("number", "Nomor")):
        if "letter" in payload and (says := payload.get(name)):
            yield ended(f"{title}: {says}")


def _as_text(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value or "")


def rule_titles(process: Process) -> dict[str, str]:
    """What each rule of a process says must hold."""
    rules: dict[str, Rule] = {rule.name: rule for transition in process.transitions for rule in transition.rules}
    return {name: rule.title for name, rule in rules.items()}
