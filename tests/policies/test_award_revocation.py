"""Taking back an award that was handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from policies.award_revocation import (
    GROUNDS,
    AwardFacts,
    GroundFacts,
    HolderFacts,
    OtherRevocationFacts,
    RevokerFacts,
    RevokingKeppresFacts,
    a_keppres_revokes_a_satyalancana,
    award_is_theirs,
    award_stands,
    ground_is_proved,
    is_revoked_by_the_president,
    revoked_in_one_case,
    who_revokes,
)
from policies.records import AwardRecord
from tests.answers import TODAY, allows, law_on, refuses

LAW = law_on(TODAY)
AWARD = AwardRecord(
    "1", "J3EE-K2DP", "p", "Wulan Iskandar", "regional", "awarded", "800/12", date(2026, 1, 5), date(2026, 1, 20)
)
MEDAL = replace(AWARD, kind="satyalancana_10")


def test_an_award_that_was_handed_over_can_be_taken_back_once() -> None:
    assert allows(award_stands, AwardFacts(AWARD))
    assert "belum diserahkan" in refuses(award_stands, AwardFacts(replace(AWARD, awarded_on=None)))
    assert "sudah dicabut" in refuses(award_stands, AwardFacts(replace(AWARD, revoked=True)))
    assert refuses(award_stands, AwardFacts(None))


def test_one_revocation_at_a_time() -> None:
    assert allows(revoked_in_one_case, OtherRevocationFacts(()))
    assert "ABCD-1234" in refuses(revoked_in_one_case, OtherRevocationFacts(("ABCD-1234",)))


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_ground_is_named_explained_and_proved(ground: str) -> None:
    facts = GroundFacts(ground, "Sertifikat inovasi ternyata palsu.", ("file",))
    assert allows(ground_is_proved, facts)
    for wrong in (replace(facts, ground=""), replace(facts, explanation=" "), replace(facts, evidence=())):
        assert "bukti" in refuses(ground_is_proved, wrong)


@pytest.mark.parametrize(
    ("kind", "head", "who"),
    [
        ("regional", True, "regent"),
        ("satyalancana_30", False, "regent"),
        ("recognition", False, "nominee_head"),
        ("recognition", True, "secretary"),
    ],
)
def test_whoever_decided_takes_back(kind: str, head: bool, who: str) -> None:
    assert who_revokes(RevokerFacts(replace(AWARD, kind=kind), head), LAW) == who


def test_a_satyalancana_is_taken_back_by_keppres_and_nothing_else_is() -> None:
    assert is_revoked_by_the_president(AwardFacts(MEDAL))
    assert not is_revoked_by_the_president(AwardFacts(AWARD))
    assert not is_revoked_by_the_president(AwardFacts(None))
    recorded = RevokingKeppresFacts(MEDAL, "7/TK/2026", TODAY, "scan", TODAY)
    assert allows(a_keppres_revokes_a_satyalancana, recorded)
    assert allows(a_keppres_revokes_a_satyalancana, RevokingKeppresFacts(AWARD, "", None, "", TODAY))
    assert "Kosongkan" in refuses(a_keppres_revokes_a_satyalancana, replace(recorded, award=AWARD))
    only_a_scan = RevokingKeppresFacts(AWARD, "", None, "scan", TODAY)
    assert "Kosongkan" in refuses(a_keppres_revokes_a_satyalancana, only_a_scan)
    assert "Unggah pindaian" in refuses(a_keppres_revokes_a_satyalancana, replace(recorded, keppres_scan=""))


@pytest.mark.parametrize(
    ("number", "day"),
    [(" ", TODAY), ("7", None), ("7", TODAY + timedelta(days=1)), ("7", date(2026, 1, 4))],
)
def test_the_keppres_that_takes_back_has_a_number_and_a_day_after_the_award(number: str, day: date | None) -> None:
    assert refuses(a_keppres_revokes_a_satyalancana, RevokingKeppresFacts(MEDAL, number, day, "scan", TODAY))


def test_a_revocation_is_about_whoever_holds_the_award() -> None:
    assert allows(award_is_theirs, HolderFacts(AWARD, AWARD.person_id))
    assert "diterima" in refuses(award_is_theirs, HolderFacts(AWARD, "somebody else"))
    assert "belum ditetapkan" in refuses(award_is_theirs, HolderFacts(None, AWARD.person_id))
