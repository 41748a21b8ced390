"""Holds, settlements, and what was done about findings, as the server answers them, parsed; and how they are told."""

from dataclasses import dataclass, field
from datetime import datetime

from liftgate.cli.answers import an_id
from liftgate.cli.fields import JsonObject, as_object, flag, items, moment, number, optional, text, texts
from liftgate.cli.moments import shown
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import paint, paint_state, say, say_folded, say_next
from liftgate.plain_text import plain

_HOLDS = (
    Column(title="PERSON"),
    Column(title="SINCE"),
    Column(title="PLACED"),
    Column(title="RELEASED BY"),
    Column(title="NEEDS"),
    Column(title="BECAUSE", folds=True),
)
_RELEASES = 2
_USES = (
    Column(title="CALL"),
    Column(title="CALLS"),
    Column(title="REFUSED"),
    Column(title="WHERE", folds=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAnswer:
    """One hold."""

    person_id: str
    finding_id: str | None
    placed_by: str | None  # name of who did by hand
    because: str
    placed_at: datetime
    released_by: tuple[str, ...]
    releases_needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsAnswer:
    """Holds that stand."""

    items: tuple[HoldAnswer, ...]
    raw: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutOutAnswer:
    """What it took to shut somebody out."""

    hold: HoldAnswer
    is_new: bool
    sign_ins: int
    revoked: int
    pending: int
    can_release: int
    raw: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseAnswer:
    """Calls of one operation in one folder."""

    call: str
    folder: str
    calls: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAnswer:
    """Granted against used."""

    number: int
    settled_at: datetime
    sentences: tuple[str, ...]
    uses: tuple[UseAnswer, ...]
    more: bool
    request_line: str | None
    catalogue_lines: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementAnswer:
    """How far a grant is with its account."""

    grant_id: str
    state: str
    due_at: datetime | None
    account: AccountAnswer | None
    raw: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageAnswer:
    """What one call did to an object."""

    harm: str
    place: str
    how: str


def read_holds(source: JsonObject) -> HoldsAnswer:
    """Holds from JSON. Raises ``AnswerUnreadable``, as all here do."""
    return HoldsAnswer(
        items=tuple(_hold(as_object(item, "items")) for item in items(source, "items")), raw=source
    )


def read_shut_out(source: JsonObject) -> ShutOutAnswer:
    """What was done to shut somebody out, from JSON."""
    return ShutOutAnswer(
        hold=_hold(as_object(source.get("hold"), "hold")),
        is_new=flag(source, "is_new"),
        sign_ins=number(source, "sign_ins"),
        revoked=number(source, "revoked"),
        pending=number(source, "pending"),
        can_release=number(source, "can_release"),
        raw=source,
    )


def read_settlement(source: JsonObject) -> SettlementAnswer:
    """A settlement from JSON."""
    return SettlementAnswer(
        grant_id=an_id(source, "grant_id"),
        state=text(source, "state"),
        due_at=optional(moment, source, "due_at"),
        account=optional(_account, source, "account"),
        raw=source,
    )


def read_steps(source: JsonObject) -> tuple[str, ...]:
    """What was done about a finding, a line each."""
    steps = [] if source.get("responses") is None else items(source, "responses")
    return tuple(
        f"{text(step, 'step')}: {text(step, 'outcome')} ({shown(moment(step, 'done_at'))})"
        for step in (as_object(item, "responses") for item in steps)
    )


def read_damage(source: JsonObject) -> tuple[DamageAnswer, ...]:
    """What calls under a finding's grant did to objects."""
    found = [] if source.get("damage") is None else items(source, "damage")
    return tuple(_damage(as_object(item, "damage")) for item in found)


def say_holds(holds: HoldsAnswer) -> None:
    """Holds as a table, and how they end."""
    if not holds.items:
        say("Nobody is on hold.")
        return
    rows = [
        (
            hold.person_id,
            shown(hold.placed_at),
            hold.finding_id or f"by {hold.placed_by}",
            ", ".join(hold.released_by) or "nobody yet",
            f"{hold.releases_needed} more",
            hold.because,
        )
        for hold in holds.items
    ]
    say_table(_HOLDS, rows)
    first = holds.items[0]
    looks = [f"liftgate show {first.finding_id}"] if first.finding_id else []
    say_next(*looks, f"liftgate release {first.person_id} --reason …")


def say_shut_out(done: ShutOutAnswer) -> None:
    """What it took to shut somebody out, and how they are let in again."""
    person = plain(done.hold.person_id)
    still = "" if done.is_new else " already"
    say(f"{paint(person, 'bold')} is {paint('on hold', 'red')}{still}, and cannot sign in.")
    if not done.is_new:
        say_folded(
            "  ",
            f"since {shown(done.hold.placed_at)}, by {done.hold.placed_by}: {done.hold.because}",
            indent=2,
        )
    say(f"  {done.sign_ins} signed out: browsers and terminals")
    told = f"AWS is still being told of {done.pending}" if done.pending else "AWS refuses what ran under them"
    say(f"  {done.revoked} grant(s) taken back{f'; {told}' if done.revoked else ''}")
    release = f"two guards: liftgate release {person} --reason …"
    if done.can_release < _RELEASES:
        say(
            f"  {paint('Nobody can release it', 'yellow')}: it takes two guards, and {done.can_release} could"
        )
        release = f"name another guard in the catalogue; then {release}"
    say_next(*(["liftgate doctor"] if done.pending else []), release)


def say_settlement(found: SettlementAnswer, now: datetime) -> None:
    """A settlement in sentences, then what to paste for the next time."""
    say(f"{paint(found.grant_id, 'bold')}  {paint_state(found.state)}")
    if found.account is None or found.state == "reopened":
        due_at = _due(found.due_at, now) if found.due_at else ""
        say_folded("  ", f"{_NOT_YET[found.account is None]}{due_at}.", indent=2)
    if found.account is not None:
        _say_account(found.account)
    else:
        say_next(f"liftgate settlement {found.grant_id}  # again, from then on")


def _due(due_at: datetime, now: datetime) -> str:
    return f", not before {shown(due_at)}" if now < due_at else f", due since {shown(due_at)}: any moment now"


_NOT_YET = {
    True: "It is settled when it is over and its calls have come in",
    False: "Calls came to light since: it is settled anew",
}


def say_damage(damage: tuple[DamageAnswer, ...], *, more: bool) -> None:
    """What was written and deleted, and what brings it back: commands whole, so that they can be copied."""
    if not damage:
        return
    say()
    say(paint("Written or deleted under it; Liftgate does not touch objects:", "dim"))
    for one in damage:
        say(f"  {plain(one.harm)} {plain(one.place)}")
        say(f"    {plain(one.how)}")
    if more:
        say("  … and more: GET /grants/ID/activities has every call")


def _say_account(account: AccountAnswer) -> None:
    for sentence in account.sentences:
        say_folded("  ", sentence, indent=2)
    if account.uses:
        say()
        say_table(_USES, [(use.call, str(use.calls), str(use.refused), use.folder) for use in account.uses])
    if account.more:
        say("  … and more: --output json")
    if account.catalogue_lines:
        say()
        say(paint("As an entitlement's ceiling in the catalogue:", "dim"))
        for line in account.catalogue_lines:
            say(f"  {plain(line)}")
    if account.request_line:
        say_next(account.request_line)


def _hold(source: JsonObject) -> HoldAnswer:
    releases = [as_object(item, "releases") for item in items(source, "releases")]
    return HoldAnswer(
        person_id=text(as_object(source.get("person"), "person"), "id"),
        finding_id=optional(an_id, source, "finding_id"),
        placed_by=text(as_object(by, "placed_by"), "name") if (by := source.get("placed_by")) else None,
        because=text(source, "because"),
        placed_at=moment(source, "placed_at"),
        released_by=tuple(text(as_object(one.get("by"), "by"), "name") for one in releases),
        releases_needed=number(source, "releases_needed"),
    )


def _account(source: JsonObject, name: str) -> AccountAnswer:
    found = as_object(source.get(name), name)
    return AccountAnswer(
        number=number(found, "number"),
        settled_at=moment(found, "settled_at"),
        sentences=texts(found, "sentences"),
        uses=tuple(_use(as_object(item, "lines")) for item in items(found, "lines")),
        more=flag(found, "more"),
        request_line=optional(text, found, "request_line"),
        catalogue_lines=optional(texts, found, "catalogue_lines"),
    )


def _use(source: JsonObject) -> UseAnswer:
    return UseAnswer(
        call=f"{text(source, 'service')}:{text(source, 'operation')}",
        folder=text(source, "folder"),
        calls=number(source, "calls"),
        refused=number(source, "refused"),
    )


def _damage(source: JsonObject) -> DamageAnswer:
    return DamageAnswer(
        harm=text(source, "harm").replace("_", " "),
        place=f"s3://{text(source, 'bucket')}/{optional(text, source, 'key') or ''}",
        how=text(source, "how"),
    )
