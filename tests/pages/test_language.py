"""Pages in English beside Indonesian: all is translated, a browser keeps what was chosen, the law stays as it is written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route

from api.pages.cookies import ENGLISH
from api.pages.english import catalogue, long_date, number, rupiah
from api.pages.forms import Field
from api.pages.rendering import environment
from tests.accounts import CHEAP, Browser
from tests.api.house import House, Sample, served
from tests.language import ROOT, kept, messages
from tests.pages.links import given
from tests.pages.people import seen, signed_in
from tests.pages.test_layout import AXE, RULES

SHOTS = os.environ.get("SHOTS")
#: Texts on a page outside what is marked as Indonesian, those that are only read aloud included.
WORDS = """() => {
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("[lang=id]")) texts.push(walker.currentNode.textContent);
  for (const name of ["aria-label", "title", "alt", "placeholder"])
    for (const element of document.querySelectorAll(`[${name}]`)) texts.push(element.getAttribute(name));
  return texts.map((text) => text.trim()).filter(Boolean);
}"""


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("language") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP) as house:
        yield house


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """A case that waits for the supervisor."""
    return house.road("submit")


@pytest.fixture
def stranger(house: House) -> Browser:
    return Browser.on(house.client)


def choose(browser: Browser, language: str, back: str = "/masuk") -> str:
    """Chooses as the form at the foot of each page does; answers where it leads."""
    answer = browser.client.post("/bahasa", data={"bahasa": language, "kembali": back})
    assert answer.status_code == 303
    return answer.headers["location"]


def language_of(browser: Browser, path: str = "/masuk") -> str:
    found = re.search(r'<html[^>]* lang="([a-z]+)"', browser.get(path).text)
    assert found
    return found[1]


# --- The catalogue ---------------------------------------------------------------------------------------------------


def test_the_catalogue_has_every_text_of_the_pages_and_no_other() -> None:
    said = {(message.text, message.sense) for message in messages()}
    listed = {(entry.id, entry.context) for entry in kept() if entry.id}
    assert (said - listed, listed - said) == (set(), set()), "make language"


def test_every_text_has_its_english_with_the_same_values_in_it() -> None:
    entries = [(str(entry.id), str(entry.string)) for entry in kept() if entry.id]
    assert [text for text, english in entries if not english] == []
    assert [text for text, english in entries if _values(text) != _values(english)] == []


def test_nothing_in_the_catalogue_was_guessed() -> None:
    assert [entry.id for entry in kept() if entry.fuzzy] == []


def test_the_english_says_what_stands_in_the_catalogue() -> None:
    built, entries = catalogue(), [(str(entry.id), entry.context, str(entry.string)) for entry in kept() if entry.id]
    told = [built.pgettext(sense, text) if sense else built.gettext(text) for text, sense, _ in entries]
    assert [text for (text, _, english), said in zip(entries, told, strict=True) if said != english] == [], "make setup"


def test_titles_of_processes_labels_of_forms_and_words_for_codes_are_gathered_but_no_rule_of_the_law() -> None:
    said = {message.text for message in messages()}
    assert {"Magang antarinstansi", "Menunggu balasan instansi penerima", "Sumber dana", "menunggu paraf"} <= said
    assert "Tidak sedang menjalani hukuman disiplin sedang atau berat" not in said


def test_a_word_with_two_senses_has_an_entry_for_each() -> None:
    assert catalogue().gettext("Keluar") == "Sign out"
    assert catalogue().pgettext("pegawai", "Keluar") == "Left"


def _values(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|</?\w+|href=\"[^\"]*\"", text))


# --- Choosing --------------------------------------------------------------------------------------------------------


def test_pages_are_in_indonesian_whatever_a_browser_asks_for_until_english_is_chosen(stranger: Browser) -> None:
    stranger.headers = {"Accept-Language": "en-GB,en;q=0.9"}
    assert language_of(stranger) == "id"
    assert "Masuk ke Jenjang" in seen(stranger.get("/masuk"))
    assert choose(stranger, "en") == "/masuk"
    assert language_of(stranger) == "en"
    assert "Sign in to Jenjang" in seen(stranger.get("/masuk"))


def test_what_was_chosen_is_kept_on_every_page_and_can_be_taken_back(house: House) -> None:
    nurse = signed_in(house, "nurse")
    choose(nurse, "en")
    for path in ("/", "/berkas", "/permohonan", "/akun", "/verify", "/tidak-ada"):
        assert language_of(nurse, path) == "en", path
    choose(nurse, "id")
    assert language_of(nurse, "/berkas") == "id"


def test_every_page_offers_the_other_language_and_to_come_back_to_itself(house: House) -> None:
    nurse = signed_in(house, "nurse")
    for path in ("/?tampil=ditunggu", "/berkas", "/verify", "/tidak-ada"):
        shown = nurse.get(path).text
        assert f'name="kembali" value="{path}"' in shown
        assert '<button type="submit" name="bahasa" value="en">English</button>' in shown


def test_the_cookie_tells_nothing_but_the_language_and_no_script_reads_it(house: House) -> None:
    answer = Browser.on(house.client, "https://jenjang.example").client.post("/bahasa", data={"bahasa": "en"})
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-jenjang-bahasa=en;")
    assert {part.strip().lower() for part in cookie.split(";")} >= {"httponly", "secure", "samesite=lax", "path=/"}


@pytest.mark.parametrize("odd", ["fr", "EN", "en-GB", "../en", "<script>", "e" * 5000, "%00", ""])
def test_an_odd_cookie_counts_for_nothing(house: House, odd: str) -> None:
    stranger = Browser.on(house.client)
    stranger.headers = {"Cookie": f"jenjang-bahasa={odd}"}
    assert language_of(stranger) == "id"


@pytest.mark.parametrize("odd", ["fr", "", "en; Domain=evil.example", "en\r\nSet-Cookie: a=b"])
def test_a_language_that_there_is_not_is_not_kept(stranger: Browser, odd: str) -> None:
    answer = stranger.client.post("/bahasa", data={"bahasa": odd, "kembali": "/verify"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/verify")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/masuk\r\nLocation: https://evil.example",
        "/" + "a" * 600,
        "/bahasa",
        "/keluar",
        "",
    ],
)
def test_choosing_leads_to_no_other_host_and_to_no_page_that_cannot_be_looked_at(
    stranger: Browser, elsewhere: str
) -> None:
    assert choose(stranger, "en", elsewhere) == "/"


def test_no_other_site_can_choose(stranger: Browser) -> None:
    answer = stranger.client.post("/bahasa", data={"bahasa": "en"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


# --- What is said ----------------------------------------------------------------------------------------------------


def test_days_times_and_figures_follow_the_language() -> None:
    assert (long_date(date(2026, 3, 12)), number(1500000), number(7.5), rupiah(1500000), rupiah(-2500)) == (
        "12 March 2026",
        "1,500,000",
        "7.5",
        "Rp1,500,000",
        "-Rp2,500",
    )
    template = "{{ at|instant }} · {{ at.date()|long_date }} · {{ 1500|number }} · {{ 1500|rupiah }}"
    at = datetime(2026, 3, 12, 3, 15, tzinfo=UTC)
    assert (
        _rendered(ENGLISH, template, at=at, zone=UTC) == "12 March 2026, 03:15 UTC+0 · 12 March 2026 · 1,500 · Rp1,500"
    )
    assert (
        _rendered("id", template, at=at, zone=UTC)
        == "12 Maret 2026 pukul 03.15 UTC+0 · 12 Maret 2026 · 1.500 · Rp1.500,00"
    )


def test_what_somebody_typed_stays_as_they_typed_it() -> None:
    field = Field(name="title", kind="text", label="Tujuan", value="Draf", fault="Tujuan belum diisi.")
    drawn = _rendered(ENGLISH, '{% from "parts/fields.html" import text %}{{ text(field) }}', field=field)
    assert 'value="Draf"' in drawn
    assert ">Goal</label>" in drawn
    assert "Goal: this is not filled in yet." in drawn


def test_what_has_no_english_is_marked_as_indonesian() -> None:
    template = "{{ 'Menunggu keputusan'|told }} {{ 'Predikat kinerja <baik>.'|told }}"
    assert (
        _rendered(ENGLISH, template) == 'Waiting for a decision <span lang="id">Predikat kinerja &lt;baik&gt;.</span>'
    )
    assert _rendered("id", template) == "Menunggu keputusan Predikat kinerja &lt;baik&gt;."


def test_reasons_and_their_law_stay_indonesian_and_are_marked_so(house: House, case: str) -> None:
    head = signed_in(house, "nursing_head")
    before = head.get(f"/berkas/{case}/riwayat")
    choose(head, "en")
    shown = head.get(f"/berkas/{case}/riwayat")
    laws = re.findall(r'<p class="app-law">(.*?)</p>', before.text)
    assert laws
    assert re.findall(r'<p class="app-law"><span lang="id">(.*?)</span></p>', shown.text) == laws
    assert "Waiting for the direct superior’s approval" in seen(shown)


def test_a_letter_stays_indonesian_on_an_english_page(house: House) -> None:
    case = house.road("verify", starts_on="2026-06-01", ends_on="2026-06-05")
    reader = signed_in(house, "secretary")
    indonesian = _drafts(reader, case)
    choose(reader, "en")
    assert indonesian
    assert _drafts(reader, case) == indonesian


def test_a_server_that_was_never_asked_for_english_has_not_read_it(sample: Sample) -> None:
    asks = (
        "import sys\nfrom litestar.testing import TestClient\nfrom api.app import from_environment\n"
        "with TestClient(from_environment(), base_url='http://localhost') as client:\n"
        "    assert client.get('/masuk').status_code == 200\n"
        "    print('api.pages.english' in sys.modules)\n"
        "    assert client.get('/masuk', headers={'Cookie': 'jenjang-bahasa=en'}).status_code == 200\n"
        "    print('api.pages.english' in sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", asks],
        cwd=ROOT,
        env={"JENJANG_DATABASE": f"sqlite:///{sample.path}", "HOME": str(sample.path.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.stdout.split() == ["False", "True"], run.stderr


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "name", ["inbox", "case", "step", "request", "sign-in", "partner", "verify", "process", "account"]
)
def test_a_page_says_nothing_in_the_other_language_and_is_accessible(
    browser: Chromium, walked: dict[str, tuple[Browser, str]], name: str, language: str
) -> None:
    person, path = walked[name]
    choose(person, language)
    with _opened(browser, person, path) as page:
        assert page.locator("html").get_attribute("lang") == language
        told = [
            text for text in page.evaluate(WORDS) if text in (_ONLY_INDONESIAN if language == "en" else _ONLY_ENGLISH)
        ]
        assert told == []
        for width in (1200, 390):
            page.set_viewport_size({"width": width, "height": 844})
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}-{language}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(AXE)
        found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


def test_the_language_is_chosen_at_the_foot_of_a_page_without_scripts(browser: Chromium, house: House) -> None:
    with _opened(browser, Browser.on(house.client), "/kebijakan-data", scripts=False) as page:
        page.get_by_role("button", name="English").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Personal data policy"
        page.get_by_role("button", name="Bahasa Indonesia").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Kebijakan data pribadi"


@pytest.fixture(scope="module")
def walked(house: House, case: str) -> dict[str, tuple[Browser, str]]:
    """Some pages of each sort, and who is before them."""
    asked = house.road("request_host", starts_on="2026-05-04", ends_on="2026-05-08")
    head, nurse, holder = (
        signed_in(house, "nursing_head"),
        signed_in(house, "nurse"),
        given(house, "contact", case=asked),
    )
    stranger = Browser.on(house.client)
    return {
        "inbox": (head, "/"),
        "case": (head, f"/berkas/{case}"),
        "step": (head, f"/berkas/{case}/return"),
        "request": (nurse, "/permohonan"),
        "account": (nurse, "/akun"),
        "process": (nurse, "/proses/mentoring"),
        "sign-in": (stranger, "/masuk"),
        "verify": (stranger, "/verify/ABCDEFGHJK"),
        "partner": (holder.browser, holder.top),
    }


@contextmanager
def _opened(browser: Chromium, person: Browser, path: str, *, scripts: bool = True) -> Iterator[Page]:
    """A page of the house in a real browser, which is whoever ``person`` is."""

    def answer(route: Route) -> None:
        asked = route.request
        sent = {"content-type": asked.headers.get("content-type", "")} if asked.method == "POST" else {}
        where = asked.url.removeprefix("http://localhost")
        found = person.client.request(asked.method, where, content=asked.post_data_buffer, headers=sent)
        headers = {
            name: value for name, value in found.headers.items() if name not in ("content-encoding", "set-cookie")
        }
        route.fulfill(status=found.status_code, headers=headers, body=found.content)

    context = browser.new_context(java_script_enabled=scripts, reduced_motion="reduce")
    context.route("**/*", answer)
    page = context.new_page()
    page.goto(f"http://localhost{path}")
    yield page
    context.close()


def _rendered(language: str, template: str, **context: object) -> str:
    return environment(language).from_string(template).render(context)


def _drafts(browser: Browser, case: str) -> list[str]:
    return re.findall(r'<div lang="id">.*?</section>', browser.get(f"/berkas/{case}").text, re.DOTALL)


_ENTRIES = [(str(entry.id), str(entry.string)) for entry in kept() if entry.id]
_ONLY_INDONESIAN = {said for said, _ in _ENTRIES} - {english for _, english in _ENTRIES}
_ONLY_ENGLISH = {english for _, english in _ENTRIES} - {said for said, _ in _ENTRIES}
