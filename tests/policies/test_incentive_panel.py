"""A panel before one nominee: who scores, who chairs, who records, who is left out and why, quorum, and sealed scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.incentive_panel import (
    ConcludingFacts,
    DeclaringFacts,
    OverdueFacts,
    PanelFacts,
    ScoreFacts,
    SealFacts,
    all_scores_are_in,
    conflict_is_named,
    every_criterion_is_scored,
    quorum_of,
    scores_are_sealed,
    the_panel_is_complete,
    who_chairs,
    who_does_not_chair,
    who_has_yet_to_score,
    who_is_left_out,
    who_records,
    who_scores,
    whose_scores_count,
    why_not_free,
)
from policies.records import AwardRoundRecord, Criterion, CriterionScore, PanelMember
from tests.answers import TODAY, allows, law_on, law_with, refuses

LAW = law_on(TODAY)
CHAIR, SECRETARY = PanelMember("c", "Ketua", "chair"), PanelMember("s", "Sekretaris", "secretary")
MEMBERS = tuple(PanelMember(f"m{number}", f"Anggota {number}", "member") for number in (1, 2, 3))
OTHER_CHAIR = PanelMember("c2", "Pengganti Ketua", "chair", substitute_rank=1)
SUBSTITUTES = tuple(PanelMember(f"t{rank}", f"Pengganti {rank}", "member", substitute_rank=rank) for rank in (1, 2))
PANEL = (CHAIR, SECRETARY, *MEMBERS, OTHER_CHAIR, *SUBSTITUTES)


def panel(**changed: dict[str, Any]) -> PanelFacts:
    """The panel with some members otherwise: ``m1={"scored": True}``."""
    return PanelFacts(tuple(replace(member, **changed.get(member.person_id, {})) for member in PANEL))


def all_scored(**changed: dict[str, Any]) -> PanelFacts:
    """All regular members have scored."""
    scored = {person: {"scored": True} for person in ("c", "s", "m1", "m2", "m3")}
    return panel(**{**scored, **{person: {**scored.get(person, {}), **how} for person, how in changed.items()}})


def concluding(facts: PanelFacts, *, late: bool = False) -> ConcludingFacts:
    """The same, as the chair asks whether to conclude."""
    return ConcludingFacts(facts.panel, late)


CONFLICTS: tuple[dict[str, Any], ...] = (
    {"is_nominee": True},
    {"superior": True},
    {"subordinate": True},
    {"same_unit": True},
    {"declared": "saudara kandung calon"},
)
REASONS = (
    "Calon sendiri.",
    "Atasan langsung",
    "Bawahan langsung",
    "perangkat daerah yang sama",
    "Menyatakan benturan kepentingan.",
)


def test_all_regular_members_score_and_no_substitute() -> None:
    assert who_scores(panel(), LAW) == ("c", "s", "m1", "m2", "m3")
    left_out = who_is_left_out(panel(), LAW)
    assert set(left_out) == {"c2", "t1", "t2"}
    assert "ketua sendiri" in left_out["c2"]
    assert "kuorum terpenuhi" in left_out["t1"]


@pytest.mark.parametrize(("conflict", "reason"), list(zip(CONFLICTS, REASONS, strict=True)))
def test_nobody_scores_across_a_conflict_and_the_reason_is_told(conflict: dict[str, Any], reason: str) -> None:
    facts = panel(m2=conflict)
    assert "m2" not in who_scores(facts, LAW)
    assert reason in who_is_left_out(facts, LAW)["m2"]


def test_whoever_left_the_service_or_the_panel_does_not_score() -> None:
    facts = panel(m1={"in_service": False}, m2={"replaced": True})
    assert {"m1", "m2"}.isdisjoint(who_scores(facts, LAW))
    assert who_is_left_out(facts, LAW)["m1"] == "Tidak lagi bertugas."
    assert "diganti" in who_is_left_out(facts, LAW)["m2"]


def test_the_quorum_is_more_than_half_of_the_regular_members() -> None:
    seven = (*PANEL, PanelMember("m4", "D", "member"), PanelMember("m5", "E", "member"))
    assert quorum_of(PANEL, LAW) == 3
    assert quorum_of(seven, LAW) == 4
    assert quorum_of((*PANEL, PanelMember("x", "X", "member", replaced=True)), LAW) == 3


@pytest.mark.parametrize(("share", "quorum"), [(39, 2), (40, 3), (59, 3), (60, 4), (80, 5)])
def test_an_agency_sets_its_own_quorum(tmp_path: Path, share: int, quorum: int) -> None:
    own = f"""
