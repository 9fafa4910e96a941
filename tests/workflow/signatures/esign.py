"""A small signing service of the eSign kind on the loopback address, with both shapes of request, and its errors."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from werkzeug.wrappers import Request, Response

from tests.workflow.signatures.authority import PASSPHRASE

ACCOUNT = "3374000000000017"
USER, PASSWORD = "jenjang", "sandi-instansi-9"


@dataclass
class ESign:
    """What answers, and what was asked of it. ``spoil``: what it does to a signed file before it hands that out."""

    key_file: Path
    spoil: Callable[[bytes, bytes], bytes] = lambda _sent, made: made
    #: Answers by an identifier, to be fetched, as older installations do.
    by_id: bool = False
    #: Answers with this status and nothing else.
    status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with Request(environ) as request:
            return self._answer(request)(environ, start)

    def _answer(self, request: Request) -> Response:
        given = request.authorization
        if given is None or (given.username, given.password) != (USER, PASSWORD):
            return Response("Unauthorized", 401)
        if self.status != 200:
            request.get_data()
            return Response("", self.status)
        if request.path.startswith("/api/sign/download/"):
            return Response(self.kept[request.path.rpartition("/")[2]], mimetype="application/pdf")
        return {"/api/sign/pdf": self._first, "/api/v2/sign/pdf": self._second}[request.path](request)

    def _first(self, request: Request) -> Response:
        self.asked.append(dict(request.form))
        refusal = _refusal(request.form["nik"], request.form["passphrase"])
        if refusal is not None:
            return refusal
        made = self._signed(request.files["file"].read())
        self.kept["abc123"] = made
        if self.by_id:
            return Response(json.dumps({"status": "SUCCESS", "id_dokumen": "abc123"}), mimetype="application/json")
        return Response(made, mimetype="application/pdf", headers={"id_dokumen": "abc123"})

    def _second(self, request: Request) -> Response:
        asked = json.loads(request.get_data())
        self.asked.append({name: value for name, value in asked.items() if name != "file"})
        refusal = _refusal(asked["nik"], asked["passphrase"])
        if refusal is not None:
            return refusal
        (content,) = asked["file"]
        made = base64.b64encode(self._signed(base64.b64decode(content))).decode()
        return Response(json.dumps({"time": 3, "file": [made]}), mimetype="application/json")

    def _signed(self, content: bytes) -> bytes:

        signer = SimpleSigner.load_pkcs12(self.key_file, passphrase=PASSPHRASE.encode())
        writer = IncrementalPdfFileWriter(BytesIO(content))
        count = sum(1 for _ in writer.prev.embedded_signatures)
        metadata = PdfSignatureMetadata(
            field_name=f"esign-{count + 1}", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        output = BytesIO()
        PdfSigner(metadata, signer=signer).sign_pdf(writer, output=output)
        return self.spoil(content, output.getvalue())


def _refusal(account: str, passphrase: str) -> Response | None:
    if account != ACCOUNT:
        told = {"status": "error", "error": f"User {account} tidak terdaftar", "status_code": 2011}
    elif passphrase != PASSPHRASE:
        told = {"status": "error", "error": f"Passphrase {passphrase} salah", "status_code": 2031}
    else:
        return None
    return Response(json.dumps(told), 400, mimetype="application/json")
