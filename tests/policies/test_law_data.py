"""The shipped numbers as a whole: each named by code, each cited, each read in a form that a person understands."""

import ast
import importlib
import pkgutil
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

import policies
from policies.parameters import DECLARED, History, NotInForce, Policies
from policies.regulations import Regulations

for module in pkgutil.iter_modules(policies.__path__):
    importlib.import_module(f"policies.{module.name}")

LAW = Policies.load()
REGULATIONS = Regulations.load()


def test_every_declared_parameter_has_data() -> None:
    assert sorted(set(DECLARED) - set(LAW.histories)) == []


def test_every_datum_is_declared_by_code() -> None:
    assert sorted(set(LAW.histories) - set(DECLARED)) == []


@pytest.mark.parametrize("history", LAW.histories.values(), ids=lambda history: history.name)
def test_every_parameter_has_the_type_it_is_declared_with(history: History) -> None:
    for entry in history.entries:
        assert entry.value is None or type(entry.value) is DECLARED[history.name].kind


@pytest.mark.parametrize("history", LAW.histories.values(), ids=lambda history: history.name)
def test_every_parameter_is_cited_on_every_day_it_covers(history: History) -> None:
    first = history.entries[0].since
    for day in (first + timedelta(days=ahead) for ahead in range((date(2030, 1, 1) - first).days)):
        try:
            value = history.on(day)
            by, since = value.by, value.since
        except NotInForce as repealed:
            by, since = repealed.repealed_by or "", first
        assert REGULATIONS.find(by) is not None
        assert since <= day


@pytest.mark.parametrize("history", LAW.histories.values(), ids=lambda history: history.name)
def test_no_parameter_rests_on_an_instrument_before_it_was_in_force_or_after_its_repeal(history: History) -> None:
    for entry in history.entries:
        instrument = REGULATIONS.find(entry.by)
        assert instrument is not None
        assert instrument.since is None or instrument.since <= entry.since, f"{entry.by} sejak {instrument.since}"
        assert instrument.revoked is None or entry.since < instrument.revoked


@pytest.mark.parametrize("history", LAW.histories.values(), ids=lambda history: history.name)
def test_every_parameter_says_in_indonesian_what_it_is_and_in_what_unit(history: History) -> None:
    assert history.says[0].isupper() or history.says.startswith("E-learning")
    assert not history.says.endswith(".")
    assert not re.search(r"_|\b(the|of|days|max)\b", f"{history.says} {history.unit}")


@pytest.mark.parametrize("source", sorted(Path(policies.__path__[0]).glob("*.py")), ids=lambda source: source.name)
def test_every_article_that_a_rule_cites_by_itself_is_of_a_known_instrument(source: Path) -> None:
    texts = [node.value for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, ast.Constant)]
    cited = {text for text in texts if isinstance(text, str) and re.match(r"[A-Z]\w+( [A-Z]\w+)? \d+/\d{4}\b", text)}
    assert {citation for citation in cited if REGULATIONS.find(citation) is None} == set()
