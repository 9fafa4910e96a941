"""A signing service that hangs: whoever signs waits for it, or is told that they do already; nobody else does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.api.house import MONDAY, House
from tests.api.test_letters import on_its_way, send
from tests.workflow.signatures.authority import serving
from tests.workflow.signatures.esign import ACCOUNT, PASSWORD, USER
from workflow.signatures.settings import set_account
from workflow.views import actions

#: More requests of one person than a server has threads for such work.
MANY = 40


@dataclass
class Hanging:
    """A service that answers nothing until it is let go."""

    asked: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    answered: int = 0

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.asked.set()
        self.let_go.wait(25)
        self.answered += 1
        start("500 Broken", [])
        return [b""]


@contextmanager
def hanging(house: House, folder: Path) -> Iterator[Hanging]:
    """From now on the head of the agency signs with a service that hangs."""
    service = Hanging()
    with serving(service) as address:
        (folder / "sandi").write_text(PASSWORD)
        (folder / "signing.toml").write_text(
            f'[signer]\nkind = "esign"\naddress = "{address}"\nuser = "{USER}"\npassword_file = "sandi"\nversion = 2\n'
        )
        database = house.with_database()
        database.write(set_account, house.sample.ids["agency_chief"], ACCOUNT, MONDAY)
        database.close()
        try:
            yield service
        finally:
            service.let_go.set()


def test_many_requests_of_one_person_to_a_service_that_hangs_stop_nobody_else(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = on_its_way(house)
    monkeypatch.setenv("JENJANG_SIGNING", str(tmp_path / "signing.toml"))
    plain = actions.may_sign
    monkeypatch.setattr(actions, "may_sign", lambda *asked: replace(plain(*asked), needs_secret=True))
    body = {"letters": [letter], "secret": "Rahasia"}
    with hanging(house, tmp_path) as service, ThreadPoolExecutor(MANY) as people:
        asked = [people.submit(send, house, "agency_chief", "/api/letters/sign", body) for _ in range(MANY)]
        try:
            assert service.asked.wait(60)
            assert house.get("verifier", f"/api/letters/{letter}/preview").status_code == 200
            assert service.answered == 0
        finally:
            service.let_go.set()
        answers = [each.result(60) for each in asked]
    busy = [answer for answer in answers if answer.status_code == 503]
    assert {answer.json()["type"] for answer in busy} == {"/problems/busy"}
    assert {answer.status_code for answer in answers} == {200, 503}
    assert len(answers) - len(busy) < MANY / 4
