"""The tree of RFC 9162, section 2.1: hashes, and what shows that a leaf is in it or that one tree is the beginning of another.

Pure: whatever knows the hash of a range of leaves can have its proofs made here, and nobody's word is needed to check them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

#: The root of a tree without leaves.
EMPTY: Final = sha256().digest()

#: Of each so many levels one is kept: the nodes over 256, 256², … leaves.
STRIDE: Final = 8

#: The hash of the leaves from one position up to, not including, another.
HashOf = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two."""
    return sha256(b"\x01" + left + right).digest()


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The node above a full row of hashes: 1, 2, 4, 8 … of them."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[each], row[each + 1]) for each in range(0, len(row), 2)]
    return row[0]


def split(count: int) -> int:
    """Where a tree divides: the largest power of two below its number of leaves, which is two or more."""
    return 1 << (count - 1).bit_length() - 1


class Growing:
    """A tree as its leaves come in, in the memory of one path. ``full``: the roots of its full subtrees, the largest first."""

    def __init__(self, size: int = 0, full: Iterable[bytes] = ()) -> None:
        self.size = size
        self._full = list(full)

    def add(self, leaf: bytes) -> Iterator[tuple[int, bytes]]:
        """One more leaf. Answers the nodes above it that it made full and that are kept: their levels and hashes."""
        node, size, height, kept = leaf, self.size, 0, []
        while size & 1:
            node = node_hash(self._full.pop(), node)
            size, height = size >> 1, height + 1
            if height % STRIDE == 0:
                kept.append((height // STRIDE, node))
        self._full.append(node)
        self.size += 1
        return iter(kept)

    @property
    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._full:
            return EMPTY
        *others, root = self._full
        for left in reversed(others):
            root = node_hash(left, root)
        return root


# --- Proofs ----------------------------------------------------------------------------------------------------------


def inclusion(hash_of: HashOf, position: int, size: int) -> list[bytes]:
    """The audit path of a leaf in the tree of the first ``size`` leaves (section 2.1.3.1), from the leaf upwards."""
    if not 0 <= position < size:
        raise ValueError(f"no leaf {position} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if position < middle:
            path.append(hash_of(middle, end))
            end = middle
        else:
            path.append(hash_of(start, middle))
            start = middle
    return path[::-1]


def consistency(hash_of: HashOf, earlier: int, later: int) -> list[bytes]:
    """What shows that the tree of ``earlier`` leaves is the beginning of that of ``later`` (section 2.1.4.1)."""
    if not 0 < earlier <= later:
        raise ValueError(f"no tree of {earlier} leaves begins one of {later}")
    path: list[bytes] = []
    start, end, known = 0, later, True
    while earlier < end:
        middle = start + split(end - start)
        if earlier <= middle:
            path.append(hash_of(middle, end))
            end = middle
        else:
            path.append(hash_of(start, middle))
            start, known = middle, False
    # Whoever asks knows the root of the earlier tree already where it is one full subtree.
    return [*([] if known else [hash_of(start, end)]), *path[::-1]]


def root_by_inclusion(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its audit path lead to (section 2.1.3.2); None for a path that cannot be one."""
    if not 0 <= position < size:
        return None
    place, last, root = position, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = node_hash(step, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, step)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def roots_by_consistency(
    earlier: int, later: int, earlier_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """The roots of two trees that a proof leads to (section 2.1.4.2); None for what cannot be one.

    Both must be those that are known: the earlier one is asked for only where the proof begins with it.
    """
    if not 0 < earlier <= later:
        return None
    if earlier == later:
        return None if path else (earlier_root, earlier_root)
    steps = [earlier_root, *path] if earlier & (earlier - 1) == 0 else list(path)
    if not steps:
        return None
    place, last = earlier - 1, later - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    return (first, second) if last == 0 else None
