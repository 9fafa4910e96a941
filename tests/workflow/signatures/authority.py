"""A certificate authority of the tests' own on the loopback address: root, issuing CA, signers, timestamps, OCSP and lists."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import pem
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from werkzeug.serving import WSGIRequestHandler, make_server

SIGNERS = {
    "kabid": "Nining Utami Utomo",
    "sekda": "Bambang Wirawan",
    "lama": "Pensiunan Lama",
    "dicabut": "Dicabut Haknya",
}
PASSPHRASE = "rahasia Titin 7!"


@dataclass(frozen=True)
class Authority:
    """A running authority. ``address``: where it answers; ``root``: its own certificate, in PEM."""

    address: str
    architecture: PKIArchitecture
    folder: Path

    @property
    def root(self) -> Path:
        file = self.folder / "root.pem"
        file.write_bytes(pem.armor("CERTIFICATE", self.certificate("root").dump()))
        return file

    @property
    def stamps(self) -> str:
        return f"{self.address}/daerah/tsa/tsa"

    def certificate(self, name: str) -> Any:
        return self.architecture.get_cert(CertLabel(name))

    def key_file(self, name: str, folder: Path, passphrase: str = PASSPHRASE) -> Path:
        file = folder / f"{name}.p12"
        file.write_bytes(self.architecture.package_pkcs12(CertLabel(name), password=passphrase.encode()))
        return file


class _Quiet(WSGIRequestHandler):
    def log(self, *args: object, **named: object) -> None:
        """Nothing."""


@contextmanager
def serving(application: Callable[..., Any]) -> Iterator[str]:
    """Answers on a free port of the loopback address as long as the block lasts."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


@contextmanager
def authority(folder: Path, at: datetime) -> Iterator[Authority]:
    """An authority at work. ``at``: the instant it takes it to be."""
    found: list[Callable[..., Any]] = []

    def application(*asked: Any) -> Any:  # known only once its address is
        return found[0](*asked)

    with serving(application) as address:
        for name in ("root", "interm", "tsa", "ocsp", *SIGNERS):
            _key(folder / f"{name}.key.pem", name)
        architecture = CertomancerConfig(_config(address), key_search_dir=str(folder)).get_pki_arch(ArchLabel("daerah"))
        store = AnimatorArchStore({ArchLabel("daerah"): architecture})
        found.append(Animator(store, at_time=at, with_web_ui=False))
        yield Authority(address, architecture, folder)


def _key(file: Path, name: str) -> None:
    # One signer with RSA, as card makers still issue them.
    key = rsa.generate_private_key(65537, 2048) if name == "sekda" else ec.generate_private_key(ec.SECP256R1())
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _usage(*names: str) -> dict[str, Any]:
    return {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": list(names)}}


def _config(address: str) -> dict[str, Any]:
    years = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": "2040-01-01T00:00:00+0000"}
    ca = {"id": "basic_constraints", "critical": True, "value": {"ca": True}}
    revocation = [
        {
            "id": "crl_distribution_points",
            "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["interm"]}},
        },
        {
            "id": "authority_information_access",
            "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": ["interm"]}},
        },
    ]
    signer = {
        "issuer": "interm",
        "validity": years,
        "extensions": [_usage("digital_signature", "non_repudiation"), *revocation],
    }
    past = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": "2021-01-01T00:00:00+0000"}
    certificates: dict[str, Any] = {
        "root": {
            "subject": "root",
            "subject-key": "root",
            "issuer": "root",
            "authority-key": "root",
            "validity": years,
            "extensions": [ca, _usage("key_cert_sign", "crl_sign")],
        },
        "interm": {"issuer": "root", "validity": years, "extensions": [ca, _usage("key_cert_sign", "crl_sign")]},
        "tsa": {
            "issuer": "root",
            "validity": years,
            "extensions": [
                _usage("digital_signature"),
                {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
            ],
        },
        "ocsp": {
            "issuer": "interm",
            "validity": years,
            "extensions": [
                _usage("digital_signature"),
                {"id": "extended_key_usage", "critical": True, "value": ["ocsp_signing"]},
                {"id": "ocsp_no_check"},
            ],
        },
        "kabid": signer,
        "sekda": signer,
        "lama": {**signer, "validity": past},
        "dicabut": {**signer, "revocation": {"revoked-since": "2022-01-01T00:00:00+0000", "reason": "key_compromise"}},
    }
    names = {"root": "Akar Uji", "interm": "Penerbit Uji", "tsa": "Cap Waktu Uji", "ocsp": "Status Uji", **SIGNERS}
    return {
        "external-url-prefix": address,
        "keysets": {"daerah": {"keys": {name: {"path": f"{name}.key.pem"} for name in names}}},
        "pki-architectures": {
            "daerah": {
                "keyset": "daerah",
                "entity-defaults": {"country-name": "ID", "organization-name": "Kabupaten Kemuning"},
                "entities": {name: {"common-name": said} for name, said in names.items()},
                "certs": certificates,
                "services": {
                    "ocsp": {"interm": {"for-issuer": "interm", "responder-cert": "ocsp", "signing-key": "ocsp"}},
                    "crl-repo": {
                        "interm": {
                            "for-issuer": "interm",
                            "signing-key": "interm",
                            "simulated-update-schedule": "P90D",
                        },
                    },
                    "time-stamping": {"tsa": {"signing-key": "tsa", "signing-cert": "tsa"}},
                },
            }
        },
    }
