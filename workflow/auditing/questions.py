"""What to ask about: every kind of question, each found by a small function over the database, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

import msgspec
from sqlalchemy import Connection

from workflow.auditing import asking_books, asking_people, asking_records
from workflow.auditing.access import Examiner, examiner, period_between
from workflow.auditing.inquiry import Found, Inquiry, Question
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import Problem
from workflow.telling.form_words import either


@dataclass(frozen=True)
class Kind:
    """A kind of question: what people call it, and how it is found."""

    title: str
    find: Callable[[Inquiry], Iterator[Found]]


#: Every kind, in the order in which an examination asks.
KINDS: Final[dict[str, Kind]] = {
    "overlapping": Kind("Penugasan yang tumpang tindih", asking_people.overlapping),
    "late": Kind("Dicatat jauh sesudah kejadiannya", asking_records.late),
    "recorded": Kind("Jawaban yang dicatat atas nama instansi penerima", asking_records.recorded_for_another),
    "warned": Kind("Dilanjutkan walaupun ada peringatan", asking_records.warned),
    "exempted": Kind("Pengecualian dari syarat", asking_records.exempted),
    "attested": Kind("Keterangan yang dibuktikan dengan dokumen", asking_records.attested),
    "voided": Kind("Nomor surat yang dibatalkan", asking_books.voided),
    "moved_by_hand": Kind("Tugas yang dialihkan dengan penunjukan", asking_people.moved_by_hand),
    "mutual": Kind("Saling memberi keputusan", asking_people.mutual),
    "days_on_leave": Kind("Catatan kegiatan pada masa cuti", asking_people.days_on_leave),
    "unproven_cost": Kind("Biaya tanpa bukti", asking_books.unproven_cost),
}


class KindLine(msgspec.Struct, frozen=True, kw_only=True):
    """How many questions of a kind are listed. ``more``: there are others; ask for the kind alone, or for a shorter period."""

    kind: str
    title: str
    listed: int
    more: bool


class QuestionList(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask about, kind by kind; of each no more than was asked for."""

    from_on: date | None
    until_on: date | None
    kinds: tuple[KindLine, ...]
    items: tuple[Question, ...]


def may_ask(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    _at: datetime,
    *,
    from_on: date | None = None,
    until_on: date | None = None,
    kind: str | None = None,
    limit: int = 100,  # noqa: ARG001 - checked by the same arguments with which the list is then made
) -> None:
    """Whether a caller may ask, and whether it can be asked so. Raises NotYours, Problem."""
    examiner(conn, engine, caller)
    _chosen(kind)
    period_between(engine.office, from_on, until_on)
    caller.looked_at.append(None)


def question_list(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    _at: datetime,
    *,
    from_on: date | None = None,
    until_on: date | None = None,
    kind: str | None = None,
    limit: int = 100,
) -> QuestionList:
    """What a caller should ask about, at most ``limit`` of each kind. Raises NotYours, Problem."""
    who = examiner(conn, engine, caller)
    lines: list[KindLine] = []
    items: list[Question] = []
    for name in _chosen(kind):
        found = list(islice(questions(conn, engine, who, from_on, until_on, name), limit + 1))
        lines.append(
            KindLine(kind=name, title=KINDS[name].title, listed=min(len(found), limit), more=len(found) > limit)
        )
        items += found[:limit]
    return QuestionList(from_on=from_on, until_on=until_on, kinds=tuple(lines), items=tuple(items))


def questions(
    conn: Connection,
    engine: Engine,
    who: Examiner,
    from_on: date | None = None,
    until_on: date | None = None,
    kind: str | None = None,
) -> Iterator[Question]:
    """The questions of a period, of one kind or of all, as they are found. Raises Problem."""
    period = period_between(engine.office, from_on, until_on)
    inquiry = Inquiry(conn, engine.office, engine.registry, who.reach, period)
    for name in _chosen(kind):
        for found in KINDS[name].find(inquiry):
            yield Question(kind=name, kind_title=KINDS[name].title, **msgspec.structs.asdict(found))


def _chosen(kind: str | None) -> tuple[str, ...]:
    if kind is None:
        return tuple(KINDS)
    if kind not in KINDS:
        raise Problem(f"Jenis “{kind[:60]}” tidak dikenal; pilih salah satu dari {either(tuple(KINDS))}.")
    return (kind,)
