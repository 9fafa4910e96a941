"""Random walks over everything that money can do, beside books of our own that are kept in another way.

``BOOK_WALKS`` in the environment says how many; by default a few.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from random import Random
from typing import NoReturn

import pytest
from sqlalchemy import Connection, func, select

from tests.money import budget_line
from tests.world import MONDAY, World
from workflow.budgets import books, ceilings, promises
from workflow.budgets.faults import imbalances
from workflow.tables import postings

WALKS = int(os.environ.get("BOOK_WALKS", "60"))
STEPS = 25
MOST = 12

#: The years of the lines: two of this year, one of the next, one of the year after.
YEARS = (2026, 2026, 2027, 2028)


class Ledger:
    """What each case has of each line or awaited year, and what each line was granted, kept without any movements."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines, self.year = lines, dict(zip(lines, YEARS, strict=True))
        self.granted: dict[str, int] = {}
        self.has: defaultdict[tuple[str, str | int, str], int] = defaultdict(int)

    def on(self, line: str, *accounts: str) -> int:
        """What all cases together have on accounts of a line."""
        return sum(amount for (_, where, account), amount in self.has.items() if where == line and account in accounts)

    def free(self, line: str) -> int:
        """What the ceiling leaves; below nothing where it was lowered too far."""
        return self.granted[line] - self.on(line, "reserved", "committed", "spent")

    def of(self, case: str, where: str | int) -> dict[str, int]:
        """What a case has on a line, or awaits of a year."""
        return {account: amount for (who, at, account), amount in self.has.items() if (who, at) == (case, where)}

    def held(self, case: str, line: str) -> int:
        """What a case holds on a line."""
        return self.has[case, line, "reserved"] + self.has[case, line, "committed"]

    def lower(self, case: str, line: str, by: int) -> None:
        """Give back what is reserved first, then what is bound."""
        for account in ("reserved", "committed"):
            part = min(by, self.has[case, line, account])
            self.has[case, line, account] -= part
            by -= part

    def all_of(self, case: str, year: int) -> int:
        """What a case holds and awaits of a year."""
        here = sum(self.held(case, line) for line in self.lines if self.year[line] == year)
        return here + self.has[case, year, "awaiting"]

    def give_back(self, case: str, years: tuple[int, ...], by: int) -> None:
        """What awaits goes first, what is bound last, the earlier year before the later."""
        for account in ("awaiting", "reserved", "committed"):
            for year in years:
                places = [year] if account == "awaiting" else sorted(x for x in self.lines if self.year[x] == year)
                for where in places:
                    part = min(by, self.has[case, where, account])
                    self.has[case, where, account] -= part
                    by -= part


