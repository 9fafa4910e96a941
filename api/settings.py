"""What the environment says: which database, whose policies, which mail. Commands and server read it here, so that they agree.

What there is to be set, and what of it cannot be used, is listed in ``api.configuration``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from math import isfinite
from pathlib import Path
from typing import Final, TypeAlias

from api.clock import Clock, DemoClock, SystemClock
from api.commands.errors import CannotRun
from api.identity_provider import Provider, is_encrypted
from workflow.accounts.identity import CLAIMS
from workflow.backlog import HEARTBEAT
from workflow.mail.post import Post
from workflow.mail.settings import sender_of, transport_of
from workflow.registry import Registry

#: Where the database lies unless JENJANG_DATABASE says otherwise: a file in the folder in which the command is given.
DEFAULT_DATABASE = "sqlite:///jenjang.db"
_MOST_WORKERS = 16
_FASTEST, _SLOWEST = 1.0, 300.0
#: A backup of each night, and half a day to notice that one is missing.
_BACKUP_HOURS = "36"
_MOST_HOURS = 8760
Networks: TypeAlias = tuple[IPv4Network | IPv6Network, ...]
#: A name as it stands in an address.
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def database_address() -> str:
    """The SQLAlchemy address of the database."""
    return os.environ.get("JENJANG_DATABASE") or DEFAULT_DATABASE


def clock() -> Clock:
    """The machine's own clock; in the demo one that starts at JENJANG_DEMO_CLOCK, an instant with its zone. Raises CannotRun."""
    set_to, file = os.environ.get("JENJANG_DEMO_CLOCK"), os.environ.get("JENJANG_DEMO_CLOCK_FILE")
    if not set_to:
        return SystemClock()
    secret = os.environ.get("JENJANG_DEMO_SECRET")
    try:
        at = datetime.fromisoformat(set_to)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not secret:
        raise CannotRun(
            f"JENJANG_DEMO_CLOCK={set_to} harus waktu dengan zonanya, misalnya 2026-03-02T09:00:00+07:00, dan memerlukan "
            "JENJANG_DEMO_SECRET."
        )
    return DemoClock(at, secret, Path(file) if file else None)


def works_itself() -> bool:
    """Whether the server does the work behind it too, rather than workers beside it (JENJANG_WORKER=apart). Raises CannotRun."""
    named = os.environ.get("JENJANG_WORKER") or "here"
    if named not in ("here", "apart"):
        raise CannotRun(
            f"JENJANG_WORKER={named} tidak dikenal: isi dengan here (server mengerjakan sendiri tindak lanjutnya) atau apart "
            "(dikerjakan oleh jenjang worker)."
        )
    if named == "apart" and database_address().startswith("sqlite"):
        raise CannotRun(
            "JENJANG_WORKER=apart hanya untuk PostgreSQL: dengan SQLite server mengerjakan sendiri tindak lanjutnya."
        )
    return named == "here"


def policies_folder() -> Path | None:
    """The agency's own policies, laid over the shipped ones; None where there are none."""
    named = os.environ.get("JENJANG_POLICIES")
    return Path(named) if named else None


def letter_workers() -> int:
    """How many processes of the server make letters, 1 unless it is set; each takes a processor while it does. Raises CannotRun."""
    named = os.environ.get("JENJANG_LETTER_WORKERS") or "1"
    if not named.isdecimal() or not 1 <= int(named) <= _MOST_WORKERS:
        raise CannotRun(
            f"JENJANG_LETTER_WORKERS={named} tidak dikenal: isi dengan banyaknya proses pembuat surat, 1 sampai "
            f"{_MOST_WORKERS}."
        )
    return int(named)


def trusted_proxies() -> Networks:
    """The proxies that are believed when they say whom they ask for; none unless it is set. Raises CannotRun."""
    return _networks("JENJANG_PROXIES", "alamat proksi di depan server ini")


def metrics_networks() -> Networks:
    """Who may read figures besides this machine itself; nobody unless it is set. Raises CannotRun."""
    return _networks("JENJANG_METRICS", "alamat sistem pemantau yang membaca /metrics")


def webhook_networks() -> Networks:
    """Which addresses within the agency's own network webhooks may go to; none unless it is set. Raises CannotRun."""
    return _networks("JENJANG_WEBHOOK_NETWORKS", "jaringan dalam yang boleh dikirimi webhook")


def _networks(variable: str, meaning: str) -> Networks:
    found = []
    for named in (os.environ.get(variable) or "").replace(",", " ").split():
        try:
            network = ip_network(named)
        except ValueError:
            network = None
        if network is None or not network.prefixlen:  # everybody is nobody in particular
            raise CannotRun(
                f"{variable}: {named} bukan alamat atau jaringan yang dapat dipercaya. Isi dengan {meaning}, dipisah koma, "
                "misalnya 10.0.0.5 atau 10.0.0.0/24."
            )
        found.append(network)
    return tuple(found)


def logs_as_json() -> bool:
    """Whether logs are lines of JSON, with one for each request and job (JENJANG_LOG=json). Raises CannotRun."""
    named = os.environ.get("JENJANG_LOG") or "plain"
    if named not in ("plain", "json"):
        raise CannotRun(
            f"JENJANG_LOG={named} tidak dikenal: isi dengan plain (teks) atau json (satu baris JSON tiap kejadian)."
        )
    return named == "json"


def heartbeat() -> float:
    """Seconds between two heartbeats of a worker (JENJANG_HEARTBEAT). Raises CannotRun."""
    named = os.environ.get("JENJANG_HEARTBEAT") or f"{HEARTBEAT:g}"
    found = _number(named)
    if found is None or not _FASTEST <= found <= _SLOWEST:
        raise CannotRun(
            f"JENJANG_HEARTBEAT={named} tidak dikenal: isi dengan jarak antartanda hidup worker dalam detik, {_FASTEST:g} sampai "
            f"{_SLOWEST:g}, misalnya 10."
        )
    return found


