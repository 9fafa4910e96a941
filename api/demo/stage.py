"""What every chapter of the demo needs: the clock, the people with their keys, and how each of their deeds is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from api.demo import story
from api.demo.paper import paper
from api.demo.service import Service
from api.demo.visitor import Answer, Unexpected, Visitor
from policies.dates import with_weekday
from workflow.cast import Player

#: What a sweep counts, as it is told.
SWEPT = {
    "reminded": "diingatkan",
    "escalated": "diajukan kepada yang lebih tinggi",
    "fired": "langkah oleh sistem",
}


@dataclass
class Stage:
    """Where the demo is played: a server, everybody's keys, the hour, and the letters that were issued so far."""

    service: Service
    keys: Mapping[str, str]
    zone: str
    tell: Callable[[str], None]
    letters: list[tuple[str, Player]] = field(default_factory=list)
    _today: date = story.FIRST_DAY
    _told: date | None = None
    _hour: str = ""

    def say(self, line: str) -> None:
        """Tell something, under the heading of its day."""
        if self._told != self._today:
            self.tell(f"\n{with_weekday(self._today)}")
            self._told = self._today
        self.tell(line)

    def add(self, line: str) -> None:
        """Tell more of what was just done."""
        self.say(f"           {line}")

    def did(self, player: Player, what: str, state: str = "") -> None:
        """Tell what somebody did, and where that led."""
        self.say(f"  {self._hour}  {player.name} ({player.part}): {what}.{f' Status: {state}.' if state else ''}")

    def visitor(self, player: Player) -> Visitor:
        """Somebody with their key."""
        return Visitor(self.service.port, self.keys[player.id], player.name)

    def go_to(self, day: date, hour: int, minute: int, *, sweep: bool = False) -> None:
        """Move the clock; with ``sweep`` the system then looks for what is due."""
        swept = self.service.go_to(story.instant(day, hour, minute, self.zone), sweep=sweep)
        self._today = day
        self._hour = f"{hour:02d}.{minute:02d}"
        if sweep:
            done = ", ".join(f"{swept[name]} {title}" for name, title in SWEPT.items() if swept.get(name))
            self.say(f"  {self._hour}  Sistem memeriksa tenggat: {done or 'tidak ada yang jatuh tempo'}.")

    def later(self, hour: int, minute: int) -> None:
        """Later on the same day."""
        self.go_to(self._today, hour, minute)

    # --- Deeds --------------------------------------------------------------------------------------------------------

    def act(
        self,
        player: Player,
        case: str,
        trigger: str,
        form: Mapping[str, Any],
        *,
        at: tuple[int, int] | None = None,
        quiet: bool = False,
        then: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """One step, having looked at it first and acknowledged what it warns of; ``then``: more in the same act."""
        if at is not None:
            self.later(*at)
        visitor = self.visitor(player)
        seen = visitor.get(f"/api/cases/{case}")
        looked = visitor.post(f"/api/cases/{case}/actions/{trigger}/preview", {"form": form})
        preview = self.done(player, trigger, looked, quiet=True).document
        for reason in preview["reasons"]:
            if reason["grade"] == "warned" and not quiet:
                self.add(f"Peringatan yang diketahui: {reason['says']}")
        body = {"form": form, "acknowledge": preview["acknowledge"], "then": list(then)}
        answer = visitor.post(f"/api/cases/{case}/actions/{trigger}", body, version=seen.etag)
        self.done(player, preview["title"], answer, quiet=quiet)
        self.issued(answer.document["letters"], player)

    def done(self, player: Player, what: str, answer: Answer, *, quiet: bool = False) -> Answer:
        """An answer that must not be a refusal, told unless ``quiet``. Raises Unexpected."""
        if answer.refused:
            reasons = "; ".join(reason["says"] for reason in answer.document.get("reasons", ()))
            raise Unexpected(
                f"{player.name}, {what}: {answer.document.get('detail', answer.status)} {reasons}".rstrip()
            )
        if not quiet:
            self.did(player, what, answer.document["state_title"])
        return answer

    def refused(self, player: Player, case: str, trigger: str, form: Mapping[str, Any], what: str) -> None:
        """A step that must not succeed, with every reason why. Raises Unexpected where it does."""
        visitor = self.visitor(player)
        version = visitor.get(f"/api/cases/{case}").etag
        answer = visitor.post(f"/api/cases/{case}/actions/{trigger}", {"form": form}, version=version)
        if not answer.refused:
            raise Unexpected(f"{player.name} {what}, dan seharusnya ditolak.")
        problem = answer.document
        self.say(
            f"  {self._hour}  {player.name} {what}: DITOLAK ({problem['title']}, {answer.status}). {problem['detail']}"
        )
        for reason in problem.get("reasons", ()):
            if reason["grade"] in ("refused", "unknown"):
                self.add(f"Dasar: {', '.join(reason['by'])}. Jalan keluar: {reason['remedy']}")

    def upload(self, player: Player, name: str, *lines: str) -> str:
        """Hand in a paper with these lines. Answers its id."""
        return self.visitor(player).upload(name, paper(*lines))

    # --- Letters ------------------------------------------------------------------------------------------------------

    def issued(self, letter_ids: Sequence[str], player: Player) -> None:
        """Tell of the letters that a step issued, and remember them for ``save_letters``."""
        self.letters.extend((letter_id, player) for letter_id in letter_ids)
        letters = [self._letter(letter_id, player) for letter_id in letter_ids]
        self._tell_signed([letter for letter in letters if letter["number"]])
        waiting = Counter(f"{each['title']}{_shared(each)}" for each in letters if not each["number"])
        for title, number in waiting.items():
            self.add(f"{f'{number} ' if number > 1 else ''}{title}: menunggu tanda tangan.")

    def sign_what_waits(self, player: Player) -> None:
        """Sign every letter that waits for somebody."""
        visitor, signed = self.visitor(player), []
        for task in visitor.get("/api/tasks").document["items"]:
            if task["letter_id"]:
                answer = visitor.post(f"/api/letters/{task['letter_id']}/sign", {})
                state = self.done(player, "menandatangani surat", answer, quiet=True).document["state_title"]
                signed.append((self._letter(task["letter_id"], player), state))
        for (title, state), number in Counter((letter["title"], state) for letter, state in signed).items():
            self.did(player, f"menandatangani {f'{number} ' if number > 1 else ''}{title}", state)
            self._tell_signed([letter for letter, _ in signed if letter["title"] == title])

    def _tell_signed(self, letters: Sequence[Mapping[str, Any]]) -> None:
        """Each letter with its number, those of one kind in one line."""
        alike: dict[tuple[str, str], list[str]] = {}
        for letter in letters:
            alike.setdefault((f"{letter['title']}{{}}{_shared(letter)}", letter["signed_as"]), []).append(
                letter["number"]
            )
        for (title, post), numbers in alike.items():
            self.add(f"{title.format(f' Nomor {listed(sorted(numbers))}')}, ditandatangani {post}.")

    def _letter(self, letter_id: str, player: Player) -> dict[str, Any]:
        return dict(self.visitor(player).get(f"/api/letters/{letter_id}").document["letter"])

    def save_letters(self, folder: Path) -> list[Path]:
        """Write the PDF of every letter that was issued. Answers the files."""
        folder.mkdir(parents=True, exist_ok=True)
        saved = []
        for number, (letter_id, player) in enumerate(self.letters, start=1):
            letter = self._letter(letter_id, player)
            title = letter["title"].lower().replace(" ", "-")
            path = folder / f"{number:02d}-{title}-{letter['number'].replace('/', '-')}.pdf"
            path.write_bytes(self.visitor(player).pdf(letter_id))
            saved.append(path)
        return saved


#: Letters that change another also concern whoever goes no longer.
CHANGES = ("internship_replacement", "internship_assignment_change")


def _shared(letter: Mapping[str, Any]) -> str:
    if letter["cases"] < 2:
        return ""
    return f" {'menyangkut' if letter['kind'] in CHANGES else 'untuk'} {letter['cases']} peserta"


def listed(names: Sequence[str]) -> str:
    """Names, which hold commas, or numbers, as a sentence lists them."""
    mark = ";" if any("," in name for name in names) else ","
    *others, last = names
    return f"{f'{mark} '.join(others)}{mark if len(others) > 1 else ''} dan {last}" if others else last
