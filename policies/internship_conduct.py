"""Carrying an internship out: when it starts and ends, which days count, what the host owes, what it cost, when it is credited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.credit import INTERNSHIP, INTERNSHIP_INTERNATIONAL, is_abroad
from policies.dates import written
from policies.decision import Decision, Grade, decide, rule
from policies.parameters import Law, parameter
from policies.wording import with_full_stop

LEAST_ATTENDANCE = parameter("internship.least_attendance", int)
CREDIT_WHEN_RECALLED = parameter("internship.credit_when_recalled", int)
REPORT_DAYS = parameter("internship.report_days", int)
ASSESSMENT_DAYS = parameter("internship.assessment_days", int)
FINAL_VERIFICATION_DAYS = parameter("internship.final_verification_days", int)


# --- Before it begins ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StartFacts:
    """The period and the day."""

    starts_on: date
    ends_on: date
    on: date


@rule("Jangka waktu kegiatan belum mulai berjalan; yang sudah lewat ditolak", revision=2)
def the_period_is_not_over(facts: StartFacts, law: Law) -> Decision:
    """Approval may have taken so long that the period runs already, which is a warning, or is over, which ends the matter."""
    basis = "Praktik daerah"
    if facts.on > facts.ends_on:
        return decide(
            False,
            f"Jangka waktu kegiatan sudah berakhir pada {written(facts.ends_on)}.",
            basis,
            remedy="Kembalikan permohonan agar tanggalnya diubah; bila instansi penerima sudah menyatakan bersedia, "
            "mintalah verifikator membatalkannya.",
        )
    ahead = facts.starts_on > facts.on
    return decide(
        ahead,
        f"Kegiatan direncanakan mulai {written(facts.starts_on)}."
        if ahead
        else f"Jangka waktu kegiatan sudah berjalan sejak {written(facts.starts_on)}.",
        basis,
        otherwise=Grade.WARNED,
        remedy="Kembalikan permohonan agar tanggalnya diubah, atau lanjutkan bila peserta masih dapat diterima di tengah "
        "jangka waktu itu.",
    )


# --- Carrying it out -------------------------------------------------------------------------------------------------


@rule("Tanggal mulai sudah tiba dan jangka waktu belum lewat", revision=2)
def the_period_has_come(facts: StartFacts, law: Law) -> Decision:
    """An internship starts on its first day or later, never when its period is over."""
    return decide(
        facts.starts_on <= facts.on <= facts.ends_on,
        f"Kegiatan berlangsung {written(facts.starts_on)} sampai dengan {written(facts.ends_on)}.",
        "PerLAN 10/2018",
        remedy="Tunggu tanggal mulai; bila jangka waktunya sudah lewat, verifikator membatalkannya.",
    )


@dataclass(frozen=True)
class EndFacts:
    """The last day of the period, and the day."""

    ends_on: date
    on: date


@rule("Hari terakhir kegiatan sudah tiba", revision=2)
def the_period_is_over(facts: EndFacts, law: Law) -> Decision:
    """It is finished on its last day at the earliest; before that it is ended early, with a reason."""
    return decide(
        facts.on >= facts.ends_on,
        f"Hari terakhir kegiatan {written(facts.ends_on)}.",
        "PerLAN 10/2018",
        remedy="Tunggu hari terakhir, atau akhiri lebih awal dengan menyebutkan alasannya.",
    )


@dataclass(frozen=True)
class LastDayFacts:
    """The last day when an internship ends early."""

    last_day: date
    starts_on: date
    ends_on: date
    on: date


@rule("Hari terakhir berada dalam jangka waktu kegiatan")
def the_last_day_is_within_the_period(facts: LastDayFacts, law: Law) -> Decision:
    """Ended early means on a day of the period that has come; no later than planned."""
    return decide(
        facts.starts_on <= facts.last_day <= min(facts.ends_on, facts.on),
        f"Hari terakhir yang diisi: {written(facts.last_day)}.",
        "PerLAN 10/2018",
        remedy=f"Pilih tanggal dari {written(facts.starts_on)} sampai dengan {written(min(facts.ends_on, facts.on))}.",
    )


@dataclass(frozen=True)
class LoggedDayFacts:
    """The day of a logbook entry, the period, the day of writing, and which days the host has confirmed already."""

    worked_on: date
    starts_on: date
    ends_on: date
    ended_on: date | None
    confirmed_days: tuple[date, ...]
    on: date


@rule("Hari yang dicatat berada dalam jangka waktu dan belum dikonfirmasi")
def the_day_can_be_logged(facts: LoggedDayFacts, law: Law) -> Decision:
    """A day of the period that has come; once the host has confirmed it, it stands. Night shifts and Sundays are normal."""
    last = min(facts.ended_on or facts.ends_on, facts.on)
    if facts.worked_on in facts.confirmed_days:
        says = f"Hari {written(facts.worked_on)} sudah dikonfirmasi instansi penerima."
        return decide(False, says, "PerLAN 10/2018", remedy="Catatan yang sudah dikonfirmasi tidak dapat diubah.")
    return decide(
        facts.starts_on <= facts.worked_on <= last,
        f"Hari yang dicatat: {written(facts.worked_on)}.",
        "PerLAN 10/2018",
        remedy=f"Catatlah hari dari {written(facts.starts_on)} sampai dengan {written(last)}.",
    )


@dataclass(frozen=True)
class ConfirmationFacts:
    """The logged days that a confirmation reaches."""

    chosen_days: tuple[date, ...]


@rule("Ada hari yang dikonfirmasi")
def days_are_chosen(facts: ConfirmationFacts, law: Law) -> Decision:
    """A confirmation names days that were logged and are not confirmed yet."""
    return decide(
        bool(facts.chosen_days),
        f"Hari yang dipilih dan belum dikonfirmasi: {len(facts.chosen_days)}.",
        "PerLAN 10/2018",
        remedy="Pilih sekurang-kurangnya satu hari yang sudah dicatat dan belum dikonfirmasi.",
    )


@dataclass(frozen=True)
class ChosenNumberFacts:
    """Numbers that were chosen and belong to no logged day that is still open."""

    stray_numbers: tuple[int, ...]


@rule("Nomor catatan yang dipilih ada dan belum dikonfirmasi")
def chosen_numbers_are_open(facts: ChosenNumberFacts, law: Law) -> Decision:
    """A number that matches nothing is a slip, and is named rather than passed over."""
    stray = ", ".join(str(number) for number in facts.stray_numbers)
    return decide(
        not stray,
        f"Catatan harian nomor {stray} tidak ada, sudah dikonfirmasi, atau sudah diganti."
        if stray
        else "Semua nomor yang dipilih dapat diproses.",
        "Praktik daerah",
        remedy="Periksa nomornya pada catatan harian, lalu pilih kembali.",
    )


@dataclass(frozen=True)
class AttestedDayFacts:
    """The logged days that a waiver attests, and the document that proves them."""

    chosen_days: tuple[date, ...]
    document: str


@rule("Kehadiran yang belum dikonfirmasi dibuktikan dengan dokumen")
def attested_days_are_proven(facts: AttestedDayFacts, law: Law) -> Decision:
    """Days that the host did not confirm count only with a document."""
    if not facts.chosen_days:
        return decide(True, "Tidak ada hari yang perlu dibuktikan.", "Praktik daerah")
    proof = "dengan dokumen" if facts.document else "tanpa dokumen"
    return decide(
        bool(facts.document),
        f"Hari yang hendak dibuktikan: {len(facts.chosen_days)}, {proof}.",
        "Praktik daerah",
        remedy="Unggah daftar hadir atau dokumen lain yang membuktikannya.",
    )


@dataclass(frozen=True)
class CertificateFacts:
    """Whether the host is a unit of our own, and the certificate that an outside host hands in."""

    host_inside: bool
    certificate_number: str
    certificate_on: date | None
    certificate_file: str


@rule("Surat keterangan instansi penerima lengkap")
def host_certificate_is_complete(facts: CertificateFacts, law: Law) -> Decision:
    """An outside host certifies on its own paper; a host of our own gets the certificate from here."""
    if facts.host_inside:
        return decide(True, "Surat keterangan diterbitkan melalui sistem ini.", "PerLAN 10/2018")
    complete = bool(facts.certificate_number and facts.certificate_on and facts.certificate_file)
    return decide(
        complete,
        f"Surat keterangan instansi penerima Nomor {facts.certificate_number}."
        if complete
        else "Surat keterangan belum lengkap.",
        "PerLAN 10/2018",
        remedy="Isilah nomor dan tanggal surat keterangan, dan unggah berkasnya.",
    )


@dataclass(frozen=True)
class LatenessFacts:
    """Whether the time that the state allows has passed, and the reason given."""

    deadline_passed: bool
    reason: str


@rule("Tenggat penilaian sudah lewat")
def the_host_is_late(facts: LatenessFacts, law: Law) -> Decision:
    """The assessment is waived only when the host let its time pass."""
    return decide(
        facts.deadline_passed,
        "Tenggat penilaian oleh instansi penerima sudah lewat."
        if facts.deadline_passed
        else "Tenggat penilaian belum lewat.",
        "Praktik daerah",
        remedy="Tunggu sampai tenggatnya lewat.",
    )


@rule("Tenggat sudah lewat, atau ada alasannya")
def late_or_with_a_reason(facts: LatenessFacts, law: Law) -> Decision:
    """An internship is closed without credit after its deadline, or earlier with a reason."""
    return decide(
        facts.deadline_passed or bool(facts.reason.strip()),
        "Tenggat sudah lewat."
        if facts.deadline_passed
        else f"Tenggat belum lewat; alasan: {with_full_stop(facts.reason.strip() or 'belum disebut')}",
        "Praktik daerah",
        remedy="Sebutkan alasannya.",
    )


@dataclass(frozen=True)
class AttendanceFacts:
    """Days of the period on which work is due, and days that the host confirmed or a document attests."""

    planned_days: int
    attended_days: int


@rule("Kehadiran mencukupi", revision=3)
def attendance_is_enough(facts: AttendanceFacts, law: Law) -> Decision:
    """Days confirmed or attested, against those on which work was due in the whole period as agreed."""
    least = law[LEAST_ATTENDANCE]
    share = facts.attended_days * 100 // facts.planned_days if facts.planned_days else 0
    # Sundays and nights count too, so that more days may have been worked than the calendar of the unit foresaw.
    attended = (
        f"Hadir {facts.attended_days} dari {facts.planned_days} hari yang direncanakan ({share} persen)"
        if facts.attended_days <= facts.planned_days
        else f"Hadir {facts.attended_days} hari, lebih dari {facts.planned_days} hari yang direncanakan"
    )
    return decide(
        share >= least.value,
        f"{attended}; paling sedikit {least.value} persen.",
        least,
        remedy="Mintalah instansi penerima mengonfirmasi hari yang tersisa, atau tutup sebagai tidak memenuhi.",
    )


@dataclass(frozen=True)
class CreditFacts:
    """The country that the host is in, in Indonesian."""

    host_country: str


@rule("JP dihitung menurut negara instansi penerima")
def hours_follow_the_hosts_country(facts: CreditFacts, law: Law) -> Decision:
    """Abroad the international rate counts. That is a warning, so that nobody is credited more by a slip in a list of partners."""
    abroad = is_abroad(facts.host_country)
    rate = law[INTERNSHIP_INTERNATIONAL if abroad else INTERNSHIP]
    where = "luar" if abroad else "dalam"
    return decide(
        not abroad,
        f"Instansi penerima berada di {facts.host_country}; magang {where} negeri dihitung {rate.value} JP.",
        rate,
        otherwise=Grade.WARNED,
        remedy="Pastikan negaranya benar; bila keliru, perbaiki data mitra lebih dahulu.",
    )


@dataclass(frozen=True)
class ReportFacts:
    """Whether the host has assessed, and whether days were logged or confirmed after that."""

    assessed: bool
    days_changed_since_assessment: bool


def where_a_report_goes(facts: ReportFacts) -> str:
    """To the host for assessment, unless it has assessed and the days are unchanged."""
    return "final_verification" if facts.assessed and not facts.days_changed_since_assessment else "host_assessment"
