"""The power goes out while a letter is signed by a key that asks for a secret: one number, one letter, one signature."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.crashing import crash_server
from tests.offices import PreparedOffice
from tests.witness import broken
from tests.workflow.signatures.authority import PASSPHRASE, Authority
from tests.workflow.signatures.test_letters import ask_for_secrets, content_of, sign, signatory, the_letter
from tests.workflow.test_crash import replace_struct
from tests.workflow.test_letter_crash import crash
from tests.world import World
from workflow.signatures.checked import check
from workflow.signatures.settings import set_account
from workflow.tables import files, idempotency, registers

#: Under which whoever signs asks, and asks again.
KEY = "the-same-request"


def left(world: World) -> tuple[Any, ...]:
    """What was stored of the letter when the power went out."""
    row, answers = the_letter(world), world.all(select(idempotency.c.answer).where(idempotency.c.key == KEY))
    return row.state, row.number, row.sealed, row.statement is not None, row.unsigned_sha256 is not None, answers


def check_signed_once(world: World) -> None:
    row = the_letter(world)
    assert (row.state, row.register_number, row.sealed, row.trouble) == ("signed", 1, 1, None)
    assert world.all(select(registers.c.last_number)) == [(1,)]
    made = select(files.c.id, files.c.sha256).where(
        files.c.uploaded_by.is_(None), files.c.media_type == "application/pdf"
    )
    content = content_of(world, row.file_id)
    assert world.all(made) == [(row.file_id, hashlib.sha256(content).hexdigest())]
    found = check(content)
    assert found.intact
    assert len(found.signatures) == 1
    assert broken(world.database) == []


@pytest.mark.parametrize(("which", "every"), [("sqlite", 2), ("postgresql", 5)])
def test_killed_while_a_letter_is_signed_with_a_secret_it_keeps_its_number_and_is_signed_once(
    request: pytest.FixtureRequest,
    issuer: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    which: str,
    every: int,
) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))
    office: PreparedOffice = request.getfixturevalue(f"{which}_office")
    world = office.as_new()
    ask_for_secrets(world, issuer, tmp_path, monkeypatch, "kabid")
    world.road("forward")
    who = signatory(world)
    world.database.write(set_account, world.ids[who], "kabid", world.at)
    before = office.as_it_is(world)
    of = {
        "case": the_letter(world).id,
        "person": world.ids[who],
        "name": who,
        "form": {"secret": PASSPHRASE},
        "key": KEY,
    }
    step, seen = crash(office, world, work="secret", **of), [left(world)]
    with crash_server() as server:
        whole = server.take(step)
        assert not whole.killed
        check_signed_once(world)
        for point in sorted(range(whole.statements, 0, -every)):
            if seen[-1][1] and (whole.statements - point) % (4 * every):
                continue  # what comes behind a signature is one unit, and each signature takes more than a second
            world = before.as_new()
            assert server.take(replace_struct(step, die=point)).killed
            found = left(world)
            if found in seen:
                continue  # what is left has been taken up again already
            seen.append(found)
            for _ in range(2):  # whoever asked asks again, and once more
                assert sign(world, PASSPHRASE, who, KEY) is None
                check_signed_once(world)
    assert whole.statements > 20
    assert {state for state, *_ in seen} >= {"to_sign"}
    assert any(number for _, number, *_ in seen), "it was never killed while it waited with its number"
