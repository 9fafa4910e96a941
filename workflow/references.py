"""The number of a case as people say it: eight signs in two groups, ``7KQ2-9FXR``, which can be told on the phone.

It is worked out from the case's id, so that nobody has to count; no letter in it looks or sounds like another sign of it, and
its last sign tells when any one was misheard or two changed places.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final
from uuid import UUID

#: Crockford's signs without S, which is taken for 5: a prime number of them, so that every slip below is found.
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
#: What people write or hear in place of a sign.
_TAKEN_FOR: Final = str.maketrans("ILOSU", "1105V", " -.\N{NON-BREAKING HYPHEN}\N{EN DASH}")
_LENGTH: Final = 8


@lru_cache(maxsize=4096)
def reference_of(case_id: str) -> str:
    """The number of a case. Two ids may share one, so cases are opened under ids whose number is free (``cases.new_case_id``)."""
    left = int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:8])
    digits = []
    for _ in range(_LENGTH - 1):
        left, digit = divmod(left, len(_SIGNS))
        digits.append(digit)
    # The signs weighed by 1 to 8 come to nothing: any one wrong, or any two exchanged, and they do not.
    check = -_weight(digits) * pow(_LENGTH, -1, len(_SIGNS)) % len(_SIGNS)
    return _grouped("".join(_SIGNS[digit] for digit in (*digits, check)))


def read_reference(text: str) -> str | None:
    """A number as it was typed, in its one form; None where it is none."""
    signs = _plain(text)
    if len(signs) != _LENGTH or any(sign not in _SIGNS for sign in signs):
        return None
    return _grouped(signs) if _weight([_SIGNS.index(sign) for sign in signs]) % len(_SIGNS) == 0 else None


def named(case: str) -> str:
    """What a case is called to people, by its id or whatever was typed in place of one."""
    try:
        return reference_of(str(UUID(case)))
    except ValueError:
        return read_reference(case) or case


def _weight(digits: list[int]) -> int:
    return sum(weight * digit for weight, digit in enumerate(digits, 1))


def _plain(text: str) -> str:
    return text.upper().translate(_TAKEN_FOR)


def _grouped(signs: str) -> str:
    return f"{signs[:4]}-{signs[4:]}"
