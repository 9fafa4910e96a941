"""Letters of no case that come home: told in the log of their register, and sent to whom they name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from tests.away import PNG, Away, Go
from tests.offices import TODAY, change, hold, lend, post_of
from tests.registers import NOTHING_WRONG, called, verified
from tests.world import World
from workflow.errors import NotFound, NotNow, NotYours, Refused
from workflow.mail.folder import Folder
from workflow.mail.post import Post
from workflow.people import leave
from workflow.registers.voiding import void
from workflow.registers.writing import Printed, kit, print_standalone
from workflow.tables import effects, letters, people, register_events, registers

LETTER = """
type = "surat_dinas"
unit = "BKPSDM"
unit_name = "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"
subject = "Kebutuhan pegawai"
addressee = [{addressee}]
copies = [{copies}]

[[signatures]]
name = "{name}"
position_title = "{title}"
nip = "{nip}"

[body]
opening = "Bersama ini kami sampaikan kebutuhan pegawai."
"""


def quoted(lines: tuple[str, ...]) -> str:
    return ", ".join(f'"{line}"' for line in lines)


def written(away: Away, *addressee: str, copies: tuple[str, ...] = ()) -> Printed:
    """A letter of no case to somebody, signed and scanned."""
    source = away.folder / "dinas.toml"
    (official,) = (each for each in kit(away.lease).lease.officials if each.person_id == away.world.ids["agency_chief"])
    block = official.block
    text = LETTER.format(
        addressee=quoted(addressee), copies=quoted(copies), name=block.name, title=block.title, nip=block.nip
    )
    source.write_text(text, encoding="utf-8")
    printed = print_standalone(away.lease, source, None, away.world.at)
    away.scan(printed)
    return printed


def owed(world: World, tmp_path: Path) -> dict[str, str | None]:
    """To whom the one letter is owed, once it is known, with what keeps it from going out."""
    post = Post(Folder(tmp_path / "surel"), world.engine.registry, "bkpsdm@contoh.example")
    for _ in range(2):
        post.run_due(world.database, world.engine.office, world.at + timedelta(minutes=1))
    rows = world.all(select(effects).where(effects.c.kind == "send"))
    by_id = {person: name for name, person in world.ids.items()}
    to = {row.id: row.payload.split('"to": "')[1].split('"')[0] for row in rows}
    return {by_id.get(to[row.id], to[row.id]): row.error for row in rows}


def reachable(world: World, *who: str) -> None:
    for name in who:
        email = update(people).where(people.c.id == world.ids[name]).values(email=f"{name}@contoh.example")
        change(world, email)


def test_a_letter_of_no_case_is_told_in_the_log_of_its_register(go: Go, world: World) -> None:
    away = go("BKPSDM", 2)
    away.scan(away.order())
    assert away.settle().closed
    (event,) = world.all(select(register_events))
    (book,) = world.all(select(registers).where(registers.c.register == "BKPSDM"))
    assert (event.register, event.year, event.sequence, event.type) == ("BKPSDM", 2026, 1, "letter_filed")
    assert (book.events, book.head) == (1, event.hash)
    assert verified(world, "numbers") == NOTHING_WRONG


@pytest.mark.parametrize(
    ("touch", "says"),
    [
        (update(letters).values(signed_title="Kepala Dinas"), "tidak lagi sama dengan yang dicatat"),
        (update(letters).values(state="void"), "berstatus atau bernomor lain"),
        (update(register_events).values(payload="{}"), "isi peristiwa nomor 1 tidak lagi sama"),
        (update(register_events).values(type="other"), "telah diubah"),
        (delete(register_events), "hilang"),
        (update(registers).values(head="0" * 64), "peristiwa terakhirnya bukan yang dicatat"),
    ],
    ids=str,
)
def test_whatever_is_touched_of_a_letter_of_no_case_is_noticed(go: Go, world: World, touch: object, says: str) -> None:
    away = go("BKPSDM", 1)
    away.scan(away.order())
    away.settle()
    change(world, touch)  # type: ignore[arg-type]
    assert any(says in found for found in verified(world, "numbers"))


def test_a_letter_that_was_taken_out_of_the_books_is_noticed(go: Go, world: World) -> None:
    away = go("BKPSDM", 1)
    away.scan(away.order())
    away.settle()
    (row,) = world.all(select(letters))
    change(world, delete(letters))
    assert f"Surat Nomor {row.number} yang dicatat dalam buku agenda tidak ada lagi." in verified(world, "numbers")
    change(world, insert(letters).values(**row._asdict()), delete(register_events))
    change(world, update(registers).values(events=0, head="0" * 64))
    assert f"Surat Nomor {row.number}, tanpa berkas, tidak tercatat dalam buku agendanya." in verified(world, "numbers")


def test_somebody_who_held_a_post_of_the_unit_on_the_day_signed_rightly(go: Go, world: World) -> None:
    away = go("BKPSDM", 1)
    away.scan(away.order())
    away.pass_days(2)
    world.database.write(leave, world.ids["agency_chief"], world.at.date())
    assert away.settle().closed
    assert verified(world, "numbers", "files", "posts") == NOTHING_WRONG


def test_it_goes_to_the_people_posts_and_partners_that_it_names(go: Go, world: World, tmp_path: Path) -> None:
    reachable(world, "health_head", "contact", "stranger")
    away = go("BKPSDM", 2)
    written(away, "Kepala Dinas Kesehatan", copies=("Pimpinan Rumah Sakit Provinsi Contoh", "Stranger"))
    (fate,) = away.settle().fates
    assert (fate.state, fate.says) == ("filed", "")
    assert owed(world, tmp_path) == {"health_head": None, "contact": None, "stranger": None}
    assert world.all(select(letters.c.state, letters.c.trouble)) == [("sent", None)]


def test_those_whom_it_is_about_are_known_by_their_nip(go: Go, world: World, tmp_path: Path) -> None:
    reachable(world, "verifier")
    ((nip,),) = world.all(select(people.c.nip).where(people.c.id == world.ids["verifier"]))
    away = go("BKPSDM", 2)
    away.order()  # makes the file that is changed here
    source = away.folder / "tugas.toml"
    source.write_text(source.read_text() + f'nip = "{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"\n')
    away.scan(print_standalone(away.lease, source, None, world.at))
    away.settle()
    assert owed(world, tmp_path) == {"verifier": None}


def test_whoever_nobody_knows_is_said_plainly_and_waits_to_be_brought(go: Go, world: World, tmp_path: Path) -> None:
    away = go("BKPSDM", 1)
    written(away, "Kepala Desa Sukamaju", copies=("Camat Sungai Jernih",))
    (fate,) = away.settle().fates
    assert fate.says == (
        "“Kepala Desa Sukamaju” tidak tercatat di sini, sehingga tidak dikirimi surel; "
        "“Camat Sungai Jernih” tidak tercatat di sini, sehingga tidak dikirimi surel"
    )
    ((error,),) = [[each] for each in owed(world, tmp_path).values()]
    assert "Tidak terkirim kepada “Kepala Desa Sukamaju”" in str(error)
    ((state, trouble),) = world.all(select(letters.c.state, letters.c.trouble))
    assert state == "signed"
    assert "jenjang mail delivered" in trouble


def test_a_letter_that_names_nobody_says_so(go: Go, world: World, tmp_path: Path) -> None:
    away = go("BKPSDM", 1)
    away.scan(away.order())
    (fate,) = away.settle().fates
    assert fate.says == "surat ini tidak menyebut penerima, sehingga tidak dikirimkan lewat surel"
    assert owed(world, tmp_path) == {}


def test_a_post_that_nobody_holds_gets_nothing(go: Go, world: World) -> None:
    away = go("BKPSDM", 1)
    written(away, "Kepala Dinas Kesehatan")
    hold(world, post_of(world, "health_head"), "stranger")
    world.database.write(leave, world.ids["stranger"], TODAY)
    (fate,) = away.settle().fates
    assert "“Kepala Dinas Kesehatan” tidak tercatat" in fate.says


# --- In which capacity somebody signs --------------------------------------------------------------------------------

STAND_IN = """
[[signatures]]
name = "{name}"
position_title = "{title}"
nip = "{nip}"
mandate_kind = "plh"
"""
ORDER = """
type = "surat_tugas"
[body]
duties = ["memeriksa daftar hadir pegawai"]
grounds = ["Rencana kerja tahun 2026"]
[[body.participants]]
name = "Verifier"
post = "Analis"
unit = "RSUD"
"""
DECREE = """
type = "keputusan"
[body]
about = "Pembentukan Tim"
considering = ["bahwa perlu dibentuk tim"]
grounds = ["Undang-Undang Nomor 20 Tahun 2023"]
[[body.rulings]]
text = "Membentuk tim."
"""


def by_stand_in(away: Away, letter: str, who: str = "nursing_head") -> Printed:
    """A letter signed by somebody as Plh. of the hospital's head, who holds a post of their own there."""
    own = (each for each in kit(away.lease).lease.officials if each.person_id == away.world.ids[who])
    block = next(each.block for each in own if each.block.title.startswith("Plh."))
    source = away.folder / "plh.toml"
    title = block.title.removeprefix("Plh. ")
    source.write_text(letter + STAND_IN.format(name=block.name, title=title, nip=block.nip), encoding="utf-8")
    printed = print_standalone(away.lease, source, None, away.world.at)
    away.scan(printed)
    return printed


