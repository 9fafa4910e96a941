"""Who could be nominated now and is not, by kind and unit: what is still to be handed in, and what the record does not say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection

from policies.dates import written
from policies.decision import Grade, Reason
from policies.incentive import SATYALANCANA, title_of
from workflow.awards.judging import HANDED_IN, KINDS, OF_RECORD, STATED, Bench, is_under_way
from workflow.awards.record import StaffRecord, read_records
from workflow.errors import NotFound
from workflow.office import Office
from workflow.views.shown import ReasonLine, reason_line


class CandidateLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who could be nominated. ``qualifies``: nothing is unknown; ``unknown``: facts that must be on record first.

    ``missing``: what is handed in with the nomination; ``warnings``: what whoever nominates should weigh. ``higher``: the title
    of a higher Satyalancana that the record gives as well.
    """

    person_id: str
    name: str
    nip: str
    unit_id: str
    unit: str
    qualifies: bool
    unknown: tuple[ReasonLine, ...]
    missing: tuple[ReasonLine, ...]
    warnings: tuple[ReasonLine, ...]
    higher: str = ""


class KeptOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many the record keeps from a kind by this rule, which is the first that does."""

    rule: str
    title: str
    people: int


class KindCandidates(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of award. ``people``: all that were asked about; of them ``nominated`` are so already, ``kept_out`` do not qualify.

    ``stated``: what is only stated in the nomination itself.
    """

    kind: str
    title: str
    people: int
    qualify: int
    unknown: int
    nominated: int
    kept_out: tuple[KeptOut, ...]
    stated: tuple[ReasonLine, ...]
    candidates: tuple[CandidateLine, ...]


class Candidates(msgspec.Struct, frozen=True, kw_only=True):
    """Who could be nominated on a day, by the law of that day."""

    on: date
    says: str
    kinds: tuple[KindCandidates, ...]


def candidates(conn: Connection, office: Office, on: date, *, kind: str = "", unit: str = "") -> Candidates:
    """Everybody in service who could be nominated on a day; of one kind and one unit where asked. Raises NotFound."""
    if kind and kind not in KINDS:
        raise NotFound(f"Jenis penghargaan {kind!r} tidak ada pada daftar calon; yang ada: {', '.join(KINDS)}.")
    records = [each for each in read_records(conn, office, on) if unit in ("", each.unit_id)]
    bench = Bench(office.policies.on(on), on)
    return Candidates(
        on=on,
        says=(
            f"Calon menurut data pegawai dan ketentuan pada {written(on)}; yang usulnya sedang berjalan tidak disebut. Daftar ini "
            "menyiapkan usul, bukan menetapkan: setiap usul dinilai lagi pada waktunya."
        ),
        kinds=tuple(_of_kind(bench, each, records) for each in KINDS if kind in ("", each)),
    )


def _of_kind(bench: Bench, kind: str, records: Sequence[StaffRecord]) -> KindCandidates:
    kept_out: Counter[str] = Counter()
    found, nominated = [], 0
    for record in records:
        if is_under_way(record, kind):
            nominated += 1
        elif (refusing := bench.refusal(record, kind)) is not None:
            kept_out[refusing.name] += 1
        else:
            found.append(_line(bench, kind, record))
    qualify = sum(each.qualifies for each in found)
    titles = {rule.name: rule.title for rule in OF_RECORD}
    return KindCandidates(
        kind=kind,
        title=title_of(kind),
        people=len(records),
        qualify=qualify,
        unknown=len(found) - qualify,
        nominated=nominated,
        kept_out=tuple(KeptOut(rule=name, title=titles[name], people=n) for name, n in kept_out.most_common()),
        stated=_stated(bench, kind, records),
        candidates=tuple(sorted(found, key=lambda each: (not each.qualifies, each.unit, each.name, each.person_id))),
    )


def _line(bench: Bench, kind: str, record: StaffRecord) -> CandidateLine:
    told = [reason_line(each) for each in bench.reasons(OF_RECORD, record, kind)]
    unknown = tuple(each for each in told if each.grade == Grade.UNKNOWN)
    return CandidateLine(
        person_id=record.person_id,
        name=record.name,
        nip=record.nip,
        unit_id=record.unit_id,
        unit=record.unit,
        qualifies=not unknown,
        unknown=unknown,
        missing=_in_the_way(bench.reasons(HANDED_IN, record, kind)),
        warnings=tuple(each for each in told if each.grade == Grade.WARNED),
        higher=_higher(bench, kind, record),
    )


def _higher(bench: Bench, kind: str, record: StaffRecord) -> str:
    """The highest Satyalancana above this one that could be proposed as well; who holds it needs none below."""
    if kind not in SATYALANCANA:
        return ""
    above = reversed(SATYALANCANA[SATYALANCANA.index(kind) + 1 :])
    return next((title_of(each) for each in above if bench.qualifies(record, each)), "")


def _stated(bench: Bench, kind: str, records: Sequence[StaffRecord]) -> tuple[ReasonLine, ...]:
    """What is asked of everybody alike, whatever their record."""
    return next((_in_the_way(bench.reasons(STATED, each, kind)) for each in records), ())


def _in_the_way(reasons: Iterable[Reason]) -> tuple[ReasonLine, ...]:
    return tuple(reason_line(each) for each in reasons if each.grade in (Grade.REFUSED, Grade.UNKNOWN))
