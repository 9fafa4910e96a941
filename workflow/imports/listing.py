"""A plain list of things, such as partners or budget lines: one thing a row, told apart by a key."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from workflow.imports.cells import Row, place_columns, rows_of
from workflow.imports.report import ImportReport, Missing, Rejection
from workflow.imports.sheet import read_sheet

Thing = TypeVar("Thing")


@dataclass(slots=True)
class Listing(Generic[Thing]):
    """The sound rows of a list, each with its row, and what is wrong with the others."""

    total: int
    things: list[tuple[Row, Thing]] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    #: The keys of all rows, rejected ones too: none of these is missing.
    seen: set[Hashable] = field(default_factory=set)

    def keep(self, sound: Callable[[Row, Thing], bool]) -> None:
        """Drops the things that ``sound`` does not accept; it rejects their cells itself."""
        self.things = [(row, thing) for row, thing in self.things if sound(row, thing)]
        self.rejected.sort(key=lambda rejection: rejection.row)

    def report(
        self, *, new: int, changed: int, missing: Iterable[Missing], written: bool, remarks: Iterable[str] = ()
    ) -> ImportReport:
        """The answer of the whole import."""
        return ImportReport(
            rows=self.total,
            accepted=len(self.things),
            rejected=tuple(self.rejected),
            ignored_headings=self.ignored,
            new=new,
            changed=changed,
            missing=tuple(missing),
            remarks=tuple(remarks),
            written=written,
        )

    def writable(self, *, dry_run: bool, skip_rejected: bool) -> bool:
        """Whether there is something to write and nothing in its way."""
        return not dry_run and bool(self.things) and (skip_rejected or not self.rejected)


def read_listing(
    source: bytes,
    filename: str,
    headings: Sequence[str],
    read: Callable[[Row], Thing],
    *,
    optional: Sequence[str] = (),
    key: Callable[[Thing], Hashable],
    key_heading: str,
    progress: Callable[[int, int], None] | None = None,
) -> Listing[Thing]:
    """Reads a list whose headings must all be there but the ``optional`` ones. Of things with one key none is kept."""
    known = (*headings, *optional)
    sheet = read_sheet(source, filename, known)
    columns, ignored, rejected = place_columns(sheet, required=headings, known=known.__contains__)
    listing: Listing[Thing] = Listing(total=len(sheet.rows), rejected=rejected, ignored=ignored)
    if rejected:
        return listing
    by_key: dict[Hashable, list[Row]] = {}
    for done, row in enumerate(rows_of(sheet, columns, rejected), start=1):
        if not row.misplaced:
            thing = read(row)
            listing.seen.add(key(thing))
            if row.sound:
                listing.things.append((row, thing))
                by_key.setdefault(key(thing), []).append(row)
        if progress and (done % 100 == 0 or done == listing.total):
            progress(done, listing.total)
    for rows in by_key.values():
        for row in rows if len(rows) > 1 else ():
            others = ", ".join(str(other.number) for other in rows if other is not row)
            row.reject(key_heading, f"Isian yang sama ada juga pada baris {others}. Sisakan satu baris.")
    listing.keep(lambda row, _: row.sound)
    return listing
