"""Satyalancana Karya Satya: continuous service from CPNS on, never on unpaid leave, the medals held, and what the Keppres says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.dates import MONTHS, written
from policies.decision import Decision, Grade, decide, rule, together, unknown
from policies.incentive import SATYALANCANA, SATYALANCANA_10, SATYALANCANA_20, SATYALANCANA_30, not_asked, title_of
from policies.parameters import Law, Value, parameter

YEARS_10 = parameter("incentive.satyalancana_10_years", int)
YEARS_20 = parameter("incentive.satyalancana_20_years", int)
YEARS_30 = parameter("incentive.satyalancana_30_years", int)
UNPAID_LEAVE_BARS = parameter("incentive.unpaid_leave_bars", bool)
NO_MEDAL_TWICE = parameter("incentive.no_medal_twice", bool)

#: The medals by the mark on record, the lowest first, and the kind that confers each.
MEDALS: Final = {"X": SATYALANCANA_10, "XX": SATYALANCANA_20, "XXX": SATYALANCANA_30}
_MARK: Final = {kind: mark for mark, kind in MEDALS.items()}


# --- Service ---------------------------------------------------------------------------------------------------------


def service_months(cpns_on: date, on: date) -> int:
    """Whole months from the month of the CPNS appointment to the month of a day; negative for a day before it.

    Counted by months, as the article does: whoever was appointed in March 2016 has ten years in March 2026, on any day of it.
    """
    return (on.year - cpns_on.year) * 12 + on.month - cpns_on.month


def service_reached_on(cpns_on: date, years: int) -> date:
    """The first day of the month in which so many years are reached; the last day of all where no calendar goes so far."""
    year = cpns_on.year + years
    return date(year, cpns_on.month, 1) if year <= date.max.year else date.max


def say_service(months: int) -> str:
    """``10 tahun 3 bulan``."""
    years, rest = divmod(months, 12)
    return f"{years} tahun {rest} bulan" if rest else f"{years} tahun"


@dataclass(frozen=True)
class ServiceFacts:
    """The kind, the day of the CPNS appointment (None where not recorded), the day of the first nomination, and the day."""

    kind: str
    cpns_on: date | None
    nominated_on: date | None
    on: date


@rule("Masa kerja PNS secara terus-menerus mencukupi")
def service_is_long_enough(facts: ServiceFacts, law: Law) -> Decision:
    """From CPNS to the month of the nomination; before there is one, to this month. Service outside PNS does not count."""
    years = {SATYALANCANA_10: YEARS_10, SATYALANCANA_20: YEARS_20, SATYALANCANA_30: YEARS_30}
    if facts.kind not in years:
        return not_asked("Masa kerja", facts.kind)
    least, cpns_on = law[years[facts.kind]], facts.cpns_on
    if cpns_on is None:
        proof = "Verifikator mencatat tanggal pengangkatan CPNS dengan surat keputusannya sebagai bukti."
        return unknown("Tanggal pengangkatan CPNS calon belum diketahui.", least, proof=proof)
    on = facts.nominated_on or facts.on
    month = f"{MONTHS[on.month - 1]} {on.year}"
    months = service_months(cpns_on, on)
    if months < 0:
        says = f"Pengangkatan CPNS {written(cpns_on)} sesudah bulan usul, {month}."
        return decide(False, says, least, remedy="Perbaiki tanggal pengangkatan CPNS dalam data pegawai.")
    reached = service_reached_on(cpns_on, least.value)
    return decide(
        months >= least.value * 12,
        f"Masa kerja sejak CPNS {written(cpns_on)} sampai {month}: {say_service(months)}; "
        f"sekurang-kurangnya {least.value} tahun.",
        least,
        remedy=f"Usulkan mulai {MONTHS[reached.month - 1]} {reached.year}.",
    )


# --- Unpaid leave ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnpaidLeaveFacts:
    """The kind, and whether the nominee ever took leave outside the state's charge; None where not recorded."""

    kind: str
    unpaid_leave: bool | None


@rule("Tidak pernah mengambil cuti di luar tanggungan negara")
def never_on_unpaid_leave(facts: UnpaidLeaveFacts, law: Law) -> Decision:
    """It breaks the service that a Satyalancana honours."""
    if facts.kind not in SATYALANCANA:
        return not_asked("Riwayat cuti di luar tanggungan negara", facts.kind)
    bars = law[UNPAID_LEAVE_BARS]
    if facts.unpaid_leave is None:
        proof = "Verifikator mencatatnya dengan surat keterangan kepala perangkat daerah sebagai bukti."
        return unknown("Riwayat cuti di luar tanggungan negara belum diketahui.", bars, proof=proof)
    return decide(
        not (facts.unpaid_leave and bars.value),
        f"Calon {'pernah' if facts.unpaid_leave else 'tidak pernah'} mengambil cuti di luar tanggungan negara.",
        bars,
        remedy="Satyalancana Karya Satya tidak dapat diusulkan; bila catatannya keliru, verifikator mencatat buktinya.",
    )


