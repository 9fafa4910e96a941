"""What a collector of traces is sent: which work within which, and nothing of what it was about or whose."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.datastructures import State
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from api.app import Serving, create_app
from api.commands.errors import CannotRun
from api.settings import are_traces_sent
from api.telemetry import traces
from tests.api.house import CAST, REQUEST, Sample, served
from tests.bench.serving import ROOT
from tests.collectors import PATIENCE, Collector, collector, said, silent
from workflow import spans
from workflow.database import Database

PROXY = "10.0.0.5"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database.open(database_url)) as found:
        yield found


@pytest.fixture
def collecting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collector(monkeypatch) as found:
        yield found


def test_a_request_is_told_by_its_route_with_the_units_of_work_within_it(
    collecting: Collector, sample: Sample, address: str
) -> None:
    with served(sample, address, traces=True) as house:
        case = house.open()
        answer = house.get("nurse", f"/api/cases/{case}?cari=Kirana")
        reference = answer.json()["reference"]
    assert (collecting.paths, collecting.services) == ({"/v1/traces"}, {"jenjang"})
    (request,) = collecting.named("GET /api/cases/{case_id}")
    assert request.kind == Span.SPAN_KIND_SERVER
    assert said(request) == {
        "http.request.method": "GET",
        "http.route": "/api/cases/{case_id}",
        "http.response.status_code": 200,
        "jenjang.case": reference,
        "jenjang.process": "internship",
        "jenjang.request.id": answer.headers["X-Request-ID"],
    }
    units = [span for span in collecting.spans if span.parent_span_id == request.span_id]
    assert units
    for unit in units:
        assert unit.trace_id == request.trace_id
        assert unit.kind == Span.SPAN_KIND_CLIENT
        assert said(unit).keys() == {"db.system.name", "db.operation.name", "code.function.name"}
        assert said(unit)["db.system.name"] == "sqlite"
    (opened,) = collecting.named("POST /api/cases")
    assert "write" in {
        said(span)["db.operation.name"] for span in collecting.spans if span.parent_span_id == opened.span_id
    }


def test_no_span_says_what_was_asked_written_or_by_whom(collecting: Collector, sample: Sample, address: str) -> None:
    with served(sample, address, traces=True) as house:
        case = house.open()
        house.done("nurse", case, "submit", REQUEST)
        house.done("nursing_head", case, "endorse", {"note": "Setuju, Kirana layak."})
        house.get("nurse", "/tidak/ada/198503092010031001?kunci=rahasia-sekali")
        house.client.get("/mitra/tautan-yang-panjang-dan-rahasia?kode=rahasia-sekali")
        house.act("stranger", case, "endorse")
        house.client.request("RAHASIA", "/")
    assert len(collecting.spans) > 20
    assert "_OTHER" in {said(span).get("http.request.method") for span in collecting.spans}
    held = bytes(collecting.raw).decode("utf-8", "replace")
    words = [
        *CAST.values(),
        REQUEST["goal"],
        "Setuju",
        "rahasia",
        "RAHASIA",
        "198503092010031001",
        case,
        *sample.keys.values(),
    ]
    assert [word for word in words if word in held] == []
    assert not re.search(r"\d{16}", held), "a NIP has 18 digits"
    assert {said(span).get("http.response.status_code") for span in collecting.named("GET")} == {404}


def test_an_effect_that_the_server_runs_is_told_by_its_kind_and_what_became_of_it(
    collecting: Collector, sample: Sample, address: str
) -> None:
    with served(sample, address) as house:
        house.road("forward")
    with served(sample, address, traces=True, runner=True):
        effect = collecting.until("effect render")
    assert effect.kind == Span.SPAN_KIND_CONSUMER
    assert said(effect) == {"jenjang.effect.kind": "render", "jenjang.effect.outcome": "done"}
    assert any(span.parent_span_id == effect.span_id for span in collecting.spans)


@pytest.mark.parametrize(("peer", "continued"), [(PROXY, True), ("198.51.100.7", False)])
def test_a_trace_that_a_trusted_proxy_began_is_gone_on_with_and_no_strangers(
    peer: str, continued: bool, collecting: Collector, address: str
) -> None:
    app: Any = create_app(address, runner=False)
    serving = Serving(address, app.state.serving.clock, runner=False, traces=True)
    app.state = State({"serving": serving, "proxies": (ip_network(PROXY),)})

    async def ask() -> None:
        async with app.lifespan():
            through = httpx.ASGITransport(app, client=(peer, 4000))
            async with httpx.AsyncClient(transport=through, base_url="http://127.0.0.1:8000") as client:
                await client.get("/health", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})

    asyncio.run(ask())
    (request,) = collecting.named("GET /health")
    assert (request.trace_id.hex() == TRACE) is continued
    assert (request.parent_span_id.hex() == PARENT) is continued


def test_a_fault_is_told_by_its_kind_never_by_what_it_says(collecting: Collector) -> None:
    with traces(), pytest.raises(RuntimeError), spans.span("uji"):
        raise RuntimeError("Kirana Maheswari tidak ditemukan")
    (span,) = collecting.named("uji")
    assert said(span) == {"error.type": "RuntimeError"}
    assert span.status.code == Status.STATUS_CODE_ERROR
    assert not span.events
    assert b"Kirana" not in collecting.raw


@pytest.mark.usefixtures("collecting")
def test_what_a_unit_calls_for_belongs_to_its_trace_in_whichever_thread_it_runs(database: Database) -> None:
    async def run() -> tuple[str, str]:
        with spans.span("uji"):
            return spans.here(), await spans.traced(database).run(lambda _: spans.here())

    with traces():
        outside, inside = asyncio.run(run())
    assert outside.split("-")[1] == inside.split("-")[1]
    assert outside != inside


def test_nothing_is_noted_where_nobody_traces(database: Database) -> None:
    assert spans.traced(database) is database
    with spans.span("uji"):
        assert spans.here() == ""


WITHOUT_THE_EXTRA = """
import sys
sys.modules["opentelemetry"] = None
from api.command_line import main
main()
"""


@pytest.mark.parametrize("command", [("config",), ("serve", "--port", "0")])
def test_an_endpoint_without_the_packages_for_it_is_refused_in_words(command: tuple[str, ...], sqlite_url: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA, *command],
        cwd=ROOT,
        env={"JENJANG_DATABASE": sqlite_url, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert "OTEL_EXPORTER_OTLP_ENDPOINT diisi, tetapi paket" in result.stderr
    assert "make setup OTEL=1" in result.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "127.0.0.1:4318"}, "harus alamat http"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL=grpc tidak didukung",
        ),
    ],
)
def test_what_cannot_be_sent_to_is_refused(
    settings: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CannotRun, match=re.escape(says)):
        are_traces_sent()


def test_whoever_ends_does_not_wait_for_a_collector_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.telemetry.PATIENCE", 0.2)
    with silent(monkeypatch) as collecting:
        with traces(), spans.span("HTTP", "server"):
            pass
        assert collecting.is_asked.wait(PATIENCE), "what was left was sent"
        assert not collecting.gave_up.is_set(), "it was waited for"


@pytest.mark.parametrize(
    "settings", [{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}]
)
def test_traces_are_off_unless_an_endpoint_says_otherwise(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert not are_traces_sent()


def test_the_locks_say_what_the_extra_is_made_of() -> None:
    for lock in ("requirements-otel.lock", "requirements-dev.lock"):
        assert "opentelemetry-exporter-otlp-proto-http==" in (Path(ROOT) / lock).read_text("utf-8")
    assert "opentelemetry" not in (Path(ROOT) / "requirements.lock").read_text("utf-8")
