"""Every page before every kind of stranger: a case, letter or paper that is not theirs is not there, and nothing tells of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import insert

from api.security import BY_LINK, OTHER_SECRET, PUBLIC
from tests.accounts import CHEAP, Browser, nip_of
from tests.api.house import House, Sample, import_sample, served
from tests.pages.people import seen, signed_in
from workflow.accounts.sessions import open_sessions
from workflow.database import Database
from workflow.migrations import migrate
from workflow.people import leave
from workflow.tables import group_members

SECTION, GOAL = "Ruang Anggrek Bulan", "Menguasai ventilasi mekanik pada anak"

#: What stands for the case, by the name of a part of an address, and what stands for one that there is not. A page with a part
#: of another name fails the test until it is named here or below.
NOWHERE = {
    "case_id": "AAAA-AAAA",
    "letter_id": "01990000-0000-7000-8000-000000000000",
    "file_id": "01990000-0000-7000-8000-000000000001",
    "session_id": "01990000-0000-7000-8000-000000000002",
    "person_id": "01990000-0000-7000-8000-000000000003",
    "unit_id": "TIDAK-ADA",
}
#: Parts that name nothing of anybody's.
PLAIN = {
    "cohort_id": "01990000-0000-7000-8000-000000000008",
    "round_id": "01990000-0000-7000-8000-000000000007",
    "delivery_id": "01990000-0000-7000-8000-000000000009",
    "webhook_id": "01990000-0000-7000-8000-000000000010",
    "answer": "tanda-tangan-1",
    "trigger": "assign",
    "act": "sign",
    "deed": "jawaban",
    "process": "internship",
    "part": "tempat",
    "import_id": "01990000-0000-7000-8000-000000000007",
    "partner_id": "TIDAK-ADA",
    "group": "auditor",
    "file_type": "csv",
    "mandate_id": "01990000-0000-7000-8000-000000000005",
    "absence_id": "01990000-0000-7000-8000-000000000006",
    "link_id": "01990000-0000-7000-8000-000000000007",
    "key_id": "01990000-0000-7000-8000-000000000004",
}

#: Figures of the whole agency, which are open to its staff and name its units.
FIGURES = frozenset({"/penghargaan/pemerataan", "/penghargaan/pemerataan/berkas"})

STRANGERS = ("nobody", "colleague", "other_unit", "other_partner", "gone", "half_way", "auditor")


@dataclass(frozen=True)
class Theirs:
    """A case on its way: by which parts its pages are found, and the words by which it would be told."""

    parts: Mapping[str, str]
    words: tuple[str, ...]
    unit: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("rights")
    path, copy = folder / "sample.db", folder / "jenjang.db"
    with closing(Database.open(f"sqlite:///{path}")) as database:
        migrate(database)
        sample = Sample(path, *database.write(import_sample))
    shutil.copy(path, copy)
    with served(sample, f"sqlite:///{copy}", passwords=CHEAP) as house:
        yield house


@pytest.fixture(scope="module")
def theirs(house: House) -> Theirs:
    paper = house.upload("nurse", "undangan-telaga.pdf")
    case = house.road("request_host", section=SECTION, goal=GOAL, attachments=[paper])
    page = house.read("nurse", f"/api/cases/{case}")
    letter = page["letters"][0]
    signed_in(house, "nurse")
    with closing(house.with_database()) as database:
        (session,) = database.read(open_sessions, house.sample.ids["nurse"], house.clock.now())
        nip = database.read(nip_of, house.sample.ids["nurse"])
    told = (
        case,
        page["reference"],
        page["subject"]["name"],
        nip,
        SECTION,
        GOAL,
        "undangan-telaga",
        letter["number"] or "",
    )
    parts = {
        "case_id": page["reference"],
        "letter_id": letter["id"],
        "file_id": paper,
        "session_id": session.id,
        "person_id": house.sample.ids["nurse"],
        "unit_id": "RSUD",
    }
    return Theirs(parts, tuple(word for word in (*told, page["subject"]["unit"]) if word), page["subject"]["unit"])


@pytest.fixture(scope="module")
def strangers(house: House, theirs: Theirs) -> Mapping[str, Browser]:  # noqa: ARG001 - signed in once it is there
    """``half_way``: a party to the case whose second factor is still to come; ``gone``: one who has left since they signed in.

    ``auditor``: one without an assignment.
    """
    gone = signed_in(house, "verifier")
    with closing(house.with_database()) as database:
        database.write(leave, house.sample.ids["verifier"], house.clock.now().date())
        membership = {"person_id": house.sample.ids["informatics_head"], "group_name": "auditor", "unit_id": ""}
        database.write(lambda c: c.execute(insert(group_members).values(membership)).close())
    return {
        "nobody": Browser.on(house.client),
        "colleague": signed_in(house, "second_nurse"),
        "other_unit": signed_in(house, "stranger"),
        "other_partner": signed_in(house, "other_contact"),
        "gone": gone,
        "half_way": signed_in(house, "secretary", second_factor=False),
        "auditor": signed_in(house, "informatics_head"),
    }


def pages(app: Litestar) -> list[tuple[str, str]]:
    """Every page that needs a session, with its method."""
    return sorted(
        (method, route.path_format)
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format not in PUBLIC | OTHER_SECRET
        if not route.path_format.startswith(("/api/", BY_LINK))  # what a link opens has tests of its own
        for method in route.methods & {"GET", "POST"}
    )


def ask(browser: Browser, method: str, path: str) -> httpx.Response:
    """Ask for a page, or send its form as one who has found out what it looks like."""
    if method == "GET":
        return browser.get(path)
    shown = browser.get("/masuk")  # whoever asks gets a token of their own
    token = re.search(r'name="_csrf_token" value="([^"]+)"', shown.text)
    assert token, shown.text
    return browser.client.post(path, data={"_csrf_token": token[1], "version": "1", "key": "k", "note": "Setuju."})


def test_every_part_of_an_address_is_known_here(house: House) -> None:
    parts = {part for _, path in pages(house.client.app) for part in re.findall(r"{(\w+)}", path)}  # type: ignore[attr-defined]
    assert parts == {*NOWHERE, *PLAIN}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_is_told_nothing_by_any_page(
    house: House, theirs: Theirs, strangers: Mapping[str, Browser], who: str
) -> None:
    browser = strangers[who]
    own = seen(browser.get("/akun"))  # a colleague's page names the unit of both
    words = [word for word in theirs.words if word not in own]
    walked = 0
    for method, path in pages(house.client.app):  # type: ignore[attr-defined]
        if method == "POST" and "{" not in path:  # these change one's own account
            continue
        there, nowhere = (ask(browser, method, path.format(**PLAIN, **parts)) for parts in (theirs.parts, NOWHERE))
        assert there.status_code == nowhere.status_code, (method, path)
        walked += there.status_code in (303, 401, 404)
        told = there.text
        for part, value in theirs.parts.items():
            told = told.replace(value, NOWHERE[part])
        secret = [word for word in words if path not in FIGURES or word != theirs.unit]
        assert not [word for word in secret if word in told], (method, path, seen(there))
        if "{" in path.replace("{process}", ""):
            assert there.status_code == expected(who, method), (method, path, seen(there))
            assert without_tokens(told) == without_tokens(nowhere.text), (method, path)
    assert walked > 8


def expected(who: str, method: str) -> int:
    """Who is not signed in is sent to do so, who is finds nothing."""
    if who in ("nobody", "gone"):
        return 303 if method == "GET" else 401
    return 303 if who == "half_way" else 404


def without_tokens(text: str) -> str:
    """A page but for what is another each time that it is asked for: tokens of forms, and the number of the request."""
    return re.sub(r'value="[0-9a-f-]{36,}"|sistem: [0-9a-f-]{36}', "", text)


def test_an_administrator_reads_every_case_and_takes_no_step_of_anybody(house: House, theirs: Theirs) -> None:
    administrator = signed_in(house, "administrator")
    assert administrator.get("/berkas/{case_id}".format(**theirs.parts)).status_code == 200
    for path in ("/berkas/{case_id}/assign", "/surat/{letter_id}/sign"):
        assert ask(administrator, "POST", path.format(**theirs.parts)).status_code in (400, 403, 409), path


def test_whose_it_is_finds_it(house: House, theirs: Theirs) -> None:
    nurse = signed_in(house, "nurse")
    for path in ("/berkas/{case_id}", "/berkas/{case_id}/riwayat", "/surat/{letter_id}", "/lampiran/{file_id}"):
        assert nurse.get(path.format(**theirs.parts)).status_code == 200, path
    assert any(word in seen(nurse.get("/berkas")) for word in theirs.words)
