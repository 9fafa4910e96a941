"""Letters made in processes of their own: the same file, and nothing that a letter does or suffers harms anyone else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.workflow.letters.samples import SIGNED_AT
from tests.world import World
from workflow.effects import run_due
from workflow.letters.layout import LetterError
from workflow.letters.pdf import pdf
from workflow.letters.pool import Pool, PressBroken, TooLarge, in_use
from workflow.tables import effects, files, letters

LETTER = '<html lang="id"><title>Surat</title><p>Demikian disampaikan.'
#: Takes minutes, if it is allowed to.
ENDLESS = '<html lang="id"><title>Surat</title>' + "<p>Demikian disampaikan, terima kasih." * 9_000
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool() as found:
        yield found


def pressed(pool: Pool, text: str = LETTER) -> bytes:
    return pool.pressed(text, body_json=b"{}", at=SIGNED_AT)


def process_of(pool: Pool) -> int:
    """The id of the process that has made a letter and waits for the next."""
    (worker,) = pool._idle
    return worker._process.pid


def alive(process: int) -> bool:
    """It runs; one that has ended and is not yet buried does not."""
    try:
        return " Z " not in f" {Path(f'/proc/{process}/stat').read_text().rpartition(')')[2]} "
    except OSError:
        return False


def until(asked: object) -> None:
    for _ in range(1000):
        if asked():  # type: ignore[operator]
            return
        time.sleep(0.01)
    pytest.fail("nothing happened in ten seconds")


def test_a_letter_made_in_a_process_of_its_own_is_the_same_bytes(pool: Pool) -> None:
    assert pressed(pool) == pdf(LETTER, body_json=b"{}", at=SIGNED_AT)


def test_a_process_makes_one_letter_after_the_other(pool: Pool) -> None:
    pressed(pool)
    first = process_of(pool)
    pressed(pool)
    assert process_of(pool) == first


def test_what_is_wrong_with_a_letter_is_said_as_it_is_here_and_the_process_goes_on(pool: Pool) -> None:
    pressed(pool)
    first = process_of(pool)
    with pytest.raises(LetterError, match=r"U\+6F22"):
        pressed(pool, '<html lang="id"><title>漢</title>')
    with pytest.raises(LetterError, match="hanya boleh memakai berkas dari folder templates"):
        pressed(pool, '<html lang="id"><title>x</title><img alt="x" src="http://127.0.0.1:9/x.png">')
    assert process_of(pool) == first


def test_a_process_that_was_killed_while_it_waited_is_noticed_and_the_letter_made(pool: Pool) -> None:
    pressed(pool)
    first = process_of(pool)
    os.kill(first, signal.SIGKILL)
    assert pressed(pool).startswith(b"%PDF")
    assert process_of(pool) != first


def test_a_process_that_is_killed_within_a_letter_is_noticed_and_the_letter_made_by_another() -> None:
    with Pool() as pool:
        pressed(pool)
        first = process_of(pool)
        os.kill(first, signal.SIGSTOP)  # it will have the letter in hand for as long as we like
        made: list[bytes] = []
        caller = threading.Thread(target=lambda: made.append(pressed(pool)))
        caller.start()
        until(lambda: not pool._idle)
        os.kill(first, signal.SIGKILL)
        caller.join(60)
        assert made == [pdf(LETTER, body_json=b"{}", at=SIGNED_AT)]


def test_a_letter_that_takes_too_long_is_refused_and_the_next_one_made() -> None:
    with Pool(seconds=0.5) as pool:
        with pytest.raises(TooLarge, match=r"terlalu besar: pembuatannya memerlukan lebih dari 0\.5 detik"):
            pressed(pool, ENDLESS)
        pool._seconds = 60
        assert pressed(pool).startswith(b"%PDF")


def test_a_letter_longer_than_memory_allows_is_refused_and_the_next_one_made() -> None:
    with Pool(memory=128 * 1024**2) as pool:
        with pytest.raises(TooLarge, match="terlalu besar: pembuatannya memerlukan lebih dari 128 MB ingatan"):
            pressed(pool, ENDLESS)
        assert pressed(pool).startswith(b"%PDF")


def test_a_process_that_has_grown_is_replaced() -> None:
    with Pool(growth=-1) as pool:
        assert pressed(pool).startswith(b"%PDF")
        assert pool._idle == []
        assert pressed(pool).startswith(b"%PDF")


def test_no_more_processes_than_allowed_make_letters_for_any_number_of_callers() -> None:
    with Pool(2) as pool:
        made: list[bytes] = []
        callers = [threading.Thread(target=lambda: made.append(pressed(pool))) for _ in range(5)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(60)
        assert len(made) == 5
        assert len(set(made)) == 1
        assert 1 <= len(pool._idle) <= 2


def test_a_pool_that_is_closed_leaves_no_process_and_makes_no_letter() -> None:
    with Pool() as pool:
        pressed(pool)
        process = process_of(pool)
    assert not alive(process)
    with pytest.raises(PressBroken, match="Akan dicoba lagi"):
        pressed(pool)


SERVES = """
import sys, threading
from tests.workflow.letters.test_pool import ENDLESS, LETTER, SIGNED_AT, pressed, process_of
from workflow.letters.pool import Pool
pool = Pool()
pressed(pool)
print(process_of(pool), flush=True)
if sys.argv[1] == "busy":
    threading.Thread(target=pressed, args=(pool, ENDLESS), daemon=True).start()
