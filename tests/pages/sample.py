"""Pages that show every part once, and an application that serves them: what the tests of the frame look at."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State

from api import problems
from api.pages import assets
from api.pages.forms import Choice, Field, faults_told
from api.pages.rendering import environment, page
from api.security import protect
from workflow.errors import FieldError, Problem
from workflow.views.inbox import Me

AGENCY = "Pemerintah Kabupaten Kemuning"
ME = Me(
    id="1",
    name="Rahmat Hidayat, S.Kep., Ners",
    kind="employee",
    post="Kepala Bidang Keperawatan",
    institution="RSUD Kemuning",
    scopes=(),
    posts=(),
    groups=(),
    mandates=(),
    tasks=3,
    today=date(2026, 3, 9),
)

FIELDS = (
    Field(name="mentor", kind="person", label="Mentor", hint="NIP, misalnya 19870314 201101 2 003", value="1987"),
    Field(name="goal", kind="longtext", label="Tujuan", value="Mampu memasang ventilator.", required=False),
    Field(name="cost", kind="money", label="Biaya (rupiah)", value="1.500.000"),
    Field(name="starts_on", kind="date", label="Tanggal mulai", hint="Misalnya 27 3 2026", value=("9", "3", "2026")),
    Field(
        name="ends_on",
        kind="date",
        label="Tanggal selesai",
        value=("31", "2", "2026"),
        fault="Tanggal selesai: harus berupa tanggal.",
    ),
    Field(name="starts_at", kind="moment", label="Waktu mulai", value=("9", "3", "2026", "09:30")),
    Field(
        name="medium",
        kind="choice_few",
        label="Cara bertemu",
        value="online",
        choices=(
            Choice("in_person", "Tatap muka", "Di tempat kerja salah satu pihak"),
            Choice("online", "Daring"),
            Choice("phone", "Telepon"),
        ),
        fault="Cara bertemu belum diisi.",
    ),
    Field(
        name="budget_line",
        kind="choice_many",
        label="Mata anggaran",
        choices=(
            Choice("5.1.02", "5.1.02.02.01.0026 Kursus singkat dan pelatihan jabatan fungsional"),
            Choice("b", "B"),
        ),
    ),
    Field(name="upheld", kind="yes_no", label="Keberatan diterima", value="true"),
    Field(name="kinds", kind="checkboxes", label="Jenis", value=("a",), choices=(Choice("a", "A"), Choice("b", "B"))),
    Field(name="scan", kind="file", label="Pindaian surat", fault="Pindaian surat belum diisi."),
    Field(name="proofs", kind="files", label="Bukti pengeluaran", value=("f1",), required=False),
    Field(
        name="scores",
        kind="rows",
        label="Nilai",
        rows=(
            (
                Field(name="scores[0].aspect", kind="text", label="Aspek", value="Disiplin"),
                Field(name="scores[0].score", kind="number", label="Nilai", value="90"),
            ),
        ),
    ),
)
FAULTS = tuple(FieldError(field.name, field.label, field.fault) for field in FIELDS if field.fault)

FORM = """
{% extends "layout.html" %}
{% from "parts/blocks.html" import back_link, button, error_summary, demo %}
{% from "parts/fields.html" import drawn_all, password %}
{% block title %}Ajukan mentoring{% endblock %}
{% block banner %}{{ demo("Peragaan: semua orang di sini rekaan.", "/peragaan", "Ganti peran") }}{% endblock %}
{% block before %}{{ back_link("/permohonan") }}{% endblock %}
{% block content %}
<div class="govuk-grid-row"><div class="govuk-grid-column-two-thirds">
{{ error_summary(told) }}
<h1 class="govuk-heading-l">Ajukan mentoring</h1>
<form method="post" action="/formulir" novalidate>
{{ csrf_input }}
{{ drawn_all(fields, {"f1": "kuitansi-hotel.pdf"}) }}
{{ password(secret) }}
<div class="govuk-button-group">{{ button("Ajukan") }}{{ button("Simpan draf", "secondary") }}
{{ button("Batalkan", "warning") }}</div>
</form>
</div></div>
{% endblock %}
"""

CASE = """
{% extends "layout.html" %}
{% from "parts/blocks.html" import back_link, button, details, inset, link_button, notification, pagination, summary_list %}
{% from "parts/blocks.html" import table, tag, task_list, warning %}
{% block title %}MGG-2026-0021{% endblock %}
{% block before %}{{ back_link("/berkas", "Semua berkas") }}{% endblock %}
{% block content %}
{% call notification("Permohonan magang disetujui", success=true) %}<p class="govuk-body">Selanjutnya menunggu
<a class="govuk-notification-banner__link" href="/berkas/1">Dra. Endang Lestari, M.Si.</a> sampai 12 Maret 2026.</p>{% endcall %}
{{ notification("Surat tugas belum diparaf", id="kedua") }}
<div class="govuk-grid-row"><div class="govuk-grid-column-two-thirds">
<span class="govuk-caption-l">MGG-2026-0021</span>
<h1 class="govuk-heading-l">Magang Siti Azhari di RSUD dr. Soetomo</h1>
<p class="govuk-body">{{ tag("Menunggu persetujuan", "yellow") }} {{ tag("Lewat tenggat", "red") }} {{ tag("Selesai", "green") }}
{{ tag("Draf", "grey") }} {{ tag("Diajukan") }} {{ tag("Diarsipkan", "purple") }}
{{ tag("Uji", "teal") }} {{ tag("Jeda", "orange") }}</p>
{{ warning("Tersisa 2 hari kerja sampai tenggat.") }}
{{ task_list([
  {"text": "Persetujuan atasan langsung", "status": "Selesai", "hint": "Rahmat Hidayat, 5 Maret 2026"},
  {"text": "Verifikasi BKPSDM", "status": "Menunggu", "colour": "blue", "href": "/berkas/1/verify", "current": true},
  {"text": "Surat permohonan ke instansi penerima", "status": "Belum"},
], "jalan") }}
<h2 class="govuk-heading-m">Permohonan</h2>
{{ summary_list([("Peserta", "Siti Azhari, A.Md.", "/berkas/1/ubah", "Ubah"),
  ("Tujuan", "RSUD dr. Soetomo"), ("Biaya", "Rp1.500.000,00")]) }}
{{ summary_list([("Nomor", "800.1.4.1/021/DINKES/2026"), ("Ditandatangani", "Kepala Dinas Kesehatan")], "Surat tugas") }}
{% call inset() %}Sesuai <a class="govuk-link" href="/hukum">Perbup Contoh 4/2025 Pasal 6 ayat (2)</a>.{% endcall %}
{% call details("Mengapa belum dapat disetujui") %}Mentor membina 3 dari paling banyak 3 mentee.{% endcall %}
{{ table("Jam pelajaran", ["Kegiatan", "Tanggal", "JP"], [
  ("Magang di RSUD dr. Soetomo, unit perawatan intensif", "9 Maret 2026", "8"),
  ("Mentoring", "12 Maret 2026", "2,5")], [2]) }}
{{ pagination(next="/berkas?sesudah=2", previous="/berkas") }}
<form method="post" action="/berkas/1/approve">{{ csrf_input }}
<div class="govuk-button-group">{{ button("Setujui") }}{{ link_button("Kembalikan", "/berkas/1/return", "secondary") }}
<a class="govuk-link" href="/berkas">Nanti saja</a></div></form>
</div></div>
{% endblock %}
"""


@get("/formulir", sync_to_thread=False)
def form(request: Request[Any, Any, State]) -> Response[str]:
    """A form with everything that can be asked for, and faults."""
    secret = Field(name="secret", kind="text", label="Kata sandi")
    told = faults_told(FIELDS, FAULTS)
    template = environment().from_string(FORM)
    return page(
        request, template, status=422, agency=AGENCY, me=ME, fields=FIELDS, secret=secret, faults=FAULTS, told=told
    )


@get("/berkas/1", sync_to_thread=False)
def case(request: Request[Any, Any, State]) -> Response[str]:
    """A case with all that is shown of one."""
    return page(request, environment().from_string(CASE), agency=AGENCY, me=ME)


@get("/umum", sync_to_thread=False)
def public(request: Request[Any, Any, State]) -> Response[str]:
    """A page for anybody."""
    template = environment().from_string(
        '{% extends "layout.html" %}{% block title %}Periksa surat{% endblock %}'
        '{% block content %}<h1 class="govuk-heading-l">Periksa surat</h1><p class="govuk-body">Surat ini asli.</p>{% endblock %}'
    )
    return page(request, template, agency=AGENCY)


def application() -> Litestar:
    """The sample pages, protected as all pages are."""
    return Litestar(
        [assets.static, form, case, public],
        before_send=[protect],
        exception_handlers={Problem: problems.of_problem},
        csrf_config=CSRFConfig(secret="rahasia-uji" * 3),
        openapi_config=None,
    )
