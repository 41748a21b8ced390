"""What the form of *Ask* holds: filled from what was pasted, from a request made before, or from an entitlement; read as an ask."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from liftgate.access.model import Request
from liftgate.catalogue.model import Entitlement, Mechanism
from liftgate.iam.s3.actions import GROUPS
from liftgate.iam.s3.mention import mentioned
from liftgate.server.api.ask import AskBody
from liftgate.server.browser.form import Form
from liftgate.server.errors import BadInput
from liftgate.server.pages.asked import checked
from liftgate.span import in_words as span_in_words
from liftgate.span import parse_span

OFFERED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "write": "Write objects",
        "delete": "Delete objects",
        "read": "Read objects",
        "list": "List objects",
        "tag": "Read and change tags",
        "delete-versions": "Delete versions, for good",
        "restore": "Restore from an archive",
    }
)
"""Groups of actions, as people tick them; every other action is typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The fields as they stand in the form."""

    locations: str = ""  # one a line
    groups: tuple[str, ...] = ("write",)
    actions: str = ""  # more of them, with commas or spaces
    duration: str = "30m"
    starts_at: str = ""  # as browsers write it, in UTC
    justification: str = ""
    ticket: str = ""
    entitlement: str = ""
    break_glass: str = ""  # "yes"

    @property
    def is_begun(self) -> bool:
        """Whether it says where, so that it can be decided."""
        return bool(self.locations.strip())

    @property
    def fields(self) -> Mapping[str, Any]:
        """By name, for a form that is sent as it stands."""
        return asdict(self)


def of_form(form: Form) -> Asking:
    """What was typed."""
    return Asking(
        locations=form.text("locations"),
        groups=tuple(name for name in form.texts("groups") if name in OFFERED),
        actions=form.text("actions"),
        duration=form.text("duration"),
        starts_at=form.text("starts_at"),
        justification=form.text("justification"),
        ticket=form.text("ticket"),
        entitlement=form.text("entitlement"),
        break_glass=form.text("break_glass"),
    )


def of_text(text: str) -> Asking:
    """From whatever was pasted: where, and what was refused there."""
    found = mentioned(text)
    groups, others = _grouped(found.actions)
    return Asking(
        locations="\n".join(found.locations),
        groups=groups or (() if others else ("write",)),
        actions=", ".join(others),
    )


def of_request(request: Request) -> Asking:
    """As it was asked before."""
    groups, others = _grouped(request.scope.actions)
    return Asking(
        locations="\n".join(str(location) for location in sorted(request.scope.locations)),
        groups=groups,
        actions=", ".join(others),
        duration=span_in_words(request.duration),
        justification=request.justification,
        ticket=request.ticket or "",
        entitlement=request.entitlement,
    )


def of_entitlement(entitlement: Entitlement, begun: Asking) -> Asking:
    """For an entitlement: where it may be, where nothing else was said."""
    if begun.is_begun:
        return replace(begun, entitlement=entitlement.name)
    groups, _ = _grouped(entitlement.ceiling.actions)
    return Asking(
        locations="\n".join(str(location) for location in sorted(entitlement.ceiling.locations)),
        groups=groups[:1],
        duration=min("30m", span_in_words(entitlement.longest), key=parse_span),
        entitlement=entitlement.name,
    )


def body_of(asking: Asking, entitlement: Entitlement | None) -> AskBody:
    """The same as the API takes it. Raises ``BadInput`` and ``SpanUnreadable``, in the words of the API."""
    duration = parse_span(asking.duration.strip().replace(" ", ""), where="duration")
    said: dict[str, Any] = {
        "actions": [*asking.groups, *asking.actions.replace(",", " ").split()],
        "locations": [line.strip() for line in asking.locations.splitlines() if line.strip()],
        "duration_seconds": int(duration.total_seconds()),
        "justification": asking.justification,
        "ticket": asking.ticket or None,
        "entitlement": asking.entitlement or None,
        "mechanism": "in-place" if entitlement and entitlement.mechanism is Mechanism.IN_PLACE else None,
        "starts_at": read_start(asking.starts_at),
        "break_glass": asking.break_glass == "yes",
    }
    return checked(AskBody, said)


def read_start(typed: str, where: str = "starts_at") -> datetime | None:
    """A moment in UTC as browsers write it; None for none. Raises ``BadInput``."""
    text = typed.strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(
            "the start is no moment", advice="write it as 2026-11-24T09:00, in UTC", where=where
        ) from None


def _grouped(actions: Collection[str]) -> tuple[tuple[str, ...], list[str]]:
    """The groups that are whole in a set of actions, or of which all that matters is, and the actions that are in none of them."""
    groups = tuple(_whole(frozenset(actions)))
    return groups, sorted(frozenset(actions) - frozenset().union(*(GROUPS[name] for name in groups)))


def _whole(actions: frozenset[str]) -> Iterator[str]:
    for name in OFFERED:
        group = GROUPS[name]
        if group <= actions or (name == "write" and "s3:PutObject" in actions):
            yield name
