"""What the public learns of a letter, on either database; over HTTP it is told in tests/api/test_verify.py."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import select, update

from tests.world import World
from workflow.proof.public import letter_of_code, letter_of_file
from workflow.tables import files, letters


def test_a_letter_is_found_by_its_code_and_by_its_file_once_it_has_left(world: World) -> None:
    world.road("forward")
    row = world.database.read(lambda conn: conn.execute(select(letters)).one())
    assert world.database.read(letter_of_code, row.code, UTC) is None
    world.letters_are_made()
    file_id = world.file("nurse")
    world.database.write(lambda conn: conn.execute(update(letters).values(file_id=file_id)))
    found = world.database.read(letter_of_code, row.code, UTC)
    assert found is not None
    assert (found.number, found.standing, found.by, found.changed_by) == (row.number, "valid", None, ())
    kept = select(files.c.sha256).join(letters, letters.c.file_id == files.c.id)
    sha256 = world.database.read(lambda conn: conn.execute(kept).scalar_one())
    assert world.database.read(letter_of_file, sha256, UTC) == found
    assert world.database.read(letter_of_file, "0" * 64, UTC) is None
    assert world.database.read(letter_of_code, "ABCDEFGH23", UTC) is None
