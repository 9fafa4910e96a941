"""XES (IEEE 1849): a trace for each case, an event for each step, by the standard's concept, lifecycle, time and org extensions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

from sqlalchemy import Connection

from workflow.process_log.reading import Happening, Trace, Wanted, traces, written

_NOT_OF_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/><string key="lifecycle:transition" value="complete"/>\
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/></global>
<classifier name="Activity" scope="event" keys="concept:name"/>
<classifier name="Step" scope="event" keys="step"/>
<string key="lifecycle:model" value="standard"/>
"""


def xes(conn: Connection, wanted: Wanted) -> Iterator[str]:
    """The log, in pieces."""
    yield _HEAD
    yield _string("concept:name", wanted.process.title) + _string("process", wanted.process.name) + "\n"
    with traces(conn, wanted) as found:
        for trace in found:
            yield _trace(trace)
            for happening in trace.happenings:
                yield _event(happening)
            yield "</trace>\n"
    yield "</log>\n"


def _trace(trace: Trace) -> str:
    said = (
        _string("concept:name", trace.reference),
        _string("state", trace.state),
        _string("unit", trace.unit),
        _date("opened", written(trace.opened_at)),
    )
    return f"<trace>{''.join(said)}\n"


def _event(happening: Happening) -> str:
    said = (
        _string("concept:name", happening.activity),
        _string("lifecycle:transition", "complete"),
        _date("time:timestamp", happening.instant),
        _string("org:resource", happening.resource),
        _string("org:role", happening.role),
        _string("org:group", happening.unit),
        _string("step", happening.step),
        _string("from", happening.before),
        _string("to", happening.after),
        f'<int key="sequence" value="{happening.number}"/>',
    )
    return f"<event>{''.join(said)}</event>\n"


def _string(key: str, value: str) -> str:
    """An attribute; nothing where there is nothing to say."""
    return f'<string key="{key}" value={quoteattr(_of_xml(value))}/>' if value else ""


def _date(key: str, value: str) -> str:
    return f'<date key="{key}" value="{value}"/>'


def _of_xml(text: str) -> str:
    """A text without the signs that no XML may hold."""
    return _NOT_OF_XML.sub("", text)
