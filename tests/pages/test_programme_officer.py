"""The desk of a unit's personnel officer: their unit's cases alone, whom they wait for, and reminding them once a working day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.api.house import House, Sample
from tests.pages.people import seen, signed_in
from tests.pages.programme import looked_after
from workflow.tables import effects, link_shares


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with looked_after(sample, tmp_path_factory.mktemp("officer")) as house:
        yield house


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """A request that waits for the nurse's superior."""
    return str(house.read("nurse", f"/api/cases/{house.road('submit')}")["reference"])


def remind(house: House, who: str, case: str, role: str = "supervisor") -> tuple[int, str]:
    browser = signed_in(house, who)
    answer = browser.send(f"/kepegawaian/{case}/ingatkan", {"role": role, "show": ""}, page="/akun")
    return answer.status_code, answer.headers.get("location", "") or seen(answer)


@pytest.mark.parametrize("who", ["nurse", "contact", "verifier", "auditor"])
def test_the_desk_of_a_unit_is_for_its_personnel_officer_alone(house: House, who: str) -> None:
    answer = signed_in(house, who).get("/kepegawaian")
    assert answer.status_code == 403
    assert "pengelola kepegawaian unit" in seen(answer)
    assert house.get(who, "/api/unit-desk").status_code == 403


def test_an_officer_sees_whom_the_cases_of_their_unit_wait_for_and_none_of_another(house: House, case: str) -> None:
    own, other = (seen(signed_in(house, who).get("/kepegawaian")) for who in ("officer", "other_officer"))
    assert case in own
    assert "Menunggu Ns. Sriyatun Danuningrat" in own
    assert case not in other
    assert "Lewat tenggat (0)" in own


@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 404), ("other_officer", 404), ("nurse", 403), ("auditor", 403), ("contact", 404)]
)
def test_nobody_reminds_of_a_case_that_they_do_not_look_after(house: House, case: str, who: str, status: int) -> None:
    assert remind(house, who, case)[0] == status


def test_a_role_that_the_case_does_not_wait_for_is_not_reminded(house: House, case: str) -> None:
    status, says = remind(house, "officer", case, "verifier")
    assert status == 409
    assert "tidak lagi menunggu pihak itu" in says


def test_whoever_is_late_is_reminded_once_a_working_day_and_the_reminder_is_on_record(house: House, case: str) -> None:
    house.clock.set(datetime(2026, 3, 7, 2, tzinfo=UTC))  # a Saturday, on which a hospital works; two days were allowed
    officer = signed_in(house, "officer")
    assert case in seen(officer.get("/kepegawaian?tampil=terlambat"))
    assert [remind(house, "officer", case)[1].rpartition("=")[2] for _ in range(2)] == ["dikirim", "sudah"]
    house.clock.set(datetime(2026, 3, 8, 2, tzinfo=UTC))
    assert remind(house, "officer", case)[1].endswith("sudah")
    house.clock.set(datetime(2026, 3, 9, 2, tzinfo=UTC))
    assert remind(house, "officer", case)[1].endswith("dikirim")
    assert "diingatkan oleh" in seen(signed_in(house, "officer").get("/kepegawaian"))
    with closing(house.with_database()) as database:
        told = database.read(
            lambda c: c.execute(select(effects.c.payload).where(effects.c.kind == "message")).scalars().all()
        )
        traces = database.read(lambda c: c.execute(select(link_shares)).all())
    assert len([each for each in told if "mengingatkan bahwa" in json.loads(each)["says"]]) == 2
    assert [row.by for row in traces] == [house.sample.ids["officer"]] * 2


def test_an_officer_takes_the_text_to_send_it_themselves_and_that_is_on_record(house: House, case: str) -> None:
    officer = signed_in(house, "officer")
    form = {"role": "supervisor", "channel": "whatsapp"}
    sent = officer.send(f"/kepegawaian/{case}/kirim", form, page="/akun")
    assert sent.status_code == 303
    page = officer.get(sent.headers["location"])
    assert "Ns. Sriyatun Danuningrat" in seen(page)
    assert "https://wa.me/?text=Yth" in page.text
    assert "(WhatsApp)" in seen(officer.get("/kepegawaian"))
    stranger = signed_in(house, "stranger")
    assert stranger.get(f"/kepegawaian/{case}/teks?peran=supervisor").status_code == 404
    assert stranger.send(f"/kepegawaian/{case}/kirim", form, page="/akun").status_code == 404
    assert officer.send(f"/kepegawaian/{case}/kirim", {**form, "channel": "merpati"}, page="/akun").status_code == 400


def test_the_list_is_read_page_by_page_without_losing_a_case(house: House, case: str) -> None:
    house.open("second_nurse")
    found, after, page = [], None, {}
    for _ in range(9):
        page = house.read("officer", "/api/unit-desk", params={"limit": 1, **({"after": after} if after else {})})
        found += [line["reference"] for line in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(found) == len(set(found)) == page["waiting"] == 2
    assert case in found
    assert house.get("officer", "/api/unit-desk", params={"after": "x"}).status_code == 400
