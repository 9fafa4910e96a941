"""What somebody holds, the proof of a case or a head that they kept, checked against the log as it is in this database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from workflow.sealing.checking import (
    Continued,
    ProofChecked,
    check_continued,
    check_head,
    check_proof,
    read_head,
    read_proof,
)
from workflow.sealing.checkpoint import NotGenuine, VerifierKey
from workflow.sealing.heads import head
from workflow.sealing.keys import log_keys
from workflow.sealing.proving import FORM
from workflow.sealing.tree import Tree

#: Bytes of what may be handed in: the proof of a case with thousands of events has less.
LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """What holds: the log of today goes on from it. ``proof``: of which case, where it was the proof of one."""

    continued: Continued
    proof: ProofChecked | None = None


def looked_into(conn: Connection, content: bytes) -> Found:
    """A proof or a head, whichever it is. Raises NotGenuine, NotSealedYet."""
    keys = log_keys(conn)
    if FORM.encode() not in content:
        return Found(continued(conn, read_head(content), keys))
    proof = check_proof(read_proof(content), keys)
    return Found(continued(conn, proof.proof.checkpoint, keys), proof)


def continued(conn: Connection, kept: str, keys: Iterable[VerifierKey]) -> Continued:
    """Whether the newest head goes on from one that was kept. Raises NotGenuine, NotSealedYet."""
    known = list(keys)
    newest, size = head(conn), check_head(kept, known).size
    try:
        path = Tree(conn).consistency(size, newest.size) if 0 < size <= newest.size else []
    except LookupError as error:
        raise NotGenuine("Sebagian log tidak ada lagi dalam basis data, sehingga tidak dapat dibandingkan.") from error
    return check_continued(kept, newest.checkpoint, path, known)
