"""Where an internship leaves the straight road: places at the host, a substitute, a longer period, an answer that is contested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.dates import written
from policies.decision import Decision, decide, rule, together
from policies.internship import LONGEST_DAYS
from policies.parameters import Law
from policies.records import BudgetLine, Extension, Places
from policies.wording import with_full_stop

# --- Places at the host ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlaceFacts:
    """The places of the section and how many others take at once; None where the host named no number."""

    places: Places | None


@rule("Masih ada tempat pada bagian yang dituju")
def host_has_a_place(facts: PlaceFacts, law: Law) -> Decision:
    """A host that said how many it can take in a section is not asked for more; one that did not is asked and answers itself."""
    basis = "Praktik daerah"
    if facts.places is None:
        return decide(True, "Instansi penerima tidak membatasi jumlah peserta pada bagian itu.", basis)
    free = facts.places.number - facts.places.taken
    return decide(
        free > 0,
        f"{facts.places.section} menerima paling banyak {facts.places.number} peserta sekaligus; {facts.places.taken} tempat "
        "sudah terisi pada jangka waktu itu.",
        basis,
        remedy="Pilih bagian atau jangka waktu lain, atau mintalah instansi penerima menambah tempat.",
    )


# --- A substitute ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SubstituteFacts:
    """Where the substitute and the one whom they replace work."""

    participant_unit: str | None
    predecessor_unit: str | None


@rule("Pengganti bekerja pada perangkat daerah yang sama")
def substitute_is_of_the_same_unit(facts: SubstituteFacts, law: Law) -> Decision:
    """A head sends own staff in the place of own staff."""
    return decide(
        facts.participant_unit == facts.predecessor_unit,
        "Pengganti bekerja pada perangkat daerah yang sama."
        if facts.participant_unit == facts.predecessor_unit
        else "Pengganti bekerja pada perangkat daerah lain.",
        "Praktik daerah",
        remedy="Pilih pegawai dari perangkat daerah yang sama.",
    )


@dataclass(frozen=True)
class TogetherFacts:
    """Whether the substitute has an open case of their own in a cohort of the one whom they replace."""

    goes_along_already: bool


@rule("Pengganti belum termasuk rombongan itu")
def substitute_does_not_go_along_already(facts: TogetherFacts, law: Law) -> Decision:
    """Nobody stands in one cohort twice."""
    return decide(
        not facts.goes_along_already,
        "Pengganti sudah mempunyai berkas dalam rombongan ini."
        if facts.goes_along_already
        else "Pengganti belum termasuk rombongan ini.",
        "Praktik daerah",
        remedy="Pilih pegawai lain, atau tarik berkas pengganti itu lebih dahulu.",
    )


# --- A longer period -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AskedExtensionFacts:
    """The new last day that is asked for, the period as it stands, and the day of asking."""

    new_ends_on: date
    starts_on: date
    ends_on: date
    on: date


@rule("Perpanjangan diminta sebelum magang berakhir dan seluruhnya tidak lebih dari 365 hari")
def extension_is_asked_in_time(facts: AskedExtensionFacts, law: Law) -> Decision:
    """Asked for while it runs, to a later day, and within the longest period, the days before included."""
    longest = law[LONGEST_DAYS]
    days = (facts.new_ends_on - facts.starts_on).days + 1
    return together(
        (
            decide(
                facts.on <= facts.ends_on,
                f"Magang berakhir {written(facts.ends_on)}.",
                longest,
                remedy="Perpanjangan tidak dapat diminta setelah magang berakhir; ajukan magang baru.",
            ),
            decide(
                facts.new_ends_on > facts.ends_on,
                f"Perpanjangan yang diminta sampai {written(facts.new_ends_on)}.",
                longest,
                remedy=f"Pilih tanggal setelah {written(facts.ends_on)}.",
            ),
            decide(
                days <= longest.value,
                f"Seluruhnya menjadi {days} hari; paling lama {longest.value} hari.",
                longest,
                remedy="Persingkat perpanjangannya.",
            ),
        )
    )


@dataclass(frozen=True)
class ExtensionFacts:
    """The extension that is asked for; None where none is open."""

    extension: Extension | None


def an_extension_is_asked(facts: ExtensionFacts) -> bool:
    """Only then is there something to answer."""
    return facts.extension is not None


def the_host_is_to_consent(facts: ExtensionFacts) -> bool:
    """What the host itself did not ask for needs its consent."""
    return facts.extension is not None and not facts.extension.host_consents


@dataclass(frozen=True)
class ExtensionCostFacts:
    """The extension that is asked for, and the line that bears what the internship costs; None where none was chosen."""

    extension: Extension | None
    budget: BudgetLine | None


def a_line_is_wanted(facts: ExtensionCostFacts) -> bool:
    """Whoever answers for the money chooses the line, not the head who grants the extension."""
    return facts.extension is not None and facts.extension.cost > 0 and facts.budget is None


@rule("Instansi penerima menyetujui perpanjangan")
def host_consents_to_the_extension(facts: ExtensionFacts, law: Law) -> Decision:
    """The host asked for it, or said yes to it, on record."""
    agreed = facts.extension is not None and facts.extension.host_consents
    return decide(
        agreed,
        "Instansi penerima menyetujui perpanjangan." if agreed else "Instansi penerima belum menyatakan setuju.",
        "Praktik daerah",
        remedy="Mintalah persetujuan instansi penerima, atau catatlah surat persetujuannya.",
    )


@dataclass(frozen=True)
class WholePeriodFacts:
    """The period as it would be, and the day."""

    starts_on: date
    ends_on: date
    on: date


@rule("Jangka waktu seluruhnya tidak lebih dari 365 hari")
def whole_period_is_allowed(facts: WholePeriodFacts, law: Law) -> Decision:
    """With its extensions, an internship is no longer than the longest."""
    longest = law[LONGEST_DAYS]
    days = (facts.ends_on - facts.starts_on).days + 1
    return decide(
        days <= longest.value,
        f"Seluruhnya {days} hari, sampai {written(facts.ends_on)}; paling lama {longest.value} hari.",
        longest,
        remedy="Tolak perpanjangan ini dan mintalah yang lebih singkat.",
    )


@dataclass(frozen=True)
class LateStartFacts:
    """The day on which the participant came, the period, and the day of saying so."""

    started_on: date
    starts_on: date
    ends_on: date
    on: date


@rule("Hari kedatangan berada dalam jangka waktu magang")
def late_start_is_within_the_period(facts: LateStartFacts, law: Law) -> Decision:
    """Late means after the first day; the days missed still count as planned, so that attendance shows them."""
    last = min(facts.ends_on, facts.on)
    return decide(
        facts.starts_on < facts.started_on <= last,
        f"Peserta datang {written(facts.started_on)}; magang mulai {written(facts.starts_on)}.",
        "Praktik daerah",
        remedy=f"Pilih tanggal setelah {written(facts.starts_on)} sampai dengan {written(last)}. Bila hari yang tersisa "
        "tidak cukup, mintalah perpanjangan.",
    )


# --- An answer that is contested -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordedFacts:
    """How many answers were recorded for the host on this case."""

    answers_recorded: int


def an_answer_was_recorded(facts: RecordedFacts) -> bool:
    """Only what was recorded for the host can be contested by it."""
    return facts.answers_recorded > 0


@dataclass(frozen=True)
class ContestFacts:
    """What the host holds against an answer that was recorded for it; empty where nothing is open."""

    open_contest: str


def a_contest_is_open(facts: ContestFacts) -> bool:
    """Only then is there something to settle."""
    return bool(facts.open_contest)


@rule("Tidak ada keberatan instansi penerima yang belum dijawab")
def no_contest_is_open(facts: ContestFacts, law: Law) -> Decision:
    """What the host contests is settled before the case goes on."""
    return decide(
        not facts.open_contest,
        f"Instansi penerima berkeberatan: {with_full_stop(facts.open_contest)}"
        if facts.open_contest
        else "Tidak ada keberatan yang belum dijawab.",
        "Praktik daerah",
        remedy="Verifikator menjawab keberatan itu lebih dahulu.",
    )


@dataclass(frozen=True)
class SettlementFacts:
    """Whether the contest is upheld, and where the case stands."""

    upheld: bool
    state: str


def where_a_settled_answer_goes(facts: SettlementFacts) -> str:
    """Upheld, the host is asked again; else all stays as it was recorded."""
    return "awaiting_host" if facts.upheld else facts.state


def where_a_settled_assessment_goes(facts: SettlementFacts) -> str:
    """Upheld, the host assesses anew."""
    return "host_assessment" if facts.upheld else facts.state


# --- The host gives somebody back ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReturnFacts:
    """Whether the host is a unit of our own, and the letter by which an outside host gives a participant back."""

    host_inside: bool
    return_number: str
    return_on: date | None
    return_file: str


@rule("Surat pengembalian instansi penerima lengkap")
def host_return_is_complete(facts: ReturnFacts, law: Law) -> Decision:
    """An outside host gives back on its own paper; for a host of our own the letter is issued from here."""
    if facts.host_inside:
        return decide(True, "Surat pengembalian diterbitkan melalui sistem ini.", "Praktik daerah")
    complete = bool(facts.return_number and facts.return_on and facts.return_file)
    return decide(
        complete,
        f"Surat pengembalian Nomor {facts.return_number}." if complete else "Surat pengembalian belum lengkap.",
        "Praktik daerah",
        remedy="Isilah nomor dan tanggal surat pengembalian, dan unggah berkasnya.",
    )
