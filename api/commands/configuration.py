"""``jenjang config``: what is set, where each value comes from, and what is wrong with it."""

from __future__ import annotations

import click

from api.commands.errors import CannotRun
from api.commands.language import Command
from api.commands.session import remark, say
from api.configuration import SETTINGS, faults, unknown
from workflow.telling.plain_text import table


@click.command(
    cls=Command,
    name="config",
    short_help="Tampilkan dan periksa semua setelan.",
    help="Tampilkan semua setelan lingkungan: nilainya, asalnya, dan artinya; lalu periksa semuanya sekaligus. Isi yang rahasia "
    "tidak ditampilkan. Keluar dengan 1 bila ada yang salah atau tidak dikenal.",
)
def config() -> None:
    """Print every setting, then all that is wrong. Raises CannotRun."""
    rows = [(each.name, each.value or "-", each.source, each.says) for each in SETTINGS]
    say("\n".join(table(("Setelan", "Nilai", "Asal", "Arti"), rows, indent="")))
    if wrong := [*faults(), *unknown()]:
        raise CannotRun("\n".join(wrong))


def unknown_said() -> None:
    """Say on standard error which variables nobody knows."""
    for each in unknown():
        remark(each)
