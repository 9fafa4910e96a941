"""A parameter of the law that is not in force where an act asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from policies.decision import Grade, Reason
from policies.parameters import NotInForce
from workflow.errors import Refused

P = ParamSpec("P")
T = TypeVar("T")


def by_law_in_force(act: Callable[P, T]) -> Callable[P, T]:
    """A parameter that is not in force is a refusal with its reason wherever an act meets it, not a crash."""

    @wraps(act)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return act(*args, **kwargs)
        except NotInForce as absent:
            remedy = "Lengkapi riwayat ketentuan itu, atau tunggu sampai ketentuannya berlaku."
            raise Refused(str(absent), reasons=(Reason(Grade.REFUSED, str(absent), (), remedy),)) from absent

    return refusing
