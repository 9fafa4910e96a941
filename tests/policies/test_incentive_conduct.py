"""A nomination on its way: its round and the closing day, the unit's share, nobody twice, files, suspension, comparison."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from policies.incentive import COMPARED, KINDS, SATYALANCANA
from policies.incentive_conduct import (
    ComparisonFacts,
    ExaminationFacts,
    FilesFacts,
    OpenCaseFacts,
    QuotaFacts,
    RoundFacts,
    TwiceFacts,
    files_are_complete,
    is_under_way,
    not_nominated_twice,
    round_takes_the_nomination,
    the_case_is_over,
    the_comparison_is_complete,
    there_is_a_case_to_wait_for,
    unit_has_a_share_left,
    what_to_examine_is_named,
)
from policies.parameters import DECLARED
from policies.records import AwardRoundRecord, ByKind, OtherNomination, Proof, Standing
from tests.answers import TODAY, allows, law_on, law_with, refuses, warns

DAY = timedelta(days=1)
CLOSES = date(2026, 3, 20)
ROUND = AwardRoundRecord(
    "r", "Putaran 2026", "open", ("regional", "satyalancana_10"), (ByKind("regional", 2),), CLOSES, (), ()
)


# --- The round -------------------------------------------------------------------------------------------------------


def in_round(
    kind: str = "regional", on: date = TODAY, state: str = "open", nominated_on: date | None = None
) -> RoundFacts:
    return RoundFacts(kind, replace(ROUND, state=state), nominated_on, on)


def test_a_round_takes_nominations_until_its_last_day_and_on_it() -> None:
    assert allows(round_takes_the_nomination, in_round(on=CLOSES))
    assert "sedang tidak dibuka" in refuses(round_takes_the_nomination, in_round(on=CLOSES + DAY))


@pytest.mark.parametrize("state", ["drafted", "panel_decision", "awaiting_call", "comparing", "finished", "cancelled"])
def test_a_round_that_is_not_open_takes_no_new_nomination(state: str) -> None:
    assert refuses(round_takes_the_nomination, in_round(state=state))


def test_what_was_nominated_in_time_and_returned_is_nominated_again_while_the_round_compares() -> None:
    late = CLOSES + 5 * DAY
    assert allows(round_takes_the_nomination, in_round(on=late, state="comparing", nominated_on=CLOSES))
    assert refuses(round_takes_the_nomination, in_round(on=late, state="comparing", nominated_on=CLOSES + DAY))
    assert refuses(round_takes_the_nomination, in_round(on=late, state="finished", nominated_on=CLOSES))


def test_a_round_takes_only_its_kinds() -> None:
    assert allows(round_takes_the_nomination, in_round("satyalancana_10"))
    assert "mencakup: Penghargaan Pegawai Berprestasi" in refuses(
        round_takes_the_nomination, in_round("self_development")
    )


def test_what_is_compared_needs_a_round_and_small_recognition_has_none() -> None:
    for kind in COMPARED:
        assert "Pilih putaran" in refuses(round_takes_the_nomination, RoundFacts(kind, None, None, TODAY))
    for kind in (*SATYALANCANA, "recognition"):
        assert allows(round_takes_the_nomination, RoundFacts(kind, None, None, TODAY))
    assert "Kosongkan putaran" in refuses(round_takes_the_nomination, in_round("recognition"))


def test_a_unit_nominates_up_to_its_share_and_not_one_more() -> None:
    assert allows(unit_has_a_share_left, QuotaFacts("regional", ROUND, 1))
    assert "paling banyak 2" in refuses(unit_has_a_share_left, QuotaFacts("regional", ROUND, 2))
    assert allows(unit_has_a_share_left, QuotaFacts("satyalancana_10", ROUND, 99))
    assert allows(unit_has_a_share_left, QuotaFacts("recognition", None, 99))


# --- Nobody twice ----------------------------------------------------------------------------------------------------


def others(*nominations: OtherNomination, kind: str = "regional") -> TwiceFacts:
    return TwiceFacts(kind, nominations, TODAY)


def test_nobody_is_nominated_twice_for_the_same_kind_at_once() -> None:
    other = OtherNomination("J3EE-K2DP", "regional", final=False)
    assert "J3EE-K2DP" in refuses(not_nominated_twice, others(other))
    assert allows(not_nominated_twice, others(replace(other, final=True)))
    assert allows(not_nominated_twice, others(replace(other, drafted=True)))
    assert allows(not_nominated_twice, others(replace(other, kind="self_development")))
    assert allows(not_nominated_twice, others())


@pytest.mark.parametrize(("awarded_on", "recent"), [(date(2023, 3, 2), False), (date(2023, 3, 3), True)])
def test_the_same_award_within_three_years_is_a_warning(awarded_on: date, recent: bool) -> None:
    facts = others(OtherNomination("A", "regional", final=True, awarded_on=awarded_on))
    assert ("3 Maret 2023" in warns(not_nominated_twice, facts)) if recent else allows(not_nominated_twice, facts)


def test_a_satyalancana_is_given_once_and_thanks_as_often_as_they_are_due() -> None:
    for kind in SATYALANCANA:
        assert refuses(not_nominated_twice, others(OtherNomination("A", kind, True, date(1999, 8, 17)), kind=kind))
    thanked = OtherNomination("A", "recognition", final=True, awarded_on=TODAY - DAY)
    assert allows(not_nominated_twice, others(thanked, kind="recognition"))


# --- Files -----------------------------------------------------------------------------------------------------------


def handed_in(kind: str, *documents: str, medal: str | None = "") -> FilesFacts:
    return FilesFacts(kind, tuple(Proof(document, f"file-{document}") for document in documents), medal)


def listed_for(kind: str) -> list[str]:
    topic = "satyalancana" if kind in SATYALANCANA else kind
    listed: list[str] = law_on(TODAY)[DECLARED[f"incentive.{topic}_documents"]].value
    return listed


@pytest.mark.parametrize("kind", KINDS)
def test_files_are_complete_with_what_is_listed_and_each_missing_one_is_named(kind: str) -> None:
    listed = listed_for(kind)
    assert allows(files_are_complete, handed_in(kind, *listed))
    for left_out in listed:
        rest = [each for each in listed if each != left_out]
        assert "belum ada" in refuses(files_are_complete, handed_in(kind, *rest))


def test_whoever_holds_a_medal_shows_its_certificate() -> None:
    listed = listed_for("satyalancana_20")
    assert allows(files_are_complete, handed_in("satyalancana_20", *listed, medal=None))
    assert "Satyalancana sebelumnya" in refuses(files_are_complete, handed_in("satyalancana_20", *listed, medal="X"))
    assert allows(files_are_complete, handed_in("satyalancana_20", *listed, "medal_certificate", medal="X"))
    listed = listed_for("regional")
    assert allows(files_are_complete, handed_in("regional", *listed, medal="X"))


def test_a_document_without_a_file_is_missing() -> None:
    empty = FilesFacts("self_development", (Proof("curriculum_vitae", ""), Proof("development", "f")), "")
    assert "daftar riwayat hidup" in refuses(files_are_complete, empty)


def test_an_agency_lists_its_own_documents(tmp_path: Path) -> None:
    own = """
