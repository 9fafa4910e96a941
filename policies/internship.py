"""Internship at another agency: who may go, when, at whose cost, and when it counts. Facts first, then decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.dates import written
from policies.decision import Decision, Grade, decide, rule, together, unknown
from policies.parameters import Law, parameter
from policies.records import Activity, Agreement, BudgetLine, Headcount, Proposal, Sanction

# --- Time for each step, in working days -----------------------------------------------------------------------------

DRAFT_DAYS = parameter("internship.draft_days", int)
SUPERVISOR_DAYS = parameter("internship.supervisor_days", int)
AGENCY_DAYS = parameter("internship.agency_days", int)
VERIFICATION_DAYS = parameter("internship.verification_days", int)
SIGNATURE_DAYS = parameter("internship.signature_days", int)
HOST_REPLY_DAYS = parameter("internship.host_reply_days", int)
PROPOSAL_DAYS = parameter("internship.proposal_days", int)
OTHER_HOST_DAYS = parameter("internship.other_host_days", int)
ASSIGNMENT_DAYS = parameter("internship.assignment_days", int)
REPORT_DAYS = parameter("internship.report_days", int)
ASSESSMENT_DAYS = parameter("internship.assessment_days", int)
FINAL_VERIFICATION_DAYS = parameter("internship.final_verification_days", int)

# --- What the rules measure against ----------------------------------------------------------------------------------

LONGEST_DAYS = parameter("internship.longest_days", int)
LONG_DAYS = parameter("internship.long_days", int)
LEAST_PREDICATES = parameter("internship.least_predicates", list)
CONTRACT_MARGIN_DAYS = parameter("internship.contract_margin_days", int)
SAME_POST_PRESENT = parameter("internship.same_post_present", int)
UNIT_PRESENT = parameter("internship.unit_present", int)
PRESENCE_COUNTS_FROM = parameter("internship.presence_counts_from", int)
BINDING_SANCTIONS = parameter("internship.binding_sanctions", list)
CREDIT_WHEN_RECALLED = parameter("internship.credit_when_recalled", int)
BINDING_AGREEMENT = parameter("internship.binding_agreement", str)
LEAST_ATTENDANCE = parameter("internship.least_attendance", int)
ASKS_HOST_INSIDE = parameter("internship.asks_host_inside", str)
ASKS_HOST_OUTSIDE = parameter("internship.asks_host_outside", str)


def say_money(amount: int) -> str:
    """Whole rupiah as officials write them: Rp1.500.000,00."""
    return f"Rp{amount:,}".replace(",", ".") + ",00"


def with_full_stop(text: str) -> str:
    """What somebody typed, so that it can end a sentence: with one full stop, whether they typed one or not."""
    return f"{text.strip().rstrip('.')}."


# --- Who may go ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ServiceFacts:
    """The participant's employment status as recorded; None where the record is blank."""

    status: str | None


@rule("Pegawai berstatus aktif dan tidak sedang menjalani cuti di luar tanggungan negara")
def participant_is_in_service(facts: ServiceFacts, law: Law) -> Decision:
    """Only staff in active service go; unpaid leave, study leave and the like stand in the way."""
    basis = "PerLAN 10/2018"
    if facts.status is None:
        proof = (
            "Verifikator mencatat status kepegawaian dengan surat keputusan atau surat keterangan yang membuktikannya."
        )
        return unknown("Status kepegawaian belum diketahui.", basis, proof=proof)
    return decide(
        facts.status == "Aktif",
        f"Status kepegawaian: {facts.status}.",
        basis,
        remedy="Ajukan kembali setelah pegawai aktif bekerja; bila catatannya keliru, minta pengelola kepegawaian memperbaikinya.",
    )


@dataclass(frozen=True)
class SanctionFacts:
    """Every disciplinary sanction on record, and the day it is asked for."""

    sanctions: tuple[Sanction, ...]
    on: date


