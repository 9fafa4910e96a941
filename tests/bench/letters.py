"""Letters: ours, signed, against a Chromium kept open that prints the same page, and against WeasyPrint and pyHanko as documented.

Beside the rates stands processor time, of all processes that a contender needs: on a busy machine it is the better measure.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import msgspec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, signers
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from tests.bench.chromium import Chromium, opened
from tests.bench.contest import ratio, show, show_rates, take_turns
from tests.bench.serving import Served
from tests.workflow.letters.samples import ALL, PROFILE, SIGNED_AT
from workflow.letters.layout import LETTERS, STYLESHEET, html
from workflow.letters.parts import field_name
from workflow.letters.pdf import pdf
from workflow.letters.pool import Pool
from workflow.letters.rendering import Written, composed
from workflow.letters.specimen import specimen_proof
from workflow.signatures import Why, seal
from workflow.signatures.local import FILE, LocalKey, certificate

#: One page each: as long a letter as fits when set closer, and one that fits as it is.
TIGHT, EASY = "internship_request_typical", "internship_proposal"
LETTERS_A_TURN = 6
#: Letters over which memory is watched, and those before, in which caches fill.
MANY, BEFORE = 1000, 100
_CODE, _WHY = "7KQ2M4XW9P", Why(reason="Menyetujui surat ini", name="Penanda Tangan Uji")


class Letter:
    """A letter of the samples with its code, as the agency issues it."""

    def __init__(self, name: str) -> None:
        sample = next(sample for sample in ALL if sample.name == name)
        frame = msgspec.structs.replace(sample.letter, code=_CODE)
        self.written = Written(sample.template, frame, sample.body, msgspec.json.encode(sample.body), SIGNED_AT)
        self.text = html(sample.template, frame, sample.body, PROFILE, proof=specimen_proof(frame, PROFILE))

    def made(self) -> bytes:
        """From frame and body to PDF, the code drawn anew."""
        return composed(PROFILE, self.written, specimen_proof(self.written.frame, PROFILE))


def measure(folder: Path) -> None:
    """Everything about letters."""
    key = LocalKey(folder=folder / "keys")
    certificate(key.folder)
    for name in (TIGHT, EASY):
        _against_others(Letter(name), name, key, folder)
    _sealing(Letter(TIGHT).made(), key)
    _workers(Letter(TIGHT))
    _memory(Letter(TIGHT))


def _against_others(letter: Letter, name: str, key: LocalKey, folder: Path) -> None:
    ours, unsigned, naive, theirs = "ours, signed", "ours, not signed", "WeasyPrint as documented", "Chromium kept open"

    def signed() -> bytes:
        return seal(letter.made(), field=field_name(1), signer=key, why=_WHY, at=SIGNED_AT)

    makes: dict[str, Callable[[], bytes]] = {ours: signed, unsigned: letter.made, naive: lambda: _naive(letter.text)}
    used: dict[str, list[float]] = {}
    program = shutil.which("chromium") or shutil.which("google-chrome")
    show(f"A letter of one page: {name}")
    if program is None:
        show("  (no Chromium on this machine)")
        _contest(makes, used)
        return
    page = folder / "letter.html"
    base = f'<base href="{LETTERS.as_uri()}/"><link rel="stylesheet" href="{STYLESHEET}">'
    page.write_text(letter.text.replace("<head>", f"<head>{base}", 1), encoding="utf-8")
    with opened(program) as browser:
        makes[theirs] = lambda: browser.printed(page)
        rates = _contest(makes, used, browser)
    for each in (ours, unsigned, naive):
        by_cpu = statistics.median(b / a for a, b in zip(used[each], used[theirs], strict=True))
        show(f"  {each} / {theirs}: {ratio(rates, each, theirs):.2f}   (by processor time {by_cpu:.2f})")
    show(f"  {unsigned} / {naive}: {ratio(rates, unsigned, naive):.2f}")


def _contest(
    makes: Mapping[str, Callable[[], bytes]], used: dict[str, list[float]], browser: Chromium | None = None
) -> Mapping[str, list[float]]:
    """Letters a second of each; ``used``: processor seconds that a letter took in each round."""

    def turn(name: str, count: int) -> float:
        everything = [time.process_time, Served(0, browser.process).cpu_seconds] if browser else [time.process_time]
        began, spent = time.perf_counter(), sum(clock() for clock in everything)
        for _ in range(count):
            makes[name]()
        took = time.perf_counter() - began
        used.setdefault(name, []).append((sum(clock() for clock in everything) - spent) / count)
        return count / took

    rates = take_turns({name: partial(turn, name) for name in makes}, LETTERS_A_TURN)
    for each in used.values():
        del each[0]  # the round that does not count
    show_rates(rates)
    for name, each in used.items():
        show(f"  {name:<58} {statistics.median(each) * 1000:>8.0f} ms of processor a letter")
    return rates


def _naive(text: str) -> bytes:
    fonts = FontConfiguration()
    style = CSS(filename=str(LETTERS / STYLESHEET), font_config=fonts)
    made: bytes = HTML(string=text, base_url=str(LETTERS / "_")).write_pdf(
        stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a"
    )
    return made


def _sealing(unsigned: bytes, key: LocalKey) -> None:
    kept, documented = "sealed with the key kept", "pyHanko as documented, the same key"

    def ours(count: int) -> float:
        began = time.perf_counter()
        for _ in range(count):
            seal(unsigned, field=field_name(1), signer=key, why=_WHY, at=SIGNED_AT)
        return count / (time.perf_counter() - began)

    def theirs(count: int) -> float:
        began, file = time.perf_counter(), str(key.folder / FILE)
        for _ in range(count):
            signer = signers.SimpleSigner.load(key_file=file, cert_file=file)
            signers.sign_pdf(
                IncrementalPdfFileWriter(BytesIO(unsigned)),
                PdfSignatureMetadata(field_name=field_name(1), subfilter=None),
                signer=signer,
            )
        return count / (time.perf_counter() - began)

    show("A signature")
    rates = take_turns({kept: ours, documented: theirs}, 20)
    show_rates(rates)
    show(f"  {kept} / {documented}: {ratio(rates, kept, documented):.2f}")


def _workers(letter: Letter) -> None:
    one, two = "one process", "two processes"
    with Pool(1) as single, Pool(2) as pair, ThreadPoolExecutor(2) as threads:

        def turn(pool: Pool, count: int) -> float:
            def make(number: int) -> bytes:
                at = SIGNED_AT + timedelta(seconds=number)
                return pool.pressed(letter.text, body_json=letter.written.body_json, at=at)

            began = time.perf_counter()
            list(threads.map(make, range(count)))
            return count / (time.perf_counter() - began)

        show("Letters made in processes of their own")
        rates = take_turns(
            {one: lambda count: turn(single, count), two: lambda count: turn(pair, count)}, LETTERS_A_TURN * 4
        )
    show_rates(rates)
    show(f"  {two} / {one}: {ratio(rates, two, one):.2f}")


def _memory(letter: Letter) -> None:
    """Each with another number, date and code, as letters have."""
    held = []
    for number in range(BEFORE + MANY):
        frame = msgspec.structs.replace(letter.written.frame, code=f"{number:010}", number=f"800.1.4.1/{number}/2026")
        text = html(letter.written.template, frame, letter.written.body, PROFILE, proof=specimen_proof(frame, PROFILE))
        pdf(text, body_json=letter.written.body_json, at=SIGNED_AT + timedelta(seconds=number))
        held.append(_resident())
    grown = statistics.median(held[-20:]) - statistics.median(held[BEFORE : BEFORE + 20])
    show(f"Memory over {MANY:,} letters: {held[BEFORE]:.0f} MB, then {grown:+.1f} MB")


def _resident() -> float:
    """Megabytes of this process in memory, without what is only mapped from files."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("RssAnon"))
