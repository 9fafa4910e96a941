"""Checking a whole database against itself: chains, decisions judged again, every row of a case against its log.

What the events of a case tell is replayed, and what differs from it is named: the row, and the event that told it last.
Vouched for are the case's own row, its entries, letters, incoming letters, postings, claims to hours and their postings, files,
days held and those who acted on it. Tasks, deadlines, messages and effects are not: they are work in hand, made anew whenever a
case is seated. A round of mentoring has a log of its own: its chain is checked, its proposals are worked out anew, and each
pair that was published has its case.
Nor is what no case's log tells: who is in which cohort, assignments to examine and what was looked at, budget years that
were closed, what was sent to other systems. Ceilings are imported without a case; they are compared with their budget line.
What no chain without a key can show is said in ``workflow.audit``. A PDF is held to the data that it carries, not to how it
looks.

Reads case by case in portions, so that it works with millions of events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from policies.parameters import Policies
from workflow.registry import Registry
from workflow.verification.absences import look_at_absences
from workflow.verification.accounts import look_at_accounts
from workflow.verification.books import look_at_books, look_at_posted
from workflow.verification.cases import look_at_cases, look_for_stray_rows
from workflow.verification.chain import look_at_chain, look_at_decisions
from workflow.verification.files import look_at_attached, look_at_files
from workflow.verification.findings import Checked, Finding, Looked
from workflow.verification.hours import look_at_hours, look_at_ledger
from workflow.verification.incoming import look_at_book, look_at_recorded
from workflow.verification.letters import look_at_issued, look_at_letters
from workflow.verification.log import look_at_log
from workflow.verification.mandates import look_at_mandates
from workflow.verification.posts import look_at_posts
from workflow.verification.replay import Histories, portions
from workflow.verification.rounds import look_at_rounds

__all__ = ["PARTS", "Checked", "Finding", "verify"]


@dataclass(frozen=True)
class Part:
    """What is checked: who looks at it once, and who looks at each portion of cases with what their logs tell."""

    title: str
    whole: Callable[[Connection, Registry, Policies], Looked]
    of_cases: Callable[[Connection, Registry, Histories], Looked] | None = None


#: What is checked, by name.
PARTS = {
    "chain": Part("Rantai peristiwa", look_at_chain),
    "decisions": Part("Hasil pemeriksaan syarat", look_at_decisions),
    "cases": Part("Berkas dan peristiwanya", look_for_stray_rows, look_at_cases),
    "numbers": Part("Surat dan nomornya", look_at_letters, look_at_issued),
    "incoming": Part("Buku agenda surat masuk", look_at_book, look_at_recorded),
    "books": Part("Pembukuan anggaran", look_at_books, look_at_posted),
    "ledger": Part("Buku jam pelajaran (JP)", look_at_ledger, look_at_hours),
    "posts": Part("Pemangku jabatan dan riwayatnya", look_at_posts),
    "mandates": Part("Pelimpahan wewenang", look_at_mandates),
    "absences": Part("Ketidakhadiran", look_at_absences),
    "accounts": Part("Akun", look_at_accounts),
    "files": Part("Berkas unggahan dan PDF surat", look_at_files, look_at_attached),
    "rounds": Part("Putaran mentoring dan usulannya", look_at_rounds),
    "log": Part("Log yang disegel", look_at_log),
}


def verify(
    conn: Connection, registry: Registry, policies: Policies, parts: tuple[str, ...] = (), most: int = 1000
) -> Iterator[Checked]:
    """Check the parts asked for, or all. Keeps at most ``most`` findings of a part."""
    asked = {name: part for name, part in PARTS.items() if not parts or name in parts}
    tallies = {name: _Tally(most) for name in asked}
    for name, part in asked.items():
        tallies[name].take(part.whole(conn, registry, policies))
    of_cases = {name: part.of_cases for name, part in asked.items() if part.of_cases}
    if of_cases:
        # The log is replayed once for all of them.
        for histories in portions(conn, registry):
            for name, look in of_cases.items():
                tallies[name].take(look(conn, registry, histories))
    for name, tally in tallies.items():
        yield Checked(name, asked[name].title, tally.looked_at, tuple(tally.findings))


class _Tally:
    """How many things a part looked at, and what it found."""

    def __init__(self, most: int) -> None:
        self.most, self.looked_at = most, 0
        self.findings: list[Finding] = []

    def take(self, looked: Looked) -> None:
        for found in looked:
            self.looked_at += found is None
            if found is not None and len(self.findings) < self.most:
                self.findings.append(found)
