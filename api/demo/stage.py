"""What every chapter of the demo needs: steps of a case and what becomes of their letters, each by whoever it waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.demo.boards import Boards
from api.demo.folder import Folder
from api.demo.paper import paper
from api.demo.visitor import Answer, Unexpected
from workflow.demo.cast import Player
from workflow.letters.words import begun_small
from workflow.telling.plain_text import ended


@dataclass(kw_only=True)
class Stage(Boards):
    """The boards with all that is done on them, and the letters that were issued so far, each with somebody who sees it.

    ``folder``: where the demo keeps what it shows; ``left``: letters that are left to be initialled or signed by whoever steps in.
    """

    folder: Folder
    letters: list[tuple[str, Player]] = field(default_factory=list)
    left: set[str] = field(default_factory=set)

    # --- Steps --------------------------------------------------------------------------------------------------------

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
        held: bool = False,
    ) -> tuple[str, ...]:
        """One step, having looked at it first and acknowledged what it warns of; ``then``: more in the same act.

        Its letters go their way at once, unless they are ``held``. Answers their ids.
        """
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
        self.moved(case)
        letters = tuple(answer.document["letters"])
        self.issued(letters, player, held=held)
        return letters

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
                remedy = reason["remedy"]
                way_out = "" if not remedy or remedy in problem["detail"] else f" Jalan keluar: {remedy}"
                says = "" if reason["says"] in problem["detail"] else f"{reason['says']} "
                self.add(f"{says}Dasar: {', '.join(reason['by'])}.{way_out}")

    def upload(self, player: Player, name: str, *lines: str) -> str:
        """Hand in a paper with these lines. Answers its id."""
        return self.visitor(player).upload(name, paper(*lines))

    def event(self, player: Player, case: str, kind: str) -> dict[str, Any]:
        """What the history of a case tells somebody of the last event of a kind."""
        events = self.visitor(player).get(f"/api/cases/{case}/history").document["events"]
        return next(dict(event) for event in reversed(events) if event["type"] == kind)

    # --- Letters ------------------------------------------------------------------------------------------------------

    def issued(self, letter_ids: Sequence[str], player: Player, *, held: bool = False) -> None:
        """Remember the letters that a step issued, and tell of them; they go their way at once, unless they are ``held``."""
        self.letters.extend((letter_id, player) for letter_id in letter_ids)
        if held:
            return
        for letter_id in letter_ids:
            self._pass_on(letter_id, player)
        letters = [self.letter(letter_id, player)["letter"] for letter_id in letter_ids]
        self._tell_signed([letter for letter in letters if letter["number"]])
        waiting = Counter(f"{each['title']}{_shared(each)}" for each in letters if not each["number"])
        for title, number in waiting.items():
            self.add(f"{f'{number} {begun_small(title)}' if number > 1 else title}: menunggu tanda tangan.")

    def letter(self, letter_id: str, player: Player) -> dict[str, Any]:
        """The page of a letter."""
        return dict(self.visitor(player).get(f"/api/letters/{letter_id}").document)

    def on_letter(self, player: Player, letter_id: str, act: str, **values: Any) -> Answer:
        """Something done with the draft that somebody has just seen. Raises Unexpected where it is refused."""
        page = self.letter(letter_id, player)
        body = {"version": page["version"], **values}
        answer = self.visitor(player).post(f"/api/letters/{letter_id}/acts/{act}", body)
        self.moved(*page["case_ids"])
        return self.done(player, f"{act} {page['letter']['title']}", answer, quiet=True)

    def next_initialler(self, letter_id: str, player: Player) -> Player | None:
        """Who is to initial a letter now."""
        page = self.letter(letter_id, player)
        if page["letter"]["state"] != "to_paraf":
            return None
        asked = next((each for each in page["waits_for"] if each["id"] in self.keys), None)
        if asked is None:
            raise Unexpected(f"{page['letter']['title']} menunggu paraf, dan peragaan tidak mengenal pembubuhnya.")
        return Player(asked["id"], asked["name"], asked["post"], asked["post"])

    def _pass_on(self, letter_id: str, player: Player) -> None:
        """Those who are to initial a letter do so in turn; then the one whose step issued it signs it, where that is theirs."""
        names = []
        while asked := self.next_initialler(letter_id, player):
            self.on_letter(asked, letter_id, "initial")
            names.append(asked.name)
        page = self.letter(letter_id, player)
        if names:
            in_turn = "berturut-turut " if len(names) > 1 else ""
            self.add(ended(f"{page['letter']['title']}: diparaf {in_turn}oleh {listed(names)}"))
        if names and page["yours_to_sign"]:
            self.on_letter(player, letter_id, "sign")

    def sign_what_waits(self, player: Player) -> None:
        """Sign every letter that waits for somebody, in one act; nothing where none does."""
        visitor = self.visitor(player)
        pages = list(self._to_sign(player))
        if not pages:
            return
        body = {"letters": [page["letter"]["id"] for page in pages]}
        answer = self.done(player, "menandatangani surat", visitor.post("/api/letters/sign", body), quiet=True)
        for line in answer.document["letters"]:
            if line["problem"]:
                raise Unexpected(f"{player.name}, menandatangani surat: {line['detail']}")
        self.moved(*(case for page in pages for case in page["case_ids"]))
        signed = [self.letter(page["letter"]["id"], player)["letter"] for page in pages]
        counted = Counter(letter["title"] for letter in signed)
        what = listed(
            [
                f"{number} {begun_small(title)}" if number > 1 else begun_small(title)
                for title, number in counted.items()
            ]
        )
        self.did(player, f"menandatangani {what}{' sekaligus, dengan satu perbuatan' if len(signed) > 1 else ''}")
        self._tell_signed(signed)

    def _to_sign(self, player: Player) -> Iterator[dict[str, Any]]:
        """The letters that wait for somebody's signature, oldest task first."""
        for task in self.visitor(player).get("/api/tasks").document["items"]:
            if task["letter_id"] and (page := self.letter(task["letter_id"], player))["yours_to_sign"]:
                yield page

    def _tell_signed(self, letters: Sequence[Mapping[str, Any]]) -> None:
        """Each letter with its number, those of one kind in one line."""
        alike: dict[tuple[str, str], list[str]] = {}
        for letter in letters:
            alike.setdefault((f"{letter['title']}{{}}{_shared(letter)}", letter["signed_as"]), []).append(
                letter["number"]
            )
        for (title, post), numbers in alike.items():
            self.add(f"{title.format(f' Nomor {listed(sorted(numbers))}')}, ditandatangani {post}.")


#: Letters that change another also concern whoever goes no longer.
CHANGES = ("internship_replacement", "internship_assignment_change")


def _shared(letter: Mapping[str, Any]) -> str:
    if letter["cases"] < 2:
        return ""
    about = "menyangkut" if letter["kind"] in CHANGES else "untuk"
    return f" {about} {letter['cases']} {'calon' if letter['kind'].startswith('award_') else 'peserta'}"


def listed(names: Sequence[str]) -> str:
    """Names, which hold commas, or numbers, as a sentence lists them."""
    mark = ";" if any("," in name for name in names) else ","
    *others, last = names
    return f"{f'{mark} '.join(others)}{mark if len(others) > 1 else ''} dan {last}" if others else last
