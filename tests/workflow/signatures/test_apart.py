"""A secret lives in a process of its own, for one entry of it, and is seen nowhere else."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.workflow.signatures.authority import PASSPHRASE, Authority, serving
from tests.workflow.signatures.conftest import AT
from tests.workflow.signatures.papers import letter
from workflow.signatures import Sealed, SigningFailed, ToSeal, Why, apart, once, seal, with_secret
from workflow.signatures.checked import check
from workflow.signatures.key_file import KeyFile
from workflow.signatures.service import SigningService

WHY = Why(reason="Surat Tugas")
LETTER = ToSeal(pdf=letter(), field="TandaTangan1", why=WHY)


@pytest.fixture
def kabid(issuer: Authority, tmp_path: Path) -> KeyFile:
    return KeyFile(file=issuer.key_file("kabid", tmp_path))


def kinds(found: list[Sealed | SigningFailed]) -> list[str]:
    return [each.kind if isinstance(each, SigningFailed) else "sealed" for each in found]


def test_many_letters_are_signed_with_one_entry_of_the_secret(kabid: KeyFile) -> None:
    found = with_secret(kabid, PASSPHRASE, [LETTER] * 5, AT)
    assert kinds(found) == ["sealed"] * 5
    assert all(check(each.content).intact for each in found if isinstance(each, Sealed))


def test_after_a_wrong_secret_nothing_more_is_tried(kabid: KeyFile) -> None:
    found = with_secret(kabid, "salah", [LETTER] * 3, AT)
    assert kinds(found) == ["wrong_secret"] * 3
    assert "Belum dicoba" in str(found[1])


def test_a_letter_that_cannot_be_signed_does_not_hold_up_the_next(kabid: KeyFile) -> None:
    broken = ToSeal(pdf=b"rusak", field="TandaTangan1", why=WHY)
    assert kinds(with_secret(kabid, PASSPHRASE, [LETTER, broken, LETTER], AT)) == ["sealed", "broken", "sealed"]


def test_a_secret_that_was_not_entered_is_not_tried(kabid: KeyFile) -> None:
    with pytest.raises(SigningFailed, match="belum diisi"):
        seal(LETTER.pdf, field="TandaTangan1", signer=kabid, why=WHY, at=AT)


def test_a_signer_that_needs_a_secret_never_signs_in_this_process(
    kabid: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeyFile, "seal", None)
    assert seal(LETTER.pdf, field="TandaTangan1", signer=kabid, why=WHY, secret=PASSPHRASE, at=AT).startswith(letter())


@pytest.mark.parametrize("secret", [PASSPHRASE, "salah sekali 99"])
def test_the_secret_is_in_no_log_no_error_and_no_traceback(
    kabid: KeyFile, secret: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        found = with_secret(kabid, secret, [LETTER], AT)
    told = "".join(traceback.format_exception(found[0])) if isinstance(found[0], SigningFailed) else ""
    said = caplog.text + "".join(capfd.readouterr()) + told + repr(found[0])
    assert secret not in said


def test_an_order_does_not_show_its_secret(kabid: KeyFile) -> None:
    order = apart.decoded(apart.encoded({"signer": kabid, "secret": PASSPHRASE, "letters": [LETTER], "at": AT}))
    assert order.secret == PASSPHRASE
    assert PASSPHRASE not in repr(order)
    assert PASSPHRASE not in str(order)


def test_a_running_process_shows_the_secret_neither_in_its_arguments_nor_in_its_environment(tmp_path: Path) -> None:
    waiting, done = threading.Event(), threading.Event()

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        waiting.set()
        done.wait(20)
        start("500 Broken", [])
        return [b""]

    (tmp_path / "sandi").write_text("sandi-instansi")
    with serving(application) as address:
        signer = SigningService(
            address=address, account="1234567890123456", user="jenjang", password_file=tmp_path / "sandi"
        )
        found: list[Sealed | SigningFailed] = []
        thread = threading.Thread(target=lambda: found.extend(with_secret(signer, PASSPHRASE, [LETTER], AT)))
        thread.start()
        assert waiting.wait(30)
        (child,) = children_of(os.getpid())
        shown = b"".join((Path("/proc") / child / name).read_bytes() for name in ("cmdline", "environ"))
        limits = (Path("/proc") / child / "limits").read_text()
        done.set()
        thread.join(30)
    assert b"workflow.signatures.once" in shown
    assert PASSPHRASE.encode() not in shown
    assert b"sandi-instansi" not in shown
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core")] == [["0", "0"]]
    assert kinds(found) == ["unavailable"]


def children_of(process: int) -> list[str]:
    """The processes that sign for a process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = folder.joinpath("stat").read_text().rpartition(")")[2].split()[1]
            command = folder.joinpath("cmdline").read_bytes()
        except OSError:
            continue
        if parent == str(process) and b"workflow.signatures.once" in command:
            found.append(folder.name)
    return found


def test_a_process_that_crashes_is_broken_and_leaves_what_was_signed_before(
    kabid: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = apart._run(
        apart.encoded({"signer": kabid, "secret": PASSPHRASE, "letters": [LETTER, LETTER], "at": AT}), 60
    )
    half = whole[: len(whole) - 100]
    monkeypatch.setattr(apart, "_run", lambda _order, _limit: half)
    assert kinds(with_secret(kabid, PASSPHRASE, [LETTER, LETTER], AT)) == ["sealed", "broken"]


def test_a_process_that_takes_too_long_is_ended(kabid: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_START", 0.05)
    monkeypatch.setattr(KeyFile, "patience", 0.0)
    assert kinds(with_secret(kabid, PASSPHRASE, [LETTER], AT)) == ["broken"]
    assert children_of(os.getpid()) == []


def test_an_order_that_is_none_ends_the_process_without_a_word() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workflow.signatures.once"],
        input=b"bukan pesanan",
        capture_output=True,
        check=False,
        timeout=60,
        cwd=Path(once.__file__).parents[2],
    )
    assert done.returncode != 0
    assert done.stdout == b""


class Careless(msgspec.Struct):
    """A signer whose error quotes what it was given."""

    def seal(self, _pdf: bytes, _field: str, _why: Why, secret: str | None, _at: datetime) -> Sealed:
        raise RuntimeError(f"tidak bisa dengan {secret}")


def test_the_text_of_an_unexpected_error_stays_in_the_process() -> None:
    order = apart.Order(signer=Careless(), secret=PASSPHRASE, letters=(LETTER,), at=AT)  # type: ignore[arg-type]
    answer = once._signed(order, LETTER)
    assert isinstance(answer, apart.Failure)
    assert "RuntimeError" in answer.says
    assert PASSPHRASE not in answer.says


def test_the_process_ends_with_the_one_that_started_it() -> None:
    program = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'workflow.signatures.once'], stdin=subprocess.PIPE)\n"
        "import time; time.sleep(1.5)\n"
        "print(child.pid, flush=True)\n"
        "import os; os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        cwd=Path(once.__file__).parents[2],
    )
    child = Path("/proc") / done.stdout.strip()
    for _ in range(100):
        if not child.exists() or b"once" not in child.joinpath("cmdline").read_bytes():
            return
        time.sleep(0.05)
    pytest.fail("the process outlived the one that started it")
