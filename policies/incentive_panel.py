"""The panel of a round as seen from one nominee: who scores, chairs and records, why others do not, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from policies.authority import SignsAs
from policies.decision import Decision, decide, rule, together
from policies.parameters import Law, parameter
from policies.records import AwardRoundRecord, CriterionScore, PanelMember
from policies.wording import with_full_stop

QUORUM_MORE_THAN = parameter("incentive.quorum_more_than", int)
GREATEST_SCORE = parameter("incentive.greatest_score", int)

CHAIR: Final = "chair"
SECRETARY: Final = "secretary"
MEMBER: Final = "member"

#: What each function in a panel is called.
FUNCTIONS: Final = {CHAIR: "ketua", SECRETARY: "sekretaris", MEMBER: "anggota"}


@dataclass(frozen=True)
class PanelFacts:
    """Everybody whom the round appointed, as seen from this nominee; those replaced are listed where they scored before."""

    panel: tuple[PanelMember, ...]


@dataclass(frozen=True)
class RivalFacts:
    """Who else is nominated in the round, by id."""

    rivals: tuple[str, ...]


# --- Who -------------------------------------------------------------------------------------------------------------


def conflict_of(member: PanelMember) -> str:
    """Why a member has no part in this nominee, in Indonesian; empty where nothing stands between them."""
    if member.is_nominee:
        return "Calon sendiri."
    if member.is_rival:
        return "Calon dalam putaran yang sama."
    if member.verified:
        return "Sudah bertindak sebagai verifikator usul ini."
    if member.superior:
        return "Atasan langsung calon."
    if member.subordinate:
        return "Bawahan langsung calon."
    if member.same_unit:
        return "Bekerja pada perangkat daerah yang sama dengan calon."
    if member.declared.strip():
        return "Menyatakan benturan kepentingan."
    return ""


def why_not_free(member: PanelMember) -> str:
    """Why a member cannot act on this nominee; empty where they can. Nothing is said of who was replaced but that."""
    if member.replaced:
        return "Sudah diganti dalam tim penilai."
    if not member.in_service:
        return "Tidak lagi bertugas."
    return conflict_of(member)


def who_is_compared_too(facts: RivalFacts) -> tuple[str, ...]:
    """Whoever is nominated in the same round: they neither judge the nominee nor read what the panel gave."""
    return facts.rivals


def _regular(panel: Iterable[PanelMember]) -> list[PanelMember]:
    return [member for member in panel if member.substitute_rank == 0 and not member.replaced]


def _substitutes(panel: Iterable[PanelMember]) -> list[PanelMember]:
    """In their order; the chair's own stands in for the chair alone."""
    found = [member for member in panel if member.substitute_rank > 0 and member.function != CHAIR]
    return sorted(found, key=lambda member: (member.substitute_rank, member.person_id))


def quorum_of(panel: Iterable[PanelMember], law: Law) -> int:
    """How many must score a nominee: more than the share of the regular members that the parameter names."""
    return len(_regular(panel)) * law[QUORUM_MORE_THAN].value // 100 + 1


def _counts(member: PanelMember) -> bool:
    """A score stands although its giver has left since; a conflict voids it whenever it is found."""
    return member.scored and not conflict_of(member)


def who_chairs(facts: PanelFacts, law: Law) -> tuple[str, ...]:
    """The chair, or the chair's substitute; nobody where neither is free."""
    chairs = [member for member in facts.panel if member.function == CHAIR and not why_not_free(member)]
    return tuple(member.person_id for member in sorted(chairs, key=lambda each: each.substitute_rank)[:1])


def who_records(facts: PanelFacts, law: Law) -> tuple[str, ...]:
    """The secretary, who writes and signs the berita acara; else the free member who stands first in the panel's list.

    Recording is no judging: a secretary of the nominee's unit records all the same, but not of the own round.
    """
    here = [member for member in facts.panel if member.in_service and not member.replaced]
    able = [member for member in here if not member.is_nominee and not member.is_rival]
    secretaries = [member for member in able if member.function == SECRETARY]
    others = [member for member in able if member.function == MEMBER and not member.substitute_rank]
    free = [member for member in others if not conflict_of(member)]
    return tuple(member.person_id for member in (secretaries + free)[:1])


