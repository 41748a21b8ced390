"""Where borrowed sessions are kept between processes; without a usable cache, borrowing still works, only dearer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from liftgate.cli.cache import fresh_document, fresh_pick, parse_pick, parse_session, pick_text
from liftgate.cli.private_file import Lock, forget, read_private, write_private
from liftgate.cli.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowed:
    """A session as a credential_process prints it (AWS SDKs, "Process credential provider", version 1): one line."""

    grant: str
    document: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A session at hand. Times are seconds since the epoch, on our clock."""

    grant: str
    document: str = field(repr=False)
    lent_at: int
    refresh_at: int
    ends_at: int


class Shelf:
    """The sessions of one context, and which grant was the only active one."""

    def __init__(self, settings: Settings, warn: Callable[[str], None]) -> None:
        self._settings = settings
        self._warn = warn

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from renewing at the same time; go on without that where there is no cache."""
        lock = Lock(self._settings.cached("lock"))
        try:
            lock.take()
        except OSError as error:
            self._warn(f"each call borrows anew, for the cache cannot be used: {error}")
            yield
            return
        try:
            yield
        finally:
            lock.let_go()

    def fresh(self, wanted: str | None, now: float) -> Borrowed | None:
        """What may be used without asking anybody: the same answer as the quick path's."""
        grant = wanted or fresh_pick(self._read("pick"), now)
        document = fresh_document(self._read(f"{grant}.session"), now) if grant else None
        return Borrowed(grant=grant, document=document) if grant and document else None

    def alive(self, wanted: str | None, now: float) -> Kept | None:
        """The session at hand, good or due for renewal, that AWS still honours; None where its end has come."""
        pick = parse_pick(self._read("pick"))
        grant = wanted or (pick[0] if pick else None)
        return self.session(grant, now) if grant else None

    def session(self, grant: str, now: float) -> Kept | None:
        """The living session of one grant."""
        parsed = parse_session(self._read(f"{grant}.session"))
        if parsed is None or not parsed[1] <= now < parsed[3]:
            return None
        document, lent_at, refresh_at, ends_at = parsed[:4]
        return Kept(grant=grant, document=document, lent_at=lent_at, refresh_at=refresh_at, ends_at=ends_at)

    def keep(self, grant: str, text: str, now: float) -> None:
        """Put a session, as ``session_text`` writes it, on the shelf, and clear away those that are over."""
        self._write(f"{grant}.session", text)
        for path in self._settings.cache.glob("*.session"):
            parsed = parse_session(read_private(str(path)))
            if parsed and parsed[3] <= now:
                forget(str(path))

    def keep_pick(self, grant: str, now: float) -> None:
        """Remember the only active grant."""
        self._write("pick", pick_text(grant, picked_at=int(now)))

    def drop(self, grant: str | None) -> None:
        """Forget a grant's session, and which grant was picked."""
        if grant:
            forget(self._settings.cached(f"{grant}.session"))
        forget(self._settings.cached("pick"))

    def drop_picks(self) -> None:
        """Forget which grant was picked, in every context: a profile of AWS's and the shell beside it have one each."""
        for path in self._settings.cache.glob("*.pick"):
            forget(str(path))

    def drop_all(self) -> None:
        """Forget all of this context's sessions."""
        forget(self._settings.cached("pick"))
        for path in self._settings.cache.glob(f"{self._settings.cache_key}.*.session"):
            forget(str(path))

    def _read(self, kind: str) -> str | None:
        return read_private(self._settings.cached(kind))

    def _write(self, kind: str, text: str) -> None:
        try:
            write_private(self._settings.cached(kind), text)
        except OSError as error:
            self._warn(f"the session cannot be kept: {error}")
