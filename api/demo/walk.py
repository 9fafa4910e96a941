"""The demo's internship, from draft to certificate: each step by the person whose step it is, over the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from api.demo import story
from api.demo.paper import paper
from api.demo.service import Service
from api.demo.visitor import Answer, Unexpected, Visitor
from policies.dates import with_weekday, written
from workflow.cast import Cast, Player

FIELD_SUPERVISOR = {
    "field_supervisor": "Ns. Ratri Puspita, S.Kep., M.Kep.",
    "field_supervisor_post": "Kepala Ruang",
}


@dataclass
class Walk:
    """The people with their keys, the clock, and what is told about them."""

    service: Service
    cast: Cast
    keys: Mapping[str, str]
    zone: str
    tell: Callable[[str], None]
    letters: list[tuple[str, Player]] = field(default_factory=list)
    _today: date = story.FIRST_DAY
    _told: date | None = None
    _hour: str = ""

    def run(self) -> None:
        """The whole story. Raises Unexpected where it does not go as it should."""
        self._go_to(story.FIRST_DAY, 8, 0)
        case = self._asked()
        self._refusals(case)
        self._approved(case)
        self._arranged(case)
        self._worked(case)
        self._finished(case)
        self._left_open()

    # --- The chapters -------------------------------------------------------------------------------------------------

    def _asked(self) -> str:
        participant, form = self.cast.participant, story.request_of(self.cast)
        opened = self._visitor(participant).post("/api/cases", {"process": "internship", "form": {}})
        case = str(self._done(participant, "membuka berkas magang", opened).document["id"])
        first = {name: form[name] for name in ("host", "section", "starts_on", "ends_on")}
        self._act(participant, case, "save", first)
        self._act(participant, case, "submit", form)
        deadline = self._visitor(participant).get(f"/api/cases/{case}").document["deadline"]
        self._say(f"           Tenggat: {deadline['says']}")
        return case

    def _refusals(self, case: str) -> None:
        participant = self.cast.participant
        self._refused(participant, case, "endorse", {}, "mencoba menyetujui permohonannya sendiri")
        visitor = self._visitor(participant)
        other = visitor.post("/api/cases", {"process": "internship", "form": story.overlapping_request(self.cast)})
        second = str(self._done(participant, "membuka permohonan kedua", other).document["id"])
        self._refused(participant, second, "submit", {}, "mengajukan permohonan kedua")
        self._act(participant, second, "withdraw", {"note": "Tanggalnya bertumpang tindih."})

    def _approved(self, case: str) -> None:
        cast = self.cast
        self._go_to(story.FIRST_DAY + timedelta(days=1), 7, 30, sweep=True)
        self._act(cast.supervisor, case, "endorse", {"note": "Setuju; jadwal jaga sudah diatur."}, at=(9, 0))
        self._act(cast.head, case, "forward", {"note": ""}, at=(10, 30))
        self._go_to(story.FIRST_DAY + timedelta(days=2), 9, 0)
        self._say(f"           Mata anggaran yang dipilih: {cast.budget_title}.")
        self._act(cast.verifier, case, "verify", {"budget_line": cast.budget_line})
        self._go_to(story.FIRST_DAY + timedelta(days=3), 13, 0)
        self._act(cast.secretary, case, "request_host", {})

    def _arranged(self, case: str) -> None:
        cast = self.cast
        self._go_to(story.FIRST_DAY + timedelta(days=8), 10, 0)
        reply = {**FIELD_SUPERVISOR, "reply_number": "DP.03.01/217/2026", "reply_on": "2026-03-09"}
        self._act(cast.host.contact, case, "confirm", reply)
        self._go_to(story.FIRST_DAY + timedelta(days=9), 9, 0)
        self._act(self._assigner(case), case, "assign", {})
        self._act(cast.personnel_head, case, "introduce", {}, at=(11, 0))

    def _worked(self, case: str) -> None:
        cast, days = self.cast, story.days_of_work(self.cast)
        self._go_to(story.STARTS_ON, 7, 45)
        self._act(cast.participant, case, "start", {})
        for number, day in enumerate(days):
            self._go_to(day, 16, 0)
            self._act(cast.participant, case, "log_day", story.logged_day(day, number), quiet=number > 0)
            if day == days[-1] or days[number + 1].isocalendar().week != day.isocalendar().week:
                monday = day - timedelta(days=day.weekday())
                self._say(f"           Catatan harian sampai {written(day)} sudah diisi.")
                self._go_to(day, 17, 0)
                self._act(
                    cast.host.contact,
                    case,
                    "confirm_days",
                    {"from_on": monday.isoformat(), "until_on": day.isoformat()},
                )
        self._act(cast.host.contact, case, "finish", {}, at=(17, 30))

    def _finished(self, case: str) -> None:
        cast, after = self.cast, story.ENDS_ON
        self._go_to(after + timedelta(days=3), 9, 0)
        report = self._upload(
            cast.participant, "laporan-akhir.pdf", "LAPORAN AKHIR MAGANG", cast.participant.name, story.REPORT[:70]
        )
        self._act(cast.participant, case, "report", {"summary": story.REPORT, "report_file": report})
        self._go_to(after + timedelta(days=4), 10, 0)
        paper_ = self._upload(
            cast.host.contact, "surat-keterangan.pdf", "SURAT KETERANGAN", cast.host.name, cast.participant.name
        )
        certificate = {
            "certificate_number": "DP.03.02/301/2026",
            "certificate_on": "2026-04-20",
            "certificate_file": paper_,
        }
        self._act(cast.host.contact, case, "assess", {"scores": story.SCORES, **certificate})
        self._go_to(after + timedelta(days=5), 9, 30)
        proof = self._upload(cast.verifier, "kuitansi.pdf", "KUITANSI", f"Rp{story.COST}")
        self._act(cast.verifier, case, "complete", {"cost": story.COST, "proofs": [proof], "note": "Berkas lengkap."})
        self._go_to(after + timedelta(days=6), 8, 30)
        self._sign_what_waits(cast.personnel_head)
        page = self._visitor(cast.verifier).get(f"/api/cases/{case}").document
        waiting = sum(owed["kind"] == "message" and owed["state"] == "waiting" for owed in page["owed"])
        self._say(f"           {waiting} pesan kepada para pihak tercatat dengan keadaan “menunggu kirim”.")

    def _left_open(self) -> None:
        """A colleague's request, so that somebody has a task to try."""
        colleague = self.cast.second
        opened = self._visitor(colleague).post("/api/cases", {"process": "internship", "form": {}})
        case = str(self._done(colleague, "membuka berkas magang", opened).document["id"])
        self._act(colleague, case, "submit", story.colleagues_request(self.cast))

    # --- What everybody does ------------------------------------------------------------------------------------------

    def _say(self, line: str) -> None:
        """Tell something, under the heading of its day."""
        if self._told != self._today:
            self.tell(f"\n{with_weekday(self._today)}")
            self._told = self._today
        self.tell(line)

    def _visitor(self, player: Player) -> Visitor:
        return Visitor(self.service.port, self.keys[player.id], player.name)

    def _go_to(self, day: date, hour: int, minute: int, *, sweep: bool = False) -> None:
        swept = self.service.go_to(story.instant(day, hour, minute, self.zone), sweep=sweep)
        self._today = day
        self._hour = f"{hour:02d}.{minute:02d}"
        if sweep:
            said = {
                "reminded": "diingatkan",
                "escalated": "diajukan kepada yang lebih tinggi",
                "fired": "langkah oleh sistem",
            }
            done = ", ".join(f"{swept[name]} {title}" for name, title in said.items() if swept.get(name))
            self._say(f"  {self._hour}  Sistem memeriksa tenggat: {done or 'tidak ada yang jatuh tempo'}.")

    def _act(
        self,
        player: Player,
        case: str,
        trigger: str,
        form: Mapping[str, Any],
        *,
        at: tuple[int, int] | None = None,
        quiet: bool = False,
    ) -> None:
        """One step, having looked at it first and acknowledged what it warns of."""
        if at is not None:
            self._go_to(self._today, *at)
        visitor = self._visitor(player)
        seen = visitor.get(f"/api/cases/{case}")
        looked = visitor.post(f"/api/cases/{case}/actions/{trigger}/preview", {"form": form})
        preview = self._done(player, trigger, looked, quiet=True).document
        for reason in preview["reasons"]:
            if reason["grade"] == "warned":
                self._say(f"           Peringatan yang diketahui: {reason['says']}")
        body = {"form": form, "acknowledge": preview["acknowledge"]}
        answer = visitor.post(f"/api/cases/{case}/actions/{trigger}", body, version=seen.etag)
        self._done(player, preview["title"], answer, quiet=quiet)
        for letter_id in answer.document["letters"] if not answer.refused else ():
            self._issued(letter_id, player)

    def _done(self, player: Player, what: str, answer: Answer, *, quiet: bool = False) -> Answer:
        if answer.refused:
            reasons = "; ".join(reason["says"] for reason in answer.document.get("reasons", ()))
            raise Unexpected(
                f"{player.name}, {what}: {answer.document.get('detail', answer.status)} {reasons}".rstrip()
            )
        if not quiet:
            self._say(
                f"  {self._hour}  {player.name} ({player.part}): {what}. Status: {answer.document['state_title']}."
            )
        return answer

    def _refused(self, player: Player, case: str, trigger: str, form: Mapping[str, Any], what: str) -> None:
        """A step that must not succeed, with every reason why."""
        visitor = self._visitor(player)
        version = visitor.get(f"/api/cases/{case}").etag
        answer = visitor.post(f"/api/cases/{case}/actions/{trigger}", {"form": form}, version=version)
        if not answer.refused:
            raise Unexpected(f"{player.name} {what}, dan seharusnya ditolak.")
        problem = answer.document
        self._say(
            f"  {self._hour}  {player.name} {what}: DITOLAK ({problem['title']}, {answer.status}). {problem['detail']}"
        )
        for reason in problem.get("reasons", ()):
            if reason["grade"] in ("refused", "unknown"):
                self._say(f"           Dasar: {', '.join(reason['by'])}. Jalan keluar: {reason['remedy']}")

    def _issued(self, letter_id: str, player: Player) -> None:
        letter = self._visitor(player).get(f"/api/letters/{letter_id}").document["letter"]
        self.letters.append((letter_id, player))
        if letter["number"]:
            self._say(f"           {letter['title']} Nomor {letter['number']}, ditandatangani {letter['signed_as']}.")
        else:
            self._say(f"           {letter['title']}: {letter['state_title'].lower()}.")

    def _assigner(self, case: str) -> Player:
        """Whoever the case waits for now: the head of the unit, or the secretary where the participant is a head."""
        waiting = {
            wait["person"]["id"]
            for wait in self._visitor(self.cast.verifier).get(f"/api/cases/{case}").document["waits_for"]
        }
        return next((player for player in self.cast.players if player.id in waiting), self.cast.head)

    def _sign_what_waits(self, player: Player) -> None:
        visitor = self._visitor(player)
        for task in visitor.get("/api/tasks").document["items"]:
            if task["letter_id"]:
                self._done(
                    player,
                    f"menandatangani {task['letter_title']}",
                    visitor.post(f"/api/letters/{task['letter_id']}/sign", {}),
                )
                letter = visitor.get(f"/api/letters/{task['letter_id']}").document["letter"]
                self._say(
                    f"           {letter['title']} Nomor {letter['number']}, ditandatangani {letter['signed_as']}."
                )

    def _upload(self, player: Player, name: str, *lines: str) -> str:
        return self._visitor(player).upload(name, paper(*lines))

    def save_letters(self, folder: Path) -> list[Path]:
        """Write the PDF of every letter that was issued. Answers the files."""
        folder.mkdir(parents=True, exist_ok=True)
        saved = []
        for number, (letter_id, player) in enumerate(self.letters, start=1):
            visitor = self._visitor(player)
            letter = visitor.get(f"/api/letters/{letter_id}").document["letter"]
            title = letter["title"].lower().replace(" ", "-")
            path = folder / f"{number}-{title}-{letter['number'].replace('/', '-')}.pdf"
            path.write_bytes(visitor.pdf(letter_id))
            saved.append(path)
        return saved
