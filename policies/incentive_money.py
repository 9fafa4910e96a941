"""The money of an award before it is paid: what it promises of which line, and what is deferred. Whole rupiah."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.budget import Fund, Promise
from policies.dates import MONTHS, written
from policies.decision import Decision, decide, rule, together
from policies.incentive import MoneyFacts, award_amount, has_money, it_brings_money
from policies.parameters import Law, parameter
from policies.records import AwardRoundRecord, BudgetLine, Payment
from policies.wording import say_money

CLOSE_FROM_MONTH = parameter("incentive.close_deferred_from_month", int)


# --- What it promises ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PromiseFacts:
    """The kind, its round, whether it goes on without money, and the line that bears it; None where none was named or is known."""

    kind: str
    award_round: AwardRoundRecord | None
    without_money: bool
    award_budget: BudgetLine | None


def what_it_promises(facts: PromiseFacts) -> Promise:
    """The whole amount, of the line that bears it; nothing where the award brings no money or has no line."""
    amount = award_amount(MoneyFacts(facts.kind, facts.award_round, facts.without_money))
    line = facts.award_budget
    return Promise(line.line, amount) if amount and line is not None else Promise("", 0)


@dataclass(frozen=True)
class AwardBudgetFacts:
    """Besides, what this case has in each year, and the years closed; the day.

    ``promised_in_round``: what the other nominations of the round hold or have spent, in rupiah.
    """

    kind: str
    award_round: AwardRoundRecord | None
    without_money: bool
    award_budget: BudgetLine | None
    funds: tuple[Fund, ...]
    promised_in_round: int
    closed_years: tuple[int, ...]
    on: date


#: What can be done where the money is not there.
_WAYS_OUT: Final = "tunda usul ini sampai anggaran tersedia, atau lanjutkan tanpa uang (piagam saja)"


@rule("Anggaran putaran mencukupi untuk penghargaan ini")
def award_fits_the_budget(facts: AwardBudgetFacts, law: Law) -> Decision:
    """It must fit into what is free on the line of this year, and with the others of the round within the round's ceiling."""
    amount = award_amount(MoneyFacts(facts.kind, facts.award_round, facts.without_money))
    if not amount or facts.award_round is None:
        return decide(True, "Penghargaan ini tidak membebani anggaran daerah.", "Permendagri 77/2020")
    line = facts.award_budget
    if line is None:
        says = f"Penghargaan ini membawa uang {say_money(amount)}, tetapi mata anggarannya belum dipilih atau tidak dikenal."
        return decide(
            False, says, "Permendagri 77/2020", remedy=f"Pilih mata anggaran yang menanggungnya, {_WAYS_OUT}."
        )
    if line.year != facts.on.year or line.year in facts.closed_years:
        why = "sudah ditutup" if line.year in facts.closed_years else "bukan tahun anggaran berjalan"
        says = f"{line.title} adalah anggaran tahun {line.year}, yang {why}."
        return decide(
            False, says, "Permendagri 77/2020", remedy=f"Pilih mata anggaran tahun {facts.on.year}, {_WAYS_OUT}."
        )
    ceiling, together_with = facts.award_round.ceiling, facts.promised_in_round + amount
    free = line.available + sum(fund.held for fund in facts.funds if fund.line == line.line)
    return together(
        (
            decide(
                together_with <= ceiling,
                f"Bersama penghargaan lain dalam putaran ini {say_money(together_with)}; pagu putaran {say_money(ceiling)}.",
                "Permendagri 77/2020",
                remedy=f"Pagu putaran tidak cukup: {_WAYS_OUT}.",
            ),
            decide(
                amount <= free,
                f"Uang penghargaan {say_money(amount)}; tersedia {say_money(free)} pada {line.title}.",
                "Permendagri 77/2020",
                remedy=f"Pilih mata anggaran lain, {_WAYS_OUT}.",
            ),
        )
    )


@dataclass(frozen=True)
class BorneFacts:
    """The kind, its round, whether it goes on without money, and what the case has in each year."""

    kind: str
    award_round: AwardRoundRecord | None
    without_money: bool
    funds: tuple[Fund, ...]


@rule("Uang penghargaan sudah dicadangkan")
def the_award_is_borne(facts: BorneFacts, law: Law) -> Decision:
    """A keputusan promises money only where it is held: nothing is decreed on money that was released meanwhile."""
    amount = award_amount(MoneyFacts(facts.kind, facts.award_round, facts.without_money))
    if not amount:
        return decide(True, "Penghargaan ini tidak membebani anggaran daerah.", "Permendagri 77/2020")
    held = sum(fund.held for fund in facts.funds)
    return decide(
        held >= amount,
        f"Uang penghargaan {say_money(amount)}; dicadangkan {say_money(held)}.",
        "Permendagri 77/2020",
        remedy="Kembalikan kepada verifikator agar ketersediaan anggaran dipastikan lagi.",
    )


@dataclass(frozen=True)
class WholeFacts:
    """How much of a year's promise shall remain."""

    remains: int


@rule("Uang penghargaan dilepas seluruhnya")
def an_award_is_released_whole(facts: WholeFacts, law: Law) -> Decision:
    """The keputusan names one amount: a part of it could never be paid."""
    says = f"Dari janji uang penghargaan akan tersisa {say_money(facts.remains)}."
    return decide(
        facts.remains == 0,
        says if facts.remains else "Janji uang penghargaan dilepas seluruhnya.",
        "Praktik daerah",
        remedy="Lepaskan seluruhnya (sisa 0); uang penghargaan tidak dibayarkan sebagian.",
    )


@dataclass(frozen=True)
class UnborneFacts:
    """What tells whether money is to be paid, the payment on record, and what the case has in each year."""

    kind: str
    award_round: AwardRoundRecord | None
    without_money: bool
    payment: Payment | None
    funds: tuple[Fund, ...]


def the_money_was_released(facts: UnborneFacts) -> bool:
    """Money was decreed and not paid, and no year's budget bears it any more."""
    brings = it_brings_money(MoneyFacts(facts.kind, facts.award_round, facts.without_money))
    return brings and facts.payment is None and not has_money(facts.funds)


# --- Deferred --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeferredFacts:
    """The day on which it was deferred, and the day."""

    deferred_on: date
    on: date


def the_new_budget_year_has_come(facts: DeferredFacts) -> bool:
    """Then it is asked again whether the money is there."""
    return facts.on.year > facts.deferred_on.year


@rule("Usul yang ditunda ditutup pada akhir tahun anggaran")
def years_end_has_come(facts: DeferredFacts, law: Law) -> Decision:
    """Before the end of the year a change of the budget may still help."""
    month = law[CLOSE_FROM_MONTH]
    first = date(facts.deferred_on.year, min(max(month.value, 1), 12), 1)
    return decide(
        facts.on >= first,
        f"Usul ini ditunda sejak {written(facts.deferred_on)}; dapat ditutup mulai {MONTHS[first.month - 1]} {first.year}.",
        month,
        remedy=f"Tunggu sampai {written(first)}, atau lanjutkan tanpa uang (piagam saja).",
    )
