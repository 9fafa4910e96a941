"""The end of what a closed case says, by command: listed, archived, confirmed by a person, erased."""

from __future__ import annotations

import re
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from tests.cli.conftest import Typed
from tests.world import REQUEST, World, build
from workflow.database import Database
from workflow.migrations import migrate
from workflow.registry import Registry
from workflow.retention.schedule import listed
from workflow.tables import effects, erasures, events, people


@pytest.fixture
def lapsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Typed, World, str, str]:
    """An office in which a request was withdrawn long ago; the administrator's NIP."""
    typed = Typed(tmp_path / "kantor.db")
    monkeypatch.setenv("JENJANG_DATABASE", typed.address)
    with closing(Database.open(typed.address)) as database:
        migrate(database)
        world = build(database, Registry.discover())
        case = world.open("nurse", REQUEST)
        world.fire(case, "withdraw", "nurse", {"note": "Tidak jadi berangkat"})

        def long_ago(conn: Connection) -> str:
            conn.execute(update(effects).values(done_at=world.at))
            return str(conn.scalar(select(people.c.nip).where(people.c.id == world.ids["administrator"])))

        nip = database.write(long_ago)
    monkeypatch.setattr("api.commands.session.now", lambda: datetime(2031, 6, 1, 2, tzinfo=UTC))
    return typed, world, case, nip


def test_a_list_is_shown_archived_confirmed_and_erased(lapsed: tuple[Typed, World, str, str], tmp_path: Path) -> None:
    office, _, case, nip = lapsed
    shown = office("retention")
    assert shown.exit_code == 0, shown.output
    assert "1 berkas lewat masa simpan, 0 ditahan, 0 masih ada yang tertunda." in shown.stdout
    (code,) = re.findall(r"--confirm (\w+) --by NIP", shown.stdout)
    assert office("retention", "--dry-run", "--confirm", code, "--by", nip).stdout == shown.stdout
    assert "--by NIP" in office("retention", "--confirm", code).stderr
    assert "bukan lagi daftar hari ini" in office("retention", "--confirm", "x", "--by", nip).stderr

    done = office("retention", "--confirm", code, "--by", nip, "--archive", tmp_path / "arsip")
    assert done.exit_code == 0, done.output
    assert "Isi 1 berkas dihapus; surat, nomor, dan pembukuannya tetap." in done.stdout
    (archive,) = (tmp_path / "arsip").iterdir()
    assert archive.name == f"berkas-{case}.zip"
    with zipfile.ZipFile(archive) as kept:
        assert "Tidak jadi berangkat" in "".join(kept.read(name).decode("utf-8", "replace") for name in kept.namelist())
    with closing(Database.open(office.address)) as database:
        assert database.read(lambda conn: conn.scalar(select(erasures.c.case_id))) == case
        payloads = database.read(lambda conn: "".join(filter(None, conn.scalars(select(events.c.payload)))))
    assert "Tidak jadi berangkat" not in payloads
    assert office("verify").exit_code == 0
    assert "0 berkas lewat masa simpan" in office("retention").stdout


def test_a_hold_is_set_and_ended_by_an_administrator(lapsed: tuple[Typed, World, str, str]) -> None:
    office, world, case, nip = lapsed
    other = _nips(office, world, "verifier")[0]
    refused = office("hold", "set", case, "--reason", "Perkara 12/G/2031", "--by", other)
    assert refused.exit_code == 1
    assert "hanya ditetapkan oleh administrator" in refused.stderr
    assert office("hold", "set", case, "--reason", "Perkara 12/G/2031", "--by", nip).exit_code == 0
    assert "0 berkas lewat masa simpan, 1 ditahan" in office("retention").stdout
    assert "Perkara 12/G/2031" in office("explain", case).stdout
    assert office("hold", "end", case, "--reason", "Putusan tetap", "--by", nip).exit_code == 0
    assert "1 berkas lewat masa simpan, 0 ditahan" in office("retention").stdout


def test_the_daily_sweep_proposes_and_erases_only_where_the_agency_says_so(
    lapsed: tuple[Typed, World, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, world, _, _ = lapsed
    swept = office("sweep")
    assert swept.exit_code == 0, swept.output
    assert "1 berkas lewat masa simpan; lihat jenjang retention." in swept.stdout
    own = tmp_path / "ketentuan"
    own.mkdir()
    (own / "retention.toml").write_text(
        '[automatic]\nsays = "Sendiri"\nunit = "ya"\nsince = [{ from = 2020-01-01, value = 1, by = "Praktik daerah" }]\n'
    )
    monkeypatch.setenv("JENJANG_POLICIES", str(own))
    assert "1 berkas lewat masa simpan" in office("retention", "--dry-run").stdout
    assert "Isi 1 berkas dihapus menurut masa simpannya." in office("sweep").stdout
    with closing(Database.open(office.address)) as database:
        assert database.read(listed, world.engine.office, datetime(2031, 6, 1, 2, tzinfo=UTC)).due == ()


def _nips(office: Typed, world: World, *who: str) -> list[str]:
    with closing(Database.open(office.address)) as database:
        query = select(people.c.nip).where(people.c.id.in_([world.ids[each] for each in who]))
        return database.read(lambda conn: [str(nip) for nip in conn.scalars(query)])
