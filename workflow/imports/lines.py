"""The lines of superiors from post to post after an export, and who heads each unit."""

from __future__ import annotations

from collections import Counter, defaultdict

from workflow.imports.known import Known, Post
from workflow.imports.posts import Posts
from workflow.imports.roll import Member
from workflow.imports.superiors import circles
from workflow.office import REGENT

_ECHELONS = ("I.a", "I.b", "II.a", "II.b", "III.a", "III.b", "IV.a", "IV.b", "V.a", "V.b")


def draw_lines(members: list[Member], posts: Posts) -> set[str]:
    """Sets every member's superior and the superior of every post; answers the NIPs whose superior was not found."""
    unresolved: set[str] = set()
    for member in members:
        superior = posts.of.get(member.row.superior_nip or "")
        own = posts.of.get(member.row.nip)
        if superior:
            member.person["superior_position_id"] = superior.id
        elif member.row.superior_nip:
            unresolved.add(member.row.nip)
            posts.remarks.append(
                f"Baris {member.row.number} ({member.row.nip}): atasannya ada pada baris yang ditolak dan belum pernah "
                "diimpor; atasan dicatat belum diketahui sampai impor berikutnya."
            )
        elif member.person["superior_position_id"] is None and own:
            # The post knows to whom it answers, though its new holder's row does not say.
            member.person["superior_position_id"] = own.superior_id
        if own:
            own.superior_id = member.person["superior_position_id"] or own.superior_id
    _break_circles(members, posts, unresolved)
    return unresolved


def _break_circles(members: list[Member], posts: Posts, unresolved: set[str]) -> None:
    """Forgets what is older than the file where it would close a circle with what the file says."""
    members_at = {posts.of[m.row.nip].id: m for m in members if m.row.nip in posts.of}
    told = {key for key, m in members_at.items() if m.row.superior_nip and m.row.nip not in unresolved}
    while found := circles({post.id: post.superior_id for post in posts.by_id.values() if post.superior_id}):
        for circle in found:
            post = posts.by_id[next((each for each in circle if each not in told), circle[0])]
            post.superior_id = None
            if post.id in members_at:
                members_at[post.id].person["superior_position_id"] = None
            posts.remarks.append(
                f"Atasan lama jabatan {post.title} ({post.unit_id}) dihapus, karena menurut berkas ini akan melingkar."
            )


def find_heads(members: list[Member], posts: Posts, known: Known, unresolved: set[str]) -> dict[str, str | None]:
    """The head's post of each unit in the file: the structural post whose superior stands outside it or has none."""
    reports = Counter(member.person["superior_position_id"] for member in members)
    structural: dict[str, list[Post]] = defaultdict(list)
    others: dict[str, list[Post]] = defaultdict(list)
    seated: set[str] = set()
    for member in members:
        post = posts.of.get(member.row.nip)
        if post is None:
            continue
        seated.add(post.id)
        superior = posts.by_id.get(post.superior_id or "")
        if member.row.nip not in unresolved and (superior is None or superior.unit_id != post.unit_id):
            kind = structural if member.person["post_kind"] == "Struktural" else others
            kind[member.person["unit_id"]].append(post)

    heads: dict[str, str | None] = {}
    for unit_id in dict.fromkeys(member.person["unit_id"] for member in members):
        # The stable sort leaves those that are alike in the order of the file.
        candidates = sorted(structural[unit_id], key=lambda post: (*_standing(post), -reports[post.id]))
        known_head = posts.by_id.get((known.units.get(unit_id) or {}).get("head_position_id") or "")
        if known_head and (
            not candidates or (known_head.id not in seated and _echelon(known_head) < _echelon(candidates[0]))
        ):
            # Vacant, or its holder is missing from the file: nobody lower becomes head by that.
            candidates = [known_head]
        candidates = candidates or sorted(others[unit_id], key=lambda post: -reports[post.id])
        heads[unit_id] = candidates[0].id if candidates else None
        posts.remarks += _doubts(unit_id, candidates)
    _tie_to_regent(heads, members, posts, known)
    return heads


def _echelon(post: Post) -> int:
    return _ECHELONS.index(post.echelon) if post.echelon in _ECHELONS else len(_ECHELONS)


def _standing(post: Post) -> tuple[int, bool]:
    """Higher echelons first; within one, the post of the whole unit before those of its parts."""
    return _echelon(post), bool(post.subunit)


def _doubts(unit_id: str, candidates: list[Post]) -> list[str]:
    if not candidates:
        return [f"Kepala unit {unit_id} belum diketahui: tidak ada jabatan struktural yang atasannya di luar unit itu."]
    if len(candidates) > 1 and _standing(candidates[0]) == _standing(candidates[1]):
        first, second = candidates[0].title, candidates[1].title
        says = f"Kepala unit {unit_id} meragukan: {first} atau {second}; dicatat {first}."
        return [f"{says} Lengkapi kolom atasan langsung."]
    return []


def _tie_to_regent(heads: dict[str, str | None], members: list[Member], posts: Posts, known: Known) -> None:
    head = posts.by_id.get(heads.get(known.secretariat or "") or "")
    if head is None or head.superior_id is not None:
        return
    head.superior_id = REGENT
    for member in members:
        if posts.of.get(member.row.nip) is head:
            member.person["superior_position_id"] = REGENT
