"""The links of a case, for whoever may record its host's answers: made, sent on, ended; and who did which when.

A link itself is told only when it is sent on, and that is put on record first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, exists, or_, select

from policies.civil_service import full_name
from workflow import cases as case_store
from workflow import effects
from workflow.accounts.safe import Safe
from workflow.authority.bench import ADMINISTRATORS
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound, NotYours, Problem
from workflow.letters.words import begun_small
from workflow.links import links as store
from workflow.links import sharing
from workflow.links.links import Link
from workflow.links.mailing import link_text
from workflow.links.opening import PURPOSE_OF, PURPOSES, Opened, opens, thing_for
from workflow.links.sharing import CHANNELS, MAIL, WHATSAPP, Addressed, Shared, partner_text
from workflow.people.mandate_log import By
from workflow.people.person import OUTSIDERS
from workflow.tables import cases, group_members, participants, people
from workflow.views.incoming import recording_groups
from workflow.views.outside import Sight, sight_of

_STATES: Final = {
    "open": "berlaku",
    "expired": "lewat masa berlaku",
    "revoked": "dicabut",
    "forwarded": "diteruskan kepada rekan",
}


class NoSite(Problem):
    """The agency's profile names no address under which a link could be opened."""

    status, type, title = 422, "no-site", "Alamat laman belum ada"


class UnknownChannel(Problem):
    """A way of sending that is none of ours."""

    status, type, title = 422, "unknown-channel", "Saluran tidak dikenal"


class LinkEnded(Problem):
    """A link that has ended is sent to nobody any more."""

    status, type, title = 409, "link-ended", "Tautan sudah berakhir"


class ShareLine(msgspec.Struct, frozen=True, kw_only=True):
    """A link was sent on: when, by which channel, by whom; ``by`` is null where a message of the service carried it."""

    at: datetime
    channel: str
    channel_title: str
    by: str | None = None


class LinkLine(msgspec.Struct, frozen=True, kw_only=True):
    """A link of a case. ``whole_cohort``: it opens those of the case's cohort that are with the same partner.

    ``good_until``: the last day on which it is good. ``state``: open, expired, revoked, forwarded.
    """

    id: str
    person_id: str
    person: str
    post: str
    purpose: str
    purpose_title: str
    whole_cohort: bool
    created_at: datetime
    created_by: str | None
    good_until: date
    opened_at: datetime | None
    seen_at: datetime | None
    state: str
    state_title: str
    revoked_why: str = ""
    shares: tuple[ShareLine, ...] = ()


class RecipientLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody outside who can be given a link of the case now, and has none that is good."""

    person_id: str
    name: str
    post: str
    purpose_title: str


class LinkList(msgspec.Struct, frozen=True, kw_only=True):
    """The links of a case, newest first, and who else can be given one."""

    case_id: str
    reference: str
    items: tuple[LinkLine, ...]
    recipients: tuple[RecipientLine, ...]


class SharedText(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent on: the text with the link, the link, its short code, and the address that opens the text in WhatsApp.

    All are empty where it was sent by mail.
    """

    channel: str
    person: str
    text: str = ""
    address: str = ""
    code: str = ""
    whatsapp: str = ""


def link_list(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str) -> LinkList:
    """The links of a case. Raises NotFound, NotYours."""
    sight = _kept(conn, engine, caller, case_id)
    found = store.links_of(conn, sight.case.id)
    lines = tuple(_lines(conn, engine, found, at))
    open_now = {line.person_id for line in lines if line.state == "open"}
    return LinkList(
        case_id=sight.case.id,
        reference=sight.case.reference,
        items=lines,
        recipients=tuple(_recipients(conn, engine, sight.case.id, open_now)),
    )


def issue_link(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, person_id: str, safe: Safe
) -> LinkLine:
    """Give somebody outside a link; of the whole cohort where more of its cases are theirs.

    Raises NotFound, NotYours, CannotLink, NoSite.
    """
    sight = _kept(conn, engine, caller, case_id)
    _require_site(engine)
    to = thing_for(conn, engine.registry, person_id, sight.case.id)
    made = store.issue(conn, engine, safe, to, at, by=caller.person_id)
    return next(_lines(conn, engine, [made], at))


def revoke_link(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, link_id: str, why: str
) -> LinkLine:
    """End a link, with a reason. Raises NotFound, NotYours, NoReason."""
    sight = _kept(conn, engine, caller, case_id)
    link = _of_case(conn, sight.case.id, link_id)
    ended = store.revoke(conn, link.id, why, at, By(caller.person_id, caller.name))
    return next(_lines(conn, engine, [ended], at))


