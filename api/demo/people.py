"""Whom the demo lets anybody be, by what kind of person they are, written where its server finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from api.demo.preparation import Prepared
from workflow.demo.cast import Player
from workflow.demo.playbill import Door, Playbill, playbill

#: In the demo's folder.
PEOPLE: Final = "people.json"

EMPLOYEES, SUPERVISORS, MENTORS, MENTEES = "Pegawai", "Atasan langsung", "Mentor", "Mentee"
HOSTS, GUIDES, CITIZENS = "Instansi penerima", "Pembimbing lapangan", "Warga"
OFFICERS, HEADS, VERIFIERS = "Pengelola kepegawaian", "Kepala perangkat daerah", "Verifikator BKPSDM"
INITIALLERS, SIGNATORIES, REGENTS = "Pembubuh paraf", "Penandatangan", "Kepala daerah"
ADMINISTRATORS, AUDITORS, OTHERS = "Administrator", "Auditor Inspektorat", "Pemeran lain"

#: What each kind of person comes to do, in the order in which they are shown.
ABOUT: Final[Mapping[str, str]] = {
    EMPLOYEES: "Melanjutkan draf, memperbaiki permohonan yang dikembalikan, dan mengisi catatan harian selama magang.",
    SUPERVISORS: "Menyetujui, mengembalikan, atau menolak permohonan bawahan, satu demi satu atau beberapa sekaligus.",
    MENTORS: "Mencatat pertemuan, dan memperbaiki catatan yang disanggah mentee.",
    MENTEES: "Mengonfirmasi atau menyanggah pertemuan yang dicatat mentor.",
    HOSTS: "Menjawab permohonan lewat tautan bertanda tangan dalam surel, tanpa akun.",
    GUIDES: "Mengonfirmasi hari kerja dan menilai peserta lewat tautannya sendiri, tanpa akun.",
    OFFICERS: "Melihat yang menunggu dan yang terlambat di unitnya, mengingatkan, dan membuka berkas bagi rekan.",
    HEADS: "Meneruskan permohonan ke BKPSDM, menugaskan, dan menandatangani surat perangkat daerahnya.",
    VERIFIERS: "Memeriksa permohonan, menjalankan putaran mentoring dan penghargaan, dan mencatat jawaban mitra.",
    INITIALLERS: "Membubuhkan paraf pada konsep surat, mengoreksinya, atau mengembalikannya.",
    SIGNATORIES: "Menandatangani surat, satu atau setumpuk sekaligus.",
    REGENTS: "Mengangkat tim penilai dan menetapkan penerima penghargaan.",
    ADMINISTRATORS: "Mengurus pegawai, impor, akun, dan kunci API, dan mengirim ulang yang gagal terkirim.",
    AUDITORS: "Memeriksa sampel berkas dalam penugasannya; setiap pandangan dicatat.",
    CITIZENS: "Memeriksa keaslian sebuah surat, tanpa akun.",
    OTHERS: "Ikut dalam cerita, dan sekarang hanya dapat melihat berkasnya.",
}


def bill_of(office: Prepared, doors: Mapping[str, Sequence[Door]] | None = None) -> Playbill:
    """Everyone who plays, by kind; ``doors``: by kind, the ways in without an account."""
    ways = doors or {}
    made = {chapter.title: chapter for chapter in playbill((*_kinds(office), (OTHERS, everyone(office))))}
    titles = [title for title in ABOUT if title in made or title in ways]
    chapters = [made.get(title) or replace(made[OTHERS], title=title, players=()) for title in titles]
    return tuple(
        replace(
            chapter,
            about=ABOUT[chapter.title],
            doors=tuple(ways.get(chapter.title, ())),
            folded=chapter.title == OTHERS,
        )
        for chapter in chapters
    )


def everyone(office: Prepared) -> tuple[Player, ...]:
    """Whoever has a key and is one of our own people: a host's come by their links."""
    named = (
        *office.cast.players,
        *office.troupe.players,
        *office.pair.players,
        *office.honours.players,
        *office.desks.players,
        *office.initiallers,
    )
    contacts = {office.cast.host.contact.id, office.troupe.host.contact.id}
    return tuple({player.id: player for player in reversed(named) if player.id not in contacts}.values())[::-1]


def _kinds(office: Prepared) -> Iterator[tuple[str, tuple[Player, ...]]]:
    """Who has something to do when the demo ends; each person in the kind by which they are to be tried first."""
    cast, desks, pair = office.cast, office.desks, office.pair
    # Of the two who went in November the other has reported already.
    yield EMPLOYEES, (desks.second.player, desks.goers[-2].player)
    yield SUPERVISORS, (desks.second.supervisor,)
    yield MENTORS, (pair.mentor,)
    yield MENTEES, (pair.mentee, desks.mentee.player)
    yield OFFICERS, (desks.officer,)
    yield HEADS, (desks.second.head, *(each.head for each in desks.askers[:1]))
    yield VERIFIERS, (cast.verifier, office.troupe.completer)
    yield INITIALLERS, office.initiallers
    yield SIGNATORIES, (cast.secretary, cast.personnel_head)
    yield REGENTS, (office.honours.regent,)
    yield ADMINISTRATORS, desks.administrators
    yield AUDITORS, desks.auditors
