"""Whatever is done on a page can be done over the API: each form of a page has its operation, but for the few of browsers alone."""

from __future__ import annotations

from typing import Final

from litestar.routes import HTTPRoute

from tests.api.house import House

#: The forms that belong to a browser, which has a session where a program has a key: no operation does what they do.
OF_BROWSERS: Final = frozenset(
    {
        "/masuk",
        "/keluar",
        "/masuk/faktor-kedua",
        "/aktivasi/{code}",
        "/lupa-sandi",
        "/akun/sandi",
        "/akun/sesi",
        "/akun/sesi/{session_id}",
        "/akun/faktor-kedua",
        "/akun/kode-pemulihan",
        "/bahasa",
        "/peran",
        # The short code of a link leads to the link, which is a browser's too.
        "/mitra",
    }
)

#: Every other form of a page -> the operations of the API that do the same.
OPERATIONS: Final[dict[str, tuple[str, ...]]] = {
    "/akun/kunci": ("issueKey",),
    "/akun/kunci/{key_id}/cabut": ("revokeKey",),
    "/akun/surel": ("chooseMyMail",),
    "/berkas/{case_id}/tautan": ("issueLink",),
    "/berkas/{case_id}/tautan/{link_id}/cabut": ("revokeLink",),
    "/berkas/{case_id}/tautan/{link_id}/kirim": ("shareLink",),
    "/berkas/{case_id}/{trigger}": ("takeAction", "previewAction", "uploadFile"),
    "/isian/{case_id}/periksa": ("takeAction",),
    "/isian/{case_id}/{part}": ("takeAction", "uploadFile"),
    "/kalender": ("makeMyCalendarAddress", "revokeMyCalendarAddress"),
    "/kelola/anggaran/tutup": ("closeBudgetYear",),
    "/kelola/impor": ("tryImport",),
    "/kelola/impor/{import_id}/coba": ("tryImportAgain",),
    "/kelola/impor/{import_id}/terapkan": ("applyImport",),
    "/kelola/kelompok/{group}": ("addGroupMember",),
    "/kelola/kelompok/{group}/keluarkan": ("removeGroupMember",),
    "/kelola/ketidakhadiran": ("recordAbsence",),
    "/kelola/ketidakhadiran/{absence_id}/akhiri": ("endAbsence",),
    "/kelola/kunci": ("issueKey",),
    "/kelola/kunci/{key_id}/cabut": ("revokeKey",),
    "/kelola/masa-simpan": ("holdCase",),
    "/kelola/masa-simpan/{case_id}": ("endHold",),
    "/kelola/webhook": ("addWebhook",),
    "/kelola/webhook/{webhook_id}/rahasia": ("rotateWebhookSecret",),
    "/kelola/webhook/{webhook_id}/aktifkan": ("enableWebhook",),
    "/kelola/webhook/{webhook_id}/hapus": ("endWebhook",),
    "/kelola/mitra/{partner_id}/narahubung": ("setPartnerContact",),
    "/kelola/pegawai/{person_id}/faktor": ("resetSecondFactor",),
    "/kelola/pegawai/{person_id}/kode": ("printAccountCode",),
    "/kelola/pegawai/{person_id}/sesi": ("endAccountSessions",),
    "/kelola/pegawai/{person_id}/undang": ("inviteToAccount",),
    "/kelola/pelimpahan": ("proposeMandate",),
    "/kelola/pelimpahan/{mandate_id}/cabut": ("revokeMandate",),
    "/kelola/pelimpahan/{mandate_id}/terima": ("acceptMandate",),
    "/kelola/pelimpahan/{mandate_id}/tolak": ("refuseMandate",),
    "/kelola/pengiriman/ulang": ("retryDeliveries",),
    "/kelola/pengiriman/{delivery_id}/sampai": ("markDelivered",),
    "/kelola/pengiriman/{delivery_id}/ulang": ("retryDelivery",),
    "/kepegawaian/{case_id}/ingatkan": ("remind",),
    "/kepegawaian/{case_id}/kirim": ("noteSending",),
    "/mentoring/{case_id}": ("takeAction",),
    "/mentoring/{case_id}/sesi": ("takeAction",),
    "/mitra/{token}": ("answerCohort",),
    "/mitra/{token}/berkas/{case_id}/langkah/{trigger}": ("takeAction",),
    "/mitra/{token}/langkah/{trigger}": ("takeAction",),
    "/mitra/{token}/teruskan": ("forwardLink",),
    "/permohonan/{process}": ("openCase",),
    "/pilihan": ("takeActionOnSeveral", "previewActionOnSeveral"),
    "/putaran/buka": ("openRound",),
    "/putaran/{round_id}/{deed}": (
        "answerRound",
        "withdrawRoundAnswer",
        "proposePairs",
        "publishProposal",
        "closeRound",
    ),
    "/rombongan/buka": ("openCohort", "openCohortFromList"),
    "/rombongan/{cohort_id}/jawaban": ("answerCohort", "previewAnswers", "uploadFile"),
    "/rombongan/{cohort_id}/{trigger}": ("takeCohortAction", "previewCohortAction"),
    "/surat/paraf": ("initialLetters",),
    "/surat/tanda-tangan": ("signLetters",),
    "/surat/{letter_id}/hand_in": ("actOnLetter", "uploadFile"),
    "/surat/{letter_id}/{act}": ("actOnLetter", "signLetter"),
}

#: What a page gives to be taken along -> its operation.
FILES: Final = {
    "/mitra/{token}/tanda-terima/{event_id}": "getReceipt",
    "/mitra/{token}/tanda-terima/{event_id}/pdf": "getReceiptPdf",
    "/cari/pegawai": "searchColleagues",
}


def forms_of_pages(house: House) -> set[str]:
    routes = house.client.app.routes  # type: ignore[attr-defined] # the test client's
    posts = {route.path_format for route in routes if isinstance(route, HTTPRoute) and "POST" in route.methods}
    return {path for path in posts if not path.startswith(("/api/", "/demo/", "/verify", "/VERIFY"))}


def operations(house: House) -> set[str]:
    paths = house.client.get("/schema/openapi.json").json()["paths"]
    return {each["operationId"] for path in paths.values() for each in path.values() if "operationId" in each}


def test_every_form_of_a_page_has_its_operation_or_is_a_browser_s_alone(quiet: House) -> None:
    assert forms_of_pages(quiet) == OPERATIONS.keys() | OF_BROWSERS


def test_every_operation_that_a_page_stands_for_is_described(quiet: House) -> None:
    named = {operation for several in OPERATIONS.values() for operation in several} | set(FILES.values())
    assert named <= operations(quiet)
