"""The description of the API (OpenAPI 3.1): made from the routes, with what they cannot say themselves added here."""

from __future__ import annotations

import copy
from typing import Any

from litestar.connection import Request
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme, Server, Tag
from litestar.router import Router
from litestar.types import ControllerRouterHandler

from api import wording
from api.problems import MEDIA_TYPE, ProblemDocument
from workflow.filing import ENDINGS
from workflow.views.step_schemas import attestation_components

VERSION = "1"

DESCRIPTION = """\
Jenjang menjalankan proses kepegawaian (sekarang: magang antarinstansi) dari permohonan sampai surat.

**Kunci.** Setiap permintaan ke `/api` membawa `Authorization: Bearer jj_…`. Kunci bercakupan `read` (membaca), `act` (bertindak),
`letters` (mengambil dan menandatangani surat) dan `import` (mengimpor data; tercakup juga dalam `act`).

**Mengubah berkas.** Bacalah berkas, ambil `ETag`-nya, lalu kirim tindakan dengan `If-Match: "<versi>"` dan `Idempotency-Key`
yang baru. Bila jawaban tidak sampai, ulangi dengan kunci yang sama: perbuatan itu tidak terjadi dua kali.

**Rombongan** diubah dengan cara yang sama, menurut `ETag` rombongannya: yang memenuhi syarat berjalan, yang lain disebut beserta
alasannya. Jawaban yang datang di atas kertas dicatat oleh yang berwenang dengan `recorded`, setelah pindaiannya diunggah.

**Penolakan** berupa dokumen masalah (RFC 9457, `application/problem+json`) dengan setiap alasan dan dasar hukumnya.

**Daftar** dibaca per halaman: kirim nilai `next` sebagai `after`. Uang dalam rupiah bulat, lama dalam jam,
waktu ISO 8601 dengan zona.
"""

TAGS = [
    Tag(name="Saya", description="Pemegang kunci dan tugasnya"),
    Tag(name="Akun", description="Pegawai, akun, kelompok, dan kunci API"),
    Tag(name="Webhook", description="Sistem lain yang diberi tahu begitu sesuatu terjadi, menurut Standard Webhooks"),
    Tag(name="Impor", description="Data dari aplikasi lain: dicoba dahulu, lalu diterapkan"),
    Tag(name="Mitra", description="Mitra, kerja sama, narahubung, dan tempat magang"),
    Tag(name="Proses", description="Proses yang tersedia beserta status, tahap dan formulirnya"),
    Tag(name="Berkas", description="Permohonan dan perjalanannya"),
    Tag(name="Tindakan", description="Yang dapat dilakukan terhadap berkas"),
    Tag(name="Rombongan", description="Berkas yang diajukan bersama; masing-masing tetap satu berkas"),
    Tag(name="Pelimpahan", description="Wewenang yang dilimpahkan untuk sementara: Plt., Plh., Pj., delegasi, mandat"),
    Tag(name="Kepegawaian unit", description="Bagi pengelola kepegawaian: berkas unit, siapa yang ditunggu, pengingat"),
    Tag(name="Program", description="Angka program, tindak lanjut yang gagal, dan jejak peristiwa"),
    Tag(name="Putaran", description="Putaran yang memasangkan mentor dan mentee"),
    Tag(
        name="Penghargaan",
        description="Calon, yang dapat dicapai, pemerataan, daftar nominatif, dan riwayat penghargaan",
    ),
    Tag(name="Jam pelajaran", description="Buku JP: jam yang diakui tiap pegawai dalam setahun, beserta asalnya"),
    Tag(name="Anggaran", description="Sisa anggaran, janji di atasnya, dan pencocokan dengan kas daerah"),
    Tag(name="Lampiran", description="Berkas digital yang dilampirkan pada formulir"),
    Tag(name="Surat", description="Naskah dinas yang terbit dari berkas"),
    Tag(name="Pengawasan", description="Bagi auditor selama penugasannya; setiap yang dilihatnya dicatat"),
    Tag(name="Laporan", description="Angka bagi kepala daerah, masing-masing dengan berkas di baliknya"),
    Tag(name="Sistem", description="Keadaan layanan"),
]

_SAYS = {
    400: "Permintaan tidak dapat dibaca",
    401: "Kunci API tidak ada, tidak dikenal, dicabut, atau sudah berakhir",
    403: "Bukan kewenangan pemegang kunci, atau di luar cakupan kuncinya",
    404: "Tidak ada, atau bukan untuk dilihat pemegang kunci",
    409: "Tidak sesuai dengan keadaan sekarang: status atau versi berkas sudah lain",
    413: "Kiriman terlalu besar",
    415: "Jenis kiriman tidak diterima",
    422: "Isian belum benar, syarat belum terpenuhi, atau peringatan belum diakui",
    428: "If-Match belum disertakan",
    429: "Terlalu sering bertanya dalam satu menit",
    503: "Basis data sibuk atau layanan belum siap; Retry-After menyebut kapan mencoba lagi",
    507: "Ruang penyimpanan penuh; tidak ada yang tersimpan",
}

#: Headers that a route asks for itself, so that their absence is told as a problem of its own; to a client they are required.
_REQUIRED_HEADERS = {
    "if-match": {"type": "string", "pattern": r'^(W/)?"[0-9]{1,9}"$'},
    "idempotency-key": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}