def backup_within() -> timedelta | None:
    """How old the last backup may be (JENJANG_BACKUP_HOURS); None where nobody asks (0). Raises CannotRun."""
    named = os.environ.get("JENJANG_BACKUP_HOURS") or _BACKUP_HOURS
    found = _number(named)
    if found is None or not 0 <= found <= _MOST_HOURS:
        raise CannotRun(
            f"JENJANG_BACKUP_HOURS={named} tidak dikenal: isi dengan umur cadangan paling lama dalam jam, misalnya 36, atau 0 bila "
            "cadangan tidak dibuat dengan jenjang backup."
        )
    return timedelta(hours=found) if found else None


def is_backup_required() -> bool:
    """Whether a server without a backup of late is not ready (JENJANG_BACKUP_REQUIRED=1). Raises CannotRun."""
    named = os.environ.get("JENJANG_BACKUP_REQUIRED") or "0"
    if named not in ("0", "1"):
        raise CannotRun(
            f"JENJANG_BACKUP_REQUIRED={named} tidak dikenal: isi dengan 1 (server belum siap bila cadangannya terlalu lama) atau 0 "
            "(hanya diperingatkan)."
        )
    return named == "1"


def _number(named: str) -> float | None:
    try:
        found = float(named)
    except ValueError:
        return None
    return found if isfinite(found) else None


def are_traces_sent() -> bool:
    """Whether traces are sent (OTEL_EXPORTER_OTLP_ENDPOINT), by the standard variables of OpenTelemetry. Raises CannotRun."""
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    named = next((name for name in _ENDPOINTS if os.environ.get(name)), None)
    if named is None or is_off:
        return False
    if not os.environ[named].startswith(("http://", "https://")):
        raise CannotRun(f"{named} harus alamat http atau https, misalnya http://127.0.0.1:4318.")
    protocol = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    if protocol not in (None, "", "http/protobuf"):
        raise CannotRun(
            f"OTEL_EXPORTER_OTLP_PROTOCOL={protocol} tidak didukung: isi dengan http/protobuf, atau kosongkan."
        )
    if not _is_installed("opentelemetry.exporter.otlp.proto.http"):
        raise CannotRun(
            f"{named} diisi, tetapi paket untuk mengirim jejak (OpenTelemetry) belum dipasang. Pasang dengan "
            f"make setup OTEL=1, atau kosongkan {named}."
        )
    return True


#: Where traces go: of everything that OpenTelemetry sends, or of traces alone.
_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def named_hosts() -> tuple[str, ...]:
    """Names by which the service is asked besides the agency's own and this machine's; none unless set. Raises CannotRun."""
    found = []
    for named in (os.environ.get("JENJANG_HOSTS") or "").replace(",", " ").split():
        if not _HOST.fullmatch(named):
            raise CannotRun(
                f"JENJANG_HOSTS: {named} bukan nama host. Isi dengan nama saja, dipisah koma, tanpa https:// dan tanpa port, "
                "misalnya jenjang.kemuning.example."
            )
        found.append(named.lower())
    return tuple(found)


def identity_provider() -> Provider | None:
    """The agency's identity provider; None unless it is set. Raises CannotRun, which names all that is wrong with it."""
    issuer = os.environ.get("JENJANG_OIDC_ISSUER")
    if not issuer:
        return None
    if faults := list(_faults_of_provider(issuer)):
        raise CannotRun("\n".join(faults))
    secret = os.environ.get("JENJANG_OIDC_SECRET_FILE")
    name = os.environ.get("JENJANG_OIDC_NAME") or "instansi"
    client_id, claim = os.environ["JENJANG_OIDC_CLIENT"], os.environ.get("JENJANG_OIDC_CLAIM") or CLAIMS[0]
    return Provider(issuer, client_id, Path(secret) if secret else None, name, claim)


def _faults_of_provider(issuer: str) -> Iterator[str]:
    secret, claim = os.environ.get("JENJANG_OIDC_SECRET_FILE"), os.environ.get("JENJANG_OIDC_CLAIM") or CLAIMS[0]
    if not os.environ.get("JENJANG_OIDC_CLIENT"):
        yield "JENJANG_OIDC_CLIENT belum diisi: sebutkan nama Jenjang pada penyedia identitas."
    if claim not in CLAIMS:
        yield f"JENJANG_OIDC_CLAIM={claim} tidak dikenal: isi dengan {' atau '.join(CLAIMS)}."
    if not is_encrypted(issuer):
        yield f"JENJANG_OIDC_ISSUER: {issuer} harus alamat https."
    if secret and not Path(secret).is_file():
        yield f"JENJANG_OIDC_SECRET_FILE: berkas {secret} tidak ada."


def mail_address() -> str:
    """The way out for mail: a folder, ``smtp://…`` or ``off``. Unless it is set a folder beside the database's file."""
    if named := os.environ.get("JENJANG_MAIL"):
        return named
    kind, _, file = database_address().partition(":///")
    beside = Path(file) if kind.startswith("sqlite") and file not in ("", ":memory:") else Path("jenjang.db")
    return str(beside.with_name(f"{beside.stem}-surel"))


def post(registry: Registry) -> Post | None:
    """The mail that is set; None where it is off. Raises MailSetting."""
    secret, sender = os.environ.get("JENJANG_MAIL_PASSWORD_FILE"), os.environ.get("JENJANG_MAIL_FROM")
    transport = transport_of(mail_address(), Path(secret) if secret else None)
    return Post(transport, registry, sender_of(sender) if sender else "") if transport is not None else None
