"""Results and ranking: the mean of the members' weighted totals, who stands before whom, and who takes a place. Whole numbers only.

A result is in hundredths of a point, rounded half up: 8733 is 87,33.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from policies.decision import Decision, Grade, decide, rule
from policies.parameters import Law, parameter
from policies.records import (
    EARLIER_NOMINATION,
    HEAVIEST_CRITERION,
    LONGER_SERVICE,
    AwardRoundRecord,
    ByKind,
    Criterion,
    MemberScores,
    Standing,
)

TIE_BREAK = parameter("incentive.tie_break", list)

#: A nomination that is in one of these is not compared any more, or not at present.
OUT_OF_THE_RANKING: Final = frozenset(
    {"declined", "rejected", "withdrawn", "unsuccessful", "refused", "closed", "suspended"}
)


def say_score(hundredths: int) -> str:
    """``87,33``."""
    return f"{hundredths // 100},{hundredths % 100:02d}"


# --- Results ---------------------------------------------------------------------------------------------------------


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def weighted_total(given: MemberScores, criteria: Sequence[Criterion]) -> int:
    """What one member gave in all, in hundredths of a point, exact: points times weights, which add up to 100.

    Raises KeyError where a criterion was not scored.
    """
    points = {each.criterion: each.points for each in given.scores}
    return sum(points[criterion.name] * criterion.weight for criterion in criteria)


def result_of(given: Sequence[MemberScores], criteria: Sequence[Criterion]) -> int | None:
    """The mean of the members' weighted totals, in hundredths of a point, half up; None where nobody scored."""
    if not given:
        return None
    return _half_up(sum(weighted_total(each, criteria) for each in given), len(given))


def means_by_criterion(given: Sequence[MemberScores], criteria: Sequence[Criterion]) -> tuple[int, ...]:
    """The mean by each criterion, in hundredths of a point, half up; nothing where nobody scored."""
    if not given:
        return ()
    each_points = [{score.criterion: score.points for score in each.scores} for each in given]
    return tuple(
        _half_up(100 * sum(points[criterion.name] for points in each_points), len(given)) for criterion in criteria
    )


def spread_of(given: Sequence[MemberScores], criteria: Sequence[Criterion]) -> dict[str, int]:
    """How far each member's total lies from the result, in hundredths of a point, by id; more is above it."""
    result = result_of(given, criteria)
    return {each.person_id: weighted_total(each, criteria) - result for each in given} if result is not None else {}


