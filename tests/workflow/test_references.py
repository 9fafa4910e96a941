"""The number of a case: short, told on the phone, and never another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from tests.world import World
from workflow import cases as case_store
from workflow import verification
from workflow.errors import NotFound, no_such_case
from workflow.references import _SIGNS, named, read_reference, reference_of
from workflow.tables import cases
from workflow.telling.explain import explain


def other_signs(reference: str) -> list[str]:
    """The number with one sign wrong, in each place and each way."""
    return [
        reference[:place] + sign + reference[place + 1 :]
        for place, right in enumerate(reference)
        if right != "-"
        for sign in _SIGNS
        if sign != right
    ]


def exchanged(reference: str) -> list[str]:
    """The number with two different signs in each other's place."""
    found = []
    for first, second in combinations([place for place, sign in enumerate(reference) if sign != "-"], 2):
        signs = list(reference)
        signs[first], signs[second] = signs[second], signs[first]
        found.append("".join(signs))
    return [each for each in found if each != reference]


@given(st.uuids(version=4))
def test_one_sign_wrong_or_two_exchanged_is_no_number(case: object) -> None:
    reference = reference_of(str(case))
    assert read_reference(reference) == reference
    assert not any(map(read_reference, (*other_signs(reference), *exchanged(reference))))


@given(st.uuids(version=4))
def test_a_number_is_read_however_it_is_written(case: object) -> None:
    reference = reference_of(str(case))
    spoken = reference.replace("1", "l").replace("0", "o").replace("5", "S").replace("V", "u")
    for written in (reference.lower(), reference.replace("-", ""), f" {reference.replace('-', ' ')} ", spoken):
        assert read_reference(written) == reference


def test_what_is_no_number_is_called_as_it_was_typed() -> None:
    assert [named(text) for text in ("tiada", "800/1/SETDA/2026", "")] == ["tiada", "800/1/SETDA/2026", ""]
    assert read_reference("7KQ2-9FX") is None


def test_a_case_is_found_by_its_number_and_its_id(world: World) -> None:
    case = world.open("nurse")
    reference = reference_of(case)
    assert world.all(select(cases.c.reference)) == [(reference,)]
    for name in (case, reference, reference.lower().replace("-", " ")):
        assert world.database.read(case_store.load, name).id == case
    office, registry = world.engine.office, world.engine.registry
    told = world.database.read(explain, office, registry, reference)
    assert told == world.database.read(explain, office, registry, case)
    assert f"Berkas {reference} (id {case})" in told


def test_a_step_is_taken_by_number_and_its_key_answers_for_either_name(world: World) -> None:
    case = world.open("nurse")
    version = world.database.read(case_store.load, case).version
    form = {"goal": "Belajar."}
    first, again = (
        world.database.write(
            world.engine.fire, name, "save", world.actor("nurse"), form, world.at, version=version, key="k-1"
        )
        for name in (reference_of(case), case)
    )
    assert (first.case_id, first.repeated, again.repeated) == (case, False, True)


def test_two_cases_never_share_a_number(world: World) -> None:
    case, free = world.open("nurse"), "019c0000-0000-7000-8000-000000000001"
    assert world.database.read(case_store.free_id, iter((case, case, free))) == free
    other = world.open("second_nurse")
    taken = update(cases).where(cases.c.id == other).values(reference=reference_of(case))
    with pytest.raises(IntegrityError):
        world.database.write(lambda conn: conn.execute(taken))


def test_of_two_who_draw_the_same_number_at_once_the_second_gets_another(world: World) -> None:
    first = world.database.read(case_store.load, world.open("nurse"))
    same, free = (f"019c0000-0000-7000-8000-00000000000{number}" for number in (1, 2))
    drawn, tried = Event(), Event()

    def open_first(conn: Connection) -> str:
        case_id = case_store.free_id(conn, iter((same,)))
        drawn.set()
        tried.wait(0.5)  # the other draws, and is made to wait, before this one is kept
        case_store.add(conn, replace(first, id=case_id))
        return case_id

    def open_second(conn: Connection) -> str:
        case_id = case_store.free_id(conn, iter((same, free)))
        tried.set()
        case_store.add(conn, replace(first, id=case_id))
        return case_id

    with ThreadPoolExecutor(1) as elsewhere:
        theirs = elsewhere.submit(world.database.write, open_first)
        assert drawn.wait(10)
        ours = world.database.write(open_second)
    assert (theirs.result(), ours) == (same, free)


def test_a_number_that_is_nobodys_and_one_that_is_not_yours_are_answered_alike() -> None:
    case = "019cac7d-0380-79fc-b23e-67d9a67e054a"
    assert no_such_case(case).says == no_such_case(reference_of(case).lower()).says
    assert case not in no_such_case(case).says


def test_a_number_that_names_no_case_is_an_error_that_names_it(world: World) -> None:
    free = reference_of("019c0000-0000-7000-8000-000000000001")
    with pytest.raises(NotFound, match=f"Berkas {free} tidak ada"):
        world.database.read(case_store.load, free)


def test_a_number_that_was_changed_is_found(world: World) -> None:
    case = world.open("nurse")
    world.database.write(lambda conn: conn.execute(update(cases).values(reference="0000-0000")))
    found = world.database.read(
        lambda conn: list(verification.verify(conn, world.engine.registry, world.engine.office.policies, ("cases",)))
    )
    says = [finding.says for checked in found for finding in checked.findings if finding.case_id == case]
    assert says == [f"Nomor berkas tersimpan sebagai 0000-0000, sedangkan menurut id-nya {reference_of(case)}."]
