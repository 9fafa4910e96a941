"""Authority lent for a time: for a vacant post (plt, pj), an absent holder (plh), by delegasi or mandat (UU 30/2014).

Proposed by whoever lends it, or recorded by the personnel agency with its letter; it gives nothing until the one who is to
stand in has accepted. All that happens to it is in its log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from policies.authority import ANSWER_DAYS
from policies.dates import written
from workflow.database import lock
from workflow.errors import NotFound, NotNow, NotYours
from workflow.ids import new_id
from workflow.people.mandate_lapse import lapse_mandates
from workflow.people.mandate_log import ACCEPTED, REFUSED, REVOKED, SILENT, By, begin, change, lapsed_of
from workflow.people.mandate_rights import is_recorder, require_acceptable, require_another, require_giver
from workflow.people.mandate_telling import basis, named, person_name, tell, tell_givers
from workflow.people.mandate_terms import MANDATES, Terms, Today, checked, receiver_of
from workflow.people.person import PeopleError
from workflow.tables import mandates, positions

__all__ = [
    "MANDATES",
    "By",
    "Terms",
    "Today",
    "accept_mandate",
    "lapse_mandates",
    "no_such_mandate",
    "propose_mandate",
    "refuse_mandate",
    "revoke_mandate",
    "tell_of_silence",
]

_LONGEST_REASON: Final = 1000


def propose_mandate(conn: Connection, terms: Terms, by: By, today: Today) -> str:
    """Record a mandate that waits for its receiver's word; answers its id. Raises PeopleError, NotYours, Refused.

    Both days are included. By whoever lends it, or by the personnel agency, for whom the letter that it rests on speaks.
    """
    lock(conn, f"mandates:{terms.position_id}")
    terms = checked(conn, terms)
    # Whose it is to lend comes first: nobody else is told anything of the one whom they name.
    giver_id, via_id = require_giver(conn, terms, by, today.law)
    receiver = receiver_of(conn, terms)
    require_another(conn, receiver, by)
    require_acceptable(conn, terms, receiver, giver_id, via_id, today.law)
    mandate_id = new_id(today.at)
    values = {
        "id": mandate_id,
        "kind": terms.kind,
        "position_id": terms.position_id,
        "receiver_id": receiver.id,
        "from_on": terms.from_on,
        "until_on": terms.until_on,
        "scope": terms.scope,
        "units": terms.units,
        "letters": terms.letters,
        "basis_number": terms.basis_number,
        "basis_on": terms.basis_on,
        "giver_id": giver_id,
        "via_id": via_id,
        "proposed_by": by.id,
        "proposed_on": today.on,
        "accepted_on": None,
        "refused_on": None,
        "silence_told_on": None,
        "revoked_on": None,
    }
    lapse_mandates(conn, today, terms.position_id)  # what stands in the way of none, and should be told so
    begin(conn, values, by, today.at)
    through = f" Wewenang itu diterima pemberinya melalui {basis(conn, via_id)}." if via_id else ""
    asked = (
        f"{named(conn, values)} diajukan kepada Anda. Terima atau tolaklah; sebelum diterima, pelimpahan ini belum "
        f"berlaku.{through}"
    )
    tell(conn, values, {receiver.id: asked}, today.at)
    return mandate_id


def accept_mandate(conn: Connection, mandate_id: str, by: By, today: Today) -> None:
    """The one who is to stand in accepts; from this day it holds. Raises NotFound, NotYours, NotNow, PeopleError."""
    row = _awaiting(conn, mandate_id, by, today.on)
    stored = {name: row[name] for name in Terms.columns()}
    terms = Terms(**stored, receiver=row["receiver_id"], via=row["via_id"])
    terms = checked(conn, terms)
    receiver = receiver_of(conn, terms)
    require_acceptable(conn, terms, receiver, row["giver_id"], row["via_id"], today.law, own=mandate_id)
    change(conn, row, ACCEPTED, {"accepted_on": today.on}, by, today.at)
    tell_givers(conn, row, f"{named(conn, row)} diterima oleh {by.name}.", by, today.at)


def refuse_mandate(conn: Connection, mandate_id: str, reason: str, by: By, today: Today) -> None:
    """The one who was to stand in refuses, and says why. Raises NotFound, NotYours, NotNow, PeopleError."""
    row, reason = _awaiting(conn, mandate_id, by, today.on), _said(reason)
    change(conn, row, REFUSED, {"refused_on": today.on}, by, today.at, reason)
    says = f"{named(conn, row)} ditolak oleh {by.name}: {reason}. Tunjuklah orang lain."
    tell_givers(conn, row, says, by, today.at)


def revoke_mandate(conn: Connection, mandate_id: str, on: date, by: By, today: Today, reason: str = "") -> None:
    """End a mandate from ``on``, the first day on which it no longer holds. Raises NotFound, NotYours, PeopleError.

    By whoever gave or recorded it, who holds the post now, the personnel agency, and the one who stands in. What was done by it
    stays done.
    """
    row = _load(conn, mandate_id)
    concerned = (row["giver_id"], row["proposed_by"], row["receiver_id"], _holder(conn, row["position_id"]))
    if by.id not in concerned and not is_recorder(conn, by.id):
        raise no_such_mandate(mandate_id)
    if row["revoked_on"] is not None and row["revoked_on"] <= on:  # it may still be made to end sooner
        raise PeopleError(f"Pelimpahan ini sudah dicabut sejak {written(row['revoked_on'])}.")
    if row["refused_on"] is not None:
        raise PeopleError(f"Pelimpahan ini sudah ditolak pada {written(row['refused_on'])} dan tidak pernah berlaku.")
    if on > row["until_on"]:
        raise PeopleError(f"Pelimpahan ini sudah berakhir pada {written(row['until_on'])}.")
    if on < today.on:
        raise PeopleError(
            f"Pelimpahan tidak dapat dicabut sejak {written(on)}, hari yang sudah lewat: yang sudah dilakukan tetap berlaku. "
            f"Cabutlah sejak {written(today.on)} atau sesudahnya."
        )
    change(conn, row, REVOKED, {"revoked_on": on}, by, today.at, " ".join(reason.split())[:_LONGEST_REASON])
    tell_givers(conn, row, f"{named(conn, row)} dicabut oleh {by.name} sejak {written(on)}.", by, today.at, all_=True)


def tell_of_silence(conn: Connection, today: Today) -> int:
    """Tell those who lend authority, once, that the receiver has not answered in time. Answers for how many mandates."""
    silent = (
        select(mandates)
        .where(mandates.c.accepted_on.is_(None), mandates.c.refused_on.is_(None), mandates.c.revoked_on.is_(None))
        .where(mandates.c.silence_told_on.is_(None), mandates.c.until_on >= today.on)
        .where(mandates.c.proposed_on <= today.on - timedelta(days=today.law[ANSWER_DAYS].value))
        .order_by(mandates.c.id)
        .with_for_update()
    )
    rows = [dict(row) for row in conn.execute(silent).mappings()]
    for row in rows:
        change(conn, row, SILENT, {"silence_told_on": today.on}, By(), today.at)
        says = (
            f"{named(conn, row)} belum dijawab {person_name(conn, row['receiver_id'])} sejak {written(row['proposed_on'])}, "
            "sehingga belum berlaku. Hubungi yang bersangkutan, atau cabut dan tunjuk orang lain."
        )
        tell_givers(conn, row, says, By(), today.at)
    return len(rows)


def no_such_mandate(mandate_id: str) -> NotFound:
    """The same words where it does not exist and where it is not theirs to know of."""
    return NotFound(f"Pelimpahan {mandate_id} tidak ada, atau bukan untuk Anda lihat.")


# --- What they share -------------------------------------------------------------------------------------------------


def _load(conn: Connection, mandate_id: str) -> Mapping[str, Any]:
    row = conn.execute(select(mandates).where(mandates.c.id == mandate_id).with_for_update()).mappings().first()
    if row is None:
        raise no_such_mandate(mandate_id)
    return dict(row)


def _holder(conn: Connection, position_id: str) -> str | None:
    """Who holds a post now: what a predecessor lent is theirs to end."""
    holder: str | None = conn.execute(select(positions.c.holder_id).where(positions.c.id == position_id)).scalar()
    return holder


def _awaiting(conn: Connection, mandate_id: str, by: By, on: date) -> Mapping[str, Any]:
    """A mandate that awaits the word of whoever answers. Raises NotFound, NotYours, NotNow."""
    row = _load(conn, mandate_id)
    if by.id != row["receiver_id"]:
        if by.id in (row["giver_id"], row["proposed_by"]) or is_recorder(conn, by.id):
            raise NotYours("Pelimpahan diterima atau ditolak oleh penerimanya sendiri.")
        raise no_such_mandate(mandate_id)
    if why := lapsed_of(conn, [mandate_id]).get(mandate_id):
        raise NotNow(f"Pelimpahan ini sudah gugur: {why}. Mintalah pelimpahan yang baru.")
    for column, says in (("accepted_on", "diterima"), ("refused_on", "ditolak"), ("revoked_on", "dicabut")):
        if row[column] is not None:
            raise NotNow(f"Pelimpahan ini sudah {says} pada {written(row[column])}.")
    if on > row["until_on"]:
        raise NotNow(f"Pelimpahan ini sudah berakhir pada {written(row['until_on'])}. Mintalah pelimpahan yang baru.")
    return row


def _said(reason: str) -> str:
    said = " ".join(reason.split()).rstrip(".")
    if not 5 <= len(said) <= _LONGEST_REASON:
        raise PeopleError(
            "Sebutkan alasannya, dengan 5 sampai 1.000 karakter, agar pemberinya dapat menunjuk orang lain."
        )
    return said