@rule("Tidak sedang menjalani hukuman disiplin sedang atau berat")
def participant_bears_no_heavy_sanction(facts: SanctionFacts, law: Law) -> Decision:
    """A sanction without dates counts as in force until a verifier attests otherwise."""
    levels = law[BINDING_SANCTIONS]
    binding = [s for s in facts.sanctions if s.level in levels.value and s.in_force(facts.on)]
    if not binding:
        return decide(True, f"Tidak ada hukuman disiplin {' atau '.join(levels.value)} yang sedang berlaku.", levels)
    worst = binding[0]
    undated = worst.from_on is None or worst.until_on is None
    until = f"sampai {written(worst.until_on)}" if worst.until_on else "yang tanggal berakhirnya belum diketahui"
    remedy = (
        "Verifikator dapat mencatat bahwa hukuman sudah berakhir, dengan surat keputusan sebagai bukti."
        if undated
        else "Ajukan kembali setelah hukuman disiplin berakhir."
    )
    return decide(False, f"Sedang menjalani hukuman disiplin {worst.level} {until}.", levels, remedy=remedy)


@dataclass(frozen=True)
class PerformanceFacts:
    """The performance predicate of the last complete year; None where it is not recorded."""

    last_predicate: str | None
    last_predicate_year: int


@rule("Predikat kinerja tahun terakhir sekurang-kurangnya Baik")
def performance_is_good(facts: PerformanceFacts, law: Law) -> Decision:
    """Below the least predicate, or not recorded, is a warning: the superiors decide with open eyes."""
    least = law[LEAST_PREDICATES]
    year = facts.last_predicate_year
    remedy = "Atasan dan verifikator mempertimbangkannya dalam catatan persetujuan."
    if facts.last_predicate is None:
        says = f"Predikat kinerja tahun {year} belum diketahui."
        return decide(False, says, least, otherwise=Grade.WARNED, remedy=remedy)
    return decide(
        facts.last_predicate in least.value,
        f"Predikat kinerja tahun {year}: {facts.last_predicate}.",
        least,
        otherwise=Grade.WARNED,
        remedy=remedy,
    )


@dataclass(frozen=True)
class ContractFacts:
    """Kind of employment, the end of the contract where there is one, and the end of the period."""

    asn_kind: str | None
    contract_ends_on: date | None
    ends_on: date


@rule("Masa perjanjian kerja PPPK masih cukup")
def contract_outlasts_the_internship(facts: ContractFacts, law: Law) -> Decision:
    """A contract that ends within the margin after the internship is a warning."""
    margin = law[CONTRACT_MARGIN_DAYS]
    if facts.asn_kind != "PPPK":
        return decide(True, "Bukan PPPK; tidak terikat masa perjanjian kerja.", margin)
    remedy = "Pastikan perjanjian kerja diperpanjang sebelum penugasan."
    if facts.contract_ends_on is None:
        return decide(False, "Akhir perjanjian kerja belum diketahui.", margin, otherwise=Grade.WARNED, remedy=remedy)
    left = (facts.contract_ends_on - facts.ends_on).days
    when = f"{left} hari setelah magang selesai" if left >= 0 else "sebelum magang selesai"
    return decide(
        left >= margin.value,
        f"Perjanjian kerja berakhir {written(facts.contract_ends_on)}, {when}; sekurang-kurangnya {margin.value} hari.",
        margin,
        otherwise=Grade.WARNED,
        remedy=remedy,
    )


# --- When ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeriodFacts:
    """The period asked for, both days included, and the day of asking."""

    starts_on: date
    ends_on: date
    on: date


@rule("Jangka waktu magang 1 sampai 365 hari dan belum dimulai")
def period_is_allowed(facts: PeriodFacts, law: Law) -> Decision:
    """Between one day and the longest period; it must lie ahead; a long one is a warning."""
    longest, long = law[LONGEST_DAYS], law[LONG_DAYS]
    days = (facts.ends_on - facts.starts_on).days + 1
    if days < 1:
        says = f"Tanggal selesai ({written(facts.ends_on)}) mendahului tanggal mulai ({written(facts.starts_on)})."
        return decide(False, says, longest, remedy="Perbaiki tanggal mulai atau tanggal selesai.")
    length = decide(
        days <= longest.value,
        f"Lama magang {days} hari; paling lama {longest.value} hari.",
        longest,
        remedy="Persingkat jangka waktunya.",
    )
    ahead = decide(
        facts.starts_on > facts.on,
        f"Magang direncanakan mulai {written(facts.starts_on)}.",
        longest,
        remedy=f"Pilih tanggal mulai setelah {written(facts.on)}.",
    )
    if long.value < days <= longest.value:
        says = f"Lama magang {days} hari, lebih dari {long.value} hari, sehingga perlu pertimbangan khusus."
        return together(
            (
                length,
                ahead,
                decide(False, says, long, otherwise=Grade.WARNED, remedy="Pastikan pekerjaan di unit asal terisi."),
            )
        )
    return together((length, ahead))


