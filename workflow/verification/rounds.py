"""Rounds of mentoring: the chain of each, its proposals worked out anew, and a case for each pair that was published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, func, select

from policies.matching import REVISION, Terms, parameter_of
from policies.parameters import Policies
from workflow.chain import faults, is_as_recorded
from workflow.engine.evidence import as_stored
from workflow.matching.log import ERASED, Round, read_event, what_is_kept
from workflow.matching.proposing import work_out
from workflow.matching.solving import solver
from workflow.matching.told import Event, Opened, Proposed, Published
from workflow.references import reference_of
from workflow.registry import Registry
from workflow.tables import cases, cohort_cases, round_events, rounds
from workflow.verification.findings import STREAMED, Finding, Looked

PART = "rounds"


def look_at_rounds(conn: Connection, _: Registry, __: Policies) -> Looked:
    """All rounds, one after the other."""
    for row in conn.execute(select(*as_stored(rounds)).order_by(rounds.c.id), execution_options=STREAMED).mappings():
        query = select(*as_stored(round_events)).where(round_events.c.round_id == row["id"])
        links = conn.execute(query.order_by(round_events.c.sequence)).mappings().all()
        erased = _erased(links)
        for found in (*faults(row["id"], links, row["version"], row["head"], erased), *_told(conn, row, links, erased)):
            yield Finding(PART, f"Putaran {row['id']}: {found}")
        for number in sorted(erased):
            says = f"Putaran {row['id']}: isi peristiwa nomor {number} telah dihapus; usulan sesudahnya tidak dihitung ulang."
            yield Finding(PART, says, False)
        yield from (None for _ in links)
    known = select(rounds.c.id)
    strays = select(func.count()).select_from(round_events).where(round_events.c.round_id.not_in(known))
    if conn.execute(strays).scalar_one():
        yield Finding(PART, "Ada peristiwa putaran yang menyebut putaran yang tidak ada.")


def _erased(links: Iterable[RowMapping]) -> dict[int, Event | None]:
    """What was erased by law, by number, with what is kept of it. An erasure that was touched itself erases nothing."""
    told = [link["payload"] for link in links if link["type"] == ERASED and is_as_recorded(link)]
    try:
        return what_is_kept(told)
    except msgspec.MsgspecError:
        return {}


def _told(
    conn: Connection, row: RowMapping, links: Iterable[RowMapping], erased: Mapping[int, Event | None]
) -> Iterator[str]:
    """What the log tells, event by event, against the round's own row, the proposals and the cases."""
    found: Round | None = None
    for link in links:
        event = _read(link) or erased.get(link["sequence"])
        if event is None:
            continue  # of that the chain has told
        if isinstance(event, Opened):
            form = msgspec.json.encode(event.form, order="sorted").decode()
            if (row["form"], row["title"], row["opened_by"]) != (form, event.form.title, event.by.id):
                yield "judul, isian, atau pembukanya tidak lagi seperti saat dibuka."
            found = Round(row["id"], event.form, event.by.id, row["opened_at"], 0, "")
        if found is None:
            continue
        if isinstance(event, Proposed) and not any(number < link["sequence"] for number in erased):
            yield from _proposed(found, event)
        if isinstance(event, Published):
            yield from _published(conn, event)
        found.tell(link["sequence"], event)
    if found is not None and (found.closed is None) != (row["closed_at"] is None):
        yield "penutupannya tidak sesuai dengan catatannya."


def _read(link: RowMapping) -> Event | None:
    try:
        return read_event(link["payload"])
    except (msgspec.MsgspecError, TypeError):
        return None


def _proposed(found: Round, event: Proposed) -> Iterator[str]:
    """The same input gives the same pairs; by another revision or another solver at least nobody else's rule is broken."""
    if event.revision != REVISION:
        return  # the rules were revised since; what was proposed by the former stands as it was told
    values: dict[str, Any] = {each.parameter: each.value for each in event.values}
    terms = Terms(**{each.name: values[parameter_of(each.name)] for each in fields(Terms)})
    people = {each.person: each for each in event.people}
    if people.keys() != {*found.offers, *found.wishes}:
        yield f"usulan nomor {event.number} menyebut orang lain daripada yang menjawab."
        return
    again = work_out(found, people, event.declined, event.running, terms)
    same = again == event.result
    if event.solver != solver():
        # Of several ways that are equally good, another solver may take another.
        same = (len(again.pairs), again.points) == (len(event.result.pairs), event.result.points)
    if not same:
        yield f"usulan nomor {event.number} tidak keluar lagi dari bahan yang dicatat."


def _published(conn: Connection, event: Published) -> Iterator[str]:
    opened = [case for *_, case in event.cases]
    of_pairs = select(cases.c.id, cases.c.subject_id).where(cases.c.id.in_(opened))
    subjects = {row.id: row.subject_id for row in conn.execute(of_pairs)}
    query = select(cohort_cases.c.case_id).where(cohort_cases.c.cohort_id == event.cohort)
    gathered = set(conn.execute(query).scalars())
    for _, mentee, case in event.cases:
        if subjects.get(case) != mentee:
            yield f"berkas {reference_of(case)} yang diterbitkan tidak ada, atau bukan lagi berkas mentee yang dipasangkan."
        elif case not in gathered:
            yield f"berkas {reference_of(case)} yang diterbitkan tidak lagi dalam rombongannya."
