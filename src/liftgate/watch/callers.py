"""Callers, while many calls are read: whose the calls of each are, which of them need no second look, and what they come to.

A call that is like one that was found expected, in all that ``liftgate.iam`` looks at, and inside the same window, is expected
too: it is counted, and nothing else is done about it. Every other is judged by itself.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from liftgate.watch.attribution import TAKING, UNRELATED, Attribution, UnderGrant, attribute
from liftgate.watch.event import Event
from liftgate.watch.known import Known
from liftgate.watch.rules.adding import Adding, Kind
from liftgate.watch.rules.counted import number_of, session_name_in
from liftgate.watch.scoped import Likeness, Pattern, Scoped, scoped
from liftgate.watch.verdict import Judged, Verdict

_MOST: Final = 16_384  # callers that are remembered, a kilobyte each
_MOST_PATTERNS: Final = 4_096
_MOST_SOURCES: Final = 1_000  # of one caller, before they are put into the sum
_NEVER: Final = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)

# Operation, service, whether it reads, how it failed, Region, and the names of parameters.
_Form: TypeAlias = tuple[Any, ...]
Patterns: TypeAlias = dict[tuple[Likeness, _Form], Pattern]
"""By the kind of scope and the form: which calls are expected without being judged. No rule is about them."""


class _Likes:
    """Calls of one caller that are alike, and how many there were."""

    __slots__ = ("calls", "holds", "kind")

    def __init__(self, pattern: Pattern, kind: Kind) -> None:
        self.holds = pattern.holds
        self.kind = kind
        self.calls = 0


class Caller:
    """Whoever makes calls with one identity: a session that was lent, or somebody who never came through Liftgate."""

    __slots__ = (
        "_bucket",
        "_bytes_in",
        "_bytes_out",
        "_first",
        "_head",
        "_last",
        "_likes",
        "_patterns",
        "_scope",
        "_session",
        "_sources",
        "_window",
        "attribution",
        "grant_id",
        "is_unrelated",
    )
    _first: datetime
    _last: datetime
    _sources: set[tuple[str | None, str | None]]
    _bytes_in: int
    _bytes_out: int

    def __init__(self, attribution: Attribution, session_name: str, patterns: Patterns) -> None:
        """With no calls yet. ``patterns`` are all callers' together."""
        self.attribution = attribution
        self.is_unrelated = attribution is UNRELATED
        self.grant_id = ""
        self._scope: Scoped | None = None
        self._session, self._patterns = session_name, patterns
        self._likes: dict[_Form, _Likes] = {}
        self._window, (self._bucket, self._head) = _NEVER, ("", "")
        if isinstance(attribution, UnderGrant):
            grant = attribution.grant
            self.grant_id, self._window = grant.id, (grant.window.starts_at, grant.over_at)
            self._scope = scope = scoped(grant.scope)
            self._bucket, self._head = scope.only_place or ("", "")
        self._begin()

    @property
    def has_counted(self) -> bool:
        """Whether calls were counted here that are in no sum yet."""
        return self._first is not _NEVER[0]

    @property
    def is_full(self) -> bool:
        """Whether what was counted should be put into the sum before it grows."""
        return len(self._sources) > _MOST_SOURCES

    def expects(self, event: Event) -> bool:
        """Count a call that is like an expected one; False where it must be judged."""
        told = event.request_parameters
        if told is None:
            return False
        form = _form(event, told)
        likes = self._likes.get(form) or self._adopted(form)
        if likes is None or not likes.holds(told, self._bucket, self._head):
            return False
        at = event.event_time
        if not (self._first <= at <= self._last or self._reaches(at)):
            return False
        likes.calls += 1
        self._sources.add((event.source_ip_address, event.user_agent))
        extra = event.additional_event_data
        if extra:
            if extra.bytes_in:
                self._bytes_in += number_of(extra.bytes_in)
            if extra.bytes_out:
                self._bytes_out += number_of(extra.bytes_out)
        return True

    def learn(self, event: Event) -> None:
        """Take a call that was expected, and that no rule is about, as the pattern of others."""
        pattern = self._scope.pattern(event) if self._scope is not None else None
        if pattern is not None and self._scope is not None and len(self._patterns) < _MOST_PATTERNS:
            self._patterns[self._scope.kind, _form(event, event.request_parameters or {})] = pattern

    def _adopted(self, form: _Form) -> _Likes | None:
        pattern = self._patterns.get((self._scope.kind, form)) if self._scope is not None else None
        if pattern is None:
            return None
        operation, service, read_only, error_code, *_ = form
        likes = self._likes[form] = _Likes(
            pattern,
            Kind(
                service=service,
                operation=operation,
                read_only=read_only,
                error_code=error_code,
                verdict=Verdict.EXPECTED,
                bucket=self._bucket,
                versioned=pattern.names_version,
            ),
        )
        return likes

    def add_to(self, sum_of: Adding) -> None:
        """Put what was counted into the sum of its grant, and begin anew."""
        for likes in self._likes.values():
            if likes.calls:
                sum_of.add_kind(likes.kind, likes.calls)
                likes.calls = 0
        sum_of.add_rest(
            {(self._session, *source) for source in self._sources},
            first=self._first,
            last=self._last,
            bytes_in=self._bytes_in,
            bytes_out=self._bytes_out,
        )
        self._begin()

    def _begin(self) -> None:
        self._first, self._last = _NEVER
        self._sources = set()
        self._bytes_in = self._bytes_out = 0

    def _reaches(self, at: datetime) -> bool:
        """Whether a moment is in the window; if so, calls reach to it."""
        starts_at, ends_at = self._window
        if not starts_at <= at < ends_at:
            return False
        self._first, self._last = min(self._first, at), max(self._last, at)
        return True


