"""Who may be given an award: kind of servant, status, discipline, predicate, clearance and hours, as each kind asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.dates import months_earlier, written
from policies.decision import Decision, Grade, Rule, decide, rule, together, unknown
from policies.incentive import COMPARED, RECOGNITION, REGIONAL, SATYALANCANA, SELF_DEVELOPMENT, not_asked, title_of
from policies.incentive_service import never_on_unpaid_leave, no_such_medal_is_held, service_is_long_enough
from policies.parameters import Law, Value, parameter
from policies.records import Clearance, Sanction, YearHours, YearPredicate

SATYALANCANA_FOR = parameter("incentive.satyalancana_for", list)
LOCAL_AWARD_FOR = parameter("incentive.local_award_for", list)
STATUSES = parameter("incentive.statuses", list)
SATYALANCANA_SANCTIONS = parameter("incentive.satyalancana_sanctions", list)
LOCAL_SANCTIONS = parameter("incentive.local_sanctions", list)
LOCAL_SANCTION_YEARS = parameter("incentive.local_sanction_years", int)
MILD_SANCTION_MONTHS = parameter("incentive.mild_sanction_months", int)
LEAST_PREDICATES = parameter("incentive.least_predicates", list)
PREDICATE_YEARS = parameter("incentive.predicate_years", int)
CLEARANCE_DAYS = parameter("incentive.clearance_days", int)
REGIONAL_HOURS = parameter("incentive.regional_hours", int)
SELF_DEVELOPMENT_HOURS = parameter("incentive.self_development_hours", int)
MENTORING_GIVEN = parameter("incentive.mentoring_given", int)


# --- Kind of servant and status --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AsnKindFacts:
    """The kind of award, and the kind of civil servant as recorded; None where blank."""

    kind: str
    asn_kind: str | None


@rule("Jenis ASN calon sesuai dengan jenis penghargaan")
def servant_may_have_this_kind(facts: AsnKindFacts, law: Law) -> Decision:
    """A Satyalancana Karya Satya is for PNS only; awards of the region are for PNS and PPPK."""
    may = law[SATYALANCANA_FOR if facts.kind in SATYALANCANA else LOCAL_AWARD_FOR]
    if facts.asn_kind is None:
        proof = "Pengelola kepegawaian melengkapi jenis ASN dalam data pegawai."
        return unknown("Jenis ASN calon belum diketahui.", may, proof=proof)
    return decide(
        facts.asn_kind in may.value,
        f"{title_of(facts.kind)} diberikan kepada {' dan '.join(may.value)}; calon adalah {facts.asn_kind}.",
        may,
        remedy="Usulkan jenis penghargaan lain yang terbuka bagi jenis ASN itu.",
    )


@dataclass(frozen=True)
class ServiceStatusFacts:
    """Employment status as recorded, None where blank; the day from which the nominee is known to be out of service; the day."""

    status: str | None
    participant_left_on: date | None
    on: date


@rule("Calon masih bertugas")
def nominee_is_in_service(facts: ServiceStatusFacts, law: Law) -> Decision:
    """Only staff in service; a known departure ahead is a warning."""
    statuses = law[STATUSES]
    left = facts.participant_left_on
    if left is not None and left <= facts.on:
        says = f"Calon tidak lagi bertugas sejak {written(left)}."
        return decide(False, says, statuses, remedy="Tarik kembali atau tolak usul ini dengan menyebutkan alasannya.")
    if facts.status is None:
        proof = "Verifikator mencatat status kepegawaian calon dengan surat yang membuktikannya."
        return unknown("Status kepegawaian calon belum diketahui.", statuses, proof=proof)
    serves = decide(
        facts.status in statuses.value,
        f"Status kepegawaian calon: {facts.status}.",
        statuses,
        remedy="Usulkan kembali setelah calon aktif bekerja; bila catatannya keliru, minta pengelola kepegawaian memperbaikinya.",
    )
    if left is None:
        return serves
    says = f"Calon akan berhenti bertugas pada {written(left)}."
    remedy = "Pastikan penghargaan dapat ditetapkan dan diserahkan sebelum tanggal itu."
    return together((serves, decide(False, says, statuses, otherwise=Grade.WARNED, remedy=remedy)))


# --- Discipline ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SanctionFacts:
    """The kind, every disciplinary sanction on record, and the day; None where no record says what there is."""

    kind: str
    sanctions: tuple[Sanction, ...] | None
    on: date


@rule("Tidak dijatuhi hukuman disiplin yang menghalangi")
def no_sanction_stands_in_the_way(facts: SanctionFacts, law: Law) -> Decision:
    """Ever, for a Satyalancana; within some years, for awards of the region; at present, for small recognition.

    A mild one that binds, or ended within some months, is a warning. A sanction without an end counts until attested otherwise.
    """
    levels = law[SATYALANCANA_SANCTIONS if facts.kind in SATYALANCANA else LOCAL_SANCTIONS]
    if facts.sanctions is None:
        says = "Riwayat hukuman disiplin calon belum diketahui."
        proof = (
            "Verifikator memeriksa riwayat hukuman disiplin, atau mencatatnya dengan surat keterangan kepala perangkat "
            "daerah sebagai bukti."
        )
        return unknown(says, levels, proof=proof)
    years, months = law[LOCAL_SANCTION_YEARS], law[MILD_SANCTION_MONTHS]
    mild = _recent_mild(facts.sanctions, levels, months_earlier(facts.on, months.value))
    told = decide(
        not mild,
        f"{'Calon dijatuhi' if mild else 'Tidak ada'} hukuman disiplin ringan dalam {months.value} bulan terakhir.",
        months,
        otherwise=Grade.WARNED,
        remedy="Pertimbangkan apakah usul ini tetap layak dilanjutkan.",
    )
    return together((_barring(facts.kind, facts.sanctions, facts.on, levels, years), told))


def _barring(
    kind: str, sanctions: tuple[Sanction, ...], on: date, levels: Value[list[str]], years: Value[int]
) -> Decision:
    graver = " atau ".join(levels.value)
    found = [each for each in sanctions if each.level in levels.value]
    if kind in SATYALANCANA:
        never = f"Calon {{}} dijatuhi hukuman disiplin {graver}."
        if not found:
            return decide(True, never.format("tidak pernah"), levels)
        remedy = (
            "Satyalancana Karya Satya tidak dapat diusulkan; bila catatannya keliru, verifikator mencatat buktinya."
        )
        return decide(False, never.format("pernah"), levels, remedy=remedy)
    since = on if kind == RECOGNITION else months_earlier(on, 12 * years.value)
    recent = [each for each in found if each.until_on is None or each.until_on >= since]
    within = "saat ini" if kind == RECOGNITION else f"dalam {years.value} tahun terakhir"
    if not recent:
        return decide(True, f"Calon tidak menjalani hukuman disiplin {graver} {within}.", levels, years)
    worst = recent[0]
    until = f"sampai {written(worst.until_on)}" if worst.until_on else "yang tanggal berakhirnya belum diketahui"
    remedy = (
        "Usulkan kembali setelah jangka waktunya lewat."
        if worst.until_on
        else "Verifikator mencatat tanggal berakhirnya dengan surat keputusan sebagai bukti."
    )
    says = f"Calon menjalani hukuman disiplin {worst.level} {until}; yang menghalangi: {graver} {within}."
    return decide(False, says, levels, years, remedy=remedy)


def _recent_mild(sanctions: tuple[Sanction, ...], levels: Value[list[str]], since: date) -> list[Sanction]:
    """What does not bar by itself, and was not over before a day. A reprimand lasts no time: its day is its end."""
    mild = [each for each in sanctions if each.level == "ringan" and each.level not in levels.value]
    return [each for each in mild if _over_on(each) >= since]


def _over_on(sanction: Sanction) -> date:
    return sanction.until_on or sanction.from_on or date.max


@dataclass(frozen=True)
class DisciplineCaseFacts:
    """The kind, and whether a discipline case is open against the nominee; None where nobody has stated it."""

    kind: str
    open_discipline_case: bool | None


@rule("Tidak sedang diperiksa karena dugaan pelanggaran disiplin")
def no_discipline_case_is_open(facts: DisciplineCaseFacts, law: Law) -> Decision:
    """While a case is open the nomination is suspended. Not asked of small recognition."""
    basis = "PP 94/2021" if facts.kind in SATYALANCANA else "Praktik daerah"
    if facts.kind == RECOGNITION:
        return not_asked("Keterangan tentang pemeriksaan disiplin", facts.kind)
    if facts.open_discipline_case is None:
        proof = "Verifikator mencatatnya dengan surat pernyataan kepala perangkat daerah sebagai bukti."
        return unknown("Belum ada keterangan apakah calon sedang diperiksa.", basis, proof=proof)
    return decide(
        not facts.open_discipline_case,
        "Calon sedang diperiksa karena dugaan pelanggaran disiplin."
        if facts.open_discipline_case
        else "Calon tidak sedang diperiksa karena dugaan pelanggaran disiplin.",
        basis,
        remedy="Verifikator menangguhkan usul ini sampai pemeriksaan selesai.",
    )


# --- Performance and integrity ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PredicatesFacts:
    """The kind, the predicates on record by year, the day on which the unit first nominated (None before), and the day."""

    kind: str
    predicates: tuple[YearPredicate, ...]
    nominated_on: date | None
    on: date


@rule("Predikat kinerja tahun-tahun terakhir sekurang-kurangnya Baik")
def predicates_are_good(facts: PredicatesFacts, law: Law) -> Decision:
    """Of the complete years before the nomination, also when it is asked again later; a year without a record is unknown."""
    if facts.kind not in COMPARED:
        return not_asked("Predikat kinerja", facts.kind)
    years, least = law[PREDICATE_YEARS], law[LEAST_PREDICATES]
    last = (facts.nominated_on or facts.on).year - 1
    known = {each.year: each.predicate for each in facts.predicates}
    return together(_predicate(year, known.get(year), least, years) for year in range(last, last - years.value, -1))


def _predicate(year: int, predicate: str | None, least: Value[list[str]], years: Value[int]) -> Decision:
    if predicate is None:
        proof = f"Verifikator mencatat predikat kinerja tahun {year} dengan dokumen evaluasi kinerja sebagai bukti."
        return unknown(f"Predikat kinerja tahun {year} belum diketahui.", least, years, proof=proof)
    return decide(
        predicate in least.value,
        f"Predikat kinerja tahun {year}: {predicate}; yang disyaratkan {' atau '.join(least.value)}.",
        least,
        years,
        remedy="Usulkan kembali setelah predikat kinerjanya memenuhi; bila catatannya keliru, verifikator mencatat buktinya.",
    )


@dataclass(frozen=True)
class ClearanceFacts:
    """The kind, what the Inspektorat stated last, None where nothing yet; and the day."""

    kind: str
    clearance: Clearance | None
    on: date


@rule("Keterangan bebas temuan dari Inspektorat masih berlaku", revision=2)
def inspectorate_has_cleared(facts: ClearanceFacts, law: Law) -> Decision:
    """What the Inspektorat wrote, or a verifier by its letter, no older than the days of the parameter on the day of asking."""
    if facts.kind != REGIONAL:
        return not_asked("Keterangan bebas temuan", facts.kind)
    days, found = law[CLEARANCE_DAYS], facts.clearance
    proof = (
        "Mintalah Inspektorat mencatat surat keterangannya pada berkas ini, atau verifikator mencatatnya dengan pindaian surat "
        "Inspektorat."
    )
    if found is None:
        return unknown("Inspektorat belum mencatat keterangan tentang calon.", days, proof=proof)
    by = "dicatat verifikator menurut suratnya" if found.on_paper else "dicatat Inspektorat sendiri"
    named = f"Keterangan Inspektorat {found.number} tanggal {written(found.issued_on)} ({by})"
    if not found.clear:
        remedy = "Usulkan kembali setelah temuannya ditindaklanjuti dan Inspektorat mencatat keterangan baru."
        return decide(False, f"{named} menyebut temuan yang belum selesai.", days, remedy=remedy)
    age = (facts.on - found.issued_on).days
    if age < 0:
        return decide(False, f"{named} bertanggal sesudah hari ini.", days, remedy="Perbaiki tanggal surat itu.")
    return decide(
        age <= days.value,
        f"{named} berumur {age} hari; paling lama {days.value} hari.",
        days,
        remedy="Mintalah Inspektorat mencatat keterangan yang baru.",
    )


# --- Development -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HoursFacts:
    """The kind, the JP that count by year, and the day of the first nomination (None before it); the day.

    ``mentoring_given``: confirmed meetings that the nominee gave as a mentor in the year of the nomination and the one before.
    """

    kind: str
    hours_by_year: tuple[YearHours, ...]
    mentoring_given: int
    nominated_on: date | None
    on: date


@rule("Pengembangan kompetensi calon mencapai JP yang disyaratkan")
def hours_are_reached(facts: HoursFacts, law: Law) -> Decision:
    """In the year of the nomination or in the complete one before it, whichever is more: early in a year there is little to show.

    Only active self-development asks for mentoring given.
    """
    if facts.kind not in COMPARED:
        return not_asked("JP pengembangan kompetensi", facts.kind)
    active = facts.kind == SELF_DEVELOPMENT
    least = law[SELF_DEVELOPMENT_HOURS if active else REGIONAL_HOURS]
    year = (facts.nominated_on or facts.on).year
    best = max((each for each in facts.hours_by_year if each.year in (year - 1, year)), key=_most, default=None)
    reached = best or YearHours(year, 0)
    hours = decide(
        reached.hours >= least.value,
        f"JP yang dihitung: {reached.hours} pada tahun {reached.year}; sekurang-kurangnya {least.value} JP.",
        least,
        remedy=f"Lengkapi pengembangan kompetensi sampai {least.value} JP dalam setahun, lalu usulkan kembali.",
    )
    if not active:
        return hours
    meetings = law[MENTORING_GIVEN]
    mentoring = decide(
        facts.mentoring_given >= meetings.value,
        f"Pertemuan mentoring yang diberikan: {facts.mentoring_given}; sekurang-kurangnya {meetings.value}.",
        meetings,
        remedy="Usulkan kembali setelah calon membimbing rekan dalam mentoring sebanyak itu.",
    )
    return together((hours, mentoring))


def _most(each: YearHours) -> tuple[int, int]:
    return each.hours, each.year


# --- Together --------------------------------------------------------------------------------------------------------

#: What is asked of a person for any kind, by the law of the day of the nomination; also of those who could be nominated.
ELIGIBILITY: Final[tuple[Rule, ...]] = (
    servant_may_have_this_kind,
    nominee_is_in_service,
    service_is_long_enough,
    no_sanction_stands_in_the_way,
    never_on_unpaid_leave,
    no_such_medal_is_held,
    no_discipline_case_is_open,
    predicates_are_good,
    inspectorate_has_cleared,
    hours_are_reached,
)
#: What may have changed until the decree, and is asked again by the law of that day.
ASKED_AGAIN: Final[tuple[Rule, ...]] = (
    nominee_is_in_service,
    no_sanction_stands_in_the_way,
    no_discipline_case_is_open,
    predicates_are_good,
)
