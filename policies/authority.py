"""Who acts for whom: when a long absence sends what waits to whoever stands above, and what may be signed in another's place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.decision import Decision, decide, rule
from policies.parameters import Law, parameter

LONG_ABSENCE_DAYS = parameter("authority.long_absence_days", int)
NOT_FOR_DECISIONS = parameter("authority.not_for_decisions", list)
FURTHER_LEVELS = parameter("authority.further_levels", int)
SIGNED_THROUGH = parameter("authority.signed_through", int)
ANSWER_DAYS = parameter("authority.answer_days", int)

#: In which capacities somebody stands in for the holder of a post; of these it has one at a time.
STAND_INS: Final = ("plt", "plh", "pj")
#: Of these, those for a post that nobody holds.
FOR_VACANT_POSTS: Final = ("plt", "pj")
#: Authority that stays with whoever lends it, and ends with them; what is delegated has passed on (UU 30/2014 Pasal 13, 14).
ENDS_WITH_GIVER: Final = ("mandat", "plh")


@dataclass(frozen=True)
class SignsAs:
    """In which capacity somebody signs in another's place: under their own title, a.n. ``instead_of`` where that is named."""

    title: str
    instead_of: str = ""


@dataclass(frozen=True)
class AbsenceFacts:
    """The first and the last day of an absence, and the day by which whoever is away should act; None where no time runs."""

    from_on: date
    until_on: date
    due_on: date | None


def is_away_too_long(facts: AbsenceFacts, law: Law) -> bool:
    """A long absence, counted whole, lets the task climb; a short one only where the task is due before they are back."""
    days = (facts.until_on - facts.from_on).days + 1
    return days >= law[LONG_ABSENCE_DAYS].value or (facts.due_on is not None and facts.due_on <= facts.until_on)


@dataclass(frozen=True)
class SigningFacts:
    """A letter about to be signed: whether it decides (a keputusan), and the post that it is signed for.

    ``capacity``: plt, plh, pj, mandat or delegasi, or empty for the holder; ``giver_holds_post``: whether somebody holds it still
    who can have lent it; ``covered``: whether the mandate is for this kind of letter; ``levels``: how many stand between the one
    who is responsible and the one who signs.
    """

    decides: bool
    post: str
    capacity: str
    giver_holds_post: bool
    covered: bool = True
    levels: int = 0


def may_decide(capacity: str, law: Law) -> bool:
    """Whether whoever acts in a capacity may sign what decides."""
    return capacity not in law[NOT_FOR_DECISIONS].value


@rule("Keputusan tidak ditandatangani Plt., Plh., atau penerima mandat")
def a_stand_in_signs_no_decision(facts: SigningFacts, law: Law) -> Decision:
    """Whoever stands in for somebody carries on; what decides awaits the holder, or whoever stands above."""
    if not facts.decides or may_decide(facts.capacity, law):
        return decide(True, f"Surat ini dapat ditandatangani untuk jabatan {facts.post}.")
    who = f"{facts.capacity.capitalize()}." if facts.capacity in STAND_INS else f"Penerima {facts.capacity}"
    says = f"{who} {facts.post} tidak berwenang menandatangani keputusan."
    remedy = "Keputusan ini menunggu pejabat definitifnya, atau pejabat di atasnya bila jabatan itu kosong."
    return decide(False, says, law[NOT_FOR_DECISIONS], remedy=remedy)


@rule("Mandat berlaku selama pemberinya menjabat")
def a_mandate_needs_its_giver(facts: SigningFacts, law: Law) -> Decision:
    """Authority that was only lent stays with the giver, and ends with them; delegated authority has passed on."""
    lent = facts.capacity in ENDS_WITH_GIVER
    says = f"Wewenang jabatan {facts.post} {'dipinjamkan oleh pemangkunya' if lent else 'tidak bergantung pada pemberinya'}."
    if lent and not facts.giver_holds_post:
        says = f"Pelimpahan jabatan {facts.post} tidak berlaku lagi: pemberinya tidak memangku jabatan itu."
    remedy = (
        "Mintalah pelimpahan baru dari pemangku jabatan yang sekarang, atau penunjukan Plt. bila jabatan itu kosong."
    )
    return decide(not lent or facts.giver_holds_post, says, "UU 30/2014 Pasal 14", remedy=remedy)


@rule("Surat termasuk cakupan pelimpahan")
def the_mandate_covers_the_letter(facts: SigningFacts, law: Law) -> Decision:
    """Whoever was lent authority for some kinds of letters signs those, and no other."""
    says = f"Pelimpahan jabatan {facts.post} {'meliputi' if facts.covered else 'tidak meliputi'} jenis surat ini."
    remedy = "Surat ini menunggu pemangku jabatannya, atau pelimpahan yang cakupannya meliputi jenis surat ini."
    return decide(facts.covered, says, "UU 30/2014 Pasal 13 dan Pasal 14", remedy=remedy)


@rule("Penandatanganan a.n. paling banyak diteruskan satu tingkat (u.b.)")
def lent_no_further_than_through_one(facts: SigningFacts, law: Law) -> Decision:
    """A.n. goes one level down, u.b. one more; nobody signs for the one for whom somebody signs for somebody."""
    most = law[SIGNED_THROUGH]
    says = f"Surat ini ditandatangani {facts.levels} tingkat di bawah pemilik wewenangnya; paling banyak {most.value} tingkat."
    remedy = "Mintalah tanda tangan penerima mandat yang pertama, atau pemangku jabatannya."
    return decide(facts.levels <= most.value, says, most, remedy=remedy)


@dataclass(frozen=True)
class PassingOnFacts:
    """Authority about to be lent: how many have it on loan already between the holder of the post and the one who lends it now."""

    levels: int


@rule("Wewenang yang diterima diteruskan paling banyak satu tingkat")
def authority_is_passed_on_once(facts: PassingOnFacts, law: Law) -> Decision:
    """What was lent may be lent on, no further than the law allows."""
    most = law[FURTHER_LEVELS]
    says = f"Wewenang ini akan diteruskan {facts.levels} tingkat; paling banyak {most.value} tingkat."
    remedy = "Mintalah pelimpahan langsung dari pemangku jabatannya."
    return decide(facts.levels <= most.value, says, most, remedy=remedy)
