"""Whatever a single step is refused for, a bulk act is refused for, in the same words, and nothing of the case is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.bulk import HEAD, caller, endorsed, lines, ordered, run, tried, versions, waiting
from tests.offices import DAY, TODAY, change, hold, lend, post_of
from tests.world import World
from workflow.bulk.rows import Verdict, refusal
from workflow.engine.steps import Step
from workflow.errors import Problem
from workflow.tables import metadata, people
from workflow.views.actions import act

ENDORSE, FORWARD = Step("endorse", {}), Step("forward", {})


@dataclass
class Refusal:
    """A case with which somebody cannot take a step, and one with which they can. ``kind``: the problem that it meets.

    ``then``: what makes it so, once the act has been ordered.
    """

    case: str
    other: str
    who: str
    step: Step
    kind: str
    seen: dict[str, int] = field(default_factory=dict)
    then: Callable[[], None] = lambda: None


# --- Refused from the beginning --------------------------------------------------------------------------------------


def _not_theirs(world: World) -> Refusal:
    """Somebody of the office that verifies looks at what awaits a head."""
    (case,) = waiting(world, 1)
    world.fire(case, "endorse", HEAD)
    return Refusal(case, _with_the_verifier(world, "clerk_2"), "verifier", FORWARD, "not-yours")


def _unseen(world: World) -> Refusal:
    (case,) = waiting(world, 1)
    return Refusal(case, world.submitted("nurse"), "nursing_head", ENDORSE, "not-found")


def _apart(world: World) -> Refusal:
    """Whoever is to be verified cannot verify themselves."""
    own = _with_the_verifier(world, "verifier", "agency_chief")
    return Refusal(own, _with_the_verifier(world, "clerk_1"), "verifier", _verify(world), "not-yours")


def _in_another_state(world: World) -> Refusal:
    (second,) = waiting(world, 1)
    return Refusal(_with_the_verifier(world, "clerk_2"), second, HEAD, ENDORSE, "not-now")


def _closed(world: World) -> Refusal:
    first, second = waiting(world, 2)
    world.fire(first, "reject", HEAD, {"reason": "Tidak sesuai kebutuhan."})
    return Refusal(first, second, HEAD, ENDORSE, "not-now")


def _refused_by_a_rule(world: World) -> Refusal:
    several = endorsed(world, 6)
    for case in several[:4]:
        world.fire(case, "forward", HEAD)
    # The step that they can take has no such rule.
    return Refusal(several[4], several[5], HEAD, FORWARD, "refused")


def _unknown(world: World) -> Refusal:
    """Nobody knows whether they are in service."""
    cases = [_with_the_verifier(world, who) for who in ("clerk_1", "clerk_2")]
    _with_status_unknown(world, "clerk_1")
    return Refusal(cases[0], cases[1], "verifier", _verify(world), "refused")


def _not_acknowledged(world: World) -> Refusal:
    cases = [_with_the_verifier(world, who) for who in ("clerk_1", "clerk_2")]
    change(world, update(people).where(people.c.id == world.ids["clerk_1"]).values(sanctions_known=False))
    return Refusal(cases[0], cases[1], "verifier", _verify(world), "not-acknowledged")


def _out_of_date(world: World) -> Refusal:
    first, second = waiting(world, 2)
    seen = versions(world, [first, second])
    world.fire(first, "withdraw", "clerk_1", {"reason": "Batal berangkat."})
    return Refusal(first, second, HEAD, ENDORSE, "out-of-date", seen)


def _out_of_scope(world: World) -> Refusal:
    """A mandate for another process gives nothing here; of their own unit they have a case."""
    (case,) = waiting(world, 1)
    lend(world, "delegasi", post_of(world, HEAD), "nursing_head", scope="exchange")
    return Refusal(case, world.submitted("nurse"), "nursing_head", ENDORSE, "not-found")


def _invalid_form(world: World) -> Refusal:
    first, second = waiting(world, 2)
    return Refusal(first, second, HEAD, Step("reject", {}), "invalid-form")


def _no_such_step(world: World) -> Refusal:
    first, second = waiting(world, 2)
    return Refusal(first, second, HEAD, Step("terbang", {}), "not-now")


AT_FIRST = (
    _not_theirs,
    _unseen,
    _apart,
    _in_another_state,
    _closed,
    _refused_by_a_rule,
    _unknown,
    _not_acknowledged,
    _out_of_date,
    _out_of_scope,
    _invalid_form,
    _no_such_step,
)

#: Where nothing at all is ordered: what is not theirs to know of, and what is wrong with all alike.
WHOLE = (_not_theirs, _unseen, _out_of_scope, _invalid_form, _no_such_step)

# --- Refused by what happened since ----------------------------------------------------------------------------------


def _mandate_ended(world: World) -> Refusal:
    first, second = waiting(world, 2)
    lend(world, "plh", post_of(world, HEAD), "treasurer", until_on=TODAY)
    for case in (first, second):
        world.database.write(world.engine.reseat, case, world.at)

    def then() -> None:
        world.at += DAY
        world.database.write(world.engine.reseat, first, world.at)

    return Refusal(first, second, "treasurer", ENDORSE, "not-yours", then=then)


def _post_lost(world: World) -> Refusal:
    first, second = waiting(world, 2)

    def then() -> None:
        hold(world, post_of(world, HEAD), "treasurer")
        world.database.write(world.engine.reseat, first, world.at)

    return Refusal(first, second, HEAD, ENDORSE, "not-yours", then=then)


def _changed(world: World) -> Refusal:
    first, second = waiting(world, 2)

    def then() -> None:
        world.fire(first, "withdraw", "clerk_1", {"reason": "Batal berangkat."})

    return Refusal(first, second, HEAD, ENDORSE, "out-of-date", then=then)


def _no_longer_fit(world: World) -> Refusal:
    cases = [_with_the_verifier(world, who) for who in ("clerk_1", "clerk_2")]

    def then() -> None:
        _with_status_unknown(world, "clerk_1")

    return Refusal(cases[0], cases[1], "verifier", _verify(world), "refused", then=then)


MEANWHILE = (_mandate_ended, _post_lost, _changed, _no_longer_fit)


def _verify(world: World) -> Step:
    return Step("verify", {"budget_line": world.budget_line})


def _with_the_verifier(world: World, who: str, head: str = HEAD) -> str:
    case = world.submitted(who)
    world.fire(case, "endorse", head)
    world.fire(case, "forward", head)
    return case


def _with_status_unknown(world: World, who: str) -> None:
    change(world, update(people).where(people.c.id == world.ids[who]).values(status=None))


# --- What is the same ------------------------------------------------------------------------------------------------


def single(world: World, refusal_: Refusal) -> Verdict:
    """What a single step meets."""
    by, seen = caller(world, refusal_.who), refusal_.seen[refusal_.case]
    with pytest.raises(Problem) as problem:
        world.database.write(act, world.engine, by, world.at, refusal_.case, (refusal_.step,), seen, None)
    return refusal(problem.value)


def of_case(world: World, case: str) -> list[Any]:
    """Every row that names a case, but those of bulk acts."""
    return [
        (table.name, row)
        for table in metadata.tables.values()
        if not table.name.startswith("bulk_")
        for row in world.all(select(table).order_by(*table.primary_key))
        if case in row
    ]


def told(world: World, this: Refusal, bulk_id: str) -> Verdict:
    """What is shown of the line of the case."""
    line = lines(world, bulk_id, this.who)[this.case]
    return Verdict(**{name: getattr(line, name) for name in WHY})


def in_bulk(world: World, this: Refusal, seen: Mapping[str, int]) -> tuple[Verdict, str]:
    """Why the case is refused where it is one of several, and the outcome of the other."""
    try:
        both = ordered(world, seen, this.step, this.who)
    except Problem as problem:
        return refusal(problem), "not ordered"
    run(world)
    others = [line.outcome for case, line in lines(world, both.id, this.who).items() if case != this.case]
    return told(world, this, both.id), "".join(others)


#: Of a verdict, why nothing was done.
WHY = ("problem", "title", "detail", "reasons", "fields", "acknowledge")


@pytest.mark.parametrize("made", AT_FIRST)
def test_a_bulk_act_refuses_as_a_single_step_does(world: World, made: Callable[[World], Refusal]) -> None:
    this = made(world)
    this.seen = this.seen or versions(world, [this.case, this.other])
    alone, before = single(world, this), of_case(world, this.case)
    assert alone.problem == this.kind
    only = {this.case: this.seen[this.case]}
    if this.kind == "not-found":
        with pytest.raises(Problem) as unseen:
            tried(world, only, this.step, this.who)
        assert refusal(unseen.value) == alone
    else:
        (shown,) = tried(world, only, this.step, this.who).items
        first = shown.obstacles[0]
        assert (first.problem, first.detail, first.fields) == (alone.problem, alone.detail, alone.fields)
        assert first.reasons == alone.reasons
    came, _ = in_bulk(world, this, only)
    assert came == alone
    assert of_case(world, this.case) == before


@pytest.mark.parametrize("made", AT_FIRST)
def test_it_does_so_beside_a_case_with_which_it_is_done(world: World, made: Callable[[World], Refusal]) -> None:
    this = made(world)
    this.seen = this.seen or versions(world, [this.case, this.other])
    alone, before = single(world, this), of_case(world, this.case)
    came, other = in_bulk(world, this, this.seen)
    assert came == alone
    if made in WHOLE:
        assert other == "not ordered"
    else:
        assert other == ("refused" if made is _refused_by_a_rule else "done")
    assert of_case(world, this.case) == before


@pytest.mark.parametrize("made", MEANWHILE)
def test_what_changes_before_its_turn_is_told_as_a_single_step_would_be(
    world: World, made: Callable[[World], Refusal]
) -> None:
    this = made(world)
    this.seen = versions(world, [this.case, this.other])
    both = ordered(world, this.seen, this.step, this.who)
    this.then()
    alone, before = single(world, this), of_case(world, this.case)
    assert alone.problem == this.kind
    run(world)
    assert told(world, this, both.id) == alone
    assert of_case(world, this.case) == before


def test_a_mandate_that_has_ended_is_named_with_its_last_day(world: World) -> None:
    this = _mandate_ended(world)
    this.seen = versions(world, [this.case, this.other])
    both = ordered(world, this.seen, this.step, this.who)
    this.then()
    run(world)
    assert "berakhir pada 2 Maret 2026" in told(world, this, both.id).detail
