"""What is done with a round, each act one event: opened, answered, bound, proposed, closed. Publishing has its own module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, structs
from sqlalchemy import Connection

from policies.civil_service import plain
from policies.dates import written
from policies.matching import DatesFacts, dates_are_in_order
from workflow.callers import Caller
from workflow.engine import idempotency
from workflow.engine.engine import Engine
from workflow.engine.in_force import by_law_in_force
from workflow.errors import FieldError, InvalidForm, NotNow, NotYours, OutOfDate, Refused
from workflow.forms import Form
from workflow.matching.answers import Given, read_answers
from workflow.matching.asking import asked_of, warnings_of
from workflow.matching.listing import read_list
from workflow.matching.log import Round, append, begin
from workflow.matching.notices import tell_changed, tell_closed, tell_opened, tell_withdrawn
from workflow.matching.proposing import Asked
from workflow.matching.rights import Rights, require_coordinator, rights_of, run_round, seen_round
from workflow.matching.told import (
    Bound,
    Closed,
    HandedIn,
    Offer,
    Opened,
    Proposed,
    RoundForm,
    Side,
    Wish,
    Withdrawn,
    side_of,
)
from workflow.people.person import UnknownPerson, find_person

Bond = Literal["pin", "forbid", "free"]
Reason = Annotated[str, Meta(title="Alasan", min_length=5, max_length=1000)]
FieldName = Annotated[str, Meta(title="Bidang", min_length=3, max_length=200)]


class NewRound(Form, frozen=True, kw_only=True):
    """A round as it is opened: its fields, until when answers come in, the period, the plan of meetings."""

    title: Annotated[str, Meta(title="Nama putaran", min_length=5, max_length=200)]
    fields: Annotated[tuple[FieldName, ...], Meta(title="Bidang", min_length=1, max_length=100)]
    offers_until: Annotated[date, Meta(title="Batas tawaran mentor")]
    wishes_until: Annotated[date, Meta(title="Batas keinginan mentee")]
    starts_on: Annotated[date, Meta(title="Mulai mentoring")]
    ends_on: Annotated[date, Meta(title="Selesai mentoring")]
    meetings: Annotated[str, Meta(title="Rencana pertemuan", min_length=5, max_length=2000)]


class HandedInDone(msgspec.Struct, frozen=True, kw_only=True):
    """What was put on record of what was handed in. ``warnings``: what stands in the way of a pair as things are now."""

    round_id: str
    offers: int
    wishes: int
    late: bool
    warnings: tuple[str, ...] = ()
    note: str = ""


#: Told to everyone, whoever they named: whether somebody works here is not for everyone to find out.
NAMES_NOTE = (
    "Orang yang Anda sebut dicatat menurut NIP sebagaimana diketik dan tidak diperiksa di sini; periksa kembali angkanya. "
    "Yang tidak ikut putaran ini tidak diperhitungkan."
)


class RoundDone(msgspec.Struct, frozen=True, kw_only=True):
    """A round after an act."""

    id: str
    version: int


@by_law_in_force
def open_round(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, form: NewRound, key: str | None
) -> RoundDone:
    """Open a round. Raises NotYours, InvalidForm, Refused."""
    if caller.is_contact:
        raise NotYours("Putaran mentoring dijalankan oleh BKPSDM.")
    rights = rights_of(conn, caller)
    require_coordinator(rights)
    request = ["open_round", msgspec.to_builtins(form)]
    seen = idempotency.seen(conn, caller.actor, key, request)
    if seen is not None:
        return msgspec.json.decode(seen, type=RoundDone)
    tidy = _checked(engine, form, at)
    found = begin(conn, Opened(by=rights.who, form=tidy), at)
    tell_opened(conn, engine.office, found, at)
    done = RoundDone(id=found.id, version=found.version)
    idempotency.keep(conn, caller.actor, key, request, msgspec.json.encode(done), at)
    return done


def _checked(engine: Engine, form: NewRound, at: datetime) -> RoundForm:
    """The form as it is kept. Raises InvalidForm, Refused."""
    tidy = RoundForm(
        title=" ".join(form.title.split()),
        fields=tuple(" ".join(name.split()) for name in form.fields),
        offers_until=form.offers_until,
        wishes_until=form.wishes_until,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        meetings=form.meetings.strip(),
    )
    if len({plain(name) for name in tidy.fields}) < len(tidy.fields):
        says = "Bidang yang sama disebut lebih dari sekali. Sebutkan sekali saja."
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError("fields", "Bidang", says),))
    on = engine.office.day(at)
    dates = DatesFacts(on, tidy.offers_until, tidy.wishes_until, tidy.starts_on, tidy.ends_on)
    decision = dates_are_in_order(dates, engine.office.policies.on(on))
    if decision.stands_in_the_way:
        standing = [reason for reason in decision.reasons if reason.grade is decision.grade]
        raise Refused(standing[0].says, reasons=decision.reasons)
    return tidy


# --- Answers ---------------------------------------------------------------------------------------------------------


@by_law_in_force
def hand_in(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, round_id: str, given: Sequence[Given]
) -> HandedInDone:
    """Put offers and wishes on record, all or none; each takes the place of an earlier one. Raises Problem.

    Whoever is not named is the caller.
    """
    found, rights = seen_round(conn, caller, round_id, lock=True)
    given = [each if each.person else replace(each, person=caller.person_id) for each in given]
    on = engine.office.day(at)
    law = engine.office.policies.on(on)
    _require_open(found)
    late = any(on > _last_day(found, each.side) for each in given)
    if late and not rights.coordinates:
        raise _too_late(found, given, on, "Verifikator BKPSDM")
    offers, wishes = read_answers(conn, found, rights, given, law)
    if late and rights.who.id in {each.person for each in offers} | {each.person for each in wishes}:
        raise _too_late(found, given, on, "Verifikator BKPSDM lain")
    kept_offers = (_with_own_names(found, each, rights) for each in offers)
    kept_wishes = (_with_own_names(found, each, rights) for each in wishes)
    fresh = HandedIn(
        by=rights.who,
        offers=tuple(each for each in kept_offers if found.offers.get(each.person) != each),
        wishes=tuple(each for each in kept_wishes if found.wishes.get(each.person) != each),
        late=late,
    )
    for each in fresh.answers:
        if each.person != rights.who.id:
            tell_changed(conn, found, found.answer(side_of(each), each.person), each, rights.who.name, at)
    if fresh.answers:  # the same once more changes nothing, and makes no proposal out of date
        append(conn, found, fresh, at)
    return HandedInDone(
        round_id=found.id,
        offers=len(offers),
        wishes=len(wishes),
        late=late,
        warnings=warnings_of(conn, found, [each.person for each in wishes], law),
        note="" if rights.coordinates or not any(each.would or each.would_not for each in given) else NAMES_NOTE,
    )


def _too_late(found: Round, given: Sequence[Given], on: date, whom: str) -> NotNow:
    """What comes late is put on record by who runs the round, and nobody's own by themselves."""
    last = next(day for each in given if on > (day := _last_day(found, each.side)))
    return NotNow(f"Batasnya {written(last)} sudah lewat. Mintalah {whom} mencatatnya.")


