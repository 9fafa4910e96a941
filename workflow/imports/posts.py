"""Who holds which position after an export.

A structural post is a position of its unit, and so is the post of whoever is somebody's direct superior. A post
outlives its holder: a new holder takes it over, and one whose holder went elsewhere is vacant, keeping its tasks and
mandates.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflow.ids import new_id
from workflow.imports.known import Known, Post
from workflow.imports.roll import Member

UNNAMED = "(jabatan belum diketahui)"

#: Several may hold posts of one name, such as teachers who lead others; a number after the subunit tells them apart.
_NUMBERED = re.compile(r" ?#\d+$")

_Key = tuple[str, str, str]


def _key(unit_id: str | None, subunit: str | None, title: str | None) -> _Key:
    return unit_id or "", _NUMBERED.sub("", subunit or "").casefold(), (title or UNNAMED).casefold()


def _asked(person: dict[str, Any]) -> _Key:
    return _key(person["unit_id"], person["subunit"], person["post"])


class Posts:
    """Every position as it shall be."""

    def __init__(self, known: Known, at: datetime) -> None:
        self.by_id = {post.id: replace(post) for post in known.posts.values()}
        #: The post that each person of the file, or superior of one, holds: by NIP.
        self.of: dict[str, Post] = {}
        self.remarks: list[str] = []
        self._known = known
        self._at = at
        self._named: dict[_Key, list[Post]] = defaultdict(list)
        self._held: dict[str, list[Post]] = defaultdict(list)
        for post in self.by_id.values():
            self._named[_key(post.unit_id, post.subunit, post.title)].append(post)
            if post.holder_id:
                self._held[post.holder_id].append(post)

    def seat(self, members: list[Member]) -> None:
        """Gives a post to each who needs one, then empties those whose holders the file shows elsewhere."""
        superiors = {member.row.superior_nip for member in members if member.row.superior_nip}
        needing: dict[_Key, list[Member]] = defaultdict(list)
        for member in members:
            if member.person["post_kind"] == "Struktural" or member.row.nip in superiors:
                needing[_asked(member.person)].append(member)
        for key, group in needing.items():
            self._tell_of_two_holders(group)
            self._seat_namesakes(key, group)
        self._vacate(members)
        for nip in sorted(superiors - self.of.keys()):
            if nip in self._known.staff:
                self._seat_from_before(nip)

    def _seat_namesakes(self, key: _Key, group: list[Member]) -> None:
        """Whoever holds a post of this name keeps it; the others take those that are left, then new ones."""
        waiting = []
        for member in group:
            own = self._own(member.person, key)
            if own:
                self._sit(member, own)
            else:
                waiting.append(member)
        taken = {self.of[member.row.nip].id for member in group if member.row.nip in self.of}
        left_over = [post for post in self._named[key] if post.id not in taken]
        free = iter(sorted(left_over, key=lambda post: post.holder_id is not None))
        for member in waiting:
            self._sit(member, next(free, None) or self._add(member.person))

    def _own(self, person: dict[str, Any], key: _Key) -> Post | None:
        for post in self._held[person["id"]]:
            if post.holder_id != person["id"]:
                continue
            if _key(post.unit_id, post.subunit, post.title) == key:
                return post
            # An older export had no subunits: the same post under its full name now, unless another bears that already.
            if not post.subunit and (key[0], "", key[2]) == _key(post.unit_id, "", post.title) and not self._named[key]:
                self._named[_key(post.unit_id, "", post.title)].remove(post)
                self._named[key].append(post)
                post.subunit = person["subunit"]
                return post
        return None

    def _add(self, person: dict[str, Any]) -> Post:
        namesakes = self._named[_asked(person)]
        subunit = person["subunit"] or ""
        if namesakes:
            subunit = f"{subunit} #{len(namesakes) + 1}".strip()
        post = Post(new_id(self._at), person["unit_id"], subunit, person["post"] or UNNAMED, person["echelon"])
        self.by_id[post.id] = post
        namesakes.append(post)
        return post

    def _sit(self, member: Member, post: Post) -> None:
        post.holder_id = None if member.left else member.person["id"]
        post.title = member.person["post"] or post.title
        post.echelon = member.person["echelon"] or post.echelon
        self.of[member.row.nip] = post

    def _vacate(self, members: list[Member]) -> None:
        for member in members:
            for post in self._held[member.person["id"]]:
                if post.holder_id != member.person["id"] or self.of.get(member.row.nip) is post:
                    continue
                if member.row.nip not in self.of and _key(post.unit_id, post.subunit, post.title) == _asked(
                    member.person
                ):
                    # Nobody answers to them any more, and still the post is theirs.
                    self._sit(member, post)
                else:
                    post.holder_id = None

    def _seat_from_before(self, nip: str) -> None:
        """A superior whom the file does not show: the post they hold, else one made from what is known of them."""
        person = self._known.staff[nip]
        held = [post for post in self._held[person["id"]] if post.holder_id == person["id"]]
        own = next((post for post in held if post.unit_id == person["unit_id"]), held[0] if held else None)
        if own is None:
            own = self._add(person)
            own.holder_id, own.superior_id = person["id"], person["superior_position_id"]
        self.of[nip] = own

    def _tell_of_two_holders(self, group: Iterable[Member]) -> None:
        structural = [member for member in group if member.person["post_kind"] == "Struktural"]
        if len(structural) > 1:
            rows = ", ".join(str(member.row.number) for member in structural)
            first = structural[0].person
            self.remarks.append(
                f"Jabatan {first['post']} pada {first['unit_id']} dipegang {len(structural)} orang (baris {rows}); "
                "masing-masing dicatat sebagai jabatan tersendiri."
            )
