"""Paying an award out: the tax by golongan, the sums that must agree, payment before hand-over, what comes back. Whole rupiah."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.budget import Charge, Fund
from policies.civil_service import Kind, NotRecognised, read_rank
from policies.dates import written
from policies.decision import Decision, Grade, decide, rule, together, unknown
from policies.incentive import MoneyFacts, award_amount
from policies.parameters import Law, Parameter, Value, parameter
from policies.records import AwardRoundRecord, Payment
from policies.wording import say_money, with_full_stop

TAX_LOWER_GRADES = parameter("incentive.tax_grades_1_and_2", int)
TAX_GRADE_3 = parameter("incentive.tax_grade_3", int)
TAX_GRADE_4 = parameter("incentive.tax_grade_4", int)
TAX_PPPK = parameter("incentive.tax_pppk", int)


# --- Tax -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Payout:
    """What is paid, in whole rupiah: ``gross`` less ``tax`` is ``net``, exactly. ``rate``: percent, with its article."""

    gross: int
    tax: int
    net: int
    rate: Value[int]


_RATES: Final[Mapping[str, Parameter[int]]] = {
    "I": TAX_LOWER_GRADES,
    "II": TAX_LOWER_GRADES,
    "III": TAX_GRADE_3,
    "IV": TAX_GRADE_4,
}


def tax_rate_of(asn_kind: str | None, grade: str | None, law: Law) -> Value[int] | None:
    """The rate of the final income tax (PPh Pasal 21), in percent; None where kind or golongan is not known. Raises NotInForce.

    By golongan for PNS (PP 80/2010 Pasal 4); one rate for PPPK, whom that regulation does not name.
    """
    if asn_kind == Kind.PPPK:
        return law[TAX_PPPK]
    if asn_kind != Kind.PNS or not grade:
        return None
    try:
        rank = read_rank(grade, Kind.PNS)
    except NotRecognised:
        return None
    return law[_RATES[rank.grade.split("/")[0]]]


def payout(gross: int, asn_kind: str | None, grade: str | None, law: Law) -> Payout | None:
    """What is left of an amount after tax; None where the rate is not known. The tax is rounded down to whole rupiah.

    No text was found on how it is rounded; tax offices compute in full rupiah, rounded down.
    """
    rate = tax_rate_of(asn_kind, grade, law)
    if rate is None:
        return None
    tax = gross * rate.value // 100
    return Payout(gross, tax, gross - tax, rate)


# --- Payment ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaymentFacts:
    """The payment as filled in; what the award brings, to whom; the day of the decree (None where not known), and the day."""

    gross: int
    tax: int
    net: int
    sp2d_number: str
    sp2d_on: date
    kind: str
    award_round: AwardRoundRecord | None
    without_money: bool
    asn_kind: str | None
    nominee_grade: str | None
    decreed_on: date | None
    on: date


@rule("Jumlah kotor, pajak, dan jumlah bersih bersesuaian", revision=2)
def payment_adds_up(facts: PaymentFacts, law: Law) -> Decision:
    """Gross is what was awarded, gross less tax is net, exactly; the SP2D is dated between the decree and today."""
    amount = award_amount(MoneyFacts(facts.kind, facts.award_round, facts.without_money))
    if not amount:
        says = "Penghargaan ini tidak membawa uang."
        return decide(
            False,
            says,
            "Permendagri 77/2020",
            remedy="Langsung serahkan penghargaannya; tidak ada yang perlu dibayarkan.",
        )
    fits = facts.gross - facts.tax == facts.net and 0 <= facts.tax <= facts.gross
    return together(
        (
            decide(
                facts.gross == amount,
                f"Jumlah kotor {say_money(facts.gross)}; uang penghargaan yang ditetapkan {say_money(amount)}.",
                "Permendagri 77/2020",
                remedy=f"Isilah jumlah kotor {say_money(amount)}.",
            ),
            decide(
                fits,
                f"{say_money(facts.gross)} dikurangi pajak {say_money(facts.tax)}; jumlah bersih {say_money(facts.net)}.",
                "Permendagri 77/2020",
                remedy="Isilah jumlah bersih sebesar jumlah kotor dikurangi pajak, sampai rupiah terakhir.",
            ),
            _in_order(facts),
        )
    )


@rule("Pajak sesuai dengan tarif menurut golongan")
def tax_follows_the_rate(facts: PaymentFacts, law: Law) -> Decision:
    """By golongan for PNS, one rate for PPPK; another tax is a warning, since the treasurer may know why."""
    expected = payout(facts.gross, facts.asn_kind, facts.nominee_grade, law)
    rates = (law[handle].value for handle in (TAX_LOWER_GRADES, TAX_GRADE_3, TAX_GRADE_4, TAX_PPPK))
    table = "Tarif: golongan I dan II {}%, golongan III {}%, golongan IV {}%, PPPK {}%.".format(*rates)
    if expected is None:
        proof = f"Pengelola kepegawaian melengkapi jenis ASN dan golongan calon dalam data pegawai. {table}"
        return unknown(
            "Tarif pajak belum diketahui: jenis ASN atau golongan calon tidak tercatat.", "PP 80/2010", proof=proof
        )
    return decide(
        facts.tax == expected.tax,
        f"Pajak {say_money(facts.tax)}; menurut tarif {expected.rate.value}% sebesar {say_money(expected.tax)}.",
        expected.rate,
        otherwise=Grade.WARNED,
        remedy=f"Periksa pajaknya bersama bendahara; bila memang berbeda, sebutkan alasannya dalam catatan. {table}",
    )


def _in_order(facts: PaymentFacts) -> Decision:
    early = facts.decreed_on is not None and facts.sp2d_on < facts.decreed_on
    if early and facts.decreed_on is not None:
        says = f"SP2D tanggal {written(facts.sp2d_on)} mendahului keputusan tanggal {written(facts.decreed_on)}."
    else:
        says = f"SP2D {facts.sp2d_number.strip() or 'belum bernomor'} tanggal {written(facts.sp2d_on)}."
    right = not early and facts.sp2d_on <= facts.on and bool(facts.sp2d_number.strip())
    return decide(right, says, "Permendagri 77/2020", remedy="Periksa nomor dan tanggal SP2D.")


@dataclass(frozen=True)
class ChargeFacts:
    """The gross amount that was paid, what the case has in each year, and closed years."""

    gross: int
    funds: tuple[Fund, ...]
    closed_years: tuple[int, ...]


def _bearing(facts: ChargeFacts) -> Fund | None:
    """Where the case holds money, in the first year that is still open: a promise that was carried is spent where it came to."""
    holding = [fund for fund in facts.funds if fund.held and fund.line and fund.year not in facts.closed_years]
    return min(holding, key=lambda fund: fund.year, default=None)


def what_it_charges(facts: ChargeFacts) -> tuple[Charge, ...]:
    """The gross amount, to the line where the money is held; nothing where none is, which the rule refuses first."""
    fund = _bearing(facts)
    return (Charge(fund.line, facts.gross),) if fund is not None and facts.gross else ()


@rule("Mata anggaran dapat menanggung pembayaran")
def payment_is_borne(facts: ChargeFacts, law: Law) -> Decision:
    """What is paid comes out of what was committed; where the ceiling was lowered below that, not all of it can be spent."""
    fund = _bearing(facts)
    if fund is None:
        says = f"Tidak ada anggaran yang diikat untuk membayar {say_money(facts.gross)}."
        return decide(
            False, says, "Permendagri 77/2020", remedy="Periksa janji anggaran berkas ini bersama pengelola anggaran."
        )
    free = min(fund.held + fund.available, fund.unspent)
    return decide(
        facts.gross <= free,
        f"Dibayarkan {say_money(facts.gross)}; dapat dibebankan {say_money(max(free, 0))} pada {fund.title}.",
        "Permendagri 77/2020",
        remedy="Putuskan dahulu janji lain pada mata anggaran itu, atau tunggu perubahan anggaran.",
    )


@dataclass(frozen=True)
class HandOverFacts:
    """The kind, its round, whether it goes on without money, and the payment on record; None where nothing was paid."""

    kind: str
    award_round: AwardRoundRecord | None
    without_money: bool
    payment: Payment | None


def payment_is_due(facts: HandOverFacts) -> bool:
    """Money was awarded and has not been paid."""
    return facts.payment is None and award_amount(MoneyFacts(facts.kind, facts.award_round, facts.without_money)) > 0


@rule("Uang penghargaan dibayarkan sebelum penyerahan")
def money_is_paid_before_the_hand_over(facts: HandOverFacts, law: Law) -> Decision:
    """The piagam is handed over when all that was decreed has been done."""
    paid = facts.payment
    if paid is not None:
        says = f"Dibayarkan {say_money(paid.net)} dengan SP2D {paid.number} tanggal {written(paid.paid_on)}."
    else:
        says = "Uang penghargaan belum dibayarkan." if payment_is_due(facts) else "Penghargaan ini tidak membawa uang."
    remedy = "Catat pembayarannya (daftar nominatif dan SP2D) lebih dahulu."
    return decide(not payment_is_due(facts), says, "Permendagri 77/2020", remedy=remedy)


@dataclass(frozen=True)
class CeremonyFacts:
    """The day of the ceremony as filled in, the day of the decree (None where not known), and the day."""

    handed_on: date
    decreed_on: date | None
    on: date


@rule("Tanggal penyerahan wajar")
def handed_over_between_decree_and_today(facts: CeremonyFacts, law: Law) -> Decision:
    """Nothing is handed over before it was decreed, and a ceremony is recorded once it was held."""
    day, early = facts.handed_on, facts.decreed_on is not None and facts.handed_on < facts.decreed_on
    if early and facts.decreed_on is not None:
        says = f"Penyerahan tanggal {written(day)} mendahului penetapan tanggal {written(facts.decreed_on)}."
    else:
        says = f"Diserahkan pada {written(day)}{', hari yang belum tiba' if day > facts.on else ''}."
    remedy = "Catat penyerahan sesudah dilaksanakan, dengan tanggal acaranya."
    return decide(not early and day <= facts.on, says, "Praktik daerah", remedy=remedy)


# --- What comes back -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyBackFacts:
    """The payment on record; what came back to the treasury, when, by which slip (STS), or why not all of it; and the day."""

    payment: Payment | None
    money_back: int
    money_back_on: date | None
    return_slip: str
    why_not_back: str
    on: date


@rule("Uang penghargaan dikembalikan, atau alasannya disebutkan", revision=2)
def money_comes_back_or_why_not(facts: MoneyBackFacts, law: Law) -> Decision:
    """Whoever loses an award returns at least what they received, or it is said why not. The tax is the treasurer's."""
    paid = facts.payment
    if paid is None:
        says = "Tidak ada uang yang pernah dibayarkan."
        return decide(facts.money_back == 0, says, "Permendagri 77/2020", remedy="Kosongkan jumlah pengembalian.")
    amount = decide(
        0 <= facts.money_back <= paid.gross,
        f"Dikembalikan {say_money(facts.money_back)} dari {say_money(paid.gross)} yang dibayarkan.",
        "Permendagri 77/2020",
        remedy=f"Isilah paling banyak {say_money(paid.gross)}.",
    )
    return together((amount, *_dated(facts, paid), *_explained(facts, paid)))


