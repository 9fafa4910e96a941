"""Looking over the program and a database before they are relied on: processes, templates, law, stored cases, people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, func, select

from policies.calendar import WorkCalendar
from policies.dates import written
from policies.files import SHIPPED, PolicyError
from policies.parameters import Entry, History, NotInForce, Policies
from policies.regulations import Regulations, UnknownInstrument
from workflow.authority.bench import officials
from workflow.definition import DefinitionError, Process
from workflow.engine.grounds import parameters_of
from workflow.letters.layout import LetterError, missing_names
from workflow.letters.profile import Profile, ProfileError
from workflow.people.agency import stored_profile
from workflow.registry import Registry
from workflow.tables import cases, group_members, people, units
from workflow.telling.describe import provisions_of
from workflow.telling.describe_state import Description


@dataclass(frozen=True)
class Remark:
    """Something that was looked at: ``sound``, or what is wrong. ``grave`` faults must be mended before anybody works."""

    about: str
    says: str
    sound: bool = True
    grave: bool = True


def inspect_program(overlay: Path | None, on: date) -> Iterator[Remark]:
    """The processes, their templates and the law, without a database. ``overlay``: the agency's own policies."""
    try:
        registry = Registry.discover()
    except DefinitionError as error:
        yield Remark("Proses", str(error), sound=False)
        return
    names = ", ".join(registry.processes)
    yield Remark("Proses", f"{len(registry.processes)} proses dapat dijalankan: {names}.")
    yield from _templates(registry)
    try:
        policies, calendar = Policies.load(overlay), WorkCalendar.load(overlay)
        regulations = Regulations.load(overlay)
    except PolicyError as error:
        yield Remark("Ketentuan", str(error), sound=False)
        return
    yield Remark(
        "Ketentuan", f"{len(policies.histories)} ketentuan dan {len(regulations.instruments)} peraturan terbaca."
    )
    if overlay is not None:
        yield from _overlay(overlay, policies)
    yield from _provisions(registry, policies, on)
    yield from _titles(registry, regulations)
    for year in (on.year, on.year + 1):
        if not calendar.knows(year):
            says = f"Keputusan hari libur {year} belum tercatat; hitungan hari kerja tahun itu bersifat sementara."
            yield Remark("Kalender", says, sound=False, grave=False)


def _templates(registry: Registry) -> Iterator[Remark]:
    faults = []
    letters = [letter for process in registry.processes.values() for letter in process.letters.values()]
    for letter in letters:
        try:
            missing = missing_names(letter.template, letter.body)
        except LetterError as error:
            faults.append(str(error))
        else:
            faults += [f"Templat {letter.template} meminta {', '.join(missing)}, yang tidak ada."] if missing else []
    yield from (Remark("Templat surat", fault, sound=False) for fault in faults)
    if not faults:
        yield Remark("Templat surat", f"{len(letters)} templat terpenuhi oleh isinya.")


def _overlay(overlay: Path, policies: Policies) -> Iterator[Remark]:
    """What the agency's own folder replaces, and which files in it nobody reads."""
    own = [name for name, history in policies.histories.items() if history.file.parent == overlay]
    shipped = {file.name for file in SHIPPED.glob("*.toml")}
    read = sorted(file.name for file in overlay.iterdir() if file.name in shipped)
    files, names = ", ".join(read) or "tidak satu pun berkas", ", ".join(own) or "tidak ada"
    yield Remark("Ketentuan", f"Dari {overlay} dibaca {files}; ketentuan yang diganti: {names}.")
    for name in sorted(file.name for file in overlay.iterdir() if file.name not in shipped):
        says = f"{overlay / name} tidak dibaca; berkas ketentuan bernama {', '.join(sorted(shipped))}."
        yield Remark("Ketentuan", says, sound=False, grave=False)