_Answer = TypeVar("_Answer", Offer, Wish)


def _with_own_names(found: Round, given: _Answer, rights: Rights) -> _Answer:
    """What others hand in takes nobody off the list of those whom somebody does not want; only they themselves do.

    An officer does not see whom somebody wants either: what they leave blank is not taken away.
    """
    if given.person == rights.who.id:
        return given
    side: Side = side_of(given)
    before = found.answer(side, given.person)
    would = given.would or (before.would if before is not None and not rights.coordinates else ())
    unwanted = tuple(dict.fromkeys((*found.unwanted.get((side, given.person), ()), *given.would_not)))
    return structs.replace(given, would=tuple(each for each in would if each not in unwanted), would_not=unwanted)


def listed(
    _: Connection, __: Engine, ___: Caller, ____: datetime, round_id: str, side: Side, source: bytes, filename: str
) -> list[Given]:
    """What a spreadsheet gives; it takes its time, so that nobody who writes is to wait for it. Raises Problem."""
    del round_id
    return read_list(side, source, filename)


def hand_in_list(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    round_id: str,
    side: Side,
    source: bytes,
    filename: str,
) -> HandedInDone:
    """The same at once, where nobody else waits. Raises Problem; what is wrong names its rows."""
    seen_round(conn, caller, round_id)
    return hand_in(conn, engine, caller, at, round_id, read_list(side, source, filename))


def may_list(conn: Connection, _: Engine, caller: Caller, __: datetime, round_id: str, *___: object) -> None:
    """Whether the caller sees the round: only then is a list of theirs read. Raises NotFound."""
    seen_round(conn, caller, round_id)


