"""What letters say: the typed body of each, called ``body`` in its template; one module for each process that issues letters.

A small process may have the body of its letter in its own file.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import msgspec


def body_named(name: str) -> type[msgspec.Struct]:
    """The kind of body that a stored letter names. Raises LookupError where there is none."""
    if name not in _bodies():
        raise LookupError(f"no kind of body is called {name!r}")
    return _bodies()[name]


@cache
def _bodies() -> dict[str, type[msgspec.Struct]]:
    from workflow import processes  # noqa: PLC0415 - processes are written with the bodies of this package

    found: dict[str, type[msgspec.Struct]] = {}
    of_processes = pkgutil.iter_modules(processes.__path__, f"{processes.__name__}.")
    for module in (*pkgutil.iter_modules(__path__, f"{__name__}."), *of_processes):
        for name, kind in vars(importlib.import_module(module.name)).items():
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__module__ == module.name:
                if name in found:
                    raise TypeError(
                        f"two kinds of body are called {name!r}: stored letters could not tell which is theirs"
                    )
                found[name] = kind
    return found
