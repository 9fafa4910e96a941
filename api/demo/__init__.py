"""``jenjang demo``: an invented office at work on a clock of its own, from an empty folder to signed letters."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from api.commands.session import say
from api.demo import story
from api.demo.award_walk import AwardWalk
from api.demo.cohort_walk import CohortWalk
from api.demo.folder import Folder
from api.demo.medal_walk import MedalWalk
from api.demo.mentoring_walk import MentoringWalk
from api.demo.people import PEOPLE, people
from api.demo.preparation import Prepared, prepare
from api.demo.proving import prove
from api.demo.report_walk import ReportWalk
from api.demo.service import Service, serving
from api.demo.stage import Stage
from api.demo.visitor import Unexpected
from api.demo.walk import Walk, leave_open
from api.settings import policies_folder
from policies.dates import written
from policies.parameters import Policies
from workflow.database import Database
from workflow.registry import Registry
from workflow.telling.plain_text import table
from workflow.verification import verify

FOLDER = Path("demo")


def run(*, once: bool, data: Path | None, port: int) -> None:
    """Prepare, walk, then serve until stopped, or end there. Raises Problem where it does not go as it should."""
    signal.signal(signal.SIGTERM, _stop)
    # A shell that starts it in the background leaves Ctrl-C ignored; whoever brings it to the front expects it to end.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    say("Menyiapkan peragaan: instansi dan orang-orangnya rekaan.")
    folder = Folder(FOLDER)
    folder.clear()
    office = prepare(folder.address, data, policies_folder(), say)
    folder.keep(PEOPLE, people(office))
    start = story.instant(story.FIRST_DAY, 7, 30, office.zone)
    with serving(folder, start, port) as service:
        say(f"\nServer peragaan: {service.address}. Jam peragaan mulai {written(story.FIRST_DAY)}.")
        stage = Stage(
            service=service, keys=office.keys, zone=office.zone, tell=say, watcher=office.cast.verifier, folder=folder
        )
        report = _walk(stage, office)
        stage.settle()
        _keep(folder, stage, *report.sheet())
        _tell_verified(folder.address)
        _tell_people(office)
        if not once:
            _keep_serving(service)
    say(f"\nPeragaan selesai. Basis data disimpan: {FOLDER / 'jenjang.db'}. Untuk memeriksa atau melayaninya lagi:")
    say(f"  JENJANG_DATABASE={folder.address} .venv/bin/jenjang verify")
    say(f"  JENJANG_DATABASE={folder.address} JENJANG_MAIL={folder.mail} .venv/bin/jenjang serve")


def _walk(stage: Stage, office: Prepared) -> ReportWalk:
    """Every chapter in the order of its days. Answers the one about the report, whose sheet is kept."""
    cast, report = office.cast, ReportWalk(stage, office.cast)
    medals = MedalWalk(stage, cast, office.honours)
    chapters: tuple[tuple[str, Callable[[], None]], ...] = (
        ("Magang seorang pegawai", Walk(stage, cast).run),
        (f"Magang bersama: lima pegawai {office.troupe.unit_name}", CohortWalk(stage, cast, office.troupe).run),
        ("Laporan triwulan kepada kepala daerah", report.run),
        (f"Mentoring di {office.pair.unit_name}", MentoringWalk(stage, cast, office.pair).run),
        ("Satyalancana: usul kepada Presiden", medals.propose),
        ("Putaran pegawai berprestasi", AwardWalk(stage, cast, office.honours).run),
        ("Satyalancana: Keputusan Presiden", medals.confer),
        ("Yang masih berjalan", lambda: leave_open(stage, cast)),
    )
    for title, chapter in chapters:
        say(f"\n=== {title} ===")
        chapter()
    return report


def _keep(folder: Folder, stage: Stage, sheet: str, content: bytes) -> None:
    """Keep what is looked at afterwards, and check one of the letters with the network off."""
    say("\nSurat yang terbit, sebagai PDF; yang ditandatangani basah, pindaiannya:")
    saved = folder.keep_letters(stage.letters, stage.visitor)
    for path in saved:
        say(f"  {path}")
    say(f"Lembar kerja laporan: {folder.keep(sheet, content)}")
    say(f"Surel yang dikirim: {len(list(folder.mail.glob('*.eml')))} berkas .eml dalam {folder.mail}")
    for says in sorted(stage.unsent):
        say(f"  Belum terkirim: {says}")
    visitor = stage.visitor(stage.watcher)
    folder.published_keys.write_bytes(visitor.get("/verify/keys").content)
    folder.offline_page.write_bytes(visitor.get("/verify/offline.html").content)
    # The first that passed several hands before it was signed: the request to the host.
    prove(folder, saved[1], say)


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
    if found := [finding for part in checked for finding in part.findings]:
        raise Unexpected(f"Pemeriksaan keutuhan menemukan {len(found)} hal, yang pertama: {found[0]}")


def _tell_people(office: Prepared) -> None:
    say("\nOrang-orang yang dapat dicoba, dengan kunci API masing-masing:")
    everyone = {
        player.id: player
        for player in (
            *office.honours.players,
            *office.troupe.players,
            *office.initiallers,
            *office.pair.players,
            *office.cast.players,
        )
    }
    rows = [(player.name, player.part, player.post, office.keys[player.id]) for player in everyone.values()]
    say("\n".join(table(("Nama", "Peran", "Jabatan", "Kunci"), rows)))
    waiting = office.cast.second_supervisor
    say(f"\nAtas permohonan {office.cast.second.name} sedang ditunggu persetujuan {waiting.name} (kuncinya di atas).")


def _keep_serving(service: Service) -> None:
    """Leave the server running until Ctrl-C, or until it ends by itself."""
    say(f"\nBuka {service.address}/peran di peramban untuk melihat dan bekerja sebagai siapa pun di atas.")
    say(f"Server peragaan tetap melayani {service.address}; dokumentasi API: {service.address}/api/docs")
    say(f'Contoh: curl -H "Authorization: Bearer KUNCI" {service.address}/api/tasks')
    say("Memajukan jam peragaan, sekaligus memeriksa yang jatuh tempo (pilih saat sesudah jam peragaan sekarang):")
    say(
        f'  curl -X POST -H "Authorization: Bearer {service.secret}" -H "Content-Type: application/json" '
        f"""-d '{{"at": "2026-12-04T09:00:00+07:00", "sweep": true}}' {service.address}/demo/clock"""
    )
    try:
        say("Tekan Ctrl-C untuk mengakhiri.")
        service.process.wait()
    except KeyboardInterrupt:
        say("")


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
