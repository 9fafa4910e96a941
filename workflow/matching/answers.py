"""Offers and wishes as they are given, with people by NIP or id, made into what the log keeps. Every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, or_, select

from policies.civil_service import plain
from policies.decision import Decision, Grade
from policies.matching import AnswerFacts, answer_is_within_limits
from policies.nip import NotANip, read_nip
from policies.parameters import Law
from workflow.errors import FieldError, InvalidForm
from workflow.filling import TOLD_AT_ONCE
from workflow.matching.log import Round
from workflow.matching.rights import Rights
from workflow.matching.told import Offer, Side, Wish
from workflow.tables import people
from workflow.telling.plain_text import ended

_PORTION = 500


@dataclass(frozen=True)
class Given:
    """What somebody gives: a mentor fields and a ``capacity``, a mentee goals. ``row``: where it stands in a list."""

    side: Side
    person: str
    fields: tuple[str, ...]
    would: tuple[str, ...] = ()
    would_not: tuple[str, ...] = ()
    capacity: int = 0
    row: int | None = None


@dataclass
class _Known:
    """People by NIP and by id."""

    ids: dict[str, str] = field(default_factory=dict)
    units: dict[str, str | None] = field(default_factory=dict)

    def named(self, name: str) -> str:
        """The id of whom somebody named, or the number as they typed it where nobody is known by it."""
        bare = _bare(name)
        return self.ids.get(bare, bare)


def read_answers(
    conn: Connection, found: Round, rights: Rights, given: Sequence[Given], law: Law
) -> tuple[tuple[Offer, ...], tuple[Wish, ...]]:
    """What the log keeps of what was given. Raises InvalidForm with everything that is wrong; nothing is kept then."""
    known = _known(conn, given)
    faults: list[FieldError] = []
    offers: dict[str, Offer] = {}
    wishes: dict[str, Wish] = {}
    for number, each in enumerate(given):
        own = list(_faults(found, rights, each, known, law))
        person = known.ids.get(_bare(each.person), "")
        if person in (offers if each.side == "offer" else wishes):
            own.append(("person", "Orang ini sudah disebut dalam daftar yang sama. Sisakan satu."))
        faults += [_placed(each, number, len(given), place, says) for place, says in own]
        if own:
            continue
        would, would_not = (tuple(known.named(n) for n in names) for names in (each.would, each.would_not))
        fields = tuple(_field(found, name) or "" for name in each.fields)
        if each.side == "offer":
            offers[person] = Offer(
                person=person, fields=fields, capacity=each.capacity, would=would, would_not=would_not
            )
        else:
            wishes[person] = Wish(person=person, goals=fields, would=would, would_not=would_not)
    if faults:
        raise InvalidForm("Periksa isian berikut; tidak satu pun dicatat.", fields=tuple(faults[:TOLD_AT_ONCE]))
    return tuple(offers.values()), tuple(wishes.values())


def _placed(given: Given, number: int, many: int, place: str, says: str) -> FieldError:
    where = f"Baris {given.row}: " if given.row else f"Nomor {number + 1}: " if many > 1 else ""
    path = f"list.{given.row}.{place}" if given.row else place
    return FieldError(path, _CALLED[place], f"{where}{_CALLED[place]}: {says}" if where else says)


_CALLED: Mapping[str, str] = {
    "person": "NIP",
    "fields": "Bidang",
    "capacity": "Kapasitas",
    "would": "Yang diinginkan",
    "would_not": "Yang tidak diinginkan",
}


def _faults(found: Round, rights: Rights, given: Given, known: _Known, law: Law) -> Iterator[tuple[str, str]]:
    person = known.ids.get(_bare(given.person))
    if person is None or not rights.answers_for(person, known.units[person]):
        # The same words, so that nobody learns by them who works here.
        yield (
            "person",
            f"{given.person or 'NIP'} tidak dikenal, atau bukan pegawai yang boleh Anda isikan. Periksa NIP-nya.",
        )
        return
    if person in found.ran:
        yield (
            "person",
            "Orang ini sudah ikut menetapkan pasangan atau menerbitkan usulan putaran ini, sehingga tidak ikut di dalamnya.",
        )
        return
    fields = [_field(found, name) for name in given.fields]
    for name, field_named in zip(given.fields, fields, strict=True):
        if field_named is None:
            yield "fields", f"“{name}” tidak dikenal dalam putaran ini; yang dikenal: {', '.join(found.form.fields)}."
    if len(set(fields)) < len(fields):
        yield "fields", "Bidang yang sama disebut lebih dari sekali. Sebutkan sekali saja."
    for place, names in (("would", given.would), ("would_not", given.would_not)):
        yield from ((place, says) for says in _wrong_names(person, names, known, rights))
    facts = AnswerFacts(
        len(given.fields),
        len(given.would),
        len(given.would_not),
        tuple({_bare(name) for name in given.would} & {_bare(name) for name in given.would_not}),
        given.capacity if given.side == "offer" else None,
    )
    yield from (("fields", says) for says in _refusals(answer_is_within_limits(facts, law)))


def _wrong_names(person: str, names: Iterable[str], known: _Known, rights: Rights) -> Iterator[str]:
    """Only who runs the round learns that nobody here has a number; to others a number is as good as any that can be one."""
    seen = set()
    for name in names:
        found = known.named(name)
        if found not in known.units and rights.coordinates:
            yield f"NIP {name} tidak dikenal. Periksa angkanya."
        elif found not in known.units and (why := _why_no_nip(name)):
            yield f"“{name}” bukan NIP yang benar: {why}."
        elif found == person:
            yield "Seseorang tidak menyebut dirinya sendiri."
        elif found in seen:
            yield f"NIP {name} disebut lebih dari sekali."
        seen.add(found)


def _why_no_nip(name: str) -> str:
    try:
        read_nip(name)
    except NotANip as wrong:
        return str(wrong)
    return ""


def _refusals(decision: Decision) -> Iterator[str]:
    for reason in decision.reasons:
        if reason.grade is Grade.REFUSED:
            cited = f" ({', '.join(reason.by)})" if reason.by else ""
            yield " ".join(part for part in (f"{ended(reason.says)[:-1]}{cited}.", reason.remedy) if part)


def _field(found: Round, name: str) -> str | None:
    """The field as the round spells it."""
    return next((field for field in found.form.fields if plain(field) == plain(name)), None)


def _bare(name: str) -> str:
    return name.replace(" ", "")


def _known(conn: Connection, given: Sequence[Given]) -> _Known:
    names = sorted({_bare(n) for each in given for n in (each.person, *each.would, *each.would_not) if n.strip()})
    found = _Known()
    for start in range(0, len(names), _PORTION):
        portion = names[start : start + _PORTION]
        query = select(people.c.id, people.c.nip, people.c.unit_id).where(
            or_(people.c.nip.in_(portion), people.c.id.in_(portion)), people.c.kind == "staff"
        )
        for row in conn.execute(query):
            found.ids |= {row.id: row.id, row.nip: row.id}
            found.units[row.id] = row.unit_id
    return found
