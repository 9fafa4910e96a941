"""Partners for BKPSDM: their agreements, those about to end first, who answers for them, and places by section."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, select

from policies.civil_service import full_name
from policies.report import AGREEMENT_NOTICE_DAYS
from workflow.accounts.account import CONTACT_CHANGED, change, held
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import FieldError, InvalidForm, NotFound, NotYours
from workflow.forms import Form
from workflow.imports import name_contact
from workflow.imports.cells import read_email
from workflow.imports.report import Wrong
from workflow.office import Office
from workflow.tables import agreements, partners, people, places
from workflow.views.officers import ADMINISTRATOR, AGENCY, VERIFIER, by, require_sight

STATES = {"ahead": "Belum mulai", "in_force": "Berlaku", "ending": "Akan berakhir", "over": "Berakhir"}


class ContactForm(Form, frozen=True, kw_only=True):
    """Who answers for a partner. A name that is not known there makes another person, and the one before leaves."""

    name: Annotated[str, Meta(title="Nama dengan gelar", min_length=3, max_length=200)]
    post: Annotated[str, Meta(title="Jabatan", max_length=200)] = ""
    email: Annotated[str, Meta(title="Alamat surel", max_length=200)] = ""


class AgreementEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement. ``state``: ahead, in_force, ending or over."""

    kind: str
    our_number: str
    their_number: str
    about: str
    from_on: date
    until_on: date
    state: str
    state_title: str


class ContactEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who answers for a partner (contact), or guides participants there (guide)."""

    id: str
    kind: str
    name: str
    post: str
    email: str


class PlaceEntry(msgspec.Struct, frozen=True, kw_only=True):
    """How many interns a section takes at once."""

    section: str
    number: int


class PartnerPage(msgspec.Struct, frozen=True, kw_only=True):
    """A partner. ``state``: of its agreements the one that lasts longest, or none.

    ``may_change``: whether the caller says who answers for it.
    """

    id: str
    name: str
    kind: str
    address: str
    city: str
    country: str
    email: str
    state: str
    state_title: str
    until_on: date | None
    may_change: bool
    agreements: tuple[AgreementEntry, ...]
    contacts: tuple[ContactEntry, ...]
    places: tuple[PlaceEntry, ...]


class PartnerList(msgspec.Struct, frozen=True, kw_only=True):
    """Partners: those whose agreement ends soon first. ``notice_days``: how soon that is."""

    items: tuple[PartnerPage, ...]
    notice_days: int


class ContactNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A partner with its contact as named now; ``remarks``: who is no longer."""

    partner: PartnerPage
    remarks: tuple[str, ...]


def partner_list(conn: Connection, engine: Engine, caller: Caller, at: datetime, search: str = "") -> PartnerList:
    """All partners, or those of which the code, the name, the city or a contact has all words of ``search``. Raises NotFound."""
    may_change = _may_change(require_sight(conn, caller, *AGENCY))
    words = search.casefold().split()
    pages = (page for page in _pages(conn, engine.office, at, may_change=may_change) if _is_found(page, words))
    items = sorted(pages, key=_urgency)
    return PartnerList(items=tuple(items), notice_days=_notice(engine.office, engine.office.day(at)))


def partner_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, partner_id: str) -> PartnerPage:
    """A partner. Raises NotFound."""
    may_change = _may_change(require_sight(conn, caller, *AGENCY))
    found = _pages(conn, engine.office, at, partner_id, may_change=may_change)
    if not found:
        raise NotFound("Mitra itu tidak ada, atau bukan untuk Anda lihat.")
    return found[0]


def set_contact(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, partner_id: str, form: ContactForm
) -> ContactNamed:
    """Say who answers for a partner. Raises NotFound, NotYours, InvalidForm."""
    if not partner_page(conn, engine, caller, at, partner_id).may_change:
        raise NotYours("Narahubung mitra hanya diubah oleh verifikator BKPSDM atau administrator.")
    name, post = (" ".join(text.split()) for text in (form.name, form.post))
    email = _address(form.email)
    remarks = name_contact(conn, partner_id, name, post, email, at=at, on=engine.office.day(at))
    query = select(people).where(
        people.c.partner_id == partner_id, people.c.kind == "contact", people.c.left_on.is_(None)
    )
    for row in conn.execute(query):
        told = f"{row.name}; {row.post or '-'}; {row.email or '-'}"
        change(conn, held(conn, row.id), CONTACT_CHANGED, {}, at, by=by(caller), remark=told)
    return ContactNamed(partner=partner_page(conn, engine, caller, at, partner_id), remarks=remarks)


