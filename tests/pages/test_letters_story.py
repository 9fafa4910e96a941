"""The secretary signs in a real browser: five letters with one code, of which one fails, with scripts and without."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from api.clock import DemoClock
from tests.accounts import code_at, give_factor
from tests.api.house import MONDAY, SECRET, House, Sample
from tests.api.test_served import server, wait_until_alive
from tests.pages.letters_waiting import initialled, waiting, with_paraf
from tests.pages.office import OfficeAtWork, tab
from tests.pages.test_layout import AXE, RULES
from workflow.accounts.safe import Safe
from workflow.database import Database
from workflow.tables import accounts, sessions

SHOTS = os.environ.get("SHOTS")
FIVE, THREE = 5, 3


@dataclass
class Desk:
    """The office, the letters that wait for the secretary's signature, and what she signs with."""

    office: OfficeAtWork
    house: House
    letters: list[str]
    factor: str


@pytest.fixture(scope="module")
def desk(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Five letters for one story and three for the other; the one that stays is what is corrected in the last."""
    folder = tmp_path_factory.mktemp("signing")
    path = folder / "jenjang.db"
    shutil.copy(sample.path, path)
    address = f"sqlite:///{path}"
    with closing(Database.open(address)) as database:
        database.write(with_paraf)
        factor, _ = database.write(give_factor, Safe.of(address), sample.ids["secretary"], MONDAY)
    with server(address, JENJANG_DEMO_CLOCK=MONDAY.isoformat(), JENJANG_DEMO_SECRET=SECRET) as (base, process):
        wait_until_alive(base, process)
        began = time.monotonic()
        with httpx.Client(base_url=base, timeout=30) as client:
            house = House(client, sample, address, DemoClock(MONDAY, SECRET))
            letters = waiting(house, FIVE + THREE)
            initialled(house, letters)
            yield Desk(OfficeAtWork(base, address, sample, began, "", [], letters[0], ""), house, letters, factor)


def factor_was_long_ago(desk: Desk) -> None:
    """The secretary gave the second factor this morning: no code of this minute has been taken by another story."""
    with closing(Database.open(desk.office.address)) as database:
        database.write(lambda c: c.execute(sessions.update().values(second_factor_at=MONDAY.replace(hour=0))).close())
        database.write(lambda c: c.execute(accounts.update().values(last_step=0)).close())


def looked_at(page: Page, name: str) -> None:
    """Asks axe in both schemes, and whether anything runs off the page."""
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        asked = RULES if scheme == "light" else {"type": "rule", "values": ["color-contrast"]}
        found = page.evaluate("rules => axe.run(document, { runOnly: rules })", asked)
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
        for width in (1200, 390) if SHOTS else ():
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=str(Path(str(SHOTS)) / f"{name}-{width}-{scheme}.png"), full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 844})
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-320-light.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 390, "height": 844})


@pytest.mark.parametrize(
    ("scripts", "first", "number"), [(True, 0, FIVE), (False, FIVE, THREE)], ids=["scripts", "none"]
)
def test_the_secretary_signs_letters_with_one_code_and_one_of_them_stays(
    browser: Browser, desk: Desk, scripts: bool, first: int, number: int
) -> None:
    mine = desk.letters[first:][:number]
    with tab(browser, desk.office, "secretary", width=820 if scripts else 390, scripts=scripts) as page:
        factor_was_long_ago(desk)
        page.goto("/")
        page.get_by_role("link", name="Surat", exact=True).click()
        assert page.locator("h1").inner_text() == "Surat yang menunggu Anda"
        if scripts:
            looked_at(page, "tumpukan")
        for letter in mine:
            page.locator(f"input[name=surat][value='{letter}']").check()
        page.get_by_role("button", name="Tanda tangani yang dipilih").click()
        assert page.locator("h1").inner_text() == f"Tanda tangani {number} surat"
        page.get_by_role("button", name="Tanda tangani semuanya").click()
        assert page.get_by_text("Masukkan kode faktor kedua.").first.is_visible()
        if scripts:
            looked_at(page, "sebelum")
        page.get_by_label("Kode faktor kedua").fill("000000")
        page.get_by_role("button", name="Tanda tangani semuanya").click()
        assert page.get_by_text("Kode tidak cocok", exact=False).first.is_visible()
        corrected_in_another_tab(desk, mine[2])
        page.get_by_label("Kode faktor kedua").fill(code_at(desk.factor, desk.office.now()))
        page.get_by_role("button", name="Tanda tangani semuanya").click()
        assert page.locator("h1").inner_text() == f"{number - 1} dari {number} surat ditandatangani"
        assert page.get_by_text("sudah berubah sejak Anda membukanya", exact=False).is_visible()
        if scripts:
            looked_at(page, "hasil")
        page.reload()
        assert page.locator("h1").inner_text() == f"{number - 1} dari {number} surat ditandatangani"
        page.get_by_role("link", name="Surat permohonan magang").last.click()
        assert page.locator("h1").inner_text() == "Surat permohonan magang"
        if scripts:
            looked_at(page, "ditandatangani")
        assert page.get_by_role("link", name="Periksa surat ini sebagaimana orang luar melihatnya").is_visible()


def corrected_in_another_tab(desk: Desk, letter: str) -> None:
    answer = desk.house.ask(
        "secretary",
        "POST",
        f"/api/letters/{letter}/acts/correct",
        json={"changes": {"subject": "Permohonan tempat magang"}},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 200, answer.text


def test_a_letter_to_correct_is_accessible_and_fits_a_small_telephone(browser: Browser, desk: Desk) -> None:
    with tab(browser, desk.office, "secretary", width=390) as page:
        page.goto(f"/surat/{desk.letters[2]}")  # the one that stayed
        page.locator("summary", has_text="Koreksi konsep").click()
        page.get_by_label("Hal", exact=True).fill("")
        page.get_by_role("button", name="Simpan koreksi").first.click()
        assert page.locator(".govuk-error-summary").count() == 1
        looked_at(page, "koreksi")
