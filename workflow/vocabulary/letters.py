"""The official letters that a step issues: their body, way and effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from policies.parameters import Parameter
from workflow.letters.parts import LetterType


@dataclass(frozen=True)
class OnBehalf:
    """A post that signs on behalf (a.n.) of another, both as the agency knows them (see ``office.POSTS``).

    Whoever else signs the letter does so in their own right. ``when``: only where this function of facts holds, ``when_says`` for
    people.
    """

    signs: str
    of: str
    when: Callable[[Any], bool] | None = None
    when_says: str = ""


#: The secretary signs on behalf of the regent.
FOR_REGENT = OnBehalf("secretary", of="regent")


@dataclass(frozen=True)
class Letter:
    """An official letter: its typed body, signing role and classification. Its template is ``templates/letters/NAME.html``.

    ``type``: which of the kinds of official letters it is (see ``parts.LetterType``); the agency's profile gives each its
    paper and type. ``cosigners``: roles that sign after the first, in order. ``paraf``: the roles that initial it before
    that, in order; None leaves it to the agency's profile. ``drafter``: the role that corrects it where it is sent back; else
    the one whose step issues it. ``decides``: a keputusan, which nobody signs who stands in for somebody (Plt., Plh.).
    ``subject``: its Hal. ``to``: the role that it is addressed to; ``through``: the one that
    it passes on its way up; ``copies``: roles that get a copy (tembusan). ``within``:
    working days to sign it, where the one whose step issues it does not sign. ``on_behalf``: for whom one of those posts
    signs it; so does a letter that takes it back. ``heading`` stands above its first signatory: ``Mengetahui``. ``when``:
    issued only where this function of facts holds, ``when_says`` for people. ``cancels``: one letter for each post whose
    letters of these kinds are in force, signed by that post and addressed as they were. ``changes``: the same for letters
    that stay in force for others who share them. ``as_one``: one letter for all that it takes back, by the post that signed
    the first of the kinds named. ``revokes``: letters of these kinds that are in force once all have signed it are void by it;
    under which others go on, they are so for this case alone. It is signed by its own signatory. ``revoked_in``: the field of
    the form that names the case whose letters these are; the case's own where it is empty. ``read_by``: the roles that read it, as
    do auditors within an assignment; to whoever else sees the case it is not there. Empty: everybody. ``handed_to``: roles
    whose people are all sent it, each by name, besides those whose posts it names. ``shared``: cases that take the step
    in one act share one letter, as far as it says the same of them.
    """

    name: str
    title: str
    body: type[msgspec.Struct]
    signer: str
    classification: str
    subject: str
    within: Parameter[int]
    type: LetterType = "surat_dinas"
    cosigners: tuple[str, ...] = ()
    paraf: tuple[str, ...] | None = None
    drafter: str = ""
    decides: bool = False
    to: str = ""
    through: str = ""
    copies: tuple[str, ...] = ()
    on_behalf: OnBehalf | None = None
    heading: str = ""
    when: Callable[[Any], bool] | None = None
    when_says: str = ""
    cancels: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    as_one: bool = False
    revokes: tuple[str, ...] = ()
    revoked_in: str = ""
    shared: bool = False
    read_by: tuple[str, ...] = ()
    handed_to: tuple[str, ...] = ()

    @property
    def signers(self) -> tuple[str, ...]:
        """The roles that sign it, in order."""
        return (self.signer, *self.cosigners)

    @property
    def made_by(self) -> tuple[str, ...]:
        """The roles that prepare, initial or sign it."""
        return tuple(role for role in (*self.signers, *(self.paraf or ()), self.drafter) if role)

    @property
    def reaches(self) -> tuple[str, ...]:
        """The roles that it goes to: addressed, passed on the way, given a copy, or handed it."""
        return tuple(role for role in (self.to, self.through, *self.copies, *self.handed_to) if role)

    @property
    def takes_back(self) -> tuple[str, ...]:
        """The kinds of letters that it takes back from the case: it cancels or changes them."""
        return (*self.cancels, *self.changes)

    @property
    def template(self) -> str:
        """The file that it is made with."""
        return f"{self.name}.html"
