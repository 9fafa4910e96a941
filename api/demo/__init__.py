"""``jenjang demo``: an invented office at work on a clock of its own, from an empty folder to signed letters."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from api.commands.session import say
from api.demo import story
from api.demo.award_walk import AwardWalk
from api.demo.cohort_walk import CohortWalk
from api.demo.desk_walk import DeskWalk
from api.demo.folder import Folder
from api.demo.medal_walk import MedalWalk
from api.demo.mentoring_walk import MentoringWalk
from api.demo.people import CITIZENS, GUIDES, HOSTS, OTHERS, PEOPLE, bill_of, everyone
from api.demo.preparation import Prepared, prepare
from api.demo.proving import prove
from api.demo.report_walk import ReportWalk
from api.demo.service import Service, serving
from api.demo.stage import Stage
from api.demo.visitor import Unexpected
from api.demo.walk import Walk
from api.settings import policies_folder
from policies.dates import written
from policies.parameters import Policies
from workflow.database import Database
from workflow.demo.playbill import Playbill, waiting
from workflow.demo.playbill import written as written_down
from workflow.engine.engine import Engine
from workflow.office import Office
from workflow.registry import Registry
from workflow.telling.plain_text import table
from workflow.verification import verify

FOLDER = Path("demo")


#: What runs a server, or several as one, on the demo's database, its clock set; see ``serving``.
Serving = Callable[[Folder, datetime, int], AbstractContextManager[Service]]


def run(*, once: bool, data: Path | None, port: int, folder: Folder | None = None, serve: Serving = serving) -> None:
    """Prepare, walk, then serve until stopped, or end there. Raises Problem where it does not go as it should."""
    signal.signal(signal.SIGTERM, _stop)
    # A shell that starts it in the background leaves Ctrl-C ignored; whoever brings it to the front expects it to end.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    say("Menyiapkan peragaan: instansi dan orang-orangnya rekaan.")
    folder = folder or Folder(FOLDER)
    folder.clear()
    office = prepare(folder.address, data, policies_folder(), say)
    folder.keep(PEOPLE, written_down(bill_of(office)))
    start = story.instant(story.FIRST_DAY, *story.FIRST_HOUR, office.zone)
    with serve(folder, start, port) as service:
        say(f"\nServer peragaan: {service.address}. Jam peragaan mulai {written(story.FIRST_DAY)}.")
        stage = Stage(
            service=service, keys=office.keys, zone=office.zone, tell=say, watcher=office.cast.verifier, folder=folder
        )
        report, desks = _walk(stage, office)
        stage.settle()
        _keep(folder, stage, *report.sheet())
        _tell_verified(folder.address)
        *host, guide = desks.doors()
        bill = bill_of(office, {HOSTS: host, GUIDES: [guide], CITIZENS: [desks.proof()]})
        folder.keep(PEOPLE, written_down(bill))
        _tell_keys(office)
        _tell_waiting(folder.address, service, bill, stage.now)
        if not once:
            _keep_serving(service)
    if folder.database:
        return
    say(f"\nPeragaan selesai. Basis data disimpan: {FOLDER / 'jenjang.db'}. Untuk memeriksa atau melayaninya lagi:")
    say(f"  JENJANG_DATABASE={folder.address} .venv/bin/jenjang verify")
    say(f"  JENJANG_DATABASE={folder.address} JENJANG_MAIL={folder.mail} .venv/bin/jenjang serve")


def _walk(stage: Stage, office: Prepared) -> tuple[ReportWalk, DeskWalk]:
    """Every chapter in the order of its days. Answers the report's, whose sheet is kept, and what was left on desks."""
    cast, report = office.cast, ReportWalk(stage, office.cast)
    medals, desks = MedalWalk(stage, cast, office.honours), DeskWalk(stage, office)
    chapters: tuple[tuple[str, Callable[[], None]], ...] = (
        ("Magang seorang pegawai", Walk(stage, cast).run),
        (f"Magang bersama: lima pegawai {office.troupe.unit_name}", CohortWalk(stage, cast, office.troupe).run),
        ("Laporan triwulan kepada kepala daerah", report.run),
        (f"Mentoring di {office.pair.unit_name}", MentoringWalk(stage, cast, office.pair).run),
        ("Satyalancana: usul kepada Presiden", medals.propose),
        ("Putaran pegawai berprestasi", AwardWalk(stage, cast, office.honours).run),
        ("Yang dimulai pada bulan November", desks.begin),
        ("Satyalancana: Keputusan Presiden", medals.confer),
        ("Yang masih berjalan", desks.leave),
    )
    for title, chapter in chapters:
        say(f"\n=== {title} ===")
        chapter()
    return report, desks


def _keep(folder: Folder, stage: Stage, sheet: str, content: bytes) -> None:
    """Keep what is looked at afterwards, and check one of the letters with the network off."""
    say("\nSurat yang terbit, sebagai PDF; yang ditandatangani basah, pindaiannya:")
    finished = [each for each in stage.letters if each[0] not in stage.left]
    saved = folder.keep_letters(finished, stage.visitor)
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


def _tell_keys(office: Prepared) -> None:
    say("\nOrang-orang yang dapat dicoba, dengan kunci API masing-masing:")
    players = (*everyone(office), office.cast.host.contact)
    rows = [(player.name, player.part, player.post, office.keys[player.id]) for player in players]
    say("\n".join(table(("Nama", "Peran", "Jabatan", "Kunci"), rows)))


def _tell_waiting(address: str, service: Service, bill: Playbill, at: datetime) -> None:
    """What waits for whom, by kind of person. Raises Unexpected where a kind has nothing to do."""
    database = Database.open(address)
    try:
        engine = Engine(Registry.discover(), database.read(Office.load, policies_folder()))
        scenes = database.read(waiting, engine, bill, at)
    finally:
        database.close()
    say("\nYang menunggu, menurut peran:")
    for scene in scenes:
        for each in scene.people if scene.title != OTHERS else ():
            say(f"  {scene.title}: {each.player.name}: {'; '.join(each.lines) or 'tidak ada'}.")
        for door in scene.doors:
            say(f"  {scene.title}: {door.title} ({door.says}): {service.address}{door.path}")


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
