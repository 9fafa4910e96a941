"""Exchange of staff with an institution outside the government: both sides equal, agreed upon, and approved by the regent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.credit import ACTIVITIES, is_abroad
from policies.dates import written
from policies.decision import Decision, Grade, decide, rule, together
from policies.internship import PresenceFacts, enough_people_stay
from policies.parameters import Law, parameter
from policies.records import Agreement, Headcount

# --- Time for each step, in working days -----------------------------------------------------------------------------

DRAFT_DAYS = parameter("exchange.draft_days", int)
REVIEW_DAYS = parameter("exchange.review_days", int)
VERIFICATION_DAYS = parameter("exchange.verification_days", int)
SIGNATURE_DAYS = parameter("exchange.signature_days", int)
HOST_REPLY_DAYS = parameter("exchange.host_reply_days", int)
DECREE_DAYS = parameter("exchange.decree_days", int)
REPORT_DAYS = parameter("exchange.report_days", int)
ASSESSMENT_DAYS = parameter("exchange.assessment_days", int)

LONGEST_DAYS = parameter("exchange.longest_days", int)
BINDING_AGREEMENT = parameter("exchange.binding_agreement", str)
COORDINATED_WITH = parameter("exchange.coordinated_with", list)
HOURS, HOURS_ABROAD = ACTIVITIES["C8"].rate(), ACTIVITIES["C8"].rate(international=True)


# --- Two people, two posts, one period -------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeriodFacts:
    """The period of our own employee, both days included, and the day of asking."""

    starts_on: date
    ends_on: date
    on: date


@rule("Jangka waktu pertukaran tidak lebih dari satu tahun dan belum dimulai")
def exchange_is_no_longer_than_a_year(facts: PeriodFacts, law: Law) -> Decision:
    """Between one day and the longest period; it must lie ahead."""
    longest = law[LONGEST_DAYS]
    days = (facts.ends_on - facts.starts_on).days + 1
    return together(
        (
            decide(
                1 <= days <= longest.value,
                f"Lama pertukaran {days} hari; paling lama {longest.value} hari."
                if days > 0
                else "Tanggal selesai mendahului tanggal mulai.",
                longest,
                remedy="Perbaiki tanggal mulai atau tanggal selesai.",
            ),
            decide(
                facts.starts_on > facts.on,
                f"Pertukaran direncanakan mulai {written(facts.starts_on)}.",
                longest,
                remedy=f"Pilih tanggal mulai setelah {written(facts.on)}.",
            ),
        )
    )


@dataclass(frozen=True)
class BothSidesFacts:
    """The periods of our own employee and of the counterpart."""

    starts_on: date
    ends_on: date
    counterpart_starts_on: date
    counterpart_ends_on: date


@rule("Kedua pegawai bertukar untuk jangka waktu yang sama")
def both_go_for_the_same_period(facts: BothSidesFacts, law: Law) -> Decision:
    """Ours goes when the other comes, and comes back when the other leaves."""
    same = (facts.starts_on, facts.ends_on) == (facts.counterpart_starts_on, facts.counterpart_ends_on)
    other = f"{written(facts.counterpart_starts_on)} sampai dengan {written(facts.counterpart_ends_on)}"
    return decide(
        same,
        "Jangka waktu kedua pegawai sama." if same else f"Pegawai mitra bertugas {other}, berbeda dari pegawai kita.",
        "Praktik daerah",
        remedy="Samakan tanggal mulai dan tanggal selesai kedua pegawai.",
    )


@dataclass(frozen=True)
class PartnerFacts:
    """Whether the host is known, and whether it is a unit of our own."""

    host_name: str | None
    host_inside: bool


@rule("Mitra pertukaran adalah instansi di luar pemerintah daerah")
def partner_is_outside(facts: PartnerFacts, law: Law) -> Decision:
    """Staff of one's own agency are moved, not exchanged."""
    return decide(
        facts.host_name is not None and not facts.host_inside,
        f"Mitra pertukaran: {facts.host_name}." if facts.host_name else "Mitra pertukaran belum terdaftar.",
        "UU 5/2014 Pasal 70 ayat (6)",
        remedy="Pilih mitra yang terdaftar di luar pemerintah daerah.",
    )