def _provisions(registry: Registry, policies: Policies, on: date) -> Iterator[Remark]:
    """What a process asks of the law is in force, and the officials that the law names exist."""
    for process in registry.processes.values():
        law = policies.on(on)
        for handle in provisions_of(Description(process, policies, on)).values():
            try:
                law[handle]
            except NotInForce as error:
                file = policies.histories[handle.name].file
                says = f"{process.title}: {error} Lengkapi riwayatnya dalam {file}."
                yield Remark("Ketentuan", says, sound=False)
        known = officials(process)
        for find in [role.find for role in process.roles if role.find is not None]:
            for handle in parameters_of(find):
                history = policies.histories[handle.name]
                yield from (
                    Remark("Ketentuan", _stranger(process, history, entry, known), sound=False)
                    for entry in history.entries
                    if isinstance(entry.value, str) and entry.value not in known
                )


def _stranger(process: Process, history: History, entry: Entry, known: tuple[str, ...]) -> str:
    return (
        f"{process.title}: ketentuan {history.name} sejak {written(entry.since)} menunjuk pejabat {entry.value!r}, yang tidak "
        f"dikenal; yang dikenal: {', '.join(known)}. Perbaiki dalam {history.file}."
    )


def _titles(registry: Registry, regulations: Regulations) -> Iterator[Remark]:
    for process in registry.processes.values():
        for citation in process.basis:
            try:
                regulations.full_title(citation)
            except UnknownInstrument as error:
                yield Remark("Dasar hukum", f"{process.title}: {error}", sound=False)


def inspect_store(conn: Connection, registry: Registry) -> Iterator[Remark]:
    """The profile, the groups and the stored cases of a database."""
    try:
        profile = stored_profile(conn)
    except ProfileError as error:
        yield Remark("Profil", str(error), sound=False)
        profile = None
    else:
        if profile is None:
            yield Remark("Profil", "Belum ada. Jalankan: jenjang agency set BERKAS", sound=False, grave=False)
    if profile is not None:
        yield from _agency(conn, registry, profile)
    yield from _stored_cases(conn, registry)


#: Groups with somebody who still serves, in whichever unit: some groups are kept unit by unit.
_MANNED = (
    select(group_members.c.group_name)
    .join(people, people.c.id == group_members.c.person_id)
    .where(people.c.left_on.is_(None))
    .distinct()
)


def _agency(conn: Connection, registry: Registry, profile: Profile) -> Iterator[Remark]:
    codes = set(conn.execute(select(units.c.id)).scalars())
    unknown = {profile.personnel_unit, profile.secretariat, *profile.six_day_units} - codes
    for code in sorted(unknown):
        says = f"Unit {code} yang disebut profil tidak ada dalam data pegawai."
        yield Remark("Profil", says, sound=False, grave=False)
    if not unknown:
        yield Remark("Profil", f"{profile.agency}: unit yang disebut profil dikenal.")
    manned = set(conn.execute(_MANNED).scalars())
    groups = {role.group for process in registry.processes.values() for role in process.roles if role.group}
    for group in sorted({*groups, "administrator"}):
        if group not in manned:
            says = f"Kelompok {group} belum beranggota. Jalankan: jenjang groups add {group} NIP"
            yield Remark("Kelompok", says, sound=False, grave=False)


def _stored_cases(conn: Connection, registry: Registry) -> Iterator[Remark]:
    query = (
        select(cases.c.process, cases.c.state, cases.c.fingerprint, func.count().label("number"))
        .group_by(cases.c.process, cases.c.state, cases.c.fingerprint)
        .order_by(cases.c.process, cases.c.state)
    )
    total, older = 0, 0
    for row in conn.execute(query):
        total += row.number
        process = registry.processes.get(row.process)
        if process is None:
            yield Remark("Berkas", f"{row.number} berkas memakai proses {row.process!r}, yang tidak ada.", sound=False)
        elif row.state not in process.state:
            says = f"{row.number} berkas {process.title} berstatus {row.state!r}, yang tidak ada."
            yield Remark("Berkas", says, sound=False)
        elif row.fingerprint != registry.fingerprints[row.process]:
            older += row.number
    yield Remark("Berkas", f"{total} berkas tersimpan diperiksa.")
    if older:
        says = f"{older} berkas dibuka menurut susunan proses yang lebih lama; langkah berikutnya mengikuti susunan sekarang."
        yield Remark("Berkas", says, sound=False, grave=False)
