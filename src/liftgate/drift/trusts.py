"""Trust policies: who was let in that the plan does not name, which condition fell, who is kept out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from liftgate.deployment.model import Role
from liftgate.deployment.plan import EXTERNAL_ID
from liftgate.drift.containing import Beyond, beyond
from liftgate.drift.mending import put_trust
from liftgate.drift.model import Drift, Unseen
from liftgate.drift.principals import is_account, is_everybody, who
from liftgate.drift.walls import WALLS
from liftgate.iam.policy import Condition, Effect, Policy, Principals, Statement

_EXTERNAL: Final = "sts:externalid"


def trust_drift(role: Role, found: Policy) -> Iterator[Drift | Unseen]:
    """What a role's trust policy allows beyond the plan's, told apart by what fell; and whom it keeps out."""
    wanted = _with_external_ids(role.trust, found)
    if beyond(found, wanted, role.arn) is not None:
        yield from _opened(role, found, wanted)
    elif (narrower := beyond(wanted, found, role.arn)) is not None:
        yield (
            narrower
            if isinstance(narrower, Unseen)
            else _drift("trust-narrowed", role, wanted, f"it refuses {narrower}")
        )


def _opened(role: Role, found: Policy, wanted: Policy) -> Iterator[Drift | Unseen]:
    ours = {pair for one in wanted.statements if one.principals for pair in one.principals.values}
    strangers = list(dict.fromkeys(_strangers(found, ours)))
    for kind, value in strangers:
        wall = (
            "trust-opened" if is_everybody((kind, value)) or is_account((kind, value)) else "second-principal"
        )
        yield _drift(wall, role, wanted, f"it lets in {who((kind, value))}")
    if any(one.principals is not None and one.principals.negated for one in _allows(found)):
        yield _drift("trust-opened", role, wanted, "it lets in all but those that it names")
        return
    rest = beyond(_known_alone(found, ours), wanted, role.arn)
    if isinstance(rest, Unseen):
        yield rest
    elif rest is not None:
        yield from _loosened(role, _known_alone(found, ours), wanted, rest)


def _loosened(role: Role, found: Policy, wanted: Policy, first: Beyond) -> Iterator[Drift | Unseen]:
    """Whether it is the external ID alone that fell: with it, all would be as planned."""
    ids = [c for one in wanted.statements for c in one.conditions if c.key.lower() == _EXTERNAL]
    if ids and any(_lacks_external(one) for one in _allows(found)):
        yield _drift("external-id-missing", role, wanted, "whoever comes through the broker gets in")
        again = beyond(_with_condition(found, ids[0]), wanted, role.arn)
        if again is None:
            return
        if isinstance(again, Unseen):
            yield again
            return
        first = again
    yield _drift("trust-loosened", role, wanted, f"it lets through {first}: {_lost(found, wanted)}")


def _lost(found: Policy, wanted: Policy) -> str:
    """The conditions of the plan that stand nowhere any more."""
    there = {(c.key.lower(), c.values) for one in found.statements for c in one.conditions}
    lost = {
        c.key: None
        for one in wanted.statements
        for c in one.conditions
        if (c.key.lower(), c.values) not in there
    }
    return f"no longer asked for {', '.join(lost)}" if lost else "not in each statement asked for as planned"


def _strangers(found: Policy, ours: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for one in _allows(found):
        if one.principals is not None and not one.principals.negated:
            yield from (pair for pair in one.principals.values if pair not in ours)


def _known_alone(found: Policy, ours: set[tuple[str, str]]) -> Policy:
    """The policy as if it named none but the plan's principals."""
    kept: list[Statement] = []
    for one in found.statements:
        if one.effect is Effect.DENY or one.principals is None:
            kept.append(one)
            continue
        pairs = tuple(pair for pair in one.principals.values if pair in ours)
        if pairs:
            kept.append(replace(one, principals=Principals(pairs)))
    return replace(found, statements=tuple(kept))


def _allows(found: Policy) -> list[Statement]:
    return [one for one in found.statements if one.effect is Effect.ALLOW]


def _lacks_external(one: Statement) -> bool:
    assumes = any(action.lower() in {"sts:assumerole", "sts:*", "*"} for action in one.actions.values)
    return assumes and not any(c.key.lower() == _EXTERNAL for c in one.conditions)


def _with_condition(found: Policy, condition: Condition) -> Policy:
    return replace(
        found,
        statements=tuple(
            replace(one, conditions=(*one.conditions, condition))
            if one.effect is Effect.ALLOW and _lacks_external(one)
            else one
            for one in found.statements
        ),
    )


def _with_external_ids(wanted: Policy, found: Policy) -> Policy:
    """The plan's policy with the account's own external id, where the plan was not told it."""
    values = {
        value
        for one in found.statements
        for c in one.conditions
        if c.key.lower() == _EXTERNAL and c.operator == "StringEquals" and not c.if_exists
        for value in c.values
    }
    told = {value for one in wanted.statements for c in one.conditions for value in c.values}
    if EXTERNAL_ID not in told or not values - told:
        return wanted
    own = tuple(sorted(values - told))

    def filled(condition: Condition) -> Condition:
        if EXTERNAL_ID not in condition.values:
            return condition
        others = tuple(value for value in condition.values if value != EXTERNAL_ID)
        return replace(condition, values=(*others, *own))

    return replace(
        wanted,
        statements=tuple(
            replace(one, conditions=tuple(map(filled, one.conditions))) for one in wanted.statements
        ),
    )


def _drift(wall: str, role: Role, wanted: Policy, found: str) -> Drift:
    names = sorted(
        {who(pair) for one in wanted.statements if one.principals for pair in one.principals.values}
    )
    return Drift(
        wall=WALLS[wall],
        thing=role.arn,
        found=found,
        wanted=f"{', '.join(names)} alone, under the plan's conditions",
        mend=put_trust(role, wanted),
    )
