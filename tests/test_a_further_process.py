"""A process that nobody has thought of yet: one process file, one policy file and one template, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

POLICY = '''
"""Izin belajar: who may study beside the post, and how long each step takes."""

from dataclasses import dataclass

from policies.decision import Decision, decide, rule
from policies.parameters import Law
from policies.report import DRAFT_DAYS, REVIEW_DAYS, SIGNATURE_DAYS


@dataclass(frozen=True)
class StudyFacts:
    """Employment status as recorded, and what is to be studied."""

    status: str | None
    study: str


@rule("Pegawai aktif dapat memperoleh izin belajar")
def student_is_in_service(facts: StudyFacts, law: Law) -> Decision:
    """Only staff in active service."""
    return decide(
        facts.status == "Aktif",
        f"Status kepegawaian: {facts.status}; akan mempelajari {facts.study}.",
        "PP 11/2017 Pasal 203 ayat (4)",
        remedy="Ajukan kembali setelah aktif bekerja.",
    )
'''

PROCESS = '''
"""Izin belajar: asked for by the employee, granted by the head of the unit."""

from typing import Annotated

import msgspec
import policies.study_leave as policy
from workflow.definition import SYSTEM, Fire, Letter, Process, Remind, Role, State, Transition
from workflow.forms import Because, Form, Note
from workflow.letters.parts import ParticipantLine


class StudyRequest(Form, frozen=True, kw_only=True):
    """What is to be studied."""

    study: Annotated[str, msgspec.Meta(title="Bidang studi", min_length=3, max_length=200)]


class StudyPermit(msgspec.Struct, frozen=True, kw_only=True):
    """Surat izin belajar."""

    participants: tuple[ParticipantLine, ...]
    study: str


PERMIT = Letter(name="study_permit", title="Surat izin belajar", body=StudyPermit, signer="agency_head",
    classification="800.1.4.1", subject="Izin belajar", within=policy.SIGNATURE_DAYS, type="surat_keterangan")

PROCESS = Process(
    name="study_leave", title="Izin belajar", version=1, basis=("PP 11/2017 Pasal 203 ayat (4)",), form=StudyRequest,
    opened_by=("student",), seen_by=("bkpsdm.verifier",),
    roles=(
        Role("student", "Pegawai", person=True),
        Role("agency_head", "Kepala perangkat daerah", heads="student"),
    ),
    states=(
        State("drafted", "Draf", waits=("student",), within=policy.DRAFT_DAYS, late=(Remind(0.5), Fire("withdraw", 1.0))),
        State("review", "Menunggu izin kepala perangkat daerah", waits=("agency_head",), within=policy.REVIEW_DAYS),
        State("granted", "Diizinkan", final=True, carried_out=True),
        State("rejected", "Ditolak", final=True),
        State("withdrawn", "Ditarik", final=True),
    ),
    transitions=(
        Transition("submit", "drafted", "review", by="student", title="Ajukan", takes=StudyRequest,
            guards=(policy.student_is_in_service,)),
        Transition("grant", "review", "granted", by="agency_head", title="Izinkan", takes=Note, issues=(PERMIT,)),
        Transition("reject", "review", "rejected", by="agency_head", title="Tolak", takes=Because),
        Transition("withdraw", "drafted", "withdrawn", by=("student", SYSTEM), title="Tarik kembali"),
    ),
)
'''

TEMPLATE = """{% extends "judul.html" %}
{% from "_parts.html" import people %}
{% block heading %}SURAT IZIN BELAJAR{% endblock %}
{% block content %}
<p>Dengan ini diberikan izin belajar dalam bidang {{ body.study }} kepada:</p>
{{ people(letter, body.participants) }}
{% endblock %}
"""

WALK = """
from sqlalchemy import select

from tests.world import build
from workflow.database import Database
from workflow.letters.rendering import made
from workflow.tables import letters
from workflow.verification import verify

world = build(Database.open("sqlite:///kantor.db"))
case = world.database.write(world.engine.open, "study_leave", world.actor("nurse"), {}, world.at).case_id
world.fire(case, "submit", "nurse", {"study": "keperawatan anak"})
print(world.fire(case, "grant", "hospital_head").state)
(letter,) = world.all(select(letters))
print(letter.kind, letter.number, made(world.engine.office, letter)[:5].decode())
engine = world.engine
checked = world.database.read(lambda conn: list(verify(conn, engine.registry, engine.office.policies)))
print([finding for part in checked for finding in part.findings])
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as it is, with three files more."""
    copy = tmp_path_factory.mktemp("pohon")
    for folder in ("policies", "workflow", "api", "templates", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "golden", "bench"))
    (copy / "policies" / "study_leave.py").write_text(POLICY)
    (copy / "workflow" / "processes" / "study_leave.py").write_text(PROCESS)
    (copy / "templates" / "letters" / "study_permit.html").write_text(TEMPLATE)
    return copy


def ran(tree: Path, *command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JENJANG_")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        env={**environment, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_prints_as_a_procedure(tree: Path) -> None:
    told = ran(tree, "-m", "api", "describe", "study_leave")
    assert "IZIN BELAJAR" in told
    assert "Pegawai aktif dapat memperoleh izin belajar." in told
    assert "Surat izin belajar (study_permit)" in told


def test_it_is_walked_to_its_numbered_letter(tree: Path) -> None:
    assert ran(tree, "-c", WALK).splitlines() == [
        "granted",
        "study_permit 800.1.4.1/001/RSUD/2026 %PDF-",
        "[]",
    ]
