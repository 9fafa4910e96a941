"""``jenjang siasn``: credited activities go to the national or the local personnel system, and its answers come back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from api.commands.errors import CannotRun
from api.commands.language import Group, InputFile
from api.commands.session import Session, remark, say, session
from policies.dates import written
from workflow.outward import (
    Answered,
    Batch,
    Layout,
    Standing,
    export,
    layout_named,
    read_answers,
    require_room,
    standing,
    write_batch,
)
from workflow.telling.plain_text import table

#: Findings of one kind that are shown one by one, unless all are asked for.
SHOWN = 40

_LAYOUT = click.option(
    "--layout",
    default="siasn",
    metavar="NAMA|BERKAS",
    help="Tata letak: siasn, simpeg, atau berkas TOML instansi sendiri.",
    show_default=True,
)


class _Target(click.ParamType[Path]):
    """A folder, there already or to be made."""

    name = "folder"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if path.exists() and not path.is_dir():
            self.fail(f"{path} bukan folder; sebutkan foldernya.", param, ctx)
        return path


@click.group(cls=Group, help="Kiriman ke SIASN atau SIMPEG, dan hasilnya.")
def siasn() -> None:
    """What is sent to other personnel systems."""


@siasn.command(
    "export",
    short_help="Buat kiriman kegiatan yang belum tercatat.",
    help="Buat kiriman kegiatan ber-JP yang belum tercatat pada sistem penerima: satu berkas, dan satu ZIP bukti bernama NIP. "
    "Yang sudah dikirim tidak dikirim lagi; yang ditolak ikut lagi setelah datanya di sini berubah. Yang belum dapat dikirim "
    "disebut dengan alasannya.",
)
@click.option(
    "--to", "to", required=True, type=_Target(), metavar="FOLDER", help="Folder tujuan; dibuat bila belum ada."
)
@_LAYOUT
@click.option(
    "--again",
    is_flag=True,
    help="Kirim lagi juga yang menunggu hasil, dan yang ditolak walaupun datanya di sini tidak berubah.",
)
@click.option("--batch", default="", metavar="KIRIMAN", help="Tulis lagi kiriman lama, persis seperti dahulu.")
@click.option("--dry-run", is_flag=True, help="Periksa saja; tidak ada yang dicatat atau ditulis.")
@click.option("--all", "every", is_flag=True, help="Sebutkan semua temuan, tidak hanya empat puluh.")
def siasn_export(*, to: Path, layout: str, again: bool, batch: str, dry_run: bool, every: bool) -> None:
    """Record a batch and write it to a folder."""
    found = layout_named(layout)
    with session() as here:
        if batch:
            say(f"Ditulis lagi: {write_batch(here.database, batch.upper(), to)}")
            return
        if not dry_run:
            require_room(to)
        made = here.database.write(export, found, at=here.at, on=here.today, again=again, dry_run=dry_run)
        _tell_batch(made, found, here, dry_run=dry_run, every=every)
        if made.id:
            _write(here, made.id, to)


def _write(here: Session, batch_id: str, to: Path) -> None:
    try:
        say(f"Ditulis: {write_batch(here.database, batch_id, to)}")
    except OSError as error:
        raise CannotRun(
            f"Kiriman {batch_id} sudah dicatat, tetapi tidak dapat ditulis ({error.strerror or error}). Perbaiki foldernya, "
            f"lalu jalankan: jenjang siasn export --to FOLDER --batch {batch_id}"
        ) from error


def _tell_batch(made: Batch, layout: Layout, here: Session, *, dry_run: bool, every: bool) -> None:
    zone = here.office.zone
    counts = (
        f"{len(made.rows)} kegiatan {'akan dikirim' if dry_run else 'dikirim'} ke {layout.title}, {len(made.waiting)} menunggu "
        f"hasil, {len(made.refused)} masih ditolak, {len(made.left)} belum dapat dikirim."
    )
    say(f"Kiriman {made.id}: {counts}" if made.id else counts)
    limit = layout.largest_evidence // 1024
    _several(
        [
            f"Perhatian, baris {each.number}, {each.person.says}: bukti {each.evidence} {-(-each.size // 1024)} kB, paling besar "
            f"{limit} kB. Tetap dikirim; bila ditolak, kecilkan PDF-nya."
            for each in made.rows
            if each.too_large
        ],
        every=every,
    )
    _several(
        [
            f"Menunggu hasil: {each.person.says}, {each.batch} baris {each.row}, "
            f"dikirim {written(each.sent_at.astimezone(zone).date())}."
            for each in made.waiting
        ],
        every=every,
    )
    _several(
        [f"Ditolak: {each.person.says}, {each.batch} baris {each.row}: {each.reason}" for each in made.refused],
        every=every,
    )
    if made.refused:
        say("Yang ditolak ikut lagi setelah datanya berubah; bila sebabnya di luar Jenjang sudah beres, pakai --again.")
    _several([f"Belum dapat dikirim: {each.person.says}: {each.says}" for each in made.left], every=every)


@siasn.command(
    "result",
    short_help="Baca hasil kiriman.",
    help="Baca BERKAS hasil (CSV atau XLSX) dari sistem penerima: tiap baris menjadi tercatat, atau ditolak beserta alasannya. "
    "Baris yang benar dicatat walaupun ada baris lain yang tidak dapat dibaca; membaca berkas yang sama lagi tidak mengubah "
    "apa pun. Keluar dengan 1 bila ada baris yang tidak dapat dibaca.",
)
@click.argument("file", metavar="BERKAS", type=InputFile(), help="Berkas hasil.")
@_LAYOUT
@click.option("--correct", is_flag=True, help="Jawaban yang bertentangan dengan jawaban sebelumnya menggantikannya.")
@click.option("--all", "every", is_flag=True, help="Sebutkan semua temuan, tidak hanya empat puluh.")
def siasn_result(file: Path, *, layout: str, correct: bool, every: bool) -> int:
    """Take in what a system answered."""
    found = layout_named(layout)
    with session() as here:
        content = file.read_bytes()
        answered = here.database.write(read_answers, found, content, file.name, at=here.at, correct=correct)
    _tell_answers(answered, every=every)
    return 1 if answered.rejected else 0


def _tell_answers(answered: Answered, *, every: bool) -> None:
    say(
        f"{answered.rows} baris dibaca: {answered.recorded} tercatat, {answered.refused} ditolak, {answered.unchanged} sudah "
        f"diketahui, {len(answered.rejected)} tidak dapat dipakai."
    )
    if answered.ignored_headings:
        remark(f"Kolom lain diabaikan: {', '.join(answered.ignored_headings)}.")
    _several(list(answered.remarks), every=every)
    _several(
        [
            f"Baris {each.row}, kolom {each.column}: {each.reason}{f' (isi: {each.value})' if each.value else ''}"
            for each in answered.rejected
        ],
        every=every,
    )


@siasn.command(
    "status",
    short_help="Tampilkan semua kiriman dan hasilnya.",
    help="Tampilkan semua kiriman, dan baris yang menunggu hasil atau ditolak.",
)
@click.option("--all", "every", is_flag=True, help="Sebutkan semua baris, tidak hanya empat puluh.")
def siasn_status(*, every: bool) -> None:
    """Print how everything stands that was sent."""
    with session() as here:
        found: Standing = here.database.read(standing)
        zone: ZoneInfo = here.office.zone
    if not found.batches:
        say("Belum ada yang dikirim. Buat kiriman dengan: jenjang siasn export --to FOLDER")
        return
    headings = ("Kiriman", "Sistem", "Dikirim", "Baris", "Tercatat", "Ditolak", "Menunggu", "Dikirim lagi")
    rows = [
        (
            *(each.id, each.system, written(each.sent_at.astimezone(zone).date())),
            *(str(n) for n in (each.rows, each.recorded, each.refused, each.waiting, each.repeated)),
        )
        for each in found.batches
    ]
    say("\n".join(table(headings, rows, indent="")))
    say("Berkas suatu kiriman dapat ditulis lagi dengan: jenjang siasn export --to FOLDER --batch KIRIMAN")
    _several(
        [
            f"{each.batch} baris {each.number}, {each.name} ({each.nip}): "
            f"{f'ditolak: {each.reason}' if each.reason else 'menunggu hasil.'}"
            for each in found.open
        ],
        every=every,
    )


def _several(lines: Sequence[str], *, every: bool) -> None:
    shown = lines if every else lines[:SHOWN]
    for line in shown:
        say(f"  {line}")
    if len(lines) > len(shown):
        say(f"  ... dan {len(lines) - len(shown)} lagi; lihat semuanya dengan --all.")
