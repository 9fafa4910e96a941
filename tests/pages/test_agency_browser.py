"""An administrator at work in a real browser, and every page of BKPSDM's records before axe, on wide and narrow screens."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.house import MONDAY, SAMPLE, SECRET, Sample
from tests.api.test_served import server, wait_until_alive
from tests.pages.office import OfficeAtWork, tab
from tests.pages.test_layout import AXE, RULES
from workflow.accounts.granting import join
from workflow.database import Database

#: What axe finds is told alone: all else that it knows of a page takes long to be handed over.
ASK = "rules => axe.run(document, { runOnly: rules }).then(r => r.violations.map(v => [v.id, v.nodes[0].html]))"
SHOTS = os.environ.get("SHOTS")
STAFF = (SAMPLE / "pegawai.csv").read_text()


@pytest.fixture(scope="module")
def office(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeAtWork]:
    """The sample as it was imported; nothing is on its way. ``informatics_head`` keeps the budget."""
    path = tmp_path_factory.mktemp("records") / "jenjang.db"
    shutil.copy(sample.path, path)
    address = f"sqlite:///{path}"
    with closing(Database.open(address)) as database:
        database.write(join, "bkpsdm.budget", sample.ids["informatics_head"], "", MONDAY)
    began = time.monotonic()
    settings = {"JENJANG_DEMO_CLOCK": MONDAY.isoformat(), "JENJANG_DEMO_SECRET": SECRET}
    with server(address, **settings) as (base, process):
        wait_until_alive(base, process)
        yield OfficeAtWork(base, address, sample, began, factor="", recovery=[], letter="", case="")


def hand_in(page: Page, folder: Path, content: str) -> None:
    file = folder / "pegawai.csv"
    file.write_text(content)
    page.goto("/kelola/impor")
    page.get_by_label("Pegawai", exact=True).check()
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Coba berkas ini").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_an_administrator_imports_mends_applies_invites_and_adds_to_a_group(
    browser: Browser, office: OfficeAtWork, tmp_path: Path, scripts: bool
) -> None:
    with tab(browser, office, "administrator", width=1200 if scripts else 390, scripts=scripts) as page:
        hand_in(page, tmp_path, STAFF.replace("196804171994031001,", "19680417,", 1))
        expect(page.get_by_role("region", name="Yang perlu diperbaiki").get_by_role("row")).to_have_count(2)
        hand_in(page, tmp_path, STAFF.replace("Kirana Maheswari", "Kirana Maheswari Rekaan"))
        row = page.locator(".govuk-summary-list__row", has_text="Sel ditolak")
        expect(row.locator("dd")).to_have_text("0")
        page.get_by_role("button", name="Terapkan berkas ini").click()
        expect(page.get_by_text("Berkas diterapkan")).to_be_visible()
        page.goto("/kelola/pegawai")
        page.get_by_label("Nama, jabatan, atau NIP lengkap").fill("kirana")
        page.get_by_role("button", name="Cari").click()
        page.get_by_role("link", name="Kirana Maheswari Rekaan").click()
        page.get_by_role("button", name="Kirim tautan aktivasi").click()
        expect(page.get_by_text("Tautan aktivasi dikirim lewat surel")).to_be_visible()
        page.goto("/kelola/kelompok/register_clerk")
        page.get_by_label("Pegawai").fill(office.nip("second_nurse" if scripts else "nurse"))
        page.get_by_role("button", name="Tambahkan").click()
        expect(page.get_by_text("Anggota sudah ditambahkan.")).to_be_visible()


#: Pages as they are shown: to whom, and where.
PAGES = {
    "kelola": ("administrator", "/kelola"),
    "pegawai": ("administrator", "/kelola/pegawai?cari=ma"),
    "pegawai-satu": ("administrator", "/kelola/pegawai/{nurse}"),
    "kelompok": ("administrator", "/kelola/kelompok"),
    "kelompok-satu": ("administrator", "/kelola/kelompok/bkpsdm.verifier"),
    "kunci": ("administrator", "/kelola/kunci"),
    "masa-simpan": ("administrator", "/kelola/masa-simpan"),
    "kunci-sendiri": ("nurse", "/akun/kunci"),
    "impor": ("administrator", "/kelola/impor"),
    "mitra": ("verifier", "/kelola/mitra"),
    "mitra-satu": ("verifier", "/kelola/mitra/RSUP-TELAGA"),
    "anggaran": ("informatics_head", "/kelola/anggaran"),
    "pelimpahan": ("verifier", "/kelola/pelimpahan"),
    "ketidakhadiran": ("verifier", "/kelola/ketidakhadiran"),
}


@pytest.mark.parametrize("who", dict.fromkeys(who for who, _ in PAGES.values()))
def test_every_page_of_the_records_is_accessible_in_light_and_dark_and_fits_a_small_telephone(
    browser: Browser, office: OfficeAtWork, who: str
) -> None:
    with tab(browser, office, who) as page:
        for name, (whose, path) in PAGES.items():
            if whose == who:
                page.set_viewport_size({"width": 1200, "height": 844})
                page.goto(path.format(nurse=office.sample.ids["nurse"]))
                looked_at(page, name)


def test_pages_that_say_what_is_wrong_are_accessible_too(
    browser: Browser, office: OfficeAtWork, tmp_path: Path
) -> None:
    with tab(browser, office, "administrator") as page:
        hand_in(page, tmp_path, re.sub("^19[0-9]{16},", "1980,", STAFF, count=3, flags=re.MULTILINE))
        looked_at(page, "impor-salah")
        page.goto("/kelola/kelompok/auditor")
        page.get_by_role("button", name="Tambahkan").click()
        looked_at(page, "kelompok-salah")


def test_a_webhook_and_its_secret_are_shown_accessibly(browser: Browser, office: OfficeAtWork) -> None:
    with tab(browser, office, "administrator") as page:
        page.goto("/kelola/webhook")
        looked_at(page, "webhook-kosong")
        page.get_by_label("Sistem penerima").fill("SIMPEG BKPSDM")
        page.get_by_label("Alamat", exact=True).fill("http://simpeg.example/")
        page.get_by_label("Berkas dibuka").check()
        page.get_by_role("button", name="Tambah webhook").click()
        looked_at(page, "webhook-salah")
        page.get_by_label("Alamat", exact=True).fill("https://simpeg.kemuning.example/pemberitahuan")
        page.get_by_role("button", name="Tambah webhook").click()
        expect(page.get_by_text("Rahasia webhook bagi SIMPEG BKPSDM sudah dibuat.")).to_be_visible()
        looked_at(page, "webhook")


def looked_at(page: Page, name: str) -> None:
    """Asks axe in both schemes, and whether anything runs off the page."""
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        asked = RULES if scheme == "light" else {"type": "rule", "values": ["color-contrast"]}  # what else could differ
        assert page.evaluate(ASK, asked) == [], name
        if SHOTS:
            for width in (1200, 390):
                page.set_viewport_size({"width": width, "height": 844})
                page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 844})
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-320-dark.png", full_page=True)
    page.emulate_media(color_scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
