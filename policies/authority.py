"""Who acts for whom: when a long absence sends what waits to whoever stands above, and what may be signed in another's place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.decision import Decision, decide, rule
from policies.parameters import Law, parameter

LONG_ABSENCE_DAYS = parameter("authority.long_absence_days", int)
NOT_FOR_DECISIONS = parameter("authority.not_for_decisions", list)

#: In which capacities somebody stands in for the holder of a post; of these it has one at a time.
STAND_INS: Final = ("plt", "plh", "pj")
#: Of these, those for a post that nobody holds.
FOR_VACANT_POSTS: Final = ("plt", "pj")


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
    who can have lent it.
    """

    decides: bool
    post: str
    capacity: str
    giver_holds_post: bool


def may_decide(capacity: str, law: Law) -> bool:
    """Whether whoever acts in a capacity may sign what decides."""
    return capacity not in law[NOT_FOR_DECISIONS].value


@rule("Keputusan tidak ditandatangani Plt. atau Plh.")
def a_stand_in_signs_no_decision(facts: SigningFacts, law: Law) -> Decision:
    """Whoever stands in for somebody carries on; what decides awaits the holder, or whoever stands above."""
    if not facts.decides or may_decide(facts.capacity, law):
        return decide(True, f"Surat ini dapat ditandatangani untuk jabatan {facts.post}.")
    says = f"{facts.capacity.capitalize()}. {facts.post} tidak berwenang menandatangani keputusan."
    remedy = "Keputusan ini menunggu pejabat definitifnya, atau pejabat di atasnya bila jabatan itu kosong."
    return decide(False, says, law[NOT_FOR_DECISIONS], remedy=remedy)


@rule("Mandat berlaku selama pemberinya menjabat")
def a_mandate_needs_its_giver(facts: SigningFacts, law: Law) -> Decision:
    """Authority that was only lent stays with the giver, and ends with them; delegated authority has passed on."""
    lent = facts.capacity in ("mandat", "plh")
    says = f"Wewenang jabatan {facts.post} {'dipinjamkan oleh pemangkunya' if lent else 'tidak bergantung pada pemberinya'}."
    if lent and not facts.giver_holds_post:
        says = f"Pelimpahan jabatan {facts.post} tidak berlaku lagi: pemberinya tidak memangku jabatan itu."
    remedy = (
        "Mintalah pelimpahan baru dari pemangku jabatan yang sekarang, atau penunjukan Plt. bila jabatan itu kosong."
    )
    return decide(not lent or facts.giver_holds_post, says, "UU 30/2014 Pasal 14", remedy=remedy)
