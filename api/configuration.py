"""All that can be set, in one place: what each setting means, where its value comes from, and what is wrong with it.

``jenjang config`` prints it; ``jenjang serve`` and ``jenjang worker`` refuse to start with what it finds wrong.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from api import settings
from api.commands.errors import CannotRun
from policies.files import PolicyError
from policies.parameters import Policies
from workflow.database import Database
from workflow.errors import Problem
from workflow.keyring import keys_folder
from workflow.mail.settings import sender_of, transport_of
from workflow.signatures.settings import how_signed

#: What all of ours are called.
PREFIX: Final = "JENJANG_"


def _nothing() -> None:
    """Any text will do."""


@dataclass(frozen=True)
class Setting:
    """One variable of the environment. ``otherwise``: its value where nobody says; ``check`` raises what is wrong with it.

    ``shown``: its value as it may be seen. ``is_secret``: of its value only whether there is one.
    """

    name: str
    says: str
    otherwise: Callable[[], str] | str = ""
    check: Callable[[], object] = _nothing
    shown: Callable[[], str] | None = None
    is_secret: bool = False

    @property
    def is_set(self) -> bool:
        """Whether the environment says it; what is empty is not said."""
        return bool(os.environ.get(self.name))

    @property
    def value(self) -> str:
        """What holds, fit to be shown."""
        if self.is_secret:
            return "diisi" if self.is_set else "kosong"
        if self.shown is not None:
            return self.shown()
        return os.environ.get(self.name) or (self.otherwise if isinstance(self.otherwise, str) else self.otherwise())

    @property
    def source(self) -> str:
        """Where the value comes from."""
        return "lingkungan" if self.is_set else "bawaan"


def _address_shown() -> str:
    try:
        return _opened()
    except Problem:
        return "tidak terbaca"


def _opened() -> str:
    """The address without its password; nothing is connected to. Raises DatabaseUnavailable."""
    database = Database.open(settings.database_address())
    try:
        return database.address
    finally:
        database.close()


def _file(variable: str) -> Callable[[], None]:
    def check() -> None:
        named = os.environ.get(variable)
        if named and not Path(named).is_file():
            raise CannotRun(f"{variable}: berkas {named} tidak ada.")
        if named and not os.access(named, os.R_OK):
            raise CannotRun(f"{variable}: berkas {named} tidak dapat dibaca. Periksa hak aksesnya.")

    return check


def _keys() -> None:
    folder = Path(_keys_shown())
    if folder.exists() and not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        raise CannotRun(f"JENJANG_KEYS: {folder} bukan folder yang dapat dibaca. Periksa letak dan hak aksesnya.")


def _keys_shown() -> str:
    try:
        return str(keys_folder(settings.database_address()))
    except ValueError:  # said of the address itself
        return "keys"


def _policies() -> None:
    folder = settings.policies_folder()
    if folder is not None and not folder.is_dir():
        raise CannotRun(f"JENJANG_POLICIES: folder {folder} tidak ada.")
    Policies.load(folder)


def _mail() -> None:
    named = os.environ.get("JENJANG_MAIL_PASSWORD_FILE")
    transport_of(settings.mail_address(), Path(named) if named else None)


def _sender() -> None:
    if named := os.environ.get("JENJANG_MAIL_FROM"):
        sender_of(named)


#: Every setting, in the order in which they are told.
SETTINGS: Final = (
    Setting(
        "JENJANG_DATABASE",
        "Basis data: alamat SQLAlchemy, sqlite:///berkas atau postgresql+psycopg://…",
        settings.DEFAULT_DATABASE,
        _opened,
        _address_shown,
    ),
    Setting("JENJANG_POLICIES", "Folder berkas TOML berisi ketentuan instansi sendiri", check=_policies),
    Setting("JENJANG_KEYS", "Folder kunci rahasia, sama bagi semua server dan worker", _keys_shown, _keys),
    Setting("JENJANG_SIGNING", "Berkas TOML: dengan apa surat ditandatangani", check=how_signed),
    Setting("JENJANG_MAIL", "Jalan keluar surel: folder, smtp://…, atau off", settings.mail_address, _mail),
    Setting(
        "JENJANG_MAIL_PASSWORD_FILE",
        "Berkas berisi kata sandi surel",
        check=_file("JENJANG_MAIL_PASSWORD_FILE"),
    ),
    Setting("JENJANG_MAIL_FROM", "Alamat pengirim surel", "dari profil instansi", _sender),
    Setting("JENJANG_LETTER_WORKERS", "Banyaknya proses pembuat PDF surat", "1", settings.letter_workers),
    Setting("JENJANG_WORKER", "Yang mengerjakan tindak lanjut: here atau apart", "here", settings.works_itself),
    Setting(
        "JENJANG_HEARTBEAT", "Jarak antartanda hidup worker, dalam detik, sama bagi server", "10", settings.heartbeat
    ),
    Setting(
        "JENJANG_BACKUP_HOURS",
        "Umur cadangan terakhir, dalam jam, sebelum /ready memperingatkan; 0 tidak",
        "36",
        settings.backup_within,
    ),
    Setting(
        "JENJANG_BACKUP_REQUIRED",
        "1: belum siap bila cadangan terakhir terlalu lama; 0: diperingatkan",
        "0",
        settings.is_backup_required,
    ),
    Setting("JENJANG_HOSTS", "Nama host lain yang dilayani", check=settings.named_hosts),
    Setting("JENJANG_PROXIES", "Proksi yang dipercaya menyebut penanya", check=settings.trusted_proxies),
    Setting("JENJANG_OIDC_ISSUER", "Penyedia identitas instansi, alamat https", check=settings.identity_provider),
    Setting("JENJANG_OIDC_CLIENT", "Nama Jenjang pada penyedia identitas"),
    Setting("JENJANG_OIDC_SECRET_FILE", "Berkas berisi rahasia klien pada penyedia identitas"),
    Setting("JENJANG_OIDC_CLAIM", "Pengenal pegawai dari penyedia identitas: nip atau email", "nip"),
    Setting("JENJANG_OIDC_NAME", "Sebutan penyedia identitas pada tombol masuk", "instansi"),
    Setting("JENJANG_LOG", "Bentuk log: plain atau json", "plain", settings.logs_as_json),
    Setting(
        "JENJANG_METRICS", "Jaringan yang boleh membaca /metrics selain mesin ini", check=settings.metrics_networks
    ),
    Setting("JENJANG_WEBHOOK_NETWORKS", "Jaringan dalam yang boleh dikirimi webhook", check=settings.webhook_networks),
    Setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "Penerima jejak OpenTelemetry (OTLP lewat HTTP)",
        check=settings.are_traces_sent,
    ),
    Setting("JENJANG_DEBUG", "1 menampilkan rincian kesalahan perintah bagi pengembang"),
    Setting("JENJANG_DEMO_CLOCK", "Hanya peragaan: waktu mulainya, dengan zona", check=settings.clock),
    Setting("JENJANG_DEMO_CLOCK_FILE", "Hanya peragaan: berkas penunjuk waktunya"),
    Setting("JENJANG_DEMO_SECRET", "Hanya peragaan: rahasia untuk memajukan waktunya", is_secret=True),
    Setting("JENJANG_DEMO_PEOPLE", "Hanya peragaan: berkas pemerannya"),
)


def faults() -> list[str]:
    """Everything that is wrong with what is set, each named with its way out."""
    found: list[str] = []
    for setting in SETTINGS:
        try:
            setting.check()
        except Problem as problem:
            found.append(problem.says)
        except (CannotRun, PolicyError) as error:
            found.extend(str(error).splitlines() if isinstance(error, CannotRun) else [str(error)])
    return list(dict.fromkeys(found))


def unknown() -> Iterator[str]:
    """What is called like ours and is none, with the name that comes nearest.

    It is said and stops no start: a new version's settings must not keep an older one from being put back.
    """
    known = [setting.name for setting in SETTINGS]
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            nearest = get_close_matches(name, known, 1)
            meant = f" Mungkin maksudnya {nearest[0]}." if nearest else ""
            yield f"{name} tidak dikenal.{meant}"


def require_sound() -> None:
    """Raises CannotRun that names every fault."""
    if found := faults():
        raise CannotRun("\n".join(found))
