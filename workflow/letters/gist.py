"""The gist of a letter for whoever is about to sign it: who, where, when, what it costs, what for. Of any kind of body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from policies.dates import written
from policies.wording import say_money
from workflow.letters.field_labels import field_label

#: Those named before the rest are only counted.
MOST_NAMED: Final = 4
#: What a letter is for, the first of these that it says; and what else it says of itself besides who, where, when and cost.
_WHAT_FOR: Final = ("goal", "reason", "revocation_reason", "replacement_reason", "about", "purpose", "award_title")
_MORE: Final = ("competency", "round_title", "plan_item", "unplanned_reason", "conditions", "agreement")
_WHERE: Final = ("section", "placed_at", "place")
_DAYS: Final = ("ended_on", "last_day", "concluded_on", "on", "closes_on")


def gist(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Label and text of what matters, in the order in which it is asked for. ``body``: as it is stored."""
    return tuple((label, text) for label, text in _lines(body) if text)


def _lines(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Siapa", _names(body)
    yield "Di mana", _places(body)
    yield "Kapan", _days(body)
    yield "Biaya", _cost(body)
    named = [name for name in (*_WHAT_FOR, *_MORE) if isinstance(body.get(name), str)]
    yield from ((field_label(name), str(body[name]).strip()) for name in named)


def _names(body: Mapping[str, Any]) -> str:
    found = list(dict.fromkeys(_people(body)))
    more = len(found) - MOST_NAMED
    return "; ".join(found[:MOST_NAMED]) + (f"; dan {more} orang lainnya" if more > 0 else "")


def _people(value: Any) -> Iterator[str]:
    """All persons that stand in a body, wherever: by their name and their post."""
    if isinstance(value, list):
        for each in value:
            yield from _people(each)
    elif isinstance(value, dict):
        if "name" in value and "nip" in value:
            yield f"{value['name']} ({value['post']})" if value.get("post") else str(value["name"])
        else:
            for each in value.values():
                yield from _people(each)


def _places(body: Mapping[str, Any]) -> str:
    host = body.get("host")
    name = ", ".join(filter(None, (host.get("name"), host.get("country")))) if isinstance(host, dict) else ""
    inside = [str(body[each]) for each in _WHERE if isinstance(body.get(each), str) and body[each]]
    return ", ".join(filter(None, (*inside, name)))


def _days(body: Mapping[str, Any]) -> str:
    if body.get("starts_on") and body.get("ends_on"):
        return f"{_day(body['starts_on'])} sampai dengan {_day(body['ends_on'])}"
    return next((_day(body[name]) for name in _DAYS if body.get(name)), "")


def _day(text: str) -> str:
    return written(date.fromisoformat(text))


def _cost(body: Mapping[str, Any]) -> str:
    """The money that a letter gives or estimates, and who bears it."""
    awarded = sum(line.get("amount", 0) for line in body.get("awarded", ()) if isinstance(line, dict))
    rupiah = body.get("cost_estimate") or awarded or body.get("award_amount_each")
    each = " bagi tiap penerima" if rupiah and rupiah == body.get("award_amount_each") else ""
    source = str(body.get("cost_source") or body.get("award_fund") or "").strip()
    return ", ".join(filter(None, (f"{say_money(rupiah)}{each}" if rupiah else "", source)))