@pytest.fixture
def stood_in(world: World, go: Go) -> Away:
    """A laptop of the hospital, whose head another stands in for today and tomorrow."""
    lend(
        world, "plh", post_of(world, "hospital_head"), "nursing_head", from_on=TODAY, until_on=TODAY + timedelta(days=1)
    )
    return go("RSUD", 3)


def test_whoever_merely_stands_in_signs_no_decree_away_from_the_network(stood_in: Away) -> None:
    with pytest.raises(Refused, match="tidak berwenang menandatangani keputusan"):
        by_stand_in(stood_in, DECREE)
    by_stand_in(stood_in, ORDER)
    assert [fate.state for fate in stood_in.settle().fates] == ["filed"]


def test_whoever_stood_in_signs_nothing_as_such_once_that_is_over(stood_in: Away) -> None:
    stood_in.pass_days(3)
    by_stand_in(stood_in, ORDER)
    (fate,) = stood_in.settle().fates
    assert fate.state == "held"
    assert "bukan pejabat unit RSUD" in fate.says


@pytest.mark.parametrize(
    "line",
    [
        'heading = "Plh. Bupati Kemuning"',
        'heading = "plt bupati kemuning,"',
        'for_title = "Plh. Sekretaris Daerah"\nmandate_kind = "an"',
        'mandate_kind = "plh"',
    ],
)
def test_nobody_writes_by_hand_that_they_stand_in_without_a_mandate_in_the_kit(go: Go, line: str) -> None:
    away = go("BKPSDM", 3)
    (official,) = (each for each in kit(away.lease).lease.officials if each.person_id == away.world.ids["agency_chief"])
    block = official.block
    text = LETTER.format(addressee='"Bupati"', copies="", name=block.name, title=block.title, nip=block.nip)
    source = away.folder / "dinas.toml"
    source.write_text(text.replace("[body]", f"{line}\n\n[body]"), encoding="utf-8")
    with pytest.raises(Refused, match=r"bukan pejabat yang dapat|tidak ada dalam berkas blok ini"):
        print_standalone(away.lease, source, None, away.world.at)
    assert kit(away.lease).ledger is None or not kit(away.lease).ledger.written  # type: ignore[union-attr]


