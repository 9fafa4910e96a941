"""A PDF about to be written, each of its objects put into bytes once.

To tell files apart pydyf hashes every object as it is in the file: without this, all is put into bytes and compressed twice.
"""

from __future__ import annotations

from typing import Any

import pydyf


class _Settled(pydyf.Object):  # type: ignore[misc]  # pydyf ships no types
    """An object as it stands in the file."""

    data, compressible = b"", False

    def __init__(self, made: Any) -> None:
        super().__init__()
        self.number, self.generation, self.free = made.number, made.generation, made.free
        self.data, self.compressible = made.data, made.compressible


def settle(made: Any) -> None:
    """Nothing in ``made``, a ``pydyf.PDF``, changes any more."""
    made.objects[:] = [each if each.free == "f" else _Settled(each) for each in made.objects]