def how_the_chair_signs(facts: PanelFacts, law: Law) -> dict[str, SignsAs]:
    """Whoever chairs in the chair's place signs as what the regent's decree appointed them."""
    acting = {member.person_id for member in facts.panel if member.function == CHAIR and member.substitute_rank}
    return {person: SignsAs("Pengganti ketua tim penilai") for person in who_chairs(facts, law) if person in acting}


def how_the_record_is_signed(facts: PanelFacts, law: Law) -> dict[str, SignsAs]:
    """A member who records in the secretary's place signs a.n. the secretary, as a member."""
    members = {member.person_id for member in facts.panel if member.function == MEMBER}
    acting = (person for person in who_records(facts, law) if person in members)
    return {person: SignsAs("Anggota tim penilai", instead_of="Sekretaris tim penilai") for person in acting}


def who_scores(facts: PanelFacts, law: Law) -> tuple[str, ...]:
    """Every regular member who is free, whoever chairs, and substitutes in their order until there are enough for the quorum.

    A substitute who has scored stays, also where a regular member comes in later. In the order of the panel.
    """
    chairs = who_chairs(facts, law)
    chosen = {
        member.person_id
        for member in facts.panel
        if not why_not_free(member) and ((member.substitute_rank == 0) or member.scored or member.person_id in chairs)
    }
    # Scores of those who left count towards the quorum without their being asked again.
    enough = quorum_of(facts.panel, law) - sum(
        1 for member in facts.panel if _counts(member) and member.person_id not in chosen
    )
    for substitute in _substitutes(facts.panel):
        if len(chosen) >= enough:
            break
        if not why_not_free(substitute):
            chosen.add(substitute.person_id)
    return tuple(dict.fromkeys(member.person_id for member in facts.panel if member.person_id in chosen))


#: Why a substitute who is free has no part, by function.
_NOT_NEEDED: Final = {
    CHAIR: "Pengganti ketua; ketua sendiri dapat memimpin penilaian calon ini.",
    SECRETARY: "Pengganti sekretaris; belum diperlukan.",
    MEMBER: "Anggota pengganti; kuorum terpenuhi tanpa pengganti ini.",
}


def who_is_left_out(facts: PanelFacts, law: Law) -> dict[str, str]:
    """Everybody of the panel who does not score this nominee, by id, each with why not."""
    scores = who_scores(facts, law)
    return {
        member.person_id: why_not_free(member) or _NOT_NEEDED[member.function]
        for member in facts.panel
        if member.person_id not in scores
    }


def who_does_not_chair(facts: PanelFacts, law: Law) -> dict[str, str]:
    """The chair or the substitute, by id, where they do not chair for this nominee, each with why not."""
    return {
        member.person_id: why_not_free(member) or _NOT_NEEDED[CHAIR]
        for member in facts.panel
        if member.function == CHAIR and member.person_id not in who_chairs(facts, law)
    }


def whose_scores_count(facts: PanelFacts, law: Law) -> tuple[str, ...]:
    """Whoever has scored and has no conflict, also where they left the service or the panel since."""
    return tuple(dict.fromkeys(member.person_id for member in facts.panel if _counts(member)))


def who_has_yet_to_score(facts: PanelFacts, law: Law) -> tuple[str, ...]:
    """Those who are to score and have not."""
    scored = whose_scores_count(facts, law)
    return tuple(person for person in who_scores(facts, law) if person not in scored)


# --- Scoring ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ScoreFacts:
    """The scores as filled in, and the round whose criteria they answer."""

    scores: tuple[CriterionScore, ...]
    award_round: AwardRoundRecord | None