def _is_found(page: PartnerPage, words: Sequence[str]) -> bool:
    """Whether a partner, or one of those who answer for it, has all the words."""
    told = (f"{page.id} {page.name} {page.city}", *(each.name for each in page.contacts))
    return any(all(word in text.casefold() for word in words) for text in told)


def _may_change(groups: frozenset[str]) -> bool:
    return bool(groups & {ADMINISTRATOR, VERIFIER})


def _address(text: str) -> str:
    """An e-mail address as it is stored. Raises InvalidForm."""
    try:
        return read_email(text.strip()) if text.strip() else ""
    except Wrong as wrong:
        fault = FieldError("email", "Alamat surel", str(wrong))
        raise InvalidForm("Periksa isian berikut.", fields=(fault,)) from wrong


def _notice(office: Office, on: date) -> int:
    return int(office.policies.on(on)[AGREEMENT_NOTICE_DAYS].value)


def _urgency(page: PartnerPage) -> tuple[int, date, str]:
    """Those about to end, then those that have ended, then the others; the nearest end first."""
    order = {"ending": 0, "over": 1}
    return order.get(page.state, 2), page.until_on or date.max, page.name


def _pages(
    conn: Connection, office: Office, at: datetime, partner_id: str | None = None, *, may_change: bool
) -> list[PartnerPage]:
    on = office.day(at)
    notice = _notice(office, on)
    lines, contacts, sections = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in conn.execute(select(agreements).order_by(agreements.c.until_on.desc(), agreements.c.id)):
        lines[row.partner_id].append(_agreement(row, on, notice))
    serving = select(people).where(people.c.partner_id.is_not(None), people.c.left_on.is_(None))
    for row in conn.execute(serving.order_by(people.c.kind, people.c.name, people.c.id)):
        contacts[row.partner_id].append(_contact(row))
    for row in conn.execute(select(places).order_by(places.c.section)):
        sections[row.host].append(PlaceEntry(section=row.section, number=row.number))
    query = select(partners).order_by(partners.c.name)
    if partner_id is not None:
        query = query.where(partners.c.id == partner_id)
    return [
        _page(row, lines[row.id], contacts[row.id], sections[f"partner:{row.id}"], may_change=may_change)
        for row in conn.execute(query)
    ]


def _page(
    row: Row[Any],
    lines: list[AgreementEntry],
    contacts: list[ContactEntry],
    sections: list[PlaceEntry],
    *,
    may_change: bool,
) -> PartnerPage:
    longest = lines[0] if lines else None
    return PartnerPage(
        id=row.id,
        name=row.name,
        kind=row.kind,
        address=row.address,
        city=row.city,
        country=row.country,
        email=row.email or "",
        state=longest.state if longest else "none",
        state_title=longest.state_title if longest else "Tanpa kerja sama",
        until_on=longest.until_on if longest else None,
        may_change=may_change,
        agreements=tuple(lines),
        contacts=tuple(contacts),
        places=tuple(sections),
    )


def _agreement(row: Row[Any], on: date, notice: int) -> AgreementEntry:
    state = "in_force"
    if row.until_on < on:
        state = "over"
    elif row.from_on > on:
        state = "ahead"
    elif row.until_on <= on + timedelta(days=notice):
        state = "ending"
    return AgreementEntry(
        kind=row.kind,
        our_number=row.our_number,
        their_number=row.their_number,
        about=row.about,
        from_on=row.from_on,
        until_on=row.until_on,
        state=state,
        state_title=STATES[state],
    )


def _contact(row: Row[Any]) -> ContactEntry:
    return ContactEntry(
        id=row.id,
        kind=row.kind,
        name=full_name(row.front_title, row.name, row.back_title),
        post=row.post or "",
        email=row.email or "",
    )
