"""A message as it goes out: text and HTML from templates, headers that nothing can be smuggled into, files beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from workflow.letters.profile import TEMPLATES

#: Signs of a name or a subject that are kept: longer ones are no names.
_LONGEST: Final = 200


@dataclass(frozen=True)
class Attached:
    """A file that goes along."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What stands on a message. ``name``: its effect's id, of which the Message-ID is made, so that it stays the same."""

    name: str
    sender: str
    sender_name: str
    to: str
    to_name: str
    at: datetime
    reply_to: str = ""


def message(
    template: str, context: dict[str, Any], envelope: Envelope, attached: Sequence[Attached] = ()
) -> EmailMessage:
    """The message, as text and as HTML that says the same; the same input gives the same bytes.

    ``context``: ``page`` is the address of ours that the one button leads to, ``link`` that of somebody outside; both may be left
    out. Raises jinja2.TemplateError where a template asks for what is not there.
    """
    context = {"page": "", "link": None, "facts": (), **context}
    blocks = _environment().get_template(f"{template}.txt")
    text = "".join(blocks.blocks["text"](blocks.new_context(context)))
    made = EmailMessage(SMTP)
    made["From"] = Address(one_line(envelope.sender_name), addr_spec=envelope.sender)
    made["To"] = Address(one_line(envelope.to_name), addr_spec=envelope.to)
    if envelope.reply_to:
        made["Reply-To"] = Address(addr_spec=envelope.reply_to)
    subject = one_line("".join(blocks.blocks["subject"](blocks.new_context(context))))
    made["Subject"] = subject
    made["Date"] = envelope.at
    made["Message-ID"] = message_id(envelope.name, envelope.sender)
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = "id"
    made.set_content(_plain(text), cte="quoted-printable")
    html = _environment().get_template(f"{template}.html").render(context | {"subject_line": subject})
    made.add_alternative(_plain(html), subtype="html", cte="quoted-printable")
    # No line of base64 or quoted-printable can begin like these.
    made.set_boundary(f"=_{envelope.name}_a")
    for each in attached:
        kind, _, detail = each.media_type.partition("/")
        made.add_attachment(each.content, maintype=kind, subtype=detail, filename=one_line(each.name))
    if attached:
        made.set_boundary(f"=_{envelope.name}_m")
    return made


def message_id(effect_id: str, sender: str) -> str:
    """The Message-ID of an effect."""
    return f"<{effect_id}@{sender.rpartition('@')[2]}>"


def effect_of(message_id: str) -> str:
    """The effect that a Message-ID was made of, however it was copied."""
    return message_id.strip().strip("<>").partition("@")[0]


def one_line(text: str) -> str:
    """A text as it may stand in a header: in one line, without what cannot be seen, and nothing a reader would decode."""
    seen = "".join(sign if _is_seen(sign) else " " for sign in text)
    return " ".join(seen.replace("=?", "= ?").split())[:_LONGEST].strip()


def _plain(text: str) -> str:
    """Lines as they are, without what could move a cursor or hide a word."""
    lines = text.replace("\r\n", "\n").split("\n")
    # A line in which everything can be printed, as nearly all are, need not be looked at sign by sign.
    kept = (line if line.isprintable() else "".join(filter(_is_seen, line)) for line in lines)
    return "\n".join(kept).strip() + "\n"


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] != "C"


@cache
def _environment() -> Environment:
    # In plain text markup is nothing but signs; in HTML whatever is not ours is escaped.
    return Environment(
        loader=FileSystemLoader(TEMPLATES / "mail"),
        undefined=StrictUndefined,
        keep_trailing_newline=False,
        autoescape=select_autoescape(["html"], default=False),
    )
