"""One state and one step of the printed procedure: what is waited for, filled in, asked, issued, posted and told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec

from policies import credit
from policies.decision import Rule
from policies.parameters import NotInForce, Parameter, Policies, Value
from workflow.authority.sight import AUDITOR
from workflow.definition import (
    SAME,
    SYSTEM,
    Among,
    Escalate,
    Letter,
    Occupancy,
    OnDate,
    Posting,
    Process,
    Remind,
    Rung,
    State,
    Transition,
)
from workflow.engine.grounds import grounds_of
from workflow.forms import kept_fields, label, label_of
from workflow.letters.words import begun_small
from workflow.telling.plain_text import POSTS, amount, cited, listing, provision

#: What an entry's status means, for people.
ENTRY_STATUS = {
    "written": "dicatat",
    "corrected": "diganti",
    "confirmed": "dikonfirmasi",
    "attested": "dibuktikan dengan dokumen",
    "disputed": "disanggah",
    "withdrawn": "ditarik kembali",
    "accepted": "disetujui",
    "refused": "ditolak",
    "lapsed": "gugur",
}

#: Where a letter can be, for people.
LETTER_STATE = {
    "to_paraf": "menunggu paraf",
    "to_number": "menunggu nomor",
    "to_sign": "menunggu tanda tangan",
    "to_mend": "dikembalikan untuk diperbaiki",
    "to_render": "ditandatangani, PDF sedang dibuat",
    "signed": "ditandatangani",
    "sent": "ditandatangani dan dikirim",
    "void": "tidak berlaku",
    "replaced": "diganti dengan yang lebih baru",
}

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

_OCCUPIES = {
    Occupancy.HELD: "Hari-hari yang diminta ditahan bagi peserta, sehingga kegiatan purnawaktu lain tidak dapat bertumpang tindih.",
    Occupancy.ABSENT: "Hari-hari yang diminta dihitung sebagai tidak hadir di unit asal.",
}


@dataclass(frozen=True)
class Description:
    """A process, and the law of the day on which it is described."""

    process: Process
    policies: Policies
    on: date

    def value(self, parameter: Parameter[Any]) -> Value[Any] | None:
        """What a parameter is on the day; None where it is not in force."""
        try:
            return self.policies.on(self.on)[parameter]
        except NotInForce:
            return None

    def provision(self, parameter: Parameter[Any]) -> str:
        """A parameter with its value and citation, or that none is in force."""
        value = self.value(parameter)
        return provision(value) if value else f"{parameter.name}: tidak ada ketentuan yang berlaku pada tanggal ini"

    def days(self, parameter: Parameter[Any]) -> str:
        """A length of time with its citation."""
        value = self.value(parameter)
        if value is None:
            return f"belum ada ketentuannya ({parameter.name})"
        return f"{amount(value.value, value.unit)} ({cited(value.since, value.by)})"

    def titles(self, roles: tuple[str, ...], joined: str = "dan") -> str:
        """What people call these roles; the system too."""
        return listing(("sistem" if name == SYSTEM else self.process.role[name].title for name in roles), joined)

    def few(self, roles: tuple[str, ...]) -> str:
        """What people call those who alone read something: these roles, and auditors."""
        audits = ("auditor dalam masa penugasannya",) if AUDITOR in self.process.seen_by else ()
        return listing((*(self.process.role[name].title for name in roles), *audits))

    def state(self, name: str) -> str:
        """A state's label with its code."""
        return f"{self.process.state[name].title} ({name})"

    def signer(self, letter: Letter) -> str:
        """Who signs a letter, and for whom."""
        if letter.as_one:
            first = self.process.letters[letter.takes_back[0]].title
            return f"pejabat yang menandatangani {first}; bila tidak ada, {self.titles((letter.signer,))}"
        if letter.takes_back:
            taken = "dibatalkan" if letter.cancels else "diubah"
            return f"pejabat yang menandatangani surat yang {taken}; bila tidak ada, {self.titles((letter.signer,))}"
        behalf, signers = letter.on_behalf, self.titles(letter.signers)
        if letter.heading:
            signers += f" ({letter.heading.lower()})"
        if behalf is None:
            return signers
        given = f"{POSTS[behalf.signs]} menandatangani a.n. {POSTS[behalf.of]} {behalf.when_says}".rstrip()
        return f"{signers}; {given}"

    @property
    def answering(self) -> str:
        """What people call the partner's role, whose answers may be recorded for it."""
        return next((role.title for role in self.process.roles if role.partner), "pihak lain")

    def earned(self, transition: Transition) -> tuple[Parameter[int], ...]:
        """By what the meetings that a step confirms count, for whom they are about and for whoever held them."""
        row = credit.ACTIVITIES.get(self.process.activity)
        if transition.counts is None or row is None:
            return ()
        return tuple(each for each in (row.national, row.monthly_sessions, transition.earns) if each is not None)

    @property
    def credited(self) -> tuple[Parameter[int], ...]:
        """The rates at which a completed case is credited: at home, and abroad where there is one."""
        row = credit.ACTIVITIES.get(self.process.activity)
        return tuple(each for each in (row.national, row.international) if each is not None) if row else ()

    # --- A state ------------------------------------------------------------------------------------------------------

    def waiting(self, state: State) -> Iterator[str]:
        """Whom a state waits for, how long, what happens when they are late, and what it does with the days asked for."""
        always, at_times = self.awaited(state)
        if always or not at_times:
            yield f"Menunggu: {self.titles(always) or 'tidak seorang pun; sistem yang melanjutkan'}."
        for role, why in at_times.items():
            yield f"Menunggu {'juga ' if always else ''}{self.titles((role,))}, bila {listing(why, 'atau')}."
        if state.within is not None:
            since = f", paling awal sejak {state.runs_from_says}" if state.runs_from_says else ""
            yield f"Waktu: {self.days(state.within)}{since}."
        if state.after:
            answered = listing(letter.title for letter in state.after)
            yield f"Waktu dan tugas pada tahap ini baru dimulai setelah {answered} ditandatangani semua penandatangannya."
        for rung in state.late:
            yield f"{self._rung(state, rung)}."
        if state.occupies is not None:
            yield _OCCUPIES[state.occupies]
        if state.prepared:
            known = f"hanya diketahui {self.titles(state.waits)}; yang bersangkutan pun belum mengetahuinya"
            yield f"Sebelum diajukan, berkas ini {known}."

    def awaited(self, state: State) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
        """The roles that a state always waits for, and those that it waits for only where something holds, with what that is."""
        always, at_times = [], {}
        for role in state.waits:
            steps = [t for t in self.process.from_state(state.name) if role in self.process.actors(t, state.name)]
            asked = [step for step in steps if not step.aside]
            if asked and all(step.when is not None for step in asked):
                at_times[role] = tuple(dict.fromkeys(step.when_says for step in asked))
            else:
                always.append(role)
        return tuple(always), at_times

    def _rung(self, state: State, rung: Rung) -> str:
        when = self._when(state, rung)
        if isinstance(rung, Remind):
            return f"{when}: yang ditunggu diingatkan"
        if isinstance(rung, Escalate):
            above = "atasan dari yang ditunggu, yang sejak itu dapat bertindak menggantikannya"
            return f"{when}: berkas diajukan juga kepada {self.titles((rung.to,)) if rung.to else above}"
        step = self.process.arrow(state.name, rung.trigger, SYSTEM)
        title = step.title if step else rung.trigger
        again = "; bila belum dapat, dicoba lagi setiap hari kerja" if rung.again else ""
        again += f" sampai {self._named_day(OnDate(rung.until)).removeprefix('Pada ')}" if rung.until else ""
        return f"{when}: sistem menjalankan “{title}” ({rung.trigger}){again}"

    def _when(self, state: State, rung: Rung) -> str:
        """The day of a rung; what happens for lateness waits until the day is over."""
        if isinstance(rung.at, OnDate):
            return self._named_day(rung.at)
        value = self.value(state.within) if state.within is not None else None
        if value is None:
            return f"Setelah {rung.at:.0%} waktunya"
        day = max(1, round(value.value * rung.at))
        late = not isinstance(rung, Remind) and rung.at >= 1.0
        return f"Lewat hari kerja ke-{day}" if late else f"Hari kerja ke-{day}"

    def _named_day(self, when: OnDate) -> str:
        fields = {field.name: label(field) for field in msgspec.structs.fields(self.process.form)}
        named = fields.get(when.field, when.field)
        side = "setelah" if when.plus > 0 else "sebelum"
        day = f"{abs(when.plus)} hari {side} {named}" if when.plus else f"Pada {named}"
        return f"{day}, atau hari kerja berikutnya" if when.working else day


# --- A step ----------------------------------------------------------------------------------------------------------


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
    yield from (f"   {line}" for line in _by_whom_else(description, transition))
    yield from (f"   {line}" for line in _filled_in(transition))
    succession = transition.succession
    for heading, rules in (
        ("Syarat", transition.guards),
        ("Syarat bagi pengganti", succession.guards if succession else ()),
    ):
        if rules:
            yield f"   {heading}:"
        for rule in rules:
            yield from (f"     {line}" for line in _guard(description, rule))
    yield from (f"   {line}" for line in _conditions(description, transition))
    yield from (f"   {line}" for line in _left_behind(description, transition))


def _by_whom_else(description: Description, transition: Transition) -> Iterator[str]:
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


def _filled_in(transition: Transition) -> Iterator[str]:
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


def _conditions(description: Description, transition: Transition) -> Iterator[str]:
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


def _left_behind(description: Description, transition: Transition) -> Iterator[str]:
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