def test_one_scan_is_not_the_paper_of_two_letters(go: Go) -> None:
    away = go("BKPSDM", 3)
    for each in (away.order(), away.order()):
        away.scan(each)
        (away.folder / "pindaian" / f"{each.path.stem}.png").write_bytes(PNG)
    first, second = away.settle().fates
    assert (first.state, second.state) == ("filed", "held")
    assert "surat lain" in second.says


# --- A letter of no case that shall not be in force any more ---------------------------------------------------------


def voided(world: World, who: str, reason: str = "Rapat ditiadakan.", *, named: str = "") -> str:
    number = named or str(world.all(select(letters.c.number))[0][0])
    world.at += timedelta(minutes=1)
    return world.database.write(void, world.engine, number, reason, called(world, who), world.at)


def test_a_letter_of_no_case_is_voided_under_its_number_and_those_who_got_it_are_told(
    go: Go, world: World, tmp_path: Path
) -> None:
    reachable(world, "health_head", "contact", "stranger")
    away = go("BKPSDM", 1)
    written(away, "Kepala Dinas Kesehatan", copies=("Pimpinan Rumah Sakit Provinsi Contoh", "Stranger"))
    away.settle()
    owed(world, tmp_path)
    (before,) = world.all(select(letters))
    assert voided(world, "administrator") == f"Surat dinas Nomor {before.number}"
    (after,) = world.all(select(letters))
    assert (after.state, after.number, after.void_reason) == ("void", before.number, "Rapat ditiadakan.")
    assert [row.type for row in world.all(select(register_events).order_by(register_events.c.sequence))] == [
        "letter_filed",
        "letter_voided",
    ]
    told = {row.payload for row in world.all(select(effects).where(effects.c.kind == "message"))}
    assert len(told) == 3
    assert sum("Rapat ditiadakan" in each for each in told) == 2  # the contact is outside
    assert verified(world, "numbers") == NOTHING_WRONG
    with pytest.raises(NotNow, match="sudah tidak berlaku"):
        voided(world, "administrator")


def test_whoever_holds_the_post_that_signed_it_voids_it_and_nobody_else(go: Go, world: World) -> None:
    away = go("BKPSDM", 1)
    written(away, "Kepala Dinas Kesehatan")
    away.settle()
    for who in ("verifier", "hospital_head"):
        for named in ("", "800/404"):
            with pytest.raises(NotYours, match="pemegang jabatan"):
                voided(world, who, named=named)
    with pytest.raises(NotFound):
        voided(world, "administrator", named="800/404")
    with pytest.raises(Refused, match="belum diisi"):
        voided(world, "agency_chief", " ")
    world.at += timedelta(days=1)
    hold(world, post_of(world, "agency_chief"), "stranger")
    with pytest.raises(NotYours):
        voided(world, "agency_chief")
    voided(world, "stranger")
    assert world.all(select(letters.c.state)) == [("void",)]


def test_somebody_who_has_left_gets_no_letter_that_is_about_them(go: Go, world: World, tmp_path: Path) -> None:
    reachable(world, "verifier")
    ((nip,),) = world.all(select(people.c.nip).where(people.c.id == world.ids["verifier"]))
    away = go("BKPSDM", 2)
    away.order()  # makes the file that is changed here
    source = away.folder / "tugas.toml"
    source.write_text(source.read_text() + f'nip = "{nip}"\n')
    away.scan(print_standalone(away.lease, source, None, world.at))
    world.database.write(leave, world.ids["verifier"], TODAY)
    says = "; ".join(fate.says for fate in away.settle().fates)
    assert f"“NIP {nip}” tidak tercatat di sini" in says
    assert owed(world, tmp_path) == {}