[quorum_more_than]
says = "Kuorum"
unit = "persen"
since = [{{ from = 2026-01-01, value = {share}, by = "Praktik daerah" }}]
"""
    assert quorum_of(PANEL, law_with(tmp_path, "incentive", own)) == quorum


def test_substitutes_come_in_only_below_the_quorum_and_in_their_order() -> None:
    away: dict[str, Any] = {"same_unit": True}
    assert who_scores(panel(m1=away, m2=away), LAW) == ("c", "s", "m3")
    assert who_scores(panel(m1=away, m2=away, m3=away), LAW) == ("c", "s", "t1")
    assert who_scores(panel(m1=away, m2=away, m3=away, s=away), LAW) == ("c", "t1", "t2")
    # A substitute with a conflict is passed over.
    assert who_scores(panel(m1=away, m2=away, m3=away, t1=away), LAW) == ("c", "s", "t2")


def test_the_order_of_substitutes_is_their_rank_and_not_that_of_the_list() -> None:
    away: dict[str, Any] = {"same_unit": True}
    facts = panel(m1=away, m2=away, m3=away)
    assert set(who_scores(PanelFacts(facts.panel[::-1]), LAW)) == {"c", "s", "t1"}


def test_where_substitutes_are_exhausted_the_regent_must_name_others() -> None:
    away: dict[str, Any] = {"in_service": False}
    facts = panel(m1=away, m2=away, m3=away, t1=away, t2=away, c={"scored": True}, s={"scored": True})
    assert who_scores(facts, LAW) == ("c", "s")
    said = refuses(the_panel_is_complete, concluding(facts))
    assert "kuorum: 3" in said
    assert "mengubah susunan tim penilai" in said


def test_a_substitute_who_has_scored_stays_when_a_regular_member_comes_in() -> None:
    away: dict[str, Any] = {"same_unit": True}
    scored = panel(m1=away, m2=away, t1={"scored": True})
    assert "t1" in who_scores(scored, LAW)
    assert "t1" in whose_scores_count(scored, LAW)


def test_the_substitute_chairs_and_scores_where_the_chair_cannot() -> None:
    assert who_chairs(panel(), LAW) == ("c",)
    facts = panel(c={"subordinate": True})
    assert who_chairs(facts, LAW) == ("c2",)
    assert who_scores(facts, LAW) == ("s", "m1", "m2", "m3", "c2")
    assert "c2" not in who_is_left_out(facts, LAW)


def test_whoever_might_have_chaired_is_told_why_they_do_not() -> None:
    assert who_does_not_chair(panel(), LAW) == {
        "c2": "Pengganti ketua; ketua sendiri dapat memimpin penilaian calon ini."
    }
    facts = panel(c={"subordinate": True}, c2={"in_service": False})
    assert who_does_not_chair(facts, LAW) == {"c": "Bawahan langsung calon.", "c2": "Tidak lagi bertugas."}


def test_where_nobody_can_chair_nothing_is_concluded() -> None:
    facts = all_scored(c={"superior": True}, c2={"in_service": False})
    assert who_chairs(facts, LAW) == ()
    assert "Ketua tim penilai dan penggantinya" in refuses(the_panel_is_complete, concluding(facts))


def test_the_secretary_records_also_where_they_do_not_score() -> None:
    assert who_records(panel(s={"same_unit": True}), LAW) == ("s",)
    assert who_records(panel(s={"is_nominee": True}), LAW) == ("m1",)
    assert who_records(panel(s={"in_service": False}, m1={"declared": "sepupu"}), LAW) == ("m2",)


def test_a_score_stands_when_its_giver_leaves_and_falls_with_a_conflict() -> None:
    left = all_scored(m1={"in_service": False}, m2={"replaced": True})
    assert set(whose_scores_count(left, LAW)) == {"c", "s", "m1", "m2", "m3"}
    assert who_has_yet_to_score(left, LAW) == ()
    conflicted = all_scored(m1={"declared": "ipar calon"})
    assert "m1" not in whose_scores_count(conflicted, LAW)


def test_who_left_after_scoring_counts_towards_the_quorum_so_that_no_substitute_is_called() -> None:
    away: dict[str, Any] = {"in_service": False, "scored": True}
    facts = panel(m1=away, m2=away, m3={"same_unit": True})
    assert who_scores(facts, LAW) == ("c", "s")


def test_the_panel_is_complete_when_all_have_scored() -> None:
    assert allows(the_panel_is_complete, concluding(all_scored()))
    assert "Belum menilai: Anggota 3." in refuses(the_panel_is_complete, concluding(all_scored(m3={"scored": False})))
    assert who_has_yet_to_score(all_scored(m3={"scored": False}), LAW) == ("m3",)


def test_once_the_time_has_passed_the_silence_of_one_holds_up_nobody_but_the_quorum_stays() -> None:
    assert allows(the_panel_is_complete, concluding(all_scored(m3={"scored": False}), late=True))
    silent: dict[str, Any] = {"scored": False}
    few = all_scored(m1=silent, m2=silent, m3=silent)
    assert "kuorum: 3" in refuses(the_panel_is_complete, concluding(few, late=True))


def test_nobody_is_asked_twice_and_everybody_is_either_in_or_told_why_not() -> None:
    for facts in (panel(), all_scored(), panel(c={"same_unit": True}, m1={"declared": "x"})):
        chosen = who_scores(facts, LAW)
        assert len(chosen) == len(set(chosen))
        assert set(chosen) | set(who_is_left_out(facts, LAW)) == {member.person_id for member in PANEL}


ANY_MEMBER = st.fixed_dictionaries(
    {
        "in_service": st.booleans(),
        "same_unit": st.booleans(),
        "declared": st.sampled_from(["", "ipar"]),
        "scored": st.booleans(),
        "replaced": st.booleans(),
    }
)


@given(st.fixed_dictionaries({member.person_id: ANY_MEMBER for member in PANEL}))
def test_whatever_befalls_a_panel_only_the_free_score_and_who_chairs_is_one_of_them(how: dict[str, Any]) -> None:
    facts = panel(**how)
    chosen, members = who_scores(facts, LAW), {member.person_id: member for member in facts.panel}
    assert all(not why_not_free(members[person]) for person in chosen)
    assert set(who_chairs(facts, LAW)) <= set(chosen)
    assert set(chosen).isdisjoint(who_is_left_out(facts, LAW))
    assert set(who_scores(PanelFacts(facts.panel[::-1]), LAW)) == set(chosen)
    enough = quorum_of(facts.panel, LAW) - len(set(whose_scores_count(facts, LAW)) - set(chosen))
    free_substitutes = [t for t in ("t1", "t2") if not why_not_free(members[t])]
    assert len(chosen) >= enough or set(free_substitutes) <= set(chosen)


# --- Scores ----------------------------------------------------------------------------------------------------------

CRITERIA = (Criterion("Kinerja", 60), Criterion("Inovasi", 40))
ROUND = AwardRoundRecord("r", "Putaran", "comparing", ("regional",), (), date(2026, 4, 1), (), CRITERIA)


def scored(*points: tuple[str, int]) -> ScoreFacts:
    return ScoreFacts(tuple(CriterionScore(*each) for each in points), ROUND)


@pytest.mark.parametrize("points", [0, 100])
def test_scores_reach_from_nothing_to_the_greatest(points: int) -> None:
    assert allows(every_criterion_is_scored, scored(("Kinerja", points), ("Inovasi", 50)))


@pytest.mark.parametrize(
    ("given_scores", "says"),
    [
        ([("Kinerja", 80)], "belum dinilai: Inovasi"),
        ([("Kinerja", 80), ("Inovasi", 70), ("Rupa", 1)], "bukan kriteria putaran ini, atau disebut dua kali: Rupa"),
        ([("Kinerja", 80), ("Kinerja", 70), ("Inovasi", 70)], "disebut dua kali: Kinerja"),
        ([("Kinerja", 101), ("Inovasi", 70)], "di luar 0 sampai 100: Kinerja"),
        ([("Kinerja", -1), ("Inovasi", 70)], "di luar 0 sampai 100: Kinerja"),
        ([], "belum dinilai: Kinerja, Inovasi"),
    ],
)
def test_each_criterion_is_scored_once(given_scores: list[tuple[str, int]], says: str) -> None:
    assert says in refuses(every_criterion_is_scored, scored(*given_scores))


def test_without_a_round_there_is_nothing_to_score() -> None:
    assert refuses(every_criterion_is_scored, ScoreFacts((), None))


def test_a_conflict_is_declared_with_its_reason() -> None:
    assert allows(conflict_is_named, DeclaringFacts("sepupu calon"))
    assert refuses(conflict_is_named, DeclaringFacts("  "))


def test_scores_are_sealed_until_all_are_in_or_the_chair_has_concluded() -> None:
    assert scores_are_sealed(SealFacts(1, chair_has_concluded=False))
    assert not scores_are_sealed(SealFacts(0, chair_has_concluded=False))
    assert not scores_are_sealed(SealFacts(1, chair_has_concluded=True))


def test_the_chair_is_asked_when_all_scores_are_in() -> None:
    assert all_scores_are_in(OverdueFacts(0, 3))
    assert not all_scores_are_in(OverdueFacts(1, 2))
    assert not all_scores_are_in(OverdueFacts(0, 0))
