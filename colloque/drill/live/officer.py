"""The officer: looks at the pages as a person would, and pulls the lever that a rule has not pulled by itself.

A program looks each second and pulls at once; a person takes longer. What is measured is how long it takes until there is
something to see, and until the lever has stopped it.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from colloque.client.account import Account, sign_up
from colloque.client.errors import ClientError
from colloque.drill.live.instance import Instance
from colloque.kernel import clock
from colloque.kernel.ids import new_id

LOOK_SECONDS = 1.0
# What two sweeps that ended after the thief did have not noticed they do not notice. They come each 10 s, later where the
# machine is busy: the page says when the last one was.
SWEEPS, SWEEPS_SECONDS = 2, 180.0
_FINDING = re.compile(r'href="/officer/findings/([0-9a-f-]{36})"')
_LEVER = re.compile(r'action="/officer/levers/(device|person)/([0-9a-f-]{36})"')
_READ = re.compile(r'<time id="read" datetime="([^"]+)"')
_TITLE = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)


@dataclass(frozen=True)
class Noticed:
    at: str
    title: str


@dataclass
class Lookout:
    """Looks until told to stop. `noticed` and `pulled` are filled as it goes."""

    account: Account
    suspects: frozenset[str]  # account and device that a telephone call has not cleared
    tell: Callable[[str], None]
    noticed: list[Noticed] = field(default_factory=list)
    pulled: list[str] = field(default_factory=list)
    trouble: str = ""
    swept: str = ""  # when the worker last had read the ledger to its end, as the page says
    _before: set[str] = field(default_factory=set)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        self._before = self._listed()  # what was there before is not ours
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look on until something was noticed, for a thief may be done before the next sweep."""
        until, before = time.monotonic() + SWEEPS_SECONDS, self.swept
        sweeps = {before}
        while not self.noticed and len(sweeps) <= SWEEPS and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
            sweeps.add(self.swept)
        self._over.set()
        if self._thread:
            self._thread.join(30)

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            try:
                self._look_once()
            except ClientError as error:
                self.trouble = str(error)

    def _look_once(self) -> None:
        for finding in self._listed() - self._before:
            self._before.add(finding)
            page = self.account.browser.open_page(f"/officer/findings/{finding}")
            levers = {found for found in _LEVER.findall(page) if found[1] in self.suspects}
            if not levers and not any(one in page for one in self.suspects):
                continue  # of another: so many people who sign up from one network are a finding too
            title = _TITLE.search(page)
            self.noticed.append(Noticed(clock.to_wire(clock.now()), title[1].strip() if title else finding))
            self.tell(f"  noticed: {self.noticed[-1].title}")
            for lever, target in levers:
                if lever == "person":
                    # A 302 leads back to the overview: it is frozen, and the row says by whom.
                    self.account.browser.post(f"/officer/levers/{lever}/{target}")
                    self.pulled.append(target)
                    self.tell("  the officer freezes the account")

    def _listed(self) -> set[str]:
        page = self.account.browser.open_page("/officer")
        if read := _READ.search(page):
            self.swept = read[1]
        return set(_FINDING.findall(page))


def appoint(instance: Instance, suspects: frozenset[str], tell: Callable[[str], None]) -> Lookout:
    """A person of no practice, made an officer beside the instance. It is given no key of care."""
    account = sign_up(instance.url, f"{new_id()}@drill.example", instance.mailbox)
    instance.run("officer", "appoint", account.person.id)
    return Lookout(account, suspects, tell)
