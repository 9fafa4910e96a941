"""An empty field in the PDF for each who signs electronically: unseen, and told of where a file is read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pydyf

from workflow.letters.parts import field_name

#: Printed and locked (PDF 32000-1, table 165): a widget that is not printed would break PDF/A.
_FLAGS: Final = 132


def add_fields(made: Any, labels: Sequence[str], page_index: int) -> None:
    """Add fields called ``field_name(1)`` and so on, each tagged as a form element with its label, to a page.

    ``made``: the ``pydyf.PDF`` that WeasyPrint is about to write. What the signature says for people is in the letter itself,
    so the field has no area: a picture of it would need fonts of its own.
    """
    root = object_at(made, made.catalog["StructTreeRoot"])
    whole_reference = root["K"][0]
    whole, content = object_at(made, whole_reference), object_at(made, root["ParentTree"])["Nums"]
    page_reference = made.page_references[page_index]
    page = object_at(made, page_reference)
    following = max(content[::2]) + 1
    fields = pydyf.Array()
    for position, label in enumerate(labels, start=1):
        widget = _widget(field_name(position), label, page_reference, following)
        made.add_object(widget)
        element = _element(label, whole_reference, page_reference, widget.reference)
        made.add_object(element)
        whole["K"].append(element.reference)
        content.extend([following, element.reference])
        page.setdefault("Annots", pydyf.Array()).append(widget.reference)
        fields.append(widget.reference)
        following += 1
    made.catalog["AcroForm"] = pydyf.Dictionary({"Fields": fields, "SigFlags": 0})


def _widget(name: str, label: str, page: bytes, number: int) -> Any:
    """An empty signature field. ``number``: by which the page's tags know it."""
    return pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(name),
            "TU": pydyf.String(label),
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "F": _FLAGS,
            "P": page,
            "StructParent": number,
        }
    )


def _element(label: str, parent: bytes, page: bytes, widget: bytes) -> Any:
    """What tags a field as a form element."""
    return pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "P": parent,
            "Pg": page,
            "Alt": pydyf.String(label),
            "K": pydyf.Dictionary({"Type": "/OBJR", "Obj": widget, "Pg": page}),
        }
    )


def object_at(made: Any, reference: bytes) -> Any:
    """What a reference such as ``12 0 R`` stands for."""
    return made.objects[int(reference.split()[0])]
