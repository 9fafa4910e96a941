"""A process as the procedure on the wall: who, when, what must be filled in, what must hold, and by which article.

Everything comes from the definition and from the law of one day, so that a change of either shows in this text.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args, get_type_hints

from policies.dates import written
from policies.parameters import Parameter, Policies
from workflow.authority.sight import AUDITOR
from workflow.definition import Process, Role, State, Transition
from workflow.engine.grounds import grounds_of, parameters_of
from workflow.forms import CHOICES, IncomingLetter, label_of
from workflow.people.groups import GROUPS, PER_UNIT
from workflow.telling.describe_state import Description
from workflow.telling.describe_step import step_lines, whoever_takes_it
from workflow.telling.plain_text import POSTS, amount, listing, table


def describe(process: Process, policies: Policies, on: date) -> str:
    """The printed procedure of a process as the law stands on a day, in Indonesian; no line depends on a width."""
    description = Description(process, policies, on)
    sections = (
        _heading(description),
        _basis(description),
        _roles(description),
        _overview(description),
        _steps(description),
        _letters(description),
        _provisions(description),
    )
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def diagram(process: Process) -> str:
    """The states and arrows as a Mermaid ``stateDiagram-v2``."""
    lines = ["stateDiagram-v2", *(f'    state "{state.title}" as {state.name}' for state in process.states)]
    lines.append(f"    [*] --> {process.initial}")
    for state in process.states:
        lines += [
            f"    {state.name} --> {target} : {transition.title}"
            for transition in process.from_state(state.name)
            for target in transition.targets(state.name)
        ]
    lines += [f"    {state.name} --> [*]" for state in process.states if state.final]
    return "\n".join(lines) + "\n"


def _heading(description: Description) -> Iterator[str]:
    process = description.process
    yield process.title.upper()
    yield f"Prosedur {process.name}, versi {process.version}. Ketentuan menurut keadaan pada {written(description.on)}."
    within = {AUDITOR: " dalam masa penugasannya"}
    seen = listing(GROUPS.get(group, group) + within.get(group, "") for group in process.seen_by)
    yield f"Berkas dibuka oleh: {_openers(process)}. Semua berkas dapat dilihat oleh: {seen}."


def _openers(process: Process) -> str:
    others = listing((process.role[name].title for name in process.opened_by if name != process.subject), "atau")
    if process.subject not in process.opened_by:
        return others
    own = process.role[process.subject].title
    return f"{own} sendiri, atau disiapkan baginya oleh {others}" if others else own


def _basis(description: Description) -> Iterator[str]:
    yield "DASAR HUKUM"
    for number, citation in enumerate(description.process.basis, start=1):
        regulations = description.policies.regulations
        instrument = regulations.find(citation)
        only = f" (hanya bagi {listing(instrument.applies_to)})" if instrument and instrument.applies_to else ""
        yield f"  {number}. {citation}: {regulations.full_title(citation)}{only}."


# --- Who -------------------------------------------------------------------------------------------------------------


def _roles(description: Description) -> Iterator[str]:
    process = description.process
    yield "PIHAK"
    yield from table(
        ("Pihak", "Kode", "Siapa"),
        [(role.title, role.name, _who(description, role)) for role in process.roles],
    )
    yield ""
    for role in process.roles:
        if role.find is not None:
            yield from (f"  {description.provision(each)}" for each in parameters_of(role.find))
        if role.within is not None:
            yield f"  {description.provision(role.within)}"
    yield f"  {process.role[process.subject].title} tidak pernah memutus berkasnya sendiri."
    for pair in process.apart:
        first, second = process.role[pair.yields].title, process.role[pair.to].title
        yield f"  {first} tidak boleh orang yang sama dengan {second}; bila sama, tugas beralih dari {first}."
    for role in process.roles:
        if role.no_rival:
            yield f"  {role.title} tidak boleh calon dalam putaran yang sama."
    if process.recorder:
        yield (
            f"  Jawaban {description.answering} yang datang melalui {_CHANNELS} dicatat dengan pindaiannya, masuk buku agenda "
            f"surat masuk, dan diberitahukan kepada {description.answering}, yang dapat mengajukan keberatan. "
            "Telepon bukan jawaban."
        )
    yield "  Bila pejabatnya kosong, berhalangan, atau terkena larangan itu, tugas naik kepada atasannya."
    yield "  Bila tidak ada lagi yang dapat bertindak, administrator menunjuk orang lain dan tidak pernah memutus sendiri."


def _who(description: Description, role: Role) -> str:
    process = description.process
    if role.says:
        return role.says
    titles = {name: each.title for name, each in process.role.items()}
    described = {
        "person": "pegawai yang menjadi pokok berkas",
        "named": f"pegawai yang disebut dalam isian “{label_of(process.form, role.named) if role.named else ''}”",
        "of": f"pemangku jabatan atasan langsung {titles.get(role.of, '')}",
        "heads": f"pemangku jabatan kepala unit kerja {titles.get(role.heads, '')}",
        "post": f"pemangku jabatan {POSTS.get(role.post, role.post)}",
        "group": f"anggota kelompok {GROUPS.get(role.group, role.group)} ({role.group}){_OF_THE_UNIT.get(role.group, '')}",
        "records": f"siapa pun yang mencatat jawaban {description.answering} menurut suratnya",
        "appointed": f"orang yang ditunjuk {description.answering} dan terdaftar di sini; berakhir bila diganti",
        "partner": "narahubung mitra, atau kepala unit bila penerimanya perangkat daerah sendiri",
    }
    return described.get(role.kind, "pejabat yang ditentukan menurut ketentuan")


#: By which ways an answer comes on paper.
_CHANNELS = listing(
    (
        CHOICES[way].lower().replace("whatsapp", "WhatsApp")
        for way in get_args(get_type_hints(IncomingLetter)["channel"])
    ),
    "atau",
)
#: Groups that each unit has for itself: whose unit is meant.
_OF_THE_UNIT = dict.fromkeys(PER_UNIT, " pada perangkat daerah yang bersangkutan")

# --- The way ---------------------------------------------------------------------------------------------------------


def _overview(description: Description) -> Iterator[str]:
    process = description.process
    yield "STATUS"
    yield from table(
        ("No.", "Status", "Kode", "Menunggu", "Waktu"),
        [(str(number), *_state_row(description, state)) for number, state in enumerate(process.states, start=1)],
    )


def _state_row(description: Description, state: State) -> tuple[str, str, str, str]:
    if state.final:
        return state.title, state.name, "-", "status akhir"
    always, at_times = description.awaited(state)
    waits = description.titles(always) or description.titles(tuple(at_times), "atau") or "-"
    value = description.value(state.within) if state.within is not None else None
    days = "-" if state.within is None else amount(value.value, value.unit) if value else "belum ada ketentuan"
    return state.title, state.name, waits, days


def _steps(description: Description) -> Iterator[str]:
    process = description.process
    yield "TAHAP DEMI TAHAP"
    shown: dict[Transition, str] = {}
    for number, state in enumerate(process.states, start=1):
        yield ""
        if state.final:
            yield f"{number}. {state.title} ({state.name}): berkas ditutup, tidak ada tindakan lagi."
            continue
        yield f"{number}. {state.title} ({state.name})"
        yield from (f"   {line}" for line in description.waiting(state))
        here = dict(shown)
        for transition in process.from_state(state.name):
            yield ""
            yield from (f"   {line}" for line in step_lines(description, state, transition, here))
            shown.setdefault(transition, f"tahap {number} ({state.title})")
            actors = description.titles(process.actors(transition, state.name), "atau")
            here.setdefault(whoever_takes_it(transition), actors)


# --- Letters and numbers ---------------------------------------------------------------------------------------------


def _letters(description: Description) -> Iterator[str]:
    process = description.process
    issued: dict[str, dict[str, None]] = {}
    for transition in process.transitions:
        for letter in transition.issues:
            issued.setdefault(letter.name, {})[f"{transition.title} ({transition.trigger})"] = None
    yield "SURAT"
    rows = [
        (
            letter.title,
            letter.name,
            listing(issued[name], "atau"),
            description.signer(letter),
            process.role[letter.to].title if letter.to else "-",
            listing(process.role[role].title for role in letter.copies) or "-",
            letter.classification,
        )
        for name, letter in process.letters.items()
    ]
    yield from table(("Surat", "Kode", "Terbit dengan", "Penandatangan", "Kepada", "Tembusan", "Klasifikasi"), rows)
    yield ""
    yield "  Nomor diambil dari buku agenda unit penanda tangan pada saat surat ditandatangani."
    yield "  Surat tidak dialamatkan kepada penanda tangannya sendiri: tujuannya naik kepada atasannya, dan tembusannya ditiadakan."
    yield "  Dasar hukum dalam surat hanya yang berlaku bagi pegawai yang disebut di dalamnya."
    for letter in process.letters.values():
        yield f"  {letter.title}: batas waktu tanda tangan {description.days(letter.within)}."
        if letter.handed_to:
            handed = description.titles(letter.handed_to)
            yield f"  {letter.title} dikirimkan pula kepada {handed}, masing-masing secara perseorangan."
        if letter.read_by:
            yield f"  {letter.title} hanya dapat dibaca {description.few(letter.read_by)}."


def _provisions(description: Description) -> Iterator[str]:
    yield "KETENTUAN YANG DIPAKAI"
    rows = []
    for name, says in provisions_of(description).items():
        value = description.value(says)
        if value is None:
            rows.append((name, "tidak berlaku pada tanggal ini", "-", "-", "-"))
        else:
            rows.append((name, value.says, amount(value.value, value.unit), written(value.since), value.by))
    yield from table(("Kode", "Ketentuan", "Nilai", "Sejak", "Dasar"), rows)


def provisions_of(description: Description) -> dict[str, Parameter[object]]:
    """Every parameter of the process, in the order in which the procedure meets it."""
    process, regulations = description.process, description.policies.regulations
    asked: list[Parameter[Any]] = [state.within for state in process.states if state.within is not None]
    asked += [each for role in process.roles if role.find is not None for each in parameters_of(role.find)]
    asked += [role.within for role in process.roles if role.within is not None]
    for transition in process.transitions:
        for rule in transition.rules:
            asked += grounds_of(rule, regulations).parameters
        asked += () if transition.credits is None else (transition.credits,)
        asked += description.earned(transition)
        asked += () if transition.keeps_hours is None else (transition.keeps_hours,)
    asked += description.credited
    asked += [letter.within for letter in process.letters.values()]
    return {each.name: each for each in asked}
