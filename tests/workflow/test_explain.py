"""The story of a case, told to people."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.offices import lend, post_of
from tests.world import World
from workflow import audit
from workflow.errors import NotFound
from workflow.facts import fields_of
from workflow.registry import Registry
from workflow.tables import events
from workflow.telling.explain import explain
from workflow.telling.fact_words import FACTS
from workflow.views.schemas import labels_of


def told(world: World, case: str) -> str:
    return world.database.read(explain, world.engine.office, world.engine.registry, case)


def test_a_finished_internship_is_told_from_opening_to_credit(world: World) -> None:
    case = world.road("complete")
    story = told(world, case)
    for says in (
        "Status: Selesai (completed)",
        "Berkas dibuka",
        "Draf (drafted) menjadi Menunggu persetujuan atasan langsung (supervisor_review)",
        "[terpenuhi] Pegawai yang tetap bertugas mencukupi",
        "Lama magang paling panjang: 365 hari (UU 5/2014 Pasal 70 ayat (5), sejak 15 Januari 2014)",
        "Surat usulan Nomor 800.1.4.1/001/RSUD/2026 tanggal 2 Maret 2026",
        "Catatan harian nomor 1, 6 April 2026: dikonfirmasi",
        "Dicadangkan",
        "Rp3.500.000,00",
        "20 JP dicatat untuk Nurse, tahun 2026",
        "menandatangani Surat keterangan JP",
    ):
        assert says in story


def test_an_open_case_says_who_it_waits_for_with_every_day_counted(world: World) -> None:
    story = told(world, world.road("endorse"))
    assert "Hospital Head sebagai Kepala perangkat daerah" in story
    assert "paling lambat 5 Maret 2026" in story
    assert "Senin, 2 Maret 2026: Hari penerimaan, belum dihitung" in story
    assert "Kamis, 5 Maret 2026: Hari kerja ke-3" in story
    assert "4 Maret 2026: diingatkan" in story


def test_who_acts_by_mandate_is_named_with_the_one_who_lent_it(world: World) -> None:
    case = world.road("endorse")
    lend(world, "mandat", post_of(world, "hospital_head"), "nursing_head")
    world.fire(case, "forward", "nursing_head", {})
    story = told(world, case)
    assert "Oleh nursing_head sebagai Kepala perangkat daerah, Mandat Direktur Rumah Sakit Umum Daerah" in story
    assert "pemangku: Hospital Head; dasar 800/1/SP/2026 tanggal 2 Maret 2026" in story


def test_an_erased_event_says_so_and_the_rest_is_told(world: World) -> None:
    case = world.road("endorse")
    second = world.all(select(events.c.id).where(events.c.sequence == 2))[0].id
    clerk = {"id": world.ids["administrator"], "name": "Administrator"}
    world.database.write(audit.erase, second, by=clerk, basis="UU 27/2022 Pasal 16", at=world.at)
    story = told(world, case)
    assert "Isi peristiwa ini telah dihapus menurut ketentuan" in story
    assert "Isi peristiwa dihapus\n     Oleh Administrator.\n" in story
    assert "Isi peristiwa nomor 2 dihapus; dasar: UU 27/2022 Pasal 16." in story
    assert "3. 2 Maret 2026 pukul 10.00 WIB: Setujui (endorse)" in story


def test_lateness_is_told(world: World) -> None:
    case = world.submitted()
    world.go_to(date(2026, 3, 5))
    world.sweep()
    story = told(world, case)
    assert "Lewat tenggat" in story
    assert "Tenggat 4 Maret 2026 sudah lewat." in story


def test_a_case_that_does_not_exist_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        told(world, "0")


def test_every_fact_that_a_rule_asks_for_has_a_name_for_people() -> None:
    for process in Registry.discover().processes.values():
        for transition in process.transitions:
            named = {**FACTS, **labels_of(transition.takes, process.form)}
            for rule in transition.rules:
                assert not [name for name in fields_of(rule.facts) if name not in named], rule.name
