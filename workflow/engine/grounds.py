"""What a rule rests on: the parameters and citations that its own code names, and whether it may only warn.

Read from the compiled function, so that the printed procedure cannot say anything else than what the rule does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

from policies.decision import Grade, Rule
from policies.parameters import Parameter
from policies.regulations import Regulations


@dataclass(frozen=True)
class Grounds:
    """``parameters``: what it reads. ``citations``: articles it names itself. ``may_warn``: not every fault stops the step."""

    parameters: tuple[Parameter[Any], ...]
    citations: tuple[str, ...]
    may_warn: bool


def grounds_of(rule: Rule, regulations: Regulations) -> Grounds:
    """What a rule rests on, the rules that it asks in turn included."""
    parameters: dict[str, Parameter[Any]] = {}
    citations: dict[str, None] = {}
    may_warn = False
    for function in _functions(rule.answer):
        for code in _codes(function.__code__):
            for name in code.co_names:
                named = function.__globals__.get(name)
                if isinstance(named, Parameter):
                    parameters[named.name] = named
            citations |= {
                text: None for text in code.co_consts if isinstance(text, str) and regulations.find(text) is not None
            }
            may_warn = may_warn or Grade.WARNED.name in code.co_names
    return Grounds(tuple(parameters.values()), tuple(citations), may_warn)


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter[Any], ...]:
    """The parameters that a function reads."""
    names = dict.fromkeys(name for code in _codes(function.__code__) for name in code.co_names)
    found = (function.__globals__.get(name) for name in names)
    return tuple(each for each in found if isinstance(each, Parameter))


def _functions(answer: Callable[..., Any]) -> Iterator[Any]:
    """The rule's function, and those of the rules that it calls."""
    waiting, seen = [answer], set()
    while waiting:
        function: Any = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        yield function
        named = (function.__globals__.get(name) for code in _codes(function.__code__) for name in code.co_names)
        waiting += [each.answer for each in named if isinstance(each, Rule)]


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of what stands inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
