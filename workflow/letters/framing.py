"""What stands around the body of a letter: letterhead, addressee and copies when it is drafted, the block when it is signed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Date, Row, bindparam, func, select

from policies.authority import (
    STAND_INS,
    SigningFacts,
    a_mandate_needs_its_giver,
    a_stand_in_signs_no_decision,
    lent_no_further_than_through_one,
    the_mandate_covers_the_letter,
)
from policies.civil_service import full_name
from policies.decision import Grade, Reason
from workflow.authority.bench import Bench, Seat
from workflow.authority.seat_queries import HOLDERS
from workflow.definition import Letter, facts_of
from workflow.errors import Refused
from workflow.facts import gather
from workflow.letters.addressing import addressing
from workflow.letters.parts import LetterFrame, Letterhead, SignatureBlock, StandIn, signature_block
from workflow.letters.sources import grouped, rank_on_letter
from workflow.office import REGENT, Office
from workflow.tables import mandates, people, tenures
from workflow.vocabulary.letters import OnBehalf


def signing_post(bench: Bench, seat: Seat | None) -> Row[Any]:
    """The post that a person signs for; the head of the personnel unit's where they act for a group.

    Who signs in person has the paper and the register of their own unit, and so of the post that heads it. Raises Refused where
    that is not on record, as then there is neither paper nor register for the letter.
    """
    own = _own_head(bench, seat) if seat is not None and _signs_in_person(bench, seat) else None
    post = bench.post(own or (seat and seat.position_id) or bench.agency_post("personnel_head"))
    if post is None:
        says = "Surat belum dapat disusun: jabatan kepala unit kepegawaian belum tercatat."
        remedy = "Impor pegawai unit kepegawaian, atau perbaiki unit itu dalam profil instansi."
        raise Refused(says, reasons=(Reason(Grade.REFUSED, says, (), remedy),))
    return post


def _own_head(bench: Bench, seat: Seat) -> str | None:
    (person,) = bench.situation.look_up(_SIGNATORY, person=seat.person_id)
    return bench.head(person.unit_id)


def letterhead_of(office: Office, post: Row[Any]) -> Letterhead:
    """The head of the paper of whoever signs: the regent's own, or their unit's."""
    if post.id == REGENT:
        return office.profile.regent_letterhead()
    return office.profile.letterhead(post.unit_id, post.unit_name)


def signed_block(bench: Bench, seat: Seat, post: Row[Any], behalf: OnBehalf | None = None) -> SignatureBlock:
    """The signature block: own name, a.n. whoever lent the authority, u.b. where they held it only for another; Plt., Plh. or Pj.

    A post that signs on behalf of another holds that by mandate: whoever signs for it by mandate does so u.b. Who signs as somebody
    in particular, a mentor, does so in that role.
    """
    (person,) = bench.situation.look_up(_SIGNATORY, person=seat.person_id)
    name = full_name(person.front_title, person.name, person.back_title)
    if post.id == REGENT and seat.mandate == "":
        return signature_block(post.title, name, is_regent=True)
    if _signs_in_person(bench, seat):
        title, behalf_of = _own_capacity(bench, seat)
        kind_of_own: Any = "an" if behalf_of else None
        return signature_block(title, name, rank_on_letter(person), grouped(person.nip), kind_of_own, behalf_of or None)
    giver = _giver(bench, post, behalf)
    kind: Any = seat.mandate if seat.mandate in STAND_INS else None
    lent = seat.mandate == "mandat"
    if lent or (giver and kind is None):
        kind = "an"
    own_title = person.post if seat.mandate in ("mandat", "delegasi") and person.post else post.title
    between = post.title if lent and giver else _passed_on_by(bench, seat) if lent else None
    block = signature_block(
        own_title,
        name,
        rank_on_letter(person),
        grouped(person.nip),
        kind,
        giver or (post.title if lent else None),
        is_regent=post.id == REGENT and kind == "pj",
        through_title=between,
    )
    return msgspec.structs.replace(block, stands_in=_in_whose_place(bench, seat))


def _in_whose_place(bench: Bench, seat: Seat) -> StandIn | None:
    """For whom somebody signs as Plh. or Plt., and by which letter; None in any other capacity."""
    situation = bench.situation
    if seat.mandate not in ("plh", "plt"):
        return None
    (basis,) = situation.look_up(_BASIS, mandate=seat.mandate_id)
    if seat.mandate == "plh":
        found = situation.look_up(_SIGNATORY, person=next(iter(seat.givers), None))
    else:
        found = situation.look_up(_HELD_LAST, position=seat.position_id, on=situation.on, by=seat.person_id)
    names = [full_name(row.front_title, row.name, row.back_title) for row in found]
    return StandIn(
        kind="plh" if seat.mandate == "plh" else "plt",
        holder=next(iter(names), ""),
        basis_number=basis.basis_number,
        basis_on=basis.basis_on,
    )


def _giver(bench: Bench, post: Row[Any], behalf: OnBehalf | None) -> str | None:
    """The title of the post on whose behalf another signs; None where it signs in its own right."""
    situation = bench.situation
    if behalf is None or post.id != bench.agency_post(behalf.signs):
        return None
    if behalf.when is not None and not behalf.when(gather(facts_of(behalf.when), situation)):
        return None
    giver = bench.post(bench.agency_post(behalf.of)) if behalf.of != REGENT else situation.office.profile.regent
    return giver.title if giver is not None else None


def _signs_in_person(bench: Bench, seat: Seat) -> bool:
    """Whether somebody signs as the person they are, and for no post: a mentor, a mentee."""
    role = next((role for role in bench.situation.process.roles if role.name == seat.role), None)
    return seat.position_id is None and role is not None and role.is_one_person


def _own_capacity(bench: Bench, seat: Seat) -> tuple[str, str]:
    """As what somebody signs in person, and a.n. whom; "" for nobody: in their role, unless they have it in another's place."""
    role = bench.situation.process.role[seat.role]
    told = role.signs_as(gather(facts_of(role.signs_as), bench.situation), bench.situation.law) if role.signs_as else {}
    acting = told.get(seat.person_id)
    return (acting.title, acting.instead_of) if acting else (role.title, "")


