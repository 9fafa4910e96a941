"""Successors: the situation in which one would stand, and the cases whose place was taken by one."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, select

from workflow.cases import Case, new_case_id
from workflow.chain import NOTHING_BEFORE
from workflow.definition import Succession
from workflow.errors import FieldError, InvalidForm
from workflow.facts import NeedsFields, Situation
from workflow.filling import takes_files
from workflow.forms import label_of
from workflow.tables import cases, people


def successor_of(situation: Situation, succession: Succession, actor_id: str | None) -> Situation:
    """The situation of whom the step's form names as successor. Raises InvalidForm where nobody can be found by that name.

    Whoever decides does not name themselves: nobody else would have agreed to it.
    """
    case, process = situation.case, situation.process
    person = successor_row(situation, succession)
    if person.id == actor_id:
        called = _called(situation, succession)
        says = f"{called}: Anda tidak dapat menunjuk diri sendiri sebagai pengganti. Pilih pegawai lain."
        raise InvalidForm(says, fields=(FieldError(succession.field, called, says),))
    form = {name: value for name, value in situation.form.items() if not takes_files(process.form, name)}
    heir = Case(
        id=new_case_id(situation.conn, situation.at),
        process=process.name,
        process_version=process.version,
        fingerprint=case.fingerprint,
        state=case.state,
        version=0,
        form=form,
        subject_id=person.id,
        unit_id=person.unit_id,
        memory={
            **{k: v for k, v in case.memory.items() if k in ("done", "days_left", "law_on")},
            "instead_of": case.id,
        },
        opened_at=situation.at,
        entered_on=case.entered_on,
        closed_at=None,
        head=NOTHING_BEFORE,
    )
    return Situation(
        situation.conn, situation.office, process, heir, form, situation.at, known=situation.known, instead_of=case
    )


def successor_row(situation: Situation, succession: Succession) -> Row[Any]:
    """The row of whom the form names: by NIP or by id. Raises NeedsFields, InvalidForm."""
    named = str(situation.given.get(succession.field) or "").replace(" ", "")
    if not named:
        raise NeedsFields(succession.field)
    called = _called(situation, succession)
    found = situation.look_up(STAFF, named=named)
    here = [row for row in found if row.left_on is None or row.left_on > situation.on]
    if not here:
        says = f"{called}: tidak ada pegawai yang bertugas dengan NIP itu. Periksa nomornya."
    elif here[0].id == situation.case.subject_id:
        says = f"{called}: pengganti harus orang lain daripada yang diganti."
    else:
        return here[0]
    raise InvalidForm(says, fields=(FieldError(succession.field, called, says),))


def _called(situation: Situation, succession: Succession) -> str:
    takes = situation.transition.takes if situation.transition else None
    return label_of(takes, succession.field) if takes else succession.field


def predecessors(situation: Situation) -> tuple[str, ...]:
    """The cases whose place this one took, by id, the latest first: what was answered and done there counts here too."""
    found: list[str] = []
    memory = situation.case.memory
    while (before := memory.get("instead_of")) is not None and before not in found:
        found.append(before)
        memory = next((msgspec.json.decode(row.memory) for row in situation.look_up(_MEMORY, case=before)), {})
    return tuple(found)


_MEMORY = select(cases.c.memory).where(cases.c.id == bindparam("case"))
#: Staff by NIP or by id.
STAFF = select(people).where(
    people.c.kind == "staff", (people.c.nip == bindparam("named")) | (people.c.id == bindparam("named"))
)
