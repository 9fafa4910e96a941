"""The data that a letter's PDF carries is found in it however the file was written."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest

from workflow.letters.pdf import pdf
from workflow.verification.files import embedded_in

PAGE = '<html lang="id"><head><title>Surat</title></head><body><p>Isi surat.</p></body></html>'
DATA = b'{"isi":"surat"}'


@pytest.mark.parametrize("level", [pikepdf.StreamDecodeLevel.none, pikepdf.StreamDecodeLevel.generalized])
def test_the_data_is_found_whether_or_not_it_is_compressed(level: pikepdf.StreamDecodeLevel) -> None:
    made = pdf(PAGE, body_json=DATA, at=datetime(2026, 3, 2, 3, tzinfo=UTC), title="Surat")
    assert DATA in embedded_in(made)
    written = BytesIO()
    with pikepdf.open(BytesIO(made)) as opened:
        opened.save(written, compress_streams=False, stream_decode_level=level)
    assert DATA in embedded_in(written.getvalue())


def test_letters_of_many_moments_all_show_their_data() -> None:
    for minute in range(0, 60, 2):
        data = b'{"menit":%d}' % minute
        page = PAGE.replace("Isi", f"Isi {minute}")
        assert data in embedded_in(pdf(page, body_json=data, at=datetime(2026, 3, 2, 3, minute, tzinfo=UTC)))