def _passed_on_by(bench: Bench, seat: Seat) -> str | None:
    """The post of whoever had the authority lent and passed it on; None where the holder lent it, or whoever acts as the holder."""
    between = [each for each in seat.through if each.kind not in STAND_INS]
    if not between:
        return None
    (person,) = bench.situation.look_up(_SIGNATORY, person=between[-1].person_id)
    return str(person.post) if person.post else None


def _levels(bench: Bench, letter: Letter, seat: Seat, post: Row[Any]) -> int:
    """How many levels below the owner of the authority a letter is signed: a.n., u.b."""
    passed = sum(each.kind not in STAND_INS for each in seat.through)
    return (seat.mandate == "mandat") + passed + (_giver(bench, post, letter.on_behalf) is not None)


def check_authority(bench: Bench, letter: Letter, seat: Seat, post: Row[Any]) -> None:
    """Raise Refused, with the basis, where somebody may not sign a letter in the capacity in which they would."""
    rows = bench.situation.look_up(HOLDERS, position=post.id, on=bench.situation.on)
    held = any(row.id is not None and row.mandate_id is None for row in rows)
    levels = _levels(bench, letter, seat, post)
    facts = SigningFacts(letter.decides, post.title, seat.mandate, held, seat.signs(letter.name), levels)
    decisions = [rule(facts, bench.situation.law) for rule in _RULES]
    standing = tuple(reason for each in decisions if each.stands_in_the_way for reason in each.reasons)
    if standing:
        raise Refused(standing[0].says, reasons=standing)


def drafted(bench: Bench, letter: Letter, seat: Seat | None, cancelled: tuple[Row[Any], ...], code: str) -> LetterFrame:
    """The letter around its body, before it is signed: addressee, copies, subject; the number and the block come with signing."""
    office = bench.situation.office
    post = signing_post(bench, seat)
    to = addressing(bench, letter, seat and replace(seat, position_id=post.id))
    if cancelled:
        before = msgspec.json.decode(cancelled[0].frame, type=LetterFrame)
        to = replace(to, addressee=before.addressee, place=before.addressee_place, standing=before.standing)
    return LetterFrame(
        kind=letter.name,
        title=letter.title,
        type=letter.type,
        letterhead=letterhead_of(office, post),
        signatures=(),
        place=office.profile.seat,
        subject=letter.subject,
        addressee=to.addressee,
        addressee_place=to.place,
        standing=to.standing,
        copies=to.copies,
        through=to.through,
        draft=True,
        code=code,
    )


def readdressed(bench: Bench, letter: Letter, seat: Seat, post: Row[Any], frame: LetterFrame) -> LetterFrame:
    """A drafted letter as its signatory sends it, who may be another than it was drafted for. A host stays as it was asked."""
    to = addressing(bench, letter, replace(seat, position_id=post.id))
    if letter.takes_back or (letter.to and bench.situation.process.role[letter.to].partner):
        to = replace(to, addressee=frame.addressee, place=frame.addressee_place, standing=frame.standing)
    return msgspec.structs.replace(
        frame,
        addressee=to.addressee,
        addressee_place=to.place,
        standing=to.standing,
        copies=frame.copies if frame.copies_chosen else to.copies,
        through=to.through,
    )


_SIGNATORY = select(people).where(people.c.id == bindparam("person"))
_BASIS = select(mandates.c.basis_number, mandates.c.basis_on).where(mandates.c.id == bindparam("mandate"))
#: Who has left the service has left their posts, also before that is written down.
_LOST_ON = func.coalesce(tenures.c.left_on, people.c.left_on)
#: The last who held a post that is vacant now; nobody where whoever acts for it held it themselves until then.
_HELD_LAST = (
    select(people.c.front_title, people.c.name, people.c.back_title)
    .join_from(tenures, people, people.c.id == tenures.c.person_id)
    .where(
        tenures.c.position_id == bindparam("position"),
        bindparam("on", type_=Date) >= _LOST_ON,
        tenures.c.person_id != bindparam("by"),
    )
    .order_by(_LOST_ON.desc(), tenures.c.id.desc())
    .limit(1)
)
_RULES = (
    a_mandate_needs_its_giver,
    a_stand_in_signs_no_decision,
    the_mandate_covers_the_letter,
    lent_no_further_than_through_one,
)