class Walk:
    """One walk of three cases over four lines."""

    def __init__(self, conn: Connection, cases: tuple[str, ...], lines: tuple[str, ...], random: Random) -> None:
        self.conn, self.cases, self.lines, self.random = conn, cases, lines, random
        self.ledger = Ledger(lines)
        self.done: Counter[str] = Counter()
        self.lent: list[books.Holding] = []
        for line in lines:
            self.ceiling(line)

    def step(self) -> None:
        """One act, as far as the rules would let it through."""
        acts = (self.ceiling, self.reserve, self.commit, self.spend, self.release, self.fund, self.reduce, self.carry)
        self.act = self.random.choice((*acts, self.pass_on))
        self.act()

    def amount(self, most: int = MOST) -> int:
        return self.random.randint(0, max(most, 0))

    def ceiling(self, line: str = "") -> None:
        line, amount = line or self.random.choice(self.lines), self.amount(3 * MOST)
        self.ledger.granted[line] = amount
        missing = ceilings.set_ceiling(self.conn, line, amount, MONDAY)
        assert missing == max(-self.ledger.free(line), 0)
        self.done["ceiling"] += 1

    def reserve(self) -> None:
        case, line, ledger = self.random.choice(self.cases), self.random.choice(self.lines), self.ledger
        chosen = self.random.choice((line, None))
        years = [year for year in (2027, 2028) if chosen is None or year > ledger.year[line]]
        later = {year: self.amount() for year in years if self.random.random() < 0.5}
        amount = self.amount() if chosen else 0
        if chosen and amount > max(ledger.free(line), 0) + ledger.held(case, line):
            return
        promises.reserve(self.conn, case, chosen, amount, MONDAY, later)
        wanted = dict(later)
        for other in sorted(ledger.lines, key=lambda each: (each, ledger.year[each])):
            if other != chosen:
                kept = min(wanted.get(ledger.year[other], 0), ledger.held(case, other))
                if kept:
                    wanted[ledger.year[other]] -= kept
                ledger.lower(case, other, ledger.held(case, other) - kept)
        if chosen:
            more = amount - ledger.held(case, chosen)
            ledger.lower(case, chosen, max(-more, 0))
            ledger.has[case, chosen, "reserved"] += max(more, 0)
        for year in set(YEARS):
            ledger.has[case, year, "awaiting"] = wanted.get(year, 0)
        self.done["reserve"] += 1

    def commit(self) -> None:
        case = self.random.choice(self.cases)
        promises.commit(self.conn, case, MONDAY)
        for line in self.lines:
            self.ledger.has[case, line, "committed"] += self.ledger.has.pop((case, line, "reserved"), 0)
        self.done["commit"] += 1

    def spend(self) -> None:
        case, line, ledger = self.random.choice(self.cases), self.random.choice(self.lines), self.ledger
        bound = ledger.has[case, line, "committed"]
        amount = self.amount(min(bound + max(ledger.free(line), 0), MOST))
        promises.spend(self.conn, case, line, amount, MONDAY)
        ledger.has[case, line, "committed"] -= min(bound, amount)
        ledger.has[case, line, "spent"] += amount
        self.done["spend"] += 1

    def release(self) -> None:
        case = self.random.choice(self.cases)
        promises.release(self.conn, case, MONDAY)
        self._let_go(case)
        self.done["release"] += 1

    def _let_go(self, case: str) -> None:
        for who, where, account in list(self.ledger.has):
            if who == case and account != "spent":
                self.ledger.has[who, where, account] = 0

    def fund(self) -> None:
        case, line, ledger = self.random.choice(self.cases), self.random.choice(self.lines), self.ledger
        year = ledger.year[line]
        waiting = ledger.has[case, year, "awaiting"]
        if waiting > ledger.free(line):
            return
        promises.fund(self.conn, case, line, year, MONDAY)
        ledger.has[case, year, "awaiting"] = 0
        ledger.has[case, line, "reserved"] += waiting
        self.done["fund"] += 1

    def reduce(self) -> None:
        case, year = self.random.choice(self.cases), self.random.choice(YEARS)
        now = self.ledger.all_of(case, year)
        remains = self.amount(now)
        promises.reduce(self.conn, case, year, remains, MONDAY)
        self.ledger.give_back(case, (year,), now - remains)
        self.done["reduce"] += 1

    def carry(self) -> None:
        case, year, ledger = self.random.choice(self.cases), self.random.choice((2026, 2027)), self.ledger
        line = self.random.choice([None, *(each for each in self.lines if ledger.year[each] == year + 1)])
        carried, waiting = ledger.all_of(case, year), ledger.has[case, year + 1, "awaiting"]
        if line is not None and carried + waiting > ledger.free(line):
            return
        promises.carry(self.conn, case, year, line, MONDAY)
        ledger.give_back(case, (year,), carried)
        if line is None:
            ledger.has[case, year + 1, "awaiting"] += carried
        else:
            ledger.has[case, year + 1, "awaiting"] = 0
            ledger.has[case, line, "reserved"] += carried + waiting
        self.done["carry"] += 1

    def pass_on(self) -> None:
        """What one case holds goes to another that holds nothing, as where a participant is replaced."""
        giver, heir = self.random.sample(self.cases, 2)
        held = books.standing(self.conn, giver)
        promises.hand_over(self.conn, giver, MONDAY)
        promises.take_over(self.conn, heir, held, MONDAY)
        for (who, where, account), amount in list(self.ledger.has.items()):
            if who == giver and account != "spent":
                self.ledger.has[who, where, account] = 0
                self.ledger.has[heir, where, account] += amount
        self.done["pass_on"] += 1

    def check(self) -> None:
        """The movements add up to what the other books say, and nothing is below nothing."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        query = (
            select(
                postings.c.case_id,
                postings.c.budget_id,
                postings.c.year,
                postings.c.account,
                func.sum(postings.c.amount),
            )
            .group_by(postings.c.case_id, postings.c.budget_id, postings.c.year, postings.c.account)
            .where((postings.c.budget_id.is_(None)) | postings.c.budget_id.in_(self.lines))
        )
        cases: dict[tuple[str, str | int, str], int] = {}
        for case, line, year, account, amount in self.conn.execute(query):
            found[line or year][account] += int(amount)
            if account in ("reserved", "committed", "spent", "awaiting"):
                cases[case, line or year, account] = int(amount)
        own = {key: amount for key, amount in self.ledger.has.items() if amount}
        assert {key: amount for key, amount in cases.items() if amount} == own, self.act.__name__
        for line in self.lines:
            free = self.ledger.free(line)
            accounts = found[line]
            assert (accounts["available"], accounts["deficit"]) == (max(free, 0), min(free, 0)), line
            assert accounts["ceiling"] == -self.ledger.granted[line]
            assert accounts.total() == 0


class _RolledBack(Exception):
    """Nothing of a walk is kept."""


def test_however_far_money_walks_the_books_say_what_other_books_say(one_world: World) -> None:
    cases = tuple(one_world.open(who) for who in ("nurse", "second_nurse", "third_nurse"))
    lines = tuple(budget_line(one_world, year, 0) for year in YEARS)
    done: Counter[str] = Counter()

    def walked(conn: Connection, seed: int) -> NoReturn:
        walk = Walk(conn, cases, lines, Random(seed))  # noqa: S311 - to be walked again
        for _ in range(STEPS):
            walk.step()
            walk.check()
        assert imbalances(conn) == [], seed
        done.update(walk.done)
        raise _RolledBack

    for seed in range(WALKS):
        with pytest.raises(_RolledBack):
            one_world.database.write(walked, seed)
    assert min(done.values()) > WALKS / 2, f"something was hardly ever done: {done}"
