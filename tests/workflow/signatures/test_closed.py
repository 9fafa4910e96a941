"""A passphrase is in no core dump, in no memory that others may read, and in nothing that is printed."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.routes.letters import Signatures
from tests.workflow.signatures.authority import Authority
from tests.workflow.signatures.conftest import AT
from tests.workflow.signatures.papers import letter
from workflow.signatures import SigningFailed, ToSeal, Why, with_secret
from workflow.signatures.apart import Order
from workflow.signatures.key_file import KeyFile

ROOT = Path(__file__).parents[3]
SECRET = "RAHASIA-tak-terulang-4417"
#: The interpreter below the environment, and the source by its text: nobody may enter the folder that the tests lie in.
PYTHON = str(Path(sys.executable).resolve())
CLOSED = (ROOT / "workflow/signatures/closed.py").read_text()
#: The superuser's own reach says nothing, so who holds and who looks give it up once they run (nobody else may be
#: allowed to start this interpreter, nor to read its library). Linux closes a process that does so; it is opened again
#: as an ordinary one is.
AS_NOBODY = """
import contextlib, ctypes, os, resource, sys
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
"""
HOLDS = f"""
closed = {{"__name__": "closed"}}
exec({CLOSED!r}, closed)
{AS_NOBODY}
if sys.argv[1] == "closed":
    closed["close_up"]()
held = {SECRET!r}
print("ready", flush=True)
sys.stdin.read()
"""
LOOKS = f"""{AS_NOBODY}
try:
    open(f"/proc/{{sys.argv[1]}}/mem", "rb").close()
    print("read")
except PermissionError:
    print("refused")
"""


@contextmanager
def holding(how: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [PYTHON, "-c", HOLDS, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def looked_into(process: subprocess.Popen[str]) -> str:
    looking = subprocess.run(
        [PYTHON, "-c", LOOKS, str(process.pid)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        cwd="/",
    )
    return looking.stdout.strip()


def core_limit(process: int) -> list[str]:
    limits = Path(f"/proc/{process}/limits").read_text().splitlines()
    return next(line for line in limits if line.startswith("Max core file size")).split()[4:6]


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux who may read a memory")
def test_nobody_of_the_same_account_reads_the_memory_of_a_closed_process_and_it_leaves_no_core() -> None:
    with holding("closed") as process:
        assert looked_into(process) == "refused"
        assert core_limit(process.pid) == ["0", "0"]


def test_no_struct_that_holds_a_secret_prints_it() -> None:
    order = Order(signer=KeyFile(file=Path("a.p12")), secret=SECRET, letters=(), at=AT)
    for held in (Signatures(letters=["x"], secret=SECRET), order):
        assert SECRET not in f"{held} {held!r} {[held]}"


def test_no_log_and_no_error_holds_a_secret_that_was_wrong(
    issuer: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    signer = KeyFile(file=issuer.key_file("kabid", tmp_path))
    (failed,) = with_secret(signer, SECRET, [ToSeal(pdf=letter(), field="TandaTangan1", why=Why(reason="Uji"))], AT)
    assert isinstance(failed, SigningFailed)
    assert SECRET not in f"{failed!r}{failed.says}{caplog.text}{''.join(capfd.readouterr())}"
