"""The book of hours: it balances, says what the rules make of the evidence, and holds nothing that no log tells of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, RowMapping, func, select

from policies.hours import Counted
from policies.parameters import Policies
from workflow import directory
from workflow.engine.evidence import CLAIM, HoursTold, as_written, digest
from workflow.hours import ledger
from workflow.registry import Registry
from workflow.tables import hour_evidence, hour_postings
from workflow.verification.findings import STREAMED, Finding, Looked, strays
from workflow.verification.replay import Histories, History, Posted, rows_of

PART = "ledger"

#: What somebody has at most in a year by any means; beyond it a sum says nothing.
MOST = 10**6


def look_at_ledger(conn: Connection, _: Registry, policies: Policies) -> Looked:
    """Every movement sums to zero, and what stands is what the rules give for each person's evidence."""
    yield from (None for _ in range(conn.execute(_MOVEMENTS).scalar_one()))
    if untrue := [Finding(PART, f"Mutasi JP {each} melampaui {MOST} JP.") for each in conn.execute(_BEYOND).scalars()]:
        yield from untrue
        return
    yield from (Finding(PART, says) for says in ledger.imbalances(conn))
    yield from _strays(conn)
    yield from _recounted(conn, policies)


def _strays(conn: Connection) -> Iterator[Finding]:
    yield from strays(conn, PART, "Bukti JP", hour_evidence)
    yield from strays(conn, PART, "Mutasi JP", hour_postings)
    for row in conn.execute(_OF_ANOTHER):
        yield Finding(PART, f"Mutasi JP {row.movement_id} bukan atas bukti pegawainya.", case_id=row.case_id)


_MOVEMENTS = select(func.count(hour_postings.c.movement_id.distinct()))
_BEYOND = select(hour_postings.c.movement_id).where(~hour_postings.c.hours.between(-MOST, MOST)).distinct()
_OF_ANOTHER = (
    select(hour_postings.c.movement_id, hour_postings.c.case_id)
    .select_from(hour_postings.outerjoin(hour_evidence, hour_evidence.c.id == hour_postings.c.evidence_id))
    .where(hour_evidence.c.id.is_(None) | (hour_evidence.c.person_id != hour_postings.c.person_id))
    .distinct()
)
_EVIDENCE = select(hour_evidence).order_by(hour_evidence.c.person_id)


def _recounted(conn: Connection, policies: Policies) -> Iterator[Finding]:
    """What stands, held against what the rules give today, person by person."""
    zone = ZoneInfo(directory.zone(conn))
    rows = conn.execute(_EVIDENCE, execution_options=STREAMED)
    try:
        for person, found in groupby(rows, key=lambda row: row.person_id):
            here = list(found)
            wanted = ledger.should_stand(here, policies, zone)
            stands = {row.evidence_id: row for row in conn.execute(ledger.standing(), {"person": person})}
            for each in here:
                before, now = stands.get(each.id), wanted.get(each.id)
                if before is None and now is None:
                    continue
                if before is None or now is None or not ledger.is_same(before, now):
                    yield Finding(PART, _difference(before, now), case_id=each.case_id)
    except (
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ) as unreadable:  # what was touched may not be of its kind any more
        yield Finding(PART, f"Bukti JP tidak dapat dihitung ulang: {unreadable}.")


def _difference(before: Row[Any] | None, now: Counted | None) -> str:
    stands, wanted = (f"{each.hours} JP tahun {each.year}" if each else "tidak ada" for each in (before, now))
    return (
        f"JP yang dibukukan ({stands}) berbeda dari hitungan menurut ketentuan ({wanted}); pada langkah berikutnya atas nama "
        "pegawai ini pembukuannya dihitung ulang."
    )


# --- Against the logs ------------------------------------------------------------------------------------------------


def look_at_hours(conn: Connection, _: Registry, histories: Histories) -> Looked:
    """What gives a claim, and every movement, is what the logs tell."""
    claimed, posted = rows_of(conn, hour_evidence, histories), rows_of(conn, hour_postings, histories)
    for case_id, history in histories.items():
        found = [*_claims(history, claimed.get(case_id, [])), *_movements(history, posted.get(case_id, []))]
        yield from (Finding(PART, says, case_id=case_id, sequence=sequence) for says, sequence in found)


_Said = Iterator[tuple[str, int | None]]


def _claims(history: History, rows: Iterable[RowMapping]) -> _Said:
    expected = dict(history.claims)
    for row in rows:
        claim = expected.pop(row["id"], None)
        if claim is None:
            yield f"Bukti JP {row['id']} tidak berasal dari peristiwa mana pun.", None
        elif (
            claim.told.sha256 not in (None, digest(CLAIM, _typed(row)))
            or as_written(row["withdrawn_at"]) != claim.withdrawn
        ):
            yield f"Bukti JP {row['id']} tidak lagi sama dengan yang dicatat.", claim.sequence
    for claim in expected.values():
        yield f"Bukti JP {claim.told.id} tidak ada lagi.", claim.sequence


def _typed(row: RowMapping) -> dict[str, object]:
    """A row as the event that told it saw it: what lies on SQLite as a number is yes or no."""
    return {**row, "international": _is_true(row["international"])}


def _is_true(value: object) -> bool:
    return str(value).lower() in ("1", "true")


def _movements(history: History, rows: Iterable[RowMapping]) -> _Said:
    expected = dict(history.hours)
    for movement_id, pair in groupby(sorted(rows, key=_movement_id), key=_movement_id):
        posted = expected.pop(movement_id, None)
        here = list(pair)
        if posted is None:
            yield f"Mutasi JP {movement_id} tidak berasal dari peristiwa mana pun.", None
        elif sorted(_posting(row, posted) for row in here) != sorted(_postings(posted)):
            hours = next((row["hours"] for row in here if row["account"] == ledger.YEAR), "?")
            yield f"Mutasi {hours} JP tidak lagi sama dengan yang dicatat.", posted.sequence
    for posted in expected.values():
        hours = posted.told.hours if isinstance(posted.told, HoursTold) else 0
        yield f"Mutasi {hours} JP tidak ada lagi.", posted.sequence


def _movement_id(row: RowMapping) -> str:
    return str(row["movement_id"])


_SAME = ("evidence_id", "account", "year", "hours", "reason", "by", "reverses", "posted_at")


def _posting(row: RowMapping, posted: Posted) -> tuple[str, ...]:
    told = posted.told
    erased = isinstance(told, HoursTold) and told.person is None
    own = () if erased else (str(row["person_id"]), str(row["says"]))
    return (*(str(as_written(row[name])) for name in _SAME), str(_is_true(row["is_correction"])), *own)


def _postings(posted: Posted) -> Iterator[tuple[str, ...]]:
    told = posted.told
    if not isinstance(told, HoursTold):
        return
    own = () if told.person is None else (told.person, str(told.says))
    for account, hours in ((ledger.EVIDENCE, -told.hours), (ledger.YEAR, told.hours)):
        same = (told.claim, account, told.year, hours, told.reason, told.by, told.reverses or None, posted.at)
        yield (*(str(each) for each in same), str(told.late), *own)
