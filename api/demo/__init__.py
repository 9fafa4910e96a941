"""``jenjang demo``: an invented office at work on a clock of its own, from an empty folder to signed letters."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import NoReturn

from api.commands.session import say
from api.demo import story
from api.demo.cohort_walk import CohortWalk
from api.demo.preparation import Prepared, clear, prepare
from api.demo.report_walk import ReportWalk
from api.demo.service import Service, serving
from api.demo.stage import Stage
from api.demo.walk import Walk, leave_open
from api.settings import policies_folder
from policies.dates import written
from policies.parameters import Policies
from workflow.database import Database
from workflow.plain_text import table
from workflow.registry import Registry
from workflow.verification import verify

FOLDER = Path("demo")


def run(*, once: bool, data: Path | None, port: int) -> None:
    """Prepare, walk, then serve until stopped, or end there. Raises Problem where it does not go as it should."""
    signal.signal(signal.SIGTERM, _stop)
    # A shell that starts it in the background leaves Ctrl-C ignored; whoever brings it to the front expects it to end.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    say("Menyiapkan peragaan: instansi dan orang-orangnya rekaan.")
    address = clear(FOLDER)
    office = prepare(address, data, policies_folder(), say)
    start = story.instant(story.FIRST_DAY, 7, 30, office.zone)
    with serving(address, start, port, FOLDER / "server.log") as service:
        say(f"\nServer peragaan: {service.address}. Jam peragaan mulai {written(story.FIRST_DAY)}.")
        stage = Stage(service, office.keys, office.zone, say)
        report = ReportWalk(stage, office.cast)
        say("\n=== Magang seorang pegawai ===")
        Walk(stage, office.cast).run()
        say(f"\n=== Magang bersama: lima pegawai {office.troupe.unit_name} ===")
        CohortWalk(stage, office.cast, office.troupe).run()
        say("\n=== Laporan triwulan kepada kepala daerah ===")
        report.run()
        say("\n=== Yang masih berjalan ===")
        leave_open(stage, office.cast)
        say("\nSurat yang terbit, sebagai PDF, dan lembar kerja laporan:")
        for path in (*stage.save_letters(FOLDER / "letters"), report.save_sheet(FOLDER / "letters")):
            say(f"  {path}")
        _tell_verified(address)
        _tell_people(office)
        if not once:
            _keep_serving(service)
    say(f"\nPeragaan selesai. Basis data disimpan: {FOLDER / 'jenjang.db'}. Untuk memeriksa atau melayaninya lagi:")
    say(f"  JENJANG_DATABASE={address} .venv/bin/jenjang verify")
    say(f"  JENJANG_DATABASE={address} .venv/bin/jenjang serve")


def _tell_verified(address: str) -> None:
    database = Database.open(address)
    try:
        policies = Policies.load(policies_folder())
        checked = database.read(lambda conn: list(verify(conn, Registry.discover(), policies)))
    finally:
        database.close()
    say("\nPemeriksaan keutuhan:")
    for part in checked:
        say(f"  {part.title}: {part.looked_at} diperiksa, {len(part.findings) or 'tidak ada'} temuan.")


def _tell_people(office: Prepared) -> None:
    say("\nOrang-orang yang dapat dicoba, dengan kunci API masing-masing:")
    everyone = {player.id: player for player in (*office.troupe.players, *office.cast.players)}
    rows = [(player.name, player.part, player.post, office.keys[player.id]) for player in everyone.values()]
    say("\n".join(table(("Nama", "Peran", "Jabatan", "Kunci"), rows)))
    waiting = office.cast.second_supervisor
    say(f"\nAtas permohonan {office.cast.second.name} sedang ditunggu persetujuan {waiting.name} (kuncinya di atas).")


def _keep_serving(service: Service) -> None:
    """Leave the server running until Ctrl-C, or until it ends by itself."""
    say(f"\nServer peragaan tetap melayani {service.address}; dokumentasi API: {service.address}/api/docs")
    say(f'Contoh: curl -H "Authorization: Bearer KUNCI" {service.address}/api/tasks')
    say("Memajukan jam peragaan, sekaligus memeriksa yang jatuh tempo (pilih saat sesudah jam peragaan sekarang):")
    say(
        f'  curl -X POST -H "Authorization: Bearer {service.secret}" -H "Content-Type: application/json" '
        f"""-d '{{"at": "2026-07-06T09:00:00+07:00", "sweep": true}}' {service.address}/demo/clock"""
    )
    try:
        say("Tekan Ctrl-C untuk mengakhiri.")
        service.process.wait()
    except KeyboardInterrupt:
        say("")


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