@dataclass(frozen=True)
class FreedomFacts:
    """What else occupies the participant full-time within the period."""

    other_activities: tuple[Activity, ...]
    starts_on: date
    ends_on: date


@rule("Tidak bertumpang tindih dengan kegiatan purnawaktu lain")
def participant_is_free(facts: FreedomFacts, law: Law) -> Decision:
    """Nobody is in two places: two full-time activities of one person may not overlap."""
    clashing = [a for a in facts.other_activities if a.from_on <= facts.ends_on and facts.starts_on <= a.until_on]
    if not clashing:
        return decide(True, "Tidak ada kegiatan purnawaktu lain pada jangka waktu itu.", "PerLAN 10/2018")
    other = clashing[0]
    return decide(
        False,
        f"Bertumpang tindih dengan {other.title} tanggal {written(other.from_on)} sampai dengan {written(other.until_on)}.",
        "PerLAN 10/2018",
        remedy="Pilih jangka waktu lain, atau tarik permohonan yang lain itu.",
    )


# --- What is asked for -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanFacts:
    """The item of the year's development plan, or why it lies outside the plan."""

    plan_item: str
    outside_plan_reason: str


@rule("Tercantum dalam rencana pengembangan kompetensi, atau alasannya dijelaskan")
def plan_or_reason_is_named(facts: PlanFacts, law: Law) -> Decision:
    """An internship follows the year's plan; outside it, the request says why."""
    if facts.plan_item.strip():
        return decide(True, f"Sesuai rencana pengembangan kompetensi: {facts.plan_item}.", "PerLAN 10/2018")
    return decide(
        bool(facts.outside_plan_reason.strip()),
        f"Di luar rencana, karena: {with_full_stop(facts.outside_plan_reason)}"
        if facts.outside_plan_reason.strip()
        else "Butir rencana belum disebut.",
        "PerLAN 10/2018",
        remedy="Sebutkan butir rencana, atau jelaskan mengapa magang ini di luar rencana.",
    )


@dataclass(frozen=True)
class CostFacts:
    """Who is to pay, and the estimate in whole rupiah."""

    funding: str
    estimate: int


@rule("Sumber dana dan perkiraan biaya bersesuaian")
def estimate_matches_its_source(facts: CostFacts, law: Law) -> Decision:
    """Without cost means an estimate of nothing; the agency's budget needs an estimate."""
    if facts.funding == "none":
        says = f"Tanpa biaya, perkiraan biaya {say_money(facts.estimate)}."
        return decide(
            facts.estimate == 0, says, "PerLAN 10/2018", remedy="Kosongkan perkiraan biaya, atau pilih sumber dananya."
        )
    return decide(
        facts.estimate > 0,
        f"Perkiraan biaya {say_money(facts.estimate)}.",
        "PerLAN 10/2018",
        remedy="Isilah perkiraan biaya, atau pilih tanpa biaya.",
    )


@dataclass(frozen=True)
class HostFacts:
    """Where the participant wants to go and where they work; a host inside the regency is a unit."""

    host_name: str | None
    host_unit: str | None
    participant_unit: str | None


@rule("Instansi penerima dikenal dan bukan unit kerja sendiri")
def host_is_another_institution(facts: HostFacts, law: Law) -> Decision:
    """The host is a registered partner or another unit of the agency, never the participant's own."""
    if facts.host_name is None:
        return decide(
            False,
            "Instansi penerima belum terdaftar.",
            "PerLAN 10/2018",
            remedy="Pilih mitra atau unit kerja yang terdaftar.",
        )
    own = facts.host_unit is not None and facts.host_unit == facts.participant_unit
    return decide(
        not own,
        f"Instansi penerima: {facts.host_name}.",
        "PerLAN 10/2018",
        remedy="Magang dilaksanakan di instansi lain; pilih instansi penerima yang lain.",
    )


