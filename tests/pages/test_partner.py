"""A partner's contact with nothing but a link: reads who asks, answers once, confirms days, hands it on, has a receipt."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import httpx
import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import select

from api.security import BY_LINK
from tests.accounts import CHEAP, nip_of
from tests.api.house import REQUEST, House, Sample, Watch, served
from tests.api.together import Party, gathered
from tests.offices import Stored
from tests.pages.links import Holder, given
from tests.pages.people import hidden, seen, signed_in, take
from workflow.database import Database
from workflow.proof import keys, verdict
from workflow.proof.reading import look
from workflow.tables import events, metadata, people

GUIDE = {"field_supervisor": "Ns. Ratri Puspita, S.Kep.", "field_supervisor_post": "Kepala Ruang"}


@dataclass
class Office:
    """One office for all tests, put back to where a road had led before each of them."""

    house: House
    watch: Watch
    start: Stored
    roads: dict[str, tuple[str, Stored]] = field(default_factory=dict)

    def at(self, name: str, walk: Callable[[], str]) -> str:
        """Whatever a walk answers, with the office as it was after it."""
        if name not in self.roads:
            self.watch.put_back(self.start)
            self.roads[name] = walk(), self.watch.keep()
        case, stored = self.roads[name]
        self.watch.put_back(stored)
        return case


@pytest.fixture(scope="module")
def office(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("partner") / "jenjang.db"
    shutil.copy(sample.path, path)
    with (
        served(sample, f"sqlite:///{path}", passwords=CHEAP) as house,
        closing(Database.open(f"sqlite:///{path}")) as beside,
    ):
        watch = Watch(beside)
        yield Office(house, watch, watch.keep())


@pytest.fixture
def house(office: Office) -> House:
    return office.house


@pytest.fixture
def asked(office: Office) -> str:
    """A case that waits for the hospital's answer."""
    return office.at("asked", lambda: office.house.road("request_host"))


@pytest.fixture
def holder(house: House, asked: str) -> Holder:
    """The hospital's contact, with the link to that case."""
    return given(house, "contact", case=asked)


@pytest.fixture
def party(office: Office) -> Party:
    """Those two of a cohort of four who wait for the hospital's answer; for the others too few would be left at home."""

    def walk() -> str:
        made = gathered(office.house, 4).until("request_host")
        seen_by_host = office.house.read("contact", f"/api/cohorts/{made.id}")["cases"]
        return " ".join([made.id, *(line["case_id"] for line in seen_by_host)])

    cohort, *cases = office.at("party", walk).split()
    assert len(cases) == 2
    return Party(office.house, (), {}, cohort, tuple(cases))


@pytest.fixture
def logged(office: Office) -> str:
    """A case whose logged days wait to be confirmed, in two weeks."""

    def walk() -> str:
        case = office.house.road("start", starts_on="2026-04-02")
        for day in (2, 6):
            form = {"worked_on": f"2026-04-{day:02}", "hours": 7.5, "activity": f"Dinas pagi ke-{day}", "learning": ""}
            office.house.done("nurse", case, "log_day", form)
        return case

    return office.at("logged", walk)


def rows(house: House) -> dict[str, list[object]]:
    """Everything that is stored but when links were seen, and drawings that are kept."""
    with closing(house.with_database()) as database:
        return database.read(
            lambda conn: {
                table.name: [tuple(row) for row in conn.execute(select(*(c for c in table.c if c.name not in SEEN)))]
                for table in metadata.sorted_tables
            }
        )


SEEN = ("opened_at", "seen_at")


def sent(holder: Holder, path: str, form: Mapping[str, str], shown: httpx.Response) -> httpx.Response:
    """A form that was opened before, sent now."""
    return holder.browser.send(f"{holder.top}{path}", {**hidden(shown), **form}, page="/mitra")


def test_a_contact_reads_who_asks_for_whom_when_and_until_when(house: House, holder: Holder) -> None:
    page = holder.get()
    told = seen(page)
    for words in (
        "Kabupaten Kemuning memohon kesediaan Rumah Sakit Umum Pusat Telaga Biru menerima Ns. Kirana Maheswari, S.Kep. ",
        "paling lambat 13 Maret 2026",
        "6 April 2026 sampai dengan 10 April 2026",
        "Instalasi Rawat Intensif",
        "Surat permohonan magang Nomor",
        "Nyatakan bersedia",
        "Usulkan perubahan",
        "Nyatakan tidak bersedia",
    ):
        assert words in told, told
    with closing(house.with_database()) as database:
        nip = database.read(nip_of, house.sample.ids["nurse"])
    for withheld in (nip, REQUEST["goal"], REQUEST["plan_item"], "Sriyatun"):
        assert withheld not in page.text