[recognition_documents]
says = "Dokumen"
unit = "dokumen"
since = [{ from = 2026-01-01, value = ["achievement"], by = "Praktik daerah" }]
"""
    assert allows(files_are_complete, handed_in("recognition"))
    law = law_with(tmp_path, "incentive", own)
    assert "bukti prestasi" in refuses(files_are_complete, handed_in("recognition"), law)


# --- Suspended, and examined -----------------------------------------------------------------------------------------


def test_a_nomination_is_suspended_for_an_open_case_and_goes_on_when_it_is_over() -> None:
    assert allows(there_is_a_case_to_wait_for, OpenCaseFacts(True))
    assert allows(the_case_is_over, OpenCaseFacts(False))
    for known in (False, None):
        assert refuses(there_is_a_case_to_wait_for, OpenCaseFacts(known))
    for known in (True, None):
        assert refuses(the_case_is_over, OpenCaseFacts(known))


def test_whoever_sends_back_says_what_to_examine() -> None:
    assert allows(what_to_examine_is_named, ExaminationFacts("keaslian bukti prestasi"))
    assert refuses(what_to_examine_is_named, ExaminationFacts(" "))


# --- Compared with all -----------------------------------------------------------------------------------------------


def standing(case: str, state: str = "scoring", result: int | None = 8000, kind: str = "regional") -> Standing:
    return Standing(case, f"{case}-REF", f"Pegawai {case}", kind, state, False, TODAY, result)


def compared(*standings: Standing, state: str = "comparing") -> ComparisonFacts:
    found = (standing("a", result=None), *standings)
    return ComparisonFacts("a", "regional", replace(ROUND, state=state), found, concluded_together=("b",))


def test_nobody_is_ranked_before_the_round_compares_and_all_have_a_result() -> None:
    assert allows(the_comparison_is_complete, compared(standing("b")))
    assert "belum ditutup" in refuses(the_comparison_is_complete, compared(state="open"))
    assert "Pegawai b" in refuses(the_comparison_is_complete, compared(standing("b", "verification", None)))


def test_a_comparison_waits_for_nobody_of_another_kind_out_of_the_race_or_not_nominated() -> None:
    drafted = replace(standing("d", "drafted", None), nominated_on=None)
    closed = replace(standing("e", "rejected", None), final=True)
    other = standing("f", "scoring", None, "self_development")
    assert allows(the_comparison_is_complete, compared(drafted, closed, other))


def test_one_that_was_returned_after_it_was_nominated_is_waited_for() -> None:
    assert refuses(the_comparison_is_complete, compared(standing("b", "drafted", None)))


def test_those_on_whom_the_chair_does_not_conclude_in_the_same_act_are_named() -> None:
    says = warns(the_comparison_is_complete, compared(standing("b"), standing("c"), standing("d", "unsuccessful")))
    assert "belum disimpulkan: Pegawai c." in says


def test_a_suspended_one_is_not_waited_for_but_named() -> None:
    assert "ditangguhkan: Pegawai b" in warns(the_comparison_is_complete, compared(standing("b", "suspended", None)))


def test_without_a_round_there_is_no_comparison() -> None:
    assert refuses(the_comparison_is_complete, ComparisonFacts("a", "regional", None, ()))


def test_under_way_is_what_was_nominated_and_is_not_closed() -> None:
    assert is_under_way(standing("a"))
    assert not is_under_way(replace(standing("a"), final=True))
    assert not is_under_way(replace(standing("a"), nominated_on=None))


def test_while_no_kind_is_chosen_no_file_is_missed() -> None:
    assert allows(files_are_complete, handed_in(""))
