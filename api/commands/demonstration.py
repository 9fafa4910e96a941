"""``jenjang demo``: an invented office at work, to be looked at and tried."""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.language import Command, InputFolder, Port


@click.command(
    cls=Command,
    short_help="Peragaan dengan instansi rekaan.",
    help="Peragaan: siapkan instansi rekaan dalam folder demo/, jalankan magang, mentoring dan penghargaan sampai selesai melalui "
    "API, lalu layani sampai dihentikan (Ctrl-C). Isi folder demo/ yang lama diganti.",
)
@click.option("--once", is_flag=True, help="Berhenti setelah semuanya selesai.")
@click.option(
    "--data",
    type=InputFolder(),
    metavar="FOLDER",
    help="Folder berisi pegawai.csv, mitra.csv, dan seterusnya; bawaannya tests/sample.",
)
@click.option(
    "--port",
    default=8000,
    type=Port(),
    metavar="PORT",
    help="Nomor port; yang lain dipilih bila sudah terpakai.",
    show_default=True,
)
def demo(*, once: bool, data: Path | None, port: int) -> None:
    """Run the demo."""
    from api.demo import run  # noqa: PLC0415 - only the demo loads it

    run(once=once, data=data, port=port)