@rule("Setiap kriteria dinilai satu kali dalam rentang nilai")
def every_criterion_is_scored(facts: ScoreFacts, law: Law) -> Decision:
    """Each criterion of the round once, none besides, in whole points from 0 to the greatest."""
    greatest = law[GREATEST_SCORE]
    wanted = [each.name for each in facts.award_round.criteria] if facts.award_round else []
    given = [each.criterion for each in facts.scores]
    missing = [name for name in wanted if name not in given]
    strange = [name for name in dict.fromkeys(given) if name not in wanted or given.count(name) > 1]
    beyond = [each.criterion for each in facts.scores if not 0 <= each.points <= greatest.value]
    faults = [
        *([f"belum dinilai: {', '.join(missing)}"] if missing else []),
        *([f"bukan kriteria putaran ini, atau disebut dua kali: {', '.join(strange)}"] if strange else []),
        *([f"di luar 0 sampai {greatest.value}: {', '.join(beyond)}"] if beyond else []),
    ]
    says = f"Penilaian belum benar ({'; '.join(faults)})." if faults else f"Semua {len(wanted)} kriteria sudah dinilai."
    return decide(
        not faults and bool(wanted),
        says,
        greatest,
        remedy=f"Nilailah setiap kriteria satu kali, 0 sampai {greatest.value}.",
    )


@dataclass(frozen=True)
class DeclaringFacts:
    """Why a member declares a conflict of interest."""

    conflict: str


@rule("Benturan kepentingan disebutkan")
def conflict_is_named(facts: DeclaringFacts, law: Law) -> Decision:
    """Whoever steps aside says why; the law of administration demands it."""
    named = facts.conflict.strip()
    return decide(
        bool(named),
        f"Benturan kepentingan: {with_full_stop(named)}" if named else "Benturan kepentingan belum disebutkan.",
        "UU 30/2014",
        remedy="Sebutkan hubungan yang menimbulkan benturan kepentingan, misalnya hubungan keluarga.",
    )


# --- Before the chair concludes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConcludingFacts:
    """The panel as seen from this nominee, and whether the time for scoring has passed."""

    panel: tuple[PanelMember, ...]
    deadline_passed: bool


@rule("Kuorum tim penilai terpenuhi, dan semua yang harus menilai sudah menilai atau waktunya sudah lewat")
def the_panel_is_complete(facts: ConcludingFacts, law: Law) -> Decision:
    """Enough scores that count, nobody awaited in time, somebody who chairs; where substitutes run out, the regent names others.

    Once the time for scoring has passed, the silence of one does not hold up the others: the quorum is enough.
    """
    share, seen = law[QUORUM_MORE_THAN], PanelFacts(facts.panel)
    counted, quorum = len(whose_scores_count(seen, law)), quorum_of(facts.panel, law)
    able = counted + len(who_has_yet_to_score(seen, law))
    names = {member.person_id: member.name for member in facts.panel}
    awaited = ", ".join(names[person] for person in who_has_yet_to_score(seen, law))
    over = "; waktu penilaian sudah lewat." if facts.deadline_passed else "."
    change = "Tim penilai dan penggantinya tidak cukup: mintalah pejabat penetap mengubah susunan tim penilai."
    chairs = bool(who_chairs(seen, law))
    return together(
        (
            decide(
                counted >= quorum,
                f"Penilaian yang dihitung: {counted}; kuorum: {quorum} orang.",
                share,
                remedy="Tunggu sampai penilai lain menilai." if able >= quorum else change,
            ),
            decide(
                not awaited or facts.deadline_passed,
                f"Belum menilai: {awaited}{over}" if awaited else "Semua yang harus menilai sudah menilai.",
                share,
                remedy="Tunggu sampai waktunya lewat; yang berhalangan tetap diganti dengan perubahan susunan tim penilai.",
            ),
            decide(
                chairs,
                "Tim penilai mempunyai ketua yang bebas dari benturan kepentingan."
                if chairs
                else "Ketua tim penilai dan penggantinya tidak dapat memimpin penilaian calon ini.",
                share,
                remedy="Mintalah pejabat penetap mengubah susunan tim penilai.",
            ),
        )
    )


@dataclass(frozen=True)
class SealFacts:
    """How many have yet to score this nominee, and whether the chair has recommended or turned down."""

    scores_awaited: int
    chair_has_concluded: bool


def scores_are_sealed(facts: SealFacts) -> bool:
    """Nobody reads what another wrote before all have scored or the chair has concluded."""
    return facts.scores_awaited > 0 and not facts.chair_has_concluded


@dataclass(frozen=True)
class OverdueFacts:
    """How many have yet to score, and how many scores count already."""

    scores_awaited: int
    scores_counted: int


def all_scores_are_in(facts: OverdueFacts) -> bool:
    """Then the chair is asked to conclude."""
    return facts.scores_awaited == 0 and facts.scores_counted > 0