@dataclass(frozen=True)
class ChangedFacts:
    """Which fields of the form a step changes."""

    changed: tuple[str, ...]


@rule("Instansi penerima yang baru berbeda dari sebelumnya")
def host_is_a_different_one(facts: ChangedFacts, law: Law) -> Decision:
    """Another host is meant, or another section of the same one."""
    other = bool({"host", "section"} & set(facts.changed))
    return decide(
        other,
        "Instansi penerima atau bagian yang dituju diganti."
        if other
        else "Instansi penerima dan bagian yang dituju masih sama.",
        "PerLAN 10/2018",
        remedy="Pilih instansi penerima lain, atau bagian lain pada instansi yang sama.",
    )


# --- Those who stay --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PresenceFacts:
    """Those of the same post under the same superior, and the whole unit, over the period."""

    same_post: Headcount
    whole_unit: Headcount


@rule("Pegawai yang tetap bertugas mencukupi")
def enough_people_stay(facts: PresenceFacts, law: Law) -> Decision:
    """At every moment of the period a least share of colleagues stays; small groups are left to the superior's judgement."""
    small = law[PRESENCE_COUNTS_FROM]
    answers = []
    for group, share in ((facts.same_post, law[SAME_POST_PRESENT]), (facts.whole_unit, law[UNIT_PRESENT])):
        says = f"Dari {group.total} {group.group}, {group.present} tetap bertugas; sekurang-kurangnya {share.value} persen."
        if group.total < small.value:
            says = f"Hanya ada {group.total} {group.group}; kepala perangkat daerah menilai sendiri kecukupannya."
            answers.append(decide(True, says, small))
        else:
            holds = group.present * 100 >= share.value * group.total
            remedy = "Pilih jangka waktu lain, atau tunggu sampai pegawai lain kembali bertugas."
            answers.append(decide(holds, says, share, remedy=remedy))
    return together(answers)


# --- The host and the money ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AgreementFacts:
    """Agreements with the host, whether it is a unit of our own, the period, and the reason of an exemption, if any."""

    agreements: tuple[Agreement, ...]
    host_inside: bool
    starts_on: date
    ends_on: date
    exemption: str


@rule("Kerja sama dengan instansi penerima berlaku selama magang")
def agreement_covers_the_period(facts: AgreementFacts, law: Law) -> Decision:
    """An agreement for the whole period; one that ends earlier, or a Nota Kesepahaman alone, is a warning; else an exemption."""
    binding = law[BINDING_AGREEMENT]
    if facts.host_inside:
        return decide(
            True, "Instansi penerima adalah perangkat daerah sendiri; tidak diperlukan perjanjian kerja sama.", binding
        )
    in_force = [a for a in facts.agreements if a.from_on <= facts.starts_on <= a.until_on]
    full = [a for a in in_force if a.kind == binding.value and facts.ends_on <= a.until_on]
    if full:
        says = f"{full[0].kind} Nomor {full[0].number} berlaku sampai {written(full[0].until_on)}."
        return decide(True, says, binding)
    if in_force:
        best = max(in_force, key=lambda a: (a.kind == binding.value, a.until_on))
        says = f"Yang ada hanya {best.kind} Nomor {best.number} yang berlaku sampai {written(best.until_on)}."
        return decide(
            False, says, binding, otherwise=Grade.WARNED, remedy=f"Siapkan {binding.value} sebelum magang berlangsung."
        )
    if facts.exemption.strip():
        says = f"Tidak ada kerja sama yang berlaku; dikecualikan dengan alasan: {with_full_stop(facts.exemption)}"
        return decide(
            False, says, binding, otherwise=Grade.WARNED, remedy=f"Siapkan {binding.value} untuk selanjutnya."
        )
    return decide(
        False,
        "Tidak ada kerja sama dengan instansi penerima yang berlaku pada jangka waktu itu.",
        binding,
        remedy=f"Siapkan {binding.value}, atau catat alasan pengecualiannya.",
    )


@dataclass(frozen=True)
class BudgetFacts:
    """What it will cost, from which line, and what this case already holds of it; whole rupiah."""

    funding: str
    estimate: int
    starts_on: date
    budget: BudgetLine | None
    held: int


