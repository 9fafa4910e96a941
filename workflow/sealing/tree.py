"""The tree over the log as it is kept: any range of leaves from a few rows."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from workflow.sealing import merkle
from workflow.sealing.merkle import STRIDE, Growing, node_hash, split
from workflow.tables import log, log_nodes

#: Hashes that are read at a time: those below one node of the next level that is kept.
_ROW: Final = 1 << STRIDE
#: Rows of hashes that are held, 8 KiB each: a proof takes one of each level on either side.
_HELD: Final = 64


class Tree:
    """Reads the tree within one unit; what was read is kept for the next proof."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._row = lru_cache(_HELD)(self._read)

    @property
    def size(self) -> int:
        """How many leaves the log has."""
        last: int | None = self._conn.execute(_LAST).scalar_one()
        return 0 if last is None else last + 1

    def root(self, size: int) -> bytes:
        """The root over the first so many leaves."""
        return self.hash_of(0, size) if size else merkle.EMPTY

    def hash_of(self, start: int, end: int) -> bytes:
        """The hash of the leaves from one position up to another. Raises LookupError where the log does not hold them."""
        count = end - start
        if count & (count - 1) == 0 and start % count == 0:
            return self._full(count.bit_length() - 1, start // count)
        middle = start + split(count)
        return node_hash(self.hash_of(start, middle), self.hash_of(middle, end))

    def inclusion(self, position: int, size: int) -> list[bytes]:
        """The audit path of a leaf in the tree of so many leaves."""
        return merkle.inclusion(self.hash_of, position, size)

    def consistency(self, earlier: int, later: int) -> list[bytes]:
        """What shows that a tree is the beginning of a later one."""
        return merkle.consistency(self.hash_of, earlier, later)

    def growing(self, size: int) -> Growing:
        """The tree of the first so many leaves, to which more are added."""
        full, start = [], 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                full.append(self._full(height, start >> height))
                start += 1 << height
        return Growing(size, full)

    def _full(self, height: int, place: int) -> bytes:
        """The root of a full subtree: of 2**height leaves, so many of them before it."""
        level, above = divmod(height, STRIDE)
        first = place << above
        row, offset = divmod(first, _ROW)
        hashes = self._row(level, row)[offset : offset + (1 << above)]
        if len(hashes) != 1 << above:
            raise LookupError(f"the log lacks hashes of level {level} from {first} on")
        return merkle.full_root(hashes)

    def _read(self, level: int, row: int) -> list[bytes]:
        begins = {"first": row * _ROW, "beyond": (row + 1) * _ROW}
        found = (
            self._conn.execute(_LEAVES, begins)
            if level == 0
            else self._conn.execute(_NODES, {"level": level, **begins})
        )
        return [bytes(each) for each in found.scalars()]


_LAST = select(func.max(log.c.position))
_LEAVES = (
    select(log.c.leaf)
    .where(log.c.position >= bindparam("first"), log.c.position < bindparam("beyond"))
    .order_by(log.c.position)
)
_NODES = (
    select(log_nodes.c.hash)
    .where(
        log_nodes.c.level == bindparam("level"),
        log_nodes.c.place >= bindparam("first"),
        log_nodes.c.place < bindparam("beyond"),
    )
    .order_by(log_nodes.c.place)
)
