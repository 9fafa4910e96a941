"""What arrives broken at the server as it is served: whoever still listens is told what is wrong, and the log says it in a line."""

from __future__ import annotations

import io
import re
import signal
import socket
import subprocess
import zipfile
from collections.abc import Iterator

import pytest

from tests.api.house import PDF, House, Sample
from tests.api.test_served import START_SECONDS, house_at

PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'
UPLOADS = ("/api/files", "/api/cohorts/list", "/verify")
SECRET = "RAHASIA-tak-terulang-9921"


@pytest.fixture
def served(sample: Sample, address: str) -> Iterator[tuple[House, subprocess.Popen[bytes]]]:
    with house_at(sample, address) as found:
        yield found


def send(house: House, path: str, body: bytes, *, listen: bool, **headers: str) -> bytes:
    """What is answered to bytes as they are; nothing where nobody listens, who has gone."""
    port = house.client.base_url.port or 0
    said = {
        "Host": "127.0.0.1",
        "Connection": "close",
        "Authorization": f"Bearer {house.sample.keys['nurse']}",
        "Idempotency-Key": "kunci-1",
        "Content-Type": "multipart/form-data; boundary=x",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in said.items()) + "\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS) as connection:
        connection.sendall(head.encode() + body)
        return b"".join(iter(lambda: connection.recv(65536), b"")) if listen else b""


def bomb() -> bytes:
    """A workbook of half a megabyte that wants 500 MB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/workbook.xml", "<workbook/>")
        made.writestr("xl/worksheets/sheet1.xml", bytes(500_000_000))
    return content.getvalue()


def the_log(process: subprocess.Popen[bytes]) -> str:
    process.send_signal(signal.SIGTERM)
    return process.communicate(timeout=START_SECONDS)[0].decode()


def test_what_breaks_off_or_is_no_form_is_told_and_takes_one_line_of_the_log(
    served: tuple[House, subprocess.Popen[bytes]],
) -> None:
    house, process = served
    for path in UPLOADS:
        send(house, path, PART, listen=False, Content_Length="1000000")
        send(house, path, b"100\r\nabc", listen=False, Transfer_Encoding="chunked")
        cut = send(house, path, b"zz\r\nabc\r\n", listen=True, Transfer_Encoding="chunked")
        assert cut.startswith(b"HTTP/1.1 400 "), cut
        for body in (PART, b"--x\r\nrusak", bytes(range(256)) * 20, b""):
            answer = send(house, path, body, listen=True, Content_Length=str(len(body)))
            assert answer.startswith(b"HTTP/1.1 400 "), answer
    said = f'{{"letters": ["x"], "secret": "{SECRET}'.encode()
    send(house, "/api/letters/sign", said, listen=False, Content_Type="application/json", Content_Length="900")
    answer = send(
        house, "/api/letters/sign", said, listen=True, Content_Type="application/json", Content_Length=str(len(said))
    )
    assert b"terpotong" in answer
    assert SECRET.encode() not in answer
    assert house.client.get("/health").status_code == 200
    log = the_log(process)
    assert "Traceback" not in log, log
    assert SECRET not in log
    assert len(re.findall(r"(?m)^POST /\S+: the body broke off$", log)) >= 2 * len(UPLOADS)


def test_what_is_too_large_or_grows_too_large_is_refused_and_takes_no_traceback(
    served: tuple[House, subprocess.Popen[bytes]],
) -> None:
    house, process = served
    large, packed = PDF + bytes(40_000_000), bomb()
    for path in UPLOADS:
        answer = house.ask("nurse", "POST", path, files={"file": ("a.pdf", large)}, headers={"Idempotency-Key": "k1"})
        assert answer.status_code == 413
    data = {"process": "mentoring", "title": "Uji"}
    listed = {"files": {"file": ("a.xlsx", packed)}, "data": data, "headers": {"Idempotency-Key": "k2"}}
    assert (
        "terlalu besar setelah dibuka" in house.ask("verifier", "POST", "/api/cohorts/list", **listed).json()["detail"]
    )
    for content in (packed, b"%PDF-1.7\n1 0 obj<<", PDF[:40]):
        answer = house.client.post("/verify", files={"file": ("a.pdf", content)})
        assert answer.status_code == 200
        assert "BUKAN SURAT" in answer.text or "TIDAK DAPAT DIPERIKSA" in answer.text
    assert "Traceback" not in the_log(process)