# --- Ranking ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """A nomination in the ranking of its kind. Those who are equal in everything share a rank.

    ``told_apart_by``: what decided between it and the one before of the same result; empty where the result did.
    ``has_place``: it is among those who are awarded; None where an equal rank crosses the last place.
    """

    standing: Standing
    rank: int
    has_place: bool | None
    told_apart_by: str = ""


def contenders(standings: Iterable[Standing], kind: str) -> tuple[Standing, ...]:
    """Those of a kind who have a result and are still compared."""
    return tuple(
        each
        for each in standings
        if each.kind == kind and each.result is not None and each.state not in OUT_OF_THE_RANKING
    )


def number_for(kind: str, numbers: Iterable[ByKind]) -> int | None:
    """The number that is set for a kind; None where none is."""
    return next((each.number for each in numbers if each.kind == kind), None)


def ranking(standings: Iterable[Standing], kind: str, award_round: AwardRoundRecord, law: Law) -> tuple[Placed, ...]:
    """The ranking of a kind within a round, the best first; whatever order they come in. Raises NotInForce.

    Ties are told apart by the parameter's list, in its order.
    """
    breaks: list[str] = law[TIE_BREAK].value
    keyed = sorted(
        ((_key(each, award_round.criteria, breaks), each) for each in contenders(standings, kind)),
        # The reference only gives those who share a rank a fixed order on paper.
        key=lambda pair: (pair[0], pair[1].reference, pair[1].case),
    )
    keys = [key for key, _ in keyed]
    places = number_for(kind, award_round.places) or 0
    return tuple(
        Placed(
            standing,
            keys.index(key) + 1,
            _has_place(keys.index(key) + 1, keys.count(key), places),
            _told_apart_by(keys[index - 1] if index else None, key, breaks),
        )
        for index, (key, standing) in enumerate(keyed)
    )


def _has_place(rank: int, sharing: int, places: int) -> bool | None:
    if rank + sharing - 1 <= places:
        return True
    return False if rank > places else None


def _key(standing: Standing, criteria: Sequence[Criterion], breaks: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """The smaller stands before the greater: the result first, then each that tells ties apart."""
    return ((-(standing.result or 0),), *(_break(standing, criteria, by) for by in breaks))


def _break(standing: Standing, criteria: Sequence[Criterion], by: str) -> tuple[int, ...]:
    if by == HEAVIEST_CRITERION:
        # Of criteria that weigh the same the one that stands first.
        order = sorted(range(len(criteria)), key=lambda index: -criteria[index].weight)
        means = standing.by_criterion
        return (-means[order[0]],) if order and len(means) == len(criteria) else (0,)
    if by == LONGER_SERVICE:
        # Whose service is not known stands after whoever's is.
        return (-(standing.service_months if standing.service_months is not None else -1),)
    if by == EARLIER_NOMINATION:
        return (standing.nominated_on.toordinal() if standing.nominated_on else 10**7,)
    raise ValueError(f"tie break {by!r} is not known")


def _told_apart_by(
    before: tuple[tuple[int, ...], ...] | None, key: tuple[tuple[int, ...], ...], breaks: Sequence[str]
) -> str:
    if before is None or before[0] != key[0]:
        return ""
    return next((by for by, one, other in zip(breaks, before[1:], key[1:], strict=True) if one != other), "")


# --- The chair concludes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RankingFacts:
    """The case that is asked about, the kind, its round, and where every nomination of the round stands."""

    this_case: str
    kind: str
    award_round: AwardRoundRecord | None
    standing_in_round: tuple[Standing, ...]


def _own_place(facts: RankingFacts, law: Law) -> Placed | None:
    if facts.award_round is None:
        return None
    placed = ranking(facts.standing_in_round, facts.kind, facts.award_round, law)
    return next((each for each in placed if each.standing.case == facts.this_case), None)


@rule("Calon memperoleh tempat dalam peringkat putaran")
def nominee_takes_a_place(facts: RankingFacts, law: Law) -> Decision:
    """Whoever is recommended is among the places of the kind; an equal rank that crosses the last place gives nobody one."""
    ties, own = law[TIE_BREAK], _own_place(facts, law)
    if facts.award_round is None or own is None:
        says = "Calon belum mempunyai hasil penilaian dalam putaran ini."
        return decide(False, says, ties, remedy="Tunggu sampai penilaian lengkap.")
    places = number_for(facts.kind, facts.award_round.places) or 0
    by = f" (ditentukan oleh {own.told_apart_by})" if own.told_apart_by else ""
    says = f"Hasil {say_score(own.standing.result or 0)}, peringkat {own.rank}{by}; tersedia {places} tempat."
    if own.has_place is None:
        says = f"Peringkat {own.rank} ditempati beberapa calon yang sama kuat, melampaui {places} tempat yang tersedia."
        remedy = (
            "Tim penilai bermusyawarah: nyatakan dahulu belum berhasil calon yang tidak dipilih dengan alasannya, lalu "
            "rekomendasikan yang lain."
        )
        return decide(False, says, ties, remedy=remedy)
    return decide(own.has_place, says, ties, remedy="Nyatakan calon belum berhasil dalam putaran ini.")


@rule("Calon yang memperoleh tempat dinyatakan belum berhasil hanya dengan alasan")
def nominee_takes_no_place(facts: RankingFacts, law: Law) -> Decision:
    """To turn down somebody who has a place is possible, with open eyes: it is a warning."""
    own = _own_place(facts, law)
    placed = own is not None and own.has_place is True
    return decide(
        not placed,
        f"Calon berada pada peringkat {own.rank} dan memperoleh tempat."
        if own is not None and placed
        else "Calon tidak memperoleh tempat dalam putaran ini.",
        law[TIE_BREAK],
        otherwise=Grade.WARNED,
        remedy="Sebutkan alasannya dalam catatan; calon berikutnya menempati tempat itu.",
    )
