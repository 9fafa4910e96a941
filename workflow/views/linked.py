"""What a link is for, as the page says that it opens: who holds it, for which partner, which case or cohort, until when."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, select

from policies.civil_service import full_name
from workflow import cases as case_store
from workflow.accounts.safe import Safe
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.links import links
from workflow.links.forwarding import forward
from workflow.office import Office
from workflow.tables import partners, people
from workflow.views.outside import sight_of


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A link as whoever holds it is told of it. One of ``case_id`` and ``cohort_id``; ``until``: the last day on which it opens.

    ``purpose``: ``host`` answers for the partner, ``guide`` keeps the days and the assessment of whom they guide.
    """

    id: str
    purpose: str
    name: str
    post: str
    partner: str
    case_id: str | None
    cohort_id: str | None
    until: date


class ForwardedTo(msgspec.Struct, frozen=True, kw_only=True):
    """Where the mail with the colleague's own link goes."""

    email: str


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask at the agency: the office that looks after the personnel, and how it is reached."""

    office: str
    phone: str
    email: str


def linked(conn: Connection, engine: Engine, caller: Caller, _at: datetime) -> Linked:
    """The link that the caller shows. Raises NoLink."""
    link = links.find(conn, caller.link_id)
    query = (
        select(people, partners.c.name.label("partner"))
        .join_from(people, partners, partners.c.id == people.c.partner_id)
        .where(people.c.id == link.person_id)
    )
    row = conn.execute(query).one()
    return Linked(
        id=link.id,
        purpose=link.purpose,
        name=full_name(row.front_title, row.name, row.back_title),
        post=row.post or "",
        partner=row.partner,
        case_id=link.case_id,
        cohort_id=link.cohort_id,
        # It ends as that day begins.
        until=engine.office.day(link.expires_at - link.expires_at.resolution),
    )


def pass_on(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, name: str, post: str, email: str
) -> str:
    """Forward the link that the caller shows to a colleague; answers their address as it is kept. Raises Problem."""
    new = forward(conn, engine, safe, links.find(conn, caller.link_id), name, post, email, at)
    return _address_of(conn, new.person_id)


def forward_own(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, safe: Safe, *colleague: str
) -> ForwardedTo:
    """Forward the caller's own link of a case to a ``colleague``, given by name, post and address. Raises NotFound, Problem.

    For whoever answers for a partner with a key instead of the link itself.
    """
    case = case_store.load(conn, case_id)
    sight_of(conn, engine.registry.process(case.process), case, caller)
    mine = [link for link in links.links_of(conn, case.id) if link.person_id == caller.person_id and link.is_good(at)]
    if not mine:
        raise NotFound("Anda tidak memegang tautan yang masih berlaku pada berkas ini.")
    name, post, email = colleague
    new = forward(conn, engine, safe, mine[0], name, post, email, at)
    return ForwardedTo(email=_address_of(conn, new.person_id))


def contact_of(office: Office) -> Contact:
    """Whom somebody outside asks whose link opens nothing."""
    unit = office.profile.units.get(office.profile.personnel_unit)
    called = unit.lines[-1] if unit and unit.lines else office.profile.personnel_unit
    return Contact(office=called, phone=unit.phone if unit else "", email=unit.email if unit else "")


def _address_of(conn: Connection, person_id: str) -> str:
    return str(conn.execute(select(people.c.email).where(people.c.id == person_id)).scalar_one())