def _dated(facts: MoneyBackFacts, paid: Payment) -> tuple[Decision, ...]:
    if not facts.money_back:
        return ()
    day = facts.money_back_on
    says = f"Dikembalikan pada {written(day)}." if day else "Tanggal pengembalian belum diisi."
    right = day is not None and paid.paid_on <= day <= facts.on
    remedy = "Isilah tanggal setoran ke kas daerah, sesudah pembayaran dan tidak sesudah hari ini."
    slip = facts.return_slip.strip()
    named = f"Disetor dengan STS {slip}." if slip else "Nomor surat tanda setoran (STS) belum diisi."
    return (
        decide(right, says, "Permendagri 77/2020", remedy=remedy),
        decide(bool(slip), named, "Permendagri 77/2020", remedy="Isilah nomor STS dari bendahara."),
    )


def _explained(facts: MoneyBackFacts, paid: Payment) -> tuple[Decision, ...]:
    if facts.money_back >= paid.net:
        return ()
    reason = facts.why_not_back.strip()
    short = say_money(paid.net - facts.money_back)
    says = f"Kurang {short}, karena: {with_full_stop(reason)}" if reason else f"Kurang {short} tanpa alasan."
    remedy = "Sebutkan mengapa belum atau tidak seluruhnya dikembalikan."
    return (decide(bool(reason), says, "Permendagri 77/2020", remedy=remedy),)
