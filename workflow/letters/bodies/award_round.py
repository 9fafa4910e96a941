"""The body of each letter of a round of awards: the panel, as appointed and as changed, and the call to all units."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from workflow.letters.bounds import Basis, Prose, Said
from workflow.letters.parts import ParticipantLine, References


class RoundAward(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of award of a round.

    ``quota``: the most nominees of a unit, ``places``: how many are awarded; None where the round sets no number. ``requirements``
    and ``documents`` begin small, without a stop.
    """

    award: Said
    quota: int | None = None
    places: int | None = None
    requirements: Annotated[tuple[Said, ...], msgspec.Meta(max_length=30)] = ()
    documents: Annotated[tuple[Said, ...], msgspec.Meta(max_length=30)] = ()


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion, and its weight in percent."""

    name: Said
    weight: int


class PanelSeat(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits in the panel, as what: ``Ketua``, ``Sekretaris``, ``Anggota``, ``Anggota pengganti I``."""

    person: ParticipantLine
    function: Said


#: The kinds of award of a round, its criteria, its panel.
RoundAwards = Annotated[tuple[RoundAward, ...], msgspec.Meta(max_length=10)]
Weights = Annotated[tuple[Weight, ...], msgspec.Meta(max_length=20)]
Panel = Annotated[tuple[PanelSeat, ...], msgspec.Meta(max_length=60)]


class RoundOfAwards(msgspec.Struct, frozen=True, kw_only=True):
    """What each letter of a round names. ``agency_name``: ``Kabupaten Kemuning``."""

    round_title: Said
    agency_name: Said
    round_awards: RoundAwards

    @property
    def awards(self) -> tuple[str, ...]:
        """The kinds of award, by name."""
        return tuple(each.award for each in self.round_awards)


class PanelDecree(RoundOfAwards, frozen=True, kw_only=True):
    """Keputusan pembentukan tim penilai. ``panel_seats``: regular members in their order, then the substitutes in theirs."""

    panel_seats: Panel
    award_criteria: Weights
    award_basis: Basis


class PanelChange(PanelDecree, frozen=True, kw_only=True):
    """Keputusan perubahan: the whole panel as it is from now on. ``panel_decrees``: those by which it was appointed and changed.

    ``panel_joined`` and ``panel_left``: who was not in it before, and who is not any more; the same person in another function is
    neither. ``reason`` as it was typed.
    """

    panel_decrees: References
    panel_joined: Panel
    panel_left: Panel
    reason: Prose

    @property
    def decrees_in_order(self) -> References:
        """The decree that appointed it, then each that changed it."""
        return tuple(sorted(self.panel_decrees, key=lambda each: (each.dated_on, each.number)))


class RoundCall(RoundOfAwards, frozen=True, kw_only=True):
    """Surat edaran to the heads of all units: what may be proposed, by what it is compared, until when.

    ``award_amount_each``: rupiah for each award, 0 where the round brings no money.
    """

    award_criteria: Weights
    closes_on: date
    award_amount_each: int
    award_basis: Basis

    @property
    def has_limits(self) -> bool:
        """Some kind has a share for each unit, or a number of places."""
        return any(each.quota or each.places for each in self.round_awards)

    @property
    def honours_too(self) -> bool:
        """Some kind is conferred by the President, whose nominees nobody compares."""
        return any(each.award.startswith("Satyalancana") for each in self.round_awards)
