"""Rounds that match mentors and mentees, in words: why two are not paired, and why a pair has its points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.matching import Bar, Fit, Mentee, Mentor, Terms, fit

#: How a bar is told of somebody; wishes are told without saying whose.
BAR_SAYS: Final = {
    Bar.FIELD: "tidak menawarkan bidang yang dituju",
    Bar.SELF: "orang yang sama",
    Bar.SUPERIOR: "atasan langsungnya sendiri",
    Bar.UNIT: "dari unit kerja yang sama",
    Bar.MUTUAL: "sudah dipasangkan dalam peran sebaliknya",
    Bar.FORBIDDEN: "tidak boleh dipasangkan menurut penetapan BKPSDM",
    Bar.DECLINED: "sudah pernah dipasangkan dan tidak berlanjut",
    Bar.MENTOR_WISH: "tidak dikehendaki salah satu pihak",
    Bar.MENTEE_WISH: "tidak dikehendaki salah satu pihak",
}


def reasons(mentor: Mentor, mentee: Mentee, terms: Terms) -> tuple[str, ...]:
    """Why a pair has its points, in words, with what each reason gives; what gives none is told too where it matters."""
    found = fit(mentor, mentee, terms)
    told = [*_of_goals(mentor, mentee, found), *_of_wishes(mentor, mentee, found), _of_rank(mentor, mentee, found)]
    if found.other_unit:
        told.append((found.other_unit, "Mentor dan mentee dari unit kerja yang berbeda"))
    elif mentor.unit is not None and mentor.unit == mentee.unit:
        told.append((0, "Mentor dan mentee dari unit kerja yang sama"))
    return tuple(f"{says} ({given} poin)." for given, says in told)


def _of_goals(mentor: Mentor, mentee: Mentee, found: Fit) -> Iterator[tuple[int, str]]:
    offered = [goal for goal in mentee.goals if goal in mentor.fields]
    if not offered:
        yield 0, f"Mentor tidak menawarkan bidang yang dituju mentee: {', '.join(mentee.goals)}"
        return
    first = "tujuan pertama mentee" if offered[0] == mentee.goals[0] else "tujuan mentee"
    yield found.goal, f"Mentor menawarkan {first}: {offered[0]}"
    if offered[1:]:
        yield found.further, f"Mentor juga menawarkan {', '.join(offered[1:])}"


def _of_wishes(mentor: Mentor, mentee: Mentee, found: Fit) -> Iterator[tuple[int, str]]:
    if mentor.person in mentee.would:
        place = mentee.would.index(mentor.person) + 1
        yield found.mentee_wish, f"Mentee menginginkan mentor ini sebagai pilihan ke-{place}"
    if mentee.person in mentor.would:
        yield found.mentor_wish, "Mentor ingin membimbing mentee ini"


def _of_rank(mentor: Mentor, mentee: Mentee, found: Fit) -> tuple[int, str]:
    if mentor.rank is None or mentee.rank is None or mentor.rank[0] != mentee.rank[0]:
        return 0, "Golongan keduanya tidak dapat dibandingkan"
    if mentor.rank[1] < mentee.rank[1]:
        return 0, "Golongan mentor lebih rendah daripada golongan mentee"
    return found.rank, "Golongan mentor tidak lebih rendah daripada golongan mentee"


def reasons_for_mentee(mentor: Mentor, mentee: Mentee) -> tuple[str, ...]:
    """What a mentee is told of a pair: nothing of what the mentor wished, nor of anybody's rank."""
    told = [f"{says}." for _, says in _of_goals(mentor, mentee, Fit())]
    if mentor.person in mentee.would:
        told.append(f"Mentor ini Anda sebut pada pilihan ke-{mentee.would.index(mentor.person) + 1}.")
    return tuple(told)


def reasons_for_mentor(mentor: Mentor, mentee: Mentee) -> tuple[str, ...]:
    """What a mentor is told of it: nothing of what the mentee wished."""
    told = [f"{says}." for _, says in _of_goals(mentor, mentee, Fit())]
    if mentee.person in mentor.would:
        told.append("Mentee ini Anda sebut sebagai yang ingin Anda bimbing.")
    return tuple(told)