def test_a_page_is_light_and_leaves_no_cookie_but_that_against_forged_forms(holder: Holder) -> None:
    for path in ("", "/langkah/confirm", "/langkah/propose_changes", "/teruskan"):
        page = holder.get(path)
        assert page.status_code == 200, seen(page)
        assert len(page.content) < 20_000
        assert "no-store" in page.headers["cache-control"]
        assert page.headers["referrer-policy"] == "no-referrer"
    assert [cookie.name for cookie in holder.browser.client.cookies.jar] == ["jenjang-formulir"]


def test_a_scanner_that_fetches_every_page_five_times_changes_nothing_and_the_link_stays_good(
    house: House, holder: Holder
) -> None:
    before = rows(house)
    for path in (
        "",
        "/langkah/confirm",
        "/langkah/decline",
        "/langkah/propose_changes",
        "/langkah/inform",
        "/teruskan",
    ):
        for _ in range(5):
            assert holder.get(path).status_code == 200, path
        assert holder.browser.client.head(f"{holder.top}{path}").status_code in (200, 405)
    assert rows(house) == before
    assert take(holder.browser, f"{holder.top}/langkah/confirm", GUIDE).status_code == 303


def test_an_answer_counts_once_however_often_it_is_sent(house: House, asked: str, holder: Holder) -> None:
    path = f"{holder.top}/langkah/confirm"
    shown = holder.browser.get(path)
    first, again = (sent(holder, "/langkah/confirm", GUIDE, shown) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    told = house.read("contact", f"/api/cases/{asked}/history")["events"]
    assert [event["type"] for event in told].count("confirm") == 1
    after = holder.get()
    assert "Yang sudah dijawab Nyatakan bersedia" in seen(after)
    assert "dr. Respati Danurwendo" in seen(after)


def test_a_stale_form_says_who_answered_meanwhile_and_keeps_what_was_typed(
    house: House, asked: str, holder: Holder
) -> None:
    path, reason = f"{holder.top}/langkah/decline", "Ruang intensif kami sedang direnovasi sampai Juni."
    shown = holder.browser.get(path)
    house.done("contact", asked, "confirm", GUIDE)
    late = sent(holder, "/langkah/decline", {"reason": reason}, shown)
    assert late.status_code == 409
    assert reason in seen(late)
    assert "Nyatakan bersedia" in seen(late)
    assert "dr. Respati Danurwendo" in seen(late)


def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(holder: Holder) -> None:
    refused = take(holder.browser, f"{holder.top}/langkah/confirm", {"field_supervisor": GUIDE["field_supervisor"]})
    assert refused.status_code == 422
    assert "Jabatan pembimbing lapangan" in seen(refused)
    assert f'value="{GUIDE["field_supervisor"]}"' in refused.text
    nothing_new = take(holder.browser, f"{holder.top}/langkah/propose_changes", GUIDE)
    assert "Usul tidak memuat perubahan apa pun" in seen(nothing_new)
    fee = take(holder.browser, f"{holder.top}/langkah/propose_changes", {**GUIDE, "fee": "1.500.000"})
    assert fee.status_code == 303
    assert "Biaya tambahan (rupiah) 1.500.000" in seen(holder.browser.get(fee.headers["location"]))


def test_a_link_opens_its_own_case_and_nothing_else(house: House, holder: Holder, asked: str) -> None:
    other = house.open("second_nurse")
    for path in (f"/berkas/{other}", f"/berkas/{other}/langkah/submit", "/surat/01990000-0000-7000-8000-000000000000"):
        assert holder.get(path).status_code == 404, path
    letter = house.read("contact", f"/api/cases/{asked}")["letters"][0]["id"]
    assert holder.get(f"/surat/{letter}").status_code in (200, 409)
    with closing(house.with_database()) as database:
        first = database.read(
            lambda c: (
                c.execute(select(events.c.id).where(events.c.case_id == asked).order_by(events.c.sequence))
                .scalars()
                .all()
            )
        )[0]
    assert holder.get(f"/tanda-terima/{first}").status_code == 404
    assert holder.get(f"/tanda-terima/{first}/pdf").status_code == 404
    for page in ("/", "/berkas", f"/berkas/{asked}"):
        assert holder.browser.get(page).status_code == 303


def test_no_page_of_a_link_opens_to_a_token_that_we_did_not_make(house: House, holder: Holder, asked: str) -> None:
    parts = {"case_id": asked, "trigger": "confirm", "letter_id": asked, "event_id": asked}
    walked = [
        (method, route.path_format)
        for route in house.client.app.routes  # type: ignore[attr-defined] # the test client's
        if isinstance(route, HTTPRoute) and route.path_format.startswith(BY_LINK)
        for method in sorted(route.methods & {"GET", "POST"})
    ]
    assert len(walked) > 10
    signed = signed_in(house, "contact")
    for method, path in walked:
        for token in ("tidak-ada", f"{holder.top.removeprefix('/mitra/')[:-1]}_"):
            address = path.format(token=token, **parts)
            for browser in (holder.browser, signed):
                answer = browser.get(address) if method == "GET" else browser.send(address, GUIDE, page="/mitra")
                assert answer.status_code == 404, (method, path)
                assert "Kirana" not in answer.text


def test_a_link_that_is_over_or_unknown_says_why_and_whom_to_ask(house: House, asked: str, holder: Holder) -> None:
    unknown = holder.browser.get(f"{holder.top[:-2]}xx")
    assert unknown.status_code == 404
    assert "(0799) 21017" in seen(unknown)
    assert "bkpsdm@kemuning.example" in seen(unknown)
    given_on = {"name": "dr. Ayunda Prameswari", "post": "Kepala Diklat", "email": "ayunda@rsup-telaga.example"}
    done = holder.browser.send(f"{holder.top}/teruskan", given_on)
    assert done.status_code in (200, 201), seen(done)
    assert "ayunda@rsup-telaga.example" in seen(done)
    old = holder.get()
    assert old.status_code == 410
    assert "diteruskan" in seen(old)
    assert "(0799) 21017" in seen(old)
    assert holder.browser.send(f"{holder.top}/langkah/confirm", GUIDE, page="/mitra").status_code == 410
    with closing(house.with_database()) as database:
        colleague = database.read(
            lambda c: c.execute(select(people.c.id).where(people.c.email == given_on["email"])).scalar_one()
        )
    new = given(house, colleague, case=asked)
    assert "dr. Ayunda Prameswari" in seen(new.get())
    assert take(new.browser, f"{new.top}/langkah/confirm", GUIDE).status_code == 303


def test_forwarding_says_what_is_missing_and_keeps_what_was_typed(holder: Holder) -> None:
    refused = holder.browser.send(f"{holder.top}/teruskan", {"name": "dr. Ayunda", "post": "", "email": "ayunda"})
    assert refused.status_code == 422
    assert 'value="dr. Ayunda"' in refused.text
    assert holder.get().status_code == 200


def test_a_code_that_is_typed_leads_to_the_page_and_guessers_wait(holder: Holder) -> None:
    found = holder.browser.send("/mitra", {"kode": holder.code.lower().replace("-", " ")})
    assert found.status_code == 303
    assert found.headers["location"] == holder.top
    answers = [holder.browser.send("/mitra", {"kode": f"AAAA-BBBB-{number:04}"}) for number in range(12)]
    assert answers[0].status_code == 404
    assert "tidak dikenal" in seen(answers[0])
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_receipt_is_sealed_and_proves_the_answer_without_us(house: House, holder: Holder) -> None:
    done = take(holder.browser, f"{holder.top}/langkah/confirm", GUIDE)
    page = holder.browser.get(done.headers["location"])
    assert "Ns. Ratri Puspita, S.Kep." in seen(page)
    file = holder.browser.get(f"{done.headers['location']}/pdf")
    assert file.status_code == 200, seen(file)
    with closing(house.with_database()) as database:
        published = database.read(keys.published)
    found = look(file.content)
    told = verdict.of_file(found, published)
    assert (told.title, dict(told.rows)["Naskah"]) == ("BERKAS ASLI DAN UTUH", "Tanda terima jawaban")
    assert dict(told.rows)["Hal"] == "Nyatakan bersedia: Ns. Kirana Maheswari, S.Kep."
    assert verdict.of_file(look(file.content + b"\n%%EOF\n"), published).tone == "bad"
    by_code = holder.browser.get(found.statement[found.statement.index("/VERIFY") :])
    assert "TANDA TERIMA ASLI" in seen(by_code)
    sent = holder.browser.client.post("/verify", files={"file": ("tanda-terima.pdf", file.content)})
    assert "BERKAS ASLI DAN UTUH" in seen(sent)
    altered = holder.browser.client.post("/verify", files={"file": ("tanda-terima.pdf", file.content + b"x")})
    assert "BERKAS TIDAK UTUH" in seen(altered)


def test_names_of_a_cohort_are_answered_each_in_one_form(house: House, party: Party) -> None:
    holder = given(house, "contact", cohort=party.id)
    first, second = party.cases
    page = holder.get()
    assert "Magang antarinstansi: 2 nama" in seen(page)
    assert "Instalasi Rawat Intensif (2 orang)" in seen(page)
    assert seen(page).count("Menunggu Anda") == 2
    assert len(page.content) < 20_000
    chosen = {f"jawab-{first}": "confirm", f"jawab-{second}": "decline"}
    lacking = take(holder.browser, holder.top, chosen)
    assert lacking.status_code == 422
    assert len(re.findall(r"<input[^>]* checked", lacking.text)) == 2
    reason = {"decline.reason": "Hanya ada tempat bagi satu orang."}
    form = {**chosen, **{f"confirm.{name}": value for name, value in GUIDE.items()}, **reason}
    done = take(holder.browser, holder.top, form)
    assert done.status_code == 303, seen(done)
    after = seen(holder.browser.get(done.headers["location"]))
    assert "Jawaban bagi 2 nama sudah tercatat" in after
    assert "Menunggu Anda" not in after
    states = [house.read("verifier", f"/api/cases/{case}")["state"] for case in party.cases]
    assert states == ["accepted", "host_unavailable"]
    one = holder.get(f"/berkas/{second}")
    assert "Nyatakan tidak bersedia" in seen(one)
    (event,) = re.findall(r"/tanda-terima/[0-9a-f-]+", one.text)
    assert "Hanya ada tempat bagi satu orang." in seen(holder.get(event))


def test_a_name_that_is_not_of_the_cohort_is_neither_answered_nor_told_of(house: House, party: Party) -> None:
    other = house.road("request_host", starts_on="2026-08-03", ends_on="2026-08-07")
    before = house.read("verifier", f"/api/cases/{other}")["version"]
    holder = given(house, "contact", cohort=party.id)
    form = {f"jawab-{other}": "confirm", **{f"confirm.{name}": value for name, value in GUIDE.items()}}
    answer = take(holder.browser, holder.top, form)
    assert answer.status_code == 422
    assert "tidak termasuk rombongan ini" in seen(answer)
    assert "Agustus" not in seen(answer)
    assert house.read("verifier", f"/api/cases/{other}")["version"] == before


def test_one_answer_is_given_to_all_names_at_once_and_none_of_them_twice(house: House, party: Party) -> None:
    holder = given(house, "contact", cohort=party.id)
    shown = holder.get()
    form = {"all": "confirm", **{f"confirm.{name}": value for name, value in GUIDE.items()}}
    for _ in range(2):
        assert sent(holder, "", form, shown).status_code == 303
    states = {house.read("verifier", f"/api/cases/{case}")["state"] for case in party.cases}
    assert states == {"accepted"}
    assert "tidak ada yang perlu dijawab bersama" in seen(holder.get())
    nothing = sent(holder, "", {}, shown)
    assert nothing.status_code == 422
    assert "Pilih jawaban bagi setidaknya satu nama" in seen(nothing)


def test_a_guide_whom_nobody_knew_gets_a_link_for_days_and_assessment_only(house: House, logged: str) -> None:
    holder = given(house, "contact", case=logged)
    form = {**GUIDE, "account": "Ratri@rsup-telaga.example"}
    done = take(holder.browser, f"{holder.top}/langkah/appoint_guide", form)
    assert done.status_code == 303, seen(done)
    with closing(house.with_database()) as database:
        guide = database.read(
            lambda c: c.execute(select(people).where(people.c.email == "ratri@rsup-telaga.example")).one()
        )
    assert (guide.kind, guide.partner_id) == ("guide", "RSUP-TELAGA")
    link = given(house, guide.id, case=logged)
    page = link.get()
    assert re.findall(r"/langkah/(\w+)", page.text) == ["confirm_days"]
    assert sent(link, "/langkah/appoint_guide", form, link.get("/langkah/confirm_days")).status_code == 403
    assert "narahubung" in seen(
        link.browser.send(f"{link.top}/teruskan", {"name": "Bimo", "post": "Perawat", "email": "b@c.example"})
    )


def test_days_are_confirmed_week_by_week_and_what_is_unticked_stays_open(house: House, logged: str) -> None:
    holder = given(house, "contact", case=logged)
    path = f"{holder.top}/langkah/confirm_days"
    page = holder.browser.get(path)
    told = seen(page)
    assert "30 Maret 2026 sampai dengan 5 April 2026" in told
    assert "6 April 2026 sampai dengan 12 April 2026" in told
    assert "Dinas pagi ke-6" in told
    assert page.text.count(" checked") == 2
    nothing = take(holder.browser, path, {}, shown=page)
    assert nothing.status_code == 422
    done = take(holder.browser, path, {"numbers": "2"}, shown=page)
    assert done.status_code == 303, seen(done)
    entries = [each for each in house.read("contact", f"/api/cases/{logged}")["entries"] if each["kind"] == "logbook"]
    assert [each["status"] for each in entries] == ["written", "confirmed"]