@rule("Anggaran tahun mulai masih mencukupi")
def budget_has_room(facts: BudgetFacts, law: Law) -> Decision:
    """What the agency's budget is to pay must fit into what is free on the line of the year in which it starts."""
    basis = "Permendagri 77/2020"
    if facts.funding != "agency_budget":
        return decide(True, "Tidak membebani anggaran daerah.", basis)
    if facts.budget is None:
        return decide(
            False,
            "Mata anggaran belum dipilih.",
            basis,
            remedy="Verifikator memilih mata anggaran yang menanggung biaya.",
        )
    if facts.budget.year != facts.starts_on.year:
        says = f"{facts.budget.title} adalah anggaran tahun {facts.budget.year}, sedangkan magang mulai {written(facts.starts_on)}."
        return decide(False, says, basis, remedy=f"Pilih mata anggaran tahun {facts.starts_on.year}.")
    free = facts.budget.available + facts.held
    return decide(
        facts.estimate <= free,
        f"Perkiraan biaya {say_money(facts.estimate)}; tersedia {say_money(free)} pada {facts.budget.title}.",
        basis,
        remedy="Kurangi biaya, pilih mata anggaran lain, atau tunggu perubahan anggaran.",
    )


@dataclass(frozen=True)
class OfferFacts:
    """What the host offers now instead of what was asked of it."""

    offer: Proposal


@rule("Usul instansi penerima memuat perubahan")
def the_offer_says_what_changes(facts: OfferFacts, law: Law) -> Decision:
    """An offer names other dates, a fee or a condition; without any of them the host simply accepts."""
    named = {
        "tanggal lain": facts.offer.starts_on is not None or facts.offer.ends_on is not None,
        "biaya tambahan": facts.offer.fee > 0,
        "ketentuan": bool(facts.offer.conditions.strip()),
    }
    offered = [what for what, given in named.items() if given]
    return decide(
        bool(offered),
        f"Yang diusulkan: {', '.join(offered)}." if offered else "Usul tidak memuat perubahan apa pun.",
        "PerLAN 10/2018",
        remedy="Isilah tanggal, biaya tambahan, atau ketentuan; bila tidak ada yang berubah, nyatakan bersedia.",
    )


@dataclass(frozen=True)
class ConsentFacts:
    """The host's offer, and whether the head of the unit has consented to it."""

    proposal: Proposal | None
    consented: bool


@rule("Kepala perangkat daerah menyetujui perubahan tanggal atau biaya")
def head_consents_where_needed(facts: ConsentFacts, law: Law) -> Decision:
    """Other dates or another cost concern the unit; conditions alone do not."""
    basis = "PerLAN 10/2018"
    if facts.proposal is None:
        return decide(
            False, "Tidak ada usul perubahan dari instansi penerima.", basis, remedy="Tunggu usul instansi penerima."
        )
    if not facts.proposal.changes_dates_or_cost:
        return decide(True, "Tanggal dan biaya tidak berubah.", basis)
    return decide(
        facts.consented,
        "Kepala perangkat daerah sudah menyetujui perubahan." if facts.consented else "Tanggal atau biaya berubah.",
        basis,
        remedy="Mintalah persetujuan kepala perangkat daerah terlebih dahulu.",
    )


# --- Carrying it out -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StartFacts:
    """The period and the day."""

    starts_on: date
    ends_on: date
    on: date


@rule("Tanggal mulai sudah tiba dan jangka waktu belum lewat")
def the_period_has_come(facts: StartFacts, law: Law) -> Decision:
    """An internship starts on its first day or later, never when its period is over."""
    return decide(
        facts.starts_on <= facts.on <= facts.ends_on,
        f"Magang berlangsung {written(facts.starts_on)} sampai dengan {written(facts.ends_on)}.",
        "PerLAN 10/2018",
        remedy="Tunggu tanggal mulai; bila jangka waktunya sudah lewat, verifikator membatalkan penugasan.",
    )


@dataclass(frozen=True)
class EndFacts:
    """The last day of the period, and the day."""

    ends_on: date
    on: date


