"""Notices by e-mail, Teams and whatever else apprise speaks: https://github.com/caronc/apprise

Its addresses are secrets. It logs, so nobody hears its logs; it waits, so it is waited for only so long; and it reports no more than
whether it worked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import BoundedSemaphore, Thread
from typing import Final
from urllib.parse import quote

from apprise import Apprise, AppriseAsset, NotifyFormat

from liftgate.notices.quiet import quiet
from liftgate.notices.told_words import subject_of, text_of
from liftgate.response.notify import Message, NotDelivered

TO: Final = "{to}"
_PATIENCE: Final = 10.0  # seconds
_AT_ONCE: Final = BoundedSemaphore(
    8
)  # those that hang are left to end by themselves; more of them than this are not begun


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseNotice:
    """One address, or, with ``{to}`` in it, one for each person who has a place in ``to``."""

    name: str
    url: str = field(repr=False)
    tells: frozenset[str]  # kinds; empty: all
    to: Mapping[str, str] = field(repr=False)  # by person
    patience: float = _PATIENCE

    def recipients(self, kind: str, people: frozenset[str]) -> tuple[str, ...]:
        """To whom a telling of a kind goes: people who have a place, or, of a channel, the empty name."""
        if self.tells and kind not in self.tells:
            return ()
        return tuple(sorted(people & self.to.keys())) if TO in self.url else ("",)

    def addressed(self, person: str) -> "Addressed | None":
        """The notice to one person, or the channel; None where they have no place any more."""
        if TO not in self.url:
            return Addressed(name=self.name, url=self.url, patience=self.patience)
        place = self.to.get(person)
        if place is None:
            return None
        url = self.url.replace(TO, quote(place, safe=""))
        return Addressed(name=f"{self.name}: {person}", url=url, patience=self.patience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """One address, of one person or a channel."""

    name: str
    url: str = field(repr=False)
    patience: float

    def send(self, message: Message, now: datetime) -> None:
        """See ``Notifier``."""
        del now
        if not _in_time(lambda: _notify(self.url, subject_of(message), text_of(message)), self.patience):
            raise NotDelivered(
                f"the notice `{self.name}` was not taken",
                advice="it is tried again; look at `notices` in the settings",
                value=self.name,
            )


def is_readable(url: str) -> bool:
    """Whether apprise knows what to do with an address."""
    quiet("apprise")
    return Apprise(asset=_asset()).add(url.replace(TO, "somebody%40example.com"))


def _notify(url: str, title: str, body: str) -> bool:
    quiet("apprise")
    sender = Apprise(asset=_asset())
    if not sender.add(url):
        return False
    return bool(sender.notify(body=body, title=title, body_format=NotifyFormat.TEXT))


def _asset() -> AppriseAsset:
    return AppriseAsset(
        app_id="Liftgate",
        app_desc="Liftgate",
        app_url="",
        async_mode=False,
        secure_logging=True,
        storage_mode="memory",
        http_redirects=False,
        interpret_escapes=False,
        interpret_emojis=False,
    )


def _in_time(work: Callable[[], bool], patience: float) -> bool:
    """Whether it worked within a time; what takes longer is left to itself, in a thread that keeps no process from ending."""
    worked: list[bool] = []

    def run() -> None:
        try:
            worked.append(work())
        except Exception:  # noqa: BLE001 - its text may quote the address
            worked.append(False)
        finally:
            _AT_ONCE.release()

    if not _AT_ONCE.acquire(timeout=patience):
        return False
    thread = Thread(target=run, name="liftgate-notice", daemon=True)
    thread.start()
    thread.join(patience)
    return worked == [True]
