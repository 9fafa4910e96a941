"""Checking a whole database against itself: chains, decisions judged again, every row of a case against its log.

What the events of a case tell is replayed, and what differs from it is named: the row, and the event that told it last.
Vouched for are the case's own row, its entries, letters, postings, credits, files, days held and those who acted on it.
Tasks, deadlines, messages and effects are not: they are work in hand, made anew whenever a case is seated. Ceilings are
imported without a case; they are compared with their budget line. What no chain without a key can show is said in
``workflow.audit``. A PDF is held to the data that it carries, not to how it looks.

Reads case by case in portions, so that it works with millions of events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from policies.parameters import Policies
from workflow.registry import Registry
from workflow.verification.books import look_at_books
from workflow.verification.cases import look_at_cases
from workflow.verification.chain import look_at_chain, look_at_decisions
from workflow.verification.files import look_at_files
from workflow.verification.findings import Checked, Finding, Looked
from workflow.verification.letters import look_at_letters

__all__ = ["PARTS", "Checked", "Finding", "verify"]

#: What is checked, by name: what it is about, and who looks.
PARTS: dict[str, tuple[str, Callable[[Connection, Registry, Policies], Looked]]] = {
    "chain": ("Rantai peristiwa", look_at_chain),
    "decisions": ("Hasil pemeriksaan syarat", look_at_decisions),
    "cases": ("Berkas dan peristiwanya", look_at_cases),
    "numbers": ("Surat dan nomornya", look_at_letters),
    "books": ("Pembukuan anggaran dan JP", look_at_books),
    "files": ("Berkas unggahan dan PDF surat", look_at_files),
}


def verify(
    conn: Connection, registry: Registry, policies: Policies, parts: tuple[str, ...] = (), most: int = 1000
) -> Iterator[Checked]:
    """Check the parts asked for, or all, one after the other. Keeps at most ``most`` findings of a part."""
    for part, (title, look) in PARTS.items():
        if parts and part not in parts:
            continue
        looked_at = 0
        findings: list[Finding] = []
        for found in look(conn, registry, policies):
            looked_at += found is None
            if found is not None and len(findings) < most:
                findings.append(found)
        yield Checked(part, title, looked_at, tuple(findings))
