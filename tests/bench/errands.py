"""What the people at work have under way: whose turn it is in which case, what was asked, and what came back."""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count, cycle
from random import Random
from typing import Any
from uuid import UUID

from tests.bench.big_office import SYLLABLES
from tests.bench.load import Answer, request
from tests.bench.province import Province
from tests.bench.working_day import (
    CASES,
    CONTENTION,
    INBOXES,
    LETTERS,
    LISTS,
    MIX,
    PDF,
    RIVALS,
    ROADS,
    Place,
    Road,
    Step,
)

#: What tells whoever came second that somebody was faster.
BEATEN = ("out-of-date", "not-now")
#: Cases of the office that were seen in lists and may be opened.
_REMEMBERED = 400
#: Weeks of next year, one of which each request is for.
_WEEKS = 50


class Unexpected(Exception):
    """An answer that must not be."""


@dataclass(frozen=True)
class Asked:
    """A request: of which kind, as it goes over the wire, and who takes its answer in. That one says what came of it."""

    kind: str
    wire: bytes
    heed: Callable[[Answer], str]


@dataclass(frozen=True)
class Attempt:
    """An act as it is asked for: by whom, under which key, on which version of the case; 0 where there is none yet."""

    path: str
    body: Mapping[str, Any]
    who: str
    key: str
    version: int = 0


@dataclass(frozen=True)
class Act:
    """An act that was acknowledged: the case, what was done, the version after it, and its events."""

    case: str
    trigger: str
    version: int
    events: tuple[str, ...]


@dataclass
class Told:
    """What was answered: seconds by kind, how often what came of it, the acts, and every answer that must not be."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    outcomes: Counter[str] = field(default_factory=Counter)
    acts: list[Act] = field(default_factory=list)
    letters: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Requests that were answered."""
        return sum(self.outcomes.values())


@dataclass(eq=False)
class Errand:
    """A case on its road. ``version``: as its people know it; ``position``: the step that is next; ``until``: where it rests."""

    road: Road
    place: Place
    until: int
    case: str = ""
    version: int = 0
    position: int = 0
    #: Requests that are on their way, each of which may move it.
    on_its_way: int = 0
    letters: list[str] = field(default_factory=list)

    @property
    def step(self) -> Step:
        """What is to be done next."""
        return self.road.steps[self.position]

    @property
    def rests(self) -> bool:
        """Nothing is to be done for now."""
        return self.position >= self.until


