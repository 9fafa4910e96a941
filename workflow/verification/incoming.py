"""The book of incoming letters: gapless, each entry as the log of a case tells of it."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from policies.parameters import Policies
from workflow.engine.evidence import INCOMING, as_stored, digest
from workflow.registry import Registry
from workflow.tables import incoming, incoming_cases
from workflow.verification.findings import Finding, Looked, strays
from workflow.verification.replay import IN_PORTION, Histories

PART = "incoming"


def look_at_book(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Each year's numbers begin at one and leave none out; every entry answers some case."""
    for row in conn.execute(_YEARS):
        yield None
        if row.last != row.count:
            says = (
                f"Buku agenda surat masuk tahun {row.register_year} memuat {row.count} surat sampai nomor {row.last}."
            )
            yield Finding(PART, says)
    for entry_id in conn.execute(_UNANSWERING).scalars():
        yield Finding(PART, f"Surat masuk {entry_id} tidak menjawab berkas mana pun.")
    yield from strays(conn, PART, "Surat masuk", incoming_cases)


_YEARS = select(
    incoming.c.register_year, func.max(incoming.c.register_number).label("last"), func.count().label("count")
).group_by(incoming.c.register_year)
_UNANSWERING = select(incoming.c.id).where(incoming.c.id.not_in(select(incoming_cases.c.incoming_id)))
_OF_CASES = (
    select(incoming_cases.c.case_id, incoming_cases.c.sequence, incoming_cases.c.file_id, *as_stored(incoming))
    .join_from(incoming_cases, incoming)
    .where(incoming_cases.c.case_id.in_(IN_PORTION))
)


def look_at_recorded(conn: Connection, _: Registry, histories: Histories) -> Looked:
    """What was recorded on each case is in the book as it was, with its scan; and the reverse."""
    rows = conn.execute(_OF_CASES, {"cases": list(histories)}).mappings().all()
    stored = {(row["case_id"], row["id"], row["sequence"]): row for row in rows}
    for case_id, history in histories.items():
        yield None
        for (entry_id, sequence), told in history.incoming.items():
            row = stored.pop((case_id, entry_id, sequence), None)
            if row is None:
                says = f"Surat masuk nomor agenda {told.agenda} tidak lagi tercatat pada berkas ini."
                yield Finding(PART, says, case_id=case_id, sequence=sequence)
            elif row["file_id"] != told.file or (told.sha256 is not None and digest(INCOMING, row) != told.sha256):
                says = f"Surat masuk nomor agenda {told.agenda} tidak lagi sama dengan yang dicatat."
                yield Finding(PART, says, case_id=case_id, sequence=sequence)
    for case_id, entry_id, sequence in stored:
        says = f"Surat masuk {entry_id} tidak berasal dari peristiwa mana pun."
        yield Finding(PART, says, case_id=case_id, sequence=sequence)
