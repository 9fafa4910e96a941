"""How somebody wants mail about their cases: each message as it comes, or one digest a working day."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, get_args

import msgspec
from sqlalchemy import Connection, select, update

from policies.mail import DIGEST_HOUR
from workflow.accounts.account import held
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import FieldError, InvalidForm, NotYours
from workflow.mail.digest import begins_at, release
from workflow.office import Office
from workflow.tables import accounts

How = Literal["each", "daily"]

EACH: Final[How] = "each"
DAILY: Final[How] = "daily"


class MailPreference(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody gets mail about cases. ``digest_hour``: the hour of the agency's clock at which a digest goes out."""

    how: How
    digest_hour: int


def mail_preference(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> MailPreference:
    """How the caller gets mail; each message unless they chose otherwise."""
    query = select(accounts.c.mail).where(accounts.c.person_id == caller.person_id)
    return _shown(engine.office, conn.execute(query).scalar_one_or_none() or EACH, at)


def choose_mail(conn: Connection, engine: Engine, caller: Caller, at: datetime, how: str) -> MailPreference:
    """Have it otherwise from now on; what a digest would have told is sent by itself then. Raises NotYours, InvalidForm."""
    if caller.is_contact:
        raise NotYours("Ringkasan harian hanya untuk pegawai; narahubung mitra selalu dikirimi setiap pesan.")
    if how not in get_args(How):
        fault = FieldError("how", "Cara menerima surel", "Pilih bagaimana Anda menerima surel.")
        raise InvalidForm("Periksa isian berikut.", fields=(fault,))
    office, person_id = engine.office, caller.person_id
    if held(conn, person_id)["mail"] != how:
        # Whoever chooses it late in the day gets the first one on the next.
        today = office.day(at)
        made = today if how == DAILY and at >= begins_at(office, today) else None
        conn.execute(update(accounts).where(accounts.c.person_id == person_id).values(mail=how, digest_on=made))
        if how == EACH:
            release(conn, person_id, at)
    return _shown(office, how, at)


def _shown(office: Office, how: str, at: datetime) -> MailPreference:
    law = office.policies.on(office.day(at))
    return MailPreference(how=DAILY if how == DAILY else EACH, digest_hour=law[DIGEST_HOUR].value)