class Errands:
    """All cases that are under way, and what each connection asks next; whoever asks in the same order is told the same.

    Not for threads: connections take turns on one loop.
    """

    def __init__(self, province: Province, told: Told, seed: int) -> None:
        self.told = told
        self.live: deque[Errand] = deque()
        self.opening = True
        self._province = province
        self._random = Random(seed)  # noqa: S311 # the same day each time, no secret
        self._soon: deque[Asked] = deque()
        self._seen: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)
        self._letters: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)
        self._made: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)
        self._numbers = {name: count() for name in ROADS}
        self._warned: dict[tuple[str, str], list[str]] = {}
        self._kinds, self._meets = self._in_shares(MIX), self._in_shares(CONTENTION)
        self._makers = {"inbox": self._inbox, "list": self._list, "case": self._case, "letter": self._letter}

    def _in_shares(self, shares: Mapping[str, int]) -> Iterator[str]:
        """What comes next, over and over: of each hundred so many of each as are named, the rest nothing."""
        hundred = [name for name, number in shares.items() for _ in range(number)]
        hundred += [""] * (100 - len(hundred))
        self._random.shuffle(hundred)
        return cycle(hundred)

    # --- Cases ---------------------------------------------------------------------------------------------------------

    def begin(self, name: str) -> None:
        """One more case on a road, of somebody who has none on it: none is asked for twice at a time."""
        road = ROADS[name]
        under_way = {each.place.people[road.opened_by] for each in self.live if each.road is road}
        while (errand := self._begun(name, next(self._numbers[name]))).place.people[road.opened_by] in under_way:
            pass
        self.live.append(errand)

    def _begun(self, name: str, number: int) -> Errand:
        road = ROADS[name]
        agency = self._province.agencies[number % len(self._province.agencies)]
        mine = number // len(self._province.agencies)
        own = agency.employees
        # Those who stay away and those who are paired are different people; whoever asks for next year may be any of them.
        first = {"stay": 0, "pair": 12}.get(name, 0)
        who = own[(first + (2 * mine if name == "pair" else mine)) % len(own)]
        other = own[(first + 2 * mine + 1) % len(own)]
        people = {road.opened_by: who.id, "mentor": other.id, "supervisor": who.superior, "head": agency.head}
        turn = (mine + mine // len(own)) % _WEEKS
        return Errand(road, Place({**self._province.for_all, **people}, turn), road.before or len(road.steps))

    def go_on(self, until: Callable[[Road], int]) -> None:
        """Those that rest go on until they have taken so many steps of their road."""
        for errand in self.live:
            errand.until = until(errand.road)

    @property
    def all_rest(self) -> bool:
        """Every case is where it should be for now, and nothing is on its way."""
        return not self._soon and all(errand.rests and not errand.on_its_way for errand in self.live)

    # --- What is asked -------------------------------------------------------------------------------------------------

    def next(self) -> Asked | None:
        """What is asked next; None where there is nothing to be done at this moment."""
        if self._soon:
            return self._soon.popleft()
        if not self.opening:
            return self._act()
        kind = next(self._kinds)
        return self._act() if kind == "act" else self._makers[kind]()

    def _inbox(self) -> Asked:
        return self._read("inbox", self._random.choice(INBOXES), self._anybody())

    def _list(self) -> Asked:
        name = "".join(self._random.choices(SYLLABLES, k=3))
        who = self._anybody()

        def heed(answer: Answer) -> None:
            for line in json.loads(answer.body)["items"]:
                self._seen.append((who, line["id"]))

        path = self._random.choice(LISTS)
        return self._read("list", path.format(name), who, heed if path.startswith("/api/cases") else None)

    def _case(self) -> Asked:
        own = [(each.place.people[each.road.opened_by], each.case) for each in self._some_live() if each.case]
        who, case = self._random.choice([*own, *list(self._seen)[-len(own) :]] or [("", "")])
        return self._read("case", self._random.choice(CASES).format(case), who) if case else self._inbox()

    def _letter(self) -> Asked:
        if self._made and self._random.random() < 0.5:
            who, letter = self._random.choice(self._made)
            return self._read("letter as PDF", PDF.format(letter), who)
        if not self._letters:
            return self._inbox()
        who, letter = self._letters[0]
        self._letters.rotate(-1)

        def heed(answer: Answer) -> None:
            if json.loads(answer.body)["sha256"] and (who, letter) not in self._made:
                self._made.append((who, letter))

        path = self._random.choice(LETTERS)
        return self._read("letter", path.format(letter), who, heed if path.startswith("/api") else None)

    def _read(self, kind: str, path: str, who: str, take: Callable[[Answer], None] | None = None) -> Asked:
        page = not path.startswith("/api")
        if page and who not in self._province.sessions:
            page, path = False, "/api/tasks"
        shown = {"Cookie": f"jenjang={self._province.sessions[who]}"} if page else self._key(who)

        def heed(answer: Answer) -> str:
            if answer.status != 200:
                raise Unexpected(f"{path} answered {answer.status}: {answer.text}")
            if take:
                take(answer)
            return "read"

        return Asked(kind, request("GET", path, b"", **shown), heed)

    def _anybody(self) -> str:
        return self._random.choice(list(self._province.keys))

    def _key(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._province.keys[who]}"}

    def _some_live(self) -> list[Errand]:
        return [self._random.choice(self.live) for _ in range(8)] if self.live else []

    # --- Acts ----------------------------------------------------------------------------------------------------------

    def _act(self) -> Asked | None:
        for _ in range(len(self.live)):
            self.live.rotate(-1)
            errand = self.live[-1]
            if not errand.on_its_way and not errand.rests:
                return self._step(errand) if errand.case else self._open(errand)
        return None

    def _open(self, errand: Errand) -> Asked:
        body = {"process": errand.road.process, "form": {}}
        errand.on_its_way += 1

        def heed(answer: Answer) -> str:
            errand.on_its_way -= 1
            errand.case = self._done(errand, "opened", answer, 201)["id"]
            return "done"

        return self._post(
            Attempt("/api/cases", body, errand.place.people[errand.road.opened_by], self._new_key()), heed
        )

    def _step(self, errand: Errand) -> Asked:
        step, people = errand.step, errand.place.people
        meets = next(self._meets) if not step.once_made else ""
        warned = self._warned.get((errand.road.process, step.trigger), [])
        body = {"form": step.form(errand.place), "acknowledge": warned}
        path = f"/api/cases/{errand.case}/actions/{step.trigger}"
        attempt = Attempt(path, body, people[step.role], self._new_key(), errand.version)
        heed = self._heeding(errand, attempt, meets)
        errand.on_its_way += 1
        if meets in ("rival", "twin"):
            errand.on_its_way += 1
            rival = replace(attempt, who=people[RIVALS.get(step.role, step.role)], key=self._new_key())
            self._soon.append(self._post(rival if meets == "rival" else attempt, heed))
        return self._post(attempt, heed)

    def _heeding(self, errand: Errand, attempt: Attempt, meets: str) -> Callable[[Answer], str]:
        """Takes the answer in to a step, or both answers to one that two take at the same time, of whom one is to win."""
        step, before = errand.step, errand.position

        def heed(answer: Answer) -> str:
            errand.on_its_way -= 1
            if answer.problem == "not-acknowledged":
                self._warned[errand.road.process, step.trigger] = json.loads(answer.body)["acknowledge"]
                return "warned"
            if step.once_made and answer.problem == "not-now":
                return "too early"
            if meets == "rival" and answer.status != 200:
                if not errand.on_its_way and errand.position == before:
                    raise Unexpected(f"{attempt.path}: both were told that the other was faster")
                return _beaten(answer)
            done = self._done(errand, step.trigger, answer, 200)
            if done["repeated"]:
                return "repeated"
            errand.position += 1
            self._take_letters(errand, attempt.who, done["letters"])
            if meets in ("again", "stale"):
                self._soon.append(self._again(attempt, done, stale=meets == "stale"))
            return "done"

        return heed

    def _again(self, attempt: Attempt, before: dict[str, Any], *, stale: bool) -> Asked:
        """The same with its key is answered as before; with a new key whoever asks sees the case as it was."""

        def heed(answer: Answer) -> str:
            if stale:
                return _beaten(answer)
            if answer.status != 200 or json.loads(answer.body) != {**before, "repeated": True}:
                raise Unexpected(
                    f"{attempt.path} was answered otherwise the second time: {answer.status} {answer.text}"
                )
            return "repeated"

        return self._post(replace(attempt, key=self._new_key()) if stale else attempt, heed)

    def _post(self, attempt: Attempt, heed: Callable[[Answer], str]) -> Asked:
        headers = {**self._key(attempt.who), "Idempotency_Key": attempt.key}
        if attempt.version:
            headers["If_Match"] = f'"{attempt.version}"'
        return Asked("act", request("POST", attempt.path, json.dumps(attempt.body).encode(), **headers), heed)

    def _done(self, errand: Errand, trigger: str, answer: Answer, status: int) -> dict[str, Any]:
        """What an act was acknowledged with; noted unless it was before. Raises Unexpected; the case is then let be."""
        if answer.status != status:
            self._leave(errand)
            raise Unexpected(f"{errand.road.process} {trigger} answered {answer.status}: {answer.text}")
        done: dict[str, Any] = json.loads(answer.body)
        if not done["repeated"]:
            errand.version = done["version"]
            self.told.acts.append(Act(done["id"], trigger, done["version"], tuple(done["events"])))
        return done

    def _take_letters(self, errand: Errand, who: str, letters: list[str]) -> None:
        errand.letters += letters
        self.told.letters.update(letters)
        self._letters.extend((who, each) for each in letters)
        if (
            self.opening and errand.rests
        ):  # this one is through: the next begins, unless it would have had to before the day
            self._leave(errand)
            if not errand.road.before:
                self.begin(next(name for name, road in ROADS.items() if road is errand.road))

    def _leave(self, errand: Errand) -> None:
        if errand in self.live:
            self.live.remove(errand)

    def _new_key(self) -> str:
        return str(UUID(int=self._random.getrandbits(128)))


def _beaten(answer: Answer) -> str:
    """Somebody was faster. Raises Unexpected where anything else is told."""
    if answer.status != 409 or answer.problem not in BEATEN:
        raise Unexpected(f"whoever came second was answered {answer.status}: {answer.text}")
    return "beaten"
