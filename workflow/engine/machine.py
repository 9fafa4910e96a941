"""Moves a state: one ``transitions`` machine a process, which holds no model and knows no guard (guards are ours, with reasons)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transitions import EventData, Machine

from workflow.definition import Process


@dataclass
class Holder:
    """What the machine moves: the state it is in, and the one that the step has been judged to lead to."""

    state: str
    target: str


def _is_target(event: EventData) -> bool:
    holder: Any = event.model
    return event.transition is not None and bool(holder.target == event.transition.dest)


def machine_for(process: Process) -> Machine:
    """The machine of a process; made once, at start."""
    arrows: list[dict[str, Any]] = [
        {"trigger": t.trigger, "source": source, "dest": target, "conditions": _is_target}
        for t in process.transitions
        for source in t.sources
        for target in t.targets(source)
    ]
    names = [state.name for state in process.states]
    return Machine(
        model=None, states=names, transitions=arrows, initial=process.initial, auto_transitions=False, send_event=True
    )


def move(machine: Machine, state: str, trigger: str, target: str) -> str:
    """The state after a trigger. Raises RuntimeError where the machine disagrees, which a sound process rules out."""
    holder = Holder(state, target)
    if not machine.events[trigger].trigger(holder):
        raise RuntimeError(f"{trigger} from {state} does not lead to {target}")
    return holder.state
