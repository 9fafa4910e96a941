"""Money that comes back of an award that is revoked: which line spends less by it, and when it is the region's revenue instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from policies.budget import Returned
from policies.dates import written
from policies.decision import Decision, decide, rule
from policies.parameters import Law
from policies.records import SpentOn
from policies.wording import say_money


@dataclass(frozen=True)
class ReturnFacts:
    """What came back, when (None: nothing did) and by which slip (STS); what was spent for the award, by line."""

    money_back: int
    money_back_on: date | None
    return_slip: str
    award_spent: tuple[SpentOn, ...]


def what_comes_back(facts: ReturnFacts) -> tuple[Returned, ...]:
    """By how much each line spends less: what was paid in within the line's budget year. A closed year takes it as well.

    Only the day on which it was paid in matters: the year's accounts say so too, whenever it is recorded here.
    """
    return tuple(_of_lines(facts))


def _of_lines(facts: ReturnFacts) -> Iterator[Returned]:
    left, day = facts.money_back, facts.money_back_on
    for each in facts.award_spent:
        part = min(left, each.amount)
        left -= part
        if part and day is not None and day.year == each.year:
            yield Returned(
                each.line, part, f"Dikembalikan dengan STS {facts.return_slip.strip()} tanggal {written(day)}"
            )


@rule("Uang yang kembali dibukukan menurut tahun anggarannya")
def return_is_booked(facts: ReturnFacts, law: Law) -> Decision:
    """Within the budget year it lowers what the line spent; afterwards it is revenue, and the line stays as it is.

    No text on it was read: so treasurers book what comes back (kontra pos), and so government accounting has it.
    """
    if not facts.money_back:
        return decide(True, "Tidak ada uang yang kembali, sehingga belanja tetap.", "Praktik daerah")
    if not facts.award_spent:
        says = "Tidak ada belanja yang dibukukan untuk penghargaan ini, sehingga tidak ada yang dapat dikembalikan."
        return decide(
            False, says, "Praktik daerah", remedy="Periksa pembukuan pembayarannya bersama pengelola anggaran."
        )
    return decide(True, f"{say_booked(facts)}.", "Praktik daerah")


def say_booked(facts: ReturnFacts) -> str:
    """Where what came back is booked, in words without a stop."""
    lowered = sum(each.amount for each in what_comes_back(facts))
    years = " dan ".join(str(each.year) for each in facts.award_spent)
    if lowered:
        return f"{say_money(lowered)} mengurangi belanja mata anggaran tahun {years} dan tersedia lagi"
    return (
        f"{say_money(facts.money_back)} disetor sesudah tahun anggaran {years} berakhir: menjadi pendapatan daerah, "
        "tidak mengurangi belanja dan tidak menambah sisa mata anggaran"
    )
