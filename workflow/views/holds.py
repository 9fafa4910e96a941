"""Legal holds as administrators set and end them over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import Connection

from workflow import cases
from workflow.callers import Caller
from workflow.cases import Case
from workflow.engine.engine import Engine
from workflow.engine.steps import check_visible
from workflow.errors import NotYours, OutOfDate
from workflow.forms import Form
from workflow.people.groups import is_member
from workflow.retention import holds
from workflow.views.officers import by


class HoldReason(Form, frozen=True, kw_only=True):
    """Why nothing of a case may be erased, or why that may be again."""

    reason: Annotated[str, Meta(title="Alasan", min_length=3, max_length=holds.LONGEST)]


class NewHold(Form, frozen=True, kw_only=True):
    """A hold on a case that is named by its number rather than looked at."""

    case: Annotated[str, Meta(title="Nomor berkas", min_length=4, max_length=64, examples=["7KQ2-9FXR"])]
    reason: Annotated[
        str,
        Meta(
            title="Alasan",
            min_length=3,
            max_length=holds.LONGEST,
            description="Perkara, pemeriksaan, atau permintaan siapa",
        ),
    ]


class HoldEnd(HoldReason, frozen=True, kw_only=True):
    """Why a hold ends; ``version``: of the case as it was seen."""

    version: Annotated[int, Meta(title="Versi", ge=0)]


class HoldChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The case, its version now, and whether what it says is held back from being erased."""

    id: str
    version: int
    held: bool


def begin(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, form: HoldReason, version: int
) -> HoldChanged:
    """Put a hold on a case. Raises NotFound, NotYours, OutOfDate, NotNow."""
    case = _as_seen(_reached(conn, engine, caller, at, case_id), version)
    return _changed(holds.begin(conn, case, form.reason, by(caller), at), held=True)


def begin_named(conn: Connection, engine: Engine, caller: Caller, at: datetime, form: NewHold) -> HoldChanged:
    """Put a hold on a case as it is now: a hold is no decision on what it says. Raises NotFound, NotYours, NotNow."""
    case = _reached(conn, engine, caller, at, form.case)
    return _changed(holds.begin(conn, case, form.reason, by(caller), at), held=True)


def end(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, form: HoldReason, version: int
) -> HoldChanged:
    """End the hold on a case. Raises NotFound, NotYours, OutOfDate, NotNow."""
    case = _as_seen(_reached(conn, engine, caller, at, case_id), version)
    return _changed(holds.end(conn, case, form.reason, by(caller), at), held=False)


def _reached(conn: Connection, engine: Engine, caller: Caller, at: datetime, named: str) -> Case:
    """The case, locked, for an administrator; whoever may not see it is told that there is none."""
    case = cases.load(conn, named, lock=True)
    check_visible(conn, engine.registry.process(case.process), [case], caller.actor, engine.office.day(at))
    if caller.is_contact or not is_member(conn, holds.ADMINISTRATORS, caller.person_id):
        raise NotYours("Penahanan penghapusan hanya ditetapkan oleh administrator.")
    return case


def _as_seen(case: Case, version: int) -> Case:
    if case.version != version:
        raise OutOfDate(
            "Berkas sudah berubah sejak Anda melihatnya. Muat ulang, lalu periksa kembali.",
            more={"version": case.version},
        )
    return case


def _changed(case: Case, *, held: bool) -> HoldChanged:
    return HoldChanged(id=case.id, version=case.version, held=held)
