"""``jenjang check``, ``describe``, ``explain`` and ``verify``: what is known of processes, cases and the database itself."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import click

from api.commands.errors import NotReady
from api.commands.language import Command, Day, OneOf
from api.commands.session import now, say, session
from api.settings import policies_folder
from policies.parameters import Policies
from workflow import directory, inspection, verification
from workflow.database import DatabaseUnavailable
from workflow.inspection import Remark
from workflow.registry import Registry
from workflow.telling.describe import describe as described
from workflow.telling.describe import diagram
from workflow.telling.explain import explain as explained
from workflow.verification import PARTS, Checked
from workflow.verification.log import PART as LOG
from workflow.verification.log import late

#: Findings of one part that are shown one by one.
SHOWN = 20


@click.command(
    cls=Command,
    short_help="Periksa proses, templat, ketentuan, profil.",
    help="Periksa proses, templat surat, ketentuan, profil, dan status berkas yang tersimpan. Keluar dengan 1 bila ada yang salah.",
)
def check() -> int:
    """Look over program and database."""
    overlay = policies_folder()
    remarks = list(inspection.inspect_program(overlay, now().astimezone(ZoneInfo(directory.ZONE)).date()))
    if all(remark.sound or not remark.grave for remark in remarks):
        remarks += _store()
    for remark in remarks:
        mark = "baik" if remark.sound else "SALAH" if remark.grave else "perhatian"
        say(f"[{mark}] {remark.about}: {remark.says}")
    return int(any(not remark.sound and remark.grave for remark in remarks))


def _store() -> list[Remark]:
    try:
        with session() as here:
            return here.database.read(lambda conn: list(inspection.inspect_store(conn, here.registry)))
    except NotReady as missing:
        return [Remark("Basis data", str(missing), sound=False, grave=False)]
    except DatabaseUnavailable as unavailable:
        return [Remark("Basis data", unavailable.says, sound=False)]


@click.command(
    cls=Command,
    short_help="Cetak suatu proses sebagai prosedur.",
    help="Cetak PROSES sebagai prosedur: pihak, status, waktu, tindakan, syarat dengan dasar hukumnya, surat, dan ketentuan.",
)
@click.argument("process", metavar="PROSES", help="Nama proses, misalnya internship.")
@click.option("--mermaid", is_flag=True, help="Cetak diagram status (Mermaid) saja.")
@click.option(
    "--on", "on", type=Day(), metavar="TANGGAL", help="Ketentuan menurut keadaan pada tanggal ini; bawaannya hari ini."
)
def describe(process: str, *, mermaid: bool, on: date | None) -> None:
    """Print a process as the procedure on the wall; needs no database."""
    found = Registry.discover().process(process)
    if mermaid:
        say(diagram(found).rstrip("\n"))
        return
    day = on or now().astimezone(ZoneInfo(directory.ZONE)).date()
    say(described(found, Policies.load(policies_folder()), day).rstrip("\n"))


@click.command(
    cls=Command,
    short_help="Ceritakan satu berkas seutuhnya.",
    help="Ceritakan satu BERKAS seutuhnya: siapa berbuat apa, mengapa boleh, menurut ketentuan mana, dan siapa yang ditunggu.",
)
@click.argument("case", metavar="BERKAS", help="Nomor atau id berkas.")
def explain(case: str) -> None:
    """Print the story of a case."""
    with session() as here:
        say(here.database.read(explained, here.office, here.registry, case, at=now()).rstrip("\n"))


@click.command(
    cls=Command,
    short_help="Periksa keutuhan basis data.",
    help="Periksa keutuhan basis data: rantai peristiwa, hasil pemeriksaan syarat yang dihitung ulang, berkas, nomor surat, "
    "pembukuan, dan berkas unggahan. Menyebut peristiwa pertama yang diubah; keluar dengan 1 bila ada yang tidak sesuai.",
)
@click.argument(
    "parts", metavar="[BAGIAN]...", nargs=-1, type=OneOf(tuple(PARTS)), help=f"Bagian saja: {', '.join(PARTS)}."
)
def verify(parts: tuple[str, ...]) -> int:
    """Check the database against itself."""
    failed = 0
    with session() as here:
        policies = Policies.load(policies_folder())
        for checked in here.database.read(lambda conn: list(verification.verify(conn, here.registry, policies, parts))):
            failed += told_of(checked)
        if (not parts or LOG in parts) and (waiting := here.database.read(late, here.at)):
            say(f"  - {waiting.says}")
            failed += 1
    say("Tidak sesuai: lihat di atas." if failed else "Semua yang diperiksa sesuai.")
    return 1 if failed else 0


def told_of(checked: Checked) -> int:
    """Say what a part found, the first thing first; answers how much of it fails."""
    wrong = [finding for finding in checked.findings if finding.fails]
    known = len(checked.findings) - len(wrong)
    state = f"{len(wrong)} TIDAK SESUAI" if wrong else "sesuai"
    say(f"{checked.title}: {checked.looked_at} diperiksa, {state}{f', {known} dicatat' if known else ''}.")
    for finding in [*wrong, *(each for each in checked.findings if not each.fails)][:SHOWN]:
        say(f"  - {finding.where}{': ' if finding.where else ''}{finding.says}")
    if len(checked.findings) > SHOWN:
        say(f"  ... dan {len(checked.findings) - SHOWN} lagi.")
    return len(wrong)