def withdraw(
    conn: Connection,
    _: Engine,
    caller: Caller,
    at: datetime,
    round_id: str,
    person: str | None,
    side: Side,
    reason: str,
) -> RoundDone:
    """Take an offer or a wish back, one's own or that of somebody for whom one hands in. Raises Problem."""
    found, rights = seen_round(conn, caller, round_id, lock=True)
    _require_open(found)
    says = "Tidak ada tawaran atau keinginan orang itu yang dapat Anda tarik pada putaran ini."
    try:
        named = find_person(conn, person or caller.person_id)
    except UnknownPerson:
        raise NotNow(says) from None
    if not rights.answers_for(named.id, named.unit_id) or named.id not in (
        found.offers if side == "offer" else found.wishes
    ):
        raise NotNow(says)
    append(conn, found, Withdrawn(by=rights.who, person=named.id, side=side, reason=reason), at)
    if named.id != rights.who.id:
        tell_withdrawn(conn, found, named.id, side, rights.who.name, reason, at)
    return RoundDone(id=found.id, version=found.version)


# --- Changing and proposing ------------------------------------------------------------------------------------------


def bind(
    conn: Connection,
    _: Engine,
    caller: Caller,
    at: datetime,
    round_id: str,
    mentor: str,
    mentee: str,
    bond: Bond,
    reason: str,
) -> RoundDone:
    """Fix a pair, forbid it, or leave it to the proposal again; proposals are then worked out anew around it. Raises Problem."""
    found, who = run_round(conn, caller, round_id, lock=True)
    _require_open(found)
    pair = find_person(conn, mentor).id, find_person(conn, mentee).id
    if bond == "pin":
        _require_pinnable(found, pair)
    elif bond == "free" and pair not in found.bonds:
        raise NotNow("Pasangan itu tidak ditetapkan dan tidak dilarang; tidak ada yang perlu dilepas.")
    append(conn, found, Bound(by=who, mentor=pair[0], mentee=pair[1], bond=bond, reason=reason), at)
    return RoundDone(id=found.id, version=found.version)


def _require_pinnable(found: Round, pair: tuple[str, str]) -> None:
    mentor, mentee = pair
    if mentor not in found.offers:
        raise NotNow("Mentor itu tidak mengajukan tawaran pada putaran ini. Catat tawarannya lebih dahulu.")
    if mentee not in found.wishes:
        raise NotNow("Mentee itu tidak mengajukan keinginan pada putaran ini. Catat keinginannya lebih dahulu.")
    others = [pin for pin in found.pins if pin != pair]
    if (mentee, mentor) in others:
        raise NotNow("Mentee itu sudah ditetapkan sebagai mentor bagi mentor itu. Lepas dahulu penetapan sebaliknya.")
    if any(each == mentee for _, each in others):
        raise NotNow("Mentee itu sudah ditetapkan pada mentor lain. Lepas dahulu penetapan itu.")
    taken = sum(each == mentor for each, _ in others)
    if taken >= found.offers[mentor].capacity:
        raise NotNow(
            f"Mentor itu hanya menyanggupi {found.offers[mentor].capacity} mentee, dan semuanya sudah ditetapkan."
        )


@by_law_in_force
def round_asked(conn: Connection, engine: Engine, caller: Caller, at: datetime, round_id: str) -> Asked:
    """What a proposal is worked out from, outside of any transaction. Raises Problem."""
    found, who = run_round(conn, caller, round_id)
    _require_open(found)
    return asked_of(conn, engine.office, found, who, engine.office.day(at))


def keep_proposal(
    conn: Connection, _: Engine, caller: Caller, at: datetime, asked: Asked, proposed: Proposed
) -> RoundDone:
    """Put a proposal on record, if nothing came in while it was worked out. Raises OutOfDate."""
    found, _who = run_round(conn, caller, asked.found.id, lock=True)
    _require_open(found)
    if found.version != asked.found.version:
        raise OutOfDate("Putaran berubah selagi usulan dihitung. Hitung sekali lagi.", more={"version": found.version})
    append(conn, found, proposed, at)
    return RoundDone(id=found.id, version=found.version)


def close_round(conn: Connection, _: Engine, caller: Caller, at: datetime, round_id: str, reason: str) -> RoundDone:
    """End a round; its cases go on. Raises Problem."""
    found, who = run_round(conn, caller, round_id, lock=True)
    _require_open(found)
    if found.unfinished is not None:
        raise NotNow("Usulan putaran ini sedang diterbitkan. Selesaikan dahulu penerbitannya.")
    append(conn, found, Closed(by=who, reason=reason), at)
    tell_closed(conn, found, reason, at)
    return RoundDone(id=found.id, version=found.version)


def _require_open(found: Round) -> None:
    if found.closed is not None:
        raise NotNow("Putaran ini sudah ditutup.")


def _last_day(found: Round, side: Side) -> date:
    return found.form.offers_until if side == "offer" else found.form.wishes_until
