"""One entitlement: its fields read, and its rules checked against one another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from liftgate.catalogue.arn import RoleArn, parse_role_arn
from liftgate.catalogue.break_glass_rule import read_break_glass
from liftgate.catalogue.ceiling import read_ceiling
from liftgate.catalogue.declared import Declared
from liftgate.catalogue.errors import ArnUnreadable, TicketPatternUnsafe
from liftgate.catalogue.fault import FaultKind, FaultList, Place
from liftgate.catalogue.fields import Fields, Marked
from liftgate.catalogue.key_texts import DEFAULT_MAX_SESSION
from liftgate.catalogue.model import Entitlement, JustificationRule, Mechanism, WhenDown
from liftgate.catalogue.names import Directory, Found
from liftgate.catalogue.review_rule import Asked, read_review
from liftgate.catalogue.ticket_pattern import check_ticket_pattern
from liftgate.span import in_words


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one entitlement: its role, where that could be read, and all of it, where all could."""

    role: RoleArn | None
    place: Place
    mechanism: Mechanism
    entitlement: Entitlement | None


def read_entitlements(declared: Declared, directory: Directory, faults: FaultList) -> Iterator[Read]:
    """Every entitlement of every file, with a fault for each name that is declared twice."""
    names: dict[str, Marked[str]] = {}
    for fields in declared.entitlements:
        name = fields.text("name")
        if name and names.setdefault(name.value, name) is not name:
            sentence = f"the entitlement `{name.value}` is declared twice"
            other = names[name.value].place
            faults.add(
                FaultKind.DECLARED_TWICE, name.place, sentence, f"rename it here or remove it at {other}"
            )
        yield _read_entitlement(fields, name, directory, faults)


def refuse_two_arns(read: Iterable[Read], faults: FaultList) -> None:
    """A fault for each role that is written with another path or case than before.

    What Liftgate puts on roles is kept by ARN, and IAM's calls know a role by its name: of two ARNs of one role, each
    would overwrite what was put there for the other.
    """
    first: dict[tuple[str, str], tuple[RoleArn, Place]] = {}
    for role, place in _roles(read):
        other, there = first.setdefault(role.key, (role, place))
        if other.text != role.text:
            faults.add(
                FaultKind.ROLE_TWO_ARNS,
                place,
                f"`{role.text}` and `{other.text}` would be one role: paths and case do not tell roles apart",
                f"write the ARN that `aws iam get-role --role-name {role.name}` answers, here and at {there}",
            )


def refuse_two_ways(read: Iterable[Read], faults: FaultList) -> None:
    """A fault for each role that is both lent and opened in place.

    The broker names the sessions that it lends, so whoever holds such a role has no name that is theirs alone.
    """
    found = tuple(read)
    lent = {role.key: place for role, place in _roles(found, Mechanism.SESSION)}
    for role, place in _roles(found, Mechanism.IN_PLACE):
        if role.key in lent:
            faults.add(
                FaultKind.ROLE_TWO_WAYS,
                place,
                f"the role `{role.name}` is opened in place here, and sessions of it are lent elsewhere",
                f"name another role here or at {lent[role.key]}",
            )


def _roles(read: Iterable[Read], *mechanisms: Mechanism) -> Iterator[tuple[RoleArn, Place]]:
    """The roles that could be read, each where it stands; of some mechanisms only, where these are named."""
    for one in read:
        if one.role is not None and one.mechanism in (mechanisms or Mechanism):
            yield one.role, one.place


