"""The serving process sends mail beside its other work, and a mail server that dawdles holds up no letter."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.house import House, Sample, served
from tests.mailing import mail_server, read_mail, text_of
from workflow.mail.folder import Folder
from workflow.mail.post import Post
from workflow.mail.smtp import Smtp


def wait_for(happens: Callable[[], object]) -> None:
    """Wait until something is so; no longer than a machine with much else to do may take."""
    until = time.monotonic() + 40
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.05)


def _letter_is_made(house: House, letter: str) -> bool:
    return house.get("nurse", f"/api/letters/{letter}.pdf").status_code == 200


def test_a_letter_that_was_signed_over_http_lies_in_the_folder(
    sample: Sample, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.runner.PAUSE", 0.05)
    folder = tmp_path / "surel"

    def texts() -> list[str]:
        return [text_of(read_mail(path.read_bytes())) for path in folder.glob("*.eml")]

    with served(sample, address, runner=True, post=lambda registry: Post(Folder(folder), registry)) as house:
        house.road("forward")
        wait_for(lambda: any("Bersama ini kami sampaikan surat usulan" in text for text in texts()))
    assert any("menunggu tindakan Anda" in text for text in texts())


def test_a_mail_server_that_dawdles_holds_up_no_letter(
    sample: Sample, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.runner.PAUSE", 0.05)
    with mail_server() as (handler, port):
        handler.dawdle = 12.0
        way = Smtp("127.0.0.1", port, "none", patience=20.0)
        with served(sample, address, runner=True, post=lambda registry: Post(way, registry)) as house:
            case = house.road("forward")
            (letter,) = house.read("nurse", f"/api/cases/{case}")["letters"]
            wait_for(lambda: _letter_is_made(house, letter["id"]))
            assert not handler.taken
        assert handler.taken
