"""The API's own documentation: one page made from its description, with nothing from elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup, escape

from api import problems, wording
from api.openapi import complete
from api.problems import UnknownAddress
from workflow.errors import Problem
from workflow.telling.form_words import number

PAGES: Final = Path(__file__).resolve().parents[2] / "templates" / "pages"

#: The page brings nothing but its own style; no script runs.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@get("/docs", include_in_schema=False)
async def page(request: Request[Any, Any, State]) -> Response[str]:
    """The page."""
    if "docs" not in request.app.state:
        request.app.state.docs = made(complete(request.app.openapi_schema.to_schema()))
    html: str = request.app.state.docs
    return Response(html, media_type="text/html", headers={"Content-Security-Policy": POLICY})


@get("/docs/{name:str}", include_in_schema=False, sync_to_thread=False)
def asset(name: FromPath[str]) -> Response[bytes]:
    """The page's style, under a name that changes with its content. Raises UnknownAddress."""
    style_name, style = stylesheet()
    if name != style_name:
        raise UnknownAddress(f"Alamat /api/docs/{name} tidak dikenal.")
    return Response(style, media_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"})


@get("/problems/{name:str}", include_in_schema=False, sync_to_thread=False)
def explain_problem(name: FromPath[str]) -> Redirect:
    """A problem's type is an address: it leads to the explanation. Raises UnknownAddress."""
    if name not in wording.PROBLEMS:
        raise UnknownAddress(f"Jenis masalah “{name}” tidak dikenal; yang dikenal ada di /api/docs.")
    return Redirect(f"/api/docs#problem-{name}")


def made(description: Mapping[str, Any]) -> str:
    """The page for a description of the API."""
    environment = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"prose": prose, "kind": kind}
    return environment.get_template("api_docs.html").render(
        info=description["info"],
        style=stylesheet()[0],
        groups=_groups(description),
        schemas=sorted(description["components"]["schemas"].items()),
        problems=sorted(_problems(), key=lambda listed: (listed["status"], listed["name"])),
    )


@cache
def stylesheet() -> tuple[str, bytes]:
    """The style's address and its content."""
    content = (PAGES / "api_docs.css").read_bytes()
    return f"{hashlib.sha256(content).hexdigest()[:16]}.css", content


def _groups(description: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The operations by their tags, in the order in which the tags are declared."""
    operations = [
        {"parameters": [], **operation, "path": path, "method": method.upper(), "scope": _scope(operation)}
        for path, item in description["paths"].items()
        for method, operation in item.items()
    ]
    return [
        {**tag, "operations": [each for each in operations if tag["name"] in each["tags"]]}
        for tag in description["tags"]
    ]


def _scope(operation: Mapping[str, Any]) -> str:
    return next((scope for needed in operation.get("security") or () for scope in needed.get("key", ())), "")


def _problems() -> Iterator[dict[str, Any]]:
    kinds = {kind.type: kind for kind in _kinds(Problem)}
    for name, says in wording.PROBLEMS.items():
        yield {
            "name": name,
            "type": problems.TYPES + name,
            "status": kinds[name].status,
            "title": kinds[name].title,
            "says": says,
        }


def _kinds(kind: type[Problem]) -> Iterator[type[Problem]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def prose(text: str) -> Markup:
    """The little Markdown that the description uses: paragraphs, ``**bold**`` and ```code```."""
    safe = str(escape(text.strip()))
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", safe))
    return Markup("".join(f"<p>{paragraph}</p>" for paragraph in marked.split("\n\n")))  # noqa: S704 # escaped above


def kind(schema: Mapping[str, Any]) -> Markup:
    """What a value is, with links to the structures named."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return Markup(" atau ").join(kind(part) for part in schema[several])
    if "const" in schema:
        return Markup("<code>{}</code>").format(schema["const"])
    if "enum" in schema:
        return Markup(", ").join(Markup("<code>{}</code>").format(value) for value in schema["enum"])
    if isinstance(schema.get("type"), list):
        return Markup(" atau ").join(_KINDS.get(each, each) for each in schema["type"])
    if schema.get("type") == "array":
        return Markup("daftar {}{}").format(kind(schema.get("items", {})), _bounds(schema))
    if schema.get("type") == "object" and schema.get("additionalProperties"):
        return Markup("objek berisi {}").format(kind(schema["additionalProperties"]))
    if schema.get("type") == "object" and schema.get("properties"):
        fields = Markup("; ").join(
            Markup("<code>{}</code>: {}").format(name, kind(field)) for name, field in schema["properties"].items()
        )
        return Markup("objek ({})").format(fields)
    said = _KINDS.get(schema.get("type", ""), "apa saja")
    return escape(_FORMATS.get(schema.get("format", ""), said) + _bounds(schema))


def _bounds(schema: Mapping[str, Any]) -> str:
    """What a value may be at most, where its schema says so."""
    if "minimum" in schema and "maximum" in schema:
        return f" dari {number(schema['minimum'])} sampai {number(schema['maximum'])}"
    most = (("maxLength", "karakter"), ("maxItems", "butir"))
    return next((f", paling banyak {number(schema[name])} {of}" for name, of in most if name in schema), "")


_KINDS = {
    "string": "teks",
    "integer": "bilangan bulat",
    "number": "bilangan",
    "boolean": "true/false",
    "object": "objek",
    "null": "null",
}
_FORMATS = {"date": "tanggal", "date-time": "waktu dengan zona", "binary": "byte"}
