"""The whole thing as it is served: a granian process of its own, reached over loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from api.app import from_environment
from api.clock import DemoClock
from api.commands.errors import CannotRun
from tests.api.house import MONDAY, PDF, SECRET, House, Sample
from workflow.database import Database
from workflow.tables import effects, files, letters, registers

START_SECONDS = 30
ROOT = Path(__file__).parents[2]


@contextmanager
def server(address: str, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server on a free port; ended at the end if it still runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--no-ws", "--factory", "api.app:from_environment"]
    environment = {**os.environ, "JENJANG_DATABASE": address, **settings}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def wait_until_alive(base: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{base}/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate()[0].decode())


@contextmanager
def house_at(sample: Sample, address: str) -> Iterator[tuple[House, subprocess.Popen[bytes]]]:
    settings = {"JENJANG_DEMO_CLOCK": MONDAY.isoformat(), "JENJANG_DEMO_SECRET": SECRET}
    with server(address, **settings) as (base, process):
        wait_until_alive(base, process)
        with httpx.Client(base_url=base, timeout=30) as client:
            yield House(client, sample, address, DemoClock(MONDAY, SECRET)), process


def pdf_of(house: House, letter: str) -> bytes:
    """The PDF, asked for until it is there."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        response = house.get("nurse", f"/api/letters/{letter}.pdf")
        if response.status_code == 200:
            return response.content
        assert response.json()["type"] == "/problems/letter-being-prepared", response.text
        time.sleep(0.1)
    raise AssertionError("no PDF came")


def test_a_request_reaches_its_first_letter_over_http_and_a_kill_loses_nothing(sample: Sample, address: str) -> None:
    with house_at(sample, address) as (house, process):
        assert house.client.get("/ready").json()["ready"] is True
        case = house.road("forward")
        (letter,) = house.read("nurse", f"/api/cases/{case}")["letters"]
        # At once, most likely in the middle of the rendering.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with house_at(sample, address) as (house, process):
        assert pdf_of(house, letter["id"]).startswith(b"%PDF-")
        assert house.read("nurse", f"/api/cases/{case}")["state"] == "verification"
        big = house.ask("nurse", "POST", "/api/files", files={"file": ("besar.pdf", PDF + b"0" * 40_000_000)})
        assert (big.status_code, big.json()["type"]) == (413, "/problems/too-large")
        assert house.upload("nurse")
        moved = house.client.post(
            "/demo/clock",
            json={"at": "2026-03-09T08:00:00+07:00", "sweep": True},
            headers={"Authorization": f"Bearer {SECRET}"},
        )
        assert moved.json()["swept"]["escalated"] == 1
        assert house.read("nurse", "/api/me")["today"] == "2026-03-09"
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_SECONDS) == 0
    database = Database.open(address)
    assert database.read(lambda conn: conn.execute(select(registers.c.last_number)).scalars().all()) == [1]
    assert database.read(lambda conn: len(conn.execute(select(letters.c.id)).all())) == 1
    assert (
        database.read(lambda conn: len(conn.execute(select(files.c.id).where(files.c.uploaded_by.is_(None))).all()))
        == 1
    )
    done = select(effects.c.done_at).where(effects.c.kind == "render")
    assert all(database.read(lambda conn: conn.execute(done).scalars().all()))
    database.close()
    assert not Path(f"{address.removeprefix('sqlite:///')}-wal").exists()


def test_a_second_server_on_the_same_file_refuses_to_start(sample: Sample, address: str) -> None:
    with house_at(sample, address), server(address) as (_, second):
        said = second.communicate(timeout=START_SECONDS)[0].decode()
        assert second.returncode != 0
        assert "sudah dilayani proses" in said


def test_the_heavy_libraries_for_letters_are_not_loaded_to_start() -> None:
    code = (
        "import sys, api.app; print([n for n in ('weasyprint', 'pyhanko', 'alembic', 'psycopg') if n in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout.strip() == "[]"


def test_a_malformed_policy_file_stops_the_start_with_file_key_and_reason(address: str, tmp_path: Path) -> None:
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "internship.toml").write_text('[longest_days]\nsays = "x"\nsince = "kemarin"\n')
    with server(address, JENJANG_POLICIES=str(tmp_path / "law")) as (_, process):
        said = process.communicate(timeout=START_SECONDS)[0].decode()
        assert process.returncode != 0
        assert "internship.toml" in said
        assert "longest_days" in said


@pytest.mark.parametrize("value", ["2026-03-02T08:00:00", "besok"])
def test_a_demo_clock_without_a_zone_stops_the_start(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_DEMO_CLOCK", value)
    monkeypatch.setenv("JENJANG_DEMO_SECRET", SECRET)
    with pytest.raises(CannotRun, match="harus waktu dengan zonanya"):
        from_environment()
