"""The agency as the engine needs it: its profile, its law, its calendar, and the posts that everyone knows by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from policies.calendar import Count, Week, WorkCalendar
from policies.parameters import Policies
from policies.regulations import Regulations
from workflow.errors import Problem
from workflow.letters.profile import Profile, profile_from_text
from workflow.signatures.settings import how_signed
from workflow.tables import agency, units

REGENT = "regent"
#: The posts that everyone knows by name, whoever the agency's profile makes them.
POSTS = ("personnel_head", "secretary", REGENT)


class NotSetUp(Problem):
    """The database has no agency profile yet."""

    status, type, title = 503, "not-set-up", "Jenjang belum disiapkan"


def profile_set_at(conn: Connection) -> datetime | None:
    """When the agency's profile was last set; None where it has none."""
    at: datetime | None = conn.execute(select(agency.c.set_at)).scalar_one_or_none()
    return at


@dataclass(frozen=True)
class Office:
    """One agency. ``zone`` turns instants into the dates that people and the law count by."""

    profile: Profile
    policies: Policies
    calendar: WorkCalendar
    regulations: Regulations
    #: Whether signatories enter a secret (passphrase, PIN) for each signature, so that no letter is signed along with a step.
    signing_needs_secret: bool = False
    #: Whether what is signed says UJI, and whether it may say that a certificate of the national authority signed it.
    signs_for_test: bool = True
    signs_certified: bool = False

    @classmethod
    def load(cls, conn: Connection, overlay: Path | None = None) -> Office:
        """Read the stored profile, the policies and how letters are signed. Raises NotSetUp; PolicyError for a malformed file."""
        text = conn.execute(select(agency.c.profile)).scalar_one_or_none()
        if text is None:
            raise NotSetUp("Profil instansi belum ada. Jalankan: jenjang agency set BERKAS")
        policies = Policies.load(overlay)
        profile = profile_from_text(text, file="profil tersimpan")
        signing = how_signed()
        return cls(
            profile,
            policies,
            WorkCalendar.load(overlay),
            policies.regulations,
            signing_needs_secret=signing.needs_secret,
            signs_for_test=signing.is_test,
            signs_certified=signing.says_certified,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which dates are meant."""
        return ZoneInfo(self.profile.zone)

    def day(self, at: datetime) -> date:
        """The date of an instant at the agency."""
        return at.astimezone(self.zone).date()

    def noon(self, on: date) -> datetime:
        """The instant by which something is asked of a day as a whole."""
        return datetime.combine(on, time(12), self.zone)

    def week(self, unit_id: str | None) -> Week:
        """The working week of a unit."""
        return Week.SIX_DAY if unit_id in self.profile.six_day_units else Week.FIVE_DAY

    def count(self, start: date, days: int, unit_id: str | None) -> Count:
        """Working days of a unit's calendar from a day on, with the receipt."""
        return self._counted(start, days, self.week(unit_id), unit_id)

    @cached_property
    def _counted(self) -> Callable[[date, int, Week, str | None], Count]:
        # One transition asks the same several times, and so do all of one day in one unit.
        return lru_cache(maxsize=256)(self.calendar.count)

    def next_working_day(self, day: date, unit_id: str | None) -> date:
        """The day itself, or the first working day after it."""
        return self.calendar.next_working_day(day, self.week(unit_id), unit_id)

    def post(self, conn: Connection, name: str) -> str | None:
        """The position that the agency knows as personnel_head, secretary or regent; None where it is not filled in yet."""
        if name == REGENT:
            return REGENT
        unit = self.headed(name)
        return (
            conn.execute(select(units.c.head_position_id).where(units.c.id == unit)).scalar_one_or_none()
            if unit
            else None
        )

    def headed(self, name: str) -> str | None:
        """The unit whose head the agency knows as personnel_head or secretary."""
        return {"personnel_head": self.profile.personnel_unit, "secretary": self.profile.secretariat}.get(name)
