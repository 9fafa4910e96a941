"""The printed procedure, held against a golden file so that a legal officer can review each change of it as a diff."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from policies.parameters import Policies
from tests.pairs import pair_process
from workflow.definition import SAME, Process
from workflow.engine.grounds import grounds_of
from workflow.registry import Registry
from workflow.telling.describe import describe, diagram

GOLDEN = Path(__file__).parents[1] / "golden" / "describe"
ON = date(2026, 3, 2)
#: Read here, since a fixture takes JENJANG_ settings away from the tests themselves.
REGENERATE = bool(os.environ.get("REGENERATE"))
PROCESSES = tuple(Registry.discover().processes.values())

every_process = pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)


def described(process: Process) -> str:
    return describe(process, Policies.load(), ON)


@every_process
def test_the_printed_procedure_is_the_one_that_was_reviewed(process: Process) -> None:
    """Run with REGENERATE=1 to write the files anew, then read the diff."""
    golden = GOLDEN / f"{process.name}.txt"
    text = described(process)
    if REGENERATE:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8"), "prosedur berubah; lihat diff, lalu jalankan dengan REGENERATE=1"


@every_process
def test_every_state_stands_in_the_procedure_with_label_and_code(process: Process) -> None:
    text = described(process)
    for state in process.states:
        assert f"{state.title} ({state.name})" in text


@every_process
def test_every_step_from_every_state_stands_under_that_state(process: Process) -> None:
    text = described(process)
    starts = [text.index(f"\n{number}. {s.title} ({s.name})") for number, s in enumerate(process.states, start=1)]
    for state, start, end in zip(process.states, starts, [*starts[1:], len(text)], strict=True):
        told = text[start:end]
        for transition in process.from_state(state.name):
            assert f"{transition.title} ({transition.trigger})" in told
            for target in transition.targets(state.name):
                assert f"{process.state[target].title} ({target})" in told


@every_process
def test_every_rule_letter_and_parameter_stands_in_the_procedure(process: Process) -> None:
    text = described(process)
    for transition in process.transitions:
        for rule in transition.rules:
            assert f"- {rule.title}" in text
    for letter in process.letters.values():
        assert f"{letter.title} ({letter.name})" in text
    for state in process.states:
        assert state.within is None or state.within.name in text


@every_process
def test_it_says_who_may_record_what_nobody_is_asked_for_and_who_comes_instead(process: Process) -> None:
    text = described(process)
    for transition in process.transitions:
        assert not transition.recorded_by or "   Dapat dicatat atas nama " in text
        assert not transition.aside or "tidak menjadi tugas siapa pun." in text
        assert not transition.succession or "   Syarat bagi pengganti:" in text
    for letter in process.letters.values():
        assert not letter.shared or "mendapat satu surat bersama." in text
        assert not letter.changes or "tetap berlaku bagi orang lain" in text
    assert not process.recorder or "masuk buku agenda surat masuk" in text


@every_process
def test_every_rule_names_its_law(process: Process) -> None:
    regulations = Policies.load().regulations
    for rule in {rule.name: rule for t in process.transitions for rule in t.rules}.values():
        grounds = grounds_of(rule, regulations)
        assert grounds.parameters or grounds.citations, rule.name


@every_process
def test_no_line_of_the_procedure_is_cut(process: Process) -> None:
    assert "…" not in described(process)
    assert not any(line != line.rstrip() for line in described(process).splitlines())


@every_process
def test_the_diagram_has_every_state_and_arrow(process: Process) -> None:
    drawn = diagram(process)
    assert drawn.startswith("stateDiagram-v2\n")
    for state in process.states:
        assert f'state "{state.title}" as {state.name}' in drawn
        assert not state.final or f"{state.name} --> [*]" in drawn
    for transition in process.transitions:
        for source in transition.sources:
            target = source if transition.to == SAME else transition.targets(source)[0]
            assert f"{source} --> {target} : {transition.title}" in drawn


def test_a_parameter_not_in_force_is_said_and_does_not_stop_the_printing() -> None:
    text = describe(PROCESSES[0], Policies.load(), date(1999, 1, 4))
    assert "belum ada ketentuannya" in text
    assert "tidak berlaku pada tanggal ini" in text


@pytest.mark.parametrize(
    "said",
    [
        "pegawai yang disebut dalam isian “Mentor”",
        "pemangku jabatan kepala unit kerja Mentor",
        "pemangku jabatan atasan langsung Mentor",
        "Catatan pertemuan yang dipilih menjadi: dikonfirmasi (yang dicatat atau disanggah).",
        "Catatan pertemuan yang disebut nomornya (yang dicatat atau disanggah) ditulis ulang; yang lama tetap terbaca",
        "Isi Penilaian hanya dapat dibaca penulisnya sampai hari pembukaan.",
        "Syaratnya diperiksa menurut ketentuan pada hari “Usulkan” dilakukan.",
        "Dijalankan sistem seketika setelah keadaannya terpenuhi, selambat-lambatnya pada pemeriksaan harian berikutnya.",
        "Usulkan langsung (propose)",
    ],
)
def test_what_is_peculiar_to_two_people_is_told(said: str) -> None:
    assert said in described(pair_process())