threading.Event().wait()
"""


@pytest.mark.parametrize("at", ["rest", "busy"])
def test_a_process_does_not_outlive_a_server_that_was_killed(at: str) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVES, at], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        worker = int(server.stdout.readline())
        assert alive(worker)
    finally:
        server.kill()
        server.communicate()
    until(lambda: not alive(worker))


def test_a_process_is_told_nothing_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_DATABASE", "sqlite:///rahasia.db")
    with Pool() as pool:
        pressed(pool)
        assert b"rahasia" not in Path(f"/proc/{process_of(pool)}/environ").read_bytes()


def rendered(world: World) -> list[tuple[str, bool, bool, str | None]]:
    """The state of each letter, and of the effect that makes it: done, parked, and what went wrong."""
    owed = select(letters.c.state, effects.c.done_at, effects.c.parked_at, effects.c.error)
    rows = world.all(owed.join(effects, effects.c.subject_id == letters.c.id).where(effects.c.kind == "render"))
    return [(state, done is not None, parked is not None, error) for state, done, parked, error in rows]


def test_letters_that_are_owed_are_made_by_the_pool_in_use(world: World) -> None:
    for who in ("nurse", "second_nurse"):
        world.road("forward", who=who)
    with in_use(Pool(2)) as pool:
        assert run_due(world.database, world.engine.office, world.at) == 2
        assert pool._idle
    assert rendered(world) == [("signed", True, False, None)] * 2
    made = world.all(
        select(files.c.sha256).where(files.c.media_type == "application/pdf", files.c.uploaded_by.is_(None))
    )
    assert len(made) == 2


def test_a_letter_that_is_too_large_is_parked_at_once_and_said_to_be(one_world: World) -> None:
    world = one_world
    world.road("forward")
    with in_use(Pool(seconds=0.001)):
        assert run_due(world.database, world.engine.office, world.at) == 0
    ((state, done, parked, error),) = rendered(world)
    assert (state, done, parked) == ("to_render", False, True)
    assert str(error).startswith("Surat terlalu besar")


def test_whoever_asks_for_a_letter_in_another_process_loads_nothing_that_makes_one() -> None:
    program = (
        "import sys\nfrom datetime import UTC, datetime\nfrom workflow.letters.pool import Pool\n"
        "with Pool() as pool:\n"
        f"    pool.pressed({LETTER!r}, body_json=b'', at=datetime(2026, 1, 1, tzinfo=UTC))\n"
        "print(sorted({'weasyprint', 'fontTools', 'PIL', 'pyhanko'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)
    assert said.stdout.strip() == "[]"
