"""The pages on which anybody checks a letter: one served, one that works from disk with the network off."""

from __future__ import annotations

import base64
import hashlib
from datetime import date, tzinfo
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from markupsafe import Markup

from api.pages.cookies import INDONESIAN
from api.pages.rendering import environment
from workflow.letters.words import long_date
from workflow.proof.keys import Published
from workflow.proof.verdict import Verdict
from workflow.sealing.checkpoint import signed_by
from workflow.sealing.handed_in import Found
from workflow.sealing.heads import LogHead

PAGES: Final = Path(__file__).resolve().parents[1] / "templates" / "pages"


def page(agency: str, verdict: Verdict | None, language: str, place: str) -> str:
    """The page with the two questions, and an answer where one was asked. ``place``: its address, to come back to."""
    html: str = (
        environment(language)
        .get_template("verify.html")
        .render(agency=agency, verdict=verdict, place=place, style=_style())
    )
    return html


def log_page(
    agency: str, zone: tzinfo, newest: LogHead | None, found: Found | str | None, language: str, place: str
) -> str:
    """The page of the sealed log. ``newest``: None where nothing was sealed; ``found``: what a file shows, or why it shows none."""
    html: str = (
        environment(language)
        .get_template("verify_log.html")
        .render(
            agency=agency,
            zone=zone,
            newest=newest,
            signed_by=signed_by(newest.checkpoint) if newest else "",
            found=None if isinstance(found, str) else found,
            refused=found if isinstance(found, str) else "",
            wrong=None,
            place=place,
            style=_style(),
        )
    )
    return html


def log_refusal(agency: str, wrong: Verdict, language: str, place: str) -> str:
    """The page of the sealed log where what was asked could not be looked into: why, and the form to ask again."""
    html: str = (
        environment(language)
        .get_template("verify_log.html")
        .render(agency=agency, wrong=wrong, newest=None, place=place, style=_style())
    )
    return html


def policy() -> str:
    """What the served page may do: show itself, and ask us."""
    return f"default-src 'none'; style-src {_source(_style())}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def offline_page(agency: str, site: str, published: Published, on: date) -> bytes:
    """One file with all that checking needs; it asks nobody. ``on``: the day the keys in it were taken."""
    script = Markup((PAGES / "verify_offline.js").read_text(encoding="utf-8"))  # noqa: S704 - our own
    keys = msgspec.json.encode(published).decode().replace("<", "\\u003c")  # no word in it can end the element
    may = (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(_style())}; img-src blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    html = (
        environment(INDONESIAN)
        .get_template("verify_offline.html")
        .render(
            agency=agency,
            site=site,
            made_on=long_date(on),
            policy=Markup(may),  # noqa: S704 - made of digests
            style=_style(),
            keys=Markup(keys),  # noqa: S704 - escaped above
            script=script,
        )
    )
    return html.encode()


@cache
def _style() -> Markup:
    return Markup((PAGES / "verify.css").read_text(encoding="utf-8"))  # noqa: S704 - our own


def _source(content: str) -> str:
    """How a policy names a script or style that stands in the page itself."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
