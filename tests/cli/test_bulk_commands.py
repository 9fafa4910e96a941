"""Bulk acts by command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bulk import HEAD, waiting
from tests.cli.conftest import Typed
from tests.cli.test_knowing_commands import stamp
from tests.world import World, build
from workflow.database import Database


@pytest.fixture
def told(fresh: Typed) -> tuple[Typed, str]:
    """A database with three requests that await one head, and whose they are to decide."""
    database = Database.open(fresh.address)
    world: World = build(database)
    waiting(world)
    database.close()
    stamp(fresh)
    return fresh, world.ids[HEAD]


def test_tasks_are_chosen_tried_and_decided_by_command(told: tuple[Typed, str], tmp_path: Path) -> None:
    office, by = told
    chosen = office("bulk", "choices", "--process", "internship", "--by", by)
    assert chosen.exit_code == 0, chosen.output
    assert "endorse: Setujui" in chosen.stdout
    assert "isian: to_mend" in chosen.stdout
    numbers = re.findall(r"^([0-9A-Z]{4}-[0-9A-Z]{4})", chosen.stdout, flags=re.MULTILINE)
    form = tmp_path / "isian.json"
    form.write_text('{"note": "Setuju."}')
    named = [part for number in numbers[:2] for part in ("--task", number)]
    tried = office("bulk", "preview", "endorse", *named, "--form", form, "--by", by)
    assert tried.stdout.startswith("Dapat: 2 berkas"), tried.output
    started = office("bulk", "start", "endorse", *named, "--form", form, "--by", by, "--key", "sekali")
    assert started.exit_code == 0, started.output
    assert "2 dilakukan, 0 ditolak, 0 dibatalkan, 0 menunggu dari 2 berkas." in started.stdout
    (bulk_id,) = re.findall(r"id (\S+)", started.stdout)
    assert bulk_id in office("bulk", "list", "--by", by).stdout
    assert "Dilakukan" in office("bulk", "show", bulk_id, "--by", by).stdout
    over = office("bulk", "cancel", bulk_id, "--by", by)
    assert (over.exit_code, "sudah selesai" in over.stderr) == (1, True)
    assert "0 berkas" in office("bulk", "run").stdout


def test_the_same_command_with_the_same_key_is_the_act_that_there_is(told: tuple[Typed, str]) -> None:
    office, by = told
    command = ("bulk", "start", "endorse", "--process", "internship", "--by", by, "--key", "sekali")
    first, again = office(*command), office(*command)
    assert (first.exit_code, again.exit_code) == (0, 0), again.output
    assert re.findall(r"id (\S+)", again.stdout) == re.findall(r"id (\S+)", first.stdout)
    assert "sudah dimulai bagi 3 berkas" in again.stdout
    assert office("bulk", "list", "--by", by).stdout.count("Setujui") == 1


def test_nothing_chosen_is_told_and_a_strangers_task_is_not_there(told: tuple[Typed, str]) -> None:
    office, by = told
    numbers = re.findall(r"^([0-9A-Z]{4}-[0-9A-Z]{4})", office("bulk", "choices", "--by", by).stdout, re.MULTILINE)
    other = re.findall(r"\b(\d{18})\b", office("groups", "list", "bkpsdm.verifier").stdout)[0]
    assert "Tidak ada." in office("bulk", "choices", "--by", other).stdout
    missing = office("bulk", "start", "endorse", "--task", numbers[0], "--by", other)
    assert missing.exit_code == 1
    assert "Tidak ada dalam daftar tugas Anda" in missing.stderr


def test_several_are_tried_and_done_as_one_act(told: tuple[Typed, str]) -> None:
    office, by = told
    numbers = re.findall(r"^([0-9A-Z]{4}-[0-9A-Z]{4})", office("bulk", "choices", "--by", by).stdout, re.MULTILINE)
    named = [part for number in numbers for part in ("--task", number)]
    tried = office("bulk", "together", "endorse", *named, "--by", by, "--try")
    assert tried.stdout.startswith("Dapat dilakukan pada 3 berkas."), tried.output
    hindered = office("bulk", "together", "forward", *named, "--by", by, "--try")
    assert hindered.stdout.startswith("Belum dapat: ada halangan pada 3 dari 3 berkas"), hindered.output
    assert numbers[0] in hindered.stdout
    done = office("bulk", "together", "endorse", *named, "--by", by)
    assert done.stdout.startswith("Dilakukan pada 3 berkas."), done.output
    other = re.findall(r"\b(\d{18})\b", office("groups", "list", "bkpsdm.verifier").stdout)[0]
    hidden = office("bulk", "together", "endorse", "--task", "AAAA-AAAA", "--by", other, "--try")
    assert (hidden.exit_code, "tidak ada, atau bukan untuk Anda lihat" in hidden.stderr) == (1, True)


def test_how_far_it_is_is_shown_while_it_runs(told: tuple[Typed, str]) -> None:
    office, by = told
    started = office("bulk", "start", "endorse", "--process", "internship", "--by", by)
    assert re.findall(r"(\d) dari 3 berkas diputuskan", started.stderr) == ["1", "2", "3"]
    (bulk_id,) = re.findall(r"id (\S+)", started.stdout)
    waited = office("bulk", "show", bulk_id, "--wait", "--by", by)
    assert "3 dari 3 berkas diputuskan." in waited.stderr
    assert "3 dilakukan" in waited.stdout