def _read_entitlement(
    fields: Fields, name: Marked[str] | None, directory: Directory, faults: FaultList
) -> Read:
    description, account = fields.text("description"), fields.text("account")
    role = _read_role(fields, account, faults)
    inner = fields.fields("ceiling")
    ceiling = read_ceiling(inner, role, faults) if inner else None
    longest = fields.span("longest")
    requesters = _read_requesters(fields, directory, faults)
    asked = Asked(
        longest=longest.value if longest else None,
        actions=ceiling.actions if ceiling else None,
        requesters=requesters,
    )
    inner = fields.fields("review")
    review = read_review(inner, asked, directory, faults) if inner else None
    inner = fields.fields("break_glass")
    break_glass = read_break_glass(inner, asked, directory, faults) if inner else None
    in_all = _read_longest_in_all(fields, longest, faults)
    justification = _read_justification(fields, faults)
    chosen = fields.choice("mechanism")
    mechanism = Mechanism(chosen) if chosen else Mechanism.SESSION
    external_id, max_session = fields.text("external_id"), fields.span("max_session")
    if not (name and description and account and role and ceiling and longest and review):
        return Read(role, fields.place_of("role"), mechanism, None)
    return Read(
        role,
        fields.place_of("role"),
        mechanism,
        Entitlement(
            name=name.value,
            description=description.value,
            account=account.value,
            role_arn=role.text,
            ceiling=ceiling,
            longest=longest.value,
            requesters=requesters.ids,
            review=review,
            justification=justification,
            mechanism=mechanism,
            external_id=external_id.value if external_id else None,
            max_session=max_session.value if max_session else DEFAULT_MAX_SESSION,
            longest_in_all=in_all,
            break_glass=break_glass,
            requester_groups=requesters.groups,
        ),
    )


def _read_longest_in_all(
    fields: Fields, longest: Marked[timedelta] | None, faults: FaultList
) -> timedelta | None:
    in_all = fields.span("longest_in_all")
    if in_all and longest and in_all.value < longest.value:
        sentence = f"`{in_words(in_all.value)}` is shorter than one grant may be"
        advice = f"at least `{in_words(longest.value)}`, the entitlement's `longest`"
        faults.add(FaultKind.IN_ALL_SHORTER, in_all.place, sentence, advice)
    return in_all.value if in_all else None


def _read_role(fields: Fields, account: Marked[str] | None, faults: FaultList) -> RoleArn | None:
    written = fields.text("role")
    if written is None:
        return None
    try:
        role = parse_role_arn(written.value)
    except ArnUnreadable as error:
        faults.add_error(FaultKind.BAD_ROLE, written.place, error)
        return None
    if account and account.value != role.account:
        faults.add(
            FaultKind.ACCOUNT_DIFFERS,
            account.place,
            f"the account is `{account.value}`, and the role is in `{role.account}`",
            f"correct it here or at {written.place}",
        )
    return role


def _read_requesters(fields: Fields, directory: Directory, faults: FaultList) -> Found:
    listed = fields.texts("requesters")
    requesters = directory.find(listed)
    if listed and requesters.whole and not requesters.ids:
        sentence, advice = "nobody may ask for it: the groups have no members", "name somebody"
        faults.add(FaultKind.NOBODY_REQUESTS, fields.place_of("requesters"), sentence, advice)
    return requesters


def _read_justification(fields: Fields, faults: FaultList) -> JustificationRule:
    justification, ticket = fields.fields("justification"), fields.fields("ticket")
    at_least = justification.whole("at_least") if justification else None
    required = ticket.flag("required") if ticket else None
    pattern = ticket.text("pattern") if ticket else None
    if pattern:
        try:
            check_ticket_pattern(pattern.value)
        except TicketPatternUnsafe as error:
            faults.add_error(FaultKind.BAD_TICKET_PATTERN, pattern.place, error)
    tracker = ticket.text("tracker") if ticket else None
    if tracker and not pattern:
        faults.add(
            FaultKind.TRACKER_WITHOUT_PATTERN,
            tracker.place,
            f"any text would be looked up in `{tracker.value}`",
            "say with `pattern` what its tickets look like",
        )
    when_down = ticket.choice("when_down") if ticket else None
    return JustificationRule(
        at_least=at_least.value if at_least else 1,
        ticket_required=bool(required),
        ticket_pattern=pattern.value if pattern else None,
        tracker=tracker.value if tracker else None,
        when_down=WhenDown(when_down) if tracker and when_down else WhenDown.REFUSE,
    )
