"""Whether what signs letters here works, as far as that can be told without anybody's secret."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from workflow.signatures.certificates import told
from workflow.signatures.local import certificate
from workflow.signatures.settings import Settings
from workflow.signatures.signer import SigningFailed
from workflow.signatures.wire import NoAnswer, ask

_TITLES = {
    "local": "kunci uji Jenjang: surat memuat tulisan UJI dan bukan surat dinas yang sah",
    "pkcs12": "berkas kunci (PKCS#12) tiap penanda tangan",
    "pkcs11": "perangkat kunci (PKCS#11)",
    "esign": "layanan tanda tangan elektronik",
}


class Examined(NamedTuple):
    """What signs, more of it line by line, and what does not work."""

    title: str
    lines: list[str]
    faults: list[str]


def examined(settings: Settings, at: datetime) -> Examined:
    """Look at what signs. Asks the services that are named, and makes the local key where there is none yet."""
    lines, faults = _of_kind(settings)
    stamping = settings.stamping
    if stamping.address:
        fault = _unreachable(stamping.address, stamping.timeout, settings)
        lines.append(f"Cap waktu: {stamping.address}")
        if fault:
            faults.append(f"Layanan cap waktu {stamping.address} {fault}; surat ditandatangani tanpa cap waktu.")
    for file in stamping.roots:
        try:
            said = told(file.read_text(encoding="ascii"), is_test=False)
        except (OSError, ValueError):
            faults.append(f"Sertifikat akar {file} tidak dapat dibaca sebagai PEM.")
            continue
        lines.append(f"Dipercaya: {said.subject}, sampai {said.ends_at:%d-%m-%Y}")
        if said.ends_at < at:
            faults.append(f"Sertifikat akar {said.subject} sudah berakhir; pasang yang baru pada [trust] roots.")
    return Examined(_TITLES[settings.kind], lines, faults)


def _of_kind(settings: Settings) -> tuple[list[str], list[str]]:
    if settings.kind == "pkcs12":
        count = len(list(settings.folder.glob("*.p12")))
        return [f"Folder {settings.folder}: {count} berkas kunci"], []
    if settings.kind == "pkcs11":
        return [f"Perangkat {settings.token}, pustaka {settings.module}"], []
    if settings.kind == "esign":
        fault = _unreachable(settings.address, settings.timeout, settings)
        says = f"Layanan {settings.address} {fault}; surat menunggu dengan nomornya sampai layanan menjawab."
        return [f"Layanan {settings.address} (bentuk v{settings.version})"], [says] if fault else []
    try:
        return [f"Kunci di {settings.keys}: {told(certificate(settings.keys), is_test=True).subject}"], []
    except SigningFailed as failed:
        return [], [failed.says]


def _unreachable(address: str, timeout: float, settings: Settings) -> str:
    try:
        ask(
            "GET",
            address,
            None,
            {},
            timeout=min(timeout, 5.0),
            authority=settings.authority or settings.stamping.authority,
        )
    except NoAnswer:
        return "tidak menjawab"
    return ""
