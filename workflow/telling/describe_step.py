"""One step of the printed procedure: who takes it and where it leads, what is filled in, asked, issued, posted and told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from policies.decision import Rule
from workflow.definition import (
    SAME,
    SYSTEM,
    Among,
    Letter,
    Posting,
    State,
    Transition,
)
from workflow.engine.grounds import grounds_of
from workflow.forms import kept_fields, label, label_of
from workflow.letters.words import begun_small
from workflow.telling.describe_state import Description
from workflow.telling.plain_text import listing
from workflow.telling.status_words import ENTRY_STATUS

_POSTINGS = {
    Posting.RESERVE: "biaya dicadangkan pada mata anggaran; bagian tahun berikutnya menunggu DPA tahun itu",
    Posting.COMMIT: "cadangan diikat",
    Posting.SPEND: "biaya dicatat sebagai belanja",
    Posting.RELEASE: "cadangan, ikatan, atau bagian yang menunggu DPA dan masih tersisa dilepas",
    Posting.FUND: "bagian yang menunggu DPA dicadangkan pada mata anggaran tahun itu",
    Posting.CARRY: "janji tahun itu dialihkan ke tahun berikutnya",
    Posting.REDUCE: "janji tahun itu dikurangi atau dilepas",
    Posting.RETURN: "uang yang kembali dalam tahun anggarannya mengurangi belanja",
    Posting.HAND_OVER: "janji anggarannya beralih kepada pengganti",
    Posting.CREDIT: "JP dicatat satu kali",
}


def step_lines(
    description: Description, state: State, transition: Transition, shown: dict[Transition, str]
) -> Iterator[str]:
    """A step from a state. What stood before is not told in full again: ``shown`` says where it was.

    That is a step of an earlier state, or one that only others take, and under other circumstances (``whoever_takes_it``).
    """
    actors = description.process.actors(transition, state.name)
    yield f"{transition.title} ({transition.trigger})"
    yield f"   Oleh: {description.titles(actors, 'atau')}."
    yield f"   Menuju: {_target(description, state, transition)}."
    if transition in shown:
        yield f"   Isian, syarat, dan akibatnya sama seperti pada {shown[transition]}."
        return
    if whoever_takes_it(transition) in shown:
        yield f"   Isian, syarat, dan akibatnya sama seperti bila dilakukan {shown[whoever_takes_it(transition)]}."
        yield from (f"   {line}" for line in _when_only(transition))
        return
    yield from (f"   {line}" for line in by_whom_else(description, transition))
    yield from (f"   {line}" for line in filled_in(transition))
    succession = transition.succession
    for heading, rules in (
        ("Syarat", transition.guards),
        ("Syarat bagi pengganti", succession.guards if succession else ()),
    ):
        if rules:
            yield f"   {heading}:"
        for rule in rules:
            yield from (f"     {line}" for line in _guard(description, rule))
    yield from (f"   {line}" for line in conditions(description, transition))
    yield from (f"   {line}" for line in left_behind(description, transition))


def by_whom_else(description: Description, transition: Transition) -> Iterator[str]:
    """Who may record it for somebody else, and whether anybody is asked for it."""
    if transition.recorded_by:
        recorders = description.titles(transition.recorded_by, "atau")
        yield f"Dapat dicatat atas nama {description.answering} oleh {recorders}, menurut surat yang diterima."
    if transition.aside:
        yield "Boleh dilakukan bila perlu; tidak menjadi tugas siapa pun."
    if transition.at_once:
        others = transition.by not in (SYSTEM, (SYSTEM,))
        held_up = "; bila ada yang menghalangi, menjadi tugas pejabat tersebut" if others else ""
        latest = "selambat-lambatnya pada pemeriksaan harian berikutnya"
        yield f"Dijalankan sistem seketika setelah keadaannya terpenuhi, {latest}{held_up}."


def _target(description: Description, state: State, transition: Transition) -> str:
    if transition.to == SAME:
        return f"tetap pada {description.state(state.name)}"
    where = listing((description.state(name) for name in transition.targets(state.name)), "atau")
    says = transition.to.says if isinstance(transition.to, Among) else ""
    return f"{where}; {says}" if says else where


def filled_in(transition: Transition) -> Iterator[str]:
    """What must be filled in for a step, and what may be."""
    if transition.takes is None:
        return
    kept = kept_fields(transition.takes)
    fields = [field for field in msgspec.structs.fields(transition.takes) if field.name not in kept]
    if transition.partial:
        yield f"Isian: sebagian atau seluruh {'; '.join(label(field) for field in fields)}."
        return
    required = [label(field) for field in fields if field.required]
    optional = [label(field) for field in fields if not field.required]
    if required:
        yield f"Wajib diisi: {'; '.join(required)}."
    if optional:
        yield f"Boleh diisi: {'; '.join(optional)}."


def _guard(description: Description, rule: Rule) -> Iterator[str]:
    grounds = grounds_of(rule, description.policies.regulations)
    yield f"- {rule.title}."
    if grounds.citations:
        yield f"  Dasar: {listing(grounds.citations)}."
    yield from (f"  {description.provision(each)}." for each in grounds.parameters)
    if grounds.may_warn:
        yield "  Sebagian hanya menjadi peringatan: langkah boleh dilanjutkan setelah peringatannya diakui."


def conditions(description: Description, transition: Transition) -> Iterator[str]:
    """When a step can be taken, and what it does with the time."""
    if transition.after:
        yield f"Setelah terbit: {listing(letter.title for letter in transition.after)}."
    yield from _when_only(transition)
    if transition.by_law_of:
        named = next(t.title for t in description.process.transitions if t.trigger == transition.by_law_of)
        yield f"Syaratnya diperiksa menurut ketentuan pada hari “{named}” dilakukan."
    if transition.once:
        yield "Hanya satu kali selama berkas berada pada status ini."
    if transition.once_each:
        yield "Setiap orang melakukannya satu kali selama berkas berada pada status ini."
    if transition.in_person:
        yield "Tidak dilakukan oleh Plt., Plh., atau penerima mandat bila diterbitkan keputusan."
    if transition.joins:
        named = begun_small(label_of(description.process.form, transition.joins))
        yield f"Sejak itu berkas ditangani bersama semua berkas dengan {named} yang sama."
    if transition.pauses_clock:
        yield "Hitungan waktu berhenti; setelah diperbaiki, sisa harinya dipakai lagi."
    if transition.restarts_clock:
        yield "Hitungan waktu dimulai lagi."


def _when_only(transition: Transition) -> Iterator[str]:
    if transition.when is not None:
        yield f"Hanya bila {transition.when_says}."


def whoever_takes_it(transition: Transition) -> Transition:
    """The step without saying who takes it, when and where it leads: what it asks and does."""
    return replace(transition, by=(), to="", when=None, when_says="")


def _changed(description: Description, transition: Transition) -> Iterator[str]:
    """What a step changes in the case itself: who it is about, who guides them, what it asks for and how long."""
    if transition.succession is not None:
        yield (
            "Pengganti mendapat berkas sendiri pada tahap yang sama, dalam rombongan yang sama, dan mengambil alih janji anggaran "
            "berkas ini."
        )
    if transition.appoints and transition.takes is not None:
        role = next(role.title for role in description.process.roles if role.appointed)
        named = label_of(transition.takes, transition.appoints)
        yield f"{role} yang disebut dalam isian “{named}” sejak itu dapat bertindak; yang lama tidak lagi."
    if transition.amends is not None:
        yield "Isi permohonan disesuaikan dengan isian ini."
    if transition.ends_period and transition.takes is not None:
        fields = {field.name: label(field) for field in msgspec.structs.fields(transition.takes)}
        yield f"Jangka waktu berakhir pada {fields.get(transition.ends_period, transition.ends_period)}."


def left_behind(description: Description, transition: Transition) -> Iterator[str]:
    """What a step changes, records, issues and posts, and whom it tells."""
    yield from _changed(description, transition)
    yield from _recorded(description, transition)
    for letter in transition.issues:
        yield f"Surat: {_letter(description, letter)}."
    if transition.posts:
        yield f"Pembukuan: {listing(_POSTINGS[posting] for posting in transition.posts)}."
    if Posting.CREDIT in transition.posts:
        by = description.credited if transition.credits is None else (transition.credits,)
        yield from (f"  {description.provision(each)}." for each in by)
    yield from (f"  {description.provision(each)}." for each in description.earned(transition))
    if transition.keeps_hours is not None:
        yield "JP yang sudah dicatat dari berkas ini tetap atau ditarik kembali:"
        yield f"  {description.provision(transition.keeps_hours)}."
    if transition.tells:
        yield f"Diberi tahu: {description.titles(transition.tells)}."


def _recorded(description: Description, transition: Transition) -> Iterator[str]:
    """What a step does to the entries of the case."""
    if transition.writes is not None:
        daily = (
            "; catatan baru untuk hari yang sama menggantikan yang belum dikonfirmasi"
            if transition.writes.one_a_day
            else ""
        )
        yield f"Dicatat sebagai: {transition.writes.title} ({transition.writes.name}){daily}."
    if transition.keeps is not None:
        yield f"Disimpan sebagaimana keadaannya saat itu: {transition.keeps.title} ({transition.keeps.name})."
    if transition.marks is not None:
        status = ENTRY_STATUS.get(transition.marks.status, transition.marks.status)
        yield f"{transition.marks.entry.title} yang dipilih menjadi: {status}{_of_those(transition.marks.from_)}."
    if transition.counts is not None:
        yield f"Dicatat dalam buku JP: {transition.counts.title} yang dipilih, menurut waktu pertemuannya."
    if transition.corrects is not None:
        old = _of_those(transition.corrects_from)
        yield f"{transition.corrects.title} yang disebut nomornya{old} ditulis ulang; yang lama tetap terbaca dalam riwayat."
    for entry in (transition.writes, transition.keeps, transition.corrects):
        if entry is not None and entry.hidden is not None:
            yield f"Isi {entry.title} hanya dapat dibaca penulisnya{f' {entry.hidden_says}' if entry.hidden_says else ''}."
        if entry is not None and entry.read_by:
            yield f"Selain oleh penulisnya, isi {entry.title} hanya dapat dibaca oleh {description.few(entry.read_by)}."


def _of_those(statuses: tuple[str, ...]) -> str:
    """Which entries a step can change, where these are others than those that were only written."""
    if statuses == ("written",):
        return ""
    return f" (yang {listing((ENTRY_STATUS.get(status, status) for status in statuses), 'atau')})"


def _revoked(description: Description, letter: Letter) -> str:
    """What a letter takes back without saying which: it is known by the letters of the case at its signature."""
    if letter.revoked_in:
        named = label_of(description.process.form, letter.revoked_in)
        taken = f"surat-surat yang berlaku dari berkas pada isian “{named}”"
    else:
        taken = f"{listing(description.process.letters[name].title for name in letter.revokes)} yang berlaku"
    return f"Sesudah ditandatangani, mencabut {taken}; surat yang juga memuat orang lain tetap berlaku bagi mereka"


def _letter(description: Description, letter: Letter) -> str:
    parts = [f"{letter.title} ({letter.name})", f"ditandatangani {description.signer(letter)}"]
    if letter.to:
        through = f" melalui {description.titles((letter.through,))}" if letter.through else ""
        parts.append(f"kepada {description.titles((letter.to,))}{through}")
    if letter.when_says:
        parts.append(letter.when_says)
    taken = listing((description.process.letters[name].title for name in letter.takes_back), "atau")
    said = [", ".join(parts)]
    if letter.cancels:
        said.append(
            f"Terbit satu bagi tiap pejabat yang menandatangani {taken}, bila surat itu tidak memuat orang lain lagi"
        )
    if letter.revokes:
        said.append(_revoked(description, letter))
    if letter.changes:
        number = "satu untuk semuanya" if letter.as_one else "satu bagi tiap pejabat penanda tangannya"
        said.append(f"Terbit bila {taken} tetap berlaku bagi orang lain, {number}")
    if letter.paraf:
        said.append(f"Diparaf lebih dahulu oleh {description.titles(letter.paraf)}")
    if letter.decides:
        said.append("Tidak ditandatangani Plt. atau Plh")
    if letter.drafter:
        said.append(f"Bila dikembalikan, diperbaiki oleh {description.titles((letter.drafter,))}")
    if letter.shared:
        said.append("Mereka yang diproses sekaligus mendapat satu surat bersama")
    return ". ".join(said)
