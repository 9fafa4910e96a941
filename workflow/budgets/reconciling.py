"""The treasury's payments against what we booked as spent: what agrees, what differs, what only one side has, what is there twice.

Nothing in the books is changed by it. A payment is found by the number of its SP2D; what was booked without one (the cost of an
internship) by its line, its amount and the name of the receiver.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

import msgspec

from policies.dates import written
from policies.wording import say_money
from workflow.budgets.spending import Booked
from workflow.budgets.treasury import Paid, Payments

#: What can be found, and what people call it; those that are to be looked into first.
FINDINGS: Final = {
    "differing": "berbeda",
    "missing_here": "belum dibukukan di sini",
    "missing_there": "tidak ada pada daftar kas daerah",
    "twice": "tercatat dua kali",
    "presumed": "cocok tanpa nomor SP2D",
    "returned": "pengembalian dengan STS",
    "matched": "cocok",
}
#: Those that ask for nothing.
SETTLED: Final = ("matched", "presumed", "returned")

Thing = TypeVar("Thing")


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One payment as both sides have it, in whole rupiah. ``rows``: of the treasury's list; ``cases``: ids, for those who may see.

    ``theirs`` and ``ours`` are None where that side has nothing.
    """

    finding: str
    says: str
    number: str
    paid_on: date | None
    receivers: tuple[str, ...]
    lines: tuple[str, ...]
    theirs: int | None
    ours: int | None
    rows: tuple[int, ...] = ()
    cases: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of the list that could not be read, and why."""

    row: int
    column: str
    value: str
    reason: str


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer. ``elsewhere``: rows of the list on lines that are not ours; they are left out."""

    year: int
    found: tuple[Compared, ...]
    unread: tuple[Unread, ...]
    elsewhere: int

    @property
    def counts(self) -> dict[str, int]:
        """How many of each finding, those to be looked into first."""
        return {name: sum(each.finding == name for each in self.found) for name in FINDINGS}

    @property
    def agrees(self) -> bool:
        """Nothing is left to be looked into."""
        return not self.unread and all(each.finding in SETTLED for each in self.found)


def reconcile(
    year: int, payments: Payments, booked: Sequence[Booked], codes: Sequence[tuple[str, str]]
) -> Reconciliation:
    """Compare. ``codes``: sub kegiatan and account of every line of the year."""
    sides: defaultdict[str, _Pair] = defaultdict(_Pair)
    unnumbered = [each for each in booked if not each.number]
    for paid in payments.rows:
        sides[_plain_number(paid.number)].theirs.append(paid)
    for each in booked:
        if each.number:
            sides[_plain_number(each.number)].ours.append(each)
    found: list[Compared] = []
    alone: list[Paid] = []
    for pair in sides.values():
        if pair.theirs and pair.ours:
            found += _both(pair)
        elif pair.ours:
            found.append(_missing_there(pair.ours))
        else:
            alone += pair.theirs
    own = [paid for paid in alone if any(is_on(paid, *line) for line in codes)]
    found += _only_theirs(own, unnumbered)
    found += [_missing_there([each]) for each in unnumbered]
    order = {name: place for place, name in enumerate(FINDINGS)}
    found.sort(key=lambda each: (order[each.finding], each.paid_on or date.min, each.rows, each.number))
    unread = tuple(Unread(row=r.row, column=r.column, value=r.value, reason=r.reason) for r in payments.unread)
    return Reconciliation(year=year, found=tuple(found), unread=unread, elsewhere=len(alone) - len(own))


@dataclass
class _Pair:
    """What both sides have under one number."""

    theirs: list[Paid] = field(default_factory=list)
    ours: list[Booked] = field(default_factory=list)


def _plain_number(number: str) -> str:
    """A number without what people leave out or add: blanks, capitals, zeros in front."""
    return re.sub(r"\d+", lambda found: str(int(found[0])), re.sub(r"\s+", "", number.casefold()))


def is_on(paid: Paid, activity_code: str, account_code: str) -> bool:
    """Whether a row may be of a line; one without codes may be of any, and some write both codes as one."""
    account, activity = _plain_code(paid.account_code), _plain_code(paid.activity_code)
    wanted, of = _plain_code(account_code), _plain_code(activity_code)
    fits = not account or account in (wanted, f"{of}.{wanted}")
    return fits and (not activity or activity == of or not activity[0].isdigit())


def _plain_code(code: str) -> str:
    return re.sub(r"\s+", "", code).strip(".").casefold()


# --- Under one number ------------------------------------------------------------------------------------------------


def _both(pair: _Pair) -> Iterator[Compared]:
    theirs, ours = pair.theirs, pair.ours
    if _total(theirs) != _total(ours):
        theirs, again = _once(theirs, lambda p: (p.paid_on, p.account_code, p.receiver.casefold(), p.amount))
        yield from (_twice([paid], []) for paid in again)
        ours, repeated = _once(ours, lambda b: (b.person_id, b.line_id, b.amount))
        yield from (_twice([], [each]) for each in repeated)
    differs = tuple(_differences(theirs, ours))
    says = "; ".join(differs) if differs else "Nomor, tanggal, mata anggaran, dan jumlahnya sama"
    yield _compared("differing" if differs else "matched", f"{says}.", theirs, ours)


