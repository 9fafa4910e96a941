"""The host of an internship: agreements, what a host offers instead, who asks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.dates import written
from policies.decision import Decision, Grade, decide, rule
from policies.parameters import Law, parameter
from policies.records import Agreement, Proposal
from policies.wording import with_full_stop

HOST_REPLY_DAYS = parameter("internship.host_reply_days", int)
PROPOSAL_DAYS = parameter("internship.proposal_days", int)
OTHER_HOST_DAYS = parameter("internship.other_host_days", int)
BINDING_AGREEMENT = parameter("internship.binding_agreement", str)
ASKS_HOST_INSIDE = parameter("internship.asks_host_inside", str)
ASKS_HOST_OUTSIDE = parameter("internship.asks_host_outside", str)


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


def dates_or_cost_change(facts: ConsentFacts) -> bool:
    """Only then is the head of the unit asked for consent."""
    return facts.proposal is not None and facts.proposal.changes_dates_or_cost


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