# --- Medals held -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MedalFacts:
    """The kind, and the highest medal on record: X, XX, XXX, "" for none; None where no record says."""

    kind: str
    medal: str | None


@rule("Belum memiliki Satyalancana Karya Satya yang setingkat atau lebih tinggi")
def no_such_medal_is_held(facts: MedalFacts, law: Law) -> Decision:
    """The same or a higher one refuses; that the one below is missing, or that nothing is recorded, is a warning."""
    if facts.kind not in SATYALANCANA:
        return not_asked("Satyalancana sebelumnya", facts.kind)
    once, medal = law[NO_MEDAL_TWICE], facts.medal
    if medal is None:
        says = "Satyalancana yang dimiliki calon belum tercatat."
        remedy = "Verifikator memeriksanya pada berkas dan riwayat penghargaan calon."
        return decide(False, says, once, otherwise=Grade.WARNED, remedy=remedy)
    held, asked = _step(medal), SATYALANCANA.index(facts.kind) + 1
    says = (
        f"Calon sudah memiliki {title_of(MEDALS[medal])}." if held else "Calon belum memiliki Satyalancana Karya Satya."
    )
    if held >= asked:
        remedy = "Usulkan Satyalancana yang lebih tinggi bila masa kerjanya sudah mencukupi."
        return decide(not once.value, says, once, remedy=remedy)
    return together((decide(True, says, once), *_below(facts.kind, held, asked, once)))


def _step(medal: str) -> int:
    """1 for the lowest; 0 where none is held."""
    return list(MEDALS).index(medal) + 1 if medal in MEDALS else 0


def _below(kind: str, held: int, asked: int, once: Value[bool]) -> tuple[Decision, ...]:
    if held == asked - 1:
        return ()
    missing = title_of(SATYALANCANA[asked - 2])
    says = f"{missing} belum tercatat, padahal {title_of(kind)} lazimnya diberikan sesudahnya."
    remedy = "Pastikan bahwa calon memang belum menerimanya, lalu lanjutkan bila dikehendaki."
    return (decide(False, says, once, otherwise=Grade.WARNED, remedy=remedy),)


def mark_of(kind: str) -> str:
    """The medal that a kind confers, as it stands on record: X, XX or XXX; "" for what confers none."""
    return _MARK.get(kind, "")


# --- The Keppres -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeppresFacts:
    """The Keppres as filled in, the day on which the list was proposed upward (None where not known), and the day."""

    keppres_number: str
    keppres_on: date
    proposed_upward_on: date | None
    on: date


@rule("Nomor dan tanggal Keppres wajar", revision=2)
def keppres_is_plausible(facts: KeppresFacts, law: Law) -> Decision:
    """It was signed after the list was proposed, and not after today."""
    basis = "UU 20/2009"
    remedy = "Periksa nomor dan tanggal pada petikan Keppres."
    answers = [
        decide(
            bool(facts.keppres_number.strip()),
            f"Nomor Keppres: {facts.keppres_number.strip() or 'belum diisi'}.",
            basis,
            remedy=remedy,
        ),
        decide(
            facts.keppres_on <= facts.on,
            f"Keppres bertanggal {written(facts.keppres_on)}{'' if facts.keppres_on <= facts.on else ', hari yang belum tiba'}.",
            basis,
            remedy=remedy,
        ),
    ]
    if facts.proposed_upward_on is not None and facts.keppres_on < facts.proposed_upward_on:
        says = f"Keppres mendahului surat usul tanggal {written(facts.proposed_upward_on)}."
        answers.append(decide(False, says, basis, remedy=remedy))
    return together(answers)


@dataclass(frozen=True)
class NamedByKeppres:
    """Those of a proposed list whom a Keppres names, those whom it does not, and names in it that nobody proposed."""

    granted: tuple[str, ...]
    still_awaited: tuple[str, ...]
    strangers: tuple[str, ...]


def named_by_keppres(proposed: Sequence[str], named: Collection[str]) -> NamedByKeppres:
    """A Keppres that names only some of the list: who is left waits for another, or for a refusal.

    People are told by id or number; in the order of the list, strangers in their own.
    """
    known = set(proposed)
    return NamedByKeppres(
        tuple(each for each in proposed if each in named),
        tuple(each for each in proposed if each not in named),
        tuple(sorted(set(named) - known)),
    )
