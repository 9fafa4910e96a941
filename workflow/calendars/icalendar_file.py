"""A calendar as iCalendar (RFC 5545): days and instants in the agency's zone, each thing under a name that stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from icalendar import Calendar, Event, Timezone
from sqlalchemy import Connection

from workflow.accounts.safe import Safe
from workflow.calendars.addresses import person_of
from workflow.calendars.feed import Item, items_of
from workflow.engine.engine import Engine
from workflow.office import Office

#: How often a calendar should ask again.
_AGAIN: Final = timedelta(hours=1)
#: Reserved names never lead anywhere (RFC 2606); names of things must only be unlike those of others.
_NO_SITE: Final = "jenjang.invalid"


def feed(conn: Connection, engine: Engine, safe: Safe, token: str, at: datetime) -> bytes:
    """The calendar that a token opens, at an instant. Raises NotFound."""
    person_id = person_of(conn, engine, safe, token, at)
    return written(items_of(conn, engine, person_id, at), engine.office, at)


def written(items: list[Item], office: Office, at: datetime) -> bytes:
    """Things as a file of RFC 5545."""
    site = office.profile.site.rstrip("/")
    host = urlsplit(site).hostname or _NO_SITE
    calendar = Calendar()
    calendar.add("prodid", "-//Jenjang//Kalender pegawai//ID")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", f"Jenjang, {office.profile.agency}")
    calendar.add("x-wr-calname", f"Jenjang, {office.profile.agency}")
    calendar.add("refresh-interval", _AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if any(isinstance(item.starts, datetime) for item in items):
        calendar.add_component(Timezone.from_tzinfo(office.zone))
    for item in items:
        calendar.add_component(_event(item, office, at, site, host))
    return bytes(calendar.to_ical())


def _event(item: Item, office: Office, at: datetime, site: str, host: str) -> Event:
    event = Event()
    event.add("uid", f"{item.key}@{host}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("sequence", item.version)
    event.add("summary", item.title)
    if isinstance(item.starts, datetime) and isinstance(item.ends, datetime):
        event.add("dtstart", item.starts.astimezone(office.zone))
        event.add("dtend", item.ends.astimezone(office.zone))
    else:
        event.add("dtstart", item.starts)
        # The end of whole days is the day after (3.6.1).
        event.add("dtend", item.ends + timedelta(days=1))
    event.add("transp", "OPAQUE" if item.busy else "TRANSPARENT")
    event.add("class", "PRIVATE")
    if site:
        event.add("url", f"{site}{item.path}")
    return event
