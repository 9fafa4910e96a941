"""Awards for civil servants: which kinds there are, how long each step takes, who decides, and where a nomination goes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policies.budget import Fund
from policies.decision import Decision, decide
from policies.parameters import Law, parameter
from policies.records import AwardRoundRecord

# --- Kinds -----------------------------------------------------------------------------------------------------------

SATYALANCANA_10, SATYALANCANA_20, SATYALANCANA_30 = "satyalancana_10", "satyalancana_20", "satyalancana_30"
REGIONAL, SELF_DEVELOPMENT, RECOGNITION = "regional", "self_development", "recognition"

#: Every kind by its code, and what people call it.
KINDS: Final[Mapping[str, str]] = {
    SATYALANCANA_10: "Satyalancana Karya Satya X Tahun",
    SATYALANCANA_20: "Satyalancana Karya Satya XX Tahun",
    SATYALANCANA_30: "Satyalancana Karya Satya XXX Tahun",
    REGIONAL: "Penghargaan Pegawai Berprestasi",
    SELF_DEVELOPMENT: "Penghargaan Pengembangan Diri",
    RECOGNITION: "Ucapan Terima Kasih atau Piagam Perangkat Daerah",
}
#: Conferred by the President; the shortest service first.
SATYALANCANA: Final = (SATYALANCANA_10, SATYALANCANA_20, SATYALANCANA_30)
#: Scored by a panel and ranked within a round.
COMPARED: Final = (REGIONAL, SELF_DEVELOPMENT)


def title_of(kind: str) -> str:
    """What people call a kind; an unknown code stands for itself."""
    return KINDS.get(kind, kind)


def name_of_award(kind: str, thanks_by: str) -> str:
    """What was given, for a record: of small recognition the one of the two that it was."""
    return _THANKS.get(thanks_by, title_of(kind)) if kind == RECOGNITION else title_of(kind)


#: Small recognition, by how it was said.
_THANKS: Final[Mapping[str, str]] = {
    "certificate": "Piagam Perangkat Daerah",
    "letter": "Ucapan Terima Kasih Perangkat Daerah",
}


def not_asked(what: str, kind: str, basis: str = "Praktik daerah") -> Decision:
    """A condition that this kind does not have is met, and says so. ``what`` begins the sentence."""
    return decide(True, f"{what} tidak disyaratkan bagi {title_of(kind)}.", basis)


# --- Time for each step, in working days -----------------------------------------------------------------------------

DRAFT_DAYS = parameter("incentive.draft_days", int)
UNIT_DAYS = parameter("incentive.unit_days", int)
VERIFICATION_DAYS = parameter("incentive.verification_days", int)
SCORING_DAYS = parameter("incentive.scoring_days", int)
BUDGET_DAYS = parameter("incentive.budget_days", int)
DECISION_DAYS = parameter("incentive.decision_days", int)
UPWARD_DAYS = parameter("incentive.upward_days", int)
PRESIDENT_DAYS = parameter("incentive.president_days", int)
SUSPENSION_DAYS = parameter("incentive.suspension_days", int)
HAND_OVER_DAYS = parameter("incentive.hand_over_days", int)
SIGNATURE_DAYS = parameter("incentive.signature_days", int)


# --- Who nominates and who decides -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class NomineeFacts:
    """Whether the nominee heads the unit that they work in."""

    participant_is_head: bool


def who_nominates(facts: NomineeFacts, law: Law) -> str:
    """The head of the nominee's unit (role ``nominee_head``); the secretary where the nominee is that head."""
    return "secretary" if facts.participant_is_head else "nominee_head"


@dataclass(frozen=True)
class DecidingFacts:
    """The kind, and whether the nominee heads the unit that they work in."""

    kind: str
    participant_is_head: bool


def who_decides(facts: DecidingFacts, law: Law) -> str:
    """The regent; for small recognition whoever nominates: the head of the unit, or the secretary for that head.

    A Satyalancana is the President's: the regent proposes it upward, and records it only.
    """
    return who_nominates(NomineeFacts(facts.participant_is_head), law) if facts.kind == RECOGNITION else "regent"


