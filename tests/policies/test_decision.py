"""A rule's answer: its grade, its reasons, and what happens when the law has no number for it."""

from dataclasses import dataclass
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from policies.decision import Decision, Grade, Reason, decide, rule, together, unknown
from policies.parameters import Entry, History, Law, Parameter

LIMIT: Parameter[int] = Parameter("mentoring.max_mentees", int)
HISTORY = History(
    "mentoring.max_mentees", "Batas mentee", "orang", (Entry(date(2025, 1, 1), 3, "Perbup 4/2025"),), Path("m.toml")
)


@dataclass(frozen=True)
class MentoringFacts:
    active_mentees: int


@rule("Mentor masih dapat membina", revision=2)
def mentor_has_capacity(facts: MentoringFacts, law: Law) -> Decision:
    """A mentor may take one more mentee while below the limit in force."""
    limit = law[LIMIT]
    says = f"Mentor membina {facts.active_mentees} dari paling banyak {limit.value} mentee."
    return decide(facts.active_mentees < limit.value, says, limit, remedy="Pilih mentor lain.")


def law_on(day: date) -> Law:
    return Law({HISTORY.name: HISTORY}, day)


def graded(grade: Grade) -> Decision:
    return Decision((Reason(grade, grade.value),))


def test_a_decision_cannot_be_used_as_a_truth_value() -> None:
    with pytest.raises(TypeError, match="not a truth value"):
        bool(graded(Grade.ALLOWED))
    with pytest.raises(TypeError):
        assert not graded(Grade.REFUSED)


def test_a_decision_without_reasons_is_allowed() -> None:
    assert together([]).grade is Grade.ALLOWED


@pytest.mark.parametrize("order", list(permutations(Grade)), ids="-".join)
def test_several_answers_have_the_gravest_grade_whatever_their_order(order: tuple[Grade, ...]) -> None:
    for length in range(1, len(order) + 1):
        gravest = max(order[:length], key=list(Grade).index)
        assert together(graded(grade) for grade in order[:length]).grade is gravest


def test_together_keeps_every_reason_in_order() -> None:
    both = together([graded(Grade.WARNED), graded(Grade.ALLOWED)])
    assert [reason.grade for reason in both.reasons] == [Grade.WARNED, Grade.ALLOWED]


@pytest.mark.parametrize(
    ("grade", "in_the_way"),
    [(Grade.ALLOWED, False), (Grade.WARNED, False), (Grade.UNKNOWN, True), (Grade.REFUSED, True)],
)
def test_refused_and_unknown_stand_in_the_way(grade: Grade, in_the_way: bool) -> None:
    assert graded(grade).stands_in_the_way is in_the_way


def test_what_holds_is_allowed_and_needs_no_remedy() -> None:
    (reason,) = decide(True, "Ada surat tugas.", "PP 11/2017", remedy="Unggah surat tugas.").reasons
    assert (reason.grade, reason.remedy, reason.by) == (Grade.ALLOWED, "", ("PP 11/2017",))


def test_what_fails_is_refused_or_as_graded_with_its_remedy() -> None:
    assert decide(False, "Belum ada.", remedy="Unggah.").reasons[0].remedy == "Unggah."
    assert decide(False, "Belum ada.").grade is Grade.REFUSED
    assert decide(False, "Belum ada.", otherwise=Grade.WARNED).grade is Grade.WARNED


def test_the_same_article_is_cited_once() -> None:
    limit = law_on(date(2026, 1, 1))[LIMIT]
    assert decide(True, "Cukup.", limit, "Perbup 4/2025", "PP 11/2017").reasons[0].by == ("Perbup 4/2025", "PP 11/2017")


def test_a_fact_that_is_not_recorded_is_unknown_and_says_what_proves_it() -> None:
    (reason,) = unknown("Predikat 2025 belum tercatat.", "PermenPANRB 6/2022", proof="Unggah SKP 2025.").reasons
    assert (reason.grade, reason.remedy) == (Grade.UNKNOWN, "Unggah SKP 2025.")


@pytest.mark.parametrize(("mentees", "grade"), [(2, Grade.ALLOWED), (3, Grade.REFUSED)])
def test_a_mentor_at_the_limit_cannot_take_another_mentee(mentees: int, grade: Grade) -> None:
    assert mentor_has_capacity(MentoringFacts(mentees), law_on(date(2026, 1, 1))).grade is grade


def test_each_reason_names_the_rule_that_gave_it() -> None:
    (reason,) = mentor_has_capacity(MentoringFacts(1), law_on(date(2026, 1, 1))).reasons
    assert reason.rule == mentor_has_capacity.name == "test_decision.mentor_has_capacity"
    assert reason.by == ("Perbup 4/2025",)


def test_a_rule_knows_its_title_its_revision_and_its_facts() -> None:
    assert (mentor_has_capacity.title, mentor_has_capacity.revision) == ("Mentor masih dapat membina", 2)
    assert mentor_has_capacity.facts is MentoringFacts


def test_a_parameter_that_is_not_in_force_is_a_refusal_and_no_crash() -> None:
    decision = mentor_has_capacity(MentoringFacts(0), law_on(date(2024, 12, 31)))
    assert decision.grade is Grade.REFUSED
    assert "mentoring.max_mentees tidak berlaku pada 31 Desember 2024" in decision.reasons[0].says
    assert decision.reasons[0].remedy