def needs(scope: str) -> list[dict[str, list[str]]]:
    """The key that an operation needs, and its scope."""
    return [{"key": [scope]}]


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The problem documents that a route may answer with, besides those of every route."""
    return {
        status: ResponseSpec(
            data_container=ProblemDocument, description=_SAYS[status], media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in sorted({400, 401, 403, 503, *statuses})
    }


class OpenApiJson(JsonRenderPlugin):
    """Sends the description, completed."""

    def __init__(self) -> None:
        super().__init__(path="/openapi.json")
        self._completed: dict[str, Any] | None = None

    def completed(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The description as it is sent; made once."""
        if self._completed is None:
            self._completed = complete(schema)
        return self._completed

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, self.completed(openapi_schema))


class DocumentRouter(Router):
    """Takes the description alone: Litestar would add, for every other address below it, an error page in HTML."""

    def register(self, value: ControllerRouterHandler) -> list[Any]:
        return super().register(value) if "/openapi.json" in getattr(value, "paths", ()) else []


def configuration() -> OpenAPIConfig:
    """Litestar's settings for the description."""
    return OpenAPIConfig(
        title="Jenjang",
        version=VERSION,
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        tags=TAGS,
        servers=[Server(url="/")],
        components=Components(
            security_schemes={
                "key": SecurityScheme(
                    type="http", scheme="bearer", bearer_format="jj_…", description="Kunci API pemegangnya"
                )
            }
        ),
        render_plugins=[OpenApiJson()],
        openapi_router=DocumentRouter("/schema", route_handlers=[], include_in_schema=False),
    )


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """The description with what the routes cannot say: addresses, bytes, required headers, what is attested, wording, examples."""
    whole: dict[str, Any] = _with_plain_items(copy.deepcopy(schema))
    # Litestar has no parameter that ends within a segment.
    whole["paths"] = {path.replace("{letter_id}/pdf", "{letter_id}.pdf"): item for path, item in whole["paths"].items()}
    for item in whole["paths"].values():
        for operation in item.values():
            _complete_operation(operation)
    whole["components"]["schemas"] |= attestation_components()
    for name, component in whole["components"]["schemas"].items():
        if name in wording.SCHEMAS:
            component["description"] = wording.SCHEMAS[name]
        for field, described in component.get("properties", {}).items():
            if f"{name}.{field}" in wording.FIELDS:
                _describe(component["properties"], field, described, wording.FIELDS[f"{name}.{field}"])
    for form in ("FileForm", "CohortForm", "ImportForm", "RoundAnswerForm"):
        whole["components"]["schemas"][form]["properties"]["file"] = _BINARY
    return whole


_BINARY = {"type": "string", "format": "binary"}


def _with_plain_items(schema: Any) -> Any:
    """Of a bounded tuple of any length Litestar says that its items are one of two: what they are, and anything."""
    match schema:
        case {"oneOf": [items, {**anything}], **rest} if not anything and not rest:
            return _with_plain_items(items)
        case dict():
            return {name: _with_plain_items(value) for name, value in schema.items()}
        case list():
            return [_with_plain_items(value) for value in schema]
    return schema


def _describe(properties: dict[str, Any], field: str, described: dict[str, Any], says: str) -> None:
    # A reference stands alone where a reader of OpenAPI 3.0 meets it, so the words go around it.
    properties[field] = (
        {"allOf": [described], "description": says} if "$ref" in described else {**described, "description": says}
    )


def _complete_operation(operation: dict[str, Any]) -> None:
    parameters = operation.get("parameters", [])
    for parameter in parameters:
        if parameter["name"].lower() in _REQUIRED_HEADERS:
            parameter["required"] = True
            parameter["schema"] = _REQUIRED_HEADERS[parameter["name"].lower()]
    for status, response in operation["responses"].items():
        response["description"] = _DONE.get(status, response["description"])
        if status == "200" and operation["operationId"] in _BYTES:
            response["content"] = {kind: {"schema": _BINARY} for kind in _BYTES[operation["operationId"]]}
        if status in ("200", "201") and operation["operationId"] in _WITH_ETAG:
            response["headers"] = {**response.get("headers", {}), **_ETAG}
    if not parameters and "requestBody" not in operation:
        operation["responses"].pop("400", None)
    if not operation.get("security"):
        operation["responses"] = {s: r for s, r in operation["responses"].items() if s not in ("400", "401", "403")}
    example = wording.EXAMPLES.get(operation["operationId"])
    if example is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = example


_DONE = {"200": "Berhasil", "201": "Dibuat"}
_SHEET = next(kind for kind, ending in ENDINGS.items() if ending == ".xlsx")
_BYTES = {
    "getLetterPdf": ("application/pdf",),
    "getFile": tuple(ENDINGS),
    "getArchive": ("application/zip",),
    **dict.fromkeys(("getRunningReportSheet", "getReportSheet", "getProposalSheet"), (_SHEET,)),
}
_WITH_ETAG = (
    *("openCase", "getCase", "listActions", "takeAction", "signLetter"),
    *("openCohort", "openCohortFromList", "getCohort", "listCohortActions", "takeCohortAction", "answerCohort"),
)
_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Versi berkas atau rombongan, untuk If-Match"}}