# --- Where a nomination goes -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RouteFacts:
    """The kind; and the state that sent the nomination back for examination, while the answer is awaited, else None.

    Besides, what tells whether it brings money, and what the case has of it in each year.
    """

    kind: str
    returned_from: str | None
    award_round: AwardRoundRecord | None = None
    without_money: bool = False
    funds: tuple[Fund, ...] = ()


#: Where each kind goes once it is verified: to the panel, upward, or straight to whoever decides.
_AFTER_VERIFICATION: Final[Mapping[str, str]] = {
    **dict.fromkeys(SATYALANCANA, "upward_review"),
    **dict.fromkeys(COMPARED, "scoring"),
}


def where_a_nomination_goes(facts: RouteFacts) -> str:
    """After verification: ``scoring``, ``upward_review`` or ``decision``; straight back to whoever sent it to be examined.

    What was scored and reserved before stands, so that nobody scores the same achievement twice; where it was released
    meanwhile, the budget is asked again.
    """
    if facts.returned_from == "upward_review":
        return facts.returned_from
    sent_back = facts.returned_from == "decision" or has_money(facts.funds)
    state = "decision" if sent_back else _AFTER_VERIFICATION.get(facts.kind, "decision")
    return where_the_decision_waits(state, MoneyFacts(facts.kind, facts.award_round, facts.without_money), facts.funds)


def has_money(funds: tuple[Fund, ...]) -> bool:
    """The case holds money of some year, or awaits it: then it was recommended, and the budget was found."""
    return any(fund.held or fund.awaiting for fund in funds)


def where_the_decision_waits(state: str, facts: MoneyFacts, funds: tuple[Fund, ...]) -> str:
    """The state itself; but ``budget_check`` for one that would be decided on money that was released meanwhile."""
    return "budget_check" if state == "decision" and it_brings_money(facts) and not has_money(funds) else state


@dataclass(frozen=True)
class ReturnedFacts:
    """Where the nomination was returned from, if it was, and which fields that the head judged have changed since."""

    returned_from: str | None
    changed_since_return: tuple[str, ...]


def where_a_returned_one_goes(facts: ReturnedFacts) -> str:
    """To the head of the unit, unless the verifier returned it and nothing that the head judged has changed since."""
    straight = facts.returned_from == "verification" and not facts.changed_since_return
    return "verification" if straight else "unit_review"


@dataclass(frozen=True)
class MoneyFacts:
    """The kind, the round that the nomination stands in (None for none), and whether it goes on without money, as a piagam only."""

    kind: str
    award_round: AwardRoundRecord | None
    without_money: bool


def award_amount(facts: MoneyFacts) -> int:
    """What the award brings, in whole rupiah: the round's amount for a kind that is compared, else nothing."""
    if facts.award_round is None or facts.without_money or facts.kind not in COMPARED:
        return 0
    return facts.award_round.amount


def it_brings_money(facts: MoneyFacts) -> bool:
    """Then the budget officer is asked, and payment comes before the hand-over."""
    return award_amount(facts) > 0


def where_the_money_leads(facts: MoneyFacts) -> str:
    """After the panel's recommendation: ``budget_check`` where the award brings money, else ``decision``."""
    return "budget_check" if it_brings_money(facts) else "decision"


# --- What a kind is --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KindFacts:
    """The kind of award."""

    kind: str


def is_conferred_by_the_president(facts: KindFacts) -> bool:
    """A Satyalancana: proposed upward, decided by Keppres."""
    return facts.kind in SATYALANCANA


def is_compared(facts: KindFacts) -> bool:
    """Scored by a panel and decided by keputusan."""
    return facts.kind in COMPARED


def is_small_recognition(facts: KindFacts) -> bool:
    """Written thanks or a piagam of the unit, without a round."""
    return facts.kind == RECOGNITION
