"""Internship at another agency: who may go, when, at whose cost, and when it counts. Facts first, then decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.dates import written
from policies.decision import Decision, Grade, decide, rule, together, unknown
from policies.parameters import Law, parameter
from policies.records import Activity, Headcount, Sanction
from policies.wording import say_money, with_full_stop

# --- Time for each step, in working days -----------------------------------------------------------------------------

DRAFT_DAYS = parameter("internship.draft_days", int)
SUPERVISOR_DAYS = parameter("internship.supervisor_days", int)
AGENCY_DAYS = parameter("internship.agency_days", int)
VERIFICATION_DAYS = parameter("internship.verification_days", int)
SIGNATURE_DAYS = parameter("internship.signature_days", int)
ASSIGNMENT_DAYS = parameter("internship.assignment_days", int)

# --- What the rules measure against ----------------------------------------------------------------------------------

LONGEST_DAYS = parameter("internship.longest_days", int)
LONG_DAYS = parameter("internship.long_days", int)
LEAST_PREDICATES = parameter("internship.least_predicates", list)
CONTRACT_MARGIN_DAYS = parameter("internship.contract_margin_days", int)
SAME_POST_PRESENT = parameter("internship.same_post_present", int)
UNIT_PRESENT = parameter("internship.unit_present", int)
PRESENCE_COUNTS_FROM = parameter("internship.presence_counts_from", int)
BINDING_SANCTIONS = parameter("internship.binding_sanctions", list)


# --- Who may go ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ServiceFacts:
    """The participant's employment status as recorded; None where the record is blank.

    ``participant_left_on``: the day from which they are known to be out of service, if any.
    """

    status: str | None
    ends_on: date
    participant_left_on: date | None = None


@rule("Pegawai berstatus aktif selama kegiatan dan tidak sedang menjalani cuti di luar tanggungan negara", revision=2)
def participant_is_in_service(facts: ServiceFacts, law: Law) -> Decision:
    """Only staff in active service go; unpaid leave, study leave and the like stand in the way, and so does a known departure."""
    basis = "PerLAN 10/2018"
    leaves = facts.participant_left_on
    if leaves is not None and leaves <= facts.ends_on:
        says = f"Pegawai tercatat tidak lagi bertugas sejak {written(leaves)}."
        return decide(False, says, basis, remedy="Pilih jangka waktu yang selesai sebelumnya, atau pegawai lain.")
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
    """Every disciplinary sanction on record, and the day it is asked for; None where no record says what there is."""

    sanctions: tuple[Sanction, ...] | None
    on: date


@rule("Tidak sedang menjalani hukuman disiplin sedang atau berat")
def participant_bears_no_heavy_sanction(facts: SanctionFacts, law: Law) -> Decision:
    """A sanction without dates counts as in force until a verifier attests otherwise; a blank record is a warning, never a no."""
    levels = law[BINDING_SANCTIONS]
    if facts.sanctions is None:
        remedy = (
            "Verifikator memeriksa riwayat hukuman disiplin, atau mencatatnya dengan surat keterangan sebagai bukti."
        )
        return decide(False, "Riwayat hukuman disiplin belum diketahui.", levels, otherwise=Grade.WARNED, remedy=remedy)
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


@rule("Masa perjanjian kerja PPPK masih cukup", revision=2)
def contract_outlasts_the_internship(facts: ContractFacts, law: Law) -> Decision:
    """A contract that ends within the margin after the internship is a warning."""
    margin = law[CONTRACT_MARGIN_DAYS]
    if facts.asn_kind != "PPPK":
        return decide(True, "Bukan PPPK; tidak terikat masa perjanjian kerja.", margin)
    remedy = "Pastikan perjanjian kerja diperpanjang sebelum penugasan."
    if facts.contract_ends_on is None:
        return decide(False, "Akhir perjanjian kerja belum diketahui.", margin, otherwise=Grade.WARNED, remedy=remedy)
    left = (facts.contract_ends_on - facts.ends_on).days
    when = f"{left} hari setelah kegiatan selesai" if left >= 0 else "sebelum kegiatan selesai"
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


@rule("Instansi penerima yang baru berbeda dari sebelumnya", revision=2)
def host_is_a_different_one(facts: ChangedFacts, law: Law) -> Decision:
    """Another section of the one that is not available is no other host."""
    other = "host" in facts.changed
    return decide(
        other,
        "Instansi penerima diganti." if other else "Instansi penerima masih sama.",
        "PerLAN 10/2018",
        remedy="Pilih instansi penerima lain, atau mintalah verifikator menutup berkas ini.",
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


@dataclass(frozen=True)
class RejectionFacts:
    """The rule that a rejection or a revocation names, and the full title of the instrument cited; None where it is not known."""

    rule: str
    cited: str | None


@rule("Dasar hukum yang disebut adalah peraturan yang dikenal", revision=2)
def rejection_cites_a_regulation(facts: RejectionFacts, law: Law) -> Decision:
    """Whoever rejects after verification, or takes back an award, says by which instrument, by its short name."""
    return decide(
        facts.cited is not None,
        f"Dasar hukum: {facts.cited}." if facts.cited else f"Dasar “{facts.rule}” bukan nama peraturan yang dikenal.",
        "UU 30/2014",
        remedy="Sebutkan peraturannya dengan nama singkat, misalnya PerLAN 10/2018 atau PP 94/2021 Pasal 8.",
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
class AssigningFacts:
    """Whether the participant is the head of their unit."""

    participant_is_head: bool


def who_assigns(facts: AssigningFacts, law: Law) -> str:
    """The head assigns own staff; the secretary assigns a head."""
    return "secretary" if facts.participant_is_head else "agency_head"