def share_link(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, link_id: str, channel: str, safe: Safe
) -> SharedText:
    """Send a link on: by mail again, or as a text that the caller sends themselves; that they did so is put on record.

    Raises NotFound, NotYours, LinkEnded, NoSite, UnknownChannel.
    """
    sight = _kept(conn, engine, caller, case_id)
    _require_site(engine)
    link = _of_case(conn, sight.case.id, link_id)
    if channel not in CHANNELS:
        raise UnknownChannel(f"Saluran “{channel}” tidak dikenal; yang ada: {', '.join(CHANNELS)}.")
    if not link.is_good(at):
        raise LinkEnded("Tautan ini sudah tidak berlaku. Buat tautan baru lebih dahulu.")
    (line,) = _lines(conn, engine, [link], at)
    if channel == MAIL:
        says = f"{sight.process.title}: {engine.office.profile.agency} mengirim ulang tautan untuk berkas ini."
        payload = {"says": says, "by": caller.person_id}
        effects.owe(conn, effects.MESSAGE, sight.case.id, link.person_id, payload, at)
        return SharedText(channel=channel, person=line.person)
    sharing.note_share(
        conn, Shared(channel, link.person_id, link_id=link.id, case_id=sight.case.id, by=caller.person_id), at
    )
    shown = link_text(engine.office, safe, link)
    text = partner_text(
        Addressed(
            name=line.person,
            agency=engine.office.profile.agency,
            process=begun_small(sight.process.title),
            subjects=_subjects(conn, opens(conn, engine.registry, link.opens)),
            address=shown.address,
            code=shown.code,
            typed_at=shown.typed_at,
            until=shown.until_on,
        )
    )
    whatsapp = sharing.whatsapp_address(text) if channel == WHATSAPP else ""
    return SharedText(
        channel=channel, person=line.person, text=text, address=shown.address, code=shown.code, whatsapp=whatsapp
    )


def _kept(conn: Connection, engine: Engine, caller: Caller, case_id: str) -> Sight:
    """How the caller sees a case whose links are theirs to keep. Raises NotFound, NotYours."""
    case = case_store.load(conn, case_id)
    process = engine.registry.process(case.process)
    sight = sight_of(conn, process, case, caller)
    groups = {ADMINISTRATORS, *recording_groups(process)}
    belongs = select(group_members.c.group_name).where(
        group_members.c.person_id == caller.person_id,
        group_members.c.group_name.in_(groups),
        or_(group_members.c.unit_id == "", group_members.c.unit_id == case.unit_id),
    )
    if caller.only is not None or conn.execute(belongs.limit(1)).first() is None:
        raise NotYours(
            "Tautan mitra dibuat dan dicabut oleh yang boleh mencatat jawaban mitra: pengelola kepegawaian unit kerja peserta dan "
            "verifikator BKPSDM."
        )
    return sight


def _require_site(engine: Engine) -> None:
    if not engine.office.profile.site:
        raise NoSite(
            "Alamat laman Jenjang (site) belum ada dalam profil instansi, sehingga tautan tidak dapat dibuat. Mintalah "
            "administrator mengisinya, atau catat jawaban mitra menurut suratnya."
        )


def _of_case(conn: Connection, case_id: str, link_id: str) -> Link:
    found = next((link for link in store.links_of(conn, case_id) if link.id == link_id), None)
    if found is None:
        raise NotFound("Tautan itu tidak ada pada berkas ini.")
    return found


def _lines(conn: Connection, engine: Engine, found: Collection[Link], at: datetime) -> Iterator[LinkLine]:
    known = {link.person_id for link in found} | {link.created_by for link in found if link.created_by}
    rows = {row.id: row for row in conn.execute(select(people).where(people.c.id.in_(known)))} if known else {}
    shares: dict[str, list[ShareLine]] = {}
    for share in sharing.shares_of(conn, link_ids=[link.id for link in found]):
        title = CHANNELS[share.channel]
        told = ShareLine(at=share.at, channel=share.channel, channel_title=title, by=share.by_name)
        shares.setdefault(share.link_id, []).append(told)
    for link in found:
        row = rows[link.person_id]
        state = _state(link, at)
        yield LinkLine(
            id=link.id,
            person_id=link.person_id,
            person=_name(row),
            post=row.post or "",
            purpose=link.purpose,
            purpose_title=PURPOSES[link.purpose],
            whole_cohort=link.cohort_id is not None,
            created_at=link.created_at,
            created_by=_name(rows[link.created_by]) if link.created_by else None,
            good_until=engine.office.day(link.last_good_at),
            opened_at=link.opened_at,
            seen_at=link.seen_at,
            state=state,
            state_title=_STATES[state],
            revoked_why=link.revoked_why,
            shares=tuple(shares.get(link.id, ())),
        )


def _state(link: Link, at: datetime) -> str:
    if link.forwarded_to is not None:
        return "forwarded"
    if link.revoked_at is not None:
        return "revoked"
    return "open" if link.is_good(at) else "expired"


def _recipients(conn: Connection, engine: Engine, case_id: str, besides: Collection[str]) -> Iterator[RecipientLine]:
    """Whoever of outside has a place on a case and could open it."""
    has_place = exists().where(
        participants.c.case_id == case_id,
        participants.c.person_id == people.c.id,
        participants.c.until_at.is_(None),
    )
    query = (
        select(people)
        .where(people.c.kind.in_(OUTSIDERS), has_place, people.c.left_on.is_(None))
        .order_by(people.c.name, people.c.id)
    )
    for row in conn.execute(query).all():
        if row.id not in besides and opens(conn, engine.registry, Opened(row.id, case_id)):
            title = PURPOSES[PURPOSE_OF[row.kind]]
            yield RecipientLine(person_id=row.id, name=_name(row), post=row.post or "", purpose_title=title)


def _subjects(conn: Connection, case_ids: Collection[str]) -> tuple[str, ...]:
    query = select(people).join_from(cases, people, people.c.id == cases.c.subject_id).where(cases.c.id.in_(case_ids))
    return tuple(_name(row) for row in conn.execute(query.order_by(people.c.name)).all())


def _name(row: Row[Any]) -> str:
    return full_name(row.front_title, row.name, row.back_title)
