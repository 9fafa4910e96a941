"""A process by the law of a day, in words; and one state of the printed procedure: whom it waits for, how long, and what then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from policies import credit
from policies.parameters import NotInForce, Parameter, Policies, Value
from workflow.authority.sight import AUDITOR
from workflow.definition import (
    SYSTEM,
    Escalate,
    Letter,
    Occupancy,
    OnDate,
    Process,
    Remind,
    Rung,
    State,
    Transition,
)
from workflow.forms import label
from workflow.telling.plain_text import POSTS, amount, cited, listing, provision

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
