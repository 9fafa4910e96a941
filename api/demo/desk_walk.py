"""What still lies on desks when the demo ends: for each kind of person something real to do, brought there by those before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from api.demo import desk_story as story
from api.demo.cohort_story import ILL
from api.demo.nominating import Nominating
from api.demo.pairs_walk import PairsWalk
from api.demo.preparation import Prepared
from api.demo.stage import Stage
from api.demo.story import ACTIVITIES, REPORT, colleagues_request, logged_day
from api.demo.together import Together
from workflow.demo.cast import Player
from workflow.demo.desks import Asker
from workflow.demo.playbill import Door

#: Every paraf of a letter, however many there are.
_ALL = 10
#: How far the requests of those with these places have come when the demo ends, and how many paraf their letters have by then.
_ON_THEIR_WAY = (
    ("endorse", 0),
    ("forward", 0),
    ("verify", 0),
    ("request_host", 0),
    ("request_host", 1),
    ("request_host", 2),
    ("request_host", _ALL),
    ("request_host", _ALL),
)


@dataclass
class DeskWalk:
    """Everybody of the office, on their stage. Weeks lie between its two chapters."""

    stage: Stage
    office: Prepared
    #: Those who went in November, by their cases; the case of each whom the host is asked about; a letter to be checked.
    gone: dict[str, Player] = field(default_factory=dict)
    together: str = ""
    alone: str = ""

    def __post_init__(self) -> None:
        self.pairs = PairsWalk(self.stage, self.office.cast, self.office.pair, self.office.desks)

    def begin(self) -> None:
        """Two leave for an internship, two pairs begin to meet, and a colleague's request is left lying."""
        stage, cast, troupe = self.stage, self.office.cast, self.office.troupe
        going = self._goers[-2:]
        stage.go_to(story.ASKED_ON, 9, 0)
        self._places_told()
        asked = self._asked_together(
            going, story.request(cast, (story.STARTS_ON, story.ENDS_ON)), "Magang bulan November"
        )
        self.gone = {case: each.player for case, each in zip(self._cases(asked), going, strict=True)}
        self.pairs.propose()
        stage.go_to(story.VERIFIED_ON, 9, 0)
        self._verified_together(asked)
        self.pairs.consent()
        stage.go_to(story.ANSWERED_ON, 10, 0)
        contact = cast.host.contact
        self._by(asked).act(contact, "confirm", "menyatakan bersedia", story.REPLY)
        for case in self.gone:
            stage.act(contact, case, "appoint_guide", story.GUIDE, quiet=True)
        stage.did(contact, f"menunjuk {story.GUIDE['field_supervisor']} sebagai pembimbing lapangan")
        self.pairs.approve()
        stage.go_to(story.ASSIGNED_ON, 9, 0)
        self._by(asked).act(troupe.head, "assign", "menerbitkan surat tugas")
        stage.later(11, 0)
        self._by(asked).act(cast.personnel_head, "introduce", "menerbitkan surat pengantar")
        self.pairs.meet()
        self._by(asked).act(contact, "start", "menyatakan magang dimulai")
        stage.go_to(story.LATE_ON, 9, 0)
        for late in self.office.desks.colleagues[-1:]:
            self._sent(late, story.request(cast, story.LATE, 1))
        self.pairs.open_round()

    def leave(self) -> None:
        """What was begun in the morning of the last day, and is left to whoever steps in."""
        stage, desks = self.stage, self.office.desks
        stage.go_to(story.LAST_DAY, 10, 0, sweep=True)
        self._at_the_host()
        self.pairs.leave()
        self._of_one_employee(desks.second)
        if len(desks.colleagues) > 1:
            self._sent(desks.colleagues[0], story.request(self.office.cast, story.LONG, 3))
        self._asked_of_the_host()
        for place, (asker, (until, paraf)) in enumerate(zip(desks.askers, _ON_THEIR_WAY, strict=False)):
            form = story.request_of_next_year(self.office.cast, place)
            _, waiting = self._on_its_way(asker, form, until, paraf)
            stage.left.update(waiting)
        self._round_submitted()
        self._sample_drawn()

    # --- Requests -----------------------------------------------------------------------------------------------------

    @property
    def _goers(self) -> tuple[Asker, ...]:
        return self.office.desks.goers

    def _opened(self, asker: Asker) -> str:
        opened = self.stage.visitor(asker.player).post("/api/cases", {"process": "internship", "form": {}})
        return str(self.stage.done(asker.player, "membuka berkas magang", opened, quiet=True).document["id"])

    def _sent(self, asker: Asker, form: Mapping[str, Any]) -> str:
        """A request that was opened and submitted. Answers its case."""
        case = self._opened(asker)
        self.stage.act(asker.player, case, "submit", form)
        return case

    def _on_its_way(self, asker: Asker, form: Mapping[str, Any], until: str, paraf: int) -> tuple[str, tuple[str, ...]]:
        """A request with each step up to one, and its letter to the host with so many paraf. Answers its case, and that letter."""
        stage, cast, case = self.stage, self.office.cast, self._sent(asker, form)
        steps = (
            ("endorse", asker.supervisor),
            ("forward", asker.head),
            ("verify", cast.verifier),
            ("request_host", cast.secretary),
        )
        waiting: tuple[str, ...] = ()
        for trigger, player in steps:
            held = trigger == "request_host"
            letters = stage.act(player, case, trigger, {}, quiet=True, held=held)
            waiting = letters if held else ()
            if trigger == until:
                break
        for letter in waiting:
            for _ in range(paraf):
                if asked := stage.next_initialler(letter, cast.verifier):
                    stage.on_letter(asked, letter, "initial")
        standing = stage.visitor(asker.player).get(f"/api/cases/{case}").document["state_title"]
        stage.did(asker.player, "menunggu kelanjutan permohonannya", standing)
        return case, waiting

    def _of_one_employee(self, asker: Asker) -> None:
        """One who has something to finish, something to mend and something to wait for."""
        stage, cast = self.stage, self.office.cast
        self._sent(asker, colleagues_request(cast))
        returned = self._sent(asker, story.request(cast, story.RETURNED, 4))
        stage.act(asker.supervisor, returned, "return", story.TO_MEND)
        draft = self._opened(asker)
        stage.act(asker.player, draft, "save", story.half_a_request(cast))

    # --- Those who go together ----------------------------------------------------------------------------------------

    def _by(self, cohort: str) -> Together:
        return Together(self.stage, cohort)

    def _cases(self, cohort: str) -> tuple[str, ...]:
        page = self.stage.visitor(self.office.troupe.officer).get(f"/api/cohorts/{cohort}").document
        return tuple(line["case_id"] for line in page["cases"])

    def _asked_together(self, goers: tuple[Asker, ...], form: Mapping[str, Any], title: str) -> str:
        """A cohort that the unit's personnel officer opened, and everybody approved at home. Answers its id."""
        stage, officer = self.stage, self.office.troupe.officer
        members = [{"person": each.player.id} for each in goers]
        body = {"process": "internship", "title": title, "form": form, "members": members}
        answer = stage.visitor(officer).post("/api/cohorts", body)
        opened = stage.done(officer, "membuka rombongan", answer, quiet=True).document
        stage.did(officer, f"membuka rombongan “{title}” bagi {len(goers)} rekan")
        for line, each in zip(opened["moved"], goers, strict=True):
            stage.act(each.player, line["case_id"], "submit", {}, quiet=True)
            stage.act(each.supervisor, line["case_id"], "endorse", {}, quiet=True)
        cohort = str(opened["id"])
        self._by(cohort).act(goers[0].head, "forward", "meneruskan rombongan ke BKPSDM")
        return cohort

    def _verified_together(self, cohort: str) -> None:
        """The cohort is verified, and the host asked by one letter that everybody has signed."""
        cast = self.office.cast
        self._by(cohort).act(cast.verifier, "verify", "menyatakan memenuhi syarat")
        self._by(cohort).act(cast.secretary, "request_host", "menyetujui satu surat permohonan bagi rombongan")

    def _asked_of_the_host(self) -> None:
        """The host is asked about three who would come together, and about one who fell ill in May."""
        cast, goers = self.office.cast, self._goers
        three = tuple(each for place, each in enumerate(goers[:4]) if place != ILL)
        cohort = self._asked_together(three, story.request(cast, story.TOGETHER), "Magang bersama Januari 2027")
        self._verified_together(cohort)
        self.together = self._cases(cohort)[0]
        self.alone, _ = self._on_its_way(goers[ILL], story.request(cast, story.ALONE, 1), "request_host", _ALL)
        self.stage.sign_what_waits(cast.secretary)

    # --- Those who went in November -----------------------------------------------------------------------------------

    def _at_the_host(self) -> None:
        """Both have written down their days, which nobody has confirmed; one has reported and is to be assessed."""
        stage = self.stage
        days = tuple(story.days_of_work())
        for case, goer in self.gone.items():
            pages = [logged_day(day, number) for number, day in enumerate(days[: len(ACTIVITIES)])]
            further = [{"trigger": "log_day", "form": page} for page in pages[1:]]
            stage.act(goer, case, "log_day", pages[0], quiet=True, then=further)
            stage.did(goer, f"mengisi catatan harian, {len(pages)} hari kerja")
        case, goer = list(self.gone.items())[-1]
        report = stage.upload(goer, "laporan-akhir.pdf", "LAPORAN AKHIR MAGANG", goer.name, REPORT[:70])
        stage.act(goer, case, "report", {"summary": REPORT, "report_file": report})

    # --- Around the cases ---------------------------------------------------------------------------------------------

    def _places_told(self) -> None:
        """The administrator puts on record how many the host takes, from the list that it sent."""
        stage, (administrator, *_) = self.stage, self.office.desks.administrators
        visitor = stage.visitor(administrator)
        content = story.places(self.office.cast.host.code)
        tried = visitor.hand_in("/api/imports", "tempat.csv", content, "text/csv", kind="places")
        visitor.expect(f"/api/imports/{tried['id']}/apply", {})
        stage.did(administrator, f"mengimpor jumlah tempat magang di {self.office.cast.host.name}")

    def _round_submitted(self) -> None:
        """A round of awards waits for the regent to appoint its panel."""
        Nominating(self.stage, self.office.cast.verifier).opened_round(story.award_round(self.office.honours))

    def _sample_drawn(self) -> None:
        """An auditor draws a sample within the assignment."""
        stage, (auditor, *_) = self.stage, self.office.desks.auditors
        asked = urlencode({"seed": story.SEED, "size": story.SAMPLE_SIZE})
        drawn = stage.visitor(auditor).get(f"/api/audit/sample?{asked}").document
        stage.did(auditor, f"mengundi {len(drawn['chosen'])} berkas dengan benih “{story.SEED}”")

    # --- Ways in without an account -----------------------------------------------------------------------------------

    def doors(self) -> Iterator[Door]:
        """The links of the host and of the guide, as the verifier may send them on; and what anybody may check."""
        contact = self.office.cast.host.contact
        yield self._link(self.alone, contact, "Jawab permohonan bagi seorang peserta")
        yield self._link(self.together, contact, "Jawab permohonan bagi rombongan tiga peserta")
        case = list(self.gone)[-1]
        people = self.stage.visitor(self.office.cast.verifier).get(f"/api/cases/{case}/links").document
        guide = next(line for line in people["items"] if line["purpose"] == "guide")
        yield self._link(case, Player(guide["person_id"], guide["person"], "", ""), "Konfirmasi hari dan nilai peserta")

    def _link(self, case: str, player: Player, title: str) -> Door:
        visitor = self.stage.visitor(self.office.cast.verifier)
        link = visitor.expect(f"/api/cases/{case}/links", {"person": player.id})
        text = visitor.expect(f"/api/cases/{case}/links/{link['id']}/share", {"channel": "copied"})
        return Door(title, player.name, urlsplit(text["address"]).path)

    def proof(self) -> Door:
        """The address that the QR code of a signed letter opens."""
        letter, player = self.stage.letters[1]
        page = self.stage.letter(letter, player)
        says = f"{page['letter']['title']} Nomor {page['letter']['number']}"
        return Door("Periksa surat lewat kode QR-nya", says, f"/verify/{page['code']}")