@rule("Hari terakhir magang sudah tiba")
def the_period_is_over(facts: EndFacts, law: Law) -> Decision:
    """It is finished on its last day at the earliest; before that it is ended early, with a reason."""
    return decide(
        facts.on >= facts.ends_on,
        f"Hari terakhir magang {written(facts.ends_on)}.",
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


@rule("Hari terakhir berada dalam jangka waktu magang")
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
    """Working days of the period, and days that the host confirmed or a document attests."""

    planned_days: int
    attended_days: int


@rule("Kehadiran mencukupi")
def attendance_is_enough(facts: AttendanceFacts, law: Law) -> Decision:
    """Days confirmed or attested, against the working days of the whole period as agreed."""
    least = law[LEAST_ATTENDANCE]
    share = facts.attended_days * 100 // facts.planned_days if facts.planned_days else 100
    return decide(
        share >= least.value,
        f"Hadir {facts.attended_days} dari {facts.planned_days} hari kerja ({share} persen); paling sedikit {least.value} persen.",
        least,
        remedy="Mintalah instansi penerima mengonfirmasi hari yang tersisa, atau tutup sebagai tidak memenuhi.",
    )


@dataclass(frozen=True)
class SpendingFacts:
    """What it cost in the end, or that it cost nothing, with proofs; and what may be spent; whole rupiah."""

    cost: int
    without_cost: bool
    proofs: tuple[str, ...]
    budget: BudgetLine | None
    held: int


@rule("Biaya dipertanggungjawabkan")
def cost_is_accounted_for(facts: SpendingFacts, law: Law) -> Decision:
    """Either "tanpa biaya", or an amount with its proofs that the line can bear."""
    basis = "Permendagri 77/2020"
    if facts.without_cost:
        says = f"Dinyatakan tanpa biaya, tetapi biaya terisi {say_money(facts.cost)}." if facts.cost else "Tanpa biaya."
        return decide(facts.cost == 0, says, basis, remedy="Kosongkan biaya, atau hapus pilihan tanpa biaya.")
    if facts.cost <= 0 or not facts.proofs:
        remedy = "Isilah biaya dan unggah buktinya, atau pilih tanpa biaya."
        return decide(False, f"Biaya {say_money(facts.cost)} dengan {len(facts.proofs)} bukti.", basis, remedy=remedy)
    free = facts.held + (facts.budget.available if facts.budget else 0)
    return decide(
        facts.budget is not None and facts.cost <= free,
        f"Biaya {say_money(facts.cost)}; dapat dibebankan {say_money(free)}.",
        basis,
        remedy="Periksa biaya dan mata anggarannya.",
    )


# --- Where the request goes ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SubmissionFacts:
    """Where the request was returned from, if it was, and which fields that superiors judged have changed since."""

    returned_from: str | None
    changed_since_return: tuple[str, ...]


def where_a_request_goes(facts: SubmissionFacts) -> str:
    """Straight back to the one who returned it, unless something that the superiors judged has changed."""
    return "supervisor_review" if facts.returned_from is None or facts.changed_since_return else facts.returned_from


def where_another_host_goes(facts: ChangedFacts) -> str:
    """The superiors are asked again only if the period or the cost change."""
    return (
        "supervisor_review" if {"starts_on", "ends_on", "estimate", "funding"} & set(facts.changed) else "verification"
    )


@dataclass(frozen=True)
class ReportFacts:
    """Whether the host has assessed, and whether days were logged or confirmed after that."""

    assessed: bool
    days_changed_since_assessment: bool


def where_a_report_goes(facts: ReportFacts) -> str:
    """To the host for assessment, unless it has assessed and the days are unchanged."""
    return "final_verification" if facts.assessed and not facts.days_changed_since_assessment else "host_assessment"


@dataclass(frozen=True)
class InsideFacts:
    """Whether the host is a unit of our own."""

    host_inside: bool


def host_is_inside(facts: InsideFacts) -> bool:
    """A host of our own gets its certificate from here."""
    return facts.host_inside


def who_asks_the_host(facts: InsideFacts, law: Law) -> str:
    """The post that signs the request to the host, as the agency's data say."""
    return law[ASKS_HOST_INSIDE if facts.host_inside else ASKS_HOST_OUTSIDE].value


@dataclass(frozen=True)
class AssigningFacts:
    """Whether the participant is the head of their unit."""

    participant_is_head: bool


def who_assigns(facts: AssigningFacts, law: Law) -> str:
    """The head assigns own staff; the secretary assigns a head."""
    return "secretary" if facts.participant_is_head else "agency_head"
