"""Every page of whoever runs the programme before axe, in light and dark, on wide screens and small telephones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from tests.api.house import MONDAY, SECRET, House, Sample
from tests.api.test_served import server, wait_until_alive
from tests.api.together import gathered
from tests.awards import award_round, nomination, paid
from tests.pages.office import OfficeAtWork, tab
from tests.pages.people import signed_in
from tests.pages.programme import looked_after
from tests.pages.test_browser_stories import looked_at
from tests.pages.test_programme_together import ROUND
from tests.world import World
from workflow.references import reference_of


@pytest.fixture(scope="module")
def office(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OfficeAtWork, dict[str, str]]]:
    """The office, and what stands in its addresses: a cohort that waits, a round with answers, and a round of awards."""
    folder = tmp_path_factory.mktemp("programme-pages")
    address = f"sqlite:///{folder / 'jenjang.db'}"
    with looked_after(sample, folder) as house:
        places = _prepared(house)
        cast = house.sample
    with server(address, JENJANG_DEMO_CLOCK=MONDAY.isoformat(), JENJANG_DEMO_SECRET=SECRET) as (base, process):
        wait_until_alive(base, process)
        yield OfficeAtWork(base, address, cast, time.monotonic(), "", [], "", ""), places


def _prepared(house: House) -> dict[str, str]:
    together = gathered(house, 2).until("request_host")
    verifier = signed_in(house, "verifier")
    path = verifier.send("/putaran/buka", ROUND, page="/putaran/buka").headers["location"]
    for who, side, capacity in (("nursing_head", "offer", "1"), ("second_nurse", "wish", "")):
        answer = {"side": side, "fields": "Keperawatan", "capacity": capacity}
        assert signed_in(house, who).send(f"{path}/jawaban", answer, page=path).status_code == 303
    ids = {**house.sample.ids, "hospital_head": house.sample.ids["director"]}
    with closing(house.with_database()) as database:
        world = World(database, None, ids, house.sample.budget_line)  # type: ignore[arg-type] # nobody acts in it
        of_round = award_round(world)
        nomination(world, "nurse", "regional", "decreed", of_round=of_round, told=[("payment", "verifier", paid())])
    return {"cohort": together.id, "round": path, "awards": reference_of(of_round)}


#: Pages as they are shown: to whom, and where.
PAGES = {
    "rombongan": ("verifier", "/rombongan/{cohort}"),
    "rombongan-langkah": ("verifier", "/rombongan/{cohort}/confirm"),
    "rombongan-jawaban": ("verifier", "/rombongan/{cohort}/jawaban"),
    "putaran-semua": ("verifier", "/putaran"),
    "putaran": ("verifier", "{round}"),
    "putaran-pengelola": ("officer", "{round}"),
    "calon": ("verifier", "/penghargaan/calon"),
    "calon-satu-jenis": ("verifier", "/penghargaan/calon?jenis=satyalancana_10"),
    "pemerataan": ("verifier", "/penghargaan/pemerataan"),
    "pemerataan-pegawai": ("nurse", "/penghargaan/pemerataan"),
    "pembayaran": ("verifier", "/penghargaan/putaran/{awards}/pembayaran"),
    "pelimpahan": ("verifier", "/kelola/pelimpahan"),
    "jejak": ("auditor", "/kelola/jejak"),
    "pemeriksaan-pejabat": ("verifier", "/pemeriksaan"),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_the_programme_is_accessible_in_light_and_dark_and_fits_a_small_telephone(
    browser: Browser, office: tuple[OfficeAtWork, dict[str, str]], name: str
) -> None:
    served, places = office
    who, path = PAGES[name]
    with tab(browser, served, who) as page:
        page.goto(path.format(**places))
        for summary in page.locator("main details > summary").all()[:5]:
            summary.click()  # what is folded away is looked at as well
        looked_at(page, name)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_a_wish_names_a_mentor_found_by_name(
    browser: Browser, office: tuple[OfficeAtWork, dict[str, str]], scripts: bool
) -> None:
    served, places = office
    with tab(browser, served, "nurse" if scripts else "stranger", width=390, scripts=scripts) as page:
        page.goto(places["round"])
        page.locator("summary", has_text="Ajukan tawaran").click()
        page.get_by_label("Mentee", exact=True).check()
        page.get_by_label("Keperawatan").check()
        wanted = page.get_by_role("group", name="Yang diinginkan sebagai pasangan")
        wanted.get_by_label("Nama atau NIP").fill("sriyatun")
        if scripts:
            page.get_by_role("option").first.click()
        else:
            wanted.get_by_role("button", name="Cari").click()
        expect(wanted.get_by_role("checkbox", name="Sriyatun")).to_be_checked()
        page.get_by_role("button", name="Ajukan", exact=True).click()
        expect(page.get_by_text("Sudah dicatat.")).to_be_visible()
