"""What an office looks like to whom no accident has happened: everything once, and nothing that waits for ever."""

from __future__ import annotations

from sqlalchemy import func, select, text

from tests.witness import broken
from tests.workers import owed, until
from tests.world import World
from workflow.budgets.faults import imbalances
from workflow.tables import effects, files, letters, registers


def all_is_well(world: World) -> None:
    """One number and one file for each letter, the books and the chain whole, nothing owed and nothing in anybody's hand."""
    assert broken(world.database) == []
    assert world.database.read(imbalances) == []
    made = select(func.count()).where(files.c.uploaded_by.is_(None), files.c.media_type == "application/pdf")
    with_file = world.all(select(letters.c.file_id).where(letters.c.file_id.is_not(None)))
    assert world.all(made) == [(len(set(with_file)),)]
    for unit, last in world.all(select(registers.c.register, registers.c.last_number)):
        numbers = world.all(select(letters.c.register_number).where(letters.c.register == unit))
        assert sorted(row.register_number for row in numbers) == list(range(1, last + 1))
    left = world.all(select(effects.c.kind, effects.c.error, effects.c.parked_at).where(effects.c.done_at.is_(None)))
    assert left == []


def all_is_done(world: World) -> float:
    """Wait until nothing is owed. Answers the seconds that it took; raises AssertionError with all that is left."""
    try:
        return until(lambda: owed(world.database) == 0, "all is done")
    except AssertionError as error:
        left = world.all(select(effects).where(effects.c.done_at.is_(None)))
        jobs = world.all(text("SELECT * FROM procrastinate_jobs"))
        workers = world.all(text("SELECT * FROM procrastinate_workers"))
        raise AssertionError("\n".join(map(str, (error, *left, *jobs, *workers)))) from None


def kinds_in_hand(world: World) -> set[str]:
    """The kinds of effects that some worker has in hand."""
    doing = text(
        "SELECT DISTINCT kind FROM procrastinate_jobs AS job JOIN effects ON job.args->'effect_ids' ? effects.id"
        " WHERE job.status = 'doing'"
    )
    return {row.kind for row in world.all(doing)}
