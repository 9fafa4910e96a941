"""Files that a form names: those that a step may use, each other refused with the field that names it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import bindparam, exists, select

from workflow.engine.judgement import Actor
from workflow.errors import FieldError, InvalidForm
from workflow.facts import Situation
from workflow.filling import FileNamed, files_named
from workflow.tables import file_cases, files


def check_files(
    situation: Situation, struct: type[msgspec.Struct] | None, values: Mapping[str, Any], actor: Actor
) -> None:
    """Files that are named must exist, and be the actor's own or the case's already. Raises InvalidForm."""
    named = files_named(struct, values) if struct else ()
    if named:
        refuse_files_beyond(usable_files(situation, {file.id for file in named}, actor), named)


def usable_files(situation: Situation, wanted: Collection[str], actor: Actor) -> dict[str, str | None]:
    """Of the files wanted those that a step may name, each with the case that it belongs to.

    Whoever acts for several at once hands in one file for all of them.
    """
    case_id, together = situation.case.id, situation.together | actor.alongside
    rows = situation.conn.execute(_FILES, {"wanted": sorted(wanted), "of_case": case_id})
    return {
        row.id: case_id if row.shared else row.case_id
        for row in rows
        if row.case_id == case_id
        or row.shared
        or (row.uploaded_by == actor.person_id and (row.case_id is None or row.case_id in together))
    }


def refuse_files_beyond(usable: Collection[str], named: Iterable[FileNamed]) -> None:
    """Every file that is named must be among the ``usable`` ones. Raises InvalidForm with the fields that name another."""
    says = "tidak ada, atau bukan unggahan Anda. Unggah berkasnya lebih dahulu."
    faults = tuple(
        FieldError(file.field, file.label, f"{file.label}: berkas {file.id} {says}")
        for file in named
        if file.id not in usable
    )
    if faults:
        raise InvalidForm("Ada berkas yang tidak dapat dipakai.", fields=faults)


_FILES = select(
    files.c.id,
    files.c.uploaded_by,
    files.c.case_id,
    exists().where(file_cases.c.file_id == files.c.id, file_cases.c.case_id == bindparam("of_case")).label("shared"),
).where(files.c.id.in_(bindparam("wanted", expanding=True)))
