"""Why somebody may not act any more, or not yet: their mandate ended between page and click, or their post is another's by now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Row, bindparam, select

from policies.dates import written
from workflow.authority.bench import Bench
from workflow.authority.seat_queries import HOLDERS
from workflow.authority.seats import lent_for
from workflow.definition import SYSTEM
from workflow.engine.judgement import Actor, Judgement
from workflow.errors import NotYours
from workflow.facts import NeedsFields, Situation
from workflow.letters.words import begun_small
from workflow.people.mandate_log import lapsed_of
from workflow.people.mandates import MANDATES
from workflow.people.tenures import lost_since
from workflow.tables import mandates, positions

#: Roles that nobody plays by a post.
_NO_POST: Final = ("person", "named", "appointed", "records")


def why_not_any_more(bench: Bench, roles: Iterable[str], person_id: str) -> str:
    """Why somebody who had authority for one of these roles, or is to have it, has none now; empty where they never had any."""
    posts = _posts(bench, roles)
    for row in bench.conn.execute(_OF_PERSON, {"person": person_id, "posts": posts}) if posts else ():
        if why := _of_mandate(bench, row):
            return f"Pelimpahan {MANDATES.get(row.kind, row.kind)} {row.title} kepada Anda {why}."
    for post in posts:
        since = lost_since(bench.conn, post, person_id)
        found = bench.post(post)
        if since is not None and found is not None:
            return f"Jabatan {found.title} tidak Anda pangku lagi sejak {written(since)}."
    return ""


def tell_why(judgement: Judgement, actor: Actor) -> None:
    """Say it with the refusal of a step that is not theirs."""
    found = next((each for each in judgement.obstacles if isinstance(each, NotYours)), None)
    if found is None or actor.person_id is None:
        return
    situation, arrow = judgement.situation, judgement.arrow
    roles = (role for role in situation.process.actors(arrow, situation.case.state) if role != SYSTEM)
    bench, asked = judgement.bench, tuple(roles)
    if why := why_not_any_more(bench, asked, actor.person_id) or _through_a_deputy(bench, asked, actor.person_id):
        judgement.obstacles[judgement.obstacles.index(found)] = NotYours(f"{found.says} {why}")


def _through_a_deputy(bench: Bench, roles: Iterable[str], person_id: str) -> str:
    """Why somebody who holds one of these roles is kept apart from it by what was done in their name; empty where they are not."""
    for role in roles:
        try:
            against, holding = bench.against(role).get(person_id), bench.holding(role)
        except NeedsFields:
            continue
        if against is not None and against.deputy and any(seat.person_id == person_id for seat in holding):
            title = begun_small(bench.situation.process.role[against.role].title)
            return (
                f"{against.deputy} sudah bertindak pada berkas ini sebagai {title} atas nama Anda, berdasarkan pelimpahan "
                "dari Anda; kedua peran itu harus dipegang orang yang berbeda."
            )
    return ""


def refuse_where_lapsed(situation: Situation, trigger: str, actor: Actor) -> None:
    """Raise NotYours for whoever has lost the authority for a step that they saw; for nobody who has it still, or never had."""
    process, state = situation.process, situation.case.state
    roles = {role for arrow in process.arrows(state, trigger) for role in process.actors(arrow, state)} - {SYSTEM}
    bench = Bench(situation)
    if actor.person_id is None or not roles or bench.seat(actor.person_id, sorted(roles)) is not None:
        return
    if why := why_not_any_more(bench, sorted(roles), actor.person_id):
        raise NotYours(f"Tindakan ini bukan kewenangan Anda lagi. {why}")


def _posts(bench: Bench, roles: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in roles:
        role = bench.situation.process.role[name]
        if role.kind in _NO_POST or bench.is_outside(name):
            continue
        try:
            found |= dict.fromkeys(bench.line(name))
        except NeedsFields:
            continue  # the form does not say yet whose it is
    return list(found)


def _of_mandate(bench: Bench, row: Row[Any]) -> str:
    """Why a mandate gives nothing now; empty where it does."""
    on = bench.situation.on
    if row.refused_on is not None:
        return f"Anda tolak pada {written(row.refused_on)}"
    if row.revoked_on is not None and row.revoked_on <= on:
        why = lapsed_of(bench.conn, [row.id]).get(row.id)
        return f"gugur sejak {written(row.revoked_on)}: {why}" if why else f"dicabut sejak {written(row.revoked_on)}"
    if row.until_on < on:
        return f"berakhir pada {written(row.until_on)}"
    if row.accepted_on is None:
        return "belum Anda terima, sehingga belum berlaku"
    if row.from_on > on:
        return f"baru berlaku mulai {written(row.from_on)}"
    rows = bench.situation.look_up(HOLDERS, position=row.position_id, on=on)
    why = lent_for(bench.situation, rows).fallen.get(row.id)
    return f"tidak berlaku: {why}" if why else ""


_OF_PERSON = (
    select(mandates, positions.c.title)
    .join_from(mandates, positions, positions.c.id == mandates.c.position_id)
    .where(
        mandates.c.receiver_id == bindparam("person"),
        mandates.c.position_id.in_(bindparam("posts", expanding=True)),
    )
    # Of several the one that was the last.
    .order_by(mandates.c.until_on.desc(), mandates.c.id.desc())
)
