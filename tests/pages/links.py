"""Somebody outside with a link in hand: what the mail would have brought, and a browser that opens it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import httpx

from tests.accounts import Browser
from tests.api.house import House
from workflow.links import links
from workflow.links.opening import Opened


@dataclass
class Holder:
    """A browser, the address of the link's page, and its short code."""

    browser: Browser
    top: str
    code: str

    def get(self, path: str = "") -> httpx.Response:
        """A page of the link."""
        return self.browser.get(f"{self.top}{path}")


def given(house: House, who: str, *, case: str | None = None, cohort: str | None = None) -> Holder:
    """The link of one of the cast, or of whoever has this id, for a case or a cohort."""
    desk = house.client.app.state.desk  # type: ignore[attr-defined] # the test client's
    person, at = house.sample.ids.get(who, who), house.clock.now()
    with closing(house.with_database()) as database:
        link = database.write(lambda c: links.issue(c, desk.engine(c), desk.safe, Opened(person, case, cohort), at))
    top = f"/mitra/{links.token_of(desk.safe, link.id)}"
    return Holder(Browser.on(house.client), top, links.code_of(desk.safe, link.id))
