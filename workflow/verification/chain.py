"""The chain of each case, and the decisions that it holds judged again. How a chain is made: ``workflow.chain``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from policies.decision import Rule
from policies.parameters import Policies
from workflow.audit import ERASED
from workflow.chain import NOTHING_BEFORE, hash_of_event, is_as_recorded
from workflow.engine.evidence import as_stored
from workflow.engine.rejudging import Difference, rejudged, rules_of
from workflow.registry import Registry
from workflow.tables import cases, events
from workflow.verification.findings import STREAMED, Finding, Looked
from workflow.verification.reading import read
from workflow.verification.replay import told_in


class Fault(StrEnum):
    """What can be wrong with a chain."""

    PAYLOAD = "payload"
    HASH = "hash"
    ORDER = "order"
    GAP = "gap"
    COUNT = "count"
    HEAD = "head"
    NO_CASE = "no_case"


@dataclass(frozen=True)
class Break:
    """A place where a chain does not hold; ``event_id`` is None where an event is missing. ``says`` is for people."""

    case_id: str
    sequence: int
    event_id: str | None
    fault: Fault
    says: str


def look_at_chain(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Where a chain does not hold."""
    count = conn.execute(select(func.count()).select_from(events)).scalar_one()
    yield from (None for _ in range(count))
    for found in breaks(conn):
        yield Finding("chain", found.says, case_id=found.case_id, sequence=found.sequence)


def breaks(conn: Connection) -> Iterator[Break]:
    """Where any chain does not hold. Reads the whole log once, row by row."""
    rows = conn.execute(_CHAINS, execution_options=STREAMED).mappings()
    for case_id, chain in groupby(rows, key=itemgetter("of_case")):
        yield from _breaks_of(case_id, chain)
    for stray in conn.execute(_STRAYS, execution_options=STREAMED):
        says = f"Peristiwa nomor {stray.sequence} menyebut berkas {stray.case_id}, yang tidak ada."
        yield Break(stray.case_id, stray.sequence, stray.id, Fault.NO_CASE, says)


_CHAINS = (
    select(cases.c.id.label("of_case"), cases.c.version.label("counted"), cases.c.head, *as_stored(events))
    .select_from(cases.outerjoin(events, events.c.case_id == cases.c.id))
    .order_by(cases.c.id, events.c.sequence)
)
_STRAYS = (
    select(events.c.case_id, events.c.sequence, events.c.id)
    .select_from(events.outerjoin(cases, events.c.case_id == cases.c.id))
    .where(cases.c.id.is_(None))
)


# --- One chain -------------------------------------------------------------------------------------------------------


def _breaks_of(case_id: str, chain: Iterable[RowMapping]) -> Iterator[Break]:
    last, counted, head = _Link(), 0, None
    emptied: dict[Any, str] = {}
    whole: set[Any] = set()
    erased: dict[int, tuple[Any, str]] = {}
    erasures: set[Any] = set()
    found: list[Break] = []
    for row in chain:
        counted, head = row["counted"], row["head"]
        if row["id"] is None:
            break
        found += [Break(case_id, row["sequence"], row["id"], fault, says) for fault, says in _faults(row, last)]
        if row["payload"] is None and row["salt"] is None:
            emptied[row["sequence"]] = row["id"]
        elif row["payload"] is not None and row["salt"] is not None:
            whole.add(row["sequence"])
        if row["type"] == ERASED:
            erasures.add(row["sequence"])
            if erasure := told_in(row["payload"]).erased:
                erased[erasure.sequence] = row["sequence"], row["id"]
        last = last.next(row)
    lawfully = {number: by for number, by in erased.items() if number not in erasures}
    found += _lost(case_id, emptied, lawfully)
    found += _undone(case_id, whole, lawfully)
    yield from sorted(found, key=_place)
    if last.found != counted:
        says = f"Berkas mencatat {counted} peristiwa, sedangkan yang ada {last.found}."
        yield Break(case_id, last.found, None, Fault.COUNT, says)
    elif head not in last.hashes:
        says = "Peristiwa terakhir bukan yang dicatat berkasnya sebagai yang terakhir."
        yield Break(case_id, last.found, None, Fault.HEAD, says)


