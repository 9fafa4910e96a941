"""To whom a letter goes, how they are spoken to, and who gets a copy: posts, and never the one who signs.

A post is addressed whoever holds it. Where it is the signatory's own, or is held by the one whom the letter is about, the
next post above is meant: the head of the personnel unit proposes own staff to the secretary, and the secretary who proposes
that head writes to the regent. A copy that would reach the signatory or the addressee is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from workflow.authority.bench import Bench, Seat, holders
from workflow.definition import Letter
from workflow.letters.parts import Standing
from workflow.sources.case import host_named


@dataclass(frozen=True)
class Addressing:
    """The lines after Yth., where they are, how they stand to the signatory, and the posts that get a copy."""

    addressee: tuple[str, ...] = ()
    place: str = ""
    standing: Standing = "level"
    copies: tuple[str, ...] = ()
    through: str = ""


def addressing(bench: Bench, letter: Letter, signatory: Seat | None) -> Addressing:
    """How a letter is addressed where this seat signs it; None where nobody can yet."""
    situation, own = bench.situation, bench.situation.office.profile.seat
    host = letter.to and situation.process.role[letter.to].partner and host_named(situation)
    if host:
        post_id = bench.head(host.unit_id)
        title, place = host.head, host.place
    else:
        post = _addressee(bench, letter.to, signatory) if letter.to else None
        post_id = post.id if post is not None else None
        title, place = post.title if post is not None else "", own if post is not None else ""
    return Addressing(
        (title,) if title else (),
        place,
        _standing(bench, post_id, signatory.position_id if signatory else None),
        _copies(bench, letter.copies, signatory, post_id),
        _through(bench, letter.through, signatory, post_id) if letter.through else "",
    )


def _addressee(bench: Bench, role: str, signatory: Seat | None) -> Row[Any] | None:
    """The first post of a role's line that is neither the signatory's nor the subject's own."""
    line = _line(bench, role)
    return next(
        (post for post in line if not _is_signatory(bench, post, signatory) and not _is_subject(bench, post)), None
    )


def _copies(bench: Bench, roles: tuple[str, ...], signatory: Seat | None, addressee: str | None) -> tuple[str, ...]:
    """The posts that get a copy, unless the letter reaches them anyway: of each line the first that is not the subject's own.

    What several share is copied to the heads of all of them.
    """
    titles: dict[str, None] = {}
    for role in roles:
        found = [_first_not_held_by(bench, bench.line(role), bench.situation.case.subject_id)]
        others = [_first_not_held_by(bench, line, person) for person, line in bench.lines_of_others(role)]
        found += sorted(others, key=lambda post: str(post.title) if post is not None else "")
        titles |= dict.fromkeys(
            post.title
            for post in found
            if post is not None and post.id != addressee and not _is_signatory(bench, post, signatory)
        )
    return tuple(titles)


def _first_not_held_by(bench: Bench, line: tuple[str, ...], person_id: str) -> Row[Any] | None:
    posts = filter(None, map(bench.post, line))
    return next((post for post in posts if _held_by(bench, post) != {person_id}), None)


def _through(bench: Bench, role: str, signatory: Seat | None, addressee: str | None) -> str:
    """The post that a letter passes on its way; none where it comes from there, or goes there."""
    post = next(iter(_line(bench, role)), None)
    if post is None or post.id == addressee or _is_signatory(bench, post, signatory):
        return ""
    return str(post.title)


def _line(bench: Bench, role: str) -> list[Row[Any]]:
    """The posts of a role's line, from where it begins up to the regent."""
    return [post for post in map(bench.post, bench.line(role)) if post is not None]


def _is_signatory(bench: Bench, post: Row[Any], signatory: Seat | None) -> bool:
    if signatory is None:
        return False
    return bool(post.id == signatory.position_id) or _held_by(bench, post) == {signatory.person_id}


def _is_subject(bench: Bench, post: Row[Any]) -> bool:
    return _held_by(bench, post) == {bench.situation.case.subject_id}


def _held_by(bench: Bench, post: Row[Any]) -> set[str]:
    return {seat.person_id for seat in holders(bench.situation, "", post.id)}


def _standing(bench: Bench, addressee: str | None, signatory: str | None) -> Standing:
    """Whether the addressee is a superior of the signatory, or the other way round."""
    if addressee in bench.upward(signatory)[1:]:
        return "above"
    return "below" if signatory in bench.upward(addressee)[1:] else "level"