def _differences(theirs: Sequence[Paid], ours: Sequence[Booked]) -> Iterator[str]:
    if (paid := _total(theirs)) != (booked := _total(ours)):
        yield f"Jumlah: kas daerah {say_money(paid)}, pembukuan {say_money(booked)}"
    days, own = {paid.paid_on for paid in theirs}, {each.on for each in ours}
    if days != own:
        yield f"Tanggal: kas daerah {_days(days)}, pembukuan {_days(own)}"
    strange = [paid for paid in theirs if not any(_is_on_line(paid, each) for each in ours)]
    unpaid = [each for each in ours if not any(_is_on_line(paid, each) for paid in theirs)]
    if strange or unpaid:
        codes = ", ".join(sorted({paid.account_code for paid in strange or theirs}))
        own_codes = ", ".join(sorted({each.account_code for each in unpaid or ours}))
        yield f"Mata anggaran: kas daerah {codes}, pembukuan {own_codes}"


def _days(days: Iterable[date]) -> str:
    return ", ".join(written(day) for day in sorted(days))


def _once(things: Sequence[Thing], key: Callable[[Thing], Hashable]) -> tuple[list[Thing], list[Thing]]:
    """Each thing once, and those that came again."""
    first: dict[Hashable, Thing] = {}
    again = [thing for thing in things if first.setdefault(key(thing), thing) is not thing]
    return list(first.values()), again


# --- On one side only ------------------------------------------------------------------------------------------------


def _only_theirs(theirs: Iterable[Paid], unnumbered: list[Booked]) -> Iterator[Compared]:
    """What the treasury alone has under its numbers; what is presumed to be one of these is taken out of ``unnumbered``."""
    nameless: list[Paid] = []
    for paid in theirs:
        # A longer name may hold a shorter one whole.
        named = sorted(_alike(paid, unnumbered), key=lambda each: -len(each.name))
        booked = next((each for each in named if _is_named(each.name, paid.receiver)), None)
        if booked is None:
            nameless.append(paid)
        else:
            yield _presumed(paid, booked, unnumbered)
    for paid in nameless:
        alike = _alike(paid, unnumbered)
        if len(alike) == 1:
            yield _presumed(paid, alike[0], unnumbered)
        else:
            says = "Dibayarkan kas daerah, tetapi belum ada berkas yang mencatatnya."
            yield _compared("missing_here", says, [paid], [])


def _alike(paid: Paid, unnumbered: Iterable[Booked]) -> list[Booked]:
    return [each for each in unnumbered if each.amount == paid.amount and _is_on_line(paid, each)]


def _is_named(name: str, receiver: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", receiver.casefold()) is not None


def _presumed(paid: Paid, booked: Booked, unnumbered: list[Booked]) -> Compared:
    unnumbered.remove(booked)
    says = "Berkasnya tidak menyebut nomor SP2D; mata anggaran dan jumlahnya sama."
    return _compared("presumed", says, [paid], [booked])


def _is_on_line(paid: Paid, each: Booked) -> bool:
    return is_on(paid, each.activity_code, each.account_code)


def _missing_there(ours: Sequence[Booked]) -> Compared:
    if all(each.amount < 0 for each in ours):
        says = "Pengembalian belanja: daftar SP2D tidak memuatnya; cocokkan dengan register STS."
        return _compared("returned", says, [], ours)
    return _compared("missing_there", "Dibukukan sebagai belanja, tetapi tidak ada pada daftar kas daerah.", [], ours)


def _twice(theirs: Sequence[Paid], ours: Sequence[Booked]) -> Compared:
    where = f"pada daftar kas daerah (baris {theirs[0].row})" if theirs else "dalam pembukuan, bagi orang yang sama"
    return _compared("twice", f"Pembayaran yang sama tercatat sekali lagi {where}.", theirs, ours)


def _compared(finding: str, says: str, theirs: Sequence[Paid], ours: Sequence[Booked]) -> Compared:
    first = theirs[0] if theirs else None
    return Compared(
        finding=finding,
        says=says,
        number=first.number if first else ours[0].number,
        paid_on=first.paid_on if first else ours[0].on,
        receivers=tuple(dict.fromkeys([paid.receiver for paid in theirs] or [each.name for each in ours])),
        lines=tuple(dict.fromkeys([each.line for each in ours] or [paid.account_code for paid in theirs])),
        theirs=_total(theirs) if theirs else None,
        ours=_total(ours) if ours else None,
        rows=tuple(paid.row for paid in theirs),
        cases=tuple(dict.fromkeys(each.case_id for each in ours)),
        references=tuple(dict.fromkeys(each.reference for each in ours)),
    )


def _total(things: Sequence[Paid] | Sequence[Booked]) -> int:
    return sum(each.amount for each in things)
