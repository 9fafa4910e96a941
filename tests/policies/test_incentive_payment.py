"""Paying an award out: tax by golongan, sums exact to the rupiah, payment before the hand-over, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.budget import Charge, Fund
from policies.civil_service import RANKS, Kind, Rank
from policies.incentive_payment import (
    CeremonyFacts,
    ChargeFacts,
    HandOverFacts,
    MoneyBackFacts,
    PaymentFacts,
    handed_over_between_decree_and_today,
    money_comes_back_or_why_not,
    money_is_paid_before_the_hand_over,
    payment_adds_up,
    payment_is_borne,
    payment_is_due,
    payout,
    tax_follows_the_rate,
    tax_rate_of,
    what_it_charges,
)
from policies.records import AwardRoundRecord, Payment
from tests.answers import TODAY, allows, does_not_know, law_on, refuses, warns

LAW = law_on(TODAY)
DAY = timedelta(days=1)
AMOUNT = 5_000_000
ROUND = AwardRoundRecord(
    "r", "Putaran", "comparing", ("regional",), (), date(2026, 1, 9), (), (), AMOUNT, "L26", 3 * AMOUNT
)
PAID = PaymentFacts(
    AMOUNT, 250_000, 4_750_000, "0042/SP2D", TODAY, "regional", ROUND, False, "PNS", "III/d", date(2026, 2, 2), TODAY
)


# --- The hand-over ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("handed_on", "right"), [(-8, False), (-7, True), (0, True), (1, False)])
def test_an_award_is_handed_over_between_its_decree_and_today(handed_on: int, right: bool) -> None:
    facts = CeremonyFacts(TODAY + handed_on * DAY, TODAY - 7 * DAY, TODAY)
    assert (allows if right else refuses)(handed_over_between_decree_and_today, facts)
    assert allows(handed_over_between_decree_and_today, replace(facts, handed_on=TODAY - 99 * DAY, decreed_on=None))


# --- Tax -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asn_kind", "grade", "percent"),
    [
        ("PNS", "I/a", 0),
        ("PNS", "II/d", 0),
        ("PNS", "III/a", 5),
        ("PNS", "III/d", 5),
        ("PNS", "IV/a", 15),
        ("PNS", "IV/e", 15),
        ("PPPK", "IX", 5),
        ("PPPK", None, 5),
        ("PNS", None, None),
        ("PNS", "IX", None),
        (None, "III/a", None),
    ],
)
def test_the_tax_follows_the_golongan(asn_kind: str | None, grade: str | None, percent: int | None) -> None:
    rate = tax_rate_of(asn_kind, grade, LAW)
    assert (rate.value if rate else None) == percent


def test_every_golongan_of_a_pns_has_a_rate_with_its_article() -> None:
    rates = [tax_rate_of("PNS", rank.grade, LAW) for rank in RANKS[Kind.PNS]]
    assert {rate.by for rate in rates if rate} == {"PP 80/2010 Pasal 4"}
    values = [rate.value for rate in rates if rate]
    assert len(values) == 17
    assert values == sorted(values)


def test_a_part_of_a_rupiah_is_not_taxed() -> None:
    paid = payout(99, "PNS", "III/a", LAW)
    assert paid is not None
    assert (paid.tax, paid.net) == (4, 95)


@given(st.integers(0, 10**12), st.sampled_from([*RANKS[Kind.PNS], *RANKS[Kind.PPPK]]))
def test_gross_less_tax_is_net_to_the_rupiah(gross: int, rank: Rank) -> None:
    paid = payout(gross, rank.kind.value, rank.grade, LAW)
    assert paid is not None
    assert paid.gross - paid.tax == paid.net
    assert 0 <= paid.tax <= gross
    assert paid.tax * 100 <= gross * paid.rate.value < (paid.tax + 1) * 100


@given(st.lists(st.integers(0, 10**9), max_size=20))
def test_a_list_of_payments_adds_up_by_its_columns(amounts: list[int]) -> None:
    paid = [each for each in (payout(amount, "PNS", "IV/b", LAW) for amount in amounts) if each]
    assert sum(each.gross for each in paid) - sum(each.tax for each in paid) == sum(each.net for each in paid)


# --- Payment ---------------------------------------------------------------------------------------------------------


def test_a_payment_that_adds_up_is_allowed() -> None:
    assert allows(payment_adds_up, PAID)
    assert allows(tax_follows_the_rate, PAID)


@pytest.mark.parametrize("net", [4_749_999, 4_750_001])
def test_one_rupiah_too_few_or_too_many_is_refused(net: int) -> None:
    assert "sampai rupiah terakhir" in refuses(payment_adds_up, replace(PAID, net=net))


def test_the_gross_is_what_was_awarded() -> None:
    assert "jumlah kotor Rp5.000.000,00" in refuses(payment_adds_up, replace(PAID, gross=AMOUNT - 1, net=4_749_999))


def test_another_tax_than_by_the_rate_is_a_warning_and_a_negative_one_is_refused() -> None:
    assert "tarif 5%" in warns(tax_follows_the_rate, replace(PAID, tax=300_000, net=4_700_000))
    assert refuses(payment_adds_up, replace(PAID, tax=-1, net=AMOUNT + 1))
    assert refuses(payment_adds_up, replace(PAID, tax=AMOUNT + 1, net=-1))


def test_who_pays_no_tax_receives_all_of_it() -> None:
    free = replace(PAID, nominee_grade="II/c", tax=0, net=AMOUNT)
    assert allows(payment_adds_up, free)
    assert allows(tax_follows_the_rate, free)
    assert "tarif 0%" in warns(tax_follows_the_rate, replace(free, tax=1, net=AMOUNT - 1))


def test_a_grade_that_is_not_recorded_leaves_the_tax_unknown() -> None:
    assert "golongan" in does_not_know(tax_follows_the_rate, replace(PAID, nominee_grade=None))


def test_money_is_paid_after_the_decree_and_not_after_today() -> None:
    assert allows(payment_adds_up, replace(PAID, sp2d_on=date(2026, 2, 2)))
    assert "mendahului keputusan" in refuses(payment_adds_up, replace(PAID, sp2d_on=date(2026, 2, 1)))
    assert refuses(payment_adds_up, replace(PAID, sp2d_on=TODAY + DAY))
    assert "belum bernomor" in refuses(payment_adds_up, replace(PAID, sp2d_number=" "))
    assert allows(payment_adds_up, replace(PAID, decreed_on=None))


def test_an_award_without_money_is_not_paid() -> None:
    assert "tidak membawa uang" in refuses(payment_adds_up, replace(PAID, without_money=True))


def fund(year: int, held: int, *, available: int = 0, unspent: int = 10 * AMOUNT, line: str = "") -> Fund:
    return Fund(year, line or f"L{year % 100}", f"Penghargaan ({year})", available, unspent, held)


def test_a_payment_is_charged_to_the_line_that_holds_the_money() -> None:
    facts = ChargeFacts(AMOUNT, (fund(2026, AMOUNT),), ())
    assert what_it_charges(facts) == (Charge("L26", AMOUNT),)
    assert allows(payment_is_borne, facts)


def test_what_was_carried_is_charged_to_the_year_that_it_came_to() -> None:
    carried = ChargeFacts(AMOUNT, (fund(2026, 0), fund(2027, AMOUNT)), ())
    assert what_it_charges(carried) == (Charge("L27", AMOUNT),)
    closed = ChargeFacts(AMOUNT, (fund(2026, AMOUNT), fund(2027, AMOUNT)), (2026,))
    assert what_it_charges(closed) == (Charge("L27", AMOUNT),)


def test_where_nothing_is_held_nothing_is_charged_and_the_payment_refused() -> None:
    for funds, closed in (((), ()), ((fund(2026, 0),), ()), ((fund(2026, AMOUNT),), (2026,))):
        facts = ChargeFacts(AMOUNT, funds, closed)
        assert what_it_charges(facts) == ()
        assert "Tidak ada anggaran yang diikat" in refuses(payment_is_borne, facts)


def test_a_ceiling_that_was_lowered_does_not_bear_what_was_promised() -> None:
    facts = ChargeFacts(AMOUNT, (fund(2026, AMOUNT, unspent=AMOUNT),), ())
    assert allows(payment_is_borne, facts)
    assert refuses(payment_is_borne, replace(facts, funds=(fund(2026, AMOUNT, unspent=AMOUNT - 1),)))


# --- Hand-over -------------------------------------------------------------------------------------------------------

PAYMENT = Payment(AMOUNT, 250_000, 4_750_000, "0042/SP2D", date(2026, 2, 10))
HANDED = HandOverFacts("regional", ROUND, False, PAYMENT)


def test_money_is_paid_before_the_hand_over() -> None:
    assert allows(money_is_paid_before_the_hand_over, HANDED)
    unpaid = replace(HANDED, payment=None)
    assert payment_is_due(unpaid)
    assert "daftar nominatif" in refuses(money_is_paid_before_the_hand_over, unpaid)


def test_where_no_money_was_awarded_nothing_is_awaited() -> None:
    for facts in (replace(HANDED, payment=None, without_money=True), replace(HANDED, payment=None, award_round=None)):
        assert not payment_is_due(facts)
        assert allows(money_is_paid_before_the_hand_over, facts)


# --- What comes back -------------------------------------------------------------------------------------------------

BACK = MoneyBackFacts(PAYMENT, PAYMENT.net, TODAY, "STS 7", "", TODAY)


def test_what_was_received_comes_back_or_it_is_said_why_not() -> None:
    assert allows(money_comes_back_or_why_not, BACK)
    assert allows(money_comes_back_or_why_not, replace(BACK, money_back=PAYMENT.gross))
    short = replace(BACK, money_back=PAYMENT.net - 1)
    assert "Kurang Rp1,00 tanpa alasan" in refuses(money_comes_back_or_why_not, short)
    assert allows(money_comes_back_or_why_not, replace(short, why_not_back="diangsur sampai Juni"))


def test_nothing_back_needs_a_reason_and_no_day() -> None:
    nothing = replace(BACK, money_back=0, money_back_on=None, why_not_back="penerima meninggal dunia")
    assert allows(money_comes_back_or_why_not, nothing)
    assert refuses(money_comes_back_or_why_not, replace(nothing, why_not_back=" "))


def test_no_more_comes_back_than_was_paid_and_not_before_it_was_paid() -> None:
    assert refuses(money_comes_back_or_why_not, replace(BACK, money_back=AMOUNT + 1))
    assert refuses(money_comes_back_or_why_not, replace(BACK, money_back=-1, why_not_back="x"))
    for day in (None, PAYMENT.paid_on - DAY, TODAY + DAY):
        assert "tanggal setoran" in refuses(money_comes_back_or_why_not, replace(BACK, money_back_on=day))


def test_where_nothing_was_paid_nothing_comes_back() -> None:
    unpaid = MoneyBackFacts(None, 0, None, "", "", TODAY)
    assert allows(money_comes_back_or_why_not, unpaid)
    assert refuses(money_comes_back_or_why_not, replace(unpaid, money_back=1))
