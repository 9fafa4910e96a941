"""What somebody finds in the menu: what everyone has, and what their posts and groups give them to do.

It is a way to pages, not a right to them: each page asks its view.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflow.people.groups import GROUPS
from workflow.people.person import OUTSIDERS
from workflow.views.inbox import Me

EVERYONE: Final = frozenset({""})
#: Whoever holds a post may have letters to initial or to sign.
POST_HOLDERS: Final = frozenset({"a post"})
#: Whoever is no contact of a partner.
EMPLOYEES: Final = frozenset({"an employee"})
AGENCY: Final = frozenset({"bkpsdm.verifier", "administrator"})
OFFICERS: Final = AGENCY | {"personnel_officer", "bkpsdm.budget", "register_clerk"}


@dataclass(frozen=True)
class Item:
    """A way to a page. ``groups``: who is shown it, by their groups; ``hint``: what is found there."""

    href: str
    title: str
    groups: frozenset[str]
    hint: str = ""


#: The main menu, in order.
MENU: Final = (
    Item("/", "Tugas", EVERYONE),
    Item("/surat", "Surat", POST_HOLDERS | {"register_clerk"}),
    Item("/berkas", "Berkas", EVERYONE),
    Item("/permohonan", "Ajukan", EVERYONE),
    Item("/mentoring", "Mentoring", EMPLOYEES),
    Item("/jam-pelajaran", "Jam pelajaran", EMPLOYEES),
    Item("/kepegawaian", "Unit", frozenset({"personnel_officer"})),
    Item("/pemeriksaan", "Pemeriksaan", frozenset({"auditor"})),
    Item("/kelola", "Kelola", OFFICERS),
    Item("/akun", "Akun", EVERYONE),
)

#: What is found under “Kelola”.
MANAGED: Final[tuple[Item, ...]] = (
    Item("/kelola/jejak", "Jejak peristiwa", AGENCY, "Siapa melakukan apa, pada berkas mana, kapan"),
    Item("/pemeriksaan", "Pemeriksaan", AGENCY, "Sampel, hal yang perlu ditanyakan, dan berkas menurut urutan waktu"),
    Item(
        "/putaran", "Putaran", AGENCY | {"personnel_officer"}, "Pemasangan mentor dan mentee, dan putaran penghargaan"
    ),
    Item(
        "/penghargaan/calon",
        "Calon penerima penghargaan",
        frozenset({"bkpsdm.verifier"}),
        "Siapa yang dapat diusulkan, siapa yang sudah pernah menerima, dan pemerataannya",
    ),
    Item("/rombongan", "Rombongan", AGENCY | {"personnel_officer"}, "Berkas yang diajukan dan diproses bersama"),
    Item("/kelola/pengiriman", "Pengiriman", AGENCY, "Surat dan pesan yang gagal sampai: alasannya, dan coba lagi"),
    Item(
        "/kelola/program",
        "Angka program",
        OFFICERS - {"register_clerk"},
        "Berapa berkas, di mana menunggu, dan lamanya dibandingkan dengan tenggat",
    ),
    Item(
        "/kelola/pegawai",
        "Pegawai dan akun",
        AGENCY | {"bkpsdm.budget", "personnel_officer"},
        "Cari pegawai, lihat jabatan dan kewenangannya, urus akunnya",
    ),
    Item("/kelola/kelompok", "Kelompok", AGENCY | {"bkpsdm.budget"}, "Siapa menjadi anggota kelompok mana"),
    Item(
        "/kelola/impor",
        "Impor data",
        AGENCY | {"bkpsdm.budget"},
        "Pegawai, mitra, kerja sama, tempat, dan pagu dari aplikasi lain",
    ),
    Item(
        "/kelola/mitra",
        "Mitra dan kerja sama",
        AGENCY | {"bkpsdm.budget"},
        "Kerja sama yang akan berakhir, narahubung, dan tempat magang",
    ),
    Item(
        "/kelola/anggaran",
        "Anggaran",
        frozenset({"bkpsdm.verifier", "bkpsdm.budget"}),
        "Pagu, janji, realisasi, dan sisa",
    ),
    Item("/kelola/pelimpahan", "Pelimpahan wewenang", OFFICERS, "Plt., Plh., Pj., delegasi, dan mandat"),
    Item("/kelola/ketidakhadiran", "Ketidakhadiran", OFFICERS, "Cuti dan tugas di luar, supaya tugas beralih"),
    Item("/kelola/kunci", "Kunci API", frozenset({"administrator"}), "Kunci semua orang: terbitkan dan cabut"),
    Item(
        "/kelola/masa-simpan",
        "Cadangan dan masa simpan",
        frozenset({"administrator"}),
        "Cadangan terakhir, isi berkas yang akan dihapus, dan berkas yang ditahan",
    ),
    Item(
        "/kelola/webhook",
        "Webhook",
        frozenset({"administrator"}),
        "Sistem lain yang diberi tahu begitu sesuatu terjadi",
    ),
)


def menu(me: Me) -> tuple[Item, ...]:
    """The main menu of somebody."""
    return _for(me, MENU)


def managed(me: Me) -> tuple[Item, ...]:
    """What somebody manages."""
    return _for(me, MANAGED)


def _for(me: Me, items: tuple[Item, ...]) -> tuple[Item, ...]:
    theirs = {group.group for group in me.groups} | EVERYONE | (POST_HOLDERS if me.posts else frozenset())
    theirs |= frozenset() if me.kind in OUTSIDERS else EMPLOYEES
    return tuple(item for item in items if item.groups & theirs)


if unknown := {group for item in (*MENU, *MANAGED) for group in item.groups} - {
    *(*GROUPS, *EVERYONE, *POST_HOLDERS, *EMPLOYEES)
}:
    raise LookupError(f"menu: no such group: {sorted(unknown)}")
