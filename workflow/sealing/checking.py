"""A proof, or a head that was kept, checked by whoever holds it: nothing but these and the log's key is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from workflow.chain import NOTHING_BEFORE, hash_of_event, hash_of_payload
from workflow.references import reference_of
from workflow.sealing import merkle
from workflow.sealing.checkpoint import Head, NotGenuine, VerifierKey, check
from workflow.sealing.merkle import leaf_hash, root_by_inclusion
from workflow.sealing.proving import FORM, CaseProof, ProvenEvent


@dataclass(frozen=True)
class ProofChecked:
    """A proof that holds: of which case, under which head; how many events it has and how many wait to be sealed."""

    proof: CaseProof
    head: Head
    events: int
    waiting: int

    @property
    def proven(self) -> int:
        """How many of its events are in the log."""
        return self.events - self.waiting


@dataclass(frozen=True)
class Continued:
    """A head that was kept, and a later one of a log that begins with the same leaves."""

    kept: Head
    later: Head


def read_proof(content: bytes) -> CaseProof:
    """A proof as it was saved. Raises NotGenuine."""
    try:
        proof = msgspec.json.decode(content, type=CaseProof)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotGenuine("Berkas ini bukan bukti keutuhan berkas, atau rusak.") from error
    if proof.form != FORM:
        raise NotGenuine(f"Bentuk bukti ini ({proof.form}) tidak dikenal oleh versi program ini.")
    return proof


def check_proof(proof: CaseProof, keys: Iterable[VerifierKey]) -> ProofChecked:
    """What a proof shows, once all of it holds: the chain of the case, each leaf, each path and the head. Raises NotGenuine.

    What waits to be sealed anybody could have made up, and so the case too, where nothing of it is sealed: that proves nothing.
    """
    head = check_head(proof.checkpoint, keys)
    previous, waiting = NOTHING_BEFORE, 0
    for number, event in enumerate(proof.events, 1):
        _check_link(proof.case_id, event, number, previous)
        previous = event.hash
        if event.position is None:
            waiting += 1
        elif waiting:
            raise NotGenuine(f"Peristiwa nomor {number} sudah disegel, padahal yang sebelumnya belum.")
        else:
            _check_place(event, head)
    if waiting == len(proof.events):
        raise NotGenuine(
            "Bukti ini tidak memuat satu pun peristiwa yang sudah disegel, sehingga tidak membuktikan apa-apa."
        )
    if proof.reference != reference_of(proof.case_id):
        raise NotGenuine("Nomor berkas pada bukti ini bukan nomor berkas yang peristiwanya dibuktikan.")
    return ProofChecked(proof, head, len(proof.events), waiting)


def read_head(content: bytes) -> str:
    """The note of a head as it was saved: as text, or as /verify/log tells of it in JSON. Raises NotGenuine."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").strip()
        note = msgspec.json.decode(text, type=Told).checkpoint.strip() if text.startswith("{") else text
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotGenuine("Berkas ini bukan kepala log, atau rusak.") from error
    return f"{note}\n"


class Told(msgspec.Struct):
    """Of a head that was saved as JSON, what proves something."""

    checkpoint: str


class ToldConsistency(msgspec.Struct):
    """Of two heads that were saved as JSON, what proves that one begins the other."""

    later: Told
    path: tuple[Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2}){32}$")], ...]


def read_consistency(content: bytes) -> ToldConsistency:
    """What /verify/log/consistency answered, as it was saved. Raises NotGenuine."""
    try:
        return msgspec.json.decode(content, type=ToldConsistency)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotGenuine("Berkas ini bukan jawaban /verify/log/consistency, atau rusak.") from error


def check_continued(kept: str, later: str, path: Sequence[bytes], keys: Iterable[VerifierKey]) -> Continued:
    """Whether the log of a later head begins with all that an earlier one covers (RFC 9162, 2.1.4). Raises NotGenuine."""
    known = list(keys)
    found = Continued(check_head(kept, known), check_head(later, known))
    if not found.kept.size:
        raise NotGenuine("Kepala log tanpa daun tidak membuktikan apa-apa.")
    if found.kept.size > found.later.size:
        raise NotGenuine(
            f"Log ini hanya {found.later.size} daun, sedangkan kepala yang disimpan mencakup {found.kept.size}: ada peristiwa yang "
            "dihapus, atau ini bukan log yang terbaru."
        )
    roots = merkle.roots_by_consistency(found.kept.size, found.later.size, found.kept.root, path)
    if roots != (found.kept.root, found.later.root):
        raise NotGenuine(
            f"Log ini TIDAK melanjutkan kepala yang disimpan: di antara {found.kept.size} peristiwa yang dicakupnya ada yang "
            "diubah, dihapus, atau dipindahkan. Simpan kepala itu sebagai bukti, dan sampaikan kepada inspektorat."
        )
    return found


def check_head(note: str, keys: Iterable[VerifierKey]) -> Head:
    """A head that one of the keys has signed. Raises NotGenuine."""
    refused = NotGenuine("Tidak ada kunci log untuk memeriksanya.")
    for key in keys:
        try:
            return check(note, key)
        except NotGenuine as error:
            refused = error
    raise refused


def _check_link(case_id: str, event: ProvenEvent, number: int, previous: str) -> None:
    """Whether an event is the next of its chain, and its hash its own."""
    if event.sequence != number or event.previous != previous:
        raise NotGenuine(f"Peristiwa nomor {number} tidak bersambung dengan peristiwa sebelumnya.")
    columns = {
        "at": _instant(event),
        "id": event.id,
        "payload_hash": event.payload_hash,
        "previous_hash": event.previous,
        "sequence": event.sequence,
        "type": event.type,
    }
    if hash_of_event(case_id, columns) != event.hash:
        raise NotGenuine(f"Catatan peristiwa nomor {number} (jenis, waktu, urutan, atau sidik) telah diubah.")
    if event.payload is not None and hash_of_payload(event.salt or "", event.payload) != event.payload_hash:
        raise NotGenuine(f"Isi peristiwa nomor {number} tidak sama dengan yang dicatat.")


def _instant(event: ProvenEvent) -> datetime:
    """When an event was, in UTC, whose calendar also ends a few hours from where that of a zone does. Raises NotGenuine."""
    try:
        at = datetime.fromisoformat(event.at)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise NotGenuine(f"Waktu peristiwa nomor {event.sequence} tidak dapat dibaca.")


def _check_place(event: ProvenEvent, head: Head) -> None:
    """Whether an event stands in the log where it says."""
    try:
        leaf, path = bytes.fromhex(event.leaf or ""), [bytes.fromhex(each) for each in event.path]
        entry = bytes.fromhex(event.hash)
    except ValueError:
        leaf, path, entry = b"", [], b""
    if leaf != leaf_hash(entry):
        raise NotGenuine(f"Daun peristiwa nomor {event.sequence} bukan dari peristiwa itu.")
    if event.position is None or root_by_inclusion(leaf, event.position, head.size, path) != head.root:
        raise NotGenuine(f"Peristiwa nomor {event.sequence} tidak terbukti ada dalam log.")