def _place(found: Break) -> int:
    """The first that was touched comes first; what was put in place of a number has no place of its own."""
    number: Any = found.sequence
    return number if isinstance(number, int) else 0


@dataclass(frozen=True)
class _Link:
    """What the next event must be joined to: its number, and the hash before it as it stands or as it should."""

    expected: int = 1
    hashes: frozenset[Any] = frozenset({NOTHING_BEFORE})
    found: int = 0

    def next(self, row: RowMapping) -> _Link:
        # A break is told where it is, not again at every event after it.
        number = row["sequence"] if isinstance(row["sequence"], int) else self.expected
        return _Link(number + 1, frozenset({row["hash"], hash_of_event(row["case_id"], row)}), self.found + 1)


def _faults(row: RowMapping, last: _Link) -> Iterator[tuple[Fault, str]]:
    number, expected = row["sequence"], last.expected
    if number != expected:
        says = f"Peristiwa nomor {expected} tidak ada; sesudah nomor {expected - 1} langsung nomor {number}."
        yield Fault.GAP, says
    elif row["previous_hash"] not in last.hashes:
        yield Fault.ORDER, f"Peristiwa nomor {number} tidak bersambung dengan peristiwa sebelumnya."
    if row["hash"] != hash_of_event(row["case_id"], row):
        yield Fault.HASH, f"Catatan peristiwa nomor {number} (jenis, waktu, urutan, atau hash) telah diubah."
    erased = row["payload"] is None and row["salt"] is None
    if not erased and not is_as_recorded(row):
        yield Fault.PAYLOAD, f"Isi peristiwa nomor {number} tidak lagi sama dengan yang dicatat."


def _lost(case_id: str, emptied: Mapping[Any, str], erased: Mapping[int, tuple[Any, str]]) -> Iterator[Break]:
    """Events whose payload is gone though no erasure names them."""
    for number, event_id in emptied.items():
        if number not in erased:
            says = f"Isi peristiwa nomor {number} hilang tanpa catatan penghapusan."
            yield Break(case_id, number, event_id, Fault.PAYLOAD, says)


def _undone(case_id: str, whole: set[Any], erased: Mapping[int, tuple[Any, str]]) -> Iterator[Break]:
    """Events that an erasure names though they still say what they said."""
    for number, (by, event_id) in erased.items():
        if number in whole:
            says = f"Isi peristiwa nomor {number} masih ada, padahal menurut peristiwa ini sudah dihapus."
            yield Break(case_id, by, event_id, Fault.PAYLOAD, says)


# --- Decisions judged again ------------------------------------------------------------------------------------------


_EVENTS = select(events.c.case_id, events.c.sequence, events.c.type, events.c.payload).order_by(
    events.c.case_id, events.c.sequence
)


def look_at_decisions(conn: Connection, registry: Registry, policies: Policies) -> Looked:
    """Decisions that come out otherwise now; events that were erased are noted."""
    rules = rules_of(registry)
    for row in conn.execute(_EVENTS, execution_options=STREAMED):
        if row.payload is None:
            says = f"Isi peristiwa {row.type} telah dihapus; hasil pemeriksaannya tidak dapat dihitung ulang."
            yield Finding("decisions", says, False, row.case_id, row.sequence)
            continue
        # Of one that is no JSON any more the chain has told.
        payload = read(row.payload, dict[str, Any]) or {}
        decisions = payload.get("decisions")
        for decided in decisions if isinstance(decisions, list) else ():
            yield None
            for difference in _differences(decided, payload.get("law_on"), rules, policies):
                yield Finding("decisions", difference.says, difference.fails, row.case_id, row.sequence)


def _differences(decided: Any, law_on: Any, rules: Mapping[str, Rule], policies: Policies) -> list[Difference]:
    try:
        return list(rejudged(decided, law_on, rules, policies))
    except Exception as error:  # noqa: BLE001 - what was touched may be of any kind, and a rule is asked with it
        return [Difference(f"Keputusan yang tercatat tidak dapat dihitung ulang ({type(error).__name__}: {error}).")]