def _form(event: Event, told: Iterable[str]) -> _Form:
    return (event.event_name, event.event_source, event.read_only, event.error_code, event.aws_region, *told)


class Callers:
    """All who called, as long as what is known stays as it is: each is looked up once, and what they did is summed up by grant."""

    def __init__(self, known: Known) -> None:
        """Of what is known now."""
        self._known = known
        self._found: dict[bytes, Caller | None] = {}
        self._unrelated = Caller(UNRELATED, "", {})
        self._under_grants: list[Caller] = []
        self._totals: dict[str, Adding] = {}
        self._patterns: Patterns = {}

    def of(self, event: Event, identity: bytes) -> Caller | None:
        """Who made a call; None where whose it is depends on the call, and not on its caller alone.

        ``identity`` is the JSON of its ``userIdentity``: the same in all records of a session.
        """
        if event.event_name in TAKING:
            return None
        try:
            return self._found[identity]
        except KeyError:
            return self._looked_up(event, identity)

    def count(self, judged: Judged) -> None:
        """Add a call that was judged by itself to the sum of its grant."""
        if judged.grant is not None:
            self._sum_of(judged.grant.id).add(judged)

    def put_together(self) -> None:
        """Put what callers counted into sums where it is much, so that memory does not grow with the calls."""
        for caller in self._under_grants:
            if caller.is_full:
                caller.add_to(self._sum_of(caller.grant_id))

    def totals(self) -> dict[str, Adding]:
        """The sums of all calls since the last time, by the ids of grants."""
        for caller in self._under_grants:
            if caller.has_counted:
                caller.add_to(self._sum_of(caller.grant_id))
        totals, self._totals = self._totals, {}
        return totals

    def _sum_of(self, grant_id: str) -> Adding:
        found = self._totals.get(grant_id)
        if found is None:
            found = self._totals[grant_id] = Adding()
        return found

    def _looked_up(self, event: Event, identity: bytes) -> Caller | None:
        if len(self._found) >= _MOST:
            self._totals = self.totals()
            self._found.clear()
            self._under_grants.clear()
        found = self._found[identity] = self._made(event)
        return found

    def _made(self, event: Event) -> Caller | None:
        user_id = event.user_identity.principal_id or ""
        if self._known.in_place(user_id):  # whose its calls are depends on the moment
            return None
        attribution = attribute(event, self._known)
        if attribution is UNRELATED:
            return self._unrelated
        patterns = self._patterns if event.partition == "aws" else {}
        found = Caller(attribution, session_name_in(event, attribution), patterns)
        if isinstance(attribution, UnderGrant):
            self._under_grants.append(found)
        return found
