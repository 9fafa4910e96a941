"""Satyalancana Karya Satya: verified here, proposed upward in one list, conferred by Keppres, handed over here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.award_rounds import (
    BECAUSE,
    VERIFIER,
    all_signed,
    clearance,
    closed,
    found,
    handing,
    kinds_of,
    letter,
    medal_round,
    nominated,
    nomination,
    opened,
    together,
    verified,
)
from tests.circumstances import alter, sanction
from tests.witness import refused, state, told, waiting
from tests.world import World
from workflow.errors import NotNow, Refused

MEDAL = "satyalancana_10"
#: That no earlier medal is on record is a warning beside whatever refuses.
NOT_RECORDED = "no_such_medal_is_held"


def keppres(world: World, day: date) -> dict[str, Any]:
    """The President's decree of a day."""
    return {"keppres_number": "45/TK/TAHUN 2026", "keppres_on": day.isoformat(), "excerpt": world.file(VERIFIER)}


def test_a_list_of_two_is_proposed_upward_and_the_keppres_names_one(awards: World) -> None:
    of_round = medal_round(awards)
    first, second = (verified(awards, who, MEDAL, of_round) for who in ("nurse", "stranger"))
    assert {state(awards, first), state(awards, second)} == {"upward_review"}
    closed(awards)
    outcome = together(awards, of_round).act("propose_upward", "regent")
    assert [moved.state for moved in outcome.moved] == ["awaiting_president"] * 2
    paper = letter(awards, first, "award_upward_proposal")
    assert paper.id == letter(awards, second, "award_upward_proposal").id
    all_signed(awards, first)
    day = awards.at.date() + timedelta(days=60)
    awards.go_to(day)
    with refused(awards, first, Refused, rules={"keppres_is_plausible"}):
        awards.fire(first, "record_decree", VERIFIER, keppres(awards, date(2026, 3, 1)))
    awards.fire(first, "record_decree", VERIFIER, keppres(awards, day))
    awards.fire(second, "record_refusal", VERIFIER, {"reason": "Tidak tercantum dalam lampiran Keppres."})
    assert (state(awards, first), state(awards, second)) == ("decreed", "not_granted")
    with pytest.raises(NotNow):
        awards.fire(first, "extract", "agency_chief")
    awards.fire(first, "hand_over", VERIFIER, handing(awards))
    assert state(awards, first) == "awarded"
    assert "award_certificate" not in kinds_of(awards, first)
    assert "nurse" in {who for who, _ in told(awards, first)}
    assert state(awards, of_round) == "finished"
    assert found(awards) == []


def test_unpaid_leave_that_nobody_recorded_is_put_on_record_with_a_document(awards: World) -> None:
    alter(awards, "nurse", unpaid_leave=None)
    case = opened(awards, "nurse")
    asked = nomination(awards, "nurse", MEDAL)
    with refused(awards, case, Refused, rules={"never_on_unpaid_leave", NOT_RECORDED}):
        awards.fire(case, "propose", "nurse", asked)
    attested = {
        "fact": "unpaid_leave",
        "value": False,
        "document": awards.file(VERIFIER),
        "says": "Surat keterangan kepala rumah sakit.",
    }
    awards.fire(case, "attest", VERIFIER, attested)
    awards.fire(case, "propose", "nurse", asked)
    assert state(awards, case) == "unit_review"


def test_too_short_a_service_is_told_in_years_and_months(awards: World) -> None:
    alter(awards, "nurse", cpns_on=date(2016, 6, 1))
    case = opened(awards, "nurse")
    with refused(awards, case, Refused, rules={"service_is_long_enough", NOT_RECORDED}) as refusal:
        awards.fire(case, "propose", "nurse", nomination(awards, "nurse", MEDAL))
    assert "9 tahun 9 bulan" in refusal.says[0]


def test_whoever_is_sanctioned_meanwhile_is_not_proposed_upward(awards: World) -> None:
    case = verified(awards, "nurse", MEDAL)
    sanction(awards, "nurse", "sedang", date(2026, 3, 2), date(2026, 9, 1))
    with refused(awards, case, Refused, rules={"no_sanction_stands_in_the_way"}):
        awards.fire(case, "propose_upward", "regent")
    awards.fire(case, "refuse", "regent", BECAUSE)
    assert state(awards, case) == "refused"


def test_the_regent_has_it_examined_before_it_goes_upward(awards: World) -> None:
    case = verified(awards, "nurse", MEDAL)
    awards.fire(case, "send_back", "regent", {"examine": "Tanggal pengangkatan CPNS."})
    assert "verify" in waiting(awards, case)[VERIFIER]
    awards.fire(case, "verify", VERIFIER)
    assert state(awards, case) == "upward_review"


def test_an_open_case_is_waited_for_where_the_nomination_stands(awards: World) -> None:
    case = nominated(awards, "nurse", MEDAL)
    awards.fire(case, "clear", VERIFIER, clearance(awards, clear=False, by=VERIFIER))
    with refused(awards, case, Refused, rules={"no_discipline_case_is_open", NOT_RECORDED}):
        awards.fire(case, "verify", VERIFIER)
    awards.fire(case, "suspend", VERIFIER, BECAUSE)
    awards.fire(case, "clear", VERIFIER, clearance(awards, number="700/14/INSP/2026", by=VERIFIER))
    awards.fire(case, "resume", VERIFIER)
    awards.fire(case, "verify", VERIFIER)
    assert state(awards, case) == "upward_review"
