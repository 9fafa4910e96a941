"""From a signed letter to one message for each whom it concerns, and from those back to the state of the letter."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from policies.dates import written
from workflow.database import insert_or, lock
from workflow.effects import DISPATCH, MESSAGE, SEND, finished, owe
from workflow.letters.route import COMPLETE
from workflow.tables import effects, letter_cases, letters, participants, people
from workflow.telling.plain_text import ended
from workflow.workers.calling import OUTGOING, call_for_effects

if TYPE_CHECKING:
    from workflow.definition import Process
    from workflow.office import Office
    from workflow.registry import Registry

#: What the ids of these effects are derived from, so that a letter is owed to each once, however often that is said.
_OF_LETTERS: Final = UUID("6f1c8f0e-52a7-5d0b-9a44-0d6b9d6a7c11")

#: How the reason of an effect begins where somebody simply has no address: nothing failed, and nothing is waited for.
NO_ADDRESS: Final = "Tidak ada alamat surel"
#: The remark of one that was not sent, as its letter was in force no more.
VOID_BY_THEN: Final = "Tidak dikirim: surat ini sudah tidak berlaku."


def owe_letter(conn: Connection, letter_id: str, at: datetime) -> None:
    """Owe a letter to whom it concerns. Called in the transaction that makes it ``signed``; owing it again changes nothing."""
    _owe(conn, DISPATCH, letter_id, DISPATCH, {}, at)


def fan_out(conn: Connection, office: Office, registry: Registry, effect_id: str, letter_id: str, at: datetime) -> None:
    """Owe each whom a letter concerns a message of their own, and note that this has been done."""
    from workflow.mail.recipients import recipients  # noqa: PLC0415 - letters are signed where nobody asks for whom

    lock(conn, f"mail:{letter_id}")
    for recipient in recipients(conn, office, registry, letter_id, at):
        _owe(conn, SEND, letter_id, recipient.to, {"to": recipient.to, "as": recipient.reason}, at)
    finished(conn, effect_id, at)
    settle(conn, letter_id)


def tell_voided(
    conn: Connection,
    office: Office,
    row: Mapping[str, Any],
    title: str,
    besides: Collection[str],
    at: datetime,
    *,
    process: Process | None = None,
) -> None:
    """Owe those to whom a letter was sent, or is just being sent, the news that it is void; ``besides``: who knows already.

    ``process``: of its cases, where it has any.

    No case is named: whoever got a copy may know of none. Why it is void is told only within the agency, as on its page: what
    was typed there may say of a participant what a host may not know. Whoever is outside learns what the public page shows,
    since when and by whom it is void, and where to ask.
    """
    from workflow.views.outside import outside_roles  # noqa: PLC0415 - as in fan_out

    agency = office.profile.agency
    written_on = f" tanggal {written(row['dated_on'])}" if row["dated_on"] else ""
    says = f"{title} Nomor {row['number']}{written_on}, yang telah dikirimkan kepada Anda, dinyatakan tidak berlaku"
    says += f" oleh {agency} sejak {written(office.day(at))}."
    inside = ended(f"Alasan: {row['void_reason']}")
    outside = (
        "Mohon surat itu tidak dipakai lagi. Alasan pembatalannya tidak disampaikan melalui surel; bila memerlukannya, "
        f"silakan menanyakannya kepada {agency}."
    )
    to = {str(json.loads(payload)["to"]) for payload in conn.execute(_SENT, {"letter": row["id"]}).scalars()}
    roles = sorted(outside_roles(process)) if process is not None else []
    within = set(conn.execute(_WITHIN, {"people": sorted(to), "letter": row["id"], "roles": roles}).scalars())
    for each in sorted(to - set(besides)):
        owe(conn, MESSAGE, None, row["id"], {"to": each, "says": f"{says} {inside if each in within else outside}"}, at)


def wanted_again(conn: Connection, letter_id: str, at: datetime) -> None:
    """A letter counts again: whoever was not sent it while it did not is owed it once more."""
    needless = (effects.c.subject_id == letter_id, effects.c.kind == SEND, effects.c.error == VOID_BY_THEN)
    anew = {"done_at": None, "error": None, "attempts": 0, "due_at": at}
    conn.execute(update(effects).where(*needless).values(anew))


def settle(conn: Connection, letter_id: str) -> None:
    """Say of a signed letter whether it has been sent, and what is in the way: ``sent`` once nothing more is waited for.

    What has failed is waited for. Whoever merely has no address is named; only the addressee is waited for even so.
    """
    lock(conn, f"mail:{letter_id}")
    owed = conn.execute(_OWED, {"letter": letter_id}).all()
    unsent = [row for row in owed if row.done_at is None]
    troubles = [row.error for row in unsent if row.parked_at and row.error]
    state = "signed" if not owed or any(map(_is_waited_for, unsent)) else "sent"
    conn.execute(
        update(letters)
        .where(letters.c.id == letter_id, letters.c.state.in_(COMPLETE))
        .values(state=state, trouble="\n".join(troubles) or None)
    )


def _is_waited_for(row: Row[Any]) -> bool:
    lacks_address = row.parked_at is not None and (row.error or "").startswith(NO_ADDRESS)
    return not lacks_address or json.loads(row.payload).get("as") == "addressee"


def _owe(conn: Connection, kind: str, letter_id: str, to: str, payload: dict[str, str], at: datetime) -> None:
    new = insert_or(conn.dialect.name, effects).values(
        id=str(uuid5(_OF_LETTERS, f"{letter_id} {to}")),
        kind=kind,
        case_id=None,
        subject_id=letter_id,
        payload=json.dumps(payload),
        due_at=at,
        attempts=0,
    )
    owed = conn.execute(new.on_conflict_do_nothing(index_elements=[effects.c.id]).returning(effects.c.id))
    call_for_effects(conn, OUTGOING, owed.scalars())


#: What went out, or is in the hands of whoever sends it; what was not wanted any more has a remark.
_SENT = (
    select(effects.c.payload)
    .where(effects.c.subject_id == bindparam("letter"), effects.c.kind == SEND, effects.c.error.is_(None))
    .where(or_(effects.c.done_at.is_not(None), effects.c.claimed_until.is_not(None)))
)
#: Our own people, but for those who are the host: they get the letter as somebody outside does.
_AS_HOST = (
    select(participants.c.id)
    .join(letter_cases, letter_cases.c.case_id == participants.c.case_id)
    .where(
        letter_cases.c.letter_id == bindparam("letter"),
        participants.c.person_id == people.c.id,
        participants.c.role.in_(bindparam("roles", expanding=True)),
    )
)
_WITHIN = select(people.c.id).where(
    people.c.id.in_(bindparam("people", expanding=True)), people.c.kind != "contact", ~_AS_HOST.exists()
)
_OWED = (
    select(effects)
    .where(effects.c.subject_id == bindparam("letter"), effects.c.kind.in_((DISPATCH, SEND)))
    .order_by(effects.c.id)
)