@dataclass(frozen=True)
class AgreementFacts:
    """Agreements with the partner, and the period."""

    agreements: tuple[Agreement, ...]
    starts_on: date
    ends_on: date


@rule("Perjanjian kerja sama dengan mitra berlaku selama pertukaran")
def agreement_is_in_force(facts: AgreementFacts, law: Law) -> Decision:
    """Without an agreement for the whole period there is no exchange, and no exemption."""
    binding = law[BINDING_AGREEMENT]
    full = [
        each
        for each in facts.agreements
        if each.kind == binding.value and each.from_on <= facts.starts_on and facts.ends_on <= each.until_on
    ]
    return decide(
        bool(full),
        f"{full[0].kind} Nomor {full[0].number} berlaku sampai {written(full[0].until_on)}."
        if full
        else f"Tidak ada {binding.value} dengan mitra yang berlaku selama jangka waktu itu.",
        binding,
        remedy=f"Siapkan {binding.value} lebih dahulu; untuk pertukaran tidak ada pengecualian.",
    )


@dataclass(frozen=True)
class StrengthFacts:
    """Where the counterpart will work and where ours does; those who stay there."""

    placed_unit: str
    participant_unit: str | None
    same_post: Headcount
    whole_unit: Headcount


@rule("Perangkat daerah tetap terisi selama pertukaran")
def unit_keeps_its_strength(facts: StrengthFacts, law: Law) -> Decision:
    """Who comes to the same unit fills the gap; else as many must stay as for any other absence."""
    if facts.placed_unit == f"unit:{facts.participant_unit}":
        return decide(True, "Pegawai mitra ditempatkan pada perangkat daerah yang sama.", "Praktik daerah")
    return enough_people_stay.answer(PresenceFacts(facts.same_post, facts.whole_unit), law)


@dataclass(frozen=True)
class PlaceFacts:
    """The unit of ours in which the counterpart is to work, by its name; None where no such unit is known."""

    placed_name: str | None


@rule("Pegawai mitra ditempatkan pada perangkat daerah yang terdaftar")
def counterpart_has_a_place(facts: PlaceFacts, law: Law) -> Decision:
    """The decree names the unit, so it must be one of ours."""
    return decide(
        facts.placed_name is not None,
        f"Pegawai mitra ditempatkan pada {facts.placed_name}."
        if facts.placed_name
        else "Perangkat daerah itu tidak terdaftar.",
        "Praktik daerah",
        remedy="Pilih perangkat daerah menurut kodenya dalam data pegawai.",
    )


# --- What the regent is shown ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoordinationFacts:
    """The institutions with which the exchange was coordinated, as recorded."""

    coordinated: tuple[str, ...]


@rule("Pertukaran sudah dikoordinasikan")
def exchange_was_coordinated(facts: CoordinationFacts, law: Law) -> Decision:
    """An exchange is coordinated with the national agencies; what is missing is a warning that the regent sees."""
    wanted = law[COORDINATED_WITH]
    missing = [name for name in wanted.value if name not in facts.coordinated]
    return decide(
        not missing,
        f"Sudah dikoordinasikan dengan {' dan '.join(wanted.value)}."
        if not missing
        else f"Belum tercatat koordinasi dengan {' dan '.join(missing)}.",
        wanted,
        otherwise=Grade.WARNED,
        remedy="Catatlah surat koordinasinya, atau lanjutkan bila Bupati menghendaki.",
    )


# --- What is credited ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CreditFacts:
    """The country that the partner is in, in Indonesian."""

    host_country: str


@rule("JP dihitung menurut negara mitra")
def hours_follow_the_partners_country(facts: CreditFacts, law: Law) -> Decision:
    """Abroad the international rate counts. That is a warning, so that nobody is credited more by a slip in a list of partners."""
    abroad = is_abroad(facts.host_country)
    rate = law[HOURS_ABROAD if abroad else HOURS]
    return decide(
        not abroad,
        f"Mitra berada di {facts.host_country}; pertukaran dihitung {rate.value} JP.",
        rate,
        otherwise=Grade.WARNED,
        remedy="Pastikan negaranya benar; bila keliru, perbaiki data mitra lebih dahulu.",
    )
