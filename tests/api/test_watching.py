"""What whoever keeps the service can see of it: figures, a line for each request, a number to quote; of nobody by name."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from contextlib import closing
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.datastructures import State
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update

from api.app import Serving, create_app
from api.logs import JsonLines
from tests.accounts import Browser
from tests.api.house import REQUEST, House, Sample, served
from tests.pages.people import signed_in
from workflow import tally
from workflow.backups.last import note
from workflow.database import Database
from workflow.tables import effects

NETWORKS = (ip_network("10.9.0.0/16"),)
PROXIES = (ip_network("10.0.0.5/32"), ip_network("127.0.0.1/32"))


def asked(peer: str, headers: dict[str, str], address: str, **state: Any) -> httpx.Response:
    """/metrics as an address of the network asks for it."""
    app: Any = create_app(address, runner=False)
    app.state = State({"serving": Serving(address, app.state.serving.clock, runner=False), "proxies": (), **state})

    async def ask() -> httpx.Response:
        async with app.lifespan():
            through = httpx.ASGITransport(app, client=(peer, 4000))
            async with httpx.AsyncClient(transport=through, base_url="http://127.0.0.1:8000") as client:
                return await client.get("/metrics", headers=headers)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("peer", "headers", "state", "status"),
    [
        ("127.0.0.1", {}, {}, 200),
        ("::1", {}, {}, 200),
        ("198.51.100.7", {}, {}, 404),
        ("10.9.3.4", {}, {}, 404),
        ("10.9.3.4", {}, {"watchers": NETWORKS}, 200),
        ("10.8.3.4", {}, {"watchers": NETWORKS}, 404),
        # Behind a proxy on this machine that nobody told us of: whoever asks is not this machine.
        ("127.0.0.1", {"X-Forwarded-For": "198.51.100.7"}, {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, {}, 404),
        ("127.0.0.1", {"X-Real-IP": "198.51.100.7"}, {}, 404),
        ("127.0.0.1", {"Forwarded": "for=198.51.100.7"}, {}, 404),
        ("127.0.0.1", {"Via": "1.1 proksi"}, {}, 404),
        ("127.0.0.1", {"Host": "jenjang.kemuning.example"}, {}, 404),
        # Behind one that is trusted: whomever it names.
        ("10.0.0.5", {"X-Forwarded-For": "198.51.100.7"}, {"proxies": PROXIES, "watchers": NETWORKS}, 404),
        ("10.0.0.5", {"X-Forwarded-For": "10.9.3.4"}, {"proxies": PROXIES, "watchers": NETWORKS}, 200),
        ("10.0.0.5", {"X-Forwarded-For": "10.9.3.4, 198.51.100.7"}, {"proxies": PROXIES, "watchers": NETWORKS}, 404),
        ("10.0.0.5", {"X-Forwarded-For": "127.0.0.1"}, {"proxies": PROXIES}, 404),
        ("10.0.0.5", {}, {"proxies": PROXIES, "watchers": NETWORKS}, 404),
        ("127.0.0.1", {}, {"proxies": PROXIES}, 404),
    ],
)
def test_figures_are_for_this_machine_and_the_networks_that_are_set_and_for_nobody_through_a_proxy(
    peer: str, headers: dict[str, str], state: dict[str, Any], status: int, address: str
) -> None:
    answer = asked(peer, headers, address, **state)
    assert answer.status_code == status
    assert ("jenjang_" in answer.text) == (status == 200)


def figures(house: House) -> dict[tuple[str, ...], float]:
    """Every figure, by its name and labels."""
    house.client.app.state.watchers = ()  # type: ignore[attr-defined]
    observed = house.client.app.asgi_handler  # type: ignore[attr-defined]
    observed._metrics._good_until = 0.0
    said = asyncio.run(observed._metrics.text(house.client.app.state.desk)).decode()  # type: ignore[attr-defined]
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


def test_requests_are_counted_by_the_template_of_their_route_never_by_an_id(house: House) -> None:
    case = house.open()
    house.read("nurse", f"/api/cases/{case}")
    house.client.get("/tidak/ada/198503092010031001")
    found = figures(house)
    assert found["jenjang_request_seconds_count", "GET", "/api/cases/{case_id}", "200"] >= 1
    assert found["jenjang_request_seconds_count", "GET", "-", "404"] >= 1
    assert not [labels for labels in found for label in labels if case in label or "1985" in label]


def test_steps_are_counted_by_process_step_and_outcome(house: House) -> None:
    before = figures(house)
    case = house.open()
    house.done("nurse", case, "submit", REQUEST)
    assert house.act("stranger", case, "endorse").status_code in (403, 404, 409)
    assert house.act("nursing_head", case, "bukan-langkah", version=2).status_code >= 400
    after = figures(house)
    grown = {labels: number - before.get(labels, 0) for labels, number in after.items()}
    steps = {labels[1:]: number for labels, number in grown.items() if labels[0] == "jenjang_steps_total" and number}
    assert steps[tally.DONE, "internship", "submit"] == 1
    assert sum(number for labels, number in steps.items() if labels[0] != tally.DONE) >= 1
    assert not [labels for labels in steps if "bukan-langkah" in labels]


def test_a_step_that_is_only_tried_is_not_counted(house: House) -> None:
    case = house.open()
    before = tally.steps()
    shown = house.ask("nurse", "POST", f"/api/cases/{case}/actions/submit/letters", json={"form": REQUEST})
    assert shown.status_code in (200, 404, 405, 422)
    assert tally.steps() == before


def test_what_is_owed_and_what_has_failed_is_counted_by_kind(house: House) -> None:
    house.road("forward")
    database = Database.open(house.address)
    late = update(effects).where(effects.c.kind == "message")
    database.write(lambda conn: conn.execute(late.values(parked_at=house.clock.now(), error="Ditolak")))
    database.close()
    found = figures(house)
    assert found["jenjang_effects_parked", "message"] >= 1
    assert found["jenjang_effects_due", "render"] >= 1
    assert found["jenjang_effects_oldest_seconds", "render"] >= 0
    assert found["jenjang_tasks_late", "internship"] == 0
    assert found["jenjang_letters", "to_render"] >= 1
    says = {each["name"]: each["says"] for each in house.client.get("/ready").json()["checks"]}
    assert "gagal dan perlu diperiksa" in says["queue"]


def test_the_age_of_the_last_backup_is_told_and_none_where_there_was_none(house: House) -> None:
    assert ("jenjang_backup_age_seconds",) not in figures(house)
    made = house.clock.now() - timedelta(hours=2)
    with closing(house.with_database()) as database:
        database.write(note, made, made.date(), house.clock.now())
    assert 7200 <= figures(house)["jenjang_backup_age_seconds",] < 7260


def test_effects_that_another_process_ran_are_in_the_figures_too(sample: Sample, address: str) -> None:
    with served(sample, address) as house:
        house.road("forward")
    with served(sample, address, runner=True) as house:
        until = time.monotonic() + 60
        while not any(labels[:2] == ("jenjang_effects_run_total", "render") for labels in figures(house)):
            assert time.monotonic() < until
            time.sleep(0.2)
    assert not tally._ran, "its sums are with the database by its end"
    with served(sample, address) as house:
        found = figures(house)
    assert found["jenjang_effects_run_total", "render", "done"] >= 1
    assert found["jenjang_effects_run_seconds_total", "render", "done"] > 0


# --- The log ---------------------------------------------------------------------------------------------------------


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "jenjang"]


def test_each_request_is_one_line_that_says_what_was_asked_and_by_which_id(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="jenjang")
    case = house.open()
    reference = house.read("nurse", f"/api/cases/{case}")["reference"]
    *_, line = [each for each in lines(caplog) if each["says"] == "request"]
    assert line.keys() == {
        "at",
        "level",
        "logger",
        "says",
        "method",
        "route",
        "status",
        "milliseconds",
        "who",
        "process",
        "case",
    }
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/cases/{case_id}", 200)
    assert (line["who"], line["process"], line["case"]) == (house.sample.ids["nurse"], "internship", reference)


def test_a_request_has_a_number_that_its_answer_its_problem_its_page_and_its_log_tell(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="jenjang")
    problem = house.get("nurse", f"/api/cases/{uuid.uuid4()}")
    number = problem.headers["x-request-id"]
    assert problem.json()["request_id"] == number
    page = signed_in(house, "nurse").get(f"/berkas/{uuid.uuid4()}")
    assert page.headers["x-request-id"] in page.text
    assert page.headers["x-request-id"] != number


def test_a_number_is_taken_only_from_a_proxy_that_is_trusted_and_only_if_it_is_one(address: str) -> None:
    def given(peer: str, number: str) -> bool:
        answer = asked(peer, {"X-Request-ID": number}, address, proxies=PROXIES)
        return answer.headers["x-request-id"] == number

    assert given("10.0.0.5", "4f2a9c00-proksi")
    assert not given("198.51.100.7", "4f2a9c00-proksi")
    for wrong in ("pendek", "a" * 65, "ada spasi di sini", 'kutip"{}kutip', "198503092010031001\\n"):
        assert not given("10.0.0.5", wrong)


def test_nothing_that_somebody_typed_or_is_called_stands_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="jenjang")
    database = Database.open(house.address)
    people = database.read(lambda conn: conn.execute(text("SELECT name, nip, email FROM people")).all())
    nip, name = next((row.nip, row.name) for row in people if row.nip)
    secret = f"jj_{'r4h4s14' * 6}"
    case = house.road("request_host")
    token = "tautan-" + "r4h4s14" * 6
    browser, signed = Browser.on(house.client), signed_in(house, "administrator")
    for path in (f"/api/cases/{nip}", f"/api/people?q={name}", f"/api/people/{nip}", f"/api/cases/{case}?nip={nip}"):
        house.get("administrator", path)
        house.client.get(path, headers={"Authorization": f"Bearer {secret}"})
    for path in (
        f"/mitra/{token}",
        f"/kalender/{token}.ics",
        f"/aktivasi/{token}",
        f"/verify/{token}",
        f"/{nip}/{name}",
    ):
        browser.get(path)
    for path in (f"/kelola/pegawai?cari={name}", f"/berkas/{nip}", f"/berkas?cari={name}", f"/kelola/pegawai/{nip}"):
        signed.get(path)
    browser.sign_in(nip, "kata sandi yang diketik")
    browser.sign_in(name, "kata sandi yang diketik")
    house.ask("nurse", "POST", "/api/cases", json={"process": name, "form": {nip: name}})
    house.ask("nurse", "POST", "/api/cases", content=f'{{"{nip}": "{name}"'.encode())
    house.act("nursing_head", case, "endorse", {"note": name, "nip": nip})
    whole = "\n".join(JsonLines().format(record) for record in caplog.records if record.name == "jenjang")
    assert len(lines(caplog)) > 20
    for found in (secret, token, "kata sandi", "r4h4s14", "cari=", "nip="):
        assert found not in whole
    for row in people:
        for mine in (row.name, row.nip, row.email):
            assert not mine or mine not in whole
    database.close()


def test_a_fault_says_where_it_was_and_not_what_it_quotes() -> None:
    with pytest.raises(ValueError, match="Kirana") as raised:
        int("Kirana Maheswari 198503092010031001")
    fault = (ValueError, raised.value, raised.tb)
    line = json.loads(JsonLines().format(logging.LogRecord("jenjang", logging.ERROR, "", 1, "gagal", (), fault)))
    assert line["error"] == "ValueError"
    assert Path(__file__).name in line["at_lines"][-1]
    assert "Kirana" not in json.dumps(line)
