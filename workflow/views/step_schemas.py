"""The JSON Schema of what a step takes; of an attestation, with the shape of each fact that can be attested."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import msgspec

from workflow.attesting import SHAPES, attestable_facts, attests, fact_title
from workflow.definition import Process, Transition
from workflow.forms import Attestation
from workflow.views.schemas import for_people, form_schema


def step_schema(process: Process, transition: Transition) -> dict[str, Any] | None:
    """The schema of what a step takes, None where it takes nothing; of an attestation, with the shape of each fact."""
    if transition.takes is None:
        return None
    schema = copy.deepcopy(form_schema(transition.takes, transition.title, partial=transition.partial))
    if not attests(transition):
        return schema
    return _with_facts(schema, {name: _in_place(kind) for name, kind in attestable_facts(process).items()})


def attestation_components() -> dict[str, Any]:
    """The components of an API's description for an attestation, whatever the process: its form, and the structures in it."""
    kinds, parts = msgspec.json.schema_components(SHAPES.values(), ref_template="#/components/schemas/{name}")
    schema = copy.deepcopy(form_schema(Attestation, "Keterangan dengan bukti"))
    whole = _with_facts(schema, dict(zip(SHAPES, kinds, strict=True)))
    return {"AttestationForm": whole, **{name: for_people(part) for name, part in parts.items()}}


def _with_facts(schema: dict[str, Any], shapes: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What ``value`` may be for each ``fact``, by the schema of each."""
    fact, value = schema["properties"]["fact"], schema["properties"]["value"]
    titles = [{"const": name, "title": fact_title(name)} for name in shapes]
    schema["properties"]["fact"] = {"title": fact["title"], "type": "string", "oneOf": titles}
    schema["oneOf"] = [
        {
            "title": choice["title"],
            "properties": {
                "fact": {"const": choice["const"]},
                "value": {**value, **shapes[choice["const"]]},
            },
        }
        for choice in titles
    ]
    return schema


def _in_place(kind: Any) -> dict[str, Any]:
    """The schema of a type with its structures where they are used, so that a step's schema stands alone."""
    whole = msgspec.json.schema(kind)
    definitions = {f"#/$defs/{name}": for_people(part) for name, part in whole.pop("$defs", {}).items()}

    def put(part: Any) -> Any:
        if isinstance(part, dict):
            return put(definitions[part["$ref"]]) if "$ref" in part else {key: put(each) for key, each in part.items()}
        return [put(each) for each in part] if isinstance(part, list) else part

    placed: dict[str, Any] = put(whole)
    return placed
